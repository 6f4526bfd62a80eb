"""Judges and investigators (ODD: justice)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plain.crime import NOBODY
from plain.people import CHARGED, DROPPED, HELD, RELEASE, Resident
from plain.plans import INVESTIGATIVE
from plain.response import Arrest

if TYPE_CHECKING:
    from plain.town import PlainTown

MONTH_SHIFTS = 91


@dataclass(frozen=True)
class Complaint:
    """A complaint in the queue of the investigators."""

    filed: int
    number: int
    teller: Resident
    evidence: int


@dataclass(frozen=True)
class Charge:
    """A charged case on its way to sentence."""

    charged: int
    filed: int
    number: int


def judge(town: "PlainTown") -> None:
    """Judge the arrests of this shift, queue its complaints, and work the queue at the end of a month."""
    for arrest in town.arrests:
        judge_arrest(town, arrest)
    inquiry = town.numbers("plans").inquiry
    for incident in town.incidents:
        if incident.complaint:
            assert incident.teller is not None
            plan = town.plans[incident.cell.facility]
            inquired = plan.mode == INVESTIGATIVE and town.luck("inquiry", incident.number, 0) < inquiry
            evidence = int(incident.held or inquired)
            town.queue.append(Complaint(town.tick, incident.number, incident.teller, evidence))
    if town.month_ends:
        work_queue(town)
        sentence(town)
    town.learn_impressions()


def judge_arrest(town: "PlainTown", arrest: Arrest) -> None:
    """Hold or release one who was arrested; the teller may blame the police for a release."""
    incident, trust = arrest.incident, town.numbers("trust")
    arrest.held = arrest.goods or (incident is not None and incident.complaint and incident.in_time)
    if incident is None:
        return
    incident.held = arrest.held
    if incident.teller is None or not (incident.told != NOBODY or incident.found):
        return
    if arrest.held:
        town.impress(incident.teller, HELD, effectiveness=(1.0, trust.release))
    elif town.luck("blame", incident.number, 0) < town.numbers("justice").blame:
        town.impress(incident.teller, RELEASE, effectiveness=(-1.0, trust.release))


def work_queue(town: "PlainTown") -> None:
    """Take the oldest cases, as many as the investigators can, and drop those that are too old."""
    p = town.numbers("justice")
    n_taken = int(p.investigators * p.cases * town.numbers("population").scale)
    taken, left = town.queue[:n_taken], town.queue[n_taken:]
    for case in taken:
        chance = p.charge + p.charge_held * case.evidence
        if town.luck("charge", case.number, 0, tick=case.filed) < chance:
            charge(town, case)
        else:
            drop(town, case)
    town.queue = []
    for case in left:
        if town.tick - case.filed > p.months * MONTH_SHIFTS:
            drop(town, case)
        else:
            town.queue.append(case)


def charge(town: "PlainTown", case: Complaint) -> None:
    """Charge a case."""
    town.charges.append(Charge(town.tick, case.filed, case.number))
    case.teller.usefulness += 1.0
    town.impress(case.teller, CHARGED, effectiveness=(1.0, town.numbers("trust").release))


def drop(town: "PlainTown", case: Complaint) -> None:
    """Drop a case; the teller may blame the police."""
    case.teller.usefulness -= 0.2
    if town.luck("blame", case.number, 1, tick=case.filed) < town.numbers("justice").blame:
        town.impress(case.teller, DROPPED, effectiveness=(-0.5, town.numbers("trust").release))


def sentence(town: "PlainTown") -> None:
    """Decide the cases that were charged a year ago."""
    ripe = [case for case in town.charges if town.tick - case.charged >= 12 * MONTH_SHIFTS]
    town.charges = [case for case in town.charges if case not in ripe]
    for case in ripe:
        u = town.luck("sentence", case.number, 0, tick=case.filed)
        town.n_sentences += u < town.numbers("justice").sentence
