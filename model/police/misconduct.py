"""M20, misconduct: officers who ask for bribes, hidden cases that become public, and complaints.

Switched off, nobody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import QUARTER, month_of
from model.engine.domains import LARGEST_COUNT, Domain
from model.engine.elementary import exp, log
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.police.adoption import replace_officer
from model.trust.events import SCANDAL, declare_event
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import BRIBES
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.tables import TableSizes
    from model.simulation.world import Simulation, World
    from model.town.police import Officer
    from model.town.town import Town
    from model.world.state import State

GOES_PUBLIC, WHO_IS_NAMED, COMPLAINS_STREAM, COMPLAINT_ANSWERED_STREAM, SANCTION_STREAM, CAUGHT_STREAM = (
    stream_id("goes public"),
    stream_id("who is named"),
    stream_id("complains"),
    stream_id("complaint answered"),
    stream_id("sanction"),
    stream_id("caught"),
)
HEARD_OF = stream_id("hears of a case")
declare_event("scandal", SCANDAL, memory="public")
NAMING_ATTEMPTS = 64
"""Draws of an officer when a case becomes public, until one is found who asked for a bribe lately."""


@dataclass(frozen=True, init=False)
class Misconduct(ParameterGroup):
    """Parameters of bribe requests, their detection, publicity and sanctions."""

    name: ClassVar[str] = "misconduct"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "I06", "I08", "I09", "I10", "J03", "U10")

    base: float
    offer: float
    penury: float
    integrity: float
    detection: float
    norm: float
    control: float
    channel: float
    public: float
    surfaces: float
    reveal: float
    heard: float
    weight: float
    fades: float
    files: float
    channel_files: float
    answered: float
    sanction: float
    caught: float


MOST_HIDDEN = 300
"""Most hidden cases in a saved state; the status quo has about one.  Each public case takes a pass over residents."""
CASES_HIDDEN = ArraySpec(
    name="cases_hidden",
    of=np.float64,
    shape=(1,),
    about="Cases that are not known yet and will come out, in expectation.",
    domain=Domain(0, MOST_HIDDEN, about="a number of cases"),
)
EXPECTED, NEXT_CASE, N_CASES = range(3)


def next_case_is_ahead(state: State, town: Town, sizes: TableSizes) -> bool:
    """The next case is not due yet: all that were due are public."""
    return bool(state[CASES_DUE][EXPECTED] < state[CASES_DUE][NEXT_CASE])


CASES_DUE = ArraySpec(
    name="cases_due",
    of=np.float64,
    shape=(3,),
    about="Cases expected to be public so far, the number at which the next one comes out, and how many have.",
    domain=Domain(0, LARGEST_COUNT, about="a number of cases"),
    rule=next_case_is_ahead,
)


class MisconductCounts(Row):
    """Monthly counts of public cases, complaints and suspensions."""

    public_cases: float
    complaints_police: float
    complaints_answered: float
    suspended: float


@kernel
def detection_probability(p: Misconduct) -> float:
    """Return the probability of detection by internal control and an outside channel together, 0 to 1."""
    return 1.0 - (1.0 - p.control) * (1.0 - p.channel)


@kernel
def asks_for_bribe(officer: Officer, offers: float, penury: float, custom: float, p: Misconduct, u: float) -> bool:
    """Return whether an officer asks for a bribe, by the uniform ``u``.

    Parameters
    ----------
    offers
        Opportunities: 1 for a driver, 1 for ground that a clique holds or traffickers protect.
    penury
        Bad conditions of the station, 0 to 1.
    custom
        Share of the facility's officers who asked in the last quarter.
    """
    x = p.base + p.offer * offers + p.penury * penury + p.norm * custom
    x -= p.integrity * officer.integrity + p.detection * detection_probability(p)
    return u < exp(min(0.0, x))


@kernel
def expected_until_case(w: World, nth: int) -> float:
    """Return the number of expected cases between the case before and case ``nth``, exponential with mean 1."""
    return -log(1.0 - keyed_uniform(w.seed, GOES_PUBLIC, 0, nth, 0))


def initialise(sim: Simulation) -> None:
    """Draw when the first case comes out."""
    sim.state[CASES_DUE][NEXT_CASE] = expected_until_case(sim.w, 0)


@kernel
def publish_cases(w: World) -> int:
    """Publish the hidden cases that are due at the end of a month; return their number.

    Updates ``hidden``, `cases_due` and counts; an officer who is named is suspended and replaced.

    Notes
    -----
    A single case moves the trust of all who hear of it.  Case n comes out when the sum of what was expected reaches a
    number that depends on the seed alone (a Poisson process in the time of its intensity): worlds with the same seed
    share their cases, and a policy moves them in time.  The mean is divided by the scale of the population: each
    resident of a scaled-down town hears of as many cases.
    """
    officers, hidden, tick, seed = w.officers, w.cases_hidden, w.tick, w.seed
    due = w.p.misconduct[0].surfaces * hidden[0]
    hidden[0] -= due
    cases, found = 0, w.cases_due
    found[EXPECTED] += due / w.population_scale
    while found[EXPECTED] >= found[NEXT_CASE]:
        cases, found[N_CASES] = cases + 1, found[N_CASES] + 1.0
        found[NEXT_CASE] += expected_until_case(w, int(found[N_CASES]))
    for k in range(cases):
        w.tally[0].public_cases += 1.0
        # Rejection sampling of an officer who asked for a bribe in the last quarter.
        for a in range(NAMING_ATTEMPTS):
            o = int(keyed_uniform(seed, WHO_IS_NAMED, tick, k, a) * len(officers))
            asked = officers[o].asked
            if asked >= 0 and tick - asked < QUARTER:
                w.tally[0].suspended += 1.0
                replace_officer(w, o, w.month)
                break
    return cases


@allocating_kernel
def update_bribery_norms(w: World) -> None:
    """Update `means.custom`, the share of each facility's officers who asked for a bribe in the last quarter."""
    officers, means = w.officers, w.facility_resources
    staff, asked = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        if officers[o].asked >= 0 and w.tick - officers[o].asked < QUARTER:
            asked[officers[o].facility] += 1.0
    for f in range(len(means)):
        means[f].custom = asked[f] / staff[f] if staff[f] > 0.0 else 0.0


