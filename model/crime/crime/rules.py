"""M6, crime as a point process by kind: hazards depend on people, places and a latent pool of offenders.

In each shift candidates are drawn for every kind at a fixed ceiling of the hazard; each becomes an attempt with
probability hazard / ceiling.  No policy or parameter changes the ceiling, so that paired worlds share candidates.
An attempt may be prevented by a guard, by custody of the offender or by police at the place; otherwise it becomes an
incident.  Other mechanisms write the factors of the hazard (`model.world.hazard`) and record their own incidents with
`record_incident`.
"""

from __future__ import annotations

import math

import numpy as np

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
    ExposureSetting,
    NewIncident,
    PossibleCrime,
)
from model.crime.deterrence.rules import DeterrenceTables, is_deterred
from model.crime.deterrence.schema import DISPLACED_STREAM
from model.crime.guards.rules import is_kept_away_by_guard
from model.crime.guards.schema import Guards
from model.crime.near_repeat.rules import RepeatTables, schedule_repeats
from model.crime.near_repeat.schema import MAX_REPEATS, PENDING_REPEATS, PendingRepeat
from model.crime.offenders.rules import OffenderTables, find_acting_slot
from model.crime.offenders.schema import NO_OFFENDER, NO_SLOTS
from model.engine.calendar import FRIDAY, MARKET_DAY, MINUTES_A_SHIFT, MORNING, NIGHT, SHIFTS, YEAR
from model.engine.elementary import log
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
    N_KINDS,
    OFFENDER_GROUP_OF,
    REPEATABLE,
    ROBBERY,
    YOUNGEST,
    rates_by_kind,
)
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.trust.ledger.rules import record_death
from model.world.binding import computed, of
from model.world.columns import ResidentState
from model.world.hazard import HAZARD_MARKET_DAY, HAZARD_NIGHT
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, draw_present_resident
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, INCIDENTS, NO_MOTIVE, NOBODY, OUTSIDE, SPARED, Incident
from model.world.steps import KernelArguments, Room, kernel_step, rows_of


def base_hazard_in_force(world: World) -> FloatArray:
    """Return the hazard a year of a resident of exposure 1, by settlement and kind."""
    return base_hazard(world.parameters[Crime])


def grave_shares(world: World) -> FloatArray:
    """Return the share of grave acts, by settlement and kind."""
    crime: Rows[Crime] = world.parameters[Crime]
    grave = rates_by_kind(crime, "grave_share")
    for nth, kind in enumerate(KINDS):
        grave[:, nth] *= crime["firearms"] if kind.grave_armed else 1.0
    return grave


def lethal_shares(world: World) -> FloatArray:
    """Return the lethal share by settlement and kind; -1 for kinds that always kill, 0 for harmless ones."""
    crime: Rows[Crime] = world.parameters[Crime]
    lethal = rates_by_kind(crime, "lethal")
    for nth, kind in enumerate(KINDS):
        lethal[:, nth] = lethal[:, nth] * crime["firearms"] if kind.lethal else (-1.0 if kind.motive else 0.0)
    return lethal


def severities_in_force(world: World) -> FloatArray:
    """Return the severity (0-1) of an act, by settlement, kind and whether it is grave; 1 where no parameter says."""
    crime: Rows[Crime] = world.parameters[Crime]
    severities: FloatArray = np.ones((len(crime), N_KINDS, 2))
    for number, kind in enumerate(KINDS):
        for grave, part in enumerate(("severity", "grave")):
            if f"{part}_{kind.name}" in Crime.parameter_specs():
                severities[:, number, grave] = crime[f"{part}_{kind.name}"]
    return severities


def losses_by_kind(world: World) -> FloatArray:
    """Return the mean loss of an act in quetzals, by settlement and kind."""
    return rates_by_kind(world.parameters[Crime], "loss")


def outside_rates(world: World) -> FloatArray:
    """Return the hazard a year outside the municipality, by settlement and kind."""
    return rates_by_kind(world.parameters[PopulationChange], "outside")


