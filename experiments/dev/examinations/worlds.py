"""Run the worlds of a table side by side and write their effects: ceiling, practice and headline.

Arms, doses, measures and horizons stand in `tables.toml`; examinations with computations of their own run their worlds
through `run_table`, too. Runs of the same code are reused.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.comparison.origins import BELIEFS, OriginsOfYear, effect_parts, origin_key, origins_of_year
from experiments.dev.examinations.tables import (
    TABLES,
    Row,
    StudyWorld,
    estimate_each,
    format_interval,
    head_of,
    interval_names,
    policies_of,
    rows_by_columns,
    table_line,
    texts_of,
    worlds_of,
    write_sites,
)
from experiments.narrative.effect_sentences import part_keys, part_name
from experiments.narrative.labels import plain_number
from experiments.narrative.messages import message
from experiments.statistics.paired_effects import Value, paired
from experiments.statistics.thresholds import FEWEST_HOMICIDES, Scale
from experiments.validation.effects_table import fill_in, reader_of
from experiments.validation.experiment import BASE, Experiment, NotAvailable, RunTables, Window, Worlds, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, run_worlds
from model.engine.fingerprint import fingerprint

UNTIL = "until"
"""Window of tables that count all months until a horizon; that of others is its last year alone."""
INDENT = "  "


@dataclass(frozen=True)
class Horizon:
    """A reported time (years), the months that are counted until then, and the last year of these."""

    years: float
    window: Window
    last_year: Window

    @property
    def year(self) -> int:
        """Number of its last year."""
        return math.ceil(self.years)


def run_table(
    name: str, site: str, worlds: Mapping[str, StudyWorld], size: ExperimentSize, years: float, runs: Path
) -> list[Worlds]:
    """Run the status quo and the worlds of a table at one site; return those of each seed."""
    experiment = Experiment(f"{name} of {site}", site=site, worlds=policies_of(worlds), years=years)
    return run_worlds(experiment, size, runs, texts_of(worlds))


def horizons_of(table: Mapping[str, Any], twins: Sequence[Worlds]) -> Iterator[Horizon]:
    """Yield the horizons of a table that runs reach, else their whole length."""
    longest = len(twins[0][BASE].months)
    for months in [12 * year for year in table["horizons"] if 12 * year <= longest] or [longest]:
        last_year = max(0, months - 12), months
        yield Horizon(months / 12, (0, months) if table.get("window") == UNTIL else last_year, last_year)


# Tables with a row for each world


def show_worlds(name: str, out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> list[Row]:
    """Run all worlds at both sites; write the table after each site; print and return all rows."""
    rows = partial(world_rows, name, size=size, years=years, runs=runs)
    return write_sites(out, name, columns_of(name), rows, partial(format_worlds, name))


def columns_of(name: str) -> list[str]:
    """Return the columns of a table: three for each measure, one for each dose.

    >>> columns_of("practice")[:7]
    ['site', 'world', 'en', 'es', 'year', 'twins', 'trust']
    """
    table = TABLES[name]
    several = {"*measures": interval_names(*table["measures"]), "*doses": tuple(table.get("doses", ()))}
    return [column for entry in table["columns"] for column in several.get(entry, (entry,))]


def world_rows(name: str, site: str, *, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the row of every world at one site, horizon by horizon."""
    worlds = worlds_of(name)
    twins = run_table(name, site, worlds, size, years, runs)
    for horizon in horizons_of(TABLES[name], twins):
        deaths = estimate([12 * world[BASE].mean("homicides", horizon.window) for world in twins]).value
        about = {"site": site, "twins": len(twins), "years": horizon.years, "year": horizon.year}
        about |= {"deaths_a_year": deaths, "few": deaths < FEWEST_HOMICIDES, "code": fingerprint()}
        for world, labels in worlds.items():
            row = dict.fromkeys(columns_of(name), "") | about | {"world": world, "en": labels.en, "es": labels.es}
            yield row | effects_of_world(name, world, horizon, twins) | doses_of_world(name, world, horizon, twins)


def effects_of_world(name: str, world: str, horizon: Horizon, twins: Sequence[Worlds]) -> Row:
    """Return the effects of a world with their intervals, or the reason why there are none; none of the status quo."""
    if world == BASE:
        return {}
    about = {"world": world, "window": horizon.window, "last_year": horizon.last_year}
    readers = {key: reader_of(fill_in(one["read"], about)) for key, one in TABLES[name]["measures"].items()}
    try:
        return estimate_each([{key: read(worlds) for key, read in readers.items()} for worlds in twins])
    except NotAvailable as reason:
        if "note" not in TABLES[name]["columns"]:
            raise
        return {"note": f"not available: {reason}"}


