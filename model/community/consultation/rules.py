"""M18, consultation: who comes, what they ask for, and whether anybody answers (ODD 6.23).

Councils speak for those who attend.  A meeting is two-way only if its request is answered within 30 days, with what
was asked or with a reason.  Switched off, nobody meets.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.communal_authority.rules import council_members_by_settlement, couples_on_duty_recently
from model.community.consultation.schema import (
    ATTENDS_STREAM,
    CALLED_BY_POLICE_STREAM,
    COMUPRE_BODY,
    COUNCIL_BODY,
    DOOR_COUNT,
    DOOR_TO_DOOR,
    DOOR_TONE,
    DOOR_WHO,
    FOLLOWED_UP_STREAM,
    HEARS_OF,
    INFORMED,
    INVITED_STREAM,
    MAX_ATTENDING,
    MAX_DOORS,
    MAX_INVITED,
    MEETING_CAUSE,
    MEETING_DAY,
    MEETING_HELD,
    MEETING_TONE,
    NETWORK_BODY,
    TABLE_BODY,
    TAKES_PART,
    TOLD_OF,
    WRITTEN_COLUMNS,
    Consultation,
    ConsultationCounts,
)
from model.community.requests.rules import (
    ConsultationTables,
    answer_requests,
    assign_requests,
    bring_requests,
    serving_facility,
)
from model.community.requests.schema import (
    ANSWER_SHIFTS,
    ANSWERED_STREAM,
    ITEMS,
    MAX_REQUESTS,
    PRESENT,
    REQUEST_MET,
    REQUEST_UNMET,
    REQUESTS,
    SUFFERED,
)
from model.engine.calendar import MONTH, YEAR, date_of_tick, month_of
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray
from model.police.contacts.rules import treats_fairly
from model.police.contacts.schema import RUDE
from model.police.minutes.rules import add_owed_minutes, yearly_rate_per_resident
from model.police.minutes.schema import FOR_MEETINGS
from model.trust.events.rules import record_event
from model.trust.ledger.rules import trust_now
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, INCIDENTS, MEETINGS
from model.world.state import BOARDS, OFFICERS


@kernel
def is_held_today(rate: float, who: int, month: int, day_of_month: int, seed: int) -> bool:
    """Whether the meeting that this body holds this month, if it holds one, is today."""
    if day_of_month != 1 + int(28.0 * keyed_uniform(seed, MEETING_DAY, month, who, 0)):
        return False
    return keyed_uniform(seed, MEETING_HELD, month, who, 0) < rate / 12.0


@kernel
def attendance_probability(
    stage: ShiftContext, consulting: ConsultationTables, i: int, a: int, p: Consultation, usual: float
) -> float:
    """Chance that a resident attends a meeting at the seat of this authority, from what is usual, in log-odds."""
    mind, person, cells = stage.minds[i], stage.ground.people[i], stage.ground.cells
    z = person.settlement
    home, seat = cells[person.home], cells[consulting.authorities[a].cell]
    dx, dy = home.x - seat.x, home.y - seat.y
    wish = usual + p.attend_trust * (trust_now(mind, stage.tick, stage.trust[z]) - 0.5)
    wish += p.attend_women * person.female + p.attend_organised * (consulting.boards[a].organised - 0.5)
    wish -= p.attend_km * math.sqrt(float(dx * dx + dy * dy)) * consulting.cell_km
    if mind.harmed >= 0 and stage.tick - mind.harmed < YEAR:
        wish += p.attend_victim
    return logistic(wish)


@kernel
def attend_meeting(
    stage: ShiftContext, consulting: ConsultationTables, i: int, a: int, p: Consultation, first: int, usual: float
) -> None:
    """Let a resident attend a meeting, or not; who attends is treated by the chief and noted as present."""
    ready = attendance_probability(stage, consulting, i, a, p, usual)
    if stage.minds[i].gone >= 0 or keyed_uniform(stage.seed, ATTENDS_STREAM, stage.tick, i, 0) >= ready:
        return
    for k in range(first, consulting.present_count[0]):
        if consulting.present[k].who == i:
            return
    row = consulting.present[consulting.present_count[0]]
    row.due, row.authority, row.who = stage.tick + ANSWER_SHIFTS, a, i
    consulting.present_count[0] += 1
    apply_chief_treatment(stage, consulting, i, a)


@kernel
def apply_chief_treatment(stage: ShiftContext, consulting: ConsultationTables, i: int, a: int) -> None:
    """Let the chief listen to somebody, well or not."""
    person, contacts = stage.ground.people[i], consulting.contacts[consulting.authorities[a].settlement]
    fair = treats_fairly(
        consulting.officers[consulting.chiefs[a]], contacts, keyed_uniform(stage.seed, MEETING_TONE, stage.tick, i, 0)
    )
    if fair:
        record_event(stage, i, MEETING_CAUSE, contacts.weight_meeting)
    else:
        record_event(stage, i, RUDE, contacts.weight_rude)
    stage.minds[i].met = stage.minds[i].met_free = stage.tick
    stage.tally[0].council_heard += 1.0
    stage.tally[0].council_heard_women += person.female
    stage.tally[0].council_heard_far += 1.0 if stage.ground.cells[person.home].minutes > 20.0 else 0.0


@kernel
def is_recent_victim(stage: ShiftContext, i: int) -> bool:
    """Whether this is an adult who was harmed in the last twelve months."""
    harmed = stage.minds[i].harmed
    return harmed >= 0 and stage.tick - harmed < YEAR and age_years(stage.ground.people[i], stage.tick) >= 18.0


@kernel
def admit_informed_residents(
    stage: ShiftContext, consulting: ConsultationTables, a: int, p: Consultation, first: int, rate: float
) -> None:
    """Let others come who hear of meetings: spread over those of a year, about as many as say so."""
    z, share = consulting.authorities[a].settlement, p.come / max(1.0, rate)
    usual = math.log(share / (1.0 - share))
    for j in range(consulting.home_start[z], consulting.home_start[z + 1]):
        i = consulting.at_home[j]
        if consulting.present_count[0] - first >= MAX_ATTENDING:
            return
        adult = age_years(stage.ground.people[i], stage.tick) >= 18.0
        if adult and stage.ground.people[i].council == 0 and keyed_uniform(stage.seed, HEARS_OF, 0, i, 0) < p.announced:
            attend_meeting(stage, consulting, i, a, p, first, usual)


@kernel
def hold_meeting(
    stage: ShiftContext, consulting: ConsultationTables, a: int, p: Consultation, rate: float, supported: int
) -> None:
    """Hold a community's meeting: who comes, what they ask, whose number they get."""
    z, board, first = consulting.authorities[a].settlement, consulting.boards[a], consulting.present_count[0]
    for k in range(consulting.council_start[z], consulting.council_start[z + 1]):
        attend_meeting(stage, consulting, consulting.councils[k], a, p, first, p.attend)
    here = consulting.home_start[z + 1] - consulting.home_start[z]
    for j in range(MAX_INVITED if here > 0 else 0):
        i = consulting.at_home[
            consulting.home_start[z] + int(keyed_uniform(stage.seed, INVITED_STREAM, stage.tick, a, j) * here)
        ]
        if stage.ground.people[i].council == 0 and is_recent_victim(stage, i):
            attend_meeting(stage, consulting, i, a, p, first, p.attend)
    if supported == 1 and p.announced > 0.0:
        admit_informed_residents(stage, consulting, a, p, first, rate)
    called = 1 if keyed_uniform(stage.seed, CALLED_BY_POLICE_STREAM, stage.tick, a, 0) < p.police_call else 0
    came = consulting.present_count[0] - first
    board.met = board.asked = stage.tick
    bring_requests(stage, consulting, a, first, called, p)
    add_owed_minutes(
        consulting.owed, serving_facility(stage, consulting, a), FOR_MEETINGS, consulting.practices[z].meeting
    )
    board.phones += p.share_number * (1.0 - board.phones)
    board.links += p.bond * (1.0 - board.links)
    row = stage.day.meetings[stage.day.counts[MEETINGS]]
    row.authority, row.problem, row.by_police, row.came = a, board.problem, called, came
    stage.day.counts[MEETINGS] += 1
    stage.tally[0].meetings += 1.0


