"""M30, offenders: anonymous slots of the offender pool, held or free, filled by successive people.

Offenders are never residents.  The list of slots and their weights stay fixed; an act by a slot whose person is held
does not happen, unless somebody replaces that person.  Switched off, acts have no offender and an arrest removes
nobody.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.calendar import MORNINGS, WEEK, WEEK_STARTS, YEAR
from model.engine.domains import COUNT, PAST, POSITIVE, TICK, code_of, row_of
from model.engine.elementary import exp, exp_of_each, log, normal_quantile
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec
from model.police.patrol import weighted_place
from model.town.crime_kinds import OFFENDERS, QUARREL
from model.world.derived import derived
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.steps import PythonStep, in_order

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray, Rows
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot

OFFENDER_HOME_STREAM, CAREER_STREAM = stream_id("offender home"), stream_id("career")
OFFENDER_STREAM, REPLACED_STREAM, AMNESTY_STREAM = stream_id("offender"), stream_id("replaced"), stream_id("amnesty")
SLOT_GROUPS = OFFENDERS[:QUARREL]
"""Groups whose offenders fill slots."""
SLOT_ID_RANGE = 1048576
"""Slot i of group g has the number g * SLOT_ID_RANGE + i in random streams; 2**20."""
SLOT_DRAWS = 5
"""Draws of a slot for one act at most: the first, and four of a replacement."""
NO_SLOTS, NO_OFFENDER = -1, -2
"""No slot, since the group has none; no act, since its offender is held and not replaced."""


@dataclass(frozen=True, init=False)
class Offenders(ParameterGroup):
    """Number of offender slots, spread of their rates, reach, careers, and replacement while they are held."""

    name: ClassVar[str] = "offenders"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    slots: float
    street: float
    vehicles: float
    burglary: float
    hire: float
    spread: float
    reach_km: float
    own_km: float
    replaced_street: float
    replaced_vehicles: float
    replaced_burglary: float
    replaced_hire: float
    career_street: float
    career_vehicles: float
    career_burglary: float
    career_hire: float
    amnesty: float
    roundup: float


class OffenderRow(Row):
    """Offender slot: a position in the offender pool that successive anonymous people fill.

    `home` is a cell; `rate` is relative to the median of the group.  The present person is held until tick `until`,
    arrested last at tick `since`, and leaves the slot at tick `ends`.  `generation` counts the people before, `crimes`
    the acts so far.
    """

    group: Annotated[int, code_of(len(SLOT_GROUPS))]
    home: Annotated[int, row_of("cell")]
    until: Annotated[int, TICK]
    since: Annotated[int, PAST]
    ends: Annotated[int, TICK]
    generation: Annotated[int, COUNT]
    crimes: Annotated[int, COUNT]
    rate: Annotated[float, POSITIVE]


OFFENDER_SLOTS = GrowingTableSpec(name="offenders", row=OffenderRow, room=1024, about="Slots of offenders.")
SLOTS_MADE_FOR = ArraySpec(
    name="slots_made_for", of=np.float64, shape=(1,), about="Ratio of slots that the list is made for.", domain=POSITIVE
)


IN_ACT, BY_WARRANT, FURTHER, GRAVITY, FREE = range(5)
CUSTODY_PACE = ArraySpec(
    name="custody_pace",
    of=np.float64,
    shape=(len(SLOT_GROUPS), 5),
    about="By group: arrests of free slots in the act and by warrant, files served on held ones, gravity, free rate.",
    domain=POSITIVE,
)


class OffenderCounts(Row):
    """Monthly counts of offenders."""

    prevented: float


@derived
def slot_starts(sim: Simulation) -> IntArray:
    """Return the first row of every group of slots, and the end of the last."""
    return group_starts(sim.state.offenders.used_rows())


@derived
def cumulative_reach(sim: Simulation) -> FloatArray:
    """Return the cumulative weights of slots by zone and row, group by group.

    A weight is the rate of the slot times the exponential decay with distance between its home and the zone's centre.
    """
    rows, p = sim.state.offenders.used_rows(), sim.p.offenders[0]
    start, (x, y), homes = group_starts(rows), zone_centres(sim), sim.town.cells[rows["home"]]
    east, north = homes["x"][None, :] - x[:, None], homes["y"][None, :] - y[:, None]
    km = sim.cell_km * np.sqrt(east * east + north * north)
    weight: FloatArray = rows["rate"] * exp_of_each(-np.maximum(p.own_km, km) / p.reach_km)
    for group in range(len(OFFENDERS)):
        own = slice(start[group], start[group + 1])
        weight[:, own] = np.cumsum(weight[:, own], axis=1)
    return weight


@derived
def replacement_shares(sim: Simulation) -> FloatArray:
    """Return the share of acts of held offenders that a replacement commits, by group."""
    return np.array([sim.p.offenders[f"replaced_{group}"][0] for group in SLOT_GROUPS])


@kernel
def draw_slot(w: World, group: int, zone: int, number: int, nth: int) -> int:
    """Return a slot of a group that acts in a zone, drawn by its weight there."""
    aim = keyed_uniform(w.seed, OFFENDER_STREAM, w.tick, number, nth) * zone_weight(w, group, zone)
    return slot_at_weight(w, group, zone, aim)


@kernel
def zone_weight(w: World, group: int, zone: int) -> float:
    """Return the summed weight of all slots of a group in a zone."""
    end = w.slot_starts[group + 1]
    return float(w.cumulative_reach[zone, end - 1]) if w.slot_starts[group] < end else 0.0


@kernel
def slot_at_weight(w: World, group: int, zone: int, aim: float) -> int:
    """Return the first slot of a group whose cumulative weight in a zone is above `aim`."""
    # Bisection without branches, which the processor could not predict.
    low = w.slot_starts[group]
    left = w.slot_starts[group + 1] - 1 - low
    while left > 0:
        half = (left + 1) // 2
        low += half * int(w.cumulative_reach[zone, low + half - 1] <= aim)
        left -= half
    return int(low)


@kernel
def draw_slot_of_any_group(w: World, zone: int, u: float) -> int:
    """Return a slot of any group by its weight in a zone and the uniform number `u`, or `NO_SLOTS`."""
    whole = 0.0
    for group in range(QUARREL):
        whole += zone_weight(w, group, zone)
    aim = u * whole
    for group in range(QUARREL):
        own = zone_weight(w, group, zone)
        if aim < own:
            return slot_at_weight(w, group, zone, aim)
        aim -= own
    return NO_SLOTS


@kernel
def find_acting_slot(w: World, group: int, zone: int, number: int, origin: int) -> int:
    """Return the slot that commits an act, `NO_OFFENDER` if its person is held, or `NO_SLOTS`.

    `origin`, unless negative, is the slot that must act; else one is drawn.  Counts in `tally.prevented`.
    """
    if w.slot_starts[group] == w.slot_starts[group + 1]:
        return NO_SLOTS
    row = origin if origin >= 0 else draw_slot(w, group, zone, number, 0)
    if w.offenders[row].until <= w.tick:
        return row
    if keyed_uniform(w.seed, REPLACED_STREAM, w.tick, number, 0) < w.replacement_shares[group]:
        for nth in range(1, SLOT_DRAWS):
            row = draw_slot(w, group, zone, number, nth)
            if w.offenders[row].until <= w.tick:
                return row
    w.tally[0].prevented += 1.0
    return NO_OFFENDER


@kernel
def arrest_slot(w: World, at: int, until: int, gravity: float, way: int) -> None:
    """Hold the person who fills a slot for an act of some gravity at least until a tick; ``way`` is that of the arrest.

    Updates `custody_pace` and `row.since` if the person was free.
    """
    row = w.offenders[at]
    if row.until <= w.tick:
        row.since = w.tick
        w.custody_pace[row.group, way] += 1.0
        w.custody_pace[row.group, GRAVITY] += gravity
    hold_slot_until(row, until)


@kernel
def hold_slot_until(row: OffenderRow, until: int) -> None:
    """Hold the person who fills a slot at least until a tick; updates `row.until`."""
    row.until = max(row.until, until)


@kernel
def draw_career_end(w: World, name: int, generation: int, years: float) -> int:
    """Return the tick at which a career that begins now ends; its length is exponential around `years`."""
    return w.tick + 1 + int(-YEAR * years * log(1.0 - keyed_uniform(w.seed, CAREER_STREAM, 0, name, generation)))


def slot_id(row: OffenderRow, start: IntArray, at: int) -> int:
    """Return the number of a slot in random streams, which a longer list does not change."""
    return int(row.group) * SLOT_ID_RANGE + at - int(start[row.group])


def group_starts(rows: Rows[OffenderRow]) -> IntArray:
    """Return the first row of every group, and the end of the last; the group of quarrels has none."""
    return np.searchsorted(rows["group"], np.arange(len(OFFENDERS) + 1)).astype(np.int64)


def zone_centres(sim: Simulation) -> FloatArray:
    """Return x and y of every zone's centre, in cells: the mean of its cells, weighted by residents."""
    cells = sim.town.cells
    zone, weight = np.maximum(cells["settlement"], 0), cells["population"].astype(float)
    found = np.empty((2, sim.town.n_settlements))
    for axis, name in enumerate(("x", "y")):
        sums = np.bincount(zone, weight * cells[name], sim.town.n_settlements)
        mean = np.sum(weight * cells[name]) / max(np.sum(weight), 1.0)
        of = np.bincount(zone, weight, sim.town.n_settlements)
        found[axis] = np.where(of > 0.0, sums / np.maximum(of, 1.0), mean)
    return found


