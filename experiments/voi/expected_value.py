"""Tables of `answer --only value`: the expected value of information, variance and costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.design import ReproduceDesign
from experiments.statistics.value_of_information import (
    Codes,
    Decision,
    InformationValue,
    Reals,
    information_value_of_classes,
    information_value_of_group,
    information_value_of_numbers,
    ridge_folds,
    signal_shares,
    value_of_all,
    value_of_classes,
    without_error,
)
from experiments.voi.choice import FEWEST_WORLDS, GAINS, ChoiceWorlds, PackageChoice
from experiments.voi.panel_survey import survey_values
from experiments.voi.questions import group_of, number_groups, questions
from scenarios.ranges import dotted_group

ALL, ALL_WITH_ERROR = "everything", "everything_and_error"
"""What is known: everything that the worlds differ in, and the Monte Carlo error of each run as well."""
QUESTION, GROUP, NUMBER, SURVEY = "question", "group", "number", "survey"
VALUE_COLUMNS = ("site", "years", "kind", "name", "value", "error", "chance", "share", "worlds")
VARIANCE_COLUMNS = (
    *("site", "years", "package", "gain", "worlds", "sd", "monte_carlo", "accounts", "group", "share", "chance"),
)
COST_COLUMNS = ("site", "years", "cost", "best", "name", "value")
NUMBER_SHUFFLES, GROUP_SHUFFLES, CURVE_SHUFFLES, SPLITS = 100, 5, 25, 5
"""Shuffles of worlds for numbers, groups and curves, and splits into folds over which groups are averaged."""
FEWEST_REPEATED = 10
"""Fewest worlds that were run twice from which the Monte Carlo error is known."""
COSTS = np.linspace(0.0, 2.0, 17)
"""Multiples of the stated costs, or the cost of each package where none is stated."""


@dataclass(frozen=True)
class Valuation:
    """Worlds of a municipality with a choice; ``seed`` decides shuffles, folds and simulated surveys."""

    worlds: ChoiceWorlds
    choice: PackageChoice
    design: ReproduceDesign
    seed: int

    @property
    def keys(self) -> dict[str, Any]:
        """Key columns of all tables."""
        return {"site": self.worlds.site, "years": self.worlds.years}

    @property
    def decision(self) -> Decision:
        """The choice in these worlds."""
        return self.worlds.decision(self.choice)

    @property
    def knows_error(self) -> bool:
        """True if enough worlds were run twice."""
        return len(self.worlds.repeated) >= FEWEST_REPEATED

    def rng(self, number: int = 0) -> np.random.Generator:
        """Return random numbers for one part of the tables."""
        return np.random.default_rng([self.seed, number])

    def numbers(self) -> Reals:
        """Return the drawn numbers of each world (worlds × numbers, 0-1)."""
        return np.asarray(self.design.cube[self.worlds.rows["draw"].to_numpy()])


def everything_without_error(valuation: Valuation, choice: PackageChoice) -> Decision | None:
    """Return the decision without Monte Carlo error, by the worlds that were run twice; None without them."""
    if not valuation.knows_error:
        return None
    rows, worlds = valuation.worlds.repeated, valuation.worlds
    first, second = (worlds.utilities(choice, gains[rows]) for gains in (worlds.gains, worlds.again))
    return without_error(worlds.decision(choice), signal_shares(first, second))


def value_of_everything(valuation: Valuation, choice: PackageChoice) -> tuple[float, float]:
    """Return the value of knowing everything without Monte Carlo error (with it where it is not known), and with it."""
    with_error = value_of_all(valuation.worlds.decision(choice))
    without = everything_without_error(valuation, choice)
    return (with_error if without is None else min(with_error, value_of_all(without))), with_error


def expected_value_table(valuation: Valuation) -> pd.DataFrame:
    """Return the expected value of knowing everything, of each question, group and number, and of surveys.

    ``value`` is in smallest effects that matter, without what chance gives; ``share`` is that of the value of
    everything. Values keep the order that they have by definition: a number has at most the value of its group, and
    both at most that of everything.
    """
    everything, with_error = value_of_everything(valuation, valuation.choice)
    rows = [
        row_of(ALL_WITH_ERROR, "", InformationValue(with_error, 0.0, 0.0)),
        row_of(ALL, "", InformationValue(everything, 0.0, with_error - everything)),
        *question_rows(valuation),
        *number_rows(valuation),
        *survey_rows(valuation),
    ]
    table = ordered_values(pd.DataFrame(rows), everything)
    share = table["value"] / everything if everything > 0.0 else 0.0
    table = table.assign(**valuation.keys, share=share, worlds=len(valuation.worlds.rows))
    return table[list(VALUE_COLUMNS)]


def row_of(kind: str, name: str, known: InformationValue) -> dict[str, Any]:
    """Return one row of the table before shares."""
    return {"kind": kind, "name": name} | known._asdict()


def ordered_values(table: pd.DataFrame, everything: float) -> pd.DataFrame:
    """Return the rows with values from 0 to that of everything, groups at least as large as their numbers."""
    value = table["value"].clip(lower=0.0)
    known = table["kind"].isin([QUESTION, GROUP, NUMBER, SURVEY])
    value = value.where(~known, value.clip(upper=everything))
    of_number = table["name"].where(table["kind"] == NUMBER).map(group_of_number)
    largest = value.groupby(of_number).max()
    floor = table["name"].where(table["kind"] == GROUP).map(largest).fillna(0.0)
    return table.assign(value=np.maximum(value, floor))


def group_of_number(name: object) -> object:
    """Return the name of the group of a number; NaN stays."""
    return group_of(name).name if isinstance(name, str) else name


def question_rows(valuation: Valuation) -> Iterator[dict[str, Any]]:
    """Yield a row for each question; one that tells more than another has at least its value."""
    decision, codes = valuation.decision, valuation.worlds.account_codes
    found = {
        question: information_value_of_classes(decision, question.codes(codes), valuation.rng(number))
        for number, question in enumerate(questions())
    }
    for question, known in found.items():
        value = max(one.value for other, one in found.items() if question.refines(other))
        yield row_of(QUESTION, question.name, known._replace(value=value))


def number_rows(valuation: Valuation) -> Iterator[dict[str, Any]]:
    """Yield a row for each group of numbers, and for single numbers that exceed what shuffled ones give."""
    decision, names = valuation.decision, valuation.design.names
    if len(decision.weights) < FEWEST_WORLDS:
        return
    numbers = valuation.numbers()
    for place, group in enumerate(number_groups()):
        columns = [column for column, name in enumerate(names) if dotted_group(name) in group.members]
        rng = valuation.rng(100 + place)
        splits = [ridge_folds(numbers[:, columns], decision, rng) for _ in range(SPLITS)]
        yield row_of(GROUP, group.name, information_value_of_group(decision, splits, rng, GROUP_SHUFFLES))
    found = information_value_of_numbers(decision, numbers, valuation.rng(99), NUMBER_SHUFFLES)
    for column in np.flatnonzero(found.values > found.largest):
        chance = float(found.chance[column])
        yield row_of(NUMBER, names[column], InformationValue(float(found.values[column]) - chance, 0.0, found.largest))


def survey_rows(valuation: Valuation) -> Iterator[dict[str, Any]]:
    """Yield a row for each size of the panel survey, with the share of chance that the account itself has."""
    decision = valuation.decision
    raw = value_of_classes(decision, valuation.worlds.account_codes)
    known = max([0.0, *(row["value"] for row in question_rows(valuation))])
    kept = min(1.0, known / raw) if raw > 0.0 else 0.0
    for size, value in survey_values(decision, valuation.seed):
        yield row_of(SURVEY, str(size), InformationValue(kept * value, 0.0, (1.0 - kept) * value))


# Variance


def variance_table(valuation: Valuation) -> pd.DataFrame:
    """Return the parts of the variance of each effect: Monte Carlo error, accounts, and predicted by each group.

    ``share`` is predicted in worlds to which a regression was not fitted, of the variance within accounts; ``chance``
    the same if worlds are shuffled.
    """
    rows = [row for number in range(len(valuation.choice.packages)) for row in variance_rows(valuation, number)]
    table = pd.DataFrame(rows, columns=[name for name in VARIANCE_COLUMNS if name not in valuation.keys])
    return table.assign(**valuation.keys, worlds=len(valuation.worlds.rows))[list(VARIANCE_COLUMNS)]


def variance_rows(valuation: Valuation, package: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of one package."""
    worlds, decision = valuation.worlds, valuation.decision
    effects = decision.with_utilities(worlds.gains[:, package])
    error, accounts = error_shares(valuation, package), account_shares(effects)
    about = [
        {"package": valuation.choice.packages[package], "gain": gain, "sd": sd, "monte_carlo": error[number],
         "accounts": accounts[number]}
        for number, (gain, sd) in enumerate(zip(GAINS, effects.utilities.std(axis=0), strict=True))
    ]  # fmt: skip
    if len(decision.weights) < FEWEST_WORLDS:
        yield from ({**one, "group": "", "share": np.nan, "chance": np.nan} for one in about)
        return
    numbers, names = valuation.numbers(), valuation.design.names
    for place, group in enumerate(number_groups()):
        columns = [column for column, name in enumerate(names) if dotted_group(name) in group.members]
        rng = valuation.rng(200 + place)
        folds = ridge_folds(numbers[:, columns], decision, rng)
        residuals = effects.within_accounts
        shares = predicted_shares(residuals, effects.weights, folds)
        shuffled = predicted_shares(residuals[rng.permutation(len(residuals))], effects.weights, folds)
        for number, one in enumerate(about):
            yield {**one, "group": group.name, "share": shares[number], "chance": shuffled[number]}


