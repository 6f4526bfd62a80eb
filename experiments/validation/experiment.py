"""Definition of a virtual experiment: its worlds, the numbers read from them, and the published values."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from experiments.statistics.paired_effects import known_values, mean_interval
from scenarios.timeline import BUILT_IN_SITES

SITES = BUILT_IN_SITES
BASE = "status_quo"
NEXT_STATUS_QUO = "another status quo"
"""Status quo of the next seed, with its random numbers."""
Status = Literal["set", "found", "given"]
Unit = Literal["ratio", "elasticity", "%", "points", "log points", "level", "minutes"]
TOLERANCE = 1e-9
MIN_TWINS, MIN_TWINS_RARE = 12, 24
"""Fewest pairs for a verdict; the second for homicides, lynchings and wrongful detentions."""
VARIANT_TWINS = 3
"""Pairs of variants, which show sensitivity and get no verdict, and of identities."""
TOO_FEW_TWINS = "too few twins"

Window = tuple[int, int]
"""First month and end month (excluded), counted from the start."""


class NotAvailable(Exception):
    """Raised if an experiment needs something that the model does not have."""


@dataclass(frozen=True)
class Published:
    """A published interval with its source; a ``prior`` is wide and decides no verdict."""

    low: float
    high: float
    source: str
    prior: bool = False

    def contains(self, value: float) -> bool:
        """Return whether a number lies within the interval."""
        return self.low - TOLERANCE <= value <= self.high + TOLERANCE

    def compare(self, low: float, high: float) -> str:
        """Return whether an interval lies inside, outside, or neither (open).

        >>> published = Published(1.0, 2.0, "Q")
        >>> published.compare(1.2, 1.8), published.compare(2.1, 2.5), published.compare(1.8, 2.2)
        ('inside', 'outside', 'open')
        """
        if self.contains(low) and self.contains(high):
            return "inside"
        return "outside" if high < self.low - TOLERANCE or low > self.high + TOLERANCE else "open"


class RunTables:
    """Tables of one run, read on demand: months, days by kind of crime, cells and offenders."""

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; raise NotAvailable if the run has none."""
        path = self.folder / f"{self.run}.{name}.parquet"
        if not path.is_file():
            raise NotAvailable(f"runs have no table of {name}")
        return pd.read_parquet(path)

    @cached_property
    def months(self) -> pd.DataFrame:
        """All measures, one row per month."""
        return self.table("measures").sort_values("month").reset_index(drop=True)

    def column(self, name: str, window: Window) -> pd.Series:
        """Return a measure in a window; if the run is shorter, in the nearest months."""
        if name not in self.months:
            raise NotAvailable(f"no measure '{name}'")
        first, end = window
        n_months = len(self.months)
        first = min(first, n_months - 1)
        return self.months[name].iloc[first : max(first + 1, min(end, n_months))].astype(float)

    def total(self, names: Sequence[str], window: Window) -> float:
        """Return the sum of measures over a window; those with a leading ``-`` are subtracted."""
        signs = ((-1.0 if name.startswith("-") else 1.0, name.lstrip("-")) for name in names)
        return sum(sign * float(self.column(name, window).sum()) for sign, name in signs)

    def mean(self, name: str, window: Window) -> float:
        """Return the mean of a measure over a window."""
        return float(self.column(name, window).mean())

    def in_days(self, kinds: Sequence[str], first: int, end: int) -> int:
        """Return the number of crimes of some kinds from day ``first`` to before day ``end``."""
        rows = self.table("days")
        selected = rows["kind"].isin(list(kinds)) & (rows["day"] >= first) & (rows["day"] < end)
        return int(rows.loc[selected, "crimes"].sum())


@dataclass(frozen=True)
class Worlds:
    """The worlds of one seed by name; reading a missing one raises NotAvailable with the reason."""

    tables: Mapping[str, RunTables]
    reasons: Mapping[str, str]

    def __getitem__(self, name: str) -> RunTables:
        if name not in self.tables:
            raise NotAvailable(self.reasons.get(name, f"no world '{name}'"))
        return self.tables[name]

    def replaced_by(self, name: str) -> "Worlds":
        """Return the worlds with every one but the status quo replaced by that of ``name``."""
        names = {*self.tables, *self.reasons} - {BASE}
        return Worlds({BASE: self[BASE]} | dict.fromkeys(names, self[name]), {})


