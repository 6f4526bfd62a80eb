"""How many twins are needed to see an effect, from the spread of a pilot."""

import math

from experiments.runs.twins import POWER, smallest
from model.errors import InputError

FEWEST, MOST = 2, 1_000_000


def twins_needed(spread: float, size: float, power: float = POWER) -> int:
    """Return the number of twins with which an effect of this size is seen with this power.

    >>> twins_needed(1.0, 1.0), twins_needed(1.0, 0.5)
    (10, 34)
    """
    if not size > 0.0:
        raise InputError(f"--plan wants an effect larger than 0, got {size:g}")
    if not 0.5 <= power < 1.0:
        raise InputError(f"--power must lie in [0.5, 1), got {power:g}")
    if math.isnan(spread):
        raise InputError("--plan needs a pilot of at least 2 twin worlds: give --replicates 2 or more")
    if spread == 0.0:
        raise InputError(f"--plan {size:g}: no pair of the pilot's twins differs, so no number of twins can be planned")
    low, high = FEWEST, FEWEST
    while smallest(spread, high, power) > size:
        low, high = high, 2 * high
        if high > MOST:
            raise InputError(f"--plan {size:g}: more than {MOST:,} twins would be needed")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if smallest(spread, middle, power) <= size else (middle, high)
    return high
