"""Write the contrasts of a sweep as tables and a figure: effects of single changes, pairs and triples of changes."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from experiments.comparison.origins import BELIEFS, origin_key
from experiments.comparison.study_contrasts import origin_contrasts
from experiments.figures.forest import draw_contrasts
from experiments.figures.plot_command import CONTRAST_MEASURES, chosen_measures, figure_bytes, language_suffix
from experiments.figures.svg import title_of
from experiments.narrative.effect_sentences import part_keys, part_name
from experiments.narrative.labels import (
    change_label,
    decimals_needed,
    display_factor,
    meaning_with_unit,
    title_label,
    verdict_label,
)
from experiments.narrative.messages import figure_message
from experiments.statistics.interactions import interactions
from experiments.statistics.thresholds import monthly_scale
from experiments.storage.manifest import SWEEP, kind_of, read_manifest
from experiments.storage.progress import print_note, report_slow
from experiments.storage.reading import means_of_runs, stored_measures, table_as_csv, varied_columns
from experiments.storage.run_folder import parquet_of
from experiments.storage.writing import frame_as_csv, write_requested
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text
from experiments.words.dictionary import with_meanings
from model.engine.errors import InputError

TABLE_NAME = "contrasts"
WINDOW = "monthly means over the last 12 months"


def write_contrasts(study: str, requested: str, out: Path | None, lang: str, fresh: bool = False) -> list[Path]:
    """Write the contrasts of a study's sweep as Parquet, CSV, LaTeX and a figure; return their files.

    If the sweep kept the required tables, effects on trust by origin are written to a separate file.

    Existing files with other content are replaced only if ``fresh``.
    """
    folder = sweep_folder(study)
    shown = chosen_measures(folder, requested, CONTRAST_MEASURES)
    with report_slow(console_text("label.contrasting", folder=folder)):
        table = contrasts_of(folder)
    if table.empty:
        raise InputError(f"{folder}: no two runs differ in one change alone, so there is no contrast")
    shown = [measure for measure in shown if measure in set(table["measure"])]
    if not shown:
        raise InputError(f"{folder}: no run has a value of {requested}, so there is nothing to set against each other")
    rows = with_meanings(pa.Table.from_pandas(table, preserve_index=False), TABLE_NAME)
    shown_rows = table[table["measure"].isin(shown)]
    latex = latex_of(shown_rows, shown, FigureTexts(lang), origin_of(folder, study)).encode()
    suffix = language_suffix(lang)
    path = out or folder / f"{TABLE_NAME}{suffix}.png"
    files = {
        folder / f"{TABLE_NAME}.parquet": parquet_of(rows),
        folder / f"{TABLE_NAME}.csv": table_as_csv(rows),
        folder / f"{TABLE_NAME}{suffix}.tex": latex,
    }
    if len(parts := origin_contrasts(folder)):
        files[folder / f"{TABLE_NAME}_origins.csv"] = csv_of_origins(parts)
    figure = draw_contrasts(shown_rows, shown, FigureTexts(lang))
    files[path] = figure_bytes(figure, path)
    write_requested(files, fresh)
    print_note(f"{path.name}: {title_of(figure)}")
    return list(files)


def sweep_folder(study: str) -> Path:
    """Return the results folder of a study; raise InputError if it has no sweep."""
    folder = Path(study) if Path(study).is_dir() else Path("results") / Path(study).stem
    if kind_of(folder) != SWEEP:
        raise InputError(f"no sweep in '{folder}': first confianza sweep {study}, or name the folder of its results")
    return folder


def csv_of_origins(parts: pd.DataFrame) -> bytes:
    """Return effects on trust and its beliefs by origin as CSV, with labels in both languages."""
    names = {origin_key(*key): part_name(*key[1:]) for belief in BELIEFS for key in part_keys(belief)}
    for k, lang in enumerate(("en", "es"), start=3):
        parts.insert(k, lang, [getattr(names[measure], lang) for measure in parts["measure"]])
    return frame_as_csv(parts)


def contrasts_of(folder: Path) -> pd.DataFrame:
    """Return every contrast of a sweep for every measure that it kept, in the measure's own unit."""
    from model.simulation.registry import MEASURES

    study, measures = read_manifest(folder)["study"], stored_measures(folder)
    scales = {name: monthly_scale(name, MEASURES[name].unit, study.get("delta", {}).get(name)) for name in measures}
    table = interactions(means_of_runs(folder, measures), varied_columns(folder), scales)
    if len(table):
        table = table.assign(years=float(study["years"]), read=WINDOW)
        table.insert(4, "unit", table["measure"].map({name: MEASURES[name].unit for name in measures}))
    return table


def latex_of(table: pd.DataFrame, measures: Sequence[str], wording: FigureTexts, origin: str = "") -> str:
    """Return contrasts as a LaTeX table for a paper (booktabs, longtable), in display units.

    ``origin`` is a comment: the command, version and code that made the table.
    """
    caption = figure_message("figure.table.caption", wording, years=table["years"].iloc[0])
    body = [r"\begin{longtable}{llrrrrrlr}", r"\caption{" + caption + r"} \\", r"\toprule"]
    body += [figure_message("figure.table.heads", wording) + r" & $n$ \\", r"\midrule", r"\endhead"]
    for measure in measures:
        rows = table[table["measure"] == measure]
        scale = display_factor(measure)
        digits = 1 + decimals_needed(scale * rows[["low", "estimate", "high"]].to_numpy())
        body.append(rf"\multicolumn{{9}}{{l}}{{\emph{{{escape_latex(meaning_with_unit(measure, wording))}}}}} \\")
        for row in rows.to_dict("records"):
            numbers = " & ".join(f"${scale * row[name] + 0.0:+.{digits}f}$" for name in ("estimate", "low", "high"))
            today, delta = (f"${scale * row[name]:.{digits}f}$" for name in ("status_quo", "delta"))
            change = escape_latex(change_label(row["change"], wording)).replace("×", r"$\times$")
            place = escape_latex(title_label(row["scenario"], wording))
            verdict = wording.of(verdict_label(row["verdict"]))
            body.append(rf"{change} & {place} & {today} & {numbers} & {delta} & {verdict} & {row['n']} \\")
        body.append(r"\addlinespace")
    return "\n".join([*([f"% {origin}"] if origin else []), *body, r"\bottomrule", r"\end{longtable}", ""])


def origin_of(folder: Path, study: str) -> str:
    """Return the command, version, commit and model fingerprint behind the contrasts of a folder."""
    stated = read_manifest(folder)
    version, commit = stated["versions"].get("confianza", ""), stated.get("commit") or "-"
    command = shlex.join(["confianza", "sweep", study, "--contrasts"])
    return f"{command}; confianza {version}, commit {commit}, model {stated['fingerprint']}"


def escape_latex(text: str) -> str:
    """Return a text with LaTeX's special characters escaped.

    >>> escape_latex("told_share, %")
    'told\\\\_share, \\\\%'
    """
    return "".join(f"\\{one}" if one in "_%&#$" else one for one in text)
