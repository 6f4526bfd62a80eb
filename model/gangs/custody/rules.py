"""Custody: who is held, and how somebody comes back; judges and the heavy hand fill it (see heavy_hand)."""

from __future__ import annotations

from model.engine.kernels import kernel
from model.engine.rows import IntArray, Rows
from model.gangs.custody.schema import Prisoner
from model.gangs.gangs.rules import GangTables, add_member
from model.trust.ledger.rules import record_departure, record_return
from model.trust.ledger.schema import DEPARTURE
from model.world.shift_context import ShiftContext


@kernel
def hold_in_custody(
    stage: ShiftContext, prison: Rows[Prisoner], count: IntArray, i: int, clique: int, until: int
) -> None:
    """Take somebody out of the municipality until a tick."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    row = prison[count[0]]
    row.until, row.who, row.clique = until, i, clique
    count[0] += 1
    record_departure(mind, stage.tick, stage.trust[z], stage.ledger, z, DEPARTURE)


@kernel
def hold_member(
    stage: ShiftContext, gangs: GangTables, prison: Rows[Prisoner], count: IntArray, i: int, until: int
) -> None:
    """Hold a member for an act until a tick: his clique feels it, unlike a sweep, which takes whoever is there."""
    q = stage.minds[i].member
    clique = gangs.cliques[q]
    hold_in_custody(stage, prison, count, i, q, until)
    clique.members -= 1
    clique.held_now += 1
    clique.leader_now += 1 if clique.leader == i else 0
    stage.minds[i].member = -1
    stage.tally[0].member_arrests += 1.0


@kernel
def release_from_custody(stage: ShiftContext, gangs: GangTables, i: int, clique: int, calm: float) -> None:
    """Bring somebody back, to a clique if one is named."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    record_return(mind, stage.tick, calm, stage.trust[z], stage.ledger, z)
    if clique >= 0:
        mind.member = clique
        gangs.cliques[clique].members += 1
        add_member(gangs.roll, gangs.roll_count, i)
