"""Parts of the scorecard after its targets: patterns, effects measured by studies, and rows not scored."""

import csv
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.dev.examinations.patterns import NOT_TESTED, PatternScore
from experiments.validation.targets import ROLES, not_measured
from model.engine.fingerprint import fingerprint

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
        text = f"effects that studies have measured: {why_no_effects}; confianza validate effects --out writes it"
        yield from wrap_text(text)
