"""`bench --against FOLDER`: compare speed and numbers of another checkout with this one, in turn."""

import os
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from experiments.dev.bench import probe, same_numbers
from experiments.dev.bench.fresh import run_python
from experiments.dev.bench.same_numbers import Columns, Likeness
from experiments.storage.manifest import machine, machine_text
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from scenarios.timeline import BUILT_IN_SITES as SITES

HERE = Path(__file__).resolve().parents[3]
POLICIES = ("status_quo", "mopsic_full", "everything", "heavy_hand")
TIMED_POLICIES = ("status_quo", "everything")
LABEL_WIDTH = 34


@dataclass(frozen=True)
class PairedLength:
    """Length of the measurements."""

    years: float
    pairs: int
    years_of_numbers: float


FULL = PairedLength(years=10.0, pairs=5, years_of_numbers=5.0)
QUICK = PairedLength(years=2.0, pairs=3, years_of_numbers=1.0)


@dataclass
class Checkout:
    """Checkout of the project in a folder, measured in separate processes."""

    root: Path
    fingerprint: str = ""

    def measure(self, *words: str) -> dict[str, float]:
        """Return the probe's measurement of this checkout's code; raise InputError if it cannot be measured."""
        result = run_python(
            *("-c", Path(probe.__file__).read_text(encoding="utf-8"), *words),
            cwd=self.root,  # with -c, Python searches for packages there first
            env={name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")},
            failure=self.failure,
        )
        self.check(Path(result.pop("root")), result.pop("fingerprint"))
        return result

    def failure(self, errors: str) -> InputError:
        """Return the error of a checkout that cannot be measured."""
        why = (errors.strip().splitlines() or ["no message"])[-1]
        return InputError(f"--against: the code in {self.root} cannot be measured: {why}")

    def check(self, root: Path, fingerprint: str) -> None:
        """Raise InputError unless the code that ran is this checkout's and has not changed since the last call."""
        if root != self.root:
            raise InputError(f"--against: what ran in {self.root} was the code of {root}")
        if self.fingerprint not in ("", fingerprint):
            raise InputError(f"--against: the code in {self.root} changed while it was measured; start the bench again")
        self.fingerprint = fingerprint


@dataclass(frozen=True)
class TimingPair:
    """Medians of a number in both checkouts, and the ratio of each turn."""

    name: str
    unit: str
    here: float
    there: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the ratios, here over there."""
        return statistics.median(self.ratios)


def compare_checkouts(folder: Path, json_file: Path | None, quick: bool) -> None:
    """Measure this checkout and the one in a folder; print both, and write them as JSON if ``json_file`` is given."""
    here, there = Checkout(HERE), checkout_in(folder)
    length = QUICK if quick else FULL
    print_note("measuring both in turn; this takes several minutes" if not quick else "measuring both in turn")
    for side in (there, here):
        side.measure("span", "1", SITES[0])  # compiles, and raises early if a checkout cannot be measured
    print(heading(here, there), flush=True)
    pairs = []
    for pair in timings(here, there, length):
        print(timing_line(pair), flush=True)
        pairs.append(pair)
    print(f"\nNumbers of {length.years_of_numbers:g} years, every resident, seed {probe.SEED}", flush=True)
    likenesses = {}
    for name, likeness in number_comparisons(here, there, length.years_of_numbers):
        first, *rest = same_numbers.comparison_lines(likeness)
        print("\n".join([f"{name:{LABEL_WIDTH}}{first}", *rest]), flush=True)
        likenesses[name] = likeness
    content = {
        "machine": machine(),
        "here": here.fingerprint,
        "there": {"folder": str(there.root), "fingerprint": there.fingerprint},
        "timings": [asdict(pair) | {"ratio": pair.ratio} for pair in pairs],
        "numbers": {name: asdict(likeness) | {"same": likeness.same} for name, likeness in likenesses.items()},
    }
    if json_file is not None:
        write_atomically(json_file, json_of(content))


def checkout_in(folder: Path) -> Checkout:
    """Return the checkout in a folder; raise InputError if there is none."""
    if not folder.is_dir():
        raise InputError(f"--against must be the folder of a checkout, got '{folder}': no such folder")
    for package in ("model", "scenarios"):
        if not (folder / package / "__init__.py").is_file():
            raise InputError(f"--against must be the folder of a checkout, got '{folder}': it has no {package}/")
    return Checkout(folder.resolve())


def heading(here: Checkout, there: Checkout) -> str:
    """Return the lines above the table: machine, and code and folder of both checkouts."""
    return (
        f"{machine_text()}\n"
        f"here:    code {here.fingerprint}\n"
        f"there:   code {there.fingerprint}, {there.root}\n\n"
        f"{'':{LABEL_WIDTH}}{'here':>10}{'there':>10}  here over there"
    )


def timings(here: Checkout, there: Checkout, length: PairedLength) -> Iterator[TimingPair]:
    """Yield time and memory of a decade in both checkouts, under each policy that both have."""
    for policy in TIMED_POLICIES:
        name = f"a decade, {policy}"
        try:
            turns = measure_in_turn(here, there, length, policy)
        except InputError as error:
            print_note(f"{name}: left out. {error}")
            continue
        scale = 10.0 / length.years
        yield timing_pair(name, "s", [(scale * a["seconds"], scale * b["seconds"]) for a, b in turns])
        # Wall-clock seconds above include the load of other programs; processor seconds here do not.
        yield timing_pair("  of them at work", "s", [(scale * a["at_work"], scale * b["at_work"]) for a, b in turns])
        yield timing_pair("  its peak memory", "MB", [(a["megabytes"], b["megabytes"]) for a, b in turns])


def measure_in_turn(
    here: Checkout, there: Checkout, length: PairedLength, policy: str
) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Return the measurements of both checkouts, taken in turn so that noise affects both."""
    for side in (here, there):
        side.measure("span", "1", SITES[0], policy)  # compiles the code that only this policy needs
    words = ("span", str(length.years), SITES[0], policy)
    return [(here.measure(*words), there.measure(*words)) for _ in range(length.pairs)]


def timing_pair(name: str, unit: str, turns: list[tuple[float, float]]) -> TimingPair:
    """Return the medians of both checkouts and the ratio of each turn."""
    here, there = (statistics.median(side) for side in zip(*turns, strict=True))
    return TimingPair(name, unit, here, there, tuple(a / b for a, b in turns))


def timing_line(pair: TimingPair) -> str:
    """Return one line of the table, with the least and the greatest ratio."""
    digits = 2 if pair.here < 100 else 0
    sides = "".join(f"{f'{value:,.{digits}f} {pair.unit}':>10}" for value in (pair.here, pair.there))
    return f"{pair.name:{LABEL_WIDTH}}{sides}  {pair.ratio:.3f} ({min(pair.ratios):.2f} to {max(pair.ratios):.2f})"


def number_comparisons(here: Checkout, there: Checkout, years: float) -> Iterator[tuple[str, Likeness]]:
    """Yield for each site and policy the comparison of the numbers of both checkouts."""
    for site in SITES:
        for policy in POLICIES:
            name = f"{site}, {policy}"
            try:
                sides = [columns_of(side, years, site, policy) for side in (here, there)]
            except InputError as error:
                print_note(f"{name}: not compared. {error}")
                continue
            yield name, same_numbers.compare(*sides)


def columns_of(side: Checkout, years: float, site: str, policy: str) -> Columns:
    """Return every monthly number of one run of a checkout."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "numbers.npz"
        side.measure("numbers", str(years), site, policy, str(file))
        with np.load(file) as columns:
            return dict(columns)
