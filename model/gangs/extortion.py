"""Extortion (M7): demands by cliques and imitators, threats, clashes between cliques, recruitment.

Two kinds differ: cliques demand rent within their territory and punish some refusals; imitators demand by telephone,
and their threats are empty.  Most events are drawn by thinning: candidates come at a fixed rate above all hazards, and
each is kept with the share of its own hazard, so that a change of a hazard leaves the draws of all others as they are.

Switched off, nobody demands, clashes or recruits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from model.crime.crime import (
    CRIME_MINUTE,
    LETHAL_STREAM,
    LOSS_STREAM,
    NewIncident,
    poisson_upper_bound,
    record_incident,
)
from model.crime.political_calendar import violence_trend
from model.crime.safe_schools import recruitment_pull
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
from model.engine.domains import PAST, TICK, row_of
from model.engine.elementary import exp, log
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic_quantile, poisson_quantile, stream_id
from model.engine.rows import Column, Row, to_int64
from model.engine.tables import GrowingTableSpec
from model.gangs.clique_choices import Refusal, choose_to_punish, leadership_gap
from model.gangs.gangs import NOT_YET, YOUNG_MAN_ATTEMPTS, add_member, draw_living_member
from model.town.crime_kinds import ASSAULT, EXTORTION, HOMICIDE
from model.town.residents import ADULT_AGE, STUDENT
from model.trust.events import PAYMENT, declare_event, record_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import DRAW_ATTEMPTS, DRAW_STRIDE, age_years, draw_present, is_young_man
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
from model.world.steps import KernelStep, in_order, rows_of

if TYPE_CHECKING:
    from model.engine.rows import IntArray, Rows
    from model.gangs.cliques import Cliques
    from model.gangs.gangs import CliqueRow
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.steps import Room

DEMAND_COUNT, DEMAND_WHO, DEMAND_MARK = (
    stream_id("demand count"),
    stream_id("demand who"),
    stream_id("demand mark"),
)
DEMAND_PAY, THREAT_DUE, PUNISH_STREAM, STOPS_PAYING = (
    stream_id("demand pay"),
    stream_id("threat"),
    stream_id("punish"),
    stream_id("stops paying"),
)
CLASH_STREAM, CLASH_VICTIM, ATTACK_AGAIN_STREAM = (
    stream_id("clash"),
    stream_id("clash victim"),
    stream_id("clique attack again"),
)
DISPUTE_STREAM, DISPUTE_VICTIM = stream_id("clique dispute"), stream_id("clique dispute victim")
HALF_OWED = 0.5
"""Deaths owed from which a clique that has attacked attacks again in the same month."""
RECRUIT_COUNT, RECRUIT_WHO, RECRUIT_MARK = (
    stream_id("recruit count"),
    stream_id("recruit who"),
    stream_id("recruit mark"),
)
IMITATOR_COUNT, IMITATOR_WHO = stream_id("imitator count"), stream_id("imitator who")
PAYS_AT_START, FROM_PRISON, TELEPHONE_BLOCKED_STREAM = (
    stream_id("pays at start"),
    stream_id("from prison"),
    stream_id("telephone blocked"),
)
IMITATOR_MARK, IMITATOR_PAY, LEAVES_STREAM = stream_id("imitator mark"), stream_id("imitator pay"), stream_id("leaves")
MAX_DEMAND_RATE = 0.5
"""Ceiling of demands by a clique in a shift, for thinning."""
DEMANDS_BOUND = 16
"""Upper bound of demands, payments and clashes by a clique in a shift."""
DEMAND_SHIFTS = 2.0
"""Shifts of a day in which cliques make demands."""
MAX_RECRUIT_RATE = 0.02
"""Ceiling of a young resident's hazard of being recruited, a year, for thinning."""
RECRUIT_CANDIDATES = 0.02 / DAYS_OF_YEAR
"""Candidates for recruitment by resident and day."""
MAX_IMITATOR_RATE = 0.02
"""Ceiling of telephone extortion by resident and year, for thinning."""
DEMAND_ID_OFFSET, IMITATOR_ID_OFFSET, CLASH_ID_OFFSET, PUNISHMENT_ID_OFFSET = 2**29, 2**29 + 2**28, 2**30, 2**30 + 2**29
DISPUTE_ID_OFFSET = 2**30 + 2**20
"""First numbers of incidents, by origin: numbers of incidents in a shift differ."""
MAX_DEMANDS_A_CLIQUE = 4096
"""Numbers that a clique's demands of a shift may take."""
declare_event("payment", PAYMENT)


