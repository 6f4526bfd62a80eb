"""Draws of all assumed parameters from their plausible ranges, kept as files.

Parameters that depend on others are not drawn on their own: weights follow from sizes of events in points, and from
memory, asymmetry, qualities and hearsay (`event_weights`); intercepts follow from slopes (`slopes`).
``python -m experiments.validation.plausible_draws N`` prints the file of N draws; it is made if it is not there.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from experiments.execution.parameter_draws import Draw, draws_bytes
from experiments.storage.progress import Progress
from experiments.storage.run_identity import digest_of
from experiments.storage.writing import make_folder, write_whole
from experiments.studies.factors import Range, plausible_ranges
from experiments.validation.event_weights import SOLVED, UNSOLVED, WeightSolver, weight_solver
from experiments.validation.sizes import EVENTS
from experiments.validation.slopes import intercepts
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

FOLDER = Path("results") / "draws"
SEED = 1
MOST, TRIES = 1000, 100
EVENT_OF = {one.parameter: one for one in EVENTS}


def plausible_file(count: str) -> Path:
    """Return the file of so many draws; its name has a digest of ranges and code: after changes it is made anew.

    Raises
    ------
    InputError
        If the count is no whole number from 2 on.
    """
    n = int(count) if count.isdecimal() else 0
    if not 2 <= n <= MOST:
        raise InputError(f"--draws plausible:N wants a whole number from 2 to {MOST}, got '{count}'")
    ranges = dict(plausible_ranges("*"))
    path = FOLDER / f"plausible-{n}-{digest_of(repr([sorted(ranges.items()), fingerprint()]).encode())[:8]}.csv"
    if not path.is_file():
        content = draws_bytes(list(plausible_draws(n, weight_solver())))
        make_folder(FOLDER)
        write_whole(path, content)
    return path


def plausible_draws(n: int, solver: WeightSolver, seed: int = SEED) -> Iterator[Draw]:
    """Yield draws of all assumed parameters: a Latin hypercube over their plausible ranges, solved draw by draw.

    A point at which no weights give the sizes of events is no possible set of values, and is replaced by a random one.
    """
    from scipy.stats import qmc  # half a second, which other commands save

    ranges = dict(plausible_ranges("*"))
    rng = np.random.default_rng(seed)
    progress = Progress("drawing", n, n)
    try:
        for number, point in enumerate(qmc.LatinHypercube(len(ranges), rng=rng).random(n), start=1):
            yield Draw(number, solved_values(ranges, point, solver, np.random.default_rng([seed, number])))
            progress.ended()
            progress.reach(number)
    finally:
        progress.close()


def solved_values(
    ranges: Mapping[str, Range], point: np.ndarray, solver: WeightSolver, rng: np.random.Generator
) -> dict[str, float]:
    """Return the values of a point (0-1 by parameter), with all that depends on them; of another point if need be."""
    for _ in range(TRIES):
        try:
            return values_at(ranges, point, solver)
        except UNSOLVED:
            point = rng.random(len(ranges))
    raise InputError(f"no weights give the sizes of events in {TRIES} points of the plausible ranges")


def values_at(ranges: Mapping[str, Range], point: np.ndarray, solver: WeightSolver) -> dict[str, float]:
    """Return the values of a point, with weights and intercepts that follow from them.

    The share of a weight says how large its event is, from the lower to the upper size that is stated of it.
    """
    shares = dict(zip(ranges, map(float, point), strict=True))
    values = {name: one.value(shares[name]) for name, one in ranges.items() if name not in SOLVED}
    sizes = {
        event.name: event.low + shares[name] * (event.high - event.low)
        for name, event in EVENT_OF.items()
        if name in ranges
    }
    return values | intercepts(values) | solver.weights(values, sizes)


def main() -> None:
    """Make the file and print its name."""
    print(plausible_file(sys.argv[1] if len(sys.argv) > 1 else ""))


if __name__ == "__main__":
    main()
