"""Declarations of consent: choices of authorities with their terms, parameters, table and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.choices import declare_choice
from model.engine.domains import FLAG, PAST
from model.engine.parameters import ParameterGroup
from model.engine.rows import Column, Row, int64_constant
from model.engine.tables import RowTableSpec

PATROL_CHOICE = declare_choice(
    "patrol in a canton", "authority", ("withhold", "give"), ("answered", "conduct", "kept", "protocol"), ordered=True
)
OPERATION_CHOICE = declare_choice(
    "operation in a canton", "authority", ("withhold", "give"), ("answered", "conduct", "protocol"), ordered=True
)
ARREST_CHOICE = declare_choice(
    "arrest in a canton", "authority", ("withhold", "give"), ("gravity", "conduct", "returned", "legitimacy"),
    ordered=True,
)  # fmt: skip
TWO_OPTIONS, PATROL_TERMS, OPERATION_TERMS, ARREST_TERMS = (int64_constant(k) for k in (2, 5, 4, 5))
"""Options of each choice, and its terms, the habit of an option (term 0) included."""


@dataclass(frozen=True, init=False)
class Consent(ParameterGroup):
    """Parameters of the consent of communal authorities to patrol, operations and arrests."""

    name: ClassVar[str] = "consent"
    evidence: ClassVar[tuple[str, ...]] = ("F01", "F07", "F08", "F09", "F10", "F18", "F27", "L07")

    asked: int
    patrol: float
    patrol_answered: float
    patrol_conduct: float
    patrol_kept: float
    patrol_protocol: float
    operation: float
    operation_answered: float
    operation_conduct: float
    operation_protocol: float
    arrest: float
    arrest_gravity: float
    arrest_conduct: float
    arrest_returned: float
    arrest_legitimacy: float


class ConsentRow(Row):
    """Decisions of an authority in force: on patrol this month, on the operation of a shift.

    ``asked`` is 1 if police asked it about patrol this month; ``operation_tick`` is the shift for which they last asked
    to operate, -1 if never.
    """

    asked: Annotated[int, Column("asked about patrol this month", "0 or 1", 0), FLAG]
    patrol: Annotated[int, Column("consents to patrol", "0 or 1", 1), FLAG]
    operation: Annotated[int, Column("consented to the last operation", "0 or 1", 0), FLAG]
    operation_tick: Annotated[int, Column("shift of the last operation asked for", "tick", -1), PAST]


CONSENT = RowTableSpec(name="consent", row=ConsentRow, per="authority", about="Decisions on police acts: this alone.")


class ConsentCounts(Row):
    """Monthly counts of consent: asked for, given, and what did not take place for want of it."""

    consent_patrol_asked: float
    consent_patrol_given: float
    consent_visits_withheld: float
    consent_operations_asked: float
    consent_operations_given: float
    consent_arrests_asked: float
    consent_arrests_given: float
    consent_arrests_communal: float


WRITTEN_COLUMNS = ("visits.alive", "choices")
