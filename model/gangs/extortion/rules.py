"""Extortion (M7): demands by cliques and imitators, threats, clashes between cliques, recruitment.

Two kinds differ: cliques demand rent within their territory and punish some refusals; imitators demand by telephone,
and their threats are empty.  Most events are drawn by thinning: candidates come at a fixed rate above all hazards, and
each is kept with the share of its own hazard, so that a change of a hazard leaves the draws of all others as they are.

Switched off, nobody demands, clashes or recruits.
"""

from __future__ import annotations

from typing import NamedTuple

from model.crime.crime.rules import poisson_upper_bound, record_incident
from model.crime.crime.schema import CRIME_MINUTE, LETHAL_STREAM, LOSS_STREAM, NewIncident
from model.crime.political_calendar.rules import violence_trend
from model.crime.political_calendar.schema import PoliticalCalendar
from model.crime.safe_schools.rules import recruitment_pull
from model.crime.safe_schools.schema import SafeSchools
from model.engine.calendar import (
    DAYS_OF_YEAR,
    EVENING,
    LAST_SHIFTS,
    MINUTES_A_SHIFT,
    MONDAY,
    MORNING,
    NIGHT,
    SHIFTS,
    YEAR,
)
from model.engine.elementary import exp, log
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic_quantile, poisson_quantile
from model.engine.rows import IntArray, Rows, to_int64
from model.gangs.clique_choices.rules import Refusal, choose_to_punish, leadership_gap
from model.gangs.cliques.schema import Cliques
from model.gangs.extortion.schema import (
    ATTACK_AGAIN_STREAM,
    CLASH_ID_OFFSET,
    CLASH_STREAM,
    CLASH_VICTIM,
    DEMAND_COUNT,
    DEMAND_ID_OFFSET,
    DEMAND_MARK,
    DEMAND_PAY,
    DEMAND_SHIFTS,
    DEMAND_WHO,
    DEMANDS_BOUND,
    FROM_PRISON,
    HALF_OWED,
    IMITATOR_COUNT,
    IMITATOR_ID_OFFSET,
    IMITATOR_MARK,
    IMITATOR_PAY,
    IMITATOR_WHO,
    LEAVES_STREAM,
    MAX_DEMAND_RATE,
    MAX_DEMANDS_A_CLIQUE,
    MAX_IMITATOR_RATE,
    MAX_RECRUIT_RATE,
    PAYMENT,
    PAYS_AT_START,
    PUNISH_STREAM,
    PUNISHMENT_ID_OFFSET,
    RECRUIT_CANDIDATES,
    RECRUIT_COUNT,
    RECRUIT_MARK,
    RECRUIT_WHO,
    STOPS_PAYING,
    TELEPHONE_BLOCKED_STREAM,
    THREAT_DUE,
    THREATS,
    WRITTEN_COLUMNS,
    Extortion,
    ExtortionCounts,
    ExtortionHistory,
    Threat,
)
from model.gangs.gangs.rules import GangTables, add_member
from model.gangs.gangs.schema import CLIQUES, NOT_YET, ROLL, TARGET_START, TARGETS, YOUNG_MAN_ATTEMPTS, CliqueRow, Gangs
from model.town.crime_kinds import ASSAULT, EXTORTION, HOMICIDE
from model.town.residents import ADULT_AGE, STUDENT, Person
from model.trust.events.rules import record_event
from model.world.columns import MINDS, ResidentState
from model.world.discrete_choice.rules import ChoiceTables
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import DRAW_ATTEMPTS, DRAW_STRIDE, age_years, draw_present, is_young_man
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
    BY_EXTORTION,
    BY_GANG,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    NOBODY,
    PUNISHMENT,
    TERRITORIAL,
)
from model.world.steps import KernelArguments, KernelStep, Room, in_order, rows_of


class ExtortionTables(TableBundle):
    """Tables of cliques and choices, and the parameters of extortion, by settlement."""

    gangs: GangTables
    choice: ChoiceTables
    parameters: Rows[Extortion]
    political: Rows[PoliticalCalendar]
    schools: Rows[SafeSchools]
    facts: Rows[Gangs]
    cliques: Rows[Cliques]


class Attack(NamedTuple):
    """An attack of a clique on a resident; ``lethal`` is the probability that it kills.

    ``motive`` and ``lethal_motive`` are those of the incident if the victim survives, and if not.
    """

    number: int
    clique: int
    cell: int
    victim: int
    motive: int
    lethal_motive: int
    lethal: float
    wound_severity: float


