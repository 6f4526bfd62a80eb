"""The command `run` from the first shift to the printed summary."""

import time
from collections.abc import Sequence
from pathlib import Path

from experiments.figures.run import picture
from experiments.runs.folder import joined, manifest_of, parquets, write, write_saved
from experiments.runs.progress import say
from experiments.runs.runs import Runs, run_all
from experiments.runs.saved import SAVED
from experiments.runs.spec import RunSpec
from experiments.runs.summary import summary
from experiments.runs.work import chosen
from model.errors import InputError


def carry_out(specs: Sequence[RunSpec], workers: int, save: Path | None, folder: Path, begun: float) -> bool:
    """Carry out runs, write their folder and print the summary; return whether they were interrupted."""
    if save is not None:
        check_save(save)
    outcome = run_all(specs, workers, save, f"{specs[0].scenario.name}, {specs[0].policy}"[:40])
    if not outcome.finished:
        say("confianza: interrupted before the first run was finished; nothing was written")
        return True
    write_folder(specs, outcome, folder, time.monotonic() - begun)
    if save is not None:
        write_saved(save, [spec for spec, _ in outcome.finished])
        say(f"saved states: {save}")
    if outcome.interrupted:
        say(f"confianza: interrupted; kept {len(outcome.finished)} of {len(specs)} runs in {folder}")
    return outcome.interrupted


def check_save(save: Path) -> None:
    """Raise if a folder for saved states cannot be one."""
    if save.exists() and not save.is_dir():
        raise InputError(f"--save {save} is a file, not a folder")
    foreign = [path for path in save.glob("*") if path.name != SAVED and not path.name.startswith("seed_")]
    if foreign:
        raise InputError(f"--save {save} holds something else than saved states ({foreign[0].name}); choose another")
    (save / SAVED).unlink(missing_ok=True)  # what it says of the states there will not be true much longer


def write_folder(specs: Sequence[RunSpec], outcome: Runs, folder: Path, seconds: float) -> None:
    """Write everything into the folder of a run, then print its summary."""
    tables = joined(outcome.results)
    measures = tables["measures"].to_pandas()
    tables["measures"] = chosen(tables["measures"], specs[0])
    files = parquets(tables)
    if not measures.empty:
        files["summary.png"] = picture(specs[0], measures)
    write(folder, files, manifest_of(specs, outcome.results, seconds, outcome.interrupted))
    print(summary(specs[0], measures))
    print(f"\nWritten to {folder}/: {', '.join(sorted(files))}, manifest.json")
