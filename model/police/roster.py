"""M2, roster: three groups of officers, seven days on and four off, eight-hour shifts, in couples.

A shift is formed in three steps: seats of the posts are filled with the officers present, reinforcements are added, and
each couple gets a sector, transport with fuel, and its fixed duty.

Switched off, a constant third of the officers is on duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.engine.calendar import HOURS_A_SHIFT, MARKET_DAY, MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.police.practices import ADDED_HOURS, FIXED_DUTIES, replacement_factor, sector_for_shift
from model.police.resources import kilometre_ration, multiply_vehicles, municipal_police_join
from model.town.police import BICYCLE, FOOT, MOTORCYCLE, POST_COPIES, VEHICLE
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import World
    from model.town.police import FacilityRow
    from model.world.state import CoupleRow

ABSENCE_STREAM, FIXED_DUTY, CYCLES_STREAM = stream_id("absence"), stream_id("fixed duty"), stream_id("cycles")
REINFORCEMENT_STREAM, FOOT_BEAT = stream_id("reinforcement"), stream_id("foot beat")
UNLIMITED_FOOT_KM = 1e9
"""Kilometres of a couple without motor: no fuel limits it."""
N_GROUPS = 3
"""Groups of officers that relieve each other; A15."""


@dataclass(frozen=True, init=False)
class Roster(ParameterGroup):
    """Parameters of officers on duty, their transport and fuel, and the part of a shift that other duties take."""

    name: ClassVar[str] = "roster"
    evidence: ClassVar[tuple[str, ...]] = (
        "A14",
        "A15",
        "A16",
        "B01",
        "B07",
        "U02",
        "U03",
        "U05",
        "U06",
        "I01",
        "E17",
    )

    days_on: int
    days_off: int
    single_strength: float
    absence: float
    fixed_duties: float
    bicycles: float
    gallons: float
    km_per_gallon: float
    gallons_motorcycle: float
    couples: float
    km_per_gallon_motorcycle: float


class RosterCounts(Row):
    """Monthly counts of couples on duty, their hours and vehicles."""

    couple_shifts: float
    thin_relays: float
    vehicles: float
    motorcycles: float
    couple_hours: float
    fixed_hours: float
    couple_hours_used: float
    km_available: float


class TransportDraw(NamedTuple):
    """Transport of a couple as drawn: on a foot beat, by bicycle there, with the municipal police."""

    walks: bool
    cycles: bool
    joint: bool


@kernel
def group_serves(g: int, day: int, roster: Roster) -> bool:
    """Return whether a group has one of its days of service; groups are staggered by a third of the cycle."""
    cycle = roster.days_on + roster.days_off
    return (day - (g * cycle + 1) // N_GROUPS) % cycle < roster.days_on


@kernel
def group_on_duty(tick: int, roster: Roster) -> tuple[int, float]:
    """Return the group on duty in this shift (-1 for none) and its strength, 0 to 1."""
    active = 0
    for g in range(N_GROUPS):
        active += 1 if group_serves(g, tick // SHIFTS, roster) else 0
    if active == 0:
        return -1, 0.0
    # The groups in service take turns shift by shift; a group that serves alone splits itself over the shifts.
    turn, group = tick % active, -1
    while turn >= 0:
        group += 1
        turn -= 1 if group_serves(group, tick // SHIFTS, roster) else 0
    return group, 1.0 if active > 1 else roster.single_strength


@kernel
def assign_officers(w: World, post: int, lead: int, mate: int) -> None:
    """Put two officers on duty at a post; updates ``on``, ``lead`` and ``mate``."""
    couples = w.couples
    couples[post].on, couples[post].lead, couples[post].mate = 1, lead, mate


@kernel
def is_present(w: World, officer: int, absence: float, strength: float) -> bool:
    """Return whether an officer of the group on duty comes to this shift."""
    u = keyed_uniform(w.seed, ABSENCE_STREAM, w.tick, officer, 0)
    return u >= 1.0 - (1.0 - absence) * strength


@allocating_kernel
def fill_seats(w: World) -> None:
    """Form the couples of this shift from the officers present of the group on duty.

    Updates `couples.on`, `couples.lead` and `couples.mate` of the posts, without reinforcements.
    """
    group, strength = group_on_duty(w.tick, w.p.roster[0])
    w.tally[0].thin_relays += 1.0 if strength < 1.0 else 0.0
    present = np.zeros(len(w.officers), np.int64)
    missing = np.zeros(len(w.facilities), np.int64)
    for o in range(len(w.officers)):
        officer = w.officers[o]
        if officer.group != group:
            continue
        if is_present(w, o, w.p.roster[w.facilities[officer.facility].settlement].absence, strength):
            present[o] = 1
        elif officer.post < 0:
            missing[officer.facility] += 1
    # Officers without their mate replace absent desk officers first, then pair off in order.
    single = np.full(len(w.facilities), -1, np.int64)
    single_post = np.full(len(w.facilities), -1, np.int64)
    for post in range(len(w.couples)):
        w.couples[post].on = 0
        if w.posts[post].copy > 0 or w.posts[post].group != group:
            continue
        home = w.posts[post].facility
        lead, mate = w.seats[post, 0], w.seats[post, 1]
        if lead >= 0 and mate >= 0 and present[lead] == 1 and present[mate] == 1:
            assign_officers(w, post, lead, mate)
            continue
        for seat in range(2):
            o = w.seats[post, seat]
            if o < 0 or present[o] == 0:
                continue
            if missing[home] > 0:
                missing[home] -= 1
            elif single[home] < 0:
                single[home], single_post[home] = o, post
            else:
                assign_officers(w, single_post[home], single[home], o)
                single[home] = -1


@kernel
def field_couples(w: World) -> None:
    """Field the couples of each manned post by `roster.couples`; reinforcements have the officers of the post."""
    couples = w.couples
    n = len(couples) // POST_COPIES
    for post in range(n):
        if couples[post].on == 0:
            continue
        ratio = w.p.roster[w.facilities[w.posts[post].facility].settlement].couples
        lead, mate = couples[post].lead, couples[post].mate
        ratio *= replacement_factor(w, w.posts[post].facility, lead, ADDED_HOURS)
        for copy in range(POST_COPIES):
            row, left = copy * n + post, ratio - copy
            if left >= 1.0 or (left > 0.0 and keyed_uniform(w.seed, REINFORCEMENT_STREAM, w.tick, row, 0) < left):
                assign_officers(w, row, lead, mate)
            else:
                couples[row].on = 0


@allocating_kernel
def working_vehicles(w: World, n_facilities: int, motorcycle: int) -> IntArray:
    """Return the working vehicles of each facility, or its motorcycles."""
    vehicles = w.vehicles
    count = np.zeros(n_facilities, np.int64)
    for v in range(len(vehicles)):
        if vehicles[v].motorcycle == motorcycle:
            count[vehicles[v].facility] += vehicles[v].works
    return count


@kernel
def start_shift(w: World, couple: CoupleRow, post: int, home: FacilityRow, p: Roster, brief: float) -> float:
    """Put a couple at its facility with its fixed duty, after a briefing of ``brief`` minutes.

    Updates the times, counts and cell of the couple; returns the minutes of the fixed duty.
    """
    tick, seed = w.tick, w.seed
    # The length is uniform from half to one and a half times its mean, the beginning uniform in what is left.
    length = MINUTES_A_SHIFT * p.fixed_duties * (0.5 + keyed_uniform(seed, FIXED_DUTY, tick, post, 0))
    length = min(MINUTES_A_SHIFT - brief, length)
    factor = replacement_factor(w, w.posts[post].facility, couple.lead, FIXED_DUTIES)
    if factor > 1.0:
        length = max(0.0, MINUTES_A_SHIFT - brief - factor * (MINUTES_A_SHIFT - brief - length))
    couple.duty_start = brief + (MINUTES_A_SHIFT - brief - length) * keyed_uniform(seed, FIXED_DUTY, tick, post, 1)
    couple.duty_end = couple.duty_start + length
    couple.free, couple.busy, couple.calls, couple.tank = 0.0, 0.0, 0, couple.km
    couple.slots = couple.for_orders = couple.for_meetings = couple.for_requests = couple.for_problems = 0
    couple.cell = home.cell
    return length


@kernel
def assign_transport(
    w: World, couple: CoupleRow, drawn: TransportDraw, f: int, vehicles: IntArray, motorcycles: IntArray
) -> None:
    """Give a couple of facility ``f`` its transport: on foot, by bicycle, or a vehicle left, with fuel.

    ``vehicles`` and ``motorcycles`` are those left at each facility.  Updates them, the couple's ``mode`` and ``km``,
    and the purse of the facility.
    """
    z = w.facilities[f].settlement
    p, r, means = w.p.roster[z], w.p.resources[z], w.facility_resources[f]
    couple.mode, couple.km = FOOT, UNLIMITED_FOOT_KM
    if drawn.walks:
        couple.mode = BICYCLE if drawn.cycles else FOOT
    elif vehicles[f] > 0:
        vehicles[f] -= 1
        couple.mode, couple.km = VEHICLE, kilometre_ration(r, means, p.gallons, p.km_per_gallon)
    elif motorcycles[f] > 0 or drawn.joint:
        # A couple with municipal police rides theirs where the facility has no motorcycle left.
        motorcycles[f] = max(0, motorcycles[f] - 1)
        couple.mode = MOTORCYCLE
        couple.km = kilometre_ration(r, means, p.gallons_motorcycle, p.km_per_gallon_motorcycle)


@kernel
def count_couple_hours(w: World, fixed: float) -> None:
    """Count a couple-shift: its hours on duty and the ``fixed`` hours of other duties."""
    tally = w.tally
    tally[0].fixed_hours += fixed
    tally[0].couple_hours_used += fixed
    tally[0].couple_hours += HOURS_A_SHIFT
    tally[0].couple_shifts += 1.0


@allocating_kernel
def equip_couples(w: World) -> None:
    """Give each couple on duty its sector, transport with fuel, company and fixed duty.

    Updates `couples`, `loans.taken`, the purses of facilities, the tone of leads with municipal police, and counts.
    """
    tally, tick, seed = w.tally, w.tick, w.seed
    n = len(w.facilities)
    vehicles, motorcycles = working_vehicles(w, n, 0), working_vehicles(w, n, 1)
    multiply_vehicles(w, vehicles, 0)
    multiply_vehicles(w, motorcycles, 1)
    for f in range(n):
        motorcycles[f] += w.loans[f].motorcycles
    tally[0].vehicles += vehicles.sum()
    tally[0].motorcycles += motorcycles.sum()
    for post in range(len(w.couples)):
        couple = w.couples[post]
        f = w.posts[post].facility
        home = w.facilities[f]
        if couple.on == 0:
            continue
        practice = w.p.practices[home.settlement]
        couple.sector = sector_for_shift(w, couple, f, post, practice)
        # A scaled-down town has every foot beat but few couples, so that only part of them walk.
        walks = (
            w.sectors[couple.sector].foot == 1 and keyed_uniform(seed, FOOT_BEAT, tick, post, 0) < w.population_scale
        )
        p, r = w.p.roster[home.settlement], w.p.resources[home.settlement]
        at_market = walks and w.where // SHIFTS == MARKET_DAY and tick % SHIFTS < NIGHT
        joint = w.posts[post].copy == 0
        joint = joint and municipal_police_join(w, r, w.mayor_terms[0].willing, at_market, post)
        cycles = keyed_uniform(seed, CYCLES_STREAM, tick, post, 0) < p.bicycles
        drawn = TransportDraw(walks=walks, cycles=cycles, joint=joint)
        assign_transport(w, couple, drawn, f, vehicles, motorcycles)
        couple.joint = 1 if joint else 0
        if joint:
            w.officers[couple.lead].tone += r.joint_tone
            tally[0].joint_patrols += 1.0
        if couple.mode in (MOTORCYCLE, VEHICLE):
            tally[0].km_available += couple.km
        count_couple_hours(w, start_shift(w, couple, post, home, p, practice.brief) / MINUTES_AN_HOUR)
    for f in range(n):
        w.loans[f].taken += max(0, w.loans[f].motorcycles - motorcycles[f])


@step(allocates=True)
def relieve_couples(w: World) -> None:
    """Form, field and equip the couples of this shift; updates `couples`."""
    fill_seats(w)
    field_couples(w)
    equip_couples(w)


MECHANISM = Mechanism(
    group=Roster,
    counts=RosterCounts,
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
