"""Steps of the levers of the decision page: random settings of them, their shares, and the policy files they form."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.decision_measures import DecisionMeasure, changed_measures, file_of, measures, policy_of
from experiments.storage.writing import write_atomically

SINGLES = 5
"""Every fifth setting moves one lever alone."""
MOPSIC_LEVERS = ("training", "visits", "follow_up", "rotation")
"""Levers of what MOPSIC in full orders, without the analysis of problems."""

type Steps = Mapping[str, int]
"""Step by lever; a missing lever stays as it is today."""


def random_steps(points: NDArray[np.float64]) -> list[dict[str, int]]:
    """Return a setting of the levers for each row of a hypercube (settings × levers, 0-1)."""
    levers = measures()
    settings = [
        {lever.name: int(share * len(lever.steps)) for lever, share in zip(levers, row, strict=True)} for row in points
    ]
    for number in range(0, len(settings), SINGLES):
        place = number // SINGLES % len(levers)
        settings[number] = {levers[place].name: moved_step(levers[place], points[number, place])}
    return settings


def moved_step(lever: DecisionMeasure, share: float) -> int:
    """Return a step other than today's, from a share (0-1).

    >>> means = next(one for one in measures() if one.name == "means")
    >>> [moved_step(means, share) for share in (0.0, 0.4, 0.9)]
    [0, 2, 3]
    """
    others = [number for number in range(len(lever.steps)) if number != lever.today]
    return others[int(share * len(others))]


def shares_of(steps: Steps) -> dict[str, float]:
    """Return where each lever stands between its first step (0) and its last (1).

    >>> {name: round(share, 2) for name, share in shares_of({"visits": 3}).items() if share}
    {'means': 0.33, 'visits': 1.0}
    """
    return {lever.name: steps.get(lever.name, lever.today) / (len(lever.steps) - 1) for lever in measures()}


def last_steps(*names: str) -> dict[str, int]:
    """Return the last step of some levers."""
    return {lever.name: len(lever.steps) - 1 for lever in measures() if lever.name in names}


def write_setting(folder: Path, name: str, steps: Steps) -> Path:
    """Write a setting as a policy file, unless it has this content already; return its path."""
    path, content = folder / f"{name}.toml", file_of(policy_of(changed_measures(steps))).encode()
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)
    return path
