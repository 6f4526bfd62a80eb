"""Bounds of effects from the extreme scenarios of the ceiling, as shown in a report."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from experiments.comparison.ceiling_effects import outcome_range, values_at_site
from experiments.narrative.number_format import Numbers
from experiments.narrative.report_reading import Site

RENAMED_COLUMNS = {"trust_mean": "trust"}
"""Ceiling columns whose name differs from their headline measure."""
RESIDENTS_PER_COUNT = 1e5
"""Counts of the ceiling are for so many residents."""


@dataclass(frozen=True)
class CeilingBounds:
    """Greatest fall and rise of one measure at one site, with their rows in the ceiling; None and 0 are today."""

    column: str
    low: int | None
    high: int | None
    scale: float
    span: tuple[float, float]


CEILING_MEASURES = {
    "trust": {"es": "confianza", "en": "trust", "digits": 2},
    "crimes": {"es": "delitos", "en": "crimes", "digits": 1},
    "homicides": {"es": "homicidios", "en": "homicides", "digits": 1},
}
"""Columns of the ceiling in the annex, with names and decimals."""


def ceiling_rows(numbers: Numbers, site: str) -> list[Any]:
    """Return the ceiling rows of one site."""
    return list(numbers.rows("ceiling", site=site).itertuples())


def ceiling_bounds(site: Site, measure: str) -> CeilingBounds | None:
    """Return the bounds of a measure among today and the extreme scenarios; None if these were not run."""
    column = RENAMED_COLUMNS.get(measure, measure)
    worlds = values_at_site(site.numbers.tables["ceiling"], site.name, column)
    found = outcome_range(zip(worlds, worlds.index, strict=True), None)
    if found is None or found[0] == found[1]:
        return None
    (least, low), (most, high) = found
    scale = 1.0
    if measure not in RENAMED_COLUMNS:
        scale = float(f"{site.residents / RESIDENTS_PER_COUNT:.4g}")  # rounded as it is shown
    return CeilingBounds(column, low, high, scale, (scale * least, scale * most))


def displayed_bound(site: Site, measure: str, which: str, digits: int) -> Markup:
    """Return the lower or upper bound of a measure as shown in the table of page one; today is 0."""
    bounds = ceiling_bounds(site, measure)
    if bounds is None:
        return Markup("–")
    row = getattr(bounds, which)
    return Markup("0") if row is None else site.numbers.show("ceiling", row, bounds.column, digits, "+", bounds.scale)
