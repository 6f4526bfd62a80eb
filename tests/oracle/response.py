"""Answering calls, and arrests (ODD: response)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.adoption import explains
from oracle.calls import ring_all
from oracle.community import Authority
from oracle.consent import agrees_to_arrest, needs_none
from oracle.crime import IMITATOR, KILLING, PATROL, Incident
from oracle.minutes import keep_busy
from oracle.people import Resident
from oracle.places import Cell
from oracle.police import BICYCLE, SHIFT_MINUTES, VEHICLE, Couple, covering_visit
from oracle.random_draws import logistic
from oracle.reporting import DECLINED, FUEL, HOURS, PAPER, VEHICLES, Call, give_up, hand_to_authority
from oracle.service import CALLS, experience

if TYPE_CHECKING:
    from oracle.town import PlainTown

KMH = (4.0, 30.0, 25.0, 11.0)
"""Speed on foot, by motorcycle, by vehicle, by bicycle."""
SLIGHT, MIDDLE, GRAVE = range(3)
NIGHT = 2


@dataclass(frozen=True)
class Way:
    """How a couple would reach a call, and the kilometres that it has left when it starts."""

    couple: Couple
    start: float
    arrival: float
    km: float
    left: float


@dataclass(frozen=True)
class Response:
    """A call that was served."""

    born: int
    number: int
    couple: Couple
    wait: float
    cell: Cell
    board: Authority | None


@dataclass(eq=False)
class Arrest:
    """Somebody arrested by a couple (none in an experiment), for an incident or on a stop."""

    incident: Incident | None
    couple: Couple | None
    goods: bool
    held: bool = False


def be_rude(town: "PlainTown", one: Resident, at: int) -> None:
    """Be rude to somebody in an encounter of this cause (ODD: contacts)."""
    town.live(one, "rude", town.numbers("contacts").weight_rude, origin=at)


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
    town.taken_up, town.carried = town.carried, []
    for call in calls:
        answer(town, call)
    for incident in town.incidents:
        if incident.found or incident.reported_to == PATROL:
            visit = covering_visit(town, incident.cell, incident.minute, by_couple=True)
            if visit is not None and visit.couple is not None:
                try_arrest(town, incident, visit.couple, 0.0)
    all_caught = town.numbers("response").all_caught
    for incident in town.incidents:
        if not incident.arrested and town.uniform("all caught", incident.number, 0) < all_caught:
            incident.arrested = True
            town.arrests.append(Arrest(incident, None, True))
    town.apply_impressions()


def minute_now(town: "PlainTown", call: Call) -> float:
    """Minute of this shift by which a call has its place among others of the same severity."""
    return call.minute if call.incident.tick == town.tick else 0.0


def answer(town: "PlainTown", call: Call) -> None:
    """Send the couple that arrives first, unless its lead declines, or nobody."""
    p, incident = town.numbers("response"), call.incident
    if p.constant > 0.0:
        answer_at_once(town, call)
        return
    if town.uniform("served on paper", incident.number, 0, tick=incident.tick) < p.on_paper:
        give_up(town, call, PAPER)
        return
    ways = [way_of(town, couple, call) for couple in couples_asked(town, call)]
    going = [way for way in ways if isinstance(way, Way)]
    if going:
        first = min(going, key=lambda way: way.arrival)
        if declines(town, call, first):
            give_up(town, call, DECLINED)
        else:
            go(town, call, first)
            serve(town, call, first)
    elif last_minute(town, call) > SHIFT_MINUTES:
        town.carried.append(call)
    else:
        reason = next((scarce for scarce in (FUEL, VEHICLES) if scarce in ways), HOURS)
        give_up(town, call, reason)


def answer_at_once(town: "PlainTown", call: Call) -> None:
    """Let the first couple on duty come after the same time always, without cost."""
    minute = minute_now(town, call)
    couple = next(iter(town.couples_on_duty()), None)
    if couple is None:
        give_up(town, call, HOURS)
    else:
        serve(town, call, Way(couple, minute, minute + town.numbers("response").constant, 0.0, couple.kilometres))


# How grave a call is, and what follows


def class_of(town: "PlainTown", call: Call) -> int:
    """Class of a call by its severity."""
    p, severity = town.numbers("response"), call.incident.severity
    return GRAVE if severity >= p.grave else MIDDLE if severity >= p.middle else SLIGHT


def rung(town: "PlainTown", call: Call) -> float:
    """Minute at which the call was made, counted from the start of this shift."""
    return call.minute - SHIFT_MINUTES * (town.tick - call.incident.tick)


def last_minute(town: "PlainTown", call: Call) -> float:
    """Minute by which a couple must be there."""
    p = town.numbers("response")
    return rung(town, call) + (p.within_slight, p.within_middle, p.within_grave)[class_of(town, call)]


def reserve(town: "PlainTown", call: Call) -> float:
    """Kilometres that a couple keeps for graver calls."""
    p = town.numbers("response")
    return float((p.reserve_slight, p.reserve_middle, 0.0)[class_of(town, call)])


def couples_asked(town: "PlainTown", call: Call) -> list[Couple]:
    """Return the couples that are asked to go, by row."""
    own = call.incident.cell.facility
    everybody = class_of(town, call) == GRAVE or all(one.facility.number != own for one in town.couples)
    return [one for one in town.couples_on_duty() if everybody or one.facility.number == own]


# How a couple would get there


def way_of(town: "PlainTown", couple: Couple, call: Call) -> Way | int:
    """Return how a couple would reach a call, or what is too scarce for it."""
    p, cell, kind = town.numbers("response"), call.incident.cell, class_of(town, call)
    start = max(rung(town, call) + p.handling, couple.free)
    if kind == SLIGHT and couple.has_fixed_duty_at(start):
        start = couple.duty_end
    straight = town.straight_km(cell, couple.place_at(start))
    by_road = town.numbers("patrol").detour * straight
    pace = 60.0 * (1.0, p.dirt, p.path, p.no_road)[cell.road]
    latest = min(SHIFT_MINUTES, last_minute(town, call))
    km = by_road if couple.has_motor else straight
    arrival = start + km / KMH[couple.mode] * pace
    left = couple.kilometres_at(start)
    way = Way(couple, start, arrival, km, left)
    if couple.has_motor:
        if arrival > latest:
            return HOURS
        return FUEL if km > left - reserve(town, call) else way
    reach = p.foot_km * p.bicycle if couple.mode == BICYCLE else p.foot_km
    if km <= reach and arrival <= latest:
        return way
    return VEHICLES if start + by_road / KMH[VEHICLE] * pace <= latest else HOURS


def declines(town: "PlainTown", call: Call, way: Way) -> bool:
    """Tell whether the lead who could go does not."""
    p, incident, couple = town.numbers("response"), call.incident, way.couple
    assert couple.lead is not None
    remembered = 0.0
    for of_problem in town.memories[incident.cell.number].known:
        remembered += of_problem[town.shift]
    x = p.decline + p.decline_gravity * incident.severity + p.decline_km * way.km / 5.0
    x += p.decline_load * couple.n_calls
    if couple.has_motor and way.left < p.low_km:
        x += p.decline_low
    if town.shift == NIGHT:
        x += p.decline_night
    x += p.decline_danger * math.log(1.0 + remembered)
    x -= p.decline_keen * couple.lead.motivation + p.decline_control * town.numbers("pressure").control
    return town.uniform("call declined", incident.number, 0, tick=incident.tick) < logistic(x)


def go(town: "PlainTown", call: Call, way: Way) -> None:
    """Spend the couple's time and kilometres on a call, at the cost of its visits."""
    couple, incident = way.couple, call.incident
    service = town.uniform("service", incident.number, 0, tick=incident.tick)
    end = way.arrival + town.numbers("response").service * (0.5 + service)
    couple.n_calls += 1
    couple.cell = incident.cell
    couple.free = end
    couple.cancel_visits(way.start, end)
    town.spent.answer(way, end)
    keep_busy(couple, way.start, end)
    if couple.has_motor:
        couple.kilometres -= way.km
        couple.save_litres(end)


