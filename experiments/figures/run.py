"""The picture of a run: trust, belief, the four books, homicides, answers of the police, criteria."""

import math
import textwrap
from collections.abc import Mapping

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.looks import COLOURS, stroke
from experiments.figures.svg import png_of
from experiments.runs.spec import RunSpec
from experiments.runs.yearly import MONTHS

BAND, FOR_PEOPLE = 0.18, 100.0
"""How dense the band is, and by what is multiplied where people read it what lies from 0 to 1."""

Lines = Mapping[str, str]
TRUST: Lines = {
    "all residents": "trust_mean",
    "with contact in 12 months": "trust_contact",
    "without contact": "trust_no_contact",
}
BELIEFS: Lines = {
    "fair treatment": "fairness_mean",
    "effectiveness": "effectiveness_mean",
    "fear": "fear_mean",
}
BOOKS: Lines = {
    "happened": "crimes_occurred",
    "told to a state body": "crimes_told",
    "complaints at the prosecutor": "complaints_filed",
    "headquarters' record": "crimes_recorded",
}
ANSWERS: Lines = {
    "crimes told to a state body": "told_share",
    "calls answered within the hour": "in_hour",
    "calls never answered": "never",
}
CRITERIA: Lines = {
    "C1 small area": "c1",
    "C2 consultation": "c2",
    "C3 problems": "c3",
    "C4 conditions": "c4",
    "A accountability": "accountability",
}


def picture(spec: RunSpec, measures: pd.DataFrame) -> bytes:
    """Return the picture of runs that differ in their seeds as PNG; the same bytes for the same runs."""
    figure = Figure(figsize=(11.0, 11.5), layout="constrained")
    figure.suptitle(title_of(spec, measures), x=0.02, ha="left", fontsize=13, fontweight="bold")
    axes = figure.subplots(3, 2)
    months = derived(measures)
    draw(axes[0, 0], "Trust in the police (part of the scale 0-100)", months, TRUST, FOR_PEOPLE)
    draw(axes[0, 1], "Beliefs and fear (0-100)", months, BELIEFS, FOR_PEOPLE)
    draw(axes[1, 0], "Crimes a month, in the four books (log scale)", months, BOOKS)
    axes[1, 0].set_yscale("symlog", linthresh=1.0)
    axes[1, 0].set_ylim(0.0, 2.0 * max(1.0, float(months[list(BOOKS.values())].to_numpy().max())))
    draw(axes[1, 1], "Homicides per 100,000 a year", months, {"last 12 months": "rate_12"})
    draw(axes[2, 0], "Told and answered, %", months, ANSWERS, FOR_PEOPLE)
    draw(axes[2, 1], "Frühling's criteria (0-100)", months, CRITERIA, FOR_PEOPLE)
    near(axes[0, 0], months, TRUST)
    for place in (axes[0, 1], *axes[2]):
        place.set_ylim(0.0, 1.02 * FOR_PEOPLE)
    axes[1, 1].set_ylim(bottom=0.0)
    return png_of(figure)


def title_of(spec: RunSpec, measures: pd.DataFrame) -> str:
    """Return municipality, policy and seeds, on two or more lines."""
    seeds = sorted(set(measures["seed"]))
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]}-{seeds[-1]} (mean and range)"
    place = spec.scenario.title.get("en", spec.scenario.name)
    return "\n".join([*textwrap.wrap(f"{place}: {spec.policy}", 90), f"{spec.begins} to {spec.until}, {named}"])


def derived(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the measures with shares of calls and the running rate of homicide."""
    months = measures.sort_values(["seed", "month"]).reset_index(drop=True)
    calls = months["calls"].where(months["calls"] > 0)
    dead = months.groupby("seed")["homicides"]
    enough = min(MONTHS, months["month"].nunique())
    rolled = dead.rolling(MONTHS, min_periods=enough).mean().reset_index(level=0, drop=True)
    return months.assign(
        in_hour=months["served_in_hour"] / calls,
        never=months["calls_unserved"] / calls,
        rate_12=rolled * MONTHS * 1e5 / months["residents"],
    )


def draw(place: Axes, title: str, months: pd.DataFrame, lines: Lines, scale: float = 1.0) -> None:
    """Draw some measures over the months: the mean of the runs, and their range as a band."""
    for number, (label, column) in enumerate(lines.items()):
        runs = (scale * months[column]).groupby(months["month"])
        marker = "o" if runs.ngroups == 1 else None
        place.plot(runs.mean().index, runs.mean(), label=label, marker=marker, linewidth=1.8, **stroke(number))
        if months["seed"].nunique() > 1:
            place.fill_between(runs.min().index, runs.min(), runs.max(), color=COLOURS[number], alpha=BAND, lw=0)
    place.set_title(title, loc="left", fontsize=11)
    place.legend(fontsize=9, frameon=False, ncols=2, loc="upper left", bbox_to_anchor=(-0.02, -0.07))
    place.grid(axis="y", color="0.9")
    place.spines[["top", "right"]].set_visible(False)
    locator = mdates.AutoDateLocator(minticks=2, maxticks=7)
    place.xaxis.set_major_locator(locator)
    place.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))


def near(place: Axes, months: pd.DataFrame, lines: Lines) -> None:
    """Show only the tenths of the scale in which the lines lie, so that they can be told apart."""
    shown = months[list(lines.values())].to_numpy()
    low, high = np.nanmin(shown), np.nanmax(shown)
    tenth = FOR_PEOPLE / 10.0
    place.set_ylim(tenth * math.floor(10.0 * low - 0.2), tenth * math.ceil(10.0 * high + 0.2))
