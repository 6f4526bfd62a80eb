"""M9, domestic violence: first and further acts against women at home; help is sought in `seeking_help`.

*Violencia intrafamiliar* is what any member of a household suffers there; *violencia contra la mujer* is a crime of
public action.  Switched off, there is none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.crime.crime.rules import append_incident, poisson_upper_bound, record_incident
from model.crime.crime.schema import CRIME_MINUTE, LETHAL_STREAM, VIOLENT_STREAM, Crime, NewIncident
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
    TOLD_ROW,
    VIOLENCE_ENDS_STREAM,
    DomesticViolence,
    DomesticViolenceCounts,
    HomeHistory,
    PendingAct,
)
from model.engine.calendar import MINUTES_A_SHIFT, MINUTES_AN_HOUR, YEAR
from model.engine.elementary import log
from model.engine.kernels import TableBundle, kernel, prefetch
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.town.crime_kinds import DOMESTIC, HOMICIDE
from model.town.residents import N_TIES
from model.trust.events.rules import record_event
from model.world.binding import constant, count_of, of
from model.world.columns import MINDS
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import age_years, is_weekend_night
from model.world.shift_context import ShiftContext
from model.world.shift_events import BY_KIN, BY_PARTNER, IMPRESSIONS, INCIDENTS, NOBODY
from model.world.state import ARRIVED
from model.world.steps import KernelArguments, KernelStep, Room, in_order, rows_of


def residents_by_household(world: World) -> tuple[IntArray, IntArray]:
    """Return the row at which each household begins, and the residents ordered by household."""
    people = world.town.people
    counts = np.bincount(people["household"])
    members = np.argsort(people["household"], kind="stable").astype(np.int64)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members


class HouseholdTables(TableBundle):
    """Members of households, the history of violence there, pending further acts and parameters.

    The members of household h are ``members[start[h]:start[h + 1]]``.
    """

    homes: Rows[HomeHistory]
    start: IntArray = constant(residents_by_household, 0)
    members: IntArray = constant(residents_by_household, 1)
    pending: Rows[PendingAct]
    pending_count: IntArray = count_of(PENDING)
    helped: FloatArray = of(HELPED)
    parameters: Rows[DomesticViolence]
    crime: Rows[Crime]


@kernel
def likely_aggressor(shift: ShiftContext, households: HouseholdTables, i: int) -> int:
    """Return the likely aggressor of resident `i` in the household: `PARTNER`, `KINSMAN` or `NO_MAN`.

    A man of about her age counts as partner.  Men and women outside the ages at risk have no aggressor.
    """
    person = shift.ground.people[i]
    age = age_years(person, shift.tick)
    if shift.minds[i].gone >= 0 or person.female == 0 or not MINIMUM_WOMAN_AGE <= age <= MAXIMUM_WOMAN_AGE:
        return NO_MAN
    found = NO_MAN
    for k in range(households.start[person.household], households.start[person.household + 1]):
        j = households.members[k]
        other = age_years(shift.ground.people[j], shift.tick)
        if shift.ground.people[j].female == 1 or shift.minds[j].gone >= 0 or other < MINIMUM_MAN_AGE:
            continue
        if abs(other - age) <= PARTNER_AGE_GAP:
            return PARTNER
        found = KINSMAN
    return found


@kernel
def count_near_ties(shift: ShiftContext, i: int) -> int:
    """Return the living ties of resident `i` in the same settlement and another household, at most six."""
    people, count = shift.ground.people, 0
    for tie in shift.ground.ties[i]:
        near = tie >= 0 and people[tie].settlement == people[i].settlement
        if near and people[tie].household != people[i].household and shift.minds[tie].gone < 0:
            count += 1
    return min(count, N_TIES)


@kernel
def drinking_hazard_ratio(p: DomesticViolence, weekend_night: bool) -> float:
    """Return the hazard where a man drinks relative to another home (at least 1)."""
    return p.drink * (p.weekend_night if weekend_night else 1.0)


@kernel
def relative_hazard(shift: ShiftContext, households: HouseholdTables, i: int, weekend_night: bool) -> float:
    """Return the relative hazard of resident `i` by distance from the police, drinking and protection."""
    home, person = households.homes[i], shift.ground.people[i]
    p, alcohol = households.parameters[person.settlement], households.crime[person.settlement].alcohol
    minutes = shift.ground.cells[person.home].minutes
    weight = 1.0 + p.distance * min(1.0, minutes / MINUTES_AN_HOUR)
    # Tick 0 keys the draw to the household for all time: a man drinks, or does not, in every shift.
    if keyed_uniform(shift.seed, DRINKS_STREAM, 0, person.household, 0) < p.drinking * alcohol:
        weight *= drinking_hazard_ratio(p, weekend_night)
    if home.safe > shift.tick:
        weight *= 1.0 - p.protection
    if home.ruled > shift.tick:
        weight *= 1.0 - p.ruling
    return weight


@kernel
def draw_aggressor(
    shift: ShiftContext, households: HouseholdTables, i: int, hazard: float, ceiling: float, mark: float
) -> int:
    """Return the aggressor of resident `i` if an act comes, else `NO_MAN`; counts in `tally.ceiling_hits`.

    `hazard` a year is that of a woman without isolation, `mark` the uniform number of a candidate drawn at `ceiling`.
    """
    p = households.parameters[shift.ground.people[i].settlement]
    if mark * ceiling >= hazard * (1.0 + p.isolation):  # no act even without ties: save the look at home and ties
        return NO_MAN
    man = likely_aggressor(shift, households, i)
    if man == NO_MAN:
        return NO_MAN
    hazard *= 1.0 + p.isolation * (1.0 - count_near_ties(shift, i) / N_TIES)
    shift.tally[0].ceiling_hits += 1.0 if hazard > ceiling else 0.0
    return man if mark < hazard / ceiling else NO_MAN


@kernel
def draw_wait(seed: int, tick: int, i: int, nth: int) -> int:
    """Return the shifts until the next candidate for a further act, exponential at the ceiling."""
    return 1 + int(-log(1.0 - keyed_uniform(seed, AGAIN_WAIT, tick, i, nth)) * YEAR / MAX_FURTHER_ACTS)


@kernel
def schedule_next_act(households: HouseholdTables, i: int, due: int) -> None:
    """Append to `pending` a candidate for a further act against resident `i` at tick `due`."""
    row = households.pending[households.pending_count[0]]
    row.due, row.woman = due, i
    households.pending_count[0] += 1


@kernel
def apply_violent_act(shift: ShiftContext, households: HouseholdTables, i: int, man: int) -> None:
    """Record an act of a man (`PARTNER` or `KINSMAN`) against resident `i`, which may injure or kill.

    Updates `homes`, `helped` and `day.incidents`.
    """
    person, number = shift.ground.people[i], ACT_ID_OFFSET + i
    p, firearms = households.parameters[person.settlement], households.crime[person.settlement].firearms
    grave = keyed_uniform(shift.seed, VIOLENT_STREAM, shift.tick, number, 0) < p.grave
    minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, number, 0)
    record_repeated_act(shift, households, i)
    motive = BY_KIN
    if man == PARTNER:
        motive = BY_PARTNER
        shift.tally[0].domestic_by_partner += 1.0
    lethal = keyed_uniform(shift.seed, LETHAL_STREAM, shift.tick, number, 0) < p.lethal * firearms
    act = NewIncident(
        number=number,
        kind=HOMICIDE if lethal else DOMESTIC,
        motive=motive,
        cell=to_int64(person.home),
        victim=i,
        clique=NOBODY,
        minute=minute,
        severity=1.0 if lethal else (p.severity_grave if grave else p.severity),
        loss=0.0,
    )
    if lethal:
        record_incident(shift, act)
    else:  # violence at home says nothing about the police: no harm is recorded, only their answer counts
        append_incident(shift, act)


@kernel
def record_repeated_act(shift: ShiftContext, households: HouseholdTables, i: int) -> None:
    """Count an act within a year of another by the place of help; the state that was told loses trust.

    Updates `helped`, `homes.hurt`, `homes.channel` and `day.impressions`.
    """
    home = households.homes[i]
    if home.hurt >= 0 and shift.tick - home.hurt < YEAR:
        households.helped[REPEATED_ROW, home.channel] += 1.0
        if FIRST_STATE_PLACE <= home.channel <= LAST_STATE_PLACE:
            record_event(shift, i, HURT_AGAIN, households.parameters[shift.ground.people[i].settlement].disappointed)
    home.hurt, home.channel = shift.tick, 0


@kernel
def violence_ends(shift: ShiftContext, households: HouseholdTables, i: int) -> bool:
    """Return whether violence against resident `i` ends with this act, until another first one."""
    ends = households.parameters[shift.ground.people[i].settlement].ends
    return keyed_uniform(shift.seed, VIOLENCE_ENDS_STREAM, shift.tick, i, 0) < ends


@kernel
def max_first_hazard(parameters: Rows[DomesticViolence], weekend_night: bool) -> float:
    """Return the greatest hazard of a first act that any woman can have, a year."""
    highest = 0.0
    for z in range(len(parameters)):
        p = parameters[z]
        highest = max(
            highest, p.first * (1.0 + p.distance) * drinking_hazard_ratio(p, weekend_night) * (1.0 + p.isolation)
        )
    return highest


@kernel
def judge_first_acts(shift: ShiftContext, households: HouseholdTables) -> None:
    """Judge the candidates for a first act in twelve months.

    Updates `homes`, `pending`, `helped` and `day.incidents`.
    """
    # Thinning of a Poisson process: candidates come at the ceiling, the same ones in all worlds of a seed.
    weekend_night = is_weekend_night(shift)
    n, highest = len(shift.ground.people), max_first_hazard(households.parameters, weekend_night)
    u = keyed_uniform(shift.seed, HURT_COUNT, shift.tick, 0, 0)
    for j in range(poisson_quantile(u, MAX_FIRST_ACTS * n / YEAR)):
        mark = keyed_uniform(shift.seed, HURT_MARK, shift.tick, j, 0)
        if mark * MAX_FIRST_ACTS >= highest:  # no hazard reaches this mark: save the draw of the resident
            continue
        i = int(keyed_uniform(shift.seed, HURT_WHO, shift.tick, j, 0) * n)
        person, home = shift.ground.people[i], households.homes[i]
        if i >= shift.ground.come[0] or person.female == 0 or (home.hurt >= 0 and shift.tick - home.hurt < YEAR):
            continue
        first = households.parameters[person.settlement].first
        hazard = first * relative_hazard(shift, households, i, weekend_night)
        man = draw_aggressor(shift, households, i, hazard, MAX_FIRST_ACTS, mark)
        if man != NO_MAN:
            apply_violent_act(shift, households, i, man)
            if not violence_ends(shift, households, i):
                schedule_next_act(households, i, shift.tick + draw_wait(shift.seed, shift.tick, i, 0))


@kernel
def judge_further_acts(shift: ShiftContext, households: HouseholdTables) -> None:
    """Judge the candidates for a further act that are due.

    Women without an act for a year leave `pending`.  Updates `homes`, `pending`, `helped` and `day.incidents`.
    """
    left, n, pending = 0, households.pending_count[0], households.pending
    for k in range(n):  # load the rows of residents before they are judged
        if pending[k].due == shift.tick:
            i = pending[k].woman
            prefetch(shift.minds, i)
            prefetch(shift.ground.people, i)
            prefetch(households.homes, i)
    for k in range(n):
        row = pending[k]
        i = row.woman
        if row.due == shift.tick:
            if shift.minds[i].gone >= 0 or shift.tick - households.homes[i].hurt >= YEAR:
                continue
            if judge_further_act(shift, households, i, is_weekend_night(shift)):
                continue
            row.due = shift.tick + draw_wait(shift.seed, shift.tick, i, 0)
        if left < k:
            pending[left] = row
        left += 1
    households.pending_count[0] = left


@kernel
def judge_further_act(shift: ShiftContext, households: HouseholdTables, i: int, weekend_night: bool) -> bool:
    """Judge a further act against resident `i`; return whether it came and violence ended with it."""
    further = households.parameters[shift.ground.people[i].settlement].further
    hazard = further * relative_hazard(shift, households, i, weekend_night)
    mark = keyed_uniform(shift.seed, AGAIN_MARK, shift.tick, i, 0)
    man = draw_aggressor(shift, households, i, hazard, MAX_FURTHER_ACTS, mark)
    if man == NO_MAN:
        return False
    apply_violent_act(shift, households, i, man)
    return violence_ends(shift, households, i)


@kernel
def initialise_homes(shift: ShiftContext, households: HouseholdTables) -> None:
    """Draw the women who were hurt in the year before the start; writes `homes` and `pending`."""
    for i in range(len(households.homes)):
        home = households.homes[i]
        home.hurt = home.safe = home.ruled = -1
        before = households.parameters[shift.ground.people[i].settlement].before
        if (
            keyed_uniform(shift.seed, HURT_BEFORE, 0, i, 0) >= before
            or likely_aggressor(shift, households, i) == NO_MAN
        ):
            continue
        home.hurt = shift.tick - 1 - int(keyed_uniform(shift.seed, HURT_BEFORE, 0, i, 1) * (YEAR - 1))
        schedule_next_act(households, i, shift.tick - 1 + draw_wait(shift.seed, 0, i, 1))


def initialise(world: World) -> None:
    """Draw the history of violence of every home."""
    world.state[PENDING].reserve(world.town.n_people)
    initialise_homes(world.shift_context(), world.view(HouseholdTables))


def max_first_acts(world: World) -> int:
    """Return an upper bound of the candidates for first acts in a shift."""
    return poisson_upper_bound(MAX_FIRST_ACTS * world.town.n_people / YEAR)


def room_for_acts(world: World) -> Room:
    """Return the rows that the acts of a shift may need."""
    first = world.cached_view(max_first_acts)
    return {PENDING: first, INCIDENTS: first + rows_of(PENDING), IMPRESSIONS: 2 * (first + rows_of(PENDING))}


def arguments_of_acts(world: World) -> KernelArguments:
    """Return the tables of domestic violence."""
    return world.shift_context(), world.view(HouseholdTables)


step = in_order(
    KernelStep(judge_further_acts, arguments_of_acts, room_for_acts),
    KernelStep(judge_first_acts, arguments_of_acts, room_for_acts),
)
"""Judge further and first acts of domestic violence in this shift."""


def count_women_hurt(month: MonthSnapshot) -> float:
    """Return the number of living women who were hurt at home in twelve months."""
    state = month.world.state
    lately = np.flatnonzero(state[HOMES]["hurt"][: state[ARRIVED][0]] > month.tick - YEAR)
    return float(np.count_nonzero(state[MINDS]["gone"][lately] < 0))


def repeated_act_share(month: MonthSnapshot) -> float:
    """Return the share of acts that come within twelve months of another."""
    helped = month.world.state[HELPED]
    return ratio_or_nan(helped[REPEATED_ROW].sum(), helped[TOLD_ROW].sum())


def help_place_measures(name: str, row: int) -> dict[str, Measure]:
    """Return the measures of one row of `HELPED`, by place of help."""

    def reader(place: int) -> Callable[[MonthSnapshot], float]:
        return lambda month: float(month.world.state[HELPED][row, place])

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
