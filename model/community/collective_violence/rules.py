"""M15, collective violence (*linchamiento*): a crowd, a suspect, a cascade, and who may stop it in time (ODD 6.24).

It is possible anywhere, is never called justice and never the law of a community: that law has its own hearings (6.12).
Whether the suspect did anything is not known here.  Switched off, no crowd gathers.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.collective_violence.schema import (
    ATTACKS,
    AUTHORITY_STOPS,
    COLLECTIVE_VIOLENCE,
    COMES,
    CROWD,
    FEWEST,
    GRAVE,
    KILLS,
    MOST,
    NAME,
    NAMED,
    POLICE_STOP,
    RECENT,
    SUSPECT,
    THRESHOLD,
    TOGETHER,
    TRIES,
    WRITES,
    CollectiveViolence,
    Counts,
)
from model.community.communal_authority.rules import move_legitimacy
from model.community.communal_authority.schema import CommunalAuthority
from model.crime.crime.rules import note_incident
from model.engine.calendar import WEEK
from model.engine.kernels import Tables, kernel, making_arrays
from model.engine.random_streams import logistic, luck
from model.engine.rows import Ints, Reals, Rows
from model.police.patrol.rules import straight_km, whereabouts
from model.reporting.response.schema import KM_PER_HOUR
from model.town.crime_kinds import ASSAULT, CROWDS, HOMICIDE
from model.town.territory import FAR_MINUTES
from model.trust.ledger.rules import impress, trust_now
from model.world.mechanism import Given, Knockout, Measure, Mechanism, carries_out
from model.world.protocol import World
from model.world.sampling import age_of, someone
from model.world.shift_context import Stage
from model.world.shift_events import BY_CROWD, BY_PHONE, IMPRESSIONS, INCIDENTS, VISITS, Incident
from model.world.state import Board, Couple


class Gathering(Tables):
    """Who may come, and who may stop it."""

    boards: Rows[Board]
    couples: Rows[Couple]
    numbers: Rows[CollectiveViolence]
    communal: Rows[CommunalAuthority]
    cell_km: float


@kernel
def readiness_to_act(stage: Stage, i: int, by_rumour: bool, p: CollectiveViolence, u: float) -> float:
    """Share of the crowd that must act before this person does."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    rest = p.calm + p.spread * 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))
    if mind.harmed >= 0 and stage.tick - mind.harmed < RECENT:
        rest -= p.anger
    for tie in stage.ground.ties[i]:
        if stage.minds[tie].harmed >= 0 and stage.tick - stage.minds[tie].harmed < RECENT:
            rest -= p.ties
            break
    rest -= p.rumour if by_rumour else 0.0
    rest -= p.courts * logistic(-mind.useful)
    rest -= p.police * (1.0 - trust_now(mind, stage.tick, stage.trust[z]))
    return logistic(rest)


@making_arrays
def crowd_of(
    stage: Stage,
    gathering: Gathering,
    cell: int,
    number: int,
    by_rumour: bool,
    p: CollectiveViolence,
    who: Ints,
    need: Reals,
) -> int:
    """Draw those who come, each with what it takes for them to act; return how many came."""
    z, came = max(stage.ground.cells[cell].settlement, 0), 0
    comes = p.gathers + (1.0 - p.gathers) * gathering.boards[z].organised
    for j in range(MOST):
        i = someone(stage.ground, stage.where, cell, luck(stage.seed, CROWD, stage.tick, number, j))
        if i < 0 or stage.minds[i].gone >= 0 or age_of(stage.ground.people[i], stage.tick) < 15.0:
            continue
        if luck(stage.seed, COMES, stage.tick, number, j) >= comes or np.any(who[:came] == i):
            continue
        who[came] = i
        need[came] = readiness_to_act(stage, i, by_rumour, p, luck(stage.seed, THRESHOLD, stage.tick, i, 0))
        came += 1
    return came


@kernel
def cascade(need: Reals, came: int) -> float:
    """Share of a crowd that acts in the end, when each acts once enough others do; one in ten begin by shouting."""
    acting, before = 0.1, 0.1 * came
    while True:
        count = 0
        for k in range(came):
            if need[k] <= acting:
                count += 1
        if count <= before:  # heads, not shares: 15 / 22 * 22 is less than 15, and would go on for ever
            return count / came
        acting, before = count / came, float(count)


@kernel
def police_near(stage: Stage, gathering: Gathering, cell: int, minute: float, p: CollectiveViolence) -> bool:
    """Whether a free couple can be there in time."""
    for post in range(len(gathering.couples)):
        couple = gathering.couples[post]
        start = max(minute, couple.free)
        if couple.on == 0 or couple.duty_start <= start < couple.duty_end:
            continue
        km = straight_km(
            stage.ground.cells, whereabouts(stage.day, gathering.couples, post, start), cell, gathering.cell_km
        )
        if start - minute + 60.0 * km / KM_PER_HOUR[couple.mode] <= p.minutes:
            return True
    return False


@kernel
def stopped(stage: Stage, gathering: Gathering, z: int, number: int, police: bool, p: CollectiveViolence) -> int:
    """Who stops the crowd: 0 nobody, 1 the police, 2 the authority, 3 both together."""
    board, seed, tick = gathering.boards[z], stage.seed, stage.tick
    if police and luck(seed, POLICE_STOP, tick, number, 0) < p.police_stop:
        return 1
    chance = p.authority_stops * board.organised * logistic(board.legitimacy)
    if luck(seed, AUTHORITY_STOPS, tick, number, 0) < chance:
        move_legitimacy(board, 1.0, gathering.communal[z])
        return 2
    both = p.together * board.organised if police else 0.0
    return 3 if luck(seed, TOGETHER, tick, number, 0) < both else 0


