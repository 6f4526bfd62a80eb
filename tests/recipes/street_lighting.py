"""M30, street lighting: where streets are lit there are fewer robberies at night.

Which cells are lit first is luck of the seed.  Switched off, a policy that lights streets changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.causes import declare_cause
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.town.crime_kinds import ROBBERY
from model.trust.ledger.rules import record_impression
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT, values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.sampling import draw_present_resident
from model.world.shift_events import IMPRESSIONS, SPARED

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray, Rows
    from model.simulation.model import TrustModel as World
    from model.world.month import MonthSnapshot
    from model.world.shift_context import ShiftContext

LIT, SPARED_BY_LIGHT = stream_id("lit"), stream_id("spared by light")
LIGHT = declare_cause("light", 50)


@dataclass(frozen=True, kw_only=True)
class StreetLighting(ParameterGroup):
    """How many streets are lit, what light prevents, and what those it spares think of it."""

    name: ClassVar[str] = "street_lighting"

    lit: float = share_parameter(0.0, "assumed", "populated cells whose streets are lit", role="lever", off=0.0)
    effect: float = share_parameter(0.3, "assumed, swept", "robberies at night that light prevents", off=0.0)
    thanks: float = parameter(
        0.1, "log-odds", 0.0, 2.0, "assumed", "weight of light that the police asked for", off=0.0
    )


TURN = ArraySpec(
    name="turn", of=np.float64, shape=("cell",), about="Share of lit cells from which each is lit: street_lighting."
)


class Counts(Row):
    """What is counted in a month."""

    spared_by_light: float


def begin(world: World) -> None:
    """Draw which cells are lit first, by luck of the seed."""
    world.state[TURN][:] = [keyed_uniform(world.seed, LIT, 0, cell, 0) for cell in range(world.town.n_cells)]


def lit_of(world: World) -> BoolArray:
    """Return which cells are lit by the numbers in force."""
    share_lit = values_by_cell(world.parameters["street_lighting"]["lit"], world.town.cells["settlement"])
    return (world.state[TURN] < share_lit) & (world.town.cells["population"] > 0)


def light(world: World, place: FloatArray) -> None:
    """Keep robbers away by night where streets are lit."""
    effect = values_by_cell(world.parameters["street_lighting"]["effect"], world.town.cells["settlement"])
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, ROBBERY] *= 1.0 - effect * lit_of(world)


@kernel
def thank(stage: ShiftContext, guard: int, numbers: Rows[StreetLighting]) -> None:
    """Count what light kept away; somebody who is there thinks a little better of those who asked for it."""
    for k in range(stage.day.counts[SPARED]):
        row = stage.day.spared[k]
        if row.guard != guard:
            continue
        stage.tally[0].spared_by_light += 1.0
        i = draw_present_resident(stage, stage.where, row.cell, SPARED_BY_LIGHT, row.number, 0)
        if i >= 0:
            z = stage.ground.people[i].settlement
            weight = numbers[z].thanks
            record_impression(stage.day, stage.minds, i, LIGHT, 0.5, 0.0, 0.9, weight, stage.trust[z].fast)


def act(world: World) -> None:
    """Let those whom light spared think better of the police."""
    spared = world.shift_events.counts.item(SPARED)
    if spared:
        world.shift_events.reserve(IMPRESSIONS, spared)
        thank(world.shift_context(), world.hazard_factors.guard_numbers[IT.name], world.parameters["street_lighting"])


def lit_cells(month: MonthSnapshot) -> float:
    """Share of the populated cells that are lit."""
    return float(lit_of(month.world)[month.populated].mean())


IT = Mechanism(
    group=StreetLighting,
    tables=(TURN,),
    counts=Counts,
    causes=(LIGHT,),
    hazard=HazardModifier(place=light, spared=True),
    begin=begin,
    knockout=Knockout(("spared_by_light",), policy="lit"),
    measures={"spared_by_light": Measure("crimes"), "lit_cells": Measure("share", lit_cells)},
)
