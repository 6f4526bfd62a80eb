"""Saved states: what a folder of them says, and where the State of each seed lies."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from model.errors import InputError
from model.state_file import FILE

SAVED = "saved.json"


class FilesChanged(InputError):
    """A scenario, a policy or a saved state is not what it was when a run was asked for."""


def seed_folder(folder: Path, seed: int) -> Path:
    """Return where the State of one seed lies in a folder of saved states."""
    return folder / f"seed_{seed}"


def digest_of_state(folder: Path, seed: int) -> str:
    """Return what tells the State of a seed from every other; nothing if it is not there."""
    path = seed_folder(folder, seed) / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def check_state(saved: dict[str, Any], seed: int) -> None:
    """Raise if the State of a seed is not the one that was saved there; older folders do not say which that was."""
    if saved["states"].get(seed) not in (None, digest_of_state(Path(saved["folder"]), seed)):
        raise FilesChanged(f"--from {saved['folder']}: the state of seed {seed} is not the one that was saved there")


def check_went_on(folder: Path, stated: dict[str, Any]) -> None:
    """Raise if the states that the runs of a folder went on from are not known, are gone, or are others by now."""
    if not stated.get("branched_from"):
        return
    if not (origin := stated.get("went_on_from")):
        raise FilesChanged(f"{folder} does not say which saved states it went on from: make the folder anew")
    place, states = Path(origin["folder"]), {int(seed): state for seed, state in origin["states"].items()}
    if not (place / SAVED).is_file():
        raise FilesChanged(f"{folder} went on from saved states in {place}, which are not there: save them again")
    saved = stated_in(place, changed_at(place))
    if {seed: saved["states"].get(seed) for seed in states} != states:
        raise FilesChanged(f"{folder} went on from saved states in {place}, where there are others now")
    for seed in states:
        check_state(saved, seed)


def read_saved(folder: Path, seeds: Sequence[int]) -> dict[str, Any]:
    """Return what a folder of saved states holds, or raise if one of the seeds is not there."""
    stated = stated_in(folder, changed_at(folder))
    for seed in seeds:
        if seed not in stated["runs"]:
            there = ", ".join(map(str, sorted(stated["runs"])))
            raise InputError(f"--from {folder}: no state with seed {seed} there; there are {there}")
    return stated


def changed_at(folder: Path) -> int:
    """Return when the states in a folder were saved, or raise if there are none."""
    try:
        return (folder / SAVED).stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"--from {folder}: no saved run there ({SAVED} is missing)") from None


@lru_cache(maxsize=4)
def stated_in(folder: Path, _: int) -> dict[str, Any]:
    """Return what a folder says of the states in it."""
    try:
        stated = json.loads((folder / SAVED).read_text(encoding="utf-8"))
        runs = {int(seed): run for seed, run in stated["runs"].items()}
        until = datetime.date.fromisoformat(stated["until"])
        states = {int(seed): state for seed, state in stated.get("states", {}).items()}
        return stated | {"runs": runs, "states": states, "until": until, "folder": str(folder)}
    except (KeyError, TypeError, ValueError):
        raise InputError(f"--from {folder}: {SAVED} is not readable as JSON of a saved run") from None
