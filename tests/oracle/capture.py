"""Groups that buy chiefs and the mayor, and what they get (ODD: capture)."""

import math
from typing import TYPE_CHECKING

from oracle.chief import Chief, first_officer
from oracle.misconduct import found_out
from oracle.narcos import group_on
from oracle.politics import hear

if TYPE_CHECKING:
    from oracle.crime import Incident
    from oracle.gangs import Clique
    from oracle.investigation import File
    from oracle.mayor import Hall
    from oracle.people import Resident
    from oracle.places import Cell
    from oracle.plans import Plan
    from oracle.town import PlainTown

THE_MAYOR = 4096
FOUND_OUT = -2
"""In the place of who has captured the mayor: somebody new takes office."""


def be_bought(town: "PlainTown") -> None:
    """Let groups buy chiefs, then the mayor; let some be found out."""
    for chief in town.chiefs:
        officer, f = first_officer(town, chief.facility), chief.facility.number
        if officer is not None and officer.person == chief.person:
            ground = [cell for cell in town.cells if cell.facility == f]
            officer.suspended = meet_offers(town, chief, f, ground, officer.integrity)
    hall = town.hall
    if meet_offers(town, hall, THE_MAYOR, town.cells, hall.integrity):
        hall.captor = FOUND_OUT


def meet_offers(town: "PlainTown", one: "Chief | Hall", who: int, ground: "list[Cell]", integrity: float) -> bool:
    """Let somebody be bought, or be found out; return whether this became public."""
    p = town.numbers("capture")
    if one.captor < 0:
        groups = groups_on(town, ground)
        penury = p.penury * (1.0 - town.numbers("resources").condition)
        a_year = len(groups) * math.exp(p.base + penury - p.integrity * integrity)
        if town.uniform("bought", who, 0) < 1.0 - math.exp(-a_year / 12.0):
            one.captor = groups[int(town.uniform("who buys", who, 0) * len(groups))]
        return False
    risk = min(1.0, p.found * (1.0 + p.reveal * found_out(town)))
    if town.uniform("capture found", who, 0) >= 1.0 - (1.0 - risk) ** (1.0 / 12.0):
        return False
    town.n_public += 1
    scandal = town.numbers("misconduct")
    hear(town, ("hears of a capture", who), scandal.heard, "scandal", scandal.weight)
    return True


def groups_on(town: "PlainTown", ground: "list[Cell]") -> list[int]:
    """Return the groups that hold some ground, by number; cliques with members only."""
    empty = {one.number for one in town.cliques if all(other.clique is not one for other in town.residents)}
    return sorted({group_on(town, cell) for cell in ground} - empty - {-1})


# What the group gets


def give_way(town: "PlainTown", plan: "Plan") -> None:
    """Let places of a plan on the ground of who has captured the chief give way to others."""
    captor = town.chiefs[plan.facility.number].captor
    for rank, place in enumerate(plan.places if captor >= 0 else []):
        if group_on(town, place) != captor:
            continue
        others = [one for one in plan.beat if one not in plan.places and group_on(town, one) != captor]
        plan.places[rank] = max(others, key=lambda one: one.population, default=place)


def holds_chief(town: "PlainTown", clique: "Clique", facility: int) -> bool:
    """Tell whether a clique has captured the chief of a facility."""
    return facility >= 0 and town.chiefs[facility].captor == clique.number


def is_warned(town: "PlainTown", member: "Resident", file: "File") -> bool:
    """Tell whether the clique of a member is warned of a warrant."""
    clique = member.clique
    if clique is None or not holds_chief(town, clique, clique.centre.facility):
        return False
    return town.uniform("warned", file.number, file.tries, tick=file.filed) < town.numbers("capture").warned


def is_told(town: "PlainTown", incident: "Incident") -> bool:
    """Tell whether the clique hears of what was reported without a name."""
    if incident.clique is None or not holds_chief(town, incident.clique, incident.cell.facility):
        return False
    return town.uniform("leak", incident.number, 1) < town.numbers("capture").leak
