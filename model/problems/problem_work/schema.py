"""Declarations of problem work: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.random_streams import decision
from model.engine.rows import Row
from model.engine.tables import Field

BEGUN, LAPSED, PASSED_ON = decision("response begins"), decision("response lapses"), decision("response handed over")
PROBLEM_MARK = Field(
    name="problem_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes for problems that had been asked for a month ago: this alone.",
)


class Counts(Row):
    """What is counted in a month."""

    problems_renewed: float
    problems_noted: float
    causes_right: float
    causes_wrong: float
    causes_told: float
    responses_begun: float
    responses_fitting: float
    responses_lapsed: float
    crimes_refused: float