@dataclass(frozen=True, init=False)
class Extortion(ParameterGroup):
    """Demands of cliques and imitators, payment and refusal, punishment, rivalry and recruitment."""

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

    demands: float
    rent: float
    rent_step: float
    dread: float
    punishment_cost: float
    noise: float
    churn: float
    threat_days: float
    punish: float
    punish_told: float
    lethal: float
    learning: float
    clash: float
    most_rivals: int
    tension: float
    clash_lethal: float
    recruit: float
    recruit_tie: float
    recruit_out: float
    leave: float
    leave_idle: float
    imitators: float
    imitator_business: float
    paying: float
    imitator_again: float
    imitator_prison: float
    imitator_blocked: float
    severity: float
    wound_severity: float
    attacked_from: float
    recruit_from: float
    recruit_to: float
    imitator_loss: float
    imitator_severity: float
    weight_payment: float
    imitator_pay: float


class Threat(Row):
    """A pending threat against a victim who refused a demand; ``born`` and ``due`` are ticks."""

    due: Annotated[int, TICK]
    born: Annotated[int, PAST]
    victim: Annotated[int, row_of("resident")]
    clique: Annotated[int, row_of("clique", none=True)]


class ExtortionHistory(Row):
    """Payments of a resident to cliques and imitators."""

    pays: Annotated[int, Column("clique to which rent is paid, or -1", "clique", -1, "i4"), row_of("clique", none=True)]
    gave_in: Annotated[int, Column("last paid an imitator", "tick", -1, "i4")]


THREATS = GrowingTableSpec(name="threats", row=Threat, about="Threats that are due later.")


class ExtortionCounts(Row):
    """Monthly counts of extortion, punishments, clashes and members."""

    extortion_territorial: float
    extortion_imitators: float
    payments: float
    paid_imitators: float
    imitators_prison: float
    punishments: float
    clashes: float
    recruits: float
    left_gang: float


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
def collect_payments(w: World) -> None:
    """Record the weekly payments of all living payers; some stop paying.

    Updates `cliques.takings`, `minds.pays` and `tally.payments`.
    """
    for k in range(w.target_start[len(w.cliques)]):
        i = w.targets[k]
        mind = w.minds[i]
        if mind.pays < 0 or mind.gone >= 0:
            continue
        w.tally[0].payments += 1.0
        w.cliques[mind.pays].takings += w.cliques[mind.pays].rent
        p = w.p.extortion[w.people[i].settlement]
        record_event(w, i, PAYMENT, p.weight_payment)
        if keyed_uniform(w.seed, STOPS_PAYING, w.tick, i, 0) < p.churn:
            mind.pays = -1


@kernel
def draw_target(w: World, first: int, n_targets: int, number: int) -> int:
    """Return a target of a demand who has not died or moved, in a few draws; else the last drawn."""
    i: int = w.targets[first]
    for attempt in range(DRAW_ATTEMPTS):
        u = keyed_uniform(w.seed, DEMAND_WHO, w.tick, number, DRAW_STRIDE * attempt)
        i = w.targets[first + int(u * n_targets)]
        if w.minds[i].gone < 0:
            break
    return i


@kernel
def record_refusal(w: World, p: Extortion, q: int, i: int, number: int) -> None:
    """Record that resident ``i`` refused clique ``q`` and is threatened."""
    clique, row = w.cliques[q], w.threats[w.threats_count[0]]
    clique.refused += 1
    clique.unpaid += 1.0
    u = keyed_uniform(w.seed, THREAT_DUE, w.tick, number, 0)
    row.due = w.tick + 1 + int(SHIFTS * p.threat_days * u)
    row.born, row.victim, row.clique = w.tick, i, q
    w.threats_count[0] += 1


