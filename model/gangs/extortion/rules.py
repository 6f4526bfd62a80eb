"""M7, extortion of two kinds, rivalry between cliques and recruitment (ODD 6.7).

Switched off, nobody demands, clashes or recruits.
"""

from __future__ import annotations

import math

from model.crime.crime.rules import poisson_upper_bound, record_incident
from model.crime.crime.schema import CRIME_MINUTE, LETHAL_STREAM, LOSS_STREAM
from model.crime.political_calendar.rules import violence_trend
from model.crime.political_calendar.schema import PoliticalCalendar
from model.crime.safe_schools.rules import recruitment_pull
from model.crime.safe_schools.schema import SafeSchools
from model.engine.calendar import YEAR, is_last_shift_of_month, weekday_of
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import IntArray, Rows, to_int64
from model.gangs.clique_choices.rules import choose_to_punish, leadership_gap
from model.gangs.cliques.schema import Cliques
from model.gangs.extortion.schema import (
    CLASH_ID_OFFSET,
    CLASH_STREAM,
    CLASH_VICTIM,
    DEMAND_COUNT,
    DEMAND_ID_OFFSET,
    DEMAND_MARK,
    DEMAND_PAY,
    DEMAND_WHO,
    FROM_PRISON,
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
from model.gangs.gangs.schema import CLIQUES, ROLL, TARGET_START, TARGETS, CliqueRow, Gangs
from model.town.crime_kinds import ASSAULT, EXTORTION, HOMICIDE
from model.town.residents import STUDENT, Person
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


@kernel
def collect_payments(stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion]) -> None:
    """Count the weekly payments; some stop paying."""
    for k in range(gangs.target_start[len(gangs.cliques)]):
        i = gangs.targets[k]
        mind = stage.minds[i]
        if mind.pays < 0 or mind.gone >= 0:
            continue
        stage.tally[0].payments += 1.0
        gangs.cliques[mind.pays].takings += gangs.cliques[mind.pays].rent
        p = numbers[stage.ground.people[i].settlement]
        record_event(stage, i, PAYMENT, p.weight_payment)
        if keyed_uniform(stage.seed, STOPS_PAYING, stage.tick, i, 0) < p.churn:
            mind.pays = -1


@kernel
def draw_target(stage: ShiftContext, gangs: GangTables, first: int, n_targets: int, number: int) -> int:
    """Target of a demand: who has not gone, in a few tries."""
    i: int = gangs.targets[first]
    for a in range(DRAW_ATTEMPTS):
        i = gangs.targets[
            first + int(keyed_uniform(stage.seed, DEMAND_WHO, stage.tick, number, DRAW_STRIDE * a) * n_targets)
        ]
        if stage.minds[i].gone < 0:
            break
    return i


@kernel
def record_refusal(stage: ShiftContext, gangs: GangTables, p: Extortion, q: int, i: int, number: int) -> None:
    """Let somebody refuse a clique, who is threatened for it."""
    clique, row = gangs.cliques[q], gangs.threats[gangs.threats_count[0]]
    clique.refused += 1
    clique.unpaid += 1.0
    row.due = stage.tick + 1 + int(3.0 * p.threat_days * keyed_uniform(stage.seed, THREAT_DUE, stage.tick, number, 0))
    row.born, row.victim, row.clique = stage.tick, i, q
    gangs.threats_count[0] += 1


@kernel
def make_demands(stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion]) -> None:
    """Let every clique make its demands; the target pays, or refuses and is threatened."""
    for q in range(len(gangs.cliques)):
        clique, first = gangs.cliques[q], gangs.target_start[q]
        n_targets = gangs.target_start[q + 1] - first
        if n_targets == 0:
            continue
        for j in range(poisson_quantile(keyed_uniform(stage.seed, DEMAND_COUNT, stage.tick, q, 0), MAX_DEMAND_RATE)):
            number = DEMAND_ID_OFFSET + q * MAX_DEMANDS_A_CLIQUE + j
            i = draw_target(stage, gangs, first, n_targets, number)
            mind = stage.minds[i]
            p = numbers[stage.ground.people[i].settlement]
            chance = p.demands * (clique.members + clique.hands) * clique.effort / 365.0 / 2.0 / MAX_DEMAND_RATE
            if (
                mind.gone >= 0
                or mind.pays >= 0
                or keyed_uniform(stage.seed, DEMAND_MARK, stage.tick, number, 0) >= chance
            ):
                continue
            minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
            record_incident(
                stage,
                number,
                EXTORTION,
                TERRITORIAL,
                to_int64(stage.ground.places[0, i]),
                i,
                q,
                minute,
                0.6,
                clique.rent,
            )
            stage.tally[0].extortion_territorial += 1.0
            clique.asked += 1
            u = keyed_uniform(stage.seed, DEMAND_PAY, stage.tick, number, 0)
            whim = p.noise * math.log((u + 1e-12) / (1.0 - u + 1e-12))
            if clique.dread * p.punishment_cost - clique.rent + whim > 0.0:
                mind.pays = q
                clique.paid += 1.0
                continue
            record_refusal(stage, gangs, p, q, i, number)


