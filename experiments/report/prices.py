"""Prices of units given by the user, for costs in quetzales in a report; no price is built in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from experiments.comparison.headline_measures import BY_NAME, Headline, nearest_names
from experiments.comparison.practice_effects import PRACTICE
from experiments.narrative.report_reading import Site
from experiments.report.tables import COSTS
from experiments.words.bilingual import BilingualText
from model.engine.errors import InputError

PRICED_KINDS = ("year", "month")
"""Kinds of costs counted per year or month, which can have a price; a stock such as officers cannot."""
PRICED: dict[str, Headline] = {
    one.name: one for one in (*(BY_NAME[name] for name in COSTS), *PRACTICE["cost"]) if one.how in PRICED_KINDS
}
"""Costs that can have a price, by name."""


@dataclass(frozen=True)
class Prices:
    """Prices in quetzales per unit, by cost; costs without a price are shown in units only, and nothing is summed."""

    by_cost: Mapping[str, float] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        """Options of the command that state these prices."""
        return [f"--price {name}={price:g}" for name, price in self.by_cost.items()]

    @property
    def labels_and_prices(self) -> list[tuple[BilingualText, str]]:
        """Name of each cost with a price, and that price."""
        named = [(PRICED[name], price) for name, price in self.by_cost.items()]
        return [(one.label, f"Q {price:,.2f}") for one, price in named]

    def in_quetzales(self, site: Site, row: Any, column: str, sign: str = "") -> Markup:
        """Return one number of a cost in quetzales, on a separate line; empty if it has no price."""
        price = None if row is None else self.by_cost.get(row["measure"])
        if price is None:
            return Markup("")
        amount = site.numbers.show("effects", row.name, column, 0, sign, price)
        return Markup('<span class="cell">Q {}</span>').format(amount)


NO_PRICES = Prices()


def read_prices(words: Sequence[str]) -> Prices:
    """Return the prices given by `--price` options.

    Raises
    ------
    InputError
        If a cost is unknown, or a price is not a positive number.

    Examples
    --------
    >>> read_prices(["litres=9.5", "km=3"]).options
    ['--price litres=9.5', '--price km=3']
    """
    stated = {}
    for word in words:
        name, _, number = word.partition("=")
        if name not in PRICED:
            raise InputError(f"--price knows no cost '{name}'{nearest_names(name, PRICED)}")
        try:
            stated[name] = float(number)
        except ValueError:
            stated[name] = math.nan
        if not 0.0 < stated[name] < math.inf:
            raise InputError(f"--price wants COST=QUETZALES with a price above 0, got '{word}'")
    return Prices(stated)
