"""Set each strength of police presence from one row of evidence, in the virtual experiment that repeats it.

``python -m experiments.dev.examinations.presence_strengths`` solves them in the order of the list: earlier ones have
the value just found, later ones their present value. If the line falls short of its aim at the upper limit of a
strength, the strength takes that limit. Otherwise linear interpolation between the two nearest values is repeated until
the line's interval over paired runs contains the aim, and the value is rounded to the precision that this interval
supports. If a row states the strength itself, its number is taken, and the line checks it. In the end all lines are
read again with all values found. Strengths that are not listed are set by no row.
"""

import argparse
import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from experiments.storage.progress import print_input_errors
from experiments.storage.run_spec import parameter_value
from experiments.validation.effects_table import EXPERIMENTS, POLICY_TEXTS
from experiments.validation.experiment import SITES, Estimate, Variant, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, add_size_options, run_worlds, size_from_options
from experiments.validation.study_tables import head_of, write_text
from model.engine.fingerprint import fingerprint
from scenarios import load

OUT = Path("results") / "reference"
NAME = "presence_strengths"
TWINS = 12
MAX_STEPS = 3
"""Maximum number of values tried between both ends."""
ROUNDING_STEPS = (0.1, 0.05, 0.01)
GRID = 0.01
Values = dict[str, float]
Reader = Callable[[float], list[float]]
"""Function from a value of a strength to the result of its line in each pair of runs."""


@dataclass(frozen=True)
class Strength:
    """Parameters with a common value, the line and world that set them, the row's value, and the upper limit.

    The world defaults to the one named like the experiment.
    """

    parameters: tuple[str, ...]
    row: str
    experiment: str
    line: str
    aim: float
    limit: float
    world: str = ""
    fixed: float | None = None
    """Value of a row that states the strength itself; the line then only checks it."""

    @property
    def label(self) -> str:
        """Names of the parameters."""
        first, *others = self.parameters
        return ", ".join([first, *(name.partition(".")[2] for name in others)])

    def read(self, value: float, others: Values, size: ExperimentSize, runs: Path) -> list[float]:
        """Return the result of the line in each pair of runs with this strength at a value, and others at theirs."""
        values = others | dict.fromkeys(self.parameters, value)
        experiment = next(item for item in EXPERIMENTS if item.name == self.experiment)
        line = next(item for item in experiment.lines if item.name == self.line)
        world = self.world or self.experiment
        restricted = dataclasses.replace(experiment, worlds={world: experiment.worlds[world]})
        label = ", ".join(f"{name.partition('.')[2]} {value:g}" for name, value in values.items())
        variant = Variant(label, tuple((name, "to", value) for name, value in values.items()))
        return [line.read(worlds) for worlds in run_worlds(restricted, size, runs, POLICY_TEXTS, variant)]


PROPERTY = ("certainty.seen_street", "certainty.seen_vehicles", "certainty.seen_burglary")
QUARREL = ("certainty.seen_quarrel",)
STRENGTHS = (
    Strength(("deterrence.visit_robbery",), "Q26", "patrol_places", "robbery_change", aim=-22.0, limit=0.75),
    Strength(("deterrence.visit_vehicles",), "Q25", "patrol_places", "vehicles_change", aim=-11.0, limit=0.75),
    Strength(PROPERTY, "Q15, property", "couples", "property_double", aim=-0.2, limit=1.0, world="couples_double"),
    Strength(QUARREL, "Q15, violent", "couples", "violent_double", aim=-0.2, limit=1.0, world="couples_double"),
    Strength(("deterrence.post_vehicles",), "Q24", "posts_always", "vehicles_block", aim=-75.0, limit=1.0, fixed=0.75),
)
"""A visit deters no more than a post on its block (Q24); violent crime has the nearest end of Q15."""