class VictimisationTables(TableBundle):
    """Hazards of crime and the parameters by which attempts are made, deterred and completed.

    ``base`` is the hazard a year of a resident of exposure 1, by settlement and kind, like ``grave``, ``lethal``,
    ``losses`` and ``outside``; ``severity`` also stands by whether the act is grave.  Then come the factors of
    `model.world.hazard`.  ``felt`` is the factor by which the belief of a group of offenders about being caught moves
    the hazard in a settlement, ``pool`` the offenders.
    """

    crime: Rows[Crime]
    base: FloatArray = computed(base_hazard_in_force)
    grave: FloatArray = computed(grave_shares)
    lethal: FloatArray = computed(lethal_shares)
    severity: FloatArray = computed(severities_in_force)
    losses: FloatArray = computed(losses_by_kind)
    outside: FloatArray = computed(outside_rates)
    rates: FloatArray = computed(lambda world: world.hazard_factors.rates)
    highest: FloatArray = computed(lambda world: world.hazard_factors.highest)
    guards: FloatArray = computed(lambda world: world.hazard_factors.guards)
    repeats_too: IntArray = computed(lambda world: world.hazard_factors.repeats)
    person: FloatArray = computed(lambda world: world.hazard_factors.person)
    near_repeat: RepeatTables
    deterrence: DeterrenceTables
    guarding: Rows[Guards]
    felt: FloatArray = of(FELT)
    certainty: Rows[Certainty]
    pool: OffenderTables


@kernel
def exposure_hazard(kind: int, person: Person, setting: ExposureSetting, p: Crime) -> float:
    """Return the exposure of a resident to a kind of crime in a place and shift; 1 has the base hazard."""
    by = EXPOSURE[kind]
    # Weights of women and men sum to 2, so that a share of women does not move the total.
    if by == BY_TARGET:
        return p.women_hired if person.female == 1 else 2.0 - p.women_hired
    if by == BY_STREET:
        weight = setting.lure if setting.cell != person.home else setting.lure * p.at_home
        if kind == ROBBERY:
            return weight * p.night if setting.night else weight
        return weight * p.market if setting.market else weight
    if by == BY_VEHICLE:
        unwatched = 1.0 - p.cctv_effect * p.cctv
        dark = p.night if setting.night and AT_HOME[kind] == 1 else 1.0
        return person.vehicle * setting.lure * dark * unwatched
    if by == BY_HOME:
        return setting.lure * (p.burglary_morning if setting.tick % SHIFTS == MORNING else 1.0)
    weight = setting.lure * (p.women_assaulted if person.female == 1 else 2.0 - p.women_assaulted)
    if p.young_from <= age_years(person, setting.tick) < p.young_to:
        weight *= p.young_assaulted
    if not setting.night:
        return weight
    weight *= (1.0 - p.hours_effect * p.alcohol_hours) * (1.0 - p.tests_effect * p.breath_tests)
    return weight * p.weekend_night if setting.weekend else weight


@kernel
def first_living_tie(minds: Rows[ResidentState], ties: Int32Array, victim: int) -> int:
    """Return the first tie of a resident who lives here, or -1."""
    for k in range(ties.shape[1]):
        if ties[victim, k] >= 0 and minds[ties[victim, k]].gone < 0:
            return int(ties[victim, k])
    return NOBODY


@kernel
def record_incident(shift: ShiftContext, incident: NewIncident) -> int:
    """Record an incident and the harm to its reporter; return its row.

    Writes as `append_incident` does, and `minds.harmed` and `day.impressions`.
    """
    k = append_incident(shift, incident)
    reporter = shift.day.incidents[k].teller
    if reporter >= 0:
        shift.minds[reporter].harmed = shift.tick
        p = shift.trust[shift.ground.people[reporter].settlement]
        record_event(shift, reporter, HARM_CAUSE, p.harm * incident.severity)
    return k


