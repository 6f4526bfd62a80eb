"""Cliques and extortion (ODD: extortion)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa

from oracle.clique_choices import HOLD, punishes
from oracle.crime import (
    ASSAULT,
    EXTORTION,
    EXTORTION_MOTIVE,
    GANG,
    IMITATOR,
    KILLING,
    PUNISHMENT,
    TERRITORIAL,
    Incident,
    drawn_loss,
    write_incident,
)
from oracle.narcos import pull_on
from oracle.people import Resident
from oracle.places import Cell
from oracle.politics import violence
from oracle.random_draws import logit, pick, pick_by_reach, poisson

if TYPE_CHECKING:
    from oracle.town import PlainTown

MARA, BARRIO_18 = range(2)
DEMANDS_CEILING = 0.5
RECRUITS_CEILING = 0.02
IMITATORS_CEILING = 0.02
MONDAY = 0


@dataclass(frozen=True)
class Threat:
    """A refusal that a clique will answer."""

    due: int
    clique: "Clique"
    target: Resident
    demanded: int


class Clique(mesa.Agent):
    """A clique with its centre, territory, rent, dread and targets."""

    def __init__(self, town: "PlainTown", number: int, gang: int) -> None:
        super().__init__(town)
        self.number = number
        self.gang = gang
        self.rent = town.numbers("extortion").rent
        self.dread = town.numbers("extortion").dread
        self.targets: list[Resident] = []
        self.rivals: list[Clique] = []
        self.foe: Clique | None = None
        self.founding = 0
        self.demanded = self.refused = 0
        self.alive = True
        self.leader: Resident | None = None
        self.heir_at = -1
        self.generation = self.strategy = 0
        self.seen = self.risk_felt = 0.0
        self.begin_month()
        self.begin_anew()

    def begin_month(self) -> None:
        """Begin all that is remembered of this month alone."""
        self.held_now = self.freed_now = self.leader_now = self.killed_now = 0
        self.takings = 0.0

    def begin_anew(self) -> None:
        """Forget what is remembered, as one founded again does."""
        self.stance, self.inside, self.disputed, self.attack_at, self.free_until = HOLD, False, False, -1, 0
        self.demand_effort, self.members_by_phone, self.pull, self.income = 1.0, 0.0, 1.0, 1.0
        self.caught = self.exposed = self.lost = self.member_months = self.deaths_owed = 0.0
        self.paid = self.unpaid = 0.0

    def find_centre(self, tick: int) -> None:
        """Try places by population until one is dense and nobody's; else the last tried is the centre."""
        town = self.model
        for a in range(64):
            self.centre = pick_by_reach(town.everywhere, town.uniform("clique place", self.number, a, tick=tick))
            if self.centre.population >= town.numbers("gangs").dense and self.centre.held_by is None:
                return

    def take_ground(self) -> None:
        """Take the cells around the centre that nobody holds or protects."""
        reach = self.model.numbers("gangs").reach
        for cell in self.model.cells:
            free = cell.population > 0 and cell.held_by is None and not cell.protected
            if free and (cell.x - self.centre.x) ** 2 + (cell.y - self.centre.y) ** 2 <= reach**2:
                cell.held_by = self

    def find_people(self, n_members: int) -> None:
        """Let targets pay or not, and draw the members."""
        town = self.model
        paying = town.numbers("extortion").paying
        for target in self.targets:
            if town.uniform("pays at start", target.number, 0, tick=0) < paying:
                target.pays = self
        youths = [one for one in town.residents if one.alive and one.home.held_by is self and one.is_man_of(14, 31)]
        for a in range(n_members if youths else 0):
            pick(youths, town.uniform("clique member", self.number, a, tick=0)).clique = self
        self.founding = len(members(town, self))


def members(town: "PlainTown", clique: Clique) -> list[Resident]:
    """Return the members of a clique in order of number."""
    return [resident for resident in town.residents if resident.clique is clique]


def living_members(town: "PlainTown", clique: Clique) -> list[Resident]:
    """Return the members of a clique who are alive and here, in order of number."""
    return [one for one in members(town, clique) if one.alive]


