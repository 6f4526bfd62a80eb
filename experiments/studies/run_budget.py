"""Size of a sensitivity analysis: as stated, or the largest within a time budget."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from experiments.statistics.noise_share import MAX_NOISE_SHARE, VarianceComponents
from experiments.storage.progress import format_duration
from experiments.studies.sensitivity_methods import Method, Problem
from model.engine.errors import InputError

SECONDS_PER_UNIT = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
USED_SHARE, PILOT_SHARE, MAX_BLOCKS = 0.9, 0.1, 4096
MIN_SEEDS = 2

PILOT_POINTS, PILOT_SEEDS = 6, 4


@dataclass(frozen=True)
class PilotResult:
    """Result of a pilot: seconds per run, parallel runs, elapsed seconds, and variance components by measure."""

    seconds: float
    parallel_runs: int
    elapsed: float = 0.0
    noise: Mapping[str, VarianceComponents] = field(default_factory=dict)


Pilot = Callable[[int, int, float], PilotResult]
"""Function that runs n distant points of the design with m seeds, and stops after a number of seconds."""


@dataclass(frozen=True)
class DesignSize:
    """Number of blocks of the design, and the seeds of each point."""

    blocks: int
    seeds: tuple[int, ...]

    def runs(self, method: Method, problem: Problem) -> int:
        """Return the number of runs."""
        return self.blocks * method.block(len(problem.group_names)) * len(self.seeds)


def seconds_in(text: str) -> float:
    """Return the seconds of a duration such as 30m, 1.5h or 90s.

    >>> seconds_in("30m"), seconds_in("1.5h")
    (1800.0, 5400.0)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text)
    if not match or match[2] not in SECONDS_PER_UNIT or float(match[1]) <= 0.0:
        raise InputError(f"--budget must be a time like 30m, 2h or 90s, got '{text}'")
    return float(match[1]) * SECONDS_PER_UNIT[match[2]]


def check_factors(method: Method, problem: Problem, stated: DesignSize, pilot: Pilot) -> None:
    """Raise InputError, with the cost in runs and time, if a method does not allow so many factors."""
    n_groups = len(problem.group_names)
    if n_groups <= method.max_factors:
        return
    runs = stated.runs(method, problem)
    result = pilot(2, 1, math.inf)
    raise InputError(
        f"{method.name} takes at most {method.max_factors} factors, got {n_groups}:"
        f" {stated.blocks} × (2 × {n_groups} + 2) points × {len(stated.seeds)} replicates ="
        f" {runs:,} runs of {result.seconds:.2g} s, {format_duration(runs * result.seconds / result.parallel_runs)};"
        f" screen them with --method morris first, or let the parameters of a mechanism move together"
    )


def largest_design(method: Method, problem: Problem, seeds: tuple[int, ...], runs: float) -> DesignSize:
    """Return the largest design of at most ``runs`` runs; with fewer replicates if it would be too small."""
    points = method.block(len(problem.group_names))
    for replicates in range(len(seeds), MIN_SEEDS - 1, -1):
        blocks = int(runs // (points * replicates))
        if method.power_of_two and blocks:
            blocks = 1 << (blocks.bit_length() - 1)
        if blocks >= method.min_blocks:
            return DesignSize(min(blocks, MAX_BLOCKS), seeds[:replicates])
    least = method.min_blocks * points * MIN_SEEDS
    raise InputError(
        f"--budget allows {max(int(runs), 0):,} runs, but {method.name} with {len(problem.group_names)} factors needs"
        f" at least {method.min_blocks} {method.unit} × {points} points × {MIN_SEEDS} replicates = {least:,} runs"
    )


def plan_design(
    method: Method, problem: Problem, stated: DesignSize, budget: str | None, pilot: Pilot, arms: int = 1
) -> tuple[DesignSize, str]:
    """Return the size of a design, with sentences that describe the plan.

    Every point is run in each of the ``arms``: scenarios times policies.
    """
    if budget is None:
        return stated, design_in_words(method, problem, stated)
    allowed = seconds_in(budget)
    result = pilot(PILOT_POINTS, min(PILOT_SEEDS, len(stated.seeds)), PILOT_SHARE * allowed)
    seeds = stated.seeds[: needed_replicates(result.noise, len(stated.seeds))]
    size = largest_design(
        method, problem, seeds, USED_SHARE * (allowed - result.elapsed) * result.parallel_runs / (result.seconds * arms)
    )
    total_seconds = result.elapsed + size.runs(method, problem) * arms * result.seconds / result.parallel_runs
    pace = f"a run takes {result.seconds:.2g} s here, so about {format_duration(total_seconds)} of {budget}"
    return size, "\n".join(
        [*replicates_in_words(result.noise, len(size.seeds)), f"{design_in_words(method, problem, size)}; {pace}"]
    )


def needed_replicates(noise: Mapping[str, VarianceComponents], most: int) -> int:
    """Return the replicates for the wanted share of random variation in all measures that ``most`` suffice for.

    >>> needed_replicates({"a": VarianceComponents(1.0, 0.0, 0.2, 4), "b": VarianceComponents(1.0, 0.0, 99.0, 4)}, 8)
    2
    """
    within_reach = [one.needed_replicates for one in noise.values() if one.needed_replicates <= most]
    return min(most, max(MIN_SEEDS, *map(int, within_reach))) if within_reach else most


def replicates_in_words(noise: Mapping[str, VarianceComponents], run: int) -> Iterator[str]:
    """Yield a sentence with the replicates that each measure needs by the pilot, and the measures with too few."""
    if not noise:
        return
    needs = [
        f"{name} {'no number' if math.isinf(one.needed_replicates) else f'{one.needed_replicates:,.0f}'}"
        for name, one in noise.items()
    ]
    short = [name for name, one in noise.items() if one.needed_replicates > run]
    too_few = f"; {run} are run, too few for {', '.join(short)}" if short else ""
    wanted = f"replicates that bring random variation to {MAX_NOISE_SHARE:.0%} of the means, by the pilot"
    yield f"{wanted}: {', '.join(needs)}{too_few}"


def design_in_words(method: Method, problem: Problem, size: DesignSize) -> str:
    """Return a sentence on the size of a design."""
    points = method.block(len(problem.group_names))
    each = f" × {points} points" if points > 1 else ""
    return (
        f"{method.name}: {size.blocks} {method.unit}{each} × {len(size.seeds)} replicates ="
        f" {size.runs(method, problem):,} runs for {len(problem.group_names)} factors"
    )
