"""Domains: the values that each column and array of the state may hold, declared where it is declared.

`model.simulation.state_check` refuses a saved state with any other value, before a kernel reads it.  Numbers of rows
are known only for a town, so a domain names the table that an index points into.

>>> row_of("cell", none=True).limits({"cell": 20})
(-1, 19)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Domain:
    """Range of the values of a column, both ends included.

    Attributes
    ----------
    low, high
        Smallest and largest value.
    rows_of
        Entity or table whose last row is the largest value instead; "tick" and "month" stand for the present.
    about
        Kind of number, for error messages.
    """

    low: float
    high: float = 0.0
    rows_of: str = ""
    about: str = "a number"

    def limits(self, sizes: Mapping[str, int]) -> tuple[float, float]:
        """Return the smallest and largest value, given the number of rows of each table."""
        return self.low, sizes[self.rows_of] - 1 if self.rows_of else self.high


def row_of(table: str, *, none: bool = False) -> Domain:
    """Return the domain of row numbers of a table or an entity; ``none`` allows -1."""
    return Domain(-1 if none else 0, rows_of=table, about=f"a row of '{table}'" + (" or -1" if none else ""))


def code_of(n: int, *, none: bool = False) -> Domain:
    """Return the domain of the numbers of ``n`` names; ``none`` allows -1."""
    return Domain(-1 if none else 0, n - 1, about="a number of a list" + (" or -1" if none else ""))


EARLIEST_TICK, LATEST_TICK = -200_000, 8_000_000
"""Ticks of the years 1817 and 9299: both are dates."""
LARGEST_COUNT, LARGEST_KEY, LARGEST_REAL, LARGEST_LOG_ODDS = 2**31 - 1, 2**62, 1e12, 300.0
"""Events, keys of random streams, real numbers, log-odds; the exponential of the last is finite."""
FLAG = Domain(0, 1, about="0 or 1")
COUNT = Domain(0, LARGEST_COUNT, about="a count")
PAST = Domain(EARLIEST_TICK, rows_of="tick", about="a shift up to the present")
TICK = Domain(EARLIEST_TICK, LATEST_TICK, about="a shift")
MONTH_NUMBER = Domain(12 * 1900, rows_of="month", about="a month up to the present")
"""Twelve times the year, plus 0 to 11."""
KEY = Domain(-LARGEST_KEY, LARGEST_KEY, about="a key of random streams")
SHARE = Domain(0.0, 1.0, about="a share")
REAL = Domain(-LARGEST_REAL, LARGEST_REAL)
POSITIVE = Domain(0.0, LARGEST_REAL)
MINUTE = Domain(0.0, 1440.0, about="a minute")
"""Minutes from the start of a shift; calls wait for a day at most."""
UNDECLARED = Domain(1.0, 0.0, about="declared")
"""Domain of integers that declare none: no value is allowed in a state."""
DOMAIN_OF_UNIT = {
    "0 or 1": FLAG,
    "0-1": SHARE,
    "tick": PAST,
    "evidence": POSITIVE,
    "odds": POSITIVE,
    "log-odds": Domain(-LARGEST_LOG_ODDS, LARGEST_LOG_ODDS, about="log-odds"),
}
"""Domain of the columns with a unit, unless they declare another one."""
