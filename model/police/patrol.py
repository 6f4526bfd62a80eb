"""M3, patrol: written sectors and routes, visits to institutions by weekly plan and to the market on its days.

A shift of a couple is cut into stretches of equal length.  Each free stretch goes to planned hours, a place of the
station's plan, the market, an institution, the written route, or a random cell.  Planned hours are stays where the work
is: seen and felt as police, but no patrol.

Switched off, couples spread over the municipality by population.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.engine.calendar import MARKET_DAY, MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row, to_int64
from model.police.adoption import institutional_visit_share
from model.police.chief import USE_PLACES, USE_QUICK_ARRESTS, block_emphasis, hour_block_use
from model.police.chief import USE_VISITS as FOR_VISITS
from model.police.minutes import N_OWED_USES, STRETCH_HOMES, STRETCH_PATROL, stretch_minutes, stretch_use, work_cell
from model.police.officers import makes_planned_visit
from model.police.plans import KIND_BY_MODE, POST_HOUR, POSTS_HELD, hour_weight, plan_follow_probability
from model.police.practices import share_of_couple
from model.town.police import BICYCLE, has_no_motor
from model.world.derived import constant
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import (
    AT_MEETING,
    CASEWORK,
    HOMES,
    INSTITUTION,
    POST,
    ROUTE,
    VISITS,
)
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray, Rows
    from model.simulation.world import Simulation, World
    from model.town.police import RouteStop
    from model.world.month import MonthSnapshot
    from model.world.state import CoupleRow
    from model.world.steps import Room

VISIT_KEPT, VISIT_MINUTE, VISIT_KIND, VISIT_PLACE = (
    stream_id("visit kept"),
    stream_id("visit minute"),
    stream_id("visit kind"),
    stream_id("visit place"),
)
VISIT_PLAN, ON_PAPER, AT_MARKET = stream_id("visit by plan"), stream_id("visit on paper"), stream_id("visit at market")
HOURS_PLANNED = stream_id("hours planned")


@dataclass(frozen=True, init=False)
class Patrol(ParameterGroup):
    """Parameters of patrol between calls: places, stays, reach and fuel."""

    name: ClassVar[str] = "patrol"
    evidence: ClassVar[tuple[str, ...]] = (
        "A10",
        "A11",
        "A17",
        "B02",
        "B03",
        "B05",
        "B06",
        "B07",
        "E14",
        "I01",
        "Z14",
        "Z20",
    )

    visits_foot: int
    visits_motor: int
    stay: float
    plan_share: float
    route_share: float
    market: float
    on_paper: float
    foot_km: float
    bicycle: float
    fuel_share: float
    cruise: float
    detour: float


class PatrolCounts(Row):
    """Monthly counts of planned visits and kilometres."""

    couples_routed: float
    planned: float
    km: float
    visits_on_paper: float


@kernel
def straight_km(w: World, a: int, b: int) -> float:
    """Return the straight distance between the centres of two cells, km."""
    cells = w.cells
    dx, dy = float(cells[a].x - cells[b].x), float(cells[a].y - cells[b].y)
    return w.cell_km * math.sqrt(dx * dx + dy * dy)


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


@constant
def market_cells(sim: Simulation) -> IntArray:
    """Return the cells of the market."""
    return np.flatnonzero(sim.town.cells["market"])


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
def is_too_far(w: World, post: int, cell: int) -> bool:
    """Return whether a cell is beyond the reach of a couple on foot or by bicycle."""
    mode = w.couples[post].mode
    if not has_no_motor(mode):
        return False
    home = w.facilities[w.posts[post].facility]
    p = w.p.patrol[home.settlement]
    reach = p.foot_km * (p.bicycle if mode == BICYCLE else 1.0)
    return straight_km(w, home.cell, cell) > reach


@kernel
def take_fixed_post(w: World, post: int, f: int, held: IntArray) -> int:
    """Return the cell of the fixed post that this couple takes, or -1; updates ``held[f]``, the posts taken so far."""
    plan, p = w.plans[f], w.p.plans[w.facilities[f].settlement]
    if p.posts == 0 or plan.n == 0:
        return -1
    # Half a post is held in every second shift, so that the hour of a plan moves posts and takes none away.
    posts = p.posts * hour_weight(plan.hour, w.tick) + keyed_uniform(w.seed, POSTS_HELD, w.tick, f, 0)
    if held[f] >= int(posts):
        return -1
    cell: int = w.plan_cells[f, held[f] % plan.n]
    if is_too_far(w, post, cell):
        return -1
    held[f] += 1
    return cell


@kernel
def open_market_cells(w: World) -> int:
    """Return the number of market cells open in this shift: all by day on market days, else 0."""
    is_open = w.where // SHIFTS == MARKET_DAY and w.tick % SHIFTS < NIGHT
    return len(w.market_cells) if is_open else 0


@kernel
def next_stop(w: World, post: int, slot: int, wishes: Preferences) -> Stop:
    """Draw the stop of a free stretch: a place of the plan, the market, an institution, the route or any cell."""
    tick, seed, stalls = w.tick, w.seed, open_market_cells(w)
    f = w.posts[post].facility
    plan = w.plans[f]
    sector, p = w.sectors[w.couples[post].sector], w.p.patrol[w.facilities[f].settlement]
    b, u = keyed_uniform(seed, VISIT_KIND, tick, post, slot), keyed_uniform(seed, VISIT_PLACE, tick, post, slot)
    follow = wishes.follow_plan
    if plan.n > 0 and follow > 0.0 and keyed_uniform(seed, VISIT_PLAN, tick, post, slot) < follow:
        return Stop(kind=KIND_BY_MODE[plan.mode], routed=1, cell=w.plan_cells[f, int(u * plan.n)])
    if stalls > 0 and keyed_uniform(seed, AT_MARKET, tick, post, slot) < p.market:
        stall = to_int64(w.market_cells[int(u * stalls)])
        if w.cells[stall].facility == f:
            return Stop(kind=ROUTE, routed=1, cell=stall)
    if b < wishes.institutions:
        place = weighted_place(w.routes, sector.plan_start, sector.plan_end, u)
        return Stop(kind=INSTITUTION, routed=1, cell=place)
    if b < wishes.institutions + (1.0 - wishes.institutions) * p.route_share:
        place = weighted_place(w.routes, sector.route_start, sector.route_end, u)
        return Stop(kind=ROUTE, routed=1, cell=place)
    return Stop(kind=ROUTE, routed=0, cell=weighted_place(w.everywhere, 0, len(w.everywhere), u))


@kernel
def travel_to(w: World, post: int, here: int, cell: int, p: Patrol, left: float) -> tuple[int, float]:
    """Return the cell reached and the km driven: ``here`` and 0 where reach or ``left`` km do not suffice."""
    if has_no_motor(w.couples[post].mode):
        return (here if is_too_far(w, post, cell) else cell), 0.0
    km = p.detour * straight_km(w, here, cell) + p.cruise
    return (here, 0.0) if km > left else (cell, km)


@kernel
def append_visit(w: World, post: int, stop: Stop, minute: float, stay: float, km: float) -> None:
    """Append a visit to `visits`, from a minute of the shift on for ``stay`` minutes."""
    visit = w.visits[w.counts[VISITS]]
    visit.post, visit.cell, visit.kind, visit.routed, visit.alive = post, stop.cell, stop.kind, stop.routed, 1
    visit.minute, visit.stay, visit.km = minute, stay, km
    w.counts[VISITS] += 1


@kernel
def stretch_preferences(w: World, post: int, f: int, walkers_per_rider: float) -> Preferences:
    """Return the preferences of a couple by the block of hours it serves in and by the habits of its lead.

    ``walkers_per_rider`` are the couples on foot of the facility by motorised couple, -1 without any.
    """
    couple, z = w.couples[post], w.facilities[f].settlement
    p, chief, lead = w.p.patrol[z], w.p.chief[z], w.officers[couple.lead]
    to_places = block_emphasis(couple.block, USE_PLACES, chief.usual_places, chief.focus)
    to_visits = block_emphasis(couple.block, FOR_VISITS, chief.usual_visits, chief.focus)
    follow = plan_follow_probability(w, w.plans[f], w.p.plans[z], lead.habit_analysis, to_places, post)
    hours = share_of_couple(w, f, lead.habit_area, has_no_motor(couple.mode), walkers_per_rider)
    return Preferences(
        follow_plan=follow,
        institutions=min(1.0, to_visits * institutional_visit_share(lead, p, w.p.adoption[z])),
        planned_hours=min(1.0, to_visits * hours),
    )


@kernel
def stretches_of_shift(couple: CoupleRow, p: Patrol) -> int:
    """Return the number of stretches in a couple's shift, by its mode of transport."""
    return p.visits_foot if has_no_motor(couple.mode) else p.visits_motor


