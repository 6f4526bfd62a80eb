"""Declarations of pressure: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import POSITIVE, SHARE
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import RowTableSpec
from model.trust.events.schema import declare_event

SENT_AWAY, DOWNGRADED_STREAM = stream_id("turned away"), stream_id("downgraded")
TURNED_AWAY = declare_event(
    "turned_away", 19, "victim sent away", fair=0.1, fair_weight=0.3, effective=0.0, effective_weight=1.0
)


@dataclass(frozen=True, kw_only=True)
class Pressure(ParameterGroup):
    """Parameters of the pressure for figures, the chiefs' responses, and control."""

    name: ClassVar[str] = "pressure"
    evidence: ClassVar[tuple[str, ...]] = ("B20", "B22", "E13", "I10")

    level: float = share_parameter(0.3, "B22; assumed", "how far chiefs answer for the figure", role="lever", off=0.0)
    goal: float = share_parameter(0.1, "assumed", "fall of the figure that is asked", high=0.5, role="lever")
    base_months: float = parameter(
        12.0, "months", 1.0, 60.0, "assumed", "months over which a station's usual figure is averaged"
    )
    refuse: float = share_parameter(
        0.8, "assumed; swept", "victims sent away at full pressure and gap, for the slightest crime"
    )
    downgrade: float = share_parameter(0.5, "assumed; swept", "crimes downgraded at full pressure and gap")
    arrests: float = share_parameter(0.02, "B20; assumed", "stops that end in an easy arrest at full pressure and gap")
    control: float = share_parameter(0.1, "I10; assumed", "internal control of what is written down", role="lever")
    channel: float = share_parameter(0.0, "E13; assumed", "a complaint channel outside the police", role="lever")
    then_prosecutor: float = share_parameter(0.15, "V06; assumed", "those sent away who go to the prosecutor")
    weight: float = parameter(
        0.434, "evidence", 0.0, 2.0, "Z01; assumed: -7 points; swept -3 to -14", "weight of being sent away", off=0.0
    )


class FigureRow(Row):
    """Crime figure of a station: this month, usual, gap to the target, and the shares that follow from it."""

    month: Annotated[float, POSITIVE]
    base: Annotated[float, POSITIVE]
    gap: float
    refuse: Annotated[float, SHARE]
    downgrade: Annotated[float, SHARE]
    easy: Annotated[float, SHARE]


FIGURES = RowTableSpec(name="figures", row=FigureRow, per="facility", about="Figures of stations: this alone.")


class PressureCounts(Row):
    """Monthly counts of victims turned away, crimes downgraded, easy arrests and complaints."""

    refused: float
    downgraded: float
    arrests_easy: float
    complaints_outside: float
