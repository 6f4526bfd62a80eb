"""Exponential, logarithm and power with the same bits on every processor.

Libraries of mathematical functions (libm, numpy) choose another implementation where the processor has fused
multiply-add or wider registers, and its last bits may differ.  The functions here consist of sums, products, quotients
and shifts of bits alone, which IEEE 754 fixes to the last bit.  Compiled code and Python compute the same.

Notes
-----
The tables are rounded from decimal numbers of forty digits when the module is imported.  Over half a million
arguments, the largest error of `exp` was 0.51 units in the last place, that of `log` 0.57.

References
----------
P. T. P. Tang 1989, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic", doi
10.1145/63522.214389; P. T. P. Tang 1990, "Table-driven implementation of the logarithm function in IEEE floating-point
arithmetic", doi 10.1145/98267.98294.
"""

import math
from collections.abc import Iterable
from decimal import Context, Decimal

import numpy as np

from model.engine.kernels import kernel, scalar_kernel
from model.engine.rows import FloatArray

_DIGITS = Context(prec=40)
_LN_2 = _DIGITS.ln(Decimal(2))
LN_2 = float(_LN_2)
"""Natural logarithm of 2: turns a half-life h into the rate LN_2 / h."""


def _two_parts(numbers: Iterable[Decimal], bits: int) -> tuple[FloatArray, FloatArray]:
    """Return numbers rounded to ``bits`` binary places, and the rests."""
    unit = 1 << bits
    pairs = [(float(round(number * unit)) / unit, number) for number in numbers]
    return np.array([high for high, _ in pairs]), np.array([float(number - Decimal(high)) for high, number in pairs])


_STEPS, _STEP_BITS, _STEP_SHIFT, _MANTISSA_BITS, _EXPONENT_BIAS = 128, 7, 45, 52, 1023
"""Steps of the tables between a number and its double; where a step and the exponent stand in the bits of a number."""
_ROOT, _ROOT_REST = _two_parts((_DIGITS.power(2, Decimal(j) / _STEPS) for j in range(_STEPS)), _MANTISSA_BITS)
"""2**(j / 128)."""
_ROOT_OF_HALF_BITS = 0x3FE6A09E00000000
"""Bits of a number just below the root of one half."""
_CENTRE = (_ROOT_OF_HALF_BITS + (np.arange(_STEPS) << _STEP_SHIFT) + (1 << (_STEP_SHIFT - 1))).view(np.float64)
"""Middles of the steps between the root of one half and that of 2."""
_PER_CENTRE = 1.0 / _CENTRE
_LN, _LN_REST = _two_parts((_DIGITS.ln(Decimal(centre)) for centre in _CENTRE.tolist()), 42)
_HIGH, _REST = _two_parts((_LN_2, _LN_2 / _STEPS), 42)
_LN_2_HIGH, _LN_2_REST, _STEP, _STEP_REST = float(_HIGH[0]), float(_REST[0]), float(_HIGH[1]), float(_REST[1])
"""Logarithms of 2 and of its 128th root; products of the high parts with the whole numbers needed are exact."""
_PER_LN_STEP = float(_STEPS / _LN_2)
_ROUNDER = 1.5 * 2.0**52
"""Added and subtracted again, it rounds a number to the nearest whole one."""
_E3, _E4, _E5 = 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0
"""Coefficients of the series of exp(r)."""
_L3, _L4, _L5, _L6, _L7 = 1.0 / 3.0, -1.0 / 4.0, 1.0 / 5.0, -1.0 / 6.0, 1.0 / 7.0
"""Coefficients of the series of log(1 + g)."""
_A3, _A5, _A7, _A9, _A11, _A13 = 2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0, 2.0 / 9.0, 2.0 / 11.0, 2.0 / 13.0
"""Coefficients of the series of 2 artanh(s)."""
_LOWEST, _HIGHEST = -708.0, 709.0
"""Ends of the exponents that give numbers of full precision."""
_SMALLEST, _LIFT, _LIFT_BITS, _NEAR_ONE = 2.0**-1022, 2.0**54, 54, 1.0 / 16.0
"""The smallest number of full precision; factor for smaller ones; distance from 1 for which a series is used."""


@scalar_kernel("float64(float64)")
def exp(x: float) -> float:
    """Return e to the power ``x``: 0 for ``x`` below -708, infinite above 709.

    >>> exp(0.0), exp(1.0), exp(-1000.0)
    (1.0, 2.718281828459045, 0.0)
    """
    if not _LOWEST <= x <= _HIGHEST:
        return 0.0 if x < _LOWEST else x * math.inf
    # exp(x) = 2**(n // 128) * 2**(n % 128 / 128) * exp(r), where |r| is at most log(2) / 256.
    steps = (x * _PER_LN_STEP + _ROUNDER) - _ROUNDER
    n = int(steps)
    r = (x - steps * _STEP) - steps * _STEP_REST
    z = r * r
    rest = r + z * ((0.5 + r * _E3) + z * (_E4 + r * _E5))
    root, root_rest = float(_ROOT[n & (_STEPS - 1)]), float(_ROOT_REST[n & (_STEPS - 1)])
    scale = np.int64(((n >> _STEP_BITS) + _EXPONENT_BIAS) << _MANTISSA_BITS).view(np.float64)
    return (root + (root_rest + root * rest)) * float(scale)


