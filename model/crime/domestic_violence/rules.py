"""M9, violence at home: whom it hits, how it goes on (ODD 6.22); where women look for help stands in seeking_help.

*Violencia intrafamiliar* is what any member of a household suffers there; *violencia contra la mujer* is a crime of
public action.  Switched off, there is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.crime.crime.rules import most_of, note_incident, write_incident
from model.crime.crime.schema import CRIME_MINUTE, LETHAL, VIOLENT, Crime
from model.crime.domestic_violence.schema import (
    AGAIN_AFTER,
    AGAIN_MARK,
    AGAIN_WAIT,
    ALONE_AFTER,
    DRINKS,
    ENDS,
    FIRST_ACTS,
    FIRST_STATE,
    FURTHER_ACTS,
    HELPED,
    HOMES,
    HURT_BEFORE,
    HURT_COUNT,
    HURT_MARK,
    HURT_WHO,
    KINSMAN,
    LAST_STATE,
    MAN,
    N_TIES,
    NAME,
    NO_MAN,
    OLDEST,
    PARTNER,
    PENDING,
    PLACES,
    PROTECTION,
    SAME_AGE,
    TO,
    YOUNGEST,
    Counts,
    DomesticViolence,
    Home,
    Pending,
)
from model.engine.calendar import YEAR, weekday_of
from model.engine.kernels import Tables, fetch, kernel
from model.engine.random_streams import luck, poisson
from model.engine.ratios import over
from model.engine.rows import Ints, Reals, Rows, wide
from model.town.crime_kinds import DOMESTIC, HOMICIDE
from model.trust.ledger.rules import impress
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import Month
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage
from model.world.shift_events import BY_KIN, BY_PARTNER, IMPRESSIONS, INCIDENTS
from model.world.state import COME


class Households(Tables):
    """Who lives with whom, what happened there, and the women whose next act may come."""

    homes: Rows[Home]
    start: Ints
    members: Ints
    pending: Rows[Pending]
    count: Ints
    helped: Reals


@kernel
def man_at_home(stage: Stage, households: Households, i: int) -> int:
    """Who might hurt this woman: a man of her age in the household, another man there, or nobody."""
    person = stage.ground.people[i]
    age = age_of(person, stage.tick)
    if stage.minds[i].gone >= 0 or person.female == 0 or not YOUNGEST <= age <= OLDEST:
        return NO_MAN
    found = NO_MAN
    for k in range(households.start[person.household], households.start[person.household + 1]):
        j = households.members[k]
        other = age_of(stage.ground.people[j], stage.tick)
        if stage.ground.people[j].female == 1 or stage.minds[j].gone >= 0 or other < MAN:
            continue
        if abs(other - age) <= SAME_AGE:
            return PARTNER
        found = KINSMAN
    return found


@kernel
def near_ties(stage: Stage, i: int) -> int:
    """Living ties of somebody in the same settlement and another household."""
    people, count = stage.ground.people, 0
    for tie in stage.ground.ties[i]:
        near = tie >= 0 and people[tie].settlement == people[i].settlement
        if near and people[tie].household != people[i].household and stage.minds[tie].gone < 0:
            count += 1
    return count


@kernel
def drink_of(p: DomesticViolence, weekend_night: bool) -> float:
    """Hazard of a woman in a home where a man drinks, relative to another home (at least 1)."""
    return p.drink * (p.weekend_night if weekend_night else 1.0)


@kernel
def strain(
    stage: Stage, households: Households, i: int, p: DomesticViolence, alcohol: float, weekend_night: bool
) -> float:
    """Hazard of this woman relative to another, but for isolation: distance, alcohol, and what protects her."""
    home = households.homes[i]
    minutes = stage.ground.cells[stage.ground.people[i].home].minutes
    weight = 1.0 + p.distance * min(1.0, minutes / 60.0)
    if luck(stage.seed, DRINKS, 0, stage.ground.people[i].household, 0) < p.drinking * alcohol:
        weight *= drink_of(p, weekend_night)
    if home.safe > stage.tick:
        weight *= 1.0 - p.protection
    if home.ruled > stage.tick:
        weight *= 1.0 - p.ruling
    return weight


@kernel
def struck(
    stage: Stage, households: Households, i: int, p: DomesticViolence, hazard: float, ceiling: float, mark: float
) -> int:
    """Who hurts this woman, if anybody does; ``hazard`` a year is that of one without ties nearby, relative to 1."""
    if mark * ceiling >= hazard * (1.0 + p.isolation):  # not even alone: no need to look at home and ties
        return NO_MAN
    man = man_at_home(stage, households, i)
    if man == NO_MAN:
        return NO_MAN
    hazard *= 1.0 + p.isolation * (1.0 - near_ties(stage, i) / N_TIES)
    stage.tally[0].ceiling_hits += 1.0 if hazard > ceiling else 0.0
    return man if mark < hazard / ceiling else NO_MAN


@kernel
def next_wait(seed: int, tick: int, i: int, nth: int) -> int:
    """Shifts until the next act may come."""
    return 1 + int(-math.log(1.0 - luck(seed, AGAIN_WAIT, tick, i, nth)) * YEAR / FURTHER_ACTS)


@kernel
def await_next(households: Households, i: int, due: int) -> None:
    """Note when the next act on a woman may come."""
    row = households.pending[households.count[0]]
    row.due, row.woman = due, i
    households.count[0] += 1


@kernel
def strike(stage: Stage, households: Households, i: int, man: int, p: DomesticViolence, firearms: float) -> None:
    """Let a woman be hurt: it leaves injuries or not, or kills."""
    number, cell = NAME + i, wide(stage.ground.people[i].home)
    grave = luck(stage.seed, VIOLENT, stage.tick, number, 0) < p.grave
    severity = 0.8 if grave else 0.4
    minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    remember(stage, households, i, severity, p)
    motive = BY_KIN
    if man == PARTNER:
        motive = BY_PARTNER
        stage.tally[0].domestic_by_partner += 1.0
    if luck(stage.seed, LETHAL, stage.tick, number, 0) < p.lethal * firearms:
        note_incident(stage, number, HOMICIDE, motive, cell, i, -1, minute, 1.0, 0.0)
    else:
        write_incident(stage, number, DOMESTIC, motive, cell, i, -1, minute, severity, 0.0)


@kernel
def remember(stage: Stage, households: Households, i: int, severity: float, p: DomesticViolence) -> None:
    """Count an act within a year of another under where she had looked for help; who told the state is disappointed."""
    home = households.homes[i]
    if home.hurt >= 0 and stage.tick - home.hurt < YEAR:
        households.helped[AGAIN_AFTER, home.channel] += 1.0
        if FIRST_STATE <= home.channel <= LAST_STATE:
            fast = stage.trust[stage.ground.people[i].settlement].fast
            impress(stage.day, stage.minds, i, PROTECTION, 0.5, 0.0, 0.05, p.disappointed, fast)
    home.hurt, home.channel = stage.tick, 0


@kernel
def ends(stage: Stage, i: int, p: DomesticViolence) -> bool:
    """Whether violence against this woman ends with an act, until a first one comes again."""
    return luck(stage.seed, ENDS, stage.tick, i, 0) < p.ends


@kernel
def first_acts(
    stage: Stage, households: Households, numbers: Rows[DomesticViolence], crime: Rows[Crime], weekend_night: bool
) -> None:
    """Judge the candidates for a first act in twelve months."""
    n, highest = len(stage.ground.people), 0.0
    for z in range(len(numbers)):
        p = numbers[z]
        highest = max(highest, p.first * (1.0 + p.distance) * drink_of(p, weekend_night) * (1.0 + p.isolation))
    for j in range(poisson(luck(stage.seed, HURT_COUNT, stage.tick, 0, 0), FIRST_ACTS * n / YEAR)):
        mark = luck(stage.seed, HURT_MARK, stage.tick, j, 0)
        if mark * FIRST_ACTS >= highest:  # nobody's hazard reaches this mark: no need to look who it is
            continue
        i = int(luck(stage.seed, HURT_WHO, stage.tick, j, 0) * n)
        person, home = stage.ground.people[i], households.homes[i]
        if i >= stage.ground.come[0] or person.female == 0 or (home.hurt >= 0 and stage.tick - home.hurt < YEAR):
            continue
        z = person.settlement
        p = numbers[z]
        hazard = p.first * strain(stage, households, i, p, crime[z].alcohol, weekend_night)
        man = struck(stage, households, i, p, hazard, FIRST_ACTS, mark)
        if man != NO_MAN:
            strike(stage, households, i, man, p, crime[z].firearms)
            if not ends(stage, i, p):
                await_next(households, i, stage.tick + next_wait(stage.seed, stage.tick, i, 0))


@kernel
def further_acts(
    stage: Stage, households: Households, numbers: Rows[DomesticViolence], crime: Rows[Crime], weekend_night: bool
) -> None:
    """Judge the further acts that may come in this shift; who is left alone, or has been for a year, is left out."""
    left, n, pending = 0, households.count[0], households.pending
    for k in range(n):
        if pending[k].due == stage.tick:
            i = pending[k].woman
            fetch(stage.minds, i)
            fetch(stage.ground.people, i)
            fetch(households.homes, i)
    for k in range(n):
        row = pending[k]
        i = row.woman
        if row.due == stage.tick:
            if stage.minds[i].gone >= 0 or stage.tick - households.homes[i].hurt >= YEAR:
                continue
            if further_act(stage, households, i, numbers, crime, weekend_night):
                continue
            row.due = stage.tick + next_wait(stage.seed, stage.tick, i, 0)
        if left < k:
            pending[left] = row
        left += 1
    households.count[0] = left


@kernel
def further_act(
    stage: Stage,
    households: Households,
    i: int,
    numbers: Rows[DomesticViolence],
    crime: Rows[Crime],
    weekend_night: bool,
) -> bool:
    """Let the next act on a woman come, or not; return whether it was the last."""
    z = stage.ground.people[i].settlement
    p = numbers[z]
    hazard = p.further * strain(stage, households, i, p, crime[z].alcohol, weekend_night)
    man = struck(stage, households, i, p, hazard, FURTHER_ACTS, luck(stage.seed, AGAIN_MARK, stage.tick, i, 0))
    if man == NO_MAN:
        return False
    strike(stage, households, i, man, p, crime[z].firearms)
    return ends(stage, i, p)


@kernel
def first_homes(stage: Stage, households: Households, numbers: Rows[DomesticViolence]) -> None:
    """Draw the women who were hurt in the year before the world begins, and when their next act may come."""
    for i in range(len(households.homes)):
        home = households.homes[i]
        home.hurt = home.safe = home.ruled = -1
        before = numbers[stage.ground.people[i].settlement].before
        if luck(stage.seed, HURT_BEFORE, 0, i, 0) >= before or man_at_home(stage, households, i) == NO_MAN:
            continue
        home.hurt = stage.tick - 1 - int(luck(stage.seed, HURT_BEFORE, 0, i, 1) * (YEAR - 1))
        await_next(households, i, stage.tick - 1 + next_wait(stage.seed, 0, i, 1))


def households_of(world: World) -> tuple[Ints, Ints]:
    """Return the row at which each household begins, and the residents household by household."""
    people = world.town.people
    counts = np.bincount(people["household"])
    members = np.argsort(people["household"], kind="stable").astype(np.int64)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members


def households_view(world: World) -> Households:
    """Return what kernels take about households."""
    state = world.state
    start, members = world.once(households_of)
    return Households(state.homes, start, members, state.pending.rows, state.pending.count, state.helped)


def begin(world: World) -> None:
    """Give every home its past."""
    world.state.pending.reserve(world.town.n_people)
    first_homes(world.stage(), world.laid(households_view), world.numbers["domestic_violence"])


def most_first_acts(world: World) -> int:
    """Return how many first acts of a shift there never are."""
    return most_of(FIRST_ACTS * world.town.n_people / YEAR)


def act(world: World) -> None:
    """Let women be hurt at home."""
    most = world.laid(most_first_acts)
    world.state.pending.reserve(most)
    most += len(world.state.pending)
    world.book.reserve(INCIDENTS, most)
    world.book.reserve(IMPRESSIONS, 2 * most)
    numbers, weekend_night = world.numbers, world.tick % 3 == 2 and weekday_of(world.tick) >= 4
    for rule in (further_acts, first_acts):
        world.carry_out(
            rule,
            lambda: (world.stage(), world.laid(households_view), numbers["domestic_violence"], numbers["crime"]),
            weekend_night,
        )


def women_hurt(month: Month) -> float:
    """Women alive who were hurt at home in twelve months."""
    state = month.world.state
    lately = np.flatnonzero(state[HOMES]["hurt"][: state[COME][0]] > month.tick - YEAR)
    return float(np.count_nonzero(state.minds["gone"][lately] < 0))


def repeat_share(month: Month) -> float:
    """Share of the acts that come within twelve months of another."""
    helped = month.world.state[HELPED]
    return over(helped[AGAIN_AFTER].sum(), helped[TO].sum())


def places_helped(name: str, what: int) -> dict[str, Measure]:
    """Return the measures of one row of `HELPED`, by where she looked for help."""

    def reader(place: int) -> Callable[[Month], float]:
        return lambda month: float(month.world.state[HELPED][what, place])

    return {f"{name}_{place}": Measure("acts", reader(k)) for k, place in enumerate(PLACES)}


IT = Mechanism(
    group=DomesticViolence,
    tables=(
        HOMES,
        PENDING,
        HELPED,
    ),
    counts=Counts,
    causes=(PROTECTION,),
    writes=("minds.harmed", "minds.gone", "tally.ceiling_hits", "incidents", "impressions"),
    begin=begin,
    knockout=Knockout(("crimes_occurred_domestic_violence", "domestic_without_remedy", "women_hurt")),
    measures={
        "women_hurt": Measure("women", women_hurt),
        "domestic_repeat_share": Measure("share", repeat_share),
        "domestic_without_remedy": Measure("acts", lambda month: float(month.world.state[HELPED][ALONE_AFTER].sum())),
    }
    | places_helped("domestic_to", TO)
    | places_helped("domestic_again_after", AGAIN_AFTER)
    | places_helped("domestic_alone_after", ALONE_AFTER),
)
