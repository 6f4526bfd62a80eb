"""How the worlds at the ends of what can happen stand in a report."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from experiments.report.numbers import Numbers
    from experiments.report.reading import Site


@dataclass(frozen=True)
class Shown:
    """A column of the ceiling: what it is called, and with how many decimals it is told."""

    es: str
    en: str
    digits: int


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
    "trust": Shown("confianza", "trust", 2),
    "crimes": Shown("delitos", "crimes", 1),
    "homicides": Shown("homicidios", "homicides", 1),
}


def worlds_at(numbers: "Numbers", site: str) -> list[Any]:
    """Return the rows of the worlds of one site."""
    return list(numbers.rows("ceiling", site=site).itertuples())


def ends_of(site: "Site", measure: str) -> Ends | None:
    """Return the ends of a measure among today and all worlds of the ceiling; None where they were not run."""
    column = TRUST.get(measure, measure)
    rows = site.numbers.rows("ceiling", site=site.name)
    if column not in rows:
        return None
    rows = rows[rows[column].notna()]
    if rows.empty:
        return None
    scale = 1.0 if measure in TRUST else float(f"{site.residents / RESIDENTS:.4g}")  # as it is told beside the number
    least, most = rows[column].min(), rows[column].max()
    if not max(most, 0.0) > min(least, 0.0):
        return None
    order = rows.sort_values(column).index.tolist()
    low, high = order[0] if least < 0.0 else None, order[-1] if most > 0.0 else None
    return Ends(column, low, high, scale, (scale * min(least, 0.0), scale * max(most, 0.0)))


def shown_end(site: "Site", measure: str, which: str, digits: int) -> Markup:
    """Return the lower or upper end of a measure as the table of page one tells it; today is 0."""
    ends = ends_of(site, measure)
    if ends is None:
        return Markup("–")
    row = getattr(ends, which)
    return Markup("0") if row is None else site.numbers.show("ceiling", row, ends.column, digits, "+", ends.scale)
