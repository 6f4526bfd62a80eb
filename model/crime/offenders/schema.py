"""Declarations of offenders: parameters, tables, counts and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.domains import COUNT, POSITIVE, TICK, code_of, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
ASSUMED_SOURCE = "assumed; swept"


@dataclass(frozen=True, kw_only=True)
class Offenders(ParameterGroup):
    """Number of offender slots, spread of their rates, reach, careers, and replacement while they are held."""

    name: ClassVar[str] = "offenders"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    slots: float = parameter(
        1.0,
        "ratio",
        0.0,
        4.0,
        "design: 1; swept",
        "number of offenders' slots, at the same total rate, relative",
        off=0.0,
    )
    street: float = parameter(0.22, "ratio", 0.0, 20.0, "calibrated: Q13", "slots of street crime over both pools")
    vehicles: float = parameter(0.039, "ratio", 0.0, 20.0, "calibrated: Q13", "slots of vehicle crime over both pools")
    burglary: float = parameter(0.058, "ratio", 0.0, 20.0, "calibrated: Q13", "slots of burglary over both pools")
    hire: float = parameter(0.0155, "ratio", 0.0, 20.0, "calibrated: Q13", "slots of killers for hire over both pools")
    spread: float = parameter(
        1.35, "log ratio", 0.0, 3.0, "calibrated: Q12", "standard deviation of rates between slots"
    )
    reach_km: float = parameter(
        2.5, "km", 0.1, 50.0, ASSUMED_SOURCE, "distance from home at which the weight has fallen by a factor e"
    )
    own_km: float = parameter(0.8, "km", 0.05, 10.0, "assumed", "distance from home that counts as none")
    replaced_street: float = share_parameter(
        0.3, ASSUMED_SOURCE, "acts of detained street offenders that another commits"
    )
    replaced_vehicles: float = share_parameter(
        0.4, ASSUMED_SOURCE, "acts of detained vehicle thieves that another commits"
    )
    replaced_burglary: float = share_parameter(0.3, ASSUMED_SOURCE, "acts of detained burglars that another commits")
    replaced_hire: float = share_parameter(
        0.6, ASSUMED_SOURCE, "acts of detained killers for hire that another commits"
    )
    career_street: float = parameter(
        5.0, "years", 0.1, 50.0, "assumed", "mean time until another street offender fills a slot"
    )
    career_vehicles: float = parameter(
        5.0, "years", 0.1, 50.0, "assumed", "mean time until another vehicle thief fills a slot"
    )
    career_burglary: float = parameter(
        6.0, "years", 0.1, 50.0, "assumed", "mean time until another burglar fills a slot"
    )
    career_hire: float = parameter(
        7.0, "years", 0.1, 50.0, "assumed", "mean time until another killer for hire fills a slot"
    )
    amnesty: float = share_parameter(
        0.0, "experiment", "detained offenders who are released on each day that this policy is in force", off=0.0
    )
    roundup: float = share_parameter(
        0.0, "experiment", "most active offenders who are held for a year from such a day", off=0.0
    )


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