@kernel
def append_incident(shift: ShiftContext, incident: NewIncident) -> int:
    """Append an incident to `day.incidents`, record the death of a homicide's victim; return the row.

    The reporter is the victim; for a homicide the first living tie, or -1.
    """
    victim = incident.victim
    reporter = victim
    if incident.kind == HOMICIDE:
        home = shift.ground.people[victim].settlement
        record_death(shift.minds[victim], shift.tick, shift.trust[home], shift.ledger, home)
        reporter = first_living_tie(shift.minds, shift.ground.ties, victim)
    k: int = shift.day.counts[INCIDENTS]
    row = shift.day.incidents[k]
    row.tick, row.number, row.kind, row.motive = shift.tick, incident.number, incident.kind, incident.motive
    row.cell, row.victim, row.teller, row.clique = incident.cell, victim, reporter, incident.clique
    row.minute, row.severity, row.loss = incident.minute, incident.severity, incident.loss
    # Rows are used again every shift: reset the columns that later rules fill.
    row.offender, row.told = NO_SLOTS, NOBODY
    row.handed = row.found = row.complaint = row.in_time = row.recorded = row.arrested = 0
    row.displaced = row.refused = row.written = row.downgraded = 0
    shift.day.counts[INCIDENTS] = k + 1
    return k


@kernel
def commit_crime(shift: ShiftContext, tables: VictimisationTables, crime: PossibleCrime, minute: float) -> int:
    """Record a crime with its severity, loss and possible death; return the row of the incident."""
    kind, number = crime.kind, crime.number
    z = max(shift.ground.cells[crime.cell].settlement, 0)
    share, deadly = tables.grave[z, kind], tables.lethal[z, kind]
    grave = share > 0.0 and keyed_uniform(shift.seed, VIOLENT_STREAM, shift.tick, number, 0) < share
    severity = tables.severity[z, kind, 1 if grave else 0]
    # Losses are exponential around the mean, by inversion.
    loss = tables.losses[z, kind] * -log(1.0 - keyed_uniform(shift.seed, LOSS_STREAM, shift.tick, number, 0))
    toll = tables.crime[z].women_killed if shift.ground.people[crime.victim].female == 1 else 1.0
    motive = NO_MOTIVE
    if deadly < 0.0 or keyed_uniform(shift.seed, LETHAL_STREAM, shift.tick, number, 0) < deadly * toll:
        motive, severity, kind = MOTIVE_OF_KIND[kind], 1.0, HOMICIDE
    elif kind == ASSAULT and grave:
        shift.tally[0].grave_assaults += 1.0
    return record_incident(
        shift,
        NewIncident(
            number=number,
            kind=kind,
            motive=motive,
            cell=crime.cell,
            victim=crime.victim,
            clique=NOBODY,
            minute=minute,
            severity=severity,
            loss=loss,
        ),
    )


@kernel
def attempt_crime(shift: ShiftContext, tables: VictimisationTables, crime: PossibleCrime, origin: int) -> None:
    """Attempt a crime: it is prevented by a guard or custody, deterred, displaced, or committed.

    `origin` is the offender slot of the crime that this one repeats, or -1.
    """
    kind, cell, number = crime.kind, crime.cell, crime.number
    z = max(shift.ground.cells[cell].settlement, 0)
    if is_kept_away_by_guard(shift, tables.guarding[z], kind, cell, crime.victim, number):
        return
    offender = find_acting_slot(shift, tables.pool, OFFENDER_GROUP_OF[kind], z, number, origin)
    if offender == NO_OFFENDER:
        return
    minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, number, 0)
    if is_deterred(shift, tables.deterrence, kind, cell, minute, number):
        shift.tally[0].deterred += 1.0
        displace_crime(shift, tables, crime, offender, minute)
        return
    row = shift.day.incidents[commit_crime(shift, tables, crime, minute)]
    generation = attribute_to_offender(tables.pool, row, offender)
    if REPEATABLE[kind] == 1:
        schedule_repeats(shift, tables.near_repeat, kind, row, generation)


