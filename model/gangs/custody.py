"""Custody: residents held until a tick, and their return; used by courts and the heavy hand.

`justice` and `investigation` hold members for acts, `heavy_hand` holds suspects and releases everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from model.engine.domains import TICK, row_of
from model.engine.kernels import kernel
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.gangs.gangs import add_member
from model.trust.ledger import DEPARTURE, record_departure, record_return

if TYPE_CHECKING:
    from model.simulation.world import World


class Prisoner(Row):
    """A resident held until a tick; ``clique`` is that of a member, else -1."""

    until: Annotated[int, TICK]
    who: Annotated[int, row_of("resident")]
    clique: Annotated[int, row_of("clique", none=True)]


PRISON = GrowingTableSpec(name="prison", row=Prisoner, about="Who is held.")


@kernel
def hold_in_custody(w: World, i: int, clique: int, until: int) -> None:
    """Take a resident out of the municipality until tick ``until``.

    Appends to ``prison``; updates `minds.gone`, trust and ledger as for a departure.
    """
    mind, z = w.minds[i], w.people[i].settlement
    row = w.prison[w.prison_count[0]]
    row.until, row.who, row.clique = until, i, clique
    w.prison_count[0] += 1
    record_departure(w, mind, w.p.trust[z], z, DEPARTURE)


@kernel
def hold_member(w: World, i: int, until: int) -> None:
    """Hold a member for an act until tick ``until``; his clique remembers the arrest.

    A detention on suspicion calls `hold_in_custody` alone: it is no consequence of acts, so that cliques do not
    learn from it.  Updates `minds.member`, and `members`, `held_now` and `leader_now` of the clique.
    """
    q = w.minds[i].member
    clique = w.cliques[q]
    hold_in_custody(w, i, q, until)
    clique.members -= 1
    clique.held_now += 1
    clique.leader_now += 1 if clique.leader == i else 0
    w.minds[i].member = -1
    w.tally[0].member_arrests += 1.0


@kernel
def release_from_custody(w: World, i: int, clique: int, mood_odds: float) -> None:
    """Bring a resident back with the evidence that is left, and into ``clique`` unless it is -1.

    ``mood_odds`` is the mood of the country, in log-odds.
    """
    mind, z = w.minds[i], w.people[i].settlement
    record_return(w, mind, mood_odds, w.p.trust[z], z)
    if clique >= 0:
        mind.member = clique
        w.cliques[clique].members += 1
        add_member(w, i)
