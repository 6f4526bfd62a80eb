"""M7, extortion of two kinds, rivalry between cliques and recruitment (ODD 6.7).

Switched off, nobody demands, clashes or recruits.
"""

from __future__ import annotations

import math

from model.crime.crime.rules import most_of, note_incident
from model.crime.crime.schema import CRIME_MINUTE, LETHAL, LOSS
from model.crime.political_calendar.rules import violence
from model.crime.political_calendar.schema import PoliticalCalendar
from model.crime.safe_schools.rules import draw_of
from model.crime.safe_schools.schema import SafeSchools
from model.engine.calendar import YEAR, is_last_shift_of_month, weekday_of
from model.engine.kernels import kernel
from model.engine.random_streams import luck, poisson
from model.engine.rows import Ints, Rows, wide
from model.gangs.clique_choices.rules import choose_to_punish, lack_of
from model.gangs.cliques.schema import Cliques
from model.gangs.extortion.schema import (
    BLOCKED,
    CLASH,
    CLASH_NUMBER,
    CLASH_VICTIM,
    DEMAND_COUNT,
    DEMAND_MARK,
    DEMAND_NUMBER,
    DEMAND_PAY,
    DEMAND_WHO,
    DEMANDS_A_CLIQUE,
    FROM_PRISON,
    IMITATOR_COUNT,
    IMITATOR_MARK,
    IMITATOR_NUMBER,
    IMITATOR_PAY,
    IMITATOR_WHO,
    LEAVES,
    MOST_DEMANDS,
    MOST_IMITATED,
    MOST_RECRUITED,
    PAYMENT,
    PAYS_AT_START,
    PUNISH,
    PUNISH_NUMBER,
    RECRUIT_CANDIDATES,
    RECRUIT_COUNT,
    RECRUIT_MARK,
    RECRUIT_WHO,
    STOPS_PAYING,
    THREAT_DUE,
    THREATS,
    WRITES,
    Counts,
    Extortion,
    Purse,
    Threat,
)
from model.gangs.gangs.rules import Gangland, enrol, gangland_of
from model.gangs.gangs.schema import TARGET_START, TARGETS, Clique, Gangs
from model.town.crime_kinds import ASSAULT, EXTORTION, HOMICIDE
from model.town.residents import STUDENT, Person
from model.trust.ledger.rules import impress
from model.world.columns import Mind
from model.world.deciding.rules import desk_of
from model.world.deciding.schema import CHOICES, Desk
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import Month
from model.world.protocol import World
from model.world.sampling import STEP, TRIES, age_of, someone, young_man
from model.world.shift_context import Stage
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
def collect(stage: Stage, gangs: Gangland, numbers: Rows[Extortion]) -> None:
    """Count the weekly payments; some stop paying."""
    for k in range(gangs.target_start[len(gangs.cliques)]):
        i = gangs.targets[k]
        mind = stage.minds[i]
        if mind.pays < 0 or mind.gone >= 0:
            continue
        stage.tally[0].payments += 1.0
        gangs.cliques[mind.pays].takings += gangs.cliques[mind.pays].rent
        p, trust = numbers[stage.ground.people[i].settlement], stage.trust[stage.ground.people[i].settlement]
        impress(stage.day, stage.minds, i, PAYMENT, 0.5, 0.0, 0.05, p.weight_payment, trust.fast)
        if luck(stage.seed, STOPS_PAYING, stage.tick, i, 0) < p.churn:
            mind.pays = -1


@kernel
def target_of(stage: Stage, gangs: Gangland, first: int, n_targets: int, number: int) -> int:
    """Target of a demand: who has not gone, in a few tries."""
    i: int = gangs.targets[first]
    for a in range(TRIES):
        i = gangs.targets[first + int(luck(stage.seed, DEMAND_WHO, stage.tick, number, STEP * a) * n_targets)]
        if stage.minds[i].gone < 0:
            break
    return i


@kernel
def refuse(stage: Stage, gangs: Gangland, p: Extortion, q: int, i: int, number: int) -> None:
    """Let somebody refuse a clique, who is threatened for it."""
    clique, row = gangs.cliques[q], gangs.threats[gangs.threat_count[0]]
    clique.refused += 1
    clique.unpaid += 1.0
    row.due = stage.tick + 1 + int(3.0 * p.threat_days * luck(stage.seed, THREAT_DUE, stage.tick, number, 0))
    row.born, row.victim, row.clique = stage.tick, i, q
    gangs.threat_count[0] += 1


