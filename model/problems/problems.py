"""M44, problems with causes: part of crime concentrates at places for a reason, until the reason is met.

The hazard at a problem is taken from the rest of the town, and a problem that ends is replaced: a town keeps its total
crime.  Switched off, there are no problems, and crime follows people, places and offenders alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

import numpy as np

from model.crime.crime import ExposureSetting, exposure_hazard
from model.engine.calendar import FRIDAY, MARKET_DAY, NIGHT, SHIFTS, WEEK, shift_of, weekday_of
from model.engine.domains import COUNT, FLAG, LARGEST_COUNT, PAST, POSITIVE, SHARE, Domain, code_of, row_of
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, int64_constant, to_int64
from model.engine.tables import ArraySpec, GrowingTableSpec
from model.police.practices import sectors_by_cell
from model.town.crime_kinds import (
    AT_HOME,
    BY_HOME,
    BY_TARGET,
    BY_VEHICLE,
    CEILING,
    EXPOSURE,
    IS_PROPERTY,
    N_KINDS,
    YOUNGEST,
)
from model.town.territory import DIRT
from model.world.derived import derived
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.sampling import age_years

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray, Rows
    from model.engine.tables import TableSizes
    from model.simulation.world import Simulation, World

PROBLEM_KIND, PROBLEM_PLACE, PROBLEM_SIZE = (
    stream_id("problem kind"),
    stream_id("problem place"),
    stream_id("problem size"),
)
PROBLEM_CAUSE, PROBLEM_ENDS = stream_id("problem cause"), stream_id("problem ends")
PROBLEM_CAUSES = ("lighting", "bar", "bus_stop", "fence", "family", "plot")
N_CAUSES = len(PROBLEM_CAUSES)
LIGHTING, BAR, BUS_STOP, FENCE, FAMILY, PLOT = (int64_constant(cause) for cause in range(N_CAUSES))
NO_CAUSE, NOWHERE = int64_constant(-1), int64_constant(-1)
"""Cause that is unknown, and cell of an empty slot."""
GATHERING_KINDS: IntArray = np.flatnonzero((CEILING > 0.0) & (EXPOSURE != BY_TARGET))
"""Kinds of crime that concentrate at problems."""
CANDIDATE_PLACES = 8
"""Cells drawn for a new problem, of which the one with room for the largest is taken; assumed."""
CANDIDATE_DRAWS = 12
"""Uniforms whose sum, less its mean of six, is nearly standard normal (Irwin-Hall distribution)."""
CEILING_MARGIN = 0.5
"""Share of a ceiling that a problem may reach on a plain day: beliefs may double the hazard (`certainty.highest`)."""
MAX_PROBLEM_SHARE = 0.6
"""Largest share of a kind's crime that problems take; assumed."""
MAX_PROBLEMS = 4
"""Most slots, relative to the number of problems if none had to fit into its cell."""


@dataclass(frozen=True, init=False)
class Problems(ParameterGroup):
    """Parameters of problems, of the diagnosis of their causes, of responses and of their effect."""

    name: ClassVar[str] = "problems"
    evidence: ClassVar[tuple[str, ...]] = ("A19", "B13", "B15", "D03", "D10", "D12", "D13", "Q19", "Q21")

    gathered: float
    size: float
    spread: float
    steepest: float
    life: float
    lighting: float
    bar: float
    bus_stop: float
    fence: float
    family: float
    plot: float
    by_report: float
    by_talk: float
    talk_least: float
    talk_habit: float
    analysts: float
    posted: float
    per_analyst: float
    analyst_hours: float
    report_minutes: float
    form_minutes: float
    per_chief: float
    analyst_forms: float
    offline: float
    blind: float
    by_data: float
    by_net: float
    by_analyst: float
    by_word: float
    item: float
    evidence_months: float
    again: float
    begins: float
    presence: float
    partner: float
    partner_willing: float
    lapse: float
    lapse_pressing: float
    lapse_minutes: float
    upkeep_lighting: float
    upkeep_bar: float
    upkeep_bus_stop: float
    upkeep_fence: float
    upkeep_family: float
    upkeep_plot: float
    looking_street: float
    looking_vehicles: float
    looking_homes: float
    looking_violence: float
    effect: float
    rise: float
    wear: float


