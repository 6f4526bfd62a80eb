"""What plans amount to at the end of a month, as the criteria and measures read it (ODD 6.19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.daybook import N_CELLS
from model.mechanisms.plans import beats_of
from model.mechanisms.problem_work import causes_known

if TYPE_CHECKING:
    from model.model import TrustModel as World
    from model.rows import Ints, Reals
    from model.state import State

LIVED = 3
"""Months for which a response must have lived to count as alive (B13)."""


def standing(world: World) -> dict[str, float]:
    """Return shares of the stations with couples: founded plans, places among the worst, responses alive, and so on."""
    state, staffed = world.state, np.unique(world.town.posts["facility"])
    names = ("founded", "holds", "changed")
    judged = ("found", "answered", "alive")
    if not len(staffed):
        return dict.fromkeys((*names, *judged, "returned", "named", "shared"), 0.0)
    plans = state.plans[staffed]
    shares = {name: float(plans[name].mean()) for name in names}
    shares |= dict(zip(("named", "shared"), causes_known(world), strict=True))
    shares["returned"] = float((plans["product"] == world.tick).mean())
    parts = np.mean([judge(state, world.once(beats_of)[f], int(f)) for f in staffed], axis=0)
    return shares | dict(zip(judged, parts.tolist(), strict=True))


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
