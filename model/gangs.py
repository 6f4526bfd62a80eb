"""Cliques of MS-13 and Barrio 18: how many there are, and the synthetic cells that each run gives them.

Territories are drawn anew for every seed and never stand for a named place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.calendar import DAYS_A_YEAR
from model.kernels import Tables, kernel
from model.luck import decision, luck
from model.mechanism import Measure, Mechanism
from model.parameters import Group, number
from model.rows import Column, Row
from model.state import State
from model.tables import Field, Growing, Table

if TYPE_CHECKING:
    from model.mechanisms.extortion import Threat
    from model.model import TrustModel as World
    from model.police import Stop
    from model.residents import Person
    from model.rows import Flags, Ints, Rows
    from model.stage import Stage
    from model.territory import Cell
    from model.town import Town

CLIQUE_PLACE, CLIQUE_MEMBER = decision("clique place"), decision("clique member")
GANGS = ("MS-13", "Barrio 18")
TRIES = 64
NOBODYS = -1
"""Ground that no group holds; a mayor or chief whom none has captured."""


@dataclass(frozen=True, kw_only=True)
class Gangs(Group):
    """Cliques in the municipality, and the reach of those who extort by telephone."""

    name: ClassVar[str] = "gangs"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("J01", "Y01", "Y02", "V15")

    ms13: int = number(
        0, "cliques", 0, 50, "J01, Y01; orders of magnitude: 5-20 in all", "cliques of MS-13", role="site"
    )
    barrio18: int = number(0, "cliques", 0, 50, "J01, Y01; orders of magnitude", "cliques of Barrio 18", role="site")
    members: int = number(
        30,
        "members",
        0,
        200,
        "Y01; orders of magnitude: 150-700 in all",
        "members of a clique at the start",
        role="site",
    )
    reach: float = number(2.0, "cells", 0.0, 20.0, "assumed", "radius of a territory")
    dense: int = number(60, "residents", 0, 5000, "Y02: metropolitan; size assumed", "residents that a centre needs")
    border: float = number(12.0, "cells", 0.0, 200.0, "assumed", "distance within which cliques of two gangs clash")
    phone_lists: float = number(
        0.5,
        "ratio",
        0.0,
        10.0,
        "V07, V15; assumed",
        "telephones on the lists of imitators, relative",
        role="site",
    )


QUIET, HOLD, PRESS = range(3)
"""Stances of a clique."""
NOT_YET = -1
FORGOTTEN = (
    "stance", "inside", "attack_at", "free_until", "effort", "hands", "draw", "caught", "exposed", "paid", "unpaid",
    "lost", "lived", "owed", "income",
)  # fmt: skip
"""What a clique that is founded again does not remember."""


class Clique(Row):
    """A clique on synthetic cells; ``rivals`` are cliques of the other gang nearby, ``foe`` the nearest of them or -1,
    ``dread`` the chance of punishment that people believe in.

    What it wants: ``strategy``, ``stance``, how much it demands (``effort``, and ``hands`` in prison) and draws the
    young (``draw``).  What it remembers: members ``caught`` over member-months ``exposed``, demands ``paid`` and
    ``unpaid``, police ``seen``, its dead ``lost`` over member-months ``lived``, dead still ``owed``, ``income`` of a
    member in wages; what is ``felt`` of the police follows.  Of this month alone: ``held_now``, ``freed_now``,
    ``leader_now``, ``killed_now``, ``takings``.
    """

    gang: int
    centre: int
    members: int
    founding: int
    rivals: int
    asked: int
    refused: int
    rent: float
    dread: float
    alive: Annotated[int, Column("1, or 0 from when it dissolves until it is founded again", first=1.0)]
    foe: Annotated[int, Column("nearest clique of the other gang, or -1", first=-1.0)]
    leader: Annotated[int, Column("resident who leads, or -1", first=-1.0)]
    inside: Annotated[int, Column("1 while the leader is in prison")]
    heir_at: Annotated[int, Column("tick at which an heir takes over, or -1", first=-1.0)]
    generation: Annotated[int, Column("leaders so far, the first is 0")]
    strategy: int
    stance: Annotated[int, Column("quiet, hold or press", first=1.0)]
    attack_at: Annotated[int, Column("tick of an attack to come, or -1", first=-1.0)]
    free_until: Annotated[int, Column("tick until which it keeps no pact")]
    held_now: int
    freed_now: int
    leader_now: int
    killed_now: int
    takings: float
    effort: Annotated[float, Column("demands, relative", first=1.0)]
    hands: Annotated[float, Column("members whom the telephones of prisoners stand for")]
    draw: Annotated[float, Column("pull on the young, relative", first=1.0)]
    caught: float
    exposed: float
    felt: float
    paid: float
    unpaid: float
    seen: float
    lost: float
    lived: float
    owed: float
    income: Annotated[float, Column("of a member, in wages", first=1.0)]


class Member(Row):
    """Somebody on the roll of members; who has left since the last end of a month is still on it."""

    who: int


class Belonging(Row):
    """To which clique a resident belongs: extortion, custody."""

    member: Annotated[int, Column("clique, or -1", "clique", -1, "i4")]


CLIQUES = Table(
    name="cliques", row=Clique, per="clique", about="Cliques: extortion; members: heavy_hand and custody too."
)
ROLL = Growing(
    name="roll",
    row=Member,
    exempt="a list of the members whom `minds` tells, which is compared, and of those who left this month",
    about="Members of cliques: extortion, custody.",
)
TERRITORY = Field(name="territory", of=np.int64, shape=("cell",), first=-1.0, about="Clique that holds a cell, or -1.")
TARGET_START = Field(name="target_start", of=np.int64, about="Where the targets of each clique begin.")
TARGETS = Field(
    name="targets",
    of=np.int64,
    exempt="follow from `territory` and, how many there are, from `target_start`, which are compared",
    about="Business residents within a territory, clique by clique, up to the last `target_start`.",
)


class Gangland(Tables):
    """The tables of the State that cliques live on."""

    cliques: Rows[Clique]
    territory: Ints
    target_start: Ints
    targets: Ints
    threats: Rows[Threat]
    threat_count: Ints
    roll: Rows[Member]
    roll_count: Ints


@kernel
def enrol(roll: Rows[Member], count: Ints, i: int) -> None:
    """Put somebody on the roll of members."""
    roll[count[0]].who = i
    count[0] += 1


def gangland_of(world: World) -> Gangland:
    """Lay out what cliques live on."""
    state = world.state
    return Gangland(
        state[CLIQUES],
        state[TERRITORY],
        state[TARGET_START],
        state[TARGETS],
        state.threats.rows,
        state.threats.count,
        state[ROLL].rows,
        state[ROLL].count,
    )


def n_cliques(gangs: Gangs, scale: float) -> tuple[int, int]:
    """Return the cliques of both gangs; a shrunken town has fewer."""
    return tuple(math.floor(int(n) * scale + 0.5) for n in (gangs.ms13, gangs.barrio18))  # type: ignore[return-value]


def begin(world: World) -> None:
    """Give every clique a centre, a territory, rivals, members and targets, by luck of the seed."""
    town, state, cells = world.town, world.state, world.town.cells
    p: Gangs = world.numbers["gangs"][0]
    n_ms13, _ = n_cliques(world.settings["gangs"], world.settings["population"].scale)
    cliques, territory = state[CLIQUES], state[TERRITORY]
    for q, clique in enumerate(cliques):
        clique.gang = 0 if q < n_ms13 else 1
        clique.centre = centre_for(q, cells, town.everywhere, territory, p.dense, 0, world.seed)
        hold(q, clique, cells, territory, territory < 0, p.reach)
    for clique in cliques:
        clique.rivals = count_rivals(clique, cliques, cells, p.border)
    settle_foes(cliques, cells, p.border)
    enlist(state, town.people, p.members, world.tick, world.seed)
    state[TARGET_START] = np.zeros(len(cliques) + 1, np.int64)
    state[TARGETS] = np.zeros(len(world.once(at_work)[0]), np.int64)
    list_targets(world)


def holders(state: State) -> Ints:
    """Return the group that holds each cell: a clique, or protectors numbered after the cliques, or nobody."""
    territory, protected = state[TERRITORY], state.protected
    after: Ints = np.where(protected >= 0, len(state[CLIQUES]) + protected, NOBODYS)
    return np.where(territory >= 0, territory, after)


def centre_for(
    q: int, cells: Rows[Cell], everywhere: Rows[Stop], territory: Ints, dense: int, tick: int, seed: int
) -> int:
    """Return the first dense free cell among those tried, or the last tried."""
    cell = -1
    for a in range(TRIES):
        row = int(np.searchsorted(everywhere["reach"], luck(seed, CLIQUE_PLACE, tick, q, a), side="right"))
        cell = int(everywhere["cell"][min(row, len(everywhere) - 1)])
        if cells[cell].population >= dense and territory[cell] < 0:
            break
    return cell


def hold(q: int, clique: Clique, cells: Rows[Cell], territory: Ints, free: Flags, reach: float) -> None:
    """Mark the populated free cells around the centre as held by clique q."""
    dx = cells["x"] - cells[clique.centre].x
    dy = cells["y"] - cells[clique.centre].y
    territory[(dx * dx + dy * dy <= reach * reach) & (cells["population"] > 0) & free] = q


def count_rivals(clique: Clique, cliques: Rows[Clique], cells: Rows[Cell], border: float) -> int:
    """Count the cliques of the other gang whose centre is near."""
    mine, theirs = cells[clique.centre], cells[cliques["centre"]]
    dx, dy = theirs["x"] - mine.x, theirs["y"] - mine.y
    near = dx * dx + dy * dy <= border * border
    return int(np.count_nonzero(near & (cliques["gang"] != clique.gang)))


def settle_foes(cliques: Rows[Clique], cells: Rows[Cell], border: float) -> None:
    """Let every clique know the nearest one of the other gang that is alive near it, the first of equals."""
    x, y = cells["x"][cliques["centre"]], cells["y"][cliques["centre"]]
    for q, clique in enumerate(cliques):
        far = (x - x[q]) ** 2 + (y - y[q]) ** 2
        near = (far <= border * border) & (cliques["gang"] != clique.gang) & (cliques["alive"] == 1)
        foes = np.flatnonzero(near)
        clique.foe = foes[np.argmin(far[foes])] if len(foes) and clique.alive else NOT_YET


@kernel
def dissolve(stage: Stage, gangs: Gangland, q: int) -> None:
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


def sender_for(q: int, cliques: Rows[Clique], cells: Rows[Cell], large: int) -> int:
    """Return the nearest clique of the same gang that is large enough to send members, or -1."""
    mine = cliques[q]
    some = np.flatnonzero((cliques["gang"] == mine.gang) & (cliques["alive"] == 1) & (cliques["members"] >= large))
    if len(some) == 0:
        return NOT_YET
    centres = cells[cliques["centre"][some]]
    far = (centres["x"] - cells[mine.centre].x) ** 2 + (centres["y"] - cells[mine.centre].y) ** 2
    return int(some[np.argmin(far)])


def settle(q: int, clique: Clique, town: Town, territory: Ints, free: Flags, p: Gangs, tick: int, seed: int) -> bool:
    """Give a clique a new centre and the free cells around it, with no memory; return whether the centre is free."""
    centre = centre_for(q, town.cells, town.everywhere, territory, p.dense, tick, seed)
    if not free[centre]:
        return False
    clique.centre, clique.alive = centre, 1
    hold(q, clique, town.cells, territory, free, p.reach)
    for name in FORGOTTEN:
        clique[name] = Clique.columns[name].first
    return True


def enlist(state: State, people: Rows[Person], members: int, tick: int, seed: int) -> None:
    """Draw the members of every clique from the young men who live in its territory."""
    minds, cliques, roll = state.minds, state[CLIQUES], state[ROLL]
    age = (tick // 3 - people["born"]) / DAYS_A_YEAR
    fit = (people["arrives"] < 0) & (people["female"] == 0) & (age >= 14.0) & (age < 31.0)
    for q, clique in enumerate(cliques):
        pool = np.flatnonzero(fit & (state[TERRITORY][people["home"]] == q))
        for a in range(members if len(pool) else 0):
            minds["member"][pool[int(luck(seed, CLIQUE_MEMBER, 0, q, a) * len(pool))]] = q
        clique.members = clique.founding = int(np.count_nonzero(minds["member"] == q))
    members_now = np.flatnonzero(minds["member"] >= 0)
    roll.reserve(len(members_now))
    roll.rows["who"][: len(members_now)], roll.count[0] = members_now, len(members_now)


def at_work(world: World) -> tuple[Ints, Ints]:
    """Return the business residents who have a working place, and its cell."""
    workplace = world.town.places[0]
    able = np.flatnonzero((world.town.people["business"] == 1) & (workplace >= 0))
    return able.astype(np.int64), workplace[able].astype(np.int64)


def list_targets(world: World) -> None:
    """List the business residents whose working place each clique holds, clique by clique.

    The room for all of them stays where it is, so that nothing need be laid out anew when ground changes hands.
    """
    state, (able, workplace) = world.state, world.once(at_work)
    holder = state[TERRITORY][workplace]
    held = np.flatnonzero(holder >= 0)
    order = held[np.argsort(holder[held], kind="stable")]
    counts = np.bincount(holder[order], minlength=len(state[CLIQUES]))
    state[TARGET_START][1:] = np.cumsum(counts)
    state[TARGETS][: len(order)] = able[order]


IT = Mechanism(
    group=Gangs,
    tables=(CLIQUES, ROLL, TERRITORY, TARGET_START, TARGETS),
    mind=Belonging,
    begin=begin,
    measures={
        "gang_members": Measure("people", lambda month: float(month.world.state[CLIQUES]["members"].sum())),
        "cliques": Measure("cliques", lambda month: float(np.count_nonzero(month.world.state[CLIQUES]["members"] > 0))),
    },
)
