"""Figures of a sensitivity analysis: a tornado for each measure, and for Morris effect against spread."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.charts import named
from experiments.figures.looks import BLUE, VERMILION
from experiments.sensitivity.indices import INDICES
from experiments.sensitivity.methods import METHODS
from model.errors import InputError

MOST_BARS, NAMED = 15, 8
TITLES = {
    "mu_star": "Change over the whole range of each factor, with 95 % intervals",
    "ST": "Share of the variance of means, interactions included, with 95 % intervals; dashed: luck",
    "above_dummy": "Distance of distributions, above a factor without effect, with 95 % intervals",
}


def index_charts(folder: Path) -> Iterator[tuple[str, Figure]]:
    """Yield name and figure for every scenario and combination of policies."""
    table = pd.read_csv(folder / INDICES)
    if table.empty:
        raise InputError(f"{folder}: no factor moved any measure, so there is nothing to draw")
    arms = table.groupby(["scenario", "policy"], sort=False)
    for number, ((scenario, policy), rows) in enumerate(arms, start=1):
        suffix = f"_{number}" if len(arms) > 1 else ""
        yield f"tornado{suffix}", tornado(rows, f"{scenario}, {policy}")
        if "sigma" in set(rows["index"]):
            yield f"morris{suffix}", morris(rows, f"{scenario}, {policy}")


def panels(rows: pd.DataFrame, title: str, height: float) -> tuple[Figure, list[tuple[Axes, pd.DataFrame]]]:
    """Return a figure with a panel for each measure."""
    measures = list(dict.fromkeys(rows["measure"]))
    columns = min(2, len(measures))
    lines = -(-len(measures) // columns)
    figure = Figure(figsize=(6.6 * columns, height * lines + 0.5), layout="constrained")
    figure.suptitle("\n".join(textwrap.wrap(title, 110)), x=0.01, ha="left", fontsize=12)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for place in grid[len(measures) :]:
        place.set_axis_off()
    found = [(place, rows[rows["measure"] == measure]) for place, measure in zip(grid, measures, strict=False)]
    for place, one in found:
        place.set_title(panel_title(one, one["measure"].iloc[0]), loc="left", fontsize=10)
        place.spines[["top", "right"]].set_visible(False)
        place.tick_params(labelsize=8)
    return figure, found


def panel_title(rows: pd.DataFrame, measure: str) -> str:
    """Return the meaning of a measure and what luck does to it."""
    first = rows.iloc[0]
    if pd.isna(first["luck_in_means"]):
        return f"{named(measure)}\none seed: luck unknown, no ranking"
    ranked = rows["rank_best"].notna().any()
    stated = f"luck {first['luck_in_means']:.0%} of means of {first['replicates']:.0f}"
    return f"{named(measure)}\n{stated}{'' if ranked else ': too much for a ranking'}"


def tornado(rows: pd.DataFrame, arm: str) -> Figure:
    """Return bars of the main index, largest on top; pale where luck forbids a ranking."""
    index = next(method.main for method in METHODS.values() if method.main in set(rows["index"]))
    shown = min(MOST_BARS, rows["factor"].nunique())
    figure, found = panels(rows, f"{TITLES[index]} ({arm})", 0.24 * shown + 1.4)
    for place, one in found:
        top = one[one["index"] == index].sort_values("value").tail(MOST_BARS)
        ranked = top["rank_best"].notna().any()
        place.barh(top["factor"], top["value"], color=BLUE, alpha=0.9 if ranked else 0.3, height=0.7)
        low = top["half_width"].clip(upper=top["value"].clip(lower=0.0))
        place.errorbar(
            top["value"], top["factor"], xerr=[low, top["half_width"]], fmt="none", ecolor="0.25", capsize=2.5, lw=1.1
        )
        place.set_xlim(left=min(0.0, float(top["value"].min())))
        place.grid(axis="x", color="0.92")
        place.set_axisbelow(True)
        if index == "ST" and pd.notna(one["luck_in_means"].iloc[0]):
            place.axvline(one["luck_in_means"].iloc[0], color=VERMILION, lw=1.2, ls="--")
    return figure


def morris(rows: pd.DataFrame, arm: str) -> Figure:
    """Return spread against size of the effects: far above the line means interaction or bends."""
    figure, found = panels(rows, f"Morris: size and spread of the effects ({arm})", 3.9)
    for place, one in found:
        table = one.pivot(index="factor", columns="index", values="value")
        place.scatter(table["mu_star"], table["sigma"], color=BLUE, s=22, zorder=3)
        end = 1.08 * float(table[["mu_star", "sigma"]].to_numpy().max())
        place.plot([0.0, end], [0.0, end], color="0.7", lw=1.0, ls=":")
        place.set(xlim=(0.0, end * 1.25), ylim=(0.0, end * 1.2))
        name_points(place, table.nlargest(NAMED, "mu_star"), end)
        place.set_xlabel("size (mu*)", fontsize=9)
        place.set_ylabel("spread (sigma)", fontsize=9)
    return figure


def name_points(place: Axes, table: pd.DataFrame, end: float) -> None:
    """Write the names beside points, from below upwards and never one over another."""
    below: list[tuple[float, float]] = []
    for name, point in table.sort_values("sigma").iterrows():
        x, y = point["mu_star"] + 0.012 * end, point["sigma"]
        near = [other + 0.045 * end for left, other in below if abs(left - x) < 0.4 * end]
        y = max([y, *near])
        below.append((x, y))
        leader = {"arrowstyle": "-", "lw": 0.5, "color": "0.6"} if y > point["sigma"] else None
        xy = (point["mu_star"], point["sigma"])
        place.annotate(str(name), xy, (x, y), fontsize=7, va="center", arrowprops=leader)