@kernel
def make_demands(w: World) -> None:
    """Make the demands of every clique; each target pays, or refuses and is threatened."""
    for q in range(len(w.cliques)):
        clique, first = w.cliques[q], w.target_start[q]
        n_targets = w.target_start[q + 1] - first
        if n_targets == 0:
            continue
        # Thinning: candidates at the ceiling of the rate, kept with the share of the clique's own rate.
        for j in range(poisson_quantile(keyed_uniform(w.seed, DEMAND_COUNT, w.tick, q, 0), MAX_DEMAND_RATE)):
            number = DEMAND_ID_OFFSET + q * MAX_DEMANDS_A_CLIQUE + j
            i = draw_target(w, first, n_targets, number)
            mind = w.minds[i]
            p = w.p.extortion[w.people[i].settlement]
            chance = (
                p.demands
                * (clique.members + clique.members_by_phone)
                * clique.demand_effort
                / DAYS_OF_YEAR
                / DEMAND_SHIFTS
            )
            chance /= MAX_DEMAND_RATE
            if mind.gone >= 0 or mind.pays >= 0 or keyed_uniform(w.seed, DEMAND_MARK, w.tick, number, 0) >= chance:
                continue
            make_demand(w, p, q, i, number)


@kernel
def make_demand(w: World, p: Extortion, q: int, i: int, number: int) -> None:
    """Make a demand of clique ``q`` on resident ``i``, who pays, or refuses and is threatened.

    Updates `minds.pays`, and `asked` and `paid` of the clique; appends the incident.
    """
    clique = w.cliques[q]
    minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, number, 0)
    demand = NewIncident(
        number=number,
        kind=EXTORTION,
        motive=TERRITORIAL,
        cell=to_int64(w.places[0, i]),
        victim=i,
        clique=q,
        minute=minute,
        severity=p.severity,
        loss=clique.rent,
    )
    record_incident(w, demand)
    w.tally[0].extortion_territorial += 1.0
    clique.asked += 1
    noise = p.noise * logistic_quantile(keyed_uniform(w.seed, DEMAND_PAY, w.tick, number, 0))
    if clique.dread * p.punishment_cost - clique.rent + noise > 0.0:
        w.minds[i].pays = q
        clique.paid += 1.0
    else:
        record_refusal(w, p, q, i, number)


@kernel
def is_punished(w: World, clique: CliqueRow, threat: Threat, p: Extortion) -> bool:
    """Return whether a clique carries out a threat.

    It chooses by utilities or, if the choice of punishment is switched off, with a fixed probability.
    """
    i = threat.victim
    reported = w.minds[i].spoke >= threat.born
    if w.p.cliques[0].punish == 1:
        leaderless = leadership_gap(clique, p.imitator_blocked)
        refusal = Refusal(clique=threat.clique, victim=i, reported=reported, leaderless=leaderless)
        return choose_to_punish(w, w.p.cliques[0], clique, refusal)
    chance = p.punish_told if reported else p.punish
    return keyed_uniform(w.seed, PUNISH_STREAM, w.tick, i, 0) < chance


@kernel
def carry_out_threats(w: World) -> None:
    """Carry out the threats that are due, or not; residents' belief in punishment follows.

    Updates `threats` and `cliques.dread`; appends incidents.
    """
    left = 0
    for k in range(w.threats_count[0]):
        threat = w.threats[k]
        if threat.due > w.tick:
            w.threats[left] = threat
            left += 1
            continue
        i, clique = threat.victim, w.cliques[threat.clique]
        mind, person = w.minds[i], w.people[i]
        if mind.gone >= 0 or clique.alive == 0:
            continue
        p = w.p.extortion[person.settlement]
        # Exponential smoothing: each case moves the believed probability towards 0 or 1.
        if not is_punished(w, clique, threat, p):
            clique.dread -= p.learning * clique.dread
            continue
        clique.dread += p.learning * (1.0 - clique.dread)
        w.tally[0].punishments += 1.0
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
        attack_victim(w, attack)
    w.threats_count[0] = left


@kernel
def attack_victim(w: World, attack: Attack) -> bool:
    """Attack a resident, who dies or is wounded; append the incident and return whether it is a homicide."""
    number = attack.number
    minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, number, 0)
    deadly = keyed_uniform(w.seed, LETHAL_STREAM, w.tick, number, 0) < attack.lethal
    if not deadly:
        w.tally[0].grave_assaults += 1.0
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
    record_incident(w, incident)
    return deadly


@kernel
def draw_young_man(w: World, cell: int, q: int, youngest: float) -> int:
    """Return a young man present in a cell, drawn in `YOUNG_MAN_ATTEMPTS` draws, or -1."""
    for attempt in range(YOUNG_MAN_ATTEMPTS):
        u = keyed_uniform(w.seed, CLASH_VICTIM, w.tick, q, attempt)
        i = draw_present(w, cell, u)
        if i >= 0 and w.minds[i].gone < 0 and is_young_man(w.people[i], w.tick, youngest):
            return i
    return NOBODY


