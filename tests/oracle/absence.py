"""Residents notice that no couple comes near their home (ODD: absence)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oracle.town import PlainTown


def note_presence(town: "PlainTown") -> None:
    """Note in every cell that a couple was there or in a cell beside it."""
    for visit in town.visits:
        if visit.couple is not None and visit.alive:
            for cell in (visit.cell, *visit.cell.neighbours):
                if cell is not None:
                    cell.last_seen = town.tick


def notice_absence(town: "PlainTown") -> None:
    """Let residents notice at the end of a month that nobody has come for one or more whole periods."""
    p = town.numbers("absence")
    period, month = max(1, int(91 * p.months)), town.tick + 1 - town.month_began
    for one in town.residents:
        if one.alive and one.age >= 12 and p.weight > 0.0:
            gone = town.tick - one.home.last_seen
            periods = gone // period - max(0, gone - month) // period
            if periods > 0:
                town.live(one, "absence", periods * p.weight)
    town.apply_impressions()
