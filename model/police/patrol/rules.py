"""M3, patrol: written sectors and routes, visits to institutions by weekly plan and to the market on its days.

A shift of a couple is cut into stretches of equal length.  Each free stretch goes to planned hours, a place of the
station's plan, the market, an institution, the written route, or a random cell.  Planned hours are stays where the work
is: seen and felt as police, but no patrol.

Switched off, couples spread over the municipality by population.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from model.engine.calendar import MARKET_DAY, MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.police.adoption.rules import institutional_visit_share
from model.police.adoption.schema import Adoption
from model.police.chief.rules import USE_PLACES, USE_QUICK_ARRESTS, block_emphasis, hour_block_use
from model.police.chief.rules import USE_VISITS as FOR_VISITS
from model.police.chief.schema import BLOCKS, ChiefRow, Chiefs
from model.police.minutes.rules import WorkPlaces, stretch_minutes, stretch_use, work_cell
from model.police.minutes.schema import N_OWED_USES, STRETCH_HOMES, STRETCH_PATROL
from model.police.officers.rules import makes_planned_visit
from model.police.officers.schema import Officers
from model.police.patrol.schema import (
    AT_MARKET,
    HOURS_PLANNED,
    ON_PAPER,
    VISIT_KEPT,
    VISIT_KIND,
    VISIT_MINUTE,
    VISIT_PLACE,
    VISIT_PLAN,
    Patrol,
    PatrolCounts,
)
from model.police.plans.rules import hour_weight, plan_follow_probability
from model.police.plans.schema import KIND_BY_MODE, PLAN_CELLS, POST_HOUR, POSTS_HELD, Plans
from model.police.practices.schema import Practices
from model.town.police import BICYCLE, RouteStop, has_no_motor
from model.town.territory import Cell
from model.world.binding import cell_size_km, computed, constant, of
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import (
    AT_MEETING,
    CASEWORK,
    HOMES,
    INSTITUTION,
    POST,
    ROUTE,
    VISITS,
    ShiftEventTables,
)
from model.world.state import COUPLES, SEEN_HERE, CoupleRow, Plan
from model.world.steps import KernelArguments, Room, kernel_step


@kernel
def straight_km(cells: Rows[Cell], a: int, b: int, cell_km: float) -> float:
    """Return the straight distance between the centres of two cells, km."""
    dx, dy = float(cells[a].x - cells[b].x), float(cells[a].y - cells[b].y)
    return cell_km * math.sqrt(dx * dx + dy * dy)


@kernel
def weighted_place(routes: Rows[RouteStop], start: int, end: int, u: float) -> int:
    """Return the cell of the first row with a cumulative weight above ``u``, or of the last row."""
    low, left = start, end - 1 - start
    # Binary search without branches: ``u`` is random, so that a processor could not predict them.
    while left > 0:
        half = (left + 1) // 2
        low += half * int(routes[low + half - 1].reach <= u)
        left -= half
    return routes[low].cell


def market_cells(world: World) -> IntArray:
    """Return the cells of the market."""
    return np.flatnonzero(world.town.cells["market"])


class PatrolTables(TableBundle):
    """Couples, police posts, map, plans, and the parameters of patrol."""

    couples: Rows[CoupleRow]
    plant: PoliceTables
    cells: Rows[Cell]
    cell_km: float = computed(cell_size_km)
    patrol: Rows[Patrol]
    plans: Rows[Plan]
    plan_cells: IntArray = of(PLAN_CELLS)
    orders: Rows[Plans]
    adoption: Rows[Adoption]
    states: Rows[Officers]
    chiefs: Rows[Chiefs]
    practices: Rows[Practices]
    commands: Rows[ChiefRow]
    work: WorkPlaces
    blocks: IntArray = of(BLOCKS)
    market: IntArray = constant(market_cells)


class Preferences(NamedTuple):
    """Preferences of a couple for its free stretches.

    ``follow_plan`` is the probability of a place of the plan, ``institutions`` the share of other visits that go to
    institutions, ``planned_hours`` the probability of planned hours, which are drawn first.
    """

    follow_plan: float
    institutions: float
    planned_hours: float


class Stop(NamedTuple):
    """Use of a stretch: kind of visit, 1 if it follows the written sector or plan, else 0, and cell."""

    kind: int
    routed: int
    cell: int


@kernel
def is_too_far(tables: PatrolTables, post: int, cell: int) -> bool:
    """Return whether a cell is beyond the reach of a couple on foot or by bicycle."""
    mode = tables.couples[post].mode
    if not has_no_motor(mode):
        return False
    home = tables.plant.facilities[tables.plant.posts[post].facility]
    p = tables.patrol[home.settlement]
    reach = p.foot_km * (p.bicycle if mode == BICYCLE else 1.0)
    return straight_km(tables.cells, home.cell, cell, tables.cell_km) > reach


@kernel
def take_fixed_post(shift: ShiftContext, tables: PatrolTables, post: int, f: int, held: IntArray) -> int:
    """Return the cell of the fixed post that this couple takes, or -1; updates ``held[f]``, the posts taken so far."""
    plan, p = tables.plans[f], tables.orders[tables.plant.facilities[f].settlement]
    if p.posts == 0 or plan.n == 0:
        return -1
    # Half a post is held in every second shift, so that the hour of a plan moves posts and takes none away.
    posts = p.posts * hour_weight(plan.hour, shift.tick) + keyed_uniform(shift.seed, POSTS_HELD, shift.tick, f, 0)
    if held[f] >= int(posts):
        return -1
    cell: int = tables.plan_cells[f, held[f] % plan.n]
    if is_too_far(tables, post, cell):
        return -1
    held[f] += 1
    return cell


@kernel
def open_market_cells(shift: ShiftContext, tables: PatrolTables) -> int:
    """Return the number of market cells open in this shift: all by day on market days, else 0."""
    is_open = shift.where // SHIFTS == MARKET_DAY and shift.tick % SHIFTS < NIGHT
    return len(tables.market) if is_open else 0


@kernel
def next_stop(shift: ShiftContext, tables: PatrolTables, post: int, slot: int, wishes: Preferences) -> Stop:
    """Draw the stop of a free stretch: a place of the plan, the market, an institution, the route or any cell."""
    tick, seed, stalls = shift.tick, shift.seed, open_market_cells(shift, tables)
    f, plant = tables.plant.posts[post].facility, tables.plant
    plan = tables.plans[f]
    sector, p = plant.sectors[tables.couples[post].sector], tables.patrol[plant.facilities[f].settlement]
    b, u = keyed_uniform(seed, VISIT_KIND, tick, post, slot), keyed_uniform(seed, VISIT_PLACE, tick, post, slot)
    follow = wishes.follow_plan
    if plan.n > 0 and follow > 0.0 and keyed_uniform(seed, VISIT_PLAN, tick, post, slot) < follow:
        return Stop(kind=KIND_BY_MODE[plan.mode], routed=1, cell=tables.plan_cells[f, int(u * plan.n)])
    if stalls > 0 and keyed_uniform(seed, AT_MARKET, tick, post, slot) < p.market:
        stall = to_int64(tables.market[int(u * stalls)])
        if tables.cells[stall].facility == f:
            return Stop(kind=ROUTE, routed=1, cell=stall)
    if b < wishes.institutions:
        place = weighted_place(plant.routes, sector.plan_start, sector.plan_end, u)
        return Stop(kind=INSTITUTION, routed=1, cell=place)
    if b < wishes.institutions + (1.0 - wishes.institutions) * p.route_share:
        place = weighted_place(plant.routes, sector.route_start, sector.route_end, u)
        return Stop(kind=ROUTE, routed=1, cell=place)
    return Stop(kind=ROUTE, routed=0, cell=weighted_place(plant.everywhere, 0, len(plant.everywhere), u))


@kernel
def travel_to(tables: PatrolTables, post: int, here: int, cell: int, p: Patrol, left: float) -> tuple[int, float]:
    """Return the cell reached and the km driven: ``here`` and 0 where reach or ``left`` km do not suffice."""
    if has_no_motor(tables.couples[post].mode):
        return (here if is_too_far(tables, post, cell) else cell), 0.0
    km = p.detour * straight_km(tables.cells, here, cell, tables.cell_km) + p.cruise
    return (here, 0.0) if km > left else (cell, km)


@kernel
def append_visit(day: ShiftEventTables, post: int, stop: Stop, minute: float, stay: float, km: float) -> None:
    """Append a visit to `day.visits`, from a minute of the shift on for ``stay`` minutes."""
    visit = day.visits[day.counts[VISITS]]
    visit.post, visit.cell, visit.kind, visit.routed, visit.alive = post, stop.cell, stop.kind, stop.routed, 1
    visit.minute, visit.stay, visit.km = minute, stay, km
    day.counts[VISITS] += 1


@kernel
def stretch_preferences(shift: ShiftContext, tables: PatrolTables, post: int, f: int) -> Preferences:
    """Return the preferences of a couple by the block of hours it serves in and by the habits of its lead."""
    couple, z = tables.couples[post], tables.plant.facilities[f].settlement
    p, chief, lead = tables.patrol[z], tables.chiefs[z], tables.plant.officers[couple.lead]
    to_places = block_emphasis(couple.block, USE_PLACES, chief.usual_places, chief.focus)
    to_visits = block_emphasis(couple.block, FOR_VISITS, chief.usual_visits, chief.focus)
    follow = plan_follow_probability(shift, tables.plans[f], tables.orders[z], lead.habit_analysis, to_places, post)
    hours = tables.commands[f].work * tables.practices[z].planned * tables.adoption[z].link_plan * lead.habit_area
    return Preferences(
        follow_plan=follow,
        institutions=min(1.0, to_visits * institutional_visit_share(lead, p, tables.adoption[z])),
        planned_hours=min(1.0, to_visits * hours),
    )


@kernel
def stretches_of_shift(couple: CoupleRow, p: Patrol) -> int:
    """Return the number of stretches in a couple's shift, by its mode of transport."""
    return p.visits_foot if has_no_motor(couple.mode) else p.visits_motor


