"""M44, problems with causes: part of crime concentrates at places for a reason, until the reason is met.

The hazard at a problem is taken from the rest of the town, and a problem that ends is replaced: a town keeps its total
crime.  Switched off, there are no problems, and crime follows people, places and offenders alone.
"""

from __future__ import annotations

import math

import numpy as np

from model.crime.crime.rules import base_hazard, exposure_hazard
from model.crime.crime.schema import Crime, ExposureSetting
from model.engine.calendar import FRIDAY, MARKET_DAY, NIGHT, SHIFTS, WEEK, shift_of, weekday_of
from model.engine.elementary import exp
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
    """Return the usual crimes of the town per year, by kind."""
    return world.state[USUAL_HERE].sum(axis=0)


def usual_crimes_in_sectors(world: World) -> FloatArray:
    """Return the usual crimes per year in cells that lie in a sector, by kind."""
    return world.state[USUAL_HERE][world.cached(sectors_by_cell) >= 0].sum(axis=0)


def first_tick_of_day(world: World) -> int:
    """Return the tick with which the present day begins."""
    return world.tick - shift_of(world.tick)


def ticks_of_week(world: World) -> range:
    """Return the ticks of the week that begins today."""
    return range(first_tick_of_day(world), first_tick_of_day(world) + WEEK)


def presence_lists_of_week(world: World) -> IntArray:
    """Return the number of the presence list for each shift of the week that begins today."""
    return np.array([world.calendar.place_list(tick) for tick in ticks_of_week(world)], np.int64)


def market_shifts_of_week(world: World) -> IntArray:
    """Return 1 for each shift of the week on a market day, else 0."""
    return np.array([world.calendar.day_type(tick) == MARKET_DAY for tick in ticks_of_week(world)], np.int64)


def weekend_shifts_of_week(world: World) -> IntArray:
    """Return 1 for each shift of the week from Friday to Sunday, else 0."""
    return np.array([weekday_of(tick) >= FRIDAY for tick in ticks_of_week(world)], np.int64)


class ProblemSites(TableBundle):
    """Tables of the places of problems: cells, sectors, usual crime, problems by cell, and parameters.

    ``room_here`` is the ceiling over the highest hazard on a plain day.  ``crimes`` and ``inside`` are usual crimes per
    year by kind, in the town and in cells that lie in a sector.
    """

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


class UsualCrimeTables(TableBundle):
    """Tables for usual crime: the town, hazards in force, and the shifts of a week.

    ``base`` is the hazard by settlement and kind.  For each shift of the week from tick ``first``, ``lists`` is the
    presence list; ``market`` and ``weekend`` are 1 on market days and from Friday to Sunday.
    """

    ground: PlaceTables
    crime: Rows[Crime]
    base: FloatArray = computed(lambda world: base_hazard(world.parameters[Crime]))
    usual_here: FloatArray = of(USUAL_HERE)
    room_here: FloatArray = of(ROOM_HERE)
    first: int = computed(first_tick_of_day)
    lists: IntArray = computed(presence_lists_of_week)
    market: IntArray = computed(market_shifts_of_week)
    weekend: IntArray = computed(weekend_shifts_of_week)


@kernel
def sum_usual_hazard(tables: UsualCrimeTables, n: int) -> None:
    """Sum the usual hazard of a week over the first ``n`` residents, by cell and kind.

    Writes `usual_here`, crimes per year, and `room_here`, the ceiling over the highest hazard of anybody on a plain
    day.
    """
    for i in range(n):
        for k in GATHERING_KINDS:
            if age_years(tables.ground.people[i], tables.first) >= YOUNGEST[k]:
                for s in range(WEEK):
                    add_usual_hazard(tables, i, k, s)
    # From the highest hazard to the room above it: the factor by which a problem may raise it up to the ceiling.
    room = tables.room_here
    for cell in range(len(room)):
        for k in GATHERING_KINDS:
            room[cell, k] = CEILING[k] / room[cell, k] if room[cell, k] > 0.0 else 0.0


