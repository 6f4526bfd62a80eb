"""Draw the marks of page one: a dot for each pair of worlds, and a ruler over the range that the model can reach."""

import math

from markupsafe import Markup

MAX_DOTS = 100
DOTS_PER_ROW = ((8, 4), (20, 5), (50, 8), (MAX_DOTS, 10))
"""Pairs of the largest number of dots in a field and its number of dots per row."""
LARGE_DOT, CHANCE_DOT, SMALL_DOT = 0.74, 0.56, 0.32
"""Diameter of a dot as a share of its cell: a world in the main direction, one there by chance, any other."""
RULER_START, RULER_LENGTH = 2.0, 36.0
"""Left end and length of a ruler, in units of its drawing."""

FIELD_SVG = Markup('<svg class="dots {kind}" viewBox="0 0 {across} {down}" aria-hidden="true">{rest}{gone}</svg>')
DOTS_SVG = Markup('<path d="{d}" stroke-dasharray="0 1" stroke-linecap="round" stroke-width="{width}" class="{kind}"/>')
HATCH_SVG = Markup(
    '<svg class="dots" viewBox="0 0 10 10" aria-hidden="true"><path class="hatch" '
    'd="M0,3L3,0M0,6L6,0M0,9L9,0M2,10L10,2M5,10L10,5M8,10L10,8"/></svg>'
)
RULER_SVG = Markup(
    '<svg class="ruler" viewBox="0 0 40 8" aria-hidden="true"><path class="reach" d="M2,4H38"/>'
    '<path class="ends" d="M2,1V7M38,1V7"/>{span}<path class="today" d="M{today},1.4l2.6,2.6l-2.6,2.6l-2.6,-2.6Z"/>'
    "{dot}</svg>"
)
SPAN_SVG = Markup('<path class="span" d="M{low},4H{high}"/>')
DOT_SVG = Markup('<circle class="{kind}" cx="{at}" cy="4" r="2.7"/>')


def dot_field(n: int, large: int, kind: str) -> Markup:
    """Return ``n`` dots, one for each world, of which ``large`` are large; more than a hundred are scaled down."""
    shown = min(n, MAX_DOTS)
    large_shown = round(large * shown / n) if n else 0
    across = next(width for most, width in DOTS_PER_ROW if shown <= most)
    down = math.ceil(shown / across)
    size = CHANCE_DOT if kind == "n" else LARGE_DOT
    gone = DOTS_SVG.format(d=dot_rows(0, large_shown, across, down), width=size, kind="went")
    rest = DOTS_SVG.format(d=dot_rows(large_shown, shown, across, down), width=SMALL_DOT, kind="rest")
    return FIELD_SVG.format(kind=kind, across=across, down=down, rest=rest, gone=gone)


def dot_rows(first: int, last: int, across: int, down: int) -> str:
    """Return an SVG path through the dots ``first`` to ``last``, in rows filled from the bottom.

    >>> dot_rows(0, 6, 4, 2)
    'M0.5,1.5h3.01M0.5,0.5h1.01'
    """
    found = []
    for row in range(down):
        begin, end = max(first, row * across), min(last, (row + 1) * across)
        if begin < end:
            found.append(f"M{begin - row * across + 0.5:g},{down - row - 0.5:g}h{end - begin - 0.99:g}")
    return "".join(found)


def share_on(ends: tuple[float, float], value: float) -> float:
    """Return the position of a value between two ends, clipped to 0-1."""
    return min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))


def draw_ruler(ends: tuple[float, float], at: float | None, interval: tuple[float, float], kind: str) -> Markup:
    """Return a ruler over the range of effects that the model can reach, with marks for today and one policy."""
    values = (0.0,) if at is None else (0.0, *interval, at)
    today, *policy = (f"{RULER_START + share_on(ends, value) * RULER_LENGTH:.1f}" for value in values)
    if not policy:
        return RULER_SVG.format(today=today, span="", dot="")
    low, high, place = policy
    span, dot = SPAN_SVG.format(low=low, high=high), DOT_SVG.format(kind=kind, at=place)
    return RULER_SVG.format(today=today, span=span, dot=dot)
