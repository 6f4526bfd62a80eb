"""Declarations of capture: parameters, random streams, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class Capture(ParameterGroup):
    """Rate of capture of mayor and chiefs, what the captor gets, and the risk of exposure."""

    name: ClassVar[str] = "capture"
    evidence: ClassVar[tuple[str, ...]] = ("E11", "I08", "I09", "I10", "J03")

    base: float = parameter(
        -4.0, "log of the rate", -30.0, 2.0, "I08; assumed; swept", "rate of capture by a group, a year", off=-30.0
    )
    penury: float = parameter(
        0.8, "log of the rate", -1.0, 3.0, "I06; assumed", "effect of bad conditions, 0 to 1, on capture"
    )
    integrity: float = parameter(
        1.5, "log of the rate", 0.0, 10.0, "assumed", "effect of integrity, 0 to 1, against capture"
    )
    found: float = share_parameter(0.05, "I10; assumed", "captured officials who are found out in a year")
    reveal: float = parameter(
        5.0, "ratio", 0.0, 50.0, "assumed", "rate of being found out if all misconduct were found out, relative"
    )
    warned: float = share_parameter(0.9, "I08; assumed", "warrants against a group of which it is warned")
    leak: float = share_parameter(0.6, "I08; assumed", "anonymous reports on a group of which it hears")


class CaptureCounts(Row):
    """Monthly counts of captures and exposures."""

    captures: float
    captures_found: float


WRITTEN_COLUMNS = ("chiefs.captor", "hall.captor", "leaving", "tally.public_cases", "impressions")
