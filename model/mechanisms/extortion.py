"""M7, extortion of two kinds, rivalry between cliques and recruitment (ODD 6.7).

Switched off, nobody demands, clashes or recruits.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import njit

from model.calendar import is_last_shift_of_month, weekday_of
from model.chance import age_of, someone, young_man
from model.daybook import (
    ASSAULT,
    BY_EXTORTION,
    BY_GANG,
    EXTORTION,
    HOMICIDE,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    PUNISHMENT,
    TERRITORIAL,
)
from model.luck import decision, luck, poisson
from model.mechanisms.crime import CRIME_MINUTE, LETHAL, LOSS, note_incident
from model.parameters import Group, number, share
from model.residents import STUDENT

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
PAYS_AT_START = decision("pays at start")
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
        1.6, "a year and member", 0.0, 12.0, "calibrated: V07; orders of magnitude", "demands made", off=0.0
    )
    rent: float = number(200.0, "quetzals a week", 10.0, 5000.0, "assumed", "rent at the start")
    rent_step: float = share(0.03, "assumed", "monthly change of the rent", high=0.3)
    dread: float = share(0.15, "assumed", "believed chance of punishment at the start")
    punishment_cost: float = number(
        2500.0, "quetzals a week", 100.0, 100000.0, "assumed", "what punishment is feared to cost, as rent"
    )
    noise: float = number(150.0, "quetzals a week", 1.0, 5000.0, "assumed", "spread of what people would bear")
    churn: float = share(0.012, "assumed: a year and a half", "payers who stop in a week", high=0.5)
    punish: float = share(0.10, "J04; assumed", "refusers who are punished")
    punish_told: float = share(0.20, "J04; assumed", "refusers who told the police openly and are punished")
    lethal: float = share(0.25, "J04; calibrated: homicides", "punishments that kill")
    learning: float = share(0.03, "assumed", "weight of one case in the believed chance")
    clash: float = number(
        5.0, "a year", 0.0, 30.0, "calibrated: homicides, V18", "clashes of a clique by rival nearby", off=0.0
    )
    tension: float = number(1.0, "ratio", 0.0, 10.0, "design", "rivalry, relative")
    clash_lethal: float = share(0.35, "V18; assumed", "clashes that kill")
    recruit: float = number(
        0.006,
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
    imitator_pay: float = share(0.3, "V10: 48 % pay; fewer to imitators, assumed", "victims of imitators who pay")


@njit(cache=True)
def collect(state: Any, ground: Any, numbers: Any, tick: Any, seed: Any) -> None:
    """Count the weekly payments; some stop paying."""
    for k in range(len(state.targets)):
        i = state.targets[k]
        mind = state.minds[i]
        if mind["pays"] < 0 or mind["died"] >= 0:
            continue
        state.tally[0]["payments"] += 1.0
        if luck(seed, STOPS_PAYING, tick, i, 0) < numbers[ground.people[i]["settlement"]]["churn"]:
            mind["pays"] = -1


@njit(cache=True)
def demand(state: Any, day: Any, ground: Any, numbers: Any, trust: Any, work: Any, tick: Any, seed: Any) -> None:
    """Let every clique make its demands; the target pays, or refuses and is threatened."""
    for q in range(len(state.cliques)):
        clique, first = state.cliques[q], state.target_start[q]
        n_targets = state.target_start[q + 1] - first
        if n_targets == 0:
            continue
        for j in range(poisson(luck(seed, DEMAND_COUNT, tick, q, 0), MOST_DEMANDS)):
            number = DEMAND_NUMBER + q * DEMANDS_A_CLIQUE + j
            i = state.targets[first + int(luck(seed, DEMAND_WHO, tick, number, 0) * n_targets)]
            mind = state.minds[i]
            p = numbers[ground.people[i]["settlement"]]
            chance = p["demands"] * clique["members"] / 365.0 / 2.0 / MOST_DEMANDS
            if mind["died"] >= 0 or mind["pays"] >= 0 or luck(seed, DEMAND_MARK, tick, number, 0) >= chance:
                continue
            minute = 480.0 * luck(seed, CRIME_MINUTE, tick, number, 0)
            note_incident(
                day,
                ground,
                state.minds,
                trust,
                state.ledger,
                tick,
                number,
                EXTORTION,
                TERRITORIAL,
                np.int64(work[i]),
                i,
                q,
                minute,
                0.6,
                clique["rent"],
            )
            state.tally[0]["extortion_territorial"] += 1.0
            clique["asked"] += 1
            u = luck(seed, DEMAND_PAY, tick, number, 0)
            whim = p["noise"] * math.log((u + 1e-12) / (1.0 - u + 1e-12))
            if clique["dread"] * p["punishment_cost"] - clique["rent"] + whim > 0.0:
                mind["pays"] = q
                continue
            clique["refused"] += 1
            row = state.threats[state.threat_count[0]]
            row["due"] = tick + 1 + int(42.0 * luck(seed, THREAT_DUE, tick, number, 0))
            row["born"], row["victim"], row["clique"] = tick, i, q
            state.threat_count[0] += 1


@njit(cache=True)
def punish(state: Any, day: Any, ground: Any, numbers: Any, trust: Any, tick: Any, seed: Any) -> None:
    """Carry out, or not, the threats that are due; everybody in the territory learns from it."""
    left = 0
    for k in range(state.threat_count[0]):
        threat = state.threats[k]
        if threat["due"] > tick:
            state.threats[left] = threat
            left += 1
            continue
        i, clique = threat["victim"], state.cliques[threat["clique"]]
        mind, person = state.minds[i], ground.people[i]
        if mind["died"] >= 0:
            continue
        p = numbers[person["settlement"]]
        chance = p["punish_told"] if mind["spoke"] >= threat["born"] else p["punish"]
        if luck(seed, PUNISH, tick, i, 0) >= chance:
            clique["dread"] -= p["learning"] * clique["dread"]
            continue
        clique["dread"] += p["learning"] * (1.0 - clique["dread"])
        number = PUNISH_NUMBER + i
        state.tally[0]["punishments"] += 1.0
        strike(
            state,
            day,
            ground,
            trust,
            np.int64(person["home"]),
            i,
            threat["clique"],
            BY_EXTORTION,
            PUNISHMENT,
            p["lethal"],
            tick,
            number,
            seed,
        )
    state.threat_count[0] = left


@njit(cache=True)
def strike(
    state: Any,
    day: Any,
    ground: Any,
    trust: Any,
    cell: Any,
    victim: Any,
    clique: Any,
    deadly_motive: Any,
    motive: Any,
    lethal: Any,
    tick: Any,
    number: Any,
    seed: Any,
) -> None:
    """Let a clique attack somebody, who dies or is wounded."""
    minute = 480.0 * luck(seed, CRIME_MINUTE, tick, number, 0)
    deadly = luck(seed, LETHAL, tick, number, 0) < lethal
    if not deadly:
        state.tally[0]["grave_assaults"] += 1.0
    note_incident(
        day,
        ground,
        state.minds,
        trust,
        state.ledger,
        tick,
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


@njit(cache=True)
def clash(state: Any, day: Any, ground: Any, numbers: Any, trust: Any, where: Any, tick: Any, seed: Any) -> None:
    """Let rival cliques clash where they border on each other."""
    for q in range(len(state.cliques)):
        clique = state.cliques[q]
        p = numbers[max(ground.cells[clique["centre"]]["settlement"], 0)]
        chance = p["clash"] / 1095.0 * min(clique["rivals"], 3) * p["tension"]
        if luck(seed, CLASH, tick, q, 0) >= chance:
            continue
        for a in range(8):
            i = someone(ground, where, clique["centre"], luck(seed, CLASH_VICTIM, tick, q, a))
            if i >= 0 and state.minds[i]["died"] < 0 and young_man(ground.people[i], tick, 14.0):
                state.tally[0]["clashes"] += 1.0
                strike(
                    state,
                    day,
                    ground,
                    trust,
                    clique["centre"],
                    i,
                    q,
                    BY_GANG,
                    BY_GANG,
                    p["clash_lethal"],
                    tick,
                    CLASH_NUMBER + q,
                    seed,
                )
                break


@njit(cache=True)
def recruit(state: Any, ground: Any, numbers: Any, tick: Any, seed: Any) -> None:
    """Let cliques draw the young of their territory."""
    n_people = len(ground.people)
    for j in range(poisson(luck(seed, RECRUIT_COUNT, tick, 0, 0), RECRUIT_CANDIDATES * n_people)):
        i = int(luck(seed, RECRUIT_WHO, tick, j, 0) * n_people)
        person, mind = ground.people[i], state.minds[i]
        q = state.territory[person["home"]]
        if q < 0 or mind["died"] >= 0 or mind["member"] >= 0 or not 12.0 <= age_of(person, tick) < 21.0:
            continue
        p = numbers[person["settlement"]]
        tied = 0.0
        for k in range(ground.ties.shape[1]):
            if state.minds[ground.ties[i, k]]["member"] >= 0:
                tied = 1.0
        out = 0.0 if person["occupation"] == STUDENT else 1.0
        hazard = p["recruit"] * math.exp(p["recruit_tie"] * tied + p["recruit_out"] * out)
        if luck(seed, RECRUIT_MARK, tick, j, 0) < hazard / MOST_RECRUITED:
            mind["member"] = q
            state.cliques[q]["members"] += 1
            state.tally[0]["recruits"] += 1.0


@njit(cache=True)
def imitate(
    state: Any, day: Any, ground: Any, numbers: Any, phone_lists: Any, trust: Any, tick: Any, seed: Any
) -> None:
    """Let imitators telephone: no territory, empty threats."""
    n_people = len(ground.people)
    for j in range(poisson(luck(seed, IMITATOR_COUNT, tick, 0, 0), MOST_IMITATED * n_people / 1095.0)):
        number = IMITATOR_NUMBER + j
        i = int(luck(seed, IMITATOR_WHO, tick, number, 0) * n_people)
        person = ground.people[i]
        if state.minds[i]["died"] >= 0 or age_of(person, tick) < 18.0:
            continue
        p = numbers[person["settlement"]]
        business = p["imitator_business"] if person["business"] == 1 else 1.0
        if luck(seed, IMITATOR_MARK, tick, number, 0) >= p["imitators"] * phone_lists * business / MOST_IMITATED:
            continue
        loss = 500.0 * -math.log(1.0 - luck(seed, LOSS, tick, number, 0))
        minute = 480.0 * luck(seed, CRIME_MINUTE, tick, number, 0)
        note_incident(
            day,
            ground,
            state.minds,
            trust,
            state.ledger,
            tick,
            number,
            EXTORTION,
            IMITATOR,
            np.int64(person["home"]),
            i,
            -1,
            minute,
            0.4,
            loss,
        )
        state.tally[0]["extortion_imitators"] += 1.0
        if luck(seed, IMITATOR_PAY, tick, number, 0) < p["imitator_pay"]:
            state.tally[0]["paid_imitators"] += 1.0


@njit(cache=True)
def close_month(state: Any, ground: Any, numbers: Any, tick: Any, seed: Any) -> None:
    """Raise or lower the rent by what was refused; let members leave."""
    for q in range(len(state.cliques)):
        clique = state.cliques[q]
        p = numbers[max(ground.cells[clique["centre"]]["settlement"], 0)]
        if clique["asked"] > 0:
            up = 2 * clique["refused"] <= clique["asked"]
            clique["rent"] *= 1.0 + p["rent_step"] if up else 1.0 - p["rent_step"]
        clique["asked"], clique["refused"] = 0, 0
    for i in range(len(state.minds)):
        mind = state.minds[i]
        if mind["member"] < 0:
            continue
        leave = numbers[ground.people[i]["settlement"]]["leave"]
        if mind["died"] >= 0 or luck(seed, LEAVES, tick, i, 0) < leave:
            state.cliques[mind["member"]]["members"] -= 1
            mind["member"] = -1
            state.tally[0]["left_gang"] += 1.0


@njit(cache=True)
def first_payers(state: Any, ground: Any, numbers: Any, seed: Any) -> None:
    """Draw who pays already when the world begins."""
    for q in range(len(state.cliques)):
        for k in range(state.target_start[q], state.target_start[q + 1]):
            i = state.targets[k]
            p = numbers[ground.people[i]["settlement"]]
            if luck(seed, PAYS_AT_START, 0, i, 0) < p["paying"]:
                state.minds[i]["pays"] = q


def begin(state: Any, ground: Any, numbers: Any, seed: int) -> None:
    """Give cliques their first rent and dread, and those who pay already."""
    state.cliques["rent"], state.cliques["dread"] = numbers["rent"][0], numbers["dread"][0]
    first_payers(state.gangland(), ground, numbers, seed)


@njit(cache=True)
def extort(
    state: Any,
    day: Any,
    ground: Any,
    numbers: Any,
    phone_lists: Any,
    trust: Any,
    where: Any,
    monday: Any,
    month_ends: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Payments, demands, threats, clashes, recruits, imitators, and at a month's end the cliques' accounts."""
    shift = tick % 3
    if monday and shift == 0:
        collect(state, ground, numbers, tick, seed)
    if shift < 2:
        demand(state, day, ground, numbers, trust, ground.places[0], tick, seed)
    punish(state, day, ground, numbers, trust, tick, seed)
    clash(state, day, ground, numbers, trust, where, tick, seed)
    if shift == 1:
        recruit(state, ground, numbers, tick, seed)
    imitate(state, day, ground, numbers, phone_lists, trust, tick, seed)
    if month_ends:
        close_month(state, ground, numbers, tick, seed)


def act(world: Any) -> None:
    """Let cliques and imitators extort."""
    state, ground, numbers = world.state, world.ground, world.numbers["extortion"]
    tick, seed, trust = world.tick, world.seed, world.numbers["trust"]
    n_cliques = len(state.cliques)
    imitators = MOST_IMITATED * len(state.minds) / 1095.0
    most = int(16 * n_cliques + len(state.threats.filled()) + imitators + 12.0 * math.sqrt(imitators) + 64.0)
    world.book.reserve(INCIDENTS, most)
    day = world.book.reserve(IMPRESSIONS, most)
    state.threats.reserve(16 * n_cliques)
    monday = weekday_of(tick) == 0
    month_ends = is_last_shift_of_month(tick)
    phone_lists = world.numbers["gangs"][0]["phone_lists"]
    extort(
        state.gangland(),
        day,
        ground,
        numbers,
        phone_lists,
        trust,
        world.where,
        monday,
        month_ends,
        tick,
        seed,
    )
