"""Solve the calibrated numbers anew in each draw of `confianza reproduce`, so that the status quo fits what is known.

The levels of `levels.toml` are measured at both sites. With everything else drawn, the model's own values of the
numbers that were set for them no longer fit. A draw begins with random values of these numbers (the prior). A
regression over all draws tells how each level follows from each number; steps of Broyden's method (1965), which
corrects these slopes in each draw by what its last step did, lead to levels that lie as far from the measured ones as
measurement and discrepancy allow. A draw whose levels are implausible after that is left out, by the rule of
`calibrate`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.emulation.history_matching import implausibility, not_ruled_out
from experiments.storage.run_spec import parameter_value
from experiments.validation.targets import MeasuredTarget, measured_targets
from experiments.words.toml_files import toml_beside
from model.engine.parameters import ParameterSpec
from model.engine.scenario import Scenario
from scenarios.groups import find_parameter
from scenarios.timeline import BUILT_IN_SITES

Reals = NDArray[np.float64]
How = Literal["factor", "shift", "odds"]
ROUNDS = 5
"""Runs of the status quo of each draw: with random values, and after each of four steps."""
FARTHEST_STEP = 1.0
"""Largest change of a step in one round: slopes hold near the last values only."""
YEARS = 2
"""Years of these runs; the levels are those of the last."""
RIDGE = 0.02
"""Part of the squared effects of numbers on levels that is added, so that a weak effect does not cause a huge step."""
EXPECTED_WEIGHT = 10.0
"""Weight, in draws, of the expectation that a step of one moves its own level by one, and no other."""
FARTHEST = 2.0
"""Widths of plausible ranges that solved numbers may lie from those of the model, on the scale of steps."""
FARTHEST_SHARE = 0.02
"""Part of the measured value, and of what is left to 100 %, within which values are cut before logarithms."""
LEVELS_FILE = Path(__file__).with_suffix(".toml")
KEYS = ("site", "draw", "account")
COLUMNS = (*KEYS, "round", "target", "step", "value", "implausibility")

type Place = tuple[str, int, str]
"""Site, number of the draw, and account."""


@dataclass(frozen=True)
class Level:
    """A measured level, the numbers that are solved for it, and how a step moves them."""

    target: str
    how: How
    parameters: tuple[str, ...]

    def moved(self, value: float, step: float, about: ParameterSpec) -> float:
        """Return the value of a number after a step, within its limits.

        >>> level = Level("arrests", "odds", ("contacts.finds",))
        >>> round(level.moved(0.5, 1.0, ParameterSpec("", "share", 0.0, 1.0, "", "behaviour", None)), 3)
        0.731
        """
        if self.how == "factor":
            moved = value * np.exp(step)
        elif self.how == "shift":
            moved = value + step
        else:
            moved = 1.0 / (1.0 + (1.0 - value) / value * np.exp(-step))
        return float(min(max(moved, about.low), about.high))


@cache
def levels() -> tuple[Level, ...]:
    """Return the levels of the file, in its order."""
    return tuple(
        Level(entry["target"], entry["how"], tuple(entry["parameters"])) for entry in toml_beside(__file__)["level"]
    )


@cache
def targets_of(site: str) -> tuple[MeasuredTarget, ...]:
    """Return what is measured of each level at a site."""
    measured = {one.order.name.strip(): one for one in measured_targets((site,), "calibrated")}
    return tuple(measured[level.target] for level in levels())


def columns_needed() -> tuple[str, ...]:
    """Return the monthly measures of which levels are made."""
    expressions = (one.order.expression for one in targets_of(BUILT_IN_SITES[0]))
    return tuple(dict.fromkeys(column for one in expressions if one is not None for column in one.columns))


def moved_values(scenario: Scenario, values: Mapping[str, Any], steps: Sequence[float]) -> dict[str, float]:
    """Return the numbers of all levels after a step of each, from the values of a draw or of the scenario."""
    moved = {}
    for level, step in zip(levels(), steps, strict=True):
        for name in level.parameters:
            group, key = find_parameter(name)
            start = float(values.get(name, parameter_value(scenario, name)))
            moved[name] = level.moved(start, step, group.parameter_specs()[key])
    return moved


def on_scale(target: MeasuredTarget, value: Reals | float) -> Reals:
    """Return values on the scale of steps: logarithms, of shares in per cent log-odds, cut near the ends."""
    is_share = "%" in target.name
    least = FARTHEST_SHARE * target.target.value
    if is_share:
        share = np.clip(value, least, 100.0 - FARTHEST_SHARE * (100.0 - target.target.value)) / 100.0
        return np.asarray(np.log(share / (1.0 - share)))
    return np.asarray(np.log(np.clip(value, least, None)))


class Found(NamedTuple):
    """Steps and levels of some draws at a site in one round (draws × levels)."""

    steps: Reals
    values: Reals


def implausible(site: str, values: Reals) -> Reals:
    """Return how far levels (draws × levels) lie from what is measured, in standard deviations."""
    measured = [one.target for one in targets_of(site)]
    far = [implausibility(values[:, k], np.array(one.variance), one.value) for k, one in enumerate(measured)]
    return np.nan_to_num(np.stack(far, axis=1), nan=np.inf)  # without a value, nothing fits


def slopes_of(site: str, first: Found, accounts: Sequence[str]) -> Reals:
    """Return the change of each level for a step of each number (levels × numbers), by ridge regression over draws.

    Each account has its own mean.
    """
    names, group = np.unique(accounts, return_inverse=True)
    design = np.hstack([first.steps, np.eye(len(names))[group]])
    scaled = scaled_levels(site, first.values)
    known, n = np.isfinite(scaled).all(axis=1), first.steps.shape[1]
    # Ridge regression (Hoerl and Kennard 1970) towards the expected slopes, which decide where draws are few.
    weight = math.sqrt(EXPECTED_WEIGHT)
    expected = weight * np.eye(n, design.shape[1])
    slopes: Reals = np.linalg.lstsq(
        np.vstack([design[known], expected]), np.vstack([scaled[known], weight * np.eye(n)]), rcond=None
    )[0][:n].T
    return slopes


def scaled_levels(site: str, values: Reals) -> Reals:
    """Return levels (draws × levels) on the scale of steps."""
    return np.stack([on_scale(one, values[:, k]) for k, one in enumerate(targets_of(site))], axis=1)


def next_steps(site: str, found: Found, slopes: Reals, aims: Reals, farthest: float) -> Reals:
    """Return the steps after one more towards the aims (draws × levels), each within ± farthest.

    ``slopes`` are those of each draw (draws × levels × numbers).
    """
    off = scaled_levels(site, aims) - scaled_levels(site, found.values)
    turned = slopes.transpose(0, 2, 1)
    damped = turned @ np.linalg.inv(slopes @ turned + RIDGE * np.eye(slopes.shape[1]))
    moves = np.nan_to_num((damped @ off[:, :, None])[:, :, 0])  # a draw without levels stays where it is
    return np.clip(found.steps + np.clip(moves, -FARTHEST_STEP, FARTHEST_STEP), -farthest, farthest)


def corrected_slopes(site: str, slopes: Reals, before: Found, after: Found) -> Reals:
    """Return the slopes of each draw after its last step: changed as little as what the step did allows."""
    moved = after.steps - before.steps
    did = scaled_levels(site, after.values) - scaled_levels(site, before.values)
    missed = did - (slopes @ moved[:, :, None])[:, :, 0]
    size = (moved**2).sum(axis=1)[:, None, None]
    change = missed[:, :, None] * moved[:, None, :] / np.where(size > 0.0, size, np.inf)
    return slopes + np.nan_to_num(change)


def aims_of(site: str, normal: Reals) -> Reals:
    """Return what the levels of each draw are solved for: measured values with random errors (draws × levels)."""
    measured = [one.target for one in targets_of(site)]
    return np.stack([one.value + np.sqrt(one.variance) * normal[:, k] for k, one in enumerate(measured)], axis=1)


@dataclass(frozen=True)
class SolvedLevels:
    """Steps of all draws by place: those drawn at random, and those after which the levels fit."""

    table: pd.DataFrame

    @property
    def fitting(self) -> frozenset[Place]:
        """Places at which the solved levels of a draw fit what is measured."""
        return frozenset(place for place, rows in self.chosen(solved=True).items() if fits(rows))

    def chosen(self, *, solved: bool) -> dict[Place, pd.DataFrame]:
        """Return the rows of each place, one for each level: as drawn, or of the round that lies closest."""
        return {
            place: closest_round(rows) if solved else rows[rows["round"] == 0] for place, rows in self.rounds.items()
        }

    @cached_property
    def rounds(self) -> dict[Place, pd.DataFrame]:
        """Rows of all rounds at each place."""
        groups: Any = self.table.groupby(list(KEYS), sort=False)
        return {(str(site), int(draw), str(account)): rows for (site, draw, account), rows in groups}


def closest_round(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the round after the first whose levels lie closest to what is measured."""
    later = rows[rows["round"] > 0]
    return later[later["round"] == later.groupby("round")["implausibility"].max().idxmin()]


def fits(rows: pd.DataFrame) -> bool:
    """Return whether the levels of one round fit what is measured, by the rule of `calibrate`."""
    return bool(not_ruled_out(rows["implausibility"].to_numpy()[None, :])[0])


def rows_of_round(number: int, places: Sequence[Place], found: Found) -> Iterator[dict[str, Any]]:
    """Yield the rows of one round at one site, in the order of `COLUMNS`."""
    far = implausible(places[0][0], found.values)
    for row, place in enumerate(places):
        for column, level in enumerate(levels()):
            numbers = found.steps[row, column], found.values[row, column], far[row, column]
            yield dict(zip(COLUMNS, (*place, number, level.target, *map(float, numbers)), strict=True))
