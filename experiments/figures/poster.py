"""Draw page one as a poster: table, dots and sentences on one A3 sheet."""

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.comparison.comparison import Request
from experiments.figures.dot_strip import MAX_DOTS, share_on
from experiments.figures.page_one import OutcomeCell, base_of, cell, cost, costs, outcomes
from experiments.figures.theme import REPORT, WHITE
from experiments.narrative import answers
from experiments.narrative.messages import message
from experiments.narrative.report_reading import ArmReading, Site
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual

CAPTION, KEY = message("figure.poster.caption"), message("figure.poster.key")
PAGE_WIDTH, PAGE_HEIGHT, MARGIN, NAME_WIDTH = 11.7, 16.5, 0.55, 2.5
"""Width and height of A3, its margin, and the width of the column of policies, in inches."""
TEXT_WIDTH = PAGE_WIDTH - 2.0 * MARGIN
LETTER_WIDTH, BOLD_LETTER_WIDTH = 0.0078, 0.0092
"""Mean width of a character in inches per point of font size."""
LINE_SPACING = 0.0185
"""Line spacing in inches per point of font size."""
HEADINGS_HEIGHT, TODAY_HEIGHT, MIN_ROW_HEIGHT, SPACE_BELOW_TABLE = 0.75, 0.5, 1.45, 0.25
"""Heights of headings, of today's row and of the lowest policy row, and space below the table, in inches."""
HEADING_SIZE, COUNT_SIZE = 7.6, 9.5
"""Largest font sizes of headings and of counts, in points; both shrink to fit narrow columns."""
COLOURS = {"b": REPORT["b"], "h": REPORT["harm"], "n": REPORT["null"]}
DOTS_ACROSS, DOT_SIZE = 10, 0.1


