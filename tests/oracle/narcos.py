"""Narco protectors (ODD: narcos) and prevention for the young (ODD: safe_schools)."""

import math
from typing import TYPE_CHECKING

from oracle.population import somebody_here
from oracle.random_draws import pick_by_reach

if TYPE_CHECKING:
    from oracle.people import Resident
    from oracle.places import Cell
    from oracle.town import PlainTown

BURGLARY = 4
STREET = (0, 1, 5)
"""Kinds of crime against which supervision near schools helps."""


def found_narcos(town: "PlainTown") -> None:
    """Give every group of protectors its place."""
    p = town.numbers("narcos")
    scale = town.numbers("population").scale
    for group in range(math.floor(p.groups * scale + 0.5)):
        for a in range(64):
            centre = pick_by_reach(town.everywhere, town.uniform("narco place", group, a, tick=0))
            if centre.population >= p.dense and centre.held_by is None and not centre.protected:
                break
        for cell in town.cells:
            free = cell.population > 0 and cell.held_by is None and not cell.protected
            if free and centre.away(cell) <= p.reach:
                cell.protectors = group


def group_on(town: "PlainTown", cell: "Cell") -> int:
    """Number of the group that holds a cell, protectors after cliques; -1 is nobody (ODD: capture)."""
    if cell.held_by is not None:
        return cell.held_by.number
    return len(town.cliques) + cell.protectors if cell.protected else -1


def left_open(cell: "Cell", kind: int, town: "PlainTown") -> float:
    """Share of the hazard of a kind that protectors leave in a cell."""
    return float(town.numbers("narcos").thieves) if cell.protected and kind <= BURGLARY else 1.0


def thief_killed(town: "PlainTown", cell: "Cell", number: int) -> "Resident | None":
    """Return who is killed for a crime that was kept away, if anybody is."""
    town.n_kept_away += 1
    if town.uniform("thief dies", number, 0) >= town.numbers("narcos").deaths:
        return None
    for a in range(8):
        one = somebody_here(town, cell, "thief", number, a)
        if one is not None and one.alive and one.is_man_of(town.numbers("narcos").killed_from, 35):
            return one
    return None


def pull_on(one: "Resident") -> float:
    """Pull of a clique on somebody young, relative to one without prevention."""
    p = one.model.numbers("safe_schools")
    supervised = p.coverage * (1.0 if one.student else p.outreach)
    return math.exp(-p.effect * supervised - p.talk_effect * p.talks * one.student)


def guarded(one: "Resident", cell: "Cell", kind: int) -> float:
    """Hazard of a crime on the street relative to one without supervision."""
    p = one.model.numbers("safe_schools")
    near_school = kind in STREET and cell.schools > 0 and one.age < 18
    return float(1.0 - p.guard * p.coverage * near_school)
