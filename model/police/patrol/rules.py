"""M3, patrol: written sectors and routes, visits to institutions by weekly plan, to the market on its days (ODD 6.3).

Switched off, couples spread over the municipality by population.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import MARKET_DAY, NIGHT, SHIFTS
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.police.adoption.rules import institutional_visit_share
from model.police.adoption.schema import Adoption
from model.police.chief.rules import USE_PLACES, USE_QUICK_ARRESTS, block_emphasis, hour_block_use
from model.police.chief.rules import USE_VISITS as FOR_VISITS
from model.police.chief.schema import BLOCKS, Chiefs
from model.police.minutes.rules import record_stretch, stretch_minutes, stretch_use
from model.police.minutes.schema import N_OWED_USES, OWED, STRETCH_HOMES, STRETCH_PATROL
from model.police.officers.rules import makes_planned_visit
from model.police.officers.schema import Officers
from model.police.patrol.schema import (
    AT_MARKET,
    HOURS_PLANNED,
    ON_PAPER,
    PLANNED_WORK,
    VISIT_KEPT,
    VISIT_KIND,
    VISIT_MINUTE,
    VISIT_PLACE,
    VISIT_PLAN,
    Patrol,
    PatrolCounts,
)
from model.police.plans.rules import hour_weight, plan_follow_probability
from model.police.plans.schema import KIND_BY_MODE, PLAN_CELLS, POST_HOUR, Plans
from model.police.practices.schema import Practices
from model.town.police import BICYCLE, RouteStop, has_no_motor
from model.town.territory import Cell
from model.world.binding import cell_size_km, computed, constant, of
from model.world.mechanism import KernelArguments, Knockout, Measure, Mechanism, kernel_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import CASEWORK, HOMES, INSTITUTION, POST, ROUTE, VISITS, ShiftEventTables
from model.world.state import COUPLES, SEEN_HERE, CoupleRow, Plan


@kernel
def straight_km(cells: Rows[Cell], a: int, b: int, cell_km: float) -> float:
    """Straight distance between the centres of two cells in km."""
    dx, dy = float(cells[a].x - cells[b].x), float(cells[a].y - cells[b].y)
    return cell_km * math.sqrt(dx * dx + dy * dy)


@kernel
def weighted_place(routes: Rows[RouteStop], start: int, end: int, u: float) -> int:
    """Cell of the first row whose cumulative weight is above u; the last if there is none."""
    low, left = start, end - 1 - start
    while left > 0:  # without branches, which no machine could guess
        half = (left + 1) // 2
        low += half * int(routes[low + half - 1].reach <= u)
        left -= half
    return routes[low].cell


def market_cells(world: World) -> IntArray:
    """Return the cells of the market."""
    return np.flatnonzero(world.town.cells["market"])


class PatrolTables(TableBundle):
    """The couples, the police plant, the map, and the plans and numbers by which couples go about."""

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
    owed: FloatArray = of(OWED)
    blocks: IntArray = of(BLOCKS)
    market: IntArray = constant(market_cells)


@kernel
def is_too_far(street: PatrolTables, post: int, cell: int) -> bool:
    """Whether a cell is beyond the reach of a couple on foot or by bicycle."""
    mode = street.couples[post].mode
    if not has_no_motor(mode):
        return False
    home = street.plant.facilities[street.plant.posts[post].facility]
    p = street.patrol[home.settlement]
    reach = p.foot_km * (p.bicycle if mode == BICYCLE else 1.0)
    return straight_km(street.cells, home.cell, cell, street.cell_km) > reach


@kernel
def take_fixed_post(street: PatrolTables, post: int, f: int, held: IntArray, tick: int) -> int:
    """Cell of the fixed post that this couple holds, or -1; ``held[f]`` counts those held at its station."""
    plan, p = street.plans[f], street.orders[street.plant.facilities[f].settlement]
    if held[f] >= int(p.posts * hour_weight(plan.hour, tick)) or plan.n == 0:
        return -1
    cell: int = street.plan_cells[f, held[f] % plan.n]
    if is_too_far(street, post, cell):
        return -1
    held[f] += 1
    return cell


@kernel
def next_stop(
    street: PatrolTables, stalls: int, post: int, f: int, slot: int, eager: float, planned: float, tick: int, seed: int
) -> tuple[int, int, int]:
    """Kind of a visit, whether it is written down, and its cell: by plan, market, weekly plan, route or chance."""
    plan, plant = street.plans[f], street.plant
    sector, p = plant.sectors[street.couples[post].sector], street.patrol[plant.facilities[f].settlement]
    b, u = keyed_uniform(seed, VISIT_KIND, tick, post, slot), keyed_uniform(seed, VISIT_PLACE, tick, post, slot)
    if plan.n > 0 and eager > 0.0 and keyed_uniform(seed, VISIT_PLAN, tick, post, slot) < eager:
        return KIND_BY_MODE[plan.mode], 1, street.plan_cells[f, int(u * plan.n)]
    if stalls > 0 and keyed_uniform(seed, AT_MARKET, tick, post, slot) < p.market:
        stall = to_int64(street.market[int(u * stalls)])
        if street.cells[stall].facility == f:
            return ROUTE, 1, stall
    if b < planned:
        return INSTITUTION, 1, weighted_place(plant.routes, sector.plan_start, sector.plan_end, u)
    if b < planned + (1.0 - planned) * p.route_share:
        return ROUTE, 1, weighted_place(plant.routes, sector.route_start, sector.route_end, u)
    return ROUTE, 0, weighted_place(plant.everywhere, 0, len(plant.everywhere), u)


@kernel
def travel_to(street: PatrolTables, post: int, here: int, cell: int, p: Patrol, left: float) -> tuple[int, float]:
    """Go to a cell if the means allow; return where the couple is then, and its kilometres."""
    if has_no_motor(street.couples[post].mode):
        return (here if is_too_far(street, post, cell) else cell), 0.0
    km = p.detour * straight_km(street.cells, here, cell, street.cell_km) + p.cruise
    return (here, 0.0) if km > left else (cell, km)


@kernel
def append_visit(
    day: ShiftEventTables, post: int, cell: int, kind: int, routed: int, minute: float, stay: float, km: float
) -> None:
    """Write a visit into the daybook."""
    visit = day.visits[day.counts[VISITS]]
    visit.post, visit.cell, visit.kind, visit.routed, visit.alive = post, cell, kind, routed, 1
    visit.minute, visit.stay, visit.km = minute, stay, km
    day.counts[VISITS] += 1


@kernel
def stretch_preferences(street: PatrolTables, post: int, f: int, tick: int, seed: int) -> tuple[float, float, float]:
    """Chance that a free stretch goes to the plan, share of visits that are to institutions, and of planned hours."""
    couple, z = street.couples[post], street.plant.facilities[f].settlement
    p, chief, lead = street.patrol[z], street.chiefs[z], street.plant.officers[couple.lead]
    to_places = block_emphasis(couple.block, USE_PLACES, chief.usual_places, chief.focus)
    to_visits = block_emphasis(couple.block, FOR_VISITS, chief.usual_visits, chief.focus)
    eager = plan_follow_probability(street.plans[f], street.orders[z], lead.habit_analysis, to_places, post, tick, seed)
    hours = street.practices[z].planned * street.adoption[z].link_plan * lead.habit_area
    return (
        eager,
        min(1.0, to_visits * institutional_visit_share(lead, p, street.adoption[z])),
        min(1.0, to_visits * hours),
    )


@kernel
def stretches_of_shift(couple: CoupleRow, p: Patrol) -> int:
    """Stretches of a couple's shift."""
    return p.visits_foot if has_no_motor(couple.mode) else p.visits_motor


