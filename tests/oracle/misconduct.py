"""Bribe requests and what becomes of them (ODD: misconduct)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.adoption import succeed
from oracle.people import Resident
from oracle.politics import hear

if TYPE_CHECKING:
    from oracle.places import Cell
    from oracle.police import Couple, Officer
    from oracle.town import PlainTown

QUARTER = 273


@dataclass(frozen=True)
class Bribe:
    """A request: in which contact, by whom, of whom."""

    cell: int
    nth: int
    couple: "Couple"
    officer: "Officer"
    resident: Resident


def found_out(town: "PlainTown") -> float:
    """How well misconduct is found out."""
    p = town.numbers("misconduct")
    return float(1.0 - (1.0 - p.control) * (1.0 - p.channel))


def asks(town: "PlainTown", couple: "Couple", resident: Resident, cell: "Cell", nth: int) -> bool:
    """Tell whether the lead of a couple asks a resident who was stopped; note it."""
    p, lead = town.numbers("misconduct"), couple.lead
    assert lead is not None
    offers = int(resident.vehicle) + int(cell.held_by is not None or cell.protected)
    log_chance = (
        p.base
        + p.offer * offers
        + p.penury * (1.0 - town.numbers("resources").condition)
        + p.norm * lead.facility.custom
        - p.integrity * lead.integrity
        - p.detection * found_out(town)
    )
    if town.uniform("bribe", couple.number, nth) >= math.exp(min(0.0, log_chance)):
        return False
    lead.asked = town.tick
    town.bribes.append(Bribe(cell.number, nth, couple, lead, resident))
    return True


def answer_for_bribes(town: "PlainTown") -> None:
    """Let each request be complained of, be found out, or come out later."""
    p = town.numbers("misconduct")
    for bribe in town.bribes:

        def u(name: str, one: Bribe = bribe) -> float:
            return town.uniform(name, one.couple.number, one.nth)

        town.hidden += p.public * (1.0 + p.reveal * found_out(town))
        complaint = u("complains") < p.files + p.channel_files * p.channel
        answered = complaint and u("complaint answered") < p.answered
        sanctioned = answered and u("sanction") < p.sanction
        town.n_complaints += complaint
        town.n_answered += answered
        suspended = sanctioned or u("caught") < p.caught * found_out(town)
        if suspended and bribe.officer.asked == town.tick:
            succeed(bribe.officer)


def gap_to_case(town: "PlainTown", nth: int) -> float:
    """Expected cases between the case before and this one."""
    return -math.log(1.0 - town.uniform("goes public", nth, 0, tick=0))


def come_out(town: "PlainTown") -> None:
    """Let some of the cases of the last months become public; an officer who asked lately is named."""
    p = town.numbers("misconduct")
    if town.month == town.first_month and p.surfaces > 0.0:
        town.hidden /= p.surfaces
    due = p.surfaces * town.hidden
    town.hidden -= due
    town.cases_expected += due / town.numbers("population").scale
    n = 0
    while town.cases_expected >= sum(gap_to_case(town, nth) for nth in range(town.n_cases + 1)):
        town.n_cases += 1
        n += 1
    for case in range(n):
        town.n_public += 1
        for nth in range(64):
            one = town.officers[int(town.uniform("who is named", case, nth) * len(town.officers))]
            if one.asked >= 0 and town.tick - one.asked < QUARTER:
                succeed(one)
                break
    for case in range(n):
        hear(town, ("hears of a case", case), p.heard, "scandal", p.weight)


def note_customs(town: "PlainTown") -> None:
    """Note at each facility the share of officers who asked in the last quarter."""
    for facility in town.facilities:
        staff = [one for one in town.officers if one.facility is facility]
        asked = [one for one in staff if one.asked >= 0 and town.tick - one.asked < QUARTER]
        facility.custom = len(asked) / len(staff) if staff else 0.0
