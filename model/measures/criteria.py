"""Frühling's four criteria of community policing, and accountability, over twelve months.

A criterion has parts.  The trace of a part is a ratio: what was done over what there was to do, recorded by
`model.problems.traces`.  Anchors in `scenarios/criteria.toml`, written with their reasons before the first run, map a
trace to a score from 0 to 1.  A criterion is the mean of its parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from model.engine.ratios import ratio_or_zero
from model.problems.traces import TraceMonth, sum_of_year
from model.world.month import MonthSnapshot

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.engine.scenario import CriterionAnchor

CRITERIA = ("c1", "c2", "c3", "c4", "accountability")
GRADES = ("weak", "limited", "passable", "acceptable", "strong")
"""The paper's grades of a criterion (L01-L06), for equal fifths of the scale."""
MINIMUM_EVENTS = 12.0
"""Events per year below which a part has no value."""
INFORMATION_PARTS = ("accountability.two_way", "accountability.grave_known")
"""Parts of accountability about information; the others are about response (E21)."""
WHOLE_TOWN_CRITERIA = ("c4", "accountability")
"""Criteria without a value in scaled towns: a quarter of the population changes them by more than .05."""
type PartReader = Callable[[TraceMonth, MonthSnapshot], tuple[float, float, float]]
"""Function that returns numerator, denominator and number of events of a part."""


def representation_ratio(y: TraceMonth, month: MonthSnapshot) -> tuple[float, float, float]:
    """Return the representation of women and of far settlements among those heard, each at most 1.

    Each is the share among those heard over the share among residents; the result is (sum, number, events).
    """
    women, far = ratio_or_zero(month.count("women"), month.count("all")), month.share_far
    heard = [min(1.0, ratio_or_zero(ratio_or_zero(y.heard_women, y.heard), women))] if women > 0.0 else []
    heard += [min(1.0, ratio_or_zero(ratio_or_zero(y.heard_far, y.heard), far))] if far > 0.0 else []
    return sum(heard), float(len(heard)), y.heard


PART_READERS: Mapping[str, PartReader] = {
    "c1.kept": lambda y, m: (y.kept, y.kept_room, y.street),
    "c1.seen": lambda y, m: (y.seen, y.seen_room, y.blocks),
    "c1.team": lambda y, m: (y.team, y.shifts, y.shifts),
    "c1.planned": lambda y, m: (y.planned, y.street, y.street),
    "c2.two_way": lambda y, m: (y.two_way, y.residents, y.items),
    "c2.consent": lambda y, m: (y.consent, y.acts, y.acts),
    "c2.answered": lambda y, m: (y.answered, y.item_harm, y.items),
    "c2.line": lambda y, m: (ratio_or_zero(y.line, y.residents) * y.own_served, y.own_calls, y.own_calls),
    "c2.voices": representation_ratio,
    "c3.tried": lambda y, m: (y.tried, y.worst_harm, y.worst),
    "c3.done": lambda y, m: (y.done, y.feasible_harm, y.feasible),
    "c3.hours": lambda y, m: (y.fitting, y.free, y.shifts),
    "c4.true_cause": lambda y, m: (y.found, y.worst_harm, y.worst),
    "c4.course": lambda y, m: (y.course, y.worst_harm, y.worst),
    "c4.shared": lambda y, m: (y.shared, y.worst_harm, y.worst),
    "accountability.two_way": lambda y, m: (y.two_way, y.residents, y.items),
    "accountability.grave_known": lambda y, m: (y.grave_known, y.grave, y.grave),
    "accountability.in_hour": lambda y, m: (y.in_hour, y.calls, y.calls),
    "accountability.complaints": lambda y, m: (y.complaints_answered, y.complaints, y.complaints),
    "accountability.items_done": lambda y, m: (y.done, y.feasible_harm, y.feasible),
}
"""Reader of each part, from the sums of twelve months."""


def traces_of_last_year(month: MonthSnapshot) -> TraceMonth | None:
    """Return the sums over the last twelve closed months, or None before there are twelve."""
    return sum_of_year(month.world.w.traces)


def part_trace(part: str, month: MonthSnapshot) -> float:
    """Return the trace of a part; nan before twelve months have closed or with too few events."""
    year = month.cached(traces_of_last_year)
    if year is None:
        return math.nan
    done, whole, events = PART_READERS[part](year, month)
    return float(done) / float(whole) if events >= MINIMUM_EVENTS and whole > 0.0 else math.nan


def position_between_anchors(value: float, anchor: CriterionAnchor) -> float:
    """Return the score of a value, 0 at the anchor ``absent`` to 1 at ``full``."""
    if math.isnan(value):
        return math.nan
    return min(1.0, max(0.0, (value - anchor.absent) / (anchor.full - anchor.absent)))


def grade_index(score: float) -> int:
    """Return the number of the grade for a score between 0 and 1.

    >>> GRADES[grade_index(0.1)], GRADES[grade_index(1.0)]
    ('weak', 'strong')
    """
    return min(len(GRADES) - 1, int(score * len(GRADES)))


def weighted_mean_known(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted mean of known rows; nan where fewer than half are known."""
    known = ~np.isnan(values)
    weight = np.where(known, weights, 0.0).sum(axis=0)
    enough = (2 * known.sum(axis=0) >= len(values)) & (weight > 0.0)
    whole = np.where(known, values * weights, 0.0).sum(axis=0)
    mean: FloatArray = np.divide(whole, weight, out=np.full(weight.shape, math.nan), where=enough)
    return mean


def combine_parts(criterion: str, parts: Mapping[str, FloatArray], weights: Mapping[str, FloatArray]) -> FloatArray:
    """Return a criterion from the scores of its parts: their weighted mean.

    Accountability is the geometric mean of information and response, since neither can replace the other.
    """
    groups = [list(parts)]
    if criterion == "accountability":
        groups = [list(INFORMATION_PARTS), [part for part in parts if part not in INFORMATION_PARTS]]
    means = [
        weighted_mean_known(np.array([parts[part] for part in group]), np.array([weights[part] for part in group]))
        for group in groups
    ]
    found: FloatArray = means[0] if len(means) == 1 else np.sqrt(means[0] * means[1])
    return found


def criterion_parts(criterion: str) -> list[str]:
    """Return the parts of a criterion, in order."""
    return [part for part in PART_READERS if part.startswith(f"{criterion}.")]


def criterion_scores(traces: Mapping[str, float], anchors: Sequence[CriterionAnchor]) -> dict[str, float]:
    """Return the scores of all parts and criteria; nan where too little is known."""
    parts = dict.fromkeys(PART_READERS, math.nan)
    parts |= {anchor.part: position_between_anchors(traces[anchor.part], anchor) for anchor in anchors}
    means = {}
    for criterion in CRITERIA:
        own = {part: np.array([parts[part]]) for part in criterion_parts(criterion)}
        means[criterion] = float(combine_parts(criterion, own, dict.fromkeys(own, np.ones(1)))[0])
    return means | parts
