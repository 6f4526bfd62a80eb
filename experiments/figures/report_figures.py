"""Draw the figures of a comparison for its report or as separate files: figures of sites, posters and context."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.figure import Figure

from experiments.comparison.comparison import Request
from experiments.figures import by_policy, grids, over_time, place_figures
from experiments.figures.context_figure import CONTEXT_FIGURES
from experiments.figures.drawing import FIGURES, as_missing_numbers, check_has_numbers, draw_or_skip
from experiments.figures.poster import CAPTION, draw_poster
from experiments.figures.svg import FIGURE_STYLE, MARGIN, render_figure
from experiments.narrative.report_reading import Site, read_sites
from experiments.storage.manifest import read_manifest
from experiments.storage.writing import make_folder, write_atomically
from experiments.words.bilingual import BilingualText, FigureTexts, languages_of
from model.engine.errors import InputError, suggest_nearest

FIGURE_MODULES = (over_time, by_policy, place_figures, grids)
"""Modules that register their figures on import, in the order of the report."""
ONE_ARM_FIGURES = ("trust", "criteria")
"""Figures of a site with a single arm."""
FILE_ENDINGS: tuple[str, ...] = (".svg", ".png")


class StandaloneFigure(NamedTuple):
    """Figure in a separate file: caption, drawing function of a language, and margin in inches."""

    caption: BilingualText
    draw: Callable[[FigureTexts], Figure]
    margin: float | None = MARGIN


def available_figures(site: Site) -> list[str]:
    """Return the figures for which a site has results."""
    there = {name: len(site.numbers.rows(name, site=site.name)) > 0 for name in ("memory", "criteria", "draws")}
    there |= {"groups": len(site.effects("group")) > 0, "causes": len(site.effects("cause")) > 0}
    there["minutes"] = len(site.effects("minutes")) > 0
    there["maps"] = all(arm.has_table("cells") for arm in site.arms)
    drawable = FIGURES if site.others else ONE_ARM_FIGURES
    return [name for name in drawable if there.get(name, True)]


def draw_site_figure(name: str, site: Site, wording: FigureTexts) -> Figure:
    """Return one figure of a site; raise `MissingNumbers` if it has no data."""
    with matplotlib.rc_context(FIGURE_STYLE), as_missing_numbers():
        return check_has_numbers(FIGURES[name][0](site, wording))


def figures_in(sites: list[Site]) -> Iterator[tuple[Site, str]]:
    """Yield all figures of some sites."""
    return ((site, name) for site in sites for name in available_figures(site))


def standalone_figures(folder: Path) -> dict[str, StandaloneFigure]:
    """Return every figure of the comparison in a folder, and the context figures, by name."""
    sites = read_sites(folder)
    of_sites = {
        f"{site.name}-{name}": StandaloneFigure(FIGURES[name][1], partial(draw_site_figure, name, site))
        for site, name in figures_in(sites)
    }
    posters = {
        f"{site.name}-poster": StandaloneFigure(CAPTION, partial(draw_poster, site), None)
        for site in sites
        if site.others
    }
    context = {name: StandaloneFigure(caption, draw) for name, (caption, draw) in CONTEXT_FIGURES.items()}
    return of_sites | posters | context


def write_figures(folder: Path, target: Path, lang: str) -> list[Path]:
    """Write all figures of a comparison into a folder, or the one named by a file; return the paths written."""
    command = Request.read(read_manifest(folder)["request"]).command
    figures, endings, place = standalone_figures(folder), FILE_ENDINGS, target
    if target.suffix in FILE_ENDINGS:
        if target.stem not in figures:
            raise InputError(
                f"--figures {target}: this comparison has no figure '{target.stem}', but {', '.join(figures)}"
                f"{suggest_nearest(target.stem, figures)}"
            )
        figures, endings, place = {target.stem: figures[target.stem]}, (target.suffix,), target.parent
    elif target.exists() and not target.is_dir():
        raise InputError(f"--figures {target} is a file, not a folder")
    make_folder(place)
    written = []
    for language, (name, figure) in itertools.product(languages_of(lang), figures.items()):
        stem = f"{name}{f'-{language}' if lang == 'both' else ''}"
        files = {
            place / f"{stem}{ending}": f"{command} --figures {name}{ending} --lang {language}" for ending in endings
        }
        for path, content in (draw_or_skip(stem, partial(render_files, figure, language, files)) or {}).items():
            write_atomically(path, content)
            written.append(path)
    if not written:
        raise InputError(f"--figures {target}: nothing was written, since there are no numbers for it")
    return written


def render_files(figure: StandaloneFigure, language: str, files: Mapping[Path, str]) -> dict[Path, bytes]:
    """Return the content of a figure's files, by path; ``files`` gives the command stored in each as its source."""
    caption = figure.caption.text(language)
    found = {}
    for path, source in files.items():
        with matplotlib.rc_context(FIGURE_STYLE):
            drawing = figure.draw(FigureTexts(language))
        about = {"Title": caption, "Description": caption, "Source": source}
        found[path] = render_figure(drawing, path.suffix, path.stem, about, figure.margin)
    return found


def is_figure_name(stem: str) -> bool:
    """Return whether the name of a file without its ending is that of a figure of a comparison, in any language.

    >>> is_figure_name("villa_canales-trust-es"), is_figure_name("holidays")
    (True, False)
    """
    bare = stem.removesuffix("-es").removesuffix("-en")
    return bare.endswith((*CONTEXT_FIGURES, *(f"-{name}" for name in (*FIGURES, "poster"))))


def check_figure_name(target: Path) -> None:
    """Raise InputError if the name of a file is not that of a figure of any comparison."""
    site_figures = (*FIGURES, "poster")
    near = [f"{target.stem.rpartition('-')[0]}-{name}" for name in site_figures]
    if target.suffix in FILE_ENDINGS and not is_figure_name(target.stem):
        raise InputError(
            f"--figures {target}: a file must be named after its figure, got '{target.stem}': "
            f"{', '.join(CONTEXT_FIGURES)}, or SITE-NAME with NAME among {', '.join(site_figures)}"
            f"{suggest_nearest(target.stem, near)}"
        )
