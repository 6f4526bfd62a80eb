"""The one style of figures: the finding as title, a panel for each policy, labels where the lines are.

World A is ochre, dashed, ◆; world B is blue, solid, ●; grey is what is not told from luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.comparison.effect_verdicts import TOLD
from experiments.figures.theme import INK, LINE, NULL, SOFT, TOKENS
from experiments.words.bilingual import Tongue

A, B, HARM = (TOKENS[name][0] for name in ("a", "b", "harm"))
MOST_ACROSS = 6
WIDE, EDGE, GAP = 7.4, 0.0, 0.34
"""Inches: of a figure, at its edges, between panels."""
LETTER, TICKS = 0.068, 0.3
"""Inches of a letter of a panel's head, and of the values at the left of a panel."""
TITLE, UNDER, HEAD, VERDICT, APART, FOOT = 0.2, 0.16, 0.15, 0.17, 0.05, 0.22
"""Inches: lines of title, of what stands under it, of a head, of a verdict; over and below a panel."""
ROOM = 0.03
"""Share of a scale that is left at its ends, so that no mark is cut off."""
ACROSS = 96, 152
"""Letters in a line of title and of what stands under it."""
HEADED: dict[str, Any] = {"fontsize": 8, "weight": "bold", "color": INK}


@dataclass(frozen=True)
class Sizes:
    """Inches of panels: height (of each row where they differ), room for names at the left, room over each, how many.

    The figure is ``wide``, with a ``gap`` beside each panel; ``right`` is room in it for names at the ends of lines.
    """

    tall: float | tuple[float, ...]
    left: float
    over: float = 0.0
    rows: int = 1
    across: int = MOST_ACROSS
    wide: float = WIDE
    gap: float = GAP
    right: float = 0.0
    foot: float = FOOT

    @property
    def talls(self) -> tuple[float, ...]:
        """Height of the panels of each row."""
        return self.tall if isinstance(self.tall, tuple) else (self.tall,) * self.rows

    def down(self, row: int) -> float:
        """Return inches above a row: what stands over each panel, the panel, and what stands below it."""
        return sum(self.over + APART + tall + self.foot for tall in self.talls[:row])


