"""Criteria in paired runs: compared with the paper, by their responses, and over ranges of assumed parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_effects import draw_lines, mean_scores
from experiments.execution.run_requests import plan_runs
from experiments.statistics.forecast_scores import does_hold
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import CRITERION
from experiments.validation.experiment import BASE, SITES, Experiment
from experiments.validation.experiment_runs import RUNS, ExperimentSize, policy_file_text, run_worlds
from experiments.validation.study_tables import write_table
from experiments.words.toml_files import toml_beside
from model.engine.fingerprint import fingerprint
from model.measures.criteria import CRITERIA, GRADES, grade_index

STATED_WORLDS: dict[str, dict[str, Any]] = toml_beside(__file__)
WORLDS: dict[str, dict[str, Any]] = STATED_WORLDS["worlds"]
"""Worlds by name: label, and changes from the first day after the common warm-up on."""
RANGES: dict[str, list[float]] = STATED_WORLDS["ranges"]
"""Low and high end of each assumed parameter that may affect criteria."""
YEARS = 3.0
PAIRS = 12
GAMING = ("forms", "routes", "responses", "empty", "no")
MAY_LOWER = {"pressure", *GAMING}
COLUMNS = ("site", "world", "en", "years", "criterion", "level", "change", "low", "high", "twins", "code")
type Table = Mapping[str, np.ndarray]
"""Scores of each criterion by seed."""
type Ends = Mapping[tuple[str, float], Table]
"""Scores of each criterion by parameter and value, at one site."""


def show_criteria(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> None:
    """Run the status quo and all worlds at both sites; write and print their criteria."""
    months = {site: run_criteria(site, WORLDS, years, size, runs) for site in SITES}
    found = {site: {name: table_of(own) for name, own in some.items()} for site, some in months.items()}
    anchors = plan_runs(SITES[0])[0].scenario.anchors
    lines = [
        *draw_lines({site: mean_scores(some[BASE], anchors) for site, some in months.items()}),
        *paper_lines({site: some[BASE] for site, some in found.items()}),
        *response_lines(found, years, size.seeds),
    ]
    rows = [row for site in SITES for row in rows_of(site, found[site], WORLDS, years)]
    print(write_table(out, "criteria", rows, COLUMNS, lines))


def run_criteria(
    site: str, worlds: Mapping[str, Mapping[str, Any]], years: float, size: ExperimentSize, runs: Path
) -> dict[str, pd.DataFrame]:
    """Run the status quo and other worlds at one site; return the months of each world over all seeds."""
    texts = {f"criteria_{name}": policy_file_text(world["set"]) for name, world in worlds.items() if "set" in world}
    words = {
        name: (*world.get("policies", ()), *([f"criteria_{name}"] if "set" in world else []))
        for name, world in worlds.items()
    }
    one = Experiment(f"criteria of {site}", site=site, worlds=words, years=years)
    blocks = run_worlds(one, size, runs, texts)
    return {name: pd.concat([some[name].months for some in blocks], ignore_index=True) for name in (BASE, *worlds)}


def rows_of(
    site: str, found: Mapping[str, Table], worlds: Mapping[str, Mapping[str, Any]], years: float
) -> Iterator[dict[str, Any]]:
    """Yield level and change of every criterion in every world of a site."""
    about = {"site": site, "years": years, "code": fingerprint()}
    for world, table in found.items():
        for name in CRITERIA:
            effect = paired(found[BASE][name].tolist(), table[name].tolist())
            change = {key: getattr(effect, key) for key in ("low", "high")} | {"change": effect.effect}
            label = "status quo" if world == BASE else worlds[world]["told"]
            row = about | {"world": world, "en": label, "criterion": name}
            yield row | {"level": mean_of(table[name]), "twins": len(table[name])} | change


def table_of(months: pd.DataFrame) -> Table:
    """Return each criterion at the end of every run, in order of seed."""
    last = months.sort_values("month").groupby("seed", sort=True).tail(1).sort_values("seed")
    return {name: last[name].to_numpy() for name in CRITERIA}


def mean_of(values: np.ndarray) -> float:
    """Return the mean over the seeds with a score, NaN if no seed has one."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def has_grade(score: float, grade: str) -> bool:
    """Return whether a score has this grade of the tables."""
    return not math.isnan(score) and GRADES[grade_index(score)] == grade


