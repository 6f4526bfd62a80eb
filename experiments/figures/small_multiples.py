"""Draw figures of panels in one style: the finding as title, a panel for each policy, labels next to lines.

World A is ochre, dashed, ◆; world B is blue, solid, ●; grey is an effect that chance may explain.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures.theme import INK, LINE, NULL, SOFT, TOKENS
from experiments.statistics.verdicts import CONCLUSIVE, direction
from experiments.words.bilingual import FigureTexts

A, B = (TOKENS[name][0] for name in ("a", "b"))
WIDE, EDGE, GAP = 7.4, 0.0, 0.34
"""Width of a figure, margin, and space between panels, in inches."""
LETTER, TICKS = 0.068, 0.3
"""Width of a character of a panel heading, and of the tick labels at the left of a panel, in inches."""
TITLE, UNDER, HEAD, VERDICT, APART, FOOT = 0.2, 0.16, 0.15, 0.17, 0.05, 0.22
"""Heights of a line of title, note, heading and verdict, and space above and below a panel, in inches."""
ROW, LEAST, ROW_LETTER, LONGEST = 0.16, 1.15, 0.054, 3.4
"""Row height, and widths of the narrowest panel, a character of a row name and the longest name, in inches."""
BELOW = 0.3
"""Distance of the dots of pairs below their mean, as a share of a row."""
ROOM = 0.03
"""Margin at both ends of a scale, as a share of it, so that no mark is cut off."""
ACROSS = 96, 140
"""Characters in a line of the title and of the note below it."""
HEADED: dict[str, Any] = {"fontsize": 8, "weight": "bold", "color": INK}


@dataclass(frozen=True)
class PanelSizes:
    """Layout of panels; lengths are in inches.

    ``tall`` is the height of panels (of each row, if they differ), ``left`` the width of names at the left, ``over``
    and ``foot`` the space above and below each panel, ``rows`` and ``across`` the numbers of rows and columns.
    ``wide`` is the width of the figure, ``gap`` the space between panels, ``right`` that for labels at line ends.
    """

    tall: float | tuple[float, ...]
    left: float
    over: float = 0.0
    rows: int = 1
    across: int = 6
    wide: float = WIDE
    gap: float = GAP
    right: float = 0.0
    foot: float = FOOT

    @property
    def talls(self) -> tuple[float, ...]:
        """Height of the panels of each row."""
        return self.tall if isinstance(self.tall, tuple) else (self.tall,) * self.rows

    def down(self, row: int) -> float:
        """Return the height above a row in inches: panels of all rows above it with their spaces."""
        return sum(self.over + APART + tall + self.foot for tall in self.talls[:row])


class PanelFigure:
    """Figure of panels in rows and columns; ``texts`` are its title, which is the finding, and the note below it."""

    def __init__(self, wording: FigureTexts, texts: tuple[str, str], heads: Sequence[str], sizes: PanelSizes) -> None:
        self.wording, self.heads, self.sizes = wording, heads, sizes
        self.across = min(sizes.across, len(heads))
        most = (int(letters * sizes.wide / WIDE) for letters in ACROSS)
        title, under = (wording.lines(*one).split("\n") for one in zip(texts, most, strict=True))
        self.top = TITLE * len(title) + UNDER * len(under) + 0.1
        self.named = HEAD * max(len(self.wrapped(head)) for head in heads) if any(heads) else 0.0
        self.block = self.named + sizes.down(len(sizes.talls))
        self.figure = Figure(figsize=(sizes.wide, self.top + -(-len(heads) // self.across) * self.block))
        self.figure.set_layout_engine("none")
        self.figure.set_label("\n".join(texts))
        for number, line in enumerate(title):
            self.write(EDGE, 0.02 + TITLE * number, line, fontsize=10.5, weight="bold", color=INK)
        for number, line in enumerate(under):
            self.write(EDGE, TITLE * len(title) + 0.03 + UNDER * number, line, fontsize=7.5, color=SOFT)

    @property
    def wide(self) -> float:
        """Width of a panel in inches."""
        sizes = self.sizes
        return (sizes.wide - sizes.left - EDGE - sizes.gap * self.across) / self.across - sizes.right

    def wrapped(self, head: str) -> list[str]:
        """Return the lines of a panel heading."""
        return self.wording.lines(head, int((self.wide + self.sizes.right + self.sizes.gap) / LETTER)).split("\n")

    def write(self, x: float, y: float, text: str, **look: Any) -> None:
        """Write a text at a position in inches from the left and from the top."""
        height = self.figure.get_figheight()
        self.figure.text(x / self.sizes.wide, 1.0 - y / height, text, va="top", **look)

    def place(self, number: int, row: int) -> tuple[float, float]:
        """Return the upper left corner of a panel, in inches from the left and from the top."""
        block, column = divmod(number, self.across)
        down = self.top + block * self.block + self.named + self.sizes.down(row) + self.sizes.over + APART
        return self.sizes.left + column * (self.wide + self.sizes.right + self.sizes.gap), down

    def panel(self, number: int, row: int = 0) -> Axes:
        """Return the axes of a panel (``number`` of its heading, and row); the first row gets the heading."""
        x, y = self.place(number, row)
        if row == 0:
            for line, text in enumerate(self.wrapped(self.heads[number])):
                self.write(x, self.top + number // self.across * self.block + HEAD * line, text, **HEADED)
        (wide, height), tall = self.figure.get_size_inches(), self.sizes.talls[row]
        axes = self.figure.add_axes((x / wide, 1.0 - (y + tall) / height, self.wide / wide, tall / height))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(LINE)
        axes.tick_params(axis="both", length=0, labelsize=7, colors=SOFT, pad=2)
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        return axes

    def panel_of_rows(self, number: int, names: Sequence[str]) -> Axes:
        """Return the axes of a panel with rows, which are labelled in the first column only."""
        axes = self.panel(number)
        name_rows(axes, names if number % self.across == 0 else [""] * len(names))
        return axes

    def label(self, row: int, text: str, number: int = 0) -> None:
        """Write the label of a row of panels to the left of the block that contains panel ``number``."""
        _, y = self.place(number, row)
        for line, part in enumerate(self.wording.lines(text, int((self.sizes.left - TICKS) / LETTER)).split("\n")):
            self.write(EDGE, y + 0.14 * line, part, **HEADED)


class ForestRows(NamedTuple):
    """Rows of a forest plot, with a panel for each head in every block; rows in ``bold`` are headings."""

    blocks: Sequence[str]
    heads: Sequence[str]
    names: Sequence[str]
    bold: Collection[int] = ()

    def draw(
        self, wording: FigureTexts, texts: tuple[str, str], over: float = 0.0
    ) -> tuple[PanelFigure, list[list[Axes]]]:
        """Return a figure and the panels of every block, with row names at the left."""
        longest = max(len(line) for text in (*self.names, *self.blocks) for line in text.split("\n"))
        left, across = min(LONGEST, 0.15 + ROW_LETTER * longest), len(self.heads)
        wide = max(WIDE, left + across * (LEAST + GAP))
        sizes = PanelSizes(0.1 + ROW * len(self.names), left, over, across=across, wide=wide)
        sheet, grid = PanelFigure(wording, texts, [*self.heads] * len(self.blocks), sizes), []
        for number, block in enumerate(self.blocks):
            drawn = [sheet.panel_of_rows(number * across + place, self.names) for place in range(across)]
            for axes in drawn:
                mark_zero(axes)
                sign_values(axes)
                axes.margins(x=0.1)
            for at in self.bold:
                drawn[0].get_yticklabels()[at].set_fontweight("bold")
            sheet.write(EDGE, sheet.top + number * sheet.block, block, **HEADED)
            grid.append(drawn)
        return sheet, grid


class ForestMark(NamedTuple):
    """Effect with its interval in a forest plot; ``settled`` if it is distinguishable from chance."""

    block: int
    panel: int
    row: float
    low: float
    value: float
    high: float
    settled: bool


def draw_forest(wording: FigureTexts, texts: tuple[str, str], rows: ForestRows, marks: Iterable[ForestMark]) -> Figure:
    """Return a forest plot; marks are filled if distinguishable from chance, else hollow."""
    sheet, grid = rows.draw(wording, texts)
    for one in marks:
        draw_estimate(grid[one.block][one.panel], *one[2:])
    return sheet.figure


def draw_estimate(axes: Axes, at: float, low: float, value: float, high: float, settled: bool) -> None:
    """Draw a number with its interval in a row: filled if distinguishable from chance, else hollow and grey."""
    colour = B if settled else NULL
    axes.plot([low, high], [at, at], color=colour, linewidth=1.5, solid_capstyle="round")
    axes.plot(value, at, "o", markersize=4, mec=colour, mew=1.1, color=colour if settled else "none")


def draw_pairs(axes: Axes, at: float, differences: Sequence[float], settled: bool) -> None:
    """Draw the difference of each pair of runs as a small dot below the mean in a row.

    The dots are the round caps of zero-length lines: one SVG path instead of one element per marker.
    """
    if not differences:
        return
    ends = [(one, at + BELOW) for one in differences for _ in range(2)]
    look: dict[str, Any] = {"color": B if settled else NULL, "alpha": 0.55, "linewidth": 1.5, "fill": False}
    axes.add_patch(PathPatch(Path(ends, [Path.MOVETO, Path.LINETO] * len(differences)), capstyle="round", **look))


def write_verdict(axes: Axes, text: str, verdict: str) -> None:
    """Write a verdict above a panel, in grey if chance may explain the effect."""
    colour = INK if verdict in CONCLUSIVE else NULL
    axes.set_title(text, loc="left", fontsize=7.5, weight="bold", color=colour, pad=3)


def colour_of(verdict: str) -> str:
    """Return the colour of an effect: blue if its direction is known, else grey."""
    return B if direction(verdict) else NULL


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Set up a panel with rows from top to bottom and their labels."""
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", colors=INK)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(3))


def mark_zero(axes: Axes, at: float = 0.0) -> None:
    """Draw the vertical line of no effect."""
    axes.axvline(at, color=SOFT, linewidth=0.8)


def sign_values(axes: Axes) -> None:
    """Format the values below a panel with their sign, as usual in Guatemala."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+,.3g}".replace("-", "−") if x else "0"))


def share_scale(drawn: Sequence[Axes]) -> None:
    """Give panels a common horizontal scale."""
    reach = [limit for axes in drawn for limit in axes.get_xlim()]
    low, high = min(reach), max(reach)
    for axes in drawn:
        axes.set_xlim(low - ROOM * (high - low), high + ROOM * (high - low))


def share_height(drawn: Sequence[Axes]) -> None:
    """Give panels a common vertical scale."""
    reach = [limit for axes in drawn for limit in axes.get_ylim()]
    for axes in drawn:
        axes.set_ylim(min(reach), max(reach))
