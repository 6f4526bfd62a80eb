"""M19, resources: vehicles break, fuel is rationed, lines fail; municipality and communities help.

Vehicles break and are repaired weekly, budgets and connections are drawn monthly, benefit events quarterly, mayors by
term.

Switched off, every vehicle works, fuel has no ration and lines never fail; nobody lends or raises anything.
"""

from __future__ import annotations

import datetime

import numpy as np

from model.engine.calendar import FIRST_DAYS, MORNINGS, SHIFTS, WEEK, WEEK_STARTS
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import IntArray, Rows, zero_rows
from model.engine.tables import RowTableSpec
from model.police.resources.schema import (
    BENEFIT_EVENT_STREAM,
    BREAKS_STREAM,
    FIRST_MOTORCYCLE,
    FLEET_STREAM,
    INTERNET_STREAM,
    JOINT_PATROL_STREAM,
    LATE_BUDGET,
    MAYOR_STREAM,
    MAYOR_TERM,
    MENDED_STREAM,
    PHONE_CREDIT,
    REELECTED_STREAM,
    TERM_START_DAY,
    UNLIMITED_KM,
    VEHICLE_WORKS,
    VEHICLES_A_FACILITY,
    MayorTerm,
    ResourceCounts,
    Resources,
    VehicleRow,
)
from model.politics.mayor.schema import Government
from model.town.authorities import AuthorityRow
from model.town.police import FacilityRow
from model.town.territory import Cell
from model.world.columns import TALLY, MonthlyCounts
from model.world.mechanism import Knockout, Measure, Mechanism, measures_from
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.state import MEANS, Board, FacilityResources
from model.world.steps import KernelArguments, in_order, kernel_step, python_step

VEHICLES = RowTableSpec(
    name="vehicles",
    row=VehicleRow,
    per="one",
    start=lambda town: vehicle_table(town.facilities),
    about="Vehicles: this.",
)


class ResourceTables(TableBundle):
    """Vehicles and means of the facilities, the communities that help, and the parameters of resources."""

    vehicles: Rows[VehicleRow]
    means: Rows[FacilityResources]
    facilities: Rows[FacilityRow]
    cells: Rows[Cell]
    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    resources: Rows[Resources]


@kernel
def vehicle_id(vehicle: VehicleRow) -> int:
    """Return the permanent number of a vehicle, which keys its random streams."""
    return vehicle.facility * VEHICLES_A_FACILITY + FIRST_MOTORCYCLE * vehicle.motorcycle + vehicle.number


@kernel
def initialise_vehicles(tables: ResourceTables, tick: int, seed: int) -> None:
    """Draw the vehicles that work at the start, as many as breakdowns and repairs keep; updates `vehicles`."""
    for v in range(len(tables.vehicles)):
        vehicle = tables.vehicles[v]
        p = tables.resources[tables.facilities[vehicle.facility].settlement]
        # Equilibrium of the two-state Markov chain of breakdown and repair.
        both = p.breakdown + p.repair
        out = p.breakdown / both if both > 0.0 else 0.0
        vehicle.works = 1 if keyed_uniform(seed, VEHICLE_WORKS, 0, vehicle_id(vehicle), 0) >= out else 0
        vehicle.since = tick


@kernel
def update_vehicles(shift: ShiftContext, tables: ResourceTables) -> None:
    """Let vehicles break down and be repaired in a week; updates `vehicles` and counts."""
    tally, tick, seed, week = shift.tally, shift.tick, shift.seed, shift.tick // WEEK
    for v in range(len(tables.vehicles)):
        vehicle = tables.vehicles[v]
        p, number = tables.resources[tables.facilities[vehicle.facility].settlement], vehicle_id(vehicle)
        if vehicle.works == 1 and keyed_uniform(seed, BREAKS_STREAM, week, number, 0) < p.breakdown:
            vehicle.works, vehicle.since = 0, tick
            tally[0].breakdowns += 1.0
        elif vehicle.works == 0 and keyed_uniform(seed, MENDED_STREAM, week, number, 0) < p.repair:
            vehicle.works, vehicle.since = 1, tick
            tally[0].repairs += 1.0


@kernel
def update_monthly_means(tables: ResourceTables, month: int, seed: int) -> None:
    """Draw the month of each facility; updates `means.late`, `means.internet` and `means.phone`."""
    means = tables.means
    # One draw for all facilities: the budget comes late for the whole police.
    late = keyed_uniform(seed, LATE_BUDGET, month, 0, 0) < tables.resources[0].late
    for f in range(len(tables.facilities)):
        p = tables.resources[tables.facilities[f].settlement]
        means[f].late = 1 if late else 0
        means[f].internet = 1 if keyed_uniform(seed, INTERNET_STREAM, month, f, 0) < p.internet else 0
        means[f].phone = 1 if keyed_uniform(seed, PHONE_CREDIT, month, f, 0) < p.phones else 0


