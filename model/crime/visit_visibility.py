"""Visibility of police visits: how far each kind of visit shows, next to a couple that passes on the street."""

from __future__ import annotations

import numpy as np

from model.crime.certainty.schema import Certainty
from model.engine.rows import FloatArray
from model.politics.heavy_hand.schema import HeavyHand
from model.world.protocol import World
from model.world.shift_events import AT_MEETING, HOMES, N_VISIT_KINDS, SOLDIERS


def visit_visibility(world: World) -> FloatArray:
    """Return by kind of visit how far offenders see it, 1 for a couple on the street; town-wide."""
    visible = np.ones(N_VISIT_KINDS)
    visible[[HOMES, AT_MEETING]] = world.parameters[Certainty][0].inside
    visible[SOLDIERS] = world.parameters[HeavyHand][0].presence
    return visible
