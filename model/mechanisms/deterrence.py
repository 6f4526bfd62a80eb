"""M5, deterrence on two clocks: presence within the shift, perceived risk between shifts (ODD 6.6).

Switched off, no attempt is deterred; the level of crime is otherwise the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from model.calendar import WEEK
from model.daybook import VISITS
from model.kernels import kernel
from model.kinds import STREET_GUARD, TARGETED_GUARD
from model.luck import decision, luck
from model.mechanism import Knockout, Mechanism
from model.mechanisms.patrol import cover
from model.parameters import Group, number, share
from model.rows import Column, Row
from model.tables import Table

if TYPE_CHECKING:
    from model.model import TrustModel as World
    from model.rows import Rows
    from model.stage import Stage

FRUSTRATED, DISPLACED = decision("frustrated"), decision("displaced")


@dataclass(frozen=True, kw_only=True)
class Deterrence(Group):
    """How presence and perceived risk keep offenders from offending, here."""

    name: ClassVar[str] = "deterrence"
    evidence: ClassVar[tuple[str, ...]] = ("B09", "B10", "Z11", "Z14")

    residual: float = number(30.0, "minutes", 10.0, 60.0, "Z14", "time that a visit is felt after it ends")
    weeks: float = number(3.0, "weeks", 1.0, 8.0, "Z14; swept", "half-life of perceived risk")
    street: float = share(0.4, "Z11; swept", "effect on street property crime", high=0.8, off=0.0)
    targeted: float = share(0.2, "Z11; swept", "effect on targeted killings", high=0.4, off=0.0)
    displacement: float = share(
        0.2,
        "Z11: diffusion rather than displacement; swept",
        "deterred robberies and thefts that move",
        high=0.6,
    )


class Risk(Row):
    """Perceived risk of a cell as of a tick, and the shift in which police were last seen there."""

    touched: int
    seen: Annotated[int, Column("last shift with a visit", "tick", -1)]
    level: float


RISK = Table(name="risk", row=Risk, per="cell", about="What offenders believe about places: this alone.")


class Counts(Row):
    """What is counted in a month."""

    deterred: float


@kernel
def effect_on(kind: int, p: Deterrence) -> float:
    """Effect of full guard on crimes of this kind."""
    effect: float = STREET_GUARD[kind] * p.street + TARGETED_GUARD[kind] * p.targeted
    return effect


@kernel
def felt_risk(risk: Risk, tick: int, weeks: float) -> float:
    """Perceived risk of a cell as left by the shift before this one."""
    return risk.level * math.exp(-0.6931471805599453 * (tick - risk.touched) / (WEEK * weeks))


@kernel
def deterred(
    stage: Stage,
    risk: Rows[Risk],
    p: Deterrence,
    kind: int,
    cell: int,
    minute: float,
    mark: float,
    threshold: float,
    number: int,
) -> bool:
    """Whether this attempt is given up: for fear of the place, or because police are there."""
    effect = effect_on(kind, p)
    if effect == 0.0:
        return False
    if mark >= threshold * (1.0 - effect * felt_risk(risk[cell], stage.tick, p.weeks)):
        return True
    return (
        luck(stage.seed, FRUSTRATED, stage.tick, number, 0) < effect and cover(stage.day, cell, minute, p.residual) >= 0
    )


@kernel
def remember(stage: Stage, risk: Rows[Risk], numbers: Rows[Deterrence]) -> None:
    """Let the visits that took place raise perceived risk."""
    day, cells, tick = stage.day, stage.ground.cells, stage.tick
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or risk[visit.cell].seen == tick:
            continue
        guard = 0.0
        settlement = max(cells[visit.cell].settlement, 0)
        p = numbers[settlement]
        for other in range(k, day.counts[VISITS]):
            if day.visits[other].alive == 1 and day.visits[other].cell == visit.cell:
                guard += day.visits[other].stay + p.residual
        here = risk[visit.cell]
        # `level` is what the next shift feels if nobody comes: this shift's own fading included
        before = felt_risk(here, tick, p.weeks)
        guarded = 1.0 - math.exp(-guard / 480.0)
        here.level = before + (guarded - before) * (1.0 - math.exp(-0.6931471805599453 / (WEEK * p.weeks)))
        here.touched, here.seen = tick + 1, tick


def act(world: World) -> None:
    """Update what offenders believe about the places that were visited."""
    remember(world.stage(), world.state.risk, world.numbers["deterrence"])


IT = Mechanism(
    group=Deterrence,
    tables=(RISK,),
    counts=Counts,
    knockout=Knockout(("deterred",)),
)
