"""Declarations of contacts: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import LARGEST_COUNT, Domain
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.trust.events.schema import declare_event

GREETING = declare_event("greeting", 1, memory="friendly")
TALK = declare_event("talk", 2, memory="friendly")
STOP = declare_event("stop", 3, memory="friendly")
BRIBE = declare_event("bribe", 4, memory="panel")
LONG_VISIT = declare_event("long_visit", 31, memory="friendly")
RUDE = declare_event("rude", 32)
ABUSE = declare_event("abuse", 33, memory="panel")
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


@dataclass(frozen=True, init=False)
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

    foot: float
    motor: float
    night: float
    crowd: float
    stop: float
    young_men: float
    young_from: float
    drivers: float
    women: float
    checkpoint: float
    stop_most: float
    talk: float
    fair: float
    manner: float
    training: float
    familiar: float
    acquainted: float
    calm: float
    long: float
    together: float
    abuse: float
    language: float
    spoken: float
    finds: float
    proof: float
    weight_greeting: float
    weight_talk: float
    weight_long: float
    weight_stop: float
    weight_rude: float
    weight_abuse: float
    weight_bribe: float
    weight_meeting: float


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
