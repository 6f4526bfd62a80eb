"""M13: who is held, what waits at the prosecutor, and whom victims blame."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from model.crime.offenders import FREE, GRAVITY, IN_ACT
from model.engine.rows import zero_rows
from model.justice.justice import CaseFile, hold_for_earlier_arrests, trial_shifts
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.crime_kinds import HOMICIDE, NAMES, ROBBERY

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
HELD, RELEASE, DROPPED = (CAUSES.index(name) for name in ("held", "release", "dropped"))
MONTH = 93
BUSY = {"crime.armed": 50, "crime.thieves": 50, "reporting.follow": 3.0, "investigation.base": 0.3} | {
    "reporting.intercept": 0.0,
    "response.decline": -40.0,
    "response.catch": 1.0,
    "response.trail": 600.0,
    "response.goods": 0.3,
}


def total(world: TrustModel, name: str) -> float:
    """Sum of a measure over all months."""
    return float(world.datacollector.get_model_vars_dataframe()[name].sum())


def booked(world: TrustModel, *causes: int) -> float:
    """Change of trust by some causes over all months."""
    rows = world.ledger_months()
    return float(sum(rows["change"][rows["cause"] == cause].sum() for cause in causes))


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(3 * MONTH, **BUSY)


def test_switched_off_nobody_is_blamed(live: Live, usual: TrustModel) -> None:
    off = live(3 * MONTH, **BUSY, **{"mechanisms.justice": False})
    assert booked(off, RELEASE, DROPPED) == 0.0 > booked(usual, RELEASE, DROPPED)
    assert total(off, "arrests") > 0 < total(off, "charged")


def test_nobody_is_held_who_was_not_arrested_with_goods_or_accused_in_time(watch: Watch) -> None:
    n_held = n_released = n_late = 0
    for world in watch(3 * 90, **BUSY):
        arrests, crimes, earlier = world.trace["arrests"], world.trace["incidents"], world.state.carried.used_rows()
        late = arrests["carried"] == 1
        n_late += int(late.sum())
        for arrest in arrests:
            accused = False
            if arrest["incident"] >= 0:
                crime = (earlier if arrest["carried"] else crimes)[arrest["incident"]]
                assert crime["arrested"] == 1
                accused = crime["complaint"] == 1 and crime["in_time"] == 1
            assert arrest["held"] == (arrest["goods"] == 1 or accused)
        assert sum(crimes["arrested"]) == sum(arrests["incident"][~late] >= 0)
        n_held += int(arrests["held"].sum())
        n_released += int((arrests["held"] == 0).sum())
    assert (total(world, "held"), total(world, "released")) == (n_held, n_released)
    assert n_held > 0 < n_released
    assert n_late > 0


def test_every_complaint_is_open_charged_or_dropped(live: Live) -> None:
    world = live(3 * 90, **BUSY, **{"justice.trial": 60.0})
    complaints = world.state.files.used_rows()
    complaints = complaints[complaints["teller"] >= 0]
    assert total(world, "complaints_filed") == len(complaints) + total(world, "dropped")
    assert (complaints["charged"] >= 0).sum() > 0 < total(world, "dropped")
    assert total(world, "arrests_act") + total(world, "arrests_without_incident") == total(world, "held") + total(
        world, "released"
    )


def test_charges_are_counted_by_the_kind_of_their_file(live: Live) -> None:
    world = live(3 * 90, **BUSY, **{"justice.trial": 60.0})
    files = world.state.files.used_rows()
    kinds = files["kind"][files["charged"] >= 0]
    assert len(set(kinds.tolist())) > 1
    for number, name in enumerate(NAMES):
        assert total(world, f"charged_{name}") == (kinds == number).sum(), name
    assert total(world, "charged") == len(kinds)


def test_who_is_charged_is_held_until_the_trial_and_with_a_sentence_beyond_it(live: Live) -> None:
    short = {"justice.trial": 0.5, "justice.sentence": 1.0, "justice.remand": 0.1, "justice.charge_act": 1.0}
    held = {}
    for term in (0.0, 1.0):
        world = live(4 * MONTH, **BUSY, **short, **{"justice.term": term, "offenders.replaced_street": 0.0})
        assert total(world, "sentenced") > 0
        held[term] = world.month_row["offenders_held"]
    assert held[0.0] < held[1.0]


def test_sentences_last_from_half_to_one_and_a_half_times_their_mean(watch: Watch) -> None:
    short = {"justice.trial": 0.5, "justice.sentence": 1.0, "justice.remand": 0.1, "justice.charge_act": 1.0}
    spared = {"justice.wrong": 0.0, "justice.years": 2.0, "offenders.replaced_street": 0.0}
    held: dict[tuple[int, int], list[float]] = defaultdict(list)
    charged: dict[tuple[int, int], Any] = {}
    for world in watch(4 * MONTH, **BUSY, **short, **spared):
        files = {(file["filed"], file["number"]): file.copy() for file in world.state.files.used_rows()}
        slots = world.state.offenders.used_rows()
        for file in (file for name, file in charged.items() if name not in files):
            slot = slots[file["offender"]]
            if slot["generation"] == file["generation"]:
                years = (slot["until"] - world.tick + 1) / 1095
                held[file["offender"], file["generation"]].append(years / (2.0 * file["gravity"]))
        charged = {name: file for name, file in files.items() if file["charged"] >= 0 and file["offender"] >= 0}
    lengths = [found[0] for found in held.values() if len(found) == 1]  # of two sentences the longer is served
    assert len(lengths) > 15
    assert 0.5 <= min(lengths) < 0.7
    assert 1.3 < max(lengths) <= 1.5


def test_arrests_of_somebody_else_remove_nobody_and_teach_nothing(live: Live) -> None:
    world = live(2 * MONTH, **BUSY, **{"justice.wrong": 1.0})
    assert total(world, "arrests_act") > 0
    assert total(world, "prevented") == world.month_row["offenders_held"] == world.month_row["caught_street"] == 0.0


def test_who_blames_and_credits_nobody_learns_nothing_from_courts(live: Live) -> None:
    world = live(3 * MONTH, **BUSY, **{"justice.blame": 0.0})
    assert booked(world, RELEASE, DROPPED) == booked(world, HELD) == 0.0
    assert booked(live(3 * MONTH, **BUSY, **{"justice.blame": 1.0}), RELEASE, DROPPED) < 0.0


def test_trials_last_as_long_as_a_gamma_distribution_says_and_those_for_killings_longer(live: Live) -> None:
    world = live(MONTH, **BUSY, **{"justice.trial": 10.0, "justice.trial_killing": 24.0})
    file = zero_rows(CaseFile, 1)[0]
    months: dict[int, list[float]] = {ROBBERY: [], HOMICIDE: []}
    for kind, lengths in months.items():
        for number in range(4000):
            file.kind, file.number = kind, number
            lengths.append(trial_shifts(world.w, file) / 91.0)
    assert np.mean(months[ROBBERY]) == pytest.approx(10.0, rel=0.03)
    assert np.std(months[ROBBERY]) == pytest.approx(10.0 / 3**0.5, rel=0.05)
    assert np.array(months[HOMICIDE]) == pytest.approx(2.4 * np.array(months[ROBBERY]), abs=0.03)


def test_sentences_fall_in_every_month_of_the_year(live: Live) -> None:
    swift = {"justice.sentence": 1.0, "justice.charge_act": 1.0, "justice.trial": 3.0}
    world = live(3 * 365, **BUSY, **swift)
    history, by_month = world.datacollector.model_vars, Counter[int]()
    for month, sentenced in zip(history["month"], history["sentenced"], strict=True):
        by_month[month.month] += int(sentenced)
    assert min(by_month[month] for month in range(4, 13)) > 0


def offenders_held(world: TrustModel, hazard: float) -> np.ndarray:
    """Hold offenders for earlier arrests at a hazard (a shift) of each free one; return which are held."""
    slots, pace = world.state.offenders.used_rows(), world.state.custody_pace
    slots["until"], pace[:] = 0, 0.0
    pace[:, IN_ACT], pace[:, GRAVITY], pace[:, FREE] = 1.0, 0.5, 1.0 / hazard
    hold_for_earlier_arrests(world)
    return slots["until"] > world.tick


ALIKE = {
    "offenders.spread": 0.0,
    "offenders.street": 20.0,
    "justice.charge_act": 0.0,
    "justice.charge_warrant": 0.0,
    **{f"offenders.career_{group}": 50.0 for group in ("street", "vehicles", "burglary", "hire")},
}
"""Many offenders alike, with long careers, who are held in remand alone."""


@pytest.mark.parametrize("months", [2.0, 12.0])
def test_before_the_warm_up_as_many_are_held_as_arrests_and_custody_sustain(live: Live, months: float) -> None:
    world = live(0, **ALIKE, **{"justice.remand": months})
    hazard, length = 1.0 / 500.0, 91.0 * months
    held = offenders_held(world, hazard)
    assert len(held) > 1000
    assert held.mean() == pytest.approx(hazard * length / (1.0 + hazard * length), abs=0.04)


def test_who_is_sentenced_was_held_long_before_and_short_careers_leave_fewer_in_prison(live: Live) -> None:
    tried = {"justice.charge_act": 1.0, "justice.charge_warrant": 1.0, "justice.remand": 0.1, "justice.trial": 1.0}
    shares = {}
    for name, change in {
        "sentences": {"justice.sentence": 1.0},
        "no sentences": {"justice.sentence": 0.0},
        "short careers": {"justice.sentence": 1.0, "offenders.career_street": 0.2},
    }.items():
        shares[name] = offenders_held(live(0, **ALIKE | tried | change), 1.0 / 2000.0).mean()
    assert shares["no sentences"] < 0.2 < 0.5 < shares["sentences"]
    assert shares["short careers"] < 0.5 * shares["sentences"]


def test_without_arrests_in_the_warm_up_nobody_is_held_at_its_end(live: Live) -> None:
    world = live(0, **ALIKE)
    world.state.custody_pace[:] = 0.0
    hold_for_earlier_arrests(world)
    assert not (world.state.offenders.used_rows()["until"] > world.tick).any()
