"""Declarations of chief: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.choices import declare_choice
from model.engine.domains import LARGEST_COUNT, LARGEST_REAL, PAST, POSITIVE, SHARE, Domain, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, RowTableSpec

ORDER_FROM_ABOVE_STREAM, BLOCK_OF_HOURS_STREAM = stream_id("order from above"), stream_id("block of hours")
N_BLOCKS = 8
"""Blocks of hours in a month, each set for one use."""
HOUR_USES = ("habit", "visits", "arrests", "places")
HOUR_TERMS = ("experience", "figures", "order", "asked", "training", "champion")
BY_EXPERIENCE, BY_FIGURES, BY_ORDER, BY_ASKED, BY_TRAINING, BY_CHAMPION = range(1, 1 + len(HOUR_TERMS))
HOURS_CHOICE = declare_choice("hours of the month", "chief", HOUR_USES, HOUR_TERMS)
PLAN_MODES = ("preventive", "reactive", "investigative")
MODE_TERMS = ("training", "diagnosis", "experience")
MODE_CHOICE = declare_choice("mode of the plan", "chief", PLAN_MODES, MODE_TERMS)
MOST_CANDIDATES = 4
"""Most requests among which a chief chooses."""
SMALLEST_CHANCE = 1e-6
"""Limit of probabilities before their logit is taken."""
REQUEST_TERMS = ("climbed", "asked", "experience")
REQUEST_CHOICE = declare_choice(
    "request taken up", "chief", ("none", "first", "second", "third", "fourth"), REQUEST_TERMS
)
WORK_OPTIONS = ("none", "half", "all")
WORK_SHARES = (0.0, 0.5, 1.0)
"""Shares of the planned hours that take place, by option."""
WORK_TERMS = ("unserved", "crimes", "asked", "order", "meetings", "problems")
WORK_CHOICE = declare_choice("planned hours that take place", "chief", WORK_OPTIONS, WORK_TERMS, ordered=True)
NO_ORDER, TO_ARREST, TO_PREVENT = range(3)


@dataclass(frozen=True, init=False)
class Chiefs(ParameterGroup):
    """Parameters of the chiefs' choices, and of the effect of hours on couples."""

    name: ClassVar[str] = "chief"
    evidence: ClassVar[tuple[str, ...]] = ("B13", "B20", "B22", "C18", "C21", "D02", "E04", "E13", "H03", "Q19", "Q21")

    sets_hours: int
    picks_modes: int
    picks_requests: int
    weighs_work: int
    work: float
    work_unserved: float
    work_crimes: float
    work_asked: float
    visits: float
    arrests: float
    places: float
    experience: float
    figures: float
    order: float
    order_arrests: float
    order_prevent: float
    asked: float
    asked_places: float
    training: float
    training_places: float
    champion: float
    champion_places: float
    climbed: float
    urged: float
    urged_most: int
    attended: int
    told: float
    prior: float
    memory: float
    usual_visits: float
    usual_arrests: float
    usual_places: float
    focus: float
    focus_stops: float


class ChiefRow(Row):
    """Chief of a facility: person, order in force, and experience since taking the position.

    ``open`` are open requests; ``load`` is the known crime load at the places of the plan made at tick ``made``;
    ``captor`` the group that has captured the chief.  ``eased`` and ``worse`` are problems under a response of which
    less or more was known after a month.  The station's books count this month's calls ``served`` and ``lost`` and
    crimes on record, ``crimes``; those of a usual month are ``usual``, -1 before the first.  ``work`` is the share of
    planned hours that takes place.
    """

    person: Annotated[int, Column("", first=-1), Domain(-1, LARGEST_COUNT)]
    order: Annotated[int, code_of(TO_PREVENT + 1)]
    captor: Annotated[int, Column("", first=-1), row_of("group", none=True)]
    made: Annotated[int, Column("", first=-2), PAST]
    open: Annotated[float, POSITIVE]
    welcomed: Annotated[float, POSITIVE]
    ignored: Annotated[float, POSITIVE]
    held: Annotated[float, POSITIVE]
    released: Annotated[float, POSITIVE]
    fell: Annotated[float, POSITIVE]
    rose: Annotated[float, POSITIVE]
    load: Annotated[float, POSITIVE]
    eased: Annotated[float, POSITIVE]
    worse: Annotated[float, POSITIVE]
    served: Annotated[float, POSITIVE]
    lost: Annotated[float, POSITIVE]
    crimes: Annotated[float, POSITIVE]
    usual: Annotated[float, Column("", first=-1.0), Domain(-1.0, LARGEST_REAL)]
    work: Annotated[float, Column("", first=1.0), SHARE]


CHIEFS = RowTableSpec(
    name="chiefs", row=ChiefRow, per="facility", about="Who commands: this; capture and problems too."
)
BLOCKS = ArraySpec(
    name="blocks",
    of=np.int64,
    shape=("facility", N_BLOCKS),
    first=-1.0,
    about="Uses of hours of the month: this.",
    domain=code_of(len(HOUR_USES), none=True),
)
LIVED = ArraySpec(
    name="lived",
    of=np.float64,
    shape=("facility", len(PLAN_MODES), 2),
    about="What came of each mode, good and bad: this.",
    domain=POSITIVE,
)


class ChiefCounts(Row):
    """Monthly counts of blocks of hours by use, and of stations by the planned hours that take place."""

    blocks_habit: float
    blocks_visits: float
    blocks_arrests: float
    blocks_places: float
    work_none: float
    work_half: float
    work_all: float
