"""The first world that a visitor waits for, month by month while it is lived, in memory that workers and page share.

Each visitor has a row for every month of the longest horizon; a row that says another turn is of a world given up.
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
    """A line for each seat: the turn that a month is of, and then its measures."""

    def __init__(self, seats: int, measures: tuple[str, ...]) -> None:
        self.shape = (seats, MONTHS, 1 + len(measures))
        self.measures = measures
        self.memory: Any = multiprocessing.get_context("spawn").RawArray("d", seats * MONTHS * (1 + len(measures)))

    def __getstate__(self) -> dict[str, Any]:
        """What is sent to a worker: the memory, not how it is looked at."""
        return {name: value for name, value in vars(self).items() if name != "rows"}

    @cached_property
    def rows(self) -> np.ndarray:
        """The memory as rows."""
        return np.frombuffer(self.memory, np.float64).reshape(self.shape)

    def write(self, seat: int, turn: int, month: int, measured: Mapping[str, float]) -> None:
        """Write a month, its turn last: who reads meanwhile takes it for unwritten."""
        row = self.rows[seat, month]
        row[0] = 0.0
        row[1:] = [measured[name] for name in self.measures]
        row[0] = turn

    def read(self, seat: int, turn: int) -> pd.DataFrame:
        """Return the months written so far."""
        rows = self.rows[seat]
        written = int(np.argmin(np.append(rows[:, 0] == turn, False)))
        return pd.DataFrame(rows[:written, 1:].copy(), columns=list(self.measures))
