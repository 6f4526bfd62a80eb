"""M30, offenders: anonymous slots of the offender pool, held or free, filled by successive people.

Offenders are never residents.  The list of slots and their weights stay fixed; an act by a slot whose person is held
does not happen, unless somebody replaces that person.  Switched off, acts have no offender and an arrest removes
nobody.
"""

from __future__ import annotations

import datetime
import math
from itertools import pairwise

import numpy as np

from model.crime.crime.schema import Crime
from model.crime.near_repeat.schema import PENDING_REPEATS
from model.crime.offenders.schema import (
    AMNESTY_STREAM,
    CAREER_STREAM,
    NO_OFFENDER,
    NO_SLOTS,
    OFFENDER_HOME_STREAM,
    OFFENDER_SLOTS,
    OFFENDER_STREAM,
    REPLACED_STREAM,
    SLOT_DRAWS,
    SLOT_GROUPS,
    SLOT_ID_RANGE,
    SLOTS_MADE_FOR,
    OffenderCounts,
    OffenderRow,
    Offenders,
)
from model.engine.calendar import MORNINGS, WEEK_STARTS, YEAR
from model.engine.elementary import exp, exp_of_each, log, normal_quantile
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows
from model.justice.justice.schema import FILES
from model.police.patrol.rules import weighted_place
from model.town.crime_kinds import OFFENDERS, QUARREL
from model.world.binding import computed
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.steps import PythonStep, in_order


def slot_starts(world: World) -> IntArray:
    """Return the first row of every group of slots, and the end of the last."""
    return group_starts(world.state[OFFENDER_SLOTS].used_rows())


def cumulative_reach(world: World) -> FloatArray:
    """Return the cumulative weights of slots by zone and row, group by group.

    A weight is the rate of the slot times the exponential decay with distance between its home and the zone's centre.
    """
    rows, p = world.state[OFFENDER_SLOTS].used_rows(), world.parameters[Offenders][0]
    start, (x, y), homes = group_starts(rows), zone_centres(world), world.town.cells[rows["home"]]
    east, north = homes["x"][None, :] - x[:, None], homes["y"][None, :] - y[:, None]
    km = world.cell_km * np.sqrt(east * east + north * north)
    weight: FloatArray = rows["rate"] * exp_of_each(-np.maximum(p.own_km, km) / p.reach_km)
    for group in range(len(OFFENDERS)):
        own = slice(start[group], start[group + 1])
        weight[:, own] = np.cumsum(weight[:, own], axis=1)
    return weight


def replacement_shares(world: World) -> FloatArray:
    """Return the share of acts of held offenders that a replacement commits, by group."""
    return np.array([world.parameters[Offenders][f"replaced_{group}"][0] for group in SLOT_GROUPS])


class OffenderTables(TableBundle):
    """Offender slots, their cumulative weights and the shares of acts of held offenders that are replaced.

    Group g has the rows from ``start[g]``; ``reach[zone, row]`` sums the weights of its slots up to that row.
    """

    rows: Rows[OffenderRow]
    start: IntArray = computed(slot_starts)
    reach: FloatArray = computed(cumulative_reach)
    replaced: FloatArray = computed(replacement_shares)


@kernel
def draw_slot(shift: ShiftContext, pool: OffenderTables, group: int, zone: int, number: int, nth: int) -> int:
    """Return a slot of a group that acts in a zone, drawn by its weight there."""
    aim = keyed_uniform(shift.seed, OFFENDER_STREAM, shift.tick, number, nth) * zone_weight(pool, group, zone)
    return slot_at_weight(pool, group, zone, aim)


@kernel
def zone_weight(pool: OffenderTables, group: int, zone: int) -> float:
    """Return the summed weight of all slots of a group in a zone."""
    end = pool.start[group + 1]
    return float(pool.reach[zone, end - 1]) if pool.start[group] < end else 0.0


@kernel
def slot_at_weight(pool: OffenderTables, group: int, zone: int, aim: float) -> int:
    """Return the first slot of a group whose cumulative weight in a zone is above `aim`."""
    # Bisection without branches, which the processor could not predict.
    low = pool.start[group]
    left = pool.start[group + 1] - 1 - low
    while left > 0:
        half = (left + 1) // 2
        low += half * int(pool.reach[zone, low + half - 1] <= aim)
        left -= half
    return int(low)


