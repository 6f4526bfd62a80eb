"""Table of headline effects: one file for each version of the model, and the versions side by side.

``python -m experiments.dev.examinations.headline NAME`` runs both sites and writes `NAME.csv` and `NAME.txt`; runs of
the same code are reused. With ``--beside`` it prints the stored versions, in the order of given names or of their
changes, and writes `beside.txt`: first every measure, then the effects on trust by origin.
"""

import argparse
import csv
import dataclasses
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    TABLES,
    Row,
    head_of,
    policies_of,
    rows_by_columns,
    table_line,
    worlds_of,
    write_sites,
    write_text,
)
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

OUT = Path("results") / "reference" / "headline"
HORIZONS = (1, 3, 10)
TWINS = 12
SIDE_BY_SIDE = "beside"
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
    if not VERSION_NAME.fullmatch(version) or version == SIDE_BY_SIDE:
        raise InputError(f"version '{version}': a name has lower-case letters, digits and _; '{SIDE_BY_SIDE}' is taken")
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


def read_version(out: Path, version: str) -> list[Row]:
    """Return the stored rows of a version; raise InputError if there are none."""
    path = out / f"{version}.csv"
    if not path.is_file():
        raise InputError(f"version '{version}': {path} does not exist. Run it first.")
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[Row] = [dict(row) for row in csv.DictReader(file)]
    numbers = ("base", "arm", "effect", "low", "high")  # parts by origin have no base
    return [row | {"year": int(row["year"])} | {key: float(row[key] or "nan") for key in numbers} for row in rows]


def show_side_by_side(versions: Sequence[str], out: Path) -> None:
    """Write and print the effects of several versions side by side."""
    names = list(versions) or in_order_of_changes(path.stem for path in out.glob("*.csv"))
    if not names:
        raise InputError(f"{out} holds no version. Run one first.")
    rows = [row | {"version": name} for name in names for row in read_version(out, name)]
    lines = (*head_of("headline_beside"), *measure_blocks(rows, names), *part_blocks(rows, names))
    print(write_text(out, SIDE_BY_SIDE, lines))


def in_order_of_changes(versions: Iterable[str]) -> list[str]:
    """Return versions in the order of their changes, unlisted ones at the end by name.

    >>> in_order_of_changes(["current", "totonicapan", "presence", "before"])
    ['before', 'presence', 'totonicapan', 'current']
    """
    order = TABLES["headline_beside"]["order"]
    return sorted(versions, key=lambda name: (order.index(name) if name in order else len(order), name))


def measure_blocks(rows: Sequence[Row], versions: Sequence[str]) -> Iterator[str]:
    """Yield a block for each measure, site and year: its level in the status quo, then one line per world."""
    shown = [row for row in rows if row["measure"] in MEASURES]
    by_place = rows_by_columns(shown, "measure", "site", "year")
    for measure, site, year in sorted(by_place, key=lambda block: MEASURES.index(block[0])):
        block_rows = by_place[measure, site, year]
        yield f"\n{BY_NAME[measure].en} / {BY_NAME[measure].es}: {site}, year {year} / año {year}"
        yield table_line("", versions, *WIDTHS)
        base = {row["version"]: plain_number(row["base"]) for row in block_rows}
        status_quo = f"  {WORLDS[BASE].en} / {WORLDS[BASE].es}"
        yield table_line(status_quo, [base.get(name, "-") for name in versions], *WIDTHS)
        for world_rows in rows_by_columns(block_rows, "world").values():
            yield version_line(f"{world_rows[0]['en']} / {world_rows[0]['es']}", world_rows, versions)


def part_blocks(rows: Sequence[Row], versions: Sequence[str]) -> Iterator[str]:
    """Yield a block for each world, site and year: the effect on trust, then its parts by origin."""
    names = {origin_key(*key): part_name(*key[1:]) for key in part_keys()}
    head = message("origin.head")
    yield f"\n{head.en} / {head.es}"
    yield from (f"  {part_label(key)}".ljust(WIDTHS[0]) + f"{name.en} / {name.es}" for key, name in names.items())
    shown = [row for row in rows if row["measure"] in ("trust_mean", *names)]
    for (site, year, _), block_rows in rows_by_columns(shown, "site", "year", "world").items():
        yield f"\n{block_rows[0]['en']} / {block_rows[0]['es']}: {site}, year {year} / año {year}"
        yield table_line("", versions, *WIDTHS)
        for (measure,), measure_rows in rows_by_columns(block_rows, "measure").items():
            yield version_line(part_label(measure), measure_rows, versions)


def part_label(measure: str) -> str:
    """Return the name of a part by origin without its belief.

    >>> part_label("trust.treatment.number"), part_label("trust_mean")
    ('treatment.number', 'trust_mean')
    """
    return measure.partition(".")[2] or measure


def version_line(label: str, rows: Sequence[Row], versions: Sequence[str]) -> str:
    """Return a line with the effect in each version."""
    cells = {row["version"]: format_effect(row) for row in rows}
    return table_line(f"  {label}", [cells.get(name, "-") for name in versions], *WIDTHS)


def main(words: Sequence[str] | None = None) -> None:
    """Run a version, or print the stored versions side by side."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.dev.examinations.headline", description="Headline effects"
    )
    parser.add_argument("versions", nargs="*", metavar="NAME", help="version of the model; with --beside any number")
    parser.add_argument("--beside", action="store_true", help="print versions that were run, side by side")
    parser.add_argument("--replicates", type=int, default=TWINS, help="paired runs; 24 for homicides and lynchings")
    parser.add_argument("--years", type=float, default=max(HORIZONS))
    parser.add_argument("--scale", type=float, default=1.0)
    add_size_options(parser, OUT)
    options = parser.parse_args(words)
    with print_input_errors():
        if options.beside:
            show_side_by_side(options.versions, options.out)
        elif len(options.versions) != 1:
            raise InputError("name one version, such as 'before'; or several with --beside")
        else:
            show_headline(options.versions[0], options.out, size_from_options(options), options.years)


if __name__ == "__main__":
    main()
