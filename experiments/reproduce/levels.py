"""Solve the calibrated numbers anew in each draw of `confianza answer`, so that the status quo fits what is known.

The levels of `levels.toml` are measured at both sites. With everything else drawn, the model's own values of the
numbers that were set for them no longer fit. A draw begins with random values of these numbers (the prior). How each
level follows from each number is estimated by a regression over all draws, from the second round on over the changes
within each draw. Newton's steps with these slopes lead towards the measured levels, until those of a draw are not
implausible by the rule of `calibrate`. Draws that never come there are left out.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

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
How = Literal["factor", "shift", "odds", "less"]
ROUNDS = 6
"""Largest number of runs of the status quo of each draw: with random values, and after each step until it fits."""
FARTHEST_STEP = 1.5
"""Largest change of a step in one round: slopes hold near the last values only."""
YEARS = 2
"""Years of these runs; the levels are those of the last."""
RIDGE = 0.02
"""Part of the squared effects of numbers on levels that is added, so that a weak effect does not cause a huge step."""
EXPECTED_SLOPE, EXPECTED_WEIGHT = 0.6, 10.0
"""Expected change of a level for a step of its own numbers, and the weight of this expectation, in draws."""
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
    """A measured level, and the numbers that are solved for it, each with how a step moves it."""

    target: str
    parameters: Mapping[str, How]


@cache
def levels() -> tuple[Level, ...]:
    """Return the levels of the file, in its order."""
    return tuple(
        Level(entry["target"], {name: how for how in get_args(How) for name in entry.get(how, ())})
        for entry in toml_beside(__file__)["level"]
    )


def moved(value: float, how: How, step: float, about: ParameterSpec) -> float:
    """Return the value of a number after a step, within its limits.

    >>> about = ParameterSpec("", "share", 0.0, 1.0, "", "behaviour", None)
    >>> round(moved(0.5, "odds", 1.0, about), 3), round(moved(0.5, "less", 1.0, about), 3)
    (0.731, 0.269)
    """
    if how == "factor":
        result = value * math.exp(step)
    elif how == "shift":
        result = value + step
    else:
        result = 1.0 / (1.0 + (1.0 - value) / value * math.exp(step if how == "less" else -step))
    return float(min(max(result, about.low), about.high))


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
    after = {}
    for level, step in zip(levels(), steps, strict=True):
        for name, how in level.parameters.items():
            group, key = find_parameter(name)
            start = float(values.get(name, parameter_value(scenario, name)))
            after[name] = moved(start, how, step, group.parameter_specs()[key])
    return after


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


def slopes_of(site: str, rounds: Sequence[Found], accounts: Sequence[str]) -> Reals:
    """Return the change of each level for a step of each number (levels × numbers), common to all draws of a site.

    After one round the draws are compared with each other, each account with its own mean; later the changes within
    each draw from round to round, in which all else that is drawn stays as it is.
    """
    steps, scaled = ([found.steps for found in rounds], [scaled_levels(site, found.values) for found in rounds])
    if len(rounds) == 1:
        names, group = np.unique(accounts, return_inverse=True)
        design, change = np.hstack([steps[0], np.eye(len(names))[group]]), scaled[0]
    else:
        design, change = (np.concatenate(np.diff(np.stack(one), axis=0)) for one in (steps, scaled))
    known, n = np.isfinite(change).all(axis=1), change.shape[1]
    # Ridge regression (Hoerl and Kennard 1970) towards the expected slopes, which decide where draws are few.
    weight = math.sqrt(EXPECTED_WEIGHT)
    expected = weight * np.eye(n, design.shape[1])
    slopes: Reals = np.linalg.lstsq(
        np.vstack([design[known], expected]),
        np.vstack([change[known], EXPECTED_SLOPE * weight * np.eye(n)]),
        rcond=None,
    )[0][:n].T
    return slopes


def scaled_levels(site: str, values: Reals) -> Reals:
    """Return levels (draws × levels) on the scale of steps."""
    return np.stack([on_scale(one, values[:, k]) for k, one in enumerate(targets_of(site))], axis=1)


def next_steps(site: str, found: Found, slopes: Reals, farthest: float) -> Reals:
    """Return the steps after one more (draws × levels), each within ± farthest; draws that fit stay where they are."""
    measured = np.array([[one.target.value for one in targets_of(site)]])
    off = scaled_levels(site, measured) - scaled_levels(site, found.values)
    damped = slopes.T @ np.linalg.inv(slopes @ slopes.T + RIDGE * np.eye(len(slopes)))
    moves = np.clip(off @ damped.T, -FARTHEST_STEP, FARTHEST_STEP)
    stays = not_ruled_out(implausible(site, found.values)) | ~np.isfinite(moves).all(axis=1)  # a failed run stays too
    return np.clip(found.steps + np.where(stays[:, None], 0.0, moves), -farthest, farthest)


@dataclass(frozen=True)
class SolvedLevels:
    """Steps of all draws by place: those drawn at random, and those after which the levels fit."""

    table: pd.DataFrame

    @property
    def fitting(self) -> frozenset[Place]:
        """Places at which the solved levels of a draw fit what is measured."""
        return frozenset(place for place, rows in self.chosen(solved=True).items() if fits(rows))

    @property
    def run_as_drawn(self) -> frozenset[Place]:
        """Places at which the run with random steps did not fail."""
        return frozenset(place for place, rows in self.chosen(solved=False).items() if rows["value"].notna().all())

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
