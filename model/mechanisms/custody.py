"""Custody: who is held, and how somebody comes back; the heavy hand fills it (see heavy_hand)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.gangs import enrol
from model.kernels import kernel
from model.ledger import DEPARTURE, come_back, leave
from model.rows import Row
from model.tables import Growing

if TYPE_CHECKING:
    from model.gangs import Gangland
    from model.rows import Ints, Rows
    from model.stage import Stage


class Prisoner(Row):
    """Somebody held until a tick; ``clique`` is that of a member, else -1."""

    until: int
    who: int
    clique: int


PRISON = Growing(name="prison", row=Prisoner, about="Who is held: filled and emptied by the heavy hand.")


@kernel
def take_in(stage: Stage, prison: Rows[Prisoner], count: Ints, i: int, clique: int, until: int) -> None:
    """Take somebody out of the municipality until a tick."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    row = prison[count[0]]
    row.until, row.who, row.clique = until, i, clique
    count[0] += 1
    leave(mind, stage.tick, stage.trust[z], stage.ledger, z, DEPARTURE)


@kernel
def let_out(stage: Stage, gangs: Gangland, i: int, clique: int, calm: float) -> None:
    """Bring somebody back, to a clique if one is named."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    come_back(mind, stage.tick, calm, stage.trust[z], stage.ledger, z)
    if clique >= 0:
        mind.member = clique
        gangs.cliques[clique].members += 1
        enrol(gangs.roll, gangs.roll_count, i)