@kernel
def choose_stretch_use(w: World, taken: FloatArray, post: int, slot: int, wishes: Preferences) -> Stop:
    """Draw the use of a free stretch: planned hours, which first work off owed minutes, else a stop.

    ``taken`` are the owed minutes planned in this shift.  Updates the couple's count of stretches for orders.
    """
    couple, tick, seed = w.couples[post], w.tick, w.seed
    f, hours = w.posts[post].facility, wishes.planned_hours
    if hours > 0.0 and keyed_uniform(seed, HOURS_PLANNED, tick, post, slot) < hours:
        use, u = stretch_use(w, taken, f), keyed_uniform(seed, VISIT_PLACE, tick, post, slot)
        if use == STRETCH_HOMES:
            sector = w.sectors[couple.sector]
            place = weighted_place(w.routes, sector.route_start, sector.route_end, u)
            return Stop(kind=HOMES, routed=1, cell=place)
        if use != STRETCH_PATROL:
            return Stop(kind=AT_MEETING + use, routed=0, cell=work_cell(w, taken, f, use, u))
    stop = next_stop(w, post, slot, wishes)
    couple.for_orders += 1 if stop.kind == CASEWORK else 0
    return stop


@kernel
def visit_minute(w: World, brief: float, n: int, post: int, slot: int) -> float:
    """Return the minute of the visit in one of ``n`` stretches after the brief, uniform within it."""
    u = keyed_uniform(w.seed, VISIT_MINUTE, w.tick, post, slot)
    return brief + (slot + u) * (MINUTES_A_SHIFT - brief) / n


