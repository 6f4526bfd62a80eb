"""Saved states: what a folder of them says, and where the State of each seed lies."""

import datetime
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from model.errors import InputError

SAVED = "saved.json"


def seed_folder(folder: Path, seed: int) -> Path:
    """Return where the State of one seed lies in a folder of saved states."""
    return folder / f"seed_{seed}"


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
        return stated | {"runs": runs, "until": until, "folder": str(folder)}
    except (KeyError, TypeError, ValueError):
        raise InputError(f"--from {folder}: {SAVED} is not readable as JSON of a saved run") from None
