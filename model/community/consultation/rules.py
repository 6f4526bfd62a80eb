"""M18, consultation: who comes, what they ask for, and whether anybody answers (ODD 6.23).

Councils speak for those who attend.  A meeting is two-way only if its request is answered within 30 days, with what
was asked or with a reason.  Switched off, nobody meets.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.communal_authority.rules import councils_of, go_out, settled_of
from model.community.consultation.schema import (
    ATTENDS,
    CALLED,
    COMUPRE,
    COUNCIL,
    DOOR_COUNT,
    DOOR_TO_DOOR,
    DOOR_TONE,
    DOOR_WHO,
    FOLLOWED,
    HEARS_OF,
    INFORMED,
    INVITED,
    MEETING,
    MEETING_DAY,
    MEETING_HELD,
    MEETING_TONE,
    MOST_COMING,
    MOST_DOORS,
    MOST_INVITED,
    NETWORK,
    TABLE,
    TAKES_PART,
    TOLD_OF,
    WRITES,
    Consultation,
    Counts,
)
from model.community.requests.rules import Consulting, answer_requests, ask, facility_of, take_on
from model.community.requests.schema import (
    ANSWER_SHIFTS,
    ANSWERED,
    ITEMS,
    MOST_REQUESTS,
    PRESENT,
    REQUEST_MET,
    REQUEST_UNMET,
    REQUESTS,
    SUFFERED,
)
from model.engine.calendar import MONTH, YEAR, date_of_tick, month_of
from model.engine.kernels import kernel
from model.engine.random_streams import logistic, luck, poisson
from model.engine.ratios import over
from model.engine.rows import Reals
from model.police.contacts.rules import teach_unfair, treats_fairly
from model.police.contacts.schema import RUDE
from model.police.minutes.rules import a_resident, owe
from model.police.minutes.schema import FOR_MEETINGS, OWED
from model.police.practices.schema import STATIONS
from model.trust.ledger.rules import impress, trust_now
from model.trust.public_events import tell_town
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.places import chiefs_of
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS, INCIDENTS, MEETINGS


@kernel
def held_today(rate: float, who: int, month: int, day_of_month: int, seed: int) -> bool:
    """Whether the meeting that this body holds this month, if it holds one, is today."""
    if day_of_month != 1 + int(28.0 * luck(seed, MEETING_DAY, month, who, 0)):
        return False
    return luck(seed, MEETING_HELD, month, who, 0) < rate / 12.0


@kernel
def readiness(stage: Stage, consulting: Consulting, i: int, a: int, p: Consultation, usual: float) -> float:
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
def attend(stage: Stage, consulting: Consulting, i: int, a: int, p: Consultation, first: int, usual: float) -> None:
    """Let a resident attend a meeting, or not; who attends is treated by the chief and noted as present."""
    ready = readiness(stage, consulting, i, a, p, usual)
    if stage.minds[i].gone >= 0 or luck(stage.seed, ATTENDS, stage.tick, i, 0) >= ready:
        return
    for k in range(first, consulting.present_count[0]):
        if consulting.present[k].who == i:
            return
    row = consulting.present[consulting.present_count[0]]
    row.due, row.authority, row.who = stage.tick + ANSWER_SHIFTS, a, i
    consulting.present_count[0] += 1
    hear_out(stage, consulting, i, a)


@kernel
def hear_out(stage: Stage, consulting: Consulting, i: int, a: int) -> None:
    """Let the chief listen to somebody, well or not."""
    person, contacts = stage.ground.people[i], consulting.contacts[consulting.authorities[a].settlement]
    fair = treats_fairly(
        consulting.officers[consulting.chiefs[a]], contacts, luck(stage.seed, MEETING_TONE, stage.tick, i, 0)
    )
    trust = stage.trust[person.settlement]
    if fair:
        weight = contacts.weight_meeting
        impress(stage.day, stage.minds, i, MEETING, 1.0, weight, 1.0, 0.6 * weight, trust.fast_panel)
    else:
        teach_unfair(stage.day, stage.minds, i, RUDE, contacts, trust)
    stage.minds[i].met = stage.minds[i].met_free = stage.tick
    stage.tally[0].council_heard += 1.0
    stage.tally[0].council_heard_women += person.female
    stage.tally[0].council_heard_far += 1.0 if stage.ground.cells[person.home].minutes > 20.0 else 0.0


@kernel
def is_victim(stage: Stage, i: int) -> bool:
    """Whether this is an adult who was harmed in the last twelve months."""
    harmed = stage.minds[i].harmed
    return harmed >= 0 and stage.tick - harmed < YEAR and age_of(stage.ground.people[i], stage.tick) >= 18.0


@kernel
def open_doors(stage: Stage, consulting: Consulting, a: int, p: Consultation, first: int, rate: float) -> None:
    """Let others come who hear of meetings: spread over those of a year, about as many as say so."""
    z, share = consulting.authorities[a].settlement, p.come / max(1.0, rate)
    usual = math.log(share / (1.0 - share))
    for j in range(consulting.home_start[z], consulting.home_start[z + 1]):
        i = consulting.at_home[j]
        if consulting.present_count[0] - first >= MOST_COMING:
            return
        adult = age_of(stage.ground.people[i], stage.tick) >= 18.0
        if adult and stage.ground.people[i].council == 0 and luck(stage.seed, HEARS_OF, 0, i, 0) < p.announced:
            attend(stage, consulting, i, a, p, first, usual)


@kernel
def hold_meeting(stage: Stage, consulting: Consulting, a: int, p: Consultation, rate: float, supported: int) -> None:
    """Hold a community's meeting: who comes, what they ask, whose number they get."""
    z, board, first = consulting.authorities[a].settlement, consulting.boards[a], consulting.present_count[0]
    for k in range(consulting.council_start[z], consulting.council_start[z + 1]):
        attend(stage, consulting, consulting.councils[k], a, p, first, p.attend)
    here = consulting.home_start[z + 1] - consulting.home_start[z]
    for j in range(MOST_INVITED if here > 0 else 0):
        i = consulting.at_home[consulting.home_start[z] + int(luck(stage.seed, INVITED, stage.tick, a, j) * here)]
        if stage.ground.people[i].council == 0 and is_victim(stage, i):
            attend(stage, consulting, i, a, p, first, p.attend)
    if supported == 1 and p.announced > 0.0:
        open_doors(stage, consulting, a, p, first, rate)
    called = 1 if luck(stage.seed, CALLED, stage.tick, a, 0) < p.police_call else 0
    came = consulting.present_count[0] - first
    board.met = board.asked = stage.tick
    ask(stage, consulting, a, first, called, p)
    owe(consulting.owed, facility_of(stage, consulting, a), FOR_MEETINGS, consulting.practices[z].meeting)
    board.phones += p.share_number * (1.0 - board.phones)
    board.links += p.bond * (1.0 - board.links)
    row = stage.day.meetings[stage.day.counts[MEETINGS]]
    row.authority, row.problem, row.by_police, row.came = a, board.problem, called, came
    stage.day.counts[MEETINGS] += 1
    stage.tally[0].meetings += 1.0


