"""A virtual experiment: the worlds that it compares, what it reads from them, and what was found outside the model."""

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
EXCHANGED = "another status quo"
"""The status quo of the next twin, with its random numbers."""
Status = Literal["set", "found", "given"]
Unit = Literal["ratio", "elasticity", "%", "points", "log points", "level", "minutes"]
ALIKE = 1e-9
LEAST_TWINS, LEAST_TWINS_RARE = 12, 24
"""Twins from which a verdict is given, and from which one on homicides, lynchings or wrongful detentions is."""
VARIED = 3
"""Twins of variants, which show how far a number hangs on sizes and get no verdict, and of what holds by identity."""
TOO_FEW = "too few twins"

Window = tuple[int, int]
"""First month, and the month before which it ends, counted from the start."""


class NotAvailable(Exception):
    """Raised for anything that an experiment needs and the model does not have."""


@dataclass(frozen=True)
class Published:
    """An interval that was measured elsewhere, with its source; ``prior`` where it is a wide prior and no gate."""

    low: float
    high: float
    source: str
    prior: bool = False

    def holds(self, value: float) -> bool:
        """Tell whether a number lies within it."""
        return self.low - ALIKE <= value <= self.high + ALIKE

    def compare(self, low: float, high: float) -> str:
        """Return whether an interval lies inside, outside, or neither (open).

        >>> published = Published(1.0, 2.0, "Q")
        >>> published.compare(1.2, 1.8), published.compare(2.1, 2.5), published.compare(1.8, 2.2)
        ('inside', 'outside', 'open')
        """
        if self.holds(low) and self.holds(high):
            return "inside"
        return "outside" if high < self.low - ALIKE or low > self.high + ALIKE else "open"


class RunTables:
    """Tables of one run: months, days by kind of crime, cells and offenders, each read when asked."""

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, or raise if this world has none."""
        path = self.folder / f"{self.run}.{name}.parquet"
        if not path.is_file():
            raise NotAvailable(f"runs have no table of {name}")
        return pd.read_parquet(path)

    @cached_property
    def months(self) -> pd.DataFrame:
        """All measures, a row a month."""
        return self.table("measures").sort_values("month").reset_index(drop=True)

    def column(self, name: str, window: Window) -> pd.Series:
        """Return a measure in a window; where the run is shorter, in the months nearest to it."""
        if name not in self.months:
            raise NotAvailable(f"no measure '{name}'")
        first, end = window
        last = len(self.months)
        first = min(first, last - 1)
        return self.months[name].iloc[first : max(first + 1, min(end, last))].astype(float)

    def total(self, names: Sequence[str], window: Window) -> float:
        """Return the sum of measures over a window; those that begin with - are subtracted."""
        signs = ((-1.0 if name.startswith("-") else 1.0, name.lstrip("-")) for name in names)
        return sum(sign * float(self.column(name, window).sum()) for sign, name in signs)

    def mean(self, name: str, window: Window) -> float:
        """Return the mean of a measure over a window."""
        return float(self.column(name, window).mean())

    def in_days(self, kinds: Sequence[str], first: int, end: int) -> int:
        """Return the crimes of some kinds from one day up to another."""
        rows = self.table("days")
        here = rows["kind"].isin(list(kinds)) & (rows["day"] >= first) & (rows["day"] < end)
        return int(rows.loc[here, "crimes"].sum())


@dataclass(frozen=True)
class Worlds:
    """The worlds of one seed by name; says which one is missing and why."""

    known: Mapping[str, RunTables]
    missing: Mapping[str, str]

    def __getitem__(self, name: str) -> RunTables:
        if name not in self.known:
            raise NotAvailable(self.missing.get(name, f"no world '{name}'"))
        return self.known[name]

    def trivial(self, instead: str) -> "Worlds":
        """Return the same with one world in the place of every other but the status quo."""
        names = {*self.known, *self.missing} - {BASE}
        return Worlds({BASE: self[BASE]} | dict.fromkeys(names, self[instead]), {})


Read = Callable[[Worlds], float]
"""From the twin worlds of one seed to one number."""
TURNS: dict[str, Callable[[float, float], float]] = {
    "times": lambda value, factor: value * factor,
    "to": lambda _, value: value,
    "keep": lambda replaced, share: 1.0 - share * (1.0 - replaced),
}
"""Ways in which a variant turns a value; of a share that is replaced, it may keep this share of what is not."""


@dataclass(frozen=True)
class Variant:
    """Values of behaviour under which an experiment is repeated: parameter or pattern, how it is turned, by what."""

    name: str
    turns: tuple[tuple[str, str, float], ...] = ()


CENTRAL = Variant("central")


@dataclass(frozen=True)
class ExperimentLine:
    """One number of an experiment, in a sentence, beside what was published.

    ``status`` says whether a parameter was set from it, it was found, or an input gives it; ``must`` that anything else
    is an error; ``trivial`` reads the world in which it has to fail, if it is not that of the experiment;
    ``outside`` says in English and Spanish what in the model takes it out of what was published, where it lies outside;
    ``rare`` that it counts homicides, lynchings or wrongful detentions, of which twelve twins see too few.
    """

    name: str
    en: str
    es: str
    unit: Unit
    read: Read
    _: KW_ONLY
    status: Status = "found"
    published: Published | None = None
    must: bool = False
    trivial: Read | None = None
    note: str = ""
    outside: Mapping[str, str] | None = None
    rare: bool = False

    @property
    def is_identity(self) -> bool:
        """True if the number follows from how the model is built, at any seed."""
        return self.must and self.status == "given"

    @property
    def least_twins(self) -> int:
        """Twins from which a verdict is given."""
        return 1 if self.is_identity else LEAST_TWINS_RARE if self.rare else LEAST_TWINS

    @property
    def nothing(self) -> float:
        """Value where nothing happens."""
        return 1.0 if self.unit == "ratio" else 0.0

    def fails(self, value: float) -> bool:
        """Tell whether a number would be no success: outside what was published, or nothing at all."""
        if self.published is not None:
            return not self.published.holds(value)
        return math.isnan(value) or abs(value - self.nothing) <= ALIKE

    def verdict(self, found: "Estimate") -> str:
        """Return how an interval over twins stands to what was published: inside, outside, or open if it is neither."""
        if math.isnan(found.value):
            return "not known"
        if self.published is None:
            return "no published value"
        if found.n < self.least_twins:
            return TOO_FEW
        inside = self.published.compare(found.low, found.high)
        return f"prior only ({inside})" if self.published.prior else inside


@dataclass(frozen=True)
class Experiment:
    """Measurement of a study, repeated in twin worlds.

    ``worlds`` are the policies of each by name, or settings such as ``gangs.ms13=0``, beside the status quo;
    ``trivial`` is the world that has to fail when it takes the place of all others; ``weak`` tells whether it is
    repeated with three tenths of the sizes of rich countries.
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
    """The mean of a number over twins, with its 95 % interval over seeds."""

    value: float
    low: float
    high: float
    n: int


def estimate(numbers: Sequence[float]) -> Estimate:
    """Return mean and interval of a number known seed by seed.

    >>> estimate([1.0, 1.0, math.nan])
    Estimate(value=1.0, low=1.0, high=1.0, n=2)
    """
    return Estimate(*mean_interval(numbers), len(known_values(numbers)))
