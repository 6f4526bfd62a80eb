"""Page one as a poster: the same rows, columns, dots and sentences on one sheet of A3."""

import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.comparison.comparison_request import Request
from experiments.figures.drawing import spoken
from experiments.figures.page_one import Cell, Column, base_of, cell, cost, costs, outcomes
from experiments.figures.theme import REPORT, WHITE
from experiments.narrative import answers
from experiments.narrative.answers import most
from experiments.narrative.ceiling_sentences import ends_of
from experiments.narrative.report_reading import Arm, Site
from experiments.words.bilingual import Both, Tongue, both

SHOWN = both(
    "Página uno como cartel: qué cambia cada política en lo que le importa a la gente, con un punto por mundo gemelo.",
    "Page one as a poster: what each policy changes of what people care about, a dot for each twin world.",
)
KEY = both(
    "Cada punto, un mundo gemelo; grande si fue en ese sentido. ▲▼ sube o baja frente a seguir como hoy; gris ≈: no se"
    " distingue del azar; ?: no se sabe; rojo: crece un daño. La raya va de un extremo del modelo al otro: ◆ hoy,"
    " ● con la política.",
    "Each dot a twin world; large if it went that way. ▲▼ rises or falls against going on as today; grey ≈: cannot be"
    " told from luck; ?: not known; crimson: a harm grows. The stroke goes from one end of the model to the other:"
    " ◆ today, ● with the policy.",
)
WIDE, HIGH, EDGE, NAME = 11.7, 16.5, 0.55, 2.5
"""Inches of A3, of its edge, of the column of policies."""
OF_LETTER = 0.0078
"""Inches that a letter is wide, for each point of its size."""
OF_LINE = 0.0185
"""Inches from line to line, for each point of size."""
HEAD, TODAY, LEAST, APART = 0.75, 0.5, 1.45, 0.25
"""Inches of headings, of today's row, of a policy's row at least, and above what stands below the table."""
COLOURS = {"b": REPORT["b"], "h": REPORT["harm"], "n": REPORT["null"]}
MOST_DOTS, DOTS_ACROSS, DOT = 100, 10, 0.1


class Poster:
    """A sheet on which one writes from above, in inches from its upper left corner."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue, self.y = tongue, EDGE
        self.figure = Figure(figsize=(WIDE, HIGH), facecolor=WHITE)
        self.figure.set_layout_engine("none")
        self.axes: Axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0.0, WIDE)
        self.axes.set_ylim(HIGH, 0.0)

    def write(self, x: float, y: float, text: str, size: float, wide: float, **look: Any) -> float:
        """Write a text in lines of a width; return where the next begins."""
        lines = textwrap.wrap(text, max(6, int(wide / (OF_LETTER * size))))
        shown: dict[str, Any] = {"color": REPORT["ink"], "va": "top", "linespacing": 1.25} | look
        self.axes.text(x, y, "\n".join(lines), fontsize=size, **shown)
        return y + OF_LINE * size * len(lines)

    def below(self, text: Both, size: float, **look: Any) -> None:
        """Write a text over the whole width below what stands there."""
        self.y = self.write(EDGE, self.y, spoken(text, self.tongue), size, WIDE - 2.0 * EDGE, **look) + 0.12

    def rule(self, colour: str = REPORT["line"], width: float = 0.8) -> None:
        """Draw a line over the whole width."""
        self.axes.plot([EDGE, WIDE - EDGE], [self.y, self.y], color=colour, linewidth=width)


def poster(site: Site, tongue: Tongue) -> Figure:
    """Draw page one of a site as a poster."""
    sheet = Poster(tongue)
    sheet.below(answers.question(site), 30.0, weight="bold")
    sheet.below(answers.answer(site), 17.0)
    sheet.below(KEY, 10.5, color=REPORT["soft"])
    table(sheet, site)
    sheet.y += APART
    sheet.rule(REPORT["ink"], 2.0)
    sheet.y += 0.15
    sheet.below(both("Lo que no se debe concluir", "What must not be concluded"), 15.0, weight="bold")
    for text in answers.warnings(site):
        sheet.below(both("• {text}", "• {text}", text=text), 11.5)
    command = Request.read(site.numbers.manifest["request"]).command
    sheet.below(both("Se hizo con: {command}", "Made with: {command}", command=command), 9.5, color=REPORT["soft"])
    sheet.figure.set_figheight(max(HIGH, sheet.y + EDGE))
    sheet.axes.set_ylim(sheet.figure.get_figheight(), 0.0)
    return sheet.figure


def table(sheet: Poster, site: Site) -> None:
    """Draw the table: headings, today, and a row for each policy."""
    columns, spent = outcomes(site), costs(site)
    places = {id(one): EDGE + NAME + (k + 0.5) * wide_of(columns, spent) for k, one in enumerate([*columns, *spent])}
    sheet.rule(REPORT["ink"], 2.0)
    for one in [*columns, *spent]:
        words = spoken(both("{head}, {unit}", "{head}, {unit}", head=one.head, unit=one.unit), sheet.tongue)
        colour = REPORT["harm"] if one.harm else REPORT["ink"]
        centred(sheet, places[id(one)], sheet.y + 0.1, words, 7.6, wide_of(columns, spent), weight="bold", color=colour)
    sheet.y += HEAD
    wash(sheet)
    sheet.write(
        EDGE + 0.08, sheet.y + 0.13, sheet.tongue("Como hoy", "As today"), 14.0, NAME, weight="bold", color=REPORT["a"]
    )
    for one in [*columns, *spent]:
        text = base_of(site, one).striptags()
        centred(sheet, places[id(one)], sheet.y + 0.15, text, 12.0, NAME, weight="bold", color=REPORT["a"])
    sheet.y += TODAY
    for arm in site.others:
        row(sheet, site, arm, columns, spent, places)


def wide_of(columns: Sequence[Column], spent: Sequence[Column]) -> float:
    """Return the width of a column."""
    return (WIDE - 2.0 * EDGE - NAME) / (len(columns) + len(spent))


def wash(sheet: Poster) -> None:
    """Lay a ground under today's row."""
    ground = Rectangle((EDGE, sheet.y), WIDE - 2.0 * EDGE, TODAY, color=REPORT["wash"], zorder=0)
    sheet.axes.add_patch(ground)


