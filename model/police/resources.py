"""M19, resources: vehicles break, fuel is rationed, lines fail; municipality and communities help.

Vehicles break and are repaired weekly, budgets and connections are drawn monthly, benefit events quarterly, mayors by
term.

Switched off, every vehicle works, fuel has no ration and lines never fail; nobody lends or raises anything.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.calendar import FIRST_DAYS, MORNINGS, SHIFTS, WEEK, WEEK_STARTS
from model.engine.domains import COUNT, FLAG, PAST, code_of, row_of
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Column, Row, zero_rows
from model.engine.tables import RowTableSpec
from model.world.mechanism import Knockout, Measure, Mechanism, measures_from
from model.world.steps import in_order, python_step, step

if TYPE_CHECKING:
    from model.engine.rows import IntArray, Rows
    from model.simulation.world import Simulation, World
    from model.town.police import FacilityRow
    from model.world.month import MonthSnapshot
    from model.world.state import FacilityResources

VEHICLE_WORKS, BREAKS_STREAM, MENDED_STREAM = stream_id("vehicle works"), stream_id("breaks"), stream_id("mended")
LATE_BUDGET, INTERNET_STREAM, PHONE_CREDIT = stream_id("late budget"), stream_id("internet"), stream_id("phone credit")
MAYOR_STREAM, REELECTED_STREAM, JOINT_PATROL_STREAM, BENEFIT_EVENT_STREAM, FLEET_STREAM = (
    stream_id("mayor"),
    stream_id("re-elected"),
    stream_id("joint patrol"),
    stream_id("benefit event"),
    stream_id("fleet"),
)
UNLIMITED_KM = 1e9
"""Kilometres of a shift where fuel has no ration."""
VEHICLES_A_FACILITY, FIRST_MOTORCYCLE = 64, 32
"""Permanent numbers of vehicles: 64 to a facility, motorcycles from 32 on; they key random streams."""
TERM_START_DAY = 15
"""Day of January on which a mayor takes office, every fourth year (2012, 2016, 2020)."""


@dataclass(frozen=True, init=False)
class Resources(ParameterGroup):
    """Parameters of vehicles, fuel, connections, and the help of municipality and communities."""

    name: ClassVar[str] = "resources"
    evidence: ClassVar[tuple[str, ...]] = (
        "B07", "B08", "B15", "B16", "B17", "B18", "E16", "I01", "I02", "I03", "I04", "I05", "I07", "U05", "U06", "U07",
        "U08",
    )  # fmt: skip

    vehicles: float
    breakdown: float
    repair: float
    late: float
    late_ration: float
    no_ration: float
    internet: float
    phones: float
    condition: float
    willing: float
    incumbency: float
    joint_patrols: float
    joint_market: float
    joint_tone: float
    events: float
    event_km: float
    event_share: float


class VehicleRow(Row):
    """Vehicle or motorcycle of a facility, whether it works, and the tick since which it does or does not."""

    facility: Annotated[int, row_of("facility")]
    motorcycle: Annotated[int, FLAG]
    number: Annotated[int, COUNT]
    works: Annotated[int, FLAG]
    since: Annotated[int, PAST]


class MayorTerm(Row):
    """Mayor's term and whether the mayor sends municipal police along; -1 before the first."""

    term: Annotated[int, Column("term of office", "term", -1), COUNT]
    willing: Annotated[int, Column("takes on security", "0 or 1", -1), code_of(2, none=True)]


MAYOR_TERMS = RowTableSpec(
    name="mayor_terms",
    row=MayorTerm,
    per="one",
    about="Terms of mayors, and whether municipal police accompany couples.",
)


class ResourceCounts(Row):
    """Monthly counts of breakdowns, repairs, joint patrols and benefit events."""

    breakdowns: float
    repairs: float
    joint_patrols: float
    benefit_km: float


VEHICLES = RowTableSpec(
    name="vehicles",
    row=VehicleRow,
    per="one",
    start=lambda town: vehicle_table(town.facilities),
    about="Vehicles.",
)


@kernel
def vehicle_id(vehicle: VehicleRow) -> int:
    """Return the permanent number of a vehicle, which keys its random streams."""
    return vehicle.facility * VEHICLES_A_FACILITY + FIRST_MOTORCYCLE * vehicle.motorcycle + vehicle.number


