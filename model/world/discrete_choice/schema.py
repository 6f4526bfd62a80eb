"""Declarations of discrete choice: the record of a choice and its table."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from model.engine.choices import CHOICES_DECLARED, MOST_OPTIONS, MOST_TERMS
from model.engine.domains import KEY, PAST, SHARE, code_of
from model.engine.rows import Row, Rows
from model.engine.tables import GrowingTableSpec, TableSizes

NO_DECISIVE_TERM = -1
"""Reason recorded for a choice that no single term decided."""
SMALLEST_GUMBEL_UNIFORM = 1e-300
"""Added to a uniform before its double logarithm, which is infinite at 0."""


class ChoiceRecord(Row):
    """Record of a choice: ``who`` is the row of the agent, ``chance`` the probability of the option.

    ``term`` is the decisive term, or -1 if none was; ``v0`` to ``v4`` are the utilities of the options in log-odds.
    """

    tick: Annotated[int, PAST]
    matter: Annotated[int, KEY]
    who: Annotated[int, KEY]
    option: Annotated[int, code_of(MOST_OPTIONS)]
    term: Annotated[int, code_of(MOST_TERMS, none=True)]
    chance: Annotated[float, SHARE]
    v0: float
    v1: float
    v2: float
    v3: float
    v4: float


def are_declared(rows: Rows[ChoiceRecord]) -> bool:
    """Each choice is in a declared matter, with one of its options and of its terms."""
    declared = sorted((number, len(one.options), len(one.terms) + 1) for number, one in CHOICES_DECLARED.items())
    numbers, options, terms = np.array(declared, np.int64).reshape(-1, 3).T
    if not len(numbers):
        return not len(rows)
    at = np.minimum(np.searchsorted(numbers, rows["matter"]), len(numbers) - 1)
    known = (numbers[at] == rows["matter"]) & (rows["option"] < options[at]) & (rows["term"] < terms[at])
    return bool(known.all())


def choices_are_declared(state: Any, town: Any, sizes: TableSizes) -> bool:
    """Each choice is in a declared matter, with one of its options and of its terms."""
    return are_declared(state[CHOICES].used_rows())


CHOICES = GrowingTableSpec(
    name="choices",
    row=ChoiceRecord,
    about="What was decided this month: every mechanism that decides.",
    rule=choices_are_declared,
)
