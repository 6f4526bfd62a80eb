"""M28, an open population: people are born, age, die and move; commuters suffer crime outside (ODD 6.27).

Switched off, nobody is born, dies of age or moves; nothing happens to commuters, and offenders from outside come on
any day alike.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.kernels import AHEAD, fetch, kernel
from model.engine.random_streams import luck, poisson
from model.engine.rows import Reals, Rows
from model.residents.population_change.schema import (
    ARRIVES,
    DYING,
    LIFE_COUNT,
    LIFE_MARK,
    LIFE_WHO,
    MOST_DYING,
    MOST_MOVING,
    OUTSIDE_VIOLENT,
    YOUNG_FROM,
    YOUNG_TO,
    Counts,
    Outside,
    PopulationChange,
)
from model.town.arrivals import arrivals_a_day
from model.town.crime_kinds import PROPERTY, ROBBERY, SEVERITY
from model.town.residents import INFANT, Person
from model.trust.ledger.rules import book, leave
from model.trust.ledger.schema import ARRIVAL, DEATH, DEPARTURE
from model.world.hazard import MARKET_DAY, by_cell
from model.world.mechanism import Hazard, Knockout, Mechanism, in_the_morning
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Ground, Stage
from model.world.shift_events import OUTSIDE
from model.world.state import COME, CROWD, WHO_END


def coming(market_day: bool, n_market_days: int, visit: float) -> float:
    """Return how many offenders from outside come today, relative to the mean day of the week.

    >>> coming(True, 1, 1.3), round(coming(False, 1, 1.3), 3)
    (1.3, 0.95)
    """
    if n_market_days == 7:
        return 1.0
    return visit if market_day else max((7.0 - n_market_days * visit) / (7.0 - n_market_days), 0.0)


def outsiders(world: World, place: Reals) -> None:
    """Let offenders from outside come on market days, and fewer on others."""
    p, settlement = world.numbers["population_change"], world.town.cells["settlement"]
    outside = by_cell(p["outsiders"], settlement)
    for when in range(len(place)):
        come = coming(when >= MARKET_DAY, len(world.calendar.market_days), float(p["visit"][0]))
        place[when, PROPERTY == 1] *= 1.0 - outside + outside * come


@kernel
def suffer_outside(stage: Stage, kind: int, i: int, number: int, grave_share: float) -> float:
    """Let a resident who is outside be harmed there, which no book here has; return how severely."""
    grave = grave_share > 0.0 and luck(stage.seed, OUTSIDE_VIOLENT, stage.tick, number, 0) < grave_share
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
def hazard_of(way: int, person: Person, tick: int, p: PopulationChange) -> float:
    """Yearly hazard of a resident of dying of age or illness, or of moving away."""
    age = age_of(person, tick)
    if way == DYING:
        return p.infants if age < 1.0 else p.mortality * math.exp(p.ageing * age)
    return p.departures / 1000.0 * (p.young if YOUNG_FROM <= age < YOUNG_TO else 1.0)


@kernel
def stand(ground: Ground, i: int, change: int) -> None:
    """Add a resident to, or take one from, the counts of those who are in each place under each list."""
    for where in range(len(ground.places)):
        cell = ground.places[where, i]
        if cell >= 0:
            ground.crowd[where, cell] += change


@kernel
def enlist(ground: Ground, i: int) -> None:
    """Let the lists of who is where reach to a resident whose day has come."""
    for where in range(len(ground.places)):
        cell = ground.places[where, i]
        if cell >= 0:
            ground.who_end[where, cell] += 1


@kernel
def arrive(stage: Stage, numbers: Rows[PopulationChange]) -> None:
    """Bring in those whose day has come, if they come at all."""
    people, come = stage.ground.people, stage.ground.come
    while come[0] < len(people) and people[come[0]].arrives <= stage.tick // 3:
        i = come[0]
        come[0] += 1
        enlist(stage.ground, i)
        if luck(stage.seed, ARRIVES, stage.tick, i, 0) < numbers[people[i].settlement].arrivals:
            stage.minds[i].gone = -1


@kernel
def welcome(stage: Stage, first: int, end: int) -> None:
    """Book those who came, born or moved here."""
    for i in range(first, end):
        if stage.minds[i].gone >= 0:
            continue
        person = stage.ground.people[i]
        book(stage.ledger, ARRIVAL, person.settlement, stage.minds[i].trust)
        stand(stage.ground, i, 1)
        if person.occupation == INFANT:
            stage.tally[0].births += 1.0
        else:
            stage.tally[0].newcomers += 1.0


@kernel
def go(stage: Stage, numbers: Rows[PopulationChange]) -> None:
    """Let residents die of age and illness, and move away."""
    n = len(stage.minds)
    for way in range(2):
        ceiling = MOST_DYING if way == DYING else MOST_MOVING
        for j in range(poisson(luck(stage.seed, LIFE_COUNT, stage.tick, way, 0), ceiling * n / 365.0)):
            who = way * 65536 + j
            fetch(stage.ground.people, int(luck(stage.seed, LIFE_WHO, stage.tick, who + AHEAD, 0) * n))
            i = int(luck(stage.seed, LIFE_WHO, stage.tick, who, 0) * n)
            if i >= stage.ground.come[0]:
                continue
            person = stage.ground.people[i]
            z = person.settlement
            hazard = hazard_of(way, person, stage.tick, numbers[z])
            if luck(stage.seed, LIFE_MARK, stage.tick, who, 0) >= hazard / ceiling or stage.minds[i].gone >= 0:
                continue
            leave(
                stage.minds[i],
                stage.tick,
                stage.trust[z],
                stage.ledger,
                z,
                DEATH if way == DYING else DEPARTURE,
            )
            stand(stage.ground, i, -1)
            if way == DYING:
                stage.tally[0].natural_deaths += 1.0
            else:
                stage.tally[0].departures += 1.0


def begin(world: World) -> None:
    """Count who is where when the world begins, and mark who is still to come."""
    state, town = world.state, world.town
    here = town.people["arrives"] < 0
    world.minds["gone"][~here] = 0
    state[COME][0] = int(here.sum())
    for where, place in enumerate(town.places):
        state[CROWD][where] = np.bincount(place[here & (place >= 0)], minlength=town.n_cells)
        state[WHO_END][where] = town.who_start[where, :-1] + state[CROWD][where]


@in_the_morning
def act(world: World) -> None:
    """In the morning, bring in those whose day has come, and let others go."""
    numbers, come, tally = world.numbers["population_change"], world.state[COME], world.tally
    first = come.item(0)
    world.carry_out(arrive, lambda: (world.stage(), numbers))
    if come.item(0) > first:
        world.born(first, come.item(0))
        world.carry_out(welcome, lambda: (world.stage(),), first, come.item(0))
    world.carry_out(go, lambda: (world.stage(), numbers))
    if come.item(0) == world.town.n_people:
        rate = arrivals_a_day(world.settings["population"], world.town.n_residents)
        tally[0].arrivals_refused += rate * numbers["arrivals"][0]


IT = Mechanism(
    group=PopulationChange,
    mind=Outside,
    counts=Counts,
    writes=("minds.gone", "come", "who_end", "crowd"),
    hazard=Hazard(place=outsiders),
    begin=begin,
    knockout=Knockout(("residents", "victims_anywhere_share")),
)
