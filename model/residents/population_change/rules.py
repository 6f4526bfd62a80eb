"""M28, an open population: people are born, age, die and move; commuters suffer crime outside (ODD 6.27).

Switched off, nobody is born, dies of age or moves; nothing happens to commuters, and offenders from outside come on
any day alike.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.kernels import PREFETCH_DISTANCE, kernel, prefetch
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, Rows
from model.residents.population_change.schema import (
    ARRIVES_STREAM,
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
from model.town.crime_kinds import IS_PROPERTY, ROBBERY, SEVERITY
from model.town.residents import INFANT, Person
from model.trust.ledger.rules import add_to_ledger, record_departure
from model.trust.ledger.schema import ARRIVAL, DEATH, DEPARTURE
from model.world.hazard import HAZARD_MARKET_DAY, values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism, morning_step
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import PlaceTables, ShiftContext
from model.world.shift_events import OUTSIDE
from model.world.state import ARRIVED, CROWD, WHO_END


def relative_outsiders(market_day: bool, n_market_days: int, visit: float) -> float:
    """Return how many offenders from outside come today, relative to the mean day of the week.

    >>> coming(True, 1, 1.3), round(coming(False, 1, 1.3), 3)
    (1.3, 0.95)
    """
    if n_market_days == 7:
        return 1.0
    return visit if market_day else max((7.0 - n_market_days * visit) / (7.0 - n_market_days), 0.0)


def apply_outsiders(world: World, place: FloatArray) -> None:
    """Let offenders from outside come on market days, and fewer on others."""
    p, settlement = world.parameters[PopulationChange], world.town.cells["settlement"]
    outside = values_by_cell(p["outsiders"], settlement)
    for when in range(len(place)):
        come = relative_outsiders(when >= HAZARD_MARKET_DAY, len(world.calendar.market_days), float(p["visit"][0]))
        place[when, IS_PROPERTY == 1] *= 1.0 - outside + outside * come


@kernel
def apply_outside_crime(stage: ShiftContext, kind: int, i: int, number: int, grave_share: float) -> float:
    """Let a resident who is outside be harmed there, which no book here has; return how severely."""
    grave = grave_share > 0.0 and keyed_uniform(stage.seed, OUTSIDE_VIOLENT, stage.tick, number, 0) < grave_share
    if kind == ROBBERY:
        stage.tally[0].outside_robberies += 1.0
    else:
        stage.tally[0].outside_thefts += 1.0
    row = stage.day.outside[stage.day.counts[OUTSIDE]]
    severity: float = SEVERITY[1 if grave else 0, kind]
    row.who, row.kind, row.severity = i, kind, severity
    stage.day.counts[OUTSIDE] += 1
    stage.minds[i].harmed_outside = stage.tick
    return severity


@kernel
def leaving_hazard(way: int, person: Person, tick: int, p: PopulationChange) -> float:
    """Yearly hazard of a resident of dying of age or illness, or of moving away."""
    age = age_years(person, tick)
    if way == LEAVE_BY_DEATH:
        return p.infants if age < 1.0 else p.mortality * math.exp(p.ageing * age)
    return p.departures / 1000.0 * (p.young if YOUNG_FROM <= age < YOUNG_TO else 1.0)


@kernel
def update_presence_counts(ground: PlaceTables, i: int, change: int) -> None:
    """Add a resident to, or take one from, the counts of those who are in each place under each list."""
    for where in range(len(ground.places)):
        cell = ground.places[where, i]
        if cell >= 0:
            ground.crowd[where, cell] += change


@kernel
def extend_presence_lists(ground: PlaceTables, i: int) -> None:
    """Let the lists of who is where reach to a resident whose day has come."""
    for where in range(len(ground.places)):
        cell = ground.places[where, i]
        if cell >= 0:
            ground.who_end[where, cell] += 1


@kernel
def admit_arrivals(stage: ShiftContext, numbers: Rows[PopulationChange]) -> None:
    """Bring in those whose day has come, if they come at all."""
    people, come = stage.ground.people, stage.ground.come
    while come[0] < len(people) and people[come[0]].arrives <= stage.tick // 3:
        i = come[0]
        come[0] += 1
        extend_presence_lists(stage.ground, i)
        if keyed_uniform(stage.seed, ARRIVES_STREAM, stage.tick, i, 0) < numbers[people[i].settlement].arrivals:
            stage.minds[i].gone = -1


@kernel
def record_arrivals(stage: ShiftContext, first: int, end: int) -> None:
    """Book those who came, born or moved here."""
    for i in range(first, end):
        if stage.minds[i].gone >= 0:
            continue
        person = stage.ground.people[i]
        add_to_ledger(stage.ledger, ARRIVAL, person.settlement, stage.minds[i].trust)
        update_presence_counts(stage.ground, i, 1)
        if person.occupation == INFANT:
            stage.tally[0].births += 1.0
        else:
            stage.tally[0].newcomers += 1.0


@kernel
def remove_leavers(stage: ShiftContext, numbers: Rows[PopulationChange]) -> None:
    """Let residents die of age and illness, and move away."""
    n = len(stage.minds)
    for way in range(2):
        ceiling = MAX_DEATH_RATE if way == LEAVE_BY_DEATH else MAX_MOVING_RATE
        for j in range(
            poisson_quantile(keyed_uniform(stage.seed, LIFE_COUNT, stage.tick, way, 0), ceiling * n / 365.0)
        ):
            who = way * 65536 + j
            prefetch(
                stage.ground.people,
                int(keyed_uniform(stage.seed, LIFE_WHO, stage.tick, who + PREFETCH_DISTANCE, 0) * n),
            )
            i = int(keyed_uniform(stage.seed, LIFE_WHO, stage.tick, who, 0) * n)
            if i >= stage.ground.come[0]:
                continue
            person = stage.ground.people[i]
            z = person.settlement
            hazard = leaving_hazard(way, person, stage.tick, numbers[z])
            if keyed_uniform(stage.seed, LIFE_MARK, stage.tick, who, 0) >= hazard / ceiling or stage.minds[i].gone >= 0:
                continue
            record_departure(
                stage.minds[i],
                stage.tick,
                stage.trust[z],
                stage.ledger,
                z,
                DEATH if way == LEAVE_BY_DEATH else DEPARTURE,
            )
            update_presence_counts(stage.ground, i, -1)
            if way == LEAVE_BY_DEATH:
                stage.tally[0].natural_deaths += 1.0
            else:
                stage.tally[0].departures += 1.0


def initialise(world: World) -> None:
    """Count who is where when the world begins, and mark who is still to come."""
    state, town = world.state, world.town
    here = town.people["arrives"] < 0
    world.minds["gone"][~here] = 0
    state[ARRIVED][0] = int(here.sum())
    for where, place in enumerate(town.places):
        state[CROWD][where] = np.bincount(place[here & (place >= 0)], minlength=town.n_cells)
        state[WHO_END][where] = town.who_start[where, :-1] + state[CROWD][where]


@morning_step
def step(world: World) -> None:
    """In the morning, bring in those whose day has come, and let others go."""
    numbers, come, tally = world.parameters[PopulationChange], world.state[ARRIVED], world.tally
    first = come.item(0)
    world.run_kernel(admit_arrivals, lambda: (world.shift_context(), numbers))
    if come.item(0) > first:
        world.initialise_residents(first, come.item(0))
        world.run_kernel(record_arrivals, lambda: (world.shift_context(),), first, come.item(0))
    world.run_kernel(remove_leavers, lambda: (world.shift_context(), numbers))
    if come.item(0) == world.town.n_people:
        rate = daily_arrivals(world.settings["population"], world.town.n_residents)
        tally[0].arrivals_refused += rate * numbers["arrivals"][0]


MECHANISM = Mechanism(
    group=PopulationChange,
    mind=OutsideHarm,
    counts=PopulationChangeCounts,
    writes=("minds.gone", "come", "who_end", "crowd"),
    hazard=HazardModifier(place=apply_outsiders),
    initialise=initialise,
    knockout=Knockout(("residents", "victims_anywhere_share")),
)
