"""Scorecard: testable rows of the evidence with their role, the model's value and a trivial forecast.

The trivial forecast is the measurement in the other municipality: shares as they are, counts by resident. A row fails
if the model differs from the measurement by more than two standard deviations of observation, discrepancy and random
variation together. Agreement of calibrated rows, inputs and echoes is no evidence for the model. Patterns and effects
follow, then rows that are not scored, with the reason.
"""

import csv
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.dev.examinations.pattern_runs import run_patterns
from experiments.dev.examinations.patterns import NOT_TESTED, UNCHANGED, PatternScore, months_by_seed, pattern_scores
from experiments.dev.examinations.tables import write_table, write_text
from experiments.statistics.forecast_scores import crps, has_failed, skill_score, standardised_error
from experiments.storage.writing import csv_bytes, make_folder, write_atomically
from experiments.validation.experiment import SITES
from experiments.validation.experiment_runs import ExperimentSize
from experiments.validation.targets import ROLES, MeasuredTarget, measured_targets, not_measured
from model.engine.fingerprint import fingerprint
from scenarios import load

YEARS = 3.0
TABLE_NAME, PATTERN_TABLE = "scorecard", "patterns"


@dataclass(frozen=True)
class Score:
    """One row: measurement, model, trivial forecast, and their scores.

    ``z`` is the distance in standard deviations; ``crps`` is in the unit of the row, ``skill`` relative to the trivial
    forecast.
    """

    site: str
    name: str
    role: str
    measured: float
    model: float
    trivial: float
    z: float
    trivial_z: float
    crps: float
    trivial_crps: float
    skill: float
    failed: bool
    trivial_failed: bool


def show_scorecard(out: Path, size: ExperimentSize, years: float = YEARS) -> bool:
    """Run both sites; write and print the scorecard; return whether nothing has failed."""
    make_folder(out)
    runs = run_patterns(size, years)
    score_rows = [row for site in SITES for row in scores(site, months_by_seed(runs, site, UNCHANGED), size.scale)]
    pattern_rows = list(pattern_scores(runs))
    effects, why_no_effects = measured_effects(out)
    rows = [{name: getattr(pattern, name) for name in COLUMNS} for pattern in pattern_rows]
    write_table(out, PATTERN_TABLE, rows, COLUMNS, pattern_lines(pattern_rows))
    write_atomically(out / f"{TABLE_NAME}.csv", csv_of(score_rows))
    model_lines = score_lines(score_rows), pattern_lines(pattern_rows)
    print(write_text(out, TABLE_NAME, chain(*model_lines, effect_lines(effects), not_scored_lines(why_no_effects))))
    failed = any(row.failed for row in score_rows) or any(row.failed for row in pattern_rows)
    return not failed and not any(has_failed_effect(row) for row in effects)


def scores(site: str, runs: Mapping[int, pd.DataFrame], scale: float) -> Iterator[Score]:
    """Yield the scores of one site with a town of this scale."""
    trivial = trivial_forecasts(site)
    for target in measured_targets((site,)):
        values = np.array([target.of(months, scale) for months in runs.values()], float)
        yield score_target(target, values[np.isfinite(values)], trivial.get(target.order.name.strip(), math.nan))


def score_target(target: MeasuredTarget, values: np.ndarray, trivial: float) -> Score:
    """Return the score of one target from the model's values by seed; it fails without values."""
    measured, mean = target.target, float(values.mean()) if len(values) else math.nan
    noise = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    z, trivial_z = (
        standardised_error(forecast, measured.value, measured.variance + noise) for forecast in (mean, trivial)
    )
    error, trivial_error = (crps(forecast, noise, measured.value) for forecast in (mean, trivial))
    return Score(
        site=target.site, name=target.order.name.strip(), role=target.role, measured=measured.value, model=mean,
        trivial=trivial, z=z, trivial_z=trivial_z, crps=error, trivial_crps=trivial_error,
        skill=skill_score(error, trivial_error), failed=has_failed(z), trivial_failed=has_failed(trivial_z),
    )  # fmt: skip


def trivial_forecasts(site: str) -> Mapping[str, float]:
    """Return the measurements of the other site by name of the row: counts by resident, all else unchanged."""
    (other,) = (name for name in SITES if name != site)
    people = [float(load(name)["population"].total) for name in (site, other)]
    forecasts = {}
    for target in measured_targets((other,)):
        forecasts[target.order.name.strip()] = target.band[1] * (people[0] / people[1] if target.is_count else 1.0)
    return forecasts


def csv_of(rows: Sequence[Score]) -> bytes:
    """Return all rows as CSV, numbers with six significant digits."""
    return csv_bytes(asdict(rows[0]), (asdict(row).values() for row in rows), ".6g")


def score_lines(rows: Sequence[Score]) -> Iterator[str]:
    """Yield the scorecard by site and role, in lines of at most 80 columns."""
    for site in dict.fromkeys(row.site for row in rows):
        yield site
        yield f"{'':32}{'measured':>9}{'model':>9}{'sd off':>7}{'trivial':>9}{'skill':>7}"
        by_role = {role: [row for row in rows if (row.site, row.role) == (site, role)] for role in ROLES}
        for role, role_rows in by_role.items():
            if role_rows:
                yield f" {role}"
            for row in role_rows:
                verdict = " FAILED" if row.failed else ""
                measured, model, trivial = map(four_digits, (row.measured, row.model, row.trivial))
                numbers = f"{measured:>9}{model:>9}{row.z:>+7.1f}{trivial:>9}{row.skill:>+7.2f}"
                yield f"  {textwrap.shorten(row.name, 29, placeholder='…'):30}{numbers}{verdict}"
        yield from (f" {role}: {failure_counts(role_rows)}" for role, role_rows in by_role.items() if role_rows)
        yield ""
    yield "Skill: 1 perfect, 0 as the trivial forecast, the number of the other town."
    yield "Agreement of calibrated rows, inputs and echoes is no evidence for the model."
    yield ""


