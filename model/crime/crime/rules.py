"""M6, crime as a point process by type: hazards from people, places and a latent pool of offenders (ODD 6.4, 6.5).

Candidates are drawn at a fixed ceiling that no policy or varied parameter changes, so that twin worlds share them.
"""

from __future__ import annotations

import math

from model.crime.certainty.schema import FELT, Certainty
from model.crime.crime.schema import (
    ADULT_AGE_YEARS,
    CRIME_COUNT,
    CRIME_MARK,
    CRIME_MINUTE,
    CRIME_WHO,
    HARM_CAUSE,
    KEPT_AWAY,
    KIND_ID_RANGE,
    LETHAL_STREAM,
    LOSS_STREAM,
    MOTIVE_OF_KIND,
    VIOLENT_STREAM,
    WRITTEN_COLUMNS,
    Crime,
    CrimeCandidate,
    CrimeCounts,
)
from model.crime.deterrence.rules import is_deterred
from model.crime.deterrence.schema import DISPLACED_STREAM, Deterrence
from model.crime.guards.rules import is_kept_away_by_guard
from model.crime.guards.schema import Guards
from model.crime.near_repeat.rules import schedule_repeats
from model.crime.near_repeat.schema import MAX_REPEATS, PENDING_REPEATS, NearRepeat, PendingRepeat
from model.crime.offenders.rules import OffenderTables, find_acting_slot
from model.crime.offenders.schema import NO_OFFENDER, NO_SLOTS
from model.engine.calendar import MARKET_DAY, YEAR, weekday_of
from model.engine.kernels import TableBundle, kernel, prefetch
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, Int32Array, IntArray, Rows, to_int64
from model.engine.tables import GrowingTable
from model.residents.population_change.rules import apply_outside_crime
from model.residents.population_change.schema import PopulationChange
from model.town.crime_kinds import (
    ASSAULT,
    AT_HOME,
    BY_HOME,
    BY_STREET,
    BY_TARGET,
    BY_VEHICLE,
    CEILING,
    COMMON_KINDS,
    DISPLACEABLE,
    EXPOSURE,
    HOMICIDE,
    KIND_KEY,
    KINDS,
    OFFENDER_GROUP_OF,
    REPEATABLE,
    ROBBERY,
    SEVERITY,
    YOUNGEST,
    rates_by_kind,
)
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.trust.ledger.rules import record_death
from model.world.binding import computed, count_of, of
from model.world.columns import ResidentState
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, draw_present_resident
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, INCIDENTS, NO_MOTIVE, NOBODY, OUTSIDE, SPARED, Incident


def base_hazard_in_force(world: World) -> FloatArray:
    """Return the hazard of a resident of exposure 1, by settlement and kind."""
    return base_hazard(world.parameters[Crime])


def grave_shares(world: World) -> FloatArray:
    """Return the share of grave acts, by settlement and kind."""
    crime: Rows[Crime] = world.parameters[Crime]
    grave = rates_by_kind(crime, "grave_share")
    for nth, kind in enumerate(KINDS):
        grave[:, nth] *= crime["firearms"] if kind.grave_armed else 1.0
    return grave


def lethal_shares(world: World) -> FloatArray:
    """Return the share of lethal acts, by settlement and kind; -1 where the motive decides, 0 for harmless kinds."""
    crime: Rows[Crime] = world.parameters[Crime]
    lethal = rates_by_kind(crime, "lethal")
    for nth, kind in enumerate(KINDS):
        lethal[:, nth] = lethal[:, nth] * crime["firearms"] if kind.lethal else (-1.0 if kind.motive else 0.0)
    return lethal


def losses_by_kind(world: World) -> FloatArray:
    """Return the mean loss of an act, by settlement and kind."""
    return rates_by_kind(world.parameters[Crime], "loss")


def outside_rates(world: World) -> FloatArray:
    """Return the rate of harm outside the municipality, by settlement and kind."""
    return rates_by_kind(world.parameters[PopulationChange], "outside")


