"""Answering calls, and arrests (ODD: response)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plain.adoption import explains
from plain.calls import ring_all
from plain.crime import IMITATOR, PATROL, Incident
from plain.people import ANSWERED_CALL
from plain.places import Cell
from plain.police import BICYCLE, SHIFT_MINUTES, Couple, covering_visit
from plain.reporting import FUEL, HOURS, PAPER, TRIAGE, VEHICLES, Call, give_up

if TYPE_CHECKING:
    from plain.town import PlainTown

KMH = (4.0, 30.0, 25.0, 11.0)
"""Speed on foot, by motorcycle, by vehicle, by bicycle."""


@dataclass(frozen=True)
class Way:
    """How a couple would reach a call."""

    couple: Couple
    start: float
    arrival: float
    km: float


@dataclass(frozen=True)
class Response:
    """A call that was served."""

    born: int
    number: int
    couple: Couple
    wait: float
    cell: Cell


@dataclass(eq=False)
class Arrest:
    """Somebody arrested by a couple, for an incident or on a stop."""

    incident: Incident | None
    couple: Couple
    goods: bool
    held: bool = False


def respond(town: "PlainTown") -> None:
    """Let people call about other things too, serve all calls, then look at what patrols came upon."""
    ring_all(town)
    calls = sorted(
        town.carried + town.calls,
        key=lambda call: (
            -call.incident.severity,
            minute_now(town, call),
            call.incident.tick,
            call.incident.number,
        ),
    )
    town.carried = []
    for call in calls:
        answer(town, call)
    for incident in town.incidents:
        if incident.found or incident.told == PATROL:
            visit = covering_visit(town, incident.cell, incident.minute, kept=True)
            if visit is not None and visit.couple is not None:
                try_arrest(town, incident, visit.couple, 0.0)
    town.learn_impressions()


def minute_now(town: "PlainTown", call: Call) -> float:
    """Minute of this shift from which a call waits."""
    return call.minute if call.incident.tick == town.tick else 0.0


def answer(town: "PlainTown", call: Call) -> None:
    """Send the couple that arrives first, or nobody."""
    p, incident = town.numbers("response"), call.incident
    minute = minute_now(town, call)
    if p.constant > 0.0:
        at_once = [Way(couple, minute, minute + p.constant, 0.0) for couple in town.couples_on_duty()]
        best, reason = (at_once[0] if at_once else None), HOURS
    else:
        attend = min(1.0, p.attend + p.attend_severity * incident.severity)
        if town.luck("triage", incident.number, 0, tick=incident.tick) >= attend:
            give_up(town, incident, call.teller, TRIAGE)
            return
        if town.luck("served on paper", incident.number, 0, tick=incident.tick) < p.on_paper:
            give_up(town, incident, call.teller, PAPER)
            return
        best, reason = first_to_arrive(town, call, minute)
    if best is not None:
        serve(town, call, best)
    elif p.constant <= 0.0 and town.tick - incident.tick < p.carry:
        town.carried.append(call)
    else:
        give_up(town, incident, call.teller, reason)


def first_to_arrive(town: "PlainTown", call: Call, minute: float) -> tuple[Way | None, int]:
    """Return the way of the couple that arrives first, or the reason why none can go."""
    ways = [way_of(town, couple, call, minute) for couple in town.couples_on_duty()]
    going = [way for way in ways if isinstance(way, Way)]
    if going:
        return min(going, key=lambda way: way.arrival), HOURS
    reasons = [way for way in ways if isinstance(way, int)] or [HOURS]
    return None, next(reason for reason in (HOURS, FUEL, VEHICLES) if reason in reasons)


def way_of(town: "PlainTown", couple: Couple, call: Call, minute: float) -> Way | int:
    """Return how a couple would reach a call, or the reason why it cannot."""
    cell = call.incident.cell
    start = max(minute, couple.free)
    if couple.has_fixed_duty_at(start):
        start = couple.duty_end
    km = town.straight_km(cell, couple.place_at(start))
    if not couple.has_motor:
        p = town.numbers("response")
        if km > (p.foot_km * p.bicycle if couple.mode == BICYCLE else p.foot_km):
            return VEHICLES
    else:
        km = town.numbers("patrol").detour * km
        if km > couple.kilometres:
            return FUEL
    roads = town.numbers("response")
    slower = (1.0, roads.dirt, roads.path, roads.no_road)
    arrival = start + 60.0 * km / KMH[couple.mode] * slower[cell.road]
    return Way(couple, start, arrival, km) if arrival <= SHIFT_MINUTES else HOURS


def serve(town: "PlainTown", call: Call, way: Way) -> None:
    """Serve a call: the couple's time and kilometres, the caller's impression, perhaps an arrest."""
    p, trust, incident, couple = town.numbers("response"), town.numbers("trust"), call.incident, way.couple
    born, number = incident.tick, incident.number
    wait = SHIFT_MINUTES * (town.tick - born) + way.arrival - call.minute
    town.responses.append(Response(born, number, couple, wait, incident.cell))
    if p.constant <= 0.0:
        service = p.service * (0.5 + town.luck("service", number, 0, tick=born))
        couple.free = way.arrival + service
        couple.cell = incident.cell
        if couple.has_motor:
            couple.kilometres -= way.km
        couple.cancel_visits(way.start, couple.free)
    assert couple.lead is not None
    fair = town.luck("treatment", number, 0, tick=born) < couple.lead.chance_of_fairness
    speed = 1.0 - 2.0 * min(1.0, wait / p.patience)
    if speed < 0.0 and explains(couple.lead, born, number):
        speed = 0.0
    town.impress(
        call.teller,
        ANSWERED_CALL,
        fairness=(1.0 if fair else -1.0, trust.call_treatment),
        effectiveness=(speed, trust.call),
    )
    call.teller.last_contact = town.tick
    if born == town.tick and isinstance(incident, Incident):
        try_arrest(town, incident, couple, way.arrival - incident.minute)


def try_arrest(town: "PlainTown", incident: Incident, couple: Couple, minutes_later: float) -> None:
    """Arrest the offender, if luck and the trail allow; it costs the couple hours."""
    p = town.numbers("response")
    if incident.arrested or incident.motive == IMITATOR:
        return
    chance = p.catch * math.exp(-minutes_later / p.trail)
    if town.luck("arrest", incident.number, 0) >= chance:
        return
    incident.arrested = True
    goods = town.luck("goods", incident.number, 0) < p.goods * math.exp(-minutes_later / 60.0)
    town.arrests.append(Arrest(incident, couple, goods))
    busy_from = max(incident.minute + minutes_later, couple.free)
    couple.free = busy_from + 60.0 * town.numbers("justice").hours
    couple.cancel_visits(busy_from, couple.free)
