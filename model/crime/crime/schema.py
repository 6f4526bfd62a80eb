"""Declarations of crime: parameters, columns, tables, records of kernels and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.town.crime_kinds import KINDS
from model.trust.events.schema import declare_event
from model.world.shift_events import MOTIVES

CRIME_COUNT, CRIME_WHO, CRIME_MARK = stream_id("crime count"), stream_id("crime who"), stream_id("crime mark")
CRIME_MINUTE, VIOLENT_STREAM, LOSS_STREAM, LETHAL_STREAM = (
    stream_id("crime minute"),
    stream_id("violent"),
    stream_id("loss"),
    stream_id("lethal"),
)
KEPT_AWAY = stream_id("kept away")
KIND_ID_RANGE = 1048576
"""Room for the candidates of a shift, 2**20: candidate j of a kind has the number key of the kind * 2**20 + j."""
ADULT_AGE_YEARS = 18.0
"""Age of majority, years."""
MOTIVE_OF_KIND = np.array([MOTIVES.index(kind.motive) if kind.motive else 0 for kind in KINDS], np.int64)
HARM_CAUSE = declare_event("harm", 7)


@dataclass(frozen=True, init=False)
class Crime(ParameterGroup):
    """Offenders (site facts), their rates of crime (shared by all sites), and exposure by place, time and person."""

    name: ClassVar[str] = "crime"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("A03", "A04", "A05", "B08", "B11", "B19", "F20", "J02", "S12", "V02", "V18")

    armed: float
    thieves: float
    alcohol: float
    firearms: float
    robbery: float
    theft: float
    vehicle_theft: float
    theft_from_vehicle: float
    burglary: float
    assault: float
    hire: float
    cctv: float
    cctv_effect: float
    alcohol_hours: float
    hours_effect: float
    breath_tests: float
    tests_effect: float
    at_home: float
    night: float
    market: float
    weekend_night: float
    violent_share: float
    grave_share: float
    loss_robbery: float
    loss_theft: float
    loss_vehicle: float
    loss_from_vehicle: float
    loss_burglary: float
    women_hired: float
    women_assaulted: float
    young_assaulted: float
    young_from: float
    young_to: float
    burglary_morning: float
    lethal_robbery: float
    lethal_assault: float
    women_killed: float
    severity_robbery: float
    grave_robbery: float
    severity_theft: float
    severity_vehicle_theft: float
    severity_theft_from_vehicle: float
    severity_burglary: float
    severity_assault: float
    grave_assault: float


class CrimeCandidate(Row):
    """Candidate for a crime of one kind: its number, the resident drawn, and the uniform number that decides."""

    number: int
    who: int
    mark: float


class NewIncident(NamedTuple):
    """Incident that is about to be recorded; `clique` is -1 if no clique commits it.

    `minute` is that of the shift, 0 to 480; `severity` lies between 0 and 1; `loss` is in quetzals.
    """

    number: int
    kind: int
    motive: int
    cell: int
    victim: int
    clique: int
    minute: float
    severity: float
    loss: float


class PossibleCrime(NamedTuple):
    """Crime that may happen in this shift.

    `number` keys its random numbers, `when` is the kind of shift by which hazards differ (`model.world.hazard`), and
    `mark` is the uniform number that its hazard must exceed.
    """

    kind: int
    number: int
    victim: int
    cell: int
    when: int
    mark: float


class ExposureSetting(NamedTuple):
    """Place and shift in which a resident is exposed to crime; `lure` is the attraction of the cell."""

    cell: int
    lure: float
    market: bool
    night: bool
    weekend: bool
    tick: int


class CrimeCounts(Row):
    """Monthly counts of crime."""

    candidates: float
    ceiling_hits: float
    grave_assaults: float
    displaced: float
    off_map: float


WRITTEN_COLUMNS = (
    "minds.harmed", "minds.gone", "minds.harmed_outside", "tally.outside_robberies", "tally.outside_thefts",
    "tally.repeats", "tally.deterred", "tally.prevented", "tally.guarded", "offenders",
    "repeats", "incidents", "outside", "impressions", "spared",
)  # fmt: skip