class VictimisationTables(TableBundle):
    """What decides whether an attempt is made and goes ahead.

    ``base`` is the hazard of a resident of exposure 1 by settlement and kind; ``grave``, ``lethal``, ``losses`` and
    ``outside`` stand by settlement and kind too; then come the factors of `model.world.hazard`.  ``felt`` is what a
    group of offenders believes by zone, ``pool`` who they are.
    """

    crime: Rows[Crime]
    base: FloatArray = computed(base_hazard_in_force)
    grave: FloatArray = computed(grave_shares)
    lethal: FloatArray = computed(lethal_shares)
    losses: FloatArray = computed(losses_by_kind)
    outside: FloatArray = computed(outside_rates)
    rates: FloatArray = computed(lambda world: world.hazard_factors.rates)
    highest: FloatArray = computed(lambda world: world.hazard_factors.highest)
    guards: FloatArray = computed(lambda world: world.hazard_factors.guards)
    repeats_too: IntArray = computed(lambda world: world.hazard_factors.repeats)
    person: FloatArray = computed(lambda world: world.hazard_factors.person)
    near: Rows[NearRepeat]
    deterrence: Rows[Deterrence]
    guarding: Rows[Guards]
    felt: FloatArray = of(FELT)
    certainty: Rows[Certainty]
    pool: OffenderTables
    repeats: Rows[PendingRepeat]
    repeats_count: IntArray = count_of(PENDING_REPEATS)


@kernel
def exposure_hazard(
    kind: int, person: Person, at: int, lure: float, market: bool, night: bool, weekend: bool, tick: int, p: Crime
) -> float:
    """Hazard of this resident in this place and shift, relative to the rate of the pool."""
    by = EXPOSURE[kind]
    if by == BY_TARGET:
        return p.women_hired if person.female == 1 else 2.0 - p.women_hired
    if by == BY_STREET:
        weight = lure if at != person.home else lure * p.at_home
        if kind == ROBBERY:
            return weight * p.night if night else weight
        return weight * p.market if market else weight
    if by == BY_VEHICLE:
        unwatched = 1.0 - p.cctv_effect * p.cctv
        dark = p.night if night and AT_HOME[kind] == 1 else 1.0
        return person.vehicle * lure * dark * unwatched
    if by == BY_HOME:
        return lure * (p.burglary_morning if tick % 3 == 0 else 1.0)
    weight = lure * (p.women_assaulted if person.female == 1 else 2.0 - p.women_assaulted)
    if 15.0 <= age_years(person, tick) < 35.0:
        weight *= p.young_assaulted
    if not night:
        return weight
    weight *= (1.0 - p.hours_effect * p.alcohol_hours) * (1.0 - p.tests_effect * p.breath_tests)
    return weight * p.weekend_night if weekend else weight


@kernel
def first_living_tie(minds: Rows[ResidentState], ties: Int32Array, victim: int) -> int:
    """First living tie of somebody, or -1."""
    for k in range(ties.shape[1]):
        if ties[victim, k] >= 0 and minds[ties[victim, k]].gone < 0:
            return int(ties[victim, k])
    return NOBODY


@kernel
def record_incident(
    stage: ShiftContext,
    number: int,
    kind: int,
    motive: int,
    cell: int,
    victim: int,
    clique: int,
    minute: float,
    severity: float,
    loss: float,
) -> int:
    """Write an incident into the daybook, with death, teller and harm; return its row."""
    k = append_incident(stage, number, kind, motive, cell, victim, clique, minute, severity, loss)
    teller = stage.day.incidents[k].teller
    if teller >= 0:
        stage.minds[teller].harmed = stage.tick
        p = stage.trust[stage.ground.people[teller].settlement]
        record_event(stage, teller, HARM_CAUSE, p.harm * severity)
    return k


@kernel
def append_incident(
    stage: ShiftContext,
    number: int,
    kind: int,
    motive: int,
    cell: int,
    victim: int,
    clique: int,
    minute: float,
    severity: float,
    loss: float,
) -> int:
    """Write an incident into the daybook, with death and teller; return its row."""
    teller = victim
    if kind == HOMICIDE:
        home = stage.ground.people[victim].settlement
        record_death(stage.minds[victim], stage.tick, stage.trust[home], stage.ledger, home)
        teller = first_living_tie(stage.minds, stage.ground.ties, victim)
    k: int = stage.day.counts[INCIDENTS]
    row = stage.day.incidents[k]
    row.tick, row.number, row.kind, row.motive = stage.tick, number, kind, motive
    row.cell, row.victim, row.teller, row.clique = cell, victim, teller, clique
    row.minute, row.severity, row.loss = minute, severity, loss
    row.offender, row.told = NO_SLOTS, NOBODY
    row.handed = row.found = row.complaint = row.in_time = row.recorded = row.arrested = 0
    row.displaced = row.refused = row.written = row.downgraded = 0
    stage.day.counts[INCIDENTS] = k + 1
    return k