@kernel
def initialise_vehicles(w: World) -> None:
    """Draw the vehicles that work at the start, as many as breakdowns and repairs keep; updates `vehicles`."""
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        p = w.p.resources[w.facilities[vehicle.facility].settlement]
        # Equilibrium of the two-state Markov chain of breakdown and repair.
        both = p.breakdown + p.repair
        out = p.breakdown / both if both > 0.0 else 0.0
        vehicle.works = 1 if keyed_uniform(w.seed, VEHICLE_WORKS, 0, vehicle_id(vehicle), 0) >= out else 0
        vehicle.since = w.tick


@kernel
def update_monthly_means(w: World, month: int) -> None:
    """Draw the month of each facility; updates `means.late`, `means.internet` and `means.phone`."""
    seed = w.seed
    means = w.facility_resources
    # One draw for all facilities: the budget comes late for the whole police.
    late = keyed_uniform(seed, LATE_BUDGET, month, 0, 0) < w.p.resources[0].late
    for f in range(len(w.facilities)):
        p = w.p.resources[w.facilities[f].settlement]
        means[f].late = 1 if late else 0
        means[f].internet = 1 if keyed_uniform(seed, INTERNET_STREAM, month, f, 0) < p.internet else 0
        means[f].phone = 1 if keyed_uniform(seed, PHONE_CREDIT, month, f, 0) < p.phones else 0


@kernel
def hold_benefit_events(w: World) -> None:
    """Let organised communities hold benefit events that pay for fuel; updates `means.purse` (km) and counts."""
    for a in range(len(w.authorities)):
        authority, organised = w.authorities[a], w.boards[a].organised
        p = w.p.resources[authority.settlement]
        home = w.cells[authority.cell].facility
        if home >= 0 and keyed_uniform(w.seed, BENEFIT_EVENT_STREAM, w.tick, a, 0) < p.events * organised:
            w.facility_resources[home].purse += p.event_km
            w.tally[0].benefit_km += p.event_km


@kernel
def kilometre_ration(p: Resources, mean: FacilityResources, gallons: float, km_per_gallon: float) -> float:
    """Return the km of fuel that a couple gets for a shift, from ``gallons`` a day and the purse of its facility.

    Updates ``mean.purse``.
    """
    km = gallons * km_per_gallon / SHIFTS
    if mean.late == 1:
        km *= p.late_ration
    gift = min(mean.purse, p.event_share)
    mean.purse -= gift
    return km + gift + UNLIMITED_KM * p.no_ration


@kernel
def multiply_vehicles(w: World, count: IntArray, motorcycle: int) -> None:
    """Multiply the working vehicles (or motorcycles) of each facility by `resources.vehicles`; updates ``count``."""
    for f in range(len(count)):
        wanted = count[f] * w.p.resources[w.facilities[f].settlement].vehicles
        # Stochastic rounding keeps the mean.
        count[f] = int(wanted)
        if wanted > count[f] and keyed_uniform(w.seed, FLEET_STREAM, w.tick, f, motorcycle) < wanted - count[f]:
            count[f] += 1


@kernel
def municipal_police_join(w: World, p: Resources, willing: int, at_market: bool, post: int) -> bool:
    """Return whether municipal police go with this couple.

    They do while the mayor is ``willing`` (1), and with couples on foot on market days (``at_market``) in any case.
    """
    chance = max(p.joint_patrols * willing, p.joint_market if at_market else 0.0)
    return keyed_uniform(w.seed, JOINT_PATROL_STREAM, w.tick, post, 0) < chance


def mayoral_term(date: datetime.date) -> int:
    """Return the number of a mayor's term; the one that began in January 2016 is 5.

    >>> [mayoral_term(datetime.date(2016, 1, day)) for day in (14, 15)]
    [4, 5]
    """
    before = date.year % 4 == 0 and date < datetime.date(date.year, 1, TERM_START_DAY)
    return (date.year - 1996) // 4 - int(before)


