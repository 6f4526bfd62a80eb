"""Declarations of practices: parameters, columns, tables and constants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.domains import FLAG, PAST, TICK, row_of
from model.engine.parameters import ParameterGroup
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


@dataclass(frozen=True, init=False)
class Practices(ParameterGroup):
    """Parameters that raise and lower each habit, and of sectors and planned hours."""

    name: ClassVar[str] = "practices"
    evidence: ClassVar[tuple[str, ...]] = (
        "A17", "B01", "B20", "B23", "B24", "C08", "C11", "C13", "C15", "C16", "C18", "C19", "C20", "C21", "D10",
        "E14", "Q21",
    )  # fmt: skip

    renew: float
    usual_team: float
    usual_area: float
    usual_analysis: float
    usual_follow: float
    team: float
    area: float
    analysis: float
    follow: float
    taught: float
    taught_team: float
    taught_area: float
    taught_analysis: float
    taught_follow: float
    boss: float
    peers: float
    tenure: float
    schooling: float
    faith: float
    champion: float
    old_guard: float
    pressing: float
    usual_pressing: float
    penury: float
    usual_penury: float
    order: float
    order_team: float
    order_area: float
    order_analysis: float
    order_follow: float
    support_least: float
    support_most: float
    follow_most: float
    register: float
    handover: float
    more_meetings: float
    reshuffle: float
    keeping: float
    sent: float
    sent_team: float
    boss_tone: float
    both_tone: float
    pressing_tone: float
    usual_level: float
    penury_tone: float
    brief: float
    planned: float
    meeting: float
    request: float
    visit: float
    talk: float
    split: float


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
