"""Diagnosis of a trial over all lotteries (Blair et al. 2019), each number with its Monte Carlo error.

Surveys of one lottery share worlds and random assignment, so errors are those of the means of lotteries. Effects differ
between lotteries; an estimate is compared with the effect of its own lottery.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.statistics.cluster_trials import LEAST_UNITS, detectable_effect, least_p
from experiments.trial.analysis import (
    CONTRAST,
    DIRECT,
    INQUIRIES,
    PERSONS,
    PLACES,
    POLICY,
    SAME_ASSIGNMENT,
    TWIN,
    WHOLE,
)
from experiments.trial.design import TrialDesign
from experiments.trial.lottery import LotteryResult
from experiments.trial.survey import TRUST, Reals

ALPHA = 0.05
FEWEST_FOR_COVARIATE = 8
"""Units from which what was answered before is a covariate; assumed."""
JUDGED = {WHOLE: PERSONS, DIRECT: PLACES, CONTRAST: PLACES}
"""Effects with which an estimate is compared, and their weighting: means of places estimate that by places."""
ESTIMATE_KEYS = ("outcome", "months", "persons", "estimator")
DIAGNOSIS_COLUMNS = (
    *ESTIMATE_KEYS, "inquiry", "truth", "truth_error", "mean", "mean_error", "bias", "bias_error", "sd", "sd_error",
    "rmse", "rmse_error", "coverage", "coverage_error", "power", "power_error", "false_positives",
    "false_positives_error", "exaggeration", "wrong_sign", "detectable", "detectable_error", "least_p", "answers",
    "cost",
)  # fmt: skip
TRUTH_COLUMNS = ("outcome", "months", "inquiry", "weighting", "lotteries", "value", "error", "sd")
RECORD_COLUMNS = (
    *("record", "months", "lotteries", "effect", "error", "sd", "true_contrast", "bias", "bias_error", "coverage"),
    *("coverage_error", "power", "power_error", "false_positives", "false_positives_error", "detectable"),
)


@dataclass(frozen=True)
class FinishedTrial:
    """A design with its finished lotteries in the order of their numbers."""

    design: TrialDesign
    results: Sequence[LotteryResult]

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of all lotteries, with the number of each."""
        tables = [one.tables[name].to_pandas().assign(lottery=number) for number, one in enumerate(self.results)]
        return pd.concat(tables, ignore_index=True)

    @property
    def treated(self) -> int:
        """Number of treated units."""
        return self.results[0].facts["treated"]

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.results[0].facts["adults"])

    @property
    def adults(self) -> int:
        """Adults of the smallest unit, as a mean over lotteries."""
        return round(float(np.mean([min(one.facts["adults"]) for one in self.results])))

    @property
    def is_exact(self) -> bool:
        """True if an arm has so few units that tests go over all assignments."""
        return min(self.treated, self.units - self.treated) < LEAST_UNITS

    @property
    def least_p(self) -> float:
        """Smallest p-value that a test over all assignments can give."""
        return least_p(np.arange(self.units) < self.treated)

    @property
    def main_estimator(self) -> str:
        """Estimator that is told: with very few units a covariate costs more than it explains."""
        return "ancova" if self.units >= FEWEST_FOR_COVARIATE else "after"

    def degrees(self, estimator: str) -> int:
        """Degrees of freedom of an estimator."""
        return self.units - (3 if estimator == "ancova" else 2)


def mean_and_error(values: Reals) -> tuple[float, float]:
    """Return the mean over lotteries and its standard error; of missing values nothing is told."""
    known = values[np.isfinite(values)]
    if not len(known):
        return math.nan, math.nan
    error = float(known.std(ddof=1) / math.sqrt(len(known))) if len(known) > 1 else math.nan
    return float(known.mean()), error


def jackknife_error(groups: Sequence[Reals], statistic: Callable[[Reals], float]) -> float:
    """Return the standard error of a statistic of all values, by leaving out each lottery in turn."""
    left_out = np.array([
        statistic(np.concatenate([one for k, one in enumerate(groups) if k != out])) for out in range(len(groups))
    ])  # fmt: skip
    n = len(groups)
    return float(math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))


def truth_table(trial: FinishedTrial) -> pd.DataFrame:
    """Return the true effects by outcome, months, inquiry and weighting, with errors over lotteries."""
    rows = []
    keys = ["outcome", "months", "inquiry", "weighting"]
    for key, group in trial.table("truth").groupby(keys, sort=False):
        known = group["value"].dropna().to_numpy()
        mean, error = mean_and_error(known)
        sd = float(known.std(ddof=1)) if len(known) > 1 else math.nan
        rows.append(
            dict(zip(keys, key, strict=True)) | {"lotteries": len(known), "value": mean, "error": error, "sd": sd}
        )
    return pd.DataFrame(rows, columns=list(TRUTH_COLUMNS))


