"""The command `answer`: runs, emulators, tables, figures, sentences, pages and lock, in one folder."""

import shlex
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from experiments.execution.interruption import report_interruption
from experiments.figures.svg import render_figure
from experiments.reproduce.design import POLICIES_FOLDER, ReproduceDesign, design_of
from experiments.reproduce.earlier_pairs import (
    EARLIER_LOCK_FILE,
    EARLIER_PAIRS_FILE,
    earlier_pairs,
    earlier_provenance,
    import_levels,
    import_pairs,
)
from experiments.reproduce.figures import FIGURES
from experiments.reproduce.level_runs import LEVELS_FILE, LEVELS_FOLDER, read_levels, solve_levels
from experiments.reproduce.lock import LOCK_FILE, check_lock, check_own_folder, settings_of, write_lock
from experiments.reproduce.repeat_pair import repeat_pair
from experiments.reproduce.runs import (
    PAIRS_FILE,
    RUNS_FOLDER,
    missing_specs,
    pairs_of,
    planned_specs,
    run_missing_specs,
)
from experiments.reproduce.sentences import sentence_lines
from experiments.reproduce.surfaces import fitted_surfaces, with_unknowns
from experiments.reproduce.tables import tables_of
from experiments.storage.folder_lock import check_no_links, locked
from experiments.storage.progress import print_note, report_slow
from experiments.storage.result_tables import parquet_bytes
from experiments.storage.writing import frame_as_csv, make_folder, write_atomically
from experiments.studies.study_engine import SweepOutcome
from experiments.town_page.town_page import town_pages, write_pages
from experiments.words.bilingual import LANGUAGES, FigureTexts
from model.engine.errors import InputError

DONE, FAILED, INTERRUPTED = 0, 1, 130
TABLE_FOLDER, FIGURE_FOLDER, PAGE_FOLDER = "tables", "figures", "page"
RESULT_FOLDERS = (RUNS_FOLDER, LEVELS_FOLDER, POLICIES_FOLDER, TABLE_FOLDER, FIGURE_FOLDER, PAGE_FOLDER)
EARLIER_PAGE = "explorer.html"
"""Page that versions up to 0.3 wrote."""
ENDINGS = (".svg", ".png")
BEFORE_LOCK = (POLICIES_FOLDER, LEVELS_FILE, EARLIER_PAIRS_FILE, EARLIER_LOCK_FILE)
"""Entries of a folder that --from writes before the lock."""


def repeat(size: str, name: str, workers: int, out: Path | None) -> None:
    """Run one pair of the design again and print its effects."""
    folder = out or folder_of(size)
    design = replace(design_of(size), solved=read_levels(folder))
    if design.size.levels and design.solved is None:
        raise InputError(f"--repeat: {folder} has no {LEVELS_FILE}, in which the levels of its draws are solved")
    for line in repeat_pair(design, name, folder, workers):
        print(line)


def folder_of(size: str) -> Path:
    """Return the default folder of a size."""
    return Path("results") / ("answer" if size == "whole" else f"answer-{size}")


def answer(
    size: str, workers: int, out: Path | None, *, fresh: bool, so_far: bool = False, source: Path | None = None
) -> int:
    """Answer the question of the paper, or resume an interrupted answer; return the exit code.

    With ``so_far`` nothing is run and finished pairs are reported.  Pairs in the folder ``source`` are not run again.
    """
    folder = out or folder_of(size)
    design = design_of(size)
    settings = settings_of(design, size)
    with locked(folder):
        check_no_links(folder, *RESULT_FOLDERS)
        check_own_folder(folder, BEFORE_LOCK)
        if fresh:
            remove_results(folder)
        if source:
            import_levels(design, source, folder)
            import_pairs(replace(design, solved=read_levels(folder)), source, folder, settings, workers)
        check_lock(folder, settings)
        earlier, provenance = earlier_pairs(folder), earlier_provenance(folder)
        write_lock(folder, settings, **provenance)
        if design.size.levels:
            solved = read_levels(folder) if so_far else solve_levels(design, folder, workers)
            if solved is None and so_far:
                raise InputError(f"--so-far: {folder} has no levels of its draws yet, so that no pair has begun")
            if solved is None:
                return report_rest(folder)
            design = replace(design, solved=solved)
        specs = missing_specs(planned_specs(design, folder), earlier)
        outcome, seconds = (SweepOutcome(), 0.0) if so_far else run_missing_specs(specs, folder, workers)
        if outcome.interrupted:
            return report_rest(folder)
        pairs = pairs_of(design, specs, folder, earlier)
        write_results(design, pairs, folder, size, workers)
        write_lock(
            folder, settings, command=command_of(size), pairs=count_pairs(pairs), planned=sum(1 for _ in design.pairs),
            failed=outcome.failed, seconds=round(seconds), workers=workers, **provenance,
        )  # fmt: skip
    return FAILED if outcome.failed else DONE


