"""Score Frühling's criteria over draws of anchors and weights, so that no ordering depends on one choice of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from experiments.statistics.forecast_scores import WANTED_SHARE, does_hold
from experiments.statistics.over_assumed import nine_in_ten
from experiments.statistics.paired_effects import error_of
from experiments.statistics.thresholds import CRITERION
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.scenario import CriterionAnchor
from model.measures.criteria import CRITERIA, GRADES, PART_READERS, combine_parts, criterion_parts, grade_index

DRAWS = 1000
ANCHOR_STREAM, WEIGHT_STREAM = stream_id("draw of an anchor"), stream_id("draw of a weight")


def draw_anchors(anchors: Sequence[CriterionAnchor], draws: int = DRAWS) -> dict[str, np.ndarray]:
    """Return the drawn full anchors by part: log-uniform from half to twice the stated anchor."""
    full = {anchor.part: anchor.full for anchor in anchors}
    return {
        part: full[part] * 2.0 ** (2.0 * keyed_draws(ANCHOR_STREAM, number, draws) - 1.0)
        for number, part in enumerate(PART_READERS)
        if part in full
    }


def draw_weights(parts: Sequence[str], draws: int = DRAWS) -> np.ndarray:
    """Return drawn weights (draws × parts) that sum to 1, uniform over all such weights (Dirichlet)."""
    numbers = list(PART_READERS)
    raw = np.array([-np.log(1.0 - keyed_draws(WEIGHT_STREAM, numbers.index(part), draws)) for part in parts]).T
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


@cache
def keyed_draws(key: int, part_number: int, draws: int) -> np.ndarray:
    """Return the keyed random numbers (0-1) of all draws."""
    return np.array([keyed_uniform(1, key, draw, part_number, 0) for draw in range(draws)])


@cache
def draw_anchors_and_weights(
    anchors: tuple[CriterionAnchor, ...], draws: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the drawn anchors by part, and the drawn weights by criterion."""
    full = draw_anchors(anchors, draws)
    parts = {criterion: [part for part in criterion_parts(criterion) if part in full] for criterion in CRITERIA}
    return full, {criterion: draw_weights(part_names, draws) for criterion, part_names in parts.items()}


def scores_over_draws(
    months: Mapping[Any, Any], anchors: Sequence[CriterionAnchor], draws: int = DRAWS
) -> dict[str, np.ndarray]:
    """Return the score (0-1) of every criterion in every draw at the last month, for the twelve months up to it."""
    full, weights = draw_anchors_and_weights(tuple(anchors), draws)
    scores = {}
    for criterion in CRITERIA:
        parts = [part for part in criterion_parts(criterion) if part in full]
        if criterion in months and math.isnan(np.asarray(months[criterion])[-1]):
            scores[criterion] = np.full(draws, math.nan)
            continue
        part_scores = {part: np.clip(np.asarray(months[f"{part}.trace"])[-1] / full[part], 0.0, 1.0) for part in parts}
        scores[criterion] = combine_parts(criterion, part_scores, dict(zip(parts, weights[criterion].T, strict=True)))
    return scores


def mean_scores(measures: pd.DataFrame, anchors: Sequence[CriterionAnchor]) -> dict[str, np.ndarray]:
    """Return the scores of every criterion (seeds × draws) for all runs of one scenario."""
    seeds = measures.sort_values("month").groupby("seed", sort=True)
    runs = [scores_over_draws(dict(months.items()), anchors) for _, months in seeds]
    return {criterion: np.array([run[criterion] for run in runs]) for criterion in CRITERIA}


