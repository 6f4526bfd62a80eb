"""Cliques of MS-13 and Barrio 18: number, invented territories, members and targets.

Territories are drawn anew for every seed and never stand for a named place.  `extortion`, `cliques` and others say what
cliques do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np

from model.engine.calendar import DAYS_A_YEAR, SHIFTS
from model.engine.domains import COUNT, FLAG, POSITIVE, SHARE, TICK, code_of, row_of
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, GrowingTableSpec, RowTableSpec
from model.world.mechanism import Measure, Mechanism
from model.world.shift_events import NOBODY

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, IntArray, Rows
    from model.engine.tables import TableSizes
    from model.simulation.world import Simulation, World
    from model.town.territory import Cell

CLIQUE_PLACE_STREAM, CLIQUE_MEMBER_STREAM = stream_id("clique place"), stream_id("clique member")
GANGS = ("MS-13", "Barrio 18")
PLACEMENT_ATTEMPTS = 64
"""Cells drawn until one is dense and free; otherwise the last one drawn is taken."""
YOUNG_MAN_ATTEMPTS = 8
"""Draws of somebody present in a cell until a young man is found."""
MINIMUM_MEMBER_AGE, MAXIMUM_MEMBER_AGE = 14.0, 31.0
"""Ages in years between which members are at the start; assumed."""


@dataclass(frozen=True, init=False)
class Gangs(ParameterGroup):
    """Number and size of cliques, their reach, and the reach of extortion by telephone."""

    name: ClassVar[str] = "gangs"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("J01", "Y01", "Y02", "V15")

    ms13: int
    barrio18: int
    members: int
    reach: float
    dense: int
    border: float
    phone_lists: float


STANCE_QUIET, STANCE_HOLD, STANCE_PRESS = range(3)
"""Stances of a clique."""
NOT_YET = -1
"""No clique, resident, cell or tick, in tables of cliques."""
MEMORY_COLUMNS = (
    "stance", "inside", "disputed", "attack_at", "free_until", "demand_effort", "members_by_phone", "pull", "caught",
    "exposed", "paid", "unpaid", "lost", "member_months", "deaths_owed", "income",
)  # fmt: skip
"""Columns reset to their first values when a clique is founded again."""


class CliqueRow(Row):
    """A clique of one gang, on an invented territory.

    Identity: ``gang`` (0 MS-13, 1 Barrio 18), ``centre`` (cell), ``members`` outside prison, ``founding`` members when
    it was founded, ``rivals`` (cliques of the other gang nearby at the start), ``foe`` (the nearest alive, or -1).

    Choices: ``strategy`` of the leader (0 holding, 1 expanding, 2 quiet), ``stance``, ``rent`` (quetzals a week),
    relative ``demand_effort``, ``members_by_phone`` (members whom prisoners replace by telephone), relative ``pull`` on
    the young.

    Memory, which decays month by month: arrests ``caught`` over member-months ``exposed``, demands ``paid`` and
    ``unpaid``, police ``seen`` (visits a cell and day), own dead ``lost`` over ``member_months``, own deaths not yet
    avenged ``deaths_owed``, ``income`` of a member (wages).  The perceived risk of arrest ``risk_felt`` (a
    member-month) follows from these.

    Events of the current month: demands ``asked`` and ``refused``, ``held_now``, ``freed_now``, ``leader_now``,
    ``killed_now``, ``takings`` (quetzals).  ``dread`` is the probability of punishment that residents believe in.
    """

    gang: Annotated[int, code_of(2)]
    centre: Annotated[int, row_of("cell", none=True)]
    members: Annotated[int, COUNT]
    founding: Annotated[int, COUNT]
    rivals: Annotated[int, COUNT]
    asked: Annotated[int, COUNT]
    refused: Annotated[int, COUNT]
    rent: Annotated[float, POSITIVE]
    dread: Annotated[float, SHARE]
    alive: Annotated[int, Column("1, or 0 from when it dissolves until it is founded again", first=1.0), FLAG]
    foe: Annotated[int, Column("nearest clique of the other gang, or -1", first=-1.0), row_of("clique", none=True)]
    leader: Annotated[int, Column("resident who leads, or -1", first=-1.0), row_of("resident", none=True)]
    inside: Annotated[int, Column("1 while the leader is in prison"), FLAG]
    heir_at: Annotated[int, Column("tick at which an heir takes over, or -1", first=-1.0), TICK]
    disputed: Annotated[int, Column("1 while members fight over who leads"), FLAG]
    generation: Annotated[int, Column("leaders so far, the first is 0"), COUNT]
    strategy: Annotated[int, code_of(3)]
    stance: Annotated[int, Column("quiet, hold or press", first=1.0), code_of(STANCE_PRESS + 1)]
    attack_at: Annotated[int, Column("tick of an attack to come, or -1", first=-1.0), TICK]
    free_until: Annotated[int, Column("tick until which it keeps no pact"), TICK]
    held_now: Annotated[int, COUNT]
    freed_now: Annotated[int, COUNT]
    leader_now: Annotated[int, COUNT]
    killed_now: Annotated[int, COUNT]
    takings: Annotated[float, POSITIVE]
    demand_effort: Annotated[float, Column("demands, relative", first=1.0), POSITIVE]
    members_by_phone: Annotated[float, Column("members whom the telephones of prisoners stand for"), POSITIVE]
    pull: Annotated[float, Column("pull on the young, relative", first=1.0), POSITIVE]
    caught: Annotated[float, POSITIVE]
    exposed: Annotated[float, POSITIVE]
    risk_felt: Annotated[float, POSITIVE]
    paid: Annotated[float, POSITIVE]
    unpaid: Annotated[float, POSITIVE]
    seen: Annotated[float, POSITIVE]
    lost: Annotated[float, POSITIVE]
    member_months: Annotated[float, POSITIVE]
    deaths_owed: float
    income: Annotated[float, Column("of a member, in wages", first=1.0), POSITIVE]


class RollEntry(Row):
    """An entry of the roll of members; former members stay on it until the end of the month."""

    who: Annotated[int, row_of("resident")]


class GangMembership(Row):
    """Membership of a resident in a clique."""

    member: Annotated[int, Column("clique, or -1", "clique", -1, "i4"), row_of("clique", none=True)]


CLIQUES = RowTableSpec(name="cliques", row=CliqueRow, per="clique", about="Cliques.")
ROLL = GrowingTableSpec(
    name="roll",
    row=RollEntry,
    exempt="a list of the members whom `minds` tells, which is compared, and of those who left this month",
    about="Members of cliques.",
)
HELD_BY = ArraySpec(
    name="held_by",
    of=np.int64,
    shape=("cell",),
    first=-1.0,
    about="Clique that holds a cell, or -1.",
    domain=row_of("clique", none=True),
)


def targets_have_room(state: Any, town: Any, sizes: TableSizes) -> bool:
    """It begins at 0, never falls, has one entry more than there are cliques, and ends within `targets`."""
    start = state[TARGET_START]
    within = len(start) == sizes["clique"] + 1 and 0 == start[0] and start[-1] <= len(state[TARGETS])
    return bool(within and (np.diff(start) >= 0).all())


TARGET_START = ArraySpec(
    name="target_start",
    of=np.int64,
    about="Where the targets of each clique begin.",
    rule=targets_have_room,
    domain=COUNT,
)
TARGETS = ArraySpec(
    name="targets",
    of=np.int64,
    exempt="follow from `territory` and, how many there are, from `target_start`, which are compared",
    about="Business residents within a territory, clique by clique, up to the last `target_start`.",
    domain=row_of("resident"),
)


@kernel
def add_member(w: World, i: int) -> None:
    """Append a resident to the roll of members."""
    w.roll[w.roll_count[0]].who = i
    w.roll_count[0] += 1


def n_cliques(gangs: Gangs, scale: float) -> tuple[int, int]:
    """Return the numbers of cliques of MS-13 and Barrio 18, scaled with the population."""
    return tuple(math.floor(int(n) * scale + 0.5) for n in (gangs.ms13, gangs.barrio18))  # type: ignore[return-value]


def initialise(sim: Simulation) -> None:
    """Draw the centre, territory, rivals, members and targets of every clique."""
    _town, _state, cells = sim.town, sim.state, sim.town.cells
    p: Gangs = sim.p.gangs[0]
    n_ms13, _ = n_cliques(sim.settings["gangs"], sim.settings["population"].scale)
    cliques, territory = sim.w.cliques, sim.w.held_by
    for q, clique in enumerate(cliques):
        clique.gang = 0 if q < n_ms13 else 1
        clique.centre = draw_centre(sim, q, 0)
        claim_cells(sim, q, clique, territory < 0)
    for clique in cliques:
        clique.rivals = count_rivals(clique, cliques, cells, p.border)
    update_nearest_rivals(cliques, cells, p.border)
    draw_members(sim, p.members)
    sim.state.put("target_start", np.zeros(len(cliques) + 1, np.int64))
    sim.state.put("targets", np.zeros(len(sim.cached(businesses_at_work)[0]), np.int64))
    update_targets(sim)


def draw_centre(sim: Simulation, q: int, tick: int) -> int:
    """Return the first dense free cell of the cells drawn for clique ``q``, or the last drawn."""
    cells, everywhere, territory = sim.town.cells, sim.town.everywhere, sim.w.held_by
    dense, cell = sim.p.gangs[0].dense, NOT_YET
    for attempt in range(PLACEMENT_ATTEMPTS):
        u = keyed_uniform(sim.seed, CLIQUE_PLACE_STREAM, tick, q, attempt)
        # `reach` is the cumulative population: cells are drawn in proportion to it.
        row = int(np.searchsorted(everywhere["reach"], u, side="right"))
        cell = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[cell].population >= dense and territory[cell] < 0:
            break
    return cell


def claim_cells(sim: Simulation, q: int, clique: CliqueRow, free: BoolArray) -> None:
    """Assign to clique ``q`` the populated cells within its reach that are ``free``."""
    cells, reach = sim.town.cells, sim.p.gangs[0].reach
    dx = cells["x"] - cells[clique.centre].x
    dy = cells["y"] - cells[clique.centre].y
    sim.w.held_by[(dx * dx + dy * dy <= reach * reach) & (cells["population"] > 0) & free] = q


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
def dissolve_clique(w: World, q: int) -> None:
    """Dissolve clique ``q``: release its members, payers and cells.

    Updates `minds.member`, `minds.pays`, `territory` and the row of the clique.
    """
    clique = w.cliques[q]
    for k in range(w.roll_count[0]):
        mind = w.minds[w.roll[k].who]
        if mind.member == q:
            mind.member = NOT_YET
    for i in w.targets[w.target_start[q] : w.target_start[q + 1]]:
        if w.minds[i].pays == q:
            w.minds[i].pays = NOT_YET
    for cell in range(len(w.held_by)):
        if w.held_by[cell] == q:
            w.held_by[cell] = NOT_YET
    clique.members = clique.alive = clique.disputed = 0
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


def resettle_clique(sim: Simulation, q: int, clique: CliqueRow, free: BoolArray) -> bool:
    """Give a clique a new centre and territory and reset its memory; return False if no cell was free.

    ``free`` marks the cells that nobody holds or protects.
    """
    centre = draw_centre(sim, q, sim.tick)
    if not free[centre]:
        return False
    clique.centre, clique.alive = centre, 1
    claim_cells(sim, q, clique, free)
    for name in MEMORY_COLUMNS:
        clique[name] = CliqueRow.columns[name].first
    return True


def draw_members(sim: Simulation, members: int) -> None:
    """Draw the members of every clique from the young men who live in its territory."""
    w, people, roll = sim.w, sim.town.people, sim.state.roll
    age = (sim.tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    fit = (people["arrives"] < 0) & (people["female"] == 0) & (age >= MINIMUM_MEMBER_AGE)
    fit &= age < MAXIMUM_MEMBER_AGE
    for q, clique in enumerate(w.cliques):
        pool = np.flatnonzero(fit & (w.held_by[people["home"]] == q))
        for draw in range(members if len(pool) else 0):
            # With replacement: a clique has fewer members than draws where somebody is drawn twice.
            drawn = int(keyed_uniform(sim.seed, CLIQUE_MEMBER_STREAM, 0, q, draw) * len(pool))
            w.minds["member"][pool[drawn]] = q
        clique.members = clique.founding = int(np.count_nonzero(w.minds["member"] == q))
    members_now = np.flatnonzero(w.minds["member"] >= 0)
    roll.reserve(len(members_now))
    roll.rows["who"][: len(members_now)], roll.count[0] = members_now, len(members_now)


def businesses_at_work(sim: Simulation) -> tuple[IntArray, IntArray]:
    """Return the business residents with a place of work, and the cells of these places."""
    workplace = sim.town.places[0]
    able = np.flatnonzero((sim.town.people["business"] == 1) & (workplace >= 0))
    return able.astype(np.int64), workplace[able].astype(np.int64)


def update_targets(sim: Simulation) -> None:
    """Update the targets: the business residents with a place of work in each territory, by clique.

    The array keeps its full length, so that no bundle is bound anew when a territory changes.
    """
    (able, workplace) = sim.cached(businesses_at_work)
    holder = sim.w.held_by[workplace]
    held = np.flatnonzero(holder >= 0)
    order = held[np.argsort(holder[held], kind="stable")]
    counts = np.bincount(holder[order], minlength=len(sim.w.cliques))
    sim.w.target_start[1:] = np.cumsum(counts)
    sim.w.targets[: len(order)] = able[order]


MECHANISM = Mechanism(
    group=Gangs,
    tables=(CLIQUES, ROLL, HELD_BY, TARGET_START, TARGETS),
    mind=GangMembership,
    initialise=initialise,
    measures={
        "gang_members": Measure("people", lambda month: float(month.world.w.cliques["members"].sum())),
        "cliques": Measure("cliques", lambda month: float(np.count_nonzero(month.world.w.cliques["members"] > 0))),
    },
)


@kernel
def draw_living_member(w: World, clique: int, stream: int, tick: int, draw: int) -> int:
    """Return a living member of a clique, each with the same chance, or -1.

    ``stream``, ``tick`` and ``draw`` key the random numbers.
    """
    # The least of keyed uniforms: others who join or leave rarely change the choice.
    found, least = NOBODY, 1.0
    for k in range(w.roll_count[0]):
        i = w.roll[k].who
        if w.minds[i].member == clique and w.minds[i].gone < 0:
            u = keyed_uniform(w.seed, stream, tick, i, draw)
            if u < least:
                found, least = i, u
    return found


@kernel
def next_living_member(w: World, clique: int, after: int) -> int:
    """Return the living member of a clique with the lowest number above ``after``, or -1.

    The roll is not sorted, so that each call scans it.
    """
    found = NOBODY
    for k in range(w.roll_count[0]):
        i = w.roll[k].who
        if i > after and (found < 0 or i < found) and w.minds[i].member == clique and w.minds[i].gone < 0:
            found = i
    return found
