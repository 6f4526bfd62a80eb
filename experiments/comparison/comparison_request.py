"""Request of a comparison, stored in its manifest so that it can be repeated."""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from experiments.comparison.headline_measures import BY_NAME, nearest_names
from experiments.execution.parameter_draws import Draw, read_draws
from experiments.storage.comparison_options import ComparisonOptions
from experiments.storage.run_spec import OWN_TOWN, TOWN_SEED, values_of
from model.engine.errors import InputError

MOST_WORLDS = 10_000


@dataclass(frozen=True, kw_only=True)
class Request(ComparisonOptions):
    """Options of a comparison, checked against the measures and files that they name."""

    def __post_init__(self) -> None:
        _ = self.deltas, self.drawn  # validates both before anything is run
        if self.settle and self.settle not in BY_NAME:
            raise InputError(f"--settle knows no measure '{self.settle}'{nearest_names(self.settle, BY_NAME)}")
        if not 0 <= self.memory <= MOST_WORLDS:
            raise InputError(f"--memory must lie between 0 and {MOST_WORLDS}, got {self.memory}")

    @cached_property
    def deltas(self) -> dict[str, float]:
        """Smallest effects that matter, by headline measure, where the user set them."""
        found = {}
        for text in self.delta:
            name, _, number = text.partition("=")
            if name not in BY_NAME:
                raise InputError(f"--delta knows no measure '{name}'{nearest_names(name, BY_NAME)}")
            try:
                found[name] = float(number)
            except ValueError:
                found[name] = math.nan
            if not 0.0 < found[name] < math.inf:
                raise InputError(f"--delta wants MEASURE=VALUE with a value above 0, got '{text}'")
        return found

    @cached_property
    def drawn(self) -> list[Draw]:
        """Parameter draws over which effects are estimated in addition."""
        return read_draws(Path(self.draws)) if self.draws else []

    @property
    def plan_options(self) -> dict[str, Any]:
        """Options that apply to every arm."""
        names = ("sets", "start", "years", "until", "seed", "replicates")
        return {name: getattr(self, name) for name in names} | {
            "town": "" if TOWN_SEED in values_of(self.sets) else OWN_TOWN
        }


@dataclass(frozen=True, kw_only=True)
class EffectSize:
    """Effect size and power for which the number of paired runs is planned."""

    size: float
    measure: str = "trust_mean"
    power: float = 0.8

    def __post_init__(self) -> None:
        if self.measure not in BY_NAME:
            raise InputError(f"--measure knows no measure '{self.measure}'{nearest_names(self.measure, BY_NAME)}")
        if not self.size > 0.0:
            raise InputError(f"--plan wants an effect larger than 0, got {self.size:g}")
        if not 0.5 <= self.power < 1.0:
            raise InputError(f"--power must lie in [0.5, 1), got {self.power:g}")
