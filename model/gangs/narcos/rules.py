"""Narco protectors (M8): in their cells thieves stay away or die, and residents report less.

Protected cells are drawn anew for every seed and never stand for a named place.  Switched off, there are none.
"""

from __future__ import annotations

import numpy as np

from model.crime.crime.rules import record_incident
from model.crime.crime.schema import CRIME_MINUTE, NewIncident
from model.engine.calendar import MINUTES_A_SHIFT
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, Rows
from model.gangs.gangs.schema import PLACEMENT_ATTEMPTS, TERRITORY, YOUNG_MAN_ATTEMPTS
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
from model.world.shift_events import BY_NARCOS, IMPRESSIONS, INCIDENTS, NOBODY, SPARED
from model.world.steps import KernelArguments, Room, kernel_step, rows_of


def initialise(world: World) -> None:
    """Draw the cells that each group protects: populated, near a centre, held by no clique."""
    cells, territory, protected = world.town.cells, world.state[TERRITORY], world.state[PROTECTED]
    p: Narcos = world.parameters[Narcos][0]
    for g in range(int(p.groups * world.settings["population"].scale + 0.5)):
        centre = draw_protected_centre(world, g)
        dx, dy = cells["x"] - cells[centre].x, cells["y"] - cells[centre].y
        near = dx * dx + dy * dy <= p.reach * p.reach
        protected[near & (cells["population"] > 0) & (territory < 0) & (protected < 0)] = g


def draw_protected_centre(world: World, g: int) -> int:
    """Return the first dense and free cell of the cells drawn for group ``g``, or the last drawn."""
    cells, everywhere, dense = world.town.cells, world.town.everywhere, world.parameters[Narcos][0].dense
    territory, protected, centre = world.state[TERRITORY], world.state[PROTECTED], -1
    for attempt in range(PLACEMENT_ATTEMPTS):
        u = keyed_uniform(world.seed, NARCO_PLACE, 0, g, attempt)
        # `reach` is the cumulative population: cells are drawn in proportion to it.
        row = int(np.searchsorted(everywhere["reach"], u, side="right"))
        centre = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[centre].population >= dense and territory[centre] < 0 and protected[centre] < 0:
            break
    return centre


def apply_protection(world: World, place: FloatArray) -> None:
    """Multiply the hazard of property crimes in protected cells by the share of thieves who still come."""
    thieves = values_by_cell(world.parameters[Narcos]["thieves"], world.town.cells["settlement"])
    place[:, IS_PROPERTY == 1] *= np.where(world.state[PROTECTED] >= 0, thieves, 1.0)


@kernel
def draw_killed_thief(shift: ShiftContext, cell: int, number: int, p: Narcos) -> int:
    """Return a young man present in the cell who is killed for a crime kept away, or -1."""
    if keyed_uniform(shift.seed, THIEF_DIES, shift.tick, number, 0) >= p.deaths:
        return NOBODY
    for attempt in range(YOUNG_MAN_ATTEMPTS):
        i = draw_present_resident(shift, shift.where, cell, THIEF_STREAM, number, attempt)
        if i >= 0 and shift.minds[i].gone < 0 and is_young_man(shift.ground.people[i], shift.tick, p.killed_from):
            return i
    return NOBODY


@kernel
def punish_thieves(shift: ShiftContext, guard: int, parameters: Rows[Narcos]) -> None:
    """Draw the homicides of protectors among the crimes that they kept away; append the incidents.

    ``guard`` is their number among the mechanisms that keep crimes away.
    """
    for k in range(shift.day.counts[SPARED]):
        row = shift.day.spared[k]
        if row.guard != guard:
            continue
        shift.tally[0].kept_away += 1.0
        p = parameters[max(shift.ground.cells[row.cell].settlement, 0)]
        i = draw_killed_thief(shift, row.cell, row.number, p)
        if i >= 0:
            minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, row.number, 0)
            number = THIEF_ID_OFFSET + row.number
            incident = NewIncident(
                number=number,
                kind=HOMICIDE,
                motive=BY_NARCOS,
                cell=row.cell,
                victim=i,
                clique=NOBODY,
                minute=minute,
                severity=1.0,
                loss=0.0,
            )
            record_incident(shift, incident)


def room_for_homicides(world: World) -> Room:
    """Return the rows that the homicides of protectors may need."""
    return {INCIDENTS: rows_of(SPARED), IMPRESSIONS: rows_of(SPARED)}


@kernel_step(punish_thieves, room_for_homicides)
def step(world: World) -> KernelArguments:
    """Draw the homicides of protectors."""
    return world.shift_context(), world.hazard_factors.guard_numbers[MECHANISM.name], world.parameters[Narcos]


MECHANISM = Mechanism(
    group=Narcos,
    tables=(PROTECTED,),
    counts=NarcoCounts,
    writes=("minds.harmed", "minds.gone", "incidents", "impressions"),
    hazard=HazardModifier(place=apply_protection, spared=True, repeats=True),
    initialise=initialise,
    knockout=Knockout(("kept_away",)),
)