class ProblemRow(Row):
    """A problem: its attributes, the knowledge of the police, and the response.

    ``cell`` is -1 for an empty slot, ``gen`` the number of problems that the slot has had before.  ``size`` is in
    offences per year and ``more`` relative to usual crime there; ``eff`` is the effect built up, 0 to 1.  ``noted`` is
    the tick of detection, ``named`` the cause on record, ``shared`` 1 if the community was told it, ``shown``
    what people there have seen of the work on it (`model.problems.solved_problems`).  ``response`` is
    the cause at which the response aims (-1 for none), ``owner`` the position in charge and ``person`` its holder
    then, ``begun`` its tick, ``kept`` the months it has been kept up.  Of the present month are ``seen`` (crimes),
    ``reported`` (those known to the police), ``written`` (forms) and ``talked`` (planned stretches in homes near it);
    the last three are of the whole warm-up while it lasts.  ``filed`` sums forms and ``talks`` what was said, with
    decay.  ``refused`` counts crimes prevented by the response.  ``owed`` are the minutes asked of couples for it this
    month, ``load`` the known crime load of its class there when the month began, read while a response is kept up.
    """

    sector: Annotated[int, row_of("sector", none=True)]
    facility: Annotated[int, row_of("facility", none=True)]
    cell: Annotated[int, row_of("cell", none=True)]
    kind: Annotated[int, code_of(N_KINDS, none=True)]
    cause: Annotated[int, code_of(N_CAUSES, none=True)]
    gen: Annotated[int, COUNT]
    noted: Annotated[int, PAST]
    named: Annotated[int, code_of(N_CAUSES, none=True)]
    shared: Annotated[int, FLAG]
    shown: Annotated[int, code_of(3)]
    response: Annotated[int, code_of(N_CAUSES, none=True)]
    owner: Annotated[int, row_of("officer", none=True)]
    person: Annotated[int, Domain(-1, LARGEST_COUNT)]
    begun: Annotated[int, PAST]
    kept: Annotated[int, COUNT]
    size: Annotated[float, POSITIVE]
    more: Annotated[float, POSITIVE]
    eff: Annotated[float, SHARE]
    seen: Annotated[float, POSITIVE]
    reported: Annotated[float, POSITIVE]
    written: Annotated[float, POSITIVE]
    filed: Annotated[float, POSITIVE]
    talked: Annotated[float, POSITIVE]
    talks: Annotated[float, POSITIVE]
    refused: Annotated[float, POSITIVE]
    owed: Annotated[float, POSITIVE]
    load: Annotated[float, POSITIVE]


PROBLEMS = GrowingTableSpec(name="problems", row=ProblemRow, room=256, about="Problems, one a slot.")
USUAL_HERE = ArraySpec(
    name="usual_here",
    of=np.float64,
    shape=("cell", N_KINDS),
    about="Crimes a year that a town without problems would have had at the start, by cell and kind.",
    domain=POSITIVE,
)
ROOM_HERE = ArraySpec(
    name="room_here",
    of=np.float64,
    shape=("cell", N_KINDS),
    about="Ceiling over the greatest hazard of anybody there on a plain day, by cell and kind.",
    domain=POSITIVE,
)


def slots_are_at_their_cells(state: Any, town: Any, sizes: TableSizes) -> bool:
    """A slot that it names has the problem of that cell and kind."""
    cell, kind = np.nonzero(state[PROBLEM_AT] >= 0)
    rows = state[PROBLEMS].used_rows()[state[PROBLEM_AT][cell, kind]]
    return np.array_equal(rows["cell"], cell) and np.array_equal(rows["kind"], kind)


PROBLEM_AT = ArraySpec(
    name="problem_at",
    of=np.int64,
    shape=("cell", N_KINDS),
    first=-1.0,
    about="Slot of the problem of a cell and kind.",
    domain=row_of("problems", none=True),
    rule=slots_are_at_their_cells,
)


