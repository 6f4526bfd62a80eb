"""Decompose the effect on trust by cause, for a waterfall chart from the world as today to that with measures.

The parts are read from the trust ledgers of both worlds of a pair and sum to the difference of their mean trust. If no
measure is chosen, the parts of the world as today since its start are shown instead; they sum to the change of its mean
trust. The contribution of a cause is net of the part of it that was forgotten. Two parts are not causes:

* ``population``: residents who arrive, leave or die add or remove all their trust, but change the mean only by their
  difference from it. The part is the trust at the start, plus arrivals, less departures and deaths, divided by the
  residents of each world. A different number of residents also enters here.
* ``memory``: forgetting acts on all evidence of a resident at once, and belief is a ratio of evidence. The ledger
  assigns decay to causes as if belief were a sum; ``memory`` is the remainder of the decay.
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
CAUSE_NAMES = tuple(CAUSES[number] for number in CAUSE_NUMBERS)
MERGED_CAUSES = {
    **dict.fromkeys(("answered_call", "unanswered_call", "turned_away"), "calls_and_cases"),
    **dict.fromkeys(("release", "held", "charged", "dropped", "protection"), "calls_and_cases"),
    **dict.fromkeys(("detention", "army", "collective_violence"), "force"),
    **dict.fromkeys(("payment", "at_home"), "harm"),
}
"""Causes that are merged within settlements, so that no real place shows who reports or pays."""
ALL_SETTLEMENTS = slice(None)

type Pairs = Sequence[tuple[WorldResult, WorldResult]]


@dataclass(frozen=True)
class PlaceAndMonth:
    """A settlement (0 is the first; None means all) and a month from 1, or 0 for the last twelve months."""

    settlement: int | None = None
    month: int = 0

    @property
    def settlement_slice(self) -> slice:
        """Slice of the settlements."""
        return ALL_SETTLEMENTS if self.settlement is None else slice(self.settlement, self.settlement + 1)

    @property
    def month_slice(self) -> slice:
        """Slice of the months to average over."""
        return slice(self.month - 1, self.month) if self.month else slice(-MONTHS, None)


@dataclass(frozen=True)
class CauseEffect:
    """One part of an effect on trust, in points of 100.

    ``signs`` are the signs of the effect by pair of runs; ``today`` is the part in the world as today.
    """

    name: str
    effect: Effect
    signs: tuple[int, ...]
    today: float


def contributions(result: WorldResult, place: PlaceAndMonth, net: bool = True) -> dict[str, float]:
    """Return the contribution of each part to mean trust (0-100) in one world; the parts sum to it.

    With ``net`` false, causes include what was forgotten later, and forgetting is two parts of its own.
    """
    people, trust = (table[:, place.settlement_slice].sum(axis=1) for table in result.places.astype(float))
    gained, forgotten = (
        np.cumsum(table[:, :, place.settlement_slice].sum(axis=2, dtype=float), axis=0) for table in result.ledger
    )
    sums = dict(zip(CAUSE_NAMES, (gained - forgotten if net else gained).T, strict=True))
    totals = {name: gained[:, CAUSE_NAMES.index(name)] for name in (*POPULATION_CAUSES, *FORGETTING)}
    parts = {name: sums[name] for name in CAUSE_NAMES if name not in totals}
    if net:
        parts[MEMORY] = sum(totals[name] for name in FORGETTING) + forgotten.sum(axis=1)
    else:
        parts |= {name: totals[name] for name in FORGETTING}
    parts[POPULATION] = trust[0] + sum(totals[name] for name in POPULATION_CAUSES)
    return {
        name: float(np.mean(100.0 * np.asarray(one)[place.month_slice] / people[1:][place.month_slice]))
        for name, one in merge_small_causes(parts, place).items()
    }


def merge_small_causes(parts: Mapping[str, np.ndarray], place: PlaceAndMonth) -> dict[str, np.ndarray]:
    """Merge the causes listed in `MERGED_CAUSES` if the place is a single settlement."""
    merged: dict[str, np.ndarray] = {}
    for name, part in parts.items():
        label = name if place.settlement is None else MERGED_CAUSES.get(name, name)
        merged[label] = merged[label] + part if label in merged else part
    return merged


def cause_effects(pairs: Pairs, place: PlaceAndMonth, net: bool = True) -> list[CauseEffect]:
    """Return all parts of the effect on trust, the largest first, with p-values corrected together."""
    before, after = ([contributions(pair[side], place, net) for pair in pairs] for side in (0, 1))
    return effects_by_name(before, after)


def causes_since_start(results: Sequence[WorldResult], place: PlaceAndMonth, net: bool = True) -> list[CauseEffect]:
    """Return all parts of the change of trust since the start of the worlds as today, the largest first.

    At the start all causes are 0 and ``population`` is the whole of trust.
    """
    after = [contributions(result, place, net) for result in results]
    starts = [start_trust(result, place) for result in results]
    before = [dict.fromkeys(parts, 0.0) | {POPULATION: trust} for parts, trust in zip(after, starts, strict=True)]
    return effects_by_name(before, after)


def effects_by_name(before: Sequence[Mapping[str, float]], after: Sequence[Mapping[str, float]]) -> list[CauseEffect]:
    """Return the paired effect on each part between two sides, the largest first."""
    sides = {name: [[one[name] for one in side] for side in (before, after)] for name in before[0]}
    effects = corrected_together([paired(base, arm, scale=Scale("points")) for base, arm in sides.values()])
    parts = []
    for (name, (base, arm)), effect in zip(sides.items(), effects, strict=True):
        signs = tuple(int(np.sign(later - earlier)) for earlier, later in zip(base, arm, strict=True))
        parts.append(CauseEffect(name, effect, signs, effect.base))
    return sorted(parts, key=lambda one: -abs(one.effect.effect))


def total_effect(pairs: Pairs, place: PlaceAndMonth) -> Effect:
    """Return the effect on mean trust (0-100) in a place and period."""
    sides = ([monthly_trust(pair[side], place)[place.month_slice].mean() for pair in pairs] for side in (0, 1))
    return paired(*map(list, sides), scale=Scale("points"))


def change_since_start(results: Sequence[WorldResult], place: PlaceAndMonth) -> Effect:
    """Return the change of mean trust (0-100) in a place since the start of the worlds as today."""
    after = [monthly_trust(result, place)[place.month_slice].mean() for result in results]
    return paired([start_trust(result, place) for result in results], after, scale=Scale("points"))


def start_trust(result: WorldResult, place: PlaceAndMonth) -> float:
    """Return mean trust (0-100) at the start."""
    people, trust = result.places[:, 0, place.settlement_slice].sum(axis=1)
    return float(100.0 * trust / people)


def monthly_trust(result: WorldResult, place: PlaceAndMonth) -> np.ndarray:
    """Return mean trust (0-100) by month."""
    people, trust = (table[1:, place.settlement_slice].sum(axis=1) for table in result.places)
    return np.asarray(100.0 * trust / people)


def monthly_contribution(result: WorldResult, cause: str, place: PlaceAndMonth) -> np.ndarray:
    """Return the contribution of a cause to mean trust (points of 100) in each month, before forgetting."""
    people, change = (
        result.places[0, 1:, place.settlement_slice].sum(axis=1),
        result.ledger[0, :, CAUSE_NAMES.index(cause), place.settlement_slice],
    )
    return np.asarray(100.0 * change.sum(axis=1) / people)
