"""Table of headline effects: one file for each version of the model.

``python -m experiments.dev.examinations.headline NAME`` runs both sites and writes `NAME.csv` and `NAME.txt`; runs of
the same code are reused.
"""

import argparse
import dataclasses
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.comparison.origins import BELIEFS, OriginsOfYear, effect_parts, origin_key, origins_of_year
from experiments.narrative.effect_sentences import part_keys, part_name
from experiments.narrative.labels import plain_number
from experiments.narrative.messages import message
from experiments.statistics.paired_effects import Value, paired
from experiments.statistics.thresholds import Scale
from experiments.storage.progress import print_input_errors
from experiments.validation.experiment import BASE, Experiment, RunTables, Worlds
from experiments.validation.experiment_runs import RUNS, ExperimentSize, add_size_options, run_worlds, size_from_options
from experiments.validation.study_tables import (
    Row,
    head_of,
    policies_of,
    rows_by_columns,
    table_line,
    worlds_of,
    write_sites,
)
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

OUT = Path("results") / "reference" / "headline"
HORIZONS = (1, 3, 10)
TWINS = 12
VERSION_NAME = re.compile(r"[a-z][a-z0-9_]*")
WORLDS = worlds_of("headline")
MEASURES = ("trust_mean", "fear_mean", "crimes_occurred", "homicides", "extortions", "c1", "c2", "c3", "c4")
"""Columns of the text."""
CSV_MEASURES = tuple(measure for measure in BELIEFS.values() if measure not in MEASURES)
"""Beliefs that determine trust: in the CSV file only."""
SCALED_COLUMNS = ("effect", "low", "high", "delta")
DIGITS = {"counts": 1, "points": 2}
COLUMNS = (
    *("version", "site", "year", "world", "en", "es", "measure", "unit"),
    *("base", "arm", "effect", "low", "high", "twins", "code"),
)
WORLDS_A_BLOCK = 8
"""Worlds side by side in the table of parts by origin."""
WIDTHS, PART_WIDTHS = (48, 24), (104, 24)
"""Widths of labels and numbers (characters); the second for names of parts by origin."""


def show_headline(version: str, out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> list[Row]:
    """Run all worlds at both sites; write the table after each site; print and return the rows of this version."""
    if not VERSION_NAME.fullmatch(version):
        raise InputError(f"version '{version}': a name has lower-case letters, digits and _")
    return write_sites(out, version, COLUMNS, lambda site: site_rows(version, site, size, years, runs), format_headline)


def site_rows(version: str, site: str, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the effects of every world at one site, year by year."""
    experiment = Experiment(f"headline effects of {site}", site=site, worlds=policies_of(WORLDS), years=years)
    twins = run_worlds(experiment, size, runs)
    about = {"version": version, "site": site, "twins": len(twins), "code": fingerprint()}
    for year in [year for year in HORIZONS if year <= years] or [1]:
        base = [origins_after(worlds[BASE], year) for worlds in twins]
        for world in experiment.worlds:
            row = about | {"year": year, "world": world, "en": WORLDS[world].en, "es": WORLDS[world].es}
            for measure in (*MEASURES, *CSV_MEASURES):
                yield row | effect_of_world(twins, world, year, BY_NAME[measure])
            for part in parts_by_origin(twins, base, world, year):
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


def effect_of_world(twins: Sequence[Worlds], world: str, year: int, headline: Headline) -> Row:
    """Return the effect of a world on a measure in one year; a shorter run uses the months that it has."""
    months = slice(12 * (year - 1), 12 * year)
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
    """Yield the table of one version, one block per site and year."""
    yield from head_of("headline", **rows[0])
    for (site, year), block_rows in rows_by_columns(rows, "site", "year").items():
        heads = (BY_NAME[measure].en for measure in MEASURES)
        yield "\n" + table_line(f"{site}, year {year} / año {year}", heads, *WIDTHS)
        by_world = rows_by_columns(block_rows, "world")
        base = {row["measure"]: row for row in next(iter(by_world.values()))}
        levels = [plain_number(base[measure]["base"]) for measure in MEASURES]
        yield table_line(f"  {WORLDS[BASE].en} / {WORLDS[BASE].es}", levels, *WIDTHS)
        for world_rows in by_world.values():
            cells = {row["measure"]: row for row in world_rows}
            effects = [format_effect(cells[measure]) for measure in MEASURES]
            yield table_line(f"  {world_rows[0]['en']} / {world_rows[0]['es']}", effects, *WIDTHS)
        yield from part_lines(by_world)


def part_lines(by_world: Mapping[Any, Sequence[Row]]) -> Iterator[str]:
    """Yield the parts of the effects on trust: one line per group and part, one column per world, a few at a time."""
    head = message("origin.head")
    for block in batched(by_world.values(), WORLDS_A_BLOCK):
        cells = [{row["measure"]: row for row in world_rows} for world_rows in block]
        worlds = (world_rows[0]["world"] for world_rows in block)
        yield "\n" + table_line(f"  {head.en} / {head.es}", worlds, *PART_WIDTHS)
        for key in part_keys():
            name = part_name(*key[1:])
            effects = (format_effect(world_cells[origin_key(*key)]) for world_cells in cells)
            yield table_line(f"  {name.en} / {name.es}", effects, *PART_WIDTHS)


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


def main(words: Sequence[str] | None = None) -> None:
    """Run both sites."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.dev.examinations.headline", description="Headline effects"
    )
    parser.add_argument("version", metavar="NAME", help="version of the model")
    parser.add_argument("--replicates", type=int, default=TWINS, help="paired runs; 24 for homicides and lynchings")
    parser.add_argument("--years", type=float, default=max(HORIZONS))
    parser.add_argument("--scale", type=float, default=1.0)
    add_size_options(parser, OUT)
    options = parser.parse_args(words)
    with print_input_errors():
        show_headline(options.version, options.out, size_from_options(options), options.years)


if __name__ == "__main__":
    main()
