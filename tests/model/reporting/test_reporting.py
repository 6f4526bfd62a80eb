"""M11: who tells whom, and what follows from it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.reporting.reporting import value_of_support
from model.simulation.model import TrustModel
from model.town.crime_kinds import DOMESTIC, EXTORTION, HOMICIDE
from model.town.crime_kinds import NAMES as KINDS
from model.world.shift_events import BY_PHONE, COMMUNAL, NO_LINE, NOBODY, OWN_PHONE, PROSECUTOR, TO_PATROL

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH, SEEDS = 93, range(5)
BUSY = {
    "crime.armed": 50,
    "crime.thieves": 50,
    "crime.robbery": 40,
    "crime.theft": 40,
    "gangs.ms13": 40,
    "gangs.barrio18": 40,
    "extortion.demands": 12,
    "reporting.intercept": -3.5,
    "reporting.severity": 6.0,
    "reporting.prosecutor": -5.0,
    "reporting.trust": 1.5,
}
Crimes = dict[tuple[int, int], np.void]


def first_crimes(live: Live, **changes: float) -> Crimes:
    """Return the crimes of the first shift of some worlds, but for violence at home, by seed and number."""
    found = {}
    for rng in SEEDS:
        rows = live(1, rng=rng, trace=True, **BUSY | changes).trace["incidents"]
        found |= {(rng, row["number"]): row for row in rows if row["kind"] != DOMESTIC}
    return found


def tellers(crimes: Crimes) -> set[tuple[int, int]]:
    """Return the crimes that were reported to somebody."""
    return {name for name, row in crimes.items() if row["reported_to"] != NOBODY}


def test_switched_off_trust_and_gravity_move_nobody_to_tell(live: Live) -> None:
    off, moved = {"mechanisms.reporting": False}, 0
    for name, low, high in (("trust.level", 0.05, 0.9), ("crime.violent_share", 0.0, 1.0)):
        dull, same = (first_crimes(live, **off, **{name: value}) for value in (low, high))
        assert {key: row["reported_to"] for key, row in dull.items()} == {
            key: row["reported_to"] for key, row in same.items()
        }
        less, more = (tellers(first_crimes(live, **{name: value})) for value in (low, high))
        assert less <= more
        moved += len(more - less)
    assert moved > 0


def test_who_tells_in_a_town_less_ready_tells_in_a_readier_one(live: Live) -> None:
    nested = [tellers(first_crimes(live, **{"reporting.intercept": x})) for x in (-4.0, -2.0)]
    assert nested[0] < nested[1]


def test_fear_silences_only_those_whose_offender_can_learn_of_it(live: Live) -> None:
    ready = {"reporting.intercept": -2.0, "reporting.anonymous": -5.0, "trust.fear": 3.0}
    bold, timid = (first_crimes(live, **ready, **{"reporting.fear": fear}) for fear in (0.0, 5.0))
    silenced = tellers(bold) - tellers(timid)
    assert silenced
    assert tellers(timid) <= tellers(bold)
    assert all(bold[name]["kind"] == EXTORTION or bold[name]["clique"] >= 0 for name in silenced)


def test_every_request_for_help_is_one_call_or_one_lost_call_and_there_are_no_others(watch: Watch) -> None:
    n_heard = n_unheard = 0
    alone = {"mechanisms.calls": False, "deliberation.cases": 0, "mechanisms.collective_violence": False}
    for world in watch(MONTH, **BUSY, **alone, **{"response.line_answered": 0.5}):
        crimes, calls, lost = (world.trace[name] for name in ("incidents", "calls", "unserved"))
        asks = np.isin(crimes["reported_to"], (TO_PATROL, BY_PHONE, OWN_PHONE)) | (crimes["handed"] == 1)
        heard = calls["number"][(calls["incident"] >= 0) & (calls["born"] == world.tick - 1)].tolist()
        unheard = lost["number"][lost["reason"] == NO_LINE].tolist()
        assert sorted(heard + unheard) == sorted(crimes["number"][asks])
        n_heard, n_unheard = n_heard + len(heard), n_unheard + len(unheard)
    assert n_heard > 5 < n_unheard


def test_a_homicide_is_always_told_and_nothing_else_is_filed_without_being_told(watch: Watch) -> None:
    for world in watch(MONTH, **BUSY, **{"crime.lethal_robbery": 0.05, "mechanisms.collective_violence": False}):
        rows = world.trace["incidents"]
        killed = rows[(rows["kind"] == HOMICIDE) & (rows["teller"] >= 0)]
        assert (killed["reported_to"] == BY_PHONE).all()
        assert killed["complaint"].all()
        assert rows["complaint"][rows["reported_to"] == PROSECUTOR].all()
        kept = (rows["reported_to"] == NOBODY) | ((rows["reported_to"] == COMMUNAL) & (rows["handed"] == 0))
        assert not rows["complaint"][kept].any()
    assert world.month_row[f"crimes_occurred_{KINDS[HOMICIDE]}"] > 0


def test_support_for_the_complaint_is_worth_no_more_than_it_adds_to_it() -> None:
    for utility in (-6.0, -1.0, 2.0):
        worth = [value_of_support(utility + gain, gain, 1.0) for gain in (0.0, 0.5, 1.0)]
        assert worth[0] == 0.0 < worth[1] < worth[2] <= 1.0
        assert value_of_support(utility + 1.0, 1.0, 0.3) == pytest.approx(0.3 * worth[2])


def test_who_looks_ahead_to_the_complaint_tells_more_with_support_and_no_more_without(live: Live) -> None:
    support = {"reporting.accompaniment": 3.0, "reporting.trip": 0.0}
    blind, ahead = ({"reporting.foresight": share} for share in (0.0, 1.0))
    assert tellers(first_crimes(live, **ahead)) == tellers(first_crimes(live, **blind))
    unmoved = tellers(first_crimes(live, **blind))
    assert tellers(first_crimes(live, **support, **blind)) == unmoved
    assert tellers(first_crimes(live, **support, **ahead)) > unmoved
