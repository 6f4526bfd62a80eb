"""Effects of policies over draws of all assumed parameters: spread, sign, and the parameters they depend on."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.statistics.noise_share import variance_components
from experiments.statistics.over_assumed import correlations, nine_in_ten, null_correlation, sign_shares
from experiments.storage.writing import csv_bytes, write_atomically
from experiments.studies.sensitivity_indices import wrapped
from experiments.studies.sensitivity_methods import Problem

EFFECTS_FILE, DEPENDENCE_FILE = "effects_over_assumed.csv", "effects_depend_on.csv"
PARAMETERS_SHOWN = 5
FOLDS, MAX_FITTED = 10, 8
EFFECT_COLUMNS = (
    *("scenario", "policy", "measure", "draws", "seeds", "mean", "low", "high"),
    *("sd_assumed", "sd_random", "share_up", "null_r", "found", "r2", "ceiling"),
)
DEPENDENCE_COLUMNS = ("scenario", "policy", "measure", "parameter", "r", "null_r")


@dataclass(frozen=True)
class AssumedEffect:
    """Effect of a policy on a measure over draws of parameters.

    ``low`` and ``high`` are the 5 % and 95 % quantiles over draws of the effect, mean of the seeds of a draw.
    ``sd_assumed`` is the standard deviation due to the draws, ``sd_random`` that of random variation in one pair.
    ``share_up`` is the share of draws with an effect above 0. ``correlation`` is that of each parameter, on the scale
    of its range, with the effect; ``null_r`` is the 95 % quantile of the largest correlation by chance. ``r2`` is the
    cross-validated share (ten folds) of the variance between draws that parameters predict, ``ceiling`` the share that
    is not random, its upper bound.
    """

    arm: tuple[str, str]
    measure: str
    draws: int
    seeds: int
    mean: float
    low: float
    high: float
    sd_assumed: float
    sd_random: float
    share_up: float
    correlation: Mapping[str, float]
    null_r: float
    r2: float
    ceiling: float

    @property
    def strongest(self) -> list[tuple[str, float]]:
        """Parameters by the size of their correlation, the largest first."""
        return sorted(self.correlation.items(), key=lambda one: -abs(one[1]))

    @property
    def found(self) -> int:
        """Number of parameters with a correlation beyond chance."""
        return sum(abs(r) > self.null_r for r in self.correlation.values())


def assumed_effect(
    arm: tuple[str, str], measure: str, problem: Problem, points: np.ndarray, differences: np.ndarray
) -> AssumedEffect | None:
    """Return the effect of a policy over draws.

    Parameters
    ----------
    points
        Draws × parameters, each from 0 to 1 on the scale of its range.
    differences
        Draws × seeds: value under the policy minus that under the first one; draws with NaN are left out.

    Returns
    -------
    The effect, or None if fewer than three draws have a value.
    """
    is_complete = np.isfinite(differences).all(axis=1)
    points, differences = points[is_complete], differences[is_complete]
    if len(differences) < 3:
        return None
    parts, effects = variance_components(differences), differences.mean(axis=1)
    low, high = nine_in_ten(effects)
    correlation, line = correlations(points, effects), null_correlation(points, effects, problem.seed)
    return AssumedEffect(
        arm,
        measure,
        len(differences),
        differences.shape[1],
        float(effects.mean()),
        low,
        high,
        math.sqrt(parts.points) if parts else math.nan,
        math.sqrt(parts.common + parts.residual) if parts else math.nan,
        sign_shares(effects)[0],
        dict(zip(problem.names, map(float, correlation), strict=True)),
        line,
        predicted_share(points, effects, line, problem.seed),
        1.0 - parts.in_means if parts else math.nan,
    )


def predicted_share(points: np.ndarray, values: np.ndarray, line: float, seed: int) -> float:
    """Return the share of the variance of values that parameters predict, cross-validated over draws.

    Each of ten folds selects the strongest parameters beyond the null line without its own draws, and fits them by
    least squares. The share is below 0 if chance was fitted.
    """
    fold = np.random.default_rng(seed).permutation(len(values)) % FOLDS
    errors = np.zeros(len(values))
    for k in range(FOLDS):
        test_draws, training_draws = fold == k, fold != k
        r = np.abs(correlations(points[training_draws], values[training_draws]))
        chosen = [place for place in np.argsort(-r, kind="stable")[:MAX_FITTED] if r[place] > line]
        design = np.column_stack([np.ones(len(values)), points[:, chosen]])
        weights = np.linalg.lstsq(design[training_draws], values[training_draws], rcond=None)[0]
        errors[test_draws] = values[test_draws] - design[test_draws] @ weights
    total_squares = float(((values - values.mean()) ** 2).sum())
    return 1.0 - float((errors**2).sum()) / total_squares if total_squares else math.nan


def write_effects(effects: Sequence[AssumedEffect], folder: Path) -> None:
    """Write and print all effects, and the parameters on which each depends."""
    write_atomically(folder / EFFECTS_FILE, effects_csv(effects))
    write_atomically(folder / DEPENDENCE_FILE, dependence_csv(effects))
    print("\n".join(format_effects(effects)))
    print(f"\nWritten to {folder}/{EFFECTS_FILE} and {DEPENDENCE_FILE}.")


def format_effects(effects: Sequence[AssumedEffect]) -> Iterator[str]:
    """Yield a table for each policy, and the parameters of each effect, in lines of at most 80 columns."""
    arm: tuple[str, str] = ("", "")
    for effect in effects:
        if effect.arm != arm:
            arm = effect.arm
            yield f"\n{', '.join(arm)}: {effect.draws} draws of everything assumed, {effect.seeds} seeds each"
            yield f"  {'':16}{'mean':>10}{'5 to 95 % of draws':>22}{'assumed':>10}{'random':>10}{'up':>7}"
        ends = f"{three_digits(effect.low)} to {three_digits(effect.high)}"
        spreads = f"{three_digits(effect.sd_assumed):>10}{three_digits(effect.sd_random):>10}{effect.share_up:>7.0%}"
        yield f"  {effect.measure:16}{three_digits(effect.mean):>10}{ends:>22}{spreads}"
        named = [f"{name} {r:+.2f}" for name, r in effect.strongest[: min(effect.found, PARAMETERS_SHOWN)]]
        text = f"beyond chance (r {effect.null_r:.2f}): {', '.join(named) or 'none'}"
        text += f"; these predict {max(effect.r2, 0.0):.0%} of at most {effect.ceiling:.0%} in other draws"
        text += f"; of the other {len(effect.correlation) - effect.found} nothing is found"
        yield from wrapped(text, "    ", "      ")


def three_digits(value: float, sign: str = "") -> str:
    """Return a number with three significant digits, from a hundred on as a whole number.

    >>> three_digits(-1934.2), three_digits(0.01234), three_digits(0.4, "+")
    ('-1,934', '0.0123', '+0.4')
    """
    return f"{value:{sign}{',.0f' if abs(value) >= 100.0 else '.3g'}}"


def effects_csv(effects: Sequence[AssumedEffect]) -> bytes:
    """Return all effects as CSV."""
    names = EFFECT_COLUMNS[2:]
    rows = ((*one.arm, *(getattr(one, name) for name in names)) for one in effects)
    return csv_bytes(EFFECT_COLUMNS, rows, ".6g")


def dependence_csv(effects: Sequence[AssumedEffect]) -> bytes:
    """Return the correlations of every parameter with every effect as CSV."""
    rows = ((*one.arm, one.measure, name, r, one.null_r) for one in effects for name, r in one.strongest)
    return csv_bytes(DEPENDENCE_COLUMNS, rows, ".6g")