@kernel
def add_usual_hazard(tables: UsualCrimeTables, i: int, kind: int, s: int) -> None:
    """Add the hazard of a kind for resident ``i`` in shift ``s`` of the week to that of the cell.

    Updates `usual_here` and, on plain days, `room_here`, which holds the highest hazard so far.
    """
    ground, person = tables.ground, tables.ground.people[i]
    cell = to_int64(person.home) if AT_HOME[kind] == 1 else to_int64(ground.places[tables.lists[s], i])
    if cell < 0:
        return
    here = ground.cells[cell]
    z, market, weekend = max(here.settlement, 0), tables.market[s] == 1 and here.market == 1, tables.weekend[s] == 1
    tick = tables.first + s
    setting = ExposureSetting(
        cell=cell, lure=here.lure, market=market, night=tick % SHIFTS == NIGHT, weekend=weekend, tick=tick
    )
    hazard = tables.base[z, kind] * exposure_hazard(kind, person, setting, tables.crime[z])
    tables.usual_here[cell, kind] += hazard / WEEK
    if tables.market[s] == 0 and tables.weekend[s] == 0:
        tables.room_here[cell, kind] = max(tables.room_here[cell, kind], hazard)


@kernel
def cause_weight(sites: ProblemSites, cell: int, kind: int, cause: int, p: Problems, tick: int) -> float:
    """Return the weight of a cause for a problem of a kind in a cell; 0 if the cell cannot have it."""
    here, by = sites.cells[cell], EXPOSURE[kind]
    if cause == LIGHTING:
        return p.lighting if by != BY_HOME and sites.lit[cell] <= tick else 0.0
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
def draw_cause(sites: ProblemSites, cell: int, kind: int, p: Problems, u: float, tick: int) -> int:
    """Return a cause drawn with uniform ``u`` among those possible in a cell."""
    # If rounding leaves a remainder at the end, the last cause with a weight takes it.
    whole = 0.0
    for cause in range(N_CAUSES):
        whole += cause_weight(sites, cell, kind, cause, p, tick)
    left, last = u * whole, FAMILY
    for cause in range(N_CAUSES):
        weight = cause_weight(sites, cell, kind, cause, p, tick)
        if weight > 0.0:
            last = cause
            if left < weight:
                return cause
            left -= weight
    return last


@kernel
def draw_problem_cell(sites: ProblemSites, kind: int, u: float) -> int:
    """Return a cell in a sector drawn with uniform ``u``, weighted by usual crime of a kind; else -1."""
    left, last = u * sites.inside[kind], NOWHERE
    for cell in range(len(sites.sector_of)):
        if sites.sector_of[cell] < 0 or sites.usual_here[cell, kind] == 0.0:
            continue
        last = cell
        if left < sites.usual_here[cell, kind]:
            return cell
        left -= sites.usual_here[cell, kind]
    return last


@kernel
def draw_problem_kind(inside: FloatArray, u: float) -> int:
    """Return a kind of crime drawn with uniform ``u``, weighted by usual crime; -1 if there is none."""
    left, last = u * inside.sum(), -1
    for k in GATHERING_KINDS:
        if inside[k] > 0.0:
            last = k
            if left < inside[k]:
                return int(k)
            left -= inside[k]
    return last


@kernel
def fitted_size(sites: ProblemSites, cell: int, kind: int, wished: float, taken: float, p: Problems) -> float:
    """Return the size of a problem, in offences per year, reduced until it fits into a cell.

    It may neither exceed the ceiling of the hazard there nor take more than `MAX_PROBLEM_SHARE` of the kind's crime,
    of which ``taken`` is taken already.
    """
    most = min(p.steepest, CEILING_MARGIN * sites.room_here[cell, kind] - (1.0 - p.gathered))
    size: float = min(min(wished, MAX_PROBLEM_SHARE * sites.crimes[kind] - taken), most * sites.usual_here[cell, kind])
    return size


@kernel
def draw_size(p: Problems, i: int, gen: int, seed: int) -> float:
    """Return a lognormal size in offences per year, before it must fit; ``p.size`` is the mean."""
    z = -0.5 * CANDIDATE_DRAWS
    for nth in range(CANDIDATE_DRAWS):
        z += keyed_uniform(seed, PROBLEM_SIZE, nth, i, gen)
    return p.size * exp(p.spread * z - 0.5 * p.spread * p.spread)


@kernel
def clear_slot(row: ProblemRow) -> None:
    """Clear a slot: writes all columns but ``gen``."""
    row.sector = row.facility = row.cell = row.kind = row.cause = NOWHERE
    row.noted = row.named = row.response = row.owner = row.person = row.begun = NO_CAUSE
    row.shared = row.kept = 0
    row.size = row.more = row.eff = row.seen = row.told = row.filed = row.talked = row.talks = row.refused = 0.0
    row.owed = row.load = 0.0


