"""Keyed random numbers: each is a pure function of (seed, decision, tick, who, nth).

The generator is Philox 4x32 with ten rounds (Salmon et al. 2011, doi 10.1145/2063384.2063405).
"""

import math
import zlib

import numpy as np
from numba import int64

from model.engine.kernels import scalar_kernel
from model.engine.rows import int64_constant

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_HIGH_BITS, _MIDDLE_BITS = np.uint64(5), np.uint64(6)


@scalar_kernel("UniTuple(u8, 4)(u8, u8, u8, u8, u8, u8)", inline=True)
def philox4x32(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four 32-bit words from a counter of four words and a key of two.

    >>> zero = np.uint64(0)
    >>> [f"{int(word):08x}" for word in philox(zero, zero, zero, zero, zero, zero)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        product0, product1 = _M0 * c0, _M1 * c2
        c0, c2 = (product1 >> _HALF) ^ c1 ^ k0, (product0 >> _HALF) ^ c3 ^ k1
        c1, c3 = product1 & _LOW, product0 & _LOW
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@scalar_kernel("float64(int64,int64,int64,int64,int64)", inline=True)
def keyed_uniform(seed: int, decision: int, tick: int, who: int, nth: int) -> float:
    """Luck in [0, 1) of this decision: 53 bits, the same for the same five words (each below 2**32)."""
    w0, w1, _, _ = philox4x32(
        np.uint64(decision),
        np.uint64(tick),
        np.uint64(who),
        np.uint64(nth),
        np.uint64(seed & 0xFFFFFFFF),
        np.uint64(seed >> 32),
    )
    drawn: float = (int64(w0 >> _HIGH_BITS) * 67108864.0 + int64(w1 >> _MIDDLE_BITS)) / 9007199254740992.0
    return drawn


@scalar_kernel("int64(float64,float64)")
def poisson_quantile(u: float, mean: float) -> int:
    """Poisson number with this mean that belongs to luck u, by inversion; exact for means below 700.

    >>> [int(poisson(u, 2.0)) for u in (0.0, 0.5, 0.99)]
    [0, 2, 6]
    """
    term = math.exp(-mean)
    reached = term
    count = 0
    while u >= reached and term > 0.0:
        count += 1
        term *= mean / count
        reached += term
    return count


@scalar_kernel("float64(float64)")
def logistic(x: float) -> float:
    """Probability that belongs to log-odds x.

    >>> float(logistic(0.0))
    0.5
    """
    return 1.0 / (1.0 + math.exp(-x))


_stream_names: dict[int, str] = {}


def stream_id(name: str) -> int:
    """Number of a decision, from its name alone, so that a new mechanism moves no other's luck."""
    number = zlib.crc32(name.encode())
    if _stream_names.setdefault(number, name) != name:
        raise ValueError(f"decisions {_stream_names[number]!r} and {name!r} share number {number}: rename one")
    return int64_constant(number)
