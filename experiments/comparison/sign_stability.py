"""Read a precomputed table: whether effects of single measures keep their sign under other laws of trust."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from experiments.comparison.comparison import arms_of, effects_by_law_table
from experiments.comparison.decision_measures import ChosenSteps
from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.effect_verdicts import verdicts_table
from experiments.comparison.policy_choice import Choice
from experiments.comparison.single_measure_effects import STEPS, request_of
from experiments.execution.executor import run_jobs
from experiments.execution.runs import CompareLabel, RunGroup, run_group, under_law
from experiments.execution.trust_accounts import MEMORY_YEARS, Law
from experiments.storage.reading import reference_file
from experiments.storage.writing import frame_as_csv, make_folder, write_atomically
from experiments.words.console import console_text
from model.engine.fingerprint import fingerprint
from scenarios.timeline import BUILT_IN_SITES

TESTED_LAWS = (Law(memory_years=MEMORY_YEARS[0]), Law(memory_years=MEMORY_YEARS[-1]))
"""The shortest and the longest memory, besides that of the page; data cannot tell them apart."""
LAWS_FILE = reference_file("comparison", "laws.csv")
"""Table written by `python -m experiments.dev validate laws`."""


type Row = dict[str, Any]


@cache
def laws_table() -> dict[tuple[str, ChosenSteps, str], Row]:
    """Return the table by municipality, chosen measure and outcome; empty if it was never computed."""
    rows: Any = pd.read_csv(LAWS_FILE).to_dict("records") if LAWS_FILE.is_file() else ()
    return {(row["site"], ((row["measure"], row["step"]),), row["outcome"]): row for row in rows}


def laws_row(choice: Choice, outcome: str) -> Row | None:
    """Return the row of an outcome over laws of trust; None unless this one measure was run as long."""
    row = laws_table().get((choice.site, choice.chosen, outcome))
    return row if row and not choice.begins and row["years"] == choice.years else None


def show_laws(out: Path, twins: int, years: float, sets: Sequence[str], workers: int) -> None:
    """Run every step of every measure, and today, under other laws of trust; write and print the results."""
    make_folder(out)
    with TemporaryDirectory() as policies:
        blocks = [arms_of(request_of(site, Path(policies), twins, years, sets, ()))[0] for site in BUILT_IN_SITES]
        groups = [
            RunGroup(tuple(under_law(law, spec) for spec in world), CompareLabel(number, "law", law=law))
            for number, arms in enumerate(blocks)
            for law in TESTED_LAWS
            for world in zip(*(arm.specs for arm in arms), strict=True)
        ]
        results = run_jobs(groups, run_group, workers, console_text("label.laws")).all_results
    steps = {arm.name: step for arm, step in zip(blocks[0][1:], STEPS, strict=True)}
    origin = {"years": years, "set": " ".join(sets), "code": fingerprint()}
    rows = [
        row_of(row, *steps[row["against"]]) | origin
        for _, row in verdicts_table(effects_by_law_table(results, blocks, {})).iterrows()
        if row["measure"] in {one.name for one in OUTCOMES}
    ]
    content = frame_as_csv(pd.DataFrame(rows), ".4g")
    write_atomically(out / LAWS_FILE.name, content)
    print(content.decode(), end="")


def row_of(verdict_row: Any, measure: str, step: int) -> Row:
    """Return the row of one outcome of one step: numbers of pairs and laws, and counts of laws by result."""
    counts = {name: int(verdict_row[name]) for name in ("n", "cells", "up", "down", "none", "open")}
    ends = {
        name: 0.0 if math.isclose(verdict_row[name], 0.0, abs_tol=1e-9) else verdict_row[name]
        for name in ("low", "high")
    }
    place = {"site": verdict_row["site"], "measure": measure, "step": step, "outcome": verdict_row["measure"]}
    return place | counts | ends | {"sign": verdict_row["sign"]}