def four_digits(number: float) -> str:
    """Return a number with four significant digits, large ones without an exponent.

    >>> four_digits(13164.2), four_digits(41.872), four_digits(0.3)
    ('13164', '41.87', '0.3')
    """
    return f"{number:.0f}" if abs(number) >= 1e4 else f"{number:.4g}"


LINE_WIDTH = 80
COLUMNS = (
    *("id", "site", "role", "says", "low", "high", "model", "holding", "share", "chance", "skill", "failed"),
    "trivial_failed",
)
EFFECTS = "effects.csv"
ROLE_OF_STATUS = {"set": "calibrated", "found": "held out", "given": "input"}
"""Role of an effect by its status in the table of virtual experiments."""


def pattern_lines(rows: Sequence[PatternScore]) -> Iterator[str]:
    """Yield patterns by role, in lines of at most 80 columns."""
    yield "Patterns: statements of the evidence, and the share of runs in which they hold"
    yield f"{'':24}{'model':>9}{'limits':>16}{'holds':>8}{'trivial':>9}{'skill':>7}"
    for role in ROLES:
        role_rows = [row for row in rows if row.role == role]
        if role_rows:
            yield f" {role}: {failure_counts(role_rows)}"
        for row in role_rows:
            yield from wrap_text(f"{row.id} {row.says}")
            model = "" if math.isnan(row.model) else f"{row.model:.4g}"
            verdict = " FAILED" if row.failed else ""
            shares = f"{row.holding:>8.0%}{row.chance:>9.0%}{row.skill:>+7.2f}"
            yield f"      {row.site:18}{model:>9}{limits(row):>16}{shares}{verdict}"
    yield "Trivial: the share that somebody who knows nothing expects."
    yield ""


def wrap_text(text: str) -> list[str]:
    """Return a text in lines of at most 80 columns, the first indented by two spaces, the others by six."""
    return textwrap.wrap(text, LINE_WIDTH, initial_indent="  ", subsequent_indent="      ")


def limits(row: PatternScore) -> str:
    """Return the finite limits of a pattern as text."""
    low, high = (math.isfinite(end) for end in (row.low, row.high))
    if low and high:
        return f"{row.low:g} to {row.high:g}"
    return f"> {row.low:g}" if low else f"< {row.high:g}" if high else ""


def failure_counts(rows: Sequence[Any]) -> str:
    """Return the number of scores that fail, for the model and for the trivial forecast."""
    failed, trivial = (sum(getattr(row, name) for row in rows) for name in ("failed", "trivial_failed"))
    return f"{failed} of {len(rows)} FAILED; of the trivial forecast {trivial}"


def measured_effects(out: Path) -> tuple[list[Mapping[str, str]], str]:
    """Return the effects with a published size from the table in a folder, or the reason why there are none.

    A table of other code is not used.
    """
    path = out / EFFECTS
    if not path.is_file():
        return [], f"no {EFFECTS} in {out}"
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[Mapping[str, str]] = [
            row for row in csv.DictReader(file) if row["variant"] == "central" and row["published_low"]
        ]
    if any(row["code"] != fingerprint() for row in rows):
        return [], f"{path} is of another state of the code"
    return rows, ""


def has_failed_effect(row: Mapping[str, str]) -> bool:
    """Return whether an effect lies outside its published interval, unless that is a wide prior."""
    return row["verdict"] == "outside" and row["prior"] != "True"


def effect_lines(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield the effects that studies have measured, by role, in lines of at most 80 columns."""
    if not rows:
        return
    yield "Effects that studies have measured; the trivial world is one without the effect"
    for status, role in ROLE_OF_STATUS.items():
        status_rows = [row for row in rows if row["status"] == status]
        if status_rows:
            trivial = sum(row["trivial_fails"] == "True" for row in status_rows)
            failed = sum(map(has_failed_effect, status_rows))
            yield f" {role}: {failed} of {len(status_rows)} FAILED; of the trivial world {trivial}"
        for row in status_rows:
            yield f"  {row['en'][:77]}"
            published = f"{row['published_low']} to {row['published_high']} ({row['source'][:24]})"
            verdict = "FAILED" if has_failed_effect(row) else row["verdict"]
            wide = ", wide prior" if row["prior"] == "True" else ""
            yield f"      {row['value'][:9]:>9}  {published:44}{(verdict + wide)[:19]}"
    yield ""


def not_scored_lines(why_no_effects: str) -> Iterator[str]:
    """Yield every row of the evidence that is not scored, with the reason, in lines of at most 80 columns."""
    yield "Not scored, with the reason"
    reasons = {name: why for name, why in not_measured().items() if why != "nobody has measured it"}
    for name, why in {**NOT_TESTED, **reasons}.items():
        yield from wrap_text(f"{name}: {why}")
    unknown = ", ".join(name for name in not_measured() if name not in reasons)
    yield from wrap_text(f"nobody has measured: {unknown}")
    if why_no_effects:
        command = "python -m experiments.dev validate effects --out"
        yield from wrap_text(f"effects that studies have measured: {why_no_effects}; {command} writes it")