def predicted_shares(residuals: Reals, weights: Reals, folds: Any) -> Reals:
    """Return the share of the variance of each column that is predicted in worlds to which nothing was fitted."""
    predicted = np.zeros_like(residuals)
    for fold in folds:
        predicted[fold.left_out] = fold.predict(residuals, weights)
    missed, total = (weights @ square for square in ((residuals - predicted) ** 2, residuals**2))
    shares: Reals = 1.0 - missed / np.where(total > 0.0, total, 1.0)
    return shares


def account_shares(effects: Decision) -> Reals:
    """Return the share of the variance that goes with accounts, less what as many classes would explain by chance."""
    n, classes = len(effects.weights), len(np.unique(effects.accounts))
    total = effects.weights @ (effects.utilities - effects.means) ** 2
    between = 1.0 - (effects.weights @ effects.within_accounts**2) / np.where(total > 0.0, total, 1.0)
    shares: Reals = 1.0 - (1.0 - between) * (n - 1) / max(1, n - classes)
    return np.maximum(shares, 0.0)


def error_shares(valuation: Valuation, package: int) -> Reals:
    """Return the share of Monte Carlo error in the variance of each gain; NaN where too few worlds ran twice."""
    if not valuation.knows_error:
        return np.full(len(GAINS), np.nan)
    rows = valuation.worlds.repeated
    a, b = (
        one[rows, package] - one[rows, package].mean(axis=0) for one in (valuation.worlds.gains, valuation.worlds.again)
    )
    total = 0.5 * (a**2 + b**2).sum(axis=0)
    shares: Reals = 1.0 - (a * b).sum(axis=0) / np.where(total > 0.0, total, 1.0)
    return np.clip(shares, 0.0, 1.0)


