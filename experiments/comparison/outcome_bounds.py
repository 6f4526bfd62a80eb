"""Bounds of an outcome: the extreme scenarios of the ceiling, as last computed."""

from dataclasses import dataclass
from functools import lru_cache

from experiments.comparison.ceiling_effects import ceiling_table, outcome_range, scenarios_after, values_at_site
from experiments.comparison.decision_measures import TODAY, Text, measures
from experiments.comparison.decision_outcomes import DecisionOutcome
from experiments.comparison.single_measure_effects import EXTREME_WORLDS, single_measure_table


@dataclass(frozen=True)
class OutcomeBound:
    """Bound of an outcome: its difference from today in one scenario, and the title of that scenario."""

    value: float
    title: Text


def outcome_bounds(
    outcome: DecisionOutcome, site: str, base: float, residents: float, years: float
) -> tuple[OutcomeBound, OutcomeBound] | None:
    """Return the least and greatest change among extreme scenarios and today (0); None if unknown.

    ``base`` is the outcome as today: the ceiling has counts in per cent of it, or for 100,000 residents. The scenarios
    ran for the same ``years`` as the effect that is compared with them.
    """
    factor = 1.0 if outcome.level else residents / 100_000.0 if outcome.for_100_000 else base / 100.0
    changes = [(factor * value, title) for value, title in ceiling_changes(outcome, site, years)]
    bounds = outcome_range(changes or single_measure_changes(outcome, site, years), TODAY)
    return None if bounds is None else (OutcomeBound(*bounds[0]), OutcomeBound(*bounds[1]))


@lru_cache
def ceiling_changes(outcome: DecisionOutcome, site: str, years: float) -> tuple[tuple[float, Text], ...]:
    """Return the change and the title of each extreme scenario, for an outcome that the ceiling has."""
    table = scenarios_after(ceiling_table(), years)
    own = values_at_site(table, site, outcome.ceiling)
    return tuple((value, {one: str(table.at[row, one]) for one in ("en", "es")}) for row, value in own.items())


@lru_cache
def single_measure_changes(outcome: DecisionOutcome, site: str, years: float) -> tuple[tuple[float, Text], ...]:
    """Return the change by each single measure and extreme world, for outcomes that the ceiling lacks."""
    table = scenarios_after(single_measure_table(), years)
    if table.empty:
        return ()
    titles = EXTREME_WORLDS | {one.name: one.title for one in measures()}
    own = table[(table["site"] == site) & (table["outcome"] == outcome.name)]
    return tuple((float(row["effect"]), titles[row["measure"]]) for _, row in own.iterrows())
