"""M2, roster: three groups, seven days on and four off, eight-hour relays; the couple is the unit (ODD 6.2).

Switched off, a constant third of the officers is on duty.
"""

from __future__ import annotations

import numpy as np

from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import IntArray, Rows
from model.police.practices.rules import sector_for_shift
from model.police.practices.schema import Practices
from model.police.resources.rules import kilometre_ration, multiply_vehicles, municipal_police_join
from model.police.resources.schema import MayorTerm, Resources, VehicleRow
from model.police.roster.schema import (
    ABSENCE_STREAM,
    CYCLES_STREAM,
    FIXED_DUTY,
    FOOT_BEAT,
    N_GROUPS,
    REINFORCEMENT_STREAM,
    UNLIMITED_FOOT_KM,
    WRITTEN_COLUMNS,
    Roster,
    RosterCounts,
)
from model.politics.mayor.schema import VehicleLoan
from model.town.police import BICYCLE, FOOT, MOTORCYCLE, POST_COPIES, VEHICLE, FacilityRow
from model.world.binding import computed, population_scale
from model.world.columns import MonthlyCounts
from model.world.mechanism import KernelArguments, Knockout, Measure, Mechanism, kernel_step
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.state import COUPLES, CoupleRow, FacilityResources


class RosterTables(TableBundle):
    """What there is to drive and burn, who governs, and by what numbers couples are fitted out."""

    vehicles: Rows[VehicleRow]
    means: Rows[FacilityResources]
    mayor: Rows[MayorTerm]
    loans: Rows[VehicleLoan]
    practices: Rows[Practices]
    roster: Rows[Roster]
    resources: Rows[Resources]
    scale: float = computed(population_scale)


