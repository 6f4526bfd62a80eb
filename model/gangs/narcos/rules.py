"""M8, narco protectors: where they operate thieves stay away or die, and nobody tells (ODD 6.30).

Their cells are drawn anew for every seed and never stand for a named place.  Switched off, there are none.
"""

from __future__ import annotations

import numpy as np

from model.crime.crime.rules import note_incident
from model.crime.crime.schema import CRIME_MINUTE
from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.engine.rows import Reals, Rows
from model.gangs.gangs.schema import TERRITORY, TRIES
from model.gangs.narcos.schema import NARCO_PLACE, PROTECTED, THIEF, THIEF_DIES, THIEF_NUMBER, Counts, Narcos
from model.town.crime_kinds import HOMICIDE, PROPERTY
from model.world.hazard import by_cell
from model.world.mechanism import Hazard, Knockout, Mechanism
from model.world.protocol import World
from model.world.sampling import somebody_here, young_man
from model.world.shift_context import Stage
from model.world.shift_events import BY_NARCOS, IMPRESSIONS, INCIDENTS, SPARED


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
