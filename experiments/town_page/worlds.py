"""Worlds of a town: what steps of the levers do in each of them, from emulators and from runs on record.

A world is a draw of everything that nobody has measured, with an account, that fits what is known. The effect of a
setting in it is the mean of the emulator at its unknowns, plus the error that the emulator made in a run of this world,
which was left out. Settings that equal a package on record are not emulated: their effects are those of its runs.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.comparison.decision_measures import changed_measures, measures, policy_of
from experiments.emulation.coefficients import Coefficients, coefficients_of
from experiments.emulation.emulator import predict_left_out
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.design import ReproduceDesign, municipality
from experiments.reproduce.effects import main_pairs
from experiments.reproduce.lever_steps import Steps, shares_of
from experiments.reproduce.plan import MEASURES, STATUS_QUO, plan
from experiments.reproduce.regions import tested_draws
from experiments.reproduce.runs import SIDE_COLUMNS, rows_where
from experiments.reproduce.surfaces import Surface, SurfaceKey, account_columns, lever_pairs
from experiments.statistics.over_assumed import Reals
from experiments.storage.run_spec import parameter_value
from experiments.studies.factors import Range
from model.engine.scenario import PolicyEntry
from scenarios import accounts
from scenarios.policy_files import read_policy

PERCENT_UNITS = ("0-100", "%")
"""Units of measures that cannot exceed 100."""
LEAST_SPREAD = 1e-9
"""Least spread of errors, which are divided by it."""

SCALES: Mapping[str, Callable[[float], float]] = {
    "linear": float,
    "log": lambda value: math.log(abs(value)),
    "logit": lambda value: math.log(value / (1.0 - value)),
}
"""Functions that make the scale of a range linear."""

type Ints = NDArray[np.int64]


@dataclass(frozen=True)
class WorldSurface:
    """Emulator of one measure over the runs of a town, and the errors that it makes in them.

    ``weights`` has a number for each run, then for the status quo of each world; 0 where it was not fitted to it.
    ``errors`` are those of runs that were left out, divided by `spread_at`; nan where there are none. ``spread`` are
    the variance of errors of any setting, and what it grows by for each lever that is moved to its other end.
    """

    coefficients: Coefficients
    weights: Reals
    errors: Reals
    spread: tuple[float, float]

    def spread_at(self, moved: Reals) -> Reals:
        """Return the spread of errors of settings, from how far their levers are moved."""
        return np.sqrt(np.maximum(self.spread[0] + self.spread[1] * moved, 0.0))


@dataclass(frozen=True)
class YearsOfWorlds:
    """Results of one horizon: levels of the status quo (worlds × measures), surfaces, and effects of packages."""

    base: Reals
    surfaces: Mapping[str, WorldSurface]
    packages: Mapping[str, Reals]


@dataclass(frozen=True)
class TownWorlds:
    """Worlds of a town, their runs with steps of the levers, and their results by horizon.

    ``worlds`` are draws with their accounts; ``run_worlds`` are the places of the worlds of runs. ``tested`` tells in
    which worlds a condition is judged that was found in the others. ``usual`` are the unknowns of a town at default
    values, as shares of their ranges.
    """

    site: str
    measures: tuple[str, ...]
    worlds: pd.DataFrame
    unknowns: Reals
    tested: NDArray[np.bool_]
    run_worlds: Ints
    run_steps: Ints
    years: Mapping[int, YearsOfWorlds]
    usual: tuple[float, ...] = ()

    @cached_property
    def account_numbers(self) -> Ints:
        """Number of the account of each world."""
        return np.array([list(accounts.names()).index(name) for name in self.worlds["account"]], np.int64)

    @cached_property
    def weights(self) -> Reals:
        """Weight of the account of each world."""
        by_account = account_weights()
        return np.array([by_account[name] for name in self.worlds["account"]], np.float64)

    def means(self, surface: WorldSurface, steps: Steps) -> Reals:
        """Return the mean of an emulator in every world."""
        own, used = np.hstack([self.unknowns, account_columns(self.account_numbers)]), surface.coefficients
        setting, n_levers = np.array(list(shares_of(steps).values())), len(measures())
        points = np.vstack([step_shares(self.run_steps), step_shares(steps_array([{}] * len(own)))])
        places = np.concatenate([self.run_worlds, np.arange(len(own))])
        near = np.exp(-0.5 * (((setting - points) / used.lengths[:n_levers]) ** 2).sum(axis=1))
        sums = np.bincount(places, surface.weights * near, len(own))
        apart = (own[:, None, :] - own[None, :, :]) / used.lengths[n_levers:]
        return (
            used.level
            + float(setting @ used.slopes[:n_levers])
            + own @ used.slopes[n_levers:]
            + np.exp(-0.5 * (apart**2).sum(axis=2)) @ sums
        )

    def effects(self, years: int, measure: str, steps: Steps) -> tuple[Reals, Ints]:
        """Return the effects of a setting on a measure, and the place of the world of each; none if it was not run."""
        found, column = self.years[years], self.measures.index(measure)
        chosen = changed_measures(steps)
        package = next((name for name, setting in package_steps().items() if changed_measures(setting) == chosen), "")
        if package in found.packages:
            effects = found.packages[package][:, column]
            places = np.flatnonzero(np.isfinite(effects))
            return effects[places], places
        if measure not in found.surfaces:
            return np.empty(0), np.empty(0, np.int64)
        surface = found.surfaces[measure]
        runs = np.flatnonzero(np.isfinite(surface.errors))
        places = self.run_worlds[runs]
        spread = surface.spread_at(moved_by(steps_array([steps])))[0]
        effects = self.means(surface, steps)[places] + spread * surface.errors[runs] if chosen else np.zeros(len(runs))
        base = found.base[places, column]
        most = 100.0 - base if MEASURES[measure].unit in PERCENT_UNITS else np.inf
        return np.clip(effects, -base, most), places


def town_worlds(
    design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface], site: str
) -> TownWorlds:
    """Return the worlds of a town from the pairs and surfaces of a folder."""
    own = main_pairs(rows_where(pairs, site=site))
    worlds = own[["draw", "account"]].drop_duplicates().reset_index(drop=True)
    runs = lever_pairs(own)[["draw", "account", "arm"]].drop_duplicates().reset_index(drop=True)
    settings = {arm: steps for block in design.blocks for arm, steps in block.settings.items()}
    places = {key: place for place, key in enumerate(worlds.itertuples(index=False, name=None))}
    names = tuple(design.plan.emulated)
    results = {}
    for years in sorted(map(int, own["years"].unique())):
        fitted = {measure: one for (place, after, measure), one in surfaces.items() if (place, after) == (site, years)}
        results[years] = years_of_worlds(rows_where(own, years=years), worlds, runs, names, fitted)
    return TownWorlds(
        site=site,
        measures=names,
        worlds=worlds,
        unknowns=np.array([list(design.unknown_shares(draw).values()) for draw in worlds["draw"]], np.float64),
        tested=np.isin(worlds["draw"], tested_draws(design, own)),
        run_worlds=np.array([places[draw, account] for draw, account, _ in runs.itertuples(index=False)], np.int64),
        run_steps=steps_array([settings[arm] for arm in runs["arm"]]),
        years=results,
        usual=usual_shares(design, site),
    )


def usual_shares(design: ReproduceDesign, site: str) -> tuple[float, ...]:
    """Return the default values of the unknowns at a site as shares (0-1) of their ranges."""
    scenario, ranges = municipality(site), design.ranges[site]
    values = {name: float(parameter_value(scenario, name)) for name in design.unknowns}
    return tuple(share_of(ranges[name], value) for name, value in values.items())


def share_of(span: Range, value: float) -> float:
    """Return the share (0-1) of a range at which a value lies; `Range.value` is its inverse.

    >>> share_of(Range(low=0.0, high=4.0), 1.0), share_of(Range(low=0.01, high=100.0, scale="log"), 1.0)
    (0.25, 0.5)
    """
    low, high, found = (SCALES[span.scale](one) for one in (span.low, span.high, value))
    return round(min(max((found - low) / (high - low), 0.0), 1.0), 9)


def years_of_worlds(
    pairs: pd.DataFrame, worlds: pd.DataFrame, runs: pd.DataFrame, names: Sequence[str], surfaces: Mapping[str, Surface]
) -> YearsOfWorlds:
    """Return the results of one horizon."""
    with np.errstate(divide="ignore", invalid="ignore"):
        base, arm = ((pairs[top] / pairs[per].where(pairs[per] != 0.0)) for top, per in SIDE_COLUMNS)
    table = pairs.assign(level=base, effect=arm - base)
    index = pd.MultiIndex.from_frame(worlds)
    return YearsOfWorlds(
        base=by_world(table.drop_duplicates(["draw", "account", "measure"]), "level", index, names),
        surfaces={measure: world_surface(surface, worlds, runs) for measure, surface in surfaces.items()},
        packages={
            name: by_world(rows_where(table, arm=name), "effect", index, names)
            for name in package_steps()
            if (table["arm"] == name).any()
        },
    )


def by_world(table: pd.DataFrame, values: str, index: pd.MultiIndex, names: Sequence[str]) -> Reals:
    """Return a column of pairs as worlds × measures; nan where there is none."""
    wide = table.pivot_table(values, ["draw", "account"], "measure", sort=False)
    return wide.reindex(index=index, columns=list(names)).to_numpy(np.float64)


def world_surface(surface: Surface, worlds: pd.DataFrame, runs: pd.DataFrame) -> WorldSurface:
    """Return a surface over the runs of a town, with the errors that it makes in runs that are left out."""
    every = pd.concat([runs, worlds.assign(arm=STATUS_QUO)], ignore_index=True)
    rows = pd.Series(every.index, pd.MultiIndex.from_frame(every))
    at = rows.loc[pd.MultiIndex.from_frame(surface.points)].to_numpy()
    coefficients = coefficients_of(surface.emulator)
    weights, errors = np.zeros(len(every)), np.full(len(every), np.nan)
    weights[at] = coefficients.weights
    left_out = predict_left_out(surface.emulator, list(surface.points["draw"])).mean
    errors[at] = (surface.emulator.values - left_out) * (surface.error / (surface.errors.error or 1.0))
    errors = errors[: len(runs)]
    known = np.isfinite(errors)
    today = np.array(list(shares_of({}).values()))
    moved = np.zeros(len(runs))
    moved[at[at < len(runs)]] = np.abs(surface.emulator.points[at < len(runs), : len(today)] - today).sum(axis=1)
    spread = fitted_spread(errors[known], moved[known])
    scaled = errors / np.maximum(np.sqrt(np.maximum(spread[0] + spread[1] * moved, 0.0)), LEAST_SPREAD)
    return WorldSurface(coefficients, weights, scaled, spread)


def fitted_spread(errors: Reals, moved: Reals) -> tuple[float, float]:
    """Return the variance of errors of any setting, and its growth with how far levers are moved, both at least 0.

    >>> fitted_spread(np.array([1.0, -1.0, 2.0, -2.0]), np.array([0.0, 0.0, 3.0, 3.0]))
    (1.0, 1.0)
    """
    from scipy.optimize import nnls  # takes half a second to import, for this command only

    least, growth = nnls(np.column_stack([np.ones(len(errors)), moved]), errors**2)[0]
    return round(float(least), 12), round(float(growth), 12)


def steps_array(settings: Sequence[Steps]) -> Ints:
    """Return the step of each lever (settings × levers)."""
    return np.array([[steps.get(one.name, one.today) for one in measures()] for steps in settings], np.int64)


def step_shares(steps: Ints) -> Reals:
    """Return steps (settings × levers) as shares of the last step of each lever."""
    return steps / np.array([len(one.steps) - 1 for one in measures()], np.float64)


def moved_by(steps: Ints) -> Reals:
    """Return how far the levers of each setting are moved from today, in ranges of a lever."""
    return np.abs(step_shares(steps) - step_shares(steps_array([{}]))).sum(axis=1)


@cache
def package_steps() -> Mapping[str, Steps]:
    """Return the packages on record that are a step of one lever, with that step.

    >>> sorted(package_steps())
    ['heavy_hand', 'reporting']
    """
    alone = [{lever.name: step} for lever in measures() for step in range(len(lever.steps)) if step != lever.today]
    found: dict[str, Steps] = {}
    for name, policies in plan().packages.items():
        entries = {entry_key(entry) for policy in policies for entry in read_policy(policy).policy.entries}
        for steps in alone:
            if entries == {entry_key(entry) for entry in policy_of(changed_measures(steps)).entries}:
                found[name] = steps
    return found


def entry_key(entry: PolicyEntry) -> tuple[str, str, float]:
    """Return the parameter, operation and value of an entry of a policy."""
    return entry.parameter, entry.how, float(entry.value)
