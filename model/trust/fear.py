"""M22, fear and precaution: perceived insecurity lags behind crime, and fear makes residents take precautions.

Fear (0-1) is the logistic of a disposition, of alarm by own and heard harm, and of what a settlement knows of: usual
crime nearby and crime above it, rent that is paid to cliques, killings in the news.

Switched off, fear and precaution stay as they were at the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
import scipy

from model.engine.calendar import MONTHS_A_YEAR
from model.engine.domains import COUNT, DOMAIN_OF_UNIT, POSITIVE, SHARE
from model.engine.elementary import LN_2, exp, log
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, logistic_quantile, stream_id
from model.engine.ratios import PER_1000
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, RowTableSpec
from model.town.crime_kinds import HOMICIDE, IS_PROPERTY
from model.town.police import has_no_motor
from model.trust.belief_updating import retained_share
from model.trust.events import HARM_CAUSE
from model.trust.hearsay import HEARSAY_STREAM, TIE_STEP
from model.trust.ledger import logistic_noise
from model.world.derived import constant
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.sampling import household_rows
from model.world.shift_events import INCIDENTS, OUTSIDE, VISITS
from model.world.steps import ON_ARRIVALS, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World

CAUTION_STREAM, FEAR_STREAM = stream_id("caution"), stream_id("fear")
RATIO_PRIOR = 1.0
"""Added to severity and to visits (a month and 1,000 residents), and to killings, before a ratio; assumed."""


@dataclass(frozen=True, init=False)
class Fear(ParameterGroup):
    """Parameters of fear: alarm and its decay, crime nearby, precautions and their effect."""

    name: ClassVar[str] = "fear"
    evidence: ClassVar[tuple[str, ...]] = ("B11", "B12", "K08", "V20")

    harm: float
    heard: float
    memory: float
    local: float
    near: float
    signs: float
    news: float
    lag: float
    habit: float
    foot: float
    campaign: float
    alarm: float
    heed: float
    careful: float
    by_fear: float
    precaution: float
    usual: float


class FearState(Row):
    """Fear of a resident; ``alarm`` is added to the disposition to fear, ``caution`` is a lasting inclination."""

    fear: Annotated[float, Column("perceived insecurity", "0-1")]
    base_fear: Annotated[float, Column("disposition to fear", "log-odds")]
    alarm: Annotated[float, Column("what own and heard harm adds", "log-odds")]
    caution: Annotated[float, Column("inclination to take precautions", "log-odds")]
    careful: Annotated[int, Column("whether precautions are taken", "0 or 1", kind="i4")]


class LocalConditions(Row):
    """Crime and visits on foot in a settlement: this month, recently, usually, and their effect on fear.

    ``insecurity`` is in log-odds; ``kept`` is the share of alarm that is left after the month.
    """

    begun: Annotated[int, COUNT]
    crime: Annotated[float, POSITIVE]
    seen: Annotated[float, POSITIVE]
    crime_recent: Annotated[float, POSITIVE]
    crime_usual: Annotated[float, POSITIVE]
    seen_recent: Annotated[float, POSITIVE]
    seen_usual: Annotated[float, POSITIVE]
    insecurity: Annotated[float, DOMAIN_OF_UNIT["log-odds"]]
    kept: Annotated[float, SHARE]


LOCAL = RowTableSpec(
    name="local",
    row=LocalConditions,
    per="settlement",
    about="Crime and police on foot that settlements notice.",
)
KILLINGS = ArraySpec(
    name="killings",
    of=np.float64,
    shape=(3,),
    about="Killings of which the town's news tell: of this month, and a month recently and usually.",
    domain=POSITIVE,
)
FEAR_SHIFT = ArraySpec(
    name="fear_shift",
    of=np.float64,
    shape=(1,),
    about="Log-odds added to all dispositions of fear.",
    domain=DOMAIN_OF_UNIT["log-odds"],
)
MAX_FEAR_SHIFT = 60.0
"""Bound (log-odds) of the search for that shift: alarm is never as strong."""
TOLERANCE = 1e-6
"""Tolerance (log-odds) of that search."""


def precaution_factor(sim: Simulation, person: FloatArray) -> None:
    """Lower the hazard of property crime for careful residents; writes the factors ``person``.

    Factors are relative to the mean resident, for whom crime rates were calibrated.
    """
    p = sim.p.fear
    for careful in range(2):
        factor = (1.0 - p["precaution"] * careful) / (1.0 - p["precaution"] * p["usual"])
        person[IS_PROPERTY == 1, :, careful::2] *= factor[:, None]


@kernel
def update_resident_fear(mind: ResidentState, local: LocalConditions, p: Fear) -> None:
    """Update fear and precaution of a resident at the end of a month.

    Updates `minds.alarm`, `minds.fear`, `minds.careful`.
    """
    mind.alarm *= local.kept
    felt = mind.base_fear + mind.alarm + local.insecurity
    mind.fear = logistic(felt)
    readiness = p.careful + p.by_fear * felt + p.heed * p.campaign + mind.caution
    mind.careful = 1 if readiness > 0.0 else 0


@kernel
def draw_caution(w: World, mind: ResidentState, level: float, p: Fear, i: int) -> None:
    """Draw the dispositions to fear and to precaution of resident i.

    ``level`` is the mean fear of the site (log-odds).  Updates `minds.base_fear`, `minds.fear`, `minds.caution`,
    `minds.alarm`, `minds.careful`.
    """
    mind.base_fear = level + logistic_noise(keyed_uniform(w.seed, FEAR_STREAM, 0, i, 0))
    mind.fear = logistic(mind.base_fear)
    u = keyed_uniform(w.seed, CAUTION_STREAM, 0, i, 0)
    mind.caution = logistic_quantile(u)
    mind.alarm = 0.0
    mind.careful = 1 if p.careful + p.by_fear * mind.base_fear + mind.caution > 0.0 else 0


@kernel
def initialise_caution(w: World, first: int, end: int) -> None:
    """Draw fear and caution for the residents from row ``first`` to ``end``, if they are here; updates `minds`."""
    for i in range(first, end):
        if w.minds[i].gone < 0:
            z = w.people[i].settlement
            draw_caution(w, w.minds[i], w.p.trust[z].fear + w.fear_shift[0], w.p.fear[z], i)


def initialise(sim: Simulation) -> None:
    """Draw fear and caution for all residents."""
    initialise_caution(sim.w, 0, sim.town.n_people)


@step(**ON_ARRIVALS)
def initialise_arrivals(w: World) -> None:
    """Draw fear and caution of those who arrive."""
    initialise_caution(w, w.arrivals[1], w.arrivals[1] + w.arrivals[0])


@kernel
def raise_alarm(w: World, i: int, severity: float) -> None:
    """Raise the alarm of a victim, of the household, and of ties who are told; updates `minds.alarm`."""
    fear = w.p.fear
    home = w.people[i].settlement
    w.minds[i].alarm += fear[home].harm * severity
    for k in range(w.ties.shape[1]):
        tie = w.ties[i, k]
        if tie < 0:
            break
        # The draw of hearsay for this tie: who hears of the harm is also alarmed by it.
        u = keyed_uniform(w.seed, HEARSAY_STREAM, w.tick, i, TIE_STEP * HARM_CAUSE + k)
        if u < w.p.hearsay[home].tell_bad and w.minds[tie].gone < 0:
            w.minds[tie].alarm += fear[w.people[tie].settlement].heard * severity
    first, end = household_rows(w, i)
    for j in range(first, end):
        if j != i:
            w.minds[j].alarm += fear[home].heard * severity


@kernel
def smoothing_shares(p: Fear, months: int) -> tuple[float, float]:
    """Return the weights of the newest month in what is recent and in what is usual, after some months.

    Both are at first the mean of the months so far: a single month is a poor estimate.
    """
    recent, usual = 1.0 - exp(-LN_2 / p.lag), 1.0 - exp(-LN_2 / (MONTHS_A_YEAR * p.habit))
    return max(recent, 1.0 / months), max(usual, 1.0 / months)


@kernel
def news_of_killings(w: World) -> float:
    """Return the log of recent killings over usual ones, and begin a month of news; updates `killings`."""
    to_recent, to_usual = smoothing_shares(w.p.fear[0], w.local[0].begun + 1)
    w.killings[1] += (w.killings[0] - w.killings[1]) * to_recent
    w.killings[2] += (w.killings[0] - w.killings[2]) * to_usual
    w.killings[0] = 0.0
    return log((w.killings[1] + RATIO_PRIOR) / (w.killings[2] + RATIO_PRIOR))


@allocating_kernel
def update_local_crime(w: World) -> None:
    """Update recent and usual crime and visits of each settlement at the end of a month; updates `local`."""
    local, news, payers = w.local, news_of_killings(w), np.zeros(len(w.local))
    for i in w.targets[: w.target_start[-1]]:
        if w.minds[i].gone < 0 and w.minds[i].pays >= 0:
            payers[w.people[i].settlement] += 1.0
    for z in range(len(local)):
        here, p = local[z], w.p.fear[z]
        crime = PER_1000 * here.crime / max(w.residents_at_start[z], 1.0)
        seen = PER_1000 * here.seen / max(w.residents_at_start[z], 1.0)
        here.begun += 1
        to_recent, to_usual = smoothing_shares(p, here.begun)
        here.crime_recent += (crime - here.crime_recent) * to_recent
        here.crime_usual += (crime - here.crime_usual) * to_usual
        here.seen_recent += (seen - here.seen_recent) * to_recent
        here.seen_usual += (seen - here.seen_usual) * to_usual
        here.insecurity = (
            p.local * log((here.crime_recent + RATIO_PRIOR) / (here.crime_usual + RATIO_PRIOR))
            + p.near * log(here.crime_usual + RATIO_PRIOR)
            + p.signs * log(PER_1000 * payers[z] / max(w.residents_at_start[z], 1.0) + RATIO_PRIOR)
            + p.news * news
            + p.foot * log((here.seen_recent + RATIO_PRIOR) / (here.seen_usual + RATIO_PRIOR))
            + p.alarm * p.campaign
        )
        here.kept = retained_share(float(w.since), p.memory)
        here.crime = here.seen = 0.0


@constant
def residents_at_start(sim: Simulation) -> FloatArray:
    """Return the residents at the start by settlement."""
    people = sim.town.people
    here = people["settlement"][people["arrives"] < 0]
    return np.bincount(here, minlength=sim.town.n_settlements).astype(np.float64)


@kernel
def set_fear_levels(w: World, offset: float, felt: float) -> float:
    """Set fear to the logistic of disposition, ``offset`` and ``felt`` times alarm and insecurity.

    Updates `minds.fear` and returns its mean (0-1).
    """
    total, n = 0.0, 0
    for i in range(w.arrived[0]):
        mind = w.minds[i]
        if mind.gone < 0:
            here = w.local[w.people[i].settlement]
            mind.fear = logistic(mind.base_fear + offset + felt * (mind.alarm + here.insecurity))
            total += mind.fear
            n += 1
    return total / max(n, 1)


def centre_fear(sim: Simulation) -> None:
    """Shift all dispositions of fear so that mean fear at the start, alarm included, is that of the site.

    Updates `minds.base_fear`, `minds.fear` and `FEAR_SHIFT`.
    """
    level = set_fear_levels(sim.w, 0.0, 0.0)
    offset = float(
        scipy.optimize.brentq(
            lambda x: set_fear_levels(sim.w, x, 1.0) - level, -MAX_FEAR_SHIFT, MAX_FEAR_SHIFT, xtol=TOLERANCE
        )
    )
    sim.minds["base_fear"] += offset
    sim.w.fear_shift[0] = offset
    set_fear_levels(sim.w, 0.0, 1.0)


@step
def update_fear(w: World) -> None:
    """Count harm and visits on foot by settlement, and raise alarm; updates `local` and `minds.alarm`."""
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        w.local[max(w.cells[row.cell].settlement, 0)].crime += row.severity
        w.killings[0] += 1.0 if row.kind == HOMICIDE else 0.0
        if row.teller >= 0:
            raise_alarm(w, row.teller, row.severity)
    for k in range(w.counts[OUTSIDE]):
        harm = w.outside[k]
        raise_alarm(w, harm.who, harm.severity)
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.alive == 1 and visit.post >= 0 and has_no_motor(w.couples[visit.post].mode):
            w.local[max(w.cells[visit.cell].settlement, 0)].seen += 1.0


def let_fear_sink_in(sim: Simulation) -> None:
    """Update local crime and visits on foot, before residents are updated at the end of the month."""
    update_local_crime(sim.w)


MECHANISM = Mechanism(
    group=Fear,
    tables=(LOCAL, KILLINGS, FEAR_SHIFT),
    mind=FearState,
    hazard=HazardModifier(person=precaution_factor),
    initialise=initialise,
    initialise_arrivals=(initialise_arrivals,),
    knockout=Knockout(("fear_mean", "precaution_share")),
    measures={
        "fear_mean": Measure("0-1", lambda month: month.mean("all", "fear")),
        "precaution_share": Measure("share", lambda month: month.mean("adults", "precaution")),
    },
)
