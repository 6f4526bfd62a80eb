"""Custody: residents held until a tick, and their return; used by courts and the heavy hand.

`justice` and `investigation` hold members for acts, `heavy_hand` holds suspects and releases everybody.
"""

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
    shift: ShiftContext, prison: Rows[Prisoner], count: IntArray, i: int, clique: int, until: int
) -> None:
    """Take a resident out of the municipality until tick ``until``.

    Appends to ``prison``; updates `minds.gone`, trust and ledger as for a departure.
    """
    mind, z = shift.minds[i], shift.ground.people[i].settlement
    row = prison[count[0]]
    row.until, row.who, row.clique = until, i, clique
    count[0] += 1
    record_departure(mind, shift.tick, shift.trust[z], shift.ledger, z, DEPARTURE)


@kernel
def hold_member(
    shift: ShiftContext, gangs: GangTables, prison: Rows[Prisoner], count: IntArray, i: int, until: int
) -> None:
    """Hold a member for an act until tick ``until``; his clique remembers the arrest.

    A detention on suspicion calls `hold_in_custody` alone: it is no consequence of acts, so that cliques do not
    learn from it.  Updates `minds.member`, and `members`, `held_now` and `leader_now` of the clique.
    """
    q = shift.minds[i].member
    clique = gangs.cliques[q]
    hold_in_custody(shift, prison, count, i, q, until)
    clique.members -= 1
    clique.held_now += 1
    clique.leader_now += 1 if clique.leader == i else 0
    shift.minds[i].member = -1
    shift.tally[0].member_arrests += 1.0


@kernel
def release_from_custody(shift: ShiftContext, gangs: GangTables, i: int, clique: int, mood_odds: float) -> None:
    """Bring a resident back with the evidence that is left, and into ``clique`` unless it is -1.

    ``mood_odds`` is the mood of the country, in log-odds.
    """
    mind, z = shift.minds[i], shift.ground.people[i].settlement
    record_return(mind, shift.tick, mood_odds, shift.trust[z], shift.ledger, z)
    if clique >= 0:
        mind.member = clique
        gangs.cliques[clique].members += 1
        add_member(gangs.roll, gangs.roll_count, i)