@kernel
def displace_crime(
    shift: ShiftContext, tables: VictimisationTables, crime: PossibleCrime, offender: int, minute: float
) -> None:
    """Move a deterred crime to a neighbouring cell, in some cases; it breeds no near repeats.

    Counts crimes without a victim there in `tally.off_map`, others in `tally.displaced`.
    """
    seed, tick, near = shift.seed, shift.tick, shift.ground.near
    kind, number = crime.kind, crime.number
    moves = tables.deterrence.parameters[max(shift.ground.cells[crime.cell].settlement, 0)].displacement
    if DISPLACEABLE[kind] == 0 or keyed_uniform(seed, DISPLACED_STREAM, tick, number, 0) >= moves:
        return
    other = near[crime.cell, int(near.shape[1] * keyed_uniform(seed, DISPLACED_STREAM, tick, number, 1))]
    i = NOBODY if other < 0 else draw_present_resident(shift, shift.where, other, DISPLACED_STREAM, number, 2)
    if not can_be_victim(shift, i, kind):
        shift.tally[0].off_map += 1.0
        return
    shift.tally[0].displaced += 1.0
    moved = PossibleCrime(kind=kind, number=number, victim=i, cell=other, when=crime.when, mark=crime.mark)
    row = shift.day.incidents[commit_crime(shift, tables, moved, minute)]
    row.displaced = 1
    attribute_to_offender(tables.pool, row, offender)


@kernel
def attribute_to_offender(pool: OffenderTables, row: Incident, offender: int) -> int:
    """Attribute an incident to an offender slot; return the generation that fills the slot."""
    row.offender = offender
    if offender < 0:
        return NOBODY
    pool.rows[offender].crimes += 1
    return int(pool.rows[offender].generation)


@kernel
def can_be_victim(shift: ShiftContext, i: int, kind: int) -> bool:
    """Return whether resident `i` (-1: nobody) lives here and is old enough for a kind of crime."""
    return i >= 0 and shift.minds[i].gone < 0 and age_years(shift.ground.people[i], shift.tick) >= YOUNGEST[kind]


@kernel
def draw_candidates(shift: ShiftContext, kind: int, drawn: Rows[CrimeCandidate]) -> int:
    """Draw the candidates of a kind in this shift who live here and are old enough; return their number.

    Writes the first rows of `drawn`.
    """
    # Thinning of a Poisson process (Lewis and Shedler 1979): candidates come at the ceiling of the hazard, and each is
    # kept later with probability hazard / ceiling.  The ceiling is fixed, so that worlds share their candidates.
    ground, minds, n_drawn, left = shift.ground, shift.minds, 0, 0
    seed, tick, n, first = shift.seed, shift.tick, len(minds), KIND_KEY[kind] * KIND_ID_RANGE
    n_all = poisson_quantile(keyed_uniform(seed, CRIME_COUNT, tick, KIND_KEY[kind], 0), CEILING[kind] * n / YEAR)
    for j in range(n_all):  # a loop of nothing but draws, which the compiler vectorises
        drawn[j].mark = keyed_uniform(seed, CRIME_WHO, tick, first + j, 0)
    for j in range(n_all):
        i = int(drawn[j].mark * n)
        if i < ground.come[0]:
            drawn[n_drawn].number, drawn[n_drawn].who = first + j, i
            n_drawn += 1
            # Candidates stand all over memory: load their rows before they are judged.
            prefetch(minds, i)
            prefetch(ground.people, i)
            prefetch(ground.places, (shift.where, i))
    for k in range(n_drawn):
        i = drawn[k].who
        drawn[left] = drawn[k]
        left += int(minds[i].gone < 0) & int(age_years(ground.people[i], tick) >= YOUNGEST[kind])
    for k in range(left):
        drawn[k].mark = keyed_uniform(seed, CRIME_MARK, tick, drawn[k].number, 0)
    return left


@kernel
def apply_guards(shift: ShiftContext, tables: VictimisationTables, crime: PossibleCrime, threshold: float) -> float:
    """Return the threshold that guards leave of a crime; record the crime if one of them prevents it."""
    for guard in range(len(tables.guards)):
        left = threshold * tables.guards[guard, crime.when, crime.kind, crime.cell]
        if left <= crime.mark < threshold:
            record_prevented_crime(shift, crime, guard)
        threshold = left
    return threshold


@kernel
def record_prevented_crime(shift: ShiftContext, crime: PossibleCrime, guard: int) -> None:
    """Append a crime that a guard prevented to `day.spared`."""
    row = shift.day.spared[shift.day.counts[SPARED]]
    row.number, row.kind, row.cell, row.guard = crime.number, crime.kind, crime.cell, guard
    shift.day.counts[SPARED] += 1


