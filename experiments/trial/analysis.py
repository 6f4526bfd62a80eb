"""Estimates of a trial as a field researcher makes them, and true effects as only paired worlds show them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from experiments.statistics.cluster_trials import (
    ESTIMATORS,
    outcome_and_covariate,
    rate_ratio,
    robust_estimates,
    trial_estimates,
)
from experiments.trial.design import RECORDS
from experiments.trial.survey import AdultFrame, AnswerScale, Reals, SurveyMeans, WaveState
from experiments.trial.units import Codes, Flags

WHOLE, DIRECT, SPILLOVER, CONTRAST = INQUIRIES = ("whole", "direct", "spillover", "contrast")
"""True effects: all treated less nobody; in treated units and in the others, half treated less nobody; difference."""
PERSONS, PLACES = WEIGHTINGS = ("persons", "places")
"""Weightings of a mean effect: each adult counts once, or each unit."""
POLICY, SAME_ASSIGNMENT, TWIN = ("policy", "same_assignment", "twin")
"""Analyses: with the policy in treated units; of the twin without a policy by the same assignment, and by others."""
ESTIMATE_COLUMNS = ("effect", "error", "p", "low", "high")


class Arms(NamedTuple):
    """States of a wave in paired worlds: nobody treated, treated units alone, all units."""

    nobody: WaveState
    part: WaveState
    whole: WaveState


@dataclass(frozen=True)
class TrueEffects:
    """Effects on the expected answers of adults who are there in all paired worlds, by outcome (adults)."""

    frame: AdultFrame
    there: Flags
    part: Mapping[str, Reals]
    whole: Mapping[str, Reals]

    @classmethod
    def of(cls, arms: Arms, frame: AdultFrame, scale: AnswerScale) -> "TrueEffects":
        """Return the effects of a wave."""
        nobody, part, whole = (one.expected(scale) for one in arms)
        there = arms.nobody.there & arms.part.there & arms.whole.there
        return cls(
            frame,
            there,
            {name: part[name] - nobody[name] for name in nobody},
            {name: whole[name] - nobody[name] for name in nobody},
        )

    def mean(self, effects: Reals, among: Flags, weighting: str) -> float:
        """Return the mean effect among some adults; NaN if there are none."""
        chosen = self.there & among
        if not chosen.any():
            return math.nan
        if weighting == PERSONS:
            return float(effects[chosen].mean())
        units = self.frame.unit[chosen]
        counts, sums = np.bincount(units), np.bincount(units, effects[chosen])
        return float((sums[counts > 0] / counts[counts > 0]).mean())

    def rows(self, treated: Flags, of_station: Codes) -> Iterator[dict[str, Any]]:
        """Yield a row for each outcome, inquiry and weighting."""
        everybody = np.ones(len(self.there), np.bool_)
        own = treated[self.frame.unit]
        station = treated[of_station[self.frame.settlement]]
        for outcome, effects in self.part.items():
            for weighting in WEIGHTINGS:
                values = {
                    WHOLE: self.mean(self.whole[outcome], everybody, weighting),
                    DIRECT: self.mean(effects, own, weighting),
                    SPILLOVER: self.mean(effects, ~own, weighting),
                }
                values[CONTRAST] = values[DIRECT] - values[SPILLOVER]
                values |= {
                    f"{inquiry}_{'with' if has else 'without'}_station": self.mean(
                        effects, among & (station == has), weighting
                    )
                    for inquiry, among in ((DIRECT, own), (SPILLOVER, ~own))
                    for has in (True, False)
                }
                for inquiry, value in values.items():
                    yield {"outcome": outcome, "inquiry": inquiry, "weighting": weighting, "value": value}


def estimate_rows(
    means: SurveyMeans, treated: Flags, months: Sequence[int], world: str, assignments: Sequence[Flags] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the estimates of all surveys in columns, by outcome, persons, wave and estimator.

    With ``assignments`` each survey is analysed by a random assignment of its own: its units are put in that order. Of
    the twin by the same assignment only effects are used, so that no test goes over all assignments.
    """
    if assignments is not None:
        order = np.array([np.argsort(~one, kind="stable") for one in assignments])
        treated = np.sort(treated)[::-1]
    for (name, persons, wave), after in means.after.items():
        before = means.before[name, persons, wave]
        if assignments is not None:
            before, after = (np.take_along_axis(one, order, axis=1) for one in (before, after))
        for estimator in ESTIMATORS:
            if world == SAME_ASSIGNMENT:
                outcome, covariate = outcome_and_covariate(before, after, estimator)
                found = robust_estimates(outcome, treated, covariate)
            else:
                found = trial_estimates(before, after, treated, estimator)
            keys = {"world": world, "outcome": name, "persons": persons, "months": months[wave - 1]}
            numbers = dict(zip(ESTIMATE_COLUMNS, (found.effects, found.errors, *found[2:]), strict=True))
            yield keys | {"estimator": estimator, "answers": means.answers[persons, wave]} | numbers


class UnitCrimes(NamedTuple):
    """Crimes of a window by unit, for each of `RECORDS`."""

    counts: Mapping[str, Reals]


def record_rows(
    before: UnitCrimes, arms: Mapping[str, UnitCrimes], treated: Flags, months: int, assignments: Sequence[Flags]
) -> Iterator[dict[str, Any]]:
    """Yield the log rate ratios of records in both worlds, with the true effect on crimes that happened."""
    for record in RECORDS:
        keys = {"record": record, "months": months}
        policy = checked_ratio(before, arms["part"], record, treated)
        true = true_log_ratios(arms, treated)
        yield keys | {"world": POLICY, "log_ratio": policy[0], "reach": policy[1]} | true
        for assignment in assignments:
            twin = checked_ratio(before, arms["nobody"], record, assignment)
            yield keys | {"world": TWIN, "log_ratio": twin[0], "reach": twin[1]} | true


def checked_ratio(before: UnitCrimes, after: UnitCrimes, record: str, treated: Flags) -> tuple[float, float]:
    """Return the log rate ratio and half of the width of its interval; NaN where an arm has no crime on record."""
    earlier, later = before.counts[record], after.counts[record]
    if min(float(counts[arm].sum()) for counts in (earlier, later) for arm in (treated, ~treated)) <= 0.0:
        return math.nan, math.nan
    found = rate_ratio(earlier, later, treated)
    return found.log_ratio, found.reach


def true_log_ratios(arms: Mapping[str, UnitCrimes], treated: Flags) -> dict[str, float]:
    """Return the true effects on crimes that happened, as logarithms of ratios."""
    nobody, part, whole = (arms[name].counts["crimes"] for name in ("nobody", "part", "whole"))

    def change(after: Reals, among: Flags) -> float:
        sums = float(after[among].sum()), float(nobody[among].sum())
        return math.log(sums[0] / sums[1]) if min(sums) > 0.0 else math.nan

    values = {
        WHOLE: change(whole, np.ones_like(treated)),
        DIRECT: change(part, treated),
        SPILLOVER: change(part, ~treated),
    }
    return values | {CONTRAST: values[DIRECT] - values[SPILLOVER]}