@kernel
def collect_payments(shift: ShiftContext, gangs: GangTables, parameters: Rows[Extortion]) -> None:
    """Record the weekly payments of all living payers; some stop paying.

    Updates `cliques.takings`, `minds.pays` and `tally.payments`.
    """
    for k in range(gangs.target_start[len(gangs.cliques)]):
        i = gangs.targets[k]
        mind = shift.minds[i]
        if mind.pays < 0 or mind.gone >= 0:
            continue
        shift.tally[0].payments += 1.0
        gangs.cliques[mind.pays].takings += gangs.cliques[mind.pays].rent
        p = parameters[shift.ground.people[i].settlement]
        record_event(shift, i, PAYMENT, p.weight_payment)
        if keyed_uniform(shift.seed, STOPS_PAYING, shift.tick, i, 0) < p.churn:
            mind.pays = -1


@kernel
def draw_target(shift: ShiftContext, gangs: GangTables, first: int, n_targets: int, number: int) -> int:
    """Return a target of a demand who has not died or moved, in a few draws; else the last drawn."""
    i: int = gangs.targets[first]
    for attempt in range(DRAW_ATTEMPTS):
        u = keyed_uniform(shift.seed, DEMAND_WHO, shift.tick, number, DRAW_STRIDE * attempt)
        i = gangs.targets[first + int(u * n_targets)]
        if shift.minds[i].gone < 0:
            break
    return i


@kernel
def record_refusal(shift: ShiftContext, gangs: GangTables, p: Extortion, q: int, i: int, number: int) -> None:
    """Record that resident ``i`` refused clique ``q`` and is threatened."""
    clique, row = gangs.cliques[q], gangs.threats[gangs.threats_count[0]]
    clique.refused += 1
    clique.unpaid += 1.0
    u = keyed_uniform(shift.seed, THREAT_DUE, shift.tick, number, 0)
    row.due = shift.tick + 1 + int(SHIFTS * p.threat_days * u)
    row.born, row.victim, row.clique = shift.tick, i, q
    gangs.threats_count[0] += 1


@kernel
def make_demands(shift: ShiftContext, gangs: GangTables, parameters: Rows[Extortion]) -> None:
    """Make the demands of every clique; each target pays, or refuses and is threatened."""
    for q in range(len(gangs.cliques)):
        clique, first = gangs.cliques[q], gangs.target_start[q]
        n_targets = gangs.target_start[q + 1] - first
        if n_targets == 0:
            continue
        # Thinning: candidates at the ceiling of the rate, kept with the share of the clique's own rate.
        for j in range(poisson_quantile(keyed_uniform(shift.seed, DEMAND_COUNT, shift.tick, q, 0), MAX_DEMAND_RATE)):
            number = DEMAND_ID_OFFSET + q * MAX_DEMANDS_A_CLIQUE + j
            i = draw_target(shift, gangs, first, n_targets, number)
            mind = shift.minds[i]
            p = parameters[shift.ground.people[i].settlement]
            chance = p.demands * (clique.members + clique.hands) * clique.effort / DAYS_OF_YEAR / DEMAND_SHIFTS
            chance /= MAX_DEMAND_RATE
            if (
                mind.gone >= 0
                or mind.pays >= 0
                or keyed_uniform(shift.seed, DEMAND_MARK, shift.tick, number, 0) >= chance
            ):
                continue
            make_demand(shift, gangs, p, q, i, number)


@kernel
def make_demand(shift: ShiftContext, gangs: GangTables, p: Extortion, q: int, i: int, number: int) -> None:
    """Make a demand of clique ``q`` on resident ``i``, who pays, or refuses and is threatened.

    Updates `minds.pays`, and `asked` and `paid` of the clique; appends the incident.
    """
    clique = gangs.cliques[q]
    minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, number, 0)
    demand = NewIncident(
        number=number,
        kind=EXTORTION,
        motive=TERRITORIAL,
        cell=to_int64(shift.ground.places[0, i]),
        victim=i,
        clique=q,
        minute=minute,
        severity=p.severity,
        loss=clique.rent,
    )
    record_incident(shift, demand)
    shift.tally[0].extortion_territorial += 1.0
    clique.asked += 1
    noise = p.noise * logistic_quantile(keyed_uniform(shift.seed, DEMAND_PAY, shift.tick, number, 0))
    if clique.dread * p.punishment_cost - clique.rent + noise > 0.0:
        shift.minds[i].pays = q
        clique.paid += 1.0
    else:
        record_refusal(shift, gangs, p, q, i, number)