def effects_table(truth: pd.DataFrame) -> pd.DataFrame:
    """Return the true effects of the four inquiries."""
    return truth[truth["inquiry"].isin(INQUIRIES)].reset_index(drop=True)


def spillover_table(truth: pd.DataFrame) -> pd.DataFrame:
    """Return the effects in treated and other units, by whether their station stands in a treated one."""
    rows = truth[~truth["inquiry"].isin(INQUIRIES) & (truth["weighting"] == PERSONS)]
    parts = rows["inquiry"].str.split("_", expand=True)
    told = rows.assign(arm=parts[0].map({"direct": "treated", "spillover": "control"}), station=parts[1])
    columns = ["outcome", "months", "arm", "station", "lotteries", "value", "error"]
    return told[columns].rename(columns={"station": "treated_station"}).reset_index(drop=True)


def diagnosis_table(trial: FinishedTrial) -> pd.DataFrame:
    """Return the diagnosis by outcome, months, persons and estimator, against each inquiry."""
    estimates, truth = trial.table("estimates"), trial.table("truth")
    rows = []
    for key, group in estimates.groupby(list(ESTIMATE_KEYS), sort=False):
        keys = dict(zip(ESTIMATE_KEYS, key, strict=True))
        of_key = truth[(truth["outcome"] == keys["outcome"]) & (truth["months"] == keys["months"])]
        by_inquiry = {
            inquiry: of_key[(of_key["inquiry"] == inquiry) & (of_key["weighting"] == weighting)]
            .set_index("lottery")["value"]
            for inquiry, weighting in JUDGED.items()
        }  # fmt: skip
        common = common_diagnosands(trial, group, by_inquiry[CONTRAST])
        for inquiry, effects in by_inquiry.items():
            rows.append(keys | {"inquiry": inquiry} | common | judged(group, effects))
    return pd.DataFrame(rows, columns=list(DIAGNOSIS_COLUMNS))


def common_diagnosands(trial: FinishedTrial, group: pd.DataFrame, contrast: pd.Series) -> dict[str, Any]:
    """Return the numbers that do not depend on the effect with which an estimate is compared."""
    policy, twin = group[group["world"] == POLICY], group[group["world"] == TWIN]
    mean, mean_error = mean_and_error(by_lottery(policy, policy["effect"]))
    power, power_error = mean_and_error(by_lottery(policy, policy["p"] < ALPHA))
    false, false_error = mean_and_error(by_lottery(twin, twin["p"] < ALPHA))
    missed = (policy["effect"] - policy["lottery"].map(contrast)).to_numpy(np.float64)
    groups = [missed[(policy["lottery"] == number).to_numpy()] for number in policy["lottery"].unique()]
    sd, sd_error = float(missed.std(ddof=1)), jackknife_error(groups, lambda values: float(values.std(ddof=1)))
    unit = detectable_effect(1.0, trial.degrees(str(group["estimator"].iloc[0])))
    possible = not trial.is_exact or trial.least_p < ALPHA
    answers = float(policy["answers"].iloc[0] if policy["answers"].nunique() == 1 else policy["answers"].mean())
    return {
        "mean": mean, "mean_error": mean_error, "sd": sd, "sd_error": sd_error, "power": power,
        "power_error": power_error, "false_positives": false, "false_positives_error": false_error,
        "detectable": unit * sd if possible else math.inf,
        "detectable_error": unit * sd_error if possible else math.nan,
        "least_p": trial.least_p if trial.is_exact else math.nan, "answers": answers,
        "cost": answers * trial.design.survey.price,
    }  # fmt: skip


def judged(group: pd.DataFrame, effects: pd.Series) -> dict[str, Any]:
    """Return bias, coverage and exaggeration against the true effect of each lottery.

    For the bias, the estimate of the same survey and assignment in the twin is subtracted: it is 0 on average over
    assignments.
    """
    policy, same_assignment = group[group["world"] == POLICY], group[group["world"] == SAME_ASSIGNMENT]
    truth = policy["lottery"].map(effects)
    missed = policy["effect"] - truth
    bias, bias_error = mean_and_error(by_lottery(policy, missed - same_assignment["effect"].to_numpy()))
    covered = (policy["low"] <= truth) & (truth <= policy["high"])
    coverage, coverage_error = mean_and_error(by_lottery(policy, covered))
    square, square_error = mean_and_error(by_lottery(policy, missed**2))
    rmse, found = math.sqrt(square), policy["p"] < ALPHA
    value, error = mean_and_error(effects.to_numpy())
    told = found.any() and value != 0.0
    return {
        "truth": value, "truth_error": error, "bias": bias, "bias_error": bias_error, "rmse": rmse,
        "rmse_error": square_error / (2.0 * rmse) if rmse > 0.0 else 0.0, "coverage": coverage,
        "coverage_error": coverage_error,
        "exaggeration": float(policy["effect"][found].abs().mean() / abs(value)) if told else math.nan,
        "wrong_sign": float((np.sign(policy["effect"][found]) != np.sign(value)).mean()) if told else math.nan,
    }  # fmt: skip


