"""M28, population change: births, ageing, deaths and moves; commuters suffer crime outside.

Future residents have rows from the start (`model.town.arrivals`) and are admitted on their day; those who die or leave
keep their rows, marked by `minds.gone`.

Switched off, nobody is born, dies of age or moves; nothing happens to commuters, and offenders from outside come on
any day alike.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.engine.calendar import DAYS_A_WEEK, DAYS_OF_YEAR, MORNINGS, SHIFTS
from model.engine.elementary import exp
from model.engine.kernels import PREFETCH_DISTANCE, kernel, prefetch
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.ratios import PER_1000
from model.engine.rows import FloatArray, IntArray, Rows
from model.residents.population_change.schema import (
    ARRIVES_STREAM,
    CANDIDATE_STRIDE,
    LEAVE_BY_DEATH,
    LIFE_COUNT,
    LIFE_MARK,
    LIFE_WHO,
    MAX_DEATH_RATE,
    MAX_MOVING_RATE,
    OUTSIDE_VIOLENT,
    YOUNG_FROM,
    YOUNG_TO,
    OutsideHarm,
    PopulationChange,
    PopulationChangeCounts,
)
from model.town.arrivals import daily_arrivals
from model.town.crime_kinds import IS_PROPERTY, ROBBERY
from model.town.residents import INFANT, Person
from model.trust.ledger.rules import add_to_ledger, record_departure
from model.trust.ledger.schema import ARRIVAL, DEATH, DEPARTURE
from model.world.hazard import HAZARD_MARKET_DAY, values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import PlaceTables, ShiftContext
from model.world.shift_events import OUTSIDE
from model.world.state import ARRIVED, CROWD, WHO_END
from model.world.steps import ON_ARRIVALS, KernelArguments, KernelStep, StepSequence, in_order, kernel_step


def relative_outsiders(market_day: bool, n_market_days: int, visit: float) -> float:
    """Return the number of offenders from outside on a day, relative to the mean over the week.

    Market days have ``visit`` times the mean; the other days share the rest.

    >>> relative_outsiders(True, 1, 1.3), round(relative_outsiders(False, 1, 1.3), 3)
    (1.3, 0.95)
    """
    if n_market_days == DAYS_A_WEEK:
        return 1.0
    return visit if market_day else max((DAYS_A_WEEK - n_market_days * visit) / (DAYS_A_WEEK - n_market_days), 0.0)


def apply_outsiders(world: World, place: FloatArray) -> None:
    """Multiply the hazards of property crime in ``place``: higher on market days, lower on other days."""
    p, settlement = world.parameters[PopulationChange], world.town.cells["settlement"]
    outside = values_by_cell(p["outsiders"], settlement)
    for when in range(len(place)):
        relative = relative_outsiders(when >= HAZARD_MARKET_DAY, len(world.calendar.market_days), float(p["visit"][0]))
        place[when, IS_PROPERTY == 1] *= 1.0 - outside + outside * relative


@kernel
def apply_outside_crime(
    shift: ShiftContext, kind: int, i: int, number: int, grave_share: float, severities: FloatArray
) -> float:
    """Record a crime against a resident who is outside; return its severity.

    ``severities`` is that of `severities_in_force`.  Appends to the shift's `outside` table; updates
    `minds.harmed_outside` and the counts of the month.
    """
    grave = grave_share > 0.0 and keyed_uniform(shift.seed, OUTSIDE_VIOLENT, shift.tick, number, 0) < grave_share
    if kind == ROBBERY:
        shift.tally[0].outside_robberies += 1.0
    else:
        shift.tally[0].outside_thefts += 1.0
    row = shift.day.outside[shift.day.counts[OUTSIDE]]
    severity: float = severities[shift.ground.people[i].settlement, kind, 1 if grave else 0]
    row.who, row.kind, row.severity = i, kind, severity
    shift.day.counts[OUTSIDE] += 1
    shift.minds[i].harmed_outside = shift.tick
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
def update_presence_counts(ground: PlaceTables, i: int, change: int) -> None:
    """Add ``change`` (1 or -1) to `crowd` in every cell where a resident is, by presence list."""
    for where in range(len(ground.places)):
        cell = ground.places[where, i]
        if cell >= 0:
            ground.crowd[where, cell] += change


@kernel
def extend_presence_lists(ground: PlaceTables, i: int) -> None:
    """Extend the presence lists (`who_end`) to a resident who arrives."""
    for where in range(len(ground.places)):
        cell = ground.places[where, i]
        if cell >= 0:
            ground.who_end[where, cell] += 1


@kernel
def admit_arrivals(shift: ShiftContext, numbers: Rows[PopulationChange], today: IntArray) -> None:
    """Admit the future residents whose day has come; updates `come`, `who_end` and `minds.gone`.

    Writes their number and the first of their rows to ``today``.
    """
    people, come = shift.ground.people, shift.ground.come
    today[1] = come[0]
    while come[0] < len(people) and people[come[0]].arrives <= shift.tick // SHIFTS:
        i = come[0]
        come[0] += 1
        # Lists grow even for those who are refused: they are in order of arrival, and who is gone is skipped.
        extend_presence_lists(shift.ground, i)
        if keyed_uniform(shift.seed, ARRIVES_STREAM, shift.tick, i, 0) < numbers[people[i].settlement].arrivals:
            shift.minds[i].gone = -1
    today[0] = come[0] - today[1]


@kernel
def record_arrivals(shift: ShiftContext, today: IntArray) -> None:
    """Record the arrivals of today in ledger, presence counts and tally."""
    for i in range(today[1], today[1] + today[0]):
        if shift.minds[i].gone >= 0:
            continue
        person = shift.ground.people[i]
        add_to_ledger(shift.ledger, ARRIVAL, person.settlement, shift.minds[i].trust)
        update_presence_counts(shift.ground, i, 1)
        if person.occupation == INFANT:
            shift.tally[0].births += 1.0
        else:
            shift.tally[0].newcomers += 1.0


@kernel
def remove_leavers(shift: ShiftContext, numbers: Rows[PopulationChange]) -> None:
    """Draw natural deaths and departures of this day; updates `minds.gone`, the ledger and the counts.

    Candidates are drawn at a ceiling of the hazard and accepted with probability hazard / ceiling (thinning of a
    Poisson process, Lewis and Shedler 1979), so that few residents have to be looked at.
    """
    n = len(shift.minds)
    for way in range(2):
        ceiling = MAX_DEATH_RATE if way == LEAVE_BY_DEATH else MAX_MOVING_RATE
        for j in range(
            poisson_quantile(keyed_uniform(shift.seed, LIFE_COUNT, shift.tick, way, 0), ceiling * n / DAYS_OF_YEAR)
        ):
            who = way * CANDIDATE_STRIDE + j
            prefetch(
                shift.ground.people,
                int(keyed_uniform(shift.seed, LIFE_WHO, shift.tick, who + PREFETCH_DISTANCE, 0) * n),
            )
            i = int(keyed_uniform(shift.seed, LIFE_WHO, shift.tick, who, 0) * n)
            if i >= shift.ground.come[0]:
                continue
            person = shift.ground.people[i]
            z = person.settlement
            hazard = leaving_hazard(way, person, shift.tick, numbers[z])
            if keyed_uniform(shift.seed, LIFE_MARK, shift.tick, who, 0) >= hazard / ceiling or shift.minds[i].gone >= 0:
                continue
            record_departure(
                shift.minds[i],
                shift.tick,
                shift.trust[z],
                shift.ledger,
                z,
                DEATH if way == LEAVE_BY_DEATH else DEPARTURE,
            )
            update_presence_counts(shift.ground, i, -1)
            if way == LEAVE_BY_DEATH:
                shift.tally[0].natural_deaths += 1.0
            else:
                shift.tally[0].departures += 1.0


def initialise(world: World) -> None:
    """Write the initial presence counts and mark the residents who have not arrived yet."""
    state, town = world.state, world.town
    here = town.people["arrives"] < 0
    world.minds["gone"][~here] = 0
    state[ARRIVED][0] = int(here.sum())
    for where, place in enumerate(town.places):
        state[CROWD][where] = np.bincount(place[here & (place >= 0)], minlength=town.n_cells)
        state[WHO_END][where] = town.who_start[where, :-1] + state[CROWD][where]


@kernel
def count_refused_arrivals(shift: ShiftContext, numbers: Rows[PopulationChange], rate: float) -> None:
    """Count the arrivals for whom the town has no rows left, ``rate`` a day where all arrive."""
    if shift.ground.come[0] == len(shift.ground.people):
        shift.tally[0].arrivals_refused += rate * numbers[0].arrivals


@kernel_step(admit_arrivals, flags=MORNINGS)
def admit_arrivals_step(world: World) -> KernelArguments:
    """Return the arguments of `admit_arrivals`."""
    return world.shift_context(), world.parameters[PopulationChange], world.arrivals


@kernel_step(record_arrivals, **ON_ARRIVALS)
def record_changes(world: World) -> KernelArguments:
    """Return the arguments of `record_arrivals`."""
    return world.shift_context(), world.arrivals


@kernel_step(remove_leavers, flags=MORNINGS)
def remove_departed(world: World) -> KernelArguments:
    """Return the arguments of `remove_leavers`."""
    return world.shift_context(), world.parameters[PopulationChange]


@kernel_step(count_refused_arrivals, flags=MORNINGS)
def count_refused(world: World) -> KernelArguments:
    """Return the arguments of `count_refused_arrivals`."""
    rate = daily_arrivals(world.settings["population"], world.town.n_residents)
    return world.shift_context(), world.parameters[PopulationChange], float(rate)


def step_with(initialise: Iterable[KernelStep]) -> StepSequence:
    """Return the step that admits the arrivals of the day, gives them their first state, and draws who dies or leaves.

    ``initialise`` are steps of other mechanisms (`Mechanism.initialise_arrivals`).
    """
    return in_order(admit_arrivals_step, *initialise, record_changes, remove_departed, count_refused)


MECHANISM = Mechanism(
    group=PopulationChange,
    mind=OutsideHarm,
    counts=PopulationChangeCounts,
    writes=("minds.gone", "come", "who_end", "crowd"),
    hazard=HazardModifier(place=apply_outsiders),
    initialise=initialise,
    knockout=Knockout(("residents", "victims_anywhere_share")),
)
