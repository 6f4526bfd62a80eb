"""Morris, Sobol' and PAWN methods by SALib on the unit cube; blocks with a failed run are left out whole.

SALib sets every index to zero if one value is NaN, and modifies the problem passed to it; so it gets complete blocks
and a copy.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.engine.errors import InputError, suggest_nearest

MORRIS_LEVELS, RESAMPLES, PAWN_SLIDES = 4, 1000, 8
DRAWS = "draws"
"""Method that compares policies with the first one over draws of all factors."""
PAWN_RESAMPLES, PAWN_DUMMIES, Z_95 = 50, 15, 1.96


@dataclass(frozen=True)
class Problem:
    """Factors by name, each with its group; the factors of a group move together."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    seed: int = 1

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups, each once."""
        return tuple(dict.fromkeys(self.groups))

    @property
    def salib(self) -> dict[str, Any]:
        """The problem in SALib's format, a new object each time."""
        return unit_cube_problem(list(self.names)) | {"groups": list(self.groups)}


@dataclass(frozen=True)
class Index:
    """One index of one factor, with the half-width of its 95 % interval."""

    factor: str
    name: str
    value: float
    half: float


@dataclass(frozen=True)
class Method:
    """A method of sampling and analysis; ``block`` is the number of points kept or left out together."""

    name: str
    main: str
    meaning: str
    unit: str
    block: Callable[[int], int]
    sample: Callable[[Problem, int], np.ndarray]
    analyse: Callable[[Problem, np.ndarray, np.ndarray], list[Index]]
    min_blocks: int
    power_of_two: bool = False
    max_factors: int = 10_000


def sample_morris(problem: Problem, size: int) -> np.ndarray:
    """Return trajectories through a grid of four levels."""
    from SALib.sample import morris

    return morris.sample(problem.salib, size, num_levels=MORRIS_LEVELS, seed=problem.seed)


def analyse_morris(problem: Problem, points: np.ndarray, outcomes: np.ndarray) -> list[Index]:
    """Return the mean absolute effect of a move over the whole range (mu_star), and its spread (sigma)."""
    from SALib.analyze import morris

    found = morris.analyze(
        problem.salib, points, outcomes, num_resamples=RESAMPLES, num_levels=MORRIS_LEVELS, seed=problem.seed
    )
    names, half = found["names"], np.nan_to_num(np.asarray(found["mu_star_conf"], float))
    star = indices("mu_star", names, np.ma.filled(np.ma.asarray(found["mu_star"], float), np.nan), half)
    if len(problem.names) > len(problem.group_names):
        return star  # the spread within a group mixes directions
    return star + indices("sigma", names, np.ma.filled(np.ma.asarray(found["sigma"], float), np.nan), 0.0 * half)


def sample_sobol(problem: Problem, size: int) -> np.ndarray:
    """Return Saltelli's extension of a scrambled Sobol' sequence."""
    from SALib.sample import sobol

    return sobol.sample(problem.salib, size, calc_second_order=True, seed=problem.seed)


def analyse_sobol(problem: Problem, points: np.ndarray, outcomes: np.ndarray) -> list[Index]:
    """Return total and first-order shares of variance."""
    from SALib.analyze import sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of resamples with equal values
        found = sobol.analyze(problem.salib, outcomes, num_resamples=RESAMPLES, seed=problem.seed)
    return [
        one for name in ("ST", "S1") for one in indices(name, problem.group_names, found[name], found[f"{name}_conf"])
    ]


def sample_pawn(problem: Problem, size: int) -> np.ndarray:
    """Return a Latin hypercube."""
    from SALib.sample import latin

    return latin.sample({**problem.salib, "groups": list(problem.names)}, size, seed=problem.seed)


def analyse_pawn(problem: Problem, points: np.ndarray, outcomes: np.ndarray) -> list[Index]:
    """Return the median distance between distributions: minus that of a dummy factor, and as it is."""
    rng = np.random.default_rng(problem.seed)
    value = distances(points, outcomes)
    draws = rng.integers(0, len(points), (PAWN_RESAMPLES, len(points)))
    half = Z_95 * np.std([distances(points[rows], outcomes[rows]) for rows in draws], axis=0)
    dummy = [distances(rng.permutation(points), outcomes) for _ in range(PAWN_DUMMIES)]
    above = np.maximum(value - np.mean(dummy, axis=0), 0.0)
    return indices("above_dummy", problem.names, above, half) + indices("pawn", problem.names, value, half)


def distances(points: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Return the median PAWN index of every column of points."""
    from SALib.analyze import pawn

    problem = unit_cube_problem([f"x{column}" for column in range(points.shape[1])])
    return np.asarray(pawn.analyze(problem, points, outcomes, S=PAWN_SLIDES)["median"], float)


def unit_cube_problem(names: list[str]) -> dict[str, Any]:
    """Return factors of these names with bounds 0 and 1, in SALib's format."""
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0] for _ in names]}


def indices(name: str, factors: Iterable[Any], values: np.ndarray, halves: np.ndarray) -> list[Index]:
    """Return one index of all factors."""
    rows = zip(factors, values, halves, strict=True)
    return [Index(str(factor), name, float(value), float(half)) for factor, value, half in rows]


PAWN = Method(
    name="pawn",
    main="above_dummy",
    meaning="distance of distributions, above that of a factor without effect",
    unit="points",
    block=lambda _: 1,
    sample=sample_pawn,
    analyse=analyse_pawn,
    min_blocks=40,
)
METHODS = {
    method.name: method
    for method in (
        Method(
            name="morris",
            main="mu_star",
            meaning="mean absolute change over the whole range",
            unit="trajectories",
            block=lambda n_groups: n_groups + 1,
            sample=sample_morris,
            analyse=analyse_morris,
            min_blocks=4,
        ),
        Method(
            name="sobol",
            main="ST",
            meaning="share of variance, with all interactions",
            unit="base points",
            block=lambda n_groups: 2 * n_groups + 2,
            sample=sample_sobol,
            analyse=analyse_sobol,
            min_blocks=16,
            power_of_two=True,
            max_factors=12,
        ),
        PAWN,
        replace(PAWN, name=DRAWS, unit="draws", min_blocks=3),
    )
}


def method_named(name: str) -> Method:
    """Return the method of this name."""
    if name not in METHODS:
        raise InputError(f"--method knows {', '.join(METHODS)}, got '{name}'{suggest_nearest(name, METHODS)}")
    return METHODS[name]


def complete_blocks(outcomes: np.ndarray, block: int) -> np.ndarray:
    """Return a mask of the points in blocks without a missing value.

    >>> complete_blocks(np.array([[1.0], [2.0], [np.nan], [4.0]]), 2).tolist()
    [True, True, False, False]
    """
    complete = np.isfinite(outcomes).all(axis=1).reshape(-1, block).all(axis=1)
    return np.repeat(complete, block)


def ranks(indices: Sequence[Index]) -> dict[str, tuple[int, int]]:
    """Return the best and the worst rank of each factor that its interval allows.

    >>> ranks([Index("a", "ST", 0.9, 0.1), Index("b", "ST", 0.3, 0.2), Index("c", "ST", 0.2, 0.2)])
    {'a': (1, 1), 'b': (2, 3), 'c': (2, 3)}
    """
    return {
        one.factor: (
            1 + sum(bool(other.value - other.half > one.value + one.half) for other in indices),
            len(indices) - sum(bool(other.value + other.half < one.value - one.half) for other in indices),
        )
        for one in indices
    }
