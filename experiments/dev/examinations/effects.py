"""Virtual experiments: repeat the measurements of studies in paired runs and compare with published values."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from itertools import chain
from pathlib import Path

from experiments.dev.examinations.tables import Row, head_of, rows_by_columns, select_named, write_table
from experiments.storage.run_spec import RunSpec
from experiments.validation.effects_table import EXPERIMENTS, POLICY_TEXTS, PRESENCE_LINES, WEAK
from experiments.validation.experiment import (
    CENTRAL,
    MIN_TWINS,
    MIN_TWINS_RARE,
    TOO_FEW_TWINS,
    VARIANT_TWINS,
    Estimate,
    Experiment,
    ExperimentLine,
    NotAvailable,
    Variant,
    Worlds,
    estimate,
)
from experiments.validation.experiment_runs import RUNS, ExperimentSize, plan_worlds, run_missing_worlds, run_worlds
from model.engine.fingerprint import fingerprint

COLUMNS = (
    *("experiment", "line", "variant", "en", "es", "unit", "status", "source", "prior", "published_low"),
    *("published_high", "nothing", "value", "low", "high", "n", "verdict", "trivial", "trivial_fails", "must", "note"),
    *("outside_en", "outside_es", "code"),
)


def show_effects(only: Sequence[str], out: Path, size: ExperimentSize, runs: Path = RUNS) -> list[Row]:
    """Run experiments; write the table after each; print and return all rows."""
    rows: list[Row] = []
    experiments = select_named({experiment.name: experiment for experiment in EXPERIMENTS}, only, "no experiment '{}'")
    run_together(
        ((one, variant, size_of(one, variant, size)) for one in experiments for variant in variants_of(one, size)),
        runs, size.workers, "effects",
    )  # fmt: skip
    for number, experiment in enumerate(experiments):
        rows += list(rows_of(experiment, size, runs))
        lines = format_effects_table(experiments, rows, size.seeds, whole=number == len(experiments) - 1)
        text = write_table(out, "effects", rows, COLUMNS, lines)
    print(text)
    return rows


def run_together(
    planned: Iterable[tuple[Experiment, Variant, ExperimentSize]], runs: Path, workers: int, label: str
) -> None:
    """Run all worlds of some experiments at once, so that those of one seed and variant share a warm-up."""
    specs: list[RunSpec] = []
    for experiment, variant, size in planned:
        specs += chain(*plan_worlds(experiment, variant, size, runs, POLICY_TEXTS)[0].values())
    run_missing_worlds(specs, runs, workers, label)


def size_of(experiment: Experiment, variant: Variant, size: ExperimentSize) -> ExperimentSize:
    """Return the size of a variant; few pairs if it only varies sizes, or if all lines are identities.

    A table with verdicts has as many pairs as its counts of rare harms need.
    """
    if variant != CENTRAL or all(line.is_identity for line in experiment.lines):
        return replace(size, seeds=min(size.seeds, VARIANT_TWINS))
    needed = max((line.min_twins for line in experiment.lines if line.published), default=0)
    return replace(size, seeds=max(size.seeds, needed)) if size.seeds >= MIN_TWINS else size


def rows_of(experiment: Experiment, size: ExperimentSize, runs: Path) -> Iterator[Row]:
    """Yield the rows of an experiment in each of its variants."""
    for variant in variants_of(experiment, size):
        twins = run_worlds(experiment, size_of(experiment, variant, size), runs, POLICY_TEXTS, variant)
        for line in experiment.lines:
            yield row_of(experiment, line, variant, twins)


def variants_of(experiment: Experiment, size: ExperimentSize) -> list[Variant]:
    """Return the variants of an experiment; of its corners only the first ones in a quick run."""
    central, *others = experiment.variants
    return [central, *others[: size.max_corners], *([WEAK] if experiment.weak else [])]


def row_of(experiment: Experiment, line: ExperimentLine, variant: Variant, twins: Sequence[Worlds]) -> Row:
    """Return the result of a line, or the reason why it is not available."""
    row: Row = dict.fromkeys(COLUMNS, "") | {
        **{name: getattr(line, name) for name in ("en", "es", "unit", "status", "must", "note")},
        **{"experiment": experiment.name, "line": line.name, "variant": variant.name, "nothing": line.no_effect},
        "code": fingerprint(),
    }
    if line.outside is not None:
        row |= {f"outside_{lang}": text for lang, text in line.outside.items()}
    if line.published is not None:
        row |= dict(zip(("published_low", "published_high", "source", "prior"), astuple(line.published), strict=True))
    try:
        result = estimate([line.read(worlds) for worlds in twins])
    except NotAvailable as reason:
        return row | {"verdict": "not available", "note": str(reason)}
    row |= {"value": result.value, "low": result.low, "high": result.high, "n": result.n}
    row["verdict"] = line.verdict(result)
    try:
        trivial = trivial_of(experiment, line, twins)
    except NotAvailable as reason:
        return row | {"note": f"no trivial world: {reason}"}
    return row if trivial is None else row | {"trivial": trivial.value, "trivial_fails": line.fails(trivial.value)}


def trivial_of(experiment: Experiment, line: ExperimentLine, twins: Sequence[Worlds]) -> Estimate | None:
    """Return the result of a line in the world in which it must fail; None for lines that only read a level."""
    if line.trivial is not None:
        return estimate([line.trivial(worlds) for worlds in twins])
    if experiment.trivial is None or line.unit in ("level", "minutes"):
        return None
    return estimate([line.read(worlds.replaced_by(experiment.trivial)) for worlds in twins])


def row_passes(row: Row) -> bool:
    """Return whether a row passes: its trivial world fails, and a line that must hold is not outside."""
    return row["trivial_fails"] is not False and not (row["must"] and row["verdict"] == "outside")


LABEL_WIDTH, VALUE_WIDTH, PUBLISHED_WIDTH = 66, 24, 16
PRESENCE_LABEL_WIDTH, CELL_WIDTH = 100, 44
KINDS = {
    "robbery": ("robbery", "asalto"),
    "theft": ("theft", "hurto"),
    "vehicles": ("vehicles", "vehículos"),
    "burglary": ("burglary", "robo en casa"),
    "assault": ("assault", "agresión"),
    "homicide": ("homicide", "homicidio"),
    "all": ("all", "todo"),
}
"""Columns of the table of police presence."""
STATUS_LABELS = {"set": "SET", "found": "found", "given": "given"}
SYMBOLS = {
    "ratio": "x",
    "elasticity": "el",
    "%": "%",
    "points": "pt",
    "log points": "log",
    "level": "",
    "minutes": "min",
}
NOT_AVAILABLE = "not available"


def format_effects_table(
    experiments: Sequence[Experiment], rows: Sequence[Row], seeds: int, whole: bool
) -> Iterator[str]:
    """Yield the table: experiments run so far with their variants, totals at the end."""
    yield from head_of("effects")
    rare = f"{max(MIN_TWINS_RARE, seeds)} of experiments that count rare harms, " if seeds >= MIN_TWINS else ""
    fewer = f"{rare}{min(VARIANT_TWINS, seeds)} of variants (--)"
    yield f"{seeds} twins, {fewer}; ours with its 95 % interval over them" + ("" if whole else "; not yet finished")
    yield " " * LABEL_WIDTH + "ours".ljust(VALUE_WIDTH) + "published".ljust(PUBLISHED_WIDTH) + "source, status, verdict"
    by_experiment = rows_by_columns(rows, "experiment")
    for experiment in experiments:
        if experiment_rows := by_experiment.get((experiment.name,)):
            yield f"\n{experiment.en} / {experiment.es} ({experiment.name})"
            yield f"  measured: {experiment.measured}"
            explained: set[str] = set()
            for (variant,), variant_rows in rows_by_columns(experiment_rows, "variant").items():
                if variant != CENTRAL.name:
                    yield f"  -- {variant}"
                yield from variant_lines(variant_rows, explained)
    yield ""
    if whole:
        yield from presence_lines(rows)
    yield from total_lines(rows)


def presence_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table of police presence: one line per row of evidence, one column per kind of crime."""
    rows_by_line = {(row["experiment"], row["line"]): row for row in rows if row["variant"] == CENTRAL.name}
    lines = [
        (line, {kind: rows_by_line.get((line["experiment"], line["lines"].format(kind=kind))) for kind in KINDS})
        for line in PRESENCE_LINES
    ]
    lines = [(line, cells) for line, cells in lines if any(cells.values())]
    if not lines:
        return
    yield from head_of("presence")
    yield "".ljust(PRESENCE_LABEL_WIDTH) + "".join(f"{en} / {es}".ljust(CELL_WIDTH) for en, es in KINDS.values())
    for line, cells in lines:
        yield f"{line['en']} / {line['es']}".ljust(PRESENCE_LABEL_WIDTH) + "".join(
            format_presence_cell(row).ljust(CELL_WIDTH) for row in cells.values()
        )
    yield ""


