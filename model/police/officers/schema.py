"""Declarations of officers: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import COUNT
from model.engine.parameters import ParameterGroup
from model.engine.rows import Row
from model.engine.tables import RowTableSpec

MAX_STATE = 2.0
"""Largest distance of a state from the disposition, in log-odds; assumed."""


@dataclass(frozen=True, init=False)
class Officers(ParameterGroup):
    """Parameters of officers' states: what moves them, their half-life, and their effects on work."""

    name: ClassVar[str] = "officers"
    evidence: ClassVar[tuple[str, ...]] = ("C16", "C24", "C25", "F18", "G06", "G12", "G13", "I05", "I11", "I12")

    months: float
    warmth: float
    meeting: float
    friendly: float
    attack: float
    load: float
    night: float
    faith_tone: float
    stress_tone: float
    kept: float
    keen: float
    bold: float
    faith: float
    safety: float
    stress: float


class DutyMonth(Row):
    """Experiences of an officer on duty in this month."""

    nights: Annotated[int, COUNT]
    calls: Annotated[int, COUNT]
    friendly: Annotated[int, COUNT]
    attacks: Annotated[int, COUNT]
    meetings: Annotated[int, COUNT]
    warmth: float


DUTY = RowTableSpec(
    name="duty",
    row=DutyMonth,
    per="officer",
    about="The month of every officer: this; contacts adds what was friendly.",
)
