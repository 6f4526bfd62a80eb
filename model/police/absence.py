"""M47, absence: residents notice that no couple has come near their home for months.

It says something about effectiveness and nothing about fairness.  Switched off, nobody notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import MONTH
from model.engine.domains import PAST
from model.engine.kernels import allocating_kernel
from model.engine.parameters import ParameterGroup
from model.engine.tables import ArraySpec
from model.trust.events import ABSENCE, declare_event, record_event
from model.trust.public_events import MINIMUM_AGE
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS, VISITS
from model.world.steps import step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World

declare_event("absence", ABSENCE)
LAST_SEEN = ArraySpec(
    name="last_seen",
    of=np.int64,
    shape=("cell",),
    about="Tick of the last visit of a couple to the cell or one beside it.",
    domain=PAST,
)


@dataclass(frozen=True, init=False)
class Absence(ParameterGroup):
    """Parameters of noticed absence: how long it takes, and the weight of the experience."""

    name: ClassVar[str] = "absence"
    evidence: ClassVar[tuple[str, ...]] = ("G03", "A17")

    months: float
    weight: float


def initialise(sim: Simulation) -> None:
    """Let all cells have been seen when the world begins."""
    sim.state[LAST_SEEN][:] = sim.tick


@step
def note_presence(w: World) -> None:
    """Note the visits of couples that took place: updates `last_seen`."""
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.alive == 1 and visit.post >= 0:
            w.last_seen[visit.cell] = w.tick
            for near in w.near[visit.cell]:
                if near >= 0:
                    w.last_seen[near] = w.tick


@allocating_kernel
def record_absence(w: World) -> None:
    """Record an absence for residents near whose home no couple has been for whole periods, once in each period.

    A period has `absence.months` months.  Appends to `impressions`.
    """
    least_seen = np.full(len(w.p.absence), w.tick)
    for i in range(len(w.cells)):
        if w.cells[i].population > 0:
            z = max(w.cells[i].settlement, 0)
            least_seen[z] = min(least_seen[z], w.last_seen[i])
    for z in range(len(least_seen)):
        p = w.p.absence[z]
        period = max(1, int(MONTH * p.months))
        # Most residents live in settlements whose cells have all been seen: these need no look at anybody.
        end = w.home_start[z + 1] if w.tick - least_seen[z] >= period else w.home_start[z]
        for k in range(w.home_start[z], end):
            i = w.at_home[k]
            gone = w.tick - w.last_seen[w.people[i].home]
            periods = gone // period - max(0, gone - w.since) // period
            if periods == 0 or i >= w.arrived[0] or w.minds[i].gone >= 0:
                continue
            if age_years(w.people[i], w.tick) >= MINIMUM_AGE:
                record_event(w, i, ABSENCE, periods * p.weight)


def notice_absence(sim: Simulation) -> None:
    """Let residents notice at the end of a month that the police stay away."""
    if not sim.p.absence["weight"].any():
        return
    sim.shift_events.reserve(IMPRESSIONS, sim.town.n_people)
    record_absence(sim.w)
    sim.apply_impressions()


MECHANISM = Mechanism(
    group=Absence,
    tables=(LAST_SEEN,),
    causes=(ABSENCE,),
    initialise=initialise,
    knockout=Knockout(("trust_by_absence",)),
    measures={"trust_by_absence": Measure("points per 100", lambda month: month.change_by(ABSENCE))},
)
