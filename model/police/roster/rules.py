"""M2, roster: three groups, seven days on and four off, eight-hour relays; the couple is the unit (ODD 6.2).

Switched off, a constant third of the officers is on duty.
"""

from __future__ import annotations

import numpy as np

from model.engine.kernels import Tables, kernel, making_arrays
from model.engine.random_streams import luck
from model.engine.rows import Ints, Rows
from model.police.practices.rules import sent_to
from model.police.practices.schema import Practices
from model.police.resources.rules import goes_along, multiply, ration
from model.police.resources.schema import Mayor, Resources, Vehicle
from model.police.roster.schema import (
    ABSENCE,
    CYCLES,
    FIXED_DUTY,
    FOOT_BEAT,
    GROUPS,
    ON_FOOT_WITHOUT_LIMIT,
    REINFORCEMENT,
    WRITES,
    Counts,
    Roster,
)
from model.politics.mayor.schema import Loan
from model.town.police import BICYCLE, COPIES, FOOT, MOTORCYCLE, VEHICLE, FacilityRow
from model.world.columns import Tally
from model.world.mechanism import Given, Knockout, Measure, Mechanism, carries_out
from model.world.protocol import World
from model.world.shift_context import Plant, Stage
from model.world.state import Couple, Means


class Fleet(Tables):
    """What there is to drive and burn, who governs, and by what numbers couples are fitted out."""

    vehicles: Rows[Vehicle]
    means: Rows[Means]
    mayor: Rows[Mayor]
    loans: Rows[Loan]
    practices: Rows[Practices]
    roster: Rows[Roster]
    resources: Rows[Resources]
    scale: float