@kernel
def is_punished(
    stage: ShiftContext, clique: CliqueRow, threat: Threat, desk: ChoiceTables, p: Extortion, minds: Cliques
) -> bool:
    """Whether a clique carries out a threat: by its own decision, or at a fixed rate if it decides nothing."""
    i = threat.victim
    told = stage.minds[i].spoke >= threat.born
    if minds.punish == 1:
        lack = leadership_gap(clique, p.imitator_blocked)
        return choose_to_punish(desk, minds, clique, threat.clique, i, told, lack, stage.tick)
    chance = p.punish_told if told else p.punish
    return keyed_uniform(stage.seed, PUNISH_STREAM, stage.tick, i, 0) < chance


@kernel
def carry_out_threats(
    stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion], deciding: Rows[Cliques], desk: ChoiceTables
) -> None:
    """Carry out, or not, the threats that are due; everybody in the territory learns from it."""
    left = 0
    for k in range(gangs.threats_count[0]):
        threat = gangs.threats[k]
        if threat.due > stage.tick:
            gangs.threats[left] = threat
            left += 1
            continue
        i, clique = threat.victim, gangs.cliques[threat.clique]
        mind, person = stage.minds[i], stage.ground.people[i]
        if mind.gone >= 0 or clique.alive == 0:
            continue
        p = numbers[person.settlement]
        if not is_punished(stage, clique, threat, desk, p, deciding[0]):
            clique.dread -= p.learning * clique.dread
            continue
        clique.dread += p.learning * (1.0 - clique.dread)
        number = PUNISHMENT_ID_OFFSET + i
        stage.tally[0].punishments += 1.0
        attack_victim(stage, to_int64(person.home), i, threat.clique, BY_EXTORTION, PUNISHMENT, p.lethal, number)
    gangs.threats_count[0] = left


@kernel
def attack_victim(
    stage: ShiftContext,
    cell: int,
    victim: int,
    clique: int,
    deadly_motive: int,
    motive: int,
    lethal: float,
    number: int,
) -> bool:
    """Let a clique attack somebody, who dies or is wounded; return whether he dies."""
    minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    deadly = keyed_uniform(stage.seed, LETHAL_STREAM, stage.tick, number, 0) < lethal
    if not deadly:
        stage.tally[0].grave_assaults += 1.0
    record_incident(
        stage,
        number,
        HOMICIDE if deadly else ASSAULT,
        deadly_motive if deadly else motive,
        cell,
        victim,
        clique,
        minute,
        1.0 if deadly else 0.8,
        0.0,
    )
    return deadly


@kernel
def draw_member_target(stage: ShiftContext, gangs: GangTables, foe: int, q: int) -> int:
    """Member of a rival whom an attack finds, or -1."""
    found, least = NOBODY, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if stage.minds[i].member == foe and stage.minds[i].gone < 0:
            u = keyed_uniform(stage.seed, CLASH_VICTIM, stage.tick, i, q)
            if u < least:
                found, least = i, u
    return found


@kernel
def draw_young_man(stage: ShiftContext, cell: int, q: int) -> int:
    """Young man who is in a cell, in eight tries, or -1."""
    for a in range(8):
        i = draw_present(stage.ground, stage.where, cell, keyed_uniform(stage.seed, CLASH_VICTIM, stage.tick, q, a))
        if i >= 0 and stage.minds[i].gone < 0 and is_young_man(stage.ground.people[i], stage.tick, 14.0):
            return i
    return NOBODY


@kernel
def attack_rivals(stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion], p: Cliques) -> None:
    """Let the cliques that decided on it attack their rival: a member at his home, or whoever is on its ground."""
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        if clique.attack_at != stage.tick or clique.foe < 0:
            continue
        foe = gangs.cliques[clique.foe]
        i, cell = NOBODY, foe.centre
        if keyed_uniform(stage.seed, CLASH_STREAM, stage.tick, q, 0) < p.attack_member:
            i = draw_member_target(stage, gangs, clique.foe, q)
            cell = to_int64(stage.ground.people[i].home) if i >= 0 else cell
        if i < 0:
            i = draw_young_man(stage, cell, q)
        if i < 0:
            continue
        stage.tally[0].clashes += 1.0
        clique.owed = max(clique.owed - 1.0, 0.0)
        lethal = numbers[max(stage.ground.cells[cell].settlement, 0)].clash_lethal
        if attack_victim(stage, cell, i, q, BY_GANG, BY_GANG, lethal, CLASH_ID_OFFSET + q):
            foe.killed_now += 1 if stage.minds[i].member == clique.foe else 0


