"""Recompute the reference results: `python -m experiments.dev.reference [NAME…] --workers 2`.

`reference.toml` lists the commands that create each file, in order. Results that the record attributes to the present
code and command are skipped, unless --fresh is given. Stored runs are reused, so that an interrupted call can be
resumed. A command that fails is reported at the end and does not stop the others. The record lists every file.
"""

import argparse
import csv
import math
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.execution.parameter_draws import POSTERIOR_DRAWS
from experiments.storage.progress import print_input_errors
from experiments.storage.run_identity import digest_of
from experiments.storage.writing import csv_bytes, make_folder, write_atomically
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results" / "reference"
RECORD_FILE = "made.csv"
"""Record of each result: the numbers of the model on which it is based, minutes, command, and patterns of its files."""
COLUMNS = ("name", "bits", "minutes", "command", "files")
DIGESTS = ROOT / "tests" / "bits" / "digests.toml"
README = FOLDER / "README.md"
TABLE_BEGIN, TABLE_END = "<!-- reference.toml -->\n", "<!-- end -->\n"
FAULT_MESSAGE = "our own fault"
"""Message that the program prints when it fails because of an error in its code."""
Row = dict[str, str]


@dataclass(frozen=True)
class ReferenceResult:
    """Files of a reference result, the commands that create them, and the minutes these take on two idle cores.

    ``also`` are patterns of further files that belong to it. One that is ``apart`` is made only if it is named; one
    without commands is written by hand.
    """

    name: str
    commands: Sequence[str]
    minutes: float
    files: Sequence[str] = ()
    also: Sequence[str] = ()
    printed: str = ""
    judges: bool = False
    apart: bool = False
    note: str = ""

    @property
    def every_file(self) -> tuple[str, ...]:
        """Files that its commands write, and the file of their printed output."""
        return (*([self.printed] if self.printed else []), *self.files)

    @property
    def command(self) -> str:
        """Return all commands in one line, as on record and in the README."""
        return "; ".join(self.commands)


def results_by_name() -> dict[str, ReferenceResult]:
    """Return all reference results by name, in the order in which they are computed."""
    return {name: ReferenceResult(name, **one) for name, one in toml_beside(__file__).items()}


def readme_table() -> str:
    """Return the table of the README: files, command, note and minutes."""
    lines = ["| files | made by | minutes |", "|---|---|---|"]
    for one in results_by_name().values():
        note = f"; {one.note}" if one.note else ""
        made_by = f"`reference {one.name}`" if one.commands else "by hand"
        lines.append(f"| {', '.join((*one.every_file, *one.also))} | {made_by}{note} | {one.minutes:g} |")
    together = sum(one.minutes for one in results_by_name().values() if not one.apart)
    lines.append(f"| all but those that are made only if named | `reference` | {together:g} |")
    return "\n".join([*lines, ""])


def readme_as_it_should_be() -> str:
    """Return the README with the table that `reference.toml` gives."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(TABLE_BEGIN)
    return f"{before}{TABLE_BEGIN}{readme_table()}{TABLE_END}{rest.partition(TABLE_END)[2]}"


# Record


def read_record(folder: Path) -> dict[str, Row]:
    """Return the rows of the record by name."""
    path = folder / RECORD_FILE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def identity_of_numbers() -> str:
    """Return a digest of the recorded digests of the model's numbers; code with equal results shares it."""
    return digest_of(DIGESTS.read_bytes())


def unrecorded_files(folder: Path) -> tuple[set[str], set[str]]:
    """Return the files of a folder that no line of its record lists, and the patterns on record without any file."""
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    listed, empty = {README.name, RECORD_FILE}, set()
    for row in read_record(folder).values():
        for pattern in row["files"].split():
            found = {path.relative_to(folder).as_posix() for path in folder.glob(pattern)}
            listed |= found
            empty |= set() if found else {pattern}
    return kept - listed, empty


def is_current(one: ReferenceResult, folder: Path) -> bool:
    """Return whether the record of a result has the present numbers and command, and all its files exist."""
    row = read_record(folder).get(one.name, {})
    current = (row.get("bits"), row.get("command")) == (identity_of_numbers(), one.command)
    return current and all((folder / name).is_file() for name in one.every_file)


def write_record(one: ReferenceResult, folder: Path, minutes: float) -> None:
    """Record that a result was computed."""
    files = " ".join((*one.every_file, *one.also))
    values = (one.name, identity_of_numbers(), f"{minutes:.1f}", one.command, files)
    rows = read_record(folder) | {one.name: dict(zip(COLUMNS, values, strict=True))}
    known = (rows[name] for name in results_by_name() if name in rows)
    write_atomically(folder / RECORD_FILE, csv_bytes(COLUMNS, ([row[name] for name in COLUMNS] for row in known)))


# Commands


