"""M19, resources: vehicles break, fuel is rationed, lines fail; municipality and communities help (ODD 6.16).

Switched off, every vehicle works, fuel has no ration and lines never fail; nobody lends or raises anything.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.kernels import kernel
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, in_the_morning, portrayed
from model.parameters import Group, number, share
from model.rows import Column, Row, zeros
from model.state import MEANS
from model.tables import Table

if TYPE_CHECKING:
    from model.authorities import Authority
    from model.measures import Month
    from model.model import TrustModel as World
    from model.police import FacilityRow
    from model.register import Tally
    from model.rows import Ints, Rows
    from model.stage import Plant
    from model.state import Board, Means
    from model.territory import Cell

VEHICLE_WORKS, BREAKS, MENDED = decision("vehicle works"), decision("breaks"), decision("mended")
LATE_BUDGET, INTERNET, PHONE_CREDIT = decision("late budget"), decision("internet"), decision("phone credit")
MAYOR, REELECTED, JOINT, BENEFIT, FLEET = (
    decision("mayor"),
    decision("re-elected"),
    decision("joint patrol"),
    decision("benefit event"),
    decision("fleet"),
)
WITHOUT_LIMIT = 1e9
TERM_BEGINS = 15
"""Day of January on which a mayor takes office, every fourth year (2012, 2016, 2020)."""


@dataclass(frozen=True, kw_only=True)
class Resources(Group):
    """What the police can drive, burn and ring with, and who helps."""

    name: ClassVar[str] = "resources"
    evidence: ClassVar[tuple[str, ...]] = (
        "B08", "B15", "B16", "B17", "B18", "E16", "I01", "I02", "I03", "I04", "I05", "I07", "U05", "U06", "U07", "U08",
    )  # fmt: skip

    vehicles: float = number(
        1.0, "ratio", 0.0, 6.0, "design: 1 = as owned", "vehicles and motorcycles on the road for each that works",
        role="site",
    )  # fmt: skip
    breakdown: float = share(0.06, "U05, I01; assumed", "working vehicles that break down in a week", off=0.0)
    repair: float = share(
        0.09, "U05: 0.30-0.50 out of service", "broken vehicles that are repaired in a week", role="lever", off=1.0
    )
    late: float = share(0.15, "I07; assumed", "months in which the budget comes late", role="lever", off=0.0)
    late_ration: float = share(0.5, "U06: 3 gallons for 6", "fuel ration in such a month, relative", off=1.0)
    no_ration: float = share(0.0, "design: 1 = fuel without limit", "fuel without a ration", off=1.0)
    internet: float = share(0.6, "I02, D04; assumed", "months in which a facility is connected", role="lever", off=1.0)
    phones: float = share(
        0.8, "I04: officers pay themselves; assumed", "months in which a facility's telephones have credit",
        role="lever", off=1.0,
    )  # fmt: skip
    condition: float = share(0.3, "I05; assumed", "condition of stations and pay", role="lever")
    willing: float = share(0.4, "B17; assumed", "mayors who take on security, where a coin decides", role="site")
    incumbency: float = share(0.35, "assumed", "mayors who are elected again")
    joint_patrols: float = share(
        0.15, "B15, B16; assumed", "couples that municipal police go with, while the mayor sends them",
        role="lever", off=0.0,
    )  # fmt: skip
    joint_tone: float = number(0.3, "log-odds", 0.0, 2.0, "B18; assumed", "fair treatment with municipal police along")
    events: float = share(
        0.05, "orders of magnitude; assumed", "benefit events in a quarter, where all are organised", off=0.0
    )
    event_km: float = number(300.0, "km", 0.0, 5000.0, "assumed", "fuel that an event pays for")
    event_share: float = number(10.0, "km", 0.0, 500.0, "assumed", "of it, most that a couple takes in a shift")


class Vehicle(Row):
    """A vehicle or motorcycle of a facility, and since when it works or does not."""

    facility: int
    motorcycle: int
    number: int
    works: int
    since: int


class Mayor(Row):
    """The mayor's term, and whether municipal police go along; -1 before the first."""

    term: Annotated[int, Column("term of office", "term", -1)]
    willing: Annotated[int, Column("takes on security", "0 or 1", -1)]


