"""The choice that knowledge would improve: packages, what counts with which weight, and what packages cost.

The unit of utility is the smallest effect that matters (`experiments.statistics.thresholds`). The utility of
a package is the weighted sum of its gains in trust, crime and harm in this unit, less its cost.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from experiments.reproduce.design import AGAIN
from experiments.reproduce.effects import main_pairs, weights_of_pairs
from experiments.reproduce.plan import ADOPTION, EVERYTHING, MEASURES, PARTS, plan
from experiments.reproduce.runs import rows_where, with_effects
from experiments.statistics.value_of_information import Codes, Decision, Reals
from model.engine.errors import InputError, suggest_nearest
from scenarios import accounts

GAINS: Mapping[str, Mapping[str, float]] = {
    "trust": {"trust_mean": 1.0},
    "crime": {"crimes_occurred": -1.0},
    "harm": {"domestic_without_remedy": -1.0, "wrongful_detentions": -1.0, "refused": -1.0},
}
"""What counts: measures with the direction of a gain; several measures count by their mean."""
NONE = "none"
"""The option of no package."""
CHOSEN = (ADOPTION, "reporting", "resources", EVERYTHING)
"""Packages to choose from, unless others are named."""
OTHER_NAMES = {"mopsic": ADOPTION, "all": EVERYTHING}
"""Words for packages by which users may name them."""
FEWEST_WORLDS = 30
"""Fewest worlds from which single numbers and groups of them are valued."""


@dataclass(frozen=True)
class PackageChoice:
    """Packages to choose from, weights by what counts, which sum to 1, and costs by package, in the unit of utility."""

    packages: Sequence[str]
    weights: Mapping[str, float]
    costs: Mapping[str, float]

    @classmethod
    def read(cls, packages: str, weights: str, costs: str) -> Self:
        """Return the choice that the options of the command state; raise `InputError` if one is wrong."""
        chosen = tuple(package_of("--packages", name) for name in words_of(packages)) or CHOSEN
        stated = stated_numbers("--weights", weights)
        for name, value in stated.items():
            if name not in GAINS:
                raise InputError(f"--weights knows {', '.join(GAINS)}, got '{name}'{suggest_nearest(name, GAINS)}")
            if value < 0.0:
                raise InputError(f"--weights: {name} must be 0 or more, got {value:g}")
        total = sum(stated.values())
        if total <= 0.0:
            raise InputError(f"--weights must have one above 0, got '{weights}'")
        prices = {package_of("--cost", name): value for name, value in stated_numbers("--cost", costs).items()}
        for name in prices:
            if name not in (*chosen, *PARTS):
                raise InputError(f"--cost: '{name}' is none of the packages to choose from ({', '.join(chosen)})")
        return cls(chosen, {name: stated.get(name, 0.0) / total for name in GAINS}, with_sum(chosen, prices))

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options: no package, then each."""
        return (NONE, *self.packages)

    @property
    def has_costs(self) -> bool:
        """True if any package costs something."""
        return any(self.costs.values())

    def at_cost(self, multiple: float) -> "PackageChoice":
        """Return the same choice at a multiple of its costs; without costs each single package then costs as much."""
        prices = self.costs if self.has_costs else with_sum(self.packages, dict.fromkeys(self.packages_alone, 1.0))
        return replace(self, costs={name: multiple * cost for name, cost in prices.items()})

    @property
    def packages_alone(self) -> tuple[str, ...]:
        """Single packages, among them the parts of all together."""
        return tuple(name for name in dict.fromkeys((*self.packages, *PARTS)) if name != EVERYTHING)


def with_sum(packages: Sequence[str], costs: Mapping[str, float]) -> dict[str, float]:
    """Return the cost of each package; that of all together is the sum of its parts unless it is stated."""
    everything = costs.get(EVERYTHING, sum(costs.get(part, 0.0) for part in PARTS))
    return {name: everything if name == EVERYTHING else costs.get(name, 0.0) for name in packages}


