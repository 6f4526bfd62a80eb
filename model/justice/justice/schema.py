"""Declarations of justice: parameters, columns, tables, kinds of events and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.domains import COUNT, FLAG, KEY, LARGEST_COUNT, PAST, SHARE, Domain, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec
from model.town.crime_kinds import N_KINDS
from model.trust.events.schema import declare_event

BLAME_STREAM, CHARGE_STREAM, SENTENCE_STREAM, WRONG_STREAM = (
    stream_id("blame"),
    stream_id("charge"),
    stream_id("sentence"),
    stream_id("wrong"),
)
REMAND_STREAM, TERM_STREAM, MEMBER_STREAM = stream_id("remand"), stream_id("term"), stream_id("member")
RELEASE_CAUSE = declare_event("release", 8)
HELD_CAUSE = declare_event("held", 9)
CHARGED_CAUSE = declare_event("charged", 10)
DROPPED_CAUSE = declare_event("dropped", 11)
CLOCK_NOT_STARTED, FILE_CLOSED = -1, -1
"""Date of a step of a file that has not come; `passes` of a closed file."""


@dataclass(frozen=True, init=False)
class Justice(ParameterGroup):
    """Outcomes and delays of arrests and complaints, and the share of victims who blame the police."""

    name: ClassVar[str] = "justice"
    evidence: ClassVar[tuple[str, ...]] = ("H02", "H03", "H04", "V12", "V16")

    hours: float
    blame: float
    wrong: float
    charge_act: float
    charge_warrant: float
    remand: float
    trial: float
    sentence: float
    years: float
    term: float
    lesson_charged: float
    lesson_dropped: float


class ComplaintExperience(Row):
    """Belief of a resident about complaints, learned from their outcomes."""

    useful: Annotated[float, Column("belief that a complaint is useful", "log-odds")]


class CaseFile(Row):
    """Case file at the prosecutor.

    `filed`, `number` and `kind` are the tick, number and kind of the act, `gravity` is its severity.  `teller` is the
    reporter, -1 without a complaint; `board` the communal board that handed the case over, or -1.  The suspect is an
    offender slot with its generation, or a clique `member`, or -1.  `warrant`, `served` (somebody is held) and
    `charged` are ticks, -1 for never; `other` is 1 if the wrong person is held.  `passes` counts the attempts of
    detectives, `tries` those of the police to serve the warrant.  `doubt` is the probability, 0 to 1, that the evidence
    proves nothing.
    """

    filed: Annotated[int, PAST]
    number: Annotated[int, KEY]
    kind: Annotated[int, code_of(N_KINDS)]
    zone: Annotated[int, row_of("settlement")]
    teller: Annotated[int, row_of("resident", none=True)]
    offender: Annotated[int, row_of("offenders", none=True)]
    generation: Annotated[int, Domain(-1, LARGEST_COUNT)]
    member: Annotated[int, row_of("resident", none=True)]
    served: Annotated[int, PAST]
    warrant: Annotated[int, PAST]
    charged: Annotated[int, PAST]
    passes: Annotated[int, Domain(-1, LARGEST_COUNT)]
    tries: Annotated[int, COUNT]
    other: Annotated[int, FLAG]
    board: Annotated[int, row_of("authority", none=True)]
    gravity: Annotated[float, SHARE]
    doubt: Annotated[float, SHARE]


CLEARED_BY = ArraySpec(
    name="cleared_by",
    of=np.int64,
    shape=(N_KINDS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Complaints cleared by kind: somebody is held for the act, or there is a warrant.",
    domain=COUNT,
)
CHARGED_BY = ArraySpec(
    name="charged_by",
    of=np.int64,
    shape=(N_KINDS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Files charged, by kind.",
    domain=COUNT,
)
FILES = GrowingTableSpec(
    name="files", row=CaseFile, room=1024, about="Files at the prosecutor: justice and investigation."
)


class JusticeCounts(Row):
    """Monthly counts of arrests and court decisions."""

    arrests: float
    arrests_act: float
    arrests_without_incident: float
    held: float
    released: float
    charged: float
    dropped: float
    sentenced: float
