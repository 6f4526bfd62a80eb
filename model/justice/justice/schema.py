"""Declarations of justice: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.causes import cause
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Column, Row
from model.engine.tables import COUNTED, Field, Growing
from model.town.crime_kinds import N_KINDS

BLAME, CHARGE, SENTENCE, WRONG = decision("blame"), decision("charge"), decision("sentence"), decision("wrong")
REMAND, TERM, MEMBER = decision("remand"), decision("term"), decision("member")
RELEASE, HELD, CHARGED, DROPPED = cause("release", 8), cause("held", 9), cause("charged", 10), cause("dropped", 11)
NEVER, CLOSED = -1, -1
"""A file's clock that has not begun, and its passes when it is closed."""


@dataclass(frozen=True, kw_only=True)
class Justice(Group):
    """What becomes of arrests and complaints, and whom victims blame."""

    name: ClassVar[str] = "justice"
    evidence: ClassVar[tuple[str, ...]] = ("H02", "H03", "H04", "V12", "V16")

    hours: float = number(
        3.0, "hours", 0.0, 12.0, "concept: judge within 6 h; assumed", "time an arrest costs the couple"
    )
    blame: float = share(
        0.5,
        "H04; assumed; swept 0-1",
        "victims who credit or blame the police with what judges and prosecutors do",
        off=0.0,
    )
    wrong: float = share(0.05, "assumed; swept", "arrests for an act that take somebody else")
    charge_act: float = share(0.5, "calibrated: V16", "files of those caught in the act that are charged")
    charge_warrant: float = share(0.8, "calibrated: V16", "the same of those arrested by a warrant")
    remand: float = number(6.0, "months", 0.1, 60.0, "assumed; swept", "mean time held before a charge")
    trial: float = number(10.0, "months", 0.1, 60.0, "assumed", "time from charge to sentence, held")
    sentence: float = share(0.44, "V16: 2.0 of 4.6 %", "charged cases that end in a sentence")
    years: float = number(12.0, "years", 0.1, 50.0, "assumed", "mean sentence of the gravest act")
    term: float = number(1.0, "ratio", 0.0, 10.0, "experiment", "length of sentences, relative")


class Lesson(Row):
    """What a resident has learned of complaining."""

    useful: Annotated[float, Column("belief that a complaint is useful", "log-odds")]


class File(Row):
    """A file at the prosecutor: an act, its teller (-1 without complaint), whom it names, and how far it has come.

    ``served`` is when somebody was held for it, ``warrant`` and ``charged`` when that came, -1 for never; ``other`` is
    1 if somebody else was taken; ``doubt`` is the chance that what is known proves nothing; ``board`` is the board that
    handed the case over, or -1.
    """

    filed: int
    number: int
    kind: int
    zone: int
    teller: int
    offender: int
    generation: int
    member: int
    served: int
    warrant: int
    charged: int
    passes: int
    tries: int
    other: int
    board: int
    gravity: float
    doubt: float


CLEARED = Field(
    name="cleared_by",
    of=np.int64,
    shape=(N_KINDS,),
    monthly=True,
    exempt=COUNTED,
    about="Complaints cleared by kind: somebody is held for the act, or there is a warrant.",
)
CHARGED_BY = Field(
    name="charged_by", of=np.int64, shape=(N_KINDS,), monthly=True, exempt=COUNTED, about="Files charged, by kind."
)
FILES = Growing(name="files", row=File, room=1024, about="Files at the prosecutor: justice and investigation.")


class Counts(Row):
    """What is counted in a month."""

    arrests: float
    arrests_act: float
    arrests_without_incident: float
    held: float
    released: float
    charged: float
    dropped: float
    sentenced: float
