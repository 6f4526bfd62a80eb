"""Lives recorded while a world runs: sums, secrets, and choices weighed by the model's own formula."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.comparison import life_recorder
from experiments.comparison.life_recorder import (
    TELLABLE_KINDS,
    TELLABLE_MOTIVES,
    LifeEvent,
    LifeRecorder,
    WorldRecord,
    select_residents,
    shorten_life,
)
from experiments.comparison.report_weighing import NUMBERS, OPEN_CHANNELS, ReportingChoice
from model.engine.calendar import tick_of
from model.engine.choices import CHOICES_DECLARED
from model.police.chief import HOURS_CHOICE
from model.reporting.reporting import channel_utilities
from model.simulation.model import TrustModel
from model.town.crime_kinds import HOMICIDE
from model.town.crime_kinds import NAMES as KINDS
from model.world.shift_events import CHANNELS, INCIDENTS
from model.world.state import HOUR_USES
from scenarios import load

SMALL = {"population.scale": 0.05, "calendar.warm_up": 0, "population.seed": 1}
SHIFTS = 3 * 59
"""Two months from the start."""


def begun() -> TrustModel:
    return TrustModel(load("villa_canales", set=SMALL), rng=7)


def run(world: TrustModel, recorder: LifeRecorder, shifts: int = SHIFTS) -> WorldRecord:
    for _ in range(shifts):
        TrustModel.step(world)
        recorder.record_shift(world)
        recorder.close_month(world)
    return recorder.recorded(world)


@pytest.fixture(scope="module")
def everybody() -> Iterator[tuple[TrustModel, LifeRecorder, WorldRecord]]:
    """Return two months of a small town in which everybody is listened to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(life_recorder, "FOLLOWED_PER_SETTLEMENT", 10**6)
        world = begun()
        recorder = LifeRecorder(world)
        yield world, recorder, run(world, recorder)


def test_to_listen_changes_nothing() -> None:
    alone, heard = begun(), begun()
    alone.advance(SHIFTS)
    run(heard, LifeRecorder(heard))
    assert alone.tick == heard.tick
    assert all(
        getattr(alone.state, name).tobytes() == getattr(heard.state, name).tobytes()
        for name in ("minds", "couples", "ledger")
    )


def test_a_life_ends_with_the_trust_of_its_resident_and_forgets_between_events(
    everybody: tuple[TrustModel, LifeRecorder, WorldRecord],
) -> None:
    world, _, found = everybody
    assert len(found.lives) > 100
    trust, forgotten = world.trust(), []
    for life in found.lives:
        assert len(life.trust) == 3
        assert life.trust[-1] == pytest.approx(trust[life.who], abs=1e-12)
        told = sum(event.change for event in life.events) + life.small
        forgotten.append(life.trust[-1] - life.trust[0] - told)
    assert max(map(abs, forgotten)) > 0.01


def test_a_choice_whom_to_tell_is_the_one_that_was_made(
    everybody: tuple[TrustModel, LifeRecorder, WorldRecord],
) -> None:
    _, _, found = everybody
    reported = [event for life in found.lives for event in life.events if event.values.get("told")]
    tellings = [telling for life in found.lives for telling in life.tellings]
    assert len(tellings) >= 30
    assert len(tellings) >= 0.98 * len(reported)
    assert {telling.taken for telling in tellings} > {"nobody", "phone"}
    for telling in tellings:
        assert sum(telling.chances().values()) == pytest.approx(1.0)
        assert telling.chosen() == telling.taken


def test_the_terms_sum_to_the_utilities_of_the_model() -> None:
    world = begun()
    recorder = LifeRecorder(world)
    recorder.mask[:], recorder.followed = True, np.arange(len(recorder.mask))
    compared = 0
    for _ in range(60):
        recorder.save_state(world)
        TrustModel.step(world)
        for row in world.shift_events.rows_of(INCIDENTS):
            w = world.w
            told = row["teller"] >= 0 and KINDS[row["kind"]] in TELLABLE_KINDS
            telling = recorder.reproduced_choice(world, row) if told else None
            if telling is None:
                continue
            channel_utilities(w, row, telling.trust, telling.at_hand)
            now = float(w.boards[w.people[row["teller"]].settlement].legitimacy)
            authority = w.p.communal_authority[w.people[row["teller"]].settlement]
            same_board = replace(telling, deference=float(authority.deference) * now)
            numbers = [CHANNELS.index(name) for name in OPEN_CHANNELS]
            assert same_board.odds() == pytest.approx(w.channel_pull[numbers], rel=1e-9)
            compared += 1
    assert compared >= 10


def test_the_terms_of_a_chiefs_hours_sum_to_the_utilities_on_record(
    everybody: tuple[TrustModel, LifeRecorder, WorldRecord],
) -> None:
    world, _, found = everybody
    rows = world.choices()
    rows = rows[(rows["matter"] == HOURS_CHOICE) & (rows["tick"] > tick_of(world.settings.start))]
    hours = {(int(row["tick"]), int(row["who"])): row for row in rows}
    assert set(found.hours) == set(hours) != set()
    for key, terms in found.hours.items():
        sums = [hours[key][f"v{option}"] for option in range(len(HOUR_USES))]
        assert np.cumsum(terms, axis=1)[:, -1].tolist() == sums
    assert any((terms[:, 1:] != 0.0).any() for terms in found.hours.values())


