"""Draw the time of a run by residents, couples, years and workers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.theme import FIRM, NULL


@dataclass(frozen=True)
class GrowthPanel:
    """Texts of a panel: the quantity that grows, labels of both axes, and the unit of the values on the x axis."""

    quantity: str
    x_label: str
    y_label: str
    x_unit: float = 1.0


PANELS: Mapping[str, GrowthPanel] = {
    "census": GrowthPanel("residents", "thousand residents", "s a year", 1000.0),
    "couples": GrowthPanel("couples", "couples", "s a year"),
    "years": GrowthPanel("years", "years of one run", "s since its start"),
    "workers": GrowthPanel("workers", "workers", "runs an hour"),
}


def growth_figure(results: Mapping[str, Any]) -> Figure:
    """Return the figure of the results of `experiments.dev.bench.growth.measure_growth`."""
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    for axes, (name, panel) in zip(figure.subplots(2, 2).flat, PANELS.items(), strict=True):
        draw_panel(axes, panel, results["points"][name])
    machine = results["machine"]
    where = f"{machine['system']} {machine['processor']}, {machine['cores']} cores, code {results['fingerprint']}"
    figure.suptitle(
        f"Time by size of a run (line) and in proportion to it (dashed)\n{where}", fontsize=8.5, x=0.01, ha="left"
    )
    figure.set_label(f"Time by residents, couples, years and workers\n{where}")
    return figure


def draw_panel(axes: Axes, panel: GrowthPanel, points: Sequence[tuple[float, float]]) -> None:
    """Draw the points of a panel, and a dashed line in proportion to the first point."""
    x, y = zip(*points, strict=True)
    axes.plot((0.0, x[-1]), (0.0, y[0] * x[-1] / x[0]), color=NULL, linewidth=1.0, dashes=(4, 3))
    axes.plot(x, y, color=FIRM, linewidth=1.6, marker="o", markersize=4)
    axes.set_xlim(0.0, 1.05 * x[-1])
    axes.set_ylim(0.0, 1.2 * max(y))
    axes.set_xticks(x, [f"{one / panel.x_unit:,.0f}" for one in x])
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.set_title(title_of(panel, points), fontsize=8.5, loc="left")


def title_of(panel: GrowthPanel, points: Sequence[tuple[float, float]]) -> str:
    """Return the title of a panel: the factor of time per doubling, from the first and the last point.

    >>> title_of(PANELS["census"], [(100.0, 1.0), (400.0, 4.0)])
    'twice the residents: 2.00 times'
    """
    (x0, y0), (x1, y1) = points[0], points[-1]
    times = 2.0 ** (math.log(y1 / y0) / math.log(x1 / x0)) if x1 > x0 else math.nan
    return f"twice the {panel.quantity}: {times:.2f} times"