@kernel
def choose_stretch_use(
    street: PatrolTables,
    stalls: int,
    taken: FloatArray,
    post: int,
    f: int,
    slot: int,
    wish: tuple[float, float, float],
    tick: int,
    seed: int,
) -> tuple[int, int, int]:
    """What a free stretch is for: planned hours, or what the plan, the market, the route or chance say."""
    couple, plant = street.couples[post], street.plant
    eager, planned, hours = wish
    z = plant.facilities[f].settlement
    if hours > 0.0 and keyed_uniform(seed, HOURS_PLANNED, tick, post, slot) < hours:
        long = stretch_minutes(street.practices[z], stretches_of_shift(couple, street.patrol[z]))
        use = stretch_use(street.owed, taken, f, long, tick)
        if use == STRETCH_HOMES:
            sector = plant.sectors[couple.sector]
            u = keyed_uniform(seed, VISIT_PLACE, tick, post, slot)
            return HOMES, 1, weighted_place(plant.routes, sector.route_start, sector.route_end, u)
        if use != STRETCH_PATROL:
            record_stretch(couple, use)
            return PLANNED_WORK, 0, -1
    kind, routed, cell = next_stop(street, stalls, post, f, slot, eager, planned, tick, seed)
    couple.for_orders += 1 if kind == CASEWORK else 0
    return kind, routed, cell


@allocating_kernel
def plan_all_visits(stage: ShiftContext, street: PatrolTables) -> None:
    """Plan the visits of every couple on duty, in the order of posts and slots."""
    market = stage.where // SHIFTS == MARKET_DAY and stage.tick % SHIFTS < NIGHT
    stalls = len(street.market) if market else 0
    held, taken = np.zeros(len(street.plans), np.int64), np.zeros((len(street.plans), N_OWED_USES))
    for post in range(len(street.couples)):
        if street.couples[post].on == 1:
            plan_couple_visits(stage, street, stalls, held, taken, post)


