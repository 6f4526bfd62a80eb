"""Declarations of practices: parameters, columns, tables and constants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.domains import FLAG, PAST, TICK, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, RowTableSpec

REVIEWS_TEAM, REVIEWS_AREA = stream_id("reviews team"), stream_id("reviews area")
REVIEWS_ANALYSIS, REVIEWS_FOLLOW = stream_id("reviews analysis"), stream_id("reviews follow-up")
RESHUFFLED_STREAM, SENT_TO_SECTOR_STREAM, SUPPORT_LASTS_STREAM = (
    stream_id("reshuffled"),
    stream_id("sent to sector"),
    stream_id("support lasts"),
)
SCHOOLED_STREAM, TAUGHT_SINCE_STREAM = stream_id("schooled"), stream_id("taught since")
MAX_SECTOR_MONTHS = 24.0
"""Months in a sector after which more of them raise no habit further; assumed."""
USUAL_EXPERIENCE_SHARE = 0.45
"""Part of these months that an officer of the status quo has served; calibrated: the status quo."""
UNIT_SPREAD_FACTOR = math.sqrt(12.0)
"""Scale of a uniform distribution with standard deviation 1."""
MAX_MONTHS_SINCE_COURSE = 36.0
"""Most months since the course of officers who were trained before they came; assumed."""
SKILL_HALF_LIFE_MONTHS = 12.0
"""Half-life in months of skills where the boss is not trained; assumed."""
ROLE_STAFF, ROLE_LEADER, ROLE_CHIEF = range(3)
PRACTICE_NAMES = ("team", "area", "analysis", "follow")
N_PRACTICES = len(PRACTICE_NAMES)
SWAPPED_OFFICERS = 4.0
"""Officers who change sectors in a swap: two couples of two."""
MIN_LED_MONTHS = 6.0
"""Months in a sector from which a lead counts as known there; B24."""


@dataclass(frozen=True, kw_only=True)
class Practices(ParameterGroup):
    """Parameters that raise and lower each habit, and of sectors and planned hours."""

    name: ClassVar[str] = "practices"
    evidence: ClassVar[tuple[str, ...]] = (
        "A17", "B01", "B20", "B23", "B24", "C08", "C11", "C13", "C15", "C16", "C18", "C19", "C20", "C21", "D10",
        "E14", "Q21",
    )  # fmt: skip

    renew: float = share_parameter(
        0.16, "assumed: half in four months; swept .06-.3", "officers who review a habit a month", off=0.0
    )
    usual_team: float = share_parameter(
        0.45, "B01, A17; assumed", "habit of the team in the status quo", low=0.01, high=0.99
    )
    usual_area: float = share_parameter(
        0.10, "C13, E14; assumed", "habit of the area in the status quo", low=0.01, high=0.99
    )
    usual_analysis: float = share_parameter(
        0.08, "D10: below .2; assumed", "habit of analysis in the status quo", low=0.01, high=0.99
    )
    usual_follow: float = share_parameter(
        0.20, "Q21: below .25", "habit of follow-up in the status quo", low=0.01, high=0.99
    )
    team: float = parameter(
        0.08,
        "log-odds",
        -4.0,
        4.0,
        "calibrated: the usual habits",
        "readiness to the habit of the team, all effects at zero",
    )
    area: float = parameter(
        -0.1,
        "log-odds",
        -4.0,
        4.0,
        "calibrated: the usual habits",
        "readiness to the habit of the area, all effects at zero",
    )
    analysis: float = parameter(
        -0.13,
        "log-odds",
        -4.0,
        4.0,
        "calibrated: the usual habits",
        "readiness to the habit of analysis, all effects at zero",
    )
    follow: float = parameter(
        -0.03,
        "log-odds",
        -4.0,
        4.0,
        "calibrated: the usual habits",
        "readiness to the habit of follow-up, all effects at zero",
    )
    taught: float = parameter(
        0.5, "log-odds", 0.0, 1.2, "C08, C15; size assumed", "effect of remembered training on habits"
    )
    taught_team: float = parameter(
        0.4, "ratio", 0.0, 3.0, "assumed", "effect of training on the habit of the team, relative"
    )
    taught_area: float = parameter(
        1.0, "ratio", 0.0, 3.0, "assumed", "effect of training on the habit of the area, relative"
    )
    taught_analysis: float = parameter(
        1.6, "ratio", 0.0, 3.0, "assumed", "effect of training on the habit of analysis, relative"
    )
    taught_follow: float = parameter(
        0.8, "ratio", 0.0, 3.0, "assumed", "effect of training on the habit of follow-up, relative"
    )
    boss: float = parameter(0.8, "log-odds", 0.0, 1.6, "assumed", "effect of a trained superior who has the habit")
    peers: float = parameter(
        1.5, "log-odds", 0.0, 2.0, "C11; assumed: above 2 habits run away", "effect of colleagues who have the habit"
    )
    tenure: float = parameter(0.5, "log-odds", 0.0, 1.0, "C15; assumed", "effect of two years in the sector")
    schooling: float = parameter(
        0.5, "log-odds", 0.0, 1.0, "C16; assumed", "effect of one standard deviation of schooling"
    )
    faith: float = parameter(1.0, "log-odds", 0.0, 2.0, "C08; assumed", "effect of trust in the community, 0 to 1")
    champion: float = parameter(0.7, "log-odds", 0.0, 1.4, "C18, C21; assumed", "effect of being a champion")
    old_guard: float = parameter(
        0.5, "log-odds", 0.0, 1.0, "C20; assumed", "effect of being from before the PNC against habits"
    )
    pressing: float = parameter(
        2.9, "log-odds", 0.0, 6.0, "B20; assumed", "effect of pressure for arrests against habits in operations"
    )
    usual_pressing: float = share_parameter(
        0.105, "calibrated: the status quo", "pressure for arrests in the status quo"
    )
    penury: float = parameter(
        0.5, "log-odds", 0.0, 1.0, "C16; assumed", "effect of bad conditions, 0 to 1, against habits"
    )
    usual_penury: float = share_parameter(0.7, "I05; calibrated: the status quo", "bad conditions in the status quo")
    order: float = parameter(
        2.0, "log-odds", 0.0, 3.0, "assumed; swept 1-3", "effect of a full order whose chief has the habit"
    )
    order_team: float = share_parameter(0.0, "policy", "order to keep teams in their sectors", role="lever", off=0.0)
    order_area: float = share_parameter(0.0, "policy", "order to visit and talk in the sector", role="lever", off=0.0)
    order_analysis: float = share_parameter(0.0, "policy", "order to look for causes", role="lever", off=0.0)
    order_follow: float = share_parameter(0.0, "policy", "order to follow up what was asked", role="lever", off=0.0)
    support_least: float = parameter(
        1200.0, "months", 0.0, 1200.0, "Q21: 6; policy", "shortest support of an order", role="lever"
    )
    support_most: float = parameter(
        1200.0, "months", 0.0, 1200.0, "Q21: 17; policy", "longest support of an order", role="lever"
    )
    follow_most: float = share_parameter(1.0, "Q21; policy", "requests that anybody follows up at most", role="lever")
    register: float = share_parameter(
        0.0, "policy", "requests handed over to a successor with a register", role="lever", off=0.0
    )
    handover: float = share_parameter(
        0.3, "assumed", "requests handed over to a successor without a register", high=1.0
    )
    more_meetings: float = parameter(
        1.0, "ratio", 0.0, 12.0, "policy", "meetings while an order is supported, relative", role="lever", off=1.0
    )
    reshuffle: float = share_parameter(
        0.35, "Q21: 15-17 months in a sector; swept", "changes of sector inside the station, a year",
        high=0.995, role="lever", off=0.0,
    )  # fmt: skip
    keeping: float = share_parameter(0.9, "assumed", "such changes that a chief with the habit of the team leaves out")
    sent: float = share_parameter(
        0.3, "assumed; swept", "couples sent to their own sector whatever the chief does", off=1.0
    )
    sent_team: float = share_parameter(
        0.65, "assumed; swept", "additional couples sent there by a chief with the habit of the team", off=0.0
    )
    boss_tone: float = parameter(
        0.3, "log-odds", 0.0, 0.6, "assumed", "effect of a trained superior on fair treatment", off=0.0
    )
    both_tone: float = parameter(
        0.2, "log-odds", 0.0, 0.4, "assumed", "effect on fair treatment of both officers being trained", off=0.0
    )
    pressing_tone: float = parameter(
        0.4, "log-odds", 0.0, 0.8, "B22; assumed", "effect of full pressure against fair treatment", off=0.0
    )
    usual_level: float = share_parameter(0.3, "B22; the status quo", "pressure for the figure in the status quo")
    penury_tone: float = parameter(
        0.3, "log-odds", 0.0, 0.6, "I05; assumed", "effect of bad conditions against fair treatment", off=0.0
    )
    brief: float = parameter(
        60.0, "minutes", 0.0, 120.0, "assumed: 40-90", "briefing and meal of a couple in a shift", off=0.0
    )
    planned: float = share_parameter(
        0.6, "assumed; swept .3-.9", "unplanned stretches that an officer with a full habit of the area plans", off=0.0
    )
    meeting: float = parameter(150.0, "minutes", 0.0, 480.0, "assumed", "minutes of a couple for a meeting")
    request: float = parameter(120.0, "minutes", 0.0, 960.0, "assumed", "minutes of a couple for a request")
    visit: float = parameter(
        28.0, "minutes", 5.0, 120.0, "assumed", "minutes of a long visit, including the way and vain attempts"
    )
    talk: float = parameter(8.0, "minutes", 1.0, 60.0, "assumed", "minutes of a talk, including the way")
    split: float = share_parameter(0.6, "assumed; swept", "planned hours in homes and streets for long visits")


class StationOrders(Row):
    """Orders for the practices of a facility: tick of the order, end of its support, and whether it has support now."""

    tick_ordered: Annotated[int, Column("", first=-1), PAST]
    until: Annotated[int, Column("", first=-1), TICK]
    supported: Annotated[int, FLAG]


STATIONS = RowTableSpec(name="stations", row=StationOrders, per="facility", about="Orders for practices: this alone.")
BOSSES = ArraySpec(
    name="bosses",
    of=np.int64,
    shape=("officer",),
    first=-1.0,
    about="Position of each officer's boss: this.",
    domain=row_of("officer", none=True),
)


class PracticeCounts(Row):
    """Monthly counts of changes of sector and reviews of habits."""

    sector_changes: float
    habits_reviewed: float


NEWCOMER_SHARE = 0.8
"""Habits of new officers relative to those of the status quo; assumed."""
HABIT_COLUMNS = ("officers.habit_team", "officers.habit_area", "officers.habit_analysis", "officers.habit_follow")