# Costs


def cost_table(valuation: Valuation) -> pd.DataFrame:
    """Return the expected value of everything and of each question over costs, with the package that is best today."""
    rows = [row for cost in COSTS for row in cost_rows(valuation, float(cost))]
    table = pd.DataFrame(rows, columns=[name for name in COST_COLUMNS if name not in valuation.keys])
    return table.assign(**valuation.keys)[list(COST_COLUMNS)]


def cost_rows(valuation: Valuation, cost: float) -> Iterator[dict[str, Any]]:
    """Yield the rows of one cost."""
    choice = valuation.choice.at_cost(cost)
    decision = valuation.worlds.decision(choice)
    everything, with_error = value_of_everything(valuation, choice)
    best = choice.options[int(decision.means.argmax())]
    yield {"cost": cost, "best": best, "name": ALL_WITH_ERROR, "value": with_error}
    yield {"cost": cost, "best": best, "name": ALL, "value": everything}
    for number, question in enumerate(questions()):
        value = quick_value(decision, question.codes(valuation.worlds.account_codes), valuation.rng(300 + number))
        yield {"cost": cost, "best": best, "name": question.name, "value": min(max(0.0, value), everything)}


def quick_value(decision: Decision, codes: Codes, rng: np.random.Generator) -> float:
    """Return the value of knowing a class, less what chance gives, from few shuffles."""
    chance = [value_of_classes(decision, codes[rng.permutation(len(codes))]) for _ in range(CURVE_SHUFFLES)]
    return value_of_classes(decision, codes) - float(np.mean(chance))


def best_shares(valuation: Valuation) -> Mapping[str, float]:
    """Return the share of worlds in which each option is best."""
    decision = valuation.decision
    winners = decision.utilities.argmax(axis=1)
    shares = np.bincount(winners, decision.weights, minlength=len(valuation.choice.options))
    return dict(zip(valuation.choice.options, map(float, shares), strict=True))


def mean_utilities(valuation: Valuation) -> Mapping[str, float]:
    """Return the mean utility of each option."""
    return dict(zip(valuation.choice.options, map(float, valuation.decision.means), strict=True))
