"""Colours of all figures, of the page and of the report; no other file defines colours."""

USES = (
    *("#4d4d4d", "#7a7a7a", "#a3a3a3", "#c9c9c9"),
    *("#E69F00", "#CC79A7", "#D55E00", "#0072B2", "#56B4E9"),
    "#eeeeee",
)
"""Colours of the uses of a couple's minutes: obligations, practices, patrol."""
PAPER, INK, SOFT, LINE, REACH = "#FAF8F3", "#1D2327", "#555C61", "#DED8CC", "#CFC8BA"
OCHRE, FIRM, NULL = "#855F00", "#0F5CA6", "#6A6F73"
"""Colours of world A, of world B, and of effects not distinguishable from chance."""
TOKENS = {
    "paper": (PAPER, "#15181B"),
    "raise": ("#F2EEE5", "#1E2226"),
    "ink": (INK, "#EDE9E0"),
    "soft": (SOFT, "#B0ADA5"),
    "line": (LINE, "#363B3F"),
    "faint": ("#8B857A", "#85837C"),
    "a": (OCHRE, "#E0B34A"),
    "b": (FIRM, "#7DBBF7"),
    "harm": ("#A3154F", "#FF8FB5"),
    "null": (NULL, "#A3A5A4"),
    "reach": (REACH, "#474B4C"),
    "worse": ("#8F4520", "#E0986B"),
    "better": ("#0E7C9E", "#5CC8E8"),
    "less": ("#6D4C9F", "#B79BE6"),
    "more": ("#4E7A1E", "#A2C96B"),
    "land": ("#ECE7DC", "#24292D"),
    "lake": ("#D3DFE6", "#22323D"),
    "l1": ("#E3DCCB", "#2E3336"),
    "l2": ("#C9C1AE", "#474C4D"),
    "l3": ("#A19A89", "#6D6F6C"),
    "l4": ("#6F6B62", "#A19D93"),
    "l5": ("#3A3B3B", "#E3DED2"),
}
"""Colours by meaning for light and dark mode, such as world A (ochre, dashed, ◆) and world B (blue, solid, ●).

Levels on a map are shades of ink, l1 to l5. Differences on a map are brown where worse and blue where better, whichever
world has more; where neither direction is better they are violet (less) and green (more).
"""
ON_MAPS = {"land", "lake", "worse", "better", "less", "more", "l1", "l2", "l3", "l4", "l5"}
PAGE_ONLY = ON_MAPS | {"raise"}
"""Colours that the style sheet of the report does not use."""
WHITE = "#FFFFFF"
REPORT = {name: light for name, (light, _) in TOKENS.items() if name not in PAGE_ONLY}
REPORT |= {"paper": WHITE, "wash": "#F5F2EA", "blush": "#FAF1F5", "dot": "#B4AEA2"}
"""Colours of the report, which is printed on white; its style sheet refers to them as `--NAME`."""


def difference_colours(worse: int) -> tuple[str, str]:
    """Return the names of the colours of less and of more on a map of differences.

    ``worse`` is 1 if more is worse, -1 if less is, and 0 if neither.

    >>> difference_colours(1), difference_colours(-1)
    (('better', 'worse'), ('worse', 'better'))
    """
    return {1: ("better", "worse"), -1: ("worse", "better"), 0: ("less", "more")}[worse]


def text_colour_on(colour: str) -> str:
    """Return the text colour for a background colour.

    >>> text_colour_on("#eeeeee") == INK, text_colour_on("#4d4d4d") == PAPER
    (True, True)
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return INK if 0.3 * red + 0.6 * green + 0.1 * blue > 140.0 else PAPER


def css_variables(place: str = ":root") -> str:
    """Return the colours as CSS variables `--NAME` of a selector, for light and dark mode."""
    stated = (" ".join(f"--{name}: {one[dark]};" for name, one in TOKENS.items()) for dark in (False, True))
    return "{0} {{ {1} }}\n{0}[data-dark=true] {{ {2} }}\n".format(place, *stated)
