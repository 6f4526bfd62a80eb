"""Declarations of gangs: parameters, the tables of cliques and members, territories and targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from model.engine.domains import COUNT, FLAG, POSITIVE, SHARE, TICK, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, GrowingTableSpec, RowTableSpec, TableSizes

CLIQUE_PLACE_STREAM, CLIQUE_MEMBER_STREAM = stream_id("clique place"), stream_id("clique member")
GANGS = ("MS-13", "Barrio 18")
PLACEMENT_ATTEMPTS = 64
"""Cells drawn until one is dense and free; otherwise the last one drawn is taken."""
YOUNG_MAN_ATTEMPTS = 8
"""Draws of somebody present in a cell until a young man is found."""
MINIMUM_MEMBER_AGE, MAXIMUM_MEMBER_AGE = 14.0, 31.0
"""Ages in years between which members are at the start; assumed."""
UNCLAIMED = -1
"""Holder of free cells, and captor of a mayor or chief who is not captured."""


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
    "stance", "inside", "attack_at", "free_until", "effort", "hands", "draw", "caught", "exposed", "paid", "unpaid",
    "lost", "lived", "owed", "income",
)  # fmt: skip
"""Columns reset to their first values when a clique is founded again."""


class CliqueRow(Row):
    """A clique of one gang, on an invented territory.

    Identity: ``gang`` (0 MS-13, 1 Barrio 18), ``centre`` (cell), ``members`` outside prison, ``founding`` members when
    it was founded, ``rivals`` (cliques of the other gang nearby at the start), ``foe`` (the nearest alive, or -1).

    Choices: ``strategy`` of the leader (0 holding, 1 expanding, 2 quiet), ``stance``, ``rent`` (quetzals a week),
    relative ``effort`` of demands, ``hands`` (members whom prisoners replace by telephone), relative ``draw`` on the
    young.

    Memory, which decays month by month: arrests ``caught`` over member-months ``exposed``, demands ``paid`` and
    ``unpaid``, police ``seen`` (visits a cell and day), own dead ``lost`` over member-months ``lived``, own deaths
    ``owed`` revenge, ``income`` of a member (wages).  The perceived risk of arrest ``felt`` (a member-month) follows
    from these.

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
    effort: Annotated[float, Column("demands, relative", first=1.0), POSITIVE]
    hands: Annotated[float, Column("members whom the telephones of prisoners stand for"), POSITIVE]
    draw: Annotated[float, Column("pull on the young, relative", first=1.0), POSITIVE]
    caught: Annotated[float, POSITIVE]
    exposed: Annotated[float, POSITIVE]
    felt: Annotated[float, POSITIVE]
    paid: Annotated[float, POSITIVE]
    unpaid: Annotated[float, POSITIVE]
    seen: Annotated[float, POSITIVE]
    lost: Annotated[float, POSITIVE]
    lived: Annotated[float, POSITIVE]
    owed: float
    income: Annotated[float, Column("of a member, in wages", first=1.0), POSITIVE]


class RollEntry(Row):
    """An entry of the roll of members; former members stay on it until the end of the month."""

    who: Annotated[int, row_of("resident")]


class GangMembership(Row):
    """Membership of a resident in a clique."""

    member: Annotated[int, Column("clique, or -1", "clique", -1, "i4"), row_of("clique", none=True)]


CLIQUES = RowTableSpec(
    name="cliques", row=CliqueRow, per="clique", about="Cliques: extortion; members: heavy_hand and custody too."
)
ROLL = GrowingTableSpec(
    name="roll",
    row=RollEntry,
    exempt="a list of the members whom `minds` tells, which is compared, and of those who left this month",
    about="Members of cliques: extortion, custody.",
)
TERRITORY = ArraySpec(
    name="territory",
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