@kernel
def hold_seat_meetings(stage: ShiftContext, consulting: ConsultationTables, month: int, day_of_month: int) -> None:
    """Hold what is due today of the table, the council, the COMUPRE and the network for victims."""
    p, seed = consulting.parameters[0], stage.seed
    if is_held_today(p.rhythm * p.table, TABLE_BODY, month, day_of_month, seed):
        stage.tally[0].table_meetings += 1.0
        for a in range(len(consulting.boards)):
            silent = stage.tick < consulting.boards[a].silent_until
            if not silent and keyed_uniform(seed, TAKES_PART, stage.tick, a, 0) < consulting.boards[a].organised:
                consulting.boards[a].met = stage.tick
                consulting.boards[a].links += p.bond * (1.0 - consulting.boards[a].links)
                if (
                    keyed_uniform(seed, ANSWERED_STREAM, stage.tick, a, TABLE_BODY)
                    < p.feasible * p.request_met + p.answer
                ):
                    consulting.boards[a].heard = stage.tick
    if is_held_today(p.rhythm * p.council, COUNCIL_BODY, month, day_of_month, seed):
        stage.tally[0].council_meetings += 1.0
    if is_held_today(p.rhythm * p.comupre, COMUPRE_BODY, month, day_of_month, seed):
        stage.tally[0].comupre_meetings += 1.0
        for k in range(consulting.requests_count[0]):
            request = consulting.requests[k]
            if keyed_uniform(seed, FOLLOWED_UP_STREAM, request.asked, request.authority, request.nth) < p.follow_up:
                request.followed = 1
    if is_held_today(p.rhythm * p.network, NETWORK_BODY, month, day_of_month, seed):
        stage.tally[0].network_meetings += 1.0
        for j in range(MAX_INVITED):
            i = int(keyed_uniform(seed, INVITED_STREAM, stage.tick, NETWORK_BODY, j) * len(stage.minds))
            a = stage.ground.people[i].settlement
            living = stage.minds[i].gone < 0 and consulting.chiefs[a] >= 0
            if (
                living
                and is_recent_victim(stage, i)
                and keyed_uniform(seed, ATTENDS_STREAM, stage.tick, i, 0)
                < attendance_probability(stage, consulting, i, 0, p, p.attend)
            ):
                apply_chief_treatment(stage, consulting, i, a)


