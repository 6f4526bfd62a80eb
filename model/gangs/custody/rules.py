"""Custody: who is held, and how somebody comes back; judges and the heavy hand fill it (see heavy_hand)."""

from __future__ import annotations

from model.engine.kernels import kernel
from model.engine.rows import Ints, Rows
from model.gangs.custody.schema import Prisoner
from model.gangs.gangs.rules import Gangland, enrol
from model.trust.ledger.rules import come_back, leave
from model.trust.ledger.schema import DEPARTURE
from model.world.shift_context import Stage


@kernel
def take_in(stage: Stage, prison: Rows[Prisoner], count: Ints, i: int, clique: int, until: int) -> None:
    """Take somebody out of the municipality until a tick."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    row = prison[count[0]]
    row.until, row.who, row.clique = until, i, clique
    count[0] += 1
    leave(mind, stage.tick, stage.trust[z], stage.ledger, z, DEPARTURE)


@kernel
def take_member(stage: Stage, gangs: Gangland, prison: Rows[Prisoner], count: Ints, i: int, until: int) -> None:
    """Hold a member for an act until a tick: his clique feels it, unlike a sweep, which takes whoever is there."""
    q = stage.minds[i].member
    clique = gangs.cliques[q]
    take_in(stage, prison, count, i, q, until)
    clique.members -= 1
    clique.held_now += 1
    clique.leader_now += 1 if clique.leader == i else 0
    stage.minds[i].member = -1
    stage.tally[0].member_arrests += 1.0


@kernel
def let_out(stage: Stage, gangs: Gangland, i: int, clique: int, calm: float) -> None:
    """Bring somebody back, to a clique if one is named."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    come_back(mind, stage.tick, calm, stage.trust[z], stage.ledger, z)
    if clique >= 0:
        mind.member = clique
        gangs.cliques[clique].members += 1
        enrol(gangs.roll, gangs.roll_count, i)
