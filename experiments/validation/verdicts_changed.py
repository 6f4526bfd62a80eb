"""Compare verdicts by ranks, as in earlier versions, with those of the present rule: `python -m` this module.

It reads the stored comparison, whose tables hold both the limits by ranks and the means with their errors.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.effect_verdicts import with_verdict_columns
from experiments.narrative.number_format import reported_years
from experiments.statistics.verdicts import ALPHA, direction, judge
from experiments.storage.manifest import read_manifest
from experiments.validation.study_tables import write_text

OUT, NAME = Path("results") / "reference", "verdicts_changed"
REPORT = OUT / "report"
MIN_RANKS = 6
REASONS = {
    "less than matters": "the same sign, but within delta",
    "chance": "the interval of the mean holds 0",
    "many rows": "one of many rows: not told after the correction",
    "floor": "the spread lies below the floor: practically nothing, or open",
    "other sign": "the mean has another sign than the ranks",
    "nothing": "not told before; the whole interval lies within delta",
    "told": "not told by ranks; the mean is told",
    "same": "the same verdict",
}


def verdict_by_ranks(row: Any) -> str:
    """Return the verdict by ranks of earlier versions on a row."""
    if row.typical != row.typical:
        return "missing"
    if row.n < MIN_RANKS:
        return "few"
    if row.same == row.n:
        return "alike"
    if not (row.typical_low > 0.0 or row.typical_high < 0.0):
        return "open"
    return "rises" if row.typical > 0.0 else "falls"


def reason(row: Any, before: str, after: str) -> str:
    """Return the reason of a changed verdict, a key of `REASONS`."""
    direction_before, direction_after = {"rises": 1, "falls": -1}.get(before, 0), direction(after)
    if before == after:
        return "same"
    if before == "alike":
        return "floor"
    if direction_before and direction_after:
        return "less than matters" if direction_before == direction_after else "other sign"
    if direction_before:
        return (
            "many rows"
            if row.p <= ALPHA < row.adjusted
            else "floor"
            if row.error**2 * row.n < row.floor**2
            else "chance"
        )
    return "told" if direction_after else "nothing" if after == "nothing" else "same"


def compare_verdicts(folder: Path) -> pd.DataFrame:
    """Return every effect within a site of a stored comparison, with both verdicts and the reason of a change."""
    years = reported_years(read_manifest(folder))
    table = with_verdict_columns(pd.read_parquet(folder / "effects.parquet"), years)
    table = table[table["site"] == table["base_site"]]
    rows = []
    for row in table.itertuples():
        before, after = verdict_by_ranks(row), judge(row)
        identity = {"section": row.section, "measure": row.measure, "site": row.site, "policy": row.against}
        rows.append(identity | {"before": before, "after": after, "why": reason(row, before, after)})
    return pd.DataFrame(rows)


def format_changes(table: pd.DataFrame, years: float, n: int) -> Iterator[str]:
    """Yield the report, at most 80 columns wide."""
    changed = table[table["why"] != "same"]
    yield f"Verdicts on the comparison on record ({n} pairs, {years:g} year, full scale), by ranks before,"
    yield f"by the present rule after: {len(changed)} of {len(table)} changed."
    yield ""
    counts = pd.crosstab(table["before"], table["after"])
    yield f"{'before / after':<16}" + "".join(name.rjust(13) for name in map(str, counts.columns))
    for before, row in counts.iterrows():
        yield f"{before:<16}" + "".join(f"{count:>13}" for count in row)
    yield ""
    for reason, reason_rows in changed.groupby("why", sort=False):
        yield f"{len(reason_rows):>5}  {REASONS[str(reason)]}"
    yield ""
    yield "Headline measures that changed"
    effect: Any
    for effect in changed[changed["section"] == "headline"].itertuples():
        yield f"  {effect.site:<14}{effect.policy:<20}{effect.measure:<24}{effect.before:<7}{effect.after}"


def main() -> None:
    """Write and print the table."""
    table, manifest = compare_verdicts(REPORT), read_manifest(REPORT)
    print(write_text(OUT, NAME, format_changes(table, round(reported_years(manifest), 2), len(manifest["seeds"]))))


if __name__ == "__main__":
    main()
