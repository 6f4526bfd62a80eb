"""Declarations of crime: parameters, columns, tables, records of kernels and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.town.crime_kinds import ASSAULT, BURGLARY, KINDS, ROBBERY, THEFT, THEFT_FROM_VEHICLE, VEHICLE_THEFT
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
HARM_CAUSE = declare_event("harm", 7, "harm", effective=0.0, effective_weight=1.0)


def severity_parameter(value: float, about: str) -> float:
    """Declare the severity of an act, on which its harm to trust, fear and reporting depend."""
    return share_parameter(value, "assumed: a ranking", f"severity of {about}")


@dataclass(frozen=True, kw_only=True)
class Crime(ParameterGroup):
    """Offenders (site facts), their rates of crime (shared by all sites), and exposure by place, time and person."""

    name: ClassVar[str] = "crime"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("A03", "A04", "A05", "B08", "B11", "B19", "F20", "J02", "S12", "V02", "V18")

    armed: float = parameter(
        3.0, "per 1,000", 0.0, 50.0, "assumed", "armed street offenders, including those from outside", role="site"
    )
    thieves: float = parameter(
        5.0, "per 1,000", 0.0, 50.0, "assumed", "opportunist thieves, including those from outside", role="site"
    )
    alcohol: float = parameter(
        1.0, "ratio", 0.0, 5.0, "assumed", "drinking in public, relative to the baseline", role="site"
    )
    firearms: float = parameter(
        1.0, "ratio", 0.0, 5.0, "S11; assumed", "firearms carried, relative to the baseline", role="site"
    )
    robbery: float = parameter(
        17.5, "acts a year", 0.0, 40.0, "calibrated: orders of magnitude", "robberies by an armed offender"
    )
    theft: float = parameter(
        4.9, "acts a year", 0.0, 40.0, "calibrated: orders of magnitude", "thefts from the person by a thief"
    )
    vehicle_theft: float = parameter(
        0.88,
        "acts a year",
        0.0,
        10.0,
        "calibrated: orders of magnitude",
        "vehicle thefts by an armed offender, if every household had a vehicle",
    )
    theft_from_vehicle: float = parameter(
        3.1,
        "acts a year",
        0.0,
        20.0,
        "calibrated: orders of magnitude",
        "thefts from vehicles by a thief, if every household had a vehicle",
    )
    burglary: float = parameter(
        1.09, "acts a year", 0.0, 20.0, "calibrated: orders of magnitude", "burglaries by a thief"
    )
    assault: float = parameter(
        0.0112,
        "a year",
        0.0,
        0.1,
        "calibrated: orders of magnitude",
        "assaults by a resident where alcohol is 1",
    )
    hire: float = parameter(
        0.024, "acts a year", 0.0, 1.0, "calibrated: homicides", "killings for hire by an armed offender"
    )
    cctv: float = share_parameter(
        0.0, "B08, B11", "cells that cameras watch beyond those of 2017", role="lever", off=0.0
    )
    cctv_effect: float = share_parameter(
        0.3, "Z15: 13-37 %", "thefts of and from vehicles that cameras prevent", high=0.6
    )
    alcohol_hours: float = share_parameter(
        0.0, "B19", "enforcement of the hours of selling alcohol", role="lever", off=0.0
    )
    hours_effect: float = share_parameter(0.25, "B19; assumed, swept", "drinking at night that enforced hours prevent")
    breath_tests: float = share_parameter(0.0, "B19", "weekend nights with breath tests", role="lever", off=0.0)
    tests_effect: float = share_parameter(0.1, "B19; assumed, swept", "drinking at night that breath tests prevent")
    at_home: float = share_parameter(0.08, "assumed", "exposure at home relative to elsewhere")
    night: float = parameter(1.5, "ratio", 0.2, 5.0, "assumed", "night over day, at equal exposure")
    market: float = parameter(
        4.0, "ratio", 1.0, 20.0, "B07; assumed", "theft in the market on market days, at equal exposure"
    )
    weekend_night: float = parameter(
        3.0, "ratio", 1.0, 10.0, "B19, J07; assumed", "assault on weekend nights, relative"
    )
    violent_share: float = share_parameter(0.8, "J02: usually violent", "robberies that are violent")
    grave_share: float = share_parameter(0.1, "assumed", "assaults that leave wounds where firearms is 1")
    loss_robbery: float = parameter(900.0, "quetzals", 0.0, 100000.0, "assumed", "mean loss in a robbery")
    loss_theft: float = parameter(400.0, "quetzals", 0.0, 100000.0, "assumed", "mean loss in a theft from the person")
    loss_vehicle: float = parameter(30000.0, "quetzals", 0.0, 1e6, "assumed", "mean loss in a vehicle theft")
    loss_from_vehicle: float = parameter(
        1200.0, "quetzals", 0.0, 100000.0, "assumed", "mean loss in a theft from a vehicle"
    )
    loss_burglary: float = parameter(3000.0, "quetzals", 0.0, 100000.0, "assumed", "mean loss in a burglary")
    women_hired: float = parameter(
        0.3, "ratio", 0.0, 1.0, "S11: 85 % of victims are men", "women killed for hire, over all"
    )
    women_assaulted: float = parameter(0.7, "ratio", 0.0, 1.0, "assumed", "women assaulted on the street, over all")
    young_assaulted: float = parameter(1.5, "ratio", 1.0, 5.0, "S11; assumed", "assaults on young people, over others")
    young_from: float = parameter(
        15.0, "years", 10.0, 18.0, "assumed", "age from which people count as young for assaults"
    )
    young_to: float = parameter(
        35.0, "years", 20.0, 60.0, "assumed", "age from which people no longer count as young for assaults"
    )
    burglary_morning: float = parameter(
        2.0, "ratio", 0.2, 5.0, "assumed", "burglary while people are out, over other shifts"
    )
    lethal_robbery: float = share_parameter(
        0.0025, "calibrated: homicides", "robberies that kill where firearms is 1", high=0.05
    )
    lethal_assault: float = share_parameter(
        0.009, "calibrated: homicides", "assaults that kill where firearms is 1", high=0.05
    )
    women_killed: float = parameter(
        0.4, "ratio", 0.0, 2.0, "S11: 85 % of victims are men", "lethality of robbery and assault for women"
    )
    severity_robbery: float = severity_parameter(KINDS[ROBBERY].severity, "a robbery without violence")
    grave_robbery: float = severity_parameter(KINDS[ROBBERY].grave, "a violent robbery")
    severity_theft: float = severity_parameter(KINDS[THEFT].severity, "a theft from the person")
    severity_vehicle_theft: float = severity_parameter(KINDS[VEHICLE_THEFT].severity, "a vehicle theft")
    severity_theft_from_vehicle: float = severity_parameter(
        KINDS[THEFT_FROM_VEHICLE].severity, "a theft from a vehicle"
    )
    severity_burglary: float = severity_parameter(KINDS[BURGLARY].severity, "a burglary")
    severity_assault: float = severity_parameter(KINDS[ASSAULT].severity, "an assault without wounds")
    grave_assault: float = severity_parameter(KINDS[ASSAULT].grave, "an assault that leaves wounds")


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
