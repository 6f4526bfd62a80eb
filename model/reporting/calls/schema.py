"""Declarations of other calls: parameters, counts and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

CALL_COUNT, CALL_WHO, CALL_MARK, CALL_GRAVITY, CALL_MINUTE, CALL_LINE = (
    stream_id("other call count"),
    stream_id("other call who"),
    stream_id("other call mark"),
    stream_id("other call gravity"),
    stream_id("other call minute"),
    stream_id("other call line"),
)
MOST_CALLS, MOST_BY_LEADER = 0.4, 24.0
"""Bounds of the calls a year of a resident, and of a leader to an officer's own phone."""
CALL_ID_OFFSET, LEADER_ID_OFFSET = 2147483648, 1048576
"""Call j has the number `CALL_ID_OFFSET` + j; those of leaders are moved by `LEADER_ID_OFFSET` too."""


@dataclass(frozen=True, init=False)
class OtherCalls(ParameterGroup):
    """Parameters of calls about other things than recorded crimes."""

    name: ClassVar[str] = "calls"
    evidence: ClassVar[tuple[str, ...]] = ("C13", "E05", "F12", "H05")

    rate: float
    weekend_night: float
    settled: float
    leaders: float
    gravity: float


class CallCounts(Row):
    """Counts of a month."""

    calls_other: float
    calls_own_phone: float
