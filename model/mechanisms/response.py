"""M12, response: the nearest free couple by its means, graver calls first; calls carry over or are lost (ODD 6.9).

Switched off, every call is answered after a constant time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.daybook import (
    ARRESTS,
    CALLS,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    NO_ARRIVAL,
    NO_FUEL,
    NO_HOURS,
    NO_VEHICLES,
    RESPONSES,
    TO_PATROL,
    TRIAGE,
    UNSERVEDS,
    Call,
)
from model.kernels import Tables, kernel, making_arrays
from model.ledger import cause, impress
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.adoption import explains
from model.mechanisms.contacts import treats_fairly
from model.mechanisms.patrol import occupy, straight_km, whereabouts, without_motor, witness
from model.mechanisms.reporting import lose_call
from model.parameters import Group, number, share
from model.rows import Row, wide
from model.state import BICYCLE
from model.tables import Field, Growing

if TYPE_CHECKING:
    from model.daybook import Day
    from model.ledger import Trust
    from model.measures import Month
    from model.mechanisms.adoption import Adoption
    from model.mechanisms.contacts import Contacts
    from model.mechanisms.deterrence import Deterrence
    from model.mechanisms.justice import Justice
    from model.mechanisms.patrol import Patrol
    from model.model import TrustModel as World
    from model.police import Officer
    from model.rows import Ints, Rows
    from model.stage import Stage
    from model.state import Couple
    from model.territory import Cell

TRIAGED, SERVICE, TREATMENT = decision("triage"), decision("service"), decision("treatment")
ON_PAPER = decision("served on paper")
ARREST, GOODS = decision("arrest"), decision("goods")
LONGEST_WAIT = 1440
"""Minutes after which waits are not told apart."""
KM_PER_HOUR = np.array([4.0, 30.0, 25.0, 11.0])
"""Speed on foot, by motorcycle, by vehicle, by bicycle (Z20)."""
ANSWERED_CALL = cause("answered_call", 5)


@dataclass(frozen=True, kw_only=True)
class Response(Group):
    """Who comes when somebody calls, and what it costs."""

    name: ClassVar[str] = "response"
    evidence: ClassVar[tuple[str, ...]] = ("A11", "H05", "I01", "I03", "I11", "U05", "U06")

    line_answered: float = share(
        0.85, "assumed", "calls to line 110 that are taken and passed on", role="lever", off=1.0
    )
    attend: float = share(
        0.55,
        "H05; orders of magnitude: 20-60 % never attended",
        "calls sent a couple, whatever the gravity",
        off=1.0,
    )
    attend_severity: float = share(0.5, "H05: triage by gravity", "more of the grave ones", off=1.0)
    on_paper: float = share(0.0, "H05; assumed", "calls closed as served though nobody went", role="lever", off=0.0)
    foot_km: float = number(2.0, "km", 0.0, 10.0, "assumed", "how far a couple on foot answers calls")
    bicycle: float = number(2.0, "ratio", 1.0, 5.0, "Z20; assumed", "the same by bicycle, relative")
    carry: int = number(2, "shifts", 1, 9, "assumed", "shifts after which a call is given up")
    constant: float = number(
        0.0, "minutes", 0.0, 480.0, "design: 0 = as computed", "answer after a constant time", off=30.0
    )
    dirt: float = number(1.4, "ratio", 1.0, 5.0, "assumed", "time on a dirt road, relative to a paved one")
    path: float = number(2.2, "ratio", 1.0, 8.0, "assumed", "the same where a path leads")
    no_road: float = number(2.8, "ratio", 1.0, 8.0, "assumed", "the same where no path leads")
    service: float = number(45.0, "minutes", 0.0, 300.0, "assumed", "mean time at a scene")
    patience: float = number(90.0, "minutes", 5.0, 600.0, "assumed", "wait judged worst; half of it is judged neutral")
    catch: float = share(0.16, "assumed", "offenders caught by a couple that is there at once")
    trail: float = number(30.0, "minutes", 1.0, 600.0, "assumed", "delay that divides the chance by e")
    goods: float = share(0.55, "H04; assumed", "offenders caught at once who carry goods or weapon")


WAITING = Growing(name="waiting", row=Call, about="Calls that wait: this alone.")
WAITS = Field(
    name="waits", of=np.int64, shape=(LONGEST_WAIT + 1,), monthly=True, about="Calls by minutes waited: this alone."
)


class Counts(Row):
    """What is counted in a month."""

    calls: float
    served: float
    served_in_hour: float


class Force(Tables):
    """The couples on the street, and the numbers by which they answer, arrest and treat people."""

    couples: Rows[Couple]
    officers: Rows[Officer]
    cell_km: float
    patrol: Rows[Patrol]
    response: Rows[Response]
    contacts: Rows[Contacts]
    justice: Rows[Justice]
    adoption: Rows[Adoption]
    waits: Ints


@kernel
def comes_before(a: Call, b: Call) -> bool:
    """Whether call a is served before call b."""
    if a.severity != b.severity:
        return a.severity > b.severity
    if a.minute != b.minute:
        return a.minute < b.minute
    if a.born != b.born:
        return a.born < b.born
    return a.number < b.number


@making_arrays
def in_order(calls: Rows[Call], n: int) -> Ints:
    """Rows of the first n calls in the order in which they are served."""
    order = np.arange(n)
    for k in range(1, n):
        row = order[k]
        left = k
        while left > 0 and comes_before(calls[row], calls[order[left - 1]]):
            order[left] = order[left - 1]
            left -= 1
        order[left] = row
    return order


@kernel
def slowness(road: int, p: Response) -> float:
    """Time that a kilometre takes on this class of road, relative to a paved one."""
    if road == 0:
        return 1.0
    if road == 1:
        return p.dirt
    return p.path if road == 2 else p.no_road


@kernel
def send(
    day: Day, couples: Rows[Couple], cells: Rows[Cell], cell_km: float, line: Call, p: Response, detour: float
) -> tuple[int, float, float, float]:
    """Couple that arrives first, its start, arrival and kilometres; or (-1 - reason, 0, 0, 0)."""
    best, best_start, best_arrival, best_km = -1, 0.0, 0.0, 0.0
    anybody = hours = fuel = False
    road = slowness(cells[line.cell].road, p)
    for post in range(len(couples)):
        couple = couples[post]
        if couple.on == 0:
            continue
        anybody = True
        start = max(line.minute, couple.free)
        if couple.duty_start <= start < couple.duty_end:
            start = couple.duty_end
        km = straight_km(cells, whereabouts(day, couples, post, start), line.cell, cell_km)
        if without_motor(couple.mode):
            if km > p.foot_km * (p.bicycle if couple.mode == BICYCLE else 1.0):
                continue
        else:
            km *= detour
            if km > couple.km:
                fuel = True
                continue
        arrival = start + 60.0 * km / KM_PER_HOUR[couple.mode] * road
        if arrival > 480.0:
            hours = True
        elif best < 0 or arrival < best_arrival:
            best, best_start, best_arrival, best_km = post, start, arrival, km
    if best >= 0:
        return best, best_start, best_arrival, best_km
    reason = NO_VEHICLES
    if hours or not anybody:
        reason = NO_HOURS
    elif fuel:
        reason = NO_FUEL
    return -1 - reason, 0.0, 0.0, 0.0


@kernel
def first_on_duty(couples: Rows[Couple]) -> int:
    """First couple on duty, or -1."""
    for post in range(len(couples)):
        if couples[post].on == 1:
            return post
    return -1


@kernel
def answer(stage: Stage, force: Force, line: Call, post: int, wait: float, p: Response, trust: Trust) -> None:
    """Note how long the caller waited and how the couple treated them."""
    born, number, i = line.born, line.number, line.teller
    served = stage.day.responses[stage.day.counts[RESPONSES]]
    served.born, served.number, served.post, served.cell, served.wait = born, number, post, line.cell, wait
    stage.day.counts[RESPONSES] += 1
    force.waits[min(LONGEST_WAIT, int(wait))] += 1
    stage.tally[0].served += 1.0
    if wait <= 60.0:
        stage.tally[0].served_in_hour += 1.0
    contacts = force.contacts[max(stage.ground.cells[line.cell].settlement, 0)]
    officer = force.officers[force.couples[post].lead]
    fair = treats_fairly(officer, contacts, luck(stage.seed, TREATMENT, born, number, 0))
    speed = 1.0 - 2.0 * min(1.0, wait / p.patience)
    home = wide(stage.ground.cells[line.cell].settlement)
    if speed < 0.0 and explains(officer, force.adoption[max(home, 0)], born, number, stage.seed):
        speed = 0.0
        stage.tally[0].explained += 1.0
    tone = 1.0 if fair else -1.0
    impress(stage.day, stage.minds, i, ANSWERED_CALL, tone, trust.call_treatment, speed, trust.call, 1)
    stage.minds[i].met = stage.minds[i].met_free = stage.tick


@kernel
def try_arrest(stage: Stage, force: Force, post: int, k: int, delay: float, z: int) -> None:
    """Catch the offender of an incident, perhaps; transport and hearing take the couple off the street."""
    row, p = stage.day.incidents[k], force.response[z]
    number = row.number
    if row.arrested == 1 or row.motive == IMITATOR:
        return
    if luck(stage.seed, ARREST, stage.tick, number, 0) >= p.catch * math.exp(-delay / p.trail):
        return
    row.arrested = 1
    arrest = stage.day.arrests[stage.day.counts[ARRESTS]]
    arrest.incident, arrest.number, arrest.post, arrest.held = k, number, post, 0
    with_goods = luck(stage.seed, GOODS, stage.tick, number, 0) < p.goods * math.exp(-delay / 60.0)
    arrest.goods = 1 if with_goods else 0
    stage.day.counts[ARRESTS] += 1
    start = max(row.minute + delay, force.couples[post].free)
    occupy(force.couples, stage.day, post, start, start + 60.0 * force.justice[z].hours)
    stage.tally[0].couple_hours_used += force.justice[z].hours


@kernel
def recall_calls(day: Day, waiting: Rows[Call], count: Ints) -> None:
    """Put the calls carried over behind those of the shift; they wait from its first minute."""
    for k in range(count[0]):
        n = day.counts[CALLS]
        day.calls[n] = waiting[k]
        day.calls[n].incident, day.calls[n].minute = -1, 0.0
        day.counts[CALLS] = n + 1
    count[0] = 0


@kernel
def carry_over(waiting: Rows[Call], count: Ints, line: Call) -> None:
    """Keep a call for the next shift."""
    waiting[count[0]] = line
    count[0] += 1


@kernel
def go(stage: Stage, force: Force, line: Call, p: Response, detour: float) -> tuple[int, float]:
    """Send a couple, which spends time and kilometres; return it and its arrival, or (-1 - reason, 0)."""
    post, start, arrival, km = send(stage.day, force.couples, stage.ground.cells, force.cell_km, line, p, detour)
    if post < 0:
        return post, 0.0
    couple = force.couples[post]
    if not without_motor(couple.mode):
        couple.km -= km
        stage.tally[0].km += km
    couple.cell = line.cell
    service = p.service * (0.5 + luck(stage.seed, SERVICE, line.born, line.number, 0))
    occupy(force.couples, stage.day, post, start, arrival + service)
    stage.tally[0].couple_hours_used += (arrival + service - start) / 60.0
    return post, arrival


@kernel
def serve(stage: Stage, force: Force, line: Call, waiting: Rows[Call], count: Ints) -> None:
    """Answer a call, carry it over, or lose it."""
    z = max(stage.ground.cells[line.cell].settlement, 0)
    p, trust = force.response[z], stage.trust[stage.ground.people[line.teller].settlement]
    born, number = line.born, line.number
    if p.constant > 0.0:
        post, arrival = first_on_duty(force.couples), line.minute + p.constant
        reason, patient = NO_HOURS, False
    else:
        wanted = min(1.0, p.attend + p.attend_severity * line.severity)
        if luck(stage.seed, TRIAGED, born, number, 0) >= wanted:
            lose_call(stage.day, stage.minds, trust, line.teller, born, number, TRIAGE)
            return
        if luck(stage.seed, ON_PAPER, born, number, 0) < p.on_paper:
            lose_call(stage.day, stage.minds, trust, line.teller, born, number, NO_ARRIVAL)
            return
        post, arrival = go(stage, force, line, p, force.patrol[z].detour)
        reason, patient = -1 - post, stage.tick - born < p.carry
    if post < 0 and patient:
        carry_over(waiting, count, line)
    elif post < 0:
        lose_call(stage.day, stage.minds, trust, line.teller, born, number, reason)
    else:
        answer(stage, force, line, post, 480.0 * (stage.tick - born) + arrival - line.since, p, trust)
        if line.incident >= 0:
            delay = arrival - stage.day.incidents[line.incident].minute
            try_arrest(stage, force, post, line.incident, delay, z)


@making_arrays
def respond(stage: Stage, force: Force, deterrence: Rows[Deterrence], waiting: Rows[Call], count: Ints) -> None:
    """Serve the calls of the shift and those carried over; then couples that saw a crime try to arrest."""
    day = stage.day
    recall_calls(day, waiting, count)
    for row in in_order(day.calls, day.counts[CALLS]):
        serve(stage, force, day.calls[row], waiting, count)
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.found == 0 and row.told != TO_PATROL:
            continue
        z = max(stage.ground.cells[row.cell].settlement, 0)
        visit = witness(day, row.cell, row.minute, deterrence[z].residual)
        if visit >= 0:
            try_arrest(stage, force, day.visits[visit].post, k, 0.0, z)


def force_of(world: World) -> Force:
    """Lay out what couples serve calls by."""
    state, numbers = world.state, world.numbers
    return Force(
        state.couples,
        world.plant.officers,
        world.cell_km,
        numbers["patrol"],
        numbers["response"],
        numbers["contacts"],
        numbers["justice"],
        numbers["adoption"],
        state.waits,
    )


def act(world: World) -> None:
    """Serve the calls; who was answered, or not, learns from it."""
    state, book = world.state, world.book
    most = int(book.counts[CALLS] + state.waiting.count[0])
    for table in (CALLS, RESPONSES, UNSERVEDS, IMPRESSIONS):
        book.reserve(table, most)
    book.reserve(ARRESTS, int(book.counts[INCIDENTS]))
    state.waiting.reserve(most)
    state.tally[0]["calls"] += book.counts[CALLS]
    respond(world.stage(), world.laid(force_of), world.numbers["deterrence"], state.waiting.rows, state.waiting.count)
    world.learn()


def median_wait(month: Month) -> float:
    """Median minutes from call to arrival; nan where nobody was served."""
    waits = month.world.state[WAITS]
    if not waits.sum():
        return math.nan
    return float(np.searchsorted(np.cumsum(waits), waits.sum() / 2.0))


def closed(month: Month) -> float:
    """Calls that the police count as served, those closed on paper among them."""
    return float(month.tally.served + month.world.state.unserved_by[NO_ARRIVAL])


WRITES = (
    "minds.met", "minds.met_free", "tally.explained", "tally.couple_hours_used", "tally.km", "couples.cell",
    "couples.free", "couples.km", "visits.alive", "incidents.arrested", "calls", "responses", "unserved", "arrests",
    "impressions",
)  # fmt: skip
IT = Mechanism(
    group=Response,
    tables=(WAITING, WAITS),
    knockout=Knockout(("response_minutes_median", "calls_unserved")),
    counts=Counts,
    causes=(ANSWERED_CALL,),
    writes=WRITES,
    measures={
        "response_minutes_median": Measure("minutes", median_wait),
        "calls_unserved": Measure("calls", lambda month: float(month.world.state.unserved_by.sum())),
        "calls_closed": Measure("calls", closed),
    },
)
