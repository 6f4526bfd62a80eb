"""Draw figures of panels in one style: the finding as title, a panel for each policy, labels next to lines.

World A is ochre, dashed, ◆; world B is blue, solid, ●; grey is an effect that chance may explain.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures.theme import INK, LINE, NULL, SOFT, TOKENS, difference_colours
from experiments.statistics.verdicts import CONCLUSIVE, direction
from experiments.words.bilingual import FigureTexts

COLOUR_A, COLOUR_B = (TOKENS[name][0] for name in ("a", "b"))
MAP_COLOURS = {
    worse: LinearSegmentedColormap.from_list("-".join(ends), [TOKENS[name][0] for name in (ends[0], "land", ends[1])])
    for worse in (-1, 0, 1)
    for ends in [difference_colours(worse)]
}
"""Colour maps of differences: brown is worse and blue is better; violet is less and green is more where neither is.

The key is 1 if more is worse, -1 if less is, and 0 if neither.
"""
FIGURE_WIDTH, PANEL_GAP = 7.4, 0.34
"""Width of a figure and space between panels, in inches."""
HEADING_LETTER_WIDTH, TICK_LABEL_WIDTH = 0.068, 0.3
"""Width of a character of a panel heading, and of the tick labels at the left of a panel, in inches."""
TITLE_LINE, NOTE_LINE, HEADING_LINE, VERDICT_LINE, SPACE_ABOVE, SPACE_BELOW = 0.2, 0.16, 0.15, 0.17, 0.05, 0.22
"""Heights of a line of title, note, heading and verdict, and space above and below a panel, in inches."""
ROW_HEIGHT, MIN_PANEL_WIDTH, ROW_LETTER_WIDTH, MAX_ROW_NAME_WIDTH = 0.16, 1.15, 0.054, 3.4
"""Row height, and widths of the narrowest panel, a character of a row name and the longest name, in inches."""
PAIR_DOT_OFFSET = 0.3
"""Distance of the dots of pairs below their mean, as a share of a row."""
SCALE_MARGIN = 0.03
"""Margin at both ends of a scale, as a share of it, so that no mark is cut off."""
LETTERS_PER_LINE = 96, 140
"""Characters in a line of the title and of the note below it."""
HEADING_STYLE: dict[str, Any] = {"fontsize": 8, "weight": "bold", "color": INK}


@dataclass(frozen=True)
class PanelSizes:
    """Layout of panels; lengths are in inches.

    ``height`` is that of panels (of each row, if they differ), ``names_width`` the width of names at the left,
    ``space_above`` and ``space_below`` the space around each panel, ``rows`` and ``columns`` the numbers of panels.
    ``figure_width`` includes all columns, ``gap`` is the space between them, ``labels_width`` that for labels at line
    ends.
    """

    height: float | tuple[float, ...]
    names_width: float
    space_above: float = 0.0
    rows: int = 1
    columns: int = 6
    figure_width: float = FIGURE_WIDTH
    gap: float = PANEL_GAP
    labels_width: float = 0.0
    space_below: float = SPACE_BELOW

    @property
    def heights(self) -> tuple[float, ...]:
        """Height of the panels of each row."""
        return self.height if isinstance(self.height, tuple) else (self.height,) * self.rows

    def height_above(self, row: int) -> float:
        """Return the height above a row in inches: panels of all rows above it with their spaces."""
        return sum(self.space_above + SPACE_ABOVE + height + self.space_below for height in self.heights[:row])


class PanelFigure:
    """Figure of panels in rows and columns; ``texts`` are its title, which is the finding, and the note below it."""

    def __init__(self, wording: FigureTexts, texts: tuple[str, str], heads: Sequence[str], sizes: PanelSizes) -> None:
        self.wording, self.heads, self.sizes = wording, heads, sizes
        self.columns = min(sizes.columns, len(heads))
        widths = (int(letters * sizes.figure_width / FIGURE_WIDTH) for letters in LETTERS_PER_LINE)
        title, note = (wording.wrap(text, width) for text, width in zip(texts, widths, strict=True))
        self.top = TITLE_LINE * len(title) + NOTE_LINE * len(note) + 0.1
        self.heads_height = HEADING_LINE * max(len(self.wrap_head(head)) for head in heads) if any(heads) else 0.0
        self.block = self.heads_height + sizes.height_above(len(sizes.heights))
        self.figure = Figure(figsize=(sizes.figure_width, self.top + -(-len(heads) // self.columns) * self.block))
        self.figure.set_layout_engine("none")
        self.figure.set_label("\n".join(texts))
        for number, line in enumerate(title):
            self.write(0.0, 0.02 + TITLE_LINE * number, line, fontsize=10.5, weight="bold", color=INK)
        for number, line in enumerate(note):
            self.write(0.0, TITLE_LINE * len(title) + 0.03 + NOTE_LINE * number, line, fontsize=7.5, color=SOFT)

    @property
    def panel_width(self) -> float:
        """Width of a panel in inches."""
        sizes = self.sizes
        panels = sizes.figure_width - sizes.names_width - sizes.gap * self.columns
        return panels / self.columns - sizes.labels_width

    @property
    def column_width(self) -> float:
        """Distance in inches from the left edge of a panel to that of the next."""
        return self.panel_width + self.sizes.labels_width + self.sizes.gap

    def wrap_head(self, head: str) -> list[str]:
        """Return the lines of a panel heading."""
        return self.wording.wrap(head, int(self.column_width / HEADING_LETTER_WIDTH))

    def write(self, x: float, y: float, text: str, **look: Any) -> None:
        """Write a text at a position in inches from the left and from the top."""
        height = self.figure.get_figheight()
        self.figure.text(x / self.sizes.figure_width, 1.0 - y / height, text, va="top", **look)

    def place(self, number: int, row: int) -> tuple[float, float]:
        """Return the upper left corner of a panel, in inches from the left and from the top."""
        block, column = divmod(number, self.columns)
        down = self.top + block * self.block + self.heads_height
        down = down + self.sizes.height_above(row) + self.sizes.space_above + SPACE_ABOVE
        return self.sizes.names_width + column * self.column_width, down

    def panel(self, number: int, row: int = 0) -> Axes:
        """Return the axes of a panel (``number`` of its heading, and row); the first row gets the heading."""
        x, y = self.place(number, row)
        if row == 0:
            top = self.top + number // self.columns * self.block
            for line, text in enumerate(self.wrap_head(self.heads[number])):
                self.write(x, top + HEADING_LINE * line, text, **HEADING_STYLE)
        (width, height), tall = self.figure.get_size_inches(), self.sizes.heights[row]
        axes = self.figure.add_axes((x / width, 1.0 - (y + tall) / height, self.panel_width / width, tall / height))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(LINE)
        axes.tick_params(axis="both", length=0, labelsize=7, colors=SOFT, pad=2)
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        return axes

    def panel_of_rows(self, number: int, names: Sequence[str]) -> Axes:
        """Return the axes of a panel with rows, which are labelled in the first column only."""
        axes = self.panel(number)
        name_rows(axes, names if number % self.columns == 0 else [""] * len(names))
        return axes

    def label(self, row: int, text: str, number: int = 0) -> None:
        """Write the label of a row of panels to the left of the block that contains panel ``number``."""
        _, y = self.place(number, row)
        letters = int((self.sizes.names_width - TICK_LABEL_WIDTH) / HEADING_LETTER_WIDTH)
        for line, part in enumerate(self.wording.wrap(text, letters)):
            self.write(0.0, y + 0.14 * line, part, **HEADING_STYLE)


def forest_panels(
    wording: FigureTexts,
    texts: tuple[str, str],
    blocks: Sequence[str],
    heads: Sequence[str],
    names: Sequence[str],
    bold: Collection[int] = (),
    space_above: float = 0.0,
) -> tuple[PanelFigure, list[list[Axes]]]:
    """Return the figure of a forest plot and the panels of every block, to be filled by `draw_estimate`.

    Every block has a panel for each head, with the row ``names`` at the left; rows in ``bold`` are headings.
    """
    longest = max(len(line) for text in (*names, *blocks) for line in text.split("\n"))
    names_width, columns = min(MAX_ROW_NAME_WIDTH, 0.15 + ROW_LETTER_WIDTH * longest), len(heads)
    width = max(FIGURE_WIDTH, names_width + columns * (MIN_PANEL_WIDTH + PANEL_GAP))
    sizes = PanelSizes(0.1 + ROW_HEIGHT * len(names), names_width, space_above, columns=columns, figure_width=width)
    sheet, grid = PanelFigure(wording, texts, [*heads] * len(blocks), sizes), []
    for number, block in enumerate(blocks):
        drawn = [sheet.panel_of_rows(number * columns + column, names) for column in range(columns)]
        for axes in drawn:
            mark_zero(axes)
            sign_values(axes)
            axes.margins(x=0.1)
        for at in bold:
            drawn[0].get_yticklabels()[at].set_fontweight("bold")
        sheet.write(0.0, sheet.top + number * sheet.block, block, **HEADING_STYLE)
        grid.append(drawn)
    return sheet, grid


def draw_estimate(axes: Axes, at: float, low: float, value: float, high: float, settled: bool) -> None:
    """Draw a number with its interval in a row: filled if distinguishable from chance, else hollow and grey."""
    colour = COLOUR_B if settled else NULL
    axes.plot([low, high], [at, at], color=colour, linewidth=1.5, solid_capstyle="round")
    axes.plot(value, at, "o", markersize=4, mec=colour, mew=1.1, color=colour if settled else "none")


def draw_pairs(axes: Axes, at: float, differences: Sequence[float], settled: bool) -> None:
    """Draw the difference of each pair of runs as a small dot below the mean in a row.

    The dots are the round caps of zero-length lines: one SVG path instead of one element per marker.
    """
    if not differences:
        return
    ends = [(one, at + PAIR_DOT_OFFSET) for one in differences for _ in range(2)]
    look: dict[str, Any] = {"color": COLOUR_B if settled else NULL, "alpha": 0.55, "linewidth": 1.5, "fill": False}
    axes.add_patch(PathPatch(Path(ends, [Path.MOVETO, Path.LINETO] * len(differences)), capstyle="round", **look))


def write_verdict(axes: Axes, text: str, verdict: str) -> None:
    """Write a verdict above a panel, in grey if chance may explain the effect."""
    colour = INK if verdict in CONCLUSIVE else NULL
    axes.set_title(text, loc="left", fontsize=7.5, weight="bold", color=colour, pad=3)


def colour_of(verdict: str) -> str:
    """Return the colour of an effect: blue if its direction is known, else grey."""
    return COLOUR_B if direction(verdict) else NULL


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
        axes.set_xlim(low - SCALE_MARGIN * (high - low), high + SCALE_MARGIN * (high - low))


def share_height(drawn: Sequence[Axes]) -> None:
    """Give panels a common vertical scale."""
    reach = [limit for axes in drawn for limit in axes.get_ylim()]
    for axes in drawn:
        axes.set_ylim(min(reach), max(reach))
