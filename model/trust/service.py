"""M50, service: residents believe that something comes of telling as far as it did, for themselves and around them.

There is a belief about calls to the police and one about complaints.  It is the chance that something comes of them,
so that its effect on the choice of a channel is that of an expected utility.  It counts relative to usual service at
the start.  Switched off, service is no reason to tell or not.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.domains import POSITIVE, Domain
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.rows import Column, Row, int64_constant
from model.engine.tables import ArraySpec, RowTableSpec
from model.trust.belief_updating import retained_share
from model.world.mechanism import Knockout, Mechanism

if TYPE_CHECKING:
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World

CALLING, COMPLAINING = (int64_constant(channel) for channel in range(2))
"""What residents have a belief about: calls to the police, and complaints."""
UNKNOWN = -1.0
"""Usual service before the end of the warm-up, and of a channel that nobody has used in it."""
EXPERIENCE_COLUMNS = ("calls_good", "calls_bad", "cases_good", "cases_bad")


@dataclass(frozen=True, init=False)
class Service(ParameterGroup):
    """Parameters of the belief that something comes of telling."""

    name: ClassVar[str] = "service"
    evidence: ClassVar[tuple[str, ...]] = ("V02", "V05", "G05", "Z01")

    value: float
    prior: float
    usual: float
    heard: float
    late: float


class ServiceExperience(Row):
    """Experience of a resident's own calls and complaints, as remembered at ``service_at``."""

    calls_good: Annotated[float, Column("own calls served in time", "calls"), POSITIVE]
    calls_bad: Annotated[float, Column("own calls not served", "calls"), POSITIVE]
    cases_good: Annotated[float, Column("own complaints that led to a charge", "complaints"), POSITIVE]
    cases_bad: Annotated[float, Column("own complaints not taken or dropped", "complaints"), POSITIVE]
    service_at: Annotated[int, Column("when the memory of service was last applied", "tick", kind="i4")]


class LocalService(Row):
    """Experience of calls and complaints in a settlement, as remembered, and the belief that follows (0-1).

    Sums are those of the last end of a month, with what was added since.
    """

    calls_good: Annotated[float, POSITIVE]
    calls_bad: Annotated[float, POSITIVE]
    cases_good: Annotated[float, POSITIVE]
    cases_bad: Annotated[float, POSITIVE]
    calls: Annotated[float, Domain(UNKNOWN, 1.0)]
    cases: Annotated[float, Domain(UNKNOWN, 1.0)]


LOCAL_SERVICE = RowTableSpec(
    name="local_service",
    row=LocalService,
    per="settlement",
    about="What came of calls and complaints in settlements.",
)
USUAL_SERVICE = ArraySpec(
    name="usual_service",
    of=np.float64,
    shape=(2,),
    about="Shares of calls served in time and of complaints charged before the start; -1 if not known.",
    domain=Domain(UNKNOWN, 1.0),
)


def initialise(sim: Simulation) -> None:
    """Begin without knowledge of what is usual."""
    sim.state[USUAL_SERVICE][:] = UNKNOWN


@kernel
def fade_experience(mind: ResidentState, tick: int, memory_years: float) -> None:
    """Apply the memory of own calls and complaints to a tick; updates `minds`."""
    kept = retained_share(float(tick - mind.service_at), memory_years)
    mind.calls_good, mind.calls_bad = kept * mind.calls_good, kept * mind.calls_bad
    mind.cases_good, mind.cases_bad = kept * mind.cases_good, kept * mind.cases_bad
    mind.service_at = tick


@kernel
def record_call_service(w: World, i: int, good: float) -> None:
    """Record what came of a call of resident ``i``, from 0 for nothing to 1; updates `minds` and `local_service`."""
    mind, z = w.minds[i], w.people[i].settlement
    fade_experience(mind, w.tick, w.p.trust[z].memory_years)
    mind.calls_good += good
    mind.calls_bad += 1.0 - good
    w.local_service[z].calls_good += good
    w.local_service[z].calls_bad += 1.0 - good


@kernel
def record_case_service(w: World, i: int, good: float) -> None:
    """Record what came of a complaint of resident ``i``, as `record_call_service` does of a call."""
    mind, z = w.minds[i], w.people[i].settlement
    fade_experience(mind, w.tick, w.p.trust[z].memory_years)
    mind.cases_good += good
    mind.cases_bad += 1.0 - good
    w.local_service[z].cases_good += good
    w.local_service[z].cases_bad += 1.0 - good


@kernel
def service_utility(w: World, i: int, channel: int) -> float:
    """Return what the belief of resident ``i`` adds to the utility of a channel (log-odds), 0 at usual service."""
    mind, z = w.minds[i], w.people[i].settlement
    p = w.p.service[z]
    usual: float = w.usual_service[channel]
    if p.value == 0.0 or usual == UNKNOWN:
        return 0.0
    kept = retained_share(float(w.tick - mind.service_at), w.p.trust[z].memory_years)
    if channel == CALLING:
        around, good, bad = w.local_service[z].calls, kept * mind.calls_good, kept * mind.calls_bad
    else:
        around, good, bad = w.local_service[z].cases, kept * mind.cases_good, kept * mind.cases_bad
    return p.value * ((p.prior * around + good) / (p.prior + good + bad) - usual)


@kernel
def belief_around(usual: float, good: float, bad: float, p: Service) -> float:
    """Return the belief of a settlement that something comes of a channel (0-1).

    What is remembered there is heard of in part and moves the belief away from what is usual in the town.
    """
    return (p.usual * usual + p.heard * good) / (p.usual + p.heard * (good + bad))


@kernel
def update_local_service(w: World, shifts: float) -> None:
    """Let settlements forget for some shifts and form their beliefs anew; updates `local_service`."""
    usual = w.usual_service
    for z in range(len(w.local_service)):
        local, p = w.local_service[z], w.p.service[z]
        kept = retained_share(shifts, w.p.trust[z].memory_years)
        local.calls_good, local.calls_bad = kept * local.calls_good, kept * local.calls_bad
        local.cases_good, local.cases_bad = kept * local.cases_good, kept * local.cases_bad
        if usual[CALLING] != UNKNOWN:
            local.calls = belief_around(usual[CALLING], local.calls_good, local.calls_bad, p)
        if usual[COMPLAINING] != UNKNOWN:
            local.cases = belief_around(usual[COMPLAINING], local.cases_good, local.cases_bad, p)


def take_as_usual(sim: Simulation) -> None:
    """Take what residents remember at the start as usual service; updates `usual_service` and `local_service`."""
    here = np.flatnonzero(sim.minds["gone"] < 0)
    settlement, local = sim.town.people["settlement"][here], sim.state[LOCAL_SERVICE]
    for name in EXPERIENCE_COLUMNS:
        local[name] = np.bincount(settlement, sim.minds[name][here], len(local))
    for channel, (good, bad) in enumerate(itertools.batched(EXPERIENCE_COLUMNS, 2)):
        served, lost = math.fsum(local[good]), math.fsum(local[bad])
        if served + lost > 0.0:
            sim.state[USUAL_SERVICE][channel] = served / (served + lost)
    update_local_service(sim.w, 0.0)


def hear_of_service(sim: Simulation) -> None:
    """Update what settlements believe of calls and complaints at the end of a month."""
    update_local_service(sim.w, float(sim.w.since))


MECHANISM = Mechanism(
    group=Service,
    tables=(LOCAL_SERVICE, USUAL_SERVICE),
    mind=ServiceExperience,
    initialise=initialise,
    knockout=Knockout(("crimes_told", "complaints_filed"), policy="no_call_answered"),
)
