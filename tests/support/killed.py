"""The program `confianza` that is killed once, as a whole or in one of its workers, at the moment that KILLED names."""

import contextlib
import functools
import os
import signal
import sys
from fnmatch import fnmatch
from pathlib import Path

from experiments.execution import local_workers

MOMENT, MARK = os.environ["KILLED"], Path(os.environ["MARK"])


def die(moment: str) -> None:
    """Be killed if this is the moment, and it has not come before in any process."""
    if fnmatch(moment, MOMENT):
        with contextlib.suppress(FileExistsError):
            MARK.touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)


def before(owner: object, name: str, moment: str) -> None:
    """Let a moment come before something is done."""
    done = getattr(owner, name)

    @functools.wraps(done)
    def to_do(*parts: object) -> object:
        die(moment)
        return done(*parts)

    setattr(owner, name, to_do)


def run_job(slot: int, job: local_workers.Job) -> object:
    """Carry out a job; be killed with the result in hand, or half-way through telling it."""
    result = done(slot, job)
    die("worker, done")
    if fnmatch("worker, telling", MOMENT) and not MARK.exists():
        from stub_runs import tell_half

        tell_half()
        die("worker, telling")
    return result


def replace(aside: Path, target: Path) -> Path:
    """Put a file in its place; be killed with one half of it written, or as soon as it lies there."""
    name = f"{target.parent.name}/{target.name}"
    if fnmatch(f"writing {name}", MOMENT) and not MARK.exists():
        os.truncate(aside, aside.stat().st_size // 2)
    die(f"writing {name}")
    placed = put(aside, target)
    die(f"written {name}")
    return placed


before(local_workers, "initialise_worker", "worker, starting")
before(local_workers.WorkerState, "report", "worker, amid")
before(local_workers.LocalExecutor, "submit", "parent, giving")
before(local_workers.LocalExecutor, "collect", "parent, taking")
done, local_workers.run_job = local_workers.run_job, functools.wraps(local_workers.run_job)(run_job)
put, Path.replace = Path.replace, replace  # type: ignore[method-assign]

if __name__ == "__main__":
    from experiments.cli import app as cli

    sys.exit(cli.run_program(sys.argv[1:]))
