"""The mayor: a budget, gifts, and what becomes of them (ODD: mayor)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.capture import FOUND_OUT
from oracle.consultation import COUNCIL, is_held_today
from oracle.crime import KILLING
from oracle.deciding import decide
from oracle.means import term_of
from oracle.narcos import group_on

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.places import Cell
    from oracle.police import Facility
    from oracle.town import PlainTown

MAYOR = 0
NOTHING, MOTORCYCLES, LIGHT, COMPANY, CAMERAS = range(5)
GIFTS = {MOTORCYCLES: "motorcycles", LIGHT: "light", COMPANY: "company", CAMERAS: "cameras"}
LASTS = {MOTORCYCLES: "loan_months", LIGHT: "light_months", COMPANY: "company_months", CAMERAS: "camera_months"}
WANTED = (LIGHT, LIGHT, CAMERAS, CAMERAS, MOTORCYCLES, COMPANY, COMPANY, COMPANY)
"""What is asked for, by the kind of crime that a community complains of; not for violence at home."""
INSTEAD = {MOTORCYCLES: COMPANY, CAMERAS: LIGHT}
"""What is asked for in place of what, where the mayor does not lend."""
REQUEST, YEAR, MONTH = 90, 1095, 91


@dataclass
class Gift:
    """What the mayor remembers of one gift, and until when it was given."""

    used: float = 0.0
    idle: float = 0.0
    until: int = 0


@dataclass(eq=False)
class Petition:
    """What an authority has brought to the mayor."""

    authority: "Authority"
    asked: int = -1
    wanted: int = NOTHING
    granted: int = -1


@dataclass(eq=False)
class Loan:
    """Motorcycles that a facility has on loan."""

    facility: "Facility"
    motorcycles: int = 0
    until: int = 0
    taken: int = 0


class Hall:
    """The mayor in office, what was given, and what waits."""

    def __init__(self, town: "PlainTown") -> None:
        self.term = -1
        self.nth = 0
        self.captor = -1
        self.care = self.integrity = 0.0
        self.budget_left = 1.0
        self.dead = 0.0
        self.usual = -1.0
        self.gifts = [Gift() for _ in range(5)]
        self.petitions = [Petition(one) for one in town.authorities]
        self.loans = [Loan(one) for one in town.facilities]

    @property
    def surprise(self) -> float:
        """How many more killings are known of this quarter than usual, as a logarithm."""
        return 0.0 if self.usual < 0.0 else math.log((self.dead + 1.0) / (self.usual + 1.0))


# Office


def open_hall(town: "PlainTown") -> Hall:
    """Let the first mayor take office."""
    town.hall = Hall(town)
    begin_term(town)
    return town.hall


def begin_term(town: "PlainTown") -> None:
    """Begin a term: the mayor stays, or somebody new takes office."""
    hall, before = town.hall, town.hall.term
    hall.term = term_of(town)
    if before < 0 or town.uniform("re-elected", 0, 0, tick=hall.term) >= town.numbers("resources").incumbency:
        swear_in(town, 0)


def swear_in(town: "PlainTown", nth: int) -> None:
    """Let somebody new take office, who knows of nothing that was asked and used."""
    hall = town.hall
    hall.nth, hall.captor, hall.budget_left, hall.usual = nth, -1, 1.0, -1.0
    hall.care = town.uniform("mayor's care", 0, nth, tick=hall.term)
    hall.integrity = town.uniform("mayor's integrity", 0, nth, tick=hall.term)
    for petition in hall.petitions:
        petition.asked = -1
    for gift in hall.gifts:
        gift.used = gift.idle = 0.0
    for loan in hall.loans:
        loan.motorcycles = 0
    hall.gifts[MOTORCYCLES].until = hall.gifts[COMPANY].until = 0
    if town.numbers("mayor").gives == 1:
        town.garage.mayor.willing = False


# Every shift


def govern(town: "PlainTown") -> None:
    """Hear of killings and petitions; at a month's end see what was used, at a quarter's decide."""
    hall = town.hall
    if town.shift == 0 and term_of(town) != hall.term:
        begin_term(town)
    hall.dead += sum(one.kind == KILLING and (one.found or one.written) for one in town.incidents)
    if town.shift == 0 and hall.captor == FOUND_OUT:
        swear_in(town, hall.nth + 1)
    if town.shift == 1:
        for petition in hall.petitions:
            if comes(town, petition.authority):
                hear(town, petition)
    if town.month_ends:
        look_back(town)
        if town.date.month % 3 == 0:
            close_quarter(town)
        for cell in town.cells:
            cell.is_lit, cell.is_filmed = cell.lit > town.tick, cell.filmed > town.tick
        town.seen_here, town.n_joint = set(), 0


def comes(town: "PlainTown", one: "Authority") -> bool:
    """Tell whether an authority meets the mayor now: at the municipal table, or at the council."""
    p = town.numbers("consultation")
    at_table = any(m.authority == one.number and m.at_table for m in town.meetings)
    council = is_held_today(town, COUNCIL, p.rhythm * p.council) and town.tick >= one.silent_until
    return at_table or (council and town.uniform("comes to the council", one.number, 0) < one.organised)


def hear(town: "PlainTown", petition: Petition) -> None:
    """Let an authority bring to the mayor what lay unanswered until today."""
    one = petition.authority
    unanswered = one.last_answer < one.last_request or one.last_answer == town.tick
    old = 0 <= one.last_request <= town.tick - REQUEST
    if not (old and unanswered and 0 <= one.problem < len(WANTED)):
        return
    if petition.asked < 0 or town.tick - petition.asked > YEAR:
        petition.asked = town.tick
    wanted = WANTED[one.problem]
    petition.wanted = wanted if town.numbers("mayor").lends else INSTEAD.get(wanted, wanted)


def is_open(town: "PlainTown", petition: Petition) -> bool:
    """Tell whether a petition waits, not for too long, and not on the ground of who has captured the mayor."""
    heard = petition.asked >= 0 and town.tick - petition.asked <= YEAR
    return heard and not is_captors(town, petition.authority.cell)


def is_captors(town: "PlainTown", cell: "Cell") -> bool:
    """Tell whether a cell is ground of the group that has captured the mayor."""
    return town.hall.captor >= 0 and group_on(town, cell) == town.hall.captor


# The end of a month


def look_back(town: "PlainTown") -> None:
    """Remember of each gift whether it was used this month; let loans end."""
    p, hall = town.numbers("mayor"), town.hall
    used = {
        MOTORCYCLES: any(loan.taken > 0 for loan in hall.loans),
        LIGHT: any(cell.lit > town.tick for cell in town.seen_here),
        COMPANY: town.n_joint > 0,
        CAMERAS: any(cell.filmed > town.tick for cell in town.seen_here),
    }
    for number, gift in enumerate(hall.gifts):
        gift.used *= 2.0 ** (-1.0 / p.memory)
        gift.idle *= 2.0 ** (-1.0 / p.memory)
        if gift.until > town.tick:
            gift.used += used[number] / 3.0
            gift.idle += (not used[number]) / 3.0
    for loan in hall.loans:
        loan.taken = 0
        if loan.until <= town.tick:
            loan.motorcycles = 0
    if p.gives == 1:
        town.garage.mayor.willing = hall.gifts[COMPANY].until > town.tick


def close_quarter(town: "PlainTown") -> None:
    """Decide on the budget of the year and the gift of the quarter."""
    p, hall = town.numbers("mayor"), town.hall
    if p.budgets == 1 and town.date.month == 12:
        hall.budget_left = min(p.most, max(p.least, hall.budget_left + change_of_budget(town)))
    if p.gives == 1:
        gift = chosen_gift(town)
        if gift != NOTHING:
            give(town, gift)
    hall.usual = hall.dead if hall.usual < 0.0 else hall.usual + (hall.dead - hall.usual) / p.usual_quarters
    hall.dead = 0.0


def change_of_budget(town: "PlainTown") -> float:
    """Decide whether there is less, as much or more room in the next year's budget."""
    p, hall = town.numbers("mayor"), town.hall
    n_open = sum(is_open(town, one) for one in hall.petitions)
    more = [
        p.care * (hall.care - 0.5),
        p.asked_budget * p.asked * min(n_open, 2 * p.asked_most),
        p.killings * hall.surprise,
        p.election * (town.date.year % 4 == 3),
        -2.0 * p.regress * (hall.budget_left - 1.0),
    ]
    terms = {"cut": [0.0, *(-x for x in more)], "keep": [p.keep] + [0.0] * 5, "raise": [0.0, *more]}
    way = decide(town, "mayor's budget", MAYOR, terms, ordered=True)
    return float({"cut": -p.step, "keep": 0.0, "raise": p.step}[way])