@kernel
def attack_from_gang(w: World, p: Extortion, q: int, cell: int, i: int, number: int) -> bool:
    """Attack resident ``i`` out of rivalry, as incident ``number``; append it and return whether it is a homicide."""
    w.tally[0].clashes += 1.0
    attack = Attack(
        number=number,
        clique=q,
        cell=cell,
        victim=i,
        motive=BY_GANG,
        lethal_motive=BY_GANG,
        lethal=p.clash_lethal,
        wound_severity=p.wound_severity,
    )
    return attack_victim(w, attack)


@kernel
def attack_rivals(w: World) -> None:
    """Carry out the attacks due in this shift: on a member at home, or on a young man in the foe's centre.

    Only a death settles what is owed.  Updates `owed` and `attack_at` of the attacker and `killed_now` of the foe;
    appends incidents.
    """
    for q in range(len(w.cliques)):
        clique = w.cliques[q]
        if clique.attack_at != w.tick or clique.foe < 0:
            continue
        foe = w.cliques[clique.foe]
        i, cell = NOBODY, foe.centre
        if keyed_uniform(w.seed, CLASH_STREAM, w.tick, q, 0) < w.p.cliques[0].attack_member:
            i = draw_living_member(w, clique.foe, CLASH_VICTIM, w.tick, q)
            cell = to_int64(w.people[i].home) if i >= 0 else cell
        p = w.p.extortion[max(w.cells[cell].settlement, 0)]
        if i < 0:
            i = draw_young_man(w, cell, q, p.attacked_from)
        if i < 0:
            continue
        if attack_from_gang(w, p, q, cell, i, CLASH_ID_OFFSET + q):
            clique.deaths_owed = max(clique.deaths_owed - 1.0, 0.0)
            foe.killed_now += 1 if w.minds[i].member == clique.foe else 0
        clique.attack_at = next_attack(w, clique, q, w.p.cliques[0])


@kernel
def fight_over_succession(w: World) -> None:
    """Let members of cliques that dispute who leads attack one of their own, at his home; appends incidents."""
    chance = w.p.cliques[0].dispute_attacks / YEAR
    for q in range(len(w.cliques)):
        if w.cliques[q].disputed == 0 or keyed_uniform(w.seed, DISPUTE_STREAM, w.tick, q, 0) >= chance:
            continue
        i = draw_living_member(w, q, DISPUTE_VICTIM, w.tick, q)
        if i >= 0:
            p = w.p.extortion[w.people[i].settlement]
            attack_from_gang(w, p, q, to_int64(w.people[i].home), i, DISPUTE_ID_OFFSET + q)


@kernel
def next_attack(w: World, clique: CliqueRow, q: int, p: Cliques) -> int:
    """Return the tick at which a clique attacks again, -1 if it owes less than half a death or never does."""
    if p.attack_again == 0.0 or clique.deaths_owed < HALF_OWED:
        return NOT_YET
    # Uniform between now and twice the mean; what falls into the next month is decided anew.
    wait = 2.0 * SHIFTS * p.attack_again * keyed_uniform(w.seed, ATTACK_AGAIN_STREAM, w.tick, q, 0)
    return w.tick + 1 + int(wait)


@kernel
def clash_with_rivals(w: World) -> None:
    """Let cliques with rivals nearby clash at a fixed rate; appends incidents."""
    for q in range(len(w.cliques)):
        clique = w.cliques[q]
        z = max(w.cells[clique.centre].settlement, 0)
        p = w.p.extortion[z]
        chance = (
            p.clash / YEAR * min(clique.rivals, p.most_rivals) * p.tension * violence_trend(w.p.political_calendar[z])
        )
        chance *= clique.members / max(clique.founding, 1)
        if keyed_uniform(w.seed, CLASH_STREAM, w.tick, q, 0) >= chance:
            continue
        i = draw_young_man(w, to_int64(clique.centre), q, p.attacked_from)
        if i >= 0:
            attack_from_gang(w, p, q, to_int64(clique.centre), i, CLASH_ID_OFFSET + q)