def format_presence_cell(row: Row | None) -> str:
    """Return the simulated interval, status and published interval of a row as text; a dash if there is no row."""
    if row is None:
        return "-"
    if row["verdict"] == NOT_AVAILABLE:
        return NOT_AVAILABLE
    published = "" if row["published_low"] == "" else f" ({format_published(row).strip()})"
    return f"{format_simulated(row).strip()} {STATUS_LABELS[row['status']]}{published}"


def variant_lines(rows: Sequence[Row], explained: set[str]) -> Iterator[str]:
    """Yield the lines of one variant; a reason for missing or outside values is printed once."""
    if {row["verdict"] for row in rows} == {NOT_AVAILABLE} and len({row["note"] for row in rows}) == 1:
        yield f"  {NOT_AVAILABLE}: {rows[0]['note']}"
        return
    printed: set[str] = set()
    for row in rows:
        yield f"  {row['en']}".ljust(LABEL_WIDTH) + (
            f"{NOT_AVAILABLE}, as above" if row["note"] in printed else format_row(row)
        )
        printed |= {row["note"]} if row["verdict"] == NOT_AVAILABLE else set()
        if "outside" in row["verdict"] and row["outside_en"] and row["outside_en"] not in explained:
            explained.add(row["outside_en"])
            yield from (f"    outside: {row['outside_en']}", f"    fuera: {row['outside_es']}")


