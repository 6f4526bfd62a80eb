"""M15, collective violence (*linchamiento*): a crowd, a suspect, a cascade, and who may stop it in time (ODD 6.24).

It is possible anywhere, is never called justice and never the law of a community: that law has its own hearings (6.12).
Whether the suspect did anything is not known here.  Switched off, no crowd gathers.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.collective_violence.schema import (
    AUTHORITY_STOPS,
    COLLECTIVE_VIOLENCE,
    CROWD_ATTACKS_POLICE_STREAM,
    CROWD_AVERTED,
    CROWD_KILLS_STREAM,
    CROWD_STREAM,
    CROWD_UNSTOPPED,
    GRAVE_SEVERITY,
    INCIDENT_ID_OFFSET,
    JOINS_CROWD_STREAM,
    MAX_CROWD,
    MIN_CROWD,
    POLICE_STOP,
    RECENT_SHIFTS,
    STOP_CROWD_TOGETHER_STREAM,
    SUSPECT_ATTEMPTS,
    SUSPECT_NAMED_STREAM,
    SUSPECT_STREAM,
    THRESHOLD_STREAM,
    WRITTEN_COLUMNS,
    CollectiveViolence,
    CollectiveViolenceCounts,
)
from model.community.communal_authority.rules import move_legitimacy
from model.community.communal_authority.schema import CommunalAuthority
from model.crime.crime.rules import record_incident
from model.engine.calendar import WEEK
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.patrol.rules import couple_cell_at, straight_km
from model.reporting.response.schema import KM_PER_HOUR
from model.town.crime_kinds import ASSAULT, HOMICIDE, PROVOKES_CROWDS
from model.town.territory import FAR_MINUTES
from model.trust.events.rules import record_event
from model.trust.ledger.rules import trust_now
from model.world.binding import cell_size_km, computed
from model.world.mechanism import KernelArguments, Knockout, Measure, Mechanism, kernel_step
from model.world.protocol import World
from model.world.sampling import age_years, draw_present
from model.world.shift_context import ShiftContext
from model.world.shift_events import BY_CROWD, BY_PHONE, IMPRESSIONS, INCIDENTS, VISITS, Incident
from model.world.state import BOARDS, Board, CoupleRow


class CrowdTables(TableBundle):
    """Who may come, and who may stop it."""

    boards: Rows[Board]
    couples: Rows[CoupleRow]
    parameters: Rows[CollectiveViolence]
    communal: Rows[CommunalAuthority]
    cell_km: float = computed(cell_size_km)


@kernel
def action_threshold(stage: ShiftContext, i: int, by_rumour: bool, p: CollectiveViolence, u: float) -> float:
    """Share of the crowd that must act before this person does."""
    mind, z = stage.minds[i], stage.ground.people[i].settlement
    rest = p.calm + p.spread * 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))
    if mind.harmed >= 0 and stage.tick - mind.harmed < RECENT_SHIFTS:
        rest -= p.anger
    for tie in stage.ground.ties[i]:
        if stage.minds[tie].harmed >= 0 and stage.tick - stage.minds[tie].harmed < RECENT_SHIFTS:
            rest -= p.ties
            break
    rest -= p.rumour if by_rumour else 0.0
    rest -= p.courts * logistic(-mind.useful)
    rest -= p.police * (1.0 - trust_now(mind, stage.tick, stage.trust[z]))
    return logistic(rest)


@allocating_kernel
def draw_crowd(
    stage: ShiftContext,
    gathering: CrowdTables,
    cell: int,
    number: int,
    by_rumour: bool,
    p: CollectiveViolence,
    who: IntArray,
    need: FloatArray,
) -> int:
    """Draw those who come, each with what it takes for them to act; return how many came."""
    z, came = max(stage.ground.cells[cell].settlement, 0), 0
    comes = p.gathers + (1.0 - p.gathers) * gathering.boards[z].organised
    for j in range(MAX_CROWD):
        i = draw_present(
            stage.ground, stage.where, cell, keyed_uniform(stage.seed, CROWD_STREAM, stage.tick, number, j)
        )
        if i < 0 or stage.minds[i].gone >= 0 or age_years(stage.ground.people[i], stage.tick) < 15.0:
            continue
        if keyed_uniform(stage.seed, JOINS_CROWD_STREAM, stage.tick, number, j) >= comes or np.any(who[:came] == i):
            continue
        who[came] = i
        need[came] = action_threshold(
            stage, i, by_rumour, p, keyed_uniform(stage.seed, THRESHOLD_STREAM, stage.tick, i, 0)
        )
        came += 1
    return came


@kernel
def acting_share(need: FloatArray, came: int) -> float:
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
def police_can_intervene(
    stage: ShiftContext, gathering: CrowdTables, cell: int, minute: float, p: CollectiveViolence
) -> bool:
    """Whether a free couple can be there in time."""
    for post in range(len(gathering.couples)):
        couple = gathering.couples[post]
        start = max(minute, couple.free)
        if couple.on == 0 or couple.duty_start <= start < couple.duty_end:
            continue
        km = straight_km(
            stage.ground.cells, couple_cell_at(stage.day, gathering.couples, post, start), cell, gathering.cell_km
        )
        if start - minute + 60.0 * km / KM_PER_HOUR[couple.mode] <= p.minutes:
            return True
    return False


@kernel
def intervention(
    stage: ShiftContext, gathering: CrowdTables, z: int, number: int, police: bool, p: CollectiveViolence
) -> int:
    """Who stops the crowd: 0 nobody, 1 the police, 2 the authority, 3 both together."""
    board, seed, tick = gathering.boards[z], stage.seed, stage.tick
    if police and keyed_uniform(seed, POLICE_STOP, tick, number, 0) < p.police_stop:
        return 1
    chance = p.authority_stops * board.organised * logistic(board.legitimacy)
    if keyed_uniform(seed, AUTHORITY_STOPS, tick, number, 0) < chance:
        move_legitimacy(board, 1.0, gathering.communal[z])
        return 2
    both = p.together * board.organised if police else 0.0
    return 3 if keyed_uniform(seed, STOP_CROWD_TOGETHER_STREAM, tick, number, 0) < both else 0


@kernel
def draw_suspect(stage: ShiftContext, gathering: CrowdTables, cell: int, number: int, victim: int) -> int:
    """Somebody there whom the crowd takes for the offender, guilty or not; -1 if there is no man."""
    for a in range(SUSPECT_ATTEMPTS):
        i = draw_present(
            stage.ground, stage.where, cell, keyed_uniform(stage.seed, SUSPECT_STREAM, stage.tick, number, a)
        )
        if i < 0:
            return -1
        person = stage.ground.people[i]
        if person.female == 0 and i != victim and stage.minds[i].gone < 0 and age_years(person, stage.tick) >= 15.0:
            return i
    return -1


@kernel
def apply_crowd_violence(
    stage: ShiftContext, gathering: CrowdTables, row: Incident, i: int, guarded: bool, p: CollectiveViolence
) -> None:
    """Let the crowd do what nobody stopped: hurt or kill, attack the police who guard, drive them out for weeks."""
    number, cell = INCIDENT_ID_OFFSET + row.number % 268435456, row.cell
    minute, z = min(479.0, row.minute + p.minutes), max(stage.ground.cells[row.cell].settlement, 0)
    kind, severity = ASSAULT, 0.8
    if keyed_uniform(stage.seed, CROWD_KILLS_STREAM, stage.tick, row.number, 0) < p.lethal:
        kind, severity = HOMICIDE, 1.0
        stage.tally[0].crowds_killed += 1.0
    else:
        stage.tally[0].crowds_injured += 1.0
    k = record_incident(stage, number, kind, BY_CROWD, cell, i, -1, minute, severity, 0.0)
    done = stage.day.incidents[k]
    if done.teller >= 0 and kind == HOMICIDE:
        done.told, done.complaint = BY_PHONE, 1
    if guarded and keyed_uniform(stage.seed, CROWD_ATTACKS_POLICE_STREAM, stage.tick, row.number, 0) < p.attack:
        stage.tally[0].police_attacked += 1.0
        gathering.boards[z].withdrawn = stage.tick + int(p.withdrawn * WEEK)


@allocating_kernel
def form_crowds(stage: ShiftContext, gathering: CrowdTables) -> None:
    """Let crowds gather after the grave crimes of the shift."""
    who, need = np.zeros(MAX_CROWD, np.int64), np.zeros(MAX_CROWD)
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        repeated = row.number // 268435456 == 1  # a near repeat, see ODD 2
        if PROVOKES_CROWDS[row.kind] == 0 or not (row.severity >= GRAVE_SEVERITY or repeated):
            continue
        z = max(stage.ground.cells[row.cell].settlement, 0)
        p, held = gathering.parameters[z], row.arrested == 1
        if keyed_uniform(stage.seed, SUSPECT_NAMED_STREAM, stage.tick, row.number, 0) >= (p.held if held else p.named):
            continue
        stage.tally[0].suspects_named += 1.0
        i = draw_suspect(stage, gathering, row.cell, row.number, row.victim)
        came = draw_crowd(stage, gathering, row.cell, row.number, not held, p, who, need)
        if i < 0 or came < MIN_CROWD or acting_share(need, came) < p.acting:
            continue
        stage.tally[0].crowds += 1.0
        place = stage.ground.cells[row.cell]
        stage.tally[0].crowds_core += place.core
        stage.tally[0].crowds_far += 1.0 if place.minutes > FAR_MINUTES else 0.0
        police = held or police_can_intervene(stage, gathering, row.cell, row.minute, p)
        by = intervention(stage, gathering, z, row.number, police, p)
        kind, weight = (CROWD_UNSTOPPED, p.weight) if by == 0 else (CROWD_AVERTED, 0.0 if by == 2 else p.averted)
        for j in range(came):
            record_event(stage, who[j], kind, weight)
        if by == 0:
            apply_crowd_violence(stage, gathering, row, i, police, p)
        else:
            stage.tally[0].crowds_averted += 1.0


@kernel
def cancel_visits(stage: ShiftContext, boards: Rows[Board]) -> None:
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


@kernel_step(cancel_visits)
def enforce_withdrawals(world: World) -> KernelArguments:
    """Keep patrols out of the settlements from which the police have withdrawn."""
    return world.shift_context(), world.state[BOARDS]


def step(world: World) -> None:
    """Let crowds gather, or not."""
    incidents = world.shift_events.counts.item(INCIDENTS)
    world.shift_events.reserve(INCIDENTS, incidents)
    world.shift_events.reserve(IMPRESSIONS, incidents * (MAX_CROWD + 1))
    world.run_kernel(form_crowds, lambda: (world.shift_context(), world.view(CrowdTables)))
    world.apply_impressions()


MECHANISM = Mechanism(
    group=CollectiveViolence,
    counts=CollectiveViolenceCounts,
    causes=(COLLECTIVE_VIOLENCE,),
    writes=WRITTEN_COLUMNS,
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
