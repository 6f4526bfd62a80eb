"""Table of the bounds of effects, to interpret a null effect: no police, all levers at their best and worst."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.comparison.headline_measures import BY_NAME
from experiments.statistics.thresholds import FEWEST_HOMICIDES
from experiments.validation.experiment import BASE, Experiment, NotAvailable, Window, Worlds, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, run_worlds
from experiments.validation.readers import more, outcomes
from experiments.validation.study_tables import (
    Row,
    estimate_each,
    format_interval,
    head_of,
    interval_names,
    policies_of,
    rows_by_columns,
    table_line,
    worlds_of,
    write_sites,
)
from model.engine.fingerprint import fingerprint

YEARS = 10.0
HORIZONS = (1, 2, 3, 5, 10)
"""Years after which worlds are reported: the horizons of reports and of the page of a town."""
WORLDS = worlds_of("ceiling")
DIGITS = {"trust": 2, "crimes": 1, "homicides": 1}
COUNTS = (
    *("violent_crimes", "extortions", "complaints_filed", "women_without_remedy", "refused"),
    *("wrongful_detentions", "domestic_without_remedy"),
)
"""Headline counts with bounds on page one of a report: additional events a year per 100,000 residents."""
COLUMNS = (
    *("site", "world", "en", "es", "twins", "years", "deaths_a_year", "few"),
    *(*interval_names(*DIGITS, *COUNTS), "note", "code"),
)
WIDTHS = 80, 26
"""Widths of labels and numbers (characters)."""


def show_ceiling(out: Path, size: ExperimentSize, years: float = YEARS, runs: Path = RUNS) -> list[Row]:
    """Run all worlds at both sites; write the table after each site; print and return all rows."""
    return write_sites(out, "ceiling", COLUMNS, lambda site: site_rows(site, size, years, runs), format_ceiling)


def site_rows(site: str, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the row of every world at one site and horizon: trust of the last year, counts of all years."""
    twins = run_worlds(Experiment(f"ceiling of {site}", site=site, worlds=policies_of(WORLDS), years=years), size, runs)
    longest = len(twins[0][BASE].months)
    for months in [12 * year for year in HORIZONS if 12 * year <= longest] or [longest]:
        yield from horizon_rows(site, twins, months)


def horizon_rows(site: str, twins: Sequence[Worlds], months: int) -> Iterator[Row]:
    """Yield the row of every world at one site after ``months``."""
    all_months, last_year = (0, months), (max(0, months - 12), months)
    deaths = estimate([12 * worlds[BASE].mean("homicides", all_months) for worlds in twins]).value
    for name, world in WORLDS.items():
        row: Row = dict.fromkeys(COLUMNS, "") | {"site": site, "world": name, "en": world.en, "es": world.es}
        row |= {"twins": len(twins), "years": months / 12}
        row |= {"deaths_a_year": deaths, "few": deaths < FEWEST_HOMICIDES}
        try:
            row |= estimate_each(
                [outcomes(worlds, name, last_year, all_months) | counts(worlds, name, all_months) for worlds in twins]
            )
        except NotAvailable as reason:
            row |= {"note": f"not available: {reason}"}
        yield row | {"code": fingerprint()}


def counts(worlds: Worlds, world: str, window: Window) -> dict[str, float]:
    """Return the additional events a year per 100,000 residents, by count."""
    return {name: more(worlds, world, BY_NAME[name].read.sum, window) for name in COUNTS}


def format_ceiling(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text, one block per site and horizon."""
    yield from head_of("ceiling", **rows[0])
    for (site, years), block_rows in rows_by_columns(rows, "site", "years").items():
        yield "\n" + table_line(f"{site}, after {years:.3g} years / tras {years:.3g} años", DIGITS, *WIDTHS)
        for row in block_rows:
            intervals = (format_interval(row, name, digits) for name, digits in DIGITS.items())
            label = f"  {row['en']} / {row['es']}"
            yield label.ljust(WIDTHS[0]) + row["note"] if row["note"] else table_line(label, intervals, *WIDTHS)
        if block_rows[0]["few"]:
            deaths = block_rows[0]["deaths_a_year"]
            yield f"  {deaths:.1f} homicides a year: too few to support any statement on a policy"
