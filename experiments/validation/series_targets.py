"""Targets from a user's monthly series: the mean of each column, with its uncertainty."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from experiments.emulation.history_matching import Target
from experiments.validation.against import LONGEST_RUN, MONTH_COLUMN, Series
from model.engine.errors import InputError

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
