"""Declarations of officers: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import COUNT
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.rows import Row
from model.engine.tables import RowTableSpec

MAX_STATE = 2.0
"""Largest distance of a state from the disposition, in log-odds; assumed."""


@dataclass(frozen=True, kw_only=True)
class Officers(ParameterGroup):
    """Parameters of officers' states: what moves them, their half-life, and their effects on work."""

    name: ClassVar[str] = "officers"
    evidence: ClassVar[tuple[str, ...]] = ("C16", "C24", "C25", "F18", "G06", "G12", "G13", "I05", "I11", "I12")

    months: float = parameter(
        6.0,
        "months",
        0.5,
        60.0,
        "assumed; swept",
        "half-life of an officer's stress, felt safety, motivation and faith",
    )
    warmth: float = parameter(
        0.002,
        "log-odds",
        0.0,
        0.05,
        "G06, G13; assumed",
        "effect on faith of a contact with somebody of trust 1 over neutral",
        off=0.0,
    )
    meeting: float = parameter(
        0.05, "log-odds", 0.0, 1.0, "F18; assumed", "effect of a meeting on faith and felt safety", off=0.0
    )
    friendly: float = parameter(
        0.001, "log-odds", 0.0, 0.05, "G12; assumed", "effect of a friendly contact on motivation", off=0.0
    )
    attack: float = parameter(
        0.05, "log-odds", 0.0, 1.0, "C24, I12; assumed",
        "effect of a killing or clash nearby on stress and felt safety", off=0.0,
    )  # fmt: skip
    load: float = parameter(0.003, "log-odds", 0.0, 0.2, "I11; assumed", "effect of a call served on stress", off=0.0)
    night: float = parameter(0.001, "log-odds", 0.0, 0.2, "assumed", "effect of a night on duty on stress", off=0.0)
    faith_tone: float = parameter(
        0.3, "log-odds", 0.0, 2.0, "concept M29; assumed", "effect of faith on fair treatment"
    )
    stress_tone: float = parameter(0.3, "log-odds", 0.0, 2.0, "C24; assumed", "effect of stress against fair treatment")
    kept: float = parameter(3.5, "log-odds", -2.0, 40.0, "assumed", "readiness to make planned visits", off=40.0)
    keen: float = parameter(0.5, "log-odds", 0.0, 3.0, "G12; assumed", "effect of motivation on making planned visits")
    bold: float = parameter(0.3, "log-odds", 0.0, 3.0, "F18; assumed", "effect of felt safety on making planned visits")
    faith: float = share_parameter(0.45, "assumed", "mean disposition to trust the community")
    safety: float = share_parameter(0.45, "C24, I12; assumed", "mean disposition to feel safe")
    stress: float = share_parameter(0.5, "C24; assumed", "mean disposition to stress")


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