@kernel
def is_punished(shift: ShiftContext, tables: ExtortionTables, clique: CliqueRow, threat: Threat, p: Extortion) -> bool:
    """Return whether a clique carries out a threat.

    It chooses by utilities or, if the choice of punishment is switched off, with a fixed probability.
    """
    i = threat.victim
    reported = shift.minds[i].spoke >= threat.born
    if tables.cliques[0].punish == 1:
        leaderless = leadership_gap(clique, p.imitator_blocked)
        refusal = Refusal(clique=threat.clique, victim=i, reported=reported, leaderless=leaderless)
        return choose_to_punish(tables.choice, tables.cliques[0], clique, refusal, shift.tick)
    chance = p.punish_told if reported else p.punish
    return keyed_uniform(shift.seed, PUNISH_STREAM, shift.tick, i, 0) < chance


@kernel
def carry_out_threats(shift: ShiftContext, tables: ExtortionTables) -> None:
    """Carry out the threats that are due, or not; residents' belief in punishment follows.

    Updates `threats` and `cliques.dread`; appends incidents.
    """
    gangs, left = tables.gangs, 0
    for k in range(gangs.threats_count[0]):
        threat = gangs.threats[k]
        if threat.due > shift.tick:
            gangs.threats[left] = threat
            left += 1
            continue
        i, clique = threat.victim, gangs.cliques[threat.clique]
        mind, person = shift.minds[i], shift.ground.people[i]
        if mind.gone >= 0 or clique.alive == 0:
            continue
        p = tables.parameters[person.settlement]
        # Exponential smoothing: each case moves the believed probability towards 0 or 1.
        if not is_punished(shift, tables, clique, threat, p):
            clique.dread -= p.learning * clique.dread
            continue
        clique.dread += p.learning * (1.0 - clique.dread)
        shift.tally[0].punishments += 1.0
        attack = Attack(
            number=PUNISHMENT_ID_OFFSET + i,
            clique=threat.clique,
            cell=to_int64(person.home),
            victim=i,
            motive=PUNISHMENT,
            lethal_motive=BY_EXTORTION,
            lethal=p.lethal,
            wound_severity=p.wound_severity,
        )
        attack_victim(shift, attack)
    gangs.threats_count[0] = left


@kernel
def attack_victim(shift: ShiftContext, attack: Attack) -> bool:
    """Attack a resident, who dies or is wounded; append the incident and return whether it is a homicide."""
    number = attack.number
    minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, number, 0)
    deadly = keyed_uniform(shift.seed, LETHAL_STREAM, shift.tick, number, 0) < attack.lethal
    if not deadly:
        shift.tally[0].grave_assaults += 1.0
    incident = NewIncident(
        number=number,
        kind=HOMICIDE if deadly else ASSAULT,
        motive=attack.lethal_motive if deadly else attack.motive,
        cell=attack.cell,
        victim=attack.victim,
        clique=attack.clique,
        minute=minute,
        severity=1.0 if deadly else attack.wound_severity,
        loss=0.0,
    )
    record_incident(shift, incident)
    return deadly


@kernel
def draw_member_target(shift: ShiftContext, gangs: GangTables, foe: int, q: int) -> int:
    """Return a living member of a rival clique drawn as the target of an attack, or -1."""
    found, least = NOBODY, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if shift.minds[i].member == foe and shift.minds[i].gone < 0:
            # The least of keyed uniforms: a uniform draw that changes little when membership does.
            u = keyed_uniform(shift.seed, CLASH_VICTIM, shift.tick, i, q)
            if u < least:
                found, least = i, u
    return found


@kernel
def draw_young_man(shift: ShiftContext, cell: int, q: int, youngest: float) -> int:
    """Return a young man present in a cell, drawn in `YOUNG_MAN_ATTEMPTS` draws, or -1."""
    for attempt in range(YOUNG_MAN_ATTEMPTS):
        u = keyed_uniform(shift.seed, CLASH_VICTIM, shift.tick, q, attempt)
        i = draw_present(shift.ground, shift.where, cell, u)
        if i >= 0 and shift.minds[i].gone < 0 and is_young_man(shift.ground.people[i], shift.tick, youngest):
            return i
    return NOBODY


