"""`answer --only value`: what to measure first, as tables, figures and a ranked list, from pairs of runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import pandas as pd

from experiments.cli.answer import folder_of
from experiments.figures.svg import render_figure
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.design import ReproduceDesign, design_of
from experiments.reproduce.earlier_pairs import read_pairs
from experiments.reproduce.effects import main_pairs, of_packages
from experiments.reproduce.lock import read_lock, settings_of
from experiments.reproduce.plan import SITES
from experiments.reproduce.runs import PAIRS_FILE, rows_in
from experiments.storage.progress import print_note, report_slow
from experiments.storage.writing import frame_as_csv, make_folder, write_requested
from experiments.voi.choice import PackageChoice, choice_worlds, horizon_of_most
from experiments.voi.effect_trial import EffectTrial, study_table
from experiments.voi.expected_value import Valuation, cost_table, expected_value_table, variance_table
from experiments.voi.figures import FIGURES
from experiments.voi.sentences import site_lines, study_sentence, voi_lines
from experiments.words.bilingual import LANGUAGES, BilingualText, FigureTexts
from experiments.words.console import console_text
from model.engine.errors import InputError, suggest_nearest

OUT = Path("results") / "value"
REFERENCE = Path("results") / "reference" / "reproduce"
ENDINGS = (".svg", ".png")
SAME_SETTINGS = ("plan", "draws", "accounts")
"""Settings of a folder that must be those of now, so that its draws have the same numbers."""


@dataclass(frozen=True)
class ValueRequest:
    """Choice and trials to value, the folder of pairs, the horizon in years, and the length of the list."""

    choice: PackageChoice
    trials: Sequence[EffectTrial] = ()
    source: Path | None = None
    years: int | None = None
    top: int = 10

    @classmethod
    def read(cls, packages: str | None, weights: str | None, cost: str | None, trials: Sequence[str]) -> Self:
        """Return the request for packages, weights, costs and trials as they are typed."""
        choice = PackageChoice.read(packages or "", weights or "trust=0.5,crime=0.5", cost or "")
        return cls(choice, [found for one in trials for found in EffectTrial.read_all(one)])

    @property
    def folder(self) -> Path:
        """Folder of pairs: the one stated, that of `answer`, or the results on record."""
        known = (folder_of("whole"), REFERENCE)
        return self.source or next((one for one in known if (one / PAIRS_FILE).is_file()), REFERENCE)


def tell_value(request: ValueRequest, out: Path | None, lang: str, *, fresh: bool) -> None:
    """Value what could be known before a choice; write tables, figures and lists, and print the list."""
    place = out or OUT
    design, pairs = read_answer(request.folder)
    horizon = checked_horizon(pairs, request.years)
    with report_slow(console_text("label.valuing")):
        worlds = [choice_worlds(pairs, site, request.choice, horizon, account_weights()) for site in SITES]
        valuations = [Valuation(one, request.choice, design, design.plan.seed) for one in worlds]
        tables = tables_of(valuations, request.trials)
        texts = {
            language: "\n".join(voi_lines(sentences_of(request, valuations, tables), language))
            for language in LANGUAGES
        }
        files = {f"{name}.csv": frame_as_csv(table) for name, table in tables.items() if len(table)}
        files |= {f"measure_first.{language}.md": text.encode() for language, text in texts.items()}
        files |= figure_files(tables)
    make_folder(place)
    write_requested({place / name: content for name, content in files.items()}, fresh)
    print(texts[lang])
    print_note(console_text("note.valued", folder=place))


def tables_of(valuations: Sequence[Valuation], trials: Sequence[EffectTrial]) -> dict[str, pd.DataFrame]:
    """Return all tables over municipalities by name."""
    makers: dict[str, Callable[[Valuation], pd.DataFrame]] = {
        "expected_value": expected_value_table,
        "variance": variance_table,
        "costs": cost_table,
        "studies": partial(study_table, trials=trials),
    }
    return {name: pd.concat([make(one) for one in valuations], ignore_index=True) for name, make in makers.items()}


def sentences_of(
    request: ValueRequest, valuations: Sequence[Valuation], tables: Mapping[str, pd.DataFrame]
) -> list[list[BilingualText]]:
    """Return the sentences on each municipality."""
    found = []
    for one in valuations:
        values, costs, studies = (of_site(tables[name], one) for name in ("expected_value", "costs", "studies"))
        found.append([*site_lines(one, values, costs, request.top), *map(study_sentence, rows_in(studies))])
    return found


def read_answer(folder: Path) -> tuple[ReproduceDesign, pd.DataFrame]:
    """Return design and pairs of packages of the folder of an answer; raise `InputError` if they do not go together."""
    lock = read_lock(folder)
    size = str(lock.get("size"))
    design = design_of(size)
    current = settings_of(design, size)
    for key in SAME_SETTINGS:
        if lock.get(key) != current[key]:
            raise InputError(
                f"--from {folder}: {key} of these pairs differ from those of this version, so that their numbers are"
                " not known: make them anew with `confianza answer`"
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


def figure_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return all figures in both languages by the name of their file."""
    files = {}
    for name, draw in FIGURES.items():
        for language in LANGUAGES:
            for ending in ENDINGS:
                stem = f"{name}.{language}"
                files[f"{stem}{ending}"] = render_figure(draw(tables[name], FigureTexts(language)), ending, stem)
    return files
