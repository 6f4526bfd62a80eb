"""M7, extortion of two kinds, rivalry between cliques and recruitment (ODD 6.7).

Switched off, nobody demands, clashes or recruits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from model.calendar import YEAR, is_last_shift_of_month, weekday_of
from model.chance import STEP, TRIES, age_of, someone, young_man
from model.daybook import BY_EXTORTION, BY_GANG, IMITATOR, IMPRESSIONS, INCIDENTS, NOBODY, PUNISHMENT, TERRITORIAL
from model.deciding import CHOICES, Desk, desk_of
from model.gangs import TARGET_START, TARGETS, enrol, gangland_of
from model.kernels import kernel
from model.kinds import ASSAULT, EXTORTION, HOMICIDE
from model.ledger import cause, impress
from model.luck import decision, luck, poisson
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.clique_choices import choose_to_punish, lack_of
from model.mechanisms.crime import CRIME_MINUTE, LETHAL, LOSS, most_of, note_incident
from model.mechanisms.political_calendar import violence
from model.mechanisms.safe_schools import draw_of
from model.parameters import Group, number, share
from model.residents import STUDENT
from model.rows import Column, Row, wide
from model.tables import Growing

if TYPE_CHECKING:
    from model.gangs import Clique, Gangland, Gangs
    from model.measures import Month
    from model.mechanisms.cliques import Cliques
    from model.mechanisms.political_calendar import PoliticalCalendar
    from model.mechanisms.safe_schools import SafeSchools
    from model.model import TrustModel as World
    from model.register import Mind
    from model.residents import Person
    from model.rows import Ints, Rows
    from model.stage import Stage

DEMAND_COUNT, DEMAND_WHO, DEMAND_MARK = (
    decision("demand count"),
    decision("demand who"),
    decision("demand mark"),
)
DEMAND_PAY, THREAT_DUE, PUNISH, STOPS_PAYING = (
    decision("demand pay"),
    decision("threat"),
    decision("punish"),
    decision("stops paying"),
)
CLASH, CLASH_VICTIM = decision("clash"), decision("clash victim")
RECRUIT_COUNT, RECRUIT_WHO, RECRUIT_MARK = (
    decision("recruit count"),
    decision("recruit who"),
    decision("recruit mark"),
)
IMITATOR_COUNT, IMITATOR_WHO = decision("imitator count"), decision("imitator who")
PAYS_AT_START, FROM_PRISON, BLOCKED = decision("pays at start"), decision("from prison"), decision("telephone blocked")
IMITATOR_MARK, IMITATOR_PAY, LEAVES = decision("imitator mark"), decision("imitator pay"), decision("leaves")
MOST_DEMANDS = 0.5
"""Ceiling of demands by a clique in a shift."""
MOST_RECRUITED = 0.02
"""Ceiling of a young resident's hazard of being recruited, a year."""
RECRUIT_CANDIDATES = 0.02 / 365.0
"""Candidates for recruitment by resident and day."""
MOST_IMITATED = 0.02
"""Ceiling of telephone extortion by resident and year."""
DEMAND_NUMBER, IMITATOR_NUMBER, CLASH_NUMBER, PUNISH_NUMBER = 2**29, 2**29 + 2**28, 2**30, 2**30 + 2**29
DEMANDS_A_CLIQUE = 4096
PAYMENT = cause("payment", 35)


