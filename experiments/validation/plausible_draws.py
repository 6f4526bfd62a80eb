"""Draws of all assumed parameters from their plausible ranges, stored in files.

Dependent parameters are not drawn: weights follow from sizes of events in points, and from memory, asymmetry, qualities
and hearsay (`event_weights`); intercepts follow from slopes (`slopes`). In calibrated draws, fitted parameters come
from the stored posterior (`POSTERIOR_DRAWS`). ``python -m experiments.validation.plausible_draws plausible:N`` prints
the path of the file of N draws and makes it if it is missing.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from experiments.execution.parameter_draws import POSTERIOR_DRAWS, Draw, draws_bytes, read_draws
from experiments.storage.progress import Progress
from experiments.storage.run_identity import digest_of
from experiments.storage.writing import make_folder, write_atomically
from experiments.studies.factors import Range, plausible_ranges
from experiments.validation.event_weights import SOLVED_PARAMETERS, UNSOLVABLE_ERRORS, WeightSolver, weight_solver
from experiments.validation.sizes import EVENTS
from experiments.validation.slopes import intercepts
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

FOLDER = Path("results") / "draws"
PLAUSIBLE, CALIBRATED = "plausible", "calibrated"
SEED = 1
MAX_DRAWS, MAX_TRIES = 1000, 100
EVENT_OF_PARAMETER = {one.parameter: one for one in EVENTS}


def count_of_kind(word: str) -> tuple[int, list[Draw]]:
    """Return the number of draws in ``plausible:N`` or ``calibrated:N``, and the posterior draws for the latter.

    Raises
    ------
    InputError
        If N is no whole number from 2 to the most draws that there are.
    """
    kind, _, count = word.partition(":")
    posterior = read_draws(POSTERIOR_DRAWS) if kind == CALIBRATED else []
    n, most = int(count) if count.isdecimal() else 0, len(posterior) or MAX_DRAWS
    if not 2 <= n <= most:
        raise InputError(f"--draws {kind}:N wants a whole number from 2 to {most}, got '{count}'")
    return n, posterior


def file_of_kind(word: str) -> Path:
    """Return the file of draws for ``plausible:N`` or ``calibrated:N``; making it takes a minute or more.

    Its name contains a digest of ranges, posterior and code, so that a change of them leads to a new file.

    Raises
    ------
    InputError
        As `count_of_kind`.
    """
    n, posterior = count_of_kind(word)
    kind = word.partition(":")[0]
    ranges = dict(plausible_ranges("*"))
    digest = digest_of(repr([sorted(ranges.items()), posterior[:n], fingerprint()]).encode())[:8]
    path = FOLDER / f"{kind}-{n}-{digest}.csv"
    if not path.is_file():
        content = draws_bytes(list(plausible_draws(n, weight_solver(), fitted=[draw.values for draw in posterior])))
        make_folder(FOLDER)
        write_atomically(path, content)
    return path


def plausible_draws(
    n: int, solver: WeightSolver, seed: int = SEED, fitted: Sequence[Mapping[str, float]] = ()
) -> Iterator[Draw]:
    """Yield draws of all assumed parameters: a Latin hypercube over their plausible ranges, solved draw by draw.

    A point at which no weights give the sizes of events is replaced by a random one. The values in ``fitted``, if any,
    replace those of the same parameters, draw by draw.
    """
    from scipy.stats import qmc  # takes half a second, which other commands do not need

    ranges = dict(plausible_ranges("*"))
    rng = np.random.default_rng(seed)
    progress = Progress("drawing", n, n)
    try:
        for number, point in enumerate(qmc.LatinHypercube(len(ranges), rng=rng).random(n), start=1):
            fixed = fitted[number - 1] if fitted else {}
            values = solved_values(ranges, point, solver, np.random.default_rng([seed, number]), fixed)
            yield Draw(number, values)
            progress.record_stored()
            progress.update(number)
    finally:
        progress.close()


def solved_values(
    ranges: Mapping[str, Range],
    point: np.ndarray,
    solver: WeightSolver,
    rng: np.random.Generator,
    fixed: Mapping[str, float],
) -> dict[str, float]:
    """Return the values of a point (0-1 by parameter) with dependent ones; a random point if it has no solution."""
    for _ in range(MAX_TRIES):
        try:
            return values_at(ranges, point, solver, fixed)
        except UNSOLVABLE_ERRORS:
            point = rng.random(len(ranges))
    raise InputError(f"no weights give the sizes of events in {MAX_TRIES} points of the plausible ranges")


def values_at(
    ranges: Mapping[str, Range], point: np.ndarray, solver: WeightSolver, fixed: Mapping[str, float] = {}
) -> dict[str, float]:
    """Return the values of a point, with the weights and intercepts that follow from them.

    The coordinate of a weight places the size of its event between the stated limits. Values in ``fixed`` replace those
    of the point.
    """
    shares = dict(zip(ranges, map(float, point), strict=True))
    free = {name: span for name, span in ranges.items() if name not in SOLVED_PARAMETERS}
    values = {name: fixed.get(name, span.value(shares[name])) for name, span in free.items()}
    sizes = {
        event.name: event.low + shares[name] * (event.high - event.low)
        for name, event in EVENT_OF_PARAMETER.items()
        if name in ranges
    }
    return values | intercepts(values) | solver.weights(values, sizes)


def main() -> None:
    """Make the file and print its path."""
    print(file_of_kind(sys.argv[1] if len(sys.argv) > 1 else PLAUSIBLE))


if __name__ == "__main__":
    main()
