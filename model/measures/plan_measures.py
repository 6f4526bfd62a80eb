"""Measures of the stations' plans at the end of a month; no criterion includes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.engine.kernels import kernel
from model.police.plans import station_cells
from model.world.shift_events import N_PLAN_CELLS, N_PROBLEMS

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot

ALIVE_MONTHS = 3
"""Months for which a response must have lasted to count as alive (B13)."""
ALL_KINDS = -1
"""Stands for crime of all kinds together."""
STANDING_MEASURES = (
    *("plans_founded", "plans_holding", "plans_changed", "plans_returned"),
    *("plan_places_found", "plans_answering", "plans_alive"),
)


def plan_standing(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of plans, each a share of the stations with couples; nan if there are none."""
    sim = month.world
    staffed, cells = sim.cached(staffed_stations), sim.cached(station_cells)
    if not len(staffed):
        return dict.fromkeys(STANDING_MEASURES, math.nan)
    plans = sim.w.plans[staffed]
    shares = [float(plans[name].mean()) for name in ("founded", "holds", "changed")]
    parts = np.mean([judge_diagnosis(sim.w, int(f), cells[f]) for f in staffed], axis=0)
    found = (*shares, float((plans["product"] == sim.tick).mean()), *parts.tolist())
    return dict(zip(STANDING_MEASURES, found, strict=True))


def staffed_stations(sim: Simulation) -> IntArray:
    """Return the stations with couples."""
    return np.unique(sim.town.posts["facility"])


@kernel
def judge_diagnosis(w: World, f: int, own: IntArray) -> tuple[float, int, int]:
    """Return (share of places among the worst, answered, alive) of a station's diagnosis; the last two are 0 or 1.

    ``own`` are the station's cells.  *Answered* means that the plan visits a place of the worst problem, *alive* that
    this response has lasted for `ALIVE_MONTHS`.
    """
    plan, kind, most = w.plans[f], 0, 0.0
    for k in range(N_PROBLEMS):
        load = 0.0
        for cell in own:
            load += w.crimes_happened[cell, k]
        if load > most:
            kind, most = k, load
    if most == 0.0:
        return 0.0, 0, 0
    found = places_among_worst(w, f, own, ALL_KINDS) / max(plan.n, 1) if plan.founded == 1 else 0.0
    aimed = plan.kind == kind and plan.visits > 0
    answered = aimed and places_among_worst(w, f, own, kind) > 0
    return found, int(answered), int(aimed and plan.months >= ALIVE_MONTHS)


@kernel
def places_among_worst(w: World, f: int, own: IntArray, kind: int) -> int:
    """Return how many places of a plan are among the cells of ``own`` with most crime of a kind (`ALL_KINDS`: of all).

    These are at most as many cells as a plan has places; of equals the first counts.
    """
    found, bound, last = 0, math.inf, -1
    for _ in range(N_PLAN_CELLS):
        # The next cell in the order of falling crime, equals in the order of cells.
        worst, most = -1, 0.0
        for cell in own:
            load = crime_in_cell(w.crimes_happened[cell], kind)
            if load > most and (load < bound or (load == bound and cell > last)):
                worst, most = cell, load
        if worst < 0:
            return found
        bound, last = most, worst
        for place in w.plan_cells[f]:
            found += int(place == worst)
    return found


@kernel
def crime_in_cell(by_kind: FloatArray, kind: int) -> float:
    """Return the crime of a kind in a cell, or of all kinds."""
    if kind != ALL_KINDS:
        return float(by_kind[kind])
    load = 0.0
    for k in range(N_PROBLEMS):
        load += by_kind[k]
    return load
