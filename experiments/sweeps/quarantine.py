"""Runs that failed: what they were asked to be, what went wrong, and the command that repeats each."""

import json
import shlex
from pathlib import Path
from typing import Any

from experiments.runs.folder import write_whole
from experiments.runs.jobs import Job, as_words, from_words
from model.errors import InputError

QUARANTINE = "quarantine"


def path_of(folder: Path, run: str) -> Path:
    """Return the file of a run in quarantine."""
    return folder / QUARANTINE / f"{run}.json"


def put(folder: Path, job: Job, error: str, trace: str) -> Path:
    """Put a run into quarantine; return its file."""
    path = path_of(folder, job.run)
    path.parent.mkdir(exist_ok=True)
    stated = {"repeat": command(path), "error": error, "traceback": trace.splitlines()} | as_words(job)
    write_whole(path, (json.dumps(stated, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def command(path: Path) -> str:
    """Return the command that repeats a run in quarantine."""
    return f"confianza repeat {shlex.quote(str(path))}"


def let_out(folder: Path, run: str) -> None:
    """Take a run that has finished after all out of quarantine."""
    path_of(folder, run).unlink(missing_ok=True)


def inside(folder: Path) -> list[Path]:
    """Return the files of all runs in quarantine."""
    return sorted((folder / QUARANTINE).glob("*.json"))


def read(path: Path) -> tuple[Job, dict[str, Any]]:
    """Return a run in quarantine and what is told of it."""
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        return from_words(stated), stated
    except FileNotFoundError:
        raise InputError(f"no file '{path}'") from None
    except (OSError, ValueError):
        raise InputError(f"{path} is not readable as JSON") from None
    except InputError as reason:
        raise InputError(f"{path}: {reason}") from None
