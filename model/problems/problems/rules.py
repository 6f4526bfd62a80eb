"""M44, problems with causes: part of crime gathers at places for a reason, and goes on there until that is met (ODD 6).

What a problem takes is taken from the rest of the hazard, and one that dies is replaced: a closed town keeps its crime.
Switched off, there are no problems, and crime lies as people, places and offenders alone lay it.
"""

from __future__ import annotations

import math

import numpy as np

from model.crime.crime.rules import base_hazard, exposure_hazard
from model.crime.crime.schema import Crime, ExposureSetting
from model.engine.calendar import MARKET_DAY, NIGHT, SHIFTS, WEEK, weekday_of
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.police.practices.rules import sectors_by_cell
from model.politics.mayor.schema import LIT
from model.problems.problems.schema import (
    BAR,
    BUS_STOP,
    CANDIDATE_DRAWS,
    CANDIDATE_PLACES,
    CEILING_MARGIN,
    FAMILY,
    FENCE,
    FRIDAY,
    GATHERING_KINDS,
    LIGHTING,
    MAX_PROBLEM_SHARE,
    MAX_PROBLEMS,
    N_CAUSES,
    NO_CAUSE,
    NOWHERE,
    PROBLEM_AT,
    PROBLEM_CAUSE,
    PROBLEM_ENDS,
    PROBLEM_KIND,
    PROBLEM_PLACE,
    PROBLEM_SIZE,
    PROBLEMS,
    ROOM_HERE,
    USUAL_HERE,
    ProblemRow,
    Problems,
)
from model.town.crime_kinds import AT_HOME, BY_HOME, BY_VEHICLE, CEILING, EXPOSURE, IS_PROPERTY, N_KINDS, YOUNGEST
from model.town.police import Sector
from model.town.territory import DIRT, Cell
from model.world.binding import bind, computed, constant, of
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import PlaceTables


def usual_crimes(world: World) -> FloatArray:
    """Return the usual crimes of the town, by kind."""
    return world.state[USUAL_HERE].sum(axis=0)


def usual_crimes_in_sectors(world: World) -> FloatArray:
    """Return the usual crimes of cells that lie in a sector, by kind."""
    return world.state[USUAL_HERE][world.cached(sectors_by_cell) >= 0].sum(axis=0)


def first_tick_of_day(world: World) -> int:
    """Return the tick with which the present day begins."""
    return world.tick - world.tick % 3


def ticks_of_week(world: World) -> range:
    """Return the ticks of the week that begins today."""
    return range(first_tick_of_day(world), first_tick_of_day(world) + WEEK)


def presence_lists_of_week(world: World) -> IntArray:
    """Return the list of who is where, shift by shift of a week."""
    return np.array([world.calendar.place_list(tick) for tick in ticks_of_week(world)], np.int64)


def market_shifts_of_week(world: World) -> IntArray:
    """Return 1 for the shifts of market days, shift by shift of a week."""
    return np.array([world.calendar.day_type(tick) == MARKET_DAY for tick in ticks_of_week(world)], np.int64)


def weekend_shifts_of_week(world: World) -> IntArray:
    """Return 1 for the shifts from Friday on, shift by shift of a week."""
    return np.array([weekday_of(tick) >= FRIDAY for tick in ticks_of_week(world)], np.int64)


class ProblemSites(TableBundle):
    """Where problems may be, and what is there."""

    cells: Rows[Cell]
    sectors: Rows[Sector]
    sector_of: IntArray = constant(sectors_by_cell)
    usual_here: FloatArray = of(USUAL_HERE)
    room_here: FloatArray = of(ROOM_HERE)
    problem_at: IntArray = of(PROBLEM_AT)
    lit: IntArray = of(LIT)
    crimes: FloatArray = computed(usual_crimes)
    inside: FloatArray = computed(usual_crimes_in_sectors)
    parameters: Rows[Problems]


class WeekTables(TableBundle):
    """The shifts of a week: the list that says who is where, whether there is a market, and whether it is weekend."""

    first: int = computed(first_tick_of_day)
    lists: IntArray = computed(presence_lists_of_week)
    market: IntArray = computed(market_shifts_of_week)
    weekend: IntArray = computed(weekend_shifts_of_week)


@kernel
def sum_usual_hazard(
    ground: PlaceTables,
    crime: Rows[Crime],
    base: FloatArray,
    n: int,
    week: WeekTables,
    usual: FloatArray,
    room: FloatArray,
) -> None:
    """Sum up what is usual in every cell in a week, and how near anybody comes to a ceiling on its plain days."""
    for i in range(n):
        for k in GATHERING_KINDS:
            if age_years(ground.people[i], week.first) >= YOUNGEST[k]:
                for s in range(WEEK):
                    add_usual_hazard(ground, crime, base, i, k, s, week, usual, room)
    for cell in range(len(room)):
        for k in GATHERING_KINDS:
            room[cell, k] = CEILING[k] / room[cell, k] if room[cell, k] > 0.0 else 0.0