def ground_of(town: "PlainTown", clique: Clique) -> list[Cell]:
    """Return the cells that a clique holds, in order of number."""
    return [cell for cell in town.cells if cell.held_by is clique]


def businesses_at(town: "PlainTown", cell: Cell) -> list[Resident]:
    """Return the business residents whose place on a working day is a cell."""
    return [one for one in town.residents if one.business and one.places[0] is cell]


def list_targets(town: "PlainTown") -> None:
    """List the targets of every clique, in order of number."""
    for clique in town.cliques:
        clique.targets = []
    for one in town.residents:
        work = one.places[0]
        if one.business and work is not None and work.held_by is not None:
            work.held_by.targets.append(one)


def find_foes(town: "PlainTown") -> None:
    """Find the nearest clique of the other gang that is alive, of every clique."""
    for clique in town.cliques:
        centre, living = clique.centre, [one for one in near_enemies(town, clique) if one.alive and clique.alive]
        clique.foe = min(living, key=lambda one: centre.away(one.centre), default=None)


def near_enemies(town: "PlainTown", clique: Clique) -> list[Clique]:
    """Return the cliques of the other gang whose centre is near."""
    border = town.numbers("gangs").border
    return [one for one in town.cliques if one.gang != clique.gang and clique.centre.away(one.centre) <= border]


def named_member(town: "PlainTown", incident: Incident) -> Resident | None:
    """Return the member whom the act of a clique names, once in a shift (ODD: investigation)."""
    if incident.clique is not None and incident.named < town.tick:
        m, tick = incident.number, incident.tick
        living = living_members(town, incident.clique)
        incident.member = min(living, key=lambda one: town.uniform("member", one.number, m, tick=tick), default=None)
        incident.named = town.tick
    return incident.member


def found_cliques(town: "PlainTown") -> None:
    """Set the cliques up: MS-13 first, then Barrio 18."""
    numbers, scale = town.numbers("gangs"), town.numbers("population").scale
    gangs = [MARA] * math.floor(numbers.ms13 * scale + 0.5) + [BARRIO_18] * math.floor(numbers.barrio18 * scale + 0.5)
    town.cliques = [Clique(town, number, gang) for number, gang in enumerate(gangs)]
    for clique in town.cliques:
        clique.find_centre(0)
        clique.take_ground()
    list_targets(town)
    find_foes(town)
    for clique in town.cliques:
        clique.rivals = near_enemies(town, clique)
        clique.find_people(int(numbers.members))


def extort(town: "PlainTown") -> None:
    """Live one shift of the cliques, in the order of the ODD's section on extortion."""
    if town.shift == 0 and town.weekday == MONDAY:
        collect(town)
    if town.shift in (0, 1):
        for clique in town.cliques:
            demand(town, clique)
    for threat in [one for one in town.threats if one.due == town.tick]:
        answer_refusal(town, threat)
    for clique in town.cliques:
        if town.numbers("cliques").attack:
            attack(town, clique)
        else:
            clash(town, clique)
    for clique in town.cliques:
        fight_for_lead(town, clique)
    if town.shift == 1:
        recruit(town)
    imitate(town)
    if town.month_ends:
        end_month(town)


def collect(town: "PlainTown") -> None:
    """Count the week's payments; some stop paying."""
    p = town.numbers("extortion")
    for clique in town.cliques:
        for target in clique.targets:
            if target.alive and target.pays is clique:
                town.n_payments += 1
                clique.takings += clique.rent
                town.live(target, "payment", p.weight_payment)
                if town.uniform("stops paying", target.number, 0) < p.churn:
                    target.pays = None