@kernel
def choose_stretch_use(
    shift: ShiftContext, tables: PatrolTables, taken: FloatArray, post: int, slot: int, wishes: Preferences
) -> Stop:
    """Draw the use of a free stretch: planned hours, which first work off owed minutes, else a stop.

    ``taken`` are the owed minutes planned in this shift.  Updates the couple's count of stretches for orders.
    """
    couple, plant, tick, seed = tables.couples[post], tables.plant, shift.tick, shift.seed
    f, hours = plant.posts[post].facility, wishes.planned_hours
    if hours > 0.0 and keyed_uniform(seed, HOURS_PLANNED, tick, post, slot) < hours:
        use, u = stretch_use(tables.work.owed, taken, f, tick), keyed_uniform(seed, VISIT_PLACE, tick, post, slot)
        if use == STRETCH_HOMES:
            sector = plant.sectors[couple.sector]
            place = weighted_place(plant.routes, sector.route_start, sector.route_end, u)
            return Stop(kind=HOMES, routed=1, cell=place)
        if use != STRETCH_PATROL:
            return Stop(kind=AT_MEETING + use, routed=0, cell=work_cell(tables.work, taken, f, use, u))
    stop = next_stop(shift, tables, post, slot, wishes)
    couple.for_orders += 1 if stop.kind == CASEWORK else 0
    return stop