@dataclass(frozen=True, kw_only=True)
class Extortion(Group):
    """What cliques and imitators demand, who pays, what happens to those who do not."""

    name: ClassVar[str] = "extortion"
    evidence: ClassVar[tuple[str, ...]] = (
        "J01",
        "J04",
        "S15",
        "V07",
        "V10",
        "V14",
        "V15",
        "V18",
        "Y01",
        "Y02",
    )

    demands: float = number(
        1.75, "a year and member", 0.0, 12.0, "calibrated: V07; orders of magnitude", "demands made", off=0.0
    )
    rent: float = number(200.0, "quetzals a week", 10.0, 5000.0, "assumed", "rent at the start")
    rent_step: float = share(0.03, "assumed", "monthly change of the rent", high=0.3)
    dread: float = share(0.15, "assumed", "believed chance of punishment at the start")
    punishment_cost: float = number(
        2500.0, "quetzals a week", 100.0, 100000.0, "assumed", "what punishment is feared to cost, as rent"
    )
    noise: float = number(150.0, "quetzals a week", 1.0, 5000.0, "assumed", "spread of what people would bear")
    churn: float = share(0.012, "assumed: a year and a half", "payers who stop in a week", high=0.5)
    threat_days: float = number(14.0, "days", 0.0, 180.0, "assumed", "longest time until a threat is due")
    punish: float = share(0.10, "J04; assumed", "refusers who are punished")
    punish_told: float = share(0.20, "J04; assumed", "refusers who told the police openly and are punished")
    lethal: float = share(0.12, "J04; calibrated: V18", "punishments that kill")
    learning: float = share(0.03, "assumed", "weight of one case in the believed chance")
    clash: float = number(
        5.0, "a year", 0.0, 30.0, "calibrated: homicides, V18", "clashes of a clique by rival nearby", off=0.0
    )
    most_rivals: int = number(3, "cliques", 0, 50, "assumed", "rivals from which more weigh no more")
    tension: float = number(1.0, "ratio", 0.0, 10.0, "design", "rivalry, relative; less under a pact", role="lever")
    clash_lethal: float = share(0.35, "V18; assumed", "clashes that kill")
    recruit: float = number(
        0.005,
        "a year",
        0.0,
        0.02,
        "orders of magnitude: 20-120 recruits",
        "hazard of the young in a territory",
        off=0.0,
    )
    recruit_tie: float = number(1.2, "log ratio", 0.0, 5.0, "assumed", "effect of a tie to a member")
    recruit_out: float = number(0.8, "log ratio", 0.0, 5.0, "E15; assumed", "effect of being out of school")
    leave: float = share(0.012, "assumed", "members who leave in a month", high=0.5)
    leave_idle: float = number(
        0.7, "log ratio", 0.0, 5.0, "assumed; swept", "more who leave a clique without income, 1 being usual", off=0.0
    )
    imitators: float = number(
        0.006,
        "a year",
        0.0,
        0.02,
        "calibrated: V15; orders of magnitude",
        "telephone extortion of an adult where phone lists are 1",
        off=0.0,
    )
    imitator_business: float = number(3.0, "ratio", 1.0, 20.0, "assumed", "the same for businesses, relative")
    paying: float = share(
        0.12, "orders of magnitude: 10-25 % of shops and vehicles", "targets that pay at the start", off=0.0
    )
    imitator_again: float = number(
        4.0, "ratio", 1.0, 20.0, "V10; assumed", "telephone extortion of those who gave in within a year, relative"
    )
    imitator_prison: float = share(
        0.6, "V15: many from prisons; size assumed, swept", "calls of imitators that come from prisons"
    )
    imitator_blocked: float = share(0.0, "policy", "calls from prisons that are blocked", role="lever")
    weight_payment: float = number(
        0.0155, "evidence", 0.0, 0.2, "assumed: -.2 points; swept 0 to -.6", "weight of each payment", off=0.0
    )
    imitator_pay: float = share(0.3, "V10: 48 % pay; fewer to imitators, assumed", "victims of imitators who pay")


class Threat(Row):
    """A threat against somebody who refused to pay."""

    due: int
    born: int
    victim: int
    clique: int


class Purse(Row):
    """What extortion has done to a resident."""

    pays: Annotated[int, Column("clique to which rent is paid, or -1", "clique", -1, "i4")]
    gave_in: Annotated[int, Column("last paid an imitator", "tick", -1, "i4")]


THREATS = Growing(name="threats", row=Threat, about="Threats that are due later: this alone.")


class Counts(Row):
    """What is counted in a month."""

    extortion_territorial: float
    extortion_imitators: float
    payments: float
    paid_imitators: float
    imitators_prison: float
    punishments: float
    clashes: float
    recruits: float
    left_gang: float


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


WRITES = (
    "minds.harmed", "minds.gone", "minds.member", "tally.grave_assaults", "cliques.members", "cliques.asked",
    "cliques.refused", "cliques.rent", "cliques.dread", "cliques.paid", "cliques.unpaid", "cliques.takings",
    "cliques.owed", "cliques.killed_now", "choices", "roll", "incidents", "impressions",
)  # fmt: skip
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