@kernel
def draw_slot_of_any_group(pool: OffenderTables, zone: int, u: float) -> int:
    """Return a slot of any group by its weight in a zone and the uniform number `u`, or `NO_SLOTS`."""
    whole = 0.0
    for group in range(QUARREL):
        whole += zone_weight(pool, group, zone)
    aim = u * whole
    for group in range(QUARREL):
        own = zone_weight(pool, group, zone)
        if aim < own:
            return slot_at_weight(pool, group, zone, aim)
        aim -= own
    return NO_SLOTS


@kernel
def find_acting_slot(shift: ShiftContext, pool: OffenderTables, group: int, zone: int, number: int, origin: int) -> int:
    """Return the slot that commits an act, `NO_OFFENDER` if its person is held, or `NO_SLOTS`.

    `origin`, unless negative, is the slot that must act; else one is drawn.  Counts in `tally.prevented`.
    """
    if pool.start[group] == pool.start[group + 1]:
        return NO_SLOTS
    row = origin if origin >= 0 else draw_slot(shift, pool, group, zone, number, 0)
    if pool.rows[row].until <= shift.tick:
        return row
    if keyed_uniform(shift.seed, REPLACED_STREAM, shift.tick, number, 0) < pool.replaced[group]:
        for nth in range(1, SLOT_DRAWS):
            row = draw_slot(shift, pool, group, zone, number, nth)
            if pool.rows[row].until <= shift.tick:
                return row
    shift.tally[0].prevented += 1.0
    return NO_OFFENDER


@kernel
def hold_slot_until(row: OffenderRow, until: int) -> None:
    """Hold the person who fills a slot at least until a tick; updates `row.until`."""
    row.until = max(row.until, until)


@kernel
def draw_career_end(seed: int, tick: int, name: int, generation: int, years: float) -> int:
    """Return the tick at which a career that begins now ends; its length is exponential around `years`."""
    return tick + 1 + int(-YEAR * years * log(1.0 - keyed_uniform(seed, CAREER_STREAM, 0, name, generation)))


def slot_id(row: OffenderRow, start: IntArray, at: int) -> int:
    """Return the number of a slot in random streams, which a longer list does not change."""
    return int(row.group) * SLOT_ID_RANGE + at - int(start[row.group])


def group_starts(rows: Rows[OffenderRow]) -> IntArray:
    """Return the first row of every group, and the end of the last; the group of quarrels has none."""
    return np.searchsorted(rows["group"], np.arange(len(OFFENDERS) + 1)).astype(np.int64)


def zone_centres(world: World) -> FloatArray:
    """Return x and y of every zone's centre, in cells: the mean of its cells, weighted by residents."""
    cells = world.town.cells
    zone, weight = np.maximum(cells["settlement"], 0), cells["population"].astype(float)
    found = np.empty((2, world.town.n_settlements))
    for axis, name in enumerate(("x", "y")):
        sums = np.bincount(zone, weight * cells[name], world.town.n_settlements)
        mean = np.sum(weight * cells[name]) / max(np.sum(weight), 1.0)
        of = np.bincount(zone, weight, world.town.n_settlements)
        found[axis] = np.where(of > 0.0, sums / np.maximum(of, 1.0), mean)
    return found


def slots_per_group(world: World) -> list[int]:
    """Return the number of slots of every group."""
    p, crime = world.parameters[Offenders][0], world.parameters[Crime][0]
    if p.slots == 0.0:
        return [0] * len(SLOT_GROUPS)
    residents = float(np.count_nonzero(world.town.people["arrives"] < 0))
    pool = crime.armed + crime.thieves
    return [max(1, math.floor(getattr(p, group) * p.slots * pool / 1000.0 * residents + 0.5)) for group in SLOT_GROUPS]


def create_slots(world: World) -> None:
    """Create the list of slots, each with a synthetic home, a rate and a first career."""
    p, everywhere = world.parameters[Offenders][0], world.town.everywhere
    table, n_slots = world.state[OFFENDER_SLOTS], slots_per_group(world)
    table.count[0], world.state[SLOTS_MADE_FOR][0] = 0, p.slots
    table.reserve(sum(n_slots))
    for group, n in enumerate(n_slots):
        for i in range(n):
            row, name = table.rows[table.count[0]], group * SLOT_ID_RANGE + i
            # Rates are quantiles of a log-normal distribution, not random draws: the same spread in every world.
            row.group, row.rate = group, exp(p.spread * normal_quantile((i + 0.5) / n))
            row.home = weighted_place(
                everywhere, 0, len(everywhere), keyed_uniform(world.seed, OFFENDER_HOME_STREAM, 0, name, 0)
            )
            row.until = row.generation = row.crimes = 0
            row.ends = draw_career_end(world.seed, world.tick, name, 0, getattr(p, f"career_{SLOT_GROUPS[group]}"))
            table.count[0] += 1
    world.invalidate_views()


