"""Further tables of effects from `contrast_tables.toml`: worlds that differ in one respect, with intervals.

``python -m experiments.dev.examinations.contrast_tables NAME --workers 2`` runs both sites and writes `NAME.csv` and
`NAME.txt`; runs of the same code are reused.
"""

import argparse
import dataclasses
import fnmatch
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import batched, chain
from pathlib import Path
from typing import Any, NamedTuple

from experiments.comparison.headline_measures import BY_NAME, Headline, yearly_count
from experiments.dev.examinations.headline import TWINS, effect_columns, format_effect
from experiments.narrative.labels import plain_number
from experiments.storage.progress import print_input_errors
from experiments.storage.run_spec import parameter_value
from experiments.validation import criteria
from experiments.validation.experiment import BASE, SITES, Experiment
from experiments.validation.experiment_runs import (
    RUNS,
    ExperimentSize,
    add_size_options,
    policy_file_text,
    run_worlds,
    size_from_options,
)
from experiments.validation.study_tables import Row, rows_by_columns, table_line, write_sites
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint
from scenarios import load

OUT = Path("results") / "reference"
ENTRIES: dict[str, dict[str, Any]] = toml_beside(__file__)
ADDED_COUNTS = {
    name: yearly_count(name, one["en"], one["es"], *one["columns"]) for name, one in ENTRIES.pop("more").items()
}
MEASURES: Mapping[str, Headline] = {**BY_NAME, **ADDED_COUNTS}
SWEPT_RANGE = re.compile(r"swept (-?[\d.]+)-([\d.]+)")
EACH_ASSUMED, ALL_ASSUMED = "assumed", "assumed_together"
COLUMNS = (
    *("table", "site", "scale", "case", "en", "es", "years", "measure", "unit"),
    *("base", "arm", "effect", "low", "high", "delta", "twins", "code"),
)
WIDTHS, MEASURES_PER_BLOCK = (68, 23), 4
"""Widths of labels and numbers (characters), and columns side by side."""


class Case(NamedTuple):
    """A contrast: label in both languages, policies and generated worlds of the arm, and those of the base."""

    en: str
    es: str
    arm: tuple[str, ...]
    base: tuple[str, ...] = ()


UNCHANGED_CASE = Case("as it stands", "como está", ())


class ContrastTable(NamedTuple):
    """A table: its cases, and the texts of the policy files generated for it by name."""

    name: str
    cases: tuple[Case, ...]
    texts: Mapping[str, str]

    @property
    def entry(self) -> Mapping[str, Any]:
        """Entry of the table in the TOML file: head, years, measures and scales."""
        return ENTRIES[self.name]


def table_of(name: str) -> ContrastTable:
    """Return the table of this name; raise InputError if there is none."""
    if name not in ENTRIES:
        raise InputError(f"no table '{name}'{suggest_nearest(name, ENTRIES)}")
    entry = ENTRIES[name]
    if "each" in entry:
        return each_value(name, **entry["each"])
    if "added" in entry:
        return one_after_another(name)
    if "groups" in entry:
        return all_assumed(name) if name == ALL_ASSUMED else each_assumed(name)
    texts = {f"{name}_{k}": policy_file_text(case["set"]) for k, case in enumerate(entry["cases"]) if "set" in case}
    cases = (
        Case(case["en"], case["es"], tuple(case.get("arm", [f"{name}_{k}"]))) for k, case in enumerate(entry["cases"])
    )
    return ContrastTable(name, tuple(cases), texts)


def each_value(name: str, number: str, values: Sequence[float], include: str) -> ContrastTable:
    """Return the table of a policy with one parameter at each of several values."""
    texts = {f"{name}_{value:g}": policy_file_text({number: value}, include) for value in values}
    labels = ENTRIES[name]["case"]
    cases = [
        Case(labels["en"].format(value=value), labels["es"].format(value=value), (world,))
        for world, value in zip(texts, values, strict=True)
    ]
    return ContrastTable(name, tuple(cases), texts)


def one_after_another(name: str) -> ContrastTable:
    """Return the table of policies with channels added one after another, from none to all."""
    added, cases = ENTRIES[name]["added"], []
    texts: dict[str, str] = {}
    for count in range(len(added) + 1):
        lacking = {key: value for channel in added[count:] for key, value in channel["without"].items()}
        base = (f"{name}_{count}",) if lacking else ()
        texts |= {world: policy_file_text(lacking) for world in base}
        now = added[count - 1] if count else {"en": "none", "es": "ninguna"}
        for policy in ENTRIES[name]["policies"]:
            cases.append(Case(f"{policy}, + {now['en']}", f"+ {now['es']}", (*base, policy), base))
    return ContrastTable(name, tuple(cases), texts)