def test_one_input_moved_moves_only_its_terms(everybody: tuple[TrustModel, LifeRecorder, WorldRecord]) -> None:
    telling = next(telling for life in everybody[2].lives for telling in life.tellings)
    surely, hardly = (telling.told_share(trust=trust) for trust in (1.0, 0.0))
    assert surely > hardly
    moved = replace(telling, trust=telling.trust + 0.1).terms("phone")
    before = telling.terms("phone")
    assert {name for name in before if moved[name] != before[name]} == {"trust"}
    assert moved["trust"] - before["trust"] == pytest.approx(0.1 * telling.numbers["trust"])
    assert telling.told_share(at_hand=True) > telling.told_share(at_hand=False)


def test_what_is_told_is_counted_by_parts_of_the_town(everybody: tuple[TrustModel, LifeRecorder, WorldRecord]) -> None:
    world, _, found = everybody
    months = world.datacollector.get_model_vars_dataframe()
    for row, column in enumerate(("crimes_occurred", "crimes_told", "complaints_filed")):
        assert found.zones[:, row].sum(axis=1).tolist() == months[column].tolist()
    assert found.settlements[:, 1].sum(axis=1).tolist() == months["crimes_occurred"].tolist()


# Secrets


def test_only_kinds_and_motives_known_to_be_harmless_are_told() -> None:
    assert not {"extortion", "homicide", "domestic_violence"} & set(TELLABLE_KINDS)
    assert not {"gang", "extortion", "territorial", "imitator", "punishment"} & set(TELLABLE_MOTIVES)


@pytest.mark.thorough
def test_lives_touched_by_death_or_gangs_are_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    world = begun()
    victim = int(select_residents(world)[0])
    real = LifeRecorder.record_incidents

    def with_a_victim(recorder: LifeRecorder, world: Any, rows: Any) -> None:
        rows[0]["victim"], rows[0]["kind"] = victim, HOMICIDE
        real(recorder, world, rows)

    assert victim in {life.who for life in run(begun(), LifeRecorder(begun()), 30).lives}
    monkeypatch.setattr(LifeRecorder, "record_incidents", with_a_victim)
    world = begun()
    assert victim not in {life.who for life in run(world, LifeRecorder(world), 30).lives}


def test_members_those_who_pay_and_those_hurt_at_home_are_never_told(
    everybody: tuple[TrustModel, LifeRecorder, WorldRecord],
) -> None:
    world, recorder, found = everybody
    minds, homes = world.state.minds, world.state.homes
    told = np.array([life.who for life in found.lives])
    hurt = np.flatnonzero((homes["hurt"] >= 0)[: len(minds)] & (minds["gone"] < 0))
    assert len(hurt)
    assert not set(hurt.tolist()) & set(told.tolist())
    assert (minds["member"][told] < 0).all()
    assert (minds["pays"][told] < 0).all()
    assert not recorder.private & set(told.tolist())


def test_no_choice_of_a_resident_is_kept_one_by_one(everybody: tuple[TrustModel, LifeRecorder, WorldRecord]) -> None:
    world, _, found = everybody
    agents = {CHOICES_DECLARED[int(number)].agent for number in np.unique(found.choices["matter"])}
    assert agents
    assert "resident" not in agents
    assert found.choices["tick"].min() >= tick_of(world.settings.start)


# Small parts


def test_a_telling_draws_nobody_first() -> None:
    numbers = dict.fromkeys(NUMBERS, 0.0) | {"intercept": math.log(0.5)}
    one = ReportingChoice(
        tick=0, crime="robbery", taken="nobody", uniform=0.1, numbers=numbers,
        kind=0.0, severity=0.0, loss=0.0, trust=0.5, station_minutes=0.0, prosecutor_minutes=0.0,
        at_hand=False, has_number=False, reach=0.0,
        near=0.0, deference=0.0, calls=0.0, cases=0.0,
    )  # fmt: skip
    assert one.chances()["nobody"] == pytest.approx(0.4)
    assert one.chances()["patrol"] == one.chances()["communal"] == 0.0
    assert [replace(one, uniform=u).chosen() for u in (0.39, 0.41, 0.61, 0.99)] == [
        *("nobody", "phone", "station", "prosecutor"),
    ]


def test_small_events_beyond_the_limit_are_summed(everybody: tuple[TrustModel, LifeRecorder, WorldRecord]) -> None:
    life = everybody[2].lives[0]
    events = [LifeEvent(k, "talk_good", {"cause": "talk"}, 0.001 * (k + 1), small=True) for k in range(40)]
    short = shorten_life(replace(life, events=events, left_out=0, small=0.0))
    assert (len(short.events), short.left_out) == (life_recorder.MAX_EVENTS, 10)
    assert short.small == pytest.approx(0.001 * sum(range(1, 11)))
