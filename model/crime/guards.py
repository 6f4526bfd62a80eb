"""M33, private guards: they outnumber the police several times over and protect only the shops that pay for them.

Switched off, no shop has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.town.crime_kinds import BY_STREET, EXPOSURE
from model.world.mechanism import Knockout, Mechanism

if TYPE_CHECKING:
    from model.simulation.world import World

HAS_GUARD, GUARD_STREAM = stream_id("has a guard"), stream_id("guard")


@dataclass(frozen=True, init=False)
class Guards(ParameterGroup):
    """Share of businesses with a private guard, and the effect of a guard."""

    name: ClassVar[str] = "guards"
    evidence: ClassVar[tuple[str, ...]] = ()

    shops: float
    effect: float


class GuardCounts(Row):
    """Monthly counts of private guards."""

    guarded: float


@kernel
def is_kept_away_by_guard(w: World, p: Guards, kind: int, cell: int, i: int, number: int) -> bool:
    """Return whether a private guard prevents a street crime against resident `i` at their business.

    Counts in `tally.guarded`.
    """
    person = w.people[i]
    if EXPOSURE[kind] != BY_STREET or person.business == 0 or cell == person.home or p.shops == 0.0:
        return False
    # Tick 0 keys the guard to the owner: a shop has one in every shift, or in none.
    if (
        keyed_uniform(w.seed, HAS_GUARD, 0, i, 0) >= p.shops
        or keyed_uniform(w.seed, GUARD_STREAM, w.tick, number, 0) >= p.effect
    ):
        return False
    w.tally[0].guarded += 1.0
    return True


MECHANISM = Mechanism(group=Guards, counts=GuardCounts, knockout=Knockout(("guarded",)))
