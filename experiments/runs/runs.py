"""Runs of a few seeds, through the one pool."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from experiments.runs.pool import Outcome, carry_out
from experiments.runs.seats import Tell
from experiments.runs.spec import RunSpec
from experiments.runs.towns import town_for
from experiments.runs.worlds import Finished, simulate

type Runs = Outcome[RunSpec, Finished]
"""Runs that were finished, in the order in which they were asked for."""


def run_all(specs: Sequence[RunSpec], workers: int = 1, save: Path | None = None, label: str = "running") -> Runs:
    """Carry out runs, each of which may leave its State in a folder; an interruption keeps what was finished."""
    return carry_out(specs, partial(lived, save=save), workers, label)


def lived(spec: RunSpec, tell: Tell, save: Path | None) -> Finished:
    """Carry out one run in a town that may be shared."""
    return simulate(spec, town_for(spec), tell, save)
