"""Declarations of misconduct: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.trust.events.schema import declare_event

GOES_PUBLIC, WHO_IS_NAMED, COMPLAINS_STREAM, COMPLAINT_ANSWERED_STREAM, SANCTION_STREAM, CAUGHT_STREAM = (
    stream_id("goes public"),
    stream_id("who is named"),
    stream_id("complains"),
    stream_id("complaint answered"),
    stream_id("sanction"),
    stream_id("caught"),
)
HEARD_OF = stream_id("hears of a case")
SCANDAL = declare_event(
    "scandal", 34, "scandal", fair=0.0, fair_weight=1.0, effective=0.0, effective_weight=0.6, memory="public"
)
NAMING_ATTEMPTS = 64
"""Draws of an officer when a case becomes public, until one is found who asked for a bribe lately."""


@dataclass(frozen=True, kw_only=True)
class Misconduct(ParameterGroup):
    """Parameters of bribe requests, their detection, publicity and sanctions."""

    name: ClassVar[str] = "misconduct"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "I06", "I08", "I09", "I10", "J03", "U10")

    base: float = parameter(
        0.6,
        "log of the chance",
        -30.0,
        3.0,
        "orders of magnitude: 2,500-12,000 a year",
        "asking for a bribe, all other effects at zero",
        off=-30.0,
    )
    offer: float = parameter(
        0.5,
        "log of the chance",
        0.0,
        3.0,
        "I06, J03; assumed",
        "effect of a driver, or of ground held by a clique or protected by narcos",
    )
    penury: float = parameter(
        0.3, "log of the chance", -0.5, 1.0, "I06; swept: higher pay has also raised bribes", "effect of bad conditions"
    )
    integrity: float = parameter(4.0, "log of the chance", 0.0, 10.0, "assumed", "effect of an officer's integrity")
    detection: float = parameter(2.0, "log of the chance", 0.0, 10.0, "assumed", "effect of being found out")
    norm: float = parameter(
        0.5, "log of the chance", 0.0, 3.0, "assumed", "effect of colleagues, if all of the facility asked for bribes"
    )
    control: float = share_parameter(
        0.1, "I10: unable to end it; assumed", "strength of internal control", role="lever"
    )
    channel: float = share_parameter(
        0.05, "assumed", "strength of a complaint channel outside the police", role="lever"
    )
    public: float = share_parameter(
        0.0004, "orders of magnitude: .5-4 cases a year", "least share of requests that become public"
    )
    surfaces: float = share_parameter(
        0.16,
        "assumed: half of the cases within four months; swept",
        "cases that will become public and do so in a month",
    )
    reveal: float = parameter(
        5.0, "ratio", 0.0, 50.0, "assumed", "publicity if all misconduct were found out, relative"
    )
    heard: float = share_parameter(
        0.3, "assumed: .3-.75 cases a year heard by an adult; swept", "residents who hear of a public case"
    )
    weight: float = parameter(
        0.151,
        "evidence",
        0.0,
        1.0,
        "calibrated: Q09",
        "evidence weight of a public case for those who hear of it",
        off=0.0,
    )
    fades: float = share_parameter(
        0.922, "calibrated: Q09, a tenth is left after 135 days", "part of a public case in the fast memory", high=0.99
    )
    files: float = share_parameter(0.01, "assumed", "persons asked for a bribe who complain to the police")
    channel_files: float = share_parameter(
        0.2, "assumed", "additional persons who complain through a strong outside channel"
    )
    answered: float = share_parameter(
        0.15, "I10; assumed", "complaints against officers that are answered", role="lever"
    )
    sanction: float = share_parameter(0.2, "assumed", "answered complaints that end in suspension")
    caught: float = share_parameter(0.002, "I10; assumed", "requests that end in suspension, if all were found out")


HIDDEN = ArraySpec(
    name="hidden",
    of=np.float64,
    shape=(1,),
    about="Cases that are not known yet and will come out, in expectation: this alone.",
)


class MisconductCounts(Row):
    """Monthly counts of public cases, complaints and suspensions."""

    public_cases: float
    complaints_police: float
    complaints_answered: float
    suspended: float


WRITTEN_COLUMNS = (
    "impressions", "officers.person", "officers.cohort", "officers.tick_since", "officers.asked", "officers.female",
    "officers.trained", "officers.aware", "officers.kiche", "officers.champion", "officers.manner",
    "officers.integrity", "officers.motivation", "officers.stress", "officers.safety", "officers.faith", "means.custom",
    "officers.tick_sector", "officers.schooling", "officers.tick_trained", "officers.skill", "officers.habit_team",
    "officers.habit_area", "officers.habit_analysis", "officers.habit_follow",
)  # fmt: skip
