"""Between which ends an outcome can move here: the worlds of the ceiling, as they were last computed."""

from dataclasses import dataclass
from functools import lru_cache

from experiments.comparison.ceiling_effects import ceiling, ceiling_after, outcome_range, worlds_at
from experiments.comparison.decision_measures import TODAY, Text, measures
from experiments.comparison.decision_outcomes import DecisionOutcome
from experiments.comparison.single_measure_effects import WORLDS, single_measure_table


@dataclass(frozen=True)
class End:
    """Distance of an outcome from today in one world, and the title of that world."""

    value: float
    title: Text


def ends_of(outcome: DecisionOutcome, site: str, base: float, residents: float, years: float) -> tuple[End, End] | None:
    """Return the least and the greatest change that any world of the ceiling makes, today among them; None if unknown.

    ``base`` is the outcome as today: the ceiling tells counts in per cent of it, or for 100,000 residents. All worlds
    are looked at after the same ``years`` as the effect that is read against them.
    """
    factor = 1.0 if outcome.level else residents / 100_000.0 if outcome.for_100_000 else base / 100.0
    told = [(factor * value, title) for value, title in ceiling_of(outcome, site, years)]
    found = outcome_range(told or single_measure_changes(outcome, site, years), TODAY)
    return None if found is None else (End(*found[0]), End(*found[1]))


@lru_cache
def ceiling_of(outcome: DecisionOutcome, site: str, years: float) -> tuple[tuple[float, Text], ...]:
    """Return the worlds of the ceiling for an outcome that it tells."""
    table = ceiling_after(ceiling(), years)
    own = worlds_at(table, site, outcome.ceiling)
    return tuple((value, {one: str(table.at[row, one]) for one in ("en", "es")}) for row, value in own.items())


@lru_cache
def single_measure_changes(outcome: DecisionOutcome, site: str, years: float) -> tuple[tuple[float, Text], ...]:
    """Return what measures alone and the worlds at the ends do to an outcome of which the ceiling does not tell."""
    table = ceiling_after(single_measure_table(), years)
    if table.empty:
        return ()
    titles = WORLDS | {one.name: one.title for one in measures()}
    own = table[(table["site"] == site) & (table["outcome"] == outcome.name)]
    return tuple((float(row["effect"]), titles[row["measure"]]) for _, row in own.iterrows())
