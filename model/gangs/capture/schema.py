"""Declarations of capture: parameters, random streams, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

BOUGHT_STREAM, WHO_BUYS_STREAM, CAPTURE_FOUND_STREAM, HEARD_OF, WARNED_STREAM = (
    stream_id("bought"),
    stream_id("who buys"),
    stream_id("capture found"),
    stream_id("hears of a capture"),
    stream_id("warned"),
)
MAYOR_ID = 4096
"""Entity of the mayor in random streams; chiefs have the numbers of their facilities."""


@dataclass(frozen=True, init=False)
class Capture(ParameterGroup):
    """Rate of capture of mayor and chiefs, what the captor gets, and the risk of exposure."""

    name: ClassVar[str] = "capture"
    evidence: ClassVar[tuple[str, ...]] = ("E11", "I08", "I09", "I10", "J03")

    base: float
    penury: float
    integrity: float
    found: float
    reveal: float
    warned: float
    leak: float


class CaptureCounts(Row):
    """Monthly counts of captures and exposures."""

    captures: float
    captures_found: float


WRITTEN_COLUMNS = ("chiefs.captor", "hall.captor", "leaving", "tally.public_cases", "impressions")
