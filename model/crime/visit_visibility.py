"""Visibility of police visits: how far each kind of visit shows, next to a couple that passes on the street."""

from __future__ import annotations

import numpy as np

from model.crime.certainty.schema import Certainty
from model.crime.deterrence.schema import Deterrence
from model.engine.rows import FloatArray
from model.politics.heavy_hand.schema import HeavyHand
from model.world.binding import cell_size_km
from model.world.protocol import World
from model.world.shift_events import AT_MEETING, HOMES, N_VISIT_KINDS, POST, SOLDIERS

METRES_A_KM = 1000.0


def post_share(world: World) -> float:
    """Return the share of a cell's crime that happens on the block of a post, beyond which nobody minds it (Q24)."""
    p = world.parameters[Deterrence][0]
    side: float = p.block / (METRES_A_KM * cell_size_km(world))
    return min(1.0, side * side * p.concentration)


def visit_visibility(world: World) -> FloatArray:
    """Return by kind of visit how far offenders see it, 1 for a couple on the street; town-wide."""
    visible = np.ones(N_VISIT_KINDS)
    visible[POST] = post_share(world)
    visible[[HOMES, AT_MEETING]] = world.parameters[Certainty][0].inside
    visible[SOLDIERS] = world.parameters[HeavyHand][0].presence
    return visible