@kernel
def visit_stay(w: World, post: int, slot: int, kind: int) -> float:
    """Return the minutes that a visit of a kind lasts: at a post and in planned hours, as long as its stretch.

    From planned hours a couple leaves for the next stretch, its fixed duty or the end of the shift.
    """
    couple, z = w.couples[post], w.facilities[w.posts[post].facility].settlement
    p, brief, n = w.p.patrol[z], w.p.practices[z].brief, stretches_of_shift(couple, w.p.patrol[z])
    if kind == POST:
        return max(p.stay, MINUTES_A_SHIFT / n)
    if kind < HOMES:
        return p.stay
    minute, following = visit_minute(w, brief, n, post, slot), visit_minute(w, brief, n, post, slot + 1)
    end = min(MINUTES_A_SHIFT, following, minute + stretch_minutes(w.p.practices[z], n))
    if minute < couple.duty_start:
        end = min(end, couple.duty_start)
    return end - minute


@kernel
def stop_made(stop: Stop, here: int) -> Stop:
    """Return the stop of a couple that got as far as cell ``here``; away from planned work it patrols instead."""
    if stop.kind >= AT_MEETING and here != stop.cell:
        return Stop(kind=ROUTE, routed=0, cell=here)
    return Stop(kind=stop.kind, routed=stop.routed, cell=here)


@kernel
def plan_couple_visits(w: World, held: IntArray, taken: FloatArray, walkers_per_rider: FloatArray, post: int) -> None:
    """Plan the visits of one couple; appends to `visits`.

    Updates ``held`` (fixed posts taken) and ``taken`` (owed minutes planned), both by facility; ``walkers_per_rider``
    are its couples on foot by motorised couple, -1 without any.
    """
    tally, tick, seed = w.tally, w.tick, w.seed
    couple, f = w.couples[post], w.posts[post].facility
    here, z = w.facilities[f].cell, w.facilities[f].settlement
    p, order, brief = w.p.patrol[z], w.p.plans[z], w.p.practices[z].brief
    block = couple.block = hour_block_use(w, w.p.chief[z], f, post)
    wishes = stretch_preferences(w, post, f, walkers_per_rider[f])
    fixed_post = -1 if block == USE_QUICK_ARRESTS else take_fixed_post(w, post, f, held)
    begins = (MINUTES_A_SHIFT - MINUTES_AN_HOUR * order.post_hours) * keyed_uniform(seed, POST_HOUR, tick, post, 0)
    routes, left = 0, p.fuel_share * couple.km
    kept = makes_planned_visit(w.officers[couple.lead], w.p.officers[z])
    n = stretches_of_shift(couple, p)
    for slot in range(n):
        # One visit at a uniform minute of each stretch, except during the fixed duty.
        minute = visit_minute(w, brief, n, post, slot)
        if couple.duty_start <= minute < couple.duty_end:
            continue
        couple.slots += 1
        if fixed_post >= 0 and begins <= minute < begins + MINUTES_AN_HOUR * order.post_hours:
            stop = Stop(kind=POST, routed=1, cell=fixed_post)
        else:
            stop = choose_stretch_use(w, taken, post, slot, wishes)
        if stop.kind == CASEWORK:
            continue
        tally[0].planned += 1.0 if stop.kind < AT_MEETING else 0.0
        if keyed_uniform(seed, VISIT_KEPT, tick, post, slot) >= kept:
            continue
        routes += stop.routed
        if p.on_paper > 0.0 and keyed_uniform(seed, ON_PAPER, tick, post, slot) < p.on_paper:
            tally[0].visits_on_paper += 1.0
            continue
        here, km = travel_to(w, post, here, stop.cell, p, left)
        left -= km
        stop = stop_made(stop, here)
        if stop.kind >= AT_MEETING:
            taken[f, stop.kind - AT_MEETING] += stretch_minutes(w.p.practices[z], n)
        append_visit(w, post, stop, minute, visit_stay(w, post, slot, stop.kind), km)
    if routes > 0:
        tally[0].couples_routed += 1.0


