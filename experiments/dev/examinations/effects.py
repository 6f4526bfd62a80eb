"""Virtual experiments: repeat the measurements of studies in paired runs and compare with published values."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from itertools import chain
from pathlib import Path

from experiments.dev.examinations.effects_text import format_effects_table
from experiments.storage.run_spec import RunSpec
from experiments.validation.effects_table import EXPERIMENTS, POLICY_TEXTS, WEAK
from experiments.validation.experiment import (
    CENTRAL,
    MIN_TWINS,
    VARIANT_TWINS,
    Estimate,
    Experiment,
    ExperimentLine,
    NotAvailable,
    Variant,
    Worlds,
    estimate,
)
from experiments.validation.experiment_runs import RUNS, ExperimentSize, plan_worlds, run_missing, run_worlds
from experiments.validation.study_tables import Row, select_named, write_table
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
    run_together(experiments, size, runs)
    for number, experiment in enumerate(experiments):
        rows += list(rows_of(experiment, size, runs))
        lines = format_effects_table(experiments, rows, size.seeds, whole=number == len(experiments) - 1)
        text = write_table(out, "effects", rows, COLUMNS, lines)
    print(text)
    return rows


def run_together(experiments: Sequence[Experiment], size: ExperimentSize, runs: Path) -> None:
    """Run all worlds of all experiments at once, so that those of one seed and variant share a warm-up."""
    specs: list[RunSpec] = []
    for experiment in experiments:
        for variant in variants_of(experiment, size):
            planned, _ = plan_worlds(experiment, variant, size_of(experiment, variant, size), runs, POLICY_TEXTS)
            specs += chain(*planned.values())
    run_missing(specs, runs, size.workers, "effects")


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
