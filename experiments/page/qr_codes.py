"""Links as codes that a telephone reads."""

import segno

from experiments.figures.theme import INK, WHITE

LONGEST = 2000
"""Signs of a link for which there is a code: one for more would be too fine to be read from a screen."""


def qr_of(link: str) -> str:
    """Return a link as a drawing, none where it is too long; dark on light in any case, as cameras want it."""
    if len(link) > LONGEST:
        return ""
    return segno.make_qr(link, error="l").svg_inline(border=2, omitsize=True, svgclass=None, dark=INK, light=WHITE)
