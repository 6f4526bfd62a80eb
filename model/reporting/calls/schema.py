"""Declarations of other calls: parameters, counts and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class OtherCalls(ParameterGroup):
    """Parameters of calls about other things than recorded crimes."""

    name: ClassVar[str] = "calls"
    evidence: ClassVar[tuple[str, ...]] = ("C13", "E05", "F12", "H05")

    rate: float = parameter(
        48.0, "a year and 1,000 adults", 0.0, 200.0, "orders of magnitude: 2,500-12,000 and 300-2,500 a year; assumed",
        "calls of adults about other things than crimes", off=0.0,
    )  # fmt: skip
    weekend_night: float = parameter(
        1.5, "ratio", 1.0, 2.0, "B19; assumed", "calls about other things than crimes on weekend nights, relative"
    )
    settled: float = share_parameter(
        0.85, "F12; assumed", "such calls that a communal authority settles where it reaches everybody"
    )
    leaders: float = parameter(
        1.5, "a year", 0.0, 24.0, "E05; orders of magnitude: 150-3,000 a year; assumed",
        "calls of a community leader to an officer's own phone", off=0.0,
    )  # fmt: skip
    gravity: float = share_parameter(
        0.15, "assumed: little beside crimes", "mean severity of calls about other things than crimes", high=0.5
    )


class CallCounts(Row):
    """Counts of a month."""

    calls_other: float
    calls_own_phone: float