def words_of(text: str) -> list[str]:
    """Return the words of a list with commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def package_of(option: str, word: str) -> str:
    """Return the package of a name."""
    name, known = OTHER_NAMES.get(word, word), plan().packages
    if name not in known:
        near = suggest_nearest(word, [*OTHER_NAMES, *known])
        raise InputError(f"{option}: no package '{word}' (there are {', '.join(known)}){near}")
    return name


def stated_numbers(option: str, text: str) -> dict[str, float]:
    """Return the numbers of NAME=NUMBER,NAME=NUMBER by name."""
    numbers: dict[str, float] = {}
    for word in words_of(text):
        name, equals, value = (part.strip() for part in word.partition("="))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not equals or not math.isfinite(number):
            raise InputError(f"{option} must be NAME=NUMBER,NAME=NUMBER, got '{word}'")
        if name in numbers:
            raise InputError(f"{option}: '{name}' is given twice")
        numbers[name] = number
    return numbers


@dataclass(frozen=True)
class ChoiceWorlds:
    """Worlds of a municipality in which all packages were run: their gains, before weights and costs.

    ``rows`` has a row for each world with its draw and account, ``gains`` worlds × packages × what counts, in smallest
    effects that matter. ``again`` are the gains of the same worlds with other random numbers; NaN where they were not
    run.
    """

    site: str
    years: int
    rows: pd.DataFrame
    gains: Reals
    again: Reals
    account_weights: Mapping[str, float]

    @cached_property
    def account_codes(self) -> Codes:
        """Number of the account of each world, in the order of `scenarios.accounts.names`."""
        order = {name: code for code, name in enumerate(accounts.names())}
        return np.asarray(self.rows["account"].map(order), np.int64)

    @cached_property
    def repeated(self) -> Codes:
        """Worlds that were run again with other random numbers."""
        return np.flatnonzero(np.isfinite(self.again).all(axis=(1, 2)))

    def utilities(self, choice: PackageChoice, gains: Reals) -> Reals:
        """Return utilities (worlds × options) of some gains; that of no package is 0."""
        weights = np.array([choice.weights[name] for name in GAINS])
        costs = np.array([choice.costs[package] for package in choice.packages])
        return np.hstack([np.zeros((len(gains), 1)), gains @ weights - costs])

    def decision(self, choice: PackageChoice) -> Decision:
        """Return the decision of a choice in these worlds."""
        weights = weights_of_pairs(self.rows, self.account_weights)
        return Decision.of(self.utilities(choice, self.gains), weights, self.account_codes)

    def of_rows(self, rows: Codes) -> "ChoiceWorlds":
        """Return some of the worlds."""
        part = self.rows.iloc[rows].reset_index(drop=True)
        return replace(self, rows=part, gains=self.gains[rows], again=self.again[rows])


def horizon_of_most(pairs: pd.DataFrame) -> int:
    """Return the longest horizon among those with the most pairs."""
    counts = pairs["years"].value_counts()
    return int(counts[counts == counts.max()].index.max())


def choice_worlds(
    pairs: pd.DataFrame, site: str, choice: PackageChoice, years: int, account_weights: Mapping[str, float]
) -> ChoiceWorlds:
    """Return the worlds of a municipality in which all packages of a choice were run."""
    measures = [measure for named in GAINS.values() for measure in named]
    at_years = rows_where(pairs, site=site, years=years)
    wanted = with_effects(at_years[at_years["measure"].isin(measures) & at_years["arm"].isin(choice.packages)])
    scales = smallest_effects(main_pairs(wanted), years)
    main, twice = gains_of(main_pairs(wanted), choice, scales), rows_where(wanted, kind=AGAIN)
    index = main.dropna().index
    again = (gains_of(twice, choice, scales) if len(twice) else main.iloc[:0]).reindex(index)
    if not len(index):
        raise InputError(f"{site}: no world has all of {', '.join(choice.packages)} after year {years}")
    shape = (len(index), len(choice.packages), len(GAINS))
    return ChoiceWorlds(
        site, years, index.to_frame(index=False), main.loc[index].to_numpy().reshape(shape),
        again.to_numpy().reshape(shape), account_weights,
    )  # fmt: skip


def smallest_effects(pairs: pd.DataFrame, years: int) -> dict[str, float]:
    """Return the smallest effect that matters of each measure, at its mean levels."""
    return {
        str(measure): MEASURES[str(measure)]
        .scale(float(years))
        .threshold(float((rows["base"] / rows["base_per"]).mean()), float((rows["arm_value"] / rows["arm_per"]).mean()))
        .delta
        for measure, rows in pairs.groupby("measure")
    }


def gains_of(pairs: pd.DataFrame, choice: PackageChoice, scales: Mapping[str, float]) -> pd.DataFrame:
    """Return the gains of each world (draw and account) in columns by package and what counts."""
    directions = {measure: sign for named in GAINS.values() for measure, sign in named.items()}
    unit = pairs["measure"].map({measure: directions[measure] / scales[measure] for measure in scales})
    wide = pairs.assign(gain=pairs["effect"] * unit).pivot_table("gain", ["draw", "account"], ["arm", "measure"])
    columns = {
        (package, name): wide.reindex(columns=[(package, measure) for measure in named]).mean(axis=1, skipna=False)
        for package in choice.packages
        for name, named in GAINS.items()
    }
    return pd.DataFrame(columns, index=wide.index)
