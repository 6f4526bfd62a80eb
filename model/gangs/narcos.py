"""Narco protectors (M8): in their cells thieves stay away or die, and residents report less.

Protected cells are drawn anew for every seed and never stand for a named place.  Switched off, there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.crime.crime import CRIME_MINUTE, NewIncident, record_incident
from model.engine.calendar import MINUTES_A_SHIFT
from model.engine.domains import row_of
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.gangs.gangs import PLACEMENT_ATTEMPTS, YOUNG_MAN_ATTEMPTS
from model.town.crime_kinds import HOMICIDE, IS_PROPERTY
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.sampling import draw_present_resident, is_young_man
from model.world.shift_events import BY_NARCOS, IMPRESSIONS, INCIDENTS, NOBODY, SPARED
from model.world.steps import rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World
    from model.world.steps import Room

NARCO_PLACE, THIEF_DIES, THIEF_STREAM = stream_id("narco place"), stream_id("thief dies"), stream_id("thief")
THIEF_ID_OFFSET = 2**27
"""Added to the number of a crime kept away: the number of the homicide that it may lead to."""


@dataclass(frozen=True, init=False)
class Narcos(ParameterGroup):
    """Groups of protectors, their cells, and the effects on thieves and on reporting there."""

    name: ClassVar[str] = "narcos"
    evidence: ClassVar[tuple[str, ...]] = ("J03", "Y04")

    groups: int
    reach: float
    dense: int
    thieves: float
    deaths: float
    killed_from: float
    silence: float


PROTECTED = ArraySpec(
    name="protected",
    of=np.int64,
    shape=("cell",),
    first=-1.0,
    about="Group of protectors of each cell, or -1.",
    domain=row_of("cell", none=True),
)


class NarcoCounts(Row):
    """Monthly count of crimes kept away."""

    kept_away: float


def initialise(sim: Simulation) -> None:
    """Draw the cells that each group protects: populated, near a centre, held by no clique."""
    cells, territory, protected = sim.town.cells, sim.w.held_by, sim.w.protected
    p: Narcos = sim.p.narcos[0]
    for g in range(int(p.groups * sim.settings["population"].scale + 0.5)):
        centre = draw_protected_centre(sim, g)
        dx, dy = cells["x"] - cells[centre].x, cells["y"] - cells[centre].y
        near = dx * dx + dy * dy <= p.reach * p.reach
        protected[near & (cells["population"] > 0) & (territory < 0) & (protected < 0)] = g


def draw_protected_centre(sim: Simulation, g: int) -> int:
    """Return the first dense and free cell of the cells drawn for group ``g``, or the last drawn."""
    cells, everywhere, dense = sim.town.cells, sim.town.everywhere, sim.p.narcos[0].dense
    territory, protected, centre = sim.w.held_by, sim.w.protected, -1
    for attempt in range(PLACEMENT_ATTEMPTS):
        u = keyed_uniform(sim.seed, NARCO_PLACE, 0, g, attempt)
        # `reach` is the cumulative population: cells are drawn in proportion to it.
        row = int(np.searchsorted(everywhere["reach"], u, side="right"))
        centre = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[centre].population >= dense and territory[centre] < 0 and protected[centre] < 0:
            break
    return centre


def apply_protection(sim: Simulation, place: FloatArray) -> None:
    """Multiply the hazard of property crimes in protected cells by the share of thieves who still come."""
    thieves = values_by_cell(sim.p.narcos["thieves"], sim.town.cells["settlement"])
    place[:, IS_PROPERTY == 1] *= np.where(sim.w.protected >= 0, thieves, 1.0)


@kernel
def draw_killed_thief(w: World, cell: int, number: int, p: Narcos) -> int:
    """Return a young man present in the cell who is killed for a crime kept away, or -1."""
    if keyed_uniform(w.seed, THIEF_DIES, w.tick, number, 0) >= p.deaths:
        return NOBODY
    for attempt in range(YOUNG_MAN_ATTEMPTS):
        i = draw_present_resident(w, cell, THIEF_STREAM, number, attempt)
        if i >= 0 and w.minds[i].gone < 0 and is_young_man(w.people[i], w.tick, p.killed_from):
            return i
    return NOBODY


def room_for_homicides(sim: Simulation) -> Room:
    """Return the rows that the homicides of protectors may need."""
    return {INCIDENTS: rows_of(SPARED), IMPRESSIONS: rows_of(SPARED)}


@step(room=room_for_homicides)
def keep_thieves_away(w: World) -> None:
    """Draw the homicides of protectors among the crimes that they kept away; append the incidents.

    ``guard`` is their number among the mechanisms that keep crimes away.
    """
    for k in range(w.counts[SPARED]):
        row = w.spared[k]
        if row.guard != w.guard.narcos:
            continue
        w.tally[0].kept_away += 1.0
        p = w.p.narcos[max(w.cells[row.cell].settlement, 0)]
        i = draw_killed_thief(w, row.cell, row.number, p)
        if i >= 0:
            minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, row.number, 0)
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
            record_incident(w, incident)


MECHANISM = Mechanism(
    group=Narcos,
    tables=(PROTECTED,),
    counts=NarcoCounts,
    hazard=HazardModifier(place=apply_protection, spared=True, repeats=True),
    initialise=initialise,
    knockout=Knockout(("kept_away",)),
)
