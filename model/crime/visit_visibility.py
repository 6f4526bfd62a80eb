"""Visibility of police visits: how far each kind of visit shows, next to a couple that passes on the street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.world.derived import derived
from model.world.places import cell_km
from model.world.shift_events import AT_MEETING, HOMES, N_VISIT_KINDS, POST, SOLDIERS

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation

METRES_A_KM = 1000.0


def post_share(sim: Simulation) -> float:
    """Return the share of a cell's crime that happens on the block of a post, beyond which nobody minds it (Q24)."""
    p = sim.p.deterrence[0]
    side: float = p.block / (METRES_A_KM * cell_km(sim))
    return min(1.0, side * side * p.concentration)


@derived
def visit_visibility(sim: Simulation) -> FloatArray:
    """Return by kind of visit how far offenders see it, 1 for a couple on the street; town-wide."""
    visible = np.ones(N_VISIT_KINDS)
    visible[POST] = post_share(sim)
    visible[[HOMES, AT_MEETING]] = sim.p.certainty[0].inside
    visible[SOLDIERS] = sim.p.heavy_hand[0].presence
    return visible
