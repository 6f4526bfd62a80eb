"""Monthly measures of worlds during their simulation, in memory shared by workers and page.

Each place has a row for every month of the longest horizon; a row with another turn belongs to an earlier world.
"""

import multiprocessing
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.policy_choice import HORIZONS

MONTHS = 12 * max(HORIZONS)


class SharedOutcomes:
    """Shared table of places × months; a row has the turn that it belongs to, then the measures."""

    def __init__(self, places: int, measures: tuple[str, ...]) -> None:
        self.shape = (places, MONTHS, 1 + len(measures))
        self.measures = measures
        self.memory: Any = multiprocessing.get_context("spawn").RawArray("d", places * MONTHS * (1 + len(measures)))

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for pickling: the shared memory without its view as rows."""
        return {name: value for name, value in vars(self).items() if name != "rows"}

    @cached_property
    def rows(self) -> np.ndarray:
        """View of the shared memory, shape (places, months, 1 + measures)."""
        return np.frombuffer(self.memory, np.float64).reshape(self.shape)

    def write(self, place: int, turn: int, month: int, measured: Mapping[str, float]) -> None:
        """Write a month; its turn is written last, so that a concurrent reader ignores an incomplete row."""
        row = self.rows[place, month]
        row[0] = 0.0
        row[1:] = [measured[name] for name in self.measures]
        row[0] = turn

    def read(self, place: int, turn: int) -> pd.DataFrame:
        """Return the months of a turn written so far."""
        rows = self.rows[place]
        written = int(np.argmin(np.append(rows[:, 0] == turn, False)))
        return pd.DataFrame(rows[:written, 1:].copy(), columns=list(self.measures))
