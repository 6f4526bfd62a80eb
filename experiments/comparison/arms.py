"""Arms of a comparison: parsed from [SITE:]POLICY[+POLICY…][@DATE], or read from a folder of results."""

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import DAYS_OF_YEAR
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import load_table, specs_of
from experiments.storage.run_identity import canonical_json, digest_of
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

DEFAULT_SITE = "villa_canales"


@dataclass(frozen=True)
class ArmArgument:
    """One arm argument of the command line: a policy, optionally with its site, or a folder of results."""

    site: str | None = None
    policies: str = ""
    folder: Path | None = None


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: its planned or finished runs, and their tables once they exist.

    For an arm from a sweep, ``varied`` names the parameters that the sweep varied, and ``runs`` has the world number of
    each of its runs (`world_of`).
    """

    name: str
    scenario: str
    title: dict[str, str]
    policies: tuple[str, ...]
    begins: str
    until: str
    base: dict[str, Any]
    seeds: tuple[int, ...]
    fingerprint: str
    folder: Path | None = None
    specs: tuple[RunSpec, ...] = field(default=(), compare=False)
    label: str = ""
    varied: tuple[str, ...] = ()
    runs: dict[str, int] = field(default_factory=dict, compare=False)
    cache: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Cache of tables: a comparison reads most of them several times, and never reads maps."""

    @classmethod
    def from_runs(cls, name: str, specs: Sequence[RunSpec], **more: Any) -> "Arm":
        """Return the arm made of the runs of several seeds."""
        first, scenario = specs[0], specs[0].scenario
        fields: dict[str, Any] = {
            "scenario": scenario.name,
            "title": dict(scenario.title),
            "policies": first.dated_policies,
            "begins": first.begins.isoformat(),
            "until": first.until.isoformat(),
            "base": without_policies(first.settings) | {"town": first.town},
            "seeds": tuple(spec.seed for spec in specs),
            "fingerprint": fingerprint(),
            "specs": tuple(specs),
        }
        return cls(name=name, **fields | more)

    @property
    def years(self) -> float:
        """Length of the reported period in years."""
        begins, until = (datetime.date.fromisoformat(date) for date in (self.begins, self.until))
        return (until - begins).days / DAYS_OF_YEAR

    def table(self, name: str) -> pd.DataFrame:
        """Return one table from the arm's folder of results, cached."""
        assert self.folder is not None
        if name not in self.cache:
            rows = swept_measures(self.folder, self.runs) if self.runs else load_table(self.folder, name).to_pandas()
            self.cache[name] = rows
        return self.cache[name]

    def has_table(self, name: str) -> bool:
        """Return whether the arm's results hold a table; arms of a sweep have only measures."""
        return name == "measures" if self.runs else (self.folder or Path()).joinpath(f"{name}.parquet").is_file()


def swept_measures(folder: Path, runs: dict[str, int]) -> pd.DataFrame:
    """Return the months of some runs of a sweep, with their world numbers as seeds."""
    table = swept_months(folder)
    table = table[table["run"].isin(runs)]
    return table.assign(seed=table["run"].map(runs))


@cache
def swept_months(folder: Path) -> pd.DataFrame:
    """Return the months of all runs of a sweep, sorted by run and month."""
    table: pd.DataFrame = load_table(folder, "measures").to_pandas()
    if "trust_mean" not in table:
        raise InputError(
            f"{folder} was swept without trust_mean: name no measures in the study, then it can be compared"
        )
    return table.sort_values(["run", "month"]).reset_index(drop=True)


def parse_arm_argument(text: str) -> ArmArgument:
    """Parse one arm argument of the command line.

    >>> parse_arm_argument("totonicapan:status_quo")
    ArmArgument(site='totonicapan', policies='status_quo', folder=None)
    """
    if Path(text).is_dir() or ("/" in text and not re.search(r"\.toml(@[-\d]+)?$", text)):
        return ArmArgument(folder=Path(text))
    site, colon, policies = text.rpartition(":")
    if not policies.strip() or (colon and not site):
        raise InputError(f"an arm is [SITE:]POLICY[+POLICY…][@DATE] or a folder, got '{text}'")
    return ArmArgument(site or None, policies)


