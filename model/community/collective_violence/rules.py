"""M15, collective violence (*linchamiento*): crowds, suspects, cascades, and police and authorities who stop them.

A threshold model (Granovetter 1978, doi 10.1086/226707): each person acts once enough others do.  It is possible
anywhere, and it is neither justice nor the law of a community: that law has its own hearings (`communal_authority`).
The model does not know whether the suspect did anything.  Switched off, no crowd gathers.
"""

from __future__ import annotations

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
    NOT_STOPPED,
    POLICE_STOP,
    RECENT_SHIFTS,
    STOP_CROWD_TOGETHER_STREAM,
    STOPPED_BY_AUTHORITY,
    STOPPED_BY_BOTH,
    STOPPED_BY_POLICE,
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
from model.crime.crime.schema import NewIncident
from model.crime.near_repeat.schema import REPEAT_ID_OFFSET
from model.engine.calendar import LAST_MINUTE, MINUTES_AN_HOUR, WEEK
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import UNIT_LOGISTIC_SCALE, keyed_uniform, logistic, logistic_quantile
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.patrol.rules import couple_cell_at, straight_km
from model.reporting.response.schema import KM_PER_HOUR
from model.town.crime_kinds import ASSAULT, HOMICIDE, PROVOKES_CROWDS
from model.town.territory import FAR_MINUTES
from model.trust.events.rules import record_event
from model.trust.ledger.rules import learn, trust_now
from model.world.binding import cell_size_km, computed
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, draw_present
from model.world.shift_context import ShiftContext
from model.world.shift_events import BY_CROWD, BY_PHONE, IMPRESSIONS, INCIDENTS, NOBODY, VISITS, Incident
from model.world.state import BOARDS, Board, CoupleRow
from model.world.steps import KernelArguments, Room, in_order, kernel_step, rows_of


class CrowdTables(TableBundle):
    """Tables of collective violence: boards, couples on duty, parameters, and the side of a cell in km."""

    boards: Rows[Board]
    couples: Rows[CoupleRow]
    parameters: Rows[CollectiveViolence]
    communal: Rows[CommunalAuthority]
    cell_km: float = computed(cell_size_km)


@kernel
def action_threshold(shift: ShiftContext, i: int, by_rumour: bool, p: CollectiveViolence, u: float) -> float:
    """Return the share of the crowd that must act before this person does.

    It falls with recent harm to oneself or a tie, with rumour, and with distrust of courts and police.  ``u`` is the
    uniform that draws the person's disposition.
    """
    mind, z = shift.minds[i], shift.ground.people[i].settlement
    rest = p.calm + p.spread * UNIT_LOGISTIC_SCALE * logistic_quantile(u)
    if mind.harmed >= 0 and shift.tick - mind.harmed < RECENT_SHIFTS:
        rest -= p.anger
    for tie in shift.ground.ties[i]:
        if shift.minds[tie].harmed >= 0 and shift.tick - shift.minds[tie].harmed < RECENT_SHIFTS:
            rest -= p.ties
            break
    rest -= p.rumour if by_rumour else 0.0
    rest -= p.courts * logistic(-mind.useful)
    rest -= p.police * (1.0 - trust_now(mind, shift.tick, shift.trust[z]))
    return logistic(rest)


@allocating_kernel
def draw_crowd(
    shift: ShiftContext, tables: CrowdTables, row: Incident, p: CollectiveViolence, who: IntArray, need: FloatArray
) -> int:
    """Draw the people who come to the place of an incident; return their number.

    Writes residents to ``who`` and their thresholds to ``need``, both of length `MAX_CROWD`.
    """
    cell, number, z, came = row.cell, row.number, max(shift.ground.cells[row.cell].settlement, 0), 0
    comes = p.gathers + (1.0 - p.gathers) * tables.boards[z].organised
    for j in range(MAX_CROWD):
        i = draw_present(
            shift.ground, shift.where, cell, keyed_uniform(shift.seed, CROWD_STREAM, shift.tick, number, j)
        )
        if i < 0 or shift.minds[i].gone >= 0 or age_years(shift.ground.people[i], shift.tick) < p.youngest:
            continue
        if keyed_uniform(shift.seed, JOINS_CROWD_STREAM, shift.tick, number, j) >= comes or np.any(who[:came] == i):
            continue
        who[came] = i
        need[came] = action_threshold(
            shift, i, row.arrested != 1, p, keyed_uniform(shift.seed, THRESHOLD_STREAM, shift.tick, i, 0)
        )
        came += 1
    return came


