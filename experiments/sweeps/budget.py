"""How large a sensitivity analysis is going to be: stated, or as large as a time allows."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from experiments.sweeps.methods import Method, Problem
from experiments.sweeps.pace import spoken
from model.errors import InputError

UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
SPARED, MOST = 0.9, 4096
FEWEST_SEEDS = 2

Pilot = Callable[[], tuple[float, int]]
"""Measures the seconds of a run, and how many run at a time."""


@dataclass(frozen=True)
class Size:
    """Blocks of the design, and replicates of each point."""

    blocks: int
    seeds: tuple[int, ...]

    def runs(self, method: Method, problem: Problem) -> int:
        """Return the number of runs."""
        return self.blocks * method.block(len(problem.moving)) * len(self.seeds)


def seconds_in(text: str) -> float:
    """Return the seconds of a time like 30m, 1.5h or 90s.

    >>> seconds_in("30m"), seconds_in("1.5h")
    (1800.0, 5400.0)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text)
    if not found or found[2] not in UNITS or float(found[1]) <= 0.0:
        raise InputError(f"--budget must be a time like 30m, 2h or 90s, got '{text}'")
    return float(found[1]) * UNITS[found[2]]


def check_factors(method: Method, problem: Problem, stated: Size, pilot: Pilot) -> None:
    """Raise if a method cannot do with so many factors, and show what it would cost."""
    moving = len(problem.moving)
    if moving <= method.most_factors:
        return
    runs = stated.runs(method, problem)
    seconds, lanes = pilot()
    raise InputError(
        f"{method.name} takes at most {method.most_factors} factors, got {moving}: {stated.blocks} × (2 × {moving} + 2)"
        f" points × {len(stated.seeds)} replicates × {seconds:.2g} s = {runs:,} runs, {spoken(runs * seconds / lanes)};"
        f" screen them with --method morris first, or let the parameters of a mechanism move together"
    )


def fitted(method: Method, problem: Problem, seeds: tuple[int, ...], runs: float) -> Size:
    """Return the largest design of at most so many runs; fewer replicates where the design would become too small."""
    points = method.block(len(problem.moving))
    for replicates in range(len(seeds), FEWEST_SEEDS - 1, -1):
        blocks = int(runs // (points * replicates))
        if method.powers and blocks:
            blocks = 1 << (blocks.bit_length() - 1)
        if blocks >= method.fewest:
            return Size(min(blocks, MOST), seeds[:replicates])
    least = method.fewest * points * FEWEST_SEEDS
    raise InputError(
        f"--budget allows {int(runs):,} runs, but {method.name} with {len(problem.moving)} factors needs at least"
        f" {method.fewest} {method.unit} × {points} points × {FEWEST_SEEDS} replicates = {least:,} runs"
    )


def planned(method: Method, problem: Problem, stated: Size, budget: str | None, pilot: Pilot) -> tuple[Size, str]:
    """Return the size of a design, with a sentence that says what is going to be done."""
    if budget is None:
        return stated, described(method, problem, stated)
    allowed = seconds_in(budget)
    seconds, lanes = pilot()
    size = fitted(method, problem, stated.seeds, SPARED * allowed * lanes / seconds)
    whole = size.runs(method, problem) * seconds / lanes
    told = f"{described(method, problem, size)}; a run takes {seconds:.2g} s here, so about {spoken(whole)} of {budget}"
    return size, told


def described(method: Method, problem: Problem, size: Size) -> str:
    """Return in words how large a design is."""
    points = method.block(len(problem.moving))
    each = f" × {points} points" if points > 1 else ""
    return (
        f"{method.name}: {size.blocks} {method.unit}{each} × {len(size.seeds)} replicates ="
        f" {size.runs(method, problem):,} runs for {len(problem.moving)} factors"
    )
