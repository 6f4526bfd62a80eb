"""Choosing people and candidates for hazards, always from lists that the calendar fixes."""

from typing import Any

from numba import njit


@njit(cache=True)
def someone(ground: Any, where: Any, cell: Any, u: Any) -> Any:
    """Resident who is in this cell under list ``where``, by luck u; -1 if the cell is empty."""
    first, end = ground.who_start[where, cell], ground.who_start[where, cell + 1]
    if first == end:
        return -1
    return int(ground.who[where, first + int(u * (end - first))])


@njit(cache=True)
def age_of(person: Any, tick: Any) -> Any:
    """Age in years on the day of this tick."""
    return (tick // 3 - person["born"]) / 365.25


@njit(cache=True)
def young_man(person: Any, tick: Any, youngest: Any) -> Any:
    """Whether this is a man from ``youngest`` to under 35 years."""
    return person["female"] == 0 and youngest <= age_of(person, tick) < 35.0
