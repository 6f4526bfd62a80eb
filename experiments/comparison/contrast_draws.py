"""Contrasts of a study over draws of parameters, towns, seeds and rival accounts."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from experiments.comparison.over_draws import groups_over_draws, key_values
from experiments.execution.parameter_draws import Draw
from experiments.execution.twin_runs import CompareLabel, CompareResults, RunGroup
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.contrasts import SCENARIO, SEED
from experiments.statistics.interactions import TIMES_SIGN, factors_of, sets_of_changes, sides_of
from experiments.storage.run_spec import RunSpec

COLUMNS = ["site", "against", "measure", "draw", "account", "run", "effect"]


def groups_of_study(
    plan: pd.DataFrame, specs: dict[str, RunSpec], draws: Sequence[Draw]
) -> list[RunGroup[CompareLabel]]:
    """Return the runs over draws of every combination of policies, scenario by scenario.

    Parameters
    ----------
    plan
        One row for each combination of policies, for its first seed, in the order of the study.
    specs
        Runs of the study by identity.
    """
    groups: list[RunGroup[CompareLabel]] = []
    for number, (_, site_plan) in enumerate(plan.groupby(SCENARIO, sort=False)):
        firsts = [specs[run] for run in site_plan["run"]]
        sets = [f"{name}={text}" for name, text in firsts[0].overrides]
        groups += groups_over_draws(number, firsts, draws, sets)
    return groups


def contrast_effects(plan: pd.DataFrame, results: Sequence[CompareResults], measures: Sequence[str]) -> pd.DataFrame:
    """Return every contrast of one to three changes in every run over draws, as rows of the effects table."""
    rows: list[dict[str, Any]] = []
    for number, (site, arms) in enumerate(plan.groupby(SCENARIO, sort=False)):
        site_results = [result for result in results if result.label.block == number]
        for change, gaps in contrasts_of(arms, site_results, measures):
            for k, gap in gaps.iterrows():
                label = site_results[int(str(k))].label.draw
                assert label is not None
                place = key_values(str(site), change, label)
                rows += [place | {"measure": name, "effect": gap[name]} for name in measures]
    return pd.DataFrame(rows, columns=COLUMNS)


def contrasts_of(
    arms: pd.DataFrame, results: Sequence[CompareResults], measures: Sequence[str]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the name of each contrast of a scenario, with its values by group of runs (rows) and measure (columns)."""
    factors = factors_of(arms, ())
    parts = [
        arms[factors].assign(**{SEED: k}).join(last_years(one, arms.index, measures)) for k, one in enumerate(results)
    ]
    runs = pd.concat(parts, ignore_index=True)
    for some in sets_of_changes(arms, factors):
        less, more = sides_of(runs, some, factors, measures)
        if len(less):
            yield TIMES_SIGN.join(one.name for one in some), (more - less).groupby(level=SEED).mean()


def last_years(one: CompareResults, index: pd.Index, measures: Sequence[str]) -> pd.DataFrame:
    """Return the mean of each measure over the last twelve months, one row for each arm."""
    months = [run.months.tail(MONTHS) for run in one.finished]
    return pd.DataFrame([own[list(measures)].astype(float).mean() for own in months]).set_axis(index)
