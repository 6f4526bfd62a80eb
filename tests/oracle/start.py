"""The start: one intercept of the site, and evidence from before the warm-up (ODD 5.3, fear)."""

import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from oracle.community import settle_standing
from oracle.fear import feel
from oracle.justice import fill_prison
from oracle.people import Evidence, Resident
from oracle.random_draws import logistic
from oracle.service import fade_own, take_as_usual

if TYPE_CHECKING:
    from oracle.town import PlainTown

Key = tuple[int, bool, int, bool, bool, bool]


def root(excess: Callable[[float], float], end: float) -> float:
    """Return where a rising function is 0, by halves; the nearer end if it is so nowhere."""
    low, high = -end, end
    if excess(low) >= 0.0:
        return low
    if excess(high) <= 0.0:
        return high
    while high - low > 1e-12:
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        low, high = (middle, high) if excess(middle) < 0.0 else (low, middle)
    return (low + high) / 2.0


def find_intercept(town: "PlainTown") -> None:
    """Let adults trust as much as the level of the site says."""
    level = town.numbers("trust").level
    adults = [one for one in town.residents if one.alive and one.age >= 18]

    def excess(intercept: float) -> float:
        town.intercept = intercept
        trust = [one.trust_with(one.on_fairness, one.on_effectiveness, 0.0) for one in adults]
        return math.fsum(trust) / max(len(trust), 1) - level

    town.intercept = root(excess, 12.0)


def find_fear_shift(town: "PlainTown") -> None:
    """Let residents be as afraid as their dispositions, all in all."""
    here = [one for one in town.residents if one.alive]
    wanted = math.fsum(logistic(one.drawn_fear) for one in here)
    felt = [one.drawn_fear + one.alarm + town.local[one.settlement].insecurity for one in here]
    town.fear_shift = root(lambda shift: math.fsum(logistic(x + shift) for x in felt) - wanted, 60.0)


def class_of(one: Resident) -> Key:
    """Class of a resident, within which years are passed on."""
    band = sum(one.age >= age for age in (12, 18, 35))
    return one.settlement, one.female, band, one.vehicle, one.business, one.council


def calibrate_intercept(town: "PlainTown") -> None:
    """Make up what residents had lived through before the warm-up; find both intercepts; open the books."""
    shifts, p = town.tick - town.first_tick, town.numbers("trust")
    classes: dict[Key, list[Resident]] = {}
    for one in town.residents:
        if one.alive:
            one.forget()
            fade_own(one)
            classes.setdefault(class_of(one), []).append(one)
    fast, slow = 2.0 ** (-shifts / (3.0 * p.fast_days)), 2.0 ** (-shifts / (1095.0 * p.memory_years))
    years = math.ceil(3.0 * 1095.0 * p.memory_years / shifts)
    for group in classes.values():
        group.sort(key=lambda one: (one.home.number, one.number))
        for name in ("on_fairness", "on_effectiveness"):
            columns = zip(*(getattr(one, name).columns() for one in group), strict=True)
            kept = zip(columns, (fast, slow, fast, slow), (1, years, 1, years), strict=True)
            made = [made_up(list(column), left, back) for column, left, back in kept]
            for one, row in zip(group, zip(*made, strict=True), strict=True):
                setattr(one, name, Evidence(*row))
        left = 2.0 ** (-shifts / (1095.0 * town.numbers("fear").memory))
        for one, alarm in zip(group, made_up([one.alarm for one in group], left, years), strict=True):
            one.alarm = alarm
        for name, side in itertools.product(("own_calls", "own_cases"), ("good", "bad")):
            own = [getattr(one, name) for one in group]
            for kept, value in zip(own, made_up([getattr(kept, side) for kept in own], slow, years), strict=True):
                setattr(kept, side, value)
    find_intercept(town)
    find_fear_shift(town)
    take_as_usual(town)
    settle_standing(town)
    fill_prison(town)
    feel(town)
    town.ledger.begin()


def made_up(year: list[float], left: float, years: int) -> list[float]:
    """Return what a class holds, given what each has of the warm-up and what is left of it after as long again."""
    n, mean = len(year), math.fsum(year) / len(year)
    rest = left ** (years + 1) / (1.0 - left) * mean
    return [math.fsum(left**y * year[(r + y) % n] for y in range(years + 1)) + rest for r in range(n)]
