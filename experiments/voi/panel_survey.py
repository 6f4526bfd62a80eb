"""A panel survey of n adults that tells accounts apart: two waves a year apart, with experiences in between.

Under each account the same survey has been simulated with very many adults. A survey of n finds these coefficients with
standard errors that grow as one over the root of n.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from experiments.statistics.value_of_information import Decision, Reals, value_of_survey
from experiments.words.toml_files import toml_beside
from scenarios import accounts

PREDICTIONS_FILE = Path(__file__).with_name("panel_predictions.toml")
"""Coefficients of the survey under each account, from simulated panels of 400,000 adults."""
SIZES = (50, 100, 200, 500, 1000, 1500, 2500, 5000)
"""Persons of the surveys that are valued."""
SURVEYS = 400
"""Surveys that are simulated under each account."""


@cache
def panel_findings() -> tuple[Reals, Reals]:
    """Return the coefficients under each account (accounts × findings), and their errors with one person."""
    table = toml_beside(__file__, PREDICTIONS_FILE.name)
    rows = [table[name] for name in accounts.names()]
    coefficients = np.array([[one["coefficient"] for one in row.values()] for row in rows])
    errors = np.array([[one["error"] for one in row.values()] for row in rows])
    return coefficients, errors.mean(axis=0) * math.sqrt(table["interviewed"])


def survey_values(decision: Decision, seed: int, sizes: Sequence[int] = SIZES) -> Iterator[tuple[int, float]]:
    """Yield the value of a panel of each size; all sizes share their random numbers."""
    coefficients, error_of_one = panel_findings()
    for size in sizes:
        rng = np.random.default_rng(seed)
        yield size, value_of_survey(decision, coefficients, error_of_one / math.sqrt(size), rng, SURVEYS)