@kernel
def normalised_hazard(shift: ShiftContext, tables: VictimisationTables, crime: PossibleCrime, weekend: bool) -> float:
    """Return the hazard of a possible crime over its ceiling, before guards.

    Where the mark is above it, an upper bound is enough and may be returned.  Counts in `tally.candidates` and
    `tally.ceiling_hits`.
    """
    kind, when, cell, i = crime.kind, crime.when, crime.cell, crime.victim
    person, here = shift.ground.people[i], shift.ground.cells[cell]
    z, p = max(here.settlement, 0), tables.crime[max(here.settlement, 0)]
    setting = ExposureSetting(
        cell=cell,
        lure=here.lure,
        market=when >= HAZARD_MARKET_DAY and here.market == 1,
        night=shift.tick % SHIFTS == NIGHT,
        weekend=weekend,
        tick=shift.tick,
    )
    weight = exposure_hazard(kind, person, setting, p)
    ward = shift.minds[i].careful
    if here.schools > 0 and age_years(person, shift.tick) < ADULT_AGE_YEARS:
        ward += 2
    shift.tally[0].candidates += 1.0
    by_person = tables.person[kind, person.settlement, ward]
    base = tables.base[z, kind] * (tables.certainty[0].level * tables.felt[OFFENDER_GROUP_OF[kind], z])
    bound: float = base * (weight * (by_person * tables.highest[when, kind])) / CEILING[kind]
    if bound <= crime.mark:  # no cell has a rate that reaches the mark: save the access to the large table
        return bound
    threshold: float = base * (weight * (by_person * tables.rates[when, kind, cell])) / CEILING[kind]
    if threshold > 1.0:
        shift.tally[0].ceiling_hits += 1.0
        threshold = 1.0
    return threshold


@kernel
def judge_outside_crime(
    shift: ShiftContext, tables: VictimisationTables, kind: int, i: int, number: int, mark: float
) -> None:
    """Record a crime against resident `i`, who is outside the municipality, by the hazard there."""
    home = shift.ground.people[i].settlement
    if mark * CEILING[kind] < tables.outside[home, kind]:
        severity = apply_outside_crime(shift, kind, i, number, tables.grave[home, kind], tables.severity)
        record_event(shift, i, HARM_CAUSE, shift.trust[home].harm * severity)


@kernel
def judge_candidates(shift: ShiftContext, tables: VictimisationTables, drawn: Rows[CrimeCandidate]) -> None:
    """Judge the candidates of this shift by kind, then the near repeats that are due.

    Writes `day.incidents`, `day.outside`, `day.spared`, `day.impressions`, the offenders and the pending repeats.
    """
    near_repeat = tables.near_repeat
    old_repeats = near_repeat.repeats_count[0]  # those of this shift's crimes come later
    when = (HAZARD_NIGHT if shift.tick % SHIFTS == NIGHT else 0) + (
        HAZARD_MARKET_DAY if shift.where // SHIFTS == MARKET_DAY else 0
    )
    for kind in COMMON_KINDS:
        for k in range(draw_candidates(shift, kind, drawn)):
            number, i, mark = drawn[k].number, drawn[k].who, drawn[k].mark
            person = shift.ground.people[i]
            cell = to_int64(person.home) if AT_HOME[kind] == 1 else to_int64(shift.ground.places[shift.where, i])
            if shift.minds[i].gone >= 0:  # killed earlier in this shift
                continue
            if cell < 0:
                judge_outside_crime(shift, tables, kind, i, number, mark)
                continue
            crime = PossibleCrime(kind=kind, number=number, victim=i, cell=cell, when=when, mark=mark)
            threshold = normalised_hazard(shift, tables, crime, shift.weekday >= FRIDAY)
            if mark < threshold:
                threshold = apply_guards(shift, tables, crime, threshold)
            if mark < threshold:
                attempt_crime(shift, tables, crime, NO_SLOTS)
    for k in range(old_repeats):
        if near_repeat.repeats[k].tick == shift.tick:
            apply_near_repeat(shift, tables, near_repeat.repeats[k], when)
    drop_due_repeats(near_repeat, shift.tick)


