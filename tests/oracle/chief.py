"""The chiefs of stations: the hours of a month, and what came of them (ODD: chief)."""

import math
from typing import TYPE_CHECKING

from oracle.deciding import decide

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.police import Couple, Facility, Officer
    from oracle.town import PlainTown

HABIT, VISITS, ARRESTS, PLACES = range(4)
NO_BLOCK, N_BLOCKS, N_MODES = -1, 8, 3
NO_ORDER, ORDER_TO_ARREST, ORDER_TO_PREVENT = range(3)
OWN_PHONE, PAPER = 3, 4


class Chief:
    """Who commands a facility, and what is remembered since."""

    def __init__(self, facility: "Facility") -> None:
        self.facility = facility
        self.person = self.captor = -1
        self.order = NO_ORDER
        self.made = -2
        self.open = self.load = self.served = self.lost = self.crimes = 0.0
        self.usual, self.work = -1.0, 1.0
        self.blocks = [NO_BLOCK] * N_BLOCKS
        self.begin_anew()

    def begin_anew(self) -> None:
        """Begin to remember."""
        self.welcomed = self.ignored = self.held = self.released = self.fell = self.rose = 0.0
        self.eased = self.worse = 0.0
        self.lived = [[0.0, 0.0] for _ in range(N_MODES)]

    def decay(self, left: float) -> None:
        """Keep a share of what is remembered."""
        for name in ("welcomed", "ignored", "held", "released", "fell", "rose", "eased", "worse"):
            setattr(self, name, getattr(self, name) * left)
        self.lived = [[good * left, bad * left] for good, bad in self.lived]


def first_officer(town: "PlainTown", facility: "Facility") -> "Officer | None":
    """Return the chief of a facility, if it has officers."""
    return next((one for one in town.officers if one.facility is facility), None)


def take_command(town: "PlainTown") -> list[Chief]:
    """Let the first chiefs set the hours of the first month."""
    town.chiefs = [Chief(facility) for facility in town.facilities]
    set_hours(town, town.month)
    return town.chiefs


# Every shift


def take_word(town: "PlainTown") -> None:
    """Let chiefs hear of arrests, meetings and telephones of their own."""
    for arrest in town.arrests:
        if arrest.couple is not None:
            chief = town.chiefs[arrest.couple.facility.number]
            chief.held += arrest.held
            chief.released += not arrest.held
    p = town.numbers("chief")
    for meeting in town.meetings:
        if meeting.at_table:
            continue
        facility = town.authorities[meeting.authority].cell.facility
        town.chiefs[facility].welcomed += meeting.came >= p.attended
        town.chiefs[facility].ignored += meeting.came < p.attended
    for incident in town.incidents:
        if incident.reported_to == OWN_PHONE and incident.cell.facility >= 0:
            town.chiefs[incident.cell.facility].welcomed += p.told
    keep_books(town)


def keep_books(town: "PlainTown") -> None:
    """Let stations keep books of calls and crimes in their areas."""
    for response in town.responses:
        if response.cell.facility >= 0:
            town.chiefs[response.cell.facility].served += 1.0
    for lost in town.unserved:
        if lost.cell is not None and lost.cell.facility >= 0 and lost.reason != PAPER:
            town.chiefs[lost.cell.facility].lost += 1.0
    for incident in town.incidents:
        if incident.cell.facility >= 0:
            town.chiefs[incident.cell.facility].crimes += incident.recorded


# The end of a month