def is_barred(town: "PlainTown", number: int) -> bool:
    """Tell whether a gift is none that this municipality gives."""
    p = town.numbers("mayor")
    lends_not = p.lends == 0 and number in (MOTORCYCLES, CAMERAS)
    return lends_not or (number == COMPANY and p.accompanies == 0)


def chosen_gift(town: "PlainTown") -> int:
    """Decide what to give, if anything."""
    p, hall = town.numbers("mayor"), town.hall
    election = p.election * (town.date.year % 4 == 3)
    terms: dict[str, list[float]] = {"nothing": [0.0] * 7}
    for number, name in GIFTS.items():
        gift = hall.gifts[number]
        n_open = sum(one.wanted == number for one in hall.petitions if is_open(town, one))
        useful = (gift.used + p.prior / 2.0) / (gift.used + gift.idle + p.prior)
        terms[name] = [
            -1000.0 if is_barred(town, number) else p.habit,
            p.care * hall.care,
            p.asked * min(n_open, p.asked_most) - (1000.0 if n_open == 0 and p.only_asked == 1 else 0.0),
            p.killings * hall.surprise,
            p.used * (2.0 * useful - 1.0),
            election,
            -getattr(p, f"cost_{name}") / hall.budget_left,
        ]
    return list(terms).index(decide(town, "what the mayor gives", MAYOR, terms, ordered=False))


