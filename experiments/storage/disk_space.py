"""Check before a run that output places are writable and have enough free space."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.storage.run_spec import RunSpec
from experiments.storage.writing import already_there
from model.engine.calendar import SHIFTS
from model.engine.errors import InputError

RUN_BYTES, MONTH_BYTES, SETTLEMENT_BYTES = 700_000, 10_000, 1_000
RESIDENT_BYTES, STATE_BYTES = 0.3, 600
"""Bytes, measured at both sites and rounded up: tables per run, per month, per settlement and month, and per resident,
month and kept table (incidents, cells); a saved state per resident.
"""
RUNS_PER_BATCH = 32
SHIFTS_OF_MONTH = 365.25 / 12 * SHIFTS


def check_disk_space(planned: Mapping[str, tuple[Path, float]]) -> None:
    """Raise if a place is not writable or lacks space; ``planned`` holds place and size (bytes) by option."""
    needed: Counter[int] = Counter()
    for option, (place, size) in planned.items():
        folder = nearest_folder(option, place)
        check_writable(f"{option} {place}", folder)
        disk = folder.stat().st_dev
        needed[disk] += round(size)
        if (free := shutil.disk_usage(folder).free) < needed[disk]:
            raise InputError(
                f"{option} {place}: about {format_bytes(needed[disk])} are needed there, {format_bytes(free)} are free:"
                " make room or choose another folder"
            )


def nearest_folder(option: str, place: Path) -> Path:
    """Return a place or its nearest parent that exists; raise if that is not a folder."""
    for folder in (place, *place.absolute().parents):
        if folder.is_dir():
            return folder
        if folder.exists():
            raise InputError(f"{option} {place}: {folder} is a file, not a folder")
    raise InputError(f"{option} {place}: there is no such folder")


def check_writable(place: str, folder: Path) -> None:
    """Raise if no file can be created in a folder; only an attempt is a reliable test."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"room?")
            file.flush()
    except OSError as reason:
        raise InputError(f"{place}: nothing can be written in {folder} ({reason.strerror}): choose another") from None


def check_target(option: str, target: Path, endings: Sequence[str] = (), fresh: bool = True) -> None:
    """Raise if no file can be written at the target of an option, or it has none of the endings.

    Before long work ``fresh`` says whether a file that is there may be replaced.
    """
    if target.is_dir():
        raise InputError(f"{option} {target} is a folder, not a file")
    check_ending(option, target, endings)
    if not fresh and target.is_file():
        raise InputError(f"{option} {already_there(target)}")
    if not target.parent.is_dir():
        raise InputError(f"{option} {target}: no folder '{target.parent}'")
    check_writable(f"{option} {target}", target.parent)


def check_ending(option: str, target: Path, endings: Sequence[str]) -> None:
    """Raise if the name of a file has none of the endings; none allows every name."""
    if endings and target.suffix.lower() not in endings:
        raise InputError(f"{option} {target} must end in {', '.join(endings)}, got '{target.suffix}'")


def size_of_runs(specs: Sequence[RunSpec]) -> float:
    """Estimate the bytes for the tables of runs, doubled because each is also stored as a part until the end."""
    return 2.0 * sum(map(size_of_tables, specs))


def size_of_tables(spec: RunSpec) -> float:
    """Estimate the bytes for the tables of a run."""
    months = spec.reported_shifts / SHIFTS_OF_MONTH
    optional_tables = len(spec.keep) * RESIDENT_BYTES * residents_of(spec)
    return RUN_BYTES + months * (MONTH_BYTES + SETTLEMENT_BYTES * len(spec.scenario.settlements) + optional_tables)


def size_of_states(specs: Sequence[RunSpec]) -> float:
    """Estimate the bytes for the saved states of runs."""
    return sum(STATE_BYTES * residents_of(spec) for spec in specs)


def residents_of(spec: RunSpec) -> float:
    """Return the number of residents in the town of a run."""
    population = spec.scenario["population"]
    return float(population.total * population.scale)


def format_bytes(size: float) -> str:
    """Format a number of bytes for people.

    >>> format_bytes(900), format_bytes(2_500_000), format_bytes(3.2e9)
    ('1 kB', '2.5 MB', '3.2 GB')
    """
    for name, unit in (("GB", 1e9), ("MB", 1e6)):
        if size >= unit:
            return f"{size / unit:.2g} {name}"
    return f"{max(1, round(size / 1e3))} kB"


def size_of_sweep(specs: Sequence[RunSpec]) -> float:
    """Estimate the bytes for a sweep: batches of measures, and optional tables."""
    if not specs:
        return 0.0
    first, months = specs[0], specs[0].reported_shifts / SHIFTS_OF_MONTH
    optional_tables = len(first.keep) * RESIDENT_BYTES * residents_of(first)
    return RUN_BYTES + len(specs) * (RUN_BYTES / RUNS_PER_BATCH + months * (MONTH_BYTES / 4 + optional_tables))
