"""Information on its way up (ODD: information)."""

from typing import TYPE_CHECKING

from oracle.crime import ANONYMOUS, DEMI, KILLING, PROSECUTOR, VEHICLE_THEFT, Incident
from oracle.plans import CHECKPOINT, POST, PROBLEM, Mail, Plan
from oracle.reporting import care_at

if TYPE_CHECKING:
    from oracle.town import PlainTown

PROBLEMS = (0, 0, 1, 1, 2, 3, 3, 4, 5)


def report_up(town: "PlainTown") -> None:
    """Write down what is known, send it up; at a month's end see what came of it."""
    for incident in town.incidents:
        remember(town, incident)
    for visit in town.visits:
        if visit.couple is not None and visit.alive and visit.kind in (PROBLEM, POST, CHECKPOINT):
            town.plans[visit.couple.facility.number].visits += 1
    if town.month_ends:
        for mail in [one for one in town.mail if one.due <= town.tick]:
            town.memories[mail.cell.number].mapped[mail.problem] += mail.severity
        town.mail = [one for one in town.mail if one.due > town.tick]
        for plan in town.plans:
            take_stock(town, plan)


def is_known_to_police(incident: Incident) -> bool:
    """Tell whether the police found an incident or had a report of it."""
    kept = incident.reported_to in (PROSECUTOR, DEMI) and incident.kind not in (KILLING, VEHICLE_THEFT)
    return incident.found or (incident.reported_to_state and not kept)


def remember(town: "PlainTown", incident: Incident) -> None:
    """Let an incident into the memories, and on its way to headquarters."""
    memory, problem = town.memories[incident.cell.number], PROBLEMS[incident.kind]
    memory.happened[problem] += incident.severity
    memory.reported += incident.severity if incident.reported_to_state else 0.0
    if not is_known_to_police(incident):
        return
    p, facility = town.numbers("information"), town.facilities[incident.cell.facility]
    linked = 1.0 if facility.internet else p.offline
    sure = incident.kind in (KILLING, VEHICLE_THEFT)
    form = 1.0 if sure else p.written
    content = 1.0 if sure else p.written * p.conviction
    form, content = (share + (1.0 - share) * care_at(town, incident) for share in (form, content))
    u = town.uniform("record", incident.number, 0)
    incident.written = u < form
    if u < content and (incident.found or incident.reported_to != ANONYMOUS):
        memory.known[problem][town.shift] += incident.severity
    hoards = town.uniform("hoards", facility.number, 0, tick=town.month) < p.hoarding
    path = content * p.typed * linked * p.consolidated * p.georeferenced * p.entered
    if u < p.telephone if sure else (u < path and not hoards):
        incident.recorded = True
        wait = 0.0 if sure else 3.0 * p.delay * (0.5 + town.uniform("record", incident.number, 1)) / linked
        town.mail.append(Mail(town.tick + int(wait), incident.cell, problem, incident.severity))


def take_stock(town: "PlainTown", plan: Plan) -> None:
    """See at a month's end what came back, and whether the response lives."""
    p, f = town.numbers("plans"), plan.facility.number
    if town.uniform("feedback", f, 0, tick=town.month) < town.numbers("information").feedback:
        plan.product = town.tick
    plan.months = plan.months + 1 if plan.visits >= p.alive else 0