@derived
def usual_crimes(sim: Simulation) -> FloatArray:
    """Return the usual crimes of the town per year, by kind."""
    return sim.state[USUAL_HERE].sum(axis=0)


@derived
def usual_crimes_in_sectors(sim: Simulation) -> FloatArray:
    """Return the usual crimes per year in cells that lie in a sector, by kind."""
    return sim.state[USUAL_HERE][sim.cached(sectors_by_cell) >= 0].sum(axis=0)


def first_tick_of_day(sim: Simulation) -> int:
    """Return the tick with which the present day begins."""
    return sim.tick - shift_of(sim.tick)


def ticks_of_week(sim: Simulation) -> range:
    """Return the ticks of the week that begins today."""
    return range(first_tick_of_day(sim), first_tick_of_day(sim) + WEEK)


def presence_lists_of_week(sim: Simulation) -> IntArray:
    """Return the number of the presence list for each shift of the week that begins today."""
    return np.array([sim.calendar.place_list(tick) for tick in ticks_of_week(sim)], np.int64)


def market_shifts_of_week(sim: Simulation) -> IntArray:
    """Return 1 for each shift of the week on a market day, else 0."""
    return np.array([sim.calendar.day_type(tick) == MARKET_DAY for tick in ticks_of_week(sim)], np.int64)


def weekend_shifts_of_week(sim: Simulation) -> IntArray:
    """Return 1 for each shift of the week from Friday to Sunday, else 0."""
    return np.array([weekday_of(tick) >= FRIDAY for tick in ticks_of_week(sim)], np.int64)


class WeekShifts(NamedTuple):
    """Shifts of the week that begins today: presence list, 1 on market days, 1 from Friday to Sunday."""

    lists: IntArray
    market: IntArray
    weekend: IntArray


@kernel
def sum_usual_hazard(w: World, week: WeekShifts, n: int) -> None:
    """Sum the usual hazard of a week over the first ``n`` residents, by cell and kind.

    Writes `usual_here`, crimes per year, and `room_here`, the ceiling over the highest hazard of anybody on a plain
    day.
    """
    for i in range(n):
        for k in GATHERING_KINDS:
            if age_years(w.people[i], w.tick) >= YOUNGEST[k]:
                for s in range(WEEK):
                    add_usual_hazard(w, week, i, k, s)
    # From the highest hazard to the room above it: the factor by which a problem may raise it up to the ceiling.
    room = w.room_here
    for cell in range(len(room)):
        for k in GATHERING_KINDS:
            room[cell, k] = CEILING[k] / room[cell, k] if room[cell, k] > 0.0 else 0.0


@kernel
def add_usual_hazard(w: World, week: WeekShifts, i: int, kind: int, s: int) -> None:
    """Add the hazard of a kind for resident ``i`` in shift ``s`` of the week to that of the cell.

    Updates `usual_here` and, on plain days, `room_here`, which holds the highest hazard so far.
    """
    person = w.people[i]
    cell = to_int64(person.home) if AT_HOME[kind] == 1 else to_int64(w.places[week.lists[s], i])
    if cell < 0:
        return
    here = w.cells[cell]
    z, market, weekend = max(here.settlement, 0), week.market[s] == 1 and here.market == 1, week.weekend[s] == 1
    tick = w.tick - w.tick % SHIFTS + s
    setting = ExposureSetting(
        cell=cell, lure=here.lure, market=market, night=tick % SHIFTS == NIGHT, weekend=weekend, tick=tick
    )
    hazard = w.base_hazard_in_force[z, kind] * exposure_hazard(kind, person, setting, w.p.crime[z])
    w.usual_here[cell, kind] += hazard / WEEK
    if week.market[s] == 0 and week.weekend[s] == 0:
        w.room_here[cell, kind] = max(w.room_here[cell, kind], hazard)


