"""QR codes of links."""

import segno

from experiments.figures.theme import INK, WHITE

MAX_LINK_LENGTH = 2000
"""Longest link (characters) with a code; the code of a longer one is too fine to scan from a screen."""


def qr_svg(link: str) -> str:
    """Return the code of a link as SVG, empty if it is too long; always dark on light, as cameras need it."""
    if len(link) > MAX_LINK_LENGTH:
        return ""
    return segno.make_qr(link, error="l").svg_inline(border=2, omitsize=True, svgclass=None, dark=INK, light=WHITE)
