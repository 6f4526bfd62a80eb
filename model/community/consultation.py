"""M18, consultation: meetings of communities and police, attendance, requests and answers.

Councils speak for those who attend.  A meeting is two-way only if its request is answered within 30 days, with what
was asked or with a reason.  Switched off, nobody meets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.community.communal_authority import council_members_by_settlement, residents_by_settlement
from model.community.requests import (
    ANSWER_SHIFTS,
    MAX_REQUESTS,
    PRESENT,
    REQUEST_EXPLAINED,
    REQUEST_MET,
    REQUEST_UNMET,
    REQUESTS,
    REQUESTS_DUE,
    RESULTS_TO_TELL,
    SETTLEMENT_HARM,
    answer_requests,
    assign_requests,
    bring_requests,
    bring_table_request,
    serving_facility,
    tell_community,
)
from model.engine.calendar import (
    EVENINGS,
    FIRST_DAYS,
    MONTH,
    MONTHS_A_YEAR,
    SHIFTS,
    YEAR,
)
from model.engine.domains import POSITIVE
from model.engine.elementary import log
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row, int64_constant, to_int64
from model.engine.tables import ArraySpec
from model.police.contacts import MINIMUM_AGE, RUDE, treats_fairly
from model.police.minutes import FOR_MEETINGS, add_owed_minutes, yearly_rate_per_resident
from model.town.residents import ADULT_AGE
from model.town.territory import FAR_MINUTES
from model.trust.events import INFORMED, TOLD_OF_REQUEST, declare_event, record_event
from model.trust.ledger import learn, trace_to_origin, trust_now
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS, INCIDENTS, MEETINGS
from model.world.steps import in_order, python_step, rows_of, step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.steps import Room

MEETING_HELD, MEETING_DAY, TAKES_PART = stream_id("meeting held"), stream_id("meeting day"), stream_id("takes part")
ATTENDS_STREAM, MEETING_TONE, INVITED_STREAM = stream_id("attends"), stream_id("meeting tone"), stream_id("invited")
HEARS_OF = stream_id("hears of meetings")
CALLED_BY_POLICE_STREAM, FOLLOWED_UP_STREAM = stream_id("called by police"), stream_id("followed up")
DOOR_COUNT, DOOR_WHO, DOOR_TONE = stream_id("door count"), stream_id("door who"), stream_id("door tone")
TABLE_BODY, COUNCIL_BODY, COMUPRE_BODY, NETWORK_BODY = (int64_constant(who) for who in (4095, 4094, 4093, 4092))
"""Numbers of the bodies whose meetings belong to no settlement, as entities of random streams."""
MAX_INVITED, MAX_ATTENDING, MAX_DOORS = 20, 256, 32
"""Most residents invited to a meeting, attendees of a meeting, and homes visited in a settlement on a day; assumed."""
MEETING_DAYS = 28.0
"""Days of the month on which meetings may be held: those that every month has."""
DOOR_MONTH_DAYS = 30.0
"""Days of the month to which the rate of visits from door to door refers."""
MEETING_CAUSE = declare_event("meeting", 13, memory="panel")
DOOR_TO_DOOR = declare_event("door_to_door", 22, memory="friendly")
declare_event("informed", INFORMED)
TOLD_OF = stream_id("told of")
MEETING_MARK = ArraySpec(
    name="meeting_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes asked for meetings until the first of this month.",
    domain=POSITIVE,
)


@dataclass(frozen=True, init=False)
class Consultation(ParameterGroup):
    """Parameters of meetings, attendance, requests, door-to-door visits and information."""

    name: ClassVar[str] = "consultation"
    evidence: ClassVar[tuple[str, ...]] = (
        "E01", "E02", "E03", "E04", "E05", "E07", "E10", "E11", "E12", "E13", "E18", "E19", "E21", "F02", "F03", "F18",
        "G04", "G12",
    )  # fmt: skip

    meetings: float
    table: float
    council: float
    comupre: float
    network: float
    rhythm: float
    police_call: float
    attend: float
    attend_trust: float
    attend_victim: float
    attend_women: float
    attend_km: float
    attend_organised: float
    announced: float
    come: float
    feasible: float
    request_met: float
    reports: float
    answer: float
    follow_up: float
    followed: float
    weight_met: float
    weight_unmet: float
    weight_explained: float
    assembly: float
    explain: float
    bond: float
    share_number: float
    phones: float
    spoken: float
    door_to_door: float
    door: float
    inform: float
    news: float


class ConsultationCounts(Row):
    """Monthly counts of consultation and of requests."""

    meetings: float
    table_meetings: float
    table_communities: float
    table_requests: float
    table_answered: float
    council_meetings: float
    comupre_meetings: float
    network_meetings: float
    council_heard: float
    council_heard_women: float
    council_heard_far: float
    requests: float
    requests_due: float
    requests_met: float
    requests_answered: float
    answered_by_police: float
    limits_explained: float
    requests_worked: float
    requests_followed: float
    requests_lost: float
    told_of_requests: float
    doors: float


@kernel
def is_held_today(w: World, rate: float, who: int, month: int, day_of_month: int) -> bool:
    """Return whether body ``who`` holds a meeting today, day ``day_of_month`` of month number ``month``.

    ``rate`` is in meetings per year; a body meets at most once a month.
    """
    if day_of_month != 1 + int(MEETING_DAYS * keyed_uniform(w.seed, MEETING_DAY, month, who, 0)):
        return False
    return keyed_uniform(w.seed, MEETING_HELD, month, who, 0) < rate / MONTHS_A_YEAR


@kernel
def attendance_probability(w: World, i: int, a: int, p: Consultation, usual: float) -> float:
    """Return the probability that resident ``i`` attends a meeting at the seat of authority ``a``.

    ``usual`` is the readiness to attend of an average resident, in log-odds.
    """
    mind, person, cells = w.minds[i], w.people[i], w.cells
    z = person.settlement
    home, seat = cells[person.home], cells[w.authorities[a].cell]
    dx, dy = home.x - seat.x, home.y - seat.y
    wish = usual + p.attend_trust * (trust_now(mind, w.tick, w.p.trust[z]) - 0.5)
    wish += p.attend_women * person.female + p.attend_organised * (w.boards[a].organised - 0.5)
    wish -= p.attend_km * math.sqrt(float(dx * dx + dy * dy)) * w.cell_km
    if mind.harmed >= 0 and w.tick - mind.harmed < YEAR:
        wish += p.attend_victim
    return logistic(wish)


@kernel
def attend_meeting(w: World, i: int, a: int, first: int, usual: float) -> None:
    """Draw the attendance of resident ``i`` at a meeting of authority ``a``.

    ``first`` is the row of `present` of the first attendee, ``usual`` the usual readiness in log-odds.  Appends
    attendees to `present`; the chief listens to them.
    """
    p = w.p.consultation[w.authorities[a].settlement]
    ready = attendance_probability(w, i, a, p, usual)
    if w.minds[i].gone >= 0 or keyed_uniform(w.seed, ATTENDS_STREAM, w.tick, i, 0) >= ready:
        return
    for k in range(first, w.present_count[0]):
        if w.present[k].who == i:
            return
    row = w.present[w.present_count[0]]
    row.due, row.authority, row.who, row.at_table = w.tick + ANSWER_SHIFTS, a, i, 0
    w.present_count[0] += 1
    apply_chief_treatment(w, i, a)


@kernel
def apply_chief_treatment(w: World, i: int, a: int) -> None:
    """Apply the treatment by the chief to a resident who speaks, fair or rude.

    The resident has an event of trust and a contact: updates `minds.met`, `minds.met_free` and the monthly counts.
    """
    person, contacts = w.people[i], w.p.contacts[w.authorities[a].settlement]
    fair = treats_fairly(w.officers[w.chief_of_board[a]], contacts, keyed_uniform(w.seed, MEETING_TONE, w.tick, i, 0))
    first = w.counts[IMPRESSIONS]
    if fair:
        record_event(w, i, MEETING_CAUSE, contacts.weight_meeting)
    else:
        record_event(w, i, RUDE, contacts.weight_rude)
    trace_to_origin(w, first, MEETING_CAUSE)
    w.minds[i].met = w.minds[i].met_free = w.tick
    w.tally[0].council_heard += 1.0
    w.tally[0].council_heard_women += person.female
    w.tally[0].council_heard_far += 1.0 if w.cells[person.home].minutes > FAR_MINUTES else 0.0


@kernel
def is_recent_victim(w: World, i: int) -> bool:
    """Return whether resident ``i`` is an adult who was harmed in the last twelve months."""
    harmed = w.minds[i].harmed
    return harmed >= 0 and w.tick - harmed < YEAR and age_years(w.people[i], w.tick) >= ADULT_AGE


@kernel
def admit_informed_residents(w: World, a: int, p: Consultation, first: int, rate: float) -> None:
    """Draw the attendance of residents who hear of the meetings of authority ``a``.

    ``rate`` is in meetings per year: those who come in a year are spread over its meetings.
    """
    z, share = w.authorities[a].settlement, p.come / max(1.0, rate)
    # In place of `attend`: at this log-odds a year's meetings draw the share `come` of those who hear of them.
    usual = log(share / (1.0 - share))
    for j in range(w.home_start[z], w.home_start[z + 1]):
        i = w.at_home[j]
        if w.present_count[0] - first >= MAX_ATTENDING:
            return
        adult = age_years(w.people[i], w.tick) >= ADULT_AGE
        if adult and w.people[i].council == 0 and keyed_uniform(w.seed, HEARS_OF, 0, i, 0) < p.announced:
            attend_meeting(w, i, a, first, usual)


@kernel
def hold_meeting(w: World, a: int, p: Consultation, rate: float, supported: int) -> None:
    """Hold the meeting of authority ``a``: attendance, requests, and officers' numbers exchanged.

    ``supported`` is 1 if the facility has an order that supports consultation.  Updates `boards.met`, `boards.asked`,
    `boards.mark`, `boards.phones`, `boards.links`, `owed`; appends to `present`, `requests` and `meetings`.
    """
    z, board, first = w.authorities[a].settlement, w.boards[a], w.present_count[0]
    for k in range(w.council_start[z], w.council_start[z + 1]):
        attend_meeting(w, w.councils[k], a, first, p.attend)
    here = w.home_start[z + 1] - w.home_start[z]
    for j in range(MAX_INVITED if here > 0 else 0):
        i = w.at_home[w.home_start[z] + int(keyed_uniform(w.seed, INVITED_STREAM, w.tick, a, j) * here)]
        if w.people[i].council == 0 and is_recent_victim(w, i):
            attend_meeting(w, i, a, first, p.attend)
    if supported == 1 and p.announced > 0.0:
        admit_informed_residents(w, a, p, first, rate)
    called = 1 if keyed_uniform(w.seed, CALLED_BY_POLICE_STREAM, w.tick, a, 0) < p.police_call else 0
    came = w.present_count[0] - first
    board.met = board.asked = w.tick
    bring_requests(w, a, first, called, p)
    f = serving_facility(w, a)
    board.mark = add_owed_minutes(w, f, FOR_MEETINGS, w.p.practices[z].meeting)
    board.phones += p.share_number * (1.0 - board.phones)
    board.links += p.bond * (1.0 - board.links)
    row = w.meetings[w.counts[MEETINGS]]
    row.authority, row.problem, row.by_police, row.came = a, board.problem, called, came
    row.at_table = 0
    w.counts[MEETINGS] += 1
    w.tally[0].meetings += 1.0


@kernel
def delegate_of(w: World, a: int) -> int:
    """Return the first council member, living and here, of the settlement of authority ``a``, or -1."""
    z = w.authorities[a].settlement
    for k in range(w.council_start[z], w.council_start[z + 1]):
        if w.minds[w.councils[k]].gone < 0:
            return to_int64(w.councils[k])
    return to_int64(-1)


@kernel
def hold_table(w: World, p: Consultation) -> None:
    """Hold the municipal table: a meeting with the police of each community that takes part.

    Its delegate is heard and asks for what the community suffered most.  Updates `boards.met`, `boards.phones`,
    `boards.links`, `owed`
    and the monthly counts; appends to `requests` and `meetings`.
    """
    w.tally[0].table_meetings += 1.0
    for a in range(len(w.boards)):
        board, i = w.boards[a], delegate_of(w, a)
        if i < 0 or w.chief_of_board[a] < 0 or w.tick < board.silent_until:
            continue
        if keyed_uniform(w.seed, TAKES_PART, w.tick, a, 0) >= board.organised:
            continue
        apply_chief_treatment(w, i, a)
        board.met = w.tick
        board.phones += p.share_number * (1.0 - board.phones)
        board.links += p.bond * (1.0 - board.links)
        meeting = w.meetings[w.counts[MEETINGS]]
        meeting.authority, meeting.by_police, meeting.came, meeting.at_table = a, 0, 1, 1
        meeting.problem = bring_table_request(w, a, float(w.people[i].female), p)
        if meeting.problem >= 0 and w.p.consultation[w.authorities[a].settlement].assembly > 0.0:
            row = w.present[w.present_count[0]]
            row.due, row.authority, row.who, row.at_table = w.tick + ANSWER_SHIFTS, a, i, 1
            w.present_count[0] += 1
        w.counts[MEETINGS] += 1
        w.tally[0].table_communities += 1.0
    owe_table_minutes(w)


@kernel
def owe_table_minutes(w: World) -> None:
    """Owe the minutes of a meeting at each facility that serves a community at the table; updates `owed`."""
    meetings, n = w.meetings, w.counts[MEETINGS]
    for f in range(len(w.stations)):
        for k in range(n):
            a = meetings[k].authority
            if meetings[k].at_table == 1 and serving_facility(w, a) == f:
                add_owed_minutes(w, f, FOR_MEETINGS, w.p.practices[w.authorities[a].settlement].meeting)
                break


@kernel
def hold_seat_meetings(w: World, day_of_month: int) -> None:
    """Hold the meetings due today of the municipal table, council, COMUPRE and network for victims.

    Updates `requests.followed` and the monthly counts.
    """
    p, seed, month = w.p.consultation[0], w.seed, w.month
    if is_held_today(w, p.rhythm * p.table, TABLE_BODY, month, day_of_month):
        hold_table(w, p)
    if is_held_today(w, p.rhythm * p.council, COUNCIL_BODY, month, day_of_month):
        w.tally[0].council_meetings += 1.0
    if is_held_today(w, p.rhythm * p.comupre, COMUPRE_BODY, month, day_of_month):
        w.tally[0].comupre_meetings += 1.0
        for k in range(w.requests_count[0]):
            request = w.requests[k]
            if keyed_uniform(seed, FOLLOWED_UP_STREAM, request.asked, request.authority, request.nth) < p.follow_up:
                request.followed = 1
    if is_held_today(w, p.rhythm * p.network, NETWORK_BODY, month, day_of_month):
        w.tally[0].network_meetings += 1.0
        for j in range(MAX_INVITED):
            i = int(keyed_uniform(seed, INVITED_STREAM, w.tick, NETWORK_BODY, j) * len(w.minds))
            a = w.people[i].settlement
            living = w.minds[i].gone < 0 and w.chief_of_board[a] >= 0
            if (
                living
                and is_recent_victim(w, i)
                and keyed_uniform(seed, ATTENDS_STREAM, w.tick, i, 0) < attendance_probability(w, i, 0, p, p.attend)
            ):
                apply_chief_treatment(w, i, a)


@kernel
def visit_homes(w: World, a: int, p: Consultation) -> None:
    """Visit homes of a settlement from door to door; residents have an event of trust and a contact."""
    z = w.authorities[a].settlement
    first, here = w.home_start[z], w.home_start[z + 1] - w.home_start[z]
    doors = (
        poisson_quantile(keyed_uniform(w.seed, DOOR_COUNT, w.tick, a, 0), p.door_to_door / DOOR_MONTH_DAYS)
        if here > 0
        else 0
    )
    contacts = w.p.contacts[z]
    for j in range(min(doors, MAX_DOORS)):
        i = w.at_home[first + int(keyed_uniform(w.seed, DOOR_WHO, w.tick, a, j) * here)]
        if w.minds[i].gone >= 0 or age_years(w.people[i], w.tick) < MINIMUM_AGE:
            continue
        fair = treats_fairly(w.officers[w.chief_of_board[a]], contacts, keyed_uniform(w.seed, DOOR_TONE, w.tick, a, j))
        heard = w.counts[IMPRESSIONS]
        if fair:
            record_event(w, i, DOOR_TO_DOOR, p.door * contacts.weight_long)
        else:
            record_event(w, i, RUDE, contacts.weight_rude)
        trace_to_origin(w, heard, DOOR_TO_DOOR)
        w.minds[i].met = w.minds[i].met_free = w.tick
        w.tally[0].doors += 1.0


def drop_replaced_numbers(sim: Simulation) -> None:
    """Remove the numbers of officers replaced in the last month from the leaders' phones.

    Updates `boards.phones`.
    """
    officers, boards = sim.w.officers, sim.w.boards
    facility = sim.town.cells["facility"][sim.town.authorities["cell"]]
    new = sim.tick - officers["tick_since"] <= MONTH
    for a, f in enumerate(facility):
        own = officers["facility"] == f
        boards["phones"][a] *= 1.0 - float(np.mean(new[own])) if own.any() else 1.0


def drop_meetings_not_worked_on(sim: Simulation) -> None:
    """Drop the minutes for meetings that were asked for before the month that ended and have not been given.

    Updates `owed` and `meeting_mark`.
    """
    owed, mark = sim.w.minutes_owed, sim.w.meeting_mark
    owed[:, FOR_MEETINGS, 1] = np.maximum(owed[:, FOR_MEETINGS, 1], mark)
    mark[:] = owed[:, FOR_MEETINGS, 0]


@step
def record_harm_by_settlement(w: World) -> None:
    """Add the severity of the incidents of the shift to the harm suffered by each settlement."""
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        if row.teller >= 0:
            w.settlement_harm[w.people[row.teller].settlement, row.kind] += row.severity


@python_step(flags=EVENINGS | FIRST_DAYS)
def open_month(sim: Simulation) -> None:
    """Remove numbers of officers replaced and minutes not given; in the first month of a quarter inform the public."""
    drop_replaced_numbers(sim)
    drop_meetings_not_worked_on(sim)
    if sim.date.month % 3 == 1:
        p = sim.p.consultation[0]
        spread_public_event(sim, TOLD_OF, 0, p.inform, INFORMED, p.news)


@python_step(flags=EVENINGS | FIRST_DAYS)
def hold_assemblies(sim: Simulation) -> None:
    """Let communities hear at the assembly of a month what came of their requests; updates beliefs."""
    largest = int(np.diff(sim.cached(residents_by_settlement)[0]).max())
    for a, authority in enumerate(sim.town.authorities):
        results = sim.w.results_to_tell[a]
        if sim.p.consultation[authority.settlement].assembly > 0.0 and results.any():
            sim.shift_events.reserve(IMPRESSIONS, len(results) * largest)
            tell_community(sim.w, int64_constant(a))
        results[:] = 0.0
    sim.apply_impressions()


def room_for_consultations(sim: Simulation) -> Room:
    """Return the rows that the consultations of a day may need."""
    n, members = len(sim.w.boards), len(sim.cached(council_members_by_settlement)[1])
    meetings, doors = members + n * (MAX_INVITED + MAX_ATTENDING), n * (MAX_DOORS + 1)
    return {
        "requests": n * (MAX_REQUESTS + 1),
        "present": meetings + n,
        MEETINGS: 2 * n,
        IMPRESSIONS: meetings + doors + MAX_INVITED + MAX_REQUESTS * rows_of("present"),
    }


@step(room=room_for_consultations, flags=EVENINGS)
def hold_consultations(w: World) -> None:
    """Hold all consultations of a day: answers due, meetings, visits to homes, new requests."""
    day_of_month = 1 + (w.since - 1) // SHIFTS
    answer_requests(w)
    hold_seat_meetings(w, day_of_month)
    for a in range(len(w.authorities)):
        p = w.p.consultation[w.authorities[a].settlement]
        if w.chief_of_board[a] < 0:
            continue
        rate = p.rhythm * p.meetings * (0.5 + w.boards[a].organised)
        supported = w.stations[serving_facility(w, a)].supported
        if supported == 1:
            rate *= w.p.practices[w.authorities[a].settlement].more_meetings
        if is_held_today(w, rate, a, w.month, day_of_month):
            if w.tick < w.boards[a].silent_until:
                w.tally[0].meetings_silenced += 1.0
                continue
            hold_meeting(w, a, p, rate, supported)
        visit_homes(w, a, p)
    assign_requests(w)


consult = in_order(record_harm_by_settlement, open_month, hold_assemblies, hold_consultations, learn)
"""Record the harm of the shift; in the afternoon hold consultations."""


MECHANISM = Mechanism(
    group=Consultation,
    tables=(
        REQUESTS,
        PRESENT,
        SETTLEMENT_HARM,
        REQUESTS_DUE,
        RESULTS_TO_TELL,
        MEETING_MARK,
    ),
    counts=ConsultationCounts,
    causes=(
        MEETING_CAUSE,
        DOOR_TO_DOOR,
        INFORMED,
        REQUEST_MET,
        REQUEST_UNMET,
        REQUEST_EXPLAINED,
        TOLD_OF_REQUEST,
    ),
    knockout=Knockout(("meetings", "requests")),
    measures={
        "meetings": Measure("meetings"),
        "heard_year": Measure("a resident and year", yearly_rate_per_resident("council_heard")),
        "requests_due": Measure("requests"),
        "requests_met": Measure("requests"),
        "requests_answered": Measure("requests"),
        "requests_worked": Measure("requests"),
        "requests_lost": Measure("requests"),
        "told_of_requests": Measure("people"),
        "followed_up": Measure(
            "share", lambda month: ratio_or_nan(month.tally.requests_followed, month.tally.requests_due)
        ),
    },
)
