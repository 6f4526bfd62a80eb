"""What plans amount to at the end of a month, as the criteria and measures read it (ODD 6.19)."""

from typing import Any

import numpy as np

from model.daybook import N_CELLS

LIVED = 3
"""Months for which a response must have lived to count as alive (B13)."""


def standing(world: Any) -> dict[str, float]:
    """Return shares of the stations with couples: founded plans, places among the worst, responses alive, and so on."""
    state, staffed = world.state, np.unique(world.town.posts["facility"])
    names = ("founded", "named", "shared", "holds", "changed")
    judged = ("found", "answered", "alive")
    if not len(staffed):
        return dict.fromkeys((*names, *judged, "returned"), 0.0)
    plans = state.plans[staffed]
    shares = {name: float(plans[name].mean()) for name in names}
    shares["returned"] = float((plans["product"] == world.tick).mean())
    parts = np.mean([judge(state, world.beats[f], int(f)) for f in staffed], axis=0)
    return shares | dict(zip(judged, parts.tolist(), strict=True))


def judge(state: Any, own: np.ndarray, f: int) -> tuple[float, bool, bool]:
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


def worst_cells(own: np.ndarray, load: np.ndarray) -> set[int]:
    """Return the cells with most crime, at most as many as a plan has places."""
    worst = own[np.argsort(-load, kind="stable")][:N_CELLS]
    return set(worst[np.sort(-load)[:N_CELLS] < 0.0].tolist())


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Pearson's correlation (of ranks: Spearman's); nan where one does not vary.

    >>> round(correlation(np.array([1, 2, 3]), np.array([3, 5, 7])), 6)
    1.0
    """
    spread = float(one.std()) * float(other.std())
    return float(np.mean((one - one.mean()) * (other - other.mean())) / spread) if spread > 0.0 else float("nan")


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of every value, equal ones at their mean rank."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2.0)[which]
