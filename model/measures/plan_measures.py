"""Measures of the stations' plans at the end of a month; no criterion includes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.police.plans import CRIMES_HAPPENED, PLAN_CELLS, station_cells
from model.world.shift_events import N_PLAN_CELLS
from model.world.state import PLANS

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.world import Simulation
    from model.world.month import MonthSnapshot
    from model.world.state import State

ALIVE_MONTHS = 3
"""Months for which a response must have lasted to count as alive (B13)."""
STANDING_MEASURES = (
    *("plans_founded", "plans_holding", "plans_changed", "plans_returned"),
    *("plan_places_found", "plans_answering", "plans_alive"),
)


def plan_standing(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of plans, each a share of the stations with couples; nan if there are none."""
    sim = month.world
    state, staffed = sim.state, sim.cached(staffed_stations)
    if not len(staffed):
        return dict.fromkeys(STANDING_MEASURES, math.nan)
    plans = sim.w.plans[staffed]
    shares = [float(plans[name].mean()) for name in ("founded", "holds", "changed")]
    parts = np.mean([judge_diagnosis(state, sim.cached(station_cells)[f], int(f)) for f in staffed], axis=0)
    found = (*shares, float((plans["product"] == sim.tick).mean()), *parts.tolist())
    return dict(zip(STANDING_MEASURES, found, strict=True))


def staffed_stations(sim: Simulation) -> IntArray:
    """Return the stations with couples."""
    return np.unique(sim.town.posts["facility"])


def judge_diagnosis(state: State, own: IntArray, f: int) -> tuple[float, bool, bool]:
    """Return (share of places among the worst, answered, alive) of a station's diagnosis.

    ``own`` are the station's cells.  *Answered* means that the plan visits a place of the worst problem, *alive* that
    this response has lasted for `ALIVE_MONTHS`.
    """
    plan, places = state[PLANS][f], set(state[PLAN_CELLS][f].tolist())
    here = state[CRIMES_HAPPENED][own]
    if not here.any():
        return 0.0, False, False
    kind = int(here.sum(axis=0).argmax())
    found = len(places & worst_cells(own, here.sum(axis=1))) / max(int(plan["n"]), 1)
    aimed = int(plan["kind"]) == kind and plan["visits"] > 0
    answered = aimed and bool(places & worst_cells(own, here[:, kind]))
    return found if plan["founded"] == 1 else 0.0, answered, aimed and int(plan["months"]) >= ALIVE_MONTHS


def worst_cells(own: IntArray, load: FloatArray) -> set[int]:
    """Return the cells with most crime, at most as many as a plan has places.

    ``load`` is the crime in each of the cells ``own``.
    """
    some = np.flatnonzero(load > 0.0)
    worst = some[np.argsort(-load[some], kind="stable")][:N_PLAN_CELLS]
    return set(own[worst].tolist())
