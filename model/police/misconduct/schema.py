"""Declarations of misconduct: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.parameters import ParameterGroup
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
SCANDAL = declare_event("scandal", 34, memory="public")
NAMING_ATTEMPTS = 64
"""Draws of an officer when a case becomes public, until one is found who asked for a bribe lately."""


@dataclass(frozen=True, init=False)
class Misconduct(ParameterGroup):
    """Parameters of bribe requests, their detection, publicity and sanctions."""

    name: ClassVar[str] = "misconduct"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "I06", "I08", "I09", "I10", "J03", "U10")

    base: float
    offer: float
    penury: float
    integrity: float
    detection: float
    norm: float
    control: float
    channel: float
    public: float
    surfaces: float
    reveal: float
    heard: float
    weight: float
    fades: float
    files: float
    channel_files: float
    answered: float
    sanction: float
    caught: float


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
