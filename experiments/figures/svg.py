"""Figures as SVG and PNG: always the same bytes, small, with text that stays text and can be in two languages."""

import html
import io
import re
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

LOOK: Any = {
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
DPI, DPI_OF_SCREENS = 200, 110
ENDINGS = (".png", ".svg", ".pdf")
AROUND = 0.15
"""Inches around a figure that stands alone."""


def svg_of(figure: Figure, name: str, about: dict[str, str], edge: float | None = None) -> str:
    """Return a figure as SVG, perhaps with so many inches around it; ``about`` is written into its metadata."""
    sink = io.StringIO()
    with matplotlib.rc_context(LOOK | {"svg.hashsalt": name}):
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": "Confianza", **about}, **framed(edge))
    return sink.getvalue()


def framed(edge: float | None) -> dict[str, Any]:
    """Return how a figure is written with so many inches around what it shows; as it is where none are given."""
    return {} if edge is None else {"bbox_inches": "tight", "pad_inches": edge}


def pdf_of(figure: Figure, about: dict[str, str], edge: float | None = None) -> bytes:
    """Return a figure as PDF, with letters that can be searched."""
    sink = io.BytesIO()
    known = {"CreationDate": None, "Creator": "Confianza", "Title": about["Title"], "Subject": about["Description"]}
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        figure.savefig(sink, format="pdf", metadata=known, **framed(edge))
    return sink.getvalue()


def png_of(figure: Figure, about: dict[str, str] | None = None, edge: float | None = None) -> bytes:
    """Return a figure as PNG: for print, with ``about`` in its metadata, or for a screen, if there is none."""
    sink = io.BytesIO()
    known = {"Software": None} if about is None else {"Software": "Confianza", **about}
    with matplotlib.rc_context(LOOK):
        figure.savefig(sink, format="png", dpi=DPI_OF_SCREENS if about is None else DPI, metadata=known, **framed(edge))
    return sink.getvalue()


def content_of(figure: Figure, ending: str, name: str) -> bytes:
    """Return a figure that stands alone as its file's name ends, with its text for those who do not see it."""
    about = {"Title": title_of(figure), "Description": str(figure.get_label()).replace("\n", ". ")}
    if ending == ".svg":
        return svg_of(figure, name, about, AROUND).encode()
    return (png_of if ending == ".png" else pdf_of)(figure, about, AROUND)


def title_of(figure: Figure) -> str:
    """Return what a figure found."""
    return str(figure.get_label()).split("\n")[0]


def source_of(file: Path) -> str | None:
    """Return the command that made an SVG or PNG, as its metadata have it, or none."""
    if file.suffix == ".svg":
        found = re.search(
            r"<dc:source>(.*?)</dc:source>", file.read_text(encoding="utf-8", errors="replace"), re.DOTALL
        )
        return None if found is None else html.unescape(found[1]).strip()
    try:
        with Image.open(file) as picture:
            return picture.info.get("Source")
    except OSError:
        return None
