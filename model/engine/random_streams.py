"""Keyed random numbers, so that runs with one seed share the draw of every decision.

A draw is a pure function of five integers: the seed of the run, the stream of the decision, the tick, the entity that
decides, and the number of the draw.  There is no generator state to advance.  It follows that

- two worlds with the same seed draw the same number for the same decision, even where they differ in others (common
  random numbers), so that differences between policies carry little noise;
- a new mechanism with a stream of its own changes no draw of any other mechanism.

Notes
-----
The generator is Philox 4x32 with ten rounds, a counter-based generator (Salmon et al. 2011, "Parallel random numbers:
as easy as 1, 2, 3", doi 10.1145/2063384.2063405).
"""

import zlib

import numpy as np
from numba import int64

from model.engine.elementary import exp, log
from model.engine.kernels import scalar_kernel
from model.engine.rows import int64_constant

UNIT_LOGISTIC_SCALE = 0.5513
"""Scale of a logistic distribution with standard deviation 1: sqrt(3) / pi to four digits."""
SMALLEST_UNIFORM = 1e-12
"""Added to a uniform and to its complement, so that their logarithms stay finite."""
_BITS_26, _BITS_53 = 67108864.0, 9007199254740992.0
"""2**26 and 2**53."""
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_HIGH_BITS, _MIDDLE_BITS = np.uint64(5), np.uint64(6)


@scalar_kernel("UniTuple(u8, 4)(u8, u8, u8, u8, u8, u8)", inline=True)
def philox4x32(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return four random 32-bit words for a counter of four words and a key of two.

    >>> zero = np.uint64(0)
    >>> [f"{int(word):08x}" for word in philox4x32(zero, zero, zero, zero, zero, zero)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        product0, product1 = _M0 * c0, _M1 * c2
        c0, c2 = (product1 >> _HALF) ^ c1 ^ k0, (product0 >> _HALF) ^ c3 ^ k1
        c1, c3 = product1 & _LOW, product0 & _LOW
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@scalar_kernel("float64(int64,int64,int64,int64,int64)", inline=True)
def keyed_uniform(seed: int, stream: int, tick: int, entity: int, draw: int) -> float:
    """Return a uniform random number in [0, 1) with 53 random bits; equal keys give equal numbers.

    Parameters
    ----------
    seed
        Seed of the run, 0 to 2**63 - 1.
    stream
        Number of the decision, from `stream_id`.
    tick
        Shift in which the decision is taken, or any other number of time.
    entity
        Number of the resident, officer, event, … that the decision concerns.
    draw
        Number of the draw within the decision, from 0.

    Notes
    -----
    The last four are words of 32 bits; higher bits of larger numbers collide.

    See Also
    --------
    stream_id : number of a stream.
    """
    w0, w1, _, _ = philox4x32(
        np.uint64(stream),
        np.uint64(tick),
        np.uint64(entity),
        np.uint64(draw),
        np.uint64(seed & 0xFFFFFFFF),
        np.uint64(seed >> 32),
    )
    # 27 bits of one word and 26 of the other: the 53 bits of a double's mantissa.
    drawn: float = (int64(w0 >> _HIGH_BITS) * _BITS_26 + int64(w1 >> _MIDDLE_BITS)) / _BITS_53
    return drawn


LARGEST_EXPONENT, SCALE_EXPONENT, TINY_TERM = 700.0, 200.0, 1e-200
"""exp(-700) is the smallest first term of a Poisson distribution; smaller ones are kept times powers of exp(200)."""


@scalar_kernel("int64(float64,float64)")
def poisson_quantile(u: float, mean: float) -> int:
    """Return the Poisson quantile of ``u``, by inversion.

    >>> [int(poisson_quantile(u, 2.0)) for u in (0.0, 0.5, 0.99)]
    [0, 2, 6]
    >>> [int(poisson_quantile(u, 5000.0)) for u in (0.01, 0.5, 0.99)]
    [4836, 5000, 5165]
    """
    # The first terms of a large mean are smaller than any number: they are kept times exp(left) while they are tiny.
    first = min(mean, LARGEST_EXPONENT)
    left = mean - first
    term = exp(-first)
    reached = term
    count = 0
    while (left > 0.0 or u >= reached) and term > 0.0:
        count += 1
        term *= mean / count
        reached += term
        if left > 0.0 and term > TINY_TERM:
            step = min(left, SCALE_EXPONENT)
            term, reached, left = term * exp(-step), reached * exp(-step), left - step
    return count


@scalar_kernel("float64(float64)")
def logistic(x: float) -> float:
    """Return the probability of log-odds ``x``, the inverse of the logit.

    >>> float(logistic(0.0))
    0.5
    """
    return 1.0 / (1.0 + exp(-x))


@scalar_kernel("float64(float64)")
def logistic_quantile(u: float) -> float:
    """Return the quantile of the standard logistic distribution, the log-odds of ``u``; finite at 0 and 1.

    Multiply by `UNIT_LOGISTIC_SCALE` for noise of standard deviation 1.

    >>> float(logistic_quantile(0.5))
    0.0
    """
    return log((u + SMALLEST_UNIFORM) / (1.0 - u + SMALLEST_UNIFORM))


def key_of_name(name: str) -> int:
    """Return the number of whatever has a name of its own, as the entity or the draw of `keyed_uniform`.

    >>> key_of_name("joint investigation begins")
    3521737515
    """
    return zlib.crc32(name.encode())


_stream_names: dict[int, str] = {}


def stream_id(name: str) -> int:
    """Return the number of a random stream, a hash of its name alone.

    Raises
    ------
    ValueError
        If another stream has the same number.
    """
    number = key_of_name(name)
    if _stream_names.setdefault(number, name) != name:
        raise ValueError(
            f"streams {_stream_names[number]!r} and {name!r} share the number {number}. Numbers must differ."
            " Rename the newer stream."
        )
    return int64_constant(number)
