"""M6, crime as a point process by kind: hazards depend on people, places and a latent pool of offenders.

In each shift candidates are drawn for every kind at a fixed ceiling of the hazard; each becomes an attempt with
probability hazard / ceiling.  No policy or parameter changes the ceiling, so that paired worlds share candidates.
An attempt may be prevented by a guard, by custody of the offender or by police at the place; otherwise it becomes an
incident.  Other mechanisms write the factors of the hazard (`model.world.hazard`) and record their own incidents with
`record_incident`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.crime.deterrence import DISPLACED_STREAM, is_deterred
from model.crime.guards import is_kept_away_by_guard
from model.crime.lasting_risk import (
    draw_victim,
    first_possible_victim,
    greatest_ties_factor,
    prefetch_chance,
    ties_factor,
)
from model.crime.near_repeat import MAX_REPEATS, schedule_repeats
from model.crime.offenders import NO_OFFENDER, NO_SLOTS, find_acting_slot
from model.crime.opportunity import cell_of_crime, greatest_opportunity, opportunity_factor
from model.engine.calendar import FRIDAY, MARKET_DAY, MINUTES_A_SHIFT, MORNING, NIGHT, SHIFTS, YEAR
from model.engine.elementary import log
from model.engine.kernels import kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.engine.rows import Row
from model.engine.tables import GrowingTable
from model.residents.population_change import apply_outside_crime
from model.town.crime_kinds import (
    ASSAULT,
    AT_HOME,
    BY_HOME,
    BY_QUARREL,
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
from model.trust.events import HARM_CAUSE, declare_event, record_event
from model.trust.ledger import record_death
from model.world.derived import derived
from model.world.hazard import HAZARD_MARKET_DAY, HAZARD_NIGHT, N_WARD_CLASSES
from model.world.mechanism import Mechanism
from model.world.sampling import age_years, draw_present_resident
from model.world.shift_events import IMPRESSIONS, INCIDENTS, MOTIVES, NO_MOTIVE, NOBODY, OUTSIDE, SPARED
from model.world.steps import rows_of, step

if TYPE_CHECKING:
    from model.crime.near_repeat import PendingRepeat
    from model.engine.rows import FloatArray, Rows
    from model.simulation.world import Simulation, World
    from model.town.residents import Person
    from model.world.shift_events import Incident
    from model.world.steps import Room

CRIME_COUNT, CRIME_WHO, CRIME_MARK = stream_id("crime count"), stream_id("crime who"), stream_id("crime mark")
CRIME_MINUTE, VIOLENT_STREAM, LOSS_STREAM, LETHAL_STREAM = (
    stream_id("crime minute"),
    stream_id("violent"),
    stream_id("loss"),
    stream_id("lethal"),
)
KEPT_AWAY = stream_id("kept away")
KIND_ID_RANGE = 1048576
"""Room for the candidates of a shift, 2**20: candidate j of a kind has the number key of the kind * 2**20 + j."""
BEYOND_ROUNDING = 1.000001
"""Factor that keeps an upper bound above what it bounds, however products are rounded."""
ADULT_AGE_YEARS = 18.0
"""Age of majority, years."""
MOTIVE_OF_KIND = np.array([MOTIVES.index(kind.motive) if kind.motive else 0 for kind in KINDS], np.int64)
declare_event("harm", HARM_CAUSE, memory="harm")


@dataclass(frozen=True, init=False)
class Crime(ParameterGroup):
    """Offenders (site facts), their rates of crime (shared by all sites), and exposure by place, time and person."""

    name: ClassVar[str] = "crime"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("A03", "A04", "A05", "B08", "B11", "B19", "F20", "J02", "S12", "V02", "V18")

    armed: float
    thieves: float
    alcohol: float
    firearms: float
    robbery: float
    theft: float
    vehicle_theft: float
    theft_from_vehicle: float
    burglary: float
    assault: float
    hire: float
    cctv: float
    cctv_effect: float
    alcohol_hours: float
    hours_effect: float
    breath_tests: float
    tests_effect: float
    at_home: float
    night: float
    market: float
    weekend_night: float
    violent_share: float
    grave_share: float
    loss_robbery: float
    loss_theft: float
    loss_vehicle: float
    loss_from_vehicle: float
    loss_burglary: float
    women_hired: float
    women_assaulted: float
    young_assaulted: float
    young_from: float
    young_to: float
    burglary_morning: float
    lethal_robbery: float
    lethal_assault: float
    women_killed: float
    severity_robbery: float
    grave_robbery: float
    severity_theft: float
    severity_vehicle_theft: float
    severity_theft_from_vehicle: float
    severity_burglary: float
    severity_assault: float
    grave_assault: float


class CrimeCandidate(Row):
    """Candidate for a crime of one kind.

    `number` keys its random numbers, `mark` is the uniform number that its hazard must exceed, `chance` the one that
    draws the resident `who`, and `cell` where it would happen, -1 for outside the municipality.
    """

    number: int
    mark: float
    chance: float
    who: int
    cell: int


class NewIncident(NamedTuple):
    """Incident that is about to be recorded; `clique` is -1 if no clique commits it.

    `minute` is that of the shift, 0 to 480; `severity` lies between 0 and 1; `loss` is in quetzals.
    """

    number: int
    kind: int
    motive: int
    cell: int
    victim: int
    clique: int
    minute: float
    severity: float
    loss: float


class PossibleCrime(NamedTuple):
    """Crime that may happen in this shift.

    `number` keys its random numbers, `when` is the kind of shift by which hazards differ (`model.world.hazard`), and
    `mark` is the uniform number that its hazard must exceed.
    """

    kind: int
    number: int
    victim: int
    cell: int
    when: int
    mark: float


class ExposureSetting(NamedTuple):
    """Place and shift in which a resident is exposed to crime; `lure` is the attraction of the cell."""

    cell: int
    lure: float
    market: bool
    night: bool
    weekend: bool
    tick: int


class CrimeCounts(Row):
    """Monthly counts of crime."""

    candidates: float
    ceiling_hits: float
    grave_assaults: float
    displaced: float
    off_map: float


@derived
def base_hazard_in_force(sim: Simulation) -> FloatArray:
    """Return the hazard a year of a resident of exposure 1, by settlement and kind."""
    return base_hazard(sim.p.crime)


@derived
def grave_shares(sim: Simulation) -> FloatArray:
    """Return the share of grave acts, by settlement and kind."""
    crime: Rows[Crime] = sim.p.crime
    grave = rates_by_kind(crime, "grave_share")
    for nth, kind in enumerate(KINDS):
        grave[:, nth] *= crime["firearms"] if kind.grave_armed else 1.0
    return grave


@derived
def lethal_shares(sim: Simulation) -> FloatArray:
    """Return the lethal share by settlement and kind; -1 for kinds that always kill, 0 for harmless ones."""
    crime: Rows[Crime] = sim.p.crime
    lethal = rates_by_kind(crime, "lethal")
    for nth, kind in enumerate(KINDS):
        lethal[:, nth] = lethal[:, nth] * crime["firearms"] if kind.lethal else (-1.0 if kind.motive else 0.0)
    return lethal


@derived
def severities_in_force(sim: Simulation) -> FloatArray:
    """Return the severity (0-1) of an act, by settlement, kind and whether it is grave.

    Where the mechanism has no parameter ``severity_KIND`` or ``grave_KIND``, that of the record of the kind holds.
    """
    crime: Rows[Crime] = sim.p.crime
    severities: FloatArray = np.empty((len(crime), N_KINDS, 2))
    for number, kind in enumerate(KINDS):
        for grave, part in enumerate(("severity", "grave")):
            key = f"{part}_{kind.name}"
            severities[:, number, grave] = crime[key] if key in Crime.parameter_specs() else getattr(kind, part)
    return severities


@derived
def losses_by_kind(sim: Simulation) -> FloatArray:
    """Return the mean loss of an act in quetzals, by settlement and kind."""
    return rates_by_kind(sim.p.crime, "loss")


@derived
def outside_rates(sim: Simulation) -> FloatArray:
    """Return the hazard a year outside the municipality, by settlement and kind."""
    return rates_by_kind(sim.p.population_change, "outside")


@kernel
def exposure_of_person(kind: int, person: Person, setting: ExposureSetting, p: Crime) -> float:
    """Return the exposure of a resident to a kind of crime in a place, before the factors of the shift."""
    by = EXPOSURE[kind]
    # Weights of women and men sum to 2, so that a share of women does not move the total.
    if by == BY_TARGET:
        return p.women_hired if person.female == 1 else 2.0 - p.women_hired
    if by == BY_STREET:
        return setting.lure if setting.cell != person.home else setting.lure * p.at_home
    if by == BY_VEHICLE:
        return person.vehicle * setting.lure
    if by == BY_HOME:
        return setting.lure
    weight = setting.lure * (p.women_assaulted if person.female == 1 else 2.0 - p.women_assaulted)
    is_young = p.young_from <= age_years(person, setting.tick) < p.young_to
    return weight * p.young_assaulted if is_young else weight


@kernel
def greatest_exposure(kind: int, setting: ExposureSetting, p: Crime) -> float:
    """Return an upper bound of `exposure_of_person` over all residents."""
    by = EXPOSURE[kind]
    if by == BY_TARGET:
        return max(p.women_hired, 2.0 - p.women_hired)
    if by == BY_STREET:
        return setting.lure * max(p.at_home, 1.0)
    if by == BY_QUARREL:
        return setting.lure * max(p.women_assaulted, 2.0 - p.women_assaulted) * max(p.young_assaulted, 1.0)
    return setting.lure


@kernel
def exposure_in_shift(kind: int, weight: float, setting: ExposureSetting, p: Crime) -> float:
    """Return the exposure `weight` to a kind of crime times the factors of the shift; 1 has the base hazard."""
    by = EXPOSURE[kind]
    if by == BY_STREET and kind != ROBBERY:
        return weight * p.market if setting.market else weight
    if by == BY_STREET:
        return weight * p.night if setting.night else weight
    if by == BY_VEHICLE:
        dark = p.night if setting.night and AT_HOME[kind] == 1 else 1.0
        return weight * dark * (1.0 - p.cctv_effect * p.cctv)
    if by == BY_HOME:
        return weight * (p.burglary_morning if setting.tick % SHIFTS == MORNING else 1.0)
    if by == BY_TARGET or not setting.night:
        return weight
    weight *= (1.0 - p.hours_effect * p.alcohol_hours) * (1.0 - p.tests_effect * p.breath_tests)
    return weight * p.weekend_night if setting.weekend else weight


@kernel
def exposure_hazard(kind: int, person: Person, setting: ExposureSetting, p: Crime) -> float:
    """Return the exposure of a resident to a kind of crime in a place and shift; 1 has the base hazard."""
    return exposure_in_shift(kind, exposure_of_person(kind, person, setting, p), setting, p)


@kernel
def first_living_tie(w: World, victim: int) -> int:
    """Return the first tie of a resident who lives here, or -1."""
    ties = w.ties
    for k in range(ties.shape[1]):
        if ties[victim, k] >= 0 and w.minds[ties[victim, k]].gone < 0:
            return int(ties[victim, k])
    return NOBODY


@kernel
def record_incident(w: World, incident: NewIncident) -> int:
    """Record an incident and the harm to its reporter; return its row.

    Writes as `append_incident` does, and `minds.harmed` and `impressions`; counts in `tally.victims_again`.
    """
    k = append_incident(w, incident)
    reporter = w.incidents[k].teller
    if reporter >= 0:
        mind = w.minds[reporter]
        if reporter == incident.victim and mind.harmed >= 0 and w.tick - mind.harmed < YEAR:
            w.tally[0].victims_again += 1.0
        mind.harmed = w.tick
        p = w.p.trust[w.people[reporter].settlement]
        record_event(w, reporter, HARM_CAUSE, p.harm * incident.severity)
    return k


@kernel
def append_incident(w: World, incident: NewIncident) -> int:
    """Append an incident to `incidents`, record the death of a homicide's victim; return the row.

    The reporter is the victim; for a homicide the first living tie, or -1.
    """
    victim = incident.victim
    reporter = victim
    if incident.kind == HOMICIDE:
        home = w.people[victim].settlement
        record_death(w, w.minds[victim], w.p.trust[home], home)
        reporter = first_living_tie(w, victim)
    k: int = w.counts[INCIDENTS]
    row = w.incidents[k]
    row.tick, row.number, row.kind, row.motive = w.tick, incident.number, incident.kind, incident.motive
    row.cell, row.victim, row.teller, row.clique = incident.cell, victim, reporter, incident.clique
    row.minute, row.severity, row.loss = incident.minute, incident.severity, incident.loss
    # Rows are used again every shift: reset the columns that later rules fill.
    row.offender, row.reported_to = NO_SLOTS, NOBODY
    row.handed = row.covered = row.found = row.complaint = row.in_time = row.recorded = row.arrested = 0
    row.displaced = row.refused = row.written = row.downgraded = 0
    w.counts[INCIDENTS] = k + 1
    return k


@kernel
def commit_crime(w: World, crime: PossibleCrime, minute: float) -> int:
    """Record a crime with its severity, loss and possible death; return the row of the incident."""
    kind, number = crime.kind, crime.number
    z = max(w.cells[crime.cell].settlement, 0)
    share, deadly = w.grave_shares[z, kind], w.lethal_shares[z, kind]
    grave = share > 0.0 and keyed_uniform(w.seed, VIOLENT_STREAM, w.tick, number, 0) < share
    severity = w.severities_in_force[z, kind, 1 if grave else 0]
    # Losses are exponential around the mean, by inversion.
    loss = w.losses_by_kind[z, kind] * -log(1.0 - keyed_uniform(w.seed, LOSS_STREAM, w.tick, number, 0))
    toll = w.p.crime[z].women_killed if w.people[crime.victim].female == 1 else 1.0
    motive = NO_MOTIVE
    if deadly < 0.0 or keyed_uniform(w.seed, LETHAL_STREAM, w.tick, number, 0) < deadly * toll:
        motive, severity, kind = MOTIVE_OF_KIND[kind], 1.0, HOMICIDE
    elif kind == ASSAULT and grave:
        w.tally[0].grave_assaults += 1.0
    return record_incident(
        w,
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
def attempt_crime(w: World, crime: PossibleCrime, origin: int) -> None:
    """Attempt a crime: it is prevented by a guard or custody, deterred, displaced, or committed.

    `origin` is the offender slot of the crime that this one repeats, or -1.
    """
    kind, cell, number = crime.kind, crime.cell, crime.number
    z = max(w.cells[cell].settlement, 0)
    if is_kept_away_by_guard(w, w.p.guards[z], kind, cell, crime.victim, number):
        return
    offender = find_acting_slot(w, OFFENDER_GROUP_OF[kind], z, number, origin)
    if offender == NO_OFFENDER:
        return
    minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, number, 0)
    if is_deterred(w, kind, cell, minute, number):
        w.tally[0].deterred += 1.0
        displace_crime(w, crime, offender, minute)
        return
    row = w.incidents[commit_crime(w, crime, minute)]
    generation = attribute_to_offender(w, row, offender)
    if REPEATABLE[kind] == 1:
        schedule_repeats(w, kind, row, generation)


@kernel
def displace_crime(w: World, crime: PossibleCrime, offender: int, minute: float) -> None:
    """Move a deterred crime to a neighbouring cell, in some cases; it breeds no near repeats.

    Counts crimes without a victim there in `tally.off_map`, others in `tally.displaced`.
    """
    seed, tick, near = w.seed, w.tick, w.near
    kind, number = crime.kind, crime.number
    moves = w.p.deterrence[max(w.cells[crime.cell].settlement, 0)].displacement
    if DISPLACEABLE[kind] == 0 or keyed_uniform(seed, DISPLACED_STREAM, tick, number, 0) >= moves:
        return
    other = near[crime.cell, int(near.shape[1] * keyed_uniform(seed, DISPLACED_STREAM, tick, number, 1))]
    i = NOBODY if other < 0 else draw_present_resident(w, other, DISPLACED_STREAM, number, 2)
    if not can_be_victim(w, i, kind):
        w.tally[0].off_map += 1.0
        return
    w.tally[0].displaced += 1.0
    moved = PossibleCrime(kind=kind, number=number, victim=i, cell=other, when=crime.when, mark=crime.mark)
    row = w.incidents[commit_crime(w, moved, minute)]
    row.displaced = 1
    attribute_to_offender(w, row, offender)


@kernel
def attribute_to_offender(w: World, row: Incident, offender: int) -> int:
    """Attribute an incident to an offender slot; return the generation that fills the slot."""
    row.offender = offender
    if offender < 0:
        return NOBODY
    w.offenders[offender].crimes += 1
    return int(w.offenders[offender].generation)


@kernel
def can_be_victim(w: World, i: int, kind: int) -> bool:
    """Return whether resident `i` (-1: nobody) lives here and is old enough for a kind of crime."""
    return i >= 0 and w.minds[i].gone < 0 and age_years(w.people[i], w.tick) >= YOUNGEST[kind]


@kernel
def exposure_setting(w: World, cell: int, lure: float, market: bool) -> ExposureSetting:
    """Return the setting of a cell in this shift; `market` tells whether a market is held there."""
    return ExposureSetting(
        cell=cell,
        lure=lure,
        market=market,
        night=w.tick % SHIFTS == NIGHT,
        weekend=w.weekday >= FRIDAY,
        tick=w.tick,
    )


@kernel
def setting_of_cell(w: World, cell: int, when: int) -> ExposureSetting:
    """Return the setting of a cell in this shift."""
    here = w.cells[cell]
    return exposure_setting(w, cell, here.lure, when >= HAZARD_MARKET_DAY and here.market == 1)


@kernel
def hazard_over_ceiling(w: World, kind: int, cell: int, when: int, weight: float) -> float:
    """Return the hazard of a kind in a cell over its ceiling, for residents of this weight."""
    z = max(w.cells[cell].settlement, 0)
    base = w.base_hazard_in_force[z, kind] * (w.p.certainty[0].level * w.zone_hazard[OFFENDER_GROUP_OF[kind], z])
    hazard: float = base * (weight * w.hazard_rates[when, kind, cell]) / CEILING[kind]
    return hazard


@kernel
def greatest_factor_of_person(w: World, kind: int) -> float:
    """Return an upper bound of the factors by class of resident, by ties and by who is where."""
    by_place, by_person = 0.0, 0.0
    for z in range(len(w.p.crime)):
        by_place = max(by_place, greatest_opportunity(w, kind, z))
        ties = greatest_ties_factor(kind, w.p.lasting_risk[z])
        for ward in range(N_WARD_CLASSES):
            by_person = max(by_person, w.person_factors[kind, z, ward] * ties)
    return by_place * by_person * BEYOND_ROUNDING


@kernel
def greatest_hazard(w: World, kind: int, when: int, most: float) -> float:
    """Return an upper bound of the hazard over its ceiling, for all residents and places.

    `most` is `greatest_factor_of_person`.
    """
    greatest, group = 0.0, OFFENDER_GROUP_OF[kind]
    for z in range(len(w.p.crime)):
        setting = exposure_setting(w, NOBODY, 1.0, when >= HAZARD_MARKET_DAY)
        weight = exposure_in_shift(kind, greatest_exposure(kind, setting, w.p.crime[z]), setting, w.p.crime[z])
        base = w.base_hazard_in_force[z, kind] * (w.p.certainty[0].level * w.zone_hazard[group, z])
        greatest = max(greatest, base * (weight * most * w.highest_rates[when, kind]), w.outside_rates[z, kind])
    bound: float = greatest / CEILING[kind]
    return bound


@kernel
def draw_candidates(w: World, kind: int, bound: float) -> int:
    """Draw the candidates of a kind in this shift whose mark is below a bound; return their number.

    Writes the first rows of `drawn`.  Counts in `tally.candidates`.
    """
    drawn = w.candidates
    # Thinning of a Poisson process (Lewis and Shedler 1979): candidates come at the ceiling of the hazard, and each is
    # kept later with probability hazard / ceiling.  The ceiling is fixed, so that worlds share their candidates.
    near, left = 0, 0
    seed, tick, n, first = w.seed, w.tick, len(w.minds), KIND_KEY[kind] * KIND_ID_RANGE
    n_all = poisson_quantile(keyed_uniform(seed, CRIME_COUNT, tick, KIND_KEY[kind], 0), CEILING[kind] * n / YEAR)
    w.tally[0].candidates += n_all
    for j in range(n_all):  # a loop of nothing but draws, which the compiler vectorises
        drawn[j].mark = keyed_uniform(seed, CRIME_MARK, tick, first + j, 0)
    for j in range(n_all):
        drawn[near].number, drawn[near].mark = first + j, drawn[j].mark
        near += int(drawn[j].mark < bound)
    for k in range(near):
        drawn[k].chance = keyed_uniform(seed, CRIME_WHO, tick, drawn[k].number, 0)
    for k in range(near):
        prefetch_chance(w, kind, drawn[k].chance)
    for k in range(near):
        drawn[k].who = first_possible_victim(w, kind, drawn[k].chance)
    for k in range(near):
        i = draw_victim(w, kind, drawn[k].chance, drawn[k].who)
        drawn[left] = drawn[k]
        drawn[left].who = i
        left += int(i < w.arrived[0])
        prefetch(w.places, (w.where, i))
        if AT_HOME[kind] == 1:
            prefetch(w.people, i)
    return left


@kernel
def keep_possible_candidates(w: World, kind: int, when: int, n_drawn: int, most: float) -> int:
    """Keep the candidates whose mark the hazard of their place may exceed, who live here and are old enough.

    Moves them to the first rows of `drawn`; returns their number.  `most` is `greatest_factor_of_person`.
    """
    drawn, minds, near, left = w.candidates, w.minds, 0, 0
    for k in range(n_drawn):
        i = drawn[k].who
        cell = cell_of_crime(w, kind, i)
        if cell >= 0:
            setting, p = setting_of_cell(w, cell, when), w.p.crime[max(w.cells[cell].settlement, 0)]
            weight = exposure_in_shift(kind, greatest_exposure(kind, setting, p), setting, p)
            if hazard_over_ceiling(w, kind, cell, when, weight * most) <= drawn[k].mark:
                continue
        drawn[near] = drawn[k]
        drawn[near].cell = cell
        near += 1
        # Candidates stand all over memory: load their rows before they are judged.
        prefetch(minds, i)
        prefetch(w.people, i)
    for k in range(near):
        i = drawn[k].who
        drawn[left] = drawn[k]
        left += int(minds[i].gone < 0) & int(age_years(w.people[i], w.tick) >= YOUNGEST[kind])
    return left


@kernel
def apply_guards(w: World, crime: PossibleCrime, threshold: float) -> float:
    """Return the threshold that guards leave of a crime; record the crime if one of them prevents it."""
    for guard in range(len(w.guard_factors)):
        left = threshold * w.guard_factors[guard, crime.when, crime.kind, crime.cell]
        if left <= crime.mark < threshold:
            record_prevented_crime(w, crime, guard)
        threshold = left
    return threshold


@kernel
def record_prevented_crime(w: World, crime: PossibleCrime, guard: int) -> None:
    """Append a crime that a guard prevented to `spared`."""
    row = w.spared[w.counts[SPARED]]
    row.number, row.kind, row.cell, row.guard = crime.number, crime.kind, crime.cell, guard
    w.counts[SPARED] += 1


@kernel
def normalised_hazard(w: World, crime: PossibleCrime) -> float:
    """Return the hazard of a possible crime over its ceiling, before guards.

    Where the mark is above it, an upper bound is enough and may be returned.  Counts in `tally.ceiling_hits`.
    """
    kind, when, cell, i = crime.kind, crime.when, crime.cell, crime.victim
    person, here = w.people[i], w.cells[cell]
    z, lasting = max(here.settlement, 0), w.p.lasting_risk[person.settlement]
    weight = exposure_hazard(kind, person, setting_of_cell(w, cell, when), w.p.crime[z])
    ward = w.minds[i].careful
    if here.schools > 0 and age_years(person, w.tick) < ADULT_AGE_YEARS:
        ward += 2
    by_person = w.person_factors[kind, person.settlement, ward]
    most = weight * greatest_opportunity(w, kind, z) * greatest_ties_factor(kind, lasting)
    bound = hazard_over_ceiling(w, kind, cell, when, most * by_person) * BEYOND_ROUNDING
    if bound <= crime.mark:  # nothing can reach the mark: save the access to other residents
        return bound
    weight *= opportunity_factor(w, kind, i, cell, z)
    weight *= ties_factor(w, kind, i, lasting)
    threshold = hazard_over_ceiling(w, kind, cell, when, weight * by_person)
    if threshold > 1.0:
        w.tally[0].ceiling_hits += 1.0
        threshold = 1.0
    return threshold


@kernel
def judge_outside_crime(w: World, kind: int, i: int, number: int, mark: float) -> None:
    """Record a crime against resident `i`, who is outside the municipality, by the hazard there."""
    home = w.people[i].settlement
    if mark * CEILING[kind] < w.outside_rates[home, kind]:
        severity = apply_outside_crime(w, kind, i, number, w.grave_shares[home, kind])
        record_event(w, i, HARM_CAUSE, w.p.trust[home].harm * severity)


@kernel
def apply_near_repeat(w: World, due: PendingRepeat, when: int) -> None:
    """Attempt a near repeat that is due, unless there is no victim or something prevents it.

    The offender is that of the first crime, while the same person fills the slot.
    """
    kind, cell, i, number = due.kind, due.cell, due.victim, due.number
    if i < 0:
        i = draw_present_resident(w, cell, CRIME_WHO, number, 0)
    if not can_be_victim(w, i, kind):
        return
    if EXPOSURE[kind] == BY_VEHICLE and w.people[i].vehicle == 0:
        return
    mark = keyed_uniform(w.seed, CRIME_MARK, w.tick, number, 0)
    crime = PossibleCrime(kind=kind, number=number, victim=i, cell=cell, when=when, mark=mark)
    left, u = 1.0, keyed_uniform(w.seed, KEPT_AWAY, w.tick, number, 0)
    for guard in range(len(w.guard_factors)):
        if w.guards_repeats[guard] == 1:
            left *= w.guard_factors[guard, when, kind, cell]
            if u >= left:
                record_prevented_crime(w, crime, guard)
                return
    # Repeats are drawn for the greatest factor that beliefs can have, and thinned by the factor here and now.
    z = max(w.cells[cell].settlement, 0)
    if mark >= w.zone_hazard[OFFENDER_GROUP_OF[kind], z] / w.p.certainty[0].highest:
        return
    w.tally[0].repeats += 1.0
    origin = due.offender
    if origin >= 0 and w.offenders[origin].generation != due.generation:
        origin = NO_SLOTS
    attempt_crime(w, crime, origin)


@kernel
def drop_due_repeats(w: World) -> None:
    """Drop the repeats that are due by `tick` from the pending ones; the others keep their order."""
    left, repeats = 0, w.repeats
    for k in range(w.repeats_count[0]):
        if repeats[k].tick > w.tick:
            repeats[left] = repeats[k]
            left += 1
    w.repeats_count[0] = left


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


def candidate_table(sim: Simulation) -> GrowingTable[CrimeCandidate]:
    """Return a table for the candidates of a kind."""
    return GrowingTable(CrimeCandidate, version=sim.state.version)


def max_attempts(sim: Simulation) -> int:
    """Return an upper bound of the attempts in a shift."""
    return poisson_upper_bound(float(CEILING.sum()) * sim.town.n_people / YEAR)


def room_for_attempts(sim: Simulation) -> Room:
    """Return the rows that the attempts of a shift may need."""
    most = sim.cached_view(max_attempts) + rows_of("repeats")
    events: Room = dict.fromkeys((INCIDENTS, OUTSIDE, IMPRESSIONS, SPARED), most)
    return {**events, "repeats": MAX_REPEATS * most, sim.cached(candidate_table): most}


@step(room=room_for_attempts)
def offend(w: World) -> None:
    """Judge the candidates of this shift by kind, then the near repeats that are due.

    Writes `incidents`, `outside`, `spared`, `impressions`, the offenders and the pending repeats.
    """
    drawn = w.candidates
    old_repeats = w.repeats_count[0]  # those of this shift's crimes come later
    when = (HAZARD_NIGHT if w.tick % SHIFTS == NIGHT else 0) + (
        HAZARD_MARKET_DAY if w.where // SHIFTS == MARKET_DAY else 0
    )
    for kind in COMMON_KINDS:
        most = greatest_factor_of_person(w, kind)
        n_drawn = draw_candidates(w, kind, greatest_hazard(w, kind, when, most))
        for k in range(keep_possible_candidates(w, kind, when, n_drawn, most)):
            number, i, mark, cell = drawn[k].number, drawn[k].who, drawn[k].mark, drawn[k].cell
            if w.minds[i].gone >= 0:  # killed earlier in this shift
                continue
            if cell < 0:
                judge_outside_crime(w, kind, i, number, mark)
                continue
            crime = PossibleCrime(kind=kind, number=number, victim=i, cell=cell, when=when, mark=mark)
            threshold = normalised_hazard(w, crime)
            if mark < threshold:
                threshold = apply_guards(w, crime, threshold)
            if mark < threshold:
                attempt_crime(w, crime, NO_SLOTS)
    for k in range(old_repeats):
        if w.repeats[k].tick == w.tick:
            apply_near_repeat(w, w.repeats[k], when)
    drop_due_repeats(w)


MECHANISM = Mechanism(group=Crime, counts=CrimeCounts, causes=(HARM_CAUSE,))
