"""Open the results folder of one run identity; never overwrite the results of another.

A repeated request reuses finished results or resumes unfinished ones.  A different request gets a folder of its own, or
an error if the folder was named.  Unfinished results are kept in NAME.unfinished, which is renamed at the end.
"""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.storage.folder_lock import LOCK, check_no_links, locked
from experiments.storage.manifest import (
    ARMS,
    MANIFEST,
    NAMES_OF_KINDS,
    UNFINISHED,
    check_goes_on,
    check_schema,
    checked_output_folder,
    leftover_files,
    read_any_manifest,
)
from experiments.storage.progress import print_note
from experiments.storage.result_tables import OPTIONAL_TABLES, RUN_TABLES
from experiments.storage.run_folder import json_of
from experiments.storage.run_identity import sha256_of
from experiments.storage.writing import Unwritable, write_atomically, write_error_text
from experiments.words.console import console_text
from experiments.words.dictionary import EFFECT_TABLES, SCHEMA_VERSION
from model.engine.errors import InputError

TABLES = {*RUN_TABLES, *OPTIONAL_TABLES, "effects", *EFFECT_TABLES}
"""Tables that a run or a comparison writes into its folder."""
PARTS = "parts"
RESULT_FOLDERS = (PARTS, ARMS, "inputs")
RESULT_FILES = (*(f"{name}.parquet" for name in TABLES), "summary.png", "over_draws.csv", "ro-crate-metadata.json")


@dataclass(frozen=True)
class ResultsFolder:
    """Results folder of one identity: its path, its kind, and the command that requested it."""

    place: Path
    kind: str
    identity: str
    command: str
    fresh: bool = False

    @property
    def unfinished_place(self) -> Path:
        """Folder of the results until they are complete."""
        return unfinished_path(self.place)

    @property
    def ready(self) -> bool:
        """True if the requested results exist, complete and unchanged."""
        stated = manifest_or_empty(self.place)
        if self.fresh or stated.get("identity") != self.identity or stated.get(UNFINISHED) or stated.get("interrupted"):
            return False
        changed = [name for name, digest in stated["files"].items() if not is_as_written(self.place / name, digest)]
        if changed:
            print_note(console_text("note.changed", file=self.place / changed[0]))
        return not changed


def open_results_folder(
    default: Path, out: Path | None, kind: str, identity: str, command: str, fresh: bool
) -> ResultsFolder:
    """Return the results folder: ``out`` if given, else the default, with the identity appended if that is taken."""
    place = out or default
    place = place if place.name not in ("", "..") else place.resolve()
    if not place.name:
        raise InputError(f"--out {place} is the root of all folders: name a folder in it")
    place = checked_place(place, kind)
    own_place = place.with_name(f"{place.name}-{identity[:8]}")
    manifest, own_manifest = (
        {} if fresh else manifest_or_empty(folder) or manifest_or_empty(unfinished_path(folder))
        for folder in (place, own_place)
    )
    taken = bool(manifest) and manifest.get("identity") != identity
    other = manifest.get("command")
    if taken and out is not None and other == command:
        check_goes_on(place if manifest_or_empty(place) else unfinished_path(place))
    if taken and out is not None:
        raise InputError(
            f"--out {place} holds another {NAMES_OF_KINDS[kind]} ({other or 'by an older program'}): choose another"
            " folder, or begin anew with --fresh"
        )
    if out is None and (taken or own_manifest.get("identity") == identity):
        other = other or console_text("note.older")
        note = f"note.other_{NAMES_OF_KINDS[kind]}"
        print_note(console_text(note, place=place, command=other, own=own_place))
        place = checked_place(own_place, kind)
    return ResultsFolder(place, kind, identity, command, fresh)


def checked_place(place: Path, kind: str) -> Path:
    """Return a folder; raise if it or its unfinished version holds foreign files or links."""
    for folder in (place, unfinished_path(place)):
        checked_output_folder(folder, kind, allowed_file=LOCK)
        check_no_links(folder, *RESULT_FOLDERS, LOCK)
    return place


def unfinished_path(place: Path) -> Path:
    """Return the path of a folder until it is complete."""
    return place.with_name(f"{place.name}.{UNFINISHED}")


def manifest_or_empty(place: Path) -> dict[str, Any]:
    """Return the manifest of a folder; empty if there is no readable one."""
    with contextlib.suppress(InputError):
        return read_any_manifest(place)
    return {}


def is_as_written(path: Path, digest: str) -> bool:
    """Return whether a file is unchanged since it was written; the folder of an arm may have been removed."""
    if not path.is_file():
        return path.parent.parent.name == ARMS and not path.parent.exists()
    return sha256_of(path.read_bytes()) == digest


def digests_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 digests of the tables among files, which later show whether they are unchanged."""
    return {name: sha256_of(content) for name, content in files.items() if name.endswith(".parquet")}


@contextlib.contextmanager
def locked_results_folder(results: ResultsFolder) -> Iterator[Path]:
    """Lock and prepare the folder to write into: the final one if it exists, else its unfinished version."""
    work = results.place if results.place.is_dir() else results.unfinished_place
    with locked(work):
        if work != results.place and results.place.is_dir():
            shutil.rmtree(work)
            raise InputError(f"{results.place} has just been written by another start: give the command again")
        begin_results_folder(work, results)
        try:
            yield work
        except (OSError, Unwritable) as reason:
            finished = len([*(work / PARTS).glob("*.zip")])
            raise Unwritable(
                f"{write_error_text(reason)}; what was finished ({finished}) is safe in {work}; make room, start again,"
                " and only what is missing is computed"
            ) from None
        finally:
            if work.is_dir() and manifest_or_empty(work).get(UNFINISHED) and not (work / PARTS).is_dir():
                with contextlib.suppress(OSError):
                    discard(work)


def begin_results_folder(work: Path, results: ResultsFolder) -> None:
    """Write the manifest of an unfinished folder; of earlier files keep only finished parts of this identity."""
    for path in leftover_files(work):
        path.unlink()
    manifest = {"format": results.kind, "schema": SCHEMA_VERSION, UNFINISHED: True}
    manifest |= {"identity": results.identity, "command": results.command}
    if results.fresh and work != results.unfinished_place and results.unfinished_place.is_dir():
        discard(results.unfinished_place)
    same_identity = manifest_or_empty(work).get("identity") == results.identity
    if same_identity and not results.fresh and (work / PARTS).is_dir():
        check_schema(work)
    write_atomically(work / MANIFEST, json_of(manifest))
    remove_results(work, parts=results.fresh or not same_identity)


def remove_results(folder: Path, parts: bool) -> None:
    """Remove the files that runs and comparisons write, and no others; finished parts only if ``parts``."""
    for name in RESULT_FILES:
        (folder / name).unlink(missing_ok=True)
    for name in RESULT_FOLDERS:
        if (folder / name).is_dir() and (parts or name != PARTS):
            shutil.rmtree(folder / name)


def discard(folder: Path) -> None:
    """Remove all files of unfinished results, and their folder if it is then empty."""
    remove_results(folder, parts=True)
    for name in (MANIFEST, LOCK):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def publish_folder(results: ResultsFolder, work: Path, complete: bool) -> None:
    """Move a results folder to its final place; if it is complete (``complete``), remove the finished parts."""
    if complete and (work / PARTS).is_dir():
        shutil.rmtree(work / PARTS)
    (work / LOCK).unlink(missing_ok=True)
    if work != results.place:
        work.rename(results.place)
