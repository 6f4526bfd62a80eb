"""Write the contrasts of a sweep as tables and a figure: effects of changes alone, in pairs and in threes."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from experiments.figures.forest import draw_contrasts
from experiments.figures.plot_command import MEASURES_SHOWN, chosen_measures, language_suffix, write_figure
from experiments.narrative.labels import called, change_words, decimals, for_people, named
from experiments.narrative.messages import said
from experiments.statistics.interactions import interactions
from experiments.storage.export_data import csv_bytes
from experiments.storage.manifest import SWEEP, kind_of, read_manifest
from experiments.storage.progress import patience
from experiments.storage.reading import first_columns, kept, runs_of
from experiments.storage.run_folder import parquet_of, write_whole
from experiments.words.bilingual import Tongue
from experiments.words.dictionary import described
from model.engine.errors import InputError

NAME = "contrasts"
WINDOW = "monthly means over the last 12 months"


def write_contrasts(study: str, asked: str, out: Path | None, lang: str) -> list[Path]:
    """Write the contrasts of a study's sweep as Parquet, CSV, LaTeX and a figure; return their files."""
    folder = Path(study) if Path(study).is_dir() else Path("results") / Path(study).stem
    if kind_of(folder) != SWEEP:
        raise InputError(f"no sweep in '{folder}': first confianza sweep {study}, or name the folder of its results")
    shown = chosen_measures(folder, asked, MEASURES_SHOWN)
    with patience(f"comparing the runs of {folder}"):
        table = contrasts_of(folder)
    if table.empty:
        raise InputError(f"{folder}: no two runs differ in one change alone, so there is no contrast")
    shown = [measure for measure in shown if measure in set(table["measure"])]
    if not shown:
        raise InputError(f"{folder}: no run has a value of {asked}, so there is nothing to set against each other")
    rows = described(pa.Table.from_pandas(table, preserve_index=False), NAME)
    told = table[table["measure"].isin(shown)]
    files = {"parquet": parquet_of(rows), "csv": csv_bytes(rows), "tex": latex_of(told, shown, Tongue(lang)).encode()}
    path = out or folder / f"{NAME}{language_suffix(lang)}.png"
    figure = write_figure(draw_contrasts(told, shown, Tongue(lang)), path)
    for ending, content in files.items():
        write_whole(folder / f"{NAME}.{ending}", content)
    return [*(folder / f"{NAME}.{ending}" for ending in files), figure]


def contrasts_of(folder: Path) -> pd.DataFrame:
    """Return every contrast of a sweep, in every measure that it kept, in the measure's own unit."""
    from model.simulation.registry import MEASURES

    measures = kept(folder)
    rows = list(interactions(runs_of(folder, measures), first_columns(folder), measures))
    years = float(read_manifest(folder)["study"]["years"])
    table = pd.DataFrame(rows).assign(years=years, read=WINDOW)
    if rows:
        table.insert(4, "unit", table["measure"].map({name: MEASURES[name].unit for name in measures}))
    return table


def latex_of(table: pd.DataFrame, measures: Sequence[str], tongue: Tongue) -> str:
    """Return contrasts as a LaTeX table for a paper (booktabs, longtable), trust and criteria from 0 to 100."""
    caption = said("figure.table.caption", tongue, years=table["years"].iloc[0])
    body = [r"\begin{longtable}{llrrrr}", r"\caption{" + caption + r"} \\", r"\toprule"]
    body += [said("figure.table.heads", tongue) + r" & $n$ \\", r"\midrule", r"\endhead"]
    for measure in measures:
        own = table[table["measure"] == measure]
        scale = for_people(measure)
        digits = 1 + decimals(scale * own[["low", "estimate", "high"]].to_numpy())
        body.append(rf"\multicolumn{{6}}{{l}}{{\emph{{{escape_latex(named(measure, tongue))}}}}} \\")
        for row in own.to_dict("records"):
            numbers = " & ".join(f"${scale * row[name] + 0.0:+.{digits}f}$" for name in ("estimate", "low", "high"))
            change = escape_latex(change_words(row["change"], tongue)).replace("×", r"$\times$")
            body.append(rf"{change} & {escape_latex(called(row['scenario'], tongue))} & {numbers} & {row['n']} \\")
        body.append(r"\addlinespace")
    return "\n".join([*body, r"\bottomrule", r"\end{longtable}", ""])


def escape_latex(text: str) -> str:
    """Return a text as LaTeX reads it.

    >>> escape_latex("told_share, %")
    'told\\\\_share, \\\\%'
    """
    return "".join(f"\\{one}" if one in "_%&#$" else one for one in text)
