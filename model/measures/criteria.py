"""Frühling's four criteria and accountability: what was done over what there was to do, in twelve closed months.

The traces are noted by `model.problems.traces`; the anchors stand in `scenarios/criteria.toml` with their reasons and
were written before the first run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from model.engine.ratios import ratio
from model.engine.rows import Reals
from model.engine.scenario import Anchor
from model.problems.traces.rules import year_of
from model.problems.traces.schema import TRACES as TRACE_ROWS
from model.problems.traces.schema import Trace
from model.world.month import Month

CRITERIA = ("c1", "c2", "c3", "c4", "accountability")
WORDS = ("weak", "limited", "passable", "acceptable", "strong")
"""The paper's words for a criterion (L01-L06), for equal fifths of the scale."""
LEAST = 12.0
"""Events of a year under which a part is null."""
INFORMATION = ("accountability.two_way", "accountability.grave_known")
"""Parts of accountability that are information; the others are response (E21)."""
ONLY_WHOLE = ("c4", "accountability")
"""Criteria that a town of a quarter the size does not keep within .05, so that they are null below the whole."""
type Part = Callable[[Trace, Month], tuple[float, float, float]]
"""What was done, of how much, in how many events."""


def voices(y: Trace, month: Month) -> tuple[float, float, float]:
    """How far women, and far settlements, are heard as their number in the town would ask."""
    women, far = ratio(month.count("women"), month.count("all")), month.share_far
    heard = [min(1.0, ratio(ratio(y.heard_women, y.heard), women))] if women > 0.0 else []
    heard += [min(1.0, ratio(ratio(y.heard_far, y.heard), far))] if far > 0.0 else []
    return sum(heard), float(len(heard)), y.heard


TRACES: Mapping[str, Part] = {
    "c1.kept": lambda y, m: (y.kept, y.kept_room, y.street),
    "c1.seen": lambda y, m: (y.seen, y.seen_room, y.blocks),
    "c1.team": lambda y, m: (y.team, y.shifts, y.shifts),
    "c1.planned": lambda y, m: (y.planned, y.street, y.street),
    "c2.two_way": lambda y, m: (y.two_way, y.residents, y.items),
    "c2.consent": lambda y, m: (y.consent, y.acts, y.acts),
    "c2.answered": lambda y, m: (y.answered, y.item_harm, y.items),
    "c2.line": lambda y, m: (ratio(y.line, y.residents) * y.own_served, y.own_calls, y.own_calls),
    "c2.voices": voices,
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
"""How each part is read off the sums of twelve months."""


def last_year(month: Month) -> Trace | None:
    """Return the summed traces of the last twelve closed months, None before there are twelve."""
    return year_of(month.world.state[TRACE_ROWS])


def trace_of(part: str, month: Month) -> float:
    """Return the trace of a part; nan before twelve months have closed, and for a part with too few events."""
    year = month.once(last_year)
    if year is None:
        return math.nan
    done, whole, events = TRACES[part](year, month)
    return float(done) / float(whole) if events >= LEAST and whole > 0.0 else math.nan


def placed(value: float, anchor: Anchor) -> float:
    """Return where a value lies between its anchors, 0 (absent) to 1 (what the manual asks)."""
    if math.isnan(value):
        return math.nan
    return min(1.0, max(0.0, (value - anchor.absent) / (anchor.full - anchor.absent)))


def word_of(score: float) -> int:
    """Return the number of the word for a score between 0 and 1.

    >>> WORDS[word_of(0.1)], WORDS[word_of(1.0)]
    ('weak', 'strong')
    """
    return min(len(WORDS) - 1, int(score * len(WORDS)))


def mean_known(values: Reals, weights: Reals) -> Reals:
    """Return the weighted mean of rows with a number; nan where fewer than half of the rows have one."""
    known = ~np.isnan(values)
    weight = np.where(known, weights, 0.0).sum(axis=0)
    enough = (2 * known.sum(axis=0) >= len(values)) & (weight > 0.0)
    whole = np.where(known, values * weights, 0.0).sum(axis=0)
    mean: Reals = np.divide(whole, weight, out=np.full(weight.shape, math.nan), where=enough)
    return mean


def combined(criterion: str, parts: Mapping[str, Reals], weights: Mapping[str, Reals]) -> Reals:
    """Return a criterion from its placed parts: their mean; of accountability, information and response multiply."""
    groups = [list(parts)]
    if criterion == "accountability":
        groups = [list(INFORMATION), [part for part in parts if part not in INFORMATION]]
    means = [
        mean_known(np.array([parts[part] for part in group]), np.array([weights[part] for part in group]))
        for group in groups
    ]
    found: Reals = means[0] if len(means) == 1 else np.sqrt(means[0] * means[1])
    return found


def parts_of(criterion: str) -> list[str]:
    """Return the parts of a criterion, in order."""
    return [part for part in TRACES if part.startswith(f"{criterion}.")]


def scores(traces: Mapping[str, float], anchors: Sequence[Anchor]) -> dict[str, float]:
    """Return every part and every criterion, its parts alike in weight; nan where too little is known."""
    parts = dict.fromkeys(TRACES, math.nan)
    parts |= {anchor.part: placed(traces[anchor.part], anchor) for anchor in anchors}
    means = {}
    for criterion in CRITERIA:
        own = {part: np.array([parts[part]]) for part in parts_of(criterion)}
        means[criterion] = float(combined(criterion, own, dict.fromkeys(own, np.ones(1)))[0])
    return means | parts
