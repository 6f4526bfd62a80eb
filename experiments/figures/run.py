"""The picture of a run: trust, belief, the four books, homicides, answers of the police, criteria."""

from collections.abc import Mapping
from typing import Any

import matplotlib

matplotlib.use("Agg")

import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes

from experiments.figures.looks import INK, NULL
from experiments.figures.multiples import A, B, Sheet, Sizes, named_ends
from experiments.figures.svg import Tongue, png_of
from experiments.runs.spec import RunSpec
from experiments.runs.yearly import MONTHS

BAND = 0.18
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": B, "linewidth": 1.8},
    {"color": INK, "linewidth": 1.2},
    {"color": A, "linewidth": 1.2, "dashes": (3, 2)},
    {"color": NULL, "linewidth": 1.2},
    {"color": NULL, "linewidth": 1.2, "dashes": (1, 1)},
)
NAMES, GROWS, AROUND = 0.62, 2.0, 0.15
"""Share of a panel's room for its lines, which the rest names; room over a logarithm's highest; inches around all."""

Lines = Mapping[str, str]
TRUST: Lines = {"everybody": "trust_mean", "police met in the year": "trust_contact", "not met": "trust_no_contact"}
BELIEFS: Lines = {"fair treatment": "fairness_mean", "effectiveness": "effectiveness_mean", "fear": "fear_mean"}
BOOKS: Lines = {
    "happened": "crimes_occurred",
    "told to the state": "crimes_told",
    "complaints": "complaints_filed",
    "police record": "crimes_recorded",
}
ANSWERS: Lines = {"crimes told": "told_share", "calls within the hour": "in_hour", "calls never answered": "never"}
CRITERIA: Lines = {
    "C1 small area": "c1",
    "C2 consultation": "c2",
    "C3 problems": "c3",
    "C4 conditions": "c4",
    "A accountability": "accountability",
}
DEATHS: Lines = {"last 12 months": "rate_12"}
PANELS: Mapping[str, tuple[Lines, float]] = {
    "Trust in the police, 0-100": (TRUST, 100.0),
    "Beliefs and fear, 0-100": (BELIEFS, 100.0),
    "Crimes a month, four records (log)": (BOOKS, 1.0),
    "Homicides per 100,000 a year": (DEATHS, 1.0),
    "Told and answered, of a hundred": (ANSWERS, 100.0),
    "Frühling's criteria, 0-100": (CRITERIA, 100.0),
}
"""What the panels show, and by what it is multiplied."""


def picture(spec: RunSpec, measures: pd.DataFrame) -> bytes:
    """Return the picture of runs that differ in their seeds as PNG; the same bytes for the same runs."""
    months = derived(measures)
    told = finding(spec, months), f"{spec.policy}, {spec.begins} to {spec.until}, {seeds_of(measures)}."
    sheet = Sheet(Tongue("en"), told, list(PANELS), Sizes(1.15, 0.35, across=2))
    for number, (lines, scale) in enumerate(PANELS.values()):
        axes = sheet.panel(number)
        box = axes.get_position()
        axes.set_position((box.x0, box.y0, box.width * NAMES, box.height))
        draw(axes, months, lines, scale)
    return png_of(sheet.figure, edge=AROUND)


def finding(spec: RunSpec, months: pd.DataFrame) -> str:
    """Return what these worlds came to; one world is said to be one."""
    place = spec.scenario.title.get("en", spec.scenario.name)
    trust = 100.0 * months.groupby("month")["trust_mean"].mean()
    one = "one world of " if months["seed"].nunique() == 1 else ""
    said = f"{one}{place}: trust in the police from {trust.iloc[0]:.1f} to {trust.iloc[-1]:.1f} of 100"
    return said[:1].upper() + said[1:]


def seeds_of(measures: pd.DataFrame) -> str:
    """Return which seeds were lived; what one world did may be its luck alone."""
    seeds = sorted(set(measures["seed"]))
    if len(seeds) == 1:
        return f"seed {seeds[0]} alone: what it shows may be luck"
    return f"seeds {seeds[0]}-{seeds[-1]}: lines are means, bands hold all worlds"


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


def draw(axes: Axes, months: pd.DataFrame, lines: Lines, scale: float) -> None:
    """Draw some measures over the months, the mean of the runs and their range as a band, each named at its end."""
    ends = []
    for (label, column), look in zip(lines.items(), LOOKS, strict=False):
        runs = months.assign(shown=scale * months[column]).groupby("month")["shown"]
        mean = runs.mean()
        axes.plot(mean.index, mean, marker="o" if runs.ngroups == 1 else None, **look)
        if months["seed"].nunique() > 1:
            axes.fill_between(mean.index, runs.min(), runs.max(), color=look["color"], alpha=BAND, linewidth=0)
        ends.append((label, float(mean.dropna().iloc[-1]) if mean.notna().any() else 0.0, look["color"]))
    if lines is BOOKS:
        axes.set_yscale("symlog", linthresh=1.0)
        axes.set_ylim(0.0, GROWS * max(1.0, float(months[list(lines.values())].to_numpy().max())))
    elif lines is DEATHS:
        axes.set_ylim(bottom=0.0)
    locator = mdates.AutoDateLocator(minticks=2, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))
    named_ends(axes, mdates.date2num(mean.index[-1]), ends)
