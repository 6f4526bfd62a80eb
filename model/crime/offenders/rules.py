"""M30, offenders: unnamed slots that somebody fills, held or free, replaced or not (ODD 6).

Never residents: whoever is out of action cannot act, and the list and its weights never change.  Switched off, acts
have no offender and an arrest removes nobody.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

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
from model.engine.calendar import WEEK, YEAR
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows
from model.justice.justice.schema import FILES
from model.police.patrol.rules import weighted_place
from model.town.crime_kinds import OFFENDERS, QUARREL
from model.world.binding import computed
from model.world.mechanism import Knockout, Measure, Mechanism, morning_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext


def slot_starts(world: World) -> IntArray:
    """Return where the slots of each group begin."""
    return group_starts(world.state[OFFENDER_SLOTS].used_rows())


def cumulative_reach(world: World) -> FloatArray:
    """Return by zone the summed weights of slots, group by group: rate times the decay with distance from home."""
    rows, p = world.state[OFFENDER_SLOTS].used_rows(), world.parameters[Offenders][0]
    start, (x, y), homes = group_starts(rows), zone_centres(world), world.town.cells[rows["home"]]
    km = world.cell_km * np.hypot(homes["x"][None, :] - x[:, None], homes["y"][None, :] - y[:, None])
    weight: FloatArray = rows["rate"] * np.exp(-np.maximum(p.own_km, km) / p.reach_km)
    for group in range(len(OFFENDERS)):
        own = slice(start[group], start[group + 1])
        weight[:, own] = np.cumsum(weight[:, own], axis=1)
    return weight


def replacement_shares(world: World) -> FloatArray:
    """Return the share of held offenders who are replaced, by group."""
    return np.array([world.parameters[Offenders][f"replaced_{group}"][0] for group in SLOT_GROUPS])


class OffenderTables(TableBundle):
    """The slots as acts name them: group g has the rows from ``start[g]``, ``reach[zone, row]`` sums their weights."""

    rows: Rows[OffenderRow]
    start: IntArray = computed(slot_starts)
    reach: FloatArray = computed(cumulative_reach)
    replaced: FloatArray = computed(replacement_shares)


@kernel
def draw_slot(stage: ShiftContext, pool: OffenderTables, group: int, zone: int, number: int, nth: int) -> int:
    """Slot of a group that acts in a zone, by its weight there."""
    aim = keyed_uniform(stage.seed, OFFENDER_STREAM, stage.tick, number, nth) * zone_weight(pool, group, zone)
    return slot_at_weight(pool, group, zone, aim)


@kernel
def zone_weight(pool: OffenderTables, group: int, zone: int) -> float:
    """Summed weight of all slots of a group in a zone."""
    end = pool.start[group + 1]
    return float(pool.reach[zone, end - 1]) if pool.start[group] < end else 0.0


@kernel
def slot_at_weight(pool: OffenderTables, group: int, zone: int, aim: float) -> int:
    """First slot of a group up to which the weights in a zone sum to more than this."""
    low = pool.start[group]
    left = pool.start[group + 1] - 1 - low
    while left > 0:
        half = (left + 1) // 2
        low += half * int(pool.reach[zone, low + half - 1] <= aim)
        left -= half
    return int(low)


@kernel
def draw_slot_of_any_group(pool: OffenderTables, zone: int, u: float) -> int:
    """Slot of whatever group, by its weight in a zone and luck u; no slot if there are none."""
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
def find_acting_slot(stage: ShiftContext, pool: OffenderTables, group: int, zone: int, number: int, origin: int) -> int:
    """Slot that does this act, ``origin`` first if it is one; or that nobody does it, or that there are no slots."""
    if pool.start[group] == pool.start[group + 1]:
        return NO_SLOTS
    row = origin if origin >= 0 else draw_slot(stage, pool, group, zone, number, 0)
    if pool.rows[row].until <= stage.tick:
        return row
    if keyed_uniform(stage.seed, REPLACED_STREAM, stage.tick, number, 0) < pool.replaced[group]:
        for nth in range(1, SLOT_DRAWS):
            row = draw_slot(stage, pool, group, zone, number, nth)
            if pool.rows[row].until <= stage.tick:
                return row
    stage.tally[0].prevented += 1.0
    return NO_OFFENDER


@kernel
def hold_slot_until(row: OffenderRow, until: int) -> None:
    """Hold whoever fills a slot at least until a tick."""
    row.until = max(row.until, until)


@kernel
def draw_career_end(seed: int, tick: int, name: int, generation: int, years: float) -> int:
    """Tick at which a career that begins now ends."""
    return tick + 1 + int(-YEAR * years * math.log(1.0 - keyed_uniform(seed, CAREER_STREAM, 0, name, generation)))


def slot_id(row: OffenderRow, start: IntArray, at: int) -> int:
    """Return the lasting name of a slot."""
    return int(row.group) * SLOT_ID_RANGE + at - int(start[row.group])


def group_starts(rows: Rows[OffenderRow]) -> IntArray:
    """Return the first row of every group, and the end of the last; the group of quarrels is empty."""
    return np.searchsorted(rows["group"], np.arange(len(OFFENDERS) + 1)).astype(np.int64)


def zone_centres(world: World) -> FloatArray:
    """Return x and y of every zone's centre: the mean of its populated cells, weighted by residents."""
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
    """Return how many slots every group has."""
    p, crime = world.parameters[Offenders][0], world.parameters[Crime][0]
    if p.slots == 0.0:
        return [0] * len(SLOT_GROUPS)
    residents = float(np.count_nonzero(world.town.people["arrives"] < 0))
    pool = crime.armed + crime.thieves
    return [max(1, math.floor(getattr(p, group) * p.slots * pool / 1000.0 * residents + 0.5)) for group in SLOT_GROUPS]


