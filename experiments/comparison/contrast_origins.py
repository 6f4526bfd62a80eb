"""Decompose the effects of a study's changes on trust by origin."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.origins import BELIEFS, OriginsOfYear, effect_parts, origin_key, origins_by_run
from experiments.statistics.contrasts import SCENARIO, SEED
from experiments.statistics.interactions import Change, changes_of, factors_of
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import load_table, means_of_runs, stored_measures, varied_columns

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
