"""M9, violence at home: whom it hits, how it goes on (ODD 6.22); where women look for help stands in seeking_help.

*Violencia intrafamiliar* is what any member of a household suffers there; *violencia contra la mujer* is a crime of
public action.  Switched off, there is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.crime.crime.rules import append_incident, poisson_upper_bound, record_incident
from model.crime.crime.schema import CRIME_MINUTE, LETHAL_STREAM, VIOLENT_STREAM, Crime
from model.crime.domestic_violence.schema import (
    ACT_ID_OFFSET,
    AGAIN_MARK,
    AGAIN_WAIT,
    DRINKS_STREAM,
    FIRST_STATE_PLACE,
    HELP_PLACES,
    HELPED,
    HOMES,
    HURT_AGAIN,
    HURT_BEFORE,
    HURT_COUNT,
    HURT_MARK,
    HURT_WHO,
    KINSMAN,
    LAST_STATE_PLACE,
    LEFT_ALONE_ROW,
    MAX_FIRST_ACTS,
    MAX_FURTHER_ACTS,
    MAXIMUM_WOMAN_AGE,
    MINIMUM_MAN_AGE,
    MINIMUM_WOMAN_AGE,
    NO_MAN,
    PARTNER,
    PARTNER_AGE_GAP,
    PENDING,
    PROTECTION,
    REPEATED_ROW,
    TIES_PER_RESIDENT,
    TOLD_ROW,
    VIOLENCE_ENDS_STREAM,
    DomesticViolence,
    DomesticViolenceCounts,
    HomeHistory,
    PendingAct,
)
from model.engine.calendar import YEAR, weekday_of
from model.engine.kernels import TableBundle, kernel, prefetch
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.town.crime_kinds import DOMESTIC, HOMICIDE
from model.trust.events.rules import record_event
from model.world.binding import constant, count_of, of
from model.world.columns import MINDS
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import BY_KIN, BY_PARTNER, IMPRESSIONS, INCIDENTS
from model.world.state import ARRIVED


def residents_by_household(world: World) -> tuple[IntArray, IntArray]:
    """Return the row at which each household begins, and the residents household by household."""
    people = world.town.people
    counts = np.bincount(people["household"])
    members = np.argsort(people["household"], kind="stable").astype(np.int64)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members


class HouseholdTables(TableBundle):
    """Who lives with whom, what happened there, and the women whose next act may come."""

    homes: Rows[HomeHistory]
    start: IntArray = constant(residents_by_household, 0)
    members: IntArray = constant(residents_by_household, 1)
    pending: Rows[PendingAct]
    pending_count: IntArray = count_of(PENDING)
    helped: FloatArray = of(HELPED)


@kernel
def likely_aggressor(stage: ShiftContext, households: HouseholdTables, i: int) -> int:
    """Who might hurt this woman: a man of her age in the household, another man there, or nobody."""
    person = stage.ground.people[i]
    age = age_years(person, stage.tick)
    if stage.minds[i].gone >= 0 or person.female == 0 or not MINIMUM_WOMAN_AGE <= age <= MAXIMUM_WOMAN_AGE:
        return NO_MAN
    found = NO_MAN
    for k in range(households.start[person.household], households.start[person.household + 1]):
        j = households.members[k]
        other = age_years(stage.ground.people[j], stage.tick)
        if stage.ground.people[j].female == 1 or stage.minds[j].gone >= 0 or other < MINIMUM_MAN_AGE:
            continue
        if abs(other - age) <= PARTNER_AGE_GAP:
            return PARTNER
        found = KINSMAN
    return found


@kernel
def count_near_ties(stage: ShiftContext, i: int) -> int:
    """Living ties of somebody in the same settlement and another household."""
    people, count = stage.ground.people, 0
    for tie in stage.ground.ties[i]:
        near = tie >= 0 and people[tie].settlement == people[i].settlement
        if near and people[tie].household != people[i].household and stage.minds[tie].gone < 0:
            count += 1
    return count


@kernel
def drinking_hazard_ratio(p: DomesticViolence, weekend_night: bool) -> float:
    """Hazard of a woman in a home where a man drinks, relative to another home (at least 1)."""
    return p.drink * (p.weekend_night if weekend_night else 1.0)


@kernel
def relative_hazard(
    stage: ShiftContext, households: HouseholdTables, i: int, p: DomesticViolence, alcohol: float, weekend_night: bool
) -> float:
    """Hazard of this woman relative to another, but for isolation: distance, alcohol, and what protects her."""
    home = households.homes[i]
    minutes = stage.ground.cells[stage.ground.people[i].home].minutes
    weight = 1.0 + p.distance * min(1.0, minutes / 60.0)
    if keyed_uniform(stage.seed, DRINKS_STREAM, 0, stage.ground.people[i].household, 0) < p.drinking * alcohol:
        weight *= drinking_hazard_ratio(p, weekend_night)
    if home.safe > stage.tick:
        weight *= 1.0 - p.protection
    if home.ruled > stage.tick:
        weight *= 1.0 - p.ruling
    return weight


@kernel
def draw_aggressor(
    stage: ShiftContext,
    households: HouseholdTables,
    i: int,
    p: DomesticViolence,
    hazard: float,
    ceiling: float,
    mark: float,
) -> int:
    """Who hurts this woman, if anybody does; ``hazard`` a year is that of one without ties nearby, relative to 1."""
    if mark * ceiling >= hazard * (1.0 + p.isolation):  # not even alone: no need to look at home and ties
        return NO_MAN
    man = likely_aggressor(stage, households, i)
    if man == NO_MAN:
        return NO_MAN
    hazard *= 1.0 + p.isolation * (1.0 - count_near_ties(stage, i) / TIES_PER_RESIDENT)
    stage.tally[0].ceiling_hits += 1.0 if hazard > ceiling else 0.0
    return man if mark < hazard / ceiling else NO_MAN


@kernel
def draw_wait(seed: int, tick: int, i: int, nth: int) -> int:
    """Shifts until the next act may come."""
    return 1 + int(-math.log(1.0 - keyed_uniform(seed, AGAIN_WAIT, tick, i, nth)) * YEAR / MAX_FURTHER_ACTS)


@kernel
def schedule_next_act(households: HouseholdTables, i: int, due: int) -> None:
    """Note when the next act on a woman may come."""
    row = households.pending[households.pending_count[0]]
    row.due, row.woman = due, i
    households.pending_count[0] += 1


@kernel
def apply_violent_act(
    stage: ShiftContext, households: HouseholdTables, i: int, man: int, p: DomesticViolence, firearms: float
) -> None:
    """Let a woman be hurt: it leaves injuries or not, or kills."""
    number, cell = ACT_ID_OFFSET + i, to_int64(stage.ground.people[i].home)
    grave = keyed_uniform(stage.seed, VIOLENT_STREAM, stage.tick, number, 0) < p.grave
    severity = 0.8 if grave else 0.4
    minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    record_repeated_act(stage, households, i, severity, p)
    motive = BY_KIN
    if man == PARTNER:
        motive = BY_PARTNER
        stage.tally[0].domestic_by_partner += 1.0
    if keyed_uniform(stage.seed, LETHAL_STREAM, stage.tick, number, 0) < p.lethal * firearms:
        record_incident(stage, number, HOMICIDE, motive, cell, i, -1, minute, 1.0, 0.0)
    else:
        append_incident(stage, number, DOMESTIC, motive, cell, i, -1, minute, severity, 0.0)


@kernel
def record_repeated_act(
    stage: ShiftContext, households: HouseholdTables, i: int, severity: float, p: DomesticViolence
) -> None:
    """Count an act within a year of another under where she had looked for help; who told the state is disappointed."""
    home = households.homes[i]
    if home.hurt >= 0 and stage.tick - home.hurt < YEAR:
        households.helped[REPEATED_ROW, home.channel] += 1.0
        if FIRST_STATE_PLACE <= home.channel <= LAST_STATE_PLACE:
            record_event(stage, i, HURT_AGAIN, p.disappointed)
    home.hurt, home.channel = stage.tick, 0


@kernel
def violence_ends(stage: ShiftContext, i: int, p: DomesticViolence) -> bool:
    """Whether violence against this woman ends with an act, until a first one comes again."""
    return keyed_uniform(stage.seed, VIOLENCE_ENDS_STREAM, stage.tick, i, 0) < p.ends


@kernel
def judge_first_acts(
    stage: ShiftContext,
    households: HouseholdTables,
    numbers: Rows[DomesticViolence],
    crime: Rows[Crime],
    weekend_night: bool,
) -> None:
    """Judge the candidates for a first act in twelve months."""
    n, highest = len(stage.ground.people), 0.0
    for z in range(len(numbers)):
        p = numbers[z]
        highest = max(
            highest, p.first * (1.0 + p.distance) * drinking_hazard_ratio(p, weekend_night) * (1.0 + p.isolation)
        )
    for j in range(
        poisson_quantile(keyed_uniform(stage.seed, HURT_COUNT, stage.tick, 0, 0), MAX_FIRST_ACTS * n / YEAR)
    ):
        mark = keyed_uniform(stage.seed, HURT_MARK, stage.tick, j, 0)
        if mark * MAX_FIRST_ACTS >= highest:  # nobody's hazard reaches this mark: no need to look who it is
            continue
        i = int(keyed_uniform(stage.seed, HURT_WHO, stage.tick, j, 0) * n)
        person, home = stage.ground.people[i], households.homes[i]
        if i >= stage.ground.come[0] or person.female == 0 or (home.hurt >= 0 and stage.tick - home.hurt < YEAR):
            continue
        z = person.settlement
        p = numbers[z]
        hazard = p.first * relative_hazard(stage, households, i, p, crime[z].alcohol, weekend_night)
        man = draw_aggressor(stage, households, i, p, hazard, MAX_FIRST_ACTS, mark)
        if man != NO_MAN:
            apply_violent_act(stage, households, i, man, p, crime[z].firearms)
            if not violence_ends(stage, i, p):
                schedule_next_act(households, i, stage.tick + draw_wait(stage.seed, stage.tick, i, 0))


@kernel
def judge_further_acts(
    stage: ShiftContext,
    households: HouseholdTables,
    numbers: Rows[DomesticViolence],
    crime: Rows[Crime],
    weekend_night: bool,
) -> None:
    """Judge the further acts that may come in this shift; who is left alone, or has been for a year, is left out."""
    left, n, pending = 0, households.pending_count[0], households.pending
    for k in range(n):
        if pending[k].due == stage.tick:
            i = pending[k].woman
            prefetch(stage.minds, i)
            prefetch(stage.ground.people, i)
            prefetch(households.homes, i)
    for k in range(n):
        row = pending[k]
        i = row.woman
        if row.due == stage.tick:
            if stage.minds[i].gone >= 0 or stage.tick - households.homes[i].hurt >= YEAR:
                continue
            if judge_further_act(stage, households, i, numbers, crime, weekend_night):
                continue
            row.due = stage.tick + draw_wait(stage.seed, stage.tick, i, 0)
        if left < k:
            pending[left] = row
        left += 1
    households.pending_count[0] = left


@kernel
def judge_further_act(
    stage: ShiftContext,
    households: HouseholdTables,
    i: int,
    numbers: Rows[DomesticViolence],
    crime: Rows[Crime],
    weekend_night: bool,
) -> bool:
    """Let the next act on a woman come, or not; return whether it was the last."""
    z = stage.ground.people[i].settlement
    p = numbers[z]
    hazard = p.further * relative_hazard(stage, households, i, p, crime[z].alcohol, weekend_night)
    man = draw_aggressor(
        stage, households, i, p, hazard, MAX_FURTHER_ACTS, keyed_uniform(stage.seed, AGAIN_MARK, stage.tick, i, 0)
    )
    if man == NO_MAN:
        return False
    apply_violent_act(stage, households, i, man, p, crime[z].firearms)
    return violence_ends(stage, i, p)


@kernel
def initialise_homes(stage: ShiftContext, households: HouseholdTables, numbers: Rows[DomesticViolence]) -> None:
    """Draw the women who were hurt in the year before the world begins, and when their next act may come."""
    for i in range(len(households.homes)):
        home = households.homes[i]
        home.hurt = home.safe = home.ruled = -1
        before = numbers[stage.ground.people[i].settlement].before
        if (
            keyed_uniform(stage.seed, HURT_BEFORE, 0, i, 0) >= before
            or likely_aggressor(stage, households, i) == NO_MAN
        ):
            continue
        home.hurt = stage.tick - 1 - int(keyed_uniform(stage.seed, HURT_BEFORE, 0, i, 1) * (YEAR - 1))
        schedule_next_act(households, i, stage.tick - 1 + draw_wait(stage.seed, 0, i, 1))


def initialise(world: World) -> None:
    """Give every home its past."""
    world.state[PENDING].reserve(world.town.n_people)
    initialise_homes(world.shift_context(), world.view(HouseholdTables), world.parameters[DomesticViolence])


def max_first_acts(world: World) -> int:
    """Return how many first acts of a shift there never are."""
    return poisson_upper_bound(MAX_FIRST_ACTS * world.town.n_people / YEAR)


def step(world: World) -> None:
    """Let women be hurt at home."""
    most = world.cached_view(max_first_acts)
    world.state[PENDING].reserve(most)
    most += len(world.state[PENDING])
    world.shift_events.reserve(INCIDENTS, most)
    world.shift_events.reserve(IMPRESSIONS, 2 * most)
    numbers, weekend_night = world.parameters, world.tick % 3 == 2 and weekday_of(world.tick) >= 4
    for rule in (judge_further_acts, judge_first_acts):
        world.run_kernel(
            rule,
            lambda: (
                world.shift_context(),
                world.view(HouseholdTables),
                numbers[DomesticViolence],
                numbers[Crime],
            ),
            weekend_night,
        )


def count_women_hurt(month: MonthSnapshot) -> float:
    """Women alive who were hurt at home in twelve months."""
    state = month.world.state
    lately = np.flatnonzero(state[HOMES]["hurt"][: state[ARRIVED][0]] > month.tick - YEAR)
    return float(np.count_nonzero(state[MINDS]["gone"][lately] < 0))


def repeated_act_share(month: MonthSnapshot) -> float:
    """Share of the acts that come within twelve months of another."""
    helped = month.world.state[HELPED]
    return ratio_or_nan(helped[REPEATED_ROW].sum(), helped[TOLD_ROW].sum())


def help_place_measures(name: str, what: int) -> dict[str, Measure]:
    """Return the measures of one row of `HELPED`, by where she looked for help."""

    def reader(place: int) -> Callable[[MonthSnapshot], float]:
        return lambda month: float(month.world.state[HELPED][what, place])

    return {f"{name}_{place}": Measure("acts", reader(k)) for k, place in enumerate(HELP_PLACES)}


MECHANISM = Mechanism(
    group=DomesticViolence,
    tables=(
        HOMES,
        PENDING,
        HELPED,
    ),
    counts=DomesticViolenceCounts,
    causes=(PROTECTION,),
    writes=("minds.harmed", "minds.gone", "tally.ceiling_hits", "incidents", "impressions"),
    initialise=initialise,
    knockout=Knockout(("crimes_occurred_domestic_violence", "domestic_without_remedy", "women_hurt")),
    measures={
        "women_hurt": Measure("women", count_women_hurt),
        "domestic_repeat_share": Measure("share", repeated_act_share),
        "domestic_without_remedy": Measure(
            "acts", lambda month: float(month.world.state[HELPED][LEFT_ALONE_ROW].sum())
        ),
    }
    | help_place_measures("domestic_to", TOLD_ROW)
    | help_place_measures("domestic_again_after", REPEATED_ROW)
    | help_place_measures("domestic_alone_after", LEFT_ALONE_ROW),
)
