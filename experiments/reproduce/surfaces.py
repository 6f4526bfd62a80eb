"""Response surfaces: emulators of effects over levers, unknowns and accounts, and shares of their variance."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from multiprocessing import get_context

import numpy as np
import pandas as pd

from experiments.comparison.decision_measures import measures
from experiments.comparison.over_draws import rival_accounts
from experiments.emulation.coefficients import Coefficients, coefficients_of
from experiments.emulation.emulator import Emulator, GroupedErrors, fit_emulator, grouped_errors
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.design import CHECKS, SETTING_PREFIX, ReproduceDesign
from experiments.reproduce.effects import main_pairs
from experiments.reproduce.lever_steps import MOPSIC_LEVERS, last_steps, shares_of
from experiments.reproduce.plan import EVERYTHING, SITES, STATUS_QUO
from experiments.reproduce.runs import rows_where, with_effects
from experiments.statistics.over_assumed import correlations
from experiments.storage.progress import report_slow
from scenarios import accounts

MAX_POINTS = 600
"""Largest number of points to which an emulator is fitted; the time grows with its cube."""
MIN_SEARCHED_PAIRS = 150
"""Least number of pairs from which length scales and random variation are estimated, if available."""
MIN_LENGTH_SCALE = 1.0
"""Shortest length scale of an input; some hundred draws cannot resolve a shorter one."""
SAMPLING_SEED = 38
"""Seed for the random choice of points and pairs."""
MIN_DRAWS = 8
"""Least number of draws for correlations of effects with drawn parameters."""
MIN_PAIRS = 24
"""Least number of pairs to which a surface is fitted."""
SOBOL_POINTS = 512
"""Base points of Sobol' indices."""
AVERAGING_POINTS = 128
"""Number of points over which a surface is averaged."""
TOGETHER = "mopsic_levers"
"""Name of the last steps of `MOPSIC_LEVERS` together."""
ACCOUNT_INPUT = "account"

KEY_COLUMNS = ("site", "years", "measure")
type SurfaceKey = tuple[str, int, str]
"""Values of `KEY_COLUMNS` for a surface."""


@dataclass(frozen=True)
class CheckErrors:
    """Errors of a surface in the pairs of `CHECKS`, which have separate draws, towns and seeds.

    ``error`` is the root mean square error in these pairs, ``expected`` the held-out error of the surface, ``bias`` the
    mean of effect less prediction, and ``within`` the share of pairs whose error is at most two held-out errors.
    """

    draws: int
    pairs: int
    error: float
    expected: float
    bias: float
    within: float


@dataclass(frozen=True)
class Surface:
    """Emulator of the effect on one measure, its points, its held-out errors, and those in pairs that check it."""

    emulator: Emulator
    errors: GroupedErrors
    points: pd.DataFrame
    check: CheckErrors | None = None

    @property
    def error(self) -> float:
        """Error for unseen worlds: the larger of the held-out error and the error in the check pairs."""
        return max(self.errors.error, self.check.error if self.check else 0.0)


def with_unknowns(design: ReproduceDesign, pairs: pd.DataFrame) -> ReproduceDesign:
    """Return the design with the drawn parameters with which effects go most, as inputs of the emulators.

    A parameter counts by the mean of its squared correlations with the effects of everything on the measures of the
    regions, at both sites. Pairs that check emulators are not used.
    """
    packages = rows_where(main_pairs(pairs), arm=EVERYTHING, years=design.size.years)
    scores = np.zeros(len(design.names))
    for site, measure in itertools.product(SITES, design.plan.regions):
        found = with_effects(rows_where(packages, site=site, measure=measure)).dropna(subset="effect")
        if len(found) >= MIN_DRAWS:
            groups = found["account"].to_numpy()
            values = within_groups(found["effect"].to_numpy()[:, None], groups)[:, 0]
            scores += correlations(within_groups(design.cube[found["draw"].to_numpy()], groups), values) ** 2
    strongest = np.argsort(-scores, kind="stable")[: design.plan.unknowns]
    return replace(design, unknowns=tuple(design.names[number] for number in strongest))


