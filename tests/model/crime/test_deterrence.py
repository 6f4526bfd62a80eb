"""M5: police who are there keep offenders from offending."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.crime.deterrence import is_deterred
from model.simulation.model import TrustModel
from model.town.crime_kinds import HOMICIDE, ROBBERY, THEFT
from model.world.shift_events import AT_MEETING, HOMES, ON_PROBLEM, ON_REQUEST, ROUTE, VISITS

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
BUSY = {
    "crime.armed": 50,
    "crime.thieves": 50,
    "patrol.visits_motor": 48,
    "deterrence.visit_robbery": 0.8,
    "deterrence.visit_theft": 0.8,
    "deterrence.residual": 60.0,
}
STREET = ("robbery", "theft")
NOTHING_ELSE = {f"mechanisms.{name}": False for name in ("near_repeat", "fear", "communal_authority", "extortion")} | {
    "mechanisms.domestic_violence": False,
    "mechanisms.population_change": False,
    "mechanisms.offenders": False,
    "mechanisms.certainty": False,
    "crime.hire": 0.0,
    "crime.lethal_robbery": 0.0,
    "crime.lethal_assault": 0.0,
}
"""No crime leads to or keeps away another, and nobody leaves."""


def crimes(watch: Watch, **changes: float) -> tuple[set[tuple[int, int]], float]:
    """Return the crimes of three months by shift and number, and how many were deterred."""
    found: set[tuple[int, int]] = set()
    for world in watch(3 * 90, **BUSY | NOTHING_ELSE | changes):
        found |= set(world.trace["incidents"][["tick", "number"]].tolist())
    return found, world.datacollector.get_model_vars_dataframe()["deterred"].sum()


def test_switched_off_exactly_those_crimes_happen_too_that_were_deterred(watch: Watch) -> None:
    stays = {"deterrence.displacement": 0.0}
    with_it, n_deterred = crimes(watch, **stays)
    without, none = crimes(watch, **stays, **{"mechanisms.deterrence": False})
    assert with_it < without
    assert len(without) - len(with_it) == n_deterred > none == 0


def test_what_deters_little_deters_no_more_than_what_deters_much(watch: Watch) -> None:
    stays = {"deterrence.displacement": 0.0}
    little, much = (crimes(watch, **stays, **{f"deterrence.visit_{k}": x for k in STREET}) for x in (0.2, 0.6))
    assert much[0] < little[0]
    assert much[1] > little[1]


def test_where_nobody_patrols_nobody_is_deterred(live: Live) -> None:
    idle = live(MONTH, **BUSY | {"roster.absence": 1.0, "political_calendar.army": 0.0})
    assert idle.month_row["visits"] == idle.month_row["deterred"] == 0


def test_some_deterred_robberies_and_thefts_move_and_nothing_else(watch: Watch) -> None:
    kinds = set()
    for world in watch(2 * MONTH, **BUSY, **{"deterrence.displacement": 0.6}):
        moved = world.trace["incidents"][world.trace["incidents"]["displaced"] == 1]
        kinds |= set(moved["kind"].tolist())
    assert kinds <= {ROBBERY, THEFT, HOMICIDE}
    assert kinds & {ROBBERY, THEFT}
    found = world.datacollector.get_model_vars_dataframe()
    assert (found["displaced"] + found["off_map"] <= found["deterred"]).all()


def test_planned_work_deters_in_its_cell_alone_and_indoors_as_far_as_it_is_seen(live: Live) -> None:
    world = live(0, **{"deterrence.visit_robbery": 0.8, "certainty.inside": 0.5})
    w = world.w
    cell = int(world.town.cells["population"].argmax())
    visit, w.counts[VISITS] = w.visits[0], 1
    visit.cell, visit.alive, visit.minute, visit.stay = cell, 1, 100.0, 40.0
    for kind, share in ((ROUTE, 0.8), (ON_PROBLEM, 0.8), (ON_REQUEST, 0.8), (AT_MEETING, 0.4), (HOMES, 0.4)):
        visit.kind = kind
        here, beside = (
            float(np.mean([is_deterred(w, ROBBERY, place, 120.0, number) for number in range(2000)]))
            for place in (cell, int(world.town.near[cell, 0]))
        )
        assert here == pytest.approx(share, abs=0.03)
        assert beside == 0.0
    w.counts[VISITS] = 0
