"""M9, domestic violence: first and further acts against women at home; help is sought in `seeking_help`.

*Violencia intrafamiliar* is what any member of a household suffers there; *violencia contra la mujer* is a crime of
public action.  Switched off, there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.crime.crime import (
    CRIME_MINUTE,
    LETHAL_STREAM,
    VIOLENT_STREAM,
    NewIncident,
    append_incident,
    poisson_upper_bound,
    record_incident,
)
from model.engine.calendar import MINUTES_A_SHIFT, MINUTES_AN_HOUR, YEAR
from model.engine.causes import declare_cause
from model.engine.domains import PAST, POSITIVE, TICK, code_of, row_of
from model.engine.elementary import log
from model.engine.kernels import kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Int32Column, Row, to_int64
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec, RowTableSpec
from model.town.crime_kinds import DOMESTIC, HOMICIDE
from model.town.residents import N_TIES
from model.trust.events import declare_event, record_event
from model.world.derived import constant
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years, is_weekend_night
from model.world.shift_events import BY_KIN, BY_PARTNER, IMPRESSIONS, INCIDENTS, NOBODY
from model.world.steps import KernelStep, in_order, rows_of

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.steps import Room

HURT_COUNT, HURT_WHO, HURT_MARK = stream_id("hurt count"), stream_id("hurt who"), stream_id("hurt mark")
AGAIN_MARK, AGAIN_WAIT = stream_id("again mark"), stream_id("again wait")
DRINKS_STREAM, HURT_BEFORE, VIOLENCE_ENDS_STREAM = (
    stream_id("drinks"),
    stream_id("hurt before start"),
    stream_id("violence ends"),
)
MAX_FIRST_ACTS, MAX_FURTHER_ACTS = 0.15, 12.0
"""Ceilings of the hazards a year: first acts by resident, further acts by woman."""
MINIMUM_WOMAN_AGE, MAXIMUM_WOMAN_AGE, MINIMUM_MAN_AGE, PARTNER_AGE_GAP = 13.0, 60.0, 18.0, 15.0
"""Ages in years; a man of the household at most `PARTNER_AGE_GAP` older or younger counts as partner; assumed."""
NO_MAN, KINSMAN, PARTNER = range(3)
"""Likely aggressor of a woman."""
FIRST_STATE_PLACE, LAST_STATE_PLACE = 3, 5
"""First and last of the places in `HELP_PLACES` that belong to the state: police, prosecutor, DEMI."""
ACT_ID_OFFSET = 1073741824 + 268435456
"""The act against resident i is incident ACT_ID_OFFSET + i of its shift; 2**30 + 2**28."""
PROTECTION = declare_cause("protection", 27)
HURT_AGAIN = declare_event("hurt_again", 76, cause=PROTECTION)


@dataclass(frozen=True, init=False)
class DomesticViolence(ParameterGroup):
    """Frequency, severity and course of violence against women by men of their household."""

    name: ClassVar[str] = "domestic_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F20", "J07", "V11", "V12", "V13")

    first: float
    further: float
    ends: float
    before: float
    drinking: float
    drink: float
    weekend_night: float
    isolation: float
    distance: float
    grave: float
    lethal: float
    protection: float
    ruling: float
    disappointed: float
    severity: float
    severity_grave: float


HELP_PLACES = ("nobody", "kin", "communal", "police", "prosecutor", "demi", "refuge")


class HomeHistory(Row):
    """Violence against a woman at home.

    `hurt` is the tick of the last act, `channel` the place in `HELP_PLACES` where she then sought help, `safe` and
    `ruled` are the ticks until which a protection measure and a ruling protect her; -1 is never.
    """

    hurt: Annotated[Int32Column, PAST]
    channel: Annotated[Int32Column, code_of(len(HELP_PLACES))]
    safe: Annotated[Int32Column, TICK]
    ruled: Annotated[Int32Column, TICK]


class PendingAct(Row):
    """Pending candidate for a further act against a woman."""

    due: Annotated[int, TICK]
    woman: Annotated[int, row_of("resident")]


HOMES = RowTableSpec(name="homes", row=HomeHistory, per="resident", about="Violence against women at home.")
PENDING = GrowingTableSpec(name="pending", row=PendingAct, about="Women whose next act may come.")
"""Places where a woman may seek help."""
REPORTED_ROW, REPEATED_ROW, LEFT_ALONE_ROW = range(3)
HELPED = ArraySpec(
    name="helped",
    of=np.float64,
    shape=(3, len(HELP_PLACES)),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Acts by where she looked for help, acts within a year of it, women left alone.",
    domain=POSITIVE,
)


class DomesticViolenceCounts(Row):
    """Monthly counts of domestic violence."""

    domestic_by_partner: float


def residents_by_household(sim: Simulation) -> tuple[IntArray, IntArray]:
    """Return the row at which each household begins, and the residents ordered by household."""
    people = sim.town.people
    counts = np.bincount(people["household"])
    members = np.argsort(people["household"], kind="stable").astype(np.int64)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members


@constant
def household_start(sim: Simulation) -> IntArray:
    """Return the index in `household_members` of the first member of each household."""
    return sim.cached(residents_by_household)[0]


@constant
def household_members(sim: Simulation) -> IntArray:
    """Return the residents ordered by household."""
    return sim.cached(residents_by_household)[1]


@kernel
def likely_aggressor(w: World, i: int) -> int:
    """Return the likely aggressor of resident `i` in the household: `PARTNER`, `KINSMAN` or `NO_MAN`.

    A man of about her age counts as partner.  Men and women outside the ages at risk have no aggressor.
    """
    person = w.people[i]
    age = age_years(person, w.tick)
    if w.minds[i].gone >= 0 or person.female == 0 or not MINIMUM_WOMAN_AGE <= age <= MAXIMUM_WOMAN_AGE:
        return NO_MAN
    found = NO_MAN
    for k in range(w.household_start[person.household], w.household_start[person.household + 1]):
        j = w.household_members[k]
        other = age_years(w.people[j], w.tick)
        if w.people[j].female == 1 or w.minds[j].gone >= 0 or other < MINIMUM_MAN_AGE:
            continue
        if abs(other - age) <= PARTNER_AGE_GAP:
            return PARTNER
        found = KINSMAN
    return found


@kernel
def count_near_ties(w: World, i: int) -> int:
    """Return the living ties of resident `i` in the same settlement and another household, at most six."""
    people, count = w.people, 0
    for tie in w.ties[i]:
        near = tie >= 0 and people[tie].settlement == people[i].settlement
        if near and people[tie].household != people[i].household and w.minds[tie].gone < 0:
            count += 1
    return min(count, N_TIES)


@kernel
def drinking_hazard_ratio(p: DomesticViolence, weekend_night: bool) -> float:
    """Return the hazard where a man drinks relative to another home (at least 1)."""
    return p.drink * (p.weekend_night if weekend_night else 1.0)


@kernel
def relative_hazard(w: World, i: int, weekend_night: bool) -> float:
    """Return the relative hazard of resident `i` by distance from the police, drinking and protection."""
    home, person = w.homes[i], w.people[i]
    p, alcohol = w.p.domestic_violence[person.settlement], w.p.crime[person.settlement].alcohol
    minutes = w.cells[person.home].minutes
    weight = 1.0 + p.distance * min(1.0, minutes / MINUTES_AN_HOUR)
    # Tick 0 keys the draw to the household for all time: a man drinks, or does not, in every shift.
    if keyed_uniform(w.seed, DRINKS_STREAM, 0, person.household, 0) < p.drinking * alcohol:
        weight *= drinking_hazard_ratio(p, weekend_night)
    if home.safe > w.tick:
        weight *= 1.0 - p.protection
    if home.ruled > w.tick:
        weight *= 1.0 - p.ruling
    return weight


@kernel
def draw_aggressor(w: World, i: int, hazard: float, ceiling: float, mark: float) -> int:
    """Return the aggressor of resident `i` if an act comes, else `NO_MAN`; counts in `tally.ceiling_hits`.

    `hazard` a year is that of a woman without isolation, `mark` the uniform number of a candidate drawn at `ceiling`.
    """
    p = w.p.domestic_violence[w.people[i].settlement]
    if mark * ceiling >= hazard * (1.0 + p.isolation):  # no act even without ties: save the look at home and ties
        return NO_MAN
    man = likely_aggressor(w, i)
    if man == NO_MAN:
        return NO_MAN
    hazard *= 1.0 + p.isolation * (1.0 - count_near_ties(w, i) / N_TIES)
    w.tally[0].ceiling_hits += 1.0 if hazard > ceiling else 0.0
    return man if mark < hazard / ceiling else NO_MAN


@kernel
def draw_wait(w: World, tick: int, i: int, nth: int) -> int:
    """Return the shifts until the next candidate for a further act, exponential at the ceiling."""
    return 1 + int(-log(1.0 - keyed_uniform(w.seed, AGAIN_WAIT, tick, i, nth)) * YEAR / MAX_FURTHER_ACTS)


@kernel
def schedule_next_act(w: World, i: int, due: int) -> None:
    """Append to `pending` a candidate for a further act against resident `i` at tick `due`."""
    row = w.pending[w.pending_count[0]]
    row.due, row.woman = due, i
    w.pending_count[0] += 1


@kernel
def apply_violent_act(w: World, i: int, man: int) -> None:
    """Record an act of a man (`PARTNER` or `KINSMAN`) against resident `i`, which may injure or kill.

    Updates `homes`, `helped` and `incidents`.
    """
    person, number = w.people[i], ACT_ID_OFFSET + i
    p, firearms = w.p.domestic_violence[person.settlement], w.p.crime[person.settlement].firearms
    grave = keyed_uniform(w.seed, VIOLENT_STREAM, w.tick, number, 0) < p.grave
    minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, number, 0)
    record_repeated_act(w, i)
    motive = BY_KIN
    if man == PARTNER:
        motive = BY_PARTNER
        w.tally[0].domestic_by_partner += 1.0
    lethal = keyed_uniform(w.seed, LETHAL_STREAM, w.tick, number, 0) < p.lethal * firearms
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
        record_incident(w, act)
    else:  # violence at home says nothing about the police: no harm is recorded, only their answer counts
        append_incident(w, act)


@kernel
def record_repeated_act(w: World, i: int) -> None:
    """Count an act within a year of another by the place of help; the state to which it was reported loses trust.

    Updates `helped`, `homes.hurt`, `homes.channel` and `impressions`.
    """
    home = w.homes[i]
    if home.hurt >= 0 and w.tick - home.hurt < YEAR:
        w.helped[REPEATED_ROW, home.channel] += 1.0
        if FIRST_STATE_PLACE <= home.channel <= LAST_STATE_PLACE:
            record_event(w, i, HURT_AGAIN, w.p.domestic_violence[w.people[i].settlement].disappointed)
    home.hurt, home.channel = w.tick, 0


@kernel
def violence_ends(w: World, i: int) -> bool:
    """Return whether violence against resident `i` ends with this act, until another first one."""
    ends = w.p.domestic_violence[w.people[i].settlement].ends
    return keyed_uniform(w.seed, VIOLENCE_ENDS_STREAM, w.tick, i, 0) < ends


@kernel
def max_first_hazard(w: World, weekend_night: bool) -> float:
    """Return the greatest hazard of a first act that any woman can have, a year."""
    highest = 0.0
    for z in range(len(w.p.domestic_violence)):
        p = w.p.domestic_violence[z]
        highest = max(
            highest, p.first * (1.0 + p.distance) * drinking_hazard_ratio(p, weekend_night) * (1.0 + p.isolation)
        )
    return highest


@kernel
def judge_first_acts(w: World) -> None:
    """Judge the candidates for a first act in twelve months.

    Updates `homes`, `pending`, `helped` and `incidents`.
    """
    # Thinning of a Poisson process: candidates come at the ceiling, the same ones in all worlds of a seed.
    weekend_night = is_weekend_night(w)
    n, highest = len(w.people), max_first_hazard(w, weekend_night)
    u = keyed_uniform(w.seed, HURT_COUNT, w.tick, 0, 0)
    for j in range(poisson_quantile(u, MAX_FIRST_ACTS * n / YEAR)):
        mark = keyed_uniform(w.seed, HURT_MARK, w.tick, j, 0)
        if mark * MAX_FIRST_ACTS >= highest:  # no hazard reaches this mark: save the draw of the resident
            continue
        i = int(keyed_uniform(w.seed, HURT_WHO, w.tick, j, 0) * n)
        person, home = w.people[i], w.homes[i]
        if i >= w.arrived[0] or person.female == 0 or (home.hurt >= 0 and w.tick - home.hurt < YEAR):
            continue
        first = w.p.domestic_violence[person.settlement].first
        hazard = first * relative_hazard(w, i, weekend_night)
        man = draw_aggressor(w, i, hazard, MAX_FIRST_ACTS, mark)
        if man != NO_MAN:
            apply_violent_act(w, i, man)
            if not violence_ends(w, i):
                schedule_next_act(w, i, w.tick + draw_wait(w, w.tick, i, 0))


@kernel
def judge_further_acts(w: World) -> None:
    """Judge the candidates for a further act that are due.

    Women without an act for a year leave `pending`.  Updates `homes`, `pending`, `helped` and `incidents`.
    """
    left, n, pending = 0, w.pending_count[0], w.pending
    for k in range(n):  # load the rows of residents before they are judged
        if pending[k].due == w.tick:
            i = pending[k].woman
            prefetch(w.minds, i)
            prefetch(w.people, i)
            prefetch(w.homes, i)
    for k in range(n):
        row = pending[k]
        i = row.woman
        if row.due == w.tick:
            if w.minds[i].gone >= 0 or w.tick - w.homes[i].hurt >= YEAR:
                continue
            if judge_further_act(w, i, is_weekend_night(w)):
                continue
            row.due = w.tick + draw_wait(w, w.tick, i, 0)
        if left < k:
            pending[left] = row
        left += 1
    w.pending_count[0] = left


@kernel
def judge_further_act(w: World, i: int, weekend_night: bool) -> bool:
    """Judge a further act against resident `i`; return whether it came and violence ended with it."""
    further = w.p.domestic_violence[w.people[i].settlement].further
    hazard = further * relative_hazard(w, i, weekend_night)
    mark = keyed_uniform(w.seed, AGAIN_MARK, w.tick, i, 0)
    man = draw_aggressor(w, i, hazard, MAX_FURTHER_ACTS, mark)
    if man == NO_MAN:
        return False
    apply_violent_act(w, i, man)
    return violence_ends(w, i)


@kernel
def initialise_homes(w: World) -> None:
    """Draw the women who were hurt in the year before the start; writes `homes` and `pending`."""
    for i in range(len(w.homes)):
        home = w.homes[i]
        home.hurt = home.safe = home.ruled = -1
        before = w.p.domestic_violence[w.people[i].settlement].before
        if keyed_uniform(w.seed, HURT_BEFORE, 0, i, 0) >= before or likely_aggressor(w, i) == NO_MAN:
            continue
        home.hurt = w.tick - 1 - int(keyed_uniform(w.seed, HURT_BEFORE, 0, i, 1) * (YEAR - 1))
        schedule_next_act(w, i, w.tick - 1 + draw_wait(w, 0, i, 1))


def initialise(sim: Simulation) -> None:
    """Draw the history of violence of every home."""
    sim.state.pending.reserve(sim.town.n_people)
    initialise_homes(sim.w)


def max_first_acts(sim: Simulation) -> int:
    """Return an upper bound of the candidates for first acts in a shift."""
    return poisson_upper_bound(MAX_FIRST_ACTS * sim.town.n_people / YEAR)


def room_for_acts(sim: Simulation) -> Room:
    """Return the rows that the acts of a shift may need."""
    first = sim.cached_view(max_first_acts)
    return {"pending": first, INCIDENTS: first + rows_of("pending"), IMPRESSIONS: 2 * (first + rows_of("pending"))}


hurt_at_home = in_order(
    KernelStep(judge_further_acts, room_for_acts),
    KernelStep(judge_first_acts, room_for_acts),
)
"""Judge further and first acts of domestic violence in this shift."""


def count_women_hurt(month: MonthSnapshot) -> float:
    """Return the number of living women who were hurt at home in twelve months."""
    lately = np.flatnonzero(month.world.w.homes["hurt"][: month.world.w.arrived[0]] > month.tick - YEAR)
    return float(np.count_nonzero(month.world.w.minds["gone"][lately] < 0))


def repeated_act_share(month: MonthSnapshot) -> float:
    """Return the share of acts that come within twelve months of another."""
    helped = month.world.w.helped
    return ratio_or_nan(helped[REPEATED_ROW].sum(), helped[REPORTED_ROW].sum())


def help_place_measures(name: str, row: int) -> dict[str, Measure]:
    """Return the measures of one row of `HELPED`, by place of help."""

    def reader(place: int) -> Callable[[MonthSnapshot], float]:
        return lambda month: float(month.world.w.helped[row, place])

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
    initialise=initialise,
    knockout=Knockout(("crimes_occurred_domestic_violence", "domestic_without_remedy", "women_hurt")),
    measures={
        "women_hurt": Measure("women", count_women_hurt),
        "domestic_repeat_share": Measure("share", repeated_act_share),
        "domestic_without_remedy": Measure("acts", lambda month: float(month.world.w.helped[LEFT_ALONE_ROW].sum())),
    }
    | help_place_measures("domestic_to", REPORTED_ROW)
    | help_place_measures("domestic_again_after", REPEATED_ROW)
    | help_place_measures("domestic_alone_after", LEFT_ALONE_ROW),
)