VEHICLES = Table(
    name="vehicles", row=Vehicle, per="one", start=lambda town: vehicles_of(town.facilities), about="Vehicles: this."
)
MAYOR_OF = Table(name="mayor", row=Mayor, per="one", about="The mayor: this alone.")


class Counts(Row):
    """What is counted in a month."""

    breakdowns: float
    repairs: float
    joint_patrols: float
    benefit_km: float


@kernel
def name_of(vehicle: Vehicle) -> int:
    """Lasting number of a vehicle: 64 to a facility, motorcycles from 32 on."""
    return vehicle.facility * 64 + 32 * vehicle.motorcycle + vehicle.number


@kernel
def first_vehicles(
    vehicles: Rows[Vehicle], homes: Rows[FacilityRow], resources: Rows[Resources], tick: int, seed: int
) -> None:
    """Let as many vehicles work at the start as breakdowns and repairs keep working."""
    for v in range(len(vehicles)):
        vehicle = vehicles[v]
        p = resources[homes[vehicle.facility].settlement]
        both = p.breakdown + p.repair
        out = p.breakdown / both if both > 0.0 else 0.0
        vehicle.works = 1 if luck(seed, VEHICLE_WORKS, 0, name_of(vehicle), 0) >= out else 0
        vehicle.since = tick


@kernel
def run_down(
    vehicles: Rows[Vehicle],
    homes: Rows[FacilityRow],
    resources: Rows[Resources],
    tally: Rows[Tally],
    tick: int,
    seed: int,
) -> None:
    """Let vehicles break and be repaired, once a week."""
    week = tick // 21
    for v in range(len(vehicles)):
        vehicle = vehicles[v]
        p, who = resources[homes[vehicle.facility].settlement], name_of(vehicle)
        if vehicle.works == 1 and luck(seed, BREAKS, week, who, 0) < p.breakdown:
            vehicle.works, vehicle.since = 0, tick
            tally[0].breakdowns += 1.0
        elif vehicle.works == 0 and luck(seed, MENDED, week, who, 0) < p.repair:
            vehicle.works, vehicle.since = 1, tick
            tally[0].repairs += 1.0


@kernel
def disburse(means: Rows[Means], homes: Rows[FacilityRow], resources: Rows[Resources], month: int, seed: int) -> None:
    """Draw what the month brings each facility: its budget in time or not, its connection, its credit."""
    late = luck(seed, LATE_BUDGET, month, 0, 0) < resources[0].late
    for f in range(len(homes)):
        p = resources[homes[f].settlement]
        means[f].late = 1 if late else 0
        means[f].internet = 1 if luck(seed, INTERNET, month, f, 0) < p.internet else 0
        means[f].phone = 1 if luck(seed, PHONE_CREDIT, month, f, 0) < p.phones else 0


@kernel
def raise_funds(
    means: Rows[Means],
    cells: Rows[Cell],
    authorities: Rows[Authority],
    boards: Rows[Board],
    resources: Rows[Resources],
    tally: Rows[Tally],
    tick: int,
    seed: int,
) -> None:
    """Let organised communities hold benefit events that pay for fuel of their facility."""
    for a in range(len(authorities)):
        p = resources[authorities[a].settlement]
        home = cells[authorities[a].cell].facility
        if home >= 0 and luck(seed, BENEFIT, tick, a, 0) < p.events * boards[a].organised:
            means[home].purse += p.event_km
            tally[0].benefit_km += p.event_km


@kernel
def ration(p: Resources, mean: Means, gallons: float, km_per_gallon: float) -> float:
    """Kilometres that a couple gets for a shift; what the purse pays for is taken out of it."""
    km = gallons * km_per_gallon / 3.0
    if mean.late == 1:
        km *= p.late_ration
    gift = min(mean.purse, p.event_share)
    mean.purse -= gift
    return km + gift + WITHOUT_LIMIT * p.no_ration


@kernel
def multiply(count: Ints, plant: Plant, resources: Rows[Resources], motorcycle: int, tick: int, seed: int) -> None:
    """Multiply the vehicles of every facility that work, or its motorcycles; luck decides about the fraction."""
    for f in range(len(count)):
        wanted = count[f] * resources[plant.facilities[f].settlement].vehicles
        count[f] = int(wanted)
        if wanted > count[f] and luck(seed, FLEET, tick, f, motorcycle) < wanted - count[f]:
            count[f] += 1


