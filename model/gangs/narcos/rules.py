"""M8, narco protectors: where they operate thieves stay away or die, and nobody tells (ODD 6.30).

Their cells are drawn anew for every seed and never stand for a named place.  Switched off, there are none.
"""

from __future__ import annotations

import numpy as np

from model.crime.crime.rules import record_incident
from model.crime.crime.schema import CRIME_MINUTE
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, Rows
from model.gangs.gangs.schema import PLACEMENT_ATTEMPTS, TERRITORY
from model.gangs.narcos.schema import (
    NARCO_PLACE,
    PROTECTED,
    THIEF_DIES,
    THIEF_ID_OFFSET,
    THIEF_STREAM,
    NarcoCounts,
    Narcos,
)
from model.town.crime_kinds import HOMICIDE, IS_PROPERTY
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.protocol import World
from model.world.sampling import draw_present_resident, is_young_man
from model.world.shift_context import ShiftContext
from model.world.shift_events import BY_NARCOS, IMPRESSIONS, INCIDENTS, SPARED


def initialise(world: World) -> None:
    """Give every group the populated cells around a centre that no clique holds, by luck of the seed."""
    cells, everywhere, territory = world.town.cells, world.town.everywhere, world.state[TERRITORY]
    protected = world.state[PROTECTED]
    p: Narcos = world.parameters[Narcos][0]
    for g in range(int(p.groups * world.settings["population"].scale + 0.5)):
        for a in range(PLACEMENT_ATTEMPTS):
            row = int(
                np.searchsorted(everywhere["reach"], keyed_uniform(world.seed, NARCO_PLACE, 0, g, a), side="right")
            )
            centre = int(everywhere["cell"][min(row, len(everywhere) - 1)])
            if cells[centre].population >= p.dense and territory[centre] < 0 and protected[centre] < 0:
                break
        dx, dy = cells["x"] - cells[centre].x, cells["y"] - cells[centre].y
        near = dx * dx + dy * dy <= p.reach * p.reach
        protected[near & (cells["population"] > 0) & (territory < 0) & (protected < 0)] = g


def apply_protection(world: World, place: FloatArray) -> None:
    """Leave few thieves where protectors operate."""
    thieves = values_by_cell(world.parameters[Narcos]["thieves"], world.town.cells["settlement"])
    place[:, IS_PROPERTY == 1] *= np.where(world.state[PROTECTED] >= 0, thieves, 1.0)


@kernel
def draw_killed_thief(stage: ShiftContext, cell: int, number: int, p: Narcos) -> int:
    """Who is killed for a crime that was kept away: nobody (-1), or a young man who is there."""
    if keyed_uniform(stage.seed, THIEF_DIES, stage.tick, number, 0) >= p.deaths:
        return -1
    for a in range(8):
        i = draw_present_resident(stage, stage.where, cell, THIEF_STREAM, number, a)
        if i >= 0 and stage.minds[i].gone < 0 and is_young_man(stage.ground.people[i], stage.tick, 14.0):
            return i
    return -1


@kernel
def punish_thieves(stage: ShiftContext, guard: int, numbers: Rows[Narcos]) -> None:
    """Let protectors kill, perhaps, for each crime that they kept away."""
    for k in range(stage.day.counts[SPARED]):
        row = stage.day.spared[k]
        if row.guard != guard:
            continue
        stage.tally[0].kept_away += 1.0
        i = draw_killed_thief(stage, row.cell, row.number, numbers[max(stage.ground.cells[row.cell].settlement, 0)])
        if i >= 0:
            minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, row.number, 0)
            number = THIEF_ID_OFFSET + row.number
            record_incident(stage, number, HOMICIDE, BY_NARCOS, row.cell, i, -1, minute, 1.0, 0.0)


def step(world: World) -> None:
    """Let protectors punish those whom they kept away."""
    spared = world.shift_events.counts.item(SPARED)
    if spared:
        world.shift_events.reserve(INCIDENTS, spared)
        world.shift_events.reserve(IMPRESSIONS, spared)
        punish_thieves(
            world.shift_context(), world.hazard_factors.guard_numbers[MECHANISM.name], world.parameters[Narcos]
        )


MECHANISM = Mechanism(
    group=Narcos,
    tables=(PROTECTED,),
    counts=NarcoCounts,
    writes=("minds.harmed", "minds.gone", "incidents", "impressions"),
    hazard=HazardModifier(place=apply_protection, spared=True, repeats=True),
    initialise=initialise,
    knockout=Knockout(("kept_away",)),
)