@dataclass
class Search:
    """Values tried for a strength, the present one first, and the result of its line in each pair of runs."""

    aim: float
    limit: float
    present: float
    fixed: float | None = None
    tried: dict[float, list[float]] = field(default_factory=dict)

    def estimate_at(self, value: float) -> Estimate:
        """Return the estimate of the line at a value."""
        return estimate(self.tried[value])

    def reaches(self, value: float) -> bool:
        """Return whether the line at a value lies at the aim or beyond."""
        return self.estimate_at(value).value <= self.aim

    def solve(self, read: Reader) -> float:
        """Return the value at which the line equals the aim, rounded to the precision that its interval supports."""
        if self.fixed is not None:
            self.tried[self.fixed] = read(self.fixed)
            return self.fixed
        self.tried[self.present] = read(self.present)
        if math.isnan(self.estimate_at(self.present).value):
            return self.present
        end = 0.0 if self.reaches(self.present) else self.limit
        self.tried[end] = self.tried[end] if end in self.tried else read(end)
        if self.reaches(end) == (end == 0.0):
            return end
        for _ in range(MAX_STEPS):
            value = self.rounded()
            if value not in self.tried:
                self.tried[value] = read(value)
            estimate_of_value = self.estimate_at(value)
            if estimate_of_value.low <= self.aim <= estimate_of_value.high:
                return value
        return min(self.tried, key=lambda value: abs(self.estimate_at(value).value - self.aim))

    def bracket(self) -> tuple[float, float]:
        """Return the nearest tried values at which the line falls short of the aim, and reaches it."""
        reaching = min(value for value in self.tried if self.reaches(value))
        return max(value for value in self.tried if value < reaching), reaching

    def interpolated(self, value: float) -> list[float]:
        """Return the result of the line in each pair at a value, interpolated between the nearest tried."""
        short, reaching = self.bracket()
        share = (value - short) / (reaching - short)
        return [a + share * (b - a) for a, b in zip(self.tried[short], self.tried[reaching], strict=True)]

    def supported(self) -> tuple[float, float]:
        """Return the least and the greatest value at which the line's interval contains the aim."""
        values = np.arange(0.0, self.limit + GRID / 2.0, GRID).tolist()
        intervals = {value: estimate(self.interpolated(value)) for value in values}
        inside = [value for value, found in intervals.items() if found.low <= self.aim <= found.high]
        return (inside[0], inside[-1]) if inside else (self.solved(), self.solved())

    def solved(self) -> float:
        """Return the value at which the line interpolated between the nearest tried equals the aim."""
        short, reaching = self.bracket()
        at_short, at_reaching = self.estimate_at(short).value, self.estimate_at(reaching).value
        return short + (reaching - short) * (self.aim - at_short) / (at_reaching - at_short)

    def reason(self, value: float) -> str:
        """Return why a value was taken: a limit of the range, the row's number, or the interval that supports it."""
        if any(math.isnan(self.estimate_at(tried_value).value) for tried_value in self.tried):
            return "the line has no number, so it stays / la línea no da número, así que queda"
        if self.fixed is not None:
            return "the row's own number / el número de la fila misma"
        if not any(self.reaches(tried_value) for tried_value in self.tried):
            return "at most, and short of the row / lo máximo, sin llegar a la fila"
        if all(self.reaches(tried_value) for tried_value in self.tried):
            return "0 already shows more than the row / 0 ya muestra más que la fila"
        low, high = self.supported()
        return f"supported / sustentado: {low:.2f} - {high:.2f}"

    def rounded(self) -> float:
        """Return the solved value, rounded to the coarsest step within half of the supported interval."""
        low, high = self.supported()
        step = next((step for step in ROUNDING_STEPS if step <= (high - low) / 2.0), ROUNDING_STEPS[-1])
        return round(min(self.limit, round(self.solved() / step) * step), 4)


def show_strengths(size: ExperimentSize, out: Path, runs: Path = RUNS) -> None:
    """Solve all strengths in order; write and print the table."""
    scenario = load(SITES[0])
    present = {name: float(parameter_value(scenario, name)) for strength in STRENGTHS for name in strength.parameters}
    values: Values = {}
    searches: list[Search] = []
    for strength in STRENGTHS:
        search = Search(strength.aim, strength.limit, present[strength.parameters[0]], strength.fixed)
        value = search.solve(partial(strength.read, others=dict(values), size=size, runs=runs))
        values |= dict.fromkeys(strength.parameters, value)
        searches.append(search)
    last = [strength.read(values[strength.parameters[0]], values, size, runs) for strength in STRENGTHS]
    aims = [strength.aim for strength in STRENGTHS]
    residuals = [estimate([shown - aim for shown in results]) for aim, results in zip(aims, last, strict=True)]
    print(write_text(out, NAME, format_search(searches, present, values, residuals, size)))


def format_search(
    searches: Sequence[Search], present: Values, values: Values, residuals: Sequence[Estimate], size: ExperimentSize
) -> Iterator[str]:
    """Yield the table: for each strength the values tried, the value found, and the residual with all of them."""
    yield from head_of(NAME, twins=size.seeds, code=fingerprint())
    for strength, search, residual in zip(STRENGTHS, searches, residuals, strict=True):
        yield f"\n{strength.label}  ({strength.row}: {strength.experiment}.{strength.line} = {strength.aim:g})"
        for value in sorted(search.tried):
            yield f"  {value:6.2f}   {format_estimate(search.estimate_at(value))}"
        changes = ", ".join(f"{present[name]:g} -> {values[name]:g}" for name in strength.parameters)
        yield f"  {changes}; {search.reason(values[strength.parameters[0]])}"
        yield f"  residual / residuo: {format_estimate(residual)}"


def format_estimate(found: Estimate) -> str:
    """Return an estimate with its interval as text.

    >>> format_estimate(Estimate(1.0, 0.5, 1.5, 12))
    '+1.00 [+0.50, +1.50]'
    """
    return f"{found.value:+.2f} [{found.low:+.2f}, {found.high:+.2f}]"


def main(words: Sequence[str] | None = None) -> None:
    """Solve all strengths; print and write them."""
    parser = argparse.ArgumentParser(prog=f"python -m experiments.validation.{NAME}", description="Presence strengths")
    parser.add_argument("--replicates", type=int, default=TWINS, help="paired runs of each value")
    add_size_options(parser, OUT)
    options = parser.parse_args(words)
    with print_input_errors():
        show_strengths(size_from_options(options), options.out)


if __name__ == "__main__":
    main()
