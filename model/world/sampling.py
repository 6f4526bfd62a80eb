"""Choosing people and candidates for hazards, always from lists that the calendar fixes."""

from __future__ import annotations

import math

from model.engine.calendar import DAYS_A_YEAR
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import Rows
from model.town.residents import Person
from model.world.shift_context import PlaceTables, ShiftContext

DRAW_ATTEMPTS, DRAW_STRIDE = 4, 4096
"""Tries to find somebody who has not gone, and how far apart their luck is numbered."""


@kernel
def monthly_probability(a_year: float) -> float:
    """Chance in a month that belongs to this chance in a year."""
    return 1.0 - math.exp(math.log1p(-a_year) / 12.0)


@kernel
def draw_list_position(ground: PlaceTables, where: int, cell: int, u: float) -> int:
    """Place in list ``where`` of a resident who is in this cell, by luck u; -1 if the cell is empty.

    The list ends with those whose day to be born or move here has come; who has died or moved away since is on it.
    """
    first, end = ground.who_start[where, cell], ground.who_end[where, cell]
    return first + int(u * (end - first)) if first < end else -1


@kernel
def draw_present(ground: PlaceTables, where: int, cell: int, u: float) -> int:
    """Resident who is in this cell under list ``where``, by luck u; -1 if the cell is empty."""
    spot = draw_list_position(ground, where, cell, u)
    return int(ground.who[where, spot]) if spot >= 0 else -1


@kernel
def draw_present_resident(stage: ShiftContext, where: int, cell: int, decision: int, who: int, nth: int) -> int:
    """Resident who is in this cell and has not gone, in a few tries; who was tried last if all have; -1 if empty."""
    i = -1
    for a in range(DRAW_ATTEMPTS):
        i = draw_present(
            stage.ground, where, cell, keyed_uniform(stage.seed, decision, stage.tick, who, nth + DRAW_STRIDE * a)
        )
        if i < 0 or stage.minds[i].gone < 0:
            break
    return i


@kernel
def household_rows(people: Rows[Person], i: int) -> tuple[int, int]:
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
def age_years(person: Person, tick: int) -> float:
    """Age in years on the day of this tick."""
    return (tick // 3 - person.born) / DAYS_A_YEAR


@kernel
def is_young_man(person: Person, tick: int, youngest: float) -> bool:
    """Whether this is a man from ``youngest`` to under 35 years."""
    return person.female == 0 and youngest <= age_years(person, tick) < 35.0
