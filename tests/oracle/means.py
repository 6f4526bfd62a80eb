"""Vehicles, fuel, lines, funds and the mayor (ODD: resources)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oracle.police import Couple, Facility
    from oracle.town import PlainTown


@dataclass(eq=False)
class Vehicle:
    """A vehicle or motorcycle of a facility."""

    facility: "Facility"
    motorcycle: bool
    who: int
    works: bool = True


@dataclass
class Mayor:
    """The mayor of the present term."""

    term: int
    willing: bool


@dataclass
class Garage:
    """The vehicles of the municipality and its mayor."""

    vehicles: list[Vehicle] = field(default_factory=list)
    mayor: Mayor = field(default_factory=lambda: Mayor(-1, False))


def term_of(town: "PlainTown") -> int:
    """Number of the mayor's term; terms begin on 15 January of every fourth year."""
    date = town.date
    early = date.year % 4 == 0 and (date.month, date.day) < (1, 15)
    return (date.year - 1996) // 4 - (1 if early else 0)


def open_garage(town: "PlainTown") -> Garage:
    """Give vehicles, facilities and the mayor their first state."""
    p, garage = town.numbers("resources"), Garage()
    both = p.breakdown + p.repair
    out = p.breakdown / both if both > 0.0 else 0.0
    for facility in town.facilities:
        for motorcycle, owned in ((False, facility.vehicles), (True, facility.motorcycles)):
            for number in range(owned):
                who = 64 * facility.number + 32 * motorcycle + number
                works = town.uniform("vehicle works", who, 0, tick=0) >= out
                garage.vehicles.append(Vehicle(facility, motorcycle, who, works))
    disburse(town)
    elect(town, garage.mayor)
    return garage


def maintain(town: "PlainTown") -> None:
    """Do what a morning asks for."""
    p = town.numbers("resources")
    if town.shift != 0:
        return
    if town.day % 7 == 0:
        for vehicle in town.garage.vehicles:
            name, chance = ("breaks", p.breakdown) if vehicle.works else ("mended", p.repair)
            if town.uniform(name, vehicle.who, 0, tick=town.day // 7) < chance:
                vehicle.works = not vehicle.works
    if town.date.day == 1:
        disburse(town)
        if town.date.month in (1, 4, 7, 10):
            raise_funds(town)
    if term_of(town) != town.garage.mayor.term:
        elect(town, town.garage.mayor)


def disburse(town: "PlainTown") -> None:
    """Draw the budget, connection and credit of the month."""
    p = town.numbers("resources")
    late = town.uniform("late budget", 0, 0, tick=town.month) < p.late
    for facility in town.facilities:
        facility.late = late
        facility.internet = town.uniform("internet", facility.number, 0, tick=town.month) < p.internet
        facility.phone = town.uniform("phone credit", facility.number, 0, tick=town.month) < p.phones


def raise_funds(town: "PlainTown") -> None:
    """Let communities hold benefit events."""
    p = town.numbers("resources")
    for authority in town.authorities:
        if authority.cell.facility < 0:
            continue
        if town.uniform("benefit event", authority.number, 0) < p.events * authority.organised:
            town.facilities[authority.cell.facility].purse += p.event_km


def elect(town: "PlainTown", mayor: Mayor) -> None:
    """Begin a term of a mayor."""
    p, term = town.numbers("resources"), term_of(town)
    stays = mayor.term >= 0 and town.uniform("re-elected", 0, 0, tick=term) < p.incumbency
    mayor.term = term
    if not stays:
        mayor.willing = town.numbers("mayor").gives == 0 and town.uniform("mayor", 0, 0, tick=term) < p.willing


def on_the_road(town: "PlainTown", facility: "Facility", *, motorcycle: bool) -> int:
    """Number of vehicles, or of motorcycles, that a facility has on the road in this shift."""
    own = [one for one in town.garage.vehicles if one.facility is facility and one.motorcycle == motorcycle]
    wanted = sum(one.works for one in own) * town.numbers("resources").vehicles
    whole = int(wanted)
    rest = wanted - whole
    return whole + (rest > 0.0 and town.uniform("fleet", facility.number, int(motorcycle)) < rest)


def is_accompanied(town: "PlainTown", couple: "Couple", *, walks: bool) -> bool:
    """Tell whether municipal police go with a couple; with a reinforcement they never do."""
    p = town.numbers("resources")
    by_mayor = p.joint_patrols if town.garage.mayor.willing else 0.0
    at_market = p.joint_market if walks and town.is_market_day and town.shift < 2 else 0.0
    return not couple.reinforces and town.uniform("joint patrol", couple.number, 0) < max(by_mayor, at_market)


def fuel(town: "PlainTown", facility: "Facility", km: float) -> float:
    """Kilometres of a couple for a shift, from its ration and the purse of its facility."""
    p = town.numbers("resources")
    gift = min(facility.purse, p.event_share)
    facility.purse -= gift
    return km * (p.late_ration if facility.late else 1.0) + gift + 1e9 * p.no_ration