@kernel
def recruit_members(w: World) -> None:
    """Recruit young residents of a territory. Updates `minds.member`, `cliques.members` and `roll`."""
    n_people = len(w.people)
    candidates = RECRUIT_CANDIDATES * n_people
    # Thinning of a Poisson process: candidates among all residents, kept with the share of their own hazard.
    for j in range(poisson_quantile(keyed_uniform(w.seed, RECRUIT_COUNT, w.tick, 0, 0), candidates)):
        i = int(keyed_uniform(w.seed, RECRUIT_WHO, w.tick, j, 0) * n_people)
        person, mind = w.people[i], w.minds[i]
        q, p = w.held_by[person.home], w.p.extortion[person.settlement]
        if q < 0 or mind.gone >= 0 or mind.member >= 0:
            continue
        if not p.recruit_from <= age_years(person, w.tick) < p.recruit_to:
            continue
        tied = 0.0
        for k in range(w.ties.shape[1]):
            tie = w.ties[i, k]
            if tie >= 0 and w.minds[tie].member >= 0:
                tied = 1.0
        out = 0.0 if person.occupation == STUDENT else 1.0
        hazard = p.recruit * exp(p.recruit_tie * tied + p.recruit_out * out)
        hazard *= recruitment_pull(out == 0.0, w.p.safe_schools[person.settlement]) * w.cliques[q].pull
        if keyed_uniform(w.seed, RECRUIT_MARK, w.tick, j, 0) < hazard / MAX_RECRUIT_RATE:
            mind.member = q
            w.cliques[q].members += 1
            add_member(w, i)
            w.tally[0].recruits += 1.0


@kernel
def record_imitator_demand(w: World, p: Extortion, i: int, number: int) -> None:
    """Record the demand of an imitator on resident `i`, who may pay; updates `minds.gave_in`."""
    # Losses are exponential: the quantile of a keyed uniform.
    loss = p.imitator_loss * -log(1.0 - keyed_uniform(w.seed, LOSS_STREAM, w.tick, number, 0))
    minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, number, 0)
    demand = NewIncident(
        number=number,
        kind=EXTORTION,
        motive=IMITATOR,
        cell=to_int64(w.people[i].home),
        victim=i,
        clique=NOBODY,
        minute=minute,
        severity=p.imitator_severity,
        loss=loss,
    )
    record_incident(w, demand)
    w.tally[0].extortion_imitators += 1.0
    if keyed_uniform(w.seed, IMITATOR_PAY, w.tick, number, 0) < p.imitator_pay:
        w.tally[0].paid_imitators += 1.0
        w.minds[i].gave_in = w.tick


@kernel
def imitate_extortion(w: World, phone_lists: float) -> None:
    """Draw the demands of imitators by telephone; some victims pay.

    ``phone_lists`` is the relative number of telephones on their lists.  Updates `minds.gave_in`; appends incidents.
    """
    n_people = len(w.people)
    candidates = MAX_IMITATOR_RATE * n_people / YEAR
    # Thinning of a Poisson process: candidates among all residents, kept with the share of their own hazard.
    for j in range(poisson_quantile(keyed_uniform(w.seed, IMITATOR_COUNT, w.tick, 0, 0), candidates)):
        number = IMITATOR_ID_OFFSET + j
        i = int(keyed_uniform(w.seed, IMITATOR_WHO, w.tick, number, 0) * n_people)
        person = w.people[i]
        if w.minds[i].gone >= 0 or age_years(person, w.tick) < ADULT_AGE:
            continue
        p = w.p.extortion[person.settlement]
        exposure = p.imitator_business if person.business == 1 else 1.0
        gave_in = w.minds[i].gave_in
        if gave_in >= 0 and w.tick - gave_in < YEAR:
            exposure *= p.imitator_again
        chance = p.imitators * phone_lists * exposure / MAX_IMITATOR_RATE
        if keyed_uniform(w.seed, IMITATOR_MARK, w.tick, number, 0) >= chance:
            continue
        if keyed_uniform(w.seed, FROM_PRISON, w.tick, number, 0) < p.imitator_prison:
            if keyed_uniform(w.seed, TELEPHONE_BLOCKED_STREAM, w.tick, number, 0) < p.imitator_blocked:
                continue
            w.tally[0].imitators_prison += 1.0
        record_imitator_demand(w, p, i, number)


