"""Cliques of MS-13 and Barrio 18: how many there are, and the synthetic cells that each run gives them.

Territories are drawn anew for every seed and never stand for a named place.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from model.luck import decision, luck
from model.parameters import Group, number
from model.state import State

CLIQUE_PLACE, CLIQUE_MEMBER = decision("clique place"), decision("clique member")
GANGS = ("MS-13", "Barrio 18")
TRIES = 64


@dataclass(frozen=True, kw_only=True)
class Gangs(Group):
    """Cliques in the municipality, and the reach of those who extort by telephone."""

    name: ClassVar[str] = "gangs"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("J01", "Y01", "Y02", "V15")

    ms13: int = number(
        0, "cliques", 0, 50, "J01, Y01; orders of magnitude: 5-20 in all", "cliques of MS-13", role="site"
    )
    barrio18: int = number(0, "cliques", 0, 50, "J01, Y01; orders of magnitude", "cliques of Barrio 18", role="site")
    members: int = number(
        30,
        "members",
        0,
        200,
        "Y01; orders of magnitude: 150-700 in all",
        "members of a clique at the start",
        role="site",
    )
    reach: float = number(2.0, "cells", 0.0, 20.0, "assumed", "radius of a territory")
    dense: int = number(60, "residents", 0, 5000, "Y02: metropolitan; size assumed", "residents that a centre needs")
    border: float = number(12.0, "cells", 0.0, 200.0, "assumed", "distance within which cliques of two gangs clash")
    phone_lists: float = number(
        0.5,
        "ratio",
        0.0,
        10.0,
        "V07, V15; assumed",
        "telephones on the lists of imitators, relative",
        role="site",
    )


def n_cliques(gangs: Any, scale: float) -> tuple[int, int]:
    """Return the cliques of both gangs; a shrunken town has fewer."""
    return tuple(math.floor(int(n) * scale + 0.5) for n in (gangs.ms13, gangs.barrio18))  # type: ignore[return-value]


def settle_cliques(
    state: State,
    ground: Any,
    everywhere: Any,
    counts: tuple[int, int],
    gangs: Any,
    work: Any,
    tick: int,
    seed: int,
) -> None:
    """Give every clique a centre, a territory, rivals, members and targets (ODD 6.7), by luck of the seed."""
    cells = ground.cells
    for q, clique in enumerate(state.cliques):
        clique["gang"] = 0 if q < counts[0] else 1
        clique["centre"] = centre_for(q, cells, everywhere, state.territory, int(gangs["dense"]), seed)
        hold(q, clique, cells, state.territory, float(gangs["reach"]))
    for clique in state.cliques:
        clique["rivals"] = count_rivals(clique, state.cliques, cells, float(gangs["border"]))
    enlist(state, ground, int(gangs["members"]), tick, seed)
    list_targets(state, ground, work)


def centre_for(q: int, cells: Any, everywhere: Any, territory: Any, dense: int, seed: int) -> int:
    """Return the first dense free cell among those tried, or the last tried."""
    cell = -1
    for a in range(TRIES):
        row = int(np.searchsorted(everywhere["reach"], luck(seed, CLIQUE_PLACE, 0, q, a), side="right"))
        cell = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[cell]["population"] >= dense and territory[cell] < 0:
            break
    return cell


def hold(q: int, clique: Any, cells: Any, territory: Any, reach: float) -> None:
    """Mark the populated free cells around the centre as held by clique q."""
    dx = cells["x"] - cells[clique["centre"]]["x"]
    dy = cells["y"] - cells[clique["centre"]]["y"]
    territory[(dx * dx + dy * dy <= reach * reach) & (cells["population"] > 0) & (territory < 0)] = q


def count_rivals(clique: Any, cliques: Any, cells: Any, border: float) -> int:
    """Count the cliques of the other gang whose centre is near."""
    mine, theirs = cells[clique["centre"]], cells[cliques["centre"]]
    dx, dy = theirs["x"] - mine["x"], theirs["y"] - mine["y"]
    near = dx * dx + dy * dy <= border * border
    return int(np.count_nonzero(near & (cliques["gang"] != clique["gang"])))


def enlist(state: State, ground: Any, members: int, tick: int, seed: int) -> None:
    """Draw the members of every clique from the young men who live in its territory."""
    people = ground.people
    age = (tick // 3 - people["born"]) / 365.25
    fit = (people["arrives"] < 0) & (people["female"] == 0) & (age >= 14.0) & (age < 31.0)
    for q in range(len(state.cliques)):
        pool = np.flatnonzero(fit & (state.territory[people["home"]] == q))
        for a in range(members if len(pool) else 0):
            state.minds["member"][pool[int(luck(seed, CLIQUE_MEMBER, 0, q, a) * len(pool))]] = q
        state.cliques[q]["members"] = state.cliques[q]["founding"] = np.count_nonzero(state.minds["member"] == q)
    members_now = np.flatnonzero(state.minds["member"] >= 0)
    state.roll.reserve(len(members_now))
    state.roll.rows[: len(members_now)], state.roll.count[0] = members_now, len(members_now)


def list_targets(state: State, ground: Any, work: Any) -> None:
    """List the business residents whose working place each clique holds, clique by clique."""
    workplace = np.asarray(work)
    inside = (ground.people["business"] == 1) & (workplace >= 0)
    holder = np.where(inside, state.territory[np.maximum(workplace, 0)], -1)
    lists = [np.flatnonzero(holder == q) for q in range(len(state.cliques))]
    state.target_start[1:] = np.cumsum([len(one) for one in lists])
    state.targets = np.concatenate([*lists, np.zeros(0, np.int64)]).astype(np.int64)
