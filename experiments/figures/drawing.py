"""Register the figures of a site, and build their panels by policy, titles and notes."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.small_multiples import PanelFigure, PanelSizes
from experiments.narrative.report_reading import ArmReading, Site
from experiments.storage.progress import print_note
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual, join_as_list, join_texts, month
from experiments.words.console import console_text

MISSING_NUMBER_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)
"""Errors that drawing raises if numbers are missing."""
FIGURE_MISSING = bilingual(
    "Aquí falta una figura: no hay números para ella.", "A figure is missing here: there are no numbers for it."
)


class MissingNumbers(Exception):
    """Raised if a figure lacks the numbers that it would show."""


@contextlib.contextmanager
def as_missing_numbers() -> Iterator[None]:
    """Convert errors of drawing and rendering to `MissingNumbers`."""
    try:
        yield
    except MISSING_NUMBER_ERRORS as reason:
        raise MissingNumbers(f"{type(reason).__name__}: {reason}") from reason


def check_has_numbers(figure: Figure) -> Figure:
    """Return the figure; raise `MissingNumbers` if none of its panels shows a number."""
    if not any(map(shows_numbers, figure.axes)):
        raise MissingNumbers("no panel shows a number")
    return figure


def shows_numbers(axes: Axes) -> bool:
    """Return whether a panel shows a number: a point, line or bar, or a cell of an image."""
    if axes.images:
        return any(
            bool(np.isfinite(np.ma.filled(np.ma.asarray(one.get_array(), float), np.nan)).any()) for one in axes.images
        )
    return bool(np.isfinite(axes.dataLim.get_points()).all())


def draw_or_skip[T](name: str, draw: Callable[[], T]) -> T | None:
    """Return the result of ``draw``; if numbers are missing, print a message and return None."""
    try:
        with as_missing_numbers():
            return draw()
    except MissingNumbers:
        print_note(console_text("note.left_out", name=name))
        return None


Draw = Callable[[Site, FigureTexts], Figure]
FIGURES: dict[str, tuple[Draw, BilingualText]] = {}
"""Drawing function and caption of every figure of a site, by name."""


def register_figure(name: str, es: str, en: str) -> Callable[[Draw], Draw]:
    """Return a decorator that registers a drawing function under a name with its caption."""

    def register(draw: Draw) -> Draw:
        FIGURES[name] = draw, bilingual(es, en)
        return draw

    return register


def policy_panels(
    site: Site,
    wording: FigureTexts,
    texts: tuple[BilingualText, BilingualText],
    sizes: PanelSizes,
    heads: Sequence[str] | None = None,
) -> PanelFigure:
    """Return a figure with a panel for each policy; ``texts`` are its finding and the note below it."""
    finding, note = (wording.of(text) for text in texts)
    titles = [wording.of(arm.title) for arm in site.others or site.arms] if heads is None else heads
    return PanelFigure(wording, (finding, note), titles, sizes)


def movers_finding(site: Site, measure: str, es: tuple[str, str, str], en: tuple[str, str, str]) -> BilingualText:
    """Return the finding on policies that raise or lower a measure; ``es`` and ``en`` are its name and two verbs."""
    sides = [[arm for arm in site.others if site.verdict(arm, measure) == way] for way in ("rises", "falls")]
    name = bilingual(es[0], en[0])
    if not any(sides):
        return bilingual(
            "{name}: ninguna política se distingue del azar", "{name}: no policy can be told from chance", name=name
        )
    parts = [
        bilingual(f"{es[k]} con {{arms}}", f"{en[k]} under {{arms}}", arms=arm_titles(own))
        for k, own in enumerate(sides, start=1)
        if own
    ]
    return join_texts([name, join_texts(parts, "; ")])


def arm_titles(arms: Sequence[ArmReading]) -> BilingualText:
    """Return the titles of some arms as a list in a sentence."""
    return join_as_list([arm.title for arm in arms])


def finding_of(arms: Sequence[ArmReading], es: str, en: str, otherwise: BilingualText) -> BilingualText:
    """Return a finding on some ``{arms}``, or ``otherwise`` if there are none."""
    return bilingual(es, en, arms=arm_titles(arms)) if arms else otherwise


def note_of(site: Site, es: str, en: str, **parts: object) -> BilingualText:
    """Return the note below a finding: place, period and method."""
    manifest = site.numbers.manifest
    return bilingual(
        f"{{place}}, {{begins}} a {{until}}. {es}",
        f"{{place}}, {{begins}} to {{until}}. {en}",
        place=site.title,
        begins=month(manifest["begins"]),
        until=month(manifest["until"]),
        **parts,
    )


def count_worlds(site: Site) -> int:
    """Return the largest number of paired worlds of any policy, or the number of seeds if there is none."""
    rows = [site.effect(arm, "trust_mean") for arm in site.others]
    return int(max((row["n"] for row in rows if row is not None), default=len(site.base.entry["seeds"])))
