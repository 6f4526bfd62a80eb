"""Worlds month by month while they are simulated, in memory that workers and page share.

Each place has a row for every month of the longest horizon; a row that says another turn is of an earlier world.
"""

import multiprocessing
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.policy_choice import HORIZONS

MONTHS = 12 * max(HORIZONS)


class Lines:
    """A line for each place: the turn that a month is of, and then its measures."""

    def __init__(self, places: int, measures: tuple[str, ...]) -> None:
        self.shape = (places, MONTHS, 1 + len(measures))
        self.measures = measures
        self.memory: Any = multiprocessing.get_context("spawn").RawArray("d", places * MONTHS * (1 + len(measures)))

    def __getstate__(self) -> dict[str, Any]:
        """Return the state that is sent to a worker: the memory without its view as rows."""
        return {name: value for name, value in vars(self).items() if name != "rows"}

    @cached_property
    def rows(self) -> np.ndarray:
        """The memory as rows."""
        return np.frombuffer(self.memory, np.float64).reshape(self.shape)

    def write(self, place: int, turn: int, month: int, measured: Mapping[str, float]) -> None:
        """Write a month, its turn last: who reads meanwhile takes it for unwritten."""
        row = self.rows[place, month]
        row[0] = 0.0
        row[1:] = [measured[name] for name in self.measures]
        row[0] = turn

    def read(self, place: int, turn: int) -> pd.DataFrame:
        """Return the months written so far."""
        rows = self.rows[place]
        written = int(np.argmin(np.append(rows[:, 0] == turn, False)))
        return pd.DataFrame(rows[:written, 1:].copy(), columns=list(self.measures))