@kernel
def update_rents_and_exits(w: World) -> None:
    """Update rents by the refusals of the month, unless cliques choose them; let members leave.

    Updates `rent`, `asked`, `refused` and `members` of cliques, `minds.member` and `roll`.
    """
    for q in range(len(w.cliques)):
        clique = w.cliques[q]
        p = w.p.extortion[max(w.cells[clique.centre].settlement, 0)]
        if clique.asked > 0 and w.p.cliques[0].rent == 0:
            up = 2 * clique.refused <= clique.asked
            clique.rent *= 1.0 + p.rent_step if up else 1.0 - p.rent_step
        clique.asked, clique.refused = 0, 0
    left = 0
    for k in range(w.roll_count[0]):
        i = w.roll[k].who
        mind = w.minds[i]
        if mind.member < 0:
            continue
        p = w.p.extortion[w.people[i].settlement]
        leave = p.leave * exp(p.leave_idle * (1.0 - w.cliques[mind.member].income))
        if mind.gone >= 0 or keyed_uniform(w.seed, LEAVES_STREAM, w.tick, i, 0) < leave:
            w.cliques[mind.member].members -= 1
            mind.member = -1
            w.tally[0].left_gang += 1.0
        else:
            w.roll[left].who = i
            left += 1
    w.roll_count[0] = left


@kernel
def initialise_payers(w: World) -> None:
    """Draw the targets that pay from the start. Updates `minds.pays`."""
    for q in range(len(w.cliques)):
        for k in range(w.target_start[q], w.target_start[q + 1]):
            i = w.targets[k]
            p = w.p.extortion[w.people[i].settlement]
            if keyed_uniform(w.seed, PAYS_AT_START, 0, i, 0) < p.paying:
                w.minds[i].pays = q


def initialise(sim: Simulation) -> None:
    """Set the initial rent and believed probability of punishment; draw the initial payers."""
    parameters = sim.p.extortion
    sim.w.cliques["rent"], sim.w.cliques["dread"] = parameters["rent"][0], parameters["dread"][0]
    initialise_payers(sim.w)


@kernel
def run_extortion(w: World) -> None:
    """Run payments (on Mondays), demands, threats, clashes, recruitment and imitators of a shift."""
    time_of_day = w.tick % SHIFTS
    if w.weekday == MONDAY and time_of_day == MORNING:
        collect_payments(w)
    if time_of_day != NIGHT:
        make_demands(w)
    carry_out_threats(w)
    if w.p.cliques[0].attack == 1:
        attack_rivals(w)
    else:
        clash_with_rivals(w)
    fight_over_succession(w)
    if time_of_day == EVENING:
        recruit_members(w)
    imitate_extortion(w, w.p.gangs[0].phone_lists)


def max_demands(sim: Simulation) -> int:
    """Return an upper bound of demands, payments and clashes in a shift, punishments not counted."""
    return DEMANDS_BOUND * len(sim.w.cliques) + poisson_upper_bound(MAX_IMITATOR_RATE * sim.town.n_people / YEAR)


def max_recruits(sim: Simulation) -> int:
    """Return an upper bound of recruits in a shift."""
    return poisson_upper_bound(RECRUIT_CANDIDATES * sim.town.n_people)


def room_for_extortion(sim: Simulation) -> Room:
    """Return the rows that the extortion of a shift may need."""
    most = sim.cached_view(max_demands) + rows_of("threats")
    return {
        INCIDENTS: most,
        IMPRESSIONS: most + len(sim.w.targets),
        "choices": rows_of("threats"),
        "threats": DEMANDS_BOUND * len(sim.w.cliques),
        "roll": sim.cached_view(max_recruits),
    }


extort = in_order(
    KernelStep(run_extortion, room_for_extortion),
    KernelStep(update_rents_and_exits, flags=LAST_SHIFTS),
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
    return float(count_payers(month.world.w.minds, month.world.w.targets[: month.world.w.target_start[-1]]))


MECHANISM = Mechanism(
    group=Extortion,
    causes=(PAYMENT,),
    tables=(THREATS,),
    mind=ExtortionHistory,
    counts=ExtortionCounts,
    initialise=initialise,
    knockout=Knockout(
        ("extortion_territorial", "extortion_imitators", "payments", "punishments", "clashes", "recruits")
    ),
    measures={
        "payers": Measure("people", standing_payers),
        "imitators_prison": Measure("crimes"),
    },
)
