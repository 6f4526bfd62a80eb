"""Conflicts over land, water and boundaries (ODD: land_conflicts)."""

from typing import TYPE_CHECKING

from oracle.community import Case
from oracle.crime import ASSAULT, QUARREL, Incident, write_incident
from oracle.random_draws import logistic, pick, poisson

if TYPE_CHECKING:
    from oracle.town import PlainTown

LAND = 64


def dispute(town: "PlainTown") -> None:
    """Let households quarrel."""
    p = town.numbers("land_conflicts")
    for j in range(poisson(town.uniform("land count", 0, 0), 0.02 * len(town.residents) / 1095.0)):
        m = 3 * 2**30 + 2**29 + j
        one = pick(town.residents, town.uniform("land who", m, 0))
        hazard = p.rate / 1000.0 * (p.farm if one.farms else 1.0)
        grown = one.alive and one.age >= 18 and not one.home.core
        if grown and town.uniform("land mark", m, 0) < hazard / 0.02:
            quarrel(town, m, one.number)


def quarrel(town: "PlainTown", m: int, number: int) -> None:
    """Bring a conflict before the authority, or leave it open, or fight."""
    p, communal, one = town.numbers("land_conflicts"), town.numbers("communal_authority"), town.residents[number]
    authority = town.authorities[one.settlement]
    goes = communal.reach * logistic(p.brought + communal.deference * authority.legitimacy)
    if town.uniform("land brought", m, 0) < goes:
        waits = 1 + int(14 * p.weeks * town.uniform("land wait", m, 0))
        town.cases.append(Case(3 * (town.day + waits) + 1, town.tick, m, authority, one, LAND))
        return
    authority.disputes += 1
    other = pick(authority.residents, town.uniform("land other", m, 0))
    if other.alive and other.age >= 18 and other is not one and town.uniform("land fight", m, 0) < p.fight:
        severity = p.severity_grave if town.uniform("violent", m, 0) < p.grave else p.severity
        write_incident(town, Incident(m, ASSAULT, QUARREL, one.home, other, severity))
