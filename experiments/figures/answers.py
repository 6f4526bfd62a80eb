"""The answers of a sweep as tables and a figure: what changes do alone, in pairs and in threes."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.charts import decimals, entitle, for_people, named, people_unit
from experiments.figures.looks import COLOURS
from experiments.figures.plot import MEASURES_SHOWN, chosen, written
from experiments.runs.dictionary import described
from experiments.runs.folder import parquet_of, write_whole
from experiments.runs.manifest import SWEEP, kind_of, read_manifest
from experiments.runs.progress import patience
from experiments.runs.reading import first_columns, kept, runs_of
from experiments.runs.words import meaning
from experiments.sweeps.export import csv_bytes
from experiments.sweeps.interactions import interactions
from model.errors import InputError

NAME, APART = "contrasts", 0.26
WINDOW = "monthly means over the last 12 months"


def answer(study: str, asked: str, out: Path | None) -> list[Path]:
    """Write the contrasts of a study's sweep as Parquet, CSV, LaTeX and a figure; return their files."""
    folder = folder_of(study)
    shown = chosen(folder, asked, MEASURES_SHOWN)
    with patience(f"comparing the runs of {folder}"):
        table = contrasts_of(folder)
    if table.empty:
        raise InputError(f"{folder}: no two runs differ in one change alone, so there is no contrast")
    shown = [measure for measure in shown if measure in set(table["measure"])]
    if not shown:
        raise InputError(f"{folder}: no run has a value of {asked}, so there is nothing to set against each other")
    rows = described(pa.Table.from_pandas(table, preserve_index=False), NAME)
    told = table[table["measure"].isin(shown)]
    files = {"parquet": parquet_of(rows), "csv": csv_bytes(rows), "tex": latex_of(told, shown).encode()}
    figure = written(drawn(told, shown), out or folder / f"{NAME}.png")
    for ending, content in files.items():
        write_whole(folder / f"{NAME}.{ending}", content)
    return [*(folder / f"{NAME}.{ending}" for ending in files), figure]


def folder_of(study: str) -> Path:
    """Return the folder of results that a study, or the path of a folder, means."""
    path = Path(study) if Path(study).is_dir() else Path("results") / Path(study).stem
    if kind_of(path) != SWEEP:
        raise InputError(f"no sweep in '{path}': first confianza sweep {study}, or name the folder of its results")
    return path


def contrasts_of(folder: Path) -> pd.DataFrame:
    """Return every contrast of a sweep, in every measure that it kept, in the measure's own unit."""
    from model.measures import MEASURES

    measures = kept(folder)
    rows = list(interactions(runs_of(folder, measures), first_columns(folder), measures))
    years = float(read_manifest(folder)["study"]["years"])
    table = pd.DataFrame(rows).assign(years=years, read=WINDOW)
    if rows:
        table.insert(4, "unit", table["measure"].map({name: MEASURES[name].unit for name in measures}))
    return table


def latex_of(table: pd.DataFrame, measures: Sequence[str]) -> str:
    """Return contrasts as a LaTeX table for a paper (booktabs, longtable), trust and criteria from 0 to 100."""
    body = [r"\begin{longtable}{llrrrr}", r"\caption{" + caption(table) + r"} \\", r"\toprule"]
    body += [r"change & municipality & estimate & 95\,\% low & high & $n$ \\", r"\midrule", r"\endhead"]
    for measure in measures:
        own = table[table["measure"] == measure]
        scale = for_people(measure)
        digits = 1 + decimals(scale * own[["low", "estimate", "high"]].to_numpy())
        body.append(
            rf"\multicolumn{{6}}{{l}}{{\emph{{{escaped(meaning(measure, 'en'))}}} ({people_unit(measure)})}} \\"
        )
        for row in own.to_dict("records"):
            numbers = " & ".join(f"${scale * row[name] + 0.0:+.{digits}f}$" for name in ("estimate", "low", "high"))
            change = escaped(row["change"]).replace("×", r"$\times$")
            body.append(rf"{change} & {escaped(row['scenario'])} & {numbers} & {row['n']} \\")
        body.append(r"\addlinespace")
    return "\n".join([*body, r"\bottomrule", r"\end{longtable}", ""])


def caption(table: pd.DataFrame) -> str:
    """Return what stands over the table."""
    return (
        f"Effects and interactions after {table['years'].iloc[0]:g} years ({WINDOW}): means over all combinations of"
        " the other changes, between twins, with their 95\\,\\% intervals over $n$ seeds."
    )


def escaped(text: str) -> str:
    """Return a text as LaTeX reads it.

    >>> escaped("told_share, %")
    'told\\\\_share, \\\\%'
    """
    return "".join(f"\\{one}" if one in "_%&#$" else one for one in text)


def drawn(table: pd.DataFrame, measures: Sequence[str]) -> Figure:
    """Return the figure of contrasts: a panel for each measure, a line for each change or combination of changes."""
    changes, scenarios = list(dict.fromkeys(table["change"])), list(dict.fromkeys(table["scenario"]))
    figure = Figure(figsize=(3.4 + 2.7 * len(measures), 0.3 * len(changes) + 2.2), layout="constrained")
    grid = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, measure in zip(grid, measures, strict=True):
        panel(axes, table[table["measure"] == measure], changes, scenarios)
        axes.set_title(named(measure, 24), loc="left", fontsize=9)
    grid[0].set_yticks(range(len(changes)), [one.replace("_", " ") for one in changes], fontsize=8)
    grid[0].invert_yaxis()
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(scenarios), fontsize=9)
    entitle(
        figure,
        f"What each change does, and what two or three do beyond that, after {table['years'].iloc[0]:g} years: means of"
        f" {table['n'].max()} twins and 95 % intervals; pale where the interval holds no change",
        finding(table, measures[0]),
    )
    return figure


def finding(table: pd.DataFrame, measure: str) -> str:
    """Return which change or combination moves the first measure most, if any is told from luck."""
    own = table[table["measure"] == measure].to_dict("records")
    told = [row for row in own if row["settled"] and row["estimate"]]
    if not told:
        return f"No change of {named(measure)} can be told from luck"
    most = max(told, key=lambda row: abs(float(row["estimate"])))
    size = for_people(measure) * most["estimate"]
    return f"{most['change'].replace('_', ' ')} moves {named(measure)} most: {size:+,.3g}"


def panel(axes: Axes, table: pd.DataFrame, changes: Sequence[str], scenarios: Sequence[str]) -> None:
    """Draw the contrasts in one measure."""
    axes.axvline(0.0, color="0.4", lw=0.9)
    for number, scenario in enumerate(scenarios):
        colour, shift = COLOURS[number], APART * (number - (len(scenarios) - 1) / 2.0)
        axes.plot([], [], "o", color=colour, label=scenario.replace("_", " "))
        for row in table[table["scenario"] == scenario].to_dict("records"):
            scale, y = for_people(row["measure"]), changes.index(row["change"]) + shift
            alpha = 1.0 if row["settled"] else 0.35
            axes.plot(scale * row["estimate"], y, "o", ms=4.5, color=colour, alpha=alpha)
            axes.plot([scale * row["low"], scale * row["high"]], [y, y], color=colour, alpha=alpha, lw=1.6)
    axes.tick_params(labelsize=8)
    axes.grid(axis="x", color="0.93")
    axes.locator_params(axis="x", nbins=5)
    axes.spines[["top", "right", "left"]].set_visible(False)