# Gifts


def give(town: "PlainTown", number: int) -> None:
    """Give, for so many months, to the place that has waited longest."""
    p, hall = town.numbers("mayor"), town.hall
    until = town.tick + MONTH * int(getattr(p, LASTS[number]))
    hall.gifts[number].until = until
    place = place_of(town, number)
    if number == COMPANY:
        town.garage.mayor.willing = True
        grant(town, [one for one in hall.petitions if one.asked >= 0 and one.wanted == number])
    elif number == MOTORCYCLES:
        lend(town, max(place.authority.cell.facility, 0), until)
    else:
        for cell in town.cells:
            if cell.away(place.authority.cell) ** 2 <= p.reach**2 and not is_captors(town, cell):
                setattr(cell, {LIGHT: "lit", CAMERAS: "filmed"}[number], until)
        if place.wanted == number and is_open(town, place):
            grant(town, [place])


def place_of(town: "PlainTown", number: int) -> Petition:
    """Return the petition that has waited longest for a gift, else for anything, else the first of all."""
    waiting = [one for one in town.hall.petitions if is_open(town, one)]
    for it in (one for one in waiting if one.wanted == number), waiting:
        longest = min(it, key=lambda one: one.asked, default=None)
        if longest is not None:
            return longest
    return town.hall.petitions[0]


def lend(town: "PlainTown", facility: int, until: int) -> None:
    """Lend motorcycles to a facility, with fuel."""
    p, hall = town.numbers("mayor"), town.hall
    hall.loans[facility].motorcycles, hall.loans[facility].until = int(p.motorcycles), until
    town.facilities[facility].purse += p.fuel_km
    served = [one for one in hall.petitions if one.authority.cell.facility == facility]
    grant(town, [one for one in served if one.asked >= 0 and one.wanted == MOTORCYCLES])


def grant(town: "PlainTown", petitions: list[Petition]) -> None:
    """Grant petitions."""
    for one in petitions:
        one.asked, one.granted = -1, town.tick
