"""Sampling of residents who are present in a cell, and their ages and households.

Candidates are always drawn from presence lists, which the calendar fixes, so that paired worlds draw the same people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.engine.calendar import DAYS_A_YEAR, FRIDAY, MONTHS_A_YEAR, NIGHT, SHIFTS
from model.engine.elementary import exp, log1p
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform

if TYPE_CHECKING:
    from model.simulation.world import World
    from model.town.residents import Person

DRAW_ATTEMPTS, DRAW_STRIDE = 4, 4096
"""Attempts to draw a resident who has not died or left, and the stride of their draws in the random stream."""
YOUNG_MAN_UNTIL = 35.0
"""Age in years below which a man counts as young."""


@kernel
def is_weekend_night(w: World) -> bool:
    """Return whether the shift is the night of a Friday, Saturday or Sunday."""
    return w.tick % SHIFTS == NIGHT and w.weekday >= FRIDAY


@kernel
def monthly_probability(a_year: float) -> float:
    """Return the probability in a month that gives the probability ``a_year`` in a year."""
    return 1.0 - exp(log1p(-a_year) / MONTHS_A_YEAR)


@kernel
def draw_list_position(w: World, cell: int, u: float) -> int:
    """Return the position in list ``where`` of a random resident in a cell, or -1 if it is empty.

    ``u`` is a uniform number.  The list holds all who have arrived, those who have died or left since included.
    """
    first, end = w.who_start[w.where, cell], w.who_end[w.where, cell]
    return first + int(u * (end - first)) if first < end else -1


@kernel
def draw_present(w: World, cell: int, u: float) -> int:
    """Return a random resident in a cell by presence list, or -1 if empty; ``u`` is uniform."""
    spot = draw_list_position(w, cell, u)
    return int(w.who[w.where, spot]) if spot >= 0 else -1


@kernel
def draw_present_resident(w: World, cell: int, stream: int, entity: int, draw: int) -> int:
    """Return a random resident in a cell, or -1 if the cell is empty.

    Redraws residents who have died or left, a few times; the last one drawn is returned even if gone.  ``stream``,
    ``entity`` and ``draw`` key the random numbers.
    """
    i = -1
    for a in range(DRAW_ATTEMPTS):
        i = draw_present(w, cell, keyed_uniform(w.seed, stream, w.tick, entity, draw + DRAW_STRIDE * a))
        if i < 0 or w.minds[i].gone < 0:
            break
    return i


@kernel
def household_rows(w: World, i: int) -> tuple[int, int]:
    """Return the first row of the initial household of resident ``i``, and the row after its last.

    Members who were born or moved in later have rows elsewhere and are not included.
    """
    people = w.people
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