@kernel
def add_usual_hazard(
    ground: PlaceTables,
    crime: Rows[Crime],
    base: FloatArray,
    i: int,
    kind: int,
    s: int,
    week: WeekTables,
    usual: FloatArray,
    room: FloatArray,
) -> None:
    """Add the hazard of a kind for a resident in one shift of the week to that of the cell."""
    person = ground.people[i]
    cell = to_int64(person.home) if AT_HOME[kind] == 1 else to_int64(ground.places[week.lists[s], i])
    if cell < 0:
        return
    here = ground.cells[cell]
    z, market, weekend = max(here.settlement, 0), week.market[s] == 1 and here.market == 1, week.weekend[s] == 1
    tick = week.first + s
    setting = ExposureSetting(
        cell=cell, lure=here.lure, market=market, night=tick % SHIFTS == NIGHT, weekend=weekend, tick=tick
    )
    hazard = base[z, kind] * exposure_hazard(kind, person, setting, crime[z])
    usual[cell, kind] += hazard / WEEK
    if week.market[s] == 0 and week.weekend[s] == 0:
        room[cell, kind] = max(room[cell, kind], hazard)


@kernel
def cause_weight(site: ProblemSites, cell: int, kind: int, cause: int, p: Problems, tick: int) -> float:
    """Weight of a cause in a cell for a kind: 0 where the cell does not have it."""
    here, by = site.cells[cell], EXPOSURE[kind]
    if cause == LIGHTING:
        return p.lighting if by != BY_HOME and site.lit[cell] <= tick else 0.0
    if cause == BAR:
        return p.bar if here.bars > 0 else 0.0
    if cause == BUS_STOP:
        return p.bus_stop if by not in (BY_HOME, BY_VEHICLE) and here.road <= DIRT else 0.0
    if cause == FENCE:
        return p.fence if IS_PROPERTY[kind] == 1 else 0.0
    if cause == FAMILY:
        return p.family
    return p.plot if here.core == 0 and here.market == 0 else 0.0


@kernel
def draw_cause(site: ProblemSites, cell: int, kind: int, p: Problems, u: float, tick: int) -> int:
    """Return the cause of a problem by luck u, among those that the cell has."""
    whole = 0.0
    for cause in range(N_CAUSES):
        whole += cause_weight(site, cell, kind, cause, p, tick)
    left, last = u * whole, FAMILY
    for cause in range(N_CAUSES):
        weight = cause_weight(site, cell, kind, cause, p, tick)
        if weight > 0.0:
            last = cause
            if left < weight:
                return cause
            left -= weight
    return last


@kernel
def draw_problem_cell(site: ProblemSites, kind: int, u: float) -> int:
    """Return a cell in a sector by luck u, weighed by what is usual of a kind there."""
    left, last = u * site.inside[kind], NOWHERE
    for cell in range(len(site.sector_of)):
        if site.sector_of[cell] < 0 or site.usual_here[cell, kind] == 0.0:
            continue
        last = cell
        if left < site.usual_here[cell, kind]:
            return cell
        left -= site.usual_here[cell, kind]
    return last


@kernel
def draw_problem_kind(inside: FloatArray, u: float) -> int:
    """Return a kind by luck u, weighed by how much of it is usual."""
    left, last = u * inside.sum(), -1
    for k in GATHERING_KINDS:
        if inside[k] > 0.0:
            last = k
            if left < inside[k]:
                return int(k)
            left -= inside[k]
    return last


@kernel
def fitted_size(site: ProblemSites, cell: int, kind: int, wished: float, taken: float, p: Problems) -> float:
    """Size of a problem of a wished size after it has been made to fit into a cell."""
    most = min(p.steepest, CEILING_MARGIN * site.room_here[cell, kind] - (1.0 - p.gathered))
    size: float = min(min(wished, MAX_PROBLEM_SHARE * site.crimes[kind] - taken), most * site.usual_here[cell, kind])
    return size


@kernel
def draw_size(p: Problems, i: int, gen: int, seed: int) -> float:
    """Offences a year of a problem before it must fit: lognormal."""
    z = -0.5 * CANDIDATE_DRAWS
    for nth in range(CANDIDATE_DRAWS):
        z += keyed_uniform(seed, PROBLEM_SIZE, nth, i, gen)
    return p.size * math.exp(p.spread * z - 0.5 * p.spread * p.spread)


@kernel
def clear_slot(row: ProblemRow) -> None:
    """Leave a slot empty."""
    row.sector = row.facility = row.cell = row.kind = row.cause = NOWHERE
    row.noted = row.named = row.response = row.owner = row.person = row.begun = NO_CAUSE
    row.shared = row.kept = 0
    row.size = row.more = row.eff = row.seen = row.told = row.filed = row.talked = row.talks = row.refused = 0.0


