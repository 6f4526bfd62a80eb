"""Lock file of `confianza answer`: settings that decide its numbers, and digests of the files written."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.levels import LEVELS_FILE
from experiments.reproduce.plan import PLAN_FILE as PLAN
from experiments.storage.folder_lock import LOCK as FOLDER_LOCK
from experiments.storage.manifest import provenance
from experiments.storage.run_folder import json_of
from experiments.storage.run_identity import sha256_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from scenarios import accounts

LOCK_FILE = "reproduce.lock.json"
LOCKED_SUFFIXES = (".csv", ".md", ".svg", ".png", ".html", ".parquet", ".toml")
"""Suffixes of files whose digests are in the lock, except the runs."""


def settings_of(design: ReproduceDesign, name: str) -> dict[str, Any]:
    """Return the settings that decide the runs of a folder: size, plan, draws, accounts and code of the model."""
    account_values = {account: accounts.read(account) for account in accounts.names()}
    draws = json.dumps([design.names, design.cube.tolist(), list(design.settings)])
    return {
        "size": name,
        "plan": sha256_of(PLAN.read_bytes()),
        "levels": sha256_of(LEVELS_FILE.read_bytes()),
        "draws": sha256_of(draws.encode()),
        "accounts": sha256_of(json.dumps(account_values, sort_keys=True).encode()),
        "fingerprint": fingerprint(),
    }


def read_lock(folder: Path) -> dict[str, Any]:
    """Return the content of the lock of a folder; raise InputError if it cannot be read."""
    path = folder / LOCK_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("files"), dict):
        raise InputError(f"{path} is not readable as the lock of a folder that `answer` wrote")
    return content


def check_lock(folder: Path, current: Mapping[str, Any]) -> None:
    """Raise InputError if a folder was begun with other settings; runs of two versions must not be mixed."""
    if (folder / LOCK_FILE).is_file():
        check_settings(folder, read_lock(folder), current)


def check_own_folder(folder: Path, begun: Collection[str]) -> None:
    """Raise InputError if a folder holds other files than ``begun`` and no lock: `answer` has not filled it."""
    foreign = sorted(path.name for path in folder.glob("*") if path.name not in (FOLDER_LOCK, *begun))
    if foreign and not (folder / LOCK_FILE).is_file():
        raise InputError(
            f"--out {folder} holds something else than results of `answer` ({foreign[0]}): choose another folder"
        )


def check_settings(folder: Path, locked: Mapping[str, Any], current: Mapping[str, Any]) -> None:
    """Raise InputError if a lock differs from the current settings in any entry."""
    for key, value in current.items():
        if locked.get(key) != value:
            what = f"{folder / LOCK_FILE}: {key} is another than now ({value})"
            raise InputError(f"{what}: choose another folder, or begin anew with --fresh")


def write_lock(folder: Path, current: Mapping[str, Any], **facts: Any) -> None:
    """Write the lock, with the digests of all tables, figures, sentences and pages."""
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix in LOCKED_SUFFIXES and path.name != "README.md")
    names = {path.relative_to(folder).as_posix(): path for path in paths if path.is_file()}
    files = {name: sha256_of(path.read_bytes()) for name, path in names.items() if not name.startswith("runs/")}
    write_atomically(folder / LOCK_FILE, json_of({**current, **provenance(), **facts, "files": files}))
