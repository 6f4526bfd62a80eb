"""The command `trial`: check a design, run its lotteries, and write tables, figures and sentences into a folder."""

import shutil
from pathlib import Path

import pandas as pd

from experiments.execution.interruption import report_interruption
from experiments.execution.job_cache import JobCache, run_unfinished
from experiments.execution.shared_towns import town_for
from experiments.figures.svg import render_figure
from experiments.storage.folder_lock import LOCK, check_no_links, locked
from experiments.storage.progress import print_note, report_slow
from experiments.storage.results_folder import PARTS
from experiments.storage.writing import frame_as_csv, write_atomically
from experiments.trial.design import TrialDesign, find_design, read_design
from experiments.trial.diagnosis import FinishedTrial, tables_of
from experiments.trial.figures import FIGURES
from experiments.trial.lottery import (
    Lottery,
    LotteryFacts,
    LotteryResult,
    lottery_of_part,
    part_of_lottery,
    run_lottery,
)
from experiments.trial.sentences import report_of, trial_lines
from experiments.trial.units import (
    adults_of_units,
    check_dates,
    check_levers,
    check_survey,
    lever_rows,
    n_treated,
    trial_policy,
    trial_units,
)
from experiments.words.bilingual import LANGUAGES, FigureTexts
from experiments.words.console import console_text
from model.engine.errors import InputError

DONE, INTERRUPTED = 0, 130
IDENTITY_FILE = "trial.txt"
"""File of a folder that holds the identity of its trial."""
ENDINGS = (".svg", ".png")
RESULT_FILES = (
    *(f"{name}.csv" for name in ("truth", "spillover", "diagnosis", "study", "records", "levers")),
    *(f"trial.{language}.md" for language in LANGUAGES),
    *(f"{name}.{language}{ending}" for name in FIGURES for language in LANGUAGES for ending in ENDINGS),
)
"""Files that a trial writes into its folder."""


def trial(name: str, workers: int, out: Path | None, lang: str, *, fresh: bool) -> int:
    """Plan a field trial, or resume one that was interrupted; return the exit code."""
    path = find_design(name)
    design = read_design(path)
    folder = out or Path("results") / "trial" / path.stem
    try:
        jobs = checked_lotteries(design)
    except InputError as reason:
        raise InputError(f"{path}: {reason}") from None
    with locked(folder):
        open_folder(folder, jobs[0], fresh=fresh)
        cache = JobCache[Lottery, LotteryResult](folder, part_of_lottery, lottery_of_part, LotteryFacts)
        outcome = run_unfinished(jobs, run_lottery, workers, console_text("label.lotteries"), cache)
        if outcome.interrupted:
            report_interruption(f"what is finished is safe in {folder}; the same command goes on")
            return INTERRUPTED
        with report_slow(console_text("label.diagnosing")):
            files = files_of(FinishedTrial(design, outcome.results), jobs[0])
            for file, content in files.items():
                write_atomically(folder / file, content)
    print(files[f"trial.{lang}.md"].decode())
    print_note(console_text("note.diagnosed", folder=folder))
    return DONE


def checked_lotteries(design: TrialDesign) -> list[Lottery]:
    """Return the lotteries of a design; raise `InputError` if it cannot be run."""
    jobs = [Lottery(design, number) for number in range(design.worlds.lotteries)]
    scenario = jobs[0].spec.scenario
    policy = trial_policy(design, scenario)
    check_dates(design, scenario)
    check_levers(design, policy, scenario)
    town = town_for(jobs[0].spec)
    units = trial_units(design, town)
    n_treated(design, units.n)
    check_survey(design, adults_of_units(units, town, design))
    return jobs


def open_folder(folder: Path, first: Lottery, *, fresh: bool) -> None:
    """Prepare the folder of a trial; raise `InputError` if it holds another trial, or something else."""
    check_no_links(folder, PARTS)
    identity = f"{first.key}\n".encode()
    stated = folder / IDENTITY_FILE
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in (LOCK, PARTS))
    if foreign and not stated.is_file():
        raise InputError(f"--out {folder} holds something else than a trial ({foreign[0]}): choose another folder")
    if stated.is_file() and stated.read_bytes() != identity and not fresh:
        raise InputError(f"--out {folder} holds another trial: choose another folder, or begin anew with --fresh")
    if fresh:
        shutil.rmtree(folder / PARTS, ignore_errors=True)
        for name in RESULT_FILES:
            (folder / name).unlink(missing_ok=True)
    write_atomically(stated, identity)


def files_of(finished: FinishedTrial, first: Lottery) -> dict[str, bytes]:
    """Return all files of a diagnosed trial by name."""
    design, scenario = finished.design, first.spec.scenario
    tables = dict(tables_of(finished)) | {"levers": pd.DataFrame(lever_rows(first.policy, design.unit))}
    lines = trial_lines(finished, tables, scenario, first.policy)
    files = {f"{name}.csv": frame_as_csv(table) for name, table in tables.items() if len(table.columns)}
    files |= {f"trial.{language}.md": report_of(finished, lines, language).encode() for language in LANGUAGES}
    diagnosis = tables["diagnosis"]
    told = diagnosis[diagnosis["estimator"] == finished.main_estimator]
    return files | figure_files(told, design.unit)


def figure_files(diagnosis: pd.DataFrame, unit: str) -> dict[str, bytes]:
    """Return all figures in both languages by the name of their file."""
    files = {}
    for name, draw in FIGURES.items():
        for language in LANGUAGES:
            for ending in ENDINGS:
                stem = f"{name}.{language}"
                figure = draw(diagnosis, unit, FigureTexts(language))
                files[f"{stem}{ending}"] = render_figure(figure, ending, stem)
    return files
