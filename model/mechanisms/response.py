"""M12, response: the nearest free couple by its means, graver calls first; calls carry over or are lost (ODD 6.9).

Switched off, every call is answered after a constant time.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import njit

from model.daybook import (
    ARRESTS,
    CALLS,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    NO_FUEL,
    NO_HOURS,
    NO_VEHICLES,
    RESPONSES,
    TO_PATROL,
    TRIAGE,
    UNSERVEDS,
)
from model.ledger import ANSWERED_CALL, impress
from model.luck import decision, luck
from model.mechanisms.contacts import treats_fairly
from model.mechanisms.patrol import occupy, straight_km, whereabouts, witness
from model.mechanisms.reporting import lose_call
from model.parameters import Group, number, share
from model.state import FOOT, LONGEST_WAIT

TRIAGED, SERVICE, TREATMENT = decision("triage"), decision("service"), decision("treatment")
ARREST, GOODS = decision("arrest"), decision("goods")
ROAD_FACTOR = np.array([1.0, 1.4, 2.2, 2.8])
"""How much slower than on paved road, by road class."""
KM_PER_HOUR = np.array([4.0, 30.0, 25.0])
"""Speed on foot, by motorcycle, by vehicle (Z20)."""


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
    foot_km: float = number(2.0, "km", 0.0, 10.0, "assumed", "how far a couple on foot answers calls")
    carry: int = number(2, "shifts", 1, 9, "assumed", "shifts after which a call is given up")
    constant: float = number(
        0.0, "minutes", 0.0, 480.0, "design: 0 = as computed", "answer after a constant time", off=30.0
    )
    service: float = number(45.0, "minutes", 0.0, 300.0, "assumed", "mean time at a scene")
    patience: float = number(90.0, "minutes", 5.0, 600.0, "assumed", "wait judged worst; half of it is judged neutral")
    catch: float = share(0.16, "assumed", "offenders caught by a couple that is there at once")
    trail: float = number(30.0, "minutes", 1.0, 600.0, "assumed", "delay that divides the chance by e")
    goods: float = share(0.55, "H04; assumed", "offenders caught at once who carry goods or weapon")


@njit(cache=True)
def comes_before(a: Any, b: Any) -> Any:
    """Whether call a is served before call b."""
    if a["severity"] != b["severity"]:
        return a["severity"] > b["severity"]
    if a["minute"] != b["minute"]:
        return a["minute"] < b["minute"]
    if a["born"] != b["born"]:
        return a["born"] < b["born"]
    return a["number"] < b["number"]


@njit(cache=True)
def in_order(calls: Any, n: Any) -> Any:
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


@njit(cache=True)
def send(day: Any, couples: Any, cells: Any, cell_km: Any, line: Any, p: Any, detour: Any) -> Any:
    """Couple that arrives first, its start, arrival and kilometres; or (-1 - reason, 0, 0, 0)."""
    best, best_start, best_arrival, best_km = -1, 0.0, 0.0, 0.0
    anybody = hours = fuel = False
    road = ROAD_FACTOR[cells[line["cell"]]["road"]]
    for post in range(len(couples)):
        couple = couples[post]
        if couple["on"] == 0:
            continue
        anybody = True
        start = max(line["minute"], couple["free"])
        if couple["duty_start"] <= start < couple["duty_end"]:
            start = couple["duty_end"]
        km = straight_km(cells, whereabouts(day, couples, post, start), line["cell"], cell_km)
        if couple["mode"] == FOOT:
            if km > p["foot_km"]:
                continue
        else:
            km *= detour
            if km > couple["km"]:
                fuel = True
                continue
        arrival = start + 60.0 * km / KM_PER_HOUR[couple["mode"]] * road
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


@njit(cache=True)
def first_on_duty(couples: Any) -> Any:
    """First couple on duty, or -1."""
    for post in range(len(couples)):
        if couples[post]["on"] == 1:
            return post
    return -1


@njit(cache=True)
def answer(
    day: Any,
    minds: Any,
    line: Any,
    wait: Any,
    lead: Any,
    officers: Any,
    contacts: Any,
    p: Any,
    trust: Any,
    waits: Any,
    tally: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Note how long the caller waited and how the couple treated them."""
    waits[min(LONGEST_WAIT, int(wait))] += 1
    tally[0]["served"] += 1.0
    if wait <= 60.0:
        tally[0]["served_in_hour"] += 1.0
    i = line["teller"]
    fair = treats_fairly(officers[lead], contacts, luck(seed, TREATMENT, line["born"], line["number"], 0))
    speed = 1.0 - 2.0 * min(1.0, wait / p["patience"])
    impress(day, minds, i, ANSWERED_CALL, 1.0 if fair else -1.0, trust["call_treatment"], speed, trust["call"], 1)
    minds[i]["met"] = minds[i]["met_free"] = tick


@njit(cache=True)
def try_arrest(day: Any, couples: Any, post: Any, k: Any, delay: Any, hours: Any, p: Any, tick: Any, seed: Any) -> None:
    """Catch the offender of an incident, perhaps; an arrest keeps the couple busy."""
    row = day.incidents[k]
    number = row["number"]
    if row["arrested"] == 1 or row["motive"] == IMITATOR:
        return
    if luck(seed, ARREST, tick, number, 0) >= p["catch"] * math.exp(-delay / p["trail"]):
        return
    row["arrested"] = 1
    goods = luck(seed, GOODS, tick, number, 0) < p["goods"] * math.exp(-delay / 60.0)
    note_arrest(day, couples, post, k, number, 1 if goods else 0, row["minute"] + delay, hours)


