"""Figures that stand alone: each as SVG and PNG with the command that makes it in its metadata."""

from pathlib import Path

from matplotlib.figure import Figure

from experiments.report import every_figure, languages_of
from experiments.report.context import CONTEXT
from experiments.report.figures import FIGURES, drawn
from experiments.report.svg import Tongue, png_of, svg_of
from experiments.request import Request
from experiments.results import read_manifest, write_whole
from model.errors import InputError


def write_figures(folder: Path, target: Path, lang: str) -> list[Path]:
    """Write every figure of the comparison in a folder, and those of its setting."""
    if target.exists() and not target.is_dir():
        raise InputError(f"--figures {target} is a file, not a folder")
    target.mkdir(parents=True, exist_ok=True)
    command = Request.read(read_manifest(folder)["request"]).command
    written = []
    for language in languages_of(lang):
        end = "" if lang != "both" else f"-{language}"
        about = {"Source": f"{command} --figures DIR --lang {lang}"}
        for site, name in every_figure(folder):
            title = getattr(FIGURES[name][1], language).unescape()
            figure = drawn(name, site, Tongue(language))
            written += save(figure, target / f"{site.name}-{name}{end}", about | {"Title": title})
        for name, (draw, caption) in CONTEXT.items():
            title = getattr(caption, language).unescape()
            written += save(draw(Tongue(language)), target / f"{name}{end}", about | {"Title": title})
    return written


def save(figure: Figure, path: Path, about: dict[str, str]) -> list[Path]:
    """Write one figure as SVG and as PNG."""
    svg, png = path.with_name(f"{path.name}.svg"), path.with_name(f"{path.name}.png")
    write_whole(svg, svg_of(figure, path.name, about).encode())
    write_whole(png, png_of(figure, about))
    return [svg, png]