Reader = Callable[[Worlds], float]
"""Function from the paired worlds of one seed to a number."""
VALUE_CHANGES: dict[str, Callable[[float, float], float]] = {
    "times": lambda value, factor: value * factor,
    "to": lambda _, value: value,
    "keep": lambda replaced, share: 1.0 - share * (1.0 - replaced),
}
"""Changes of a value by a variant; ``keep`` retains this share of the part that is not replaced."""


@dataclass(frozen=True)
class Variant:
    """Changed parameters of an experiment: each a name or pattern, a key of `VALUE_CHANGES`, and a number."""

    name: str
    changes: tuple[tuple[str, str, float], ...] = ()


CENTRAL = Variant("central")


@dataclass(frozen=True)
class ExperimentLine:
    """One number of an experiment, with its label and the published value.

    ``status``: a parameter was set from it, it was found, or an input gives it; ``must``: any other result is an error.
    ``trivial`` reads the world in which it must fail, if not that of the experiment; ``outside`` explains in English
    and Spanish why the model lies outside the published interval. ``rare``: it counts homicides, lynchings or wrongful
    detentions, of which twelve pairs have too few.
    """

    name: str
    en: str
    es: str
    unit: Unit
    read: Reader
    _: KW_ONLY
    status: Status = "found"
    published: Published | None = None
    must: bool = False
    trivial: Reader | None = None
    note: str = ""
    outside: Mapping[str, str] | None = None
    rare: bool = False

    @property
    def is_identity(self) -> bool:
        """True if the number follows from the construction of the model, at any seed."""
        return self.must and self.status == "given"

    @property
    def min_twins(self) -> int:
        """Fewest pairs for a verdict."""
        return 1 if self.is_identity else MIN_TWINS_RARE if self.rare else MIN_TWINS

    @property
    def no_effect(self) -> float:
        """Value without any effect."""
        return 1.0 if self.unit == "ratio" else 0.0

    def fails(self, value: float) -> bool:
        """Return whether a number is no success: outside the published interval, or without it no effect at all."""
        if self.published is not None:
            return not self.published.contains(value)
        return math.isnan(value) or abs(value - self.no_effect) <= TOLERANCE

    def verdict(self, result: "Estimate") -> str:
        """Return the verdict on an estimate: inside, outside or open, or the reason why there is none."""
        if math.isnan(result.value):
            return "not known"
        if self.published is None:
            return "no published value"
        if result.n < self.min_twins:
            return TOO_FEW_TWINS
        inside = self.published.compare(result.low, result.high)
        return f"prior only ({inside})" if self.published.prior else inside


@dataclass(frozen=True)
class Experiment:
    """Measurement of a study, repeated in paired runs.

    ``worlds`` maps names to policies, or settings such as ``gangs.ms13=0``, in addition to the status quo. ``trivial``
    is the world that must fail when it replaces all others. ``weak`` adds a repetition with 0.3 of the sizes of rich
    countries.
    """

    name: str
    en: str = ""
    es: str = ""
    measured: str = ""
    _: KW_ONLY
    worlds: Mapping[str, tuple[str, ...]]
    years: float
    lines: tuple[ExperimentLine, ...] = ()
    variants: tuple[Variant, ...] = (CENTRAL,)
    trivial: str | None = BASE
    weak: bool = True
    site: str = SITES[0]
    keep: str = ""


@dataclass(frozen=True)
class Estimate:
    """Mean of a number over paired runs, with its 95 % interval over seeds."""

    value: float
    low: float
    high: float
    n: int


def estimate(numbers: Sequence[float]) -> Estimate:
    """Return the mean and interval of a number known seed by seed; NaN are left out.

    >>> estimate([1.0, 1.0, math.nan])
    Estimate(value=1.0, low=1.0, high=1.0, n=2)
    """
    return Estimate(*mean_interval(numbers), len(known_values(numbers)))
