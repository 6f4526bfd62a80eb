"""M9: where a woman who was hurt at home looks for help, and what she gets."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from small_world import small_world

from model.crime.domestic_violence import ACT_ID_OFFSET, HomeHistory
from model.engine.calendar import YEAR
from model.engine.choices import CHOICES_DECLARED
from model.engine.rows import zero_rows
from model.reporting.remedies import (
    N_HELP_PLACES,
    HelpOutcome,
    VictimRecord,
    record_help_outcome,
    remembered_outcomes,
    update_victim_record,
)
from model.reporting.seeking_help import N_HELP_CHANNELS, N_REASONS, add_experience
from model.simulation.model import TrustModel
from model.simulation.world import World
from model.town.crime_kinds import DOMESTIC
from model.world.shift_events import AT_STATION, BY_PHONE, COMMUNAL, DEMI, NOBODY, REFUGE, TO_KIN

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
OFTEN = {"domestic_violence.first": 0.15, "domestic_violence.further": 12.0, "domestic_violence.before": 1.0}
READY = {"seeking_help.intercept": -1.0, "communal_authority.reach": 1.0}
ALONE = {"seeking_help.intercept": -1.5, "seeking_help.kin": -5.0, "seeking_help.prosecutor": -3.0}
KIN, AUTHORITY, POLICE = 1, 2, 3
PLACES = ("nobody", "kin", "communal", "police", "prosecutor", "demi", "refuge")


def acts(world: TrustModel) -> np.ndarray:
    """Return the violence at home of the last shift."""
    rows = world.trace["incidents"]
    return rows[rows["kind"] == DOMESTIC]


def ways(found: dict[str, float], what: str) -> dict[str, float]:
    """Return a measure by the place where women looked for help."""
    return {place: found[f"domestic_{what}_{place}"] for place in PLACES}


def test_where_nobody_is_hurt_at_home_nobody_looks_for_help(live: Live) -> None:
    on, off = (live(MONTH, **OFTEN, **{"mechanisms.domestic_violence": wanted}).month_row for wanted in (True, False))
    assert sum(ways(on, "to").values()) > 0 == sum(ways(off, "to").values())
    assert off["domestic_protected"] == off["domestic_without_remedy"] == 0
    assert off["crimes_told"] > 0


def test_every_act_is_told_somewhere_or_nowhere_and_ends_in_protection_or_without(live: Live) -> None:
    found = live(MONTH, **OFTEN, **READY).month_row
    reported = ways(found, "to")
    assert sum(reported.values()) == found["crimes_occurred_domestic_violence"] > 50
    assert sum(ways(found, "alone_after").values()) + found["domestic_protected"] == sum(reported.values())
    assert found["domestic_without_remedy"] == sum(ways(found, "alone_after").values())
    assert all(alone <= reported[place] for place, alone in ways(found, "alone_after").items())


def test_what_does_not_exist_here_nobody_goes_to(watch: Watch) -> None:
    channels = np.concatenate([acts(world)["reported_to"] for world in watch(MONTH, **OFTEN, **READY)])
    assert REFUGE in channels
    assert DEMI not in channels
    here = {"seeking_help.demi": 1.0, "seeking_help.refuge": 0.0, "communal_authority.reach": 0.0}
    channels = np.concatenate([acts(world)["reported_to"] for world in watch(MONTH, **OFTEN, **READY | here)])
    assert DEMI in channels
    assert not np.isin(channels, (REFUGE, COMMUNAL)).any()


@pytest.mark.parametrize("able", [0.0, 1.0])
def test_protection_comes_by_a_complaint_or_in_a_refuge_and_never_by_conciliation(watch: Watch, able: float) -> None:
    n_protected, n_conciliated = 0, 0
    for world in watch(MONTH - 1, **OFTEN, **READY, **{"seeking_help.measures": able, "seeking_help.shelter": able}):
        rows = acts(world)
        safe = world.state.homes["safe"][rows["victim"]] == world.tick - 1 + 6 * 91
        assert (safe == (able == 1.0) & ((rows["complaint"] == 1) | (rows["reported_to"] == REFUGE))).all()
        n_protected += int(safe.sum())
        n_conciliated += int(((rows["reported_to"] == COMMUNAL) & (rows["complaint"] == 0)).sum())
    assert world.state.tally["domestic_protected"] == n_protected
    assert (n_protected > 0) == (able == 1.0)
    assert n_conciliated > 0


@pytest.mark.parametrize(
    ("lever", "low", "high"),
    [
        ("women_on_relay", 0.0, 1.0),
        ("trust", 0.0, 3.0),
        ("shame", 5.0, 0.0),
        ("demi", 0.0, 1.0),
    ],
)
def test_who_finds_somewhere_to_go_finds_it_also_where_it_is_easier(
    live: Live, lever: str, low: float, high: float
) -> None:
    """Of twin worlds in their first shift, in a town where everybody trusts the police."""
    found = []
    for value in (low, high):
        easier = {"seeking_help.no_woman": 1.0, "trust.level": 0.9, f"seeking_help.{lever}": value}
        worlds = [live(1, rng=rng, trace=True, **OFTEN | ALONE | easier) for rng in range(4)]
        rows = [acts(world) for world in worlds]
        found.append({(rng, n) for rng, one in enumerate(rows) for n in one["number"][one["reported_to"] != NOBODY]})
    assert found[0] < found[1]


def without_memory(n: int = 3) -> World:
    """Return a world in which nobody has lived anything yet."""
    homes = zero_rows(HomeHistory, n)
    homes["ruled"] = -1
    return small_world(
        women=zero_rows(VictimRecord, n),
        women_count=np.zeros(1, np.int64),
        outcomes=zero_rows(HelpOutcome, N_HELP_PLACES * n),
        outcomes_count=np.zeros(1, np.int64),
        of_woman=np.full(n, -1, np.int32),
        homes=homes,
    )


def share_of_police(own: tuple[float, float], ties: tuple[float, float]) -> float:
    """Return how often she goes to the police, where .12 of women do who have lived nothing."""
    w = small_world(help_pull=np.zeros(N_HELP_CHANNELS), help_reason_terms=np.zeros((N_REASONS, N_HELP_CHANNELS)))
    pull = w.help_pull
    pull[BY_PHONE], pull[AT_STATION], pull[TO_KIN] = 0.11, 0.13, 0.76
    add_experience(w, POLICE, own, ties, w.p.seeking_help[0])
    return float((pull[BY_PHONE] + pull[AT_STATION]) / (1.0 + pull.sum()))


@pytest.mark.parametrize(
    ("own", "ties", "share"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.12),
        ((2.0, 0.0), (0.0, 0.0), 0.28),
        ((0.0, 2.0), (0.0, 0.0), 0.045),
        ((0.0, 0.0), (2.0, 0.0), 0.21),
        ((0.0, 0.0), (0.0, 2.0), 0.065),
    ],
)
def test_help_brings_her_back_and_being_left_alone_keeps_her_away(
    own: tuple[float, float], ties: tuple[float, float], share: float
) -> None:
    assert share_of_police(own, ties) == pytest.approx(share, abs=0.006)


def at(w: World, tick: int) -> World:
    """Return the same world in another shift."""
    w.set_field("tick", tick)
    return w


def test_what_came_of_telling_fades_by_half_in_three_years() -> None:
    w = without_memory()
    update_victim_record(at(w, 100), 1, 3.0)
    record_help_outcome(at(w, 100), 1, POLICE, True, 3.0)
    record_help_outcome(at(w, 100 + 3 * YEAR), 1, POLICE, False, 3.0)
    assert remembered_outcomes(at(w, 100 + 3 * YEAR), 0, POLICE, 3.0) == pytest.approx((0.5, 1.0))
    assert remembered_outcomes(at(w, 100 + 3 * YEAR), 0, KIN, 3.0) == (0.0, 0.0)


def test_whom_she_told_answers_for_the_year_that_follows() -> None:
    w = without_memory()
    update_victim_record(at(w, 100), 1, 3.0)
    w.women[0].place = KIN
    assert remembered_outcomes(at(w, 100 + YEAR - 1), 0, KIN, 3.0) == (0.0, 0.0)
    assert remembered_outcomes(at(w, 100 + YEAR), 0, KIN, 3.0) == (1.0, 0.0)
    update_victim_record(at(w, 100 + YEAR - 1), 1, 3.0)
    assert remembered_outcomes(at(w, 100 + YEAR - 1), 0, KIN, 3.0) == (0.0, 1.0)
    w.women[0].place = KIN
    update_victim_record(at(w, 100 + 3 * YEAR - 1), 1, 3.0)
    good, bad = remembered_outcomes(at(w, 100 + 3 * YEAR - 1), 0, KIN, 3.0)
    assert (good, bad) == pytest.approx((0.5 ** (1.0 / 3.0), 0.5 ** (2.0 / 3.0)))


def test_a_ruling_that_is_kept_counts_once_and_a_case_alone_does_not() -> None:
    w = without_memory()
    update_victim_record(at(w, 100), 1, 3.0)
    w.women[0].place = AUTHORITY
    assert remembered_outcomes(at(w, 150), 0, AUTHORITY, 3.0) == (0.0, 0.0)
    w.homes[1].ruled = 200 + YEAR
    assert remembered_outcomes(at(w, 200), 0, AUTHORITY, 3.0) == (1.0, 0.0)
    for tick in (300, 301):
        update_victim_record(at(w, tick), 1, 3.0)
    good, bad = remembered_outcomes(at(w, 301), 0, AUTHORITY, 3.0)
    assert good == pytest.approx(0.5 ** (101.0 / (3.0 * YEAR)))
    assert bad == pytest.approx(0.5 ** (1.0 / (3.0 * YEAR)))


def outcomes(world: TrustModel, place: int) -> np.ndarray:
    """Return what came of telling a place, woman by woman."""
    rows: np.ndarray = world.state.outcomes.used_rows()[place - 1 :: N_HELP_PLACES]
    return rows


def test_only_women_who_were_hurt_have_rows(live: Live) -> None:
    world = live(2 * MONTH, trace=True, **OFTEN)
    women = world.state.women.used_rows()["woman"]
    assert len(np.unique(women)) == len(women) > 20
    assert world.town.people["female"][women].all()
    assert (world.state.homes["hurt"][women] >= 0).all()
    assert len(world.state.outcomes) == N_HELP_PLACES * len(women)
    assert np.flatnonzero(world.state.of_woman >= 0).tolist() == sorted(women.tolist())


def test_experience_that_is_reversed_reverses_where_women_go(live: Live) -> None:
    """Women who were hurt before live on in two worlds that differ only in what the police then did for them."""
    reported = []
    for helped in (True, False):
        world = live(3 * MONTH, trace=True, **OFTEN, **READY, **{"seeking_help.heard": 0.0})
        rows, women = outcomes(world, POLICE), set(world.state.women.used_rows()["woman"].tolist())
        rows["good"], rows["bad"], rows["tick"] = (6.0, 0.0, world.tick) if helped else (0.0, 6.0, world.tick)
        found = []
        for _ in range(MONTH):
            world.step()
            found += [one["reported_to"] for one in acts(world) if int(one["victim"]) in women]
        reported.append(np.isin(found, (BY_PHONE, AT_STATION)).mean())
    assert reported[0] > 2.5 * reported[1] > 0.0


def test_who_called_and_to_whom_nobody_came_remembers_it(watch: Watch) -> None:
    silent = {"seeking_help.follow": -10.0, "seeking_help.prosecutor": -5.0, "seeking_help.trust": 0.0}
    calling = {
        "seeking_help.over": 0.0,
        "seeking_help.shame": 0.0,
        "seeking_help.kin": -5.0,
        "domestic_violence.ends": 1.0,
        "domestic_violence.before": 0.0,
    }
    alone = OFTEN | READY | silent | calling | {"communal_authority.reach": 0.0, "seeking_help.memory": 20.0}
    n_lost = []
    for heard in (0.0, 1.0):
        lost = 0
        for world in watch(MONTH - 1, **(alone | {"response.line_answered": heard, "response.constant": heard})):
            of_home = world.trace["unserved"]["number"] - ACT_ID_OFFSET
            lost += int(np.count_nonzero((of_home >= 0) & (of_home < world.town.n_people)))
        assert outcomes(world, POLICE)["bad"].sum() == pytest.approx(lost, rel=0.02)
        assert outcomes(world, POLICE)["good"].sum() == 0.0
        n_lost.append(lost)
    assert n_lost[0] > n_lost[1]


def test_without_learning_what_came_of_telling_changes_nothing_and_is_no_reason(live: Live) -> None:
    """Whatever it was: and with it there are acts that it decides."""
    found = []
    for learning, reverse in ((0.0, False), (0.0, True), (1.6, False)):
        world = live(4 * MONTH, **OFTEN, **READY, **{"seeking_help.learning": learning})
        if reverse:
            rows = world.state.outcomes.used_rows()
            rows["good"], rows["bad"] = rows["bad"].copy(), rows["good"].copy()
        world.run_for(4 * MONTH)
        found.append(world.datacollector.get_model_vars_dataframe().sum(numeric_only=True))
    for name in ("own", "ties"):
        assert found[0][f"help_by_{name}"] == 0.0 < found[2][f"help_by_{name}"]
    assert ways(dict(found[0]), "to") == ways(dict(found[1]), "to") != ways(dict(found[2]), "to")


def test_every_act_has_a_reason_and_no_woman_stands_in_the_book_of_decisions(live: Live) -> None:
    world = live(3 * MONTH, **OFTEN, **READY)
    found = world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)
    assert found.filter(regex="^help_by_").sum() == found["crimes_occurred_domestic_violence"] > 100
    assert "resident" not in {
        CHOICES_DECLARED[number].agent for number in world.state.choices.used_rows()["matter"].tolist()
    }


def test_a_place_to_which_nobody_goes_cannot_show_that_it_changed(live: Live) -> None:
    never = {
        "seeking_help.trust": 0.0,
        "seeking_help.shame": 5.0,
        "seeking_help.over": 5.0,
        "seeking_help.no_woman": 4.0,
    }
    never |= {"communal_authority.reach": 1.0, "communal_authority.grave": 1.0, "seeking_help.prosecutor": -5.0}
    never |= {"deliberation.cases": 0}  # nor is a case taken to the state by an authority
    worlds = [live(4 * MONTH, **(OFTEN | never | {"seeking_help.measures": able})) for able in (0.0, 1.0)]
    assert [ways(world.month_row, "to")["police"] for world in worlds] == [0.0, 0.0]
    same = [ways(world.month_row, "to") for world in worlds]
    assert same[0]["kin"] > 0.0
    assert same[0] == same[1]
