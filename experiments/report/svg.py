"""Figures as SVG and PNG: always the same bytes, small, with text that stays text and can be in two languages."""

import io
import re
import textwrap
from dataclasses import dataclass, field
from html import escape
from typing import Any

import matplotlib
from matplotlib.figure import Figure

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
DPI = 200
BULKY = re.compile(r"(\d+\.\d\d)\d+")
TEXT = re.compile(r"(<text [^>]*>)([^<]+)(</text>)")


@dataclass
class Tongue:
    """Says the words of a figure in one language and remembers what they are in the other."""

    language: str
    pairs: dict[str, str] = field(default_factory=dict)

    def __call__(self, es: str, en: str) -> str:
        """Return a text in the language of the figure."""
        self.pairs[es] = en
        return es if self.language == "es" else en

    def lines(self, text: str, width: int) -> str:
        """Return a text of this figure in lines, and remember what each line is in the other language."""
        own, other = (textwrap.wrap(one, max(10, width)) for one in (text, self.pairs.get(text, text)))
        other += [""] * (len(own) - len(other))
        other = [*other[: len(own) - 1], " ".join(other[len(own) - 1 :])]
        self.pairs |= dict(zip(own, other, strict=True))
        return "\n".join(own)


def svg_of(figure: Figure, name: str, about: dict[str, str]) -> str:
    """Return a figure as SVG; ``about`` is written into its metadata."""
    sink = io.StringIO()
    with matplotlib.rc_context(LOOK | {"svg.hashsalt": name}):
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": "Confianza", **about})
    return sink.getvalue()


def png_of(figure: Figure, about: dict[str, str]) -> bytes:
    """Return a figure as PNG; ``about`` is written into its metadata."""
    sink = io.BytesIO()
    with matplotlib.rc_context(LOOK):
        figure.savefig(sink, format="png", dpi=DPI, metadata={"Software": "Confianza", **about})
    return sink.getvalue()


def inlined(svg: str, tongue: Tongue, two_languages: bool) -> str:
    """Return the SVG as it stands within a page: without prologue, metadata and needless digits, scaled to fit."""
    body = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    body = re.sub(r'(<svg [^>]*?)\bheight="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg [^>]*?)\bwidth="[^"]*"', r"\1", body, count=1)
    used = set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', body))
    body = re.sub(r' id="([^"]*)"', lambda found: found.group(0) if found.group(1) in used else "", body)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"\s*\n\s*", " ", BULKY.sub(r"\1", body))
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 sans-serif", body)
    return TEXT.sub(lambda found: in_both(found, tongue.pairs), body) if two_languages else body


def in_both(found: re.Match[str], pairs: dict[str, str]) -> str:
    """Return one text of a figure in both languages, of which the page shows one."""
    known = {escape(es, quote=False): escape(en, quote=False) for es, en in pairs.items()}
    opening, es, closing = found.groups()
    en = known.get(es, es)
    if en == es:
        return found.group(0)
    return f'{opening}<tspan class="es">{es}</tspan><tspan class="en">{en}</tspan>{closing}'
