"""The command `run`: simulate, write the results folder and print a summary."""

import time
from collections.abc import Sequence
from pathlib import Path

from experiments.execution.confined_levers import note_confined_levers
from experiments.execution.interruption import report_interruption
from experiments.execution.run_job import measures_to_keep
from experiments.execution.runs import Runs, run_missing
from experiments.narrative.messages import figure_message
from experiments.narrative.run_summary import summary_table
from experiments.storage.disk_space import check_disk_space, size_of_runs, size_of_states
from experiments.storage.manifest import RUN, short_name
from experiments.storage.progress import print_note
from experiments.storage.reading import load_table
from experiments.storage.results_folder import (
    ResultsFolder,
    digests_of,
    locked_results_folder,
    open_results_folder,
    publish_folder,
)
from experiments.storage.run_crate import CRATE, crate_of, seeds_and_dates
from experiments.storage.run_folder import join_runs, parquet_files, run_manifest, write_saved, write_with_manifest
from experiments.storage.run_identity import canonical_json, digest_of
from experiments.storage.run_spec import RunSpec, command_of
from experiments.storage.saved_states import are_saved, check_save
from experiments.storage.writing import write_atomically
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text

CONTENT = "Months of a Guatemalan municipality: measures, settlements, groups, cells, causes of trust, decisions"


def run_and_save(
    specs: Sequence[RunSpec], workers: int, save: Path | None, out: Path | None, *, fresh: bool, wording: FigureTexts
) -> tuple[Path, bool]:
    """Simulate runs, write their folder and print the summary; return the folder and whether it was interrupted."""
    begun = time.monotonic()
    runs = {one.seed: one.run for one in specs}
    if save is not None:
        check_save(save, runs, fresh)
    note_confined_levers([specs[0].scenario])
    results = results_folder_for(specs, out, fresh)
    if results.ready and (save is None or are_saved(save, runs)):
        if not specs[0].measures:
            print(summary_table(specs[0], load_table(results.place, "measures").to_pandas(), wording))
        print(f"\n{figure_message('comparison.ready', wording, place=results.place)}")
        return results.place, False
    planned: dict[str, tuple[Path, float]] = {"--out": (results.place, size_of_runs(specs))}
    check_disk_space(planned | ({"--save": (save, size_of_states(specs))} if save else {}))
    with locked_results_folder(results) as work:
        outcome = run_missing(specs, workers, f"{specs[0].scenario.name}, {specs[0].policy}"[:40], work, save)
        if not outcome.finished:
            report_interruption(console_text("interrupted.no_run"))
            return results.place, True
        summary = write_folder(specs, outcome, work, time.monotonic() - begun, results, wording)
        if save is not None:
            write_saved(save, [spec for spec, _ in outcome.finished])
            print_note(console_text("note.saved", folder=save))
        publish_folder(results, work, complete=not outcome.interrupted)
    print(summary)
    if outcome.interrupted:
        n_kept, folder = len(outcome.finished), results.place
        report_interruption(console_text("interrupted.runs", n=n_kept, all=len(specs), folder=folder))
    return results.place, outcome.interrupted


def results_folder_for(specs: Sequence[RunSpec], out: Path | None, fresh: bool) -> ResultsFolder:
    """Return the results folder of some runs; the varied columns are part of its identity."""
    first = specs[0]
    identity = digest_of(canonical_json([RUN, [one.run for one in specs], list(first.varied)]).encode())
    default = Path("results") / f"{first.scenario.name}-{short_name(first.policy)}-{first.seed}"
    return open_results_folder(default, out, RUN, identity, command_of(specs), fresh)


def write_folder(
    specs: Sequence[RunSpec], outcome: Runs, work: Path, seconds: float, results: ResultsFolder, wording: FigureTexts
) -> str:
    """Write all files into the work folder of a run; return its summary in a language."""
    tables = join_runs(outcome.results)
    measures = tables["measures"].to_pandas()
    tables["measures"] = measures_to_keep(tables["measures"], specs[0])
    files = parquet_files(tables)
    if not measures.empty:
        from experiments.figures.run import draw_run  # imports Matplotlib, once the worlds have left their memory
        from experiments.figures.svg import render_figure

        files["summary.png"] = render_figure(draw_run(specs[0], measures, FigureTexts("en")), ".png", "summary")
    manifest = run_manifest(specs, outcome.results, seconds, outcome.interrupted)
    for name, content in files.items():
        write_atomically(work / name, content)
    manifest |= {"identity": results.identity, "files": digests_of(files)}
    crate = crate_of(work, manifest, CONTENT, manifest["command"], seeds_and_dates(manifest))
    write_with_manifest(work, {CRATE: crate}, manifest)
    names = ", ".join([*sorted(files), "manifest.json"])
    message = figure_message("run.written", wording, place=results.place, files=names)
    return f"{summary_table(specs[0], measures, wording)}\n\n{message}"
