"""Declarations of gangs: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.parameters import ParameterGroup, parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, GrowingTableSpec, RowTableSpec

CLIQUE_PLACE_STREAM, CLIQUE_MEMBER_STREAM = stream_id("clique place"), stream_id("clique member")
GANGS = ("MS-13", "Barrio 18")
PLACEMENT_ATTEMPTS = 64
UNCLAIMED = -1
"""Ground that no group holds; a mayor or chief whom none has captured."""


@dataclass(frozen=True, kw_only=True)
class Gangs(ParameterGroup):
    """Cliques in the municipality, and the reach of those who extort by telephone."""

    name: ClassVar[str] = "gangs"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("J01", "Y01", "Y02", "V15")

    ms13: int = parameter(
        0, "cliques", 0, 50, "J01, Y01; orders of magnitude: 5-20 in all", "cliques of MS-13", role="site"
    )
    barrio18: int = parameter(0, "cliques", 0, 50, "J01, Y01; orders of magnitude", "cliques of Barrio 18", role="site")
    members: int = parameter(
        30,
        "members",
        0,
        200,
        "Y01; orders of magnitude: 150-700 in all",
        "members of a clique at the start",
        role="site",
    )
    reach: float = parameter(2.0, "cells", 0.0, 20.0, "assumed", "radius of a territory")
    dense: int = parameter(60, "residents", 0, 5000, "Y02: metropolitan; size assumed", "residents that a centre needs")
    border: float = parameter(12.0, "cells", 0.0, 200.0, "assumed", "distance within which cliques of two gangs clash")
    phone_lists: float = parameter(
        0.5,
        "ratio",
        0.0,
        10.0,
        "V07, V15; assumed",
        "telephones on the lists of imitators, relative",
        role="site",
    )


STANCE_QUIET, STANCE_HOLD, STANCE_PRESS = range(3)
"""Stances of a clique."""
NOT_YET = -1
MEMORY_COLUMNS = (
    "stance", "inside", "attack_at", "free_until", "effort", "hands", "draw", "caught", "exposed", "paid", "unpaid",
    "lost", "lived", "owed", "income",
)  # fmt: skip
"""What a clique that is founded again does not remember."""


class CliqueRow(Row):
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


class RollEntry(Row):
    """Somebody on the roll of members; who has left since the last end of a month is still on it."""

    who: int


class GangMembership(Row):
    """To which clique a resident belongs: extortion, custody."""

    member: Annotated[int, Column("clique, or -1", "clique", -1, "i4")]


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
    name="territory", of=np.int64, shape=("cell",), first=-1.0, about="Clique that holds a cell, or -1."
)
TARGET_START = ArraySpec(name="target_start", of=np.int64, about="Where the targets of each clique begin.")
TARGETS = ArraySpec(
    name="targets",
    of=np.int64,
    exempt="follow from `territory` and, how many there are, from `target_start`, which are compared",
    about="Business residents within a territory, clique by clique, up to the last `target_start`.",
)
