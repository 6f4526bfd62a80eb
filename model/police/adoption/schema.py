"""Declarations of adoption: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import FLAG
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class Adoption(ParameterGroup):
    """Parameters of awareness, training, turnover and replacement of officers, and of the effects of training."""

    name: ClassVar[str] = "adoption"
    evidence: ClassVar[tuple[str, ...]] = (
        "B20", "B21", "C03", "C04", "C05", "C07", "C08", "C09", "C10", "C11", "C15", "C17", "C18", "C20", "C21", "C22",
        "C23", "E13", "F23", "U09", "U11",
    )  # fmt: skip

    outside: float = parameter(0.01, "a month", 0.0, 1.0, "assumed", "hearing of MOPSIC by news from outside", off=0.0)
    peers: float = parameter(
        0.03,
        "a month",
        0.0,
        2.0,
        "C11; calibrated: orders of magnitude",
        "hearing of MOPSIC from colleagues of the facility, if all of them knew",
        off=0.0,
    )
    places: float = parameter(
        2.0,
        "per 100 officers a year",
        0.0,
        200.0,
        "C03, U09; assumed",
        "training places of the PNC",
        role="lever",
        off=0.0,
    )
    donor_places: float = parameter(
        4.0,
        "per 100 officers a year",
        0.0,
        200.0,
        "C22, C23; assumed",
        "training places of donors",
        role="lever",
        off=0.0,
    )
    overlap: float = share_parameter(
        0.25, "C07; assumed", "training places lost to courses that repeat each other", role="lever"
    )
    programme_places: float = parameter(
        0.0, "per 100 officers a year", 0.0, 200.0, "policy", "places of a programme, while its support lasts",
        role="lever", off=0.0,
    )  # fmt: skip
    course_days: float = parameter(
        5.0, "days", 0.0, 60.0, "assumed: no source tells", "working days of a training course"
    )
    prevention: float = parameter(
        3.0, "ratio", 0.2, 10.0, "B21; assumed", "take-up of training in the prevention branch over operations"
    )
    champion: float = parameter(
        2.0, "ratio", 0.2, 10.0, "C18, C21; assumed", "take-up of training by champions over others"
    )
    leaders: float = parameter(
        1.0, "ratio", 0.2, 50.0, "policy", "take-up of training by team leaders and chiefs over others", role="lever"
    )
    old_guard: float = parameter(
        0.5, "ratio", 0.0, 2.0, "C20; assumed", "take-up of training by officers from before the PNC over others"
    )
    rotation: float = share_parameter(
        0.35, "orders of magnitude: 20-60 % a year; U11", "officers moved away in a year", high=0.995, off=0.0
    )
    permanence: float = share_parameter(
        0.0, "B24; policy", "moves that do not happen, because couples stay", role="lever", off=0.0
    )
    service: int = parameter(22, "years", 5, 40, "assumed", "years of service after which officers retire")
    retire: float = share_parameter(
        0.2, "C20; assumed", "officers past these years who retire in a year", high=0.95, off=0.0
    )
    academy: float = share_parameter(0.15, "assumed", "successors who come from the academy")
    academy_trained: float = share_parameter(0.03, "C04", "trained officers among those from the academy", role="lever")
    pool: float = share_parameter(
        0.1, "C03, C05; assumed", "officers trained in the national pool at the start of 2017"
    )
    pool_growth: float = parameter(
        0.01, "a year", -0.1, 0.2, "C03; assumed", "growth of the trained share of the national pool"
    )
    pool_cap: float = share_parameter(
        0.6, "C03: below 80 % in 2020; assumed", "highest trained share of the national pool"
    )
    pool_aware: float = share_parameter(0.6, "C09, C11; assumed", "untrained successors who know of MOPSIC")
    link_treatment: float = share_parameter(1.0, "design: switch of a link", "training changes how people are treated")
    link_explain: float = share_parameter(1.0, "design: switch of a link", "training makes officers explain")
    link_plan: float = share_parameter(1.0, "design: switch of a link", "the habit of the area changes planned visits")
    link_forms: float = share_parameter(
        1.0, "design: switch of a link", "the habit of analysis changes how forms are filled"
    )
    explain: float = share_parameter(
        0.25, "concept: 0-0.5", "late answers that a trained lead explains without blame", high=0.5
    )
    planning: float = parameter(
        3.0,
        "ratio",
        0.0,
        10.0,
        "A10, E14; assumed",
        "visits to institutions by a lead with a full habit of the area, over none",
    )
    busts: float = share_parameter(
        0.5, "B20; assumed", "planned visits that pressure for arrests takes from operations", role="lever"
    )
    returned: float = share_parameter(
        0.3,
        "E13, F23; assumed",
        "visits lost to pressure for arrests that COMUPRE and communal authorities give back",
        role="lever",
    )
    forms: float = share_parameter(
        0.5, "D03; assumed", "more forms filled in with content by officers with a full habit of analysis"
    )


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
