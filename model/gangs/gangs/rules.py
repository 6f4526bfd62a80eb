"""Cliques of MS-13 and Barrio 18: number, invented territories, members and targets.

Territories are drawn anew for every seed and never stand for a named place.  `extortion`, `cliques` and others say what
cliques do.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import DAYS_A_YEAR, SHIFTS
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import BoolArray, IntArray, Rows
from model.gangs.extortion.schema import THREATS, Threat
from model.gangs.gangs.schema import (
    CLIQUE_MEMBER_STREAM,
    CLIQUE_PLACE_STREAM,
    CLIQUES,
    MAXIMUM_MEMBER_AGE,
    MEMORY_COLUMNS,
    MINIMUM_MEMBER_AGE,
    NOT_YET,
    PLACEMENT_ATTEMPTS,
    ROLL,
    TARGET_START,
    TARGETS,
    TERRITORY,
    CliqueRow,
    GangMembership,
    Gangs,
    RollEntry,
)
from model.town.residents import Person
from model.town.territory import Cell
from model.world.binding import count_of, of
from model.world.columns import MINDS
from model.world.mechanism import Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import NOBODY
from model.world.state import State


class GangTables(TableBundle):
    """Tables of cliques, territories, targets, threats and members."""

    cliques: Rows[CliqueRow]
    territory: IntArray = of(TERRITORY)
    target_start: IntArray = of(TARGET_START)
    targets: IntArray = of(TARGETS)
    threats: Rows[Threat]
    threats_count: IntArray = count_of(THREATS)
    roll: Rows[RollEntry]
    roll_count: IntArray = count_of(ROLL)


@kernel
def add_member(roll: Rows[RollEntry], count: IntArray, i: int) -> None:
    """Append a resident to the roll of members."""
    roll[count[0]].who = i
    count[0] += 1


def n_cliques(gangs: Gangs, scale: float) -> tuple[int, int]:
    """Return the numbers of cliques of MS-13 and Barrio 18, scaled with the population."""
    return tuple(math.floor(int(n) * scale + 0.5) for n in (gangs.ms13, gangs.barrio18))  # type: ignore[return-value]


def initialise(world: World) -> None:
    """Draw the centre, territory, rivals, members and targets of every clique."""
    town, state, cells = world.town, world.state, world.town.cells
    p: Gangs = world.parameters[Gangs][0]
    n_ms13, _ = n_cliques(world.settings["gangs"], world.settings["population"].scale)
    cliques, territory = state[CLIQUES], state[TERRITORY]
    for q, clique in enumerate(cliques):
        clique.gang = 0 if q < n_ms13 else 1
        clique.centre = draw_centre(world, q, 0)
        claim_cells(world, q, clique, territory < 0)
    for clique in cliques:
        clique.rivals = count_rivals(clique, cliques, cells, p.border)
    update_nearest_rivals(cliques, cells, p.border)
    draw_members(state, town.people, p.members, world.tick, world.seed)
    state[TARGET_START] = np.zeros(len(cliques) + 1, np.int64)
    state[TARGETS] = np.zeros(len(world.cached(businesses_at_work)[0]), np.int64)
    update_targets(world)


def draw_centre(world: World, q: int, tick: int) -> int:
    """Return the first dense free cell of the cells drawn for clique ``q``, or the last drawn."""
    cells, everywhere, territory = world.town.cells, world.town.everywhere, world.state[TERRITORY]
    dense, cell = world.parameters[Gangs][0].dense, NOT_YET
    for attempt in range(PLACEMENT_ATTEMPTS):
        u = keyed_uniform(world.seed, CLIQUE_PLACE_STREAM, tick, q, attempt)
        # `reach` is the cumulative population: cells are drawn in proportion to it.
        row = int(np.searchsorted(everywhere["reach"], u, side="right"))
        cell = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[cell].population >= dense and territory[cell] < 0:
            break
    return cell


def claim_cells(world: World, q: int, clique: CliqueRow, free: BoolArray) -> None:
    """Assign to clique ``q`` the populated cells within its reach that are ``free``."""
    cells, reach = world.town.cells, world.parameters[Gangs][0].reach
    dx = cells["x"] - cells[clique.centre].x
    dy = cells["y"] - cells[clique.centre].y
    world.state[TERRITORY][(dx * dx + dy * dy <= reach * reach) & (cells["population"] > 0) & free] = q


def count_rivals(clique: CliqueRow, cliques: Rows[CliqueRow], cells: Rows[Cell], border: float) -> int:
    """Return the number of cliques of the other gang whose centre lies within ``border`` cells."""
    mine, theirs = cells[clique.centre], cells[cliques["centre"]]
    dx, dy = theirs["x"] - mine.x, theirs["y"] - mine.y
    near = dx * dx + dy * dy <= border * border
    return int(np.count_nonzero(near & (cliques["gang"] != clique.gang)))


def update_nearest_rivals(cliques: Rows[CliqueRow], cells: Rows[Cell], border: float) -> None:
    """Update `cliques.foe`: the nearest living clique of the other gang within ``border`` cells, or -1."""
    x, y = cells["x"][cliques["centre"]], cells["y"][cliques["centre"]]
    for q, clique in enumerate(cliques):
        far = np.square(x - x[q]) + np.square(y - y[q])
        near = (far <= border * border) & (cliques["gang"] != clique.gang) & (cliques["alive"] == 1)
        foes = np.flatnonzero(near)
        clique.foe = foes[np.argmin(far[foes])] if len(foes) and clique.alive else NOT_YET


@kernel
def dissolve_clique(shift: ShiftContext, gangs: GangTables, q: int) -> None:
    """Dissolve clique ``q``: release its members, payers and cells.

    Updates `minds.member`, `minds.pays`, `territory` and the row of the clique.
    """
    clique = gangs.cliques[q]
    for k in range(gangs.roll_count[0]):
        mind = shift.minds[gangs.roll[k].who]
        if mind.member == q:
            mind.member = NOT_YET
    for i in gangs.targets[gangs.target_start[q] : gangs.target_start[q + 1]]:
        if shift.minds[i].pays == q:
            shift.minds[i].pays = NOT_YET
    for cell in range(len(gangs.territory)):
        if gangs.territory[cell] == q:
            gangs.territory[cell] = NOT_YET
    clique.members = clique.alive = 0
    clique.leader = clique.heir_at = clique.attack_at = NOT_YET


def donor_clique(q: int, cliques: Rows[CliqueRow], cells: Rows[Cell], large: int) -> int:
    """Return the nearest clique of the same gang with at least ``large`` members, or -1."""
    mine = cliques[q]
    some = np.flatnonzero((cliques["gang"] == mine.gang) & (cliques["alive"] == 1) & (cliques["members"] >= large))
    if len(some) == 0:
        return NOT_YET
    centres = cells[cliques["centre"][some]]
    far = np.square(centres["x"] - cells[mine.centre].x) + np.square(centres["y"] - cells[mine.centre].y)
    return int(some[np.argmin(far)])


def resettle_clique(world: World, q: int, clique: CliqueRow, free: BoolArray) -> bool:
    """Give a clique a new centre and territory and reset its memory; return False if no cell was free.

    ``free`` marks the cells that nobody holds or protects.
    """
    centre = draw_centre(world, q, world.tick)
    if not free[centre]:
        return False
    clique.centre, clique.alive = centre, 1
    claim_cells(world, q, clique, free)
    for name in MEMORY_COLUMNS:
        clique[name] = CliqueRow.columns[name].first
    return True


def draw_members(state: State, people: Rows[Person], members: int, tick: int, seed: int) -> None:
    """Draw the members of every clique from the young men who live in its territory."""
    minds, cliques, roll = state[MINDS], state[CLIQUES], state[ROLL]
    age = (tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    fit = (people["arrives"] < 0) & (people["female"] == 0) & (age >= MINIMUM_MEMBER_AGE)
    fit &= age < MAXIMUM_MEMBER_AGE
    for q, clique in enumerate(cliques):
        pool = np.flatnonzero(fit & (state[TERRITORY][people["home"]] == q))
        for draw in range(members if len(pool) else 0):
            # With replacement: a clique has fewer members than draws where somebody is drawn twice.
            minds["member"][pool[int(keyed_uniform(seed, CLIQUE_MEMBER_STREAM, 0, q, draw) * len(pool))]] = q
        clique.members = clique.founding = int(np.count_nonzero(minds["member"] == q))
    members_now = np.flatnonzero(minds["member"] >= 0)
    roll.reserve(len(members_now))
    roll.rows["who"][: len(members_now)], roll.count[0] = members_now, len(members_now)


def businesses_at_work(world: World) -> tuple[IntArray, IntArray]:
    """Return the business residents with a place of work, and the cells of these places."""
    workplace = world.town.places[0]
    able = np.flatnonzero((world.town.people["business"] == 1) & (workplace >= 0))
    return able.astype(np.int64), workplace[able].astype(np.int64)


def update_targets(world: World) -> None:
    """Update the targets: the business residents with a place of work in each territory, by clique.

    The array keeps its full length, so that no bundle is bound anew when a territory changes.
    """
    state, (able, workplace) = world.state, world.cached(businesses_at_work)
    holder = state[TERRITORY][workplace]
    held = np.flatnonzero(holder >= 0)
    order = held[np.argsort(holder[held], kind="stable")]
    counts = np.bincount(holder[order], minlength=len(state[CLIQUES]))
    state[TARGET_START][1:] = np.cumsum(counts)
    state[TARGETS][: len(order)] = able[order]


MECHANISM = Mechanism(
    group=Gangs,
    tables=(CLIQUES, ROLL, TERRITORY, TARGET_START, TARGETS),
    mind=GangMembership,
    initialise=initialise,
    measures={
        "gang_members": Measure("people", lambda month: float(month.world.state[CLIQUES]["members"].sum())),
        "cliques": Measure("cliques", lambda month: float(np.count_nonzero(month.world.state[CLIQUES]["members"] > 0))),
    },
)


@kernel
def next_living_member(shift: ShiftContext, gangs: GangTables, clique: int, after: int) -> int:
    """Return the living member of a clique with the lowest number above ``after``, or -1.

    The roll is not sorted, so that each call scans it.
    """
    found = NOBODY
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if i > after and (found < 0 or i < found) and shift.minds[i].member == clique and shift.minds[i].gone < 0:
            found = i
    return found
