"""The map as plain objects, read once from the tables of the town (ODD section 2)."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oracle.gangs import Clique
    from oracle.people import Resident

Places = list[tuple["Cell", float]]
"""Cells with cumulative weights."""


@dataclass(eq=False)
class Cell:
    """A cell of the map."""

    number: int
    x: int
    y: int
    population: int
    settlement: int
    schools: int
    bars: int
    road: int
    core: bool
    market: bool
    lure: float
    facility: int
    minutes: float
    seat_minutes: float
    neighbours: "list[Cell | None]" = field(default_factory=list)
    present: "list[list[Resident]]" = field(default_factory=lambda: [[] for _ in range(9)])
    held_by: "Clique | None" = None
    protectors: int = -1
    lit: int = 0
    filmed: int = 0
    is_lit: bool = False
    is_filmed: bool = False
    n_visits: int = 0
    last_seen: int = -1

    @property
    def protected(self) -> bool:
        """Whether a group of protectors keeps thieves away."""
        return self.protectors >= 0

    @property
    def zone(self) -> int:
        """Settlement of the cell, or the first for a cell without."""
        return max(self.settlement, 0)

    def away(self, other: "Cell") -> float:
        """Straight distance to another cell, in cells."""
        return math.sqrt((self.x - other.x) ** 2 + (self.y - other.y) ** 2)


def read_cells(cells: Any, near: Any) -> list[Cell]:
    """Return the cells with their neighbours W, E, S, N, SW, SE, NW, NE; None is outside."""
    read = [
        Cell(
            number=number,
            x=int(row["x"]),
            y=int(row["y"]),
            population=int(row["population"]),
            settlement=int(row["settlement"]),
            schools=int(row["schools"]),
            bars=int(row["bars"]),
            road=int(row["road"]),
            core=bool(row["core"]),
            market=bool(row["market"]),
            lure=float(row["lure"]),
            facility=int(row["facility"]),
            minutes=float(row["minutes"]),
            seat_minutes=float(row["seat_minutes"]),
        )
        for number, row in enumerate(cells)
    ]
    for cell, others in zip(read, near.tolist(), strict=True):
        cell.neighbours = [read[other] if other >= 0 else None for other in others]
    return read


def read_places(routes: Any, cells: list[Cell]) -> Places:
    """Return a list of cells with cumulative weights."""
    return [(cells[int(row["cell"])], float(row["reach"])) for row in routes]