def criteria_lines(sites: Mapping[str, dict[str, np.ndarray]]) -> Iterator[str]:
    """Yield the table of scores, and the share of draws in which each ordering holds, as lines of text."""
    n_seeds, n_draws = next(iter(sites.values()))["c1"].shape
    yield f"Frühling's criteria in the status quo: {n_seeds} seeds, {n_draws} draws of"
    yield "anchors (times 0.5 to 2) and of weights; mean over both ± Monte Carlo error,"
    yield "and the range of nine draws in ten"
    yield f"{'':16}" + "".join(site.rjust(28) for site in sites)
    for criterion in CRITERIA:
        yield f"{criterion:16}" + "".join(mean_with_range(scores[criterion]).rjust(28) for scores in sites.values())
    yield ""
    yield f"Words, with the draws in a hundred that give them (5 and more; ± {50 / math.sqrt(n_draws):.1f} at most)"
    for criterion in CRITERIA:
        for site, scores in sites.items():
            given = ", ".join(
                f"{word} {100 * share:.0f}" for word, share in grade_shares(scores[criterion]).items() if share >= 0.05
            )
            yield f"  {criterion:15}{site:14}{given}"
    yield ""
    yield f"Orderings (one holds if it does in {WANTED_SHARE:.0%} of draws, means over seeds)"
    for text, held in ordering_shares(sites):
        yield f"  {text:40}{share_with_error(held, n_draws):>15}  {'holds' if does_hold(held) else 'does not hold'}"


def mean_with_range(scores: np.ndarray) -> str:
    """Format the mean over seeds and draws with its Monte Carlo error and the 5-95 % range of draws."""
    mean, seeds = over_seeds(scores), over_seeds(scores.T)
    if np.isnan(mean).all():
        return "null"
    low, high = nine_in_ten(mean)
    monte_carlo = error_of(seeds[~np.isnan(seeds)])
    error = "" if math.isnan(monte_carlo) else f"±{monte_carlo:.2f}"
    return f"{mean.mean():.2f}{error} ({low:.2f} to {high:.2f})"


def share_with_error(share: float, draws: int) -> str:
    """Format a share of draws in per cent with its Monte Carlo error.

    >>> share_with_error(0.5, 1000)
    '50.0 % ± 1.6'
    """
    return f"{100 * share:.1f} % ± {100 * math.sqrt(share * (1.0 - share) / draws):.1f}"


def grade_shares(scores: np.ndarray) -> dict[str, float]:
    """Return the share of each grade among the draws that have a score."""
    known = [grade_index(score) for score in over_seeds(scores) if not math.isnan(score)]
    shares = np.bincount(np.array(known, np.int64), minlength=len(GRADES)) / max(len(known), 1)
    return dict(zip(GRADES, shares, strict=True))


def over_seeds(scores: np.ndarray) -> np.ndarray:
    """Return the mean over seeds for each draw, without missing scores; nan if no seed has one."""
    known = ~np.isnan(scores)
    mean: np.ndarray = np.divide(
        np.where(known, scores, 0.0).sum(axis=0),
        known.sum(axis=0),
        out=np.full(scores.shape[1], math.nan),
        where=known.any(axis=0),
    )
    return mean


def ordering_shares(sites: Mapping[str, dict[str, np.ndarray]]) -> Iterator[tuple[str, float]]:
    """Yield each ordering that the concept expects, with the share of draws in which it holds."""
    means = {site: {name: over_seeds(scores[name]) for name in CRITERIA} for site, scores in sites.items()}
    if {"totonicapan", "villa_canales"} <= set(means):
        higher = means["totonicapan"]["c2"] > means["villa_canales"]["c2"]
        yield "C2(totonicapan) > C2(villa_canales)", float(higher.mean())
        for name in ("c1", "c3"):
            apart = np.abs(means["totonicapan"][name] - means["villa_canales"][name])
            yield f"{name.upper()} alike (less than {CRITERION.close:g} apart)", float((apart < CRITERION.close).mean())
    for site, scores in means.items():
        others = np.array([scores[name] for name in ("c1", "c2", "c3")])
        yield f"C4 lowest in {site}", float((scores["c4"] < others.min(axis=0)).mean())
