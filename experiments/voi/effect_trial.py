"""Expected value and power of a trial of MOPSIC, by places, persons and the share of the effect that it sees.

A trial compares randomised places with the others. It sees a share of the effect in the whole town, since levers that
act at stations reach places of both arms. Its error follows from persons and places (Bloom 1995).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from experiments.reproduce.plan import ADOPTION, plan
from experiments.statistics.cluster_trials import detectable_effect, least_p, power_of
from experiments.statistics.value_of_information import value_of_measurement
from experiments.voi.choice import GAINS, stated_numbers
from experiments.voi.expected_value import Valuation
from model.engine.errors import InputError, suggest_nearest

PERSON_SD = 32.0
"""Standard deviation of one person's answer to LAPOP's question on trust in the police, in points of 100."""
TRUST_POINTS = 0.5
"""Smallest effect on trust that matters, in points: the unit of gains in trust."""
DEFAULTS = {"share": 1.0, "icc": 0.02}
"""Share of the effect that a trial sees, and intraclass correlation of answers within places."""
MOST_SHARE = 2.0
"""Largest share of the effect in the whole town that a trial may see."""
ERRORS_TOLD = 2.0
"""Standard errors by which an effect is told from 0."""
STUDY_FILE = "study.csv"
"""Table that `confianza trial` writes for this command."""
STUDY_NUMBERS = ["units", "persons", "icc", "error", "whole", "whole_error", "contrast"]
STUDY_COLUMNS = (
    *("site", "years", "package", "units", "persons", "share", "icc", "error", "detectable", "seen", "power"),
    *("least_p", "value", "exact", "part"),
)


@dataclass(frozen=True)
class EffectTrial:
    """A trial with half of its ``units`` treated and ``persons`` asked in each."""

    units: int
    persons: int
    share: float
    icc: float
    diagnosed_error: float | None = None
    """Standard error in points that `confianza trial` has found; else it follows from persons and places."""

    @classmethod
    def read_all(cls, text: str) -> list[Self]:
        """Return the trials of an option: one that it states, or those of a folder of `confianza trial`."""
        return [cls.read(text)] if "=" in text else cls.of_folder(Path(text))

    @classmethod
    def of_folder(cls, folder: Path) -> list[Self]:
        """Return the trials of a folder of `confianza trial`, one for each number of persons asked."""
        try:
            table = pd.read_csv(folder / STUDY_FILE)
            rows = [dict(zip(STUDY_NUMBERS, map(float, row), strict=True)) for row in table[STUDY_NUMBERS].to_numpy()]
            policies = set(table["policy"])
        except (OSError, ValueError, LookupError):
            raise InputError(f"--trial {folder}: no folder with a {STUDY_FILE} that `confianza trial` wrote") from None
        if other := sorted(str(name) for name in policies - set(plan().packages[ADOPTION])):
            raise InputError(f"--trial {folder} is a trial of {other[0]}: only those of MOPSIC in full are valued")
        return [cls.of_row(folder, row) for row in rows]

    @classmethod
    def of_row(cls, folder: Path, row: Mapping[str, float]) -> Self:
        """Return the trial of one row; raise `InputError` if no share of the effect in the whole town is known."""
        if not all(map(math.isfinite, row.values())) or row["error"] <= 0.0:
            raise InputError(f"--trial {folder}: {STUDY_FILE} must have finite numbers and errors above 0")
        if abs(row["whole"]) < ERRORS_TOLD * row["whole_error"]:
            raise InputError(
                f"--trial {folder}: the effect in the whole town is not told from 0 ({row['whole']:.2g} ±"
                f" {row['whole_error']:.2g}): run it with more lotteries"
            )
        share = row["contrast"] / row["whole"]
        if not 0.0 < share <= MOST_SHARE:
            raise InputError(
                f"--trial {folder}: both arms differ by {share:.2g} of the effect in the whole town; it must be more"
                f" than 0 and at most {MOST_SHARE:g}"
            )
        return cls(int(row["units"]), int(row["persons"]), share, row["icc"], row["error"])

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the trial of units=50,persons=100,share=0.46,icc=0.02; raise `InputError` if a number is wrong."""
        stated = stated_numbers("--trial", text)
        known = ("units", "persons", *DEFAULTS)
        for name in stated:
            if name not in known:
                raise InputError(f"--trial knows {', '.join(known)}, got '{name}'{suggest_nearest(name, known)}")
        numbers = DEFAULTS | stated
        for name, least in {"units": 4, "persons": 1}.items():
            if name not in numbers or numbers[name] < least or numbers[name] != int(numbers[name]):
                raise InputError(f"--trial: {name} must be a whole number of at least {least}, got '{text}'")
        if not 0.0 < numbers["share"] <= MOST_SHARE:
            raise InputError(f"--trial: share must be more than 0 and at most {MOST_SHARE:g}, got {numbers['share']:g}")
        if not 0.0 <= numbers["icc"] < 1.0:
            raise InputError(f"--trial: icc must be at least 0 and less than 1, got {numbers['icc']:g}")
        return cls(int(numbers["units"]), int(numbers["persons"]), numbers["share"], numbers["icc"])

    @property
    def error(self) -> float:
        """Standard error of the difference between both arms, in points.

        >>> round(EffectTrial(48, 100, 1.0, 0.0).error, 2)
        0.92
        """
        if self.diagnosed_error is not None:
            return self.diagnosed_error
        variance = PERSON_SD**2 * (self.icc + (1.0 - self.icc) / self.persons)
        treated = self.units // 2
        return math.sqrt(variance * (1.0 / treated + 1.0 / (self.units - treated)))

    @property
    def degrees(self) -> int:
        """Degrees of freedom: places less the two means."""
        return self.units - 2


def study_table(valuation: Valuation, trials: Sequence[EffectTrial]) -> pd.DataFrame:
    """Return power and expected value of trials of MOPSIC; no rows if it is not among the packages to choose from.

    ``power`` is the mean over worlds, ``seen`` the mean effect that the trial sees, ``exact`` the value of knowing the
    effect in the whole town without error, and ``part`` the share of it that the trial has.
    """
    rows = [study_row(valuation, trial) for trial in trials] if ADOPTION in valuation.choice.packages else []
    return pd.DataFrame([valuation.keys | row for row in rows], columns=list(STUDY_COLUMNS))


def study_row(valuation: Valuation, trial: EffectTrial) -> dict[str, Any]:
    """Return the row of one trial without keys."""
    decision, packages = valuation.decision, list(valuation.choice.packages)
    effects = TRUST_POINTS * valuation.worlds.gains[:, packages.index(ADOPTION), list(GAINS).index("trust")]
    exact = value_of_measurement(decision, effects, 0.0)
    value = min(exact, max(0.0, value_of_measurement(decision, effects, trial.error / trial.share)))
    powers = [power_of(trial.share * effect, trial.error, trial.degrees) for effect in effects]
    return {
        "package": ADOPTION, "units": trial.units, "persons": trial.persons, "share": trial.share, "icc": trial.icc,
        "error": trial.error, "detectable": detectable_effect(trial.error, trial.degrees),
        "seen": trial.share * float(decision.weights @ effects), "power": float(decision.weights @ np.array(powers)),
        "least_p": least_p(np.arange(trial.units) < trial.units // 2), "value": value, "exact": exact,
        "part": value / exact if exact > 0.0 else 0.0,
    }  # fmt: skip