def slots_per_group(sim: Simulation) -> list[int]:
    """Return the number of slots of every group."""
    p, crime = sim.p.offenders[0], sim.p.crime[0]
    if p.slots == 0.0:
        return [0] * len(SLOT_GROUPS)
    residents = float(np.count_nonzero(sim.town.people["arrives"] < 0))
    pool = crime.armed + crime.thieves
    return [max(1, math.floor(getattr(p, group) * p.slots * pool / 1000.0 * residents + 0.5)) for group in SLOT_GROUPS]


def create_slots(sim: Simulation) -> None:
    """Create the list of slots, each with a synthetic home, a rate and a first career."""
    p, everywhere = sim.p.offenders[0], sim.town.everywhere
    table, n_slots = sim.state.offenders, slots_per_group(sim)
    table.count[0], sim.w.slots_made_for[0] = 0, p.slots
    table.reserve(sum(n_slots))
    for group, n in enumerate(n_slots):
        for i in range(n):
            row, name = table.rows[table.count[0]], group * SLOT_ID_RANGE + i
            # Rates are quantiles of a log-normal distribution, not random draws: the same spread in every world.
            row.group, row.rate = group, exp(p.spread * normal_quantile((i + 0.5) / n))
            row.home = weighted_place(
                everywhere, 0, len(everywhere), keyed_uniform(sim.seed, OFFENDER_HOME_STREAM, 0, name, 0)
            )
            row.until = row.generation = row.crimes = 0
            row.ends = draw_career_end(sim.w, name, 0, getattr(p, f"career_{SLOT_GROUPS[group]}"))
            table.count[0] += 1
    sim.invalidate_views()