def by_lottery(rows: pd.DataFrame, values: pd.Series) -> Reals:
    """Return the mean of values in each lottery."""
    means = values.astype(np.float64).groupby(rows["lottery"].to_numpy(), sort=True).mean()
    return np.array(means, np.float64)


def record_table(trial: FinishedTrial) -> pd.DataFrame:
    """Return the diagnosis of crimes on record: changes in per cent, against the change of crimes that happened."""
    rows = []
    for key, group in trial.table("records").groupby(["record", "months"], sort=False):
        rows.append(dict(zip(("record", "months"), key, strict=True)) | record_diagnosands(group))
    return pd.DataFrame(rows, columns=list(RECORD_COLUMNS))


def record_diagnosands(group: pd.DataFrame) -> dict[str, Any]:
    """Return the diagnosis of one record; logarithms of ratios become per cent."""
    known = group[np.isfinite(group["log_ratio"]) & np.isfinite(group["contrast"])]
    policy, twin = known[known["world"] == POLICY], known[known["world"] == TWIN]
    missed = (policy["log_ratio"] - policy["contrast"]).to_numpy(np.float64)
    effect, error = mean_and_error(policy["log_ratio"].to_numpy())
    true, _ = mean_and_error(policy["contrast"].to_numpy())
    bias, bias_error = mean_and_error(missed)
    coverage, coverage_error = mean_and_error((np.abs(missed) <= policy["reach"]).astype(float).to_numpy())
    power, power_error = mean_and_error((policy["log_ratio"].abs() > policy["reach"]).astype(float).to_numpy())
    rejected = twin["log_ratio"].abs() > twin["reach"]
    false, false_error = mean_and_error(by_lottery(twin, rejected))
    sd = float(missed.std(ddof=1)) if len(missed) > 1 else math.nan
    return {
        "lotteries": len(policy), "effect": per_cent(effect), "error": 100.0 * error, "sd": 100.0 * sd,
        "true_contrast": per_cent(true), "bias": 100.0 * bias, "bias_error": 100.0 * bias_error, "coverage": coverage,
        "coverage_error": coverage_error, "power": power, "power_error": power_error, "false_positives": false,
        "false_positives_error": false_error, "detectable": 100.0 * (NORMAL_LIMIT + NORMAL_POWER) * sd,
    }  # fmt: skip


NORMAL_LIMIT, NORMAL_POWER = 1.959964, 0.841621
"""Quantiles of the normal distribution for tests at 5 % and power of 80 %."""


def per_cent(log_ratio: float) -> float:
    """Return the change in per cent of a logarithm of a ratio.

    >>> round(per_cent(math.log(1.2)), 6)
    20.0
    """
    return 100.0 * math.expm1(log_ratio)


def main_rows(diagnosis: pd.DataFrame, estimator: str) -> pd.DataFrame:
    """Return the rows on trust by one estimator at the last wave."""
    rows = diagnosis[(diagnosis["outcome"] == TRUST) & (diagnosis["estimator"] == estimator)]
    return rows[rows["months"] == diagnosis["months"].max()]


def needed_persons(rows: pd.DataFrame, effect: float) -> float:
    """Return the persons in each unit with whom the detectable effect falls to one; infinite if no number is enough.

    The square of the detectable effect is what units differ by, plus what persons differ by over their number.
    """
    sizes = rows.drop_duplicates("persons")
    if len(sizes) < 2 or not np.isfinite(sizes["detectable"]).all() or effect == 0.0:
        return math.nan
    slope, rest = np.polyfit(1.0 / sizes["persons"].to_numpy(float), sizes["detectable"].to_numpy() ** 2, 1)
    left = effect**2 - max(0.0, float(rest))
    return float(slope) / left if left > 0.0 and slope > 0.0 else math.inf


def study_table(trial: FinishedTrial, diagnosis: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each number of persons with what `confianza answer --only value` needs to value the trial."""
    rows = main_rows(diagnosis, trial.main_estimator)
    wholes, contrasts = (rows[rows["inquiry"] == name].reset_index(drop=True) for name in (WHOLE, CONTRAST))
    return pd.DataFrame({
        "policy": Path(trial.design.policy).stem, "months": contrasts["months"], "units": trial.units,
        "persons": contrasts["persons"], "icc": trial.design.survey.icc, "error": contrasts["sd"],
        "whole": wholes["truth"], "whole_error": wholes["truth_error"], "contrast": contrasts["truth"],
    })  # fmt: skip


def tables_of(trial: FinishedTrial) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield all tables by name."""
    truth = truth_table(trial)
    yield "truth", effects_table(truth)
    yield "spillover", spillover_table(truth)
    diagnosis = diagnosis_table(trial)
    yield "diagnosis", diagnosis
    yield "study", study_table(trial, diagnosis)
    if trial.design.records:
        yield "records", record_table(trial)
