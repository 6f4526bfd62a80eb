"""Arms from the folder of a sweep: one for each municipality and combination of policies, with draws of parameters.

Worlds are twins if they share their seed and their draw: the values of all parameters that the study varies.
"""

import datetime
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.compare.arms import Arm, without_policies
from experiments.runs.folder import read_manifest
from experiments.runs.identity import canonical, settings_of
from experiments.runs.jobs import from_words, scenario_of
from experiments.sweeps.results import measures_of, read_plan
from model.errors import InputError

SEEDS = 2**32
"""Seeds lie below it, so that the number of a draw fits above them."""


def draw_of(world: int) -> int:
    """Return the number of the draw of parameters in which a world lives; 0 where nothing is drawn."""
    return world // SEEDS


def seed_of(world: int) -> int:
    """Return the seed of a world.

    >>> seed_of(5), seed_of(7 * SEEDS + 5), draw_of(7 * SEEDS + 5)
    (5, 5, 7)
    """
    return world % SEEDS


def swept_arms(folder: Path) -> list[Arm]:
    """Return the arms of a sweep, in the order of its plan."""
    stated, plan = read_manifest(folder), plan_of(folder)
    finished = set(measures_of(folder)["run"].to_pylist())
    plan = plan[plan["run"].isin(finished)]
    groups: Any = plan.groupby(["scenario", "policies"], sort=False)
    return [swept_arm(folder, stated, rows) for _, rows in groups]


def swept_arm(folder: Path, stated: dict[str, Any], rows: pd.DataFrame) -> Arm:
    """Return the arm that some runs of a sweep form."""
    job = from_words({"run": rows["run"].iloc[0], "seed": rows["seed"].iloc[0], "point": rows["point"].iloc[0]})
    scenario = scenario_of(job.point)
    return Arm(
        name="+".join(job.point.policies),
        scenario=scenario.name,
        title=dict(scenario.title),
        policies=job.point.policies,
        begins=scenario.start.isoformat(),
        until=datetime.date.fromisoformat(job.point.until).isoformat(),
        base=without_policies(settings_of(scenario)),
        seeds=tuple(int(world) for world in rows["world"]),
        fingerprint=stated["fingerprint"],
        folder=folder,
        drawn=tuple(stated["varied"]),
        runs=dict(zip(rows["run"], map(int, rows["world"]), strict=True)),
    )


def plan_of(folder: Path) -> pd.DataFrame:
    """Return the plan of a sweep with the policies, the point and the number of the world of every run."""
    plan, varied = read_plan(folder).to_pandas(), read_manifest(folder)["varied"]
    points = [json.loads(point) for point in plan["point"]]
    draws = [number_of({name: dict(map(tuple, point["sets"]))[name] for name in varied}) for point in points]
    worlds = [draw * SEEDS + int(seed) for draw, seed in zip(draws, plan["seed"], strict=True)]
    return plan.assign(point=points, policies=["+".join(point["policies"]) for point in points], world=worlds)


def number_of(values: dict[str, Any]) -> int:
    """Return a number that stands for a draw: the same for the same values, 0 where nothing is drawn."""
    return int(hashlib.sha256(canonical(values).encode()).hexdigest()[:7], 16) + 1 if values else 0


def swept_measures(folder: Path, runs: dict[str, int]) -> pd.DataFrame:
    """Return the months of some runs of a sweep, with the number of their world in place of the seed."""
    table = whole(folder)
    table = table[table["run"].isin(runs)]
    return table.assign(seed=table["run"].map(runs))


@cache
def whole(folder: Path) -> pd.DataFrame:
    """Return the months of all runs of a sweep, in a fixed order."""
    table: pd.DataFrame = measures_of(folder).to_pandas()
    if "trust_mean" not in table:
        raise InputError(
            f"{folder} was swept without trust_mean: name no measures in the study, then it can be compared"
        )
    return table.sort_values(["run", "month"]).reset_index(drop=True)


def draws_in(worlds: Sequence[int]) -> list[int]:
    """Return the draws of some worlds, each once."""
    return sorted({draw_of(world) for world in worlds})