# Assumed parameters


def ends_of(groups: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the low and high end of each behaviour parameter that is assumed or swept, by dotted name.

    Groups are names of groups, or patterns of dotted names. Ends are those of the criteria's ranges, else those that
    the source states as swept, else the limits of the parameter.
    """
    scenario, ends = load(SITES[0]), {}
    for pattern in groups:
        group = pattern.partition(".")[0]
        for key, spec in scenario[group].parameter_specs().items():
            name = f"{group}.{key}"
            is_assumed = spec.role == "behaviour" and re.search("assumed|swept|not identified", spec.source)
            if is_assumed and fnmatch.fnmatch(name, pattern if "." in pattern else f"{pattern}.*"):
                swept = SWEPT_RANGE.search(spec.source)
                limits = (float(swept[1]), float(swept[2])) if swept else (spec.low, spec.high)
                low, high = criteria.RANGES.get(name, limits)
                ends[name] = (as_type_of(spec.low, low), as_type_of(spec.low, high))
    return ends


def as_type_of(like: float, value: float) -> float:
    """Return a value as an integer if ``like`` is one, else as a float."""
    return int(value) if isinstance(like, int) else float(value)


def each_assumed(name: str) -> ContrastTable:
    """Return the table with each assumed parameter at either end, after the case with all at their defaults."""
    arm, scenario = tuple(ENTRIES[name]["arm"]), load(SITES[0])
    cases, texts = [UNCHANGED_CASE._replace(arm=arm)], {}
    for parameter, ends in ends_of(ENTRIES[name]["groups"]).items():
        default = float(parameter_value(scenario, parameter))
        for end, value in zip(("low", "high"), ends, strict=True):
            if not math.isclose(value, default):
                world = f"{parameter.replace('.', '_')}_{end}"
                texts[world] = policy_file_text({parameter: value})
                label = f"{parameter} {default:g} → {value:g}"
                cases.append(Case(label, label, (*arm, world), (world,)))
    return ContrastTable(name, tuple(cases), texts)


def all_assumed(name: str) -> ContrastTable:
    """Return the table with all assumed parameters together at their low ends, and at their high ends."""
    arm, ends = tuple(ENTRIES[name]["arm"]), ends_of(ENTRIES[name]["groups"])
    cases, texts = [UNCHANGED_CASE._replace(arm=arm)], {}
    for k, (end, en, es) in enumerate((("low", "low end", "extremo bajo"), ("high", "high end", "alto"))):
        world = f"{name}_{end}"
        texts[world] = policy_file_text({key: limits[k] for key, limits in ends.items()})
        cases.append(Case(f"all at the {en}", f"todos en el {es}", (*arm, world), (world,)))
    return ContrastTable(name, tuple(cases), texts)


# Running


def show_contrasts(
    name: str, out: Path, size: ExperimentSize, sites: Sequence[str] = SITES, runs: Path = RUNS
) -> list[Row]:
    """Run all worlds of a table; write it after each site; print and return the rows."""
    table = table_of(name)
    scales = [size.scale] if size.scale != 1.0 else table.entry.get("scales", [1.0])

    def of_site(site: str) -> list[Row]:
        rows_by_scale = [list(rows_of(table, site, dataclasses.replace(size, scale=scale), runs)) for scale in scales]
        return [
            *chain(*rows_by_scale),
            *(differences(rows_by_scale[0], rows_by_scale[-1]) if len(rows_by_scale) > 1 else ()),
        ]

    return write_sites(out, name, COLUMNS, of_site, partial(format_contrasts, table), sites)


def rows_of(table: ContrastTable, site: str, size: ExperimentSize, runs: Path) -> Iterator[Row]:
    """Yield the effect of every case on every measure at one site and scale: counts of all years, means of the last."""
    worlds: dict[str, tuple[str, ...]] = {}
    for number, case in enumerate(table.cases):
        worlds |= {f"arm {number}": case.arm} | ({f"base {number}": case.base} if case.base else {})
    years = table.entry["years"]
    experiment = Experiment(f"{table.name}, {site}, scale {size.scale:g}", site=site, worlds=worlds, years=years)
    twins = run_worlds(experiment, size, runs, table.texts)
    about = {"table": table.name, "site": site, "scale": size.scale, "years": years}
    about |= {"twins": len(twins), "code": fingerprint()}
    for number, case in enumerate(table.cases):
        base = f"base {number}" if case.base else BASE
        for measure in table.entry["measures"]:
            headline = MEASURES[measure]
            left, right = (
                [headline.value(worlds[name].months) for worlds in twins] for name in (base, f"arm {number}")
            )
            row = about | {"case": number, "en": case.en, "es": case.es, "measure": measure}
            yield row | effect_columns(left, right, headline, years)


def differences(small: Sequence[Row], large: Sequence[Row]) -> Iterator[Row]:
    """Yield the difference between effects at the last and the first scale; delta is that of the last.

    Towns of different scale share no random numbers, so that their errors add up in quadrature.
    """
    for first, last in zip(small, large, strict=True):
        error = math.hypot(first["high"] - first["low"], last["high"] - last["low"]) / 2.0
        effect = last["effect"] - first["effect"]
        row = last | {"scale": "difference", "base": first["effect"], "arm": last["effect"], "effect": effect}
        yield row | {"low": effect - error, "high": effect + error, "twins": min(first["twins"], last["twins"])}


# Text


def format_contrasts(table: ContrastTable, rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text, one block per site and scale."""
    yield from table.entry["head"]
    after = f"{rows[0]['years']:g} year{'s' * (rows[0]['years'] != 1)}"
    yield f"After {after}, {rows[0]['twins']} twins, 95 % intervals: means of the last year and"
    yield "criteria at its end in points of 100, counts of all years in per cent of what a case stands beside."
    yield "Promedios del último año y criterios a su fin en puntos de 100; conteos de todos los años en por ciento."
    for (site, scale), block_rows in rows_by_columns(rows, "site", "scale").items():
        yield ""
        measures = list(dict.fromkeys(row["measure"] for row in block_rows))
        for measures_of_block in batched(measures, MEASURES_PER_BLOCK):
            yield from block_lines(site, scale, [row for row in block_rows if row["measure"] in measures_of_block])
        if table.name == EACH_ASSUMED:
            yield ""
            yield from extreme_lines(block_rows)


def extreme_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lowest and the highest effect on each measure, and the parameter value that gives it."""
    for measure_rows in rows_by_columns(rows, "measure").values():
        yield f"{MEASURES[measure_rows[0]['measure']].en} / {MEASURES[measure_rows[0]['measure']].es}"
        for label, row in (
            ("lowest / menor", min(measure_rows, key=lambda row: row["effect"])),
            ("highest / mayor", max(measure_rows, key=lambda row: row["effect"])),
        ):
            yield table_line(f"  {label}, {case_label(row)}", [format_effect(row)], *WIDTHS)


def case_label(row: Row) -> str:
    """Return the label of a row in both languages, once if they are equal."""
    return str(row["en"] if row["en"] == row["es"] else f"{row['en']} / {row['es']}")


def block_lines(site: str, scale: Any, rows: Sequence[Row]) -> Iterator[str]:
    """Yield the cases at one site and scale with a few measures; differences are compared with delta."""
    where = f"{site}, difference / diferencia" if scale == "difference" else f"{site}, scale / escala {scale:g}"
    by_case = rows_by_columns(rows, "case")
    first = next(iter(by_case.values()))
    yield table_line(where, (MEASURES[row["measure"]].en for row in first), *WIDTHS)
    if scale != "difference":
        yield table_line("  status quo / situación actual", (plain_number(row["base"]) for row in first), *WIDTHS)
    for case_rows in by_case.values():
        yield table_line(f"  {case_label(case_rows[0])}", map(format_effect, case_rows), *WIDTHS)
        if scale == "difference":
            yield table_line("    beside delta / frente a delta", map(compare_with_delta, case_rows), *WIDTHS)


def compare_with_delta(row: Row) -> str:
    """Return a comparison of a difference with delta, the smallest that matters.

    >>> compare_with_delta({"low": -0.1, "high": 0.2, "delta": 0.5})
    'less than 0.5'
    >>> compare_with_delta({"low": 0.6, "high": 0.9, "delta": 0.5})
    'more than 0.5'
    """
    low, high, delta = row["low"], row["high"], row["delta"]
    if any(value != value for value in (low, high, delta)):
        return "not known"
    least = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    most = max(abs(low), abs(high))
    return f"{'less than' if most < delta else 'more than' if least > delta else 'open at'} {delta:.2g}"


def main(words: Sequence[str] | None = None) -> None:
    """Make the table named on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.dev.examinations.contrast_tables", description="Tables of effects"
    )
    parser.add_argument("name", metavar="NAME", help=", ".join(ENTRIES))
    parser.add_argument("--replicates", type=int, default=TWINS)
    parser.add_argument("--site", action="append", choices=SITES, help="one site; else both")
    parser.add_argument("--scale", type=float, default=1.0)
    add_size_options(parser, OUT)
    options = parser.parse_args(words)
    with print_input_errors():
        show_contrasts(options.name, options.out, size_from_options(options), options.site or SITES)


if __name__ == "__main__":
    main()