@kernel
def commit_crime(
    stage: ShiftContext, odds: VictimisationTables, kind: int, cell: int, victim: int, minute: float, number: int
) -> int:
    """Let a crime happen: how grave, what is lost, whether somebody dies; return its row."""
    z = max(stage.ground.cells[cell].settlement, 0)
    share, deadly = odds.grave[z, kind], odds.lethal[z, kind]
    grave = share > 0.0 and keyed_uniform(stage.seed, VIOLENT_STREAM, stage.tick, number, 0) < share
    severity = SEVERITY[1 if grave else 0, kind]
    loss = odds.losses[z, kind] * -math.log(1.0 - keyed_uniform(stage.seed, LOSS_STREAM, stage.tick, number, 0))
    toll = odds.crime[z].women_killed if stage.ground.people[victim].female == 1 else 1.0
    if deadly < 0.0 or keyed_uniform(stage.seed, LETHAL_STREAM, stage.tick, number, 0) < deadly * toll:
        return record_incident(stage, number, HOMICIDE, MOTIVE_OF_KIND[kind], cell, victim, -1, minute, 1.0, loss)
    if kind == ASSAULT and grave:
        stage.tally[0].grave_assaults += 1.0
    return record_incident(stage, number, kind, NO_MOTIVE, cell, victim, -1, minute, severity, loss)


@kernel
def attempt_crime(
    stage: ShiftContext, odds: VictimisationTables, kind: int, cell: int, victim: int, number: int, origin: int
) -> None:
    """Try a crime, by the slot of its origin if there is one: it happens, is given up, or moves to another cell."""
    z = max(stage.ground.cells[cell].settlement, 0)
    if is_kept_away_by_guard(stage, odds.guarding[z], kind, cell, victim, number):
        return
    offender = find_acting_slot(stage, odds.pool, OFFENDER_GROUP_OF[kind], z, number, origin)
    if offender == NO_OFFENDER:
        return
    minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    if not is_deterred(stage, odds.deterrence[z], kind, cell, minute, number):
        row = stage.day.incidents[commit_crime(stage, odds, kind, cell, victim, minute, number)]
        generation = attribute_to_offender(odds.pool, row, offender)
        if REPEATABLE[kind] == 1:
            most = odds.certainty[0].highest
            schedule_repeats(stage, odds.repeats, odds.repeats_count, odds.near[z], kind, row, generation, most)
        return
    stage.tally[0].deterred += 1.0
    if (
        DISPLACEABLE[kind] == 0
        or keyed_uniform(stage.seed, DISPLACED_STREAM, stage.tick, number, 0) >= odds.deterrence[z].displacement
    ):
        return
    other = stage.ground.near[cell, int(8.0 * keyed_uniform(stage.seed, DISPLACED_STREAM, stage.tick, number, 1))]
    i = -1 if other < 0 else draw_present_resident(stage, stage.where, other, DISPLACED_STREAM, number, 2)
    if not can_be_victim(stage, i, kind):
        stage.tally[0].off_map += 1.0
        return
    stage.tally[0].displaced += 1.0
    row = stage.day.incidents[commit_crime(stage, odds, kind, other, i, minute, number)]
    row.displaced = 1
    attribute_to_offender(odds.pool, row, offender)


@kernel
def attribute_to_offender(pool: OffenderTables, row: Incident, offender: int) -> int:
    """Note whose act an incident is; return which person fills that slot."""
    row.offender = offender
    if offender < 0:
        return NOBODY
    pool.rows[offender].crimes += 1
    return int(pool.rows[offender].generation)


@kernel
def can_be_victim(stage: ShiftContext, i: int, kind: int) -> bool:
    """Whether this is somebody (not -1) who is here and old enough."""
    return i >= 0 and stage.minds[i].gone < 0 and age_years(stage.ground.people[i], stage.tick) >= YOUNGEST[kind]


