"""Draws of all assumed parameters from their plausible ranges, kept as files.

``python -m experiments.validation.plausible_draws N`` prints the file of N draws; it is made if it is not there.
"""

import sys
from pathlib import Path

import numpy as np

from experiments.execution.parameter_draws import Draw, draws_bytes
from experiments.storage.progress import patience
from experiments.storage.run_identity import digest_of
from experiments.storage.writing import make_folder, write_whole
from experiments.studies.factors import plausible_ranges
from model.engine.errors import InputError

FOLDER = Path("results") / "draws"
SEED = 1
MOST = 1000


def plausible_file(count: str) -> Path:
    """Return the file of so many draws; its name has a digest of the ranges, so that it is made anew if these change.

    Raises
    ------
    InputError
        If the count is no whole number from 2 on.
    """
    n = int(count) if count.isdecimal() else 0
    if not 2 <= n <= MOST:
        raise InputError(f"--draws plausible:N wants a whole number from 2 to {MOST}, got '{count}'")
    path = FOLDER / f"plausible-{n}-{digest_of(repr(sorted(dict(plausible_ranges('*')).items())).encode())[:8]}.csv"
    if not path.is_file():
        with patience(f"drawing {n} times from plausible ranges"):
            content = draws_bytes(plausible_draws(n))
        make_folder(FOLDER)
        write_whole(path, content)
    return path


def plausible_draws(n: int, seed: int = SEED) -> list[Draw]:
    """Return draws of all assumed parameters: a Latin hypercube over their plausible ranges."""
    from scipy.stats import qmc  # half a second, which other commands save

    ranges = dict(plausible_ranges("*"))
    points = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(seed)).random(n)
    return [
        Draw(k, {name: one.value(float(share)) for (name, one), share in zip(ranges.items(), point, strict=True)})
        for k, point in enumerate(points, start=1)
    ]


def main() -> None:
    """Make the file and print its name."""
    print(plausible_file(sys.argv[1] if len(sys.argv) > 1 else ""))


if __name__ == "__main__":
    main()