def format_row(row: Row) -> str:
    """Return the simulated and published values of a row, its source, status and verdict."""
    if row["verdict"] == NOT_AVAILABLE:
        return f"{NOT_AVAILABLE}: {row['note']}"
    source = f"{row['source']}, " if row["source"] else ""
    trivial = {False: "; ITS TRIVIAL WORLD DOES NOT FAIL", True: "; trivial fails"}.get(row["trivial_fails"], "")
    note = f"; {row['note']}" if row["note"] and row["variant"] == CENTRAL.name else ""
    mark = "*" if row["status"] == "set" else ""
    values = f"{format_simulated(row):{VALUE_WIDTH}}{format_published(row):{PUBLISHED_WIDTH}}"
    return f"{values}{source}{row['status']}{mark}, {row['verdict']}{trivial}{note}"


def format_simulated(row: Row) -> str:
    """Return the simulated value of a row with its interval and unit."""
    if math.isnan(row["value"]):
        return "-"
    digits = 2 if row["unit"] in ("ratio", "elasticity", "points") else 1
    interval = "" if math.isnan(row["low"]) else f" [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"
    return f"{row['value']:.{digits}f}{SYMBOLS[row['unit']]}{interval} "


def format_published(row: Row) -> str:
    """Return the published interval."""
    low, high = row["published_low"], row["published_high"]
    if low == "":
        return "-"
    return f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g} "


def total_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the number of lines inside, by status, and the names of those outside or inconclusive."""
    central = [row for row in rows if row["variant"] == CENTRAL.name]
    verdicts_by_kind: dict[str, list[str]] = {}
    for row in central:
        kind = "identity" if is_identity(row) else "must" if row["must"] else row["status"]
        verdicts_by_kind.setdefault(kind, []).append(row["verdict"])
    yield f"found: {format_verdict_counts(verdicts_by_kind.get('found', []))}"
    yield f"set from the row, so no finding: {format_verdict_counts(verdicts_by_kind.get('set', []))}"
    yield f"must hold: {format_verdict_counts(verdicts_by_kind.get('must', []))}"
    identities = verdicts_by_kind.get("identity", [])
    n_holding = identities.count("inside")
    yield f"identities, which hold by construction and are no finding: {n_holding} of {len(identities)} hold"
    yield f"{NOT_AVAILABLE}: {sum(row['verdict'] == NOT_AVAILABLE for row in rows)} of {len(rows)}"
    yield from list_under("outside", [row for row in central if row["verdict"] == "outside"])
    yield from list_under("outside a prior", [row for row in central if row["verdict"] == "prior only (outside)"])
    yield from list_under("variants whose interval holds no change", [row for row in rows if includes_no_change(row)])
    yield from list_under("trivial world does not fail", [row for row in rows if row["trivial_fails"] is False])


def is_identity(row: Row) -> bool:
    """Return whether a row holds by construction of the model."""
    return bool(row["must"]) and row["status"] == "given"


def format_verdict_counts(verdicts: Sequence[str]) -> str:
    """Return how many verdicts are inside and open, also for priors, and how many have too few pairs.

    >>> verdicts = ["inside", "open", "outside", "prior only (inside)", "too few twins", "no published value"]
    >>> format_verdict_counts(verdicts)
    '1 of 3 inside, 1 open; of priors 1 of 1 inside, 0 open; 1 with too few twins for a verdict'
    """
    parts = []
    for template in ("{}", "prior only ({})"):
        n = {name: verdicts.count(template.format(name)) for name in ("inside", "open", "outside")}
        parts.append(f"{n['inside']} of {sum(n.values())} inside, {n['open']} open")
    return f"{parts[0]}; of priors {parts[1]}; {verdicts.count(TOO_FEW_TWINS)} with too few twins for a verdict"


def includes_no_change(row: Row) -> bool:
    """Return whether the interval of a variant includes no change."""
    if row["variant"] == CENTRAL.name or row["value"] == "" or row["unit"] in ("level", "minutes"):
        return False
    return bool(row["low"] <= row["nothing"] <= row["high"])


def list_under(heading: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield a heading and the names of some rows."""
    if rows:
        yield f"{heading}:"
    for row in rows:
        variant = "" if row["variant"] == CENTRAL.name else f" ({row['variant']})"
        yield f"  {row['experiment']}.{row['line']}{variant}"
