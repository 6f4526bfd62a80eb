"""M28, population change: births, ageing, deaths and moves; commuters suffer crime outside.

Future residents have rows from the start (`model.town.arrivals`) and are admitted on their day; those who die or leave
keep their rows, marked by `minds.gone`.

Switched off, nobody is born, dies of age or moves; nothing happens to commuters, and offenders from outside come on
any day alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.calendar import DAYS_A_WEEK, DAYS_OF_YEAR, MORNINGS, SHIFTS
from model.engine.elementary import exp
from model.engine.kernels import PREFETCH_DISTANCE, kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.engine.ratios import PER_1000
from model.engine.rows import Column, Row
from model.town.arrivals import daily_arrivals
from model.town.crime_kinds import IS_PROPERTY, ROBBERY
from model.town.residents import INFANT
from model.trust.ledger import ARRIVAL, DEATH, DEPARTURE, add_to_ledger, record_departure
from model.world.derived import constant
from model.world.hazard import HAZARD_MARKET_DAY, values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import OUTSIDE
from model.world.steps import ON_ARRIVALS, in_order, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World
    from model.town.residents import Person
    from model.world.steps import KernelStep, StepSequence

ARRIVES_STREAM = stream_id("arrives")
LIFE_COUNT, LIFE_WHO, LIFE_MARK = stream_id("life count"), stream_id("life who"), stream_id("life mark")
OUTSIDE_VIOLENT = stream_id("violent outside")
LEAVE_BY_DEATH, LEAVE_BY_MOVING = range(2)
MAX_DEATH_RATE, MAX_MOVING_RATE = 0.3, 0.1
"""Ceilings of a resident's hazards of natural death and of moving away, per year."""
YOUNG_FROM, YOUNG_TO = 15.0, 35.0
"""Ages in years between which people move away more often."""
CANDIDATE_STRIDE = 2**16
"""Distance between the candidate numbers of deaths and of moves in the random streams."""


@dataclass(frozen=True, init=False)
class PopulationChange(ParameterGroup):
    """Arrivals, deaths and departures, victimisation outside, and offenders who come from outside."""

    name: ClassVar[str] = "population_change"
    evidence: ClassVar[tuple[str, ...]] = ("J06", "R23")

    arrivals: float
    infants: float
    mortality: float
    ageing: float
    departures: float
    young: float
    outside_robbery: float
    outside_theft: float
    outsiders: float
    visit: float


class OutsideHarm(Row):
    """Victimisation of a resident outside the municipality."""

    harmed_outside: Annotated[int, Column("was harmed outside", "tick", -1, "i4")]


class PopulationChangeCounts(Row):
    """Monthly counts of births, arrivals, deaths, departures and crimes suffered outside."""

    births: float
    newcomers: float
    natural_deaths: float
    departures: float
    arrivals_refused: float
    outside_robberies: float
    outside_thefts: float


def relative_outsiders(market_day: bool, n_market_days: int, visit: float) -> float:
    """Return the number of offenders from outside on a day, relative to the mean over the week.

    Market days have ``visit`` times the mean; the other days share the rest.

    >>> relative_outsiders(True, 1, 1.3), round(relative_outsiders(False, 1, 1.3), 3)
    (1.3, 0.95)
    """
    if n_market_days == DAYS_A_WEEK:
        return 1.0
    return visit if market_day else max((DAYS_A_WEEK - n_market_days * visit) / (DAYS_A_WEEK - n_market_days), 0.0)


def apply_outsiders(sim: Simulation, place: FloatArray) -> None:
    """Multiply the hazards of property crime in ``place``: higher on market days, lower on other days."""
    p, settlement = sim.p.population_change, sim.town.cells["settlement"]
    outside = values_by_cell(p["outsiders"], settlement)
    for when in range(len(place)):
        relative = relative_outsiders(when >= HAZARD_MARKET_DAY, len(sim.calendar.market_days), float(p["visit"][0]))
        place[when, IS_PROPERTY == 1] *= 1.0 - outside + outside * relative


@kernel
def apply_outside_crime(w: World, kind: int, i: int, number: int, grave_share: float) -> float:
    """Record a crime against a resident who is outside; return its severity.

    Appends to the shift's `outside` table; updates `minds.harmed_outside` and the counts of the month.
    """
    grave = grave_share > 0.0 and keyed_uniform(w.seed, OUTSIDE_VIOLENT, w.tick, number, 0) < grave_share
    if kind == ROBBERY:
        w.tally[0].outside_robberies += 1.0
    else:
        w.tally[0].outside_thefts += 1.0
    row = w.outside[w.counts[OUTSIDE]]
    severity: float = w.severities_in_force[w.people[i].settlement, kind, 1 if grave else 0]
    row.who, row.kind, row.severity = i, kind, severity
    w.counts[OUTSIDE] += 1
    w.minds[i].harmed_outside = w.tick
    return severity


@kernel
def leaving_hazard(way: int, person: Person, tick: int, p: PopulationChange) -> float:
    """Return a resident's hazard per year of natural death or of moving away, by ``way``.

    Mortality follows Gompertz' law: it grows exponentially with age; the first year of life has a rate of its own.
    """
    age = age_years(person, tick)
    if way == LEAVE_BY_DEATH:
        return p.infants if age < 1.0 else p.mortality * exp(p.ageing * age)
    return p.departures / PER_1000 * (p.young if YOUNG_FROM <= age < YOUNG_TO else 1.0)