@kernel
def demand(stage: Stage, gangs: Gangland, numbers: Rows[Extortion]) -> None:
    """Let every clique make its demands; the target pays, or refuses and is threatened."""
    for q in range(len(gangs.cliques)):
        clique, first = gangs.cliques[q], gangs.target_start[q]
        n_targets = gangs.target_start[q + 1] - first
        if n_targets == 0:
            continue
        for j in range(poisson(luck(stage.seed, DEMAND_COUNT, stage.tick, q, 0), MOST_DEMANDS)):
            number = DEMAND_NUMBER + q * DEMANDS_A_CLIQUE + j
            i = target_of(stage, gangs, first, n_targets, number)
            mind = stage.minds[i]
            p = numbers[stage.ground.people[i].settlement]
            chance = p.demands * (clique.members + clique.hands) * clique.effort / 365.0 / 2.0 / MOST_DEMANDS
            if mind.gone >= 0 or mind.pays >= 0 or luck(stage.seed, DEMAND_MARK, stage.tick, number, 0) >= chance:
                continue
            minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
            note_incident(
                stage,
                number,
                EXTORTION,
                TERRITORIAL,
                wide(stage.ground.places[0, i]),
                i,
                q,
                minute,
                0.6,
                clique.rent,
            )
            stage.tally[0].extortion_territorial += 1.0
            clique.asked += 1
            u = luck(stage.seed, DEMAND_PAY, stage.tick, number, 0)
            whim = p.noise * math.log((u + 1e-12) / (1.0 - u + 1e-12))
            if clique.dread * p.punishment_cost - clique.rent + whim > 0.0:
                mind.pays = q
                clique.paid += 1.0
                continue
            refuse(stage, gangs, p, q, i, number)


@kernel
def is_punished(stage: Stage, clique: Clique, threat: Threat, desk: Desk, p: Extortion, minds: Cliques) -> bool:
    """Whether a clique carries out a threat: by its own decision, or at a fixed rate if it decides nothing."""
    i = threat.victim
    told = stage.minds[i].spoke >= threat.born
    if minds.punish == 1:
        lack = lack_of(clique, p.imitator_blocked)
        return choose_to_punish(desk, minds, clique, threat.clique, i, told, lack, stage.tick)
    chance = p.punish_told if told else p.punish
    return luck(stage.seed, PUNISH, stage.tick, i, 0) < chance


@kernel
def punish(stage: Stage, gangs: Gangland, numbers: Rows[Extortion], deciding: Rows[Cliques], desk: Desk) -> None:
    """Carry out, or not, the threats that are due; everybody in the territory learns from it."""
    left = 0
    for k in range(gangs.threat_count[0]):
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
        number = PUNISH_NUMBER + i
        stage.tally[0].punishments += 1.0
        strike(stage, wide(person.home), i, threat.clique, BY_EXTORTION, PUNISHMENT, p.lethal, number)
    gangs.threat_count[0] = left


