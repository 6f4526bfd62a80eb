"""Declarations of problem causes: random streams and the record of each sector."""

from __future__ import annotations

from typing import Annotated

from model.engine.domains import COUNT
from model.engine.random_streams import stream_id
from model.engine.rows import Row, zero_rows
from model.engine.tables import RowTableSpec

PROBLEM_NOTED_STREAM, LOOKED_INTO, NAMED_RIGHT = (
    stream_id("problem noted"),
    stream_id("problems looked into"),
    stream_id("cause right"),
)
NAMED_WRONG, LOOKED_AGAIN, CAUSE_TOLD = stream_id("wrong cause"), stream_id("looked at again"), stream_id("cause told")


class SectorRecord(Row):
    """Results of a sector on its problems.

    ``found`` counts causes found, ``tried`` responses that fit, ``better`` crimes prevented by them.
    """

    found: Annotated[int, COUNT]
    tried: Annotated[int, COUNT]
    better: Annotated[int, COUNT]


SECTOR_RECORD = RowTableSpec(
    name="sector_record",
    row=SectorRecord,
    per="one",
    start=lambda town: zero_rows(SectorRecord, len(town.sectors)),
    about="Problems found, tried and better, by sector: this alone.",
)