@kernel
def plan_couple_visits(
    stage: ShiftContext, street: PatrolTables, stalls: int, held: IntArray, taken: FloatArray, post: int
) -> None:
    """Plan the visits of one couple."""
    day, tally, tick, seed = stage.day, stage.tally, stage.tick, stage.seed
    couple, f = street.couples[post], street.plant.posts[post].facility
    here, z = street.plant.facilities[f].cell, street.plant.facilities[f].settlement
    p, order, brief = street.patrol[z], street.orders[z], street.practices[z].brief
    block = couple.block = hour_block_use(street.blocks, street.chiefs[z], f, post, tick, seed)
    wish = stretch_preferences(street, post, f, tick, seed)
    stand = -1 if block == USE_QUICK_ARRESTS else take_fixed_post(street, post, f, held, tick)
    begins = (480.0 - 60.0 * order.post_hours) * keyed_uniform(seed, POST_HOUR, tick, post, 0)
    routes, left = 0, p.fuel_share * couple.km
    kept = makes_planned_visit(street.plant.officers[couple.lead], street.states[z])
    n = stretches_of_shift(couple, p)
    for slot in range(n):
        minute = brief + (slot + keyed_uniform(seed, VISIT_MINUTE, tick, post, slot)) * (480.0 - brief) / n
        if couple.duty_start <= minute < couple.duty_end:
            continue
        couple.slots += 1
        if stand >= 0 and begins <= minute < begins + 60.0 * order.post_hours:
            kind, routed, cell, stay = POST, 1, stand, max(p.stay, 480.0 / n)
        else:
            kind, routed, cell = choose_stretch_use(street, stalls, taken, post, f, slot, wish, tick, seed)
            stay = p.stay
        if kind in (CASEWORK, PLANNED_WORK):
            continue
        tally[0].planned += 1.0
        if keyed_uniform(seed, VISIT_KEPT, tick, post, slot) >= kept:
            continue
        routes += routed
        if p.on_paper > 0.0 and keyed_uniform(seed, ON_PAPER, tick, post, slot) < p.on_paper:
            tally[0].visits_on_paper += 1.0
            continue
        here, km = travel_to(street, post, here, cell, p, left)
        left -= km
        append_visit(day, post, here, kind, routed, minute, stay, km)
    if routes > 0:
        tally[0].couples_routed += 1.0


@kernel
def first_covering_plan_visit(day: ShiftEventTables, cell: int, minute: float, residual: float) -> int:
    """First visit of the plan that covers this cell at this minute, residual deterrence included, or -1."""
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual:
            return k
    return -1


@kernel
def first_covering_couple_visit(day: ShiftEventTables, cell: int, minute: float, residual: float) -> int:
    """First visit of a couple, not cancelled, that covers this cell at this minute, or -1."""
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        covers = visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual
        if covers and visit.alive == 1 and visit.post >= 0:
            return k
    return -1


@kernel
def couple_cell_at(day: ShiftEventTables, couples: Rows[CoupleRow], post: int, minute: float) -> int:
    """Cell of a couple at a minute: of its last visit since it was last busy, else where it was then."""
    cell = couples[post].cell
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and visit.alive == 1 and couples[post].free <= visit.minute <= minute:
            cell = visit.cell
    return cell


@kernel
def remaining_km(day: ShiftEventTables, couples: Rows[CoupleRow], post: int, minute: float) -> float:
    """Kilometres that a couple's litres still allow at a minute: less calls, and visits made before it."""
    left = couples[post].km
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and visit.alive == 1 and visit.minute < minute:
            left -= visit.km
    return left


@kernel
def cancel_visits_without_fuel(day: ShiftEventTables, couples: Rows[CoupleRow], post: int) -> None:
    """Cancel what a couple planned after it is free again, as far as the litres left do not suffice for it."""
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
    """Keep a couple busy until a minute: its visits in that time are cancelled."""
    couple, end = couples[post], min(480.0, free)
    couple.free = free
    if start < end:
        on_duty = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
        couple.busy += end - start - on_duty
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post == post and start <= visit.minute < free:
            visit.alive = 0


def max_visits(world: World) -> int:
    """Return how many visits all couples together can plan in a shift."""
    patrol = world.parameters[Patrol]
    return len(world.state[COUPLES]) * int(max(patrol["visits_foot"].max(), patrol["visits_motor"].max()))


@kernel_step(plan_all_visits)
def step(world: World) -> KernelArguments:
    """Plan the visits of the shift."""
    world.shift_events.reserve(VISITS, max_visits(world))  # the first of a shift, so that there is room in every shift
    return world.shift_context(), world.view(PatrolTables)


def visited_cell_share(month: MonthSnapshot) -> float:
    """Share of the populated cells that were visited in the month."""
    seen = month.world.state[SEEN_HERE][month.populated]
    return ratio_or_nan(float((seen > 0).sum()), float(month.populated.sum()))


def patrol_seen_share(month: MonthSnapshot) -> float:
    """Share of the time for which a couple sees a populated cell, mean."""
    return ratio_or_nan(month.tally.minutes_seen, 1440.0 * month.world.days_of_month * float(month.populated.sum()))


MECHANISM = Mechanism(
    group=Patrol,
    counts=PatrolCounts,
    writes=(
        "visits",
        "couples.block",
        "couples.slots",
        "couples.for_orders",
        "couples.for_meetings",
        "couples.for_requests",
        "couples.for_problems",
    ),
    knockout=Knockout(("visits_routed", "coverage")),
    measures={
        "coverage": Measure("share", visited_cell_share),
        "seen_share": Measure("share", patrol_seen_share),
        "km": Measure("km"),
        "visits_on_paper": Measure("visits"),
    },
)