@kernel
def draw_candidates(stage: ShiftContext, kind: int, drawn: Rows[CrimeCandidate]) -> int:
    """List who are candidates of a kind in this shift and old enough; return how many."""
    ground, minds, n_drawn, left = stage.ground, stage.minds, 0, 0
    seed, tick, n, first = stage.seed, stage.tick, len(minds), KIND_KEY[kind] * KIND_ID_RANGE
    n_all = poisson_quantile(keyed_uniform(seed, CRIME_COUNT, tick, KIND_KEY[kind], 0), CEILING[kind] * n / YEAR)
    for j in range(n_all):  # nothing but luck, which is then drawn for many at a time
        drawn[j].mark = keyed_uniform(seed, CRIME_WHO, tick, first + j, 0)
    for j in range(n_all):
        i = int(drawn[j].mark * n)
        if i < ground.come[0]:
            drawn[n_drawn].number, drawn[n_drawn].who = first + j, i
            n_drawn += 1
            prefetch(minds, i)
            prefetch(ground.people, i)
            prefetch(ground.places, (stage.where, i))
    for k in range(n_drawn):
        i = drawn[k].who
        drawn[left] = drawn[k]
        left += int(minds[i].gone < 0) & int(age_years(ground.people[i], tick) >= YOUNGEST[kind])
    for k in range(left):
        drawn[k].mark = keyed_uniform(seed, CRIME_MARK, tick, drawn[k].number, 0)
    return left


@kernel
def apply_guards(
    stage: ShiftContext,
    odds: VictimisationTables,
    kind: int,
    cell: int,
    when: int,
    number: int,
    mark: float,
    threshold: float,
) -> float:
    """What guards leave of a threshold; a crime that one of them keeps away is written down."""
    for guard in range(len(odds.guards)):
        left = threshold * odds.guards[guard, when, kind, cell]
        if left <= mark < threshold:
            record_prevented_crime(stage, kind, cell, number, guard)
        threshold = left
    return threshold


@kernel
def record_prevented_crime(stage: ShiftContext, kind: int, cell: int, number: int, guard: int) -> None:
    """Write down a crime that was kept away."""
    row = stage.day.spared[stage.day.counts[SPARED]]
    row.number, row.kind, row.cell, row.guard = number, kind, cell, guard
    stage.day.counts[SPARED] += 1


@kernel
def normalised_hazard(
    stage: ShiftContext,
    odds: VictimisationTables,
    kind: int,
    i: int,
    cell: int,
    when: int,
    market_day: bool,
    weekend: bool,
    mark: float,
) -> float:
    """Hazard of this resident here and now over its ceiling, before guards; a bound if the mark is above that."""
    person, here = stage.ground.people[i], stage.ground.cells[cell]
    z, p = max(here.settlement, 0), odds.crime[max(here.settlement, 0)]
    market = market_day and here.market == 1
    weight = exposure_hazard(kind, person, cell, here.lure, market, stage.tick % 3 == 2, weekend, stage.tick, p)
    ward = stage.minds[i].careful
    if here.schools > 0 and age_years(person, stage.tick) < ADULT_AGE_YEARS:
        ward += 2
    stage.tally[0].candidates += 1.0
    by_person = odds.person[kind, person.settlement, ward]
    base = odds.base[z, kind] * (odds.certainty[0].level * odds.felt[OFFENDER_GROUP_OF[kind], z])
    bound: float = base * (weight * (by_person * odds.highest[when, kind])) / CEILING[kind]
    if bound <= mark:  # nowhere does the rate reach this mark: no need to look up the place
        return bound
    threshold: float = base * (weight * (by_person * odds.rates[when, kind, cell])) / CEILING[kind]
    if threshold > 1.0:
        stage.tally[0].ceiling_hits += 1.0
        threshold = 1.0
    return threshold


@kernel
def judge_candidates(
    stage: ShiftContext, odds: VictimisationTables, drawn: Rows[CrimeCandidate], market_day: bool, weekday: int
) -> None:
    """Judge the candidates of this shift by kind, then the near repeats that are due."""
    old_repeats = odds.repeats_count[0]
    when = (1 if stage.tick % 3 == 2 else 0) + (2 if market_day else 0)
    for kind in COMMON_KINDS:
        for k in range(draw_candidates(stage, kind, drawn)):
            number, i = drawn[k].number, drawn[k].who
            person = stage.ground.people[i]
            cell = to_int64(person.home) if AT_HOME[kind] == 1 else to_int64(stage.ground.places[stage.where, i])
            if stage.minds[i].gone >= 0:  # killed earlier in this shift
                continue
            mark = drawn[k].mark
            if cell < 0:
                hazard, grave = odds.outside[person.settlement, kind], odds.grave[person.settlement, kind]
                if mark * CEILING[kind] < hazard:
                    severity = apply_outside_crime(stage, kind, i, number, grave)
                    p = stage.trust[person.settlement]
                    record_event(stage, i, HARM_CAUSE, p.harm * severity)
                continue
            threshold = normalised_hazard(stage, odds, kind, i, cell, when, market_day, weekday >= 4, mark)
            if mark < threshold:
                threshold = apply_guards(stage, odds, kind, cell, when, number, mark, threshold)
            if mark < threshold:
                attempt_crime(stage, odds, kind, cell, i, number, NO_SLOTS)
    for k in range(old_repeats):
        if odds.repeats[k].tick == stage.tick:
            apply_near_repeat(stage, odds, odds.repeats[k], when)
    drop_due_repeats(odds.repeats, odds.repeats_count, stage.tick)


