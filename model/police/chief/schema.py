"""Declarations of chief: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.choices import declare_choice
from model.engine.domains import LARGEST_COUNT, LARGEST_REAL, PAST, POSITIVE, SHARE, Domain, code_of, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class Chiefs(ParameterGroup):
    """Parameters of the chiefs' choices, and of the effect of hours on couples."""

    name: ClassVar[str] = "chief"
    evidence: ClassVar[tuple[str, ...]] = ("B13", "B20", "B22", "C18", "C21", "D02", "E04", "E13", "H03", "Q19", "Q21")

    sets_hours: int = parameter(
        1, "0 or 1", 0, 1, "design", "chiefs allocate hours; 0: all shifts are spent alike", off=0
    )
    picks_modes: int = parameter(1, "0 or 1", 0, 1, "design", "chiefs choose modes of plans; 0: by chance", off=0)
    picks_requests: int = parameter(1, "0 or 1", 0, 1, "design", "chiefs choose requests; 0: by chance", off=0)
    weighs_work: int = parameter(
        1, "0 or 1", 0, 1, "design", "chiefs decide how much of planned hours takes place; 0: all of it", off=0
    )
    work: float = parameter(
        2.0, "log-odds", -4.0, 8.0, "B13: neither permanent nor general; assumed; swept 0-4",
        "readiness to let all planned hours take place rather than none",
    )  # fmt: skip
    work_unserved: float = parameter(
        3.0,
        "log-odds",
        0.0,
        12.0,
        "assumed; swept 0-6",
        "effect of unserved calls against planned hours, if all of a month were unserved",
    )
    work_crimes: float = parameter(
        1.5,
        "log-odds",
        0.0,
        6.0,
        "assumed; swept 0-3",
        "effect of known crimes against planned hours, by the log of their ratio to the usual",
    )
    work_asked: float = parameter(
        0.35, "log-odds", 0.0, 2.0, "E04; assumed; swept 0-1", "effect of open requests on planned hours, by log(1 + n)"
    )
    visits: float = parameter(
        -2.3, "log-odds", -8.0, 4.0, "assumed; swept", "readiness to give hours to visits rather than habit"
    )
    arrests: float = parameter(
        -1.5, "log-odds", -8.0, 4.0, "assumed; swept", "readiness to give hours to quick arrests rather than habit"
    )
    places: float = parameter(
        -1.9, "log-odds", -8.0, 4.0, "assumed; swept", "readiness to give hours to places of the plan rather than habit"
    )
    experience: float = parameter(
        1.2, "log-odds", 0.0, 4.0, "assumed", "effect of the results of earlier hours, -1 to 1"
    )
    figures: float = parameter(
        6.0, "log-odds", 0.0, 20.0, "B22; assumed", "effect of full pressure and a full gap in the figures on arrests"
    )
    order: float = parameter(1.1, "log-odds", 0.0, 4.0, "B20; assumed", "effect of an order on the hours that it names")
    order_arrests: float = share_parameter(0.3, "B20; assumed", "quarters with an order to arrest", role="lever")
    order_prevent: float = share_parameter(0.2, "C18; assumed", "quarters with an order to prevent", role="lever")
    asked: float = parameter(
        0.5, "log-odds", 0.0, 2.0, "E04; assumed", "effect of open requests on visits, by log(1 + n)"
    )
    asked_places: float = parameter(
        0.35, "log-odds", 0.0, 2.0, "E04; assumed", "effect of open requests on places of the plan, by log(1 + n)"
    )
    training: float = parameter(1.2, "log-odds", 0.0, 4.0, "B21; assumed", "effect of a trained chief on visits")
    training_places: float = parameter(
        0.5, "log-odds", 0.0, 4.0, "B23; assumed", "effect of a trained chief on places of the plan"
    )
    champion: float = parameter(0.8, "log-odds", 0.0, 4.0, "C18, C21; assumed", "effect of a champion on visits")
    champion_places: float = parameter(
        0.4, "log-odds", 0.0, 4.0, "C18; assumed", "effect of a champion on places of the plan"
    )
    climbed: float = parameter(
        0.8, "log-odds", 0.0, 4.0, "E04; assumed", "effect on taking up a request of its having gone to the mayor"
    )
    urged: float = parameter(
        0.3, "log-odds", 0.0, 4.0, "assumed", "effect on taking up a request of each further request of the community"
    )
    urged_most: int = parameter(
        4, "requests", 1, 50, "assumed", "open requests of a community beyond which more have no effect"
    )
    attended: int = parameter(6, "people", 1, 200, "assumed", "people at a meeting that counts as well attended")
    told: float = parameter(0.3, "meetings", 0.0, 5.0, "assumed", "weight of a leader who telephones an officer")
    prior: float = parameter(2.0, "events", 0.1, 30.0, "assumed", "weight of the prior in a chief's experience")
    memory: float = parameter(
        6.0, "months", 0.5, 60.0, "assumed; swept", "half-life of a chief's experience with hours and plans"
    )
    usual_visits: float = share_parameter(
        0.174, "calibrated: status quo mean", "hours of visits that correspond to the weekly plan", high=0.95
    )
    usual_arrests: float = share_parameter(
        0.22, "calibrated: status quo mean", "hours of arrests that correspond to usual stops", high=0.95
    )
    usual_places: float = share_parameter(
        0.194, "calibrated: status quo mean", "hours at places that correspond to plans.follow", high=0.95
    )
    focus: float = parameter(
        3.0, "ratio", 1.0, 5.0, "assumed; swept", "visits by plan in hours allocated to them, over other hours"
    )
    focus_stops: float = parameter(
        1.8, "ratio", 1.0, 4.5, "assumed; swept", "stops in hours allocated to arrests, over other hours"
    )


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
