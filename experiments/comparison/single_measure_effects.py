"""Read a precomputed table: effects of each single measure, step by step, and of two extreme worlds."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from experiments.comparison.comparison import Request, arms_of, months_of
from experiments.comparison.decision_measures import Text, file_of, measures, policy_of
from experiments.comparison.decision_outcomes import COST_MEASURES, OUTCOMES
from experiments.execution.executor import run_jobs
from experiments.execution.runs import CompareLabel, CompareResults, RunGroup, run_group
from experiments.statistics.paired_effects import paired
from experiments.storage.reading import reference_file
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.writing import frame_as_csv, make_folder, write_atomically
from experiments.words.console import console_text
from model.engine.fingerprint import fingerprint
from scenarios.timeline import BUILT_IN_SITES

REACH_FILE = reference_file("comparison", "reach.csv")
"""Table written by `python -m experiments.dev validate reach`."""
YEARS = 2.0
EXTREME_WORLDS: dict[str, Text] = {
    "no_police": {"en": "no police", "es": "sin policía"},
    "all_best": {"en": "all best", "es": "todo lo mejor"},
}
"""Titles of extreme worlds by the name of their policy."""
STEPS = tuple((one.name, number) for one in measures() for number, step in enumerate(one.steps) if step.entries)
"""Steps of all measures that change something."""


@cache
def single_measure_table() -> pd.DataFrame:
    """Return the table; empty if it was never computed."""
    return pd.read_csv(REACH_FILE) if REACH_FILE.is_file() else pd.DataFrame()


@cache
def single_measure_effects() -> dict[tuple[str, str, int], dict[str, tuple[float, float, float]]]:
    """Return the effect of each single measure with its interval, by municipality, measure, step and outcome."""
    effects: dict[tuple[str, str, int], dict[str, tuple[float, float, float]]] = {}
    row: Any
    for row in single_measure_table().itertuples():
        effects.setdefault((row.site, row.measure, row.step), {})[row.outcome] = (row.effect, row.low, row.high)
    return effects


def show_single_measure_effects(out: Path, twins: int, years: float, sets: Sequence[str], workers: int) -> None:
    """Run every step of every measure, the extreme worlds, and today; write and print their effects."""
    make_folder(out)
    with TemporaryDirectory() as steps:
        requests = [request_of(site, Path(steps), twins, years, sets) for site in BUILT_IN_SITES]
        blocks = [[arm.specs for arm in arms_of(request)[0]] for request in requests]
        groups = [
            RunGroup(specs, CompareLabel(k)) for k, arms in enumerate(blocks) for specs in zip(*arms, strict=True)
        ]
        results = run_jobs(groups, run_group, workers, console_text("label.alone")).all_results
    rows = [
        row
        for number, site in enumerate(BUILT_IN_SITES)
        for row in rows_of(site, years, [one for one in results if one.label.block == number])
    ]
    content = frame_as_csv(pd.DataFrame(rows), ".4g")
    write_atomically(out / "reach.csv", content)
    print(content.decode(), end="")


def request_of(
    site: str,
    folder: Path,
    twins: int,
    years: float,
    sets: Sequence[str],
    worlds: Sequence[str] = tuple(EXTREME_WORLDS),
) -> Request:
    """Return the comparison of today with every step and extreme world; write a policy file for each step."""
    make_folder(folder)
    files = []
    for name, number in STEPS:
        files.append(folder / f"{name}_{number}.toml")
        files[-1].write_text(file_of(policy_of(((name, number),))), encoding="utf-8")
    arms = (STATUS_QUO, *map(str, files), *worlds)
    return Request(arms=arms, scenarios=(site,), sets=tuple(sets), years=years, replicates=twins)


def rows_of(site: str, years: float, results: Sequence[CompareResults]) -> list[dict[str, Any]]:
    """Return the effects of every step and extreme world on every outcome and cost at one site."""
    origin = {"site": site, "years": years, "twins": len(results), "code": fingerprint()}
    base, rows = months_of(results, 0), []
    for k, (name, step) in enumerate((*STEPS, *((world, 0) for world in EXTREME_WORLDS)), start=1):
        months = months_of(results, k)
        for headline in (*(one.headline for one in OUTCOMES), *COST_MEASURES):
            sides = ([headline.value(run) for run in side] for side in (base, months))
            effect = paired(*sides, scale=headline.scale(years))
            numbers = {name: getattr(effect, name) for name in ("effect", "low", "high", "delta")}
            rows.append(origin | {"measure": name, "step": step, "outcome": headline.name} | numbers)
    return rows