def planned_arms(arguments: Sequence[ArmArgument], scenarios: Sequence[str], **options: Any) -> list[Arm]:
    """Return the arms to run, grouped by site; those typed with a site come before those run at every site."""
    sites: dict[str, list[str]] = {}
    for arg in arguments:
        if arg.site:
            sites.setdefault(arg.site, []).append(arg.policies)
    for site in dict.fromkeys(scenarios or [DEFAULT_SITE]):
        sites.setdefault(site, []).extend(arg.policies for arg in arguments if not (arg.site or arg.folder))
    arms = [
        Arm.from_runs(name, plan_runs(site, policies=[name], **options))
        for site, names in sites.items()
        for name in names
    ]
    check_duplicates(arms)
    return arms


def without_policies(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without policies: those that all arms of a site share."""
    return {key: value for key, value in settings.items() if key != "policies"}


def by_site(arms: Sequence[Arm]) -> list[list[Arm]]:
    """Group arms by site, in their order."""
    sites: dict[str, list[Arm]] = {}
    for arm in arms:
        sites.setdefault(arm.scenario, []).append(arm)
    return list(sites.values())


def check_duplicates(arms: Sequence[Arm]) -> None:
    """Raise `InputError` if two arms to run are the same."""
    names = Counter((arm.scenario, arm.name) for arm in arms)
    for arm in arms:
        if names[arm.scenario, arm.name] > 1:
            raise InputError(f"arm '{arm.name}' is named twice for {arm.scenario}")


def check_horizons(arms: Sequence[Arm]) -> None:
    """Raise `InputError` if arms cover different periods, since their difference would mean nothing."""
    first = arms[0]
    for arm in arms[1:]:
        if (arm.begins, arm.until) != (first.begins, first.until):
            raise InputError(
                f"arms of different horizons cannot be compared: '{first.name}' runs from {first.begins} to "
                f"{first.until}, '{arm.name}' from {arm.begins} to {arm.until}"
            )


SEED_LIMIT = 2**32
"""Upper limit of seeds; a world number is ``draw * SEED_LIMIT + seed``."""


def draw_of(world: int) -> int:
    """Return the draw in a world number; 0 if nothing was drawn."""
    return world // SEED_LIMIT


def seed_of(world: int) -> int:
    """Return the seed in a world number.

    >>> seed_of(5), seed_of(7 * SEED_LIMIT + 5), draw_of(7 * SEED_LIMIT + 5)
    (5, 5, 7)
    """
    return world % SEED_LIMIT


def arms_of_sweep(folder: Path) -> list[Arm]:
    """Return the arms of a sweep that have finished runs, in the order of its plan."""
    manifest, finished = read_manifest(folder), set(load_table(folder, "measures")["run"].to_pylist())
    groups: dict[tuple[str, tuple[str, ...]], dict[str, RunSpec]] = {}
    for run, spec in specs_of(folder).items():
        if run in finished:
            groups.setdefault((spec.source, spec.policies), {})[run] = spec
    return [swept_arm(folder, manifest, specs) for specs in groups.values()]


def swept_arm(folder: Path, manifest: dict[str, Any], specs: dict[str, RunSpec]) -> Arm:
    """Return the arm made of some runs of a sweep."""
    worlds = {run: world_of(spec, manifest["varied"]) for run, spec in specs.items()}
    first = next(iter(specs.values()))
    return Arm.from_runs(
        "+".join(first.policies),
        list(specs.values()),
        policies=first.policies,
        seeds=tuple(worlds.values()),
        fingerprint=manifest["fingerprint"],
        folder=folder,
        varied=tuple(manifest["varied"]),
        runs=worlds,
    )


def world_of(spec: RunSpec, varied: Sequence[str]) -> int:
    """Return the world number of a run; the draw is a digest of the drawn values, 0 if nothing was drawn."""
    values = {name: text for name, text in spec.overrides if name in varied}
    draw = int(digest_of(canonical_json(values).encode())[:7], 16) + 1 if values else 0
    return draw * SEED_LIMIT + spec.seed


def distinct_draws(worlds: Sequence[int]) -> list[int]:
    """Return the distinct draws in some world numbers, sorted."""
    return sorted({draw_of(world) for world in worlds})