def serve(town: "PlainTown", call: Call, way: Way) -> None:
    """Serve a call: the caller's impression, perhaps an arrest."""
    p, trust, incident, couple = town.numbers("response"), town.numbers("trust"), call.incident, way.couple
    born, number = incident.tick, incident.number
    wait = SHIFT_MINUTES * (town.tick - born) + way.arrival - call.minute
    town.responses.append(Response(born, number, couple, wait, incident.cell, call.board))
    assert couple.lead is not None
    fair = town.uniform("treatment", number, 0, tick=born) < couple.lead.chance_of_fairness
    kind, weight = ("call_served", trust.served) if wait <= p.patience else ("call_late", trust.late)
    how, weight_how = (kind, weight) if fair else ("rude", town.numbers("contacts").weight_rude)
    if wait > p.patience and explains(couple.lead, born, number):
        weight = 0.0
    town.live(call.teller, kind, weight, how=how, weight_how=weight_how)
    call.teller.last_contact = town.tick
    experience(call.teller, CALLS, 1.0 if wait <= p.patience else town.numbers("service").late)
    if isinstance(incident, Incident):
        try_arrest(town, incident, couple, SHIFT_MINUTES * (town.tick - born) + way.arrival - incident.minute)


def try_arrest(town: "PlainTown", incident: Incident, couple: Couple, minutes_later: float) -> None:
    """Arrest the offender, with a probability that falls as time passes; it costs the couple hours."""
    p = town.numbers("response")
    if incident.arrested or incident.motive == IMITATOR:
        return
    chance = p.catch * math.exp(-minutes_later / p.trail) * (p.killers if incident.kind == KILLING else 1.0)
    if town.uniform("arrest", incident.number, 0, tick=incident.tick) >= chance:
        return
    if not needs_none(town, incident) and not agrees_to_arrest(
        town, incident.cell.zone, incident.number, incident.severity
    ):
        hand_to_authority(town, incident)
        return
    incident.arrested = True
    goods = town.uniform("goods", incident.number, 0, tick=incident.tick) < p.goods * math.exp(
        -minutes_later / p.goods_minutes
    )
    town.arrests.append(Arrest(incident, couple, goods))
    busy_from = max(incident.minute + minutes_later - SHIFT_MINUTES * (town.tick - incident.tick), couple.free)
    couple.free = busy_from + 60.0 * town.numbers("justice").hours
    town.spent.couple_hours_used += town.numbers("justice").hours
    couple.cancel_visits(busy_from, couple.free)
    keep_busy(couple, busy_from, couple.free)
