"""Declarations of crime: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.causes import cause
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row
from model.town.crime_kinds import KINDS
from model.world.shift_events import MOTIVES

CRIME_COUNT, CRIME_WHO, CRIME_MARK = decision("crime count"), decision("crime who"), decision("crime mark")
CRIME_MINUTE, VIOLENT, LOSS, LETHAL = (
    decision("crime minute"),
    decision("violent"),
    decision("loss"),
    decision("lethal"),
)
KEPT_AWAY = decision("kept away")
KIND_SPACE = 1048576
ADULT = 18.0
MOTIVE = np.array([MOTIVES.index(kind.motive) if kind.motive else 0 for kind in KINDS], np.int64)
HARM = cause("harm", 7)


@dataclass(frozen=True, kw_only=True)
class Crime(Group):
    """Offenders (site facts), what they do (shared by all sites), and where it is likely."""

    name: ClassVar[str] = "crime"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("A03", "A04", "A05", "B08", "B11", "B19", "F20", "J02", "S12", "V02", "V18")

    armed: float = number(
        3.0, "per 1,000", 0.0, 50.0, "assumed", "armed street offenders, with those from outside", role="site"
    )
    thieves: float = number(
        5.0, "per 1,000", 0.0, 50.0, "assumed", "opportunist thieves, with those from outside", role="site"
    )
    alcohol: float = number(1.0, "ratio", 0.0, 5.0, "assumed", "drinking in public, relative", role="site")
    firearms: float = number(1.0, "ratio", 0.0, 5.0, "S11; assumed", "firearms carried, relative", role="site")
    robbery: float = number(
        17.5, "acts a year", 0.0, 40.0, "calibrated: orders of magnitude", "robberies by armed offender"
    )
    theft: float = number(
        4.9, "acts a year", 0.0, 40.0, "calibrated: orders of magnitude", "thefts from the person by thief"
    )
    vehicle_theft: float = number(
        0.88,
        "acts a year",
        0.0,
        10.0,
        "calibrated: orders of magnitude",
        "vehicle thefts by armed offender, if every household had one",
    )
    theft_from_vehicle: float = number(
        3.1,
        "acts a year",
        0.0,
        20.0,
        "calibrated: orders of magnitude",
        "thefts from vehicles by thief, if every household had one",
    )
    burglary: float = number(1.09, "acts a year", 0.0, 20.0, "calibrated: orders of magnitude", "burglaries by thief")
    assault: float = number(
        0.0112,
        "a year",
        0.0,
        0.1,
        "calibrated: orders of magnitude",
        "assaults by resident where alcohol is 1",
    )
    hire: float = number(0.024, "acts a year", 0.0, 1.0, "calibrated: homicides", "killings for hire by armed offender")
    cctv: float = share(0.0, "B08, B11", "cells that cameras watch beyond those of 2017", role="lever")
    cctv_effect: float = share(0.3, "Z15: 13-37 %", "thefts of and from vehicles that cameras prevent", high=0.6)
    alcohol_hours: float = share(0.0, "B19", "enforcement of the hours of selling alcohol", role="lever")
    hours_effect: float = share(0.25, "B19; assumed, swept", "drinking at night that enforced hours prevent")
    breath_tests: float = share(0.0, "B19", "weekend nights with breath tests", role="lever")
    tests_effect: float = share(0.1, "B19; assumed, swept", "drinking at night that breath tests prevent")
    at_home: float = share(0.08, "assumed", "exposure at home relative to elsewhere")
    night: float = number(1.5, "ratio", 0.2, 5.0, "assumed", "night over day, at equal exposure")
    market: float = number(
        4.0, "ratio", 1.0, 20.0, "B07; assumed", "theft in the market on market days, at equal exposure"
    )
    weekend_night: float = number(3.0, "ratio", 1.0, 10.0, "B19, J07; assumed", "assault on weekend nights")
    violent_share: float = share(0.8, "J02: usually violent", "robberies that are violent")
    grave_share: float = share(0.1, "assumed", "assaults that leave wounds where firearms is 1")
    loss_robbery: float = number(900.0, "quetzals", 0.0, 100000.0, "assumed", "mean loss in a robbery")
    loss_theft: float = number(400.0, "quetzals", 0.0, 100000.0, "assumed", "the same in a theft from the person")
    loss_vehicle: float = number(30000.0, "quetzals", 0.0, 1e6, "assumed", "the same if a vehicle is stolen")
    loss_from_vehicle: float = number(1200.0, "quetzals", 0.0, 100000.0, "assumed", "the same in a theft from it")
    loss_burglary: float = number(3000.0, "quetzals", 0.0, 100000.0, "assumed", "the same in a burglary")
    women_hired: float = number(
        0.3, "ratio", 0.0, 1.0, "S11: 85 % of victims are men", "women killed for hire, over all"
    )
    women_assaulted: float = number(0.7, "ratio", 0.0, 1.0, "assumed", "women assaulted on the street, over all")
    young_assaulted: float = number(
        1.5, "ratio", 1.0, 5.0, "S11; assumed", "assaults on those of 15 to 34 years, over others"
    )
    burglary_morning: float = number(
        2.0, "ratio", 0.2, 5.0, "assumed", "burglary while people are out, over other shifts"
    )
    lethal_robbery: float = share(0.0025, "calibrated: homicides", "robberies that kill where firearms is 1", high=0.05)
    lethal_assault: float = share(0.009, "calibrated: homicides", "assaults that kill where firearms is 1", high=0.05)
    women_killed: float = number(
        0.4, "ratio", 0.0, 2.0, "S11: 85 % of victims are men", "lethality of robbery and assault for women"
    )


class Drawn(Row):
    """A candidate of one kind, as drawn and before it is judged: number, who it is, and the luck by which it is."""

    number: int
    who: int
    mark: float


class Counts(Row):
    """What is counted in a month."""

    candidates: float
    ceiling_hits: float
    grave_assaults: float
    displaced: float
    off_map: float


WRITES = (
    "minds.harmed", "minds.gone", "minds.harmed_outside", "tally.outside_robberies", "tally.outside_thefts",
    "tally.repeats", "tally.deterred", "tally.prevented", "tally.guarded", "offenders",
    "repeats", "incidents", "outside", "impressions", "spared",
)  # fmt: skip
