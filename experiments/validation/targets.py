"""Targets: measured quantities, each with its role and its uncertainty; also from a user's monthly series."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from experiments.emulation.history_matching import Target
from experiments.statistics.annual_aggregation import MONTHS
from experiments.validation.against import LONGEST_RUN, MONTH_COLUMN, Series
from experiments.validation.orders import Order, orders
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError

ENTRIES = toml_beside(__file__)
Role = Literal["calibrated", "held out", "input", "echo"]
ROLES: tuple[str, ...] = get_args(Role)
UNMEASURED_WORDS = ("assumed", "to verify", "our own")
"""Words in the evidence of a row that has not been measured."""
BAND_SDS = 4.0
"""Width of a band in standard deviations."""


@dataclass(frozen=True)
class MeasuredTarget:
    """An order of magnitude at one site, with its role."""

    site: str
    order: Order
    role: Role
    discrepancy: float

    @property
    def name(self) -> str:
        """Name by site and row."""
        return f"{self.site}: {self.order.name.strip()}"

    @property
    def band(self) -> tuple[float, float, float]:
        """Low, central and high."""
        return self.order.bands[self.site]

    @property
    def target(self) -> Target:
        """Value with the variances of observation and discrepancy."""
        low, central, high = self.band
        variance = ((high - low) / BAND_SDS) ** 2
        return Target(self.name, central, (1.0 - self.discrepancy) * variance, self.discrepancy * variance)

    @property
    def is_count(self) -> bool:
        """True if it counts events of the whole municipality."""
        return self.order.expression is not None and self.order.expression.is_count

    def of(self, months: pd.DataFrame, scale: float = 1.0) -> float:
        """Return the value in the last twelve months of a run, or in the year to which the band refers.

        ``scale`` is the scale of the town; counts are extrapolated to the whole town.
        """
        assert self.order.expression is not None
        selected = months.sort_values("month").tail(MONTHS)
        if self.order.year:
            selected = months[pd.to_datetime(months["month"]).dt.year == self.order.year]
        value = self.order.expression.of(selected) if len(selected) else math.nan
        return value / scale if self.is_count else value


def measured_targets(sites: tuple[str, ...], *roles: str) -> list[MeasuredTarget]:
    """Return the targets of some sites, in some roles if any is named; rows without a band are left out."""
    rows = {order.name.strip(): order for order in orders() if order.expression is not None}
    targets = []
    for site in sites:
        for entry in ENTRIES["target"]:
            order = rows[entry["name"]]
            band = order.bands.get(site)
            if band and band[2] > band[0] and (not roles or entry["role"] in roles):
                targets.append(MeasuredTarget(site, order, entry["role"], entry["discrepancy"]))
    return targets


def not_measured() -> dict[str, str]:
    """Return the reason why a row of orders of magnitude is no target, by name."""
    targets = {target["name"] for target in ENTRIES["target"]}
    reasons = {}
    for order in orders():
        if (name := order.name.strip()) not in targets:
            is_unmeasured = any(word in order.evidence for word in UNMEASURED_WORDS)
            reasons[name] = "nobody has measured it" if is_unmeasured else ENTRIES["not_measured"][name]
    return reasons


MIN_MONTHS = 2
"""Fewest months for an estimate of the error of a mean."""


@dataclass(frozen=True)
class OwnSeries:
    """A user's monthly series, its scenario, and the discrepancy.

    ``discrepancy`` is the standard deviation of the model error at the best parameters, as a share (0-1) of each
    number.
    """

    series: Series
    scenario: str
    discrepancy: float

    def __post_init__(self) -> None:
        if not 0.0 < self.discrepancy <= 1.0:
            raise InputError(f"--discrepancy must lie above 0 and up to 1, got {self.discrepancy:g}")
        months = (self.series.last - self.series.table.index[0]).n + 1
        if months > LONGEST_RUN:
            raise InputError(f"{self.series.file}: must span at most 100 years, got {months} months")
        _ = list(self.targets())  # raises errors before any run starts

    @property
    def place(self) -> str:
        """Name of the runs that are compared with it."""
        return f"{self.scenario}, {self.series.file}"

    @property
    def start(self) -> str:
        """First day of the runs: that of the first month of the series."""
        return str(self.series.table.index[0].start_time.date())

    @property
    def until(self) -> str:
        """Day on which the runs end."""
        return str((self.series.last + 1).start_time.date())

    def targets(self) -> Iterator["SeriesTarget"]:
        """Yield a target for each column; raise InputError if a column has too little data."""
        for name in self.series.table.columns:
            given = self.series.table[name].dropna()
            if len(given) < MIN_MONTHS:
                raise InputError(f"{self.series.file}: {name} must have at least {MIN_MONTHS} months, as its error"
                                 f" is taken from them, got {len(given)}")  # fmt: skip
            target = SeriesTarget(self.place, str(name), given, self.discrepancy)
            if not target.target.variance > 0.0:
                raise InputError(f"{self.series.file}: {name} is 0 in every month, so nothing can be fitted to it")
            yield target


@dataclass(frozen=True)
class SeriesTarget:
    """A measure with a known mean over some months."""

    site: str
    measure: str
    given: pd.Series
    discrepancy: float

    @property
    def name(self) -> str:
        """Name by place and measure."""
        return f"{self.site}: {self.measure}"

    @property
    def target(self) -> Target:
        """Value with the variances of observation (of a mean over months) and of discrepancy."""
        value = float(self.given.mean())
        observation = float(self.given.var(ddof=1)) / len(self.given)
        return Target(self.name, value, observation, (self.discrepancy * value) ** 2)

    def of(self, months: pd.DataFrame, scale: float = 1.0) -> float:
        """Return the mean of a run over the months of the series; NaN if it has none of them.

        ``scale`` must be 1: a series counts a whole town.
        """
        assert scale == 1.0
        periods = pd.PeriodIndex(pd.to_datetime(months[MONTH_COLUMN]), freq="M")
        return float(months.loc[periods.isin(self.given.index), self.measure].astype(float).mean())
