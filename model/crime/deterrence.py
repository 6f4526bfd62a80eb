"""M5, deterrence: police at the place keep an offender from offending, within minutes.

A visit deters while it lasts and for some minutes after (Koper 1995, doi 10.1080/07418829500096231).  A post guards the
block where it stands and nothing beyond (Di Tella & Schargrodsky 2004, doi 10.1257/000282804322970733), of which a
cell has several.  Beliefs about being caught are `certainty`.  Switched off, nobody is deterred on the spot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.crime.visit_visibility import visit_visibility
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.town.crime_kinds import rates_by_kind
from model.world.derived import derived
from model.world.mechanism import Knockout, Mechanism
from model.world.shift_events import N_VISIT_KINDS, POST, VISITS

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World

FRUSTRATED_STREAM, DISPLACED_STREAM = stream_id("frustrated"), stream_id("displaced")


@dataclass(frozen=True, init=False)
class Deterrence(ParameterGroup):
    """Effect of police presence at the place on attempts there."""

    name: ClassVar[str] = "deterrence"
    evidence: ClassVar[tuple[str, ...]] = ("B09", "B10", "Z11", "Z14")

    residual: float
    visit_robbery: float
    visit_theft: float
    visit_vehicles: float
    visit_burglary: float
    visit_assault: float
    visit_hire: float
    post_robbery: float
    post_theft: float
    post_vehicles: float
    post_burglary: float
    post_assault: float
    post_hire: float
    block: float
    concentration: float
    displacement: float


class DeterrenceCounts(Row):
    """Monthly counts of deterrence."""

    deterred: float


@derived
def presence_effects(sim: Simulation) -> FloatArray:
    """Return the share of attempts in its cell that a visit deters, by settlement, kind of visit and kind of crime."""
    parameters = sim.p.deterrence
    strengths = np.repeat(rates_by_kind(parameters, "presence", "visit_")[:, None, :], N_VISIT_KINDS, axis=1)
    strengths[:, POST] = rates_by_kind(parameters, "presence", "post_")
    effects: FloatArray = visit_visibility(sim)[None, :, None] * strengths
    return effects


@derived
def strongest_presence_effects(sim: Simulation) -> FloatArray:
    """Return the strongest effect of presence in each settlement."""
    found: FloatArray = presence_effects(sim).max(axis=1)
    return found


@kernel
def is_deterred(w: World, kind: int, cell: int, minute: float, number: int) -> bool:
    """Return whether an attempt at this minute of the shift is given up because of a visit to its cell."""
    z = max(w.cells[cell].settlement, 0)
    # The draw comes first, as most attempts fail it: only the rest look for a visit.
    if w.strongest_presence_effects[z, kind] == 0.0:
        return False
    mark = keyed_uniform(w.seed, FRUSTRATED_STREAM, w.tick, number, 0)
    if mark >= w.strongest_presence_effects[z, kind]:
        return False
    residual = w.p.deterrence[z].residual
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        covers = visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual
        if covers and visit.alive == 1 and mark < w.presence_effects[z, visit.kind, kind]:
            return True
    return False


MECHANISM = Mechanism(group=Deterrence, counts=DeterrenceCounts, knockout=Knockout(("deterred",)))
