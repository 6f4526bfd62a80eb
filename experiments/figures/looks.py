"""The look of figures that set what was found beside what was published or possible."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

PAPER, INK, SOFT, LINE, REACH = "#FAF8F3", "#1D2327", "#555C61", "#DED8CC", "#CFC8BA"
OCHRE, BLUE, NULL = "#855F00", "#0F5CA6", "#6A6F73"


def entitled(figure: Figure, title: str, under: str, note: str) -> None:
    """Write the finding over a figure, how it was measured under it, and what it is not at its foot."""
    height = figure.get_figheight()
    figure.set_facecolor(PAPER)
    figure.text(0.02, 1.0 - 0.18 / height, title, size=14, weight="bold", color=INK, va="top")
    below = 0.55 + 0.24 * title.count("\n")
    figure.text(0.02, 1.0 - below / height, under, size=9.5, color=SOFT, va="top", linespacing=1.4)
    figure.text(0.02, 0.14 / height, note, size=8.5, color=SOFT)


def bare(axes: Axes, nothing: float, rows: int) -> None:
    """Give axes whose rows are named by text their line of no change and their grid."""
    axes.set_facecolor(PAPER)
    axes.axvline(nothing, color=SOFT, lw=0.9)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.tick_params(axis="both", length=0, labelsize=8, colors=SOFT)
    axes.grid(axis="x", color=LINE, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)


def interval(axes: Axes, at: float, low: float, high: float, **look: Any) -> None:
    """Draw an interval in a row."""
    shown: dict[str, Any] = {"lw": 1.8, "solid_capstyle": "round"} | look
    axes.plot([low, high], [at, at], **shown)
