"""Cliques of MS-13 and Barrio 18: how many there are, and the synthetic cells that each run gives them.

Territories are drawn anew for every seed and never stand for a named place.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import DAYS_A_YEAR
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import BoolArray, IntArray, Rows
from model.gangs.extortion.schema import THREATS, Threat
from model.gangs.gangs.schema import (
    CLIQUE_MEMBER_STREAM,
    CLIQUE_PLACE_STREAM,
    CLIQUES,
    MEMORY_COLUMNS,
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
from model.town.police import RouteStop
from model.town.residents import Person
from model.town.territory import Cell
from model.town.town import Town
from model.world.binding import count_of, of
from model.world.columns import MINDS
from model.world.mechanism import Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import NOBODY
from model.world.state import State


class GangTables(TableBundle):
    """The tables of the State that cliques live on."""

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
    """Put somebody on the roll of members."""
    roll[count[0]].who = i
    count[0] += 1


def n_cliques(gangs: Gangs, scale: float) -> tuple[int, int]:
    """Return the cliques of both gangs; a shrunken town has fewer."""
    return tuple(math.floor(int(n) * scale + 0.5) for n in (gangs.ms13, gangs.barrio18))  # type: ignore[return-value]


def initialise(world: World) -> None:
    """Give every clique a centre, a territory, rivals, members and targets, by luck of the seed."""
    town, state, cells = world.town, world.state, world.town.cells
    p: Gangs = world.parameters[Gangs][0]
    n_ms13, _ = n_cliques(world.settings["gangs"], world.settings["population"].scale)
    cliques, territory = state[CLIQUES], state[TERRITORY]
    for q, clique in enumerate(cliques):
        clique.gang = 0 if q < n_ms13 else 1
        clique.centre = draw_centre(q, cells, town.everywhere, territory, p.dense, 0, world.seed)
        claim_cells(q, clique, cells, territory, territory < 0, p.reach)
    for clique in cliques:
        clique.rivals = count_rivals(clique, cliques, cells, p.border)
    update_nearest_rivals(cliques, cells, p.border)
    draw_members(state, town.people, p.members, world.tick, world.seed)
    state[TARGET_START] = np.zeros(len(cliques) + 1, np.int64)
    state[TARGETS] = np.zeros(len(world.cached(businesses_at_work)[0]), np.int64)
    update_targets(world)


def draw_centre(
    q: int, cells: Rows[Cell], everywhere: Rows[RouteStop], territory: IntArray, dense: int, tick: int, seed: int
) -> int:
    """Return the first dense free cell among those tried, or the last tried."""
    cell = -1
    for a in range(PLACEMENT_ATTEMPTS):
        row = int(
            np.searchsorted(everywhere["reach"], keyed_uniform(seed, CLIQUE_PLACE_STREAM, tick, q, a), side="right")
        )
        cell = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[cell].population >= dense and territory[cell] < 0:
            break
    return cell


def claim_cells(
    q: int, clique: CliqueRow, cells: Rows[Cell], territory: IntArray, free: BoolArray, reach: float
) -> None:
    """Mark the populated free cells around the centre as held by clique q."""
    dx = cells["x"] - cells[clique.centre].x
    dy = cells["y"] - cells[clique.centre].y
    territory[(dx * dx + dy * dy <= reach * reach) & (cells["population"] > 0) & free] = q


def count_rivals(clique: CliqueRow, cliques: Rows[CliqueRow], cells: Rows[Cell], border: float) -> int:
    """Count the cliques of the other gang whose centre is near."""
    mine, theirs = cells[clique.centre], cells[cliques["centre"]]
    dx, dy = theirs["x"] - mine.x, theirs["y"] - mine.y
    near = dx * dx + dy * dy <= border * border
    return int(np.count_nonzero(near & (cliques["gang"] != clique.gang)))


def update_nearest_rivals(cliques: Rows[CliqueRow], cells: Rows[Cell], border: float) -> None:
    """Let every clique know the nearest one of the other gang that is alive near it, the first of equals."""
    x, y = cells["x"][cliques["centre"]], cells["y"][cliques["centre"]]
    for q, clique in enumerate(cliques):
        far = (x - x[q]) ** 2 + (y - y[q]) ** 2
        near = (far <= border * border) & (cliques["gang"] != clique.gang) & (cliques["alive"] == 1)
        foes = np.flatnonzero(near)
        clique.foe = foes[np.argmin(far[foes])] if len(foes) and clique.alive else NOT_YET


@kernel
def dissolve_clique(stage: ShiftContext, gangs: GangTables, q: int) -> None:
    """Let a clique end: its members leave, its cells are free, nobody pays it."""
    clique = gangs.cliques[q]
    for k in range(gangs.roll_count[0]):
        mind = stage.minds[gangs.roll[k].who]
        if mind.member == q:
            mind.member = NOT_YET
    for i in gangs.targets[gangs.target_start[q] : gangs.target_start[q + 1]]:
        if stage.minds[i].pays == q:
            stage.minds[i].pays = NOT_YET
    for cell in range(len(gangs.territory)):
        if gangs.territory[cell] == q:
            gangs.territory[cell] = NOT_YET
    clique.members = clique.alive = 0
    clique.leader = clique.heir_at = clique.attack_at = NOT_YET


def donor_clique(q: int, cliques: Rows[CliqueRow], cells: Rows[Cell], large: int) -> int:
    """Return the nearest clique of the same gang that is large enough to send members, or -1."""
    mine = cliques[q]
    some = np.flatnonzero((cliques["gang"] == mine.gang) & (cliques["alive"] == 1) & (cliques["members"] >= large))
    if len(some) == 0:
        return NOT_YET
    centres = cells[cliques["centre"][some]]
    far = (centres["x"] - cells[mine.centre].x) ** 2 + (centres["y"] - cells[mine.centre].y) ** 2
    return int(some[np.argmin(far)])


def resettle_clique(
    q: int, clique: CliqueRow, town: Town, territory: IntArray, free: BoolArray, p: Gangs, tick: int, seed: int
) -> bool:
    """Give a clique a new centre and the free cells around it, with no memory; return whether the centre is free."""
    centre = draw_centre(q, town.cells, town.everywhere, territory, p.dense, tick, seed)
    if not free[centre]:
        return False
    clique.centre, clique.alive = centre, 1
    claim_cells(q, clique, town.cells, territory, free, p.reach)
    for name in MEMORY_COLUMNS:
        clique[name] = CliqueRow.columns[name].first
    return True


def draw_members(state: State, people: Rows[Person], members: int, tick: int, seed: int) -> None:
    """Draw the members of every clique from the young men who live in its territory."""
    minds, cliques, roll = state[MINDS], state[CLIQUES], state[ROLL]
    age = (tick // 3 - people["born"]) / DAYS_A_YEAR
    fit = (people["arrives"] < 0) & (people["female"] == 0) & (age >= 14.0) & (age < 31.0)
    for q, clique in enumerate(cliques):
        pool = np.flatnonzero(fit & (state[TERRITORY][people["home"]] == q))
        for a in range(members if len(pool) else 0):
            minds["member"][pool[int(keyed_uniform(seed, CLIQUE_MEMBER_STREAM, 0, q, a) * len(pool))]] = q
        clique.members = clique.founding = int(np.count_nonzero(minds["member"] == q))
    members_now = np.flatnonzero(minds["member"] >= 0)
    roll.reserve(len(members_now))
    roll.rows["who"][: len(members_now)], roll.count[0] = members_now, len(members_now)


def businesses_at_work(world: World) -> tuple[IntArray, IntArray]:
    """Return the business residents who have a working place, and its cell."""
    workplace = world.town.places[0]
    able = np.flatnonzero((world.town.people["business"] == 1) & (workplace >= 0))
    return able.astype(np.int64), workplace[able].astype(np.int64)


def update_targets(world: World) -> None:
    """List the business residents whose working place each clique holds, clique by clique.

    The room for all of them stays where it is, so that nothing need be laid out anew when ground changes hands.
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
def next_living_member(stage: ShiftContext, gangs: GangTables, clique: int, after: int) -> int:
    """Living member of a clique with the next higher number, or -1: the roll stands in no lasting order."""
    found = NOBODY
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if i > after and (found < 0 or i < found) and stage.minds[i].member == clique and stage.minds[i].gone < 0:
            found = i
    return found