@kernel
def goes_along(p: Resources, willing: int, post: int, tick: int, seed: int) -> bool:
    """Whether municipal police go with this couple."""
    return willing == 1 and luck(seed, JOINT, tick, post, 0) < p.joint_patrols


def term_of(date: datetime.date) -> int:
    """Return the number of a mayor's term; the one that began in January 2016 is 5.

    >>> [term_of(datetime.date(2016, 1, day)) for day in (14, 15)]
    [4, 5]
    """
    before = date.year % 4 == 0 and date < datetime.date(date.year, 1, TERM_BEGINS)
    return (date.year - 1996) // 4 - int(before)


def elect(mayor: Mayor, term: int, p: Resources, decides: int, seed: int) -> None:
    """Let a term begin: the mayor stays, or another takes office, willing or not; who decides has yet to do so."""
    if mayor.term >= 0 and luck(seed, REELECTED, term, 0, 0) < p.incumbency:
        mayor.term = term
        return
    wills = luck(seed, MAYOR, term, 0, 0) < p.willing
    mayor.term, mayor.willing = term, 0 if decides == 1 else int(wills)


def vehicles_of(facilities: Rows[FacilityRow]) -> Rows[Vehicle]:
    """Return a row for every vehicle and motorcycle that the facilities own."""
    owned = [
        (f, motorcycle, number, 1, 0)
        for f, facility in enumerate(facilities)
        for motorcycle, n in enumerate((facility.vehicles, facility.motorcycles))
        for number in range(n)
    ]
    rows = zeros(Vehicle, len(owned))
    rows[:] = np.array(owned, Vehicle.dtype)
    return rows


def begin(world: World) -> None:
    """Give vehicles, facilities and the mayor their first state."""
    state, numbers, homes = world.state, world.numbers["resources"], world.plant.facilities
    first_vehicles(state.vehicles, homes, numbers, world.tick, world.seed)
    disburse(state.means, homes, numbers, world.month, world.seed)
    elect(state.mayor[0], term_of(world.date), numbers[0], world.numbers["mayor"][0]["gives"], world.seed)


@in_the_morning
def act(world: World) -> None:
    """Each morning that it is time: the week's breakdowns, the month's budget, the quarter's events, a new term."""
    state, numbers, homes = world.state, world.numbers["resources"], world.plant.facilities
    date, tick, seed = world.date, world.tick, world.seed
    if tick % 21 == 0:
        run_down(state.vehicles, homes, numbers, state.tally, tick, seed)
    if date.day == 1:
        disburse(state.means, homes, numbers, world.month, seed)
        if date.month % 3 == 1:
            authorities, cells = world.town.authorities, world.ground.cells
            raise_funds(state.means, cells, authorities, state.boards, numbers, state.tally, tick, seed)
    if term_of(date) != state.mayor["term"].item(0):
        elect(state.mayor[0], term_of(date), numbers[0], world.numbers["mayor"][0]["gives"], seed)


def portrait(month: Month) -> dict[str, float]:
    """Return the measures of what the police had in a month."""
    state, shifts = month.world.state, 3.0 * month.world.days_of_month
    connected = state[MEANS]["internet"]
    return {
        "vehicles_working": float(month.tally.vehicles + month.tally.motorcycles) / shifts,
        "mayor_willing": float(state[MAYOR_OF][0].willing),
        "internet_share": float(np.mean(connected)) if len(connected) else float("nan"),
    }


IT = Mechanism(
    group=Resources,
    tables=(
        VEHICLES,
        MAYOR_OF,
    ),
    counts=Counts,
    writes=("means.late", "means.internet", "means.phone", "means.purse"),
    begin=begin,
    knockout=Knockout(("km", "km_available", "vehicles_working", "joint_patrols")),
    measures={
        "breakdowns": Measure("vehicles"),
        "repairs": Measure("vehicles"),
        "joint_patrols": Measure("couple-shifts"),
        "benefit_km": Measure("km"),
    }
    | portrayed(
        portrait,
        {
            "vehicles_working": "vehicles",
            "mayor_willing": "0 or 1",
            "internet_share": "share",
        },
    ),
)
