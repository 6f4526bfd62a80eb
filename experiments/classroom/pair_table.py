"""Effects of the classroom's switches and exercises in eight pairs of whole towns, computed like a student's own pairs.

`python -m experiments.dev validate lessons` writes the table. The page reads it for the notes beside switches and to
check exercises,
so that a note, the answer of an exercise and a student's own pairs are of one comparison.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from experiments.classroom import lesson
from experiments.classroom.assignment import SINCE, Assignment
from experiments.comparison.cause_effects import PlaceAndMonth, cause_effects
from experiments.comparison.decision_outcomes import Twins, all_outcome_effects, effect_on
from experiments.comparison.headline_measures import BY_NAME
from experiments.statistics.paired_effects import Effect
from experiments.statistics.verdicts import MIN_RUNS, judge
from experiments.storage.reading import reference_file

TABLE = reference_file("classroom", "lessons.csv")
MORE_MEASURES = ("told_share", "calls_unserved", "c1", "c2", "c3", "c4")
"""Measures besides the outcomes of the page that a claim of an exercise may be about."""
LEAST_ALIKE = 7
"""Pairs of eight that have to agree on a direction before it is said."""
COLUMNS = ("town", "case", "kind", "name", "base", "effect", "low", "high", "delta", "rose", "fell", "pairs", "verdict")
NUMBERS = ("base", "effect", "low", "high", "delta")
COUNTS = ("rose", "fell", "pairs")


@dataclass(frozen=True)
class PairedRow:
    """Effect on an outcome, measure or cause of trust in the pairs of a case.

    ``base`` is the mean of the worlds as today; ``effect`` the mean difference with its 95 % interval from ``low`` to
    ``high``; ``rose`` and ``fell`` count pairs. ``verdict`` is one of `VERDICTS`.
    """

    kind: str
    name: str
    base: float
    effect: float
    low: float
    high: float
    delta: float
    rose: int
    fell: int
    pairs: int
    verdict: str

    @property
    def direction(self) -> int:
        """Return 1 or -1 if almost all pairs rose or fell, else 0."""
        if self.pairs < MIN_RUNS:
            return 0
        return (self.rose >= LEAST_ALIKE) - (self.fell >= LEAST_ALIKE)


def cases(town: str) -> dict[str, Assignment]:
    """Return the comparisons of the table in a municipality: each switch with each begin, and each exercise."""
    switches = {
        f"{name}, {since}": Assignment(town=town, off=frozenset({name}), since=since)
        for name in lesson.switch_names()
        for since in SINCE
    }
    exercises = {
        case_name(exercise["name"], account): assignment_of(exercise, town, account)
        for exercise in lesson.exercises()
        if "settings" in exercise
        for account in exercise.get("accounts", [""])
    }
    return switches | exercises


def case_name(exercise: str, account: str = "") -> str:
    """Return the name of the comparison of an exercise, under an account."""
    return f"exercise {exercise}" + (f", {account}" if account else "")


def assignment_of(exercise: Mapping[str, Any], town: str, account: str = "") -> Assignment:
    """Return the settings that an exercise compares with today."""
    settings = dict(exercise["settings"])
    settings["off"] = frozenset(settings.get("off", ()))
    return Assignment(town=town, account=account, **settings)


def rows_of_pairs(twins: Sequence[Twins]) -> list[PairedRow]:
    """Return the effects in some pairs: on the outcomes of the page, on more measures, and by cause of trust."""
    outcomes = [
        paired_row("outcome", one.outcome.name, one.effect, one.verdict) for one in all_outcome_effects(twins, draws={})
    ]
    measures = [(name, effect_on(BY_NAME[name], twins)) for name in MORE_MEASURES]
    causes = [(one.name, one.effect) for one in cause_effects(twins, PlaceAndMonth())]
    return [
        *outcomes,
        *(paired_row("measure", name, effect, judge(effect)) for name, effect in measures),
        *(paired_row("cause", name, effect, judge(effect)) for name, effect in causes if effect.rose + effect.fell),
    ]


def paired_row(kind: str, name: str, effect: Effect, verdict: str) -> PairedRow:
    """Return an effect as a row."""
    numbers = {name: float(getattr(effect, name)) for name in NUMBERS}
    return PairedRow(kind, name, **numbers, rose=effect.rose, fell=effect.fell, pairs=effect.n, verdict=verdict)


def spread_of_chance(levels: Sequence[float]) -> PairedRow:
    """Return the mean distance of trust between two worlds that differ in their seed alone."""
    distances = np.abs(np.subtract.outer(levels, levels))[np.triu_indices(len(levels), 1)]
    numbers = {"base": np.mean(levels), "effect": distances.mean(), "low": distances.min(), "high": distances.max()}
    sizes = {name: float(value) for name, value in numbers.items()} | {"delta": math.nan}
    return PairedRow("chance", "trust_mean", **sizes, rose=0, fell=0, pairs=len(distances), verdict="missing")


@cache
def table(path: Path = TABLE) -> dict[tuple[str, str], dict[str, PairedRow]]:
    """Return all rows by municipality and case, then by name."""
    found: dict[tuple[str, str], dict[str, PairedRow]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            numbers: dict[str, Any] = {name: float(line[name] or "nan") for name in NUMBERS}
            counts: dict[str, Any] = {name: int(line[name]) for name in COUNTS}
            row = PairedRow(line["kind"], line["name"], **numbers, **counts, verdict=line["verdict"])
            found.setdefault((line["town"], line["case"]), {})[row.name] = row
    return found


def rows_of(town: str, case: str) -> Mapping[str, PairedRow]:
    """Return the rows of a case by name; none for a municipality in which it was not run."""
    return table().get((town, case), {})
