"""Choosing people and candidates for hazards, always from lists that the calendar fixes."""

from __future__ import annotations

import math

from model.engine.calendar import DAYS_A_YEAR
from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.engine.rows import Rows
from model.town.residents import Person
from model.world.shift_context import Ground, Stage

TRIES, STEP = 4, 4096
"""Tries to find somebody who has not gone, and how far apart their luck is numbered."""


@kernel
def in_a_month(a_year: float) -> float:
    """Chance in a month that belongs to this chance in a year."""
    return 1.0 - math.exp(math.log1p(-a_year) / 12.0)


@kernel
def spot_of(ground: Ground, where: int, cell: int, u: float) -> int:
    """Place in list ``where`` of a resident who is in this cell, by luck u; -1 if the cell is empty.

    The list ends with those whose day to be born or move here has come; who has died or moved away since is on it.
    """
    first, end = ground.who_start[where, cell], ground.who_end[where, cell]
    return first + int(u * (end - first)) if first < end else -1


@kernel
def someone(ground: Ground, where: int, cell: int, u: float) -> int:
    """Resident who is in this cell under list ``where``, by luck u; -1 if the cell is empty."""
    spot = spot_of(ground, where, cell, u)
    return int(ground.who[where, spot]) if spot >= 0 else -1


@kernel
def somebody_here(stage: Stage, where: int, cell: int, decision: int, who: int, nth: int) -> int:
    """Resident who is in this cell and has not gone, in a few tries; who was tried last if all have; -1 if empty."""
    i = -1
    for a in range(TRIES):
        i = someone(stage.ground, where, cell, luck(stage.seed, decision, stage.tick, who, nth + STEP * a))
        if i < 0 or stage.minds[i].gone < 0:
            break
    return i


@kernel
def housemates(people: Rows[Person], i: int) -> tuple[int, int]:
    """First row of the household that resident i lived in at the start, and the row after its last.

    Who was born or moved in since stands elsewhere in the table and is not among them.
    """
    household, first, end = people[i].household, i, i + 1
    while first > 0 and people[first - 1].household == household:
        first -= 1
    while end < len(people) and people[end].household == household:
        end += 1
    return first, end


@kernel
def age_of(person: Person, tick: int) -> float:
    """Age in years on the day of this tick."""
    return (tick // 3 - person.born) / DAYS_A_YEAR


@kernel
def young_man(person: Person, tick: int, youngest: float) -> bool:
    """Whether this is a man from ``youngest`` to under 35 years."""
    return person.female == 0 and youngest <= age_of(person, tick) < 35.0