@kernel
def apply_near_repeat(stage: ShiftContext, odds: VictimisationTables, due: PendingRepeat, when: int) -> None:
    """Let a near repeat that is due happen, if somebody is there, no guard keeps it away and its offender dares."""
    kind, cell, i, number = due.kind, due.cell, due.victim, due.number
    if i < 0:
        i = draw_present_resident(stage, stage.where, cell, CRIME_WHO, number, 0)
    if not can_be_victim(stage, i, kind):
        return
    if EXPOSURE[kind] == BY_VEHICLE and stage.ground.people[i].vehicle == 0:
        return
    left, u = 1.0, keyed_uniform(stage.seed, KEPT_AWAY, stage.tick, number, 0)
    for guard in range(len(odds.guards)):
        if odds.repeats_too[guard] == 1:
            left *= odds.guards[guard, when, kind, cell]
            if u >= left:
                record_prevented_crime(stage, kind, cell, number, guard)
                return
    origin = due.offender
    dares = odds.felt[OFFENDER_GROUP_OF[kind], max(stage.ground.cells[cell].settlement, 0)] / odds.certainty[0].highest
    if keyed_uniform(stage.seed, CRIME_MARK, stage.tick, number, 0) >= dares:
        return
    stage.tally[0].repeats += 1.0
    if origin >= 0 and odds.pool.rows[origin].generation != due.generation:
        origin = NO_SLOTS
    attempt_crime(stage, odds, kind, cell, i, number, origin)


@kernel
def drop_due_repeats(repeats: Rows[PendingRepeat], count: IntArray, tick: int) -> None:
    """Drop the repeats whose time has come; the others keep their order."""
    left = 0
    for k in range(count[0]):
        if repeats[k].tick > tick:
            repeats[left] = repeats[k]
            left += 1
    count[0] = left


def poisson_upper_bound(mean: float) -> int:
    """Return a number that a Poisson number of this mean never reaches (twelve standard deviations)."""
    return int(mean + 12.0 * math.sqrt(mean) + 64.0)


def base_hazard(crime: Rows[Crime]) -> FloatArray:
    """Return the hazard of a resident of exposure 1, a year, by settlement and kind: rate of an offender × pool."""
    pools = {"armed": crime["armed"] / 1000.0, "thieves": crime["thieves"] / 1000.0, "alcohol": crime["alcohol"]}
    rates = rates_by_kind(crime, "rate")
    for nth, kind in enumerate(KINDS):
        if kind.rate:
            rates[:, nth] *= pools[kind.pool]
    return rates


def candidate_table(world: World) -> GrowingTable[CrimeCandidate]:
    """Return room for the candidates of a kind."""
    return GrowingTable(CrimeCandidate)


def max_attempts(world: World) -> int:
    """Return how many attempts of a shift there never are."""
    return poisson_upper_bound(float(CEILING.sum()) * world.town.n_people / YEAR)


def step(world: World) -> None:
    """Let offenders offend."""
    repeats, drawn, market_day = (
        world.state[PENDING_REPEATS],
        world.cached(candidate_table),
        world.day_type == MARKET_DAY,
    )
    most = world.cached_view(max_attempts) + len(repeats)
    for table in (INCIDENTS, OUTSIDE, IMPRESSIONS, SPARED):
        world.shift_events.reserve(table, most)
    repeats.reserve(most * MAX_REPEATS)
    drawn.reserve(most)
    world.run_kernel(
        judge_candidates,
        lambda: (world.shift_context(), world.view(VictimisationTables), drawn.rows),
        market_day,
        weekday_of(world.tick),
    )


MECHANISM = Mechanism(group=Crime, counts=CrimeCounts, causes=(HARM_CAUSE,), writes=WRITTEN_COLUMNS)