def report_rest(folder: Path) -> int:
    """Say how an interrupted answer goes on; return the exit code."""
    report_interruption(f"what is finished is safe in {folder}; the same command goes on")
    return INTERRUPTED


def remove_results(folder: Path) -> None:
    """Remove the files that this command wrote into a folder; others stay."""
    for name in RESULT_FOLDERS:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
    for name in (
        LOCK_FILE,
        EARLIER_PAGE,
        PAIRS_FILE,
        LEVELS_FILE,
        EARLIER_PAIRS_FILE,
        EARLIER_LOCK_FILE,
        *(f"sentences.{one}.md" for one in LANGUAGES),
    ):
        (folder / name).unlink(missing_ok=True)


def command_of(size: str) -> str:
    """Return the command that creates the results of a size."""
    return shlex.join(["confianza", "answer", *(["--size", size] if size != "whole" else [])])


def count_pairs(pairs: pd.DataFrame) -> int:
    """Return the number of pairs of runs in a table."""
    return len(pairs.drop_duplicates(["site", "kind", "draw", "account", "arm"])) if len(pairs) else 0


def write_results(design: ReproduceDesign, pairs: pd.DataFrame, folder: Path, size: str, workers: int) -> None:
    """Write tables, figures, sentences and pages from the pairs of a folder."""
    if pairs.empty:
        raise InputError(
            f"{folder}: no pair of runs has finished, so there is nothing to tell; see {folder}/{RUNS_FOLDER}"
        )
    import pyarrow as pa

    write_atomically(folder / PAIRS_FILE, parquet_bytes(pa.Table.from_pandas(pairs, preserve_index=False)))
    design = with_unknowns(design, pairs)
    surfaces = fitted_surfaces(design, pairs, workers)
    with report_slow("writing tables and figures"):
        tables = tables_of(design, pairs, surfaces)
        write_tables(folder, tables)
        for language in LANGUAGES:
            write_atomically(folder / f"sentences.{language}.md", "\n".join(sentence_lines(tables, language)).encode())
        write_figures(folder, tables)
        write_pages(town_pages(design, pairs, surfaces, command_of(size)), folder / PAGE_FOLDER)
    (folder / EARLIER_PAGE).unlink(missing_ok=True)
    print("\n".join(sentence_lines(tables, "en")))
    print_note(f"tables, figures, sentences and the page of each town are in {folder}")


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write all tables as CSV, numbers with six digits."""
    make_folder(folder / TABLE_FOLDER)
    for name, table in tables.items():
        write_atomically(folder / TABLE_FOLDER / f"{name}.csv", frame_as_csv(table))


def write_figures(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write every figure that has data, in both languages, as SVG (for posters and journals) and PNG."""
    make_folder(folder / FIGURE_FOLDER)
    for name, draw in FIGURES.items():
        if tables[name].empty:
            print_note(f"figure {name} is left out: its runs have not finished")
            continue
        for language in LANGUAGES:
            for ending in ENDINGS:
                stem = f"{name}.{language}"
                content = render_figure(draw(tables, FigureTexts(language)), ending, stem)
                write_atomically(folder / FIGURE_FOLDER / f"{stem}{ending}", content)
