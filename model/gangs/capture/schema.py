"""Declarations of capture: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row

CAPTURED, CAPTOR, FOUND, HEARD_OF, WARNED = (
    decision("bought"),
    decision("who buys"),
    decision("capture found"),
    decision("hears of a capture"),
    decision("warned"),
)
MAYOR = 4096
"""Who the mayor is to luck, beside the facilities."""


@dataclass(frozen=True, kw_only=True)
class Capture(Group):
    """How often a group buys somebody who governs or commands, what it gets, and how often it comes out."""

    name: ClassVar[str] = "capture"
    evidence: ClassVar[tuple[str, ...]] = ("E11", "I08", "I09", "I10", "J03")

    base: float = number(-4.0, "log of the rate", -30.0, 2.0, "I08; assumed; swept", "a year and group", off=-30.0)
    penury: float = number(0.8, "log of the rate", -1.0, 3.0, "I06; assumed", "effect of bad conditions, 0 to 1")
    integrity: float = number(1.5, "log of the rate", 0.0, 10.0, "assumed", "effect of integrity, 0 to 1")
    found: float = share(0.05, "I10; assumed", "of the captured, who are found out in a year")
    reveal: float = number(5.0, "ratio", 0.0, 50.0, "assumed", "how much more, if all misconduct were found out")
    warned: float = share(0.9, "I08; assumed", "warrants against the group of which it is warned")
    leak: float = share(0.6, "I08; assumed", "anonymous reports on the group that it hears of")


class Counts(Row):
    """What is counted in a month."""

    captures: float
    captures_found: float


WRITES = ("chiefs.captor", "hall.captor", "leaving", "tally.public_cases", "impressions")