def demand(town: "PlainTown", clique: Clique) -> None:
    """Demand rent from targets that pay nobody."""
    if not clique.targets:
        return
    numbers = town.numbers("extortion")
    hands = (len(members(town, clique)) + clique.members_by_phone) * clique.demand_effort
    wanted = numbers.demands * hands / 365.0 / 2.0 / DEMANDS_CEILING
    for j in range(poisson(town.uniform("demand count", clique.number, 0), DEMANDS_CEILING)):
        m = 2**29 + clique.number * 2**12 + j
        tried = [pick(clique.targets, town.uniform("demand who", m, 4096 * a)) for a in range(4)]
        target = next((one for one in tried if one.alive), tried[-1])
        if not target.alive or target.pays is not None or town.uniform("demand mark", m, 0) >= wanted:
            continue
        place = target.places[0]
        assert place is not None
        clique.demanded += 1
        asked = Incident(m, EXTORTION, TERRITORIAL, place, target, numbers.severity, clique.rent, clique=clique)
        write_incident(town, asked)
        noise = numbers.noise * logit(town.uniform("demand pay", m, 0))
        if clique.dread * numbers.punishment_cost - clique.rent + noise > 0.0:
            target.pays = clique
            clique.paid += 1.0
        else:
            clique.refused += 1
            clique.unpaid += 1.0
            due = town.tick + 1 + int(3.0 * numbers.threat_days * town.uniform("threat", m, 0))
            town.threats.append(Threat(due, clique, target, town.tick))


def answer_refusal(town: "PlainTown", threat: Threat) -> None:
    """Punish a refusal, or lose dread."""
    numbers, target, clique = town.numbers("extortion"), threat.target, threat.clique
    if not (target.alive and clique.alive):
        return
    reported = target.reported_openly >= threat.demanded
    if town.numbers("cliques").punish:
        punished = punishes(town, clique, target, reported=reported)
    else:
        punished = town.uniform("punish", target.number, 0) < (numbers.punish_told if reported else numbers.punish)
    if not punished:
        clique.dread -= numbers.learning * clique.dread
        return
    clique.dread += numbers.learning * (1.0 - clique.dread)
    m = 2**30 + 2**29 + target.number
    if town.uniform("lethal", m, 0) < numbers.lethal:
        done = write_incident(town, Incident(m, KILLING, EXTORTION_MOTIVE, target.home, target, 1.0))
    else:
        done = write_incident(town, Incident(m, ASSAULT, PUNISHMENT, target.home, target, numbers.wound_severity))
    done.clique = clique


def clash(town: "PlainTown", clique: Clique) -> None:
    """Let a clique with rivals attack somebody in its centre."""
    numbers = town.numbers("extortion")
    chance = numbers.clash / 1095.0 * min(len(clique.rivals), numbers.most_rivals) * numbers.tension * violence(town)
    chance *= len(members(town, clique)) / max(clique.founding, 1)
    if town.uniform("clash", clique.number, 0) >= chance:
        return
    victim = man_at(town, clique, clique.centre)
    if victim is not None:
        fight(town, clique, victim, clique.centre, 2**30 + clique.number)


def man_at(town: "PlainTown", clique: Clique, cell: Cell) -> Resident | None:
    """Return the young man whom a clique takes for a rival at a place, of eight people tried."""
    present, youngest = cell.present[town.place_list], town.numbers("extortion").attacked_from
    drawn = [pick(present, town.uniform("clash victim", clique.number, a)) for a in range(8) if present]
    return next((one for one in drawn if one.alive and one.is_man_of(youngest, 35)), None)


def attack(town: "PlainTown", clique: Clique) -> None:
    """Let a clique attack its foe, if this was decided for now: a member at home, or whoever is at its centre."""
    foe = clique.foe
    if clique.attack_at != town.tick or foe is None:
        return
    victim, where = None, foe.centre
    if town.uniform("clash", clique.number, 0) < town.numbers("cliques").attack_member:
        rivals = living_members(town, foe)
        victim = min(rivals, key=lambda one: town.uniform("clash victim", one.number, clique.number), default=None)
    if victim is not None:
        where = victim.home
    else:
        victim = man_at(town, clique, where)
    if victim is not None:
        done = fight(town, clique, victim, where, 2**30 + clique.number)
        if done.kind == KILLING:
            clique.deaths_owed = max(clique.deaths_owed - 1.0, 0.0)
            foe.killed_now += victim.clique is foe
        pause, clique.attack_at = town.numbers("cliques").attack_again, -1
        if pause > 0.0 and clique.deaths_owed >= 0.5:
            wait = math.floor(6.0 * pause * town.uniform("clique attack again", clique.number, 0))
            clique.attack_at = town.tick + 1 + wait


