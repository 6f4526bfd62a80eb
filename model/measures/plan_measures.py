"""What plans amount to at the end of a month: measures of stations, and part of no criterion (ODD, plans)."""

from __future__ import annotations

import math

import numpy as np

from model.engine.rows import Ints, Reals
from model.police.plans.rules import beats_of
from model.world.month import Month
from model.world.shift_events import N_CELLS
from model.world.state import State

LIVED = 3
"""Months for which a response must have lived to count as alive (B13)."""
STANDING = (
    *("plans_founded", "plans_holding", "plans_changed", "plans_returned"),
    *("plan_places_found", "plans_answering", "plans_alive"),
)


def standing(month: Month) -> dict[str, float]:
    """Return shares of the stations with couples: founded plans, places among the worst, responses alive, and so on."""
    world = month.world
    state, staffed = world.state, np.unique(world.town.posts["facility"])
    if not len(staffed):
        return dict.fromkeys(STANDING, math.nan)
    plans = state.plans[staffed]
    shares = [float(plans[name].mean()) for name in ("founded", "holds", "changed")]
    parts = np.mean([judge(state, world.once(beats_of)[f], int(f)) for f in staffed], axis=0)
    found = (*shares, float((plans["product"] == world.tick).mean()), *parts.tolist())
    return dict(zip(STANDING, found, strict=True))


def judge(state: State, own: Ints, f: int) -> tuple[float, bool, bool]:
    """Return the share of a diagnosis's places among the worst; whether the worst problem is answered, for how long."""
    plan, places = state.plans[f], set(state.plan_cells[f].tolist())
    here = state.happened[own]
    if not here.any():
        return 0.0, False, False
    kind = int(here.sum(axis=0).argmax())
    found = len(places & worst_cells(own, here.sum(axis=1))) / max(int(plan["n"]), 1)
    aimed = int(plan["kind"]) == kind and plan["visits"] > 0
    answered = aimed and bool(places & worst_cells(own, here[:, kind]))
    return found if plan["founded"] == 1 else 0.0, answered, aimed and int(plan["months"]) >= LIVED


def worst_cells(own: Ints, load: Reals) -> set[int]:
    """Return the cells with most crime, at most as many as a plan has places."""
    worst = own[np.argsort(-load, kind="stable")][:N_CELLS]
    return set(worst[np.sort(-load)[:N_CELLS] < 0.0].tolist())
