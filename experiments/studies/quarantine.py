"""Quarantine of failed runs: their specification, their error, and the command that repeats each."""

import shlex
from pathlib import Path

from experiments.storage.manifest_schema import Quarantined, read_validated_json
from experiments.storage.quoting import quoted
from experiments.storage.run_folder import json_of
from experiments.storage.run_spec import RunSpec
from experiments.storage.writing import make_folder, write_atomically
from model.engine.errors import InputError

QUARANTINE = "quarantine"


def path_of(folder: Path, run: str) -> Path:
    """Return the file of a run in quarantine."""
    return folder / QUARANTINE / f"{run}.json"


def add_run(folder: Path, job: RunSpec, error: str, trace: str) -> Path:
    """Put a run into quarantine; return its file."""
    path = path_of(folder, job.run)
    make_folder(path.parent)
    stated = {"repeat": command(path), "error": quoted(error), "traceback": quoted(trace).splitlines()}
    stated |= {"run": job.run, "command": job.command}
    write_atomically(path, json_of(stated))
    return path


def command(path: Path) -> str:
    """Return the command that repeats a run in quarantine."""
    return f"confianza verify {shlex.quote(str(path))}"


def remove_run(folder: Path, run: str) -> None:
    """Remove a run from quarantine after it has finished."""
    path_of(folder, run).unlink(missing_ok=True)


def read(path: Path) -> tuple[str, RunSpec]:
    """Return the identity and the specification of a run in quarantine."""
    try:
        stated = read_validated_json(path, Quarantined)
        return str(stated["run"]), RunSpec.read(stated["command"])
    except InputError as reason:
        raise InputError(f"{path}: {str(reason).removeprefix(f'{path}: ')}") from None