@kernel
def visit_minute(shift: ShiftContext, brief: float, n: int, post: int, slot: int) -> float:
    """Return the minute of the visit in one of ``n`` stretches after the brief, uniform within it."""
    u = keyed_uniform(shift.seed, VISIT_MINUTE, shift.tick, post, slot)
    return brief + (slot + u) * (MINUTES_A_SHIFT - brief) / n


@kernel
def visit_stay(shift: ShiftContext, tables: PatrolTables, post: int, slot: int, kind: int) -> float:
    """Return the minutes that a visit of a kind lasts: at a post and in planned hours, as long as its stretch.

    From planned hours a couple leaves for the next stretch, its fixed duty or the end of the shift.
    """
    couple, z = tables.couples[post], tables.plant.facilities[tables.plant.posts[post].facility].settlement
    p, brief, n = tables.patrol[z], tables.practices[z].brief, stretches_of_shift(couple, tables.patrol[z])
    if kind == POST:
        return max(p.stay, MINUTES_A_SHIFT / n)
    if kind < HOMES:
        return p.stay
    minute, following = visit_minute(shift, brief, n, post, slot), visit_minute(shift, brief, n, post, slot + 1)
    end = min(MINUTES_A_SHIFT, following, minute + stretch_minutes(tables.practices[z], n))
    if minute < couple.duty_start:
        end = min(end, couple.duty_start)
    return end - minute


