"""Whom patrols meet, and how (ODD: contacts)."""

from typing import TYPE_CHECKING

from plain.chief import to_arrests
from plain.community import household
from plain.luck import poisson
from plain.misconduct import asks
from plain.people import ABUSE, BRIBE, GREETING, LONG_VISIT, STOP, TALK, Resident
from plain.plans import CHECKPOINT
from plain.police import Visit
from plain.population import somebody_here
from plain.response import Arrest, be_rude, teach

if TYPE_CHECKING:
    from plain.town import PlainTown

NIGHT = 2
MOST_CONTACTS = 15
KNOWN_AFTER = 546


def meet(town: "PlainTown") -> None:
    """Let every visit that took place meet residents, visit by visit."""
    p = town.numbers("contacts")
    earlier: dict[int, int] = {}
    for visit in town.visits:
        if not visit.alive or visit.couple is None:
            continue
        q = earlier.get(visit.cell.number, 0)
        earlier[visit.cell.number] = q + 1
        present = visit.cell.present[town.place_list]
        by_mode = p.motor if visit.couple.has_motor else p.foot
        n_here = sum(not one.left for one in present)
        crowd = n_here / (n_here + 40.0)
        mean = (by_mode + (visit.kind == 1)) * crowd * (p.night if town.shift == NIGHT else 1.0)
        number = poisson(town.luck("meet count", visit.cell.number, q), mean)
        for j in range(min(number, MOST_CONTACTS)):
            nth = 16 * q + j
            resident = somebody_here(town, visit.cell, "meet who", visit.cell.number, nth)
            if resident is not None and resident.alive and resident.age >= 12:
                encounter(town, visit, resident, nth)
    town.learn_impressions()


def chance_of_stop(town: "PlainTown", visit: Visit, resident: Resident) -> float:
    """Return the chance that a contact is a stop."""
    if visit.kind == 1:
        return 0.0
    p = town.numbers("contacts")
    by_age = p.young_men if resident.is_man_of(15, 35) else 1.0
    by_vehicle = p.drivers if resident.vehicle else 1.0
    by_sex = p.women if resident.female else 1.0
    by_place = p.checkpoint if visit.kind == CHECKPOINT else 1.0
    assert visit.couple is not None
    return min(0.9, to_arrests(visit.couple) * p.stop * by_place * by_age * by_vehicle * by_sex)


def encounter(town: "PlainTown", visit: Visit, resident: Resident, nth: int) -> None:
    """Greet, talk to or stop one resident; a stop may end in a bribe request or an arrest."""
    p, where = town.numbers("contacts"), visit.cell.number
    assert visit.couple is not None
    lead = visit.couple.lead
    assert lead is not None
    stop = chance_of_stop(town, visit, resident)
    v = town.luck("meet kind", where, nth)
    fair = town.luck("meet tone", where, nth) < lead.chance_of_fairness
    resident.last_contact = town.tick
    for one in visit.couple.crew:
        one.warmth += resident.trust - 0.5
        one.n_friendly += fair and v >= stop
    if v < stop:
        be_stopped(town, visit, resident, nth, fair=fair)
        return
    talk = (1.0 - stop) * (1.0 if visit.kind == 1 or resident.business else p.talk)
    kind = LONG_VISIT if v < stop + p.long * talk else TALK if v < stop + talk else GREETING
    more = p.familiar if town.tick - lead.since >= KNOWN_AFTER else 1.0
    be_friendly(town, resident, kind, more, fair=fair)
    if visit.cell is resident.home and town.luck("meet with", where, nth) < p.together:
        other = next_at_home(town, resident)
        if other is not resident and other.alive and other.age >= 12 and other.place is visit.cell:
            other.last_contact = town.tick
            be_friendly(town, other, kind, more, fair=fair)


def be_stopped(town: "PlainTown", visit: Visit, resident: Resident, nth: int, *, fair: bool) -> None:
    """Stop one resident, which may end in a bribe request or an arrest."""
    p, trust, where = town.numbers("contacts"), town.numbers("trust"), visit.cell.number
    assert visit.couple is not None
    if asks(town, visit.couple, resident, visit.cell, nth):
        teach(town, resident, BRIBE, 0.0, p.weight_bribe, 0.5, trust.fast_panel)
        return
    if fair:
        teach(town, resident, STOP, 0.7, p.weight_stop, 0.2, trust.fast_friendly)
    elif town.luck("meet abuse", where, nth) < p.abuse:
        teach(town, resident, ABUSE, 0.0, p.weight_abuse, 0.5, trust.fast_panel)
    else:
        be_rude(town, resident)
    finds = town.luck("stop finds", where, nth)
    if finds < p.finds + to_arrests(visit.couple) * town.figures[visit.couple.facility.number].easy:
        town.arrests.append(Arrest(None, visit.couple, goods=finds < p.finds * p.proof))


def be_friendly(town: "PlainTown", resident: Resident, kind: int, more: float, *, fair: bool) -> None:
    """Greet, talk to or visit one resident; whoever is rude is rude in all of these."""
    p = town.numbers("contacts")
    quality, weight, part = {
        GREETING: (0.85, p.weight_greeting, 0.3),
        TALK: (0.9, p.weight_talk, 0.5),
        LONG_VISIT: (1.0, p.weight_long, 0.6),
    }[kind]
    if fair:
        teach(town, resident, kind, quality, more * weight, part, town.numbers("trust").fast_friendly)
    else:
        be_rude(town, resident)


def next_at_home(town: "PlainTown", resident: Resident) -> Resident:
    """Return the next of the household of a resident; after its last the first."""
    members = household(town, resident)
    return members[(members.index(resident) + 1) % len(members)]