def paper_verdicts(base: Mapping[str, Table]) -> Iterator[tuple[str, bool, str]]:
    """Yield each of L01 to L06, whether it is met, and the numbers behind it."""
    vc, tot = base["villa_canales"], base["totonicapan"]
    both = (vc, tot)
    mean = [{name: mean_of(one[name]) for name in CRITERIA} for one in both]
    c1, c2, c3 = ([one[name] for one in mean] for name in ("c1", "c2", "c3"))
    passed = all(has_grade(one, "acceptable") for one in c1) and abs(c1[0] - c1[1]) < CRITERION.alike
    yield "L01 C1 acceptable at both", passed, f"{c1[0]:.2f}, {c1[1]:.2f}"
    yield "L02 C2 passable in Villa Canales", has_grade(c2[0], "passable"), f"{c2[0]:.2f}"
    n = min(len(vc["c2"]), len(tot["c2"]))
    apart = share_of_seeds(tot["c2"][:n] - vc["c2"][:n] > CRITERION.alike)
    strong = has_grade(c2[1], "strong") and does_hold(apart, CRITERION.share)
    yield "L03 C2 strong in Totonicapán", strong, f"{c2[1]:.2f}; above VC in {apart:.0%}"
    limited = all(has_grade(one, "limited") and one < first for one, first in zip(c3, c1, strict=True))
    yield "L04 C3 limited at both", limited, f"{c3[0]:.2f}, {c3[1]:.2f}"
    least = [share_of_seeds(one["c4"] < np.minimum(np.minimum(one["c1"], one["c2"]), one["c3"])) for one in both]
    weak = does_hold(min(least), CRITERION.share) and max(one["c4"] for one in mean) < CRITERION.weak
    yield "L05 C4 weakest at both", weak, f"in {least[0]:.0%}, {least[1]:.0%} of seeds"
    order = (
        share_of_seeds((vc["c1"] >= vc["c2"]) & (vc["c2"] > vc["c3"]) & (vc["c3"] > vc["c4"])),
        share_of_seeds((tot["c2"] >= tot["c1"]) & (tot["c1"] > tot["c3"]) & (tot["c3"] > tot["c4"])),
    )
    yield "L06 their order", does_hold(min(order), CRITERION.ordered), f"in {order[0]:.0%}, {order[1]:.0%} of seeds"


def share_of_seeds(holds: np.ndarray) -> float:
    """Return the share of seeds in which a condition holds."""
    return float(np.mean(holds))


def paper_lines(base: Mapping[str, Table]) -> Iterator[str]:
    """Yield the criteria with the grades of the paper, then its findings L01 to L06, met or not."""
    yield ""
    yield "Beside the paper (2017-18), which set no number; at the stated anchors"
    for place, site in enumerate(SITES):
        for name, word in STATED_WORLDS["paper"].items():
            value = mean_of(base[site][name])
            here = "null" if math.isnan(value) else GRADES[grade_index(value)]
            yield f"  {site:15}{name:5}{value:6.2f}  here {here:12} paper {word[place]}"
    for finding, passed, numbers in paper_verdicts(base):
        yield f"  {finding:34}{'passed' if passed else 'FAILED':8}{numbers}"


def change_and_error(base: Table, world: Table, name: str) -> tuple[float, float]:
    """Return the mean change of a criterion over paired runs, and its standard error."""
    n = len(world[name])
    effect = paired(base[name][:n].tolist(), world[name].tolist())
    return effect.effect, effect.error