@kernel
def meet_at_the_seat(stage: Stage, consulting: Consulting, month: int, day_of_month: int) -> None:
    """Hold what is due today of the table, the council, the COMUPRE and the network for victims."""
    p, seed = consulting.numbers[0], stage.seed
    if held_today(p.rhythm * p.table, TABLE, month, day_of_month, seed):
        stage.tally[0].table_meetings += 1.0
        for a in range(len(consulting.boards)):
            silent = stage.tick < consulting.boards[a].silent_until
            if not silent and luck(seed, TAKES_PART, stage.tick, a, 0) < consulting.boards[a].organised:
                consulting.boards[a].met = stage.tick
                consulting.boards[a].links += p.bond * (1.0 - consulting.boards[a].links)
                if luck(seed, ANSWERED, stage.tick, a, TABLE) < p.feasible * p.request_met + p.answer:
                    consulting.boards[a].heard = stage.tick
    if held_today(p.rhythm * p.council, COUNCIL, month, day_of_month, seed):
        stage.tally[0].council_meetings += 1.0
    if held_today(p.rhythm * p.comupre, COMUPRE, month, day_of_month, seed):
        stage.tally[0].comupre_meetings += 1.0
        for k in range(consulting.request_count[0]):
            request = consulting.requests[k]
            if luck(seed, FOLLOWED, request.asked, request.authority, request.nth) < p.follow_up:
                request.followed = 1
    if held_today(p.rhythm * p.network, NETWORK, month, day_of_month, seed):
        stage.tally[0].network_meetings += 1.0
        for j in range(MOST_INVITED):
            i = int(luck(seed, INVITED, stage.tick, NETWORK, j) * len(stage.minds))
            a = stage.ground.people[i].settlement
            living = stage.minds[i].gone < 0 and consulting.chiefs[a] >= 0
            if (
                living
                and is_victim(stage, i)
                and luck(seed, ATTENDS, stage.tick, i, 0) < readiness(stage, consulting, i, 0, p, p.attend)
            ):
                hear_out(stage, consulting, i, a)


@kernel
def knock(stage: Stage, consulting: Consulting, a: int, p: Consultation) -> None:
    """Visit homes of a settlement from door to door."""
    z = consulting.authorities[a].settlement
    first, here = consulting.home_start[z], consulting.home_start[z + 1] - consulting.home_start[z]
    doors = poisson(luck(stage.seed, DOOR_COUNT, stage.tick, a, 0), p.door_to_door / 30.0) if here > 0 else 0
    contacts = consulting.contacts[z]
    for j in range(min(doors, MOST_DOORS)):
        i = consulting.at_home[first + int(luck(stage.seed, DOOR_WHO, stage.tick, a, j) * here)]
        if stage.minds[i].gone >= 0 or age_of(stage.ground.people[i], stage.tick) < 12.0:
            continue
        fair = treats_fairly(
            consulting.officers[consulting.chiefs[a]], contacts, luck(stage.seed, DOOR_TONE, stage.tick, a, j)
        )
        if fair:
            weight, fast = p.door * contacts.weight_long, stage.trust[z].fast_friendly
            impress(stage.day, stage.minds, i, DOOR_TO_DOOR, 1.0, weight, 1.0, 0.6 * weight, fast)
        else:
            teach_unfair(stage.day, stage.minds, i, RUDE, contacts, stage.trust[z])
        stage.minds[i].met = stage.minds[i].met_free = stage.tick
        stage.tally[0].doors += 1.0


