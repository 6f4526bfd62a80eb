"""Strengths of police presence from the rows of evidence that they are set to.

``python -m experiments.validation.presence_strengths`` prints each as it is and as its row would have it.  A strength
is moved until its line of a virtual experiment shows what was published; where its range ends before, it stays at the
end.  Lines that are not named here are found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from experiments.validation.effects_table import EXPERIMENTS, MADE
from experiments.validation.experiment import SITES, Variant, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, run_worlds
from scenarios import load


@dataclass(frozen=True)
class Strength:
    """A parameter, the line of an experiment that sets it, the value aimed at, and the most that it may be."""

    parameter: str
    experiment: str
    line: str
    aim: float
    most: float


STRENGTHS = (
    Strength("deterrence.visit_robbery", "patrol_places", "robbery_change", -22.0, 0.75),
    Strength("deterrence.visit_vehicles", "patrol_places", "vehicles_change", -11.0, 0.75),
    Strength("deterrence.post_vehicles", "posts_always", "vehicles_block", -75.0, 1.0),
    Strength("certainty.seen_street", "couples", "property_double", -0.2, 1.0),
    Strength("certainty.seen_quarrel", "couples", "violent_double", -0.2, 1.0),
)
"""Q26 and Q25; Q24; Q15 for property, and for violent crime its end that is nearest."""


def value_that_shows(read: Callable[[float], float], aim: float, start: float, most: float) -> float:
    """Return the strength at which a line shows the aim, by the straight line through two values, within 0 and most.

    >>> round(value_that_shows(lambda strength: -4.0 - 20.0 * strength, -14.0, 0.3, 1.0), 6)
    0.5
    >>> value_that_shows(lambda strength: -4.0 - 10.0 * strength, -22.0, 0.3, 0.75)
    0.75
    """
    other = most if start < most / 2.0 else 0.0
    at_start, at_other = read(start), read(other)
    if at_start == at_other:
        return start
    solved = start + (other - start) * (aim - at_start) / (at_other - at_start)
    return min(most, max(0.0, solved))


def shown_at(one: Strength, value: float, size: ExperimentSize, runs: Path = RUNS) -> float:
    """Return what the line of a strength shows where its parameter has a value."""
    experiment = next(each for each in EXPERIMENTS if each.name == one.experiment)
    line = next(each for each in experiment.lines if each.name == one.line)
    variant = Variant(f"{one.parameter} {value:g}", ((one.parameter, "to", value),))
    return estimate([line.read(worlds) for worlds in run_worlds(experiment, variant, size, runs, MADE)]).value


def print_strengths(size: ExperimentSize) -> None:
    """Print each strength as it is and as its row would have it."""
    for one in STRENGTHS:
        group, _, name = one.parameter.partition(".")
        now = float(getattr(load(SITES[0])[group], name))
        found = value_that_shows(lambda value, one=one: shown_at(one, value, size), one.aim, now, one.most)  # type: ignore[misc]
        print(f"{one.parameter:28} {now:6.3f} -> {found:6.3f}  ({one.experiment}.{one.line} = {one.aim:g})")


if __name__ == "__main__":
    print_strengths(ExperimentSize(seeds=4))
