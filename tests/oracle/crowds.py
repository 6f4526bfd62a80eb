"""Crowds that gather against a suspect (ODD: collective_violence)."""

from typing import TYPE_CHECKING

from oracle.community import Authority
from oracle.crime import ASSAULT, CROWD, KILLING, TELEPHONE, Incident, write_incident
from oracle.people import Resident
from oracle.random_draws import logistic, logit, pick
from oracle.response import KMH
from oracle.service import CASES, worth

if TYPE_CHECKING:
    from oracle.town import PlainTown


def withdraw(town: "PlainTown") -> None:
    """Cancel visits to settlements from which the police have withdrawn."""
    for visit in town.visits:
        place = visit.cell.settlement
        if place >= 0 and town.tick < town.authorities[place].withdrawn_until:
            visit.alive = False


def gather(town: "PlainTown") -> None:
    """Let crowds gather after the grave or repeated crimes of the shift."""
    for incident in list(town.incidents):
        repeated = incident.number // 2**28 == 1
        if incident.kind <= KILLING and (incident.severity >= 0.6 or repeated):
            follow(town, incident)
    town.apply_impressions()


def follow(town: "PlainTown", incident: Incident) -> None:
    """Let a crowd gather after one crime, or not."""
    p, m, authority = (
        town.numbers("collective_violence"),
        incident.number,
        town.authorities[max(incident.cell.settlement, 0)],
    )
    named = p.named + (p.named_organised - p.named) * authority.organised
    if town.uniform("suspect named", m, 0) >= (p.held if incident.arrested else named):
        return
    crowd, suspect = crowd_of(town, incident, authority), suspect_of(town, incident)
    police = incident.arrested or police_near(town, incident)
    if suspect is None or len(crowd) < 8 or acting(town, crowd, not incident.arrested, police) < p.acting:
        return
    by = stopped_by(town, incident, authority, police)
    kind, weight = ("crowd_unstopped", p.weight) if by == "nobody" else ("crowd_averted", p.averted)
    for one in crowd if by != "authority" else []:
        town.live(one, kind, weight)
    if by == "nobody":
        hurt(town, incident, suspect, authority, police)


def crowd_of(town: "PlainTown", incident: Incident, authority: Authority) -> list[Resident]:
    """Draw those who come."""
    p, m = town.numbers("collective_violence"), incident.number
    present, crowd = incident.cell.present[town.place_list], []
    comes = p.gathers + (1.0 - p.gathers) * authority.organised
    for j in range(60 if present else 0):
        one = pick(present, town.uniform("crowd", m, j))
        if one.alive and one.age >= p.youngest and one not in crowd and town.uniform("joins crowd", m, j) < comes:
            crowd.append(one)
    return crowd


def suspect_of(town: "PlainTown", incident: Incident) -> Resident | None:
    """Return the man whom the crowd takes for the offender."""
    present = incident.cell.present[town.place_list]
    drawn = [pick(present, town.uniform("suspect", incident.number, a)) for a in range(8)] if present else []
    youngest = town.numbers("collective_violence").youngest
    men = [one for one in drawn if one.alive and not one.female and one.age >= youngest]
    fitting = [one for one in men if one is not incident.victim]
    return fitting[0] if fitting else None


def acting(town: "PlainTown", crowd: list[Resident], by_rumour: bool, police: bool) -> float:
    """Return the share that acts in the end."""
    p = town.numbers("collective_violence")

    def harmed(one: Resident) -> bool:
        return one.last_harm >= 0 and town.tick - one.last_harm < 91

    needs = []
    for one in crowd:
        rest = p.calm + p.spread * 0.5513 * logit(town.uniform("threshold", one.number, 0))
        rest -= p.anger * harmed(one) + p.ties * any(harmed(tie) for tie in one.ties) + p.rumour * by_rumour
        rest -= p.courts * logistic(-worth(one, CASES)) + p.police * (1.0 - one.trust) + p.absence * (not police)
        needs.append(logistic(rest))
    share = p.begin
    while True:
        after = sum(need <= share for need in needs) / len(crowd)
        if after <= share:
            return after
        share = after


def police_near(town: "PlainTown", incident: Incident) -> bool:
    """Tell whether a free couple can be there in time."""
    for couple in town.couples_on_duty():
        start = max(incident.minute, couple.free)
        if couple.has_fixed_duty_at(start):
            continue
        km = town.straight_km(incident.cell, couple.place_at(start))
        speed = KMH[couple.mode]
        if start - incident.minute + 60.0 * km / speed <= town.numbers("collective_violence").minutes:
            return True
    return False


def stopped_by(town: "PlainTown", incident: Incident, authority: Authority, police: bool) -> str:
    """Return who stops the crowd."""
    p, m = town.numbers("collective_violence"), incident.number
    if police and town.uniform("police stop crowd", m, 0) < p.police_stop:
        return "police"
    able = p.authority_stops * authority.organised * logistic(authority.legitimacy)
    if town.uniform("authority stops crowd", m, 0) < able:
        authority.see(1.0)
        return "authority"
    if police and town.uniform("stop crowd together", m, 0) < p.together * authority.organised:
        return "both"
    return "nobody"


def hurt(town: "PlainTown", incident: Incident, suspect: Resident, authority: Authority, police: bool) -> None:
    """Let the crowd do what nobody stopped."""
    p, m = town.numbers("collective_violence"), incident.number
    number, minute = 3 * 2**30 + m % 2**28, min(479.0, incident.minute + p.minutes)
    if town.uniform("crowd kills", m, 0) < p.lethal:
        done = write_incident(town, Incident(number, KILLING, CROWD, incident.cell, suspect, 1.0, minute=minute))
        if done.teller is not None:
            done.reported_to, done.complaint = TELEPHONE, True
    else:
        write_incident(town, Incident(number, ASSAULT, CROWD, incident.cell, suspect, p.severity, minute=minute))
    if police and town.uniform("crowd attacks police", m, 0) < p.attack:
        authority.withdrawn_until = town.tick + int(21 * p.withdrawn)