@kernel
def cause_weight(w: World, cell: int, kind: int, cause: int, p: Problems) -> float:
    """Return the weight of a cause for a problem of a kind in a cell; 0 if the cell cannot have it."""
    here, by = w.cells[cell], EXPOSURE[kind]
    if cause == LIGHTING:
        return p.lighting if by != BY_HOME and w.lit[cell] <= w.tick else 0.0
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
def draw_cause(w: World, cell: int, kind: int, p: Problems, u: float) -> int:
    """Return a cause drawn with uniform ``u`` among those possible in a cell."""
    # If rounding leaves a remainder at the end, the last cause with a weight takes it.
    whole = 0.0
    for cause in range(N_CAUSES):
        whole += cause_weight(w, cell, kind, cause, p)
    left, last = u * whole, FAMILY
    for cause in range(N_CAUSES):
        weight = cause_weight(w, cell, kind, cause, p)
        if weight > 0.0:
            last = cause
            if left < weight:
                return cause
            left -= weight
    return last


@kernel
def draw_problem_cell(w: World, kind: int, u: float) -> int:
    """Return a cell in a sector drawn with uniform ``u``, weighted by usual crime of a kind; else -1."""
    left, last = u * w.usual_crimes_in_sectors[kind], NOWHERE
    for cell in range(len(w.sectors_by_cell)):
        if w.sectors_by_cell[cell] < 0 or w.usual_here[cell, kind] == 0.0:
            continue
        last = cell
        if left < w.usual_here[cell, kind]:
            return cell
        left -= w.usual_here[cell, kind]
    return last


@kernel
def draw_problem_kind(w: World, u: float) -> int:
    """Return a kind of crime drawn with uniform ``u``, weighted by usual crime; -1 if there is none."""
    inside = w.usual_crimes_in_sectors
    left, last = u * inside.sum(), -1
    for k in GATHERING_KINDS:
        if inside[k] > 0.0:
            last = k
            if left < inside[k]:
                return int(k)
            left -= inside[k]
    return last


@kernel
def fitted_size(w: World, cell: int, kind: int, wished: float, taken: float, p: Problems) -> float:
    """Return the size of a problem, in offences per year, reduced until it fits into a cell.

    It may neither exceed the ceiling of the hazard there nor take more than `MAX_PROBLEM_SHARE` of the kind's crime,
    of which ``taken`` is taken already.
    """
    most = min(p.steepest, CEILING_MARGIN * w.room_here[cell, kind] - (1.0 - p.gathered))
    size: float = min(min(wished, MAX_PROBLEM_SHARE * w.usual_crimes[kind] - taken), most * w.usual_here[cell, kind])
    return size


@kernel
def draw_size(w: World, p: Problems, i: int, gen: int) -> float:
    """Return a lognormal size in offences per year, before it must fit; ``p.size`` is the mean."""
    z = -0.5 * CANDIDATE_DRAWS
    for nth in range(CANDIDATE_DRAWS):
        z += keyed_uniform(w.seed, PROBLEM_SIZE, nth, i, gen)
    return p.size * exp(p.spread * z - 0.5 * p.spread * p.spread)


@kernel
def clear_slot(row: ProblemRow) -> None:
    """Clear a slot: writes all columns but ``gen``."""
    row.sector = row.facility = row.cell = row.kind = row.cause = NOWHERE
    row.noted = row.named = row.response = row.owner = row.person = row.begun = NO_CAUSE
    row.shared = row.shown = row.kept = 0
    row.size = row.more = row.eff = row.seen = row.reported = row.written = row.filed = row.talked = row.talks = 0.0
    row.refused = row.owed = row.load = 0.0


@kernel
def create_problem(w: World, n: int, i: int) -> None:
    """Create a problem in an empty slot, in the candidate cell where it can be largest.

    The slot stays empty if it fits nowhere.  ``i`` is the slot, ``n`` the number of slots in use.
    """
    rows = w.problems
    row, gen = rows[i], rows[i].gen
    clear_slot(row)
    kind = draw_problem_kind(w, keyed_uniform(w.seed, PROBLEM_KIND, 0, i, gen))
    if kind < 0:
        return
    taken = 0.0
    for j in range(n):
        taken += rows[j].size if rows[j].kind == kind else 0.0
    for nth in range(CANDIDATE_PLACES):
        cell = draw_problem_cell(w, kind, keyed_uniform(w.seed, PROBLEM_PLACE, nth, i, gen))
        p = w.p.problems[max(w.cells[cell].settlement, 0)]
        size = fitted_size(w, cell, kind, draw_size(w, p, i, gen), taken, p)
        if w.problem_at[cell, kind] < 0 and size > row.size:
            row.cell, row.kind, row.size = cell, kind, size
    if row.cell >= 0:
        set_problem_cause(w, row, i)