@kernel
def attack_from_gang(shift: ShiftContext, p: Extortion, q: int, cell: int, i: int) -> bool:
    """Attack resident ``i`` out of rivalry; append the incident and return whether it is a homicide."""
    shift.tally[0].clashes += 1.0
    attack = Attack(
        number=CLASH_ID_OFFSET + q,
        clique=q,
        cell=cell,
        victim=i,
        motive=BY_GANG,
        lethal_motive=BY_GANG,
        lethal=p.clash_lethal,
        wound_severity=p.wound_severity,
    )
    return attack_victim(shift, attack)


@kernel
def attack_rivals(shift: ShiftContext, tables: ExtortionTables) -> None:
    """Carry out the attacks due in this shift: on a member at home, or on a young man in the foe's centre.

    Only a death settles what is owed.  Updates `owed` and `attack_at` of the attacker and `killed_now` of the foe;
    appends incidents.
    """
    gangs = tables.gangs
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        if clique.attack_at != shift.tick or clique.foe < 0:
            continue
        foe = gangs.cliques[clique.foe]
        i, cell = NOBODY, foe.centre
        if keyed_uniform(shift.seed, CLASH_STREAM, shift.tick, q, 0) < tables.cliques[0].attack_member:
            i = draw_member_target(shift, gangs, clique.foe, q)
            cell = to_int64(shift.ground.people[i].home) if i >= 0 else cell
        p = tables.parameters[max(shift.ground.cells[cell].settlement, 0)]
        if i < 0:
            i = draw_young_man(shift, cell, q, p.attacked_from)
        if i < 0:
            continue
        if attack_from_gang(shift, p, q, cell, i):
            clique.owed = max(clique.owed - 1.0, 0.0)
            foe.killed_now += 1 if shift.minds[i].member == clique.foe else 0
        clique.attack_at = next_attack(shift, clique, q, tables.cliques[0])


@kernel
def next_attack(shift: ShiftContext, clique: CliqueRow, q: int, p: Cliques) -> int:
    """Return the tick at which a clique attacks again, -1 if it owes less than half a death or never does."""
    if p.attack_again == 0.0 or clique.owed < HALF_OWED:
        return NOT_YET
    # Uniform between now and twice the mean; what falls into the next month is decided anew.
    wait = 2.0 * SHIFTS * p.attack_again * keyed_uniform(shift.seed, ATTACK_AGAIN_STREAM, shift.tick, q, 0)
    return shift.tick + 1 + int(wait)


@kernel
def clash_with_rivals(shift: ShiftContext, tables: ExtortionTables) -> None:
    """Let cliques with rivals nearby clash at a fixed rate; appends incidents."""
    for q in range(len(tables.gangs.cliques)):
        clique = tables.gangs.cliques[q]
        z = max(shift.ground.cells[clique.centre].settlement, 0)
        p = tables.parameters[z]
        chance = p.clash / YEAR * min(clique.rivals, p.most_rivals) * p.tension * violence_trend(tables.political[z])
        chance *= clique.members / max(clique.founding, 1)
        if keyed_uniform(shift.seed, CLASH_STREAM, shift.tick, q, 0) >= chance:
            continue
        i = draw_young_man(shift, to_int64(clique.centre), q, p.attacked_from)
        if i >= 0:
            attack_from_gang(shift, p, q, to_int64(clique.centre), i)


@kernel
def recruit_members(shift: ShiftContext, tables: ExtortionTables) -> None:
    """Recruit young residents of a territory. Updates `minds.member`, `cliques.members` and `roll`."""
    gangs, n_people = tables.gangs, len(shift.ground.people)
    candidates = RECRUIT_CANDIDATES * n_people
    # Thinning of a Poisson process: candidates among all residents, kept with the share of their own hazard.
    for j in range(poisson_quantile(keyed_uniform(shift.seed, RECRUIT_COUNT, shift.tick, 0, 0), candidates)):
        i = int(keyed_uniform(shift.seed, RECRUIT_WHO, shift.tick, j, 0) * n_people)
        person, mind = shift.ground.people[i], shift.minds[i]
        q, p = gangs.territory[person.home], tables.parameters[person.settlement]
        if q < 0 or mind.gone >= 0 or mind.member >= 0:
            continue
        if not p.recruit_from <= age_years(person, shift.tick) < p.recruit_to:
            continue
        tied = 0.0
        for k in range(shift.ground.ties.shape[1]):
            tie = shift.ground.ties[i, k]
            if tie >= 0 and shift.minds[tie].member >= 0:
                tied = 1.0
        out = 0.0 if person.occupation == STUDENT else 1.0
        hazard = p.recruit * exp(p.recruit_tie * tied + p.recruit_out * out)
        hazard *= recruitment_pull(out == 0.0, tables.schools[person.settlement]) * gangs.cliques[q].draw
        if keyed_uniform(shift.seed, RECRUIT_MARK, shift.tick, j, 0) < hazard / MAX_RECRUIT_RATE:
            mind.member = q
            gangs.cliques[q].members += 1
            add_member(gangs.roll, gangs.roll_count, i)
            shift.tally[0].recruits += 1.0


