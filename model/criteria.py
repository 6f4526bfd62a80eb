"""Frühling's four criteria and accountability, measured from traces between anchors that are never calibrated.

The anchors stand in `scenarios/criteria.toml` with their reasons and were written before the first run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.measures import Month
    from model.scenario import Anchor

CRITERIA = ("c1", "c2", "c3", "c4", "accountability")
WORDS = ("weak", "limited", "passable", "acceptable", "strong")
"""The paper's words for a criterion (L01-L06), for equal fifths of the scale."""
type Parts = Mapping[str, Callable[[Month], float]]


def ratio(part: float, whole: float) -> float:
    """Return part over whole, 0 where there is no whole: what left no trace is absent."""
    return float(part) / float(whole) if whole > 0 else 0.0


TRACES: Parts = {
    "c1.written_route": lambda m: ratio(m.tally["couples_routed"], m.tally["couple_shifts"]),
    "c1.time_in_sector": lambda m: ratio(m.tally["visits_routed"], m.tally["visits"]),
    "c1.visits_done": lambda m: ratio(m.tally["visits"], m.tally["planned"]),
    "c1.foot_in_core": lambda m: ratio(m.tally["foot_visits"], m.tally["core_visits"]),
    "c2.community_met": lambda m: m.share_met_this_quarter,
    "c2.called_by_police": lambda m: ratio(m.tally["answered_by_police"], m.tally["requests_due"]),
    "c2.requests_answered": lambda m: ratio(m.tally["requests_answered"], m.tally["requests_due"]),
    "c2.plans_with_request": lambda m: m.plans["holds"],
    "c2.women_heard": lambda m: ratio(m.tally["council_heard_women"], m.tally["council_heard"]),
    "c2.far_heard": lambda m: ratio(ratio(m.tally["council_heard_far"], m.tally["council_heard"]), m.share_far),
    "c3.worst_problems_answered": lambda m: m.plans["answered"],
    "c3.alive_after_3_months": lambda m: m.plans["alive"],
    "c3.preventive_hours": lambda m: ratio(m.tally["preventive_visits"], m.tally["visits"]),
    "c4.fresh_diagnosis": lambda m: m.plans["founded"],
    "c4.plan_follows": lambda m: ratio(m.tally["visits_where_diagnosed"], m.tally["visits"]),
    "c4.worst_places_found": lambda m: m.plans["found"],
    "c4.cause_named": lambda m: m.plans["named"],
    "c4.shared_with_residents": lambda m: m.plans["shared"],
    "c4.feedback_from_above": lambda m: m.plans["returned"],
    "accountability.councils_informed": lambda m: m.levels_informed / 3.0,
    "accountability.grave_crime_known": lambda m: ratio(m.tally["grave_known"], m.tally["grave"]),
    "accountability.calls_in_hour": lambda m: ratio(m.tally["served_in_hour"], m.tally["calls"]),
    "accountability.complaints_answered": lambda m: ratio(m.tally["complaints_answered"], m.tally["complaints_police"]),
    "accountability.plans_changed": lambda m: m.plans["changed"],
}
"""The trace of each part, taken from the tables of a month."""


def placed(value: float, anchor: Anchor) -> float:
    """Return where a value lies between its anchors, 0 (absent) to 1 (what the manual asks)."""
    return min(1.0, max(0.0, (value - anchor.absent) / (anchor.full - anchor.absent)))


def word_of(score: float) -> int:
    """Return the number of the word for a score between 0 and 1.

    >>> WORDS[word_of(0.1)], WORDS[word_of(1.0)]
    ('weak', 'strong')
    """
    return min(len(WORDS) - 1, int(score * len(WORDS)))


def scores(traces: Mapping[str, float], anchors: Sequence[Anchor]) -> dict[str, float]:
    """Return every part and the plain mean of the parts of each criterion; nan where an anchor is missing."""
    parts = dict.fromkeys(TRACES, math.nan)
    parts |= {anchor.part: placed(traces[anchor.part], anchor) for anchor in anchors}
    means = {}
    for criterion in CRITERIA:
        own = [value for part, value in parts.items() if part.startswith(f"{criterion}.")]
        means[criterion] = sum(own) / len(own)
    return means | parts
