"""Draw keyed random numbers with plain integers (ODD section 2, Random numbers)."""

import math
import zlib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

WORD = 0xFFFFFFFF


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four words of Philox 4x32 after ten rounds.

    >>> [f"{word:08x}" for word in philox((0, 0, 0, 0), (0, 0))]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c2 = (product1 >> 32) ^ c1 ^ k0, (product0 >> 32) ^ c3 ^ k1
        c1, c3 = product1 & WORD, product0 & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


@cache
def number_of(name: str) -> int:
    """Number of a decision, from its name."""
    return zlib.crc32(name.encode())


def keyed_uniform(seed: int, name: str, tick: int, who: int, nth: int) -> float:
    """Return u⟨name; tick, who, nth⟩, in [0, 1)."""
    w0, w1, _, _ = philox((number_of(name), tick, who, nth), (seed & WORD, seed >> 32))
    return ((w0 >> 5) * 2**26 + (w1 >> 6)) / 2**53


def poisson(u: float, mean: float) -> int:
    """Return the smallest n with u < P(N <= n); with many digits where the first terms are smaller than any float."""
    if mean > 700.0:
        return big_poisson(Decimal(u), Decimal(mean))
    n, term = 0, math.exp(-mean)
    reached = term
    while u >= reached and term > 0.0:
        n += 1
        term *= mean / n
        reached += term
    return n


def big_poisson(u: Decimal, mean: Decimal) -> int:
    """Return the same with decimal numbers."""
    n, term = 0, (-mean).exp()
    reached = term
    while u >= reached:
        n += 1
        term *= mean / n
        reached += term
    return n


def pick[Thing](things: Sequence[Thing], u: float) -> Thing:
    """Return the thing of a list for the uniform number u."""
    return things[int(u * len(things))]


def pick_by_reach[Thing](places: Sequence[tuple[Thing, float]], u: float) -> Thing:
    """Return the first row whose cumulative weight is above u, else the last."""
    return next((place for place, reach in places if reach > u), places[-1][0])


def logit(u: float) -> float:
    """Log-odds of u, finite at both ends."""
    return math.log((u + 1e-12) / (1.0 - u + 1e-12))


def logistic(x: float) -> float:
    """Probability of log-odds x, which may be as low as numbers from all over their ranges bring about."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0
