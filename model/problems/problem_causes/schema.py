"""Declarations of problem causes: parameters, columns, tables and constants."""

from __future__ import annotations

from model.engine.random_streams import decision
from model.engine.rows import Row, zeros
from model.engine.tables import Table

NOTICED, LOOKED_INTO, NAMED_RIGHT = decision("problem noted"), decision("problems looked into"), decision("cause right")
NAMED_WRONG, LOOKED_AGAIN, CAUSE_TOLD = decision("wrong cause"), decision("looked at again"), decision("cause told")


class Record(Row):
    """What a sector has done about its problems: causes found, responses that fit, crimes that these kept away."""

    found: int
    tried: int
    better: int


SECTOR_RECORD = Table(
    name="sector_record",
    row=Record,
    per="one",
    start=lambda town: zeros(Record, len(town.sectors)),
    about="Problems found, tried and better, by sector: this alone.",
)
