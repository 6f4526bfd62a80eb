"""M8, narco protectors: where they operate thieves stay away or die, and nobody tells (ODD 6.30).

Their cells are drawn anew for every seed and never stand for a named place.  Switched off, there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.chance import somebody_here, young_man
from model.daybook import BY_NARCOS, IMPRESSIONS, INCIDENTS, SPARED
from model.gangs import TERRITORY, TRIES
from model.hazard import by_cell
from model.kernels import kernel
from model.kinds import HOMICIDE, PROPERTY
from model.luck import decision, luck
from model.mechanism import Hazard, Knockout, Mechanism
from model.mechanisms.crime import CRIME_MINUTE, note_incident
from model.parameters import Group, number, share
from model.rows import Row
from model.tables import Field

if TYPE_CHECKING:
    from model.model import TrustModel as World
    from model.rows import Reals, Rows
    from model.stage import Stage

NARCO_PLACE, THIEF_DIES, THIEF = decision("narco place"), decision("thief dies"), decision("thief")
THIEF_NUMBER = 2**27


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


PROTECTED = Field(
    name="protected",
    of=np.int64,
    shape=("cell",),
    first=-1.0,
    about="Group of protectors of each cell, or -1: this alone.",
)


class Counts(Row):
    """What is counted in a month."""

    kept_away: float


def begin(world: World) -> None:
    """Give every group the populated cells around a centre that no clique holds, by luck of the seed."""
    cells, everywhere, territory = world.town.cells, world.town.everywhere, world.state[TERRITORY]
    protected = world.state[PROTECTED]
    p: Narcos = world.numbers["narcos"][0]
    for g in range(int(p.groups * world.settings["population"].scale + 0.5)):
        for a in range(TRIES):
            row = int(np.searchsorted(everywhere["reach"], luck(world.seed, NARCO_PLACE, 0, g, a), side="right"))
            centre = int(everywhere["cell"][min(row, len(everywhere) - 1)])
            if cells[centre].population >= p.dense and territory[centre] < 0 and protected[centre] < 0:
                break
        dx, dy = cells["x"] - cells[centre].x, cells["y"] - cells[centre].y
        near = dx * dx + dy * dy <= p.reach * p.reach
        protected[near & (cells["population"] > 0) & (territory < 0) & (protected < 0)] = g


def keep_thieves_away(world: World, place: Reals) -> None:
    """Leave few thieves where protectors operate."""
    thieves = by_cell(world.numbers["narcos"]["thieves"], world.town.cells["settlement"])
    place[:, PROPERTY == 1] *= np.where(world.state[PROTECTED] >= 0, thieves, 1.0)


@kernel
def victim_of(stage: Stage, cell: int, number: int, p: Narcos) -> int:
    """Who is killed for a crime that was kept away: nobody (-1), or a young man who is there."""
    if luck(stage.seed, THIEF_DIES, stage.tick, number, 0) >= p.deaths:
        return -1
    for a in range(8):
        i = somebody_here(stage, stage.where, cell, THIEF, number, a)
        if i >= 0 and stage.minds[i].gone < 0 and young_man(stage.ground.people[i], stage.tick, 14.0):
            return i
    return -1


@kernel
def punish_thieves(stage: Stage, guard: int, numbers: Rows[Narcos]) -> None:
    """Let protectors kill, perhaps, for each crime that they kept away."""
    for k in range(stage.day.counts[SPARED]):
        row = stage.day.spared[k]
        if row.guard != guard:
            continue
        stage.tally[0].kept_away += 1.0
        i = victim_of(stage, row.cell, row.number, numbers[max(stage.ground.cells[row.cell].settlement, 0)])
        if i >= 0:
            minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, row.number, 0)
            number = THIEF_NUMBER + row.number
            note_incident(stage, number, HOMICIDE, BY_NARCOS, row.cell, i, -1, minute, 1.0, 0.0)


def act(world: World) -> None:
    """Let protectors punish those whom they kept away."""
    spared = world.book.counts.item(SPARED)
    if spared:
        world.book.reserve(INCIDENTS, spared)
        world.book.reserve(IMPRESSIONS, spared)
        punish_thieves(world.stage(), world.factors.numbers[IT.name], world.numbers["narcos"])


IT = Mechanism(
    group=Narcos,
    tables=(PROTECTED,),
    counts=Counts,
    writes=("minds.harmed", "minds.gone", "incidents", "impressions"),
    hazard=Hazard(place=keep_thieves_away, spared=True, repeats=True),
    begin=begin,
    knockout=Knockout(("kept_away",)),
)