@kernel
def update_presence_counts(w: World, i: int, change: int) -> None:
    """Add ``change`` (1 or -1) to `crowd` in every cell where a resident is, by presence list."""
    for where in range(len(w.places)):
        cell = w.places[where, i]
        if cell >= 0:
            w.crowd[where, cell] += change


@kernel
def extend_presence_lists(w: World, i: int) -> None:
    """Extend the presence lists (`who_end`) to a resident who arrives."""
    for where in range(len(w.places)):
        cell = w.places[where, i]
        if cell >= 0:
            w.who_end[where, cell] += 1


def initialise(sim: Simulation) -> None:
    """Write the initial presence counts and mark the residents who have not arrived yet."""
    town = sim.town
    here = town.people["arrives"] < 0
    sim.minds["gone"][~here] = 0
    sim.w.arrived[0] = int(here.sum())
    for where, place in enumerate(town.places):
        sim.w.crowd[where] = np.bincount(place[here & (place >= 0)], minlength=town.n_cells)
        sim.w.who_end[where] = town.who_start[where, :-1] + sim.w.crowd[where]


@constant
def arrivals_a_day(sim: Simulation) -> float:
    """Return the arrivals a day for which the town was built."""
    return float(daily_arrivals(sim.settings["population"], sim.town.n_residents))


@step(flags=MORNINGS)
def count_refused_arrivals(w: World) -> None:
    """Count the arrivals for whom the town has no rows left; `arrivals_a_day` would arrive if all did."""
    if w.arrived[0] == len(w.people):
        w.tally[0].arrivals_refused += w.arrivals_a_day * w.p.population_change[0].arrivals


@step(flags=MORNINGS)
def admit_arrivals(w: World) -> None:
    """Admit the future residents whose day has come; updates `come`, `who_end` and `minds.gone`.

    Writes their number and the first of their rows to ``today``.
    """
    today = w.arrivals
    people, come = w.people, w.arrived
    today[1] = come[0]
    while come[0] < len(people) and people[come[0]].arrives <= w.tick // SHIFTS:
        i = come[0]
        come[0] += 1
        # Lists grow even for those who are refused: they are in order of arrival, and who is gone is skipped.
        extend_presence_lists(w, i)
        if keyed_uniform(w.seed, ARRIVES_STREAM, w.tick, i, 0) < w.p.population_change[people[i].settlement].arrivals:
            w.minds[i].gone = -1
    today[0] = come[0] - today[1]


@step(**ON_ARRIVALS)
def record_arrivals(w: World) -> None:
    """Record the arrivals of today in ledger, presence counts and tally."""
    today = w.arrivals
    for i in range(today[1], today[1] + today[0]):
        if w.minds[i].gone >= 0:
            continue
        person = w.people[i]
        add_to_ledger(w.ledger, ARRIVAL, person.settlement, w.minds[i].trust)
        update_presence_counts(w, i, 1)
        if person.occupation == INFANT:
            w.tally[0].births += 1.0
        else:
            w.tally[0].newcomers += 1.0


@step(flags=MORNINGS)
def remove_leavers(w: World) -> None:
    """Draw natural deaths and departures of this day; updates `minds.gone`, the ledger and the counts.

    Candidates are drawn at a ceiling of the hazard and accepted with probability hazard / ceiling (thinning of a
    Poisson process, Lewis and Shedler 1979), so that few residents have to be looked at.
    """
    n = len(w.minds)
    for way in range(2):
        ceiling = MAX_DEATH_RATE if way == LEAVE_BY_DEATH else MAX_MOVING_RATE
        for j in range(poisson_quantile(keyed_uniform(w.seed, LIFE_COUNT, w.tick, way, 0), ceiling * n / DAYS_OF_YEAR)):
            who = way * CANDIDATE_STRIDE + j
            prefetch(
                w.people,
                int(keyed_uniform(w.seed, LIFE_WHO, w.tick, who + PREFETCH_DISTANCE, 0) * n),
            )
            i = int(keyed_uniform(w.seed, LIFE_WHO, w.tick, who, 0) * n)
            if i >= w.arrived[0]:
                continue
            person = w.people[i]
            z = person.settlement
            hazard = leaving_hazard(way, person, w.tick, w.p.population_change[z])
            if keyed_uniform(w.seed, LIFE_MARK, w.tick, who, 0) >= hazard / ceiling or w.minds[i].gone >= 0:
                continue
            record_departure(w, w.minds[i], w.p.trust[z], z, DEATH if way == LEAVE_BY_DEATH else DEPARTURE)
            update_presence_counts(w, i, -1)
            if way == LEAVE_BY_DEATH:
                w.tally[0].natural_deaths += 1.0
            else:
                w.tally[0].departures += 1.0


def step_with(initialise: Iterable[KernelStep]) -> StepSequence:
    """Return the step that admits the arrivals of the day, gives them their first state, and draws who dies or leaves.

    ``initialise`` are steps of other mechanisms (`Mechanism.initialise_arrivals`).
    """
    return in_order(admit_arrivals, *initialise, record_arrivals, remove_leavers, count_refused_arrivals)


MECHANISM = Mechanism(
    group=PopulationChange,
    mind=OutsideHarm,
    counts=PopulationChangeCounts,
    hazard=HazardModifier(place=apply_outsiders),
    initialise=initialise,
    knockout=Knockout(("residents", "victims_anywhere_share")),
)
