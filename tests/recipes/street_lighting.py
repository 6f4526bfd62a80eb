"""M30, street lighting: where streets are lit there are fewer robberies at night.

Which cells are lit first is luck of the seed.  Switched off, a policy that lights streets changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.causes import cause
from model.engine.kernels import kernel
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision, luck
from model.engine.rows import Row
from model.engine.tables import Field
from model.town.crime_kinds import ROBBERY
from model.trust.ledger.rules import impress
from model.world.hazard import MARKET_NIGHT, NIGHT, by_cell
from model.world.mechanism import Hazard, Knockout, Measure, Mechanism
from model.world.sampling import somebody_here
from model.world.shift_events import IMPRESSIONS, SPARED

if TYPE_CHECKING:
    from model.engine.rows import Flags, Reals, Rows
    from model.simulation.model import TrustModel as World
    from model.world.month import Month
    from model.world.shift_context import Stage

LIT, SPARED_BY_LIGHT = decision("lit"), decision("spared by light")
LIGHT = cause("light", 50)


@dataclass(frozen=True, kw_only=True)
class StreetLighting(Group):
    """How many streets are lit, what light prevents, and what those it spares think of it."""

    name: ClassVar[str] = "street_lighting"

    lit: float = share(0.0, "assumed", "populated cells whose streets are lit", role="lever", off=0.0)
    effect: float = share(0.3, "assumed, swept", "robberies at night that light prevents", off=0.0)
    thanks: float = number(0.1, "log-odds", 0.0, 2.0, "assumed", "weight of light that the police asked for", off=0.0)


TURN = Field(
    name="turn", of=np.float64, shape=("cell",), about="Share of lit cells from which each is lit: street_lighting."
)


class Counts(Row):
    """What is counted in a month."""

    spared_by_light: float


def begin(world: World) -> None:
    """Draw which cells are lit first, by luck of the seed."""
    world.state[TURN][:] = [luck(world.seed, LIT, 0, cell, 0) for cell in range(world.town.n_cells)]


def lit_of(world: World) -> Flags:
    """Return which cells are lit by the numbers in force."""
    share_lit = by_cell(world.numbers["street_lighting"]["lit"], world.town.cells["settlement"])
    return (world.state[TURN] < share_lit) & (world.town.cells["population"] > 0)


def light(world: World, place: Reals) -> None:
    """Keep robbers away by night where streets are lit."""
    effect = by_cell(world.numbers["street_lighting"]["effect"], world.town.cells["settlement"])
    for when in (NIGHT, MARKET_NIGHT):
        place[when, ROBBERY] *= 1.0 - effect * lit_of(world)


@kernel
def thank(stage: Stage, guard: int, numbers: Rows[StreetLighting]) -> None:
    """Count what light kept away; somebody who is there thinks a little better of those who asked for it."""
    for k in range(stage.day.counts[SPARED]):
        row = stage.day.spared[k]
        if row.guard != guard:
            continue
        stage.tally[0].spared_by_light += 1.0
        i = somebody_here(stage, stage.where, row.cell, SPARED_BY_LIGHT, row.number, 0)
        if i >= 0:
            z = stage.ground.people[i].settlement
            weight = numbers[z].thanks
            impress(stage.day, stage.minds, i, LIGHT, 0.5, 0.0, 0.9, weight, stage.trust[z].fast)


def act(world: World) -> None:
    """Let those whom light spared think better of the police."""
    spared = world.book.counts.item(SPARED)
    if spared:
        world.book.reserve(IMPRESSIONS, spared)
        thank(world.stage(), world.factors.numbers[IT.name], world.numbers["street_lighting"])


def lit_cells(month: Month) -> float:
    """Share of the populated cells that are lit."""
    return float(lit_of(month.world)[month.populated].mean())


IT = Mechanism(
    group=StreetLighting,
    tables=(TURN,),
    counts=Counts,
    causes=(LIGHT,),
    hazard=Hazard(place=light, spared=True),
    begin=begin,
    knockout=Knockout(("spared_by_light",), policy="lit"),
    measures={"spared_by_light": Measure("crimes"), "lit_cells": Measure("share", lit_cells)},
)
