"""Folders of saved states: their description, and the state of each seed."""

import datetime
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from experiments.storage.manifest_schema import SavedStates, read_validated_json
from model.engine.errors import InputError
from model.simulation.state_file import STATE_FILE

DESCRIPTION_FILE = "saved.json"
SEED_FOLDER = re.compile(r"seed_\d+")


class FilesChanged(InputError):
    """A scenario, a policy or a saved state has changed since a run was requested."""


def seed_folder(folder: Path, seed: int) -> Path:
    """Return the path of the state of one seed in a folder of saved states."""
    return folder / f"seed_{seed}"


def is_seed_folder(path: Path) -> bool:
    """Return whether a path can be the folder of a state: its name fits, and the state is a file or missing."""
    state = path / STATE_FILE
    return SEED_FOLDER.fullmatch(path.name) is not None and path.is_dir() and (state.is_file() or not state.exists())


def digest_of_state(folder: Path, seed: int) -> str:
    """Return the SHA-256 digest of the state of a seed; empty if the state is missing."""
    path = seed_folder(folder, seed) / STATE_FILE
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_save(save: Path, runs: dict[int, str], fresh: bool) -> None:
    """Raise if states cannot be saved into ``save``: it is a file, or holds other files or states of other runs."""
    if save.exists() and not save.is_dir():
        raise InputError(f"--save {save} is a file, not a folder")
    for path in sorted(save.glob("*")):
        if path.is_symlink() or not (path.is_file() if path.name == DESCRIPTION_FILE else is_seed_folder(path)):
            raise InputError(f"--save {save} holds something else than saved states ({path.name}); choose another")
    if fresh:
        (save / DESCRIPTION_FILE).unlink(missing_ok=True)  # the states that it describes will be replaced
    elif (save / DESCRIPTION_FILE).is_file() and not set(read_description(save)["runs"].items()) <= set(runs.items()):
        raise InputError(f"--save {save} holds states of other runs: choose another folder, or begin anew with --fresh")


def are_saved(save: Path, runs: dict[int, str]) -> bool:
    """Return whether a folder holds the states of exactly these runs (by seed), unchanged."""
    if not (save / DESCRIPTION_FILE).is_file():
        return False
    saved = read_description(save)
    digests = {seed: digest_of_state(save, seed) for seed in runs}
    return bool(saved["runs"] == runs and saved["states"] == digests)


def check_state(saved: dict[str, Any], seed: int) -> None:
    """Raise if the state of a seed has changed since it was saved; older folders have no digest to compare."""
    if saved["states"].get(seed) not in (None, digest_of_state(Path(saved["folder"]), seed)):
        raise FilesChanged(f"--from {saved['folder']}: the state of seed {seed} is not the one that was saved there")


def check_origin(folder: Path, manifest: dict[str, Any]) -> None:
    """Raise if the saved states from which the runs of a folder continued are unknown, missing or changed."""
    if not manifest.get("branched_from"):
        return
    if not (origin := manifest.get("went_on_from")):
        raise FilesChanged(f"{folder} does not say which saved states it went on from: make the folder anew")
    place, states = Path(origin["folder"]), {int(seed): state for seed, state in origin["states"].items()}
    if not (place / DESCRIPTION_FILE).is_file():
        raise FilesChanged(f"{folder} went on from saved states in {place}, which are not there: save them again")
    saved = read_description(place)
    if {seed: saved["states"].get(seed) for seed in states} != states:
        raise FilesChanged(f"{folder} went on from saved states in {place}, where there are others now")
    for seed in states:
        check_state(saved, seed)


def read_saved_states(folder: Path, seeds: Sequence[int]) -> dict[str, Any]:
    """Return the description of saved states; raise if one of the seeds is missing."""
    description = read_description(folder)
    for seed in seeds:
        if seed not in description["runs"]:
            seeds_saved = ", ".join(map(str, sorted(description["runs"])))
            raise InputError(f"--from {folder}: no state with seed {seed} there; there are {seeds_saved}")
    return description


def read_description(folder: Path) -> dict[str, Any]:
    """Return the description of saved states; raise if there are none."""
    try:
        return parse_description(folder, (folder / DESCRIPTION_FILE).stat().st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"--from {folder}: no saved run there ({DESCRIPTION_FILE} is missing)") from None


@lru_cache(maxsize=4)
def parse_description(folder: Path, _: int) -> dict[str, Any]:
    """Return the description of saved states; cached by the time at which the file was modified."""
    try:
        description = read_validated_json(folder / DESCRIPTION_FILE, SavedStates)
    except InputError as reason:
        raise InputError(f"--from {folder}: {reason}") from None
    runs = {int(seed): run for seed, run in description["runs"].items()}
    until = datetime.date.fromisoformat(description["until"])
    states = {int(seed): state for seed, state in description.get("states", {}).items()}
    return description | {"runs": runs, "states": states, "until": until, "folder": str(folder)}
