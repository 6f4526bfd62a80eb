"""Sampling of residents who are present in a cell, and their ages and households.

Candidates are always drawn from presence lists, which the calendar fixes, so that paired worlds draw the same people.
"""

from __future__ import annotations

from model.engine.calendar import DAYS_A_YEAR, FRIDAY, MONTHS_A_YEAR, NIGHT, SHIFTS
from model.engine.elementary import exp, log1p
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import Rows
from model.town.residents import Person
from model.world.shift_context import PlaceTables, ShiftContext

DRAW_ATTEMPTS, DRAW_STRIDE = 4, 4096
"""Attempts to draw a resident who has not died or left, and the stride of their draws in the random stream."""
YOUNG_MAN_UNTIL = 35.0
"""Age in years below which a man counts as young."""


@kernel
def is_weekend_night(shift: ShiftContext) -> bool:
    """Return whether the shift is the night of a Friday, Saturday or Sunday."""
    return shift.tick % SHIFTS == NIGHT and shift.weekday >= FRIDAY


@kernel
def monthly_probability(a_year: float) -> float:
    """Return the probability in a month that gives the probability ``a_year`` in a year."""
    return 1.0 - exp(log1p(-a_year) / MONTHS_A_YEAR)


@kernel
def draw_list_position(ground: PlaceTables, where: int, cell: int, u: float) -> int:
    """Return the position in list ``where`` of a random resident in a cell, or -1 if it is empty.

    ``u`` is a uniform number.  The list holds all who have arrived, those who have died or left since included.
    """
    first, end = ground.who_start[where, cell], ground.who_end[where, cell]
    return first + int(u * (end - first)) if first < end else -1


@kernel
def draw_present(ground: PlaceTables, where: int, cell: int, u: float) -> int:
    """Return a random resident in a cell by presence list, or -1 if empty; ``u`` is uniform."""
    spot = draw_list_position(ground, where, cell, u)
    return int(ground.who[where, spot]) if spot >= 0 else -1


@kernel
def draw_present_resident(shift: ShiftContext, where: int, cell: int, stream: int, entity: int, draw: int) -> int:
    """Return a random resident in a cell, or -1 if the cell is empty.

    Redraws residents who have died or left, a few times; the last one drawn is returned even if gone.  ``stream``,
    ``entity`` and ``draw`` key the random numbers.
    """
    i = -1
    for a in range(DRAW_ATTEMPTS):
        i = draw_present(
            shift.ground, where, cell, keyed_uniform(shift.seed, stream, shift.tick, entity, draw + DRAW_STRIDE * a)
        )
        if i < 0 or shift.minds[i].gone < 0:
            break
    return i


@kernel
def household_rows(people: Rows[Person], i: int) -> tuple[int, int]:
    """Return the first row of the initial household of resident ``i``, and the row after its last.

    Members who were born or moved in later have rows elsewhere and are not included.
    """
    household, first, end = people[i].household, i, i + 1
    while first > 0 and people[first - 1].household == household:
        first -= 1
    while end < len(people) and people[end].household == household:
        end += 1
    return first, end


@kernel
def age_years(person: Person, tick: int) -> float:
    """Return the age in years on the day of a tick."""
    return (tick // SHIFTS - person.born) / DAYS_A_YEAR


@kernel
def is_young_man(person: Person, tick: int, youngest: float) -> bool:
    """Return whether a resident is a man from ``youngest`` to under 35 years."""
    return person.female == 0 and youngest <= age_years(person, tick) < YOUNG_MAN_UNTIL