@kernel
def record_imitator_demand(shift: ShiftContext, p: Extortion, i: int, number: int) -> None:
    """Record the demand of an imitator on resident `i`, who may pay; updates `minds.gave_in`."""
    # Losses are exponential: the quantile of a keyed uniform.
    loss = p.imitator_loss * -log(1.0 - keyed_uniform(shift.seed, LOSS_STREAM, shift.tick, number, 0))
    minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, number, 0)
    demand = NewIncident(
        number=number,
        kind=EXTORTION,
        motive=IMITATOR,
        cell=to_int64(shift.ground.people[i].home),
        victim=i,
        clique=NOBODY,
        minute=minute,
        severity=p.imitator_severity,
        loss=loss,
    )
    record_incident(shift, demand)
    shift.tally[0].extortion_imitators += 1.0
    if keyed_uniform(shift.seed, IMITATOR_PAY, shift.tick, number, 0) < p.imitator_pay:
        shift.tally[0].paid_imitators += 1.0
        shift.minds[i].gave_in = shift.tick


@kernel
def imitate_extortion(shift: ShiftContext, parameters: Rows[Extortion], phone_lists: float) -> None:
    """Draw the demands of imitators by telephone; some victims pay.

    ``phone_lists`` is the relative number of telephones on their lists.  Updates `minds.gave_in`; appends incidents.
    """
    n_people = len(shift.ground.people)
    candidates = MAX_IMITATOR_RATE * n_people / YEAR
    # Thinning of a Poisson process: candidates among all residents, kept with the share of their own hazard.
    for j in range(poisson_quantile(keyed_uniform(shift.seed, IMITATOR_COUNT, shift.tick, 0, 0), candidates)):
        number = IMITATOR_ID_OFFSET + j
        i = int(keyed_uniform(shift.seed, IMITATOR_WHO, shift.tick, number, 0) * n_people)
        person = shift.ground.people[i]
        if shift.minds[i].gone >= 0 or age_years(person, shift.tick) < ADULT_AGE:
            continue
        p = parameters[person.settlement]
        exposure = p.imitator_business if person.business == 1 else 1.0
        gave_in = shift.minds[i].gave_in
        if gave_in >= 0 and shift.tick - gave_in < YEAR:
            exposure *= p.imitator_again
        chance = p.imitators * phone_lists * exposure / MAX_IMITATOR_RATE
        if keyed_uniform(shift.seed, IMITATOR_MARK, shift.tick, number, 0) >= chance:
            continue
        if keyed_uniform(shift.seed, FROM_PRISON, shift.tick, number, 0) < p.imitator_prison:
            if keyed_uniform(shift.seed, TELEPHONE_BLOCKED_STREAM, shift.tick, number, 0) < p.imitator_blocked:
                continue
            shift.tally[0].imitators_prison += 1.0
        record_imitator_demand(shift, p, i, number)


@kernel
def update_rents_and_exits(shift: ShiftContext, tables: ExtortionTables) -> None:
    """Update rents by the refusals of the month, unless cliques choose them; let members leave.

    Updates `rent`, `asked`, `refused` and `members` of cliques, `minds.member` and `roll`.
    """
    gangs = tables.gangs
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        p = tables.parameters[max(shift.ground.cells[clique.centre].settlement, 0)]
        if clique.asked > 0 and tables.cliques[0].rent == 0:
            up = 2 * clique.refused <= clique.asked
            clique.rent *= 1.0 + p.rent_step if up else 1.0 - p.rent_step
        clique.asked, clique.refused = 0, 0
    left = 0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        mind = shift.minds[i]
        if mind.member < 0:
            continue
        p = tables.parameters[shift.ground.people[i].settlement]
        leave = p.leave * exp(p.leave_idle * (1.0 - gangs.cliques[mind.member].income))
        if mind.gone >= 0 or keyed_uniform(shift.seed, LEAVES_STREAM, shift.tick, i, 0) < leave:
            gangs.cliques[mind.member].members -= 1
            mind.member = -1
            shift.tally[0].left_gang += 1.0
        else:
            gangs.roll[left].who = i
            left += 1
    gangs.roll_count[0] = left