def response_lines(found: Mapping[str, Mapping[str, Table]], years: float, seeds: int) -> Iterator[str]:
    """Yield the changes of each criterion in worlds that should move it, that should not, and under gaming."""

    def answers(key: str, name: str, wanted: bool, sign: float = 1.0) -> str:
        changes = [change_and_error(found[site][BASE], found[site][key], name) for site in SITES]
        marked = ((*one, " " if responds_as_expected(*one, wanted, sign, key) else "*") for one in changes)
        label = f"{WORLDS[key]['told']:28}"
        return label + "".join(f"{c:+.3f} ±{error:.3f}{mark}".rjust(18) for c, error, mark in marked)

    yield ""
    yield f"Answers after {years:g} years, {seeds} twins: change ± error in both sites; * not as it should be"
    for name in CRITERIA:
        for wanted, heading in ((True, "should"), (False, "should_not")):
            yield f"{name} {'should move' if wanted else 'should not'}"
            for stated in STATED_WORLDS[heading][name]:
                yield f"  {answers(stated.lstrip('-'), name, wanted, -1.0 if stated.startswith('-') else 1.0)}"
    yield "Gaming on every criterion"
    for key in GAMING:
        for name in CRITERIA:
            yield f"  {name[:4]} {answers(key, name, False)}"


def responds_as_expected(change: float, error: float, wanted: bool, sign: float, key: str) -> bool:
    """Return whether a criterion moves as it should, or stays within chance; worlds in `MAY_LOWER` may lower it."""
    if wanted:
        return CRITERION.responds(sign * change)
    return CRITERION.stands(change if key in MAY_LOWER else abs(change), error)


def show_ranges(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> None:
    """Run the status quo of both sites with each parameter at either end; write and print the span of the criteria."""
    ends = {f"{name.replace('.', '_')}_{value:g}": (name, value) for name, both in RANGES.items() for value in both}
    worlds = {world: changed_world(*end) for world, end in ends.items()}
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for site in SITES:
        found = {name: table_of(own) for name, own in run_criteria(site, worlds, years, size, runs).items()}
        by_end = {end: found[world] for world, end in ends.items()}
        lines += range_lines(site, found[BASE], by_end, years, size.seeds)
        rows += rows_of(site, found, worlds, years)
        text = write_table(out, "criteria_ranges", rows, COLUMNS, lines)
    print(text)


def changed_world(name: str, value: float) -> dict[str, Any]:
    """Return the status quo with one parameter changed from the first day after the common warm-up on."""
    return {"told": f"{name} = {value:g}", "set": {name: value}}


def range_lines(site: str, base: Table, ends: Ends, years: float, seeds: int) -> Iterator[str]:
    """Yield the span of each criterion at one site, with the grades and the parameters at its ends."""
    yield f"{site}: criteria after {years:g} years over the ranges of what is assumed, one number at a time,"
    yield f"from the first day on, {seeds} twins: status quo, lowest and highest mean, what leads there; every change"
    for name in CRITERIA:
        means = {key: mean_of(table[name]) for key, table in ends.items()}
        known = {key: value for key, value in means.items() if not math.isnan(value)}
        now = mean_of(base[name])
        if not known or math.isnan(now):
            yield f"  {name:15} null: too few events"
            continue
        low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        span = " to ".join(
            f"{known[key]:.2f} {GRADES[grade_index(known[key])]} ({key[0]} {key[1]:g})" for key in (low, high)
        )
        yield f"  {name:15}{now:.2f} {GRADES[grade_index(now)]}: {span}"
    yield "".join(["  ", "change ± error".ljust(32), *(name.rjust(16) for name in CRITERIA)])
    for (number, value), table in ends.items():
        cells = (change_and_error(base, table, name) for name in CRITERIA)
        yield f"  {f'{number} {value:g}':32}" + "".join(
            ("-" if math.isnan(change) else f"{change:+.3f} ±{error:.3f}").rjust(16) for change, error in cells
        )
    yield ""
