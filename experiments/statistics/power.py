"""Plan the number of paired runs that detects an effect, from the spread of a pilot."""

import math
from bisect import bisect_left

from experiments.statistics.paired_effects import POWER, smallest_effect
from experiments.statistics.verdicts import MIN_RUNS
from model.engine.errors import InputError

MIN_PILOT, MAX_PAIRS = 2, 1_000_000
SPREAD_FACTOR = 1.4
"""Factor for the spread of a pilot: that of eight runs is 0.3 to 0.9 of the true one in the median (decisions/0027)."""


class NoPlan(InputError):
    """No number of pairs can be planned; ``kind`` is `pilot`, `alike` or `many`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def planned_spread(spread: float, floor: float) -> float:
    """Return the spread to plan with: that of a pilot times `SPREAD_FACTOR`, at least the floor of the measure."""
    return max(SPREAD_FACTOR * spread, floor)


def pairs_needed(spread: float, size: float, power: float = POWER) -> int:
    """Return the number of twins that detects an effect of this size with this power, at least `MIN_RUNS`.

    >>> pairs_needed(1.0, 1.0), pairs_needed(1.0, 0.5)
    (10, 34)
    """
    if math.isnan(spread):
        raise NoPlan("pilot", "--plan needs a pilot of at least 2 twin worlds: give --replicates 2 or more")
    if spread == 0.0:
        reason = f"--plan {size:g}: no pair of the pilot's twins differs, so no number of twins can be planned"
        raise NoPlan("alike", reason)
    numbers = range(MIN_RUNS, MAX_PAIRS + 1)  # fewer get no verdict
    place = bisect_left(numbers, True, key=lambda n: smallest_effect(spread, n, power) <= size)
    if place == len(numbers):
        raise NoPlan("many", f"--plan {size:g}: more than {MAX_PAIRS:,} twins would be needed")
    return numbers[place]