@kernel
def consult(stage: Stage, consulting: Consulting, month: int, day_of_month: int) -> None:
    """Answer what is due; then hold the meetings of today and visit homes."""
    answer_requests(stage, consulting)
    meet_at_the_seat(stage, consulting, month, day_of_month)
    for a in range(len(consulting.authorities)):
        p = consulting.numbers[consulting.authorities[a].settlement]
        if consulting.chiefs[a] < 0:
            continue
        rate = p.rhythm * p.meetings * (0.5 + consulting.boards[a].organised)
        supported = consulting.stations[facility_of(stage, consulting, a)].supported
        if supported == 1:
            rate *= consulting.practices[consulting.authorities[a].settlement].more_meetings
        if held_today(rate, a, month, day_of_month, stage.seed):
            if stage.tick < consulting.boards[a].silent_until:
                stage.tally[0].meetings_silenced += 1.0
                continue
            hold_meeting(stage, consulting, a, p, rate, supported)
        knock(stage, consulting, a, p)
    take_on(stage, consulting)


@kernel
def suffer(stage: Stage, suffered: Reals) -> None:
    """Let every settlement remember what its people suffered since its last meetings."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        if row.teller >= 0:
            suffered[stage.ground.people[row.teller].settlement, row.kind] += row.severity


def lose_numbers(world: World) -> None:
    """Let leaders lose the numbers of the officers who were replaced in the last month."""
    officers, boards = world.state.officers, world.state.boards
    facility = world.town.cells["facility"][world.town.authorities["cell"]]
    new = world.tick - officers["tick_since"] <= MONTH
    for a, f in enumerate(facility):
        own = officers["facility"] == f
        boards["phones"][a] *= 1.0 - float(np.mean(new[own])) if own.any() else 1.0


def consulting_of(world: World) -> Consulting:
    """Lay out what meetings go by."""
    state, numbers = world.state, world.numbers
    return Consulting(
        world.town.authorities, state.boards, world.once(chiefs_of), world.plant.officers, *world.once(councils_of),
        *world.once(settled_of), state.requests.rows, state.requests.count, state.present.rows,
        state.present.count, state.suffered, numbers["consultation"], numbers["contacts"], numbers["adoption"],
        numbers["communal_authority"], numbers["deliberation"], numbers["practices"], state[STATIONS], state[OWED],
        state[ITEMS], world.cell_km, 0.0,
    )  # fmt: skip


def act(world: World) -> None:
    """Remember what is suffered; in the afternoon shift consult."""
    state, numbers, book = world.state, world.numbers, world.book
    world.carry_out(suffer, lambda: (world.stage(), state.suffered))
    if world.tick % 3 != 1:
        return
    date = date_of_tick(world.tick)
    if date.day == 1:
        lose_numbers(world)
        if date.month % 3 == 1:
            p, fast = numbers["consultation"][0], numbers["trust"][0]["fast"]
            tell_town(world, TOLD_OF, 0, p["inform"], INFORMED, 0.9, p["news"], 1.0, fast)
    n = len(state.boards)
    state.requests.reserve(n * MOST_REQUESTS)
    state.present.reserve(len(world.once(councils_of)[1]) + n * (MOST_INVITED + MOST_COMING))
    book.reserve(MEETINGS, n)
    book.reserve(
        IMPRESSIONS,
        len(world.once(councils_of)[1])
        + n * (MOST_INVITED + MOST_COMING + MOST_DOORS)
        + MOST_INVITED
        + MOST_REQUESTS * len(state.present),
    )
    consulting = world.laid(consulting_of)
    consulting.put("go_out", go_out(world))
    world.carry_out(consult, lambda: (world.stage(), consulting), month_of(world.tick), date.day)
    world.learn()


IT = Mechanism(
    group=Consultation,
    tables=(
        REQUESTS,
        PRESENT,
        SUFFERED,
        ITEMS,
    ),
    counts=Counts,
    causes=(
        MEETING,
        DOOR_TO_DOOR,
        INFORMED,
        REQUEST_MET,
        REQUEST_UNMET,
    ),
    writes=WRITES,
    knockout=Knockout(("meetings", "requests")),
    measures={
        "meetings": Measure("meetings"),
        "heard_year": Measure("a resident and year", a_resident("council_heard")),
        "requests_due": Measure("requests"),
        "requests_met": Measure("requests"),
        "requests_answered": Measure("requests"),
        "requests_worked": Measure("requests"),
        "requests_lost": Measure("requests"),
        "followed_up": Measure("share", lambda month: over(month.tally.requests_followed, month.tally.requests_due)),
    },
)
