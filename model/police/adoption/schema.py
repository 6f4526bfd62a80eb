"""Declarations of adoption: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import FLAG
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec

HEARS_STREAM, COURSE_STREAM, MOVES_STREAM, RETIRES_STREAM = (
    stream_id("hears"),
    stream_id("course"),
    stream_id("moves"),
    stream_id("retires"),
)
NEWCOMER_STREAM, TENURE_STREAM, SERVICE_STREAM, EXPLAINS_STREAM = (
    stream_id("newcomer"),
    stream_id("tenure"),
    stream_id("service"),
    stream_id("explains"),
)
LONGEST_TENURE, LONGEST_SERVICE = 48.0, 25.0
"""Most months at the post and years of service of officers at the start; assumed."""
POOL_YEAR = 2017.0
"""Year at whose start `adoption.pool` holds."""
PER_100 = 100.0
"""Training places are stated for 100 officers."""
N_UNIFORMS = 12
"""Uniforms summed for a nearly normal number: the sum has variance 1."""


@dataclass(frozen=True, init=False)
class Adoption(ParameterGroup):
    """Parameters of awareness, training, turnover and replacement of officers, and of the effects of training."""

    name: ClassVar[str] = "adoption"
    evidence: ClassVar[tuple[str, ...]] = (
        "B20", "B21", "C03", "C04", "C05", "C07", "C08", "C09", "C10", "C11", "C15", "C17", "C18", "C20", "C21", "C22",
        "C23", "E13", "F23", "U09", "U11",
    )  # fmt: skip

    outside: float
    peers: float
    places: float
    donor_places: float
    overlap: float
    programme_places: float
    course_days: float
    prevention: float
    champion: float
    leaders: float
    old_guard: float
    rotation: float
    permanence: float
    service: int
    retire: float
    academy: float
    academy_trained: float
    pool: float
    pool_growth: float
    pool_cap: float
    pool_aware: float
    link_treatment: float
    link_explain: float
    link_plan: float
    link_forms: float
    explain: float
    planning: float
    busts: float
    returned: float
    forms: float


LEAVING = ArraySpec(
    name="leaving",
    of=np.int64,
    shape=("officer",),
    exempt="written and read within the last shift of a month",
    about="Officers who have been found out and go: capture alone.",
    domain=FLAG,
)


class AdoptionCounts(Row):
    """Monthly counts of officers made aware, trained, moved and retired."""

    officers_made_aware: float
    officers_trained: float
    training_days: float
    officers_moved: float
    officers_retired: float
    explained: float


WRITTEN_COLUMNS = (
    "officers.person", "officers.cohort", "officers.tick_since", "officers.asked", "officers.female",
    "officers.trained", "officers.aware", "officers.kiche", "officers.champion", "officers.manner",
    "officers.integrity", "officers.motivation", "officers.stress", "officers.safety", "officers.faith",
    "officers.tick_sector", "officers.schooling", "officers.tick_trained", "officers.skill", "officers.habit_team",
    "officers.habit_area", "officers.habit_analysis", "officers.habit_follow", "means.care", "tally.suspended",
)  # fmt: skip
