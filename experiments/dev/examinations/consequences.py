"""Consequences of decisions: annual counts in worlds with other cliques, or other police called by boards."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

import numpy as np

from experiments.narrative.labels import plain_number
from experiments.validation.experiment import estimate
from experiments.validation.study_tables import TABLES, Row, StudyWorld, head_of, rows_by_columns, star, worlds_of
from experiments.words.catalogue import meaning
from model.engine.fingerprint import fingerprint

WORLDS = worlds_of("consequences")
"""Worlds in addition to those of the decisions."""
SUMS: list[str] = TABLES["consequences"]["measures"]["sums"]
LEVELS: list[str] = TABLES["consequences"]["measures"]["levels"]
SHARES = LEVELS[3:]
"""Levels from 0 to 1."""
COLUMNS = (
    *("site", "world", "year", "measure", "value", "low", "high"),
    *("change", "change_low", "change_high", "twins", "code"),
)
AnnualCounts = dict[tuple[str, int, str], float]
"""Sum or level by world, year and measure."""


def annual_counts(world: str, columns: Mapping[str, Sequence[Any]], start: Any, years: Sequence[int]) -> AnnualCounts:
    """Return the sums and levels of a world in the given years since ``start``."""
    first = [month >= start for month in columns["month"]].index(True)
    counts: AnnualCounts = {}
    for year in years:
        months = slice(first + 12 * (year - 1), first + 12 * year)
        counts |= {
            (world, year, measure): float(np.nansum(columns[measure][months])) for measure in SUMS if measure in columns
        }
        counts |= {
            (world, year, measure): float(columns[measure][months][-1]) for measure in LEVELS if measure in columns
        }
    return counts


def rows_of(counts_by_site: Mapping[str, list[AnnualCounts]], base: str, years: Sequence[int]) -> Iterator[Row]:
    """Yield each measure with any value above 0 by site, year and world, with its change from the base."""
    for site, twins in counts_by_site.items():
        worlds = list(dict.fromkeys(world for world, _, _ in twins[0]))
        for year in years:
            for measure in (*SUMS, *LEVELS):
                if any(counts.get((world, year, measure), 0.0) > 0.0 for counts in twins for world in worlds):
                    for world in worlds:
                        yield row_of(site, twins, year, measure, world, base)


def row_of(site: str, twins: Sequence[AnnualCounts], year: int, measure: str, world: str, base: str) -> Row:
    """Return one row of the table; changes are those of paired runs."""
    values = [counts[world, year, measure] for counts in twins]
    value = estimate(values)
    change = estimate([a - counts[base, year, measure] for a, counts in zip(values, twins, strict=True)])
    ends = (value.value, value.low, value.high, change.value, change.low, change.high)
    return dict(zip(COLUMNS, (site, world, year, measure, *ends, len(twins), fingerprint()), strict=True))


def format_consequences(rows: Sequence[Row], names: Mapping[str, StudyWorld], scale: float) -> Iterator[str]:
    """Yield the table as text: one line per measure, one column per world, changes in per cent with interval."""
    yield from head_of("consequences", twins=rows[0]["twins"] if rows else 0, scale=scale)
    for (site, year), site_rows in rows_by_columns(rows, "site", "year").items():
        base, *others = dict.fromkeys(row["world"] for row in site_rows)
        for worlds in ([base, *batch] for batch in batched(others, 5)):
            yield f"\n{site}, year / año {year}".ljust(66) + "".join(f"{names[world].en:>24}" for world in worlds)
            for (measure,), measure_rows in rows_by_columns(site_rows, "measure").items():
                cells = {row["world"]: row for row in measure_rows}
                row_cells = "".join(f"{format_change(cells[world], cells[base]):>24}" for world in worlds)
                yield f"  {meaning(measure, 'en')[:62]}".ljust(65) + row_cells


def format_change(row: Row, base: Row) -> str:
    """Return the value of the base, or the change of another world in points (shares) or per cent."""
    share = row["measure"] in SHARES
    if row is base:
        return f"{row['value']:.3f}" if share else plain_number(row["value"])
    unit = 100.0 if share else 100.0 / base["value"] if base["value"] else np.nan
    if np.isnan(unit):
        return f"{row['value']:.3g}"
    return f"{unit * row['change']:+.1f} [{unit * row['change_low']:.0f}, {unit * row['change_high']:.0f}]{star(row)}"