def set_hours(town: "PlainTown", coming: int) -> None:
    """Let every chief take stock, and set the hours of the coming month."""
    for chief in town.chiefs:
        officer = first_officer(town, chief.facility)
        if officer is not None:
            update_officer(town, chief, officer)
            chief.open = sum(waiting(town, one) for one in town.authorities if serves(chief.facility, one))
            chief.order = order_of(town, coming // 3)
            take_stock(town, chief)
            if town.numbers("chief").sets_hours == 1:
                chief.blocks = [use_of_block(town, chief, officer, nth) for nth in range(N_BLOCKS)]
            if town.numbers("chief").weighs_work == 1:
                chief.work = work_allowed(town, chief)


def work_allowed(town: "PlainTown", chief: Chief) -> float:
    """Decide how much of the planned hours takes place."""
    p = town.numbers("chief")
    crimes = math.log((chief.crimes + p.prior) / (chief.usual + p.prior)) if chief.usual >= 0.0 else 0.0
    order = (chief.order == ORDER_TO_PREVENT) - (chief.order == ORDER_TO_ARREST) + chief.facility.supported
    row = [
        p.work,
        -p.work_unserved * chief.lost / (chief.served + chief.lost + p.prior),
        -p.work_crimes * crimes,
        p.work_asked * math.log(1.0 + chief.open),
        p.order * order,
        experience(town, chief.welcomed, chief.ignored),
        experience(town, chief.eased, chief.worse),
    ]
    shares = {"none": 0.0, "half": 0.5, "all": 1.0}
    terms = {name: [share * term for term in row] for name, share in shares.items()}
    return shares[decide(town, "planned hours that take place", chief.facility.number, terms, ordered=True)]


def close_books(town: "PlainTown") -> None:
    """Let the month's crimes on record enter the usual ones, and begin new books, at every station."""
    kept = 2.0 ** (-1.0 / town.numbers("chief").memory)
    for chief in town.chiefs:
        usual = chief.crimes if chief.usual < 0.0 else chief.usual
        chief.usual = kept * usual + (1.0 - kept) * chief.crimes
        chief.served = chief.lost = chief.crimes = 0.0


def update_officer(town: "PlainTown", chief: Chief, officer: "Officer") -> None:
    """Note who is in the position; what was lived through long ago counts less."""
    if chief.person != officer.person:
        chief.person, chief.captor = officer.person, -1
        chief.begin_anew()
    chief.decay(2.0 ** (-1.0 / town.numbers("chief").memory))


def serves(facility: "Facility", authority: "Authority") -> bool:
    """Tell whether a facility serves the cell of an authority."""
    return authority.cell.facility == facility.number


def waiting(town: "PlainTown", authority: "Authority") -> int:
    """Count what a community waits for: requests, those followed up twice, and a petition to the mayor."""
    own = [one for one in town.requests if one.authority is authority]
    return sum(1 + one.followed for one in own) + has_climbed(town, authority)


def has_climbed(town: "PlainTown", authority: "Authority") -> bool:
    """Tell whether a petition of a community waits for the mayor."""
    return town.hall.petitions[authority.number].asked >= 0


def order_of(town: "PlainTown", quarter: int) -> int:
    """Return the order from above in a quarter."""
    p, u = town.numbers("chief"), town.uniform("order from above", 0, 0, tick=quarter)
    return ORDER_TO_PREVENT if u >= 1.0 - p.order_prevent else ORDER_TO_ARREST if u < p.order_arrests else NO_ORDER


def take_stock(town: "PlainTown", chief: Chief) -> None:
    """See whether less is known of the problem at the places of the plan than a month ago."""
    plan = town.plans[chief.facility.number]
    load = math.fsum(math.fsum(town.memories[cell.number].known[plan.kind]) for cell in plan.places)
    if plan.made == chief.made and plan.was_lived(town):
        chief.fell += load < chief.load
        chief.rose += load > chief.load
        chief.lived[plan.mode][0] += load < chief.load
        chief.lived[plan.mode][1] += load > chief.load
    chief.made, chief.load = plan.made, load


def use_of_block(town: "PlainTown", chief: Chief, officer: "Officer", nth: int) -> int:
    """Decide what the hours of a block are for."""
    p = town.numbers("chief")
    figure = p.figures * town.numbers("pressure").level * town.figures[chief.facility.number].gap
    asked, trained, champion = math.log(1.0 + chief.open), officer.trained, officer.champion
    terms = {
        "habit": [0.0] * 7,
        "visits": [
            p.visits,
            experience(town, chief.welcomed, chief.ignored),
            0.0,
            0.0,
            p.asked * asked,
            p.training * trained,
            p.champion * champion,
        ],
        "arrests": [
            p.arrests,
            experience(town, chief.held, chief.released),
            figure,
            p.order * (chief.order == ORDER_TO_ARREST),
            0.0,
            0.0,
            0.0,
        ],
        "places": [
            p.places,
            experience(town, chief.fell, chief.rose),
            0.0,
            p.order * (chief.order == ORDER_TO_PREVENT),
            p.asked_places * asked,
            p.training_places * trained,
            p.champion_places * champion,
        ],
    }
    tick = town.tick + nth
    chosen = decide(town, "hours of the month", chief.facility.number, terms, ordered=False, tick=tick)
    return list(terms).index(chosen)


def experience(town: "PlainTown", good: float, bad: float) -> float:
    """Return what has come of something, as a reason to do it again."""
    p = town.numbers("chief")
    return float(p.experience * (2.0 * (good + p.prior / 2.0) / (good + bad + p.prior) - 1.0))


# Effects


def block_of(town: "PlainTown", couple: "Couple") -> int:
    """Return the use of the hours of a couple in this shift."""
    if town.numbers("chief").sets_hours == 0:
        return NO_BLOCK
    return town.chiefs[couple.facility.number].blocks[int(N_BLOCKS * town.uniform("block of hours", couple.number, 0))]


def leaning(block: int, use: int, usual: float, focus: float) -> float:
    """How much more or less a couple does of one thing, so that usual hours change nothing in the mean."""
    if block == NO_BLOCK:
        return 1.0
    return focus if block == use else max(0.0, (1.0 - usual * focus) / (1.0 - usual))


def to_visits(couple: "Couple") -> float:
    """Leaning of a couple to visits and talks."""
    p = couple.model.numbers("chief")
    return leaning(couple.block, VISITS, p.usual_visits, p.focus)


def to_places(couple: "Couple") -> float:
    """Leaning of a couple to the places of the plan."""
    p = couple.model.numbers("chief")
    return leaning(couple.block, PLACES, p.usual_places, p.focus)


def to_arrests(couple: "Couple") -> float:
    """Leaning of a couple to quick arrests."""
    p = couple.model.numbers("chief")
    return leaning(couple.block, ARRESTS, p.usual_arrests, p.focus_stops)