def centred(sheet: Poster, x: float, y: float, text: str, size: float, wide: float, **look: Any) -> None:
    """Write a text in the middle of its column."""
    sheet.write(x, y, text, size, wide, ha="center", **look)


def row(
    sheet: Poster, site: Site, arm: Arm, columns: Sequence[Column], spent: Sequence[Column], places: dict[int, float]
) -> None:
    """Draw the row of a policy."""
    sheet.rule()
    top = sheet.y + 0.1
    foot = sheet.write(EDGE, top, spoken(arm.title, sheet.tongue), 14.0, NAME, weight="bold")
    foot = sheet.write(EDGE, foot, spoken(answers.two_sentences(site, arm), sheet.tongue), 10.0, NAME - 0.15)
    for one in columns:
        outcome(sheet, places[id(one)], top, site, arm, one)
    for one in spent:
        centred(sheet, places[id(one)], top + 0.3, cost(site, arm, one).striptags(), 12.0, NAME)
    sheet.y = max(foot + 0.1, sheet.y + LEAST)


def outcome(sheet: Poster, x: float, y: float, site: Site, arm: Arm, column: Column) -> None:
    """Draw one cell: sign and number, a dot for each twin, in how many it went this way, the ruler."""
    one = cell(site, arm, column)
    colour = COLOURS[one.kind]
    centred(sheet, x, y, f"{one.sign} {one.number.striptags()}", 12.5, NAME, weight="bold", color=colour)
    dots(sheet, x, y + 0.36, site.effect(arm, column.measure), one)
    centred(sheet, x, y + 0.86, spoken(one.count, sheet.tongue), 9.5, NAME, color=colour)
    ends = ends_of(site, column.measure)
    if ends is not None:
        ruler(sheet, x, y + 1.15, ends.span, site.effect(arm, column.measure), one)


def dots(sheet: Poster, x: float, y: float, effect: Any, one: Cell) -> None:
    """Draw the twins: large those that went this way, small all others."""
    if effect is None or one.sign == "?":
        return
    n = min(int(effect["n"]), MOST_DOTS)
    went = round(most(effect)[1] * n / effect["n"]) if one.sign not in ("=", "…") else 0
    across = DOTS_ACROSS if n > 2 * DOTS_ACROSS else 4
    step = 0.9 / max(across, 6)
    for k in range(n):
        place = x + (k % across - (across - 1) / 2.0) * step, y + 0.4 - k // across * min(step, 0.042 * DOTS_ACROSS)
        size = DOT if k < went else DOT / 2.6
        colour = COLOURS[one.kind] if k < went else REPORT["dot"]
        shown = 72.0 * size * min(1.0, step / 0.15)
        sheet.axes.plot(place[0], place[1], "o", markersize=shown, markeredgewidth=0, color=colour)


def ruler(sheet: Poster, x: float, y: float, span: tuple[float, float], effect: Any, one: Cell) -> None:
    """Draw where an effect lies between the ends of what the model can show, with today."""

    def place(value: float) -> float:
        return x - 0.4 + 0.8 * min(1.0, max(0.0, (value - span[0]) / (span[1] - span[0])))

    sheet.axes.plot([x - 0.4, x + 0.4], [y, y], color=REPORT["reach"], linewidth=3.0, marker="|", mec=REPORT["faint"])
    sheet.axes.plot(place(0.0), y, "D", color=REPORT["a"], markersize=5.0)
    if one.sign in "▲▼≈=":
        fill = COLOURS[one.kind] if one.kind != "n" else WHITE
        sheet.axes.plot(place(effect["typical"]), y, "o", mec=COLOURS[one.kind], color=fill, markersize=6.5, mew=1.4)