@kernel
def create_problem(rows: Rows[ProblemRow], n: int, i: int, sites: ProblemSites, tick: int, seed: int) -> None:
    """Create a problem in an empty slot, in the candidate cell where it can be largest.

    The slot stays empty if it fits nowhere.  ``i`` is the slot, ``n`` the number of slots in use.
    """
    row, gen = rows[i], rows[i].gen
    clear_slot(row)
    kind = draw_problem_kind(sites.inside, keyed_uniform(seed, PROBLEM_KIND, 0, i, gen))
    if kind < 0:
        return
    taken = 0.0
    for j in range(n):
        taken += rows[j].size if rows[j].kind == kind else 0.0
    for nth in range(CANDIDATE_PLACES):
        cell = draw_problem_cell(sites, kind, keyed_uniform(seed, PROBLEM_PLACE, nth, i, gen))
        p = sites.parameters[max(sites.cells[cell].settlement, 0)]
        size = fitted_size(sites, cell, kind, draw_size(p, i, gen, seed), taken, p)
        if sites.problem_at[cell, kind] < 0 and size > row.size:
            row.cell, row.kind, row.size = cell, kind, size
    if row.cell >= 0:
        set_problem_cause(row, i, sites, tick, seed)


@kernel
def set_problem_cause(row: ProblemRow, i: int, sites: ProblemSites, tick: int, seed: int) -> None:
    """Write the cause, sector, facility and relative size of a problem whose cell has been chosen."""
    p = sites.parameters[max(sites.cells[row.cell].settlement, 0)]
    row.sector = sites.sector_of[row.cell]
    row.facility = sites.sectors[row.sector].facility
    row.more = row.size / sites.usual_here[row.cell, row.kind]
    row.cause = draw_cause(sites, row.cell, row.kind, p, keyed_uniform(seed, PROBLEM_CAUSE, 0, i, row.gen), tick)
    sites.problem_at[row.cell, row.kind] = i


@kernel
def renew_problems(rows: Rows[ProblemRow], n: int, sites: ProblemSites, tick: int, seed: int) -> int:
    """End problems at random and create others in their slots; return the number of slots renewed."""
    renewed = 0
    for i in range(n):
        row = rows[i]
        if row.cell >= 0:
            life = sites.parameters[max(sites.cells[row.cell].settlement, 0)].life
            if keyed_uniform(seed, PROBLEM_ENDS, tick, i, row.gen) >= 1.0 / life:
                continue
            sites.problem_at[row.cell, row.kind] = NOWHERE
        row.gen += 1
        create_problem(rows, n, i, sites, tick, seed)
        renewed += 1
    return renewed


def initialise(world: World) -> None:
    """Compute usual crime, and create problems until they take their share of it."""
    state, p = world.state, world.parameters[Problems][0]
    if p.gathered == 0.0:
        return
    sum_usual_hazard(bind(UsualCrimeTables, world), world.town.n_residents)
    goal, table = p.gathered * float(state[USUAL_HERE].sum()), state[PROBLEMS]
    most = MAX_PROBLEMS * math.ceil(goal / p.size)
    table.reserve(most)
    sites, taken = bind(ProblemSites, world), 0.0
    while len(table) < most and taken < goal:
        i = len(table)
        table.count[0] += 1
        table.rows[i].gen = 0
        create_problem(table.rows, i, i, sites, world.tick, world.seed)
        taken += float(table.rows[i].size)


def problem_shares(world: World) -> tuple[FloatArray, Rows[ProblemRow]]:
    """Return the share of the hazard left outside problems, by kind, and the problems."""
    rows = world.state[PROBLEMS].used_rows()
    rows = rows[rows["cell"] >= 0]
    taken = np.bincount(rows["kind"], rows["size"], N_KINDS)
    crimes = world.view(ProblemSites).crimes
    return 1.0 - np.divide(taken, crimes, out=np.zeros(N_KINDS), where=crimes > 0.0), rows


def apply_problems(world: World, place: FloatArray) -> None:
    """Concentrate part of the hazard at problems, and lower it elsewhere by as much."""
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