@kernel
def visit_homes(stage: ShiftContext, consulting: ConsultationTables, a: int, p: Consultation) -> None:
    """Visit homes of a settlement from door to door."""
    z = consulting.authorities[a].settlement
    first, here = consulting.home_start[z], consulting.home_start[z + 1] - consulting.home_start[z]
    doors = (
        poisson_quantile(keyed_uniform(stage.seed, DOOR_COUNT, stage.tick, a, 0), p.door_to_door / 30.0)
        if here > 0
        else 0
    )
    contacts = consulting.contacts[z]
    for j in range(min(doors, MAX_DOORS)):
        i = consulting.at_home[first + int(keyed_uniform(stage.seed, DOOR_WHO, stage.tick, a, j) * here)]
        if stage.minds[i].gone >= 0 or age_years(stage.ground.people[i], stage.tick) < 12.0:
            continue
        fair = treats_fairly(
            consulting.officers[consulting.chiefs[a]], contacts, keyed_uniform(stage.seed, DOOR_TONE, stage.tick, a, j)
        )
        if fair:
            record_event(stage, i, DOOR_TO_DOOR, p.door * contacts.weight_long)
        else:
            record_event(stage, i, RUDE, contacts.weight_rude)
        stage.minds[i].met = stage.minds[i].met_free = stage.tick
        stage.tally[0].doors += 1.0


