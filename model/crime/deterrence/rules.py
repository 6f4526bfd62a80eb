"""M5, deterrence: police at the place keep an offender from offending, within minutes.

A visit deters while it lasts and for some minutes after (Koper 1995, doi 10.1080/07418829500096231).  A post guards the
block where it stands and nothing beyond (Di Tella & Schargrodsky 2004, doi 10.1257/000282804322970733), of which a
cell has several.  Beliefs about being caught are `certainty`.  Switched off, nobody is deterred on the spot.
"""

from __future__ import annotations

import numpy as np

from model.crime.deterrence.schema import FRUSTRATED_STREAM, Deterrence, DeterrenceCounts
from model.crime.visit_visibility import visit_visibility
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, Rows
from model.town.crime_kinds import rates_by_kind
from model.world.binding import computed
from model.world.mechanism import Knockout, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import N_VISIT_KINDS, POST, VISITS


def presence_effects(world: World) -> FloatArray:
    """Return the share of attempts in its cell that a visit deters, by settlement, kind of visit and kind of crime."""
    parameters = world.parameters[Deterrence]
    strengths = np.repeat(rates_by_kind(parameters, "presence", "visit_")[:, None, :], N_VISIT_KINDS, axis=1)
    strengths[:, POST] = rates_by_kind(parameters, "presence", "post_")
    effects: FloatArray = visit_visibility(world)[None, :, None] * strengths
    return effects


class DeterrenceTables(TableBundle):
    """Effects of presence: ``effects`` by settlement, kind of visit and kind of crime, ``strongest`` over visits."""

    parameters: Rows[Deterrence]
    effects: FloatArray = computed(presence_effects)
    strongest: FloatArray = computed(lambda world: presence_effects(world).max(axis=1))


@kernel
def is_deterred(
    shift: ShiftContext, tables: DeterrenceTables, kind: int, cell: int, minute: float, number: int
) -> bool:
    """Return whether an attempt at this minute of the shift is given up because of a visit to its cell."""
    z = max(shift.ground.cells[cell].settlement, 0)
    # The draw comes first, as most attempts fail it: only the rest look for a visit.
    if tables.strongest[z, kind] == 0.0:
        return False
    mark = keyed_uniform(shift.seed, FRUSTRATED_STREAM, shift.tick, number, 0)
    if mark >= tables.strongest[z, kind]:
        return False
    day, residual = shift.day, tables.parameters[z].residual
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        covers = visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual
        if covers and mark < tables.effects[z, visit.kind, kind]:
            return True
    return False


MECHANISM = Mechanism(group=Deterrence, counts=DeterrenceCounts, knockout=Knockout(("deterred",)))
