"""Plausible ranges of assumed parameters, apart from the limits within which a value is valid.

A study of what effects depend on draws all assumed parameters at once from these ranges.  A range follows from what the
source of the parameter says, else from its unit: nobody knows the value better than by a factor, two if not said
otherwise.
"""

import math
from dataclasses import dataclass
from typing import Literal

from model.engine.elementary import exp, log, power
from model.engine.parameters import ParameterSpec, Role

Scale = Literal["linear", "log", "logit"]
"""Scale on which values between the ends are equally plausible."""
ASSUMED = ("assumed", "swept", "not identified")
"""Words by which a source says that the value is assumed."""
FACTOR = 2.0


@dataclass(frozen=True)
class PlausibleRange:
    """Plausible ends of a parameter, the scale between them, and whether the source of the parameter states them.

    Where the source states none, the ends are a factor away from the default: nobody knows better.
    """

    low: float
    high: float
    scale: Scale
    stated: bool


def value_between(low: float, high: float, scale: Scale, share: float) -> float:
    """Return the value at a share (0-1) of the way between two ends, on a scale.

    >>> value_between(0.25, 4.0, "log", 0.5), value_between(-4.0, -0.25, "log", 0.5)
    (1.0, -1.0)
    >>> round(value_between(0.2, 0.8, "logit", 0.5), 6), value_between(1.0, 2.0, "linear", 0.25)
    (0.5, 1.25)
    """
    if scale == "log":
        return math.copysign(power(abs(low), 1.0 - share) * power(abs(high), share), low)
    if scale == "logit":
        ends = [log(end / (1.0 - end)) for end in (low, high)]
        return 1.0 / (1.0 + exp(-(ends[0] + share * (ends[1] - ends[0]))))
    return low + share * (high - low)


def plausible_range(
    default: float, spec: ParameterSpec, factor: float = FACTOR, role: Role = "behaviour"
) -> PlausibleRange | None:
    """Return the plausible range of a parameter; None for one that is measured, neutral or of another role.

    A range that the source states is taken as it is.  Else the odds of a share and the size of any other number lie
    within ``factor`` of the default, and a logarithm within that of the factor.  Ends are cut at the limits of
    validity.

    >>> spec = ParameterSpec("", "share", 0.0, 1.0, "assumed", "behaviour", None)
    >>> found = plausible_range(0.5, spec)
    >>> round(found.low, 3), round(found.high, 3), found.scale
    (0.333, 0.667, 'logit')
    >>> plausible_range(0.5, ParameterSpec("", "share", 0.0, 1.0, "E05", "behaviour", None)) is None
    True
    """
    if spec.role != role or not any(word in spec.source for word in ASSUMED) or spec.low >= spec.high:
        return None
    if spec.plausible:
        return range_within(*spec.plausible, "linear", True, spec)
    if spec.unit.startswith("log"):
        return range_within(default - log(factor), default + log(factor), "linear", False, spec)
    if spec.unit == "share" and 0.0 < default < 1.0:
        odds = default / (1.0 - default)
        low, high = (each / (1.0 + each) for each in (odds / factor, odds * factor))
        return range_within(low, high, "logit", False, spec)
    if default == 0.0 or (spec.unit == "share" and default == 1.0):
        return None  # a neutral value: something that the model leaves out, not a size that nobody knows
    low, high = sorted((default / factor, default * factor))
    if isinstance(default, int):
        return range_within(math.ceil(low), math.floor(high), "linear", False, spec)
    return range_within(low, high, "log", False, spec)


def range_within(low: float, high: float, scale: Scale, stated: bool, spec: ParameterSpec) -> PlausibleRange | None:
    """Return a range within the limits of validity; None where nothing of it is left."""
    low, high = max(low, spec.low), min(high, spec.high)
    if scale == "log" and low * high <= 0.0:
        scale = "linear"
    return PlausibleRange(low, high, scale, stated) if low < high else None
