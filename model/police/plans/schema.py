"""Declarations of plans: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import COUNT, POSITIVE, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec
from model.world.shift_events import CASEWORK, CHECKPOINT, N_PLAN_CELLS, N_PROBLEMS, PROBLEM

DIAGNOSIS_STREAM, ANALYSED_STREAM, PLAN_MODE = stream_id("diagnosis"), stream_id("analysed"), stream_id("plan mode")
TAKEN_UP = stream_id("request taken up")
TASK_FORCE, POST_HOUR = stream_id("task force"), stream_id("post hour")
MODE_PREVENTIVE, MODE_REACTIVE, MODE_INVESTIGATIVE = range(3)
POSTS_HELD = stream_id("posts held")
KIND_BY_MODE = np.array([PROBLEM, CHECKPOINT, CASEWORK])
MONTHLY_RETAINED_SHARE = 2.0 / 3.0
"""Share of the crime loads retained after a month, so that about three months count; assumed."""
NAMED_SHIFT_WEIGHT, OTHER_SHIFT_WEIGHT = 2.0, 0.5
"""Weights of the shift that a plan names and of the others: posts and stretches are moved to it; assumed."""
ROUNDING_TOLERANCE = 1e-9
"""Loads that differ by less are equal, since sums of severities depend on their order; so small a load is none."""


@dataclass(frozen=True, init=False)
class Plans(ParameterGroup):
    """Parameters of planning by stations (FIAPOL, FAES) and of following plans."""

    name: ClassVar[str] = "plans"
    evidence: ClassVar[tuple[str, ...]] = (
        "B09", "B13", "B14", "B20", "B22", "B23", "D01", "D02", "D03", "D10", "D12", "D13", "E13", "F23",
    )  # fmt: skip

    formats: float
    diagnosis: float
    diagnosed: float
    analysis: float
    follow: float
    followed: float
    posts: int
    post_hours: float
    task_force: float
    bust: float
    trained: float
    founded: float
    investigative: float
    alive: int
    inquiry: float
    takes_request: float


PLAN_CELLS = ArraySpec(
    name="plan_cells",
    of=np.int64,
    shape=("facility", N_PLAN_CELLS),
    first=-1.0,
    about="Places of each plan: this alone.",
    domain=row_of("cell", none=True),
)
PLANNED_HERE = ArraySpec(
    name="planned_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Visits by plan, by cell: this alone.",
    domain=COUNT,
)
KNOWN = ArraySpec(
    name="known",
    of=np.float64,
    shape=("cell", N_PROBLEMS, 3),
    about="Crime a station knows of, by shift: information; it fades here.",
    domain=POSITIVE,
)
HAPPENED = ArraySpec(
    name="happened", of=np.float64, shape=("cell", N_PROBLEMS), about="The same of what happened.", domain=POSITIVE
)
TOLD_CRIME = ArraySpec(
    name="told", of=np.float64, shape=("cell",), about="The same of what the state was told.", domain=POSITIVE
)
ATLAS = ArraySpec(
    name="atlas",
    of=np.float64,
    shape=("cell", N_PROBLEMS),
    about="The same of what headquarters has mapped.",
    domain=POSITIVE,
)


class PlanCounts(Row):
    """Monthly counts of diagnoses, plans, and visits by plan."""

    formats: float
    diagnoses: float
    visits_by_plan: float
    visits_on_post: float
    visits_where_diagnosed: float
    preventive_visits: float
    plans_with_request: float


WRITTEN_COLUMNS = (
    "plans.mode", "plans.kind", "plans.hour", "plans.n", "plans.founded", "plans.holds",
    "plans.changed", "plans.made", "plans.product", "plans.months", "plans.visits", "choices",
)  # fmt: skip