@kernel
def first_covering_visit(w: World, cell: int, minute: float, residual: float, by_couple: bool) -> int:
    """Return the first visit, not cancelled, that covers a cell at a minute, or -1; only of couples if ``by_couple``.

    ``residual`` minutes after the visit are included.
    """
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        covers = visit.cell == cell and visit.minute <= minute < visit.minute + visit.stay + residual
        if covers and visit.alive == 1 and (visit.post >= 0 or not by_couple):
            return k
    return -1


@kernel
def couple_cell_at(w: World, post: int, minute: float) -> int:
    """Return the cell of a couple at a minute: of its last visit since it was busy, else where that left it."""
    cell = w.couples[post].cell
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.post == post and visit.alive == 1 and w.couples[post].free <= visit.minute <= minute:
            cell = visit.cell
    return cell


@kernel
def remaining_km(w: World, post: int, minute: float) -> float:
    """Return the km that a couple's fuel still allows at a minute, after calls and visits made before."""
    left = w.couples[post].km
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.post == post and visit.alive == 1 and visit.minute < minute:
            left -= visit.km
    return left


@kernel
def cancel_visits_without_fuel(w: World, post: int) -> None:
    """Cancel visits after the couple is free again for which its fuel does not suffice; updates `visits.alive`."""
    left = remaining_km(w, post, w.couples[post].free)
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.post == post and visit.alive == 1 and visit.minute >= w.couples[post].free:
            if visit.km > left:
                visit.alive = 0
            else:
                left -= visit.km


@kernel
def occupy_couple(w: World, post: int, start: float, free: float) -> None:
    """Keep a couple busy from ``start`` to ``free`` (minutes) and cancel its visits in that time.

    Updates `visits.alive`, the couple's ``free``, and ``busy`` by the minutes in the shift outside its fixed duty.
    """
    couple, end = w.couples[post], min(MINUTES_A_SHIFT, free)
    couple.free = free
    if start < end:
        on_duty = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
        couple.busy += end - start - on_duty
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.post == post and start <= visit.minute < free:
            visit.alive = 0


def max_visits(sim: Simulation) -> int:
    """Return the most visits that all couples together can plan in a shift."""
    patrol = sim.p.patrol
    return len(sim.w.couples) * int(max(patrol["visits_foot"].max(), patrol["visits_motor"].max()))


def room_for_visits(sim: Simulation) -> Room:
    """Return the rows that the visits of a shift may need."""
    return {VISITS: max_visits(sim)}


@allocating_kernel
def couples_on_foot_by_motorised(w: World) -> FloatArray:
    """Return the couples on foot on duty by motorised couple, by facility; -1 without any of these."""
    walkers, riders = np.zeros(len(w.plans)), np.zeros(len(w.plans))
    for post in range(len(w.couples)):
        if w.couples[post].on == 1:
            by_kind = walkers if has_no_motor(w.couples[post].mode) else riders
            by_kind[w.posts[post].facility] += 1.0
    for f in range(len(riders)):
        walkers[f] = walkers[f] / riders[f] if riders[f] > 0.0 else -1.0
    return walkers


@step(room=room_for_visits, allocates=True)
def patrol(w: World) -> None:
    """Plan the visits of every couple on duty, in the order of posts and stretches; appends to `visits`."""
    held, taken = np.zeros(len(w.plans), np.int64), np.zeros((len(w.plans), N_OWED_USES))
    walkers_per_rider = couples_on_foot_by_motorised(w)
    for post in range(len(w.couples)):
        if w.couples[post].on == 1:
            plan_couple_visits(w, held, taken, walkers_per_rider, post)


def visited_cell_share(month: MonthSnapshot) -> float:
    """Return the share of populated cells visited in the month."""
    seen = month.world.w.seen_here[month.populated]
    return ratio_or_nan(float((seen > 0).sum()), float(month.populated.sum()))


def patrol_seen_share(month: MonthSnapshot) -> float:
    """Return the mean share of the time in which a couple sees a populated cell."""
    minutes = SHIFTS * MINUTES_A_SHIFT * month.world.days_of_month
    return ratio_or_nan(month.tally.minutes_seen, minutes * float(month.populated.sum()))


MECHANISM = Mechanism(
    group=Patrol,
    counts=PatrolCounts,
    knockout=Knockout(("visits_routed", "coverage")),
    measures={
        "coverage": Measure("share", visited_cell_share),
        "seen_share": Measure("share", patrol_seen_share),
        "km": Measure("km"),
        "visits_on_paper": Measure("visits"),
    },
)
