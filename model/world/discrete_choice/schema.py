"""Declarations of deciding: parameters, columns, tables and constants."""

from __future__ import annotations

from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec

BY_LUCK = -1
"""Reason of a choice that no single term decided."""


class ChoiceRecord(Row):
    """What somebody decided: ``who`` of the kind of agent that the matter says, which option with what chance, why.

    ``term`` is the number of the term that was decisive, or -1 for luck; ``v0`` … are the utilities of the options.
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