@step
def answer_for_bribes(w: World) -> None:
    """Let bribe requests lead to complaints, suspension and hidden cases.

    Updates ``hidden``, the expected cases that will become public, and counts; suspended officers are replaced.
    """
    officers, hidden = w.officers, w.cases_hidden
    cells, row, tick, seed = w.cells, w.tally[0], w.tick, w.seed
    for k in range(w.counts[BRIBES]):
        bribe = w.bribes[k]
        post, nth, o = bribe.post, bribe.nth, w.couples[bribe.post].lead
        p = w.p.misconduct[max(cells[bribe.cell].settlement, 0)]
        gone = keyed_uniform(seed, CAUGHT_STREAM, tick, post, nth) < p.caught * detection_probability(p)
        hidden[0] += p.public * (1.0 + p.reveal * detection_probability(p))
        if keyed_uniform(seed, COMPLAINS_STREAM, tick, post, nth) < p.files + p.channel_files * p.channel:
            row.complaints_police += 1.0
            if keyed_uniform(seed, COMPLAINT_ANSWERED_STREAM, tick, post, nth) < p.answered:
                row.complaints_answered += 1.0
                gone = gone or keyed_uniform(seed, SANCTION_STREAM, tick, post, nth) < p.sanction
        # Unless the officer has been replaced already in this shift: a successor has not asked.
        if gone and officers[o].asked == tick:
            row.suspended += 1.0
            replace_officer(w, o, w.month)


def let_cases_out(sim: Simulation) -> None:
    """Update bribery norms, publish hidden cases and spread the news of them."""
    update_bribery_norms(sim.w)
    p = sim.p.misconduct[0]
    if sim.month == month_of(sim.calendar.first_tick) and p.surfaces > 0.0:
        # Start with the hidden cases that such months accumulate (geometric series); else the first year lacks them.
        sim.w.cases_hidden[0] /= p.surfaces
    cases = publish_cases(sim.w)
    for k in range(cases):
        spread_public_event(sim, HEARD_OF, k, p.heard, SCANDAL, p.weight)


MECHANISM = Mechanism(
    group=Misconduct,
    tables=(CASES_HIDDEN, CASES_DUE),
    initialise=initialise,
    counts=MisconductCounts,
    causes=(SCANDAL,),
    knockout=Knockout(("bribes", "complaints_police")),
    measures={
        "public_cases": Measure("cases"),
        "complaints_police": Measure("complaints"),
        "complaints_answered": Measure("complaints"),
        "suspended": Measure("officers"),
    },
)