@kernel
def clash_with_rivals(
    stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion], political: Rows[PoliticalCalendar]
) -> None:
    """Let rival cliques clash where they border on each other."""
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        z = max(stage.ground.cells[clique.centre].settlement, 0)
        p = numbers[z]
        chance = p.clash / YEAR * min(clique.rivals, p.most_rivals) * p.tension * violence_trend(political[z])
        chance *= clique.members / max(clique.founding, 1)
        if keyed_uniform(stage.seed, CLASH_STREAM, stage.tick, q, 0) >= chance:
            continue
        i = draw_young_man(stage, to_int64(clique.centre), q)
        if i >= 0:
            stage.tally[0].clashes += 1.0
            attack_victim(stage, clique.centre, i, q, BY_GANG, BY_GANG, p.clash_lethal, CLASH_ID_OFFSET + q)


@kernel
def recruit_members(
    stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion], schools: Rows[SafeSchools]
) -> None:
    """Let cliques draw the young of their territory."""
    n_people = len(stage.ground.people)
    for j in range(
        poisson_quantile(keyed_uniform(stage.seed, RECRUIT_COUNT, stage.tick, 0, 0), RECRUIT_CANDIDATES * n_people)
    ):
        i = int(keyed_uniform(stage.seed, RECRUIT_WHO, stage.tick, j, 0) * n_people)
        person, mind = stage.ground.people[i], stage.minds[i]
        q = gangs.territory[person.home]
        if q < 0 or mind.gone >= 0 or mind.member >= 0 or not 12.0 <= age_years(person, stage.tick) < 21.0:
            continue
        p = numbers[person.settlement]
        tied = 0.0
        for k in range(stage.ground.ties.shape[1]):
            tie = stage.ground.ties[i, k]
            if tie >= 0 and stage.minds[tie].member >= 0:
                tied = 1.0
        out = 0.0 if person.occupation == STUDENT else 1.0
        hazard = p.recruit * math.exp(p.recruit_tie * tied + p.recruit_out * out)
        hazard *= recruitment_pull(out == 0.0, schools[person.settlement]) * gangs.cliques[q].draw
        if keyed_uniform(stage.seed, RECRUIT_MARK, stage.tick, j, 0) < hazard / MAX_RECRUIT_RATE:
            mind.member = q
            gangs.cliques[q].members += 1
            add_member(gangs.roll, gangs.roll_count, i)
            stage.tally[0].recruits += 1.0


@kernel
def imitate_extortion(stage: ShiftContext, numbers: Rows[Extortion], phone_lists: float) -> None:
    """Let imitators telephone: no territory, empty threats."""
    n_people = len(stage.ground.people)
    for j in range(
        poisson_quantile(
            keyed_uniform(stage.seed, IMITATOR_COUNT, stage.tick, 0, 0), MAX_IMITATOR_RATE * n_people / YEAR
        )
    ):
        number = IMITATOR_ID_OFFSET + j
        i = int(keyed_uniform(stage.seed, IMITATOR_WHO, stage.tick, number, 0) * n_people)
        person = stage.ground.people[i]
        if stage.minds[i].gone >= 0 or age_years(person, stage.tick) < 18.0:
            continue
        p = numbers[person.settlement]
        likely = p.imitator_business if person.business == 1 else 1.0
        gave_in = stage.minds[i].gave_in
        if gave_in >= 0 and stage.tick - gave_in < YEAR:
            likely *= p.imitator_again
        if (
            keyed_uniform(stage.seed, IMITATOR_MARK, stage.tick, number, 0)
            >= p.imitators * phone_lists * likely / MAX_IMITATOR_RATE
        ):
            continue
        if keyed_uniform(stage.seed, FROM_PRISON, stage.tick, number, 0) < p.imitator_prison:
            if keyed_uniform(stage.seed, TELEPHONE_BLOCKED_STREAM, stage.tick, number, 0) < p.imitator_blocked:
                continue
            stage.tally[0].imitators_prison += 1.0
        loss = 500.0 * -math.log(1.0 - keyed_uniform(stage.seed, LOSS_STREAM, stage.tick, number, 0))
        minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
        record_incident(
            stage,
            number,
            EXTORTION,
            IMITATOR,
            to_int64(person.home),
            i,
            -1,
            minute,
            0.4,
            loss,
        )
        stage.tally[0].extortion_imitators += 1.0
        if keyed_uniform(stage.seed, IMITATOR_PAY, stage.tick, number, 0) < p.imitator_pay:
            stage.tally[0].paid_imitators += 1.0
            stage.minds[i].gave_in = stage.tick


