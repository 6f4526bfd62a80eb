"""Figures that stand alone: each as SVG and PNG with the command that makes it in its metadata."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from experiments.comparison.comparison_request import Request
from experiments.figures.context_figure import CONTEXT
from experiments.figures.drawing import FIGURES
from experiments.figures.poster import SHOWN, poster
from experiments.figures.report_figures import available, drawn
from experiments.figures.svg import LOOK, png_of, svg_of
from experiments.narrative.report_reading import Site, read_sites
from experiments.storage.manifest import read_manifest
from experiments.storage.run_folder import write_whole
from experiments.words.bilingual import Both, Tongue, languages_of
from model.engine.errors import InputError, suggest_nearest

KINDS = (".svg", ".png")
AROUND = 0.15
"""Inches around a figure that stands alone."""


@dataclass(frozen=True)
class Alone:
    """A figure that can be drawn by itself: its name, what it shows, and how it is drawn in a language."""

    name: str
    caption: Both
    draw: Callable[[Tongue], Figure]
    draws_edge: bool = False


def every(folder: Path) -> Iterator[Alone]:
    """Yield every figure of the comparison in a folder, and those of its setting."""
    sites = read_sites(folder)
    for site, name in figures_in(sites):
        yield Alone(f"{site.name}-{name}", FIGURES[name][1], partial(drawn, name, site))
    for site in sites:
        if site.others:
            yield Alone(f"{site.name}-poster", SHOWN, partial(poster, site), draws_edge=True)
    for name, (draw, caption) in CONTEXT.items():
        yield Alone(name, caption, draw)


def write_figures(folder: Path, target: Path, lang: str) -> list[Path]:
    """Write all figures of a comparison into a folder, or the one that the name of a file means."""
    command = Request.read(read_manifest(folder)["request"]).command
    figures = {figure.name: figure for figure in every(folder)}
    kinds: tuple[str, ...] = KINDS
    place = target
    if target.suffix in KINDS:
        if target.stem not in figures:
            raise InputError(f"--figures {target}: no figure '{target.stem}'{suggest_nearest(target.stem, figures)}")
        figures, kinds, place = {target.stem: figures[target.stem]}, (target.suffix,), target.parent
    elif target.exists() and not target.is_dir():
        raise InputError(f"--figures {target} is a file, not a folder")
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for language, name, kind in itertools.product(languages_of(lang), figures, kinds):
        path = place / f"{name}{f'-{language}' if lang == 'both' else ''}{kind}"
        write_whole(path, content(figures[name], language, path, f"{command} --figures {name}{kind}"))
        written.append(path)
    return written


def content(figure: Alone, language: str, path: Path, command: str) -> bytes:
    """Return one figure as SVG or PNG, with its title and its command."""
    alt = getattr(figure.caption, language).striptags()
    about = {"Title": alt, "Description": alt, "Source": f"{command} --lang {language}"}
    with matplotlib.rc_context(LOOK):
        drawing = figure.draw(Tongue(language))
    edge = None if figure.draws_edge else AROUND
    svg = path.suffix == ".svg"
    return svg_of(drawing, path.stem, about, edge).encode() if svg else png_of(drawing, about, edge)


def figures_in(sites: list[Site]) -> Iterator[tuple[Site, str]]:
    """Yield all figures of some sites."""
    return ((site, name) for site in sites for name in available(site))
