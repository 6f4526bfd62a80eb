"""Fear and precaution (ODD: fear)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.community import household
from oracle.people import HARM
from oracle.random_draws import logistic

if TYPE_CHECKING:
    from oracle.people import Resident
    from oracle.town import PlainTown

KILLING = 6
PROPERTY = range(5)
"""Kinds of crime against which precautions help: robbery to burglary."""


@dataclass
class Local:
    """What a settlement noticed of crime and of police on foot."""

    crime: float = 0.0
    on_foot: float = 0.0
    months: int = 0
    recent: tuple[float, float] = (0.0, 0.0)
    usual: tuple[float, float] = (0.0, 0.0)
    insecurity: float = 0.0


def share_of_hazard(one: "Resident", kind: int) -> float:
    """Hazard of a resident relative to the mean resident."""
    p = one.model.numbers("fear")
    if kind not in PROPERTY:
        return 1.0
    return (1.0 - p.precaution * one.careful) / (1.0 - p.precaution * p.usual)


def update_fear(town: "PlainTown") -> None:
    """Let own and heard harm frighten; count crime and visits on foot by settlement."""
    p, tell_bad = town.numbers("fear"), town.numbers("hearsay").tell_bad
    harmed = [(incident.teller, incident.severity) for incident in town.incidents]
    harmed += [(suffered.who, suffered.severity) for suffered in town.outside]
    for incident in town.incidents:
        town.local[max(incident.cell.settlement, 0)].crime += incident.severity
        town.killings[0] += incident.kind == KILLING
    for one, severity in harmed:
        if one is None:
            continue
        one.alarm += p.harm * severity
        for other in household(town, one):
            if other is not one:
                other.alarm += p.heard * severity
        for k, tie in enumerate(one.ties):
            if tie.alive and town.uniform("hearsay", one.number, 8 * HARM + k) < tell_bad:
                tie.alarm += p.heard * severity
    for visit in town.visits:
        if visit.alive and visit.couple is not None and not visit.couple.has_motor:
            town.local[max(visit.cell.settlement, 0)].on_foot += 1.0


def end_month(town: "PlainTown") -> None:
    """Let the month sink in, and bring everybody's fear and precaution up to date."""
    p = town.numbers("fear")
    towards = (1.0 - 2.0 ** (-1.0 / p.lag), 1.0 - 2.0 ** (-1.0 / (12.0 * p.habit)))
    news, shares = town.killings, [max(share, 1.0 / (town.local[0].months + 1)) for share in towards]
    news[1:] = [old + (news[0] - old) * share for old, share in zip(news[1:], shares, strict=True)]
    news[0] = 0.0
    told = p.news * math.log((news[1] + 1.0) / (news[2] + 1.0))
    for z, (local, residents) in enumerate(zip(town.local, town.residents_at_start, strict=True)):
        now = tuple(1000.0 * x / max(residents, 1) for x in (local.crime, local.on_foot))
        local.months += 1
        local.recent = moved(local.recent, now, max(towards[0], 1.0 / local.months))
        local.usual = moved(local.usual, now, max(towards[1], 1.0 / local.months))
        crime, foot = (math.log((a + 1.0) / (b + 1.0)) for a, b in zip(local.recent, local.usual, strict=True))
        payers = sum(one.alive and one.settlement == z and one.pays is not None for one in town.residents)
        near = p.near * math.log(local.usual[0] + 1.0)
        signs = p.signs * math.log(1000.0 * payers / max(residents, 1) + 1.0)
        local.insecurity = p.local * crime + near + signs + told + p.foot * foot + p.alarm * p.campaign
        local.crime = local.on_foot = 0.0
    shifts = town.tick + 1 - town.month_began
    for one in town.residents:
        if one.alive:
            one.alarm *= 2.0 ** (-shifts / (1095.0 * p.memory))
            one.careful = one.is_careful(felt_by(one), p.campaign)
    feel(town)


def felt_by(one: "Resident") -> float:
    """Fear of a resident in log-odds, by disposition, alarm and insecurity."""
    return one.home_fear + one.alarm + one.model.local[one.settlement].insecurity


def feel(town: "PlainTown") -> None:
    """Let everybody here be as afraid as what they feel says."""
    for one in town.residents:
        if one.alive:
            one.fear = logistic(felt_by(one))


def moved(old: tuple[float, float], new: tuple[float, ...], share: float) -> tuple[float, float]:
    """Return both values moved by a share towards the new ones."""
    return old[0] + (new[0] - old[0]) * share, old[1] + (new[1] - old[1]) * share
