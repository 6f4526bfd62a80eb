"""Decompose effects on trust and its beliefs by origin: more or fewer events, and better or worse ones.

Events of one kind are counted whatever their outcome: a stop with bad treatment is a stop, an unanswered call is a
call. An effect has a part by number, the change in events times the mean points of one event, and a part by quality,
the change in points of one event times the mean number of events. Both orders of the two changes are averaged, so that
the parts sum to the effect (Shapley, 1953). Hearsay about an event counts with the event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.statistics.annual_aggregation import MONTHS

BELIEFS = {"trust": "trust_mean", "fairness": "fairness_mean", "effectiveness": "effectiveness_mean"}
"""Column of the table of origins, and monthly measure, of trust and of the beliefs that it depends on."""
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contact": {name: (name,) for name in ("greeting", "talk", "long_visit", "door_to_door")},
    "treatment": {
        "stop": ("stop", "rude", "abuse", "bribe"),
        **{name: (name,) for name in ("army", "detention", "crisis")},
    },
    "absence": {"absence": ("absence",)},
    "service": {
        "call": ("answered_call", "unanswered_call", "turned_away"),
        "arrest": ("held", "release"),
        "case": ("charged", "dropped"),
        "protection": ("protection",),
        "problem": ("problem_solved", "problem_in_vain"),
    },
    "meetings": {
        "meeting": ("meeting",),
        "request": ("request_met", "request_explained", "request_unmet"),
        "hearing": ("hearing",),
        "informed": ("informed",),
    },
    "news": {"public_event": ("public_event",), "scandal": ("scandal",)},
    "crime": {name: (name,) for name in ("harm", "payment", "collective_violence")},
}
"""Kinds of events by group, with the origins merged into each: these differ in how the event went."""
NUMBER, QUALITY = "number", "quality"
NATION, REST = "nation", "rest"
"""National mood; and the rest: changes of population, decay of earlier evidence, nonlinearity of belief."""
GROUPS = (*KINDS, NATION, REST)
MIN_EVENT_SHARE = 0.1
"""Fraction of the other side's events up to which quality is not estimated from a side; a convention."""


@dataclass(frozen=True)
class OriginsOfYear:
    """Last twelve months of a run: levels of beliefs, lasting events, and their points (0-100), a resident.

    ``events`` and ``points`` are by kind of event, points also by belief; ``nation`` is in points of trust.
    """

    levels: Mapping[str, float]
    events: Mapping[str, float]
    points: Mapping[tuple[str, str], float]
    nation: float


def origins_of_year(months: pd.DataFrame, origins: pd.DataFrame, ledger: pd.DataFrame) -> OriginsOfYear:
    """Return the account of one run over its last twelve months, from its measures, origins and ledger."""
    residents = months.set_index("month")["residents"].sort_index().tail(MONTHS)
    last_months = residents.index
    levels = months.set_index("month").loc[last_months]
    events: dict[str, float] = {}
    points: dict[tuple[str, str], float] = {}
    tables = {
        column: origins.pivot_table(column, "month", "origin", "sum", fill_value=0.0).reindex(
            last_months, fill_value=0.0
        )
        for column in ("lasting", *BELIEFS)
    }
    for kinds in KINDS.values():
        for kind, names in kinds.items():
            each = {name: sum_of(table, names).div(residents).mean() for name, table in tables.items()}
            events[kind] = float(each["lasting"])
            points |= {(belief, kind): 100.0 * float(each[belief]) for belief in BELIEFS}
    national_mood = ledger[ledger["cause"] == NATION].groupby("month")["change"].sum().sort_index().cumsum()
    nation = 100.0 * float(national_mood.reindex(last_months, method="ffill").fillna(0.0).div(residents).mean())
    means = {belief: 100.0 * float(levels[measure].mean()) for belief, measure in BELIEFS.items()}
    return OriginsOfYear(means, events, points, nation)


def origins_by_run(
    key: str, months: pd.DataFrame, origins: pd.DataFrame, ledger: pd.DataFrame
) -> dict[Any, OriginsOfYear]:
    """Return the account of every run; column ``key`` identifies the runs in all tables."""
    runs = [dict(list(table.groupby(key))) for table in (months, origins, ledger)]
    return {run: origins_of_year(*(one[run] for one in runs)) for run in runs[0]}


def sum_of(table: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Return the row sums of those columns that exist."""
    return table[[name for name in names if name in table]].sum(axis=1)


def split_effect(base: tuple[float, float], arm: tuple[float, float]) -> tuple[float, float]:
    """Return the parts by number and by quality of a change between two sides, each (events, points).

    >>> split_effect((10.0, -5.0), (5.0, -2.5))
    (2.5, 0.0)
    >>> split_effect((10.0, 2.0), (10.0, 5.0))
    (0.0, 3.0)
    >>> split_effect((0.0, 0.0), (4.0, 2.0))
    (2.0, 0.0)

    Quality is not estimated from a side with hardly any events (`MIN_EVENT_SHARE`): fifty arrests instead of one are
    more arrests, not better ones.

    >>> [round(part, 6) for part in split_effect((1.0, -9.0), (50.0, -50.0))]
    [-49.0, 8.0]
    """
    (base_events, base_points), (arm_events, arm_points) = base, arm
    qualities = [
        points / events for events, points in (base, arm) if events > MIN_EVENT_SHARE * max(base_events, arm_events)
    ]
    by_number = (arm_events - base_events) * sum(qualities) / len(qualities) if qualities else 0.0
    return by_number, arm_points - base_points - by_number


def effect_parts(base: OriginsOfYear, arm: OriginsOfYear) -> dict[tuple[str, str, str], float]:
    """Return the parts of an effect between paired runs by belief, group and part; those of a belief sum to it."""
    parts: dict[tuple[str, str, str], float] = {}
    for belief in BELIEFS:
        for group, kinds in KINDS.items():
            splits = [
                split_effect(*((side.events[kind], side.points[belief, kind]) for side in (base, arm)))
                for kind in kinds
            ]
            parts[belief, group, NUMBER] = sum(split[0] for split in splits)
            parts[belief, group, QUALITY] = sum(split[1] for split in splits)
        if belief == "trust":
            parts[belief, NATION, ""] = arm.nation - base.nation
        sum_of_parts = sum(part for key, part in parts.items() if key[0] == belief)
        parts[belief, REST, ""] = arm.levels[belief] - base.levels[belief] - sum_of_parts
    return parts


def origin_key(belief: str, group: str, part: str) -> str:
    """Return the name of a part in tables.

    >>> origin_key("trust", "treatment", "number"), origin_key("trust", "rest", "")
    ('trust.treatment.number', 'trust.rest')
    """
    return ".".join(one for one in (belief, group, part) if one)
