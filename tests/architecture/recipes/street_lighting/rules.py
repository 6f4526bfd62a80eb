"""M30, street lighting: where streets are lit there are fewer robberies at night.

The order in which cells are lit is drawn at the start.  Switched off, a policy that lights streets changes nothing.
"""

from __future__ import annotations

from model.crime.street_lighting.schema import (
    LIGHT,
    LIGHT_WITNESS_STREAM,
    LIT_FROM,
    LIT_STREAM,
    LightCounts,
    StreetLighting,
)
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import BoolArray, FloatArray, Rows
from model.town.crime_kinds import ROBBERY
from model.trust.events.rules import record_event
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT, values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import draw_present_resident
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, SPARED
from model.world.steps import KernelArguments, Room, kernel_step, rows_of


def initialise(world: World) -> None:
    """Draw the order in which cells are lit."""
    world.state[LIT_FROM][:] = [keyed_uniform(world.seed, LIT_STREAM, 0, cell, 0) for cell in range(world.town.n_cells)]


def find_lit_cells(world: World) -> BoolArray:
    """Return for each cell whether it is lit by the parameters in force."""
    share_lit = values_by_cell(world.parameters[StreetLighting]["lit"], world.town.cells["settlement"])
    return (world.state[LIT_FROM] < share_lit) & (world.town.cells["population"] > 0)


def apply_light(world: World, place: FloatArray) -> None:
    """Lower the hazard of robbery by night in lit cells."""
    effect = values_by_cell(world.parameters[StreetLighting]["effect"], world.town.cells["settlement"])
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, ROBBERY] *= 1.0 - effect * find_lit_cells(world)


@kernel
def thank_for_light(stage: ShiftContext, guard: int, numbers: Rows[StreetLighting]) -> None:
    """Count the robberies that light kept away; give somebody at each place a good impression of the police."""
    for k in range(stage.day.counts[SPARED]):
        row = stage.day.spared[k]
        if row.guard != guard:
            continue
        stage.tally[0].spared_by_light += 1.0
        i = draw_present_resident(stage, stage.where, row.cell, LIGHT_WITNESS_STREAM, row.number, 0)
        if i >= 0:
            record_event(stage, i, LIGHT, numbers[stage.ground.people[i].settlement].thanks)


def room_for_thanks(world: World) -> Room:
    """Return the rows that the impressions of all robberies kept away need."""
    return {IMPRESSIONS: rows_of(SPARED)}


@kernel_step(thank_for_light, room_for_thanks)
def step(world: World) -> KernelArguments:
    """Count what light kept away in this shift, and let residents think better of the police."""
    number = world.hazard_factors.guard_numbers[MECHANISM.name]
    return world.shift_context(), number, world.parameters[StreetLighting]


def lit_share(month: MonthSnapshot) -> float:
    """Return the share of populated cells that are lit."""
    return float(find_lit_cells(month.world)[month.populated].mean())


MECHANISM = Mechanism(
    group=StreetLighting,
    tables=(LIT_FROM,),
    counts=LightCounts,
    causes=(LIGHT,),
    hazard=HazardModifier(place=apply_light, spared=True),
    initialise=initialise,
    knockout=Knockout(("spared_by_light",), policy="lit"),
    measures={"spared_by_light": Measure("crimes"), "lit_cells": Measure("share", lit_share)},
)