def resize_slots(sim: Simulation) -> None:
    """Recreate the list for another number of slots; each takes the state of one in the old list.

    Files and pending repeats that name a slot of the old list name nobody from now on.
    """
    old = sim.state.offenders.used_rows().copy()
    before = group_starts(old)
    create_slots(sim)
    rows = sim.state.offenders.used_rows()
    after = group_starts(rows)
    for group in range(len(SLOT_GROUPS)):
        n_old, n = before[group + 1] - before[group], after[group + 1] - after[group]
        if n_old > 0 and n > 0:
            took = before[group] + np.arange(n) * n_old // n
            for column in ("until", "since", "ends", "generation"):
                rows[column][after[group] : after[group + 1]] = old[column][took]
    for table in (sim.state.files, sim.state.repeats):
        table.used_rows()["offender"] = table.used_rows()["generation"] = NO_SLOTS


def renew_careers(sim: Simulation) -> None:
    """Fill the slots whose career has ended with new people, who are free; add up who was free in this week."""
    rows, p, start = sim.state.offenders.used_rows(), sim.p.offenders[0], sim.w.slot_starts
    free = rows["until"] <= sim.tick
    sim.w.custody_pace[:, FREE] += WEEK * np.bincount(rows["group"][free], rows["rate"][free], len(SLOT_GROUPS))
    for at in np.flatnonzero(rows["ends"] <= sim.tick):
        row = rows[at]
        years = getattr(p, f"career_{SLOT_GROUPS[row.group]}")
        row.generation, row.until = row.generation + 1, 0
        row.ends = draw_career_end(sim.w, slot_id(row, start, int(at)), int(row.generation), years)