@kernel
def initialise_payers(
    minds: Rows[ResidentState], gangs: GangTables, people: Rows[Person], parameters: Rows[Extortion], seed: int
) -> None:
    """Draw the targets that pay from the start. Updates `minds.pays`."""
    for q in range(len(gangs.cliques)):
        for k in range(gangs.target_start[q], gangs.target_start[q + 1]):
            i = gangs.targets[k]
            p = parameters[people[i].settlement]
            if keyed_uniform(seed, PAYS_AT_START, 0, i, 0) < p.paying:
                minds[i].pays = q


def initialise(world: World) -> None:
    """Set the initial rent and believed probability of punishment; draw the initial payers."""
    state, parameters = world.state, world.parameters[Extortion]
    state[CLIQUES]["rent"], state[CLIQUES]["dread"] = parameters["rent"][0], parameters["dread"][0]
    initialise_payers(state[MINDS], world.view(GangTables), world.ground.people, parameters, world.seed)


@kernel
def run_extortion(shift: ShiftContext, tables: ExtortionTables) -> None:
    """Run payments (on Mondays), demands, threats, clashes, recruitment and imitators of a shift."""
    time_of_day = shift.tick % SHIFTS
    if shift.weekday == MONDAY and time_of_day == MORNING:
        collect_payments(shift, tables.gangs, tables.parameters)
    if time_of_day != NIGHT:
        make_demands(shift, tables.gangs, tables.parameters)
    carry_out_threats(shift, tables)
    if tables.cliques[0].attack == 1:
        attack_rivals(shift, tables)
    else:
        clash_with_rivals(shift, tables)
    if time_of_day == EVENING:
        recruit_members(shift, tables)
    imitate_extortion(shift, tables.parameters, tables.facts[0].phone_lists)


def max_demands(world: World) -> int:
    """Return an upper bound of demands, payments and clashes in a shift, punishments not counted."""
    return DEMANDS_BOUND * len(world.state[CLIQUES]) + poisson_upper_bound(
        MAX_IMITATOR_RATE * world.town.n_people / YEAR
    )


def max_recruits(world: World) -> int:
    """Return an upper bound of recruits in a shift."""
    return poisson_upper_bound(RECRUIT_CANDIDATES * world.town.n_people)


def room_for_extortion(world: World) -> Room:
    """Return the rows that the extortion of a shift may need."""
    state, most = world.state, world.cached_view(max_demands) + rows_of(THREATS)
    return {
        INCIDENTS: most,
        IMPRESSIONS: most + len(state[TARGETS]),
        CHOICES: rows_of(THREATS),
        THREATS: DEMANDS_BOUND * len(state[CLIQUES]),
        ROLL: world.cached_view(max_recruits),
    }


def arguments_of_extortion(world: World) -> KernelArguments:
    """Return the tables of extortion."""
    return world.shift_context(), world.view(ExtortionTables)


step = in_order(
    KernelStep(run_extortion, arguments_of_extortion, room_for_extortion),
    KernelStep(update_rents_and_exits, arguments_of_extortion, flags=LAST_SHIFTS),
)
"""Run extortion; in the last shift of a month update rents and memberships."""


@kernel
def count_payers(minds: Rows[ResidentState], targets: IntArray) -> int:
    """Return the number of living targets that pay a clique."""
    count = 0
    for i in targets:
        if minds[i].pays >= 0 and minds[i].gone < 0:
            count += 1
    return count


def standing_payers(month: MonthSnapshot) -> float:
    """Return the number of residents who pay a clique at the end of the month."""
    state = month.world.state
    return float(count_payers(state[MINDS], state[TARGETS][: state[TARGET_START][-1]]))


MECHANISM = Mechanism(
    group=Extortion,
    causes=(PAYMENT,),
    tables=(THREATS,),
    mind=ExtortionHistory,
    counts=ExtortionCounts,
    writes=WRITTEN_COLUMNS,
    initialise=initialise,
    knockout=Knockout(
        ("extortion_territorial", "extortion_imitators", "payments", "punishments", "clashes", "recruits")
    ),
    measures={
        "payers": Measure("people", standing_payers),
        "imitators_prison": Measure("crimes"),
    },
)