@kernel
def serves(g: int, day: int, roster: Roster) -> bool:
    """Whether a group has its days of service."""
    cycle = roster.days_on + roster.days_off
    return (day - (g * cycle + 1) // GROUPS) % cycle < roster.days_on


@kernel
def on_duty(tick: int, roster: Roster) -> tuple[int, float]:
    """Return the group that serves in this shift (-1 for none) and at what strength."""
    active = 0
    for g in range(GROUPS):
        active += 1 if serves(g, tick // 3, roster) else 0
    if active == 0:
        return -1, 0.0
    turn, group = tick % active, -1
    while turn >= 0:
        group += 1
        turn -= 1 if serves(group, tick // 3, roster) else 0
    return group, 1.0 if active > 1 else roster.single_strength


@kernel
def man(couples: Rows[Couple], post: int, lead: int, mate: int) -> None:
    """Put two officers on a post."""
    couples[post].on, couples[post].lead, couples[post].mate = 1, lead, mate


@making_arrays
def fill_seats(stage: Stage, couples: Rows[Couple], plant: Plant, roster: Rows[Roster]) -> None:
    """Form the couples of this shift from the officers of the group that serves, as far as they are present."""
    tick, seed = stage.tick, stage.seed
    group, strength = on_duty(tick, roster[0])
    stage.tally[0].thin_relays += 1.0 if strength < 1.0 else 0.0
    present = np.zeros(len(plant.officers), np.int64)
    missing = np.zeros(len(plant.facilities), np.int64)
    for o in range(len(plant.officers)):
        officer = plant.officers[o]
        if officer.group != group:
            continue
        home = officer.facility
        absence = roster[plant.facilities[home].settlement].absence
        if luck(seed, ABSENCE, tick, o, 0) >= 1.0 - (1.0 - absence) * strength:
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
            man(couples, post, lead, mate)
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
                man(couples, single_post[home], single[home], o)
                single[home] = -1


@kernel
def field(stage: Stage, couples: Rows[Couple], plant: Plant, roster: Rows[Roster]) -> None:
    """Field as many couples for each manned post as the ratio says; reinforcements are led as the post is."""
    n = len(couples) // COPIES
    for post in range(n):
        if couples[post].on == 0:
            continue
        ratio = roster[plant.facilities[plant.posts[post].facility].settlement].couples
        lead, mate = couples[post].lead, couples[post].mate
        for copy in range(COPIES):
            row, left = copy * n + post, ratio - copy
            if left >= 1.0 or (left > 0.0 and luck(stage.seed, REINFORCEMENT, stage.tick, row, 0) < left):
                man(couples, row, lead, mate)
            else:
                couples[row].on = 0


@making_arrays
def working(vehicles: Rows[Vehicle], n_facilities: int, motorcycle: int) -> Ints:
    """Count the vehicles of every facility, or its motorcycles, that work."""
    count = np.zeros(n_facilities, np.int64)
    for v in range(len(vehicles)):
        if vehicles[v].motorcycle == motorcycle:
            count[vehicles[v].facility] += vehicles[v].works
    return count


@kernel
def start_out(couple: Couple, p: Roster, brief: float, tick: int, post: int, home: FacilityRow, seed: int) -> float:
    """Put a couple at its facility with its fixed duty; return the minutes of that duty."""
    length = min(480.0 - brief, 480.0 * p.fixed_duties * (0.5 + luck(seed, FIXED_DUTY, tick, post, 0)))
    couple.duty_start = brief + (480.0 - brief - length) * luck(seed, FIXED_DUTY, tick, post, 1)
    couple.duty_end = couple.duty_start + length
    couple.free, couple.busy, couple.calls, couple.tank = 0.0, 0.0, 0, couple.km
    couple.slots = couple.for_orders = couple.for_meetings = couple.for_requests = couple.for_problems = 0
    couple.cell = home.cell
    return length


@kernel
def mount(
    couple: Couple,
    walks: bool,
    cycles: bool,
    joint: bool,
    vehicles: Ints,
    motorcycles: Ints,
    p: Roster,
    r: Resources,
    means: Means,
) -> None:
    """Let a couple walk or cycle, or take one of what its facility has left to drive, with fuel."""
    couple.mode, couple.km = FOOT, ON_FOOT_WITHOUT_LIMIT
    if walks:
        couple.mode = BICYCLE if cycles else FOOT
    elif vehicles[0] > 0:
        vehicles[0] -= 1
        couple.mode, couple.km = VEHICLE, ration(r, means, p.gallons, p.km_per_gallon)
    elif motorcycles[0] > 0 or joint:
        motorcycles[0] = max(0, motorcycles[0] - 1)
        couple.mode, couple.km = MOTORCYCLE, ration(r, means, p.gallons_motorcycle, p.km_per_gallon_motorcycle)


@kernel
def count_hours(tally: Rows[Tally], fixed: float) -> None:
    """Count the hours of a couple on duty, and those of its fixed duties."""
    tally[0].fixed_hours += fixed
    tally[0].couple_hours_used += fixed
    tally[0].couple_hours += 8.0
    tally[0].couple_shifts += 1.0


@making_arrays
def equip(stage: Stage, couples: Rows[Couple], plant: Plant, fleet: Fleet) -> None:
    """Give each couple on duty its means, its fuel, its company, its fixed duty and its place."""
    tally, tick, seed = stage.tally, stage.tick, stage.seed
    n = len(plant.facilities)
    vehicles, motorcycles = working(fleet.vehicles, n, 0), working(fleet.vehicles, n, 1)
    multiply(vehicles, plant, fleet.resources, 0, tick, seed)
    multiply(motorcycles, plant, fleet.resources, 1, tick, seed)
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
        couple.sector = sent_to(stage, couple, plant, f, post, practice)
        walks = plant.sectors[couple.sector].foot == 1 and luck(seed, FOOT_BEAT, tick, post, 0) < fleet.scale
        p, r = fleet.roster[home.settlement], fleet.resources[home.settlement]
        joint = plant.posts[post].copy == 0 and goes_along(r, fleet.mayor[0].willing, post, tick, seed)
        cycles = luck(seed, CYCLES, tick, post, 0) < p.bicycles
        mount(couple, walks, cycles, joint, vehicles[f : f + 1], motorcycles[f : f + 1], p, r, fleet.means[f])
        couple.joint = 1 if joint else 0
        if joint:
            plant.officers[couple.lead].tone += r.joint_tone
            tally[0].joint_patrols += 1.0
        if couple.mode in (MOTORCYCLE, VEHICLE):
            tally[0].km_available += couple.km
        count_hours(tally, start_out(couple, p, practice.brief, tick, post, home, seed) / 60.0)
    for f in range(n):
        fleet.loans[f].taken += max(0, fleet.loans[f].motorcycles - motorcycles[f])


def fleet_of(world: World) -> Fleet:
    """Lay out what there is to drive and burn."""
    state, numbers, scale = world.state, world.numbers, float(world.settings["population"].scale)
    groups = numbers["practices"], numbers["roster"], numbers["resources"]
    return Fleet(state.vehicles, state.means, state.mayor, state.loans, *groups, scale)


@making_arrays
def relieve(stage: Stage, couples: Rows[Couple], plant: Plant, fleet: Fleet) -> None:
    """Form the couples of this shift, field and equip them."""
    fill_seats(stage, couples, plant, fleet.roster)
    field(stage, couples, plant, fleet.roster)
    equip(stage, couples, plant, fleet)


@carries_out(relieve)
def act(world: World) -> Given:
    """Relieve the couples: seats, means, fuel, fixed duties."""
    return world.stage(), world.state.couples, world.plant, world.laid(fleet_of)


IT = Mechanism(
    group=Roster,
    counts=Counts,
    writes=WRITES,
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
