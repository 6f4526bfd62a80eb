"""Compare the decisions of agents between arms: the share of each option in per cent, and the reasons."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.comparison.arms import Arm
from experiments.execution.runs import DAYS_OF_YEAR
from experiments.statistics.paired_effects import Value
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED

CHANCE = "luck"
"""Recorded reason of a choice without a decisive term."""

Values = Mapping[int, Value]
"""One value by seed."""


def shares_of(choices: pd.DataFrame) -> dict[str, dict[int, Value]]:
    """Return the share of each option by choice and option, then seed, as (100 × times chosen, all choices)."""
    shares: dict[str, dict[int, Value]] = {}
    groups: Any = choices.groupby(["matter", "seed"])
    for (matter, seed), rows in groups:
        counts = Counter(rows["option"])
        for option in options_of(str(matter), rows["option"]):
            shares.setdefault(f"{matter}.{option}", {})[int(seed)] = 100.0 * counts[option], float(len(rows))
    return shares


def options_of(matter: str, found: pd.Series) -> Sequence[str]:
    """Return the options of a kind of choice; if this version does not declare it, those that were chosen."""
    known = next((one.options for one in CHOICES_DECLARED.values() if one.name == matter), None)
    return known or sorted(set(found))


def decisions_table(arms: Sequence[Arm]) -> pd.DataFrame:
    """Return how often a year each option was chosen in each arm, with its most frequent decisive reason."""
    return pd.DataFrame([row for arm in arms if arm.has_table("decisions") for row in rows_of(arm)])


def rows_of(arm: Arm) -> Iterator[dict[str, Any]]:
    """Yield a row for every option of every kind of choice in an arm."""
    begins, until = (datetime.date.fromisoformat(date) for date in (arm.begins, arm.until))
    years = len(arm.seeds) * (until - begins).days / DAYS_OF_YEAR
    choices = arm.table("decisions")
    matters: Any = choices.groupby(["agent", "matter"])
    for (agent, matter), rows in sorted(matters, key=sort_key):
        for option in options_of(matter, rows["option"]):
            reasons = rows.loc[rows["option"] == option, "reason"]
            reason, share = main_reason(Counter(reasons))
            place = {"site": arm.scenario, "arm": arm.name, "agent": agent, "matter": matter, "option": option}
            yield place | {
                "chosen": len(reasons) / years,
                "share": 100.0 * len(reasons) / len(rows),
                "reason": reason,
                "reason_share": share,
            }


def sort_key(group: tuple[tuple[str, str], pd.DataFrame]) -> tuple[int, int, str]:
    """Return the sort key of a kind of choice: kind of agent, then order of declaration."""
    (agent, matter), _ = group
    declared = [known.name for known in CHOICES_DECLARED.values()]
    return AGENT_TYPES.index(agent), declared.index(matter) if matter in declared else len(declared), matter


def main_reason(reasons: Counter[str]) -> tuple[str, float]:
    """Return the most frequent decisive reason and its share of choices in per cent; chance does not count.

    >>> main_reason(Counter({"luck": 6, "risk": 3, "rent": 1})), main_reason(Counter({"luck": 2}))
    (('risk', 30.0), ('', nan))
    """
    named = [(n, name) for name, n in sorted(reasons.items()) if name != CHANCE]
    if not named:
        return "", float("nan")
    n, name = max(named, key=lambda one: one[0])
    return name, 100.0 * n / reasons.total()
