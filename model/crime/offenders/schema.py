"""Declarations of offenders: parameters, tables, counts and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.domains import COUNT, POSITIVE, TICK, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec
from model.town.crime_kinds import OFFENDERS, QUARREL

OFFENDER_HOME_STREAM, CAREER_STREAM = stream_id("offender home"), stream_id("career")
OFFENDER_STREAM, REPLACED_STREAM, AMNESTY_STREAM = stream_id("offender"), stream_id("replaced"), stream_id("amnesty")
SLOT_GROUPS = OFFENDERS[:QUARREL]
"""Groups whose offenders fill slots."""
SLOT_ID_RANGE = 1048576
"""Slot i of group g has the number g * SLOT_ID_RANGE + i in random streams; 2**20."""
SLOT_DRAWS = 5
"""Draws of a slot for one act at most: the first, and four of a replacement."""
NO_SLOTS, NO_OFFENDER = -1, -2
"""No slot, since the group has none; no act, since its offender is held and not replaced."""


@dataclass(frozen=True, init=False)
class Offenders(ParameterGroup):
    """Number of offender slots, spread of their rates, reach, careers, and replacement while they are held."""

    name: ClassVar[str] = "offenders"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    slots: float
    street: float
    vehicles: float
    burglary: float
    hire: float
    spread: float
    reach_km: float
    own_km: float
    replaced_street: float
    replaced_vehicles: float
    replaced_burglary: float
    replaced_hire: float
    career_street: float
    career_vehicles: float
    career_burglary: float
    career_hire: float
    amnesty: float
    roundup: float


class OffenderRow(Row):
    """Offender slot: a position in the offender pool that successive anonymous people fill.

    `home` is a cell; `rate` is relative to the median of the group.  The present person is held until tick `until` and
    leaves the slot at tick `ends`.  `generation` counts the people before, `crimes` the acts so far.
    """

    group: Annotated[int, code_of(len(OFFENDERS))]
    home: Annotated[int, row_of("cell")]
    until: Annotated[int, TICK]
    ends: Annotated[int, TICK]
    generation: Annotated[int, COUNT]
    crimes: Annotated[int, COUNT]
    rate: Annotated[float, POSITIVE]


OFFENDER_SLOTS = GrowingTableSpec(
    name="offenders", row=OffenderRow, room=1024, about="Slots of offenders: this; held by justice."
)
SLOTS_MADE_FOR = ArraySpec(
    name="slots_made_for", of=np.float64, shape=(1,), about="Ratio of slots that the list is made for.", domain=POSITIVE
)


class OffenderCounts(Row):
    """Monthly counts of offenders."""

    prevented: float