def apply_slot_experiment(sim: Simulation) -> None:
    """Release held slots at random, or hold the most active for a year, as an experiment asks."""
    rows, p = sim.state.offenders.used_rows(), sim.p.offenders[0]
    start = group_starts(rows)
    for at in np.flatnonzero(rows["until"] > sim.tick) if p.amnesty > 0.0 else ():
        if keyed_uniform(sim.seed, AMNESTY_STREAM, sim.tick, slot_id(rows[at], start, int(at)), 0) < p.amnesty:
            rows[at].until = sim.tick
    for first, end in pairwise(start[: QUARREL + 1]):
        until = rows["until"][end - math.floor(p.roundup * (end - first) + 0.5) : end]
        np.maximum(until, sim.tick + YEAR, out=until)


def has_other_size(sim: Simulation, date: datetime.date) -> bool:
    """Return whether the list was made for another number of slots than that of the parameters in force."""
    return bool(sim.w.slots_made_for.item(0) != sim.p.offenders[0].slots)


def is_experiment(sim: Simulation, date: datetime.date) -> bool:
    """Return whether an experiment holds or frees some slots under the parameters in force."""
    p = sim.p.offenders[0]
    return bool(p.amnesty > 0.0 or p.roundup > 0.0)


renew_offenders = in_order(
    PythonStep(resize_slots, flags=MORNINGS, on=has_other_size),
    PythonStep(renew_careers, flags=MORNINGS | WEEK_STARTS),
    PythonStep(apply_slot_experiment, flags=MORNINGS, on=is_experiment),
)
"""In the morning, resize the list, renew careers and apply experiments."""


def count_held_slots(month: MonthSnapshot) -> float:
    """Return the number of slots whose person is held."""
    return float(np.count_nonzero(month.world.state.offenders.used_rows()["until"] > month.world.tick))


def held_rate_share(month: MonthSnapshot) -> float:
    """Return the share of the summed rate of all slots that is held."""
    rows = month.world.state.offenders.used_rows()
    return ratio_or_nan(rows["rate"][rows["until"] > month.world.tick].sum(), rows["rate"].sum())


MECHANISM = Mechanism(
    group=Offenders,
    tables=(OFFENDER_SLOTS, SLOTS_MADE_FOR, CUSTODY_PACE),
    counts=OffenderCounts,
    initialise=create_slots,
    knockout=Knockout(("prevented", "offenders_held")),
    measures={
        "prevented": Measure("crimes"),
        "offenders_held": Measure("people", count_held_slots),
        "offenders_held_rate": Measure("share", held_rate_share),
    },
)