@kernel
def suspect_in(stage: Stage, gathering: Gathering, cell: int, number: int, victim: int) -> int:
    """Somebody there whom the crowd takes for the offender, guilty or not; -1 if there is no man."""
    for a in range(TRIES):
        i = someone(stage.ground, stage.where, cell, luck(stage.seed, SUSPECT, stage.tick, number, a))
        if i < 0:
            return -1
        person = stage.ground.people[i]
        if person.female == 0 and i != victim and stage.minds[i].gone < 0 and age_of(person, stage.tick) >= 15.0:
            return i
    return -1


@kernel
def act_as_crowd(
    stage: Stage, gathering: Gathering, row: Incident, i: int, guarded: bool, p: CollectiveViolence
) -> None:
    """Let the crowd do what nobody stopped: hurt or kill, attack the police who guard, drive them out for weeks."""
    number, cell = NAME + row.number % 268435456, row.cell
    minute, z = min(479.0, row.minute + p.minutes), max(stage.ground.cells[row.cell].settlement, 0)
    kind, severity = ASSAULT, 0.8
    if luck(stage.seed, KILLS, stage.tick, row.number, 0) < p.lethal:
        kind, severity = HOMICIDE, 1.0
        stage.tally[0].crowds_killed += 1.0
    else:
        stage.tally[0].crowds_injured += 1.0
    k = note_incident(stage, number, kind, BY_CROWD, cell, i, -1, minute, severity, 0.0)
    done = stage.day.incidents[k]
    if done.teller >= 0 and kind == HOMICIDE:
        done.told, done.complaint = BY_PHONE, 1
    if guarded and luck(stage.seed, ATTACKS, stage.tick, row.number, 0) < p.attack:
        stage.tally[0].police_attacked += 1.0
        gathering.boards[z].withdrawn = stage.tick + int(p.withdrawn * WEEK)


@making_arrays
def gather(stage: Stage, gathering: Gathering) -> None:
    """Let crowds gather after the grave crimes of the shift."""
    who, need = np.zeros(MOST, np.int64), np.zeros(MOST)
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        repeated = row.number // 268435456 == 1  # a near repeat, see ODD 2
        if CROWDS[row.kind] == 0 or not (row.severity >= GRAVE or repeated):
            continue
        z = max(stage.ground.cells[row.cell].settlement, 0)
        p, held = gathering.numbers[z], row.arrested == 1
        if luck(stage.seed, NAMED, stage.tick, row.number, 0) >= (p.held if held else p.named):
            continue
        stage.tally[0].suspects_named += 1.0
        i = suspect_in(stage, gathering, row.cell, row.number, row.victim)
        came = crowd_of(stage, gathering, row.cell, row.number, not held, p, who, need)
        if i < 0 or came < FEWEST or cascade(need, came) < p.acting:
            continue
        stage.tally[0].crowds += 1.0
        place = stage.ground.cells[row.cell]
        stage.tally[0].crowds_core += place.core
        stage.tally[0].crowds_far += 1.0 if place.minutes > FAR_MINUTES else 0.0
        police = held or police_near(stage, gathering, row.cell, row.minute, p)
        by = stopped(stage, gathering, z, row.number, police, p)
        seen, weight = (0.05, p.weight) if by == 0 else (0.95, 0.0 if by == 2 else p.averted)
        for j in range(came):
            impress(stage.day, stage.minds, who[j], COLLECTIVE_VIOLENCE, 0.5, 0.0, seen, weight, stage.trust[z].fast)
        if by == 0:
            act_as_crowd(stage, gathering, row, i, police, p)
        else:
            stage.tally[0].crowds_averted += 1.0


@kernel
def cancel_visits(stage: Stage, boards: Rows[Board]) -> None:
    """Cancel the visits to settlements from which the police have withdrawn."""
    n_withdrawn = 0
    for z in range(len(boards)):
        n_withdrawn += stage.tick < boards[z].withdrawn
    if n_withdrawn == 0:
        return
    for k in range(stage.day.counts[VISITS]):
        visit = stage.day.visits[k]
        z = stage.ground.cells[visit.cell].settlement
        if z >= 0 and stage.tick < boards[z].withdrawn:
            visit.alive = 0


@carries_out(cancel_visits)
def stay_away(world: World) -> Given:
    """Keep patrols out of the settlements from which the police have withdrawn."""
    return world.stage(), world.state.boards


def gathering_of(world: World) -> Gathering:
    """Lay out where crowds gather."""
    state, numbers = world.state, world.numbers
    return Gathering(
        state.boards, state.couples, numbers["collective_violence"], numbers["communal_authority"], world.cell_km
    )


def act(world: World) -> None:
    """Let crowds gather, or not."""
    incidents = world.book.counts.item(INCIDENTS)
    world.book.reserve(INCIDENTS, incidents)
    world.book.reserve(IMPRESSIONS, incidents * (MOST + 1))
    world.carry_out(gather, lambda: (world.stage(), world.laid(gathering_of)))
    world.learn()


IT = Mechanism(
    group=CollectiveViolence,
    counts=Counts,
    causes=(COLLECTIVE_VIOLENCE,),
    writes=WRITES,
    knockout=Knockout(("suspects_named", "crowds")),
    measures={
        "suspects_named": Measure("people"),
        "crowds": Measure("events"),
        "crowds_core": Measure("events"),
        "crowds_far": Measure("events"),
        "crowds_averted": Measure("events"),
        "crowds_killed": Measure("events"),
        "police_attacked": Measure("events"),
    },
)