class Sheet:
    """A figure of panels in rows and columns; every panel belongs to one policy and one row of the figure."""

    def __init__(self, tongue: Tongue, told: tuple[str, str], heads: Sequence[str], sizes: Sizes) -> None:
        self.tongue, self.heads, self.sizes = tongue, heads, sizes
        self.across = min(sizes.across, len(heads))
        most = (int(letters * sizes.wide / WIDE) for letters in ACROSS)
        title, under = (tongue.lines(*one).split("\n") for one in zip(told, most, strict=True))
        self.top = TITLE * len(title) + UNDER * len(under) + 0.1
        self.named = HEAD * max(len(self.wrapped(head)) for head in heads) if any(heads) else 0.0
        self.block = self.named + sizes.down(len(sizes.talls))
        self.figure = Figure(figsize=(sizes.wide, self.top + -(-len(heads) // self.across) * self.block))
        self.figure.set_layout_engine("none")
        self.figure.set_label("\n".join(told))
        for number, line in enumerate(title):
            self.write(EDGE, 0.02 + TITLE * number, line, fontsize=10.5, weight="bold", color=INK)
        for number, line in enumerate(under):
            self.write(EDGE, TITLE * len(title) + 0.03 + UNDER * number, line, fontsize=7.5, color=SOFT)

    @property
    def wide(self) -> float:
        """Inches of a panel's width."""
        sizes = self.sizes
        return (sizes.wide - sizes.left - EDGE - sizes.gap * self.across) / self.across - sizes.right

    def wrapped(self, head: str) -> list[str]:
        """Return the head of a panel in lines."""
        return self.tongue.lines(head, int((self.wide + self.sizes.right + self.sizes.gap) / LETTER)).split("\n")

    def write(self, x: float, y: float, text: str, **look: Any) -> None:
        """Write a text so many inches from the left and from the top."""
        height = self.figure.get_figheight()
        self.figure.text(x / self.sizes.wide, 1.0 - y / height, text, va="top", **look)

    def place(self, number: int, row: int) -> tuple[float, float]:
        """Return where a panel begins, in inches from the left and from the top."""
        block, column = divmod(number, self.across)
        down = self.top + block * self.block + self.named + self.sizes.down(row) + self.sizes.over + APART
        return self.sizes.left + column * (self.wide + self.sizes.right + self.sizes.gap), down

    def panel(self, number: int, row: int = 0) -> Axes:
        """Return the axes of a policy and a row, with the policy's name over the first."""
        x, y = self.place(number, row)
        if row == 0:
            for line, text in enumerate(self.wrapped(self.heads[number])):
                self.write(x, self.top + number // self.across * self.block + HEAD * line, text, **HEADED)
        (wide, height), tall = self.figure.get_size_inches(), self.sizes.talls[row]
        axes = self.figure.add_axes((x / wide, 1.0 - (y + tall) / height, self.wide / wide, tall / height))
        quiet(axes)
        return axes

    def label(self, row: int, text: str, number: int = 0) -> None:
        """Name a row at the left of its first panel, and of the first in every further block."""
        _, y = self.place(number, row)
        for line, part in enumerate(self.tongue.lines(text, int((self.sizes.left - TICKS) / LETTER)).split("\n")):
            self.write(EDGE, y + 0.14 * line, part, **HEADED)


def quiet(axes: Axes) -> None:
    """Take from axes what says nothing: frame, ticks, all lines but those of the values."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(axis="both", length=0, labelsize=7, colors=SOFT, pad=2)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)


def verdict_over(axes: Axes, text: str, verdict: str) -> None:
    """Write a verdict over a panel, grey where nothing is told."""
    colour = INK if verdict in TOLD else NULL
    axes.set_title(text, loc="left", fontsize=7.5, weight="bold", color=colour, pad=3)


def colour_of(verdict: str, harm: bool = False) -> str:
    """Return the colour of an effect: blue where it is told, crimson where a harm grows, else grey."""
    if verdict not in ("rises", "falls"):
        return NULL
    return HARM if harm and verdict == "rises" else B


def courses(axes: Axes, when: Sequence[float], before: Any, gaps: Any, verdict: str) -> None:
    """Draw world A dashed, world B solid, and as a band on A the least and greatest difference of twins."""
    colour, after = colour_of(verdict), before + gaps.mean(axis=0)
    marker = "o" if len(when) == 1 else None
    axes.fill_between(when, before + gaps.min(axis=0), before + gaps.max(axis=0), color=colour, alpha=0.18, linewidth=0)
    axes.plot(when, before, color=A, linewidth=1.2, dashes=(3, 2), marker=marker)
    if verdict != "missing":
        axes.plot(when, after, color=colour, linewidth=1.6, marker=marker)
    axes.yaxis.set_major_locator(MaxNLocator(3))


def last_values(axes: Axes, when: float, ends: tuple[float, float], digits: int, verdict: str) -> None:
    """Write the last values of both worlds beside their lines, apart where they would touch."""
    low, high = axes.get_ylim()
    apart, middle = 0.17 * (high - low), (ends[0] + ends[1]) / 2.0
    up = 1.0 if ends[1] >= ends[0] else -1.0
    places = [middle - up * apart / 2.0, middle + up * apart / 2.0] if abs(ends[1] - ends[0]) < apart else list(ends)
    looks: tuple[dict[str, Any], ...] = ({"color": A}, {"color": colour_of(verdict), "weight": "bold"})
    for value, place, look in zip(ends, places, looks, strict=True):
        axes.annotate(
            f"{value:,.{digits}f}", (when, place), (2, 0), textcoords="offset points",
            va="center", fontsize=7, annotation_clip=False, **look,
        )  # fmt: skip


def named_ends(axes: Axes, when: float, ends: Sequence[tuple[str, float, str]], least: float = 0.1) -> None:
    """Write the names of lines beside their last values, apart where they would touch."""
    low, high = axes.get_ylim()
    at = axes.transData.transform
    bottom, top = at((when, low))[1], at((when, high))[1]
    placed: list[float] = []
    for name, value, colour in sorted(ends, key=lambda end: end[1]):
        height = (at((when, value))[1] - bottom) / (top - bottom)
        height = max(height, placed[-1] + least) if placed else height
        placed.append(height)
        axes.annotate(
            name, (1.0, height), (3, 0), xycoords="axes fraction", textcoords="offset points",
            va="center", fontsize=7, color=colour, annotation_clip=False,
        )  # fmt: skip


def effect(axes: Axes, at: float, row: Any, verdict: str, scale: float = 1.0, harm: bool = False) -> None:
    """Draw an effect with its interval in a row, in the colour of its verdict."""
    low, value, high = (scale * row[name] for name in ("typical_low", "typical", "typical_high"))
    estimate(axes, at, low, value, high, verdict in ("rises", "falls"), colour_of(verdict, harm))


def estimate(axes: Axes, at: float, low: float, value: float, high: float, told: bool, colour: str = B) -> None:
    """Draw a number with its interval in a row: full where it is told from luck, hollow and grey where not."""
    colour = colour if told else NULL
    axes.plot([low, high], [at, at], color=colour, linewidth=1.5, solid_capstyle="round")
    axes.plot(value, at, "o", markersize=4, mec=colour, mew=1.1, color=colour if told else "none")


def from_a_to_b(axes: Axes, at: float, before: float, after: float, verdict: str) -> None:
    """Draw what was in world A as ◆ and in world B as ●, with a line between them."""
    axes.plot([before, after], [at, at], color=LINE, linewidth=2.2)
    axes.plot(after, at, "o", markersize=4.6, color=colour_of(verdict))
    axes.plot(before, at, "D", markersize=3.4, color=A)


def rows_of(axes: Axes, names: Sequence[str]) -> None:
    """Give a panel rows from top to bottom, with their names or none, and a line at no change."""
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", colors=INK)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(3))


def at_nothing(axes: Axes) -> None:
    """Draw the line of no change."""
    axes.axvline(0.0, color=SOFT, linewidth=0.8)


def signed(axes: Axes) -> None:
    """Write the values below a panel with their sign, in Guatemala's form."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+,.3g}".replace("-", "−") if x else "0"))


def share_scale(drawn: Sequence[Axes]) -> None:
    """Give panels that stand side by side one scale."""
    reach = [limit for axes in drawn for limit in axes.get_xlim()]
    low, high = min(reach), max(reach)
    for axes in drawn:
        axes.set_xlim(low - ROOM * (high - low), high + ROOM * (high - low))