@scalar_kernel("float64(float64)")
def log(x: float) -> float:
    """Return the natural logarithm: minus infinity of 0, nan of negative numbers.

    >>> log(1.0), log(10.0), log(0.0)
    (0.0, 2.302585092994046, -inf)
    """
    k = 0
    if not _SMALLEST <= x < math.inf:
        if not 0.0 < x < math.inf:
            return x if x > 0.0 else -math.inf if x == 0.0 else math.nan
        x, k = x * _LIFT, -_LIFT_BITS
    f = x - 1.0
    if abs(f) < _NEAR_ONE:
        # log(1 + f) = 2 artanh(s), written as f less a small correction.
        s, half = f / (2.0 + f), 0.5 * f * f
        z = s * s
        rest = z * (_A3 + z * (_A5 + z * (_A7 + z * (_A9 + z * (_A11 + z * _A13)))))
        return f - (half - s * (half + rest))
    # x = 2**k * centre * (1 + g), where |g| is at most 1 / 256.
    bits = int(np.float64(x).view(np.int64))
    above = bits - _ROOT_OF_HALF_BITS
    shift, j = above >> _MANTISSA_BITS, (above >> _STEP_SHIFT) & (_STEPS - 1)
    part = float(np.int64(bits - (shift << _MANTISSA_BITS)).view(np.float64))
    g, n = (part - float(_CENTRE[j])) * float(_PER_CENTRE[j]), float(k + shift)
    z = g * g
    rest = z * ((-0.5 + g * _L3) + z * ((_L4 + g * _L5) + z * (_L6 + g * _L7)))
    return (n * _LN_2_HIGH + float(_LN[j])) + (g + (n * _LN_2_REST + float(_LN_REST[j]) + rest))


@scalar_kernel("float64(float64)")
def log1p(x: float) -> float:
    """Return the natural logarithm of 1 + ``x`` for finite ``x``, with an error below two units in the last place.

    >>> log1p(0.0), log1p(1e-20), log1p(-1.0)
    (0.0, 1e-20, -inf)
    """
    whole = 1.0 + x
    if whole == 1.0:
        return x
    if whole <= 0.0:
        return log(whole)
    # The last term is what rounding took from 1 + x.
    return log(whole) + (x - (whole - 1.0)) / whole


@scalar_kernel("float64(float64,float64)")
def power(base: float, exponent: float) -> float:
    """Return a positive number, or 0, to a power.

    The error is below two units in the last place, plus one for every unit of the result's logarithm.

    >>> power(4.0, 0.5), power(0.0, 0.5), power(0.0, 0.0)
    (2.0, 0.0, 1.0)
    """
    return exp(exponent * log(base)) if exponent != 0.0 else 1.0


def exp_of_each(numbers: FloatArray) -> FloatArray:
    """Return the exponential of every number of an array.

    >>> exp_of_each(np.array([[0.0], [1.0]])).tolist()
    [[1.0], [2.718281828459045]]
    """
    found = np.array(numbers, np.float64).ravel()
    replace_by_exp(found)
    return found.reshape(numbers.shape)


@kernel
def replace_by_exp(numbers: FloatArray) -> None:
    """Replace numbers by their exponentials."""
    for i in range(len(numbers)):
        numbers[i] = exp(numbers[i])


_CENTRAL = (
    (2509.0809287301226727, 5226.495278852854561),
    (33430.575583588128105, 28729.085735721942674),
    (67265.770927008700853, 39307.89580009271061),
    (45921.953931549871457, 21213.794301586595867),
    (13731.693765509461125, 5394.1960214247511077),
    (1971.5909503065514427, 687.1870074920579083),
    (133.14166789178437745, 42.313330701600911252),
    (3.387132872796366608, 1.0),
)
_TAIL = (
    (7.7454501427834140764e-4, 1.05075007164441684324e-9),
    (0.0227238449892691845833, 5.475938084995344946e-4),
    (0.24178072517745061177, 0.0151986665636164571966),
    (1.27045825245236838258, 0.14810397642748007459),
    (3.64784832476320460504, 0.68976733498510000455),
    (5.7694972214606914055, 1.6763848301838038494),
    (4.6303378461565452959, 2.05319162663775882187),
    (1.42343711074968357734, 1.0),
)
"""Coefficients of numerator and denominator, for quantiles in the middle and near the ends."""


def normal_quantile(share: float) -> float:
    """Return the quantile of the standard normal distribution for a share between 1e-11 and 1 - 1e-11.

    Notes
    -----
    M. J. Wichura 1988, "Algorithm AS241: The percentage points of the normal distribution", doi 10.2307/2347330.

    >>> normal_quantile(0.5), round(normal_quantile(0.975), 6), round(normal_quantile(0.01), 6)
    (0.0, 1.959964, -2.326348)
    """
    off = share - 0.5
    if abs(off) <= 0.425:
        return off * _ratio_of_polynomials(_CENTRAL, 0.180625 - off * off)
    return math.copysign(_ratio_of_polynomials(_TAIL, math.sqrt(-log(min(share, 1.0 - share))) - 1.6), off)


def _ratio_of_polynomials(coefficients: Iterable[tuple[float, float]], at: float) -> float:
    """Return the ratio of two polynomials of one variable, whose coefficients come in pairs from the highest power."""
    above = below = 0.0
    for of_above, of_below in coefficients:
        above, below = above * at + of_above, below * at + of_below
    return above / below
