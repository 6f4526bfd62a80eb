"""Consultation: meetings, requests and answers (ODD: consultation)."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from oracle.board_memory import AT_TABLE, OWN
from oracle.community import DOMESTIC, Authority, police_go_out
from oracle.consent import is_asked
from oracle.minutes import FOR_MEETINGS, FOR_REQUESTS, Owed
from oracle.people import DOOR_TO_DOOR, MEETING, TOLD_OF_REQUEST, Resident
from oracle.practices import FOLLOW
from oracle.random_draws import logistic, pick, poisson
from oracle.response import be_rude

if TYPE_CHECKING:
    from oracle.town import PlainTown

NOT_YET = object()
TABLE, COUNCIL, COMUPRE, NETWORK = 4095, 4094, 4093, 4092


@dataclass(frozen=True)
class Meeting:
    """A meeting of a community with the police."""

    authority: int
    problem: int
    called: bool
    came: int
    at_table: bool = False


@dataclass(eq=False)
class Request:
    """What a community asked for."""

    asked: int
    authority: Authority
    nth: int
    present: list[Resident]
    problem: int
    climbed: int = 0
    called: bool = False
    followed: bool = False
    owner: Any = NOT_YET
    person: int = 0
    mark: float = -1.0


def consult(town: "PlainTown") -> None:
    """Remember what was suffered; in the afternoon answer, meet, and knock at doors."""
    for incident in town.incidents:
        if incident.teller is not None:
            place = town.authorities[incident.teller.settlement]
            place.suffered[incident.kind] += incident.severity
    if town.shift != 1:
        return
    if town.date.day == 1:
        if town.date.month in (1, 4, 7, 10):
            inform(town)
        for authority in town.authorities:
            lose_numbers(town, authority)
        for facility in town.facilities:
            owed = facility.owed[FOR_MEETINGS]
            owed.drop(facility.meeting_mark)
            facility.meeting_mark = owed.asked
        hold_assemblies(town)
    due = [request for request in town.requests if town.tick - request.asked >= 90]
    for request in due:
        answer(town, request)
    town.requests = [request for request in town.requests if request not in due]
    meet_at_the_seat(town)
    for authority in town.authorities:
        if authority.officer is None:
            continue
        p = town.numbers("consultation")
        rate = p.rhythm * p.meetings * (0.5 + authority.organised)
        if town.facilities[authority.cell.facility].supported:
            rate *= town.numbers("practices").more_meetings
        if is_held_today(town, authority.number, rate):
            if town.tick < authority.silent_until:
                continue
            hold_meeting(town, authority, rate)
        knock(town, authority)
    for request in town.requests:
        if request.owner is NOT_YET:
            take_on(town, request)
    town.apply_impressions()


def inform(town: "PlainTown") -> None:
    """Let a wave of news about the police reach residents."""
    p = town.numbers("consultation")
    for one in town.residents:
        if one.alive and one.age >= 12 and town.uniform("told of", one.number, 0) < p.inform:
            town.live(one, "informed", p.news)
    town.apply_impressions()


def is_held_today(town: "PlainTown", who: int, rate: float) -> bool:
    """Tell whether a body meets this month, and today."""
    if town.uniform("meeting held", who, 0, tick=town.month) >= rate / 12.0:
        return False
    return town.date.day == 1 + int(28 * town.uniform("meeting day", who, 0, tick=town.month))


def lose_numbers(town: "PlainTown", authority: Authority) -> None:
    """Let leaders lose the numbers of officers who are gone."""
    own = [one for one in town.officers if one.facility.number == authority.cell.facility]
    if own:
        new = sum(town.tick - one.since <= 91 for one in own)
        authority.phones *= 1.0 - new / len(own)


def take_on(town: "PlainTown", request: Request) -> None:
    """Let a request come to the officer who answers for its community, and be taken on by habit."""
    p, authority = town.numbers("practices"), request.authority
    request.owner = authority.officer
    if request.owner is None:
        return
    request.person = request.owner.person
    habit = min(p.follow_most, request.owner.habits[FOLLOW])
    takes_on = town.uniform("follows up", authority.number, request.nth, tick=request.asked) < habit
    needed = is_asked(town, authority.settlement) and p.follow_most > 0.0
    by_need = town.uniform("taken by leverage", authority.number, request.nth, tick=request.asked)
    if takes_on or (needed and by_need < town.numbers("consent").leverage):
        request.mark = owed_for(town, authority, FOR_REQUESTS).ask(p.request)


def is_worked_on(town: "PlainTown", request: Request) -> bool:
    """Tell whether a request that is due was followed up; what was not done is dropped."""
    p, authority = town.numbers("practices"), request.authority
    if request.mark < 0.0:
        return False
    owed = owed_for(town, authority, FOR_REQUESTS)
    done = owed.has_given(request.mark)
    owed.drop(request.mark)
    kept = p.handover + (1.0 - p.handover) * p.register
    handed = town.uniform("handed over", authority.number, request.nth, tick=request.asked) < kept
    return done and (handed or request.owner.person == request.person)


def owed_for(town: "PlainTown", authority: Authority, purpose: int) -> Owed:
    """Return what the facility of a community owes for a purpose."""
    return town.facilities[authority.cell.facility].owed[purpose]


def answer(town: "PlainTown", request: Request) -> None:
    """Answer a request, or not."""
    p, authority = town.numbers("consultation"), request.authority

    def u(name: str) -> float:
        return town.uniform(name, authority.number, request.nth, tick=request.asked)

    q = town.numbers("deliberation")
    chance = p.request_met + p.followed * request.followed + q.climbed * request.climbed + q.agreed * authority.agreed
    worked = is_worked_on(town, request)
    met = police_go_out(town) and u("feasible") < p.feasible and (worked or u("request") < min(1.0, chance))
    reported = authority.last_meeting > request.asked and u("reported") < p.reports
    impossible = reported and u("feasible") >= p.feasible
    answered = met or worked or impossible or u("answered") < p.answer
    if answered and (request.nth < OWN or request.nth == AT_TABLE):
        authority.last_answer = request.asked
    able = p.explain * town.numbers("adoption").link_explain * authority.officer.skill
    explained = not met and u("explains limits") < able * 2.0**-authority.explained
    if met:
        authority.explained = 0
    elif explained:
        authority.explained += 1
    authority.remembers.hear_answer(request.climbed, met=met, left=not answered and not explained)
    if authority.protocol:
        authority.remembers.promise(kept=met)
    result = 0 if met else (1 if explained or answered else 2)
    for one in request.present:
        learn_result(town, one, result, 1.0)
    authority.results[2 if result == 1 and u("feasible") < p.feasible else result] += 1


def learn_result(town: "PlainTown", one: Resident, result: int, factor: float) -> None:
    """Let somebody learn what came of requests: met, explained or unmet."""
    p = town.numbers("consultation")
    kind, weight = (
        ("request_met", p.weight_met),
        ("request_explained", p.weight_explained),
        ("request_unmet", p.weight_unmet),
    )[result]
    town.live(one, kind, factor * weight)


def hold_assemblies(town: "PlainTown") -> None:
    """Let communities hear what came of their requests since the last assembly."""
    for authority in town.authorities:
        first, share = len(town.impressions), town.numbers("consultation").assembly
        for one in authority.residents if any(authority.results) else ():
            if one.age >= 12 and town.uniform("told in assembly", one.number, 0) < share:
                for result, n in enumerate(authority.results):
                    if n:
                        learn_result(town, one, result, town.numbers("hearsay").weight * n)
        told = [replace(said, cause=TOLD_OF_REQUEST, heard=True) for said in town.impressions[first:]]
        town.impressions[first:] = told
        authority.results = [0, 0, 0]
    town.apply_impressions()


def meet_at_the_seat(town: "PlainTown") -> None:
    """Hold table, COMUPRE and network; the council is only informed."""
    p = town.numbers("consultation")
    if is_held_today(town, TABLE, p.rhythm * p.table):
        come = [one for one in town.authorities if meets_at_table(town, one)]
        for facility in dict.fromkeys(one.cell.facility for one in come):
            town.facilities[facility].owed[FOR_MEETINGS].ask(town.numbers("practices").meeting)
    if is_held_today(town, COMUPRE, p.rhythm * p.comupre):
        for request in town.requests:
            drawn = town.uniform("followed up", request.authority.number, request.nth, tick=request.asked)
            request.followed = request.followed or drawn < p.follow_up
    if is_held_today(town, NETWORK, p.rhythm * p.network):
        for j in range(20):
            one = pick(town.residents, town.uniform("invited", NETWORK, j))
            authority = town.authorities[one.settlement]
            if authority.officer is not None and is_victim(town, one) and attends(town, one, town.authorities[0]):
                be_heard(town, one, authority)


def meets_at_table(town: "PlainTown", authority: Authority) -> bool:
    """Let a community meet the police at the table and ask for something; tell whether it came."""
    p, number = town.numbers("consultation"), authority.number
    delegate = next((one for one in authority.residents if one.council and one.alive), None)
    if delegate is None or authority.officer is None or town.tick < authority.silent_until:
        return False
    if town.uniform("takes part", number, 0) >= authority.organised:
        return False
    be_heard(town, delegate, authority)
    authority.last_meeting = town.tick
    authority.phones += p.share_number * (1.0 - authority.phones)
    authority.links += p.bond * (1.0 - authority.links)
    weights = [
        w * (delegate.female * p.spoken if kind == DOMESTIC else 1.0) for kind, w in enumerate(authority.suffered)
    ]
    problem = weights.index(max(weights))
    waits = any(request.authority is authority for request in town.requests)
    if authority.suffered[problem] > 0.0 and not waits:
        authority.suffered[problem] *= 0.5
        present = [delegate] if p.assembly > 0.0 else []
        town.requests.append(Request(town.tick, authority, AT_TABLE, present, problem))
    else:
        problem = -1
    town.meetings.append(Meeting(number, problem, False, 1, at_table=True))
    return True


def is_victim(town: "PlainTown", one: Resident) -> bool:
    """Tell whether this is an adult harmed in the last twelve months."""
    return one.age >= 18 and one.last_harm >= 0 and town.tick - one.last_harm < 1095


def attends(town: "PlainTown", one: Resident, authority: Authority, usual: float | None = None) -> bool:
    """Tell whether a resident attends a meeting, from what is usual for council members unless said otherwise."""
    p = town.numbers("consultation")
    harmed = one.last_harm >= 0 and town.tick - one.last_harm < 1095
    wish = (
        (p.attend if usual is None else usual)
        + p.attend_trust * (one.trust - 0.5)
        + p.attend_women * one.female
        + p.attend_organised * (authority.organised - 0.5)
        - p.attend_km * town.straight_km(one.home, authority.cell)
        + p.attend_victim * harmed
    )
    return one.alive and town.uniform("attends", one.number, 0) < logistic(wish)


def be_heard(town: "PlainTown", one: Resident, authority: Authority) -> None:
    """Let the officer listen to somebody."""
    fair = town.uniform("meeting tone", one.number, 0) < authority.officer.chance_of_fairness
    if fair:
        town.live(one, "meeting", town.numbers("contacts").weight_meeting)
    else:
        be_rude(town, one, MEETING)
    one.last_contact = town.tick


def others_come(town: "PlainTown", authority: Authority, present: list[Resident], rate: float) -> None:
    """Let adults come who are no council members and hear of meetings, in order, until 256 have come."""
    p = town.numbers("consultation")
    share = p.come / max(1.0, rate)
    for one in authority.residents:
        if len(present) >= 256:
            return
        hears = town.uniform("hears of meetings", one.number, 0, tick=0) < p.announced
        if one.age < 18 or one.council or not hears or one in present:
            continue
        if attends(town, one, authority, math.log(share / (1.0 - share))):
            present.append(one)


def hold_meeting(town: "PlainTown", authority: Authority, rate: float) -> None:
    """Hold a community's meeting."""
    p, number = town.numbers("consultation"), authority.number
    present = [one for one in authority.residents if one.council and attends(town, one, authority)]
    for j in range(20 if authority.residents else 0):
        one = pick(authority.residents, town.uniform("invited", number, j))
        if not one.council and is_victim(town, one) and one not in present and attends(town, one, authority):
            present.append(one)
    if town.facilities[authority.cell.facility].supported and p.announced > 0.0:
        others_come(town, authority, present, rate)
    for one in present:
        be_heard(town, one, authority)
    called = town.uniform("called by police", number, 0) < p.police_call
    women = sum(one.female for one in present) / max(len(present), 1)
    for nth in range(min(4, 1 + len(present) // 6)):
        weights = [w * (women * p.spoken if kind == DOMESTIC else 1.0) for kind, w in enumerate(authority.suffered)]
        problem = weights.index(max(weights))
        authority.suffered[problem] *= 0.5
        town.requests.append(Request(town.tick, authority, nth, present, problem, called=called))
        if nth == 0:
            authority.problem = problem
    authority.mark = owed_for(town, authority, FOR_MEETINGS).ask(town.numbers("practices").meeting)
    authority.last_meeting = authority.last_request = town.tick
    authority.phones += p.share_number * (1.0 - authority.phones)
    authority.links += p.bond * (1.0 - authority.links)
    town.meetings.append(Meeting(number, authority.problem, called, len(present)))


def knock(town: "PlainTown", authority: Authority) -> None:
    """Visit homes from door to door."""
    p, number = town.numbers("consultation"), authority.number
    if not authority.residents:
        return
    for j in range(min(32, poisson(town.uniform("door count", number, 0), p.door_to_door / 30.0))):
        one = pick(authority.residents, town.uniform("door who", number, j))
        if one.alive and one.age >= 12:
            fair = town.uniform("door tone", number, j) < authority.officer.chance_of_fairness
            if fair:
                town.live(one, "door_to_door", p.door * town.numbers("contacts").weight_long)
            else:
                be_rude(town, one, DOOR_TO_DOOR)
            one.last_contact = town.tick