@kernel
def strike(
    stage: Stage, cell: int, victim: int, clique: int, deadly_motive: int, motive: int, lethal: float, number: int
) -> bool:
    """Let a clique attack somebody, who dies or is wounded; return whether he dies."""
    minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    deadly = luck(stage.seed, LETHAL, stage.tick, number, 0) < lethal
    if not deadly:
        stage.tally[0].grave_assaults += 1.0
    note_incident(
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
def member_aimed_at(stage: Stage, gangs: Gangland, foe: int, q: int) -> int:
    """Member of a rival whom an attack finds, or -1."""
    found, least = NOBODY, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if stage.minds[i].member == foe and stage.minds[i].gone < 0:
            u = luck(stage.seed, CLASH_VICTIM, stage.tick, i, q)
            if u < least:
                found, least = i, u
    return found


@kernel
def young_man_at(stage: Stage, cell: int, q: int) -> int:
    """Young man who is in a cell, in eight tries, or -1."""
    for a in range(8):
        i = someone(stage.ground, stage.where, cell, luck(stage.seed, CLASH_VICTIM, stage.tick, q, a))
        if i >= 0 and stage.minds[i].gone < 0 and young_man(stage.ground.people[i], stage.tick, 14.0):
            return i
    return NOBODY


@kernel
def attack(stage: Stage, gangs: Gangland, numbers: Rows[Extortion], p: Cliques) -> None:
    """Let the cliques that decided on it attack their rival: a member at his home, or whoever is on its ground."""
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        if clique.attack_at != stage.tick or clique.foe < 0:
            continue
        foe = gangs.cliques[clique.foe]
        i, cell = NOBODY, foe.centre
        if luck(stage.seed, CLASH, stage.tick, q, 0) < p.attack_member:
            i = member_aimed_at(stage, gangs, clique.foe, q)
            cell = wide(stage.ground.people[i].home) if i >= 0 else cell
        if i < 0:
            i = young_man_at(stage, cell, q)
        if i < 0:
            continue
        stage.tally[0].clashes += 1.0
        clique.owed = max(clique.owed - 1.0, 0.0)
        lethal = numbers[max(stage.ground.cells[cell].settlement, 0)].clash_lethal
        if strike(stage, cell, i, q, BY_GANG, BY_GANG, lethal, CLASH_NUMBER + q):
            foe.killed_now += 1 if stage.minds[i].member == clique.foe else 0


@kernel
def clash(stage: Stage, gangs: Gangland, numbers: Rows[Extortion], political: Rows[PoliticalCalendar]) -> None:
    """Let rival cliques clash where they border on each other."""
    for q in range(len(gangs.cliques)):
        clique = gangs.cliques[q]
        z = max(stage.ground.cells[clique.centre].settlement, 0)
        p = numbers[z]
        chance = p.clash / YEAR * min(clique.rivals, p.most_rivals) * p.tension * violence(political[z])
        chance *= clique.members / max(clique.founding, 1)
        if luck(stage.seed, CLASH, stage.tick, q, 0) >= chance:
            continue
        i = young_man_at(stage, wide(clique.centre), q)
        if i >= 0:
            stage.tally[0].clashes += 1.0
            strike(stage, clique.centre, i, q, BY_GANG, BY_GANG, p.clash_lethal, CLASH_NUMBER + q)


@kernel
def recruit(stage: Stage, gangs: Gangland, numbers: Rows[Extortion], schools: Rows[SafeSchools]) -> None:
    """Let cliques draw the young of their territory."""
    n_people = len(stage.ground.people)
    for j in range(poisson(luck(stage.seed, RECRUIT_COUNT, stage.tick, 0, 0), RECRUIT_CANDIDATES * n_people)):
        i = int(luck(stage.seed, RECRUIT_WHO, stage.tick, j, 0) * n_people)
        person, mind = stage.ground.people[i], stage.minds[i]
        q = gangs.territory[person.home]
        if q < 0 or mind.gone >= 0 or mind.member >= 0 or not 12.0 <= age_of(person, stage.tick) < 21.0:
            continue
        p = numbers[person.settlement]
        tied = 0.0
        for k in range(stage.ground.ties.shape[1]):
            tie = stage.ground.ties[i, k]
            if tie >= 0 and stage.minds[tie].member >= 0:
                tied = 1.0
        out = 0.0 if person.occupation == STUDENT else 1.0
        hazard = p.recruit * math.exp(p.recruit_tie * tied + p.recruit_out * out)
        hazard *= draw_of(out == 0.0, schools[person.settlement]) * gangs.cliques[q].draw
        if luck(stage.seed, RECRUIT_MARK, stage.tick, j, 0) < hazard / MOST_RECRUITED:
            mind.member = q
            gangs.cliques[q].members += 1
            enrol(gangs.roll, gangs.roll_count, i)
            stage.tally[0].recruits += 1.0


@kernel
def imitate(stage: Stage, numbers: Rows[Extortion], phone_lists: float) -> None:
    """Let imitators telephone: no territory, empty threats."""
    n_people = len(stage.ground.people)
    for j in range(poisson(luck(stage.seed, IMITATOR_COUNT, stage.tick, 0, 0), MOST_IMITATED * n_people / YEAR)):
        number = IMITATOR_NUMBER + j
        i = int(luck(stage.seed, IMITATOR_WHO, stage.tick, number, 0) * n_people)
        person = stage.ground.people[i]
        if stage.minds[i].gone >= 0 or age_of(person, stage.tick) < 18.0:
            continue
        p = numbers[person.settlement]
        likely = p.imitator_business if person.business == 1 else 1.0
        gave_in = stage.minds[i].gave_in
        if gave_in >= 0 and stage.tick - gave_in < YEAR:
            likely *= p.imitator_again
        if luck(stage.seed, IMITATOR_MARK, stage.tick, number, 0) >= p.imitators * phone_lists * likely / MOST_IMITATED:
            continue
        if luck(stage.seed, FROM_PRISON, stage.tick, number, 0) < p.imitator_prison:
            if luck(stage.seed, BLOCKED, stage.tick, number, 0) < p.imitator_blocked:
                continue
            stage.tally[0].imitators_prison += 1.0
        loss = 500.0 * -math.log(1.0 - luck(stage.seed, LOSS, stage.tick, number, 0))
        minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
        note_incident(
            stage,
            number,
            EXTORTION,
            IMITATOR,
            wide(person.home),
            i,
            -1,
            minute,
            0.4,
            loss,
        )
        stage.tally[0].extortion_imitators += 1.0
        if luck(stage.seed, IMITATOR_PAY, stage.tick, number, 0) < p.imitator_pay:
            stage.tally[0].paid_imitators += 1.0
            stage.minds[i].gave_in = stage.tick


@kernel
def close_month(stage: Stage, gangs: Gangland, numbers: Rows[Extortion], deciding: Rows[Cliques]) -> None:
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
        if mind.gone >= 0 or luck(stage.seed, LEAVES, stage.tick, i, 0) < leave:
            gangs.cliques[mind.member].members -= 1
            mind.member = -1
            stage.tally[0].left_gang += 1.0
        else:
            gangs.roll[left].who = i
            left += 1
    gangs.roll_count[0] = left


@kernel
def first_payers(minds: Rows[Mind], gangs: Gangland, people: Rows[Person], numbers: Rows[Extortion], seed: int) -> None:
    """Draw who pays already when the world begins."""
    for q in range(len(gangs.cliques)):
        for k in range(gangs.target_start[q], gangs.target_start[q + 1]):
            i = gangs.targets[k]
            p = numbers[people[i].settlement]
            if luck(seed, PAYS_AT_START, 0, i, 0) < p.paying:
                minds[i].pays = q


def begin(world: World) -> None:
    """Give cliques their first rent and dread, and those who pay already."""
    state, numbers = world.state, world.numbers["extortion"]
    state.cliques["rent"], state.cliques["dread"] = numbers["rent"][0], numbers["dread"][0]
    first_payers(state.minds, world.laid(gangland_of), world.ground.people, numbers, world.seed)


@kernel
def extort(
    stage: Stage,
    gangs: Gangland,
    numbers: Rows[Extortion],
    political: Rows[PoliticalCalendar],
    schools: Rows[SafeSchools],
    facts: Rows[Gangs],
    deciding: Rows[Cliques],
    desk: Desk,
    monday: bool,
    month_ends: bool,
) -> None:
    """Payments, demands, threats, clashes, recruits, imitators, and at a month's end the cliques' accounts."""
    shift = stage.tick % 3
    if monday and shift == 0:
        collect(stage, gangs, numbers)
    if shift < 2:
        demand(stage, gangs, numbers)
    punish(stage, gangs, numbers, deciding, desk)
    if deciding[0].attack == 1:
        attack(stage, gangs, numbers, deciding[0])
    else:
        clash(stage, gangs, numbers, political)
    if shift == 1:
        recruit(stage, gangs, numbers, schools)
    imitate(stage, numbers, facts[0].phone_lists)
    if month_ends:
        close_month(stage, gangs, numbers, deciding)


def most_demands(world: World) -> int:
    """Return how many demands, payments and clashes of a shift there never are, answers to threats apart."""
    return 16 * len(world.state.cliques) + most_of(MOST_IMITATED * world.town.n_people / YEAR)


def most_recruits(world: World) -> int:
    """Return how many recruits of a shift there never are."""
    return most_of(RECRUIT_CANDIDATES * world.town.n_people)


def act(world: World) -> None:
    """Let cliques and imitators extort."""
    state, tick = world.state, world.tick
    most = world.laid(most_demands) + len(state.threats)
    world.book.reserve(INCIDENTS, most)
    world.book.reserve(IMPRESSIONS, most + state[TARGET_START].item(-1))
    state[CHOICES].reserve(len(state.threats))
    state.threats.reserve(16 * len(state.cliques))
    state.roll.reserve(world.laid(most_recruits))
    groups = "extortion", "political_calendar", "safe_schools", "gangs", "cliques"
    world.carry_out(
        extort,
        lambda: (
            world.stage(), world.laid(gangland_of), *(world.numbers[group] for group in groups), world.laid(desk_of)
        ),
        weekday_of(tick) == 0,
        is_last_shift_of_month(tick),
    )  # fmt: skip


@kernel
def count_payers(minds: Rows[Mind], targets: Ints) -> int:
    """Living targets of cliques who pay."""
    count = 0
    for i in targets:
        if minds[i].pays >= 0 and minds[i].gone < 0:
            count += 1
    return count


def payers(month: Month) -> float:
    """Standing payers of extortion."""
    state = month.world.state
    return float(count_payers(state.minds, state[TARGETS][: state[TARGET_START][-1]]))


IT = Mechanism(
    group=Extortion,
    causes=(PAYMENT,),
    tables=(THREATS,),
    mind=Purse,
    counts=Counts,
    writes=WRITES,
    begin=begin,
    knockout=Knockout(
        ("extortion_territorial", "extortion_imitators", "payments", "punishments", "clashes", "recruits")
    ),
    measures={
        "payers": Measure("people", payers),
        "imitators_prison": Measure("crimes"),
    },
)
