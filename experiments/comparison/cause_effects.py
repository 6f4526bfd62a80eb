"""Split the effect on trust by cause: a waterfall from the world as today to the one with measures.

The parts are read from the ledger of both worlds of a pair and sum to the difference of their mean trust. Where nothing
is moved, the parts of the world as today are told since its start, and sum to the change of its mean trust since then.
What a cause brought is told net of what was forgotten of it. Two parts are no cause:

* ``population``: who comes, leaves or dies takes all their trust along, but moves the mean by the difference from it
  alone. This is the sum of trust at the start, plus arrivals less departures and deaths, by the residents of each
  world; more residents in one world also belong here.
* ``memory``: forgetting acts on all that a resident remembers at once, and belief is a share of it. The ledger gives
  each cause its own part of what fades as if belief were a sum; ``memory`` is the rest of what forgetting took.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.comparison.twin_results import CAUSE_NUMBERS, WorldResult
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import Effect, paired
from experiments.statistics.thresholds import Scale
from experiments.statistics.verdicts import corrected_together
from model.engine.causes import CAUSES

POPULATION_CAUSES = ("arrival", "departure", "death")
FORGETTING = ("forgetting_good", "forgetting_bad")
POPULATION, MEMORY, NATION = "population", "memory", "nation"
NAMES = tuple(CAUSES[number] for number in CAUSE_NUMBERS)
TOGETHER = {
    **dict.fromkeys(("answered_call", "unanswered_call", "turned_away"), "calls_and_cases"),
    **dict.fromkeys(("release", "held", "charged", "dropped", "protection"), "calls_and_cases"),
    **dict.fromkeys(("detention", "army", "collective_violence"), "force"),
    **dict.fromkeys(("payment", "at_home"), "harm"),
}
"""For a settlement, which bears a real name, these are told as sums: who reports or pays is not told by place."""
ALL = slice(None)

type Pairs = Sequence[tuple[WorldResult, WorldResult]]


@dataclass(frozen=True)
class Where:
    """A settlement (0 is the first) or all, and a month from 1 on, or 0 for the mean of the last twelve."""

    settlement: int | None = None
    month: int = 0

    @property
    def here(self) -> slice:
        """Settlements whose residents are meant."""
        return ALL if self.settlement is None else slice(self.settlement, self.settlement + 1)

    @property
    def months(self) -> slice:
        """Months whose mean is meant."""
        return slice(self.month - 1, self.month) if self.month else slice(-MONTHS, None)


@dataclass(frozen=True)
class CauseEffect:
    """Part of an effect on trust, in points of a hundred: between worlds of a pair, and in the world as today alone."""

    name: str
    effect: Effect
    signs: tuple[int, ...]
    today: float


def contributions(result: WorldResult, where: Where, net: bool = True) -> dict[str, float]:
    """Return what each part contributes to mean trust (0-100) in one world; all parts sum to it.

    With ``net`` false causes are told as they came, and forgetting as two parts of its own.
    """
    people, trust = (table[:, where.here].sum(axis=1) for table in result.places.astype(float))
    came, faded = (np.cumsum(table[:, :, where.here].sum(axis=2, dtype=float), axis=0) for table in result.ledger)
    sums = dict(zip(NAMES, (came - faded if net else came).T, strict=True))
    brought = {name: came[:, NAMES.index(name)] for name in (*POPULATION_CAUSES, *FORGETTING)}
    found = {name: sums[name] for name in NAMES if name not in brought}
    if net:
        found[MEMORY] = sum(brought[name] for name in FORGETTING) + faded.sum(axis=1)
    else:
        found |= {name: brought[name] for name in FORGETTING}
    found[POPULATION] = trust[0] + sum(brought[name] for name in POPULATION_CAUSES)
    return {
        name: float(np.mean(100.0 * np.asarray(one)[where.months] / people[1:][where.months]))
        for name, one in merge_small_causes(found, where).items()
    }


def merge_small_causes(parts: Mapping[str, np.ndarray], where: Where) -> dict[str, np.ndarray]:
    """Return parts under the names under which they are told: in a settlement some as sums."""
    found: dict[str, np.ndarray] = {}
    for name, part in parts.items():
        told = name if where.settlement is None else TOGETHER.get(name, name)
        found[told] = found[told] + part if told in found else part
    return found


def cause_effects(pairs: Pairs, where: Where, net: bool = True) -> list[CauseEffect]:
    """Return all parts of the effect on trust, the largest causes first; p-values are corrected among them."""
    before, after = ([contributions(pair[side], where, net) for pair in pairs] for side in (0, 1))
    return effects_by_name(before, after)


def causes_since_start(results: Sequence[WorldResult], where: Where, net: bool = True) -> list[CauseEffect]:
    """Return all parts of the change of trust since the start of the worlds as today, in the order of `cause_effects`.

    At the start no cause has brought anything: all trust is that of the people who are there.
    """
    after = [contributions(result, where, net) for result in results]
    starts = [start_trust(result, where) for result in results]
    before = [dict.fromkeys(parts, 0.0) | {POPULATION: trust} for parts, trust in zip(after, starts, strict=True)]
    return effects_by_name(before, after)


def effects_by_name(before: Sequence[Mapping[str, float]], after: Sequence[Mapping[str, float]]) -> list[CauseEffect]:
    """Return the effect on each part between both sides, run by run, the largest first."""
    sides = {name: [[one[name] for one in side] for side in (before, after)] for name in before[0]}
    effects = corrected_together([paired(base, arm, scale=Scale("points")) for base, arm in sides.values()])
    found = []
    for (name, (base, arm)), effect in zip(sides.items(), effects, strict=True):
        signs = tuple(int(np.sign(later - earlier)) for earlier, later in zip(base, arm, strict=True))
        found.append(CauseEffect(name, effect, signs, effect.base))
    return sorted(found, key=lambda one: -abs(one.effect.effect))


def total_effect(pairs: Pairs, where: Where) -> Effect:
    """Return the effect on mean trust of a place and time (0-100)."""
    sides = ([monthly_trust(pair[side], where)[where.months].mean() for pair in pairs] for side in (0, 1))
    return paired(*map(list, sides), scale=Scale("points"))


def change_since_start(results: Sequence[WorldResult], where: Where) -> Effect:
    """Return the change of mean trust (0-100) of a place since the start of the worlds as today."""
    after = [monthly_trust(result, where)[where.months].mean() for result in results]
    return paired([start_trust(result, where) for result in results], after, scale=Scale("points"))


def start_trust(result: WorldResult, where: Where) -> float:
    """Return mean trust (0-100) at the start."""
    people, trust = result.places[:, 0, where.here].sum(axis=1)
    return float(100.0 * trust / people)


def monthly_trust(result: WorldResult, where: Where) -> np.ndarray:
    """Return mean trust (0-100) by month."""
    people, trust = (table[1:, where.here].sum(axis=1) for table in result.places)
    return np.asarray(100.0 * trust / people)


def monthly_contribution(result: WorldResult, cause: str, where: Where) -> np.ndarray:
    """Return the points of mean trust (0-100) that a cause brought in each month."""
    people, change = result.places[0, 1:, where.here].sum(axis=1), result.ledger[0, :, NAMES.index(cause), where.here]
    return np.asarray(100.0 * change.sum(axis=1) / people)