def begin_mayoral_term(mayor: MayorTerm, term: int, p: Resources, decides: int, seed: int) -> None:
    """Begin a mayor's term; updates ``mayor.term`` and ``mayor.willing``.

    A re-elected mayor keeps the latter.  Another one is willing by chance, or not at first where mayors make choices
    (``decides`` is 1).
    """
    if mayor.term >= 0 and keyed_uniform(seed, REELECTED_STREAM, term, 0, 0) < p.incumbency:
        mayor.term = term
        return
    wills = keyed_uniform(seed, MAYOR_STREAM, term, 0, 0) < p.willing
    mayor.term, mayor.willing = term, 0 if decides == 1 else int(wills)


def vehicle_table(facilities: Rows[FacilityRow]) -> Rows[VehicleRow]:
    """Return the table of vehicles and motorcycles that the facilities own."""
    owned = [
        (f, motorcycle, number, 1, 0)
        for f, facility in enumerate(facilities)
        for motorcycle, n in enumerate((facility.vehicles, facility.motorcycles))
        for number in range(n)
    ]
    rows = zero_rows(VehicleRow, len(owned))
    rows[:] = np.array(owned, VehicleRow.dtype)
    return rows


def initialise(sim: Simulation) -> None:
    """Initialise vehicles, means of facilities and the mayor's term."""
    initialise_vehicles(sim.w)
    update_monthly_means(sim.w, sim.month)
    begin_term_of_date(sim)


def begin_term_of_date(sim: Simulation) -> None:
    """Begin the mayor's term that covers the present date."""
    p, decides = sim.p.resources[0], sim.p.mayor[0].gives
    begin_mayoral_term(sim.w.mayor_terms[0], mayoral_term(sim.date), p, decides, sim.seed)


@step(flags=MORNINGS | WEEK_STARTS)
def update_vehicles(w: World) -> None:
    """Let vehicles break down and be repaired in a week; updates `vehicles` and counts."""
    tally, tick, seed, week = w.tally, w.tick, w.seed, w.tick // WEEK
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        p, number = w.p.resources[w.facilities[vehicle.facility].settlement], vehicle_id(vehicle)
        if vehicle.works == 1 and keyed_uniform(seed, BREAKS_STREAM, week, number, 0) < p.breakdown:
            vehicle.works, vehicle.since = 0, tick
            tally[0].breakdowns += 1.0
        elif vehicle.works == 0 and keyed_uniform(seed, MENDED_STREAM, week, number, 0) < p.repair:
            vehicle.works, vehicle.since = 1, tick
            tally[0].repairs += 1.0


@python_step(flags=MORNINGS | FIRST_DAYS)
def renew_means(sim: Simulation) -> None:
    """Draw the means of the month, in the first month of a quarter benefit events."""
    update_monthly_means(sim.w, sim.month)
    if sim.date.month % 3 == 1:
        hold_benefit_events(sim.w)


def is_term_over(sim: Simulation, date: datetime.date) -> bool:
    """Return whether the mayor's term in the tables is not that of a date."""
    return mayoral_term(date) != int(sim.w.mayor_terms[0].term)


@python_step(flags=MORNINGS, on=is_term_over)
def begin_term(sim: Simulation) -> None:
    """Begin the mayor's term that covers the present date, if another one was in force."""
    if is_term_over(sim, sim.date):
        begin_term_of_date(sim)


maintain = in_order(update_vehicles, renew_means, begin_term)
"""Update vehicles weekly, means monthly, benefit events quarterly and the mayor by term, in the morning."""


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of working vehicles, the mayor and connections in a month."""
    shifts = SHIFTS * month.world.days_of_month
    connected = month.world.w.facility_resources["internet"]
    return {
        "vehicles_working": float(month.tally.vehicles + month.tally.motorcycles) / shifts,
        "mayor_willing": float(month.world.w.mayor_terms[0].willing),
        "internet_share": float(np.mean(connected)) if len(connected) else float("nan"),
    }


MECHANISM = Mechanism(
    group=Resources,
    tables=(
        VEHICLES,
        MAYOR_TERMS,
    ),
    counts=ResourceCounts,
    initialise=initialise,
    knockout=Knockout(("km", "km_available", "vehicles_working", "joint_patrols")),
    measures={
        "breakdowns": Measure("vehicles"),
        "repairs": Measure("vehicles"),
        "joint_patrols": Measure("couple-shifts"),
        "benefit_km": Measure("km"),
    }
    | measures_from(
        snapshot,
        {
            "vehicles_working": "vehicles",
            "mayor_willing": "0 or 1",
            "internet_share": "share",
        },
    ),
)