@njit(cache=True)
def note_arrest(
    day: Any, couples: Any, post: Any, incident: Any, number: Any, goods: Any, minute: Any, hours: Any
) -> None:
    """Write an arrest down; transport and hearing take the couple off the street."""
    arrest = day.arrests[day.counts[ARRESTS]]
    arrest["incident"], arrest["number"], arrest["post"] = incident, number, post
    arrest["goods"], arrest["held"] = goods, 0
    day.counts[ARRESTS] += 1
    start = max(minute, couples[post]["free"])
    occupy(couples, day, post, start, start + 60.0 * hours)


@njit(cache=True)
def respond(
    day: Any,
    waiting: Any,
    waiting_count: Any,
    couples: Any,
    plant: Any,
    ground: Any,
    minds: Any,
    cell_km: Any,
    detour: Any,
    response: Any,
    contacts: Any,
    justice: Any,
    trust: Any,
    waits: Any,
    tally: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Serve the calls of the shift and those carried over; then couples that saw a crime try to arrest."""
    for k in range(waiting_count[0]):
        line = day.calls[day.counts[CALLS]]
        line["born"], line["number"] = waiting[k]["born"], waiting[k]["number"]
        line["cell"], line["teller"] = waiting[k]["cell"], waiting[k]["teller"]
        line["incident"], line["minute"] = -1, 0.0
        line["since"], line["severity"] = waiting[k]["since"], waiting[k]["severity"]
        day.counts[CALLS] += 1
    waiting_count[0] = 0
    order = in_order(day.calls, day.counts[CALLS])
    for row in order:
        line = day.calls[row]
        z = max(ground.cells[line["cell"]]["settlement"], 0)
        p, t = response[z], trust[ground.people[line["teller"]]["settlement"]]
        born, number = line["born"], line["number"]
        if p["constant"] > 0.0:
            post = first_on_duty(couples)
            if post < 0:
                lose_call(day, minds, t, line["teller"], born, number, NO_HOURS)
                continue
            start = line["minute"]
            arrival = start + p["constant"]
            free, km = couples[post]["free"], 0.0
        else:
            wanted = min(1.0, p["attend"] + p["attend_severity"] * line["severity"])
            if luck(seed, TRIAGED, born, number, 0) >= wanted:
                lose_call(day, minds, t, line["teller"], born, number, TRIAGE)
                continue
            post, start, arrival, km = send(day, couples, ground.cells, cell_km, line, p, detour[z]["detour"])
            if post < 0 and tick - born < p["carry"]:
                waiting[waiting_count[0]]["born"], waiting[waiting_count[0]]["number"] = born, number
                waiting[waiting_count[0]]["cell"] = line["cell"]
                waiting[waiting_count[0]]["teller"] = line["teller"]
                waiting[waiting_count[0]]["since"] = line["since"]
                waiting[waiting_count[0]]["severity"] = line["severity"]
                waiting_count[0] += 1
                continue
            if post < 0:
                lose_call(day, minds, t, line["teller"], born, number, -1 - post)
                continue
            free = arrival + p["service"] * (0.5 + luck(seed, SERVICE, born, number, 0))
            if couples[post]["mode"] != FOOT:
                couples[post]["km"] -= km
                tally[0]["km"] += km
            couples[post]["cell"] = line["cell"]
            occupy(couples, day, post, start, free)
        wait = 480.0 * (tick - born) + arrival - line["since"]
        served = day.responses[day.counts[RESPONSES]]
        served["born"], served["number"], served["post"], served["wait"] = born, number, post, wait
        day.counts[RESPONSES] += 1
        answer(
            day,
            minds,
            line,
            wait,
            couples[post]["lead"],
            plant.officers,
            contacts[z],
            p,
            t,
            waits,
            tally,
            tick,
            seed,
        )
        if line["incident"] >= 0:
            delay = arrival - day.incidents[line["incident"]]["minute"]
            try_arrest(day, couples, post, line["incident"], delay, justice[z]["hours"], p, tick, seed)


@njit(cache=True)
def seize(
    day: Any, couples: Any, cells: Any, response: Any, justice: Any, deterrence: Any, tick: Any, seed: Any
) -> None:
    """Let the couple under whose eyes a crime happened, if it learned of it, try to arrest."""
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row["found"] == 0 and row["told"] != TO_PATROL:
            continue
        z = max(cells[row["cell"]]["settlement"], 0)
        visit = witness(day, row["cell"], row["minute"], deterrence[z]["residual"])
        if visit >= 0:
            post = day.visits[visit]["post"]
            try_arrest(day, couples, post, k, 0.0, justice[z]["hours"], response[z], tick, seed)


def act(world: Any) -> None:
    """Serve the calls; who was answered, or not, learns from it."""
    state, numbers, book = world.state, world.numbers, world.book
    calls = int(book.counts[CALLS] + state.waiting.count[0])
    for table in (CALLS, RESPONSES, UNSERVEDS):
        book.reserve(table, calls)
    book.reserve(ARRESTS, int(book.counts[INCIDENTS]))
    day = book.reserve(IMPRESSIONS, calls)
    state.waiting.reserve(calls)
    state.tally[0]["calls"] += book.counts[CALLS]
    respond(
        day,
        state.waiting.rows,
        state.waiting.count,
        state.couples,
        world.plant,
        world.ground,
        state.minds,
        world.cell_km,
        numbers["patrol"],
        numbers["response"],
        numbers["contacts"],
        numbers["justice"],
        numbers["trust"],
        state.waits,
        state.tally,
        world.tick,
        world.seed,
    )
    seize(
        day,
        state.couples,
        world.ground.cells,
        numbers["response"],
        numbers["justice"],
        numbers["deterrence"],
        world.tick,
        world.seed,
    )
    world.learn()