def doses_of_world(name: str, world: str, horizon: Horizon, twins: Sequence[Worlds]) -> Row:
    """Return the mean of each dose that a world gave."""
    return {
        dose: factor * estimate([worlds[world].mean(column, horizon.window) for worlds in twins]).value
        for dose, (column, factor) in TABLES[name].get("doses", {}).items()
    }


def format_worlds(name: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text, one block per site and horizon."""
    table = TABLES[name]
    label_width, number_width, dose_width = table["widths"]
    digits = {key: one["digits"] for key, one in table["measures"].items() if "digits" in one}
    doses = tuple(table.get("doses", ()))
    yield from head_of(name, **rows[0])
    for (site, years), block_rows in rows_by_columns(rows, "site", "years").items():
        year = block_rows[0]["year"]
        when = f"after {years:.3g} years / tras {years:.3g} años" if table["window"] == UNTIL else year_label(year)
        yield "\n" + table_line(f"{site}, {when}", digits, label_width, number_width) + cells(doses, dose_width)
        for row in block_rows:
            intervals = (format_interval(row, key, digits[key]) for key in digits)
            line = table_line(world_label(row["en"], row["es"]), intervals, label_width, number_width)
            note = row.get("note", "")
            yield (
                f"{world_label(row['en'], row['es']):{label_width}}{note}"
                if note
                else line + cells((plain_number(row[dose]) for dose in doses), dose_width)
            )
        if "few" in table["columns"] and block_rows[0]["few"]:
            deaths = block_rows[0]["deaths_a_year"]
            yield f"  {deaths:.1f} homicides a year: too few to support any statement on a policy"


def cells(texts: Iterable[str], width: int) -> str:
    """Return texts aligned to the right, each in its width (characters)."""
    return "".join(text.rjust(width) for text in texts)


def world_label(en: str, es: str) -> str:
    """Return the label of a line in both languages."""
    return f"{INDENT}{en} / {es}"


def year_label(year: int) -> str:
    """Return the heading of a year in both languages."""
    return f"year {year} / año {year}"


# Headline effects, with their parts by origin

HEADLINE, CURRENT = "headline", "current"
"""The table, and its name on record: that of the present model."""
MEASURES: tuple[str, ...] = tuple(TABLES[HEADLINE]["measures"])
"""Columns of the text."""
CSV_MEASURES = tuple(measure for measure in BELIEFS.values() if measure not in MEASURES)
"""Beliefs that determine trust: in the CSV file only."""
SCALED_COLUMNS = ("effect", "low", "high", "delta")
DIGITS = {"counts": 1, "points": 2}
WORLDS_A_BLOCK, PART_WIDTHS = 8, (104, 24)
"""Worlds side by side in the table of parts by origin, and its widths."""


def show_headline(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> list[Row]:
    """Run all worlds at both sites; write the table after each site; print and return all rows."""
    rows = partial(headline_rows, size=size, years=years, runs=runs)
    return write_sites(out, CURRENT, TABLES[HEADLINE]["columns"], rows, format_headline)


def headline_rows(site: str, *, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the effects of every world at one site, year by year."""
    worlds = worlds_of(HEADLINE)
    twins = run_table(HEADLINE, site, worlds, size, years, runs)
    about = {"version": CURRENT, "site": site, "twins": len(twins), "code": fingerprint()}
    for horizon in horizons_of(TABLES[HEADLINE], twins):
        base = [origins_after(seed[BASE], horizon.year) for seed in twins]
        for world in policies_of(worlds):
            row = about | {"year": horizon.year, "world": world, "en": worlds[world].en, "es": worlds[world].es}
            for measure in (*MEASURES, *CSV_MEASURES):
                yield row | effect_of_world(twins, world, horizon, BY_NAME[measure])
            for part in parts_by_origin(twins, base, world, horizon.year):
                yield row | part


def origins_after(run: RunTables, year: int) -> OriginsOfYear:
    """Return the decomposition of trust by origin at the end of a year."""
    months = run.months.iloc[: 12 * year]
    tables = (run.table(name) for name in ("origins", "ledger"))
    until = months["month"].max()
    return origins_of_year(months, *(table[table["month"] <= until] for table in tables))


def parts_by_origin(twins: Sequence[Worlds], base: Sequence[OriginsOfYear], world: str, year: int) -> Iterator[Row]:
    """Yield the parts of the effects on trust and its beliefs by origin; the parts of a belief sum to its effect."""
    arms = [origins_after(worlds[world], year) for worlds in twins]
    parts = [effect_parts(base_origins, arm) for base_origins, arm in zip(base, arms, strict=True)]
    for key in parts[0]:
        effect = paired([0.0] * len(parts), [parts_of_seed[key] for parts_of_seed in parts], scale=Scale("points"))
        row: Row = {"measure": origin_key(*key), "unit": "0-100", "base": "", "arm": ""}
        yield row | {"effect": effect.effect, "low": effect.low, "high": effect.high}


def effect_of_world(twins: Sequence[Worlds], world: str, horizon: Horizon, headline: Headline) -> Row:
    """Return the effect of a world on a measure in one year; a shorter run uses the months that it has."""
    months = slice(*horizon.window)
    base, arm = ([headline.value(worlds[name].months.iloc[months]) for worlds in twins] for name in (BASE, world))
    return {"measure": headline.name} | effect_columns(base, arm, headline, 1.0)


def effect_columns(base: Sequence[Value], arm: Sequence[Value], headline: Headline, years: float) -> Row:
    """Return unit, levels and effect of a measure over ``years``; counts in per cent of those of the base."""
    effect = dataclasses.asdict(paired(base, arm, scale=headline.scale(years)))
    is_count = headline.kind == "counts"
    part = 100.0 / effect["base"] if is_count and effect["base"] else math.nan if is_count else 1.0
    values = {key: effect[key] for key in ("base", "arm")} | {key: part * effect[key] for key in SCALED_COLUMNS}
    return {"unit": "%" if is_count else headline.unit} | values


def format_headline(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text, one block per site and year."""
    widths, today = TABLES[HEADLINE]["widths"], worlds_of(HEADLINE)[BASE]
    yield from head_of(HEADLINE, **rows[0])
    for (site, year), block_rows in rows_by_columns(rows, "site", "year").items():
        heads = (BY_NAME[measure].en for measure in MEASURES)
        yield "\n" + table_line(f"{site}, {year_label(year)}", heads, *widths)
        by_world = rows_by_columns(block_rows, "world")
        base = {row["measure"]: row for row in next(iter(by_world.values()))}
        levels = [plain_number(base[measure]["base"]) for measure in MEASURES]
        yield table_line(world_label(today.en, today.es), levels, *widths)
        for rows_of_world in by_world.values():
            found = {row["measure"]: row for row in rows_of_world}
            effects = [format_effect(found[measure]) for measure in MEASURES]
            yield table_line(world_label(rows_of_world[0]["en"], rows_of_world[0]["es"]), effects, *widths)
        yield from part_lines(by_world)


def part_lines(by_world: Mapping[Any, Sequence[Row]]) -> Iterator[str]:
    """Yield the parts of the effects on trust: one line per group and part, one column per world, a few at a time."""
    head = message("origin.head")
    for block in batched(by_world.values(), WORLDS_A_BLOCK):
        found = [{row["measure"]: row for row in rows} for rows in block]
        yield "\n" + table_line(world_label(head.en, head.es), (rows[0]["world"] for rows in block), *PART_WIDTHS)
        for key in part_keys():
            name = part_name(*key[1:])
            effects = (format_effect(of_world[origin_key(*key)]) for of_world in found)
            yield table_line(world_label(name.en, name.es), effects, *PART_WIDTHS)


def format_effect(row: Row) -> str:
    """Return an effect with its interval as text.

    >>> format_effect({"effect": 1.0, "low": 0.25, "high": 1.75, "unit": "%"})
    '+1.0 [+0.2, +1.8]%'
    """
    if any(row[key] != row[key] for key in ("effect", "low", "high")):
        return "-"
    digits = DIGITS["counts" if row["unit"] == "%" else "points"]
    ends = f"[{row['low']:+.{digits}f}, {row['high']:+.{digits}f}]"
    return f"{row['effect']:+.{digits}f} {ends}{'%' if row['unit'] == '%' else ''}"