@kernel
def acting_share(need: FloatArray, came: int, begin: float) -> float:
    """Return the share of a crowd that acts in the end, from the share ``begin`` that starts.

    ``need`` holds the thresholds of the first ``came`` people.
    """
    acting, before = begin, begin * came
    while True:
        count = 0
        for k in range(came):
            if need[k] <= acting:
                count += 1
        # Compare heads, not shares: in floating point 15 / 22 * 22 is less than 15, so shares might never settle.
        if count <= before:
            return count / came
        acting, before = count / came, float(count)


@kernel
def police_can_intervene(
    shift: ShiftContext, tables: CrowdTables, cell: int, minute: float, p: CollectiveViolence
) -> bool:
    """Return whether a free couple can be at the cell within the time in which a crowd can be stopped.

    ``minute`` is that of the incident, within its shift.
    """
    for post in range(len(tables.couples)):
        couple = tables.couples[post]
        start = max(minute, couple.free)
        if couple.on == 0 or couple.duty_start <= start < couple.duty_end:
            continue
        km = straight_km(
            shift.ground.cells, couple_cell_at(shift.day, tables.couples, post, start), cell, tables.cell_km
        )
        if start - minute + MINUTES_AN_HOUR * km / KM_PER_HOUR[couple.mode] <= p.minutes:
            return True
    return False


@kernel
def intervention(
    shift: ShiftContext, tables: CrowdTables, z: int, number: int, police: bool, p: CollectiveViolence
) -> int:
    """Return the intervention that stops the crowd, one of `NOT_STOPPED` to `STOPPED_BY_BOTH`.

    ``police`` says whether police are there.  A legitimate authority of an organised community may stop it by its own
    standing, which the community sees: its legitimacy moves to 1.
    """
    board, seed, tick = tables.boards[z], shift.seed, shift.tick
    if police and keyed_uniform(seed, POLICE_STOP, tick, number, 0) < p.police_stop:
        return STOPPED_BY_POLICE
    chance = p.authority_stops * board.organised * logistic(board.legitimacy)
    if keyed_uniform(seed, AUTHORITY_STOPS, tick, number, 0) < chance:
        move_legitimacy(board, 1.0, tables.communal[z])
        return STOPPED_BY_AUTHORITY
    both = p.together * board.organised if police else 0.0
    together = keyed_uniform(seed, STOP_CROWD_TOGETHER_STREAM, tick, number, 0) < both
    return STOPPED_BY_BOTH if together else NOT_STOPPED


@kernel
def draw_suspect(shift: ShiftContext, row: Incident, p: CollectiveViolence) -> int:
    """Draw a man in the cell whom the crowd takes for the offender, guilty or not; -1 if there is none."""
    for a in range(SUSPECT_ATTEMPTS):
        i = draw_present(
            shift.ground, shift.where, row.cell, keyed_uniform(shift.seed, SUSPECT_STREAM, shift.tick, row.number, a)
        )
        if i < 0:
            return -1
        person = shift.ground.people[i]
        alive = i != row.victim and shift.minds[i].gone < 0
        if person.female == 0 and alive and age_years(person, shift.tick) >= p.youngest:
            return i
    return -1


@kernel
def apply_crowd_violence(
    shift: ShiftContext, tables: CrowdTables, row: Incident, i: int, guarded: bool, p: CollectiveViolence
) -> None:
    """Apply the violence of a crowd that nobody stopped against resident ``i``.

    Appends an assault or a homicide to `day.incidents`.  A crowd may attack police who guard the suspect
    (``guarded``), after which they withdraw from the settlement for weeks: updates `boards.withdrawn`.
    """
    number, cell = INCIDENT_ID_OFFSET + row.number % REPEAT_ID_OFFSET, row.cell
    minute, z = min(LAST_MINUTE, row.minute + p.minutes), max(shift.ground.cells[row.cell].settlement, 0)
    kind, severity = ASSAULT, p.severity
    if keyed_uniform(shift.seed, CROWD_KILLS_STREAM, shift.tick, row.number, 0) < p.lethal:
        kind, severity = HOMICIDE, 1.0
        shift.tally[0].crowds_killed += 1.0
    else:
        shift.tally[0].crowds_injured += 1.0
    incident = NewIncident(
        number=number,
        kind=kind,
        motive=BY_CROWD,
        cell=cell,
        victim=i,
        clique=NOBODY,
        minute=minute,
        severity=severity,
        loss=0.0,
    )
    done = shift.day.incidents[record_incident(shift, incident)]
    if done.teller >= 0 and kind == HOMICIDE:
        done.told, done.complaint = BY_PHONE, 1
    if guarded and keyed_uniform(shift.seed, CROWD_ATTACKS_POLICE_STREAM, shift.tick, row.number, 0) < p.attack:
        shift.tally[0].police_attacked += 1.0
        tables.boards[z].withdrawn = shift.tick + int(p.withdrawn * WEEK)


