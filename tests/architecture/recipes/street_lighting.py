"""M30, street lighting: where streets are lit there are fewer robberies at night.

The order in which cells are lit is drawn at the start.  Switched off, a policy that lights streets changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.town.crime_kinds import ROBBERY
from model.trust.events import declare_event, record_event
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT, values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.sampling import draw_present_resident
from model.world.shift_events import IMPRESSIONS, SPARED
from model.world.steps import rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.steps import Room

LIT_STREAM, LIGHT_WITNESS_STREAM = stream_id("lit"), stream_id("spared by light")
LIGHT = declare_event("light", 50)


@dataclass(frozen=True, init=False)
class StreetLighting(ParameterGroup):
    """How many streets are lit, what light prevents, and what those it spares think of it."""

    name: ClassVar[str] = "street_lighting"

    lit: float
    effect: float
    thanks: float


LIT_FROM = ArraySpec(
    name="lit_from", of=np.float64, shape=("cell",), about="Share of lit cells from which each is lit: street_lighting."
)


class LightCounts(Row):
    """What is counted in a month."""

    spared_by_light: float


def initialise(sim: Simulation) -> None:
    """Draw the order in which cells are lit."""
    sim.w.lit_from[:] = [keyed_uniform(sim.seed, LIT_STREAM, 0, cell, 0) for cell in range(sim.town.n_cells)]


def find_lit_cells(sim: Simulation) -> BoolArray:
    """Return for each cell whether it is lit by the parameters in force."""
    share_lit = values_by_cell(sim.p.street_lighting["lit"], sim.town.cells["settlement"])
    return (sim.w.lit_from < share_lit) & (sim.town.cells["population"] > 0)


def apply_light(sim: Simulation, place: FloatArray) -> None:
    """Lower the hazard of robbery by night in lit cells."""
    effect = values_by_cell(sim.p.street_lighting["effect"], sim.town.cells["settlement"])
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, ROBBERY] *= 1.0 - effect * find_lit_cells(sim)


def room_for_thanks(sim: Simulation) -> Room:
    """Return the rows that the impressions of all robberies kept away need."""
    return {IMPRESSIONS: rows_of(SPARED)}


@step(room=room_for_thanks)
def thank_for_light(w: World) -> None:
    """Count the robberies that light kept away; give somebody at each place a good impression of the police."""
    for k in range(w.counts[SPARED]):
        row = w.spared[k]
        if row.guard != w.guard.street_lighting:
            continue
        w.tally[0].spared_by_light += 1.0
        i = draw_present_resident(w, row.cell, LIGHT_WITNESS_STREAM, row.number, 0)
        if i >= 0:
            record_event(w, i, LIGHT, w.p.street_lighting[w.people[i].settlement].thanks)


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
