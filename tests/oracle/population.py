"""An open population (ODD: population_change)."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from oracle.people import ARRIVAL, DEATH, DEPARTURE
from oracle.random_draws import pick, poisson

if TYPE_CHECKING:
    from oracle.people import Resident
    from oracle.places import Cell
    from oracle.town import PlainTown

ROBBERY, THEFT, BURGLARY = 0, 1, 4
DYING, MOVING = range(2)
CEILINGS = (0.3, 0.1)


@dataclass(frozen=True)
class Suffered:
    """A crime that somebody suffered outside the municipality."""

    who: "Resident"
    kind: int
    severity: float


def change_population(town: "PlainTown") -> None:
    """In the morning, bring in those whose day has come, and let others go."""
    if town.shift != 0:
        return
    share = town.numbers("population_change").arrivals
    town.first_to_come = len(town.residents) - len(town.to_come)
    while town.to_come and town.to_come[0].arrives <= town.day:
        one = town.to_come.pop(0)
        one.enlist()
        if town.uniform("arrives", one.number, 0) < share:
            one.alive, one.left, one.mood = True, False, town.mood
            become_alike(town, one)
            town.ledger.add_change(ARRIVAL, one.settlement, one.as_stored)
    for way in (DYING, MOVING):
        mean = CEILINGS[way] * len(town.residents) / 365.0
        for j in range(poisson(town.uniform("life count", way, 0), mean)):
            who = way * 65536 + j
            one = pick(town.residents, town.uniform("life who", who, 0))
            if one.alive and town.uniform("life mark", who, 0) < hazard(one, way) / CEILINGS[way]:
                one.leave(DEATH if way == DYING else DEPARTURE)
                one.left = True


def become_alike(town: "PlainTown", one: "Resident") -> None:
    """Let a newcomer have seen what somebody alike has seen (ODD 5.3)."""
    one.start()
    one.touched = town.tick
    around = [other for other in town.residents if other.settlement == one.settlement]
    place = math.floor(town.uniform("like", one.number, 0) * len(around))
    for a in range(64):
        other = around[(place + a) % len(around)]
        if other.alive and other.number < town.first_to_come and is_alike(one, other):
            one.on_fairness, one.on_effectiveness = replace(other.on_fairness), replace(other.on_effectiveness)
            one.alarm, one.touched = other.alarm, other.touched
            return


def is_alike(one: "Resident", other: "Resident") -> bool:
    """Tell whether two residents are of one sex and about one age."""
    return one.female == other.female and all((one.age < age) == (other.age < age) for age in (12, 18, 35))


def hazard(one: "Resident", way: int) -> float:
    """Yearly hazard of dying of age or illness, or of moving away."""
    p = one.model.numbers("population_change")
    if way == DYING:
        return float(p.infants if one.age < 1.0 else p.mortality * math.exp(p.ageing * one.age))
    return float(p.departures / 1000.0 * (p.young if 15.0 <= one.age < 35.0 else 1.0))


def outsiders_factor(town: "PlainTown", kind: int) -> float:
    """Offenders of this kind who are here today, relative to the mean day."""
    p = town.numbers("population_change")
    if kind > BURGLARY:
        return 1.0
    n = town.n_market_days
    rest = max((7.0 - n * p.visit) / (7.0 - n), 0.0) if n < 7 else 1.0
    come = p.visit if town.is_market_day and n < 7 else rest
    return 1.0 - p.outsiders + p.outsiders * come


def suffer_outside(town: "PlainTown", kind: int, number: int, ceiling: float, one: "Resident") -> None:
    """Let somebody who is outside be robbed there, or not."""
    p = town.numbers("population_change")
    hazard_outside = p.outside_robbery if kind == ROBBERY else p.outside_theft
    if kind > THEFT or town.uniform("crime mark", number, 0) * ceiling >= hazard_outside:
        return
    crime = town.numbers("crime")
    severity = crime.severity_theft
    if kind == ROBBERY:
        violent = town.uniform("violent outside", number, 0) < crime.violent_share
        severity = crime.grave_robbery if violent else crime.severity_robbery
    town.outside.append(Suffered(one, kind, severity))
    town.live(one, "harm", town.numbers("trust").harm * severity)
    one.last_harm_outside = town.tick


def somebody_here(town: "PlainTown", cell: "Cell", name: str, who: int, nth: int) -> "Resident | None":
    """Return somebody on the list of a cell who has not gone, in four tries; None where the list is empty."""
    listed = cell.present[town.place_list]
    tried = [pick(listed, town.uniform(name, who, nth + 4096 * a)) for a in range(4) if listed]
    return next((one for one in tried if one.alive), tried[-1] if tried else None)
