"""Render figures as byte-identical SVG, PNG and PDF; text in SVG stays text, so that it can be translated."""

import html
import io
import re
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

FIGURE_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial"],
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "figure.constrained_layout.use": True,
}
DPI = 200
ENDINGS = (".png", ".svg", ".pdf")
MARGIN = 0.15
"""Margin in inches around a figure in a separate file."""


def render_figure(
    figure: Figure, ending: str, name: str, about: dict[str, str] | None = None, margin: float | None = MARGIN
) -> bytes:
    """Return a figure as PNG, SVG or PDF, cropped to its content plus ``margin`` inches, or uncropped if None.

    Its metadata are its finding and note, for readers who cannot see it, unless ``about`` gives others.
    """
    text = str(figure.get_label()).replace("\n", ". ")
    known: dict[str, Any] = {"Title": title_of(figure), "Description": text} if about is None else about
    options: dict[str, Any] = {} if margin is None else {"bbox_inches": "tight", "pad_inches": margin}
    settings = FIGURE_STYLE
    if ending == ".svg":
        settings, known = FIGURE_STYLE | {"svg.hashsalt": name}, {"Date": None, "Creator": "Confianza", **known}
    elif ending == ".png":
        options, known = options | {"dpi": DPI}, {"Software": "Confianza", **known}
    else:
        settings = {"pdf.fonttype": 42}
        texts = {"Title": known["Title"], "Subject": known["Description"]}
        known = {"CreationDate": None, "Creator": "Confianza", **texts}
    sink = io.BytesIO()
    with matplotlib.rc_context(settings):
        figure.savefig(sink, format=ending.removeprefix("."), metadata=known, **options)
    return sink.getvalue()


def title_of(figure: Figure) -> str:
    """Return the title of a figure, which is its finding."""
    return str(figure.get_label()).split("\n")[0]


def source_of(file: Path) -> str | None:
    """Return the command stored in the metadata of an SVG or PNG, or None."""
    if file.suffix == ".svg":
        text = file.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"<dc:source>(.*?)</dc:source>", text, re.DOTALL)
        return None if found is None else html.unescape(found[1]).strip()
    try:
        with Image.open(file) as picture:
            return picture.info.get("Source")
    except OSError:
        return None
