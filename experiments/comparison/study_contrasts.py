"""Contrasts of a study: over draws of parameters, towns, seeds and rival accounts, and by origin."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.origins import BELIEFS, OriginsOfYear, effect_parts, origin_key, origins_by_run
from experiments.comparison.over_draws import groups_over_draws, key_values
from experiments.execution.parameter_draws import Draw
from experiments.execution.runs import CompareLabel, CompareResults, RunGroup
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.contrasts import SCENARIO, SEED
from experiments.statistics.interactions import TIMES_SIGN, Change, changes_of, factors_of, sets_of_changes, sides_of
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import load_table, means_of_runs, stored_measures, varied_columns
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


REQUIRED_MEASURES = ("residents", *BELIEFS.values())
"""Measures required for the decomposition."""
REQUIRED_TABLES = ("ledger", "origins")
"""Tables that the study must keep."""
INTERVAL_FIELDS = ("low", "high", "n")


def origin_contrasts(folder: Path) -> pd.DataFrame:
    """Return the parts of each single change's effect, in points (0-100); those of a belief sum to its effect.

    Empty if the sweep did not keep the measures `REQUIRED_MEASURES` and the tables `REQUIRED_TABLES`.
    """
    if not set(REQUIRED_MEASURES) <= set(stored_measures(folder)) or not set(REQUIRED_TABLES) <= set(
        read_manifest(folder)["keep"]
    ):
        return pd.DataFrame()
    runs, accounts = means_of_runs(folder, [BELIEFS["trust"]]), accounts_of(folder)
    rows = [
        {"scenario": scenario, "change": change.name} | row
        for scenario, own in runs.groupby(SCENARIO, sort=False)
        for factors in [factors_of(own, varied_columns(folder))]
        for change in changes_of(own, factors)
        for row in parts_of_change(pairs_of(own, factors, change), accounts)
    ]
    return pd.DataFrame(rows)


def accounts_of(folder: Path) -> dict[str, OriginsOfYear]:
    """Return the account of trust by origin of every finished run of a sweep."""
    return origins_by_run(
        "run", *(load_table(folder, name).to_pandas() for name in ("measures", *reversed(REQUIRED_TABLES)))
    )


def pairs_of(runs: pd.DataFrame, factors: list[str], change: Change) -> pd.DataFrame:
    """Return the runs without (`base`) and with a change (`arm`), paired by seed and all other factors."""
    alike = [SEED, *(name for name in factors if name != change.factor)]
    sides = (
        runs[runs[change.factor] == level].set_index(alike)["run"].rename(name)
        for name, level in (("base", change.against), ("arm", change.level))
    )
    return pd.concat(sides, axis=1, join="inner").reset_index()


def parts_of_change(pairs: pd.DataFrame, accounts: dict[str, OriginsOfYear]) -> Iterator[dict[str, Any]]:
    """Yield each part of a change with its interval over seeds, averaged over combinations of other factors."""
    if pairs.empty:
        return
    parts = pd.DataFrame([effect_parts(accounts[one.base], accounts[one.arm]) for one in pairs.itertuples()])  # type: ignore[index]
    by_seed = parts.groupby(pairs[SEED].to_numpy()).mean()
    for key in by_seed:
        found = paired([0.0] * len(by_seed), list(by_seed[key]), scale=Scale("points"))
        part = {"measure": origin_key(*key), "estimate": found.effect}  # type: ignore[misc]
        yield part | {name: getattr(found, name) for name in INTERVAL_FIELDS}
