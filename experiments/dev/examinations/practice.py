"""Table of the policies of practices: countable doses, and trust and crime after 1, 3 and 10 years."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.dev.examinations.ceiling import DIGITS
from experiments.narrative.labels import plain_number
from experiments.validation.experiment import BASE, Experiment, Worlds, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, run_worlds
from experiments.validation.readers import outcomes
from experiments.validation.study_tables import (
    TABLES,
    Row,
    estimate_each,
    format_interval,
    head_of,
    interval_names,
    policies_of,
    rows_by_columns,
    worlds_of,
    write_sites,
)
from model.engine.fingerprint import fingerprint

HORIZONS = (1, 3, 10)
USUAL_CHANGES, SHARE_LEFT = 0.35, 0.3
"""Changes of sector a year at present, and the share of them left by full MOPSIC."""


def rotation_policy(months: int) -> str:
    """Return the policy file of full MOPSIC without transfers, with a change of sector every ``months`` months.

    Chiefs carry out all these changes, whatever their habit.
    """
    factor = (1.0 - (1.0 - 1.0 / months) ** 12) / (USUAL_CHANGES * SHARE_LEFT)
    scale = f'"adoption.permanence" = 2.0\n"practices.reshuffle" = {factor!r}\n'
    return f'include = "mopsic_full"\n[set]\n"practices.keeping" = 0.0\n[scale]\n{scale}'


ROTATIONS = {f"full_rotation_{months}": rotation_policy(months) for months in (3, 15, 48)}
POLICY_TEXTS: dict[str, str] = TABLES["practice"]["made"] | ROTATIONS
"""Texts of the policy files that only this table needs, by name."""
WORLDS = worlds_of("practice")
"""Rows of the table, including worlds generated for it and thought experiments."""
DOSES = {
    "heard": ("heard_year", 1000.0),
    "visits": ("long_visits_year", 1.0),
    "talks": ("talks_year", 1.0),
    "known": ("known_share", 100.0),
    "sector": ("months_in_sector", 1.0),
    "followed": ("followed_up", 100.0),
    "fitting": ("problems_fitting", 100.0),
    "patrol": ("hours_patrol", 1.0),
}
"""Measure and factor of each annual dose that a station could count; the head of the table explains them."""
COLUMNS = ("site", "world", "en", "es", "year", "twins", *interval_names(*DIGITS), *DOSES, "code")
LABEL_WIDTH, NUMBER_WIDTH, DOSE_WIDTH = 62, 23, 10


def show_practice(out: Path, size: ExperimentSize, years: float = max(HORIZONS), runs: Path = RUNS) -> list[Row]:
    """Run all worlds at both sites; write the table after each site; print and return all rows."""
    return write_sites(out, "practice", COLUMNS, lambda site: site_rows(site, size, years, runs), format_practice)


def site_rows(site: str, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the rows of the status quo and of every world at one site, year by year."""
    experiment = Experiment(f"practices of {site}", site=site, worlds=policies_of(WORLDS), years=years)
    twins = run_worlds(experiment, size, runs, POLICY_TEXTS)
    for year in [year for year in HORIZONS if year <= years] or [1]:
        for name in WORLDS:
            yield row_of(site, name, year, twins)


def row_of(site: str, name: str, year: int, twins: Sequence[Worlds]) -> Row:
    """Return the effects of one world in one year, and its doses."""
    world, window = WORLDS[name], (12 * (year - 1), 12 * year)
    row: Row = dict.fromkeys(COLUMNS, "") | {"site": site, "world": name, "en": world.en, "es": world.es}
    row |= {"year": year, "twins": len(twins), "code": fingerprint()}
    if name != BASE:
        row |= estimate_each([outcomes(worlds, name, window, window) for worlds in twins])
    for dose, (column, scale) in DOSES.items():
        row[dose] = scale * estimate([worlds[name].mean(column, window) for worlds in twins]).value
    return row


def format_practice(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text, one block per site and year."""
    yield from head_of("practice", **rows[0])
    for (site, year), block_rows in rows_by_columns(rows, "site", "year").items():
        heads = "".join(name.rjust(NUMBER_WIDTH) for name in DIGITS) + "".join(name.rjust(DOSE_WIDTH) for name in DOSES)
        yield f"\n{f'{site}, year {year} / año {year}':{LABEL_WIDTH}}{heads}"
        for row in block_rows:
            label = f"{'    ' if row['world'].startswith('full_') else '  '}{row['en']} / {row['es']}"
            cells = [format_interval(row, name, digits).rjust(NUMBER_WIDTH) for name, digits in DIGITS.items()]
            cells += [plain_number(row[name]).rjust(DOSE_WIDTH) for name in DOSES]
            yield label.ljust(LABEL_WIDTH) + "".join(cells)