class Poster:
    """Sheet filled from top to bottom; coordinates are inches from the upper left corner."""

    def __init__(self, site: Site, wording: FigureTexts) -> None:
        self.site, self.wording, self.y = site, wording, MARGIN
        columns, cost_columns = outcomes(site), costs(site)
        self.wide = (TEXT_WIDTH - NAME_WIDTH) / (len(columns) + len(cost_columns))
        """Width of a column in inches."""
        every = [(one, MARGIN + NAME_WIDTH + (k + 0.5) * self.wide) for k, one in enumerate([*columns, *cost_columns])]
        self.columns, self.cost_columns = every[: len(columns)], every[len(columns) :]
        self.figure = Figure(figsize=(PAGE_WIDTH, PAGE_HEIGHT), facecolor=WHITE)
        self.figure.set_layout_engine("none")
        self.axes: Axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0.0, PAGE_WIDTH)
        self.axes.set_ylim(PAGE_HEIGHT, 0.0)

    def write(self, place: tuple[float, float], text: str, size: float, wide: float = NAME_WIDTH, **look: Any) -> float:
        """Write a text wrapped to a width; return the vertical position below it."""
        letter_width = BOLD_LETTER_WIDTH if look.get("weight") == "bold" else LETTER_WIDTH
        lines = textwrap.wrap(text, max(6, int(wide / (letter_width * size))))
        shown: dict[str, Any] = {"color": REPORT["ink"], "va": "top", "linespacing": 1.25} | look
        self.axes.text(*place, "\n".join(lines), fontsize=size, **shown)
        return place[1] + LINE_SPACING * size * len(lines)

    def write_below(self, text: BilingualText, size: float, **look: Any) -> None:
        """Write a text over the full width at the current position, and move the position below it."""
        self.y = self.write((MARGIN, self.y), self.wording.of(text), size, TEXT_WIDTH, **look) + 0.12

    def draw_rule(self, colour: str = REPORT["line"], width: float = 0.8) -> None:
        """Draw a line over the full width."""
        self.axes.plot([MARGIN, PAGE_WIDTH - MARGIN], [self.y, self.y], color=colour, linewidth=width)

    def draw_table(self) -> None:
        """Draw the table: headings, today, and a row for each policy."""
        self.draw_rule(REPORT["ink"], 2.0)
        bold: dict[str, Any] = {"ha": "center", "weight": "bold"}
        columns = self.columns + self.cost_columns
        headings = [
            self.wording.of(bilingual("{head}, {unit}", "{head}, {unit}", head=one.head, unit=one.unit))
            for one, _ in columns
        ]
        longest_word = max(len(word) for heading in headings for word in heading.split())
        size = min(HEADING_SIZE, self.wide / (BOLD_LETTER_WIDTH * longest_word))
        for heading, (one, x) in zip(headings, columns, strict=True):
            self.write((x, self.y + 0.1), heading, size, self.wide, color=REPORT["harm" if one.harm else "ink"], **bold)
        self.y += HEADINGS_HEIGHT
        self.axes.add_patch(Rectangle((MARGIN, self.y), TEXT_WIDTH, TODAY_HEIGHT, color=REPORT["wash"], zorder=0))
        today = self.wording("Como hoy", "As today")
        self.write((MARGIN + 0.08, self.y + 0.13), today, 14.0, weight="bold", color=REPORT["a"])
        for one, x in columns:
            self.write((x, self.y + 0.15), base_of(self.site, one).striptags(), 12.0, color=REPORT["a"], **bold)
        self.y += TODAY_HEIGHT
        for arm in self.site.others:
            self.draw_policy(arm)

    def draw_policy(self, arm: ArmReading) -> None:
        """Draw the row of a policy."""
        self.draw_rule()
        top = self.y + 0.1
        sentences = self.wording.of(answers.two_sentences(self.site, arm))
        foot = self.write((MARGIN, top), self.wording.of(arm.title), 14.0, weight="bold")
        foot = self.write((MARGIN, foot), sentences, 10.0, NAME_WIDTH - 0.15)
        for one, x in self.columns:
            self.draw_outcome(x, top, cell(self.site, arm, one))
        for one, x in self.cost_columns:
            self.write((x, top + 0.3), self.wording.of(cost(self.site, arm, one)), 12.0, ha="center")
        self.y = max(foot + 0.1, self.y + MIN_ROW_HEIGHT)

    def draw_outcome(self, x: float, y: float, outcome: OutcomeCell) -> None:
        """Draw one cell: number or verdict, a dot for each pair, the count of those in the main direction, ruler."""
        look: dict[str, Any] = {"ha": "center", "color": COLOURS[outcome.kind]}
        self.write((x, y), self.wording.of(outcome.number), 12.5, weight="bold", **look)
        if outcome.pair_counts is not None:
            self.draw_dots(x, y + 0.36 + 0.4, outcome.pair_counts, COLOURS[outcome.kind])
        count = self.wording.of(outcome.count)
        self.write((x, y + 0.86), count, min(COUNT_SIZE, self.wide / (LETTER_WIDTH * (len(count) + 1))), **look)
        if outcome.span is not None:
            self.draw_ruler(x, y + 1.15, outcome.span, outcome)

    def draw_dots(self, x: float, y: float, pair_counts: tuple[int, int], colour: str) -> None:
        """Draw a dot for each pair from the bottom up: large for those in the main direction, small for others."""
        n = min(pair_counts[0], MAX_DOTS)
        large = round(pair_counts[1] * n / pair_counts[0])
        across = DOTS_ACROSS if n > 2 * DOTS_ACROSS else 4
        step = 0.9 / max(across, 6)
        for k in range(n):
            place = x + (k % across - (across - 1) / 2.0) * step, y - k // across * min(step, 0.042 * DOTS_ACROSS)
            size = 72.0 * (DOT_SIZE if k < large else DOT_SIZE / 2.6) * min(1.0, step / 0.15)
            look: dict[str, Any] = {"markeredgewidth": 0, "color": colour if k < large else REPORT["dot"]}
            self.axes.plot(*place, "o", markersize=size, **look)

    def draw_ruler(self, x: float, y: float, span: tuple[float, float], outcome: OutcomeCell) -> None:
        """Draw the ruler over the range that the model can reach, with today and the effect."""
        left, colour = x - 0.4, COLOURS[outcome.kind]
        look: dict[str, Any] = {"linewidth": 3.0, "marker": "|", "mec": REPORT["faint"]}
        self.axes.plot([left, x + 0.4], [y, y], color=REPORT["reach"], **look)
        self.axes.plot(left + 0.8 * share_on(span, 0.0), y, "D", color=REPORT["a"], markersize=5.0)
        if outcome.effect is not None:
            fill = colour if outcome.kind != "n" else WHITE
            place = left + 0.8 * share_on(span, outcome.effect)
            self.axes.plot(place, y, "o", mec=colour, color=fill, markersize=6.5, mew=1.4)


def draw_poster(site: Site, wording: FigureTexts) -> Figure:
    """Draw page one of a site as a poster."""
    sheet = Poster(site, wording)
    sheet.write_below(answers.page_one_question(site), 30.0, weight="bold")
    sheet.write_below(answers.page_one_answer(site), 17.0)
    sheet.write_below(KEY, 10.5, color=REPORT["soft"])
    sheet.draw_table()
    sheet.y += SPACE_BELOW_TABLE
    sheet.draw_rule(REPORT["ink"], 2.0)
    sheet.y += 0.15
    sheet.write_below(bilingual("Lo que no se debe concluir", "What must not be concluded"), 15.0, weight="bold")
    for text in answers.warnings(site):
        sheet.write_below(bilingual("• {text}", "• {text}", text=text), 11.5)
    command = Request.read(site.numbers.manifest["request"]).command
    soft = {"color": REPORT["soft"]}
    sheet.write_below(bilingual("Se hizo con: {command}", "Made with: {command}", command=command), 9.5, **soft)
    sheet.figure.set_figheight(max(PAGE_HEIGHT, sheet.y + MARGIN))
    sheet.axes.set_ylim(sheet.figure.get_figheight(), 0.0)
    return sheet.figure