@kernel
def stop_made(stop: Stop, here: int) -> Stop:
    """Return the stop of a couple that got as far as cell ``here``; away from planned work it patrols instead."""
    if stop.kind >= AT_MEETING and here != stop.cell:
        return Stop(kind=ROUTE, routed=0, cell=here)
    return Stop(kind=stop.kind, routed=stop.routed, cell=here)


@allocating_kernel
def plan_all_visits(shift: ShiftContext, tables: PatrolTables) -> None:
    """Plan the visits of every couple on duty, in the order of posts and stretches; appends to `day.visits`."""
    held, taken = np.zeros(len(tables.plans), np.int64), np.zeros((len(tables.plans), N_OWED_USES))
    for post in range(len(tables.couples)):
        if tables.couples[post].on == 1:
            plan_couple_visits(shift, tables, held, taken, post)


@kernel
def plan_couple_visits(shift: ShiftContext, tables: PatrolTables, held: IntArray, taken: FloatArray, post: int) -> None:
    """Plan the visits of one couple; appends to `day.visits`.

    Updates ``held`` (fixed posts taken) and ``taken`` (owed minutes planned), both by facility.
    """
    day, tally, tick, seed = shift.day, shift.tally, shift.tick, shift.seed
    couple, f = tables.couples[post], tables.plant.posts[post].facility
    here, z = tables.plant.facilities[f].cell, tables.plant.facilities[f].settlement
    p, order, brief = tables.patrol[z], tables.orders[z], tables.practices[z].brief
    block = couple.block = hour_block_use(tables.blocks, tables.chiefs[z], f, post, tick, seed)
    wishes = stretch_preferences(shift, tables, post, f)
    fixed_post = -1 if block == USE_QUICK_ARRESTS else take_fixed_post(shift, tables, post, f, held)
    begins = (MINUTES_A_SHIFT - MINUTES_AN_HOUR * order.post_hours) * keyed_uniform(seed, POST_HOUR, tick, post, 0)
    routes, left = 0, p.fuel_share * couple.km
    kept = makes_planned_visit(tables.plant.officers[couple.lead], tables.states[z])
    n = stretches_of_shift(couple, p)
    for slot in range(n):
        # One visit at a uniform minute of each stretch, except during the fixed duty.
        minute = visit_minute(shift, brief, n, post, slot)
        if couple.duty_start <= minute < couple.duty_end:
            continue
        couple.slots += 1
        if fixed_post >= 0 and begins <= minute < begins + MINUTES_AN_HOUR * order.post_hours:
            stop = Stop(kind=POST, routed=1, cell=fixed_post)
        else:
            stop = choose_stretch_use(shift, tables, taken, post, slot, wishes)
        if stop.kind == CASEWORK:
            continue
        tally[0].planned += 1.0 if stop.kind < AT_MEETING else 0.0
        if keyed_uniform(seed, VISIT_KEPT, tick, post, slot) >= kept:
            continue
        routes += stop.routed
        if p.on_paper > 0.0 and keyed_uniform(seed, ON_PAPER, tick, post, slot) < p.on_paper:
            tally[0].visits_on_paper += 1.0
            continue
        here, km = travel_to(tables, post, here, stop.cell, p, left)
        left -= km
        stop = stop_made(stop, here)
        if stop.kind >= AT_MEETING:
            taken[f, stop.kind - AT_MEETING] += stretch_minutes(tables.practices[z], n)
        append_visit(day, post, stop, minute, visit_stay(shift, tables, post, slot, stop.kind), km)
    if routes > 0:
        tally[0].couples_routed += 1.0


