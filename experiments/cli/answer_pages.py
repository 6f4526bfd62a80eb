"""`answer --only pages`: write the page of each town from a finished answer."""

from dataclasses import replace
from pathlib import Path

from experiments.cli.answer import PAGE_FOLDER, command_of, folder_of
from experiments.reproduce.design import design_of
from experiments.reproduce.earlier_pairs import read_pairs
from experiments.reproduce.level_runs import LEVELS_FILE, read_levels
from experiments.reproduce.lock import LOCK_FILE, check_settings, read_lock, settings_of
from experiments.reproduce.plan import SITES
from experiments.reproduce.runs import PAIRS_FILE
from experiments.reproduce.surfaces import fitted_surfaces, with_unknowns
from experiments.storage.progress import print_note
from experiments.storage.writing import already_there
from experiments.town_page.town_page import page_paths, town_pages, write_pages
from model.engine.errors import InputError

MODEL_KEY = "fingerprint"
"""Setting that may differ: pages tell what older runs did."""


def write_town_pages(source: Path | None, workers: int, out: Path | None, fresh: bool) -> None:
    """Write the page of each town from the pairs of a folder, `answer`'s own by default, and print the paths."""
    folder = source or folder_of("whole")
    out = out or Path("results") / PAGE_FOLDER
    for path in () if fresh else page_paths(out, SITES).values():
        if path.is_file():
            raise InputError(f"--out {already_there(path)}")
    if not (folder / LOCK_FILE).is_file():
        raise InputError(f"--from {folder} has no {LOCK_FILE}: name a folder that `confianza answer` wrote")
    locked = read_lock(folder)
    size = str(locked.get("size"))
    design = design_of(size)
    current = settings_of(design, size)
    model = current.pop(MODEL_KEY)
    check_settings(folder, locked, current)
    if locked.get(MODEL_KEY) != model:
        print_note(f"{folder}: its runs are of another version of the model")
    design = replace(design, solved=read_levels(folder)) if design.size.levels else design
    if design.size.levels and design.solved is None:
        raise InputError(f"{folder} has no {LEVELS_FILE}, in which the levels of its draws are solved")
    pairs = read_pairs(folder / PAIRS_FILE)
    design = with_unknowns(design, pairs)
    pages = town_pages(design, pairs, fitted_surfaces(design, pairs, workers), command_of(size))
    for path in write_pages(pages, out):
        print(path)