def within_groups(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return values (rows × columns) less the mean of their group.

    >>> within_groups(np.array([[1.0], [3.0], [9.0]]), np.array(["a", "a", "b"]))[:, 0].tolist()
    [-1.0, 1.0, 0.0]
    """
    _, place = np.unique(groups, return_inverse=True)
    means = np.stack([values[place == group].mean(axis=0) for group in range(place.max() + 1)])
    return values - means[place]


def input_names(design: ReproduceDesign) -> list[str]:
    """Return the names of the inputs of a surface: levers, unknowns, and an indicator for every rival account."""
    return [*shares_of({}), *design.unknowns, *rival_accounts()]


def inputs_table(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the inputs of every pair (0-1), one column for each of `input_names`."""
    settings = {arm: shares_of(steps) for block in design.blocks for arm, steps in block.settings.items()}
    status_quo = shares_of({})
    unknowns = {draw: design.unknown_shares(draw) for draw in pairs["draw"].unique()}
    rivals = rival_accounts()
    rows = [
        settings.get(arm, status_quo) | unknowns[draw] | {name: float(name == account) for name in rivals}
        for draw, arm, account in zip(pairs["draw"], pairs["arm"], pairs["account"], strict=True)
    ]
    return pd.DataFrame(rows, index=pairs.index)


def input_arrays(design: ReproduceDesign, pairs: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the columns of `inputs_table` as arrays by name."""
    return {str(name): column.to_numpy() for name, column in inputs_table(design, pairs).items()}


def lever_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with steps of the levers, without those that check emulators."""
    return pairs[(pairs["kind"] != CHECKS) & pairs["arm"].str.startswith(SETTING_PREFIX)]


def fitted_surfaces(design: ReproduceDesign, pairs: pd.DataFrame, workers: int = 1) -> dict[SurfaceKey, Surface]:
    """Return the surfaces of all sites, horizons and measures that have runs with steps of the levers."""
    moved, checks = lever_pairs(pairs), pairs[pairs["kind"] == CHECKS]
    keys = itertools.product(SITES, design.size.horizons, design.plan.emulated)
    points = {
        key: points_found for key in keys if (points_found := points_of_surface(pairs_at(moved, key))) is not None
    }
    with report_slow("fitting emulators"):
        fitted = map_in_processes(partial(fitted_surface, design), list(points.values()), workers)
    return {
        key: replace(surface, check=check_errors(design, surface, pairs_at(checks, key)))
        for key, surface in zip(points, fitted, strict=True)
    }


def pairs_at(pairs: pd.DataFrame, key: SurfaceKey) -> pd.DataFrame:
    """Return the pairs of one site, horizon and measure."""
    return rows_where(pairs, **dict(zip(KEY_COLUMNS, key, strict=True)))


def map_in_processes[T, R](function: Callable[[T], R], values: Sequence[T], workers: int) -> list[R]:
    """Return the result of a function for each value, computed in at most ``workers`` processes."""
    if min(workers, len(values)) <= 1:
        return [function(value) for value in values]
    with ProcessPoolExecutor(min(workers, len(values)), get_context("spawn")) as pool:
        return list(pool.map(function, values))


def points_of_surface(pairs: pd.DataFrame) -> pd.DataFrame | None:
    """Return the points of the surface of some pairs of one measure: the pairs first, then the status quo points.

    If there are more than `MAX_POINTS` pairs, they are sampled. The status quo of each block is a point with effect 0.
    Returns None if there are too few pairs.
    """
    pairs = with_effects(pairs).dropna(subset="effect").sample(frac=1.0, random_state=SAMPLING_SEED).head(MAX_POINTS)
    if len(pairs) < MIN_PAIRS:
        return None
    blocks = pairs.drop_duplicates(["draw", "account"]).assign(arm=STATUS_QUO, effect=0.0)
    return pd.concat([pairs, blocks], ignore_index=True)


def fitted_surface(design: ReproduceDesign, points: pd.DataFrame) -> Surface:
    """Return the surface of some points; its errors are those of pairs, predicted from other draws.

    Length scales and random variation are estimated from one pair per draw, or from more if these are fewer than
    `MIN_SEARCHED_PAIRS`: pairs of a draw are not independent, since they share parameters that are no inputs, and the
    status quo points have no variation.
    """
    pairs = points[points["arm"] != STATUS_QUO].sample(frac=1.0, random_state=SAMPLING_SEED)
    pairs_per_draw = math.ceil(MIN_SEARCHED_PAIRS / pairs["draw"].nunique())
    searched_rows = pairs.groupby("draw").head(pairs_per_draw).index.to_numpy()
    inputs = input_arrays(design, points)
    ranges = dict.fromkeys(inputs, (0.0, 1.0))
    emulator = fit_emulator(
        inputs, points["effect"].to_numpy(), ranges, found_from=searched_rows, shortest=MIN_LENGTH_SCALE
    )
    errors = grouped_errors(emulator, list(points["draw"]), counted=len(pairs))
    return Surface(emulator, errors, points[["draw", "account", "arm"]])


def check_errors(design: ReproduceDesign, surface: Surface, checks: pd.DataFrame) -> CheckErrors | None:
    """Return the errors of a surface in check pairs, to which no surface was fitted; None if there are none."""
    checks = with_effects(checks).dropna(subset="effect")
    if checks.empty:
        return None
    predicted = surface.emulator.predict(input_arrays(design, checks)).mean
    errors = checks["effect"] - predicted
    return CheckErrors(
        draws=checks["draw"].nunique(),
        pairs=len(checks),
        error=float(np.sqrt((errors**2).mean())),
        expected=surface.errors.error,
        bias=float(errors.mean()),
        within=float((errors.abs() <= 2.0 * surface.errors.error).mean()),
    )


# Tables of all surfaces


def surface_table(
    surfaces: Mapping[SurfaceKey, Surface],
    columns: Sequence[str],
    rows: Callable[[Surface], Iterable[dict[str, object]]],
) -> pd.DataFrame:
    """Return the rows of all surfaces as one table, with columns for site, years and measure."""
    table_rows = [
        dict(zip(KEY_COLUMNS, key, strict=True)) | row for key, surface in surfaces.items() for row in rows(surface)
    ]
    return pd.DataFrame(table_rows, columns=[*KEY_COLUMNS, *columns])


def errors_table(surfaces: Mapping[SurfaceKey, Surface]) -> pd.DataFrame:
    """Return the held-out errors of all surfaces."""
    columns = [field.name for field in fields(GroupedErrors)]
    return surface_table(surfaces, columns, lambda surface: [vars(surface.errors)])


def checks_table(surfaces: Mapping[SurfaceKey, Surface]) -> pd.DataFrame:
    """Return the errors of all surfaces in their check pairs."""
    columns = [field.name for field in fields(CheckErrors)]
    return surface_table(surfaces, columns, lambda surface: [vars(surface.check)] if surface.check else [])


def steps_table(design: ReproduceDesign, surfaces: Mapping[SurfaceKey, Surface]) -> pd.DataFrame:
    """Return effects by step of each lever, the others as they are today, with their error.

    The last row of a surface is that of `MOPSIC_LEVERS` together at their last steps.
    """
    settings = [(lever.name, step, {lever.name: step}) for lever in measures() for step in range(len(lever.steps))]
    settings.append((TOGETHER, 0, last_steps(*MOPSIC_LEVERS)))
    shares = np.array([list(shares_of(steps).values()) for _, _, steps in settings])

    def rows(surface: Surface) -> Iterator[dict[str, object]]:
        effects = averaged_surface(design, surface).mean(shares)
        for (lever, step, _), effect in zip(settings, effects, strict=True):
            yield {"lever": lever, "step": step, "effect": effect, "error": surface.error}

    return surface_table(surfaces, ("lever", "step", "effect", "error"), rows)


def dependence_table(design: ReproduceDesign, surfaces: Mapping[SurfaceKey, Surface]) -> pd.DataFrame:
    """Return the share of the variance of each surface by input: alone (S1), and with all interactions (ST).

    The last row of a surface is the share of the variance between runs that its inputs do not predict: random
    variation, towns, and all other parameters of a draw.
    """
    return surface_table(surfaces, ("input", "alone", "total"), partial(dependence_rows, design))


def dependence_rows(design: ReproduceDesign, surface: Surface) -> Iterator[dict[str, object]]:
    """Yield the rows of one surface, from Sobol' indices of the emulator."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    names = [*shares_of({}), *design.unknowns, ACCOUNT_INPUT]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    points = sampling.sample(dict(problem), SOBOL_POINTS, calc_second_order=False, seed=design.plan.seed)
    count = len(accounts.names())
    account_numbers = np.minimum((points[:, -1] * count).astype(int), count - 1)  # the last column chooses the account
    values = coefficients_of(surface.emulator).mean(np.hstack([points[:, :-1], account_columns(account_numbers)]))
    indices = analysis.analyze(dict(problem), values, calc_second_order=False, seed=design.plan.seed)
    for k, name in enumerate(names):
        yield {"input": name, "alone": float(indices["S1"][k]), "total": float(indices["ST"][k])}
    not_predicted = min(1.0, max(0.0, 1.0 - surface.errors.r2))
    yield {"input": "not_predicted", "alone": not_predicted, "total": not_predicted}


# Averages over unknowns and accounts


def averaged_surface(design: ReproduceDesign, surface: Surface) -> Coefficients:
    """Return a surface as a function of levers, averaged over a hypercube of unknowns, and accounts by weight."""
    from scipy.stats import qmc  # takes half a second to import, for this command only

    rng = np.random.default_rng(design.plan.seed)
    cube = qmc.LatinHypercube(d=len(design.unknowns), rng=rng).random(AVERAGING_POINTS)
    bounds = np.cumsum(list(account_weights().values()))
    shares = (np.arange(AVERAGING_POINTS) + 0.5) / AVERAGING_POINTS
    account_numbers = rng.permutation(np.searchsorted(bounds, shares * bounds[-1]))
    return coefficients_of(surface.emulator).averaged(
        len(measures()), np.hstack([cube, account_columns(account_numbers)])
    )


def account_columns(account_numbers: np.ndarray) -> np.ndarray:
    """Return the account indicators for account numbers; number 0 is the present account, with all indicators 0."""
    return (account_numbers[:, None] == np.arange(1, len(rival_accounts()) + 1)).astype(float)
