"""M15, collective violence (*linchamiento*): crowds, suspects, cascades, and police and authorities who stop them.

A threshold model (Granovetter 1978, doi 10.1086/226707): each person acts once enough others do.  It is possible
anywhere, and it is neither justice nor the law of a community: that law has its own hearings (`communal_authority`).
The model does not know whether the suspect did anything.  Switched off, no crowd gathers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.community.communal_authority import move_legitimacy
from model.crime.crime import NewIncident, record_incident
from model.crime.near_repeat import REPEAT_ID_OFFSET
from model.engine.calendar import LAST_MINUTE, MINUTES_AN_HOUR, MONTH, WEEK
from model.engine.causes import declare_cause
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import UNIT_LOGISTIC_SCALE, keyed_uniform, logistic, logistic_quantile, stream_id
from model.engine.rows import Row
from model.police.patrol import couple_cell_at, straight_km
from model.town.crime_kinds import ASSAULT, HOMICIDE, PROVOKES_CROWDS
from model.town.police import KM_PER_HOUR
from model.town.territory import FAR_MINUTES
from model.trust.events import declare_event, record_event
from model.trust.ledger import learn, trust_now
from model.trust.service import COMPLAINING, service_utility
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years, draw_present
from model.world.shift_events import BY_CROWD, BY_PHONE, IMPRESSIONS, INCIDENTS, NOBODY, VISITS
from model.world.steps import in_order, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.world import Simulation, World
    from model.world.shift_events import Incident
    from model.world.steps import Room

SUSPECT_NAMED_STREAM, SUSPECT_STREAM, CROWD_STREAM, JOINS_CROWD_STREAM, THRESHOLD_STREAM = (
    stream_id("suspect named"),
    stream_id("suspect"),
    stream_id("crowd"),
    stream_id("joins crowd"),
    stream_id("threshold"),
)
POLICE_STOP, AUTHORITY_STOPS, STOP_CROWD_TOGETHER_STREAM, CROWD_KILLS_STREAM, CROWD_ATTACKS_POLICE_STREAM = (
    stream_id("police stop crowd"),
    stream_id("authority stops crowd"),
    stream_id("stop crowd together"),
    stream_id("crowd kills"),
    stream_id("crowd attacks police"),
)
GRAVE_SEVERITY = 0.6
"""Severity from which a crime may draw a crowd; assumed."""
MAX_CROWD, MIN_CROWD = 60, 8
"""People near the place who may join a crowd, and the fewest who make one; assumed."""
SUSPECT_ATTEMPTS = 8
"""Draws to find a man whom the crowd takes for the offender; assumed."""
RECENT_SHIFTS = MONTH
"""Shifts in which harm is recent; assumed."""
INCIDENT_ID_OFFSET = 3 * 2**30
"""Violence by a crowd after incident m is incident INCIDENT_ID_OFFSET + m mod `REPEAT_ID_OFFSET`."""
NOT_STOPPED, STOPPED_BY_POLICE, STOPPED_BY_AUTHORITY, STOPPED_BY_BOTH = range(4)
"""Interventions against a crowd."""
COLLECTIVE_VIOLENCE = declare_cause("collective_violence", 26)
CROWD_UNSTOPPED = declare_event("crowd_unstopped", 73, cause=COLLECTIVE_VIOLENCE)
CROWD_AVERTED = declare_event("crowd_averted", 74, cause=COLLECTIVE_VIOLENCE)


@dataclass(frozen=True, init=False)
class CollectiveViolence(ParameterGroup):
    """Parameters of crowds against suspects: gathering, thresholds to act, interventions, consequences."""

    name: ClassVar[str] = "collective_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F07", "F16", "F17", "F18", "X01", "X02", "X03", "X04", "X05")

    named: float
    named_organised: float
    held: float
    calm: float
    spread: float
    anger: float
    ties: float
    rumour: float
    courts: float
    police: float
    absence: float
    gathers: float
    youngest: float
    begin: float
    acting: float
    minutes: float
    police_stop: float
    authority_stops: float
    together: float
    lethal: float
    severity: float
    attack: float
    withdrawn: float
    weight: float
    averted: float


class CollectiveViolenceCounts(Row):
    """Monthly counts of collective violence."""

    suspects_named: float
    crowds: float
    crowds_core: float
    crowds_far: float
    crowds_averted: float
    crowds_injured: float
    crowds_killed: float
    police_attacked: float


@kernel
def suspect_probability(row: Incident, organised: float, p: CollectiveViolence) -> float:
    """Return the probability that people are shown a suspect: one arrested before their eyes, or named by rumour.

    A rumour names somebody more often where the community is organised (0 to 1) and people know each other.
    """
    return p.held if row.arrested == 1 else p.named + (p.named_organised - p.named) * organised


@kernel
def action_threshold(w: World, i: int, by_rumour: bool, police: bool, p: CollectiveViolence, u: float) -> float:
    """Return the share of the crowd that must act before this person does.

    It falls with recent harm to oneself or a tie, with rumour, with distrust of courts and police, and if no police are
    near (``police``).  ``u`` is the uniform that draws the person's disposition.
    """
    mind, z = w.minds[i], w.people[i].settlement
    rest = p.calm + p.spread * UNIT_LOGISTIC_SCALE * logistic_quantile(u)
    if mind.harmed >= 0 and w.tick - mind.harmed < RECENT_SHIFTS:
        rest -= p.anger
    for tie in w.ties[i]:
        if w.minds[tie].harmed >= 0 and w.tick - w.minds[tie].harmed < RECENT_SHIFTS:
            rest -= p.ties
            break
    rest -= p.rumour if by_rumour else 0.0
    rest -= p.courts * logistic(-service_utility(w, i, COMPLAINING))
    rest -= p.police * (1.0 - trust_now(mind, w.tick, w.p.trust[z]))
    rest -= 0.0 if police else p.absence
    return logistic(rest)


@allocating_kernel
def draw_crowd(w: World, row: Incident, police: bool, p: CollectiveViolence, who: IntArray, need: FloatArray) -> int:
    """Draw the people who come to the place of an incident; return their number.

    ``police`` says whether police are near.  Writes residents to ``who`` and their thresholds to ``need``, both of
    length `MAX_CROWD`.
    """
    cell, number, z, came = row.cell, row.number, max(w.cells[row.cell].settlement, 0), 0
    comes = p.gathers + (1.0 - p.gathers) * w.boards[z].organised
    for j in range(MAX_CROWD):
        i = draw_present(w, cell, keyed_uniform(w.seed, CROWD_STREAM, w.tick, number, j))
        if i < 0 or w.minds[i].gone >= 0 or age_years(w.people[i], w.tick) < p.youngest:
            continue
        if keyed_uniform(w.seed, JOINS_CROWD_STREAM, w.tick, number, j) >= comes or np.any(who[:came] == i):
            continue
        who[came] = i
        u = keyed_uniform(w.seed, THRESHOLD_STREAM, w.tick, i, 0)
        need[came] = action_threshold(w, i, row.arrested != 1, police, p, u)
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
def police_can_intervene(w: World, cell: int, minute: float, p: CollectiveViolence) -> bool:
    """Return whether a free couple can be at the cell within the time in which a crowd can be stopped.

    ``minute`` is that of the incident, within its shift.
    """
    for post in range(len(w.couples)):
        couple = w.couples[post]
        start = max(minute, couple.free)
        if couple.on == 0 or couple.duty_start <= start < couple.duty_end:
            continue
        km = straight_km(w, couple_cell_at(w, post, start), cell)
        if start - minute + MINUTES_AN_HOUR * km / KM_PER_HOUR[couple.mode] <= p.minutes:
            return True
    return False


@kernel
def intervention(w: World, z: int, number: int, police: bool, p: CollectiveViolence) -> int:
    """Return the intervention that stops the crowd, one of `NOT_STOPPED` to `STOPPED_BY_BOTH`.

    ``police`` says whether police are there.  A legitimate authority of an organised community may stop it by its own
    standing, which the community sees: its legitimacy moves to 1.
    """
    board, seed, tick = w.boards[z], w.seed, w.tick
    if police and keyed_uniform(seed, POLICE_STOP, tick, number, 0) < p.police_stop:
        return STOPPED_BY_POLICE
    chance = p.authority_stops * board.organised * logistic(board.legitimacy)
    if keyed_uniform(seed, AUTHORITY_STOPS, tick, number, 0) < chance:
        move_legitimacy(board, 1.0, w.p.communal_authority[z])
        return STOPPED_BY_AUTHORITY
    both = p.together * board.organised if police else 0.0
    together = keyed_uniform(seed, STOP_CROWD_TOGETHER_STREAM, tick, number, 0) < both
    return STOPPED_BY_BOTH if together else NOT_STOPPED


@kernel
def draw_suspect(w: World, row: Incident, p: CollectiveViolence) -> int:
    """Draw a man in the cell whom the crowd takes for the offender, guilty or not; -1 if there is none."""
    for a in range(SUSPECT_ATTEMPTS):
        i = draw_present(w, row.cell, keyed_uniform(w.seed, SUSPECT_STREAM, w.tick, row.number, a))
        if i < 0:
            return -1
        person = w.people[i]
        alive = i != row.victim and w.minds[i].gone < 0
        if person.female == 0 and alive and age_years(person, w.tick) >= p.youngest:
            return i
    return -1


@kernel
def apply_crowd_violence(w: World, row: Incident, i: int, guarded: bool, p: CollectiveViolence) -> None:
    """Apply the violence of a crowd that nobody stopped against resident ``i``.

    Appends an assault or a homicide to `incidents`.  A crowd may attack police who guard the suspect
    (``guarded``), after which they withdraw from the settlement for weeks: updates `boards.withdrawn`.
    """
    number, cell = INCIDENT_ID_OFFSET + row.number % REPEAT_ID_OFFSET, row.cell
    minute, z = min(LAST_MINUTE, row.minute + p.minutes), max(w.cells[row.cell].settlement, 0)
    kind, severity = ASSAULT, p.severity
    if keyed_uniform(w.seed, CROWD_KILLS_STREAM, w.tick, row.number, 0) < p.lethal:
        kind, severity = HOMICIDE, 1.0
        w.tally[0].crowds_killed += 1.0
    else:
        w.tally[0].crowds_injured += 1.0
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
    done = w.incidents[record_incident(w, incident)]
    if done.teller >= 0 and kind == HOMICIDE:
        done.reported_to, done.complaint = BY_PHONE, 1
    if guarded and keyed_uniform(w.seed, CROWD_ATTACKS_POLICE_STREAM, w.tick, row.number, 0) < p.attack:
        w.tally[0].police_attacked += 1.0
        w.boards[z].withdrawn = w.tick + int(p.withdrawn * WEEK)


@step
def stay_away(w: World) -> None:
    """Cancel the visits to settlements from which the police have withdrawn: updates `visits.alive`."""
    boards = w.boards
    n_withdrawn = 0
    for z in range(len(boards)):
        n_withdrawn += w.tick < boards[z].withdrawn
    if n_withdrawn == 0:
        return
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        z = w.cells[visit.cell].settlement
        if z >= 0 and w.tick < boards[z].withdrawn:
            visit.alive = 0


def room_for_crowds(sim: Simulation) -> Room:
    """Return the rows that crowds may need, one after each incident."""
    return {INCIDENTS: rows_of(INCIDENTS), IMPRESSIONS: (MAX_CROWD + 1) * rows_of(INCIDENTS)}


@step(room=room_for_crowds, allocates=True)
def form_crowds(w: World) -> None:
    """Form crowds after the grave or repeated crimes of the shift, and apply what follows."""
    who, need = np.zeros(MAX_CROWD, np.int64), np.zeros(MAX_CROWD)
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        # Near repeats bear the numbers from 2**28 to 2**29; a crime that repeats provokes as a grave one does.
        repeated = row.number // REPEAT_ID_OFFSET == 1
        if PROVOKES_CROWDS[row.kind] == 0 or not (row.severity >= GRAVE_SEVERITY or repeated):
            continue
        z = max(w.cells[row.cell].settlement, 0)
        p = w.p.collective_violence[z]
        chance = suspect_probability(row, w.boards[z].organised, p)
        if keyed_uniform(w.seed, SUSPECT_NAMED_STREAM, w.tick, row.number, 0) >= chance:
            continue
        w.tally[0].suspects_named += 1.0
        i = draw_suspect(w, row, p)
        police = row.arrested == 1 or police_can_intervene(w, row.cell, row.minute, p)
        came = draw_crowd(w, row, police, p, who, need)
        if i < 0 or came < MIN_CROWD or acting_share(need, came, p.begin) < p.acting:
            continue
        w.tally[0].crowds += 1.0
        place = w.cells[row.cell]
        w.tally[0].crowds_core += place.core
        w.tally[0].crowds_far += 1.0 if place.minutes > FAR_MINUTES else 0.0
        by = intervention(w, z, row.number, police, p)
        # A crowd that the authority stops by itself says nothing about the police.
        averted = 0.0 if by == STOPPED_BY_AUTHORITY else p.averted
        kind, weight = (CROWD_UNSTOPPED, p.weight) if by == NOT_STOPPED else (CROWD_AVERTED, averted)
        for j in range(came):
            record_event(w, who[j], kind, weight)
        if by == NOT_STOPPED:
            apply_crowd_violence(w, row, i, police, p)
        else:
            w.tally[0].crowds_averted += 1.0


gather = in_order(form_crowds, learn)
"""Form crowds after the crimes of the shift."""


MECHANISM = Mechanism(
    group=CollectiveViolence,
    counts=CollectiveViolenceCounts,
    causes=(COLLECTIVE_VIOLENCE,),
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