@kernel
def group_serves(g: int, day: int, roster: Roster) -> bool:
    """Whether a group has its days of service."""
    cycle = roster.days_on + roster.days_off
    return (day - (g * cycle + 1) // N_GROUPS) % cycle < roster.days_on


@kernel
def group_on_duty(tick: int, roster: Roster) -> tuple[int, float]:
    """Return the group that serves in this shift (-1 for none) and at what strength."""
    active = 0
    for g in range(N_GROUPS):
        active += 1 if group_serves(g, tick // 3, roster) else 0
    if active == 0:
        return -1, 0.0
    turn, group = tick % active, -1
    while turn >= 0:
        group += 1
        turn -= 1 if group_serves(group, tick // 3, roster) else 0
    return group, 1.0 if active > 1 else roster.single_strength


@kernel
def assign_officers(couples: Rows[CoupleRow], post: int, lead: int, mate: int) -> None:
    """Put two officers on a post."""
    couples[post].on, couples[post].lead, couples[post].mate = 1, lead, mate


@allocating_kernel
def fill_seats(stage: ShiftContext, couples: Rows[CoupleRow], plant: PoliceTables, roster: Rows[Roster]) -> None:
    """Form the couples of this shift from the officers of the group that serves, as far as they are present."""
    tick, seed = stage.tick, stage.seed
    group, strength = group_on_duty(tick, roster[0])
    stage.tally[0].thin_relays += 1.0 if strength < 1.0 else 0.0
    present = np.zeros(len(plant.officers), np.int64)
    missing = np.zeros(len(plant.facilities), np.int64)
    for o in range(len(plant.officers)):
        officer = plant.officers[o]
        if officer.group != group:
            continue
        home = officer.facility
        absence = roster[plant.facilities[home].settlement].absence
        if keyed_uniform(seed, ABSENCE_STREAM, tick, o, 0) >= 1.0 - (1.0 - absence) * strength:
            present[o] = 1
        elif officer.post < 0:
            missing[home] += 1
    single = np.full(len(plant.facilities), -1, np.int64)
    single_post = np.full(len(plant.facilities), -1, np.int64)
    for post in range(len(couples)):
        couples[post].on = 0
        if plant.posts[post].copy > 0 or plant.posts[post].group != group:
            continue
        home = plant.posts[post].facility
        lead, mate = plant.seats[post, 0], plant.seats[post, 1]
        if lead >= 0 and mate >= 0 and present[lead] == 1 and present[mate] == 1:
            assign_officers(couples, post, lead, mate)
            continue
        for seat in range(2):
            o = plant.seats[post, seat]
            if o < 0 or present[o] == 0:
                continue
            if missing[home] > 0:
                missing[home] -= 1
            elif single[home] < 0:
                single[home], single_post[home] = o, post
            else:
                assign_officers(couples, single_post[home], single[home], o)
                single[home] = -1


@kernel
def field_couples(stage: ShiftContext, couples: Rows[CoupleRow], plant: PoliceTables, roster: Rows[Roster]) -> None:
    """Field as many couples for each manned post as the ratio says; reinforcements are led as the post is."""
    n = len(couples) // POST_COPIES
    for post in range(n):
        if couples[post].on == 0:
            continue
        ratio = roster[plant.facilities[plant.posts[post].facility].settlement].couples
        lead, mate = couples[post].lead, couples[post].mate
        for copy in range(POST_COPIES):
            row, left = copy * n + post, ratio - copy
            if left >= 1.0 or (
                left > 0.0 and keyed_uniform(stage.seed, REINFORCEMENT_STREAM, stage.tick, row, 0) < left
            ):
                assign_officers(couples, row, lead, mate)
            else:
                couples[row].on = 0


@allocating_kernel
def working_vehicles(vehicles: Rows[VehicleRow], n_facilities: int, motorcycle: int) -> IntArray:
    """Count the vehicles of every facility, or its motorcycles, that work."""
    count = np.zeros(n_facilities, np.int64)
    for v in range(len(vehicles)):
        if vehicles[v].motorcycle == motorcycle:
            count[vehicles[v].facility] += vehicles[v].works
    return count


@kernel
def start_shift(
    couple: CoupleRow, p: Roster, brief: float, tick: int, post: int, home: FacilityRow, seed: int
) -> float:
    """Put a couple at its facility with its fixed duty; return the minutes of that duty."""
    length = min(480.0 - brief, 480.0 * p.fixed_duties * (0.5 + keyed_uniform(seed, FIXED_DUTY, tick, post, 0)))
    couple.duty_start = brief + (480.0 - brief - length) * keyed_uniform(seed, FIXED_DUTY, tick, post, 1)
    couple.duty_end = couple.duty_start + length
    couple.free, couple.busy, couple.calls, couple.tank = 0.0, 0.0, 0, couple.km
    couple.slots = couple.for_orders = couple.for_meetings = couple.for_requests = couple.for_problems = 0
    couple.cell = home.cell
    return length


@kernel
def assign_transport(
    couple: CoupleRow,
    walks: bool,
    cycles: bool,
    joint: bool,
    vehicles: IntArray,
    motorcycles: IntArray,
    p: Roster,
    r: Resources,
    means: FacilityResources,
) -> None:
    """Let a couple walk or cycle, or take one of what its facility has left to drive, with fuel."""
    couple.mode, couple.km = FOOT, UNLIMITED_FOOT_KM
    if walks:
        couple.mode = BICYCLE if cycles else FOOT
    elif vehicles[0] > 0:
        vehicles[0] -= 1
        couple.mode, couple.km = VEHICLE, kilometre_ration(r, means, p.gallons, p.km_per_gallon)
    elif motorcycles[0] > 0 or joint:
        motorcycles[0] = max(0, motorcycles[0] - 1)
        couple.mode, couple.km = (
            MOTORCYCLE,
            kilometre_ration(r, means, p.gallons_motorcycle, p.km_per_gallon_motorcycle),
        )


@kernel
def count_couple_hours(tally: Rows[MonthlyCounts], fixed: float) -> None:
    """Count the hours of a couple on duty, and those of its fixed duties."""
    tally[0].fixed_hours += fixed
    tally[0].couple_hours_used += fixed
    tally[0].couple_hours += 8.0
    tally[0].couple_shifts += 1.0


@allocating_kernel
def equip_couples(stage: ShiftContext, couples: Rows[CoupleRow], plant: PoliceTables, fleet: RosterTables) -> None:
    """Give each couple on duty its means, its fuel, its company, its fixed duty and its place."""
    tally, tick, seed = stage.tally, stage.tick, stage.seed
    n = len(plant.facilities)
    vehicles, motorcycles = working_vehicles(fleet.vehicles, n, 0), working_vehicles(fleet.vehicles, n, 1)
    multiply_vehicles(vehicles, plant, fleet.resources, 0, tick, seed)
    multiply_vehicles(motorcycles, plant, fleet.resources, 1, tick, seed)
    for f in range(n):
        motorcycles[f] += fleet.loans[f].motorcycles
    tally[0].vehicles += vehicles.sum()
    tally[0].motorcycles += motorcycles.sum()
    for post in range(len(couples)):
        couple = couples[post]
        f = plant.posts[post].facility
        home = plant.facilities[f]
        if couple.on == 0:
            continue
        practice = fleet.practices[home.settlement]
        couple.sector = sector_for_shift(stage, couple, plant, f, post, practice)
        walks = plant.sectors[couple.sector].foot == 1 and keyed_uniform(seed, FOOT_BEAT, tick, post, 0) < fleet.scale
        p, r = fleet.roster[home.settlement], fleet.resources[home.settlement]
        joint = plant.posts[post].copy == 0 and municipal_police_join(r, fleet.mayor[0].willing, post, tick, seed)
        cycles = keyed_uniform(seed, CYCLES_STREAM, tick, post, 0) < p.bicycles
        assign_transport(
            couple, walks, cycles, joint, vehicles[f : f + 1], motorcycles[f : f + 1], p, r, fleet.means[f]
        )
        couple.joint = 1 if joint else 0
        if joint:
            plant.officers[couple.lead].tone += r.joint_tone
            tally[0].joint_patrols += 1.0
        if couple.mode in (MOTORCYCLE, VEHICLE):
            tally[0].km_available += couple.km
        count_couple_hours(tally, start_shift(couple, p, practice.brief, tick, post, home, seed) / 60.0)
    for f in range(n):
        fleet.loans[f].taken += max(0, fleet.loans[f].motorcycles - motorcycles[f])


@allocating_kernel
def relieve_couples(stage: ShiftContext, couples: Rows[CoupleRow], plant: PoliceTables, fleet: RosterTables) -> None:
    """Form the couples of this shift, field and equip them."""
    fill_seats(stage, couples, plant, fleet.roster)
    field_couples(stage, couples, plant, fleet.roster)
    equip_couples(stage, couples, plant, fleet)


@kernel_step(relieve_couples)
def step(world: World) -> KernelArguments:
    """Relieve the couples: seats, means, fuel, fixed duties."""
    return world.shift_context(), world.state[COUPLES], world.plant, world.view(RosterTables)


MECHANISM = Mechanism(
    group=Roster,
    counts=RosterCounts,
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("thin_relays",)),
    measures={
        "vehicles": Measure("vehicle-shifts"),
        "motorcycles": Measure("motorcycle-shifts"),
        "couple_hours": Measure("hours"),
        "fixed_hours": Measure("hours"),
        "couple_hours_used": Measure("hours"),
        "km_available": Measure("km"),
    },
)