def fight_for_lead(town: "PlainTown", clique: Clique) -> None:
    """Let members who dispute who leads attack one of their own at home."""
    if not clique.disputed:
        return
    if town.uniform("clique dispute", clique.number, 0) >= town.numbers("cliques").dispute_attacks / 1095.0:
        return
    living = living_members(town, clique)
    if living:
        victim = min(living, key=lambda one: town.uniform("clique dispute victim", one.number, clique.number))
        fight(town, clique, victim, victim.home, 2**30 + 2**20 + clique.number)


def fight(town: "PlainTown", clique: Clique, victim: Resident, where: Cell, m: int) -> Incident:
    """Let a clique kill or wound somebody, as incident m."""
    if town.uniform("lethal", m, 0) < town.numbers("extortion").clash_lethal:
        done = write_incident(town, Incident(m, KILLING, GANG, where, victim, 1.0))
    else:
        done = write_incident(town, Incident(m, ASSAULT, GANG, where, victim, town.numbers("extortion").wound_severity))
    done.clique = clique
    return done


def recruit(town: "PlainTown") -> None:
    """Recruit young people who live in a territory."""
    numbers, n = town.numbers("extortion"), len(town.residents)
    for j in range(poisson(town.uniform("recruit count", 0, 0), 0.002 / 365.0 * 10.0 * n)):
        one = pick(town.residents, town.uniform("recruit who", j, 0))
        if (
            not one.alive
            or not numbers.recruit_from <= one.age < numbers.recruit_to
            or one.clique is not None
            or one.home.held_by is None
        ):
            continue
        has_tie = any(tie.clique is not None for tie in one.ties)
        exponent = numbers.recruit_tie * has_tie + numbers.recruit_out * (not one.student)
        chance = min(
            1.0, numbers.recruit * math.exp(exponent) * pull_on(one) * one.home.held_by.pull / RECRUITS_CEILING
        )
        if town.uniform("recruit mark", j, 0) < chance:
            one.clique = one.home.held_by


def imitate(town: "PlainTown") -> None:
    """Let imitators threaten by telephone, with empty threats."""
    numbers, n = town.numbers("extortion"), len(town.residents)
    lists = town.numbers("gangs").phone_lists
    for j in range(poisson(town.uniform("imitator count", 0, 0), IMITATORS_CEILING * n / 1095.0)):
        m = 2**29 + 2**28 + j
        one = pick(town.residents, town.uniform("imitator who", m, 0))
        if not one.alive or one.age < 18:
            continue
        factor = numbers.imitator_business if one.business else 1.0
        if one.gave_in >= 0 and town.tick - one.gave_in < 1095:
            factor *= numbers.imitator_again
        if town.uniform("imitator mark", m, 0) < min(1.0, numbers.imitators * lists * factor / IMITATORS_CEILING):
            imprisoned = town.uniform("from prison", m, 0) < numbers.imitator_prison
            if imprisoned and town.uniform("telephone blocked", m, 0) < numbers.imitator_blocked:
                continue
            loss = drawn_loss(town, m, numbers.imitator_loss)
            write_incident(town, Incident(m, EXTORTION, IMITATOR, one.home, one, numbers.imitator_severity, loss))
            if town.uniform("imitator pay", m, 0) < numbers.imitator_pay:
                town.n_imitators_paid += 1
                one.gave_in = town.tick


def end_month(town: "PlainTown") -> None:
    """Adjust rents to the month's refusals, unless cliques decide; some members leave."""
    numbers, decide = town.numbers("extortion"), town.numbers("cliques").rent
    for clique in town.cliques:
        if clique.demanded > 0 and not decide:
            refused = clique.refused / clique.demanded > 0.5
            clique.rent *= 1.0 - numbers.rent_step if refused else 1.0 + numbers.rent_step
        leave = numbers.leave * math.exp(numbers.leave_idle * (1.0 - clique.income))
        for member in members(town, clique):
            if not member.alive or town.uniform("leaves", member.number, 0) < leave:
                member.clique = None
        clique.demanded = clique.refused = 0
