"""Whom patrols meet, and how (ODD: contacts)."""

from typing import TYPE_CHECKING

from oracle.chief import to_arrests
from oracle.community import household
from oracle.minutes import AT_MEETING, HOMES, stretch_of
from oracle.misconduct import asks
from oracle.people import GREETING, LONG_VISIT, STOP, TALK, Resident
from oracle.plans import CHECKPOINT
from oracle.police import Visit, stretches_of
from oracle.population import somebody_here
from oracle.random_draws import logistic, poisson
from oracle.response import Arrest, be_rude

if TYPE_CHECKING:
    from oracle.town import PlainTown

NIGHT = 2
MOST_CONTACTS = 15


def meet(town: "PlainTown") -> None:
    """Let every visit that took place meet residents, visit by visit."""
    p = town.numbers("contacts")
    for visit in town.visits:
        if visit.kind >= AT_MEETING:
            continue
        if not visit.alive or visit.couple is None:
            continue
        q = int(60.0 * visit.minute)
        present = visit.cell.present[town.place_list]
        by_mode = p.motor if visit.couple.has_motor else p.foot
        n_here = sum(not one.left for one in present)
        crowd = n_here / (n_here + p.crowd)
        mean = (by_mode + (visit.kind == 1)) * crowd * (p.night if town.shift == NIGHT else 1.0)
        number = poisson(town.uniform("meet count", visit.couple.number, q), mean)
        if visit.kind == HOMES:
            number = n_long_visits(town, visit, q) + n_talks(town, visit, q)
        for j in range(min(number, MOST_CONTACTS)):
            nth = 16 * q + j
            resident = somebody_here(town, visit.cell, "meet who", visit.couple.number, nth)
            if resident is not None and resident.alive and resident.age >= 12:
                if visit.kind == HOMES:
                    be_visited(town, visit, resident, nth, LONG_VISIT if j < n_long_visits(town, visit, q) else TALK)
                else:
                    encounter(town, visit, resident, nth)
    town.apply_impressions()


def n_long_visits(town: "PlainTown", visit: Visit, q: int) -> int:
    """Number of long visits in a stretch for homes."""
    p = town.numbers("practices")
    assert visit.couple is not None
    return int(p.split * length_of(visit) / p.visit + town.uniform("long visits", visit.couple.number, q))


def n_talks(town: "PlainTown", visit: Visit, q: int) -> int:
    """Number of talks in a stretch for homes."""
    p = town.numbers("practices")
    assert visit.couple is not None
    return int((1.0 - p.split) * length_of(visit) / p.talk + town.uniform("talks at homes", visit.couple.number, q))


def length_of(visit: Visit) -> float:
    """Minutes of the stretch of a visit."""
    assert visit.couple is not None
    return stretch_of(visit.couple.model, stretches_of(visit.couple))


def knows(resident: Resident, visit: Visit) -> bool:
    """Tell whether a resident knows one of the couple."""
    assert visit.couple is not None
    both = (visit.couple.lead, visit.couple.mate)
    return any(one is not None and resident.knows == one.name for one in both)


def turns_away(town: "PlainTown", visit: Visit, resident: Resident, nth: int) -> bool:
    """Tell whether a resident avoids a greeting or a talk."""
    p = town.numbers("contacts")
    assert visit.couple is not None
    ready = logistic(p.open + p.open_trust * (resident.trust - 0.5))
    return visit.kind != 1 and town.uniform("meet open", visit.couple.number, nth) >= ready


def is_fair(town: "PlainTown", visit: Visit, resident: Resident, nth: int, kind: int) -> bool:
    """Tell whether the lead treats a resident fairly."""
    p = town.numbers("contacts")
    assert visit.couple is not None
    assert visit.couple.lead is not None
    more = p.acquainted * knows(resident, visit) + p.calm * (visit.kind == HOMES) + p.passing * (kind == GREETING)
    return town.uniform("meet tone", visit.couple.number, nth) < visit.couple.lead.chance_of_fairness_with(more)


def chance_of_stop(town: "PlainTown", visit: Visit, resident: Resident) -> float:
    """Return the chance that a contact is a stop."""
    if visit.kind == 1:
        return 0.0
    p = town.numbers("contacts")
    by_age = p.young_men if resident.is_man_of(p.young_from, 35) else 1.0
    by_vehicle = p.drivers if resident.vehicle else 1.0
    by_sex = p.women if resident.female else 1.0
    by_place = p.checkpoint if visit.kind == CHECKPOINT else 1.0
    assert visit.couple is not None
    return min(p.stop_most, to_arrests(visit.couple) * p.stop * by_place * by_age * by_vehicle * by_sex)


