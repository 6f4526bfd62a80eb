"""Criteria in the status quo over what nobody has measured: one number at a time at the ends of its swept range."""

import math
from collections.abc import Iterator, Mapping

from experiments.comparison.criteria_effects import SITES
from experiments.validation.criteria import (
    STATED,
    STATUS_QUO,
    CriteriaWorld,
    Table,
    answer,
    last_months,
    mean_of,
    table_of,
)
from model.measures.criteria import CRITERIA, GRADES, grade_index

YEARS, SEEDS = 3.0, 2
RANGES: dict[str, list[float]] = STATED["ranges"]
type Ends = Mapping[tuple[str, float], Table]
"""Criteria by number and value, at one site."""


def show_ranges(*, years: float, replicates: int, workers: int, scale: float = 1.0) -> None:
    """Run the status quo of both sites with each number at either end, and print how far the criteria go."""
    for site in SITES:
        base = table_of(last_months(site, STATUS_QUO, years, replicates, workers, scale))
        ends = {
            (name, value): table_of(last_months(site, world_of(name, value), years, replicates, workers, scale))
            for name, both in RANGES.items()
            for value in both
        }
        print("\n".join(lines_of(site, base, ends, years, replicates)))


def world_of(name: str, value: float) -> CriteriaWorld:
    """Return the status quo with one number otherwise."""
    return CriteriaWorld(f"{name} = {value:g}", (), (f"{name}={value!r}",))


def lines_of(site: str, base: Table, ends: Ends, years: float, seeds: int) -> Iterator[str]:
    """Yield how far each criterion goes at one site, between which words, and what takes it there."""
    yield f"{site}: criteria after {years:g} years over the ranges of what is assumed, one number at a time,"
    yield f"{seeds} twins: status quo, lowest and highest mean, and the number that leads there; then every change"
    for name in CRITERIA:
        means = {key: mean_of(table[name]) for key, table in ends.items()}
        known = {key: value for key, value in means.items() if not math.isnan(value)}
        now = mean_of(base[name])
        if not known or math.isnan(now):
            yield f"  {name:15} null: too few events"
            continue
        low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        told = " to ".join(
            f"{known[key]:.2f} {GRADES[grade_index(known[key])]} ({key[0]} {key[1]:g})" for key in (low, high)
        )
        yield f"  {name:15}{now:.2f} {GRADES[grade_index(now)]}: {told}"
    yield "".join(["  ", "change ± error".ljust(32), *(name.rjust(16) for name in CRITERIA)])
    for (number, value), table in ends.items():
        cells = (answer(base, table, name) for name in CRITERIA)
        yield f"  {f'{number} {value:g}':32}" + "".join(
            ("-" if math.isnan(change) else f"{change:+.3f} ±{error:.3f}").rjust(16) for change, error in cells
        )
    yield ""
