"""The command `repeat`: one run once more, in this process, where its error or its numbers can be looked at."""

import dataclasses
import json
import re
import sys
import traceback
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from experiments.runs import work
from experiments.runs.folder import read_manifest, read_table
from experiments.runs.jobs import Job, Point, from_words, jobs_at, plan_of
from experiments.runs.plan import shifts_of
from experiments.runs.progress import Progress, say
from experiments.runs.summary import summary
from experiments.sweeps import quarantine
from experiments.sweeps.folder import is_sweep, read_plan
from experiments.sweeps.store import read_measures
from model import fingerprint
from model.errors import InputError

SAME, FAULT = 0, 1
IDENTITY = re.compile(r"[0-9a-f]{16}")
RESULTS = Path("results")


def repeat(word: str, within: Path | None) -> int:
    """Compute a run again and compare it with what is stored; return the exit code."""
    job, stored = found(word, within)
    check_code(job)
    plan = plan_of(job)
    try:
        measures = once_more(job)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        say(f"confianza: run {job.run} fails again, as the lines above say")
        return FAULT
    print(summary(plan, measures.to_pandas()))
    return compared(measures, stored)


def found(word: str, within: Path | None) -> tuple[Job, pa.Table | None]:
    """Return the run that is meant, with its stored measures if it has finished."""
    if word.endswith(".json"):
        return quarantine.read(Path(word))[0], None
    if not IDENTITY.fullmatch(word):
        raise InputError(f"a run is named by 16 hexadecimal digits, or by its file in quarantine/, got '{word}'")
    folders = [within] if within else sorted(path.parent for path in RESULTS.glob("*/manifest.json"))
    for folder in folders:
        of = of_sweep if is_sweep(folder) else of_run
        if (one := of(word, folder)) is not None:
            return one
    where = str(within) if within else f"any folder in {RESULTS}/; name its folder with --in"
    raise InputError(f"no run '{word}' in {where}")


def of_sweep(run: str, folder: Path) -> tuple[Job, pa.Table | None] | None:
    """Return a run of a sweep."""
    row = read_plan(folder).filter(pc.field("run") == run).to_pylist()
    if not row:
        return None
    job = from_words({"run": run, "seed": row[0]["seed"], "point": json.loads(row[0]["point"])})
    stored = read_measures(folder, {run})
    return job, stored if stored is not None and len(stored) else None


def of_run(run: str, folder: Path) -> tuple[Job, pa.Table | None] | None:
    """Return a run of the command `run`."""
    stated = read_manifest(folder)
    seed = next((int(seed) for seed, one in stated.get("runs", {}).items() if one == run), None)
    if seed is None:
        return None
    if stated["branched_from"]:
        raise InputError(f"run {run} went on from a saved state; repeat it with `confianza run --from`")
    point = Point(
        source=stated["source"],
        policies=tuple(stated["policies"]),
        sets=tuple(stated["varied"].items()),
        varied=tuple(stated["varied"]),
        start=stated["begins"],
        until=stated["until"],
        keep=tuple(stated["keep"]),
    )
    return Job(run, seed, point), read_table(folder, "measures").filter(pc.field("run") == run)


def check_code(job: Job) -> None:
    """Raise if the run cannot be repeated, since the code or the files that it was read from have changed."""
    now = next(iter(jobs_at(job.point, [job.seed]))).run
    if now != job.run:
        raise InputError(
            f"run {job.run} is now {now}: the code (this is {fingerprint()}), the scenario or a policy has changed"
        )


def once_more(job: Job) -> pa.Table:
    """Return all measures of a run, computed anew."""
    whole = dataclasses.replace(job, point=dataclasses.replace(job.point, measures=()))
    progress = Progress(f"run {job.run}", shifts_of(plan_of(job)))
    done = 0

    def tell(shifts: int) -> None:
        nonlocal done
        done += shifts
        progress.reach(done)

    try:
        return work.carry_out(whole, tell).tables["measures"]
    finally:
        progress.close()


def compared(measures: pa.Table, stored: pa.Table | None) -> int:
    """Say whether the numbers are those that are stored; return the exit code."""
    if stored is None:
        say("the run has finished; it was not stored before: start the sweep again to store it")
        return SAME
    names: list[Any] = stored.column_names
    if rows_of(measures.select(names)) == rows_of(stored):
        say("every number is the same as stored")
        return SAME
    say("confianza: the numbers differ from those stored, though code and settings are the same")
    return FAULT


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table in order of months, so that tables can be compared."""
    return table.sort_by("month").to_pylist()