@kernel
def apply_near_repeat(shift: ShiftContext, tables: VictimisationTables, due: PendingRepeat, when: int) -> None:
    """Attempt a near repeat that is due, unless there is no victim or something prevents it.

    The offender is that of the first crime, while the same person fills the slot.
    """
    kind, cell, i, number = due.kind, due.cell, due.victim, due.number
    if i < 0:
        i = draw_present_resident(shift, shift.where, cell, CRIME_WHO, number, 0)
    if not can_be_victim(shift, i, kind):
        return
    if EXPOSURE[kind] == BY_VEHICLE and shift.ground.people[i].vehicle == 0:
        return
    mark = keyed_uniform(shift.seed, CRIME_MARK, shift.tick, number, 0)
    crime = PossibleCrime(kind=kind, number=number, victim=i, cell=cell, when=when, mark=mark)
    left, u = 1.0, keyed_uniform(shift.seed, KEPT_AWAY, shift.tick, number, 0)
    for guard in range(len(tables.guards)):
        if tables.repeats_too[guard] == 1:
            left *= tables.guards[guard, when, kind, cell]
            if u >= left:
                record_prevented_crime(shift, crime, guard)
                return
    # Repeats are drawn for the greatest factor that beliefs can have, and thinned by the factor here and now.
    z = max(shift.ground.cells[cell].settlement, 0)
    if mark >= tables.felt[OFFENDER_GROUP_OF[kind], z] / tables.certainty[0].highest:
        return
    shift.tally[0].repeats += 1.0
    origin = due.offender
    if origin >= 0 and tables.pool.rows[origin].generation != due.generation:
        origin = NO_SLOTS
    attempt_crime(shift, tables, crime, origin)


@kernel
def drop_due_repeats(tables: RepeatTables, tick: int) -> None:
    """Drop the repeats that are due by `tick` from the pending ones; the others keep their order."""
    left, repeats = 0, tables.repeats
    for k in range(tables.repeats_count[0]):
        if repeats[k].tick > tick:
            repeats[left] = repeats[k]
            left += 1
    tables.repeats_count[0] = left


def poisson_upper_bound(mean: float) -> int:
    """Return an upper bound of a Poisson number of this mean: twelve standard deviations above it, and 64."""
    return int(mean + 12.0 * math.sqrt(mean) + 64.0)


def base_hazard(crime: Rows[Crime]) -> FloatArray:
    """Return the hazard a year at exposure 1 by settlement and kind: offenders a head times their rate."""
    pools = {"armed": crime["armed"] / 1000.0, "thieves": crime["thieves"] / 1000.0, "alcohol": crime["alcohol"]}
    rates = rates_by_kind(crime, "rate")
    for nth, kind in enumerate(KINDS):
        if kind.rate:
            rates[:, nth] *= pools[kind.pool]
    return rates


def candidate_table(world: World) -> GrowingTable[CrimeCandidate]:
    """Return a table for the candidates of a kind."""
    return GrowingTable(CrimeCandidate, version=world.state.version)


def max_attempts(world: World) -> int:
    """Return an upper bound of the attempts in a shift."""
    return poisson_upper_bound(float(CEILING.sum()) * world.town.n_people / YEAR)


def room_for_attempts(world: World) -> Room:
    """Return the rows that the attempts of a shift may need."""
    most = world.cached_view(max_attempts) + rows_of(PENDING_REPEATS)
    events: Room = dict.fromkeys((INCIDENTS, OUTSIDE, IMPRESSIONS, SPARED), most)
    return {**events, PENDING_REPEATS: MAX_REPEATS * most, world.cached(candidate_table): most}


@kernel_step(judge_candidates, room_for_attempts)
def step(world: World) -> KernelArguments:
    """Judge the candidates for crimes of this shift and the near repeats that are due."""
    return world.shift_context(), world.view(VictimisationTables), world.cached(candidate_table).rows


MECHANISM = Mechanism(group=Crime, counts=CrimeCounts, causes=(HARM_CAUSE,), writes=WRITTEN_COLUMNS)
