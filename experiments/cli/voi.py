"""The command `voi`: tables, figures and a ranked list of what to measure first, from pairs of runs on record."""

from pathlib import Path

import pandas as pd

from experiments.cli.reproduce import folder_of
from experiments.figures.svg import render_figure
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.design import ReproduceDesign, design_of
from experiments.reproduce.earlier_pairs import read_pairs
from experiments.reproduce.effects import main_pairs, of_packages
from experiments.reproduce.lock import read_lock, settings_of
from experiments.reproduce.plan import SITES
from experiments.reproduce.runs import PAIRS_FILE
from experiments.storage.progress import print_note, report_slow
from experiments.storage.writing import frame_as_csv, make_folder, write_requested
from experiments.voi.choice import PackageChoice, choice_worlds, horizon_of_most
from experiments.voi.figures import FIGURES
from experiments.voi.sentences import site_lines, voi_lines
from experiments.voi.worth import Valuation, cost_table, variance_table, worth_table
from experiments.words.bilingual import LANGUAGES, FigureTexts
from experiments.words.console import console_text
from model.engine.errors import InputError, suggest_nearest

OUT = Path("results") / "voi"
REFERENCE = Path("results") / "reference" / "reproduce"
ENDINGS = (".svg", ".png")
SAME_SETTINGS = ("plan", "draws", "accounts")
"""Settings of a folder that must be those of now, so that its draws have the same numbers."""


def voi(
    choice: PackageChoice, source: Path | None, years: int | None, top: int, out: Path | None, lang: str, fresh: bool
) -> None:
    """Value what could be known before a choice; write tables, figures and lists, and print the list."""
    folder = source or next((one for one in (folder_of("whole"), REFERENCE) if (one / PAIRS_FILE).is_file()), REFERENCE)
    place = out or OUT
    design, pairs = read_answer(folder)
    horizon = checked_horizon(pairs, years)
    with report_slow(console_text("label.valuing")):
        valuations = [
            Valuation(choice_worlds(pairs, site, choice, horizon, account_weights()), choice, design, design.plan.seed)
            for site in SITES
        ]
        tables = {
            name: pd.concat([table(one) for one in valuations], ignore_index=True)
            for name, table in {"worth": worth_table, "variance": variance_table, "costs": cost_table}.items()
        }
        sentences = [
            list(site_lines(one, of_site(tables["worth"], one), of_site(tables["costs"], one), top))
            for one in valuations
        ]
        files = {f"{name}.csv": frame_as_csv(table) for name, table in tables.items()}
        texts = {language: "\n".join(voi_lines(sentences, language)) for language in LANGUAGES}
        files |= {f"measure_first.{language}.md": text.encode() for language, text in texts.items()}
        files |= figure_files(tables)
    make_folder(place)
    write_requested({place / name: content for name, content in files.items()}, fresh)
    print(texts[lang])
    print_note(console_text("note.valued", folder=place))


def read_answer(folder: Path) -> tuple[ReproduceDesign, pd.DataFrame]:
    """Return design and pairs of packages of a folder of `reproduce`; raise `InputError` if they do not go together."""
    lock = read_lock(folder)
    size = str(lock.get("size"))
    design = design_of(size)
    current = settings_of(design, size)
    for key in SAME_SETTINGS:
        if lock.get(key) != current[key]:
            raise InputError(
                f"--from {folder}: {key} of these pairs differ from those of this version, so that their numbers are"
                " not known: make them anew with `confianza reproduce`"
            )
    if lock.get("fingerprint") != current["fingerprint"]:
        print_note(console_text("note.other_model", folder=folder))
    pairs = of_packages(read_pairs(folder / PAIRS_FILE))
    if main_pairs(pairs).empty:
        raise InputError(f"--from {folder}: no pair of packages has finished")
    return design, pairs


def checked_horizon(pairs: pd.DataFrame, years: int | None) -> int:
    """Return the horizon: that of most pairs, or the one stated, if there are pairs."""
    main = main_pairs(pairs)
    known = sorted({int(one) for one in main["years"]})
    if years is not None and years not in known:
        near = suggest_nearest(str(years), map(str, known))
        raise InputError(f"--years: pairs reach {', '.join(map(str, known))} years, got {years}{near}")
    return horizon_of_most(main) if years is None else years


def of_site(table: pd.DataFrame, valuation: Valuation) -> pd.DataFrame:
    """Return the rows of a table on the municipality of a valuation."""
    return table[table["site"] == valuation.worlds.site]


def figure_files(tables: dict[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return all figures in both languages by the name of their file."""
    files = {}
    for name, draw in FIGURES.items():
        for language in LANGUAGES:
            for ending in ENDINGS:
                stem = f"{name}.{language}"
                files[f"{stem}{ending}"] = render_figure(draw(tables[name], FigureTexts(language)), ending, stem)
    return files