@kernel
def hold_consultations(stage: ShiftContext, consulting: ConsultationTables, month: int, day_of_month: int) -> None:
    """Answer what is due; then hold the meetings of today and visit homes."""
    answer_requests(stage, consulting)
    hold_seat_meetings(stage, consulting, month, day_of_month)
    for a in range(len(consulting.authorities)):
        p = consulting.parameters[consulting.authorities[a].settlement]
        if consulting.chiefs[a] < 0:
            continue
        rate = p.rhythm * p.meetings * (0.5 + consulting.boards[a].organised)
        supported = consulting.stations[serving_facility(stage, consulting, a)].supported
        if supported == 1:
            rate *= consulting.practices[consulting.authorities[a].settlement].more_meetings
        if is_held_today(rate, a, month, day_of_month, stage.seed):
            if stage.tick < consulting.boards[a].silent_until:
                stage.tally[0].meetings_silenced += 1.0
                continue
            hold_meeting(stage, consulting, a, p, rate, supported)
        visit_homes(stage, consulting, a, p)
    assign_requests(stage, consulting)


@kernel
def record_harm_by_settlement(stage: ShiftContext, suffered: FloatArray) -> None:
    """Let every settlement remember what its people suffered since its last meetings."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        if row.teller >= 0:
            suffered[stage.ground.people[row.teller].settlement, row.kind] += row.severity


def drop_replaced_numbers(world: World) -> None:
    """Let leaders lose the numbers of the officers who were replaced in the last month."""
    officers, boards = world.state[OFFICERS], world.state[BOARDS]
    facility = world.town.cells["facility"][world.town.authorities["cell"]]
    new = world.tick - officers["tick_since"] <= MONTH
    for a, f in enumerate(facility):
        own = officers["facility"] == f
        boards["phones"][a] *= 1.0 - float(np.mean(new[own])) if own.any() else 1.0


def step(world: World) -> None:
    """Remember what is suffered; in the afternoon shift consult."""
    state, numbers, book = world.state, world.parameters, world.shift_events
    world.run_kernel(record_harm_by_settlement, lambda: (world.shift_context(), state[SUFFERED]))
    if world.tick % 3 != 1:
        return
    date = date_of_tick(world.tick)
    if date.day == 1:
        drop_replaced_numbers(world)
        if date.month % 3 == 1:
            p = numbers[Consultation][0]
            spread_public_event(world, TOLD_OF, 0, p.inform, INFORMED, p.news)
    n = len(state[BOARDS])
    state[REQUESTS].reserve(n * MAX_REQUESTS)
    state[PRESENT].reserve(len(world.cached(council_members_by_settlement)[1]) + n * (MAX_INVITED + MAX_ATTENDING))
    book.reserve(MEETINGS, n)
    book.reserve(
        IMPRESSIONS,
        len(world.cached(council_members_by_settlement)[1])
        + n * (MAX_INVITED + MAX_ATTENDING + MAX_DOORS)
        + MAX_INVITED
        + MAX_REQUESTS * len(state[PRESENT]),
    )
    consulting = world.view(ConsultationTables)
    consulting.set_field("go_out", couples_on_duty_recently(world))
    world.run_kernel(hold_consultations, lambda: (world.shift_context(), consulting), month_of(world.tick), date.day)
    world.apply_impressions()


MECHANISM = Mechanism(
    group=Consultation,
    tables=(
        REQUESTS,
        PRESENT,
        SUFFERED,
        ITEMS,
    ),
    counts=ConsultationCounts,
    causes=(
        MEETING_CAUSE,
        DOOR_TO_DOOR,
        INFORMED,
        REQUEST_MET,
        REQUEST_UNMET,
    ),
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("meetings", "requests")),
    measures={
        "meetings": Measure("meetings"),
        "heard_year": Measure("a resident and year", yearly_rate_per_resident("council_heard")),
        "requests_due": Measure("requests"),
        "requests_met": Measure("requests"),
        "requests_answered": Measure("requests"),
        "requests_worked": Measure("requests"),
        "requests_lost": Measure("requests"),
        "followed_up": Measure(
            "share", lambda month: ratio_or_nan(month.tally.requests_followed, month.tally.requests_due)
        ),
    },
)