@kernel
def update_rents_and_exits(
    stage: ShiftContext, gangs: GangTables, numbers: Rows[Extortion], deciding: Rows[Cliques]
) -> None:
    """Raise or lower the rent by what was refused, where cliques do not decide it; let members leave."""
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        p = numbers[max(stage.ground.cells[clique.centre].settlement, 0)]
        if clique.asked > 0 and deciding[0].rent == 0:
            up = 2 * clique.refused <= clique.asked
            clique.rent *= 1.0 + p.rent_step if up else 1.0 - p.rent_step
        clique.asked, clique.refused = 0, 0
    left = 0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        mind = stage.minds[i]
        if mind.member < 0:
            continue
        p = numbers[stage.ground.people[i].settlement]
        leave = p.leave * math.exp(p.leave_idle * (1.0 - gangs.cliques[mind.member].income))
        if mind.gone >= 0 or keyed_uniform(stage.seed, LEAVES_STREAM, stage.tick, i, 0) < leave:
            gangs.cliques[mind.member].members -= 1
            mind.member = -1
            stage.tally[0].left_gang += 1.0
        else:
            gangs.roll[left].who = i
            left += 1
    gangs.roll_count[0] = left


@kernel
def initialise_payers(
    minds: Rows[ResidentState], gangs: GangTables, people: Rows[Person], numbers: Rows[Extortion], seed: int
) -> None:
    """Draw who pays already when the world begins."""
    for q in range(len(gangs.cliques)):
        for k in range(gangs.target_start[q], gangs.target_start[q + 1]):
            i = gangs.targets[k]
            p = numbers[people[i].settlement]
            if keyed_uniform(seed, PAYS_AT_START, 0, i, 0) < p.paying:
                minds[i].pays = q


def initialise(world: World) -> None:
    """Give cliques their first rent and dread, and those who pay already."""
    state, numbers = world.state, world.parameters[Extortion]
    state[CLIQUES]["rent"], state[CLIQUES]["dread"] = numbers["rent"][0], numbers["dread"][0]
    initialise_payers(state[MINDS], world.view(GangTables), world.ground.people, numbers, world.seed)


@kernel
def run_extortion(
    stage: ShiftContext,
    gangs: GangTables,
    numbers: Rows[Extortion],
    political: Rows[PoliticalCalendar],
    schools: Rows[SafeSchools],
    facts: Rows[Gangs],
    deciding: Rows[Cliques],
    desk: ChoiceTables,
    monday: bool,
    month_ends: bool,
) -> None:
    """Payments, demands, threats, clashes, recruits, imitators, and at a month's end the cliques' accounts."""
    shift = stage.tick % 3
    if monday and shift == 0:
        collect_payments(stage, gangs, numbers)
    if shift < 2:
        make_demands(stage, gangs, numbers)
    carry_out_threats(stage, gangs, numbers, deciding, desk)
    if deciding[0].attack == 1:
        attack_rivals(stage, gangs, numbers, deciding[0])
    else:
        clash_with_rivals(stage, gangs, numbers, political)
    if shift == 1:
        recruit_members(stage, gangs, numbers, schools)
    imitate_extortion(stage, numbers, facts[0].phone_lists)
    if month_ends:
        update_rents_and_exits(stage, gangs, numbers, deciding)


def max_demands(world: World) -> int:
    """Return how many demands, payments and clashes of a shift there never are, answers to threats apart."""
    return 16 * len(world.state[CLIQUES]) + poisson_upper_bound(MAX_IMITATOR_RATE * world.town.n_people / YEAR)


def max_recruits(world: World) -> int:
    """Return how many recruits of a shift there never are."""
    return poisson_upper_bound(RECRUIT_CANDIDATES * world.town.n_people)


def step(world: World) -> None:
    """Let cliques and imitators extort."""
    state, tick = world.state, world.tick
    most = world.cached_view(max_demands) + len(state[THREATS])
    world.shift_events.reserve(INCIDENTS, most)
    world.shift_events.reserve(IMPRESSIONS, most + state[TARGET_START].item(-1))
    state[CHOICES].reserve(len(state[THREATS]))
    state[THREATS].reserve(16 * len(state[CLIQUES]))
    state[ROLL].reserve(world.cached_view(max_recruits))
    groups = Extortion, PoliticalCalendar, SafeSchools, Gangs, Cliques
    world.run_kernel(
        run_extortion,
        lambda: (
            world.shift_context(),
            world.view(GangTables),
            *(world.parameters[group] for group in groups),
            world.view(ChoiceTables),
        ),
        weekday_of(tick) == 0,
        is_last_shift_of_month(tick),
    )


@kernel
def count_payers(minds: Rows[ResidentState], targets: IntArray) -> int:
    """Living targets of cliques who pay."""
    count = 0
    for i in targets:
        if minds[i].pays >= 0 and minds[i].gone < 0:
            count += 1
    return count


def standing_payers(month: MonthSnapshot) -> float:
    """Standing payers of extortion."""
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
