"""Declarations of problem work: random streams, minutes asked for, and counts."""

from __future__ import annotations

import numpy as np

from model.engine.domains import POSITIVE
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec

RESPONSE_BEGINS_STREAM, RESPONSE_LAPSES_STREAM, PASSED_ON = (
    stream_id("response begins"),
    stream_id("response lapses"),
    stream_id("response handed over"),
)
PROBLEM_MARK = ArraySpec(
    name="problem_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes for problems that had been asked for a month ago: this alone.",
    domain=POSITIVE,
)


class ProblemWorkCounts(Row):
    """Monthly counts of work on problems."""

    problems_renewed: float
    problems_noted: float
    causes_right: float
    causes_wrong: float
    causes_told: float
    responses_begun: float
    responses_fitting: float
    responses_lapsed: float
    crimes_refused: float