def encounter(town: "PlainTown", visit: Visit, resident: Resident, nth: int) -> None:
    """Greet, talk to or stop one resident; a stop may end in a bribe request or an arrest."""
    p = town.numbers("contacts")
    assert visit.couple is not None
    number = visit.couple.number
    stop = chance_of_stop(town, visit, resident)
    v = town.uniform("meet kind", number, nth)
    talk = (1.0 - stop) * (1.0 if visit.kind == 1 or resident.business else p.talk)
    kind = LONG_VISIT if v < stop + p.long * talk else TALK if v < stop + talk else GREETING
    if knows(resident, visit):
        turns = p.known_stop if v < stop else p.known_talk * (kind == GREETING)
        if town.uniform("meet known", number, nth) < turns:
            be_visited(town, visit, resident, nth, TALK)
            return
    if v < stop:
        fair = is_fair(town, visit, resident, nth, STOP)
        be_lived_through(visit, resident, friendly=False)
        be_stopped(town, visit, resident, nth, fair=fair)
        return
    be_visited(town, visit, resident, nth, kind)


def be_visited(town: "PlainTown", visit: Visit, resident: Resident, nth: int, kind: int) -> None:
    """Greet, talk to or visit a resident who does not turn away."""
    if turns_away(town, visit, resident, nth):
        return
    fair = is_fair(town, visit, resident, nth, kind)
    be_lived_through(visit, resident, friendly=fair)
    share(town, visit, resident, nth, kind, fair=fair)


def be_lived_through(visit: Visit, resident: Resident, *, friendly: bool) -> None:
    """Let officers live through a contact."""
    assert visit.couple is not None
    resident.last_contact = resident.model.tick
    for one in visit.couple.crew:
        one.warmth += resident.trust - 0.5
        one.n_friendly += friendly


def share(town: "PlainTown", visit: Visit, resident: Resident, nth: int, kind: int, *, fair: bool) -> None:
    """Let a friendly contact be shared at home by the next of the household."""
    be_friendly(town, visit, resident, kind, fair=fair)
    together = town.numbers("contacts").together
    assert visit.couple is not None
    if visit.cell is resident.home and town.uniform("meet with", visit.couple.number, nth) < together:
        other = next_at_home(town, resident)
        if other is not resident and other.alive and other.age >= 12 and other.place is visit.cell:
            other.last_contact = town.tick
            be_friendly(town, visit, other, kind, fair=fair)


def be_stopped(town: "PlainTown", visit: Visit, resident: Resident, nth: int, *, fair: bool) -> None:
    """Stop one resident, which may end in a bribe request or an arrest."""
    p = town.numbers("contacts")
    assert visit.couple is not None
    number = visit.couple.number
    if asks(town, visit.couple, resident, visit.cell, nth):
        town.live(resident, "bribe", p.weight_bribe, origin=STOP)
        return
    if fair:
        town.live(resident, "stop", p.weight_stop)
    elif town.uniform("meet abuse", number, nth) < p.abuse:
        town.live(resident, "abuse", p.weight_abuse, origin=STOP)
    else:
        be_rude(town, resident, STOP)
    finds = town.uniform("stop finds", number, nth)
    if finds < p.finds + to_arrests(visit.couple) * town.figures[visit.couple.facility.number].easy:
        town.arrests.append(Arrest(None, visit.couple, goods=finds < p.finds * p.proof))


def be_friendly(town: "PlainTown", visit: Visit, resident: Resident, kind: int, *, fair: bool) -> None:
    """Greet, talk to or visit one resident; whoever is rude is rude in all of these."""
    p = town.numbers("contacts")
    name, weight = {
        GREETING: ("greeting", p.weight_greeting),
        TALK: ("talk", p.weight_talk),
        LONG_VISIT: ("long_visit", p.weight_long),
    }[kind]
    if fair:
        more = p.familiar if knows(resident, visit) else 1.0
        town.live(resident, name, more * weight)
        if kind != GREETING and visit.couple is not None and visit.couple.lead is not None:
            resident.knows = visit.couple.lead.name
    else:
        be_rude(town, resident, kind)


def next_at_home(town: "PlainTown", resident: Resident) -> Resident:
    """Return the next of the household of a resident; after its last the first."""
    members = household(town, resident)
    return members[(members.index(resident) + 1) % len(members)]