def process_words(command: str, workers: int) -> list[str]:
    """Return the words of a command, with this Python, this code and a number of workers."""
    words = shlex.split(command.format(code=fingerprint()[:8]))
    start = {"confianza": [sys.executable, "-m", "confianza"], "python": [sys.executable]}[words[0]]
    if "--workers" in words:
        words[words.index("--workers") + 1] = str(workers)
    return [*start, *words[1:]]


def make_result(one: ReferenceResult, folder: Path, workers: int, log: Path) -> str:
    """Run the commands of a result; return an error message, or "" on success."""
    begun, printed = time.monotonic(), ""
    make_folder(log.parent)
    with log.open("w", encoding="utf-8") as log_file:
        for command in one.commands:
            finished = subprocess.run(
                process_words(command, workers),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log_file,
                text=True,
                encoding="utf-8",
                check=False,
            )
            printed += finished.stdout
            if finished.returncode not in ((0, 1) if one.judges else (0,)) or FAULT_MESSAGE in log.read_text(
                encoding="utf-8"
            ):
                return f"'{command}' left with {finished.returncode}: {log}"
    if one.printed:
        write_atomically(folder / one.printed, printed.encode())
    not_written = [name for name in one.every_file if not is_new(folder / name, begun)]
    return f"{', '.join(not_written)} was not written: {log}" if not_written else ""


def is_new(path: Path, begun: float) -> bool:
    """Return whether a file was written since a time; a second is allowed for coarse clocks."""
    return path.is_file() and path.stat().st_mtime >= begun - 1.0


def make_all(
    names: Sequence[str], workers: int, *, fresh: bool = False, within: float = math.inf, folder: Path = FOLDER
) -> int:
    """Compute the named results, else all, except those that are up to date; return the number of failures.

    After ``within`` minutes no further result is begun.
    """
    results, failed, started = results_by_name(), {}, time.monotonic()
    for name in names:
        if name not in results:
            raise InputError(f"no reference result '{name}'{suggest_nearest(name, results)}")
    for one in [results[name] for name in names] or [one for one in results.values() if not one.apart]:
        if not one.commands:
            print(f"{one.name}: is written by hand", flush=True)
            continue
        if is_current(one, folder) and not fresh:
            print(f"{one.name}: is of this code", flush=True)
            continue
        begun = time.monotonic()
        if begun - started > 60.0 * within:
            print(f"{one.name}: not begun", flush=True)
            continue
        error = make_result(one, folder, workers, ROOT / "results" / "validate" / "reference" / f"{one.name}.log")
        minutes = (time.monotonic() - begun) / 60.0
        if error:
            failed[one.name] = error
        else:
            write_record(one, folder, minutes)
        print(f"{one.name}: {'FAILED' if error else 'made'} in {minutes:.1f} minutes", flush=True)
    for name, error in failed.items():
        print(f"{name}: {error}", file=sys.stderr)
    return len(failed)


# Steps of commands


def take_pictures(source: Path, target: Path = FOLDER) -> None:
    """Copy the summary figure of each run of a folder; the copy is named after its municipality."""
    for path in source.glob("*/summary.png"):
        shutil.copyfile(path, target / f"{path.parent.name}.png")


def take_screens(source: Path, target: Path = FOLDER / "page") -> None:
    """Copy the pictures of the page that the site shows, out of all that were taken."""
    make_folder(target)
    for name in results_by_name()["page"].files:
        shutil.copyfile(source / Path(name).name, target / Path(name).name)


def take_posterior(source: Path, target: Path = FOLDER, draws: Path = POSTERIOR_DRAWS) -> None:
    """Copy the posterior of a calibration, and its draws to the file that ``--draws calibrated:N`` reads."""
    make_folder(target)
    make_folder(draws.parent)
    shutil.copyfile(source / "posterior.csv", target / "posterior.csv")
    shutil.copyfile(source / "draws.csv", draws)


def main(words: Sequence[str] | None = None) -> None:
    """Compute, copy or list results as the command line says."""
    about = "Make the reference results anew"
    takes = {one.__name__: one for one in (take_pictures, take_screens, take_posterior)}
    parser = argparse.ArgumentParser(prog="python -m experiments.dev.reference", description=about)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="result of reference.toml; else all but those made apart"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="also what is of the present code")
    parser.add_argument("--within", type=float, default=math.inf, metavar="MINUTES", help="begin none after these")
    parser.add_argument("--list", action="store_true", help="say what is on record of the present code")
    for take in takes:
        parser.add_argument(f"--{take.replace('_', '-')}", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    if steps := [(step, source) for name, step in takes.items() if (source := getattr(arguments, name))]:
        for step, source in steps:
            step(source)
        return
    if arguments.list:
        results = results_by_name()
        width = max(map(len, results)) + 2
        for one in results.values():
            print(f"{one.name:{width}}{'made' if is_current(one, FOLDER) else '-':6}{one.minutes:6.1f}  {one.command}")
        return
    with print_input_errors():
        raise SystemExit(
            min(1, make_all(arguments.names, arguments.workers, fresh=arguments.fresh, within=arguments.within))
        )


if __name__ == "__main__":
    main()
