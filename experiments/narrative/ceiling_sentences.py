"""Ends of what the model can show, as a report states them."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from experiments.comparison.ceiling_effects import outcome_range, worlds_at
from experiments.narrative.number_format import Numbers
from experiments.narrative.report_reading import Site

TRUST = {"trust_mean": "trust"}
"""Columns of the ceiling that are not called like their headline measure."""
RESIDENTS = 1e5
"""For so many residents counts of the ceiling are told."""


@dataclass(frozen=True)
class Ends:
    """The most that the model can lower and raise one measure at one site, with the rows that say so; 0 is today."""

    column: str
    low: int | None
    high: int | None
    scale: float
    span: tuple[float, float]


MEASURES = {
    "trust": {"es": "confianza", "en": "trust", "digits": 2},
    "crimes": {"es": "delitos", "en": "crimes", "digits": 1},
    "homicides": {"es": "homicidios", "en": "homicides", "digits": 1},
}
"""Columns of the ceiling in the annex: their names, and the decimals of their numbers."""


def rows_at(numbers: Numbers, site: str) -> list[Any]:
    """Return the rows of the worlds of one site."""
    return list(numbers.rows("ceiling", site=site).itertuples())


def ends_of(site: Site, measure: str) -> Ends | None:
    """Return the ends of a measure among today and all worlds of the ceiling; None where they were not run."""
    column = TRUST.get(measure, measure)
    worlds = worlds_at(site.numbers.tables["ceiling"], site.name, column)
    found = outcome_range(zip(worlds, worlds.index, strict=True), None)
    if found is None or found[0] == found[1]:
        return None
    (least, low), (most, high) = found
    scale = 1.0 if measure in TRUST else float(f"{site.residents / RESIDENTS:.4g}")  # as it is told beside the number
    return Ends(column, low, high, scale, (scale * least, scale * most))


def shown_end(site: Site, measure: str, which: str, digits: int) -> Markup:
    """Return the lower or upper end of a measure as the table of page one tells it; today is 0."""
    ends = ends_of(site, measure)
    if ends is None:
        return Markup("–")
    row = getattr(ends, which)
    return Markup("0") if row is None else site.numbers.show("ceiling", row, ends.column, digits, "+", ends.scale)