def create_slots(world: World) -> None:
    """Make the list of slots, each with its synthetic home, its rate and its first career."""
    p, normal, everywhere = world.parameters[Offenders][0], NormalDist(), world.town.everywhere
    table, n_slots = world.state[OFFENDER_SLOTS], slots_per_group(world)
    table.count[0], world.state[SLOTS_MADE_FOR][0] = 0, p.slots
    table.reserve(sum(n_slots))
    for group, n in enumerate(n_slots):
        for i in range(n):
            row, name = table.rows[table.count[0]], group * SLOT_ID_RANGE + i
            row.group, row.rate = group, math.exp(p.spread * normal.inv_cdf((i + 0.5) / n))
            row.home = weighted_place(
                everywhere, 0, len(everywhere), keyed_uniform(world.seed, OFFENDER_HOME_STREAM, 0, name, 0)
            )
            row.until = row.generation = row.crimes = 0
            row.ends = draw_career_end(world.seed, world.tick, name, 0, getattr(p, f"career_{SLOT_GROUPS[group]}"))
            table.count[0] += 1
    world.invalidate_views()


def resize_slots(world: World) -> None:
    """Make the list anew for another number of slots; each takes over the state of the one in its place.

    What names a slot of the old list, a file or a repeat to come, names nobody from now on.
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
    """Let somebody new fill the slots whose career has ended."""
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
    """Let some of the held out, or hold the most active, on a day on which an experiment says so."""
    rows, p = world.state[OFFENDER_SLOTS].used_rows(), world.parameters[Offenders][0]
    start = group_starts(rows)
    for at in np.flatnonzero(rows["until"] > world.tick) if p.amnesty > 0.0 else ():
        if keyed_uniform(world.seed, AMNESTY_STREAM, world.tick, slot_id(rows[at], start, int(at)), 0) < p.amnesty:
            rows[at].until = world.tick
    for first, end in pairwise(start[: QUARREL + 1]):
        until = rows["until"][end - math.floor(p.roundup * (end - first) + 0.5) : end]
        np.maximum(until, world.tick + YEAR, out=until)


def slot_experiment_settings(world: World) -> tuple[float, bool]:
    """Return how long the list is to be, relative to the usual one, and whether an experiment holds or frees some."""
    p = world.parameters[Offenders][0]
    return float(p.slots), bool(p.amnesty > 0.0 or p.roundup > 0.0)


@morning_step
def step(world: World) -> None:
    """Each morning: another list if an experiment asks for one, new people in slots, release and round-up."""
    slots, experiments = world.cached_view(slot_experiment_settings)
    if world.state[SLOTS_MADE_FOR].item(0) != slots:
        resize_slots(world)
    if world.tick % WEEK == 0:
        renew_careers(world)
    if experiments:
        apply_slot_experiment(world)


def count_held_slots(month: MonthSnapshot) -> float:
    """Slots held."""
    return float(np.count_nonzero(month.world.state[OFFENDER_SLOTS].used_rows()["until"] > month.world.tick))


def held_rate_share(month: MonthSnapshot) -> float:
    """Share of the summed rate of all slots that is held."""
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