@allocating_kernel
def form_crowds(shift: ShiftContext, tables: CrowdTables) -> None:
    """Form crowds after the grave or repeated crimes of the shift, and apply what follows."""
    who, need = np.zeros(MAX_CROWD, np.int64), np.zeros(MAX_CROWD)
    for k in range(shift.day.counts[INCIDENTS]):
        row = shift.day.incidents[k]
        # Near repeats bear the numbers from 2**28 to 2**29; a crime that repeats provokes as a grave one does.
        repeated = row.number // REPEAT_ID_OFFSET == 1
        if PROVOKES_CROWDS[row.kind] == 0 or not (row.severity >= GRAVE_SEVERITY or repeated):
            continue
        z = max(shift.ground.cells[row.cell].settlement, 0)
        p, held = tables.parameters[z], row.arrested == 1
        if keyed_uniform(shift.seed, SUSPECT_NAMED_STREAM, shift.tick, row.number, 0) >= (p.held if held else p.named):
            continue
        shift.tally[0].suspects_named += 1.0
        i = draw_suspect(shift, row, p)
        came = draw_crowd(shift, tables, row, p, who, need)
        if i < 0 or came < MIN_CROWD or acting_share(need, came, p.begin) < p.acting:
            continue
        shift.tally[0].crowds += 1.0
        place = shift.ground.cells[row.cell]
        shift.tally[0].crowds_core += place.core
        shift.tally[0].crowds_far += 1.0 if place.minutes > FAR_MINUTES else 0.0
        police = held or police_can_intervene(shift, tables, row.cell, row.minute, p)
        by = intervention(shift, tables, z, row.number, police, p)
        # A crowd that the authority stops by itself says nothing about the police.
        averted = 0.0 if by == STOPPED_BY_AUTHORITY else p.averted
        kind, weight = (CROWD_UNSTOPPED, p.weight) if by == NOT_STOPPED else (CROWD_AVERTED, averted)
        for j in range(came):
            record_event(shift, who[j], kind, weight)
        if by == NOT_STOPPED:
            apply_crowd_violence(shift, tables, row, i, police, p)
        else:
            shift.tally[0].crowds_averted += 1.0


@kernel
def cancel_visits(shift: ShiftContext, boards: Rows[Board]) -> None:
    """Cancel the visits to settlements from which the police have withdrawn: updates `visits.alive`."""
    n_withdrawn = 0
    for z in range(len(boards)):
        n_withdrawn += shift.tick < boards[z].withdrawn
    if n_withdrawn == 0:
        return
    for k in range(shift.day.counts[VISITS]):
        visit = shift.day.visits[k]
        z = shift.ground.cells[visit.cell].settlement
        if z >= 0 and shift.tick < boards[z].withdrawn:
            visit.alive = 0


@kernel_step(cancel_visits)
def enforce_withdrawals(world: World) -> KernelArguments:
    """Return the arguments of `cancel_visits`."""
    return world.shift_context(), world.state[BOARDS]


def room_for_crowds(world: World) -> Room:
    """Return the rows that crowds may need, one after each incident."""
    return {INCIDENTS: rows_of(INCIDENTS), IMPRESSIONS: (MAX_CROWD + 1) * rows_of(INCIDENTS)}


@kernel_step(form_crowds, room_for_crowds)
def gather_crowds(world: World) -> KernelArguments:
    """Return the arguments of `form_crowds`."""
    return world.shift_context(), world.view(CrowdTables)


step = in_order(gather_crowds, learn)
"""Form crowds after the crimes of the shift."""


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
