"""M19, resources: vehicles break, fuel is rationed, lines fail; municipality and communities help (ODD 6.16).

Switched off, every vehicle works, fuel has no ration and lines never fail; nobody lends or raises anything.
"""

from __future__ import annotations

import datetime

import numpy as np

from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import IntArray, Rows, zero_rows
from model.engine.tables import RowTableSpec
from model.police.resources.schema import (
    BENEFIT_EVENT_STREAM,
    BREAKS_STREAM,
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
from model.world.mechanism import Knockout, Measure, Mechanism, measures_from, morning_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import PoliceTables
from model.world.state import BOARDS, MEANS, Board, FacilityResources

VEHICLES = RowTableSpec(
    name="vehicles",
    row=VehicleRow,
    per="one",
    start=lambda town: vehicle_table(town.facilities),
    about="Vehicles: this.",
)


@kernel
def vehicle_id(vehicle: VehicleRow) -> int:
    """Lasting number of a vehicle: 64 to a facility, motorcycles from 32 on."""
    return vehicle.facility * 64 + 32 * vehicle.motorcycle + vehicle.number


@kernel
def initialise_vehicles(
    vehicles: Rows[VehicleRow], homes: Rows[FacilityRow], resources: Rows[Resources], tick: int, seed: int
) -> None:
    """Let as many vehicles work at the start as breakdowns and repairs keep working."""
    for v in range(len(vehicles)):
        vehicle = vehicles[v]
        p = resources[homes[vehicle.facility].settlement]
        both = p.breakdown + p.repair
        out = p.breakdown / both if both > 0.0 else 0.0
        vehicle.works = 1 if keyed_uniform(seed, VEHICLE_WORKS, 0, vehicle_id(vehicle), 0) >= out else 0
        vehicle.since = tick


@kernel
def update_vehicles(
    vehicles: Rows[VehicleRow],
    homes: Rows[FacilityRow],
    resources: Rows[Resources],
    tally: Rows[MonthlyCounts],
    tick: int,
    seed: int,
) -> None:
    """Let vehicles break and be repaired, once a week."""
    week = tick // 21
    for v in range(len(vehicles)):
        vehicle = vehicles[v]
        p, who = resources[homes[vehicle.facility].settlement], vehicle_id(vehicle)
        if vehicle.works == 1 and keyed_uniform(seed, BREAKS_STREAM, week, who, 0) < p.breakdown:
            vehicle.works, vehicle.since = 0, tick
            tally[0].breakdowns += 1.0
        elif vehicle.works == 0 and keyed_uniform(seed, MENDED_STREAM, week, who, 0) < p.repair:
            vehicle.works, vehicle.since = 1, tick
            tally[0].repairs += 1.0


@kernel
def update_monthly_means(
    means: Rows[FacilityResources], homes: Rows[FacilityRow], resources: Rows[Resources], month: int, seed: int
) -> None:
    """Draw what the month brings each facility: its budget in time or not, its connection, its credit."""
    late = keyed_uniform(seed, LATE_BUDGET, month, 0, 0) < resources[0].late
    for f in range(len(homes)):
        p = resources[homes[f].settlement]
        means[f].late = 1 if late else 0
        means[f].internet = 1 if keyed_uniform(seed, INTERNET_STREAM, month, f, 0) < p.internet else 0
        means[f].phone = 1 if keyed_uniform(seed, PHONE_CREDIT, month, f, 0) < p.phones else 0


@kernel
def hold_benefit_events(
    means: Rows[FacilityResources],
    cells: Rows[Cell],
    authorities: Rows[AuthorityRow],
    boards: Rows[Board],
    resources: Rows[Resources],
    tally: Rows[MonthlyCounts],
    tick: int,
    seed: int,
) -> None:
    """Let organised communities hold benefit events that pay for fuel of their facility."""
    for a in range(len(authorities)):
        p = resources[authorities[a].settlement]
        home = cells[authorities[a].cell].facility
        if home >= 0 and keyed_uniform(seed, BENEFIT_EVENT_STREAM, tick, a, 0) < p.events * boards[a].organised:
            means[home].purse += p.event_km
            tally[0].benefit_km += p.event_km


@kernel
def kilometre_ration(p: Resources, mean: FacilityResources, gallons: float, km_per_gallon: float) -> float:
    """Kilometres that a couple gets for a shift; what the purse pays for is taken out of it."""
    km = gallons * km_per_gallon / 3.0
    if mean.late == 1:
        km *= p.late_ration
    gift = min(mean.purse, p.event_share)
    mean.purse -= gift
    return km + gift + UNLIMITED_KM * p.no_ration


@kernel
def multiply_vehicles(
    count: IntArray, plant: PoliceTables, resources: Rows[Resources], motorcycle: int, tick: int, seed: int
) -> None:
    """Multiply the vehicles of every facility that work, or its motorcycles; luck decides about the fraction."""
    for f in range(len(count)):
        wanted = count[f] * resources[plant.facilities[f].settlement].vehicles
        count[f] = int(wanted)
        if wanted > count[f] and keyed_uniform(seed, FLEET_STREAM, tick, f, motorcycle) < wanted - count[f]:
            count[f] += 1


@kernel
def municipal_police_join(p: Resources, willing: int, post: int, tick: int, seed: int) -> bool:
    """Whether municipal police go with this couple."""
    return willing == 1 and keyed_uniform(seed, JOINT_PATROL_STREAM, tick, post, 0) < p.joint_patrols


def mayoral_term(date: datetime.date) -> int:
    """Return the number of a mayor's term; the one that began in January 2016 is 5.

    >>> [term_of(datetime.date(2016, 1, day)) for day in (14, 15)]
    [4, 5]
    """
    before = date.year % 4 == 0 and date < datetime.date(date.year, 1, TERM_START_DAY)
    return (date.year - 1996) // 4 - int(before)


def begin_mayoral_term(mayor: MayorTerm, term: int, p: Resources, decides: int, seed: int) -> None:
    """Let a term begin: the mayor stays, or another takes office, willing or not; who decides has yet to do so."""
    if mayor.term >= 0 and keyed_uniform(seed, REELECTED_STREAM, term, 0, 0) < p.incumbency:
        mayor.term = term
        return
    wills = keyed_uniform(seed, MAYOR_STREAM, term, 0, 0) < p.willing
    mayor.term, mayor.willing = term, 0 if decides == 1 else int(wills)


def vehicle_table(facilities: Rows[FacilityRow]) -> Rows[VehicleRow]:
    """Return a row for every vehicle and motorcycle that the facilities own."""
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
    """Give vehicles, facilities and the mayor their first state."""
    state, numbers, homes = world.state, world.parameters[Resources], world.plant.facilities
    initialise_vehicles(state[VEHICLES], homes, numbers, world.tick, world.seed)
    update_monthly_means(state[MEANS], homes, numbers, world.month, world.seed)
    begin_mayoral_term(
        state[MAYOR_TERM][0], mayoral_term(world.date), numbers[0], world.parameters[Government][0].gives, world.seed
    )


@morning_step
def step(world: World) -> None:
    """Each morning that it is time: the week's breakdowns, the month's budget, the quarter's events, a new term."""
    state, numbers, homes = world.state, world.parameters[Resources], world.plant.facilities
    date, tick, seed = world.date, world.tick, world.seed
    if tick % 21 == 0:
        update_vehicles(state[VEHICLES], homes, numbers, state[TALLY], tick, seed)
    if date.day == 1:
        update_monthly_means(state[MEANS], homes, numbers, world.month, seed)
        if date.month % 3 == 1:
            authorities, cells = world.town.authorities, world.ground.cells
            hold_benefit_events(state[MEANS], cells, authorities, state[BOARDS], numbers, state[TALLY], tick, seed)
    if mayoral_term(date) != state[MAYOR_TERM]["term"].item(0):
        begin_mayoral_term(
            state[MAYOR_TERM][0], mayoral_term(date), numbers[0], world.parameters[Government][0].gives, seed
        )


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of what the police had in a month."""
    state, shifts = month.world.state, 3.0 * month.world.days_of_month
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