@kernel
def create_problem(rows: Rows[ProblemRow], n: int, i: int, site: ProblemSites, tick: int, seed: int) -> None:
    """Let a problem arise in an empty slot, where of a few places it can be greatest; if none fits, it stays empty."""
    row, gen = rows[i], rows[i].gen
    clear_slot(row)
    kind = draw_problem_kind(site.inside, keyed_uniform(seed, PROBLEM_KIND, 0, i, gen))
    if kind < 0:
        return
    taken = 0.0
    for j in range(n):
        taken += rows[j].size if rows[j].kind == kind else 0.0
    for nth in range(CANDIDATE_PLACES):
        cell = draw_problem_cell(site, kind, keyed_uniform(seed, PROBLEM_PLACE, nth, i, gen))
        p = site.parameters[max(site.cells[cell].settlement, 0)]
        size = fitted_size(site, cell, kind, draw_size(p, i, gen, seed), taken, p)
        if site.problem_at[cell, kind] < 0 and size > row.size:
            row.cell, row.kind, row.size = cell, kind, size
    if row.cell >= 0:
        set_problem_cause(row, i, site, tick, seed)


@kernel
def set_problem_cause(row: ProblemRow, i: int, site: ProblemSites, tick: int, seed: int) -> None:
    """Note what a problem that has found its place is: its cause, and how steep it makes the hazard there."""
    p = site.parameters[max(site.cells[row.cell].settlement, 0)]
    row.sector = site.sector_of[row.cell]
    row.facility = site.sectors[row.sector].facility
    row.more = row.size / site.usual_here[row.cell, row.kind]
    row.cause = draw_cause(site, row.cell, row.kind, p, keyed_uniform(seed, PROBLEM_CAUSE, 0, i, row.gen), tick)
    site.problem_at[row.cell, row.kind] = i


@kernel
def renew_problems(rows: Rows[ProblemRow], n: int, site: ProblemSites, tick: int, seed: int) -> int:
    """Let problems die and others arise in their slots; return how many slots were renewed."""
    renewed = 0
    for i in range(n):
        row = rows[i]
        if row.cell >= 0:
            life = site.parameters[max(site.cells[row.cell].settlement, 0)].life
            if keyed_uniform(seed, PROBLEM_ENDS, tick, i, row.gen) >= 1.0 / life:
                continue
            site.problem_at[row.cell, row.kind] = NOWHERE
        row.gen += 1
        create_problem(rows, n, i, site, tick, seed)
        renewed += 1
    return renewed


def initialise(world: World) -> None:
    """Find what is usual, and let problems arise until they take their share of it."""
    state, crime, p = world.state, world.parameters[Crime], world.parameters[Problems][0]
    if p.gathered == 0.0:
        return
    sum_usual_hazard(
        world.ground,
        crime,
        base_hazard(crime),
        world.town.n_residents,
        bind(WeekTables, world),
        state[USUAL_HERE],
        state[ROOM_HERE],
    )
    goal, table = p.gathered * float(state[USUAL_HERE].sum()), state[PROBLEMS]
    most = MAX_PROBLEMS * math.ceil(goal / p.size)
    table.reserve(most)
    site, taken = bind(ProblemSites, world), 0.0
    while len(table) < most and taken < goal:
        i = len(table)
        table.count[0] += 1
        table.rows[i].gen = 0
        create_problem(table.rows, i, i, site, world.tick, world.seed)
        taken += float(table.rows[i].size)


def problem_shares(world: World) -> tuple[FloatArray, Rows[ProblemRow]]:
    """Return what problems leave of the hazard of every kind elsewhere, and the problems that there are."""
    rows = world.state[PROBLEMS].used_rows()
    rows = rows[rows["cell"] >= 0]
    taken = np.bincount(rows["kind"], rows["size"], N_KINDS)
    crimes = world.view(ProblemSites).crimes
    return 1.0 - np.divide(taken, crimes, out=np.zeros(N_KINDS), where=crimes > 0.0), rows


def apply_problems(world: World, place: FloatArray) -> None:
    """Gather part of crime at problems, and take it from the rest."""
    if len(world.state[PROBLEMS]) == 0:
        return
    rest, rows = problem_shares(world)
    factor = np.repeat(rest[:, None], world.town.n_cells, axis=1)
    factor[rows["kind"], rows["cell"]] += rows["more"]
    place *= factor


MECHANISM = Mechanism(
    group=Problems,
    tables=(PROBLEMS, USUAL_HERE, ROOM_HERE, PROBLEM_AT),
    hazard=HazardModifier(place=apply_problems, moves=True),
    initialise=initialise,
    knockout=Knockout(("problems_noted", "responses_begun", "minutes_problems")),
)
