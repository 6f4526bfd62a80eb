"""Runs and contrasts over draws of the assumed parameters, in addition to those at defaults (`--draws`).

Each draw is run as in `confianza compare --draws`; runs that are finished in the folder are not repeated.
"""

from collections.abc import Sequence
from pathlib import Path

from experiments.comparison.over_draws import draw_levels_table, groups_over_draws, uncertainty_table
from experiments.comparison.study_contrasts import contrast_effects, groups_of_study
from experiments.execution.interruption import report_interruption
from experiments.execution.parameter_draws import Draw
from experiments.execution.runs import CompareLabel, CompareResults, RunGroup, run_missing_groups
from experiments.figures.answers import sweep_folder
from experiments.figures.plot_command import CONTRAST_MEASURES, chosen_measures
from experiments.narrative.draw_lines import contrast_lines, level_lines
from experiments.narrative.messages import figure_message
from experiments.storage.folder_lock import locked
from experiments.storage.reading import read_plan, specs_of, stored_measures
from experiments.storage.run_spec import RunSpec
from experiments.storage.writing import frame_as_csv, write_atomically, write_requested
from experiments.studies.study_folder import CONTRASTS_FILE, OVER_DRAWS_FOLDER
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text
from experiments.words.dictionary import POLICY_PREFIX
from model.engine.errors import InputError

LEVELS_FILE = "over_draws.csv"


def report_levels(spec: RunSpec, draws: Sequence[Draw], workers: int, folder: Path, wording: FigureTexts) -> bool:
    """Run every draw; write and print the levels over all draws. Return whether it was interrupted."""
    sets = [f"{name}={text}" for name, text in spec.overrides]
    with locked(folder):
        results, interrupted = run_draws(list(groups_over_draws(0, [spec], draws, sets)), workers, folder)
    if interrupted:
        return True
    table = uncertainty_table(draw_levels_table(results))
    write_atomically(folder / LEVELS_FILE, frame_as_csv(table))
    print("\n".join(level_lines(table, len(draws), wording)))
    print(f"\n{figure_message('over_draws.written', wording, file=folder / LEVELS_FILE)}")
    return False


def report_contrasts(
    study: str, draws: Sequence[Draw], requested: str, workers: int, wording: FigureTexts, fresh: bool
) -> bool:
    """Run every draw of a study; write its contrasts and print those requested. Return whether it was interrupted."""
    folder = sweep_folder(study)
    plan = read_plan(folder).to_pandas()
    varied = [name for name in plan.columns if "." in name and not name.startswith(POLICY_PREFIX)]
    if varied:
        raise InputError(f"{folder}: --draws takes a study that changes policies alone, this one varies {varied[0]}")
    combinations = plan.drop_duplicates(["scenario", "policy"])
    groups = groups_of_study(combinations, specs_of(folder), draws)
    with locked(folder):
        results, interrupted = run_draws(groups, workers, folder / OVER_DRAWS_FOLDER)
    if interrupted:
        return True
    table = uncertainty_table(contrast_effects(combinations, results, stored_measures(folder)))
    write_requested({folder / CONTRASTS_FILE: frame_as_csv(table)}, fresh)
    print("\n".join(contrast_lines(table, len(draws), chosen_measures(folder, requested, CONTRAST_MEASURES), wording)))
    print(f"\n{figure_message('over_draws.written', wording, file=folder / CONTRASTS_FILE)}")
    return False


def run_draws(
    groups: Sequence[RunGroup[CompareLabel]], workers: int, folder: Path
) -> tuple[list[CompareResults], bool]:
    """Run the groups that are missing in a folder; return all results, and whether the work was interrupted."""
    outcome = run_missing_groups(groups, workers, console_text("label.draws"), folder)
    if outcome.interrupted:
        report_interruption(console_text("interrupted.draws", n=len(outcome.finished), all=len(groups)))
    return outcome.results, outcome.interrupted
