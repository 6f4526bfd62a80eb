"""Factors of a study: grids of values, and ranges that are sampled by a design."""

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.storage.run_spec import parameter_value
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import all_parameters, checked_value
from model.engine.plausible import FACTOR, Scale, plausible_range, value_between
from model.engine.scenario import Scenario
from scenarios.groups import declared_groups, find_parameter
from scenarios.policy_files import checked_finite
from scenarios.ranges import TOWN_GROUPS, dotted_group, matching_parameters

STATED, PLAUSIBLE = "stated", "plausible"
"""Keywords for the valid range of a parameter, and for the plausible range of an unmeasured one."""
SIGNIFICANT_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Range:
    """Range of a parameter, and the scale on which it is sampled uniformly."""

    low: float
    high: float
    scale: Scale = "linear"
    whole: bool = False

    def value(self, share: float) -> float | int:
        """Return the value at a share (0-1) of the range, in few digits so that it can be read and typed.

        >>> Range(low=0.0, high=3.0).value(1 / 3), Range(low=1, high=3, whole=True).value(0.99)
        (1.0, 3)
        >>> Range(low=0.01, high=100.0, scale="log").value(0.5)
        1.0
        """
        if self.whole:
            return min(int(self.low + math.floor(share * (self.high - self.low + 1))), int(self.high))
        exact = value_between(self.low, self.high, self.scale, share)
        return min(max(float(f"{exact:.{SIGNIFICANT_DIGITS}g}"), self.low), self.high)


@dataclass(frozen=True)
class StudyFactors:
    """Grids and ranges by dotted name of the parameter."""

    grids: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all varied parameters: grids, then ranges."""
        return (*self.grids, *self.ranges)

    def grid_points(self) -> Iterator[dict[str, Any]]:
        """Yield every combination of the grids."""
        for values in itertools.product(*self.grids.values()):
            yield dict(zip(self.grids, values, strict=True))


def read_factors(file: str, vary: Mapping[str, Any], fixed: Collection[str] = ()) -> StudyFactors:
    """Return the factors in [vary]; an entry for a whole mechanism skips its fixed parameters."""
    grids: dict[str, tuple[Any, ...]] = {}
    ranges: dict[str, Range] = {}
    entries = flat_items(vary, leaf=("low", "high"))
    for name, value in sorted(entries, key=lambda entry: entry[1] in (STATED, PLAUSIBLE)):  # whole mechanisms last
        try:
            if isinstance(value, list):
                grids[name] = grid_of(name, value)
            else:
                entry_ranges = dict(ranges_of(name, value))
                ranges |= {
                    parameter: ranges.get(parameter, span)
                    for parameter, span in entry_ranges.items()
                    if parameter == name or parameter not in fixed
                }
        except InputError as reason:
            raise InputError(f"{file}: [vary] {reason}") from None
    return StudyFactors(grids, {name: span for name, span in ranges.items() if name not in grids})


def flat_items(values: Mapping[str, Any], above: str = "", leaf: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the values of nested tables by dotted key; both notations are equivalent in TOML.

    A table with one of the keys of a ``leaf`` is a value.
    """
    for key, value in values.items():
        if isinstance(value, Mapping) and not set(value) & set(leaf):
            yield from flat_items(value, f"{above}{key}.", leaf)
        else:
            yield above + key, value


def grid_of(name: str, values: list[Any]) -> tuple[Any, ...]:
    """Return the values of a grid, converted to the parameter's type; raise InputError if one is invalid."""
    if not values:
        raise InputError(f"{name} has no value to take")
    if name.startswith("mechanisms."):
        return tuple(values)
    for one in values:
        if isinstance(one, float):  # a grid may hold words, too
            checked_finite(name, one)
    group, key = find_parameter(name)
    about = group.parameter_specs().get(key)
    return tuple(values if about is None else (checked_value(name, one, group.kind(key), about) for one in values))


def ranges_of(name: str, value: Any) -> Iterator[tuple[str, Range]]:
    """Yield the ranges of one entry; raise InputError if it is invalid."""
    if value == STATED:
        for one, about in matching_parameters(name):
            yield one, checked_range(one, about.low, about.high)
    elif value == PLAUSIBLE:
        yield from plausible_ranges(name)
    elif isinstance(value, Mapping):
        for key in value:
            if key not in ("low", "high", "log"):
                raise InputError(f"{name} has no '{key}'{suggest_nearest(key, ['low', 'high', 'log'])}")
        if not {"low", "high"} <= set(value):
            raise InputError(f"{name} must state both low and high, got {dict(value)!r}")
        low, high = (checked_finite(name, value[end]) for end in ("low", "high"))
        yield name, checked_range(name, low, high, "log" if value.get("log") else "linear")
    else:
        raise InputError(f'{name} must be a list, {{ low, high }}, "{STATED}" or "{PLAUSIBLE}", got {value!r}')


def plausible_ranges(name: str, factor: float = FACTOR) -> Iterator[tuple[str, Range]]:
    """Yield the plausible ranges of the unmeasured parameters in a name, a group or `*`; raise InputError if none.

    Where the source of a parameter states no range, its ends are ``factor`` away from the default.
    """
    any_found = False
    for one, about in matching_parameters(name):
        group, key = find_parameter(one)
        if found := plausible_range(getattr(group(), key), about, factor):
            any_found = True
            yield one, checked_range(one, found.low, found.high, found.scale)
    if not any_found:
        raise InputError(f'{name} has no value that nobody has measured; state its range or "{STATED}"')


def site_ranges(scenario: Scenario, factor: float = FACTOR) -> Iterator[tuple[str, Range]]:
    """Yield the plausible ranges of the site facts that nobody has measured, around their values in a scenario.

    Facts that shape the town are left out, as in `matching_parameters`.
    """
    declared_groups()
    for name, _, about in all_parameters():
        value = parameter_value(scenario, name)
        if dotted_group(name) in TOWN_GROUPS or not isinstance(value, (int, float)):
            continue
        if found := plausible_range(value, about, factor, "site"):
            yield name, checked_range(name, found.low, found.high, found.scale)


def checked_range(name: str, low: float, high: float, scale: Scale = "linear") -> Range:
    """Return a range; raise InputError unless it lies within the limits of the parameter."""
    group, key = find_parameter(name)
    about = group.parameter_specs().get(key)
    if about is None:
        raise InputError(f"{name} is no number and has no range")
    if not low < high:
        raise InputError(f"{name} must have low below high, got {low:g} and {high:g}")
    if scale == "log" and low * high <= 0.0:
        raise InputError(f"{name} must have both ends on one side of 0 with log, got {low:g} and {high:g}")
    kind = group.kind(key)
    ends = [checked_value(name, value, kind, about) for value in (low, high)]
    return Range(low=ends[0], high=ends[1], scale=scale, whole=kind is int)
