"""Time, memory and size of a study over all municipalities of an invented country.

``python -m experiments.dev.bench.country`` writes invented towns with drawn numbers of residents into a temporary
folder and sweeps over them with local workers.  It prints what that takes, and in proportion what the country takes on
64 cores, for one run in each town and for the study `question`.  Only sizes differ between the towns, and none exists.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from experiments.dev.bench.paired import cost_of
from experiments.setup.new_municipality import draft, draft_outline
from experiments.storage.progress import print_input_errors
from experiments.storage.writing import write_all
from model.engine.errors import InputError

TOWNS, RESIDENTS = 340, 17_000_000
"""Municipalities of Guatemala, and their residents."""
SPREAD, SMALLEST, LARGEST = 0.8, 3_000, 1_000_000
"""Spread of the logarithm of residents (sd), and limits; assumed."""
YEARS, CLUSTER_CORES, QUESTION_RUNS = 3, 64, 96
"""Years of a run, cores of a cluster, and runs of the study `question` in one municipality."""
MB = 10**6
STUDY = f"""scenarios = ["towns/"]
seeds = 1
years = {YEARS}
"""


def residents_of_towns(towns: int, seed: int = 1) -> np.ndarray:
    """Return drawn numbers of residents, whose mean is that of the country."""
    drawn = np.random.default_rng(seed).lognormal(0.0, SPREAD, towns)
    return np.clip(drawn * RESIDENTS / TOWNS / drawn.mean(), SMALLEST, LARGEST).astype(int)


def country_files(folder: Path, towns: int) -> Iterator[tuple[Path, str]]:
    """Yield the files of a study over invented towns: path and text."""
    yield folder / "country.toml", STUDY
    text, outline = draft("municipality", "invented"), draft_outline()
    for number, residents in enumerate(residents_of_towns(towns)):
        path = folder / "towns" / f"invented_{number:03d}.toml"
        own = re.sub(r"(?m)^total = \{ value = \d+", f"total = {{ value = {residents}", text)
        yield path, own.replace("invented.geojson", f"{path.stem}.geojson")
        yield path.with_suffix(".geojson"), outline


def show_country(towns: int, workers: int) -> None:
    """Sweep over invented towns; print time, memory and size, and what they mean for a cluster."""
    if towns < 1:
        raise InputError(f"--towns must be at least 1, got {towns}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "towns").mkdir()
        write_all({path: text.encode() for path, text in country_files(folder, towns)})
        words = ("sweep", str(folder / "country.toml"), "--yes", "--out", str(folder / "out"))
        cost = cost_of(sys.executable, "-m", "confianza", *words, "--workers", str(workers))
        size = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
    residents = residents_of_towns(towns).sum()
    nation = cost.cpu * RESIDENTS / residents
    print(f"{towns} invented towns, {residents:,} residents, {YEARS} years each, {workers} workers")
    print(f"  {cost.seconds:,.0f} s, {cost.cpu:,.0f} CPU seconds ({cost.cpu / towns:.1f} a town), start-up included")
    print(f"  largest process {cost.megabytes:,.0f} MB; results {size / MB:,.1f} MB")
    print(f"{TOWNS} towns with {RESIDENTS:,} residents, in proportion to residents (not run)")
    for what, runs in (("a run each", 1), ("`question`", QUESTION_RUNS)):
        hours, minutes = runs * nation / 3600, runs * nation / CLUSTER_CORES / 60
        print(f"  {what}: {hours:.1f} core-hours, {minutes:.0f} min on {CLUSTER_CORES} cores")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m experiments.dev.bench.country", description="Time of a country")
    parser.add_argument("--towns", type=int, default=TOWNS)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with print_input_errors():
        show_country(options.towns, options.workers)


if __name__ == "__main__":
    main()