@kernel
def set_problem_cause(w: World, row: ProblemRow, i: int) -> None:
    """Write the cause, sector, facility and relative size of a problem whose cell has been chosen."""
    p = w.p.problems[max(w.cells[row.cell].settlement, 0)]
    row.sector = w.sectors_by_cell[row.cell]
    row.facility = w.sectors[row.sector].facility
    row.more = row.size / w.usual_here[row.cell, row.kind]
    row.cause = draw_cause(w, row.cell, row.kind, p, keyed_uniform(w.seed, PROBLEM_CAUSE, 0, i, row.gen))
    w.problem_at[row.cell, row.kind] = i


@kernel
def renew_problems(w: World, n: int, inherit: bool) -> int:
    """End problems at random and create others in their slots; return the number of slots renewed.

    In the warm-up (``inherit``) a new problem takes over what was reported and said at the problem before it, relative
    to its size.
    """
    renewed = 0
    for i in range(n):
        row = w.problems[i]
        if row.cell >= 0:
            life = w.p.problems[max(w.cells[row.cell].settlement, 0)].life
            if keyed_uniform(w.seed, PROBLEM_ENDS, w.tick, i, row.gen) >= 1.0 / life:
                continue
            w.problem_at[row.cell, row.kind] = NOWHERE
        reported, written, talked, size = row.reported, row.written, row.talked, row.size
        row.gen += 1
        create_problem(w, n, i)
        if inherit and size > 0.0 and row.cell >= 0:
            row.reported, row.written, row.talked = reported * row.size / size, written * row.size / size, talked
        renewed += 1
    return renewed


def initialise(sim: Simulation) -> None:
    """Compute usual crime, and create problems until they take their share of it."""
    state, p = sim.state, sim.p.problems[0]
    if p.gathered == 0.0:
        return
    week = WeekShifts(presence_lists_of_week(sim), market_shifts_of_week(sim), weekend_shifts_of_week(sim))
    sum_usual_hazard(sim.w, week, sim.town.n_residents)
    goal, table = p.gathered * float(sim.w.usual_here.sum()), state.problems
    most = MAX_PROBLEMS * math.ceil(goal / p.size)
    table.reserve(most)
    sim.invalidate_views()  # usual crime is known now
    taken = 0.0
    while len(table) < most and taken < goal:
        i = len(table)
        table.count[0] += 1
        table.rows[i].gen = 0
        create_problem(sim.w, i, i)
        taken += float(table.rows[i].size)


def problem_shares(sim: Simulation) -> tuple[FloatArray, Rows[ProblemRow]]:
    """Return the share of the hazard left outside problems, by kind, and the problems."""
    rows = sim.state.problems.used_rows()
    rows = rows[rows["cell"] >= 0]
    taken = np.bincount(rows["kind"], rows["size"], N_KINDS)
    crimes = sim.w.usual_crimes
    return 1.0 - np.divide(taken, crimes, out=np.zeros(N_KINDS), where=crimes > 0.0), rows


def apply_problems(sim: Simulation, place: FloatArray) -> None:
    """Concentrate part of the hazard at problems, and lower it elsewhere by as much."""
    if len(sim.state.problems) == 0:
        return
    rest, rows = problem_shares(sim)
    factor = np.repeat(rest[:, None], sim.town.n_cells, axis=1)
    factor[rows["kind"], rows["cell"]] += rows["more"]
    place *= factor


MECHANISM = Mechanism(
    group=Problems,
    tables=(PROBLEMS, USUAL_HERE, ROOM_HERE, PROBLEM_AT),
    hazard=HazardModifier(place=apply_problems, moves=True),
    initialise=initialise,
    knockout=Knockout(("problems_noted", "responses_begun", "minutes_problems")),
)
