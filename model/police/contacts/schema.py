"""Declarations of contacts: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import LARGEST_COUNT, Domain
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.trust.events.schema import declare_event

GREETING = declare_event(
    "greeting", 1, "greeting", fair=0.85, fair_weight=1.0, effective=0.85, effective_weight=0.3, memory="friendly"
)
TALK = declare_event(
    "talk", 2, "talk", fair=0.9, fair_weight=1.0, effective=0.9, effective_weight=0.5, memory="friendly"
)
STOP = declare_event(
    "stop", 3, "fair stop", fair=0.7, fair_weight=1.0, effective=0.7, effective_weight=0.2, memory="friendly"
)
BRIBE = declare_event(
    "bribe", 4, "bribe", fair=0.0, fair_weight=1.0, effective=0.0, effective_weight=0.5, memory="panel"
)
LONG_VISIT = declare_event(
    "long_visit", 31, "long visit", fair=1.0, fair_weight=1.0, effective=1.0, effective_weight=0.6, memory="friendly"
)
RUDE = declare_event("rude", 32, "rude treatment", fair=0.1, fair_weight=1.0, effective=0.1, effective_weight=0.3)
ABUSE = declare_event(
    "abuse", 33, "abuse", fair=0.0, fair_weight=1.0, effective=0.0, effective_weight=0.5, memory="panel"
)
FRIENDLY_CAUSES = (GREETING, TALK, LONG_VISIT)
MEET_ABUSE, MEET_WITH = stream_id("meet abuse"), stream_id("meet with")
MEET_COUNT, MEET_WHO, MEET_KIND, MEET_TONE = (
    stream_id("meet count"),
    stream_id("meet who"),
    stream_id("meet kind"),
    stream_id("meet tone"),
)
BRIBE_STREAM, STOP_FINDS = stream_id("bribe"), stream_id("stop finds")
LONG_VISIT_STREAM, TALKS_STREAM = stream_id("long visits"), stream_id("talks at homes")
MAX_CONTACTS = 15
"""Most contacts of one visit."""
CONTACT_STEP = MAX_CONTACTS + 1
"""Distance of the numbers of the first contacts of visits that begin a second apart; they key random streams."""
SECONDS_A_MINUTE = 60.0
MINIMUM_AGE = 12.0
"""Age in years from which residents are met; assumed."""
MAX_HOLDERS = 4096
"""Holders of a position that residents tell apart."""


@dataclass(frozen=True, kw_only=True)
class Contacts(ParameterGroup):
    """Parameters of contacts: numbers, kinds, treatment and weights."""

    name: ClassVar[str] = "contacts"
    evidence: ClassVar[tuple[str, ...]] = (
        "B03",
        "B18",
        "B24",
        "G03",
        "G04",
        "G05",
        "G08",
        "I06",
        "Z01",
        "Z02",
        "Z04",
    )

    foot: float = parameter(
        2.2,
        "contacts a visit",
        0.0,
        10.0,
        "B03; orders of magnitude: 4-5 a couple-shift",
        "contacts of a couple on foot or by bicycle",
    )
    motor: float = parameter(
        1.33, "contacts a visit", 0.0, 10.0, "B03; orders of magnitude", "contacts of a motorised couple"
    )
    night: float = share_parameter(0.35, "assumed", "contacts at night, relative to the day")
    crowd: float = parameter(
        40.0, "residents", 1.0, 500.0, "assumed", "residents in a cell at whom half of the contacts take place"
    )
    stop: float = share_parameter(
        0.18,
        "orders of magnitude: 30-55 % of contacts; assumed",
        "chance that a contact is a stop, for a man without vehicle",
        role="site",
    )
    young_men: float = parameter(2.0, "ratio", 1.0, 6.0, "assumed", "stops of young men, relative to others")
    young_from: float = parameter(15.0, "years", 12.0, 18.0, "assumed", "age from which men are stopped as young men")
    drivers: float = parameter(
        1.6, "ratio", 1.0, 6.0, "assumed", "stops where the household has a vehicle, relative to others"
    )
    women: float = parameter(0.3, "ratio", 0.0, 1.0, "assumed", "stops of women, relative to men")
    checkpoint: float = parameter(
        1.6, "ratio", 1.0, 5.0, "D02, B20; assumed", "stops at a checkpoint, relative to elsewhere"
    )
    stop_most: float = share_parameter(0.9, "assumed", "highest chance that a contact is a stop")
    talk: float = share_parameter(0.35, "B03; assumed", "contacts other than stops that become a talk")
    fair: float = parameter(
        2.4,
        "log-odds",
        -2.0,
        6.0,
        "orders of magnitude: 6-20 % unfair",
        "readiness to fair treatment of an untrained officer of mean manner",
        role="lever",
    )
    manner: float = parameter(0.5, "log-odds", 0.0, 2.0, "assumed", "effect of an officer's manner on fair treatment")
    training: float = parameter(
        0.3,
        "log-odds",
        -0.6,
        1.2,
        "concept: 0.3 +- 0.3, zero and below allowed",
        "effect of MOPSIC training on treatment",
    )
    familiar: float = parameter(
        1.25,
        "ratio",
        1.0,
        2.0,
        "B24; assumed",
        "weight of a friendly contact with an officer whom the resident knows, relative",
        off=1.0,
    )
    acquainted: float = parameter(
        0.3,
        "log-odds",
        0.0,
        0.6,
        "B24; size assumed",
        "effect on fair treatment of knowing one of the couple",
        off=0.0,
    )
    calm: float = parameter(
        1.5,
        "log-odds",
        0.0,
        2.5,
        "assumed; swept .5-2.5",
        "effect on fair treatment of planned visits and talks",
        off=0.0,
    )
    long: float = share_parameter(
        0.15, "assumed: .03-.05 a year and adult; swept", "talks that become a long, friendly visit"
    )
    together: float = share_parameter(
        0.3, "assumed; swept", "greetings, talks and visits at home that two of the household share"
    )
    abuse: float = share_parameter(
        0.2, "orders of magnitude: .05-.1 a hundred adults a year; swept", "unfair stops with abuse"
    )
    language: float = parameter(
        0.3,
        "log-odds",
        0.0,
        2.0,
        "C12; assumed",
        "effect on fair treatment of an officer who speaks the resident's language",
    )
    spoken: float = share_parameter(0.0, "assumed", "contacts held in the language of the place", role="site")
    finds: float = share_parameter(
        0.018, "orders of magnitude: arrests; assumed", "stops that find a weapon or a warrant"
    )
    proof: float = share_parameter(0.55, "H03; assumed", "arrests for a weapon or warrant that hold before the judge")
    weight_greeting: float = parameter(
        0.0204, "evidence", 0.0, 1.0, "assumed: +.5 points; swept 0-1", "weight of a fair greeting", off=0.0
    )
    weight_talk: float = parameter(
        0.0634, "evidence", 0.0, 1.0, "assumed: +2 points; swept .5-4", "weight of a fair talk", off=0.0
    )
    weight_long: float = parameter(
        0.19, "evidence", 0.0, 1.0, "calibrated: Q04", "weight of a long, friendly visit", off=0.0
    )
    weight_stop: float = parameter(
        0.0532, "evidence", 0.0, 1.0, "calibrated: Q08 (sign)", "weight of a fair stop", off=0.0
    )
    weight_rude: float = parameter(
        0.244, "evidence", 0.0, 2.0, "assumed: -4 points; swept -1 to -8", "weight of rude treatment", off=0.0
    )
    weight_abuse: float = parameter(1.22, "evidence", 0.0, 5.0, "calibrated: Q01", "weight of abuse", off=0.0)
    weight_bribe: float = parameter(
        0.443, "evidence", 0.0, 3.0, "calibrated: Q02", "weight of a bribe request", off=0.0
    )
    weight_meeting: float = parameter(
        0.0518, "evidence", 0.0, 1.0, "calibrated: Q03", "weight of a meeting where one is heard", off=0.0
    )


class ContactCounts(Row):
    """Monthly counts of contacts by kind and treatment."""

    contacts: float
    greetings: float
    talks: float
    long_visits: float
    stops: float
    bribes: float
    unfair: float
    contacts_known: float
    visits_planned: float
    talks_planned: float


class Acquaintance(Row):
    """Officer with whom a resident last had a fair talk: position and holder as one number, -1 for nobody."""

    knows: Annotated[int, Column("", first=-1.0, kind="i4"), Domain(-1, LARGEST_COUNT)]


WRITTEN_COLUMNS = (
    "minds.met", "minds.met_free", "tally.arrests_easy", "officers.asked", "duty.friendly", "duty.warmth", "arrests",
    "bribes", "impressions", "signed",
)  # fmt: skip
