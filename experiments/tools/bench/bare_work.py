"""Compute the work of a decade: so many draws, exponentials, rows of residents read and written.

Events, draws and exponentials are counted (`phases`, `counted_luck`); only how often an event reaches for a resident is
assumed, in the table below.
"""

from collections.abc import Mapping
from dataclasses import dataclass

YEARS = 10

REACHES: Mapping[str, tuple[float, float]] = {
    # by event: rows of residents read and written, wherever they lie.  Only residents count: every other table (cells,
    # couples, officers, a page of the daybook) is small enough to stay near.
    "impressions": (3.0, 1.0),  # whose ties they are told along, then mind and settlement of who learns; the mind
    "contacts": (3.0, 1.0),  # the list of who is here, person and mind; when they last met
    "candidates": (3.0, 0.0),  # place, person and mind: most come to nothing
    "incidents": (2.0, 1.0),  # who tells, with what trust; when they were harmed
    "calls": (1.0, 0.0),  # who called
    "outside": (1.0, 1.0),  # harmed outside: person, when
    "payments": (1.0, 0.0),  # who pays
    "births": (2.0, 1.0),  # mother and child; the child's mind
    "natural_deaths": (2.0, 1.0),  # person and mind; gone
}


@dataclass(frozen=True)
class Work:
    """Work of a decade: numbers of reads, writes, draws, exponentials and passes."""

    rows: int
    row_bytes: int
    reads: int
    writes: int
    draws: int
    exponentials: int
    passes: int
    """How often all residents are gone through in their order: once a month."""

    def share(self, part: float) -> "Work":
        """Return this share of the work on the same residents."""
        counts = {name: round(part * getattr(self, name)) for name in ("reads", "writes", "draws", "exponentials")}
        return Work(self.rows, self.row_bytes, **counts, passes=round(part * self.passes))


def work_of(counts: Mapping[str, float], draws: float, exponentials: float, rows: int, row_bytes: int) -> Work:
    """Return the work of a decade in which so many events of each kind happen."""
    reads, writes = (sum(n * REACHES[kind][side] for kind, n in counts.items() if kind in REACHES) for side in (0, 1))
    return Work(rows, row_bytes, round(reads), round(writes), round(draws), round(exponentials), 12 * YEARS)
