"""Declarations of near repeats: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import KEY, LARGEST_COUNT, TICK, Domain, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.town.crime_kinds import N_KINDS

REPEAT_COUNT, REPEAT_DELAY, REPEAT_PLACE = (
    stream_id("repeat count"),
    stream_id("repeat delay"),
    stream_id("repeat place"),
)
REPEAT_VICTIM, REPEAT_NAME = stream_id("repeat victim"), stream_id("repeat name")
MAX_REPEATS = 16
"""Near repeats of one crime at most."""
REPEAT_ID_OFFSET, REPEAT_ID_RANGE = 268435456, 16777216
"""Incident numbers of near repeats lie above 2**28, with room for 2**24 of each kind of crime."""


@dataclass(frozen=True, init=False)
class NearRepeat(ParameterGroup):
    """Number, delay and place of the further crimes that a crime breeds nearby."""

    name: ClassVar[str] = "near_repeat"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    kappa: float
    days: float
    same_cell: float
    same_victim: float


class PendingRepeat(Row):
    """Near repeat that is due at `tick`, by the same offender; `victim` is -1 for anybody present."""

    tick: Annotated[int, TICK]
    number: Annotated[int, KEY]
    kind: Annotated[int, code_of(N_KINDS)]
    cell: Annotated[int, row_of("cell")]
    victim: Annotated[int, row_of("resident", none=True)]
    offender: Annotated[int, row_of("offenders", none=True)]
    generation: Annotated[int, Domain(-1, LARGEST_COUNT)]


PENDING_REPEATS = GrowingTableSpec(
    name="repeats", row=PendingRepeat, room=1024, about="Repeats to come: this and crime."
)


class NearRepeatCounts(Row):
    """Monthly counts of near repeats."""

    repeats: float