@kernel
def first_covering_plan_visit(day: ShiftEventTables, cell: int, minute: float, residual: float) -> int:
    """Return the first planned visit that covers a cell at a minute, ``residual`` minutes after it included, or -1."""
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual:
            return k
    return -1


@kernel
def first_covering_couple_visit(day: ShiftEventTables, cell: int, minute: float, residual: float) -> int:
    """Return the first visit by a couple, not cancelled, that covers a cell at a minute, or -1."""
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        covers = visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual
        if covers and visit.alive == 1 and visit.post >= 0:
            return k
    return -1


@kernel
def couple_cell_at(day: ShiftEventTables, couples: Rows[CoupleRow], post: int, minute: float) -> int:
    """Return the cell of a couple at a minute: of its last visit since it was busy, else where that left it."""
    cell = couples[post].cell
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and visit.alive == 1 and couples[post].free <= visit.minute <= minute:
            cell = visit.cell
    return cell


@kernel
def remaining_km(day: ShiftEventTables, couples: Rows[CoupleRow], post: int, minute: float) -> float:
    """Return the km that a couple's fuel still allows at a minute, after calls and visits made before."""
    left = couples[post].km
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and visit.alive == 1 and visit.minute < minute:
            left -= visit.km
    return left


@kernel
def cancel_visits_without_fuel(day: ShiftEventTables, couples: Rows[CoupleRow], post: int) -> None:
    """Cancel visits after the couple is free again for which its fuel does not suffice; updates `visits.alive`."""
    left = remaining_km(day, couples, post, couples[post].free)
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and visit.alive == 1 and visit.minute >= couples[post].free:
            if visit.km > left:
                visit.alive = 0
            else:
                left -= visit.km


@kernel
def occupy_couple(couples: Rows[CoupleRow], day: ShiftEventTables, post: int, start: float, free: float) -> None:
    """Keep a couple busy from ``start`` to ``free`` (minutes) and cancel its visits in that time.

    Updates `visits.alive`, the couple's ``free``, and ``busy`` by the minutes in the shift outside its fixed duty.
    """
    couple, end = couples[post], min(MINUTES_A_SHIFT, free)
    couple.free = free
    if start < end:
        on_duty = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
        couple.busy += end - start - on_duty
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and start <= visit.minute < free:
            visit.alive = 0


def max_visits(world: World) -> int:
    """Return the most visits that all couples together can plan in a shift."""
    patrol = world.parameters[Patrol]
    return len(world.state[COUPLES]) * int(max(patrol["visits_foot"].max(), patrol["visits_motor"].max()))


def room_for_visits(world: World) -> Room:
    """Return the rows that the visits of a shift may need."""
    return {VISITS: max_visits(world)}


@kernel_step(plan_all_visits, room_for_visits)
def step(world: World) -> KernelArguments:
    """Plan the visits of the shift."""
    return world.shift_context(), world.view(PatrolTables)


def visited_cell_share(month: MonthSnapshot) -> float:
    """Return the share of populated cells visited in the month."""
    seen = month.world.state[SEEN_HERE][month.populated]
    return ratio_or_nan(float((seen > 0).sum()), float(month.populated.sum()))


def patrol_seen_share(month: MonthSnapshot) -> float:
    """Return the mean share of the time in which a couple sees a populated cell."""
    minutes = SHIFTS * MINUTES_A_SHIFT * month.world.days_of_month
    return ratio_or_nan(month.tally.minutes_seen, minutes * float(month.populated.sum()))


MECHANISM = Mechanism(
    group=Patrol,
    counts=PatrolCounts,
    writes=(
        "visits",
        "couples.block",
        "couples.slots",
        "couples.for_orders",
    ),
    knockout=Knockout(("visits_routed", "coverage")),
    measures={
        "coverage": Measure("share", visited_cell_share),
        "seen_share": Measure("share", patrol_seen_share),
        "km": Measure("km"),
        "visits_on_paper": Measure("visits"),
    },
)
