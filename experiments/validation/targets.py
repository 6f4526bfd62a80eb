"""Targets: measured quantities, each with its role and its uncertainty."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from experiments.emulation.history_matching import Target
from experiments.statistics.annual_aggregation import MONTHS
from experiments.validation.orders import Order, orders
from experiments.words.toml_files import toml_beside

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
        expression = self.order.expression
        return expression is not None and bool(expression.sum) and not expression.per and not expression.per_mean

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