@kernel
def hold_benefit_events(tables: ResourceTables, tally: Rows[MonthlyCounts], tick: int, seed: int) -> None:
    """Let organised communities hold benefit events that pay for fuel; updates `means.purse` (km) and counts."""
    for a in range(len(tables.authorities)):
        authority, organised = tables.authorities[a], tables.boards[a].organised
        p = tables.resources[authority.settlement]
        home = tables.cells[authority.cell].facility
        if home >= 0 and keyed_uniform(seed, BENEFIT_EVENT_STREAM, tick, a, 0) < p.events * organised:
            tables.means[home].purse += p.event_km
            tally[0].benefit_km += p.event_km


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
def multiply_vehicles(
    count: IntArray, plant: PoliceTables, resources: Rows[Resources], motorcycle: int, tick: int, seed: int
) -> None:
    """Multiply the working vehicles (or motorcycles) of each facility by `resources.vehicles`; updates ``count``."""
    for f in range(len(count)):
        wanted = count[f] * resources[plant.facilities[f].settlement].vehicles
        # Stochastic rounding keeps the mean.
        count[f] = int(wanted)
        if wanted > count[f] and keyed_uniform(seed, FLEET_STREAM, tick, f, motorcycle) < wanted - count[f]:
            count[f] += 1


@kernel
def municipal_police_join(p: Resources, willing: int, at_market: bool, post: int, tick: int, seed: int) -> bool:
    """Return whether municipal police go with this couple.

    They do while the mayor is ``willing`` (1), and with couples on foot on market days (``at_market``) in any case.
    """
    chance = max(p.joint_patrols * willing, p.joint_market if at_market else 0.0)
    return keyed_uniform(seed, JOINT_PATROL_STREAM, tick, post, 0) < chance


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


def initialise(world: World) -> None:
    """Initialise vehicles, means of facilities and the mayor's term."""
    tables = world.view(ResourceTables)
    initialise_vehicles(tables, world.tick, world.seed)
    update_monthly_means(tables, world.month, world.seed)
    begin_term_of_date(world)


def begin_term_of_date(world: World) -> None:
    """Begin the mayor's term that covers the present date."""
    p, decides = world.parameters[Resources][0], world.parameters[Government][0].gives
    begin_mayoral_term(world.state[MAYOR_TERM][0], mayoral_term(world.date), p, decides, world.seed)


@kernel_step(update_vehicles, flags=MORNINGS | WEEK_STARTS)
def maintain_vehicles(world: World) -> KernelArguments:
    """Return the arguments of `update_vehicles`."""
    return world.shift_context(), world.view(ResourceTables)


@python_step(flags=MORNINGS | FIRST_DAYS)
def renew_means(world: World) -> None:
    """Draw the means of the month, in the first month of a quarter benefit events."""
    tables = world.view(ResourceTables)
    update_monthly_means(tables, world.month, world.seed)
    if world.date.month % 3 == 1:
        hold_benefit_events(tables, world.state[TALLY], world.tick, world.seed)


def is_term_over(world: World, date: datetime.date) -> bool:
    """Return whether the mayor's term in the tables is not that of a date."""
    return mayoral_term(date) != int(world.state[MAYOR_TERM][0].term)


@python_step(flags=MORNINGS, on=is_term_over)
def begin_term(world: World) -> None:
    """Begin the mayor's term that covers the present date, if another one was in force."""
    if is_term_over(world, world.date):
        begin_term_of_date(world)


step = in_order(maintain_vehicles, renew_means, begin_term)
"""Update vehicles weekly, means monthly, benefit events quarterly and the mayor by term, in the morning."""


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of working vehicles, the mayor and connections in a month."""
    state, shifts = month.world.state, SHIFTS * month.world.days_of_month
    connected = state[MEANS]["internet"]
    return {
        "vehicles_working": float(month.tally.vehicles + month.tally.motorcycles) / shifts,
        "mayor_willing": float(state[MAYOR_TERM][0].willing),
        "internet_share": float(np.mean(connected)) if len(connected) else float("nan"),
    }


MECHANISM = Mechanism(
    group=Resources,
    tables=(
        VEHICLES,
        MAYOR_TERM,
    ),
    counts=ResourceCounts,
    writes=("means.late", "means.internet", "means.phone", "means.purse"),
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
