"""M8, narco protectors: where they operate thieves stay away or die, and nobody tells (ODD 6.30).

Their cells are drawn anew for every seed and never stand for a named place.  Switched off, there are none.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from model.chance import somebody_here, young_man
from model.gangs import TRIES
from model.kernels import kernel
from model.luck import decision, luck
from model.parameters import Group, number, share

NARCO_PLACE, KEPT_AWAY, THIEF_DIES, THIEF = (
    decision("narco place"),
    decision("kept away"),
    decision("thief dies"),
    decision("thief"),
)
KNOCKOUT = ("kept_away",)
THIEF_NUMBER = 2**27
OLDEST_KIND = 4
"""Robbery to burglary: what thieves do."""


@dataclass(frozen=True, kw_only=True)
class Narcos(Group):
    """Groups that protect the places where they operate, and what that does there."""

    name: ClassVar[str] = "narcos"
    evidence: ClassVar[tuple[str, ...]] = ("J03", "Y04")

    groups: int = number(0, "groups", 0, 50, "J03; number assumed", "groups of protectors", role="site", off=0)
    reach: float = number(1.5, "cells", 0.0, 20.0, "assumed", "radius of the place that a group protects")
    dense: int = number(20, "residents", 0, 5000, "assumed", "residents that its centre needs")
    thieves: float = share(0.15, "J03: no thieves; size assumed", "thieves who still come", off=1.0)
    deaths: float = share(
        0.004, "J03; Y04: at most twice the homicides; assumed", "thieves kept away who are killed", high=0.2, off=0.0
    )
    silence: float = number(
        1.0, "log-odds", 0.0, 5.0, "assumed", "what protection takes from telling by those who live there", off=0.0
    )


def settle_narcos(protected: Any, ground: Any, everywhere: Any, territory: Any, p: Any, groups: int, seed: int) -> None:
    """Give every group the populated cells around a centre that no clique holds, by luck of the seed."""
    cells = ground.cells
    for g in range(groups):
        for a in range(TRIES):
            row = int(np.searchsorted(everywhere["reach"], luck(seed, NARCO_PLACE, 0, g, a), side="right"))
            centre = int(everywhere["cell"][min(row, len(everywhere) - 1)])
            if cells[centre]["population"] >= p["dense"] and territory[centre] < 0 and protected[centre] < 0:
                break
        dx, dy = cells["x"] - cells[centre]["x"], cells["y"] - cells[centre]["y"]
        near = dx * dx + dy * dy <= p["reach"] * p["reach"]
        protected[near & (cells["population"] > 0) & (territory < 0) & (protected < 0)] = g


@kernel
def open_share(kind: Any, cell: Any, protected: Any, p: Any) -> Any:
    """Share of the hazard of this kind that is left in this cell."""
    return p.thieves if kind <= OLDEST_KIND and protected[cell] >= 0 else 1.0


@kernel
def killed_thief(stage: Any, where: Any, cell: Any, number: Any, p: Any) -> Any:
    """Who is killed for a crime that was kept away: nobody (-1), or a young man who is there."""
    stage.tally[0].kept_away += 1.0
    if luck(stage.seed, THIEF_DIES, stage.tick, number, 0) >= p.deaths:
        return -1
    for a in range(8):
        i = somebody_here(stage, where, cell, THIEF, number, a)
        if i >= 0 and stage.minds[i].gone < 0 and young_man(stage.ground.people[i], stage.tick, 14.0):
            return i
    return -1