def resize_slots(world: World) -> None:
    """Recreate the list for another number of slots; each takes the state of one in the old list.

    Files and pending repeats that name a slot of the old list name nobody from now on.
    """
    old = world.state[OFFENDER_SLOTS].used_rows().copy()
    before = group_starts(old)
    create_slots(world)
    rows = world.state[OFFENDER_SLOTS].used_rows()
    after = group_starts(rows)
    for group in range(len(SLOT_GROUPS)):
        n_old, n = before[group + 1] - before[group], after[group + 1] - after[group]
        if n_old > 0 and n > 0:
            took = before[group] + np.arange(n) * n_old // n
            for column in ("until", "ends", "generation"):
                rows[column][after[group] : after[group + 1]] = old[column][took]
    for table in (world.state[FILES], world.state[PENDING_REPEATS]):
        table.used_rows()["offender"] = table.used_rows()["generation"] = NO_SLOTS


def renew_careers(world: World) -> None:
    """Fill the slots whose career has ended with new people, who are free."""
    rows, p, start = (
        world.state[OFFENDER_SLOTS].used_rows(),
        world.parameters[Offenders][0],
        world.view(OffenderTables).start,
    )
    for at in np.flatnonzero(rows["ends"] <= world.tick):
        row = rows[at]
        years = getattr(p, f"career_{SLOT_GROUPS[row.group]}")
        row.generation, row.until = row.generation + 1, 0
        row.ends = draw_career_end(world.seed, world.tick, slot_id(row, start, int(at)), int(row.generation), years)


def apply_slot_experiment(world: World) -> None:
    """Release held slots at random, or hold the most active for a year, as an experiment asks."""
    rows, p = world.state[OFFENDER_SLOTS].used_rows(), world.parameters[Offenders][0]
    start = group_starts(rows)
    for at in np.flatnonzero(rows["until"] > world.tick) if p.amnesty > 0.0 else ():
        if keyed_uniform(world.seed, AMNESTY_STREAM, world.tick, slot_id(rows[at], start, int(at)), 0) < p.amnesty:
            rows[at].until = world.tick
    for first, end in pairwise(start[: QUARREL + 1]):
        until = rows["until"][end - math.floor(p.roundup * (end - first) + 0.5) : end]
        np.maximum(until, world.tick + YEAR, out=until)


def has_other_size(world: World, date: datetime.date) -> bool:
    """Return whether the list was made for another number of slots than that of the parameters in force."""
    return bool(world.state[SLOTS_MADE_FOR].item(0) != world.parameters[Offenders][0].slots)


def is_experiment(world: World, date: datetime.date) -> bool:
    """Return whether an experiment holds or frees some slots under the parameters in force."""
    p = world.parameters[Offenders][0]
    return bool(p.amnesty > 0.0 or p.roundup > 0.0)


step = in_order(
    PythonStep(resize_slots, flags=MORNINGS, on=has_other_size),
    PythonStep(renew_careers, flags=MORNINGS | WEEK_STARTS),
    PythonStep(apply_slot_experiment, flags=MORNINGS, on=is_experiment),
)
"""In the morning, resize the list, renew careers and apply experiments."""


def count_held_slots(month: MonthSnapshot) -> float:
    """Return the number of slots whose person is held."""
    return float(np.count_nonzero(month.world.state[OFFENDER_SLOTS].used_rows()["until"] > month.world.tick))


def held_rate_share(month: MonthSnapshot) -> float:
    """Return the share of the summed rate of all slots that is held."""
    rows = month.world.state[OFFENDER_SLOTS].used_rows()
    return ratio_or_nan(rows["rate"][rows["until"] > month.world.tick].sum(), rows["rate"].sum())


MECHANISM = Mechanism(
    group=Offenders,
    tables=(OFFENDER_SLOTS, SLOTS_MADE_FOR),
    counts=OffenderCounts,
    writes=("files", "repeats"),
    initialise=create_slots,
    knockout=Knockout(("prevented", "offenders_held")),
    measures={
        "prevented": Measure("crimes"),
        "offenders_held": Measure("people", count_held_slots),
        "offenders_held_rate": Measure("share", held_rate_share),
    },
)
