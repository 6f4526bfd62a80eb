"""Declarations of discrete choice: the record of a choice and its table."""

from __future__ import annotations

from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec

BY_LUCK = -1
"""Reason recorded for a choice that no single term decided."""
SMALLEST_GUMBEL_UNIFORM = 1e-300
"""Added to a uniform before its double logarithm, which is infinite at 0."""


class ChoiceRecord(Row):
    """Record of a choice: ``who`` is the row of the agent, ``chance`` the probability of the option.

    ``term`` is the decisive term, or -1 if none was; ``v0`` to ``v4`` are the utilities of the options in log-odds.
    """

    tick: int
    matter: int
    who: int
    option: int
    term: int
    chance: float
    v0: float
    v1: float
    v2: float
    v3: float
    v4: float


CHOICES = GrowingTableSpec(
    name="choices", row=ChoiceRecord, about="What was decided this month: every mechanism that decides."
)
