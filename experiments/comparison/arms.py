"""The arms of a comparison: [SITE:]POLICY[+POLICY…][@DATE], or a folder of results."""

import datetime
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.execution.run_requests import plan_runs
from experiments.execution.twin_runs import DAYS_OF_YEAR
from experiments.storage.reading import tables
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

DEFAULT_SITE = "villa_canales"


@dataclass(frozen=True)
class Word:
    """One arm as it was typed: a policy, perhaps with its site, or a folder."""

    text: str
    site: str | None = None
    policies: str = ""
    folder: Path | None = None


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: what was run, or is to be, and its months once they exist.

    An arm from a sweep names the parameters that were drawn there, and the number of the world of every run of its.
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
    drawn: tuple[str, ...] = ()
    runs: dict[str, int] = field(default_factory=dict, compare=False)
    found: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Tables that were read already: a comparison asks for most of them several times, never for maps."""

    @classmethod
    def of(cls, name: str, specs: Sequence[RunSpec], **more: Any) -> "Arm":
        """Return the arm that runs of some seeds form."""
        first, scenario = specs[0], specs[0].scenario
        stated: dict[str, Any] = {
            "scenario": scenario.name,
            "title": dict(scenario.title),
            "policies": first.words,
            "begins": first.begins.isoformat(),
            "until": first.until.isoformat(),
            "base": without_policies(first.settings) | {"town": first.town},
            "seeds": tuple(spec.seed for spec in specs),
            "fingerprint": fingerprint(),
            "specs": tuple(specs),
        }
        return cls(name=name, **stated | more)

    @property
    def years(self) -> float:
        """Years that it reports."""
        begins, until = (datetime.date.fromisoformat(date) for date in (self.begins, self.until))
        return (until - begins).days / DAYS_OF_YEAR

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the folder in which the arm's results lie."""
        assert self.folder is not None
        if name not in self.found:
            rows = swept_measures(self.folder, self.runs) if self.runs else tables(self.folder, name).to_pandas()
            self.found[name] = rows
        return self.found[name]

    def has(self, name: str) -> bool:
        """Tell whether the arm's results hold a table; a sweep keeps measures alone."""
        return name == "measures" if self.runs else (self.folder or Path()).joinpath(f"{name}.parquet").is_file()

    @cached_property
    def world(self) -> str:
        """Return as JSON all that twins share: settings without policies and horizon, and the code."""
        return json.dumps([self.base, self.begins, self.until, self.fingerprint], sort_keys=True)


def swept_measures(folder: Path, runs: dict[str, int]) -> pd.DataFrame:
    """Return the months of some runs of a sweep, with the number of their world in place of the seed."""
    table = swept_months(folder)
    table = table[table["run"].isin(runs)]
    return table.assign(seed=table["run"].map(runs))


@cache
def swept_months(folder: Path) -> pd.DataFrame:
    """Return the months of all runs of a sweep, in a fixed order."""
    table: pd.DataFrame = tables(folder, "measures").to_pandas()
    if "trust_mean" not in table:
        raise InputError(
            f"{folder} was swept without trust_mean: name no measures in the study, then it can be compared"
        )
    return table.sort_values(["run", "month"]).reset_index(drop=True)


def read_word(text: str) -> Word:
    """Return what one word of the command line means.

    >>> read_word("totonicapan:status_quo@2018-01-01")
    Word(text='totonicapan:status_quo@2018-01-01', site='totonicapan', policies='status_quo@2018-01-01', folder=None)
    """
    if Path(text).is_dir() or ("/" in text and not re.search(r"\.toml(@[-\d]+)?$", text)):
        return Word(text, folder=Path(text))
    site, colon, policies = text.rpartition(":")
    if not policies.strip() or (colon and not site):
        raise InputError(f"an arm is [SITE:]POLICY[+POLICY…][@DATE] or a folder, got '{text}'")
    return Word(text, site or None, policies)


def planned_arms(words: Sequence[Word], named: Sequence[str], **options: Any) -> list[Arm]:
    """Return the arms that are to be run, site by site: sites in the order in which they are named, arms as typed."""
    sites: dict[str, list[str]] = {}
    for word in words:
        if word.site:
            sites.setdefault(word.site, []).append(word.policies)
    for site in dict.fromkeys(named or [DEFAULT_SITE]):
        sites.setdefault(site, []).extend(word.policies for word in words if not (word.site or word.folder))
    arms = [Arm.of(one, plan_runs(site, policies=[one], **options)) for site, own in sites.items() for one in own]
    check_double(arms)
    return arms


def without_policies(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that arms of one site have in common."""
    return {key: value for key, value in settings.items() if key != "policies"}


def by_site(arms: Sequence[Arm]) -> list[list[Arm]]:
    """Return the arms of every site, in their order."""
    sites: dict[str, list[Arm]] = {}
    for arm in arms:
        sites.setdefault(arm.scenario, []).append(arm)
    return list(sites.values())


def check_double(arms: Sequence[Arm]) -> None:
    """Raise if two arms that are to be run would be the same."""
    names = Counter((arm.scenario, arm.name) for arm in arms)
    for arm in arms:
        if names[arm.scenario, arm.name] > 1:
            raise InputError(f"arm '{arm.name}' is named twice for {arm.scenario}")


def check_horizons(arms: Sequence[Arm]) -> None:
    """Raise if arms were not observed over the same time: no difference between them would mean anything."""
    first = arms[0]
    for arm in arms[1:]:
        if (arm.begins, arm.until) != (first.begins, first.until):
            raise InputError(
                f"arms of different horizons cannot be compared: '{first.name}' runs from {first.begins} to "
                f"{first.until}, '{arm.name}' from {arm.begins} to {arm.until}"
            )
