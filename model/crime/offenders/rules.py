"""M30, offenders: unnamed slots that somebody fills, held or free, replaced or not (ODD 6).

Never residents: whoever is out of action cannot act, and the list and its weights never change.  Switched off, acts
have no offender and an arrest removes nobody.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from model.crime.offenders.schema import (
    AMNESTY,
    ANYBODY,
    CAREER,
    DRAWS,
    HOME,
    MADE_FOR,
    NAME,
    NOBODY_COMES,
    OFFENDER,
    REPLACED,
    ROWS,
    SLOTTED,
    Counts,
    Offender,
    Offenders,
)
from model.engine.calendar import WEEK, YEAR
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import luck
from model.engine.ratios import over
from model.engine.rows import Ints, Reals, Rows
from model.police.patrol.rules import place
from model.town.crime_kinds import OFFENDERS, QUARREL
from model.world.mechanism import Knockout, Measure, Mechanism, in_the_morning
from model.world.month import Month
from model.world.protocol import World
from model.world.shift_context import Stage


class Pool(Tables):
    """The slots as acts name them: group g has the rows from ``start[g]``, ``reach[zone, row]`` sums their weights."""

    rows: Rows[Offender]
    start: Ints
    reach: Reals
    replaced: Reals


@kernel
def drawn_slot(stage: Stage, pool: Pool, group: int, zone: int, number: int, nth: int) -> int:
    """Slot of a group that acts in a zone, by its weight there."""
    aim = luck(stage.seed, OFFENDER, stage.tick, number, nth) * weight_of(pool, group, zone)
    return slot_at(pool, group, zone, aim)


@kernel
def weight_of(pool: Pool, group: int, zone: int) -> float:
    """Summed weight of all slots of a group in a zone."""
    end = pool.start[group + 1]
    return float(pool.reach[zone, end - 1]) if pool.start[group] < end else 0.0


@kernel
def slot_at(pool: Pool, group: int, zone: int, aim: float) -> int:
    """First slot of a group up to which the weights in a zone sum to more than this."""
    low = pool.start[group]
    left = pool.start[group + 1] - 1 - low
    while left > 0:
        half = (left + 1) // 2
        low += half * int(pool.reach[zone, low + half - 1] <= aim)
        left -= half
    return int(low)


@kernel
def slot_of_any_group(pool: Pool, zone: int, u: float) -> int:
    """Slot of whatever group, by its weight in a zone and luck u; no slot if there are none."""
    whole = 0.0
    for group in range(QUARREL):
        whole += weight_of(pool, group, zone)
    aim = u * whole
    for group in range(QUARREL):
        own = weight_of(pool, group, zone)
        if aim < own:
            return slot_at(pool, group, zone, aim)
        aim -= own
    return ANYBODY


@kernel
def named(stage: Stage, pool: Pool, group: int, zone: int, number: int, origin: int) -> int:
    """Slot that does this act, ``origin`` first if it is one; or that nobody does it, or that there are no slots."""
    if pool.start[group] == pool.start[group + 1]:
        return ANYBODY
    row = origin if origin >= 0 else drawn_slot(stage, pool, group, zone, number, 0)
    if pool.rows[row].until <= stage.tick:
        return row
    if luck(stage.seed, REPLACED, stage.tick, number, 0) < pool.replaced[group]:
        for nth in range(1, DRAWS):
            row = drawn_slot(stage, pool, group, zone, number, nth)
            if pool.rows[row].until <= stage.tick:
                return row
    stage.tally[0].prevented += 1.0
    return NOBODY_COMES


@kernel
def hold(row: Offender, until: int) -> None:
    """Hold whoever fills a slot at least until a tick."""
    row.until = max(row.until, until)


@kernel
def career_end(seed: int, tick: int, name: int, generation: int, years: float) -> int:
    """Tick at which a career that begins now ends."""
    return tick + 1 + int(-YEAR * years * math.log(1.0 - luck(seed, CAREER, 0, name, generation)))


def name_of(row: Offender, start: Ints, at: int) -> int:
    """Return the lasting name of a slot."""
    return int(row.group) * NAME + at - int(start[row.group])


def starts(rows: Rows[Offender]) -> Ints:
    """Return the first row of every group, and the end of the last; the group of quarrels is empty."""
    return np.searchsorted(rows["group"], np.arange(len(OFFENDERS) + 1)).astype(np.int64)


def centres(world: World) -> Reals:
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


def pool_of(world: World) -> Pool:
    """Lay out the slots, with the summed weights by zone."""
    rows, p = world.state[ROWS].filled(), world.numbers["offenders"][0]
    start, (x, y), homes = starts(rows), centres(world), world.town.cells[rows["home"]]
    km = world.cell_km * np.hypot(homes["x"][None, :] - x[:, None], homes["y"][None, :] - y[:, None])
    weight = rows["rate"] * np.exp(-np.maximum(p["own_km"], km) / p["reach_km"])
    for group in range(len(OFFENDERS)):
        own = slice(start[group], start[group + 1])
        weight[:, own] = np.cumsum(weight[:, own], axis=1)
    replaced = np.array([p[f"replaced_{group}"] for group in SLOTTED])
    return Pool(world.state[ROWS].rows, start, weight, replaced)


def sizes(world: World) -> list[int]:
    """Return how many slots every group has."""
    p, crime = world.numbers["offenders"][0], world.numbers["crime"][0]
    if p["slots"] == 0.0:
        return [0] * len(SLOTTED)
    residents = float(np.count_nonzero(world.town.people["arrives"] < 0))
    pool = crime["armed"] + crime["thieves"]
    return [max(1, math.floor(p[group] * p["slots"] * pool / 1000.0 * residents + 0.5)) for group in SLOTTED]


def fill(world: World) -> None:
    """Make the list of slots, each with its synthetic home, its rate and its first career."""
    p, normal, everywhere = world.numbers["offenders"][0], NormalDist(), world.town.everywhere
    table, n_slots = world.state[ROWS], sizes(world)
    table.count[0], world.state[MADE_FOR][0] = 0, p["slots"]
    table.reserve(sum(n_slots))
    for group, n in enumerate(n_slots):
        for i in range(n):
            row, name = table.rows[table.count[0]], group * NAME + i
            row.group, row.rate = group, math.exp(p["spread"] * normal.inv_cdf((i + 0.5) / n))
            row.home = place(everywhere, 0, len(everywhere), luck(world.seed, HOME, 0, name, 0))
            row.until = row.generation = row.crimes = 0
            row.ends = career_end(world.seed, world.tick, name, 0, p[f"career_{SLOTTED[group]}"])
            table.count[0] += 1
    world.forget_laid()


def refill(world: World) -> None:
    """Make the list anew for another number of slots; each takes over the state of the one in its place.

    What names a slot of the old list, a file or a repeat to come, names nobody from now on.
    """
    old = world.state[ROWS].filled().copy()
    before = starts(old)
    fill(world)
    rows = world.state[ROWS].filled()
    after = starts(rows)
    for group in range(len(SLOTTED)):
        n_old, n = before[group + 1] - before[group], after[group + 1] - after[group]
        if n_old > 0 and n > 0:
            took = before[group] + np.arange(n) * n_old // n
            for column in ("until", "ends", "generation"):
                rows[column][after[group] : after[group + 1]] = old[column][took]
    for table in (world.state.files, world.state.repeats):
        table.filled()["offender"] = table.filled()["generation"] = ANYBODY


def renew(world: World) -> None:
    """Let somebody new fill the slots whose career has ended."""
    rows, p, start = world.state[ROWS].filled(), world.numbers["offenders"][0], world.laid(pool_of).start
    for at in np.flatnonzero(rows["ends"] <= world.tick):
        row = rows[at]
        years = p[f"career_{SLOTTED[row.group]}"]
        row.generation, row.until = row.generation + 1, 0
        row.ends = career_end(world.seed, world.tick, name_of(row, start, int(at)), int(row.generation), years)


def experiment(world: World) -> None:
    """Let some of the held out, or hold the most active, on a day on which an experiment says so."""
    rows, p = world.state[ROWS].filled(), world.numbers["offenders"][0]
    start = starts(rows)
    for at in np.flatnonzero(rows["until"] > world.tick) if p["amnesty"] > 0.0 else ():
        if luck(world.seed, AMNESTY, world.tick, name_of(rows[at], start, int(at)), 0) < p["amnesty"]:
            rows[at].until = world.tick
    for first, end in pairwise(start[: QUARREL + 1]):
        until = rows["until"][end - math.floor(p["roundup"] * (end - first) + 0.5) : end]
        np.maximum(until, world.tick + YEAR, out=until)


def asked_of_slots(world: World) -> tuple[float, bool]:
    """Return how long the list is to be, relative to the usual one, and whether an experiment holds or frees some."""
    p = world.numbers["offenders"][0]
    return float(p["slots"]), bool(p["amnesty"] > 0.0 or p["roundup"] > 0.0)


@in_the_morning
def act(world: World) -> None:
    """Each morning: another list if an experiment asks for one, new people in slots, release and round-up."""
    slots, experiments = world.laid(asked_of_slots)
    if world.state[MADE_FOR].item(0) != slots:
        refill(world)
    if world.tick % WEEK == 0:
        renew(world)
    if experiments:
        experiment(world)


def held(month: Month) -> float:
    """Slots held."""
    return float(np.count_nonzero(month.world.state[ROWS].filled()["until"] > month.world.tick))


def held_rate(month: Month) -> float:
    """Share of the summed rate of all slots that is held."""
    rows = month.world.state[ROWS].filled()
    return over(rows["rate"][rows["until"] > month.world.tick].sum(), rows["rate"].sum())


IT = Mechanism(
    group=Offenders,
    tables=(ROWS, MADE_FOR),
    counts=Counts,
    writes=("files", "repeats"),
    begin=fill,
    knockout=Knockout(("prevented", "offenders_held")),
    measures={
        "prevented": Measure("crimes"),
        "offenders_held": Measure("people", held),
        "offenders_held_rate": Measure("share", held_rate),
    },
)
