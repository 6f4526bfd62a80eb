"""Colours and strokes of everything that is drawn, of the page and of the report; no other file names a colour."""

USES = (
    *("#4d4d4d", "#7a7a7a", "#a3a3a3", "#c9c9c9"),
    *("#E69F00", "#CC79A7", "#D55E00", "#0072B2", "#56B4E9"),
    "#eeeeee",
)
"""Of what a couple's minutes go to: what it must, what practices take, patrol."""
PAPER, INK, SOFT, LINE, REACH = "#FAF8F3", "#1D2327", "#555C61", "#DED8CC", "#CFC8BA"
OCHRE, FIRM, NULL = "#855F00", "#0F5CA6", "#6A6F73"
"""World A, world B, what cannot be told from chance."""
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
    "land": ("#ECE7DC", "#24292D"),
    "lake": ("#D3DFE6", "#22323D"),
    "l1": ("#E3DCCB", "#2E3336"),
    "l2": ("#C9C1AE", "#474C4D"),
    "l3": ("#A19A89", "#6D6F6C"),
    "l4": ("#6F6B62", "#A19D93"),
    "l5": ("#3A3B3B", "#E3DED2"),
}
"""One meaning a colour, in light and in the dark: world A (ochre, dashed, ◆), B (blue, solid, ●), a harm that grows.

A level on a map is a shade of ink, l1 to l5; only differences are ochre or blue.
"""
MAP = {"raise", "land", "lake", "l1", "l2", "l3", "l4", "l5"}
"""Colours of the page alone."""
WHITE = "#FFFFFF"
REPORT = {name: light for name, (light, _) in TOKENS.items() if name not in MAP}
REPORT |= {"paper": WHITE, "wash": "#F5F2EA", "blush": "#FAF1F5", "dot": "#B4AEA2"}
"""Of the report, which is printed on white: its style sheet calls them `--NAME`."""


def letters_on(colour: str) -> str:
    """Return the colour of letters that are read on another.

    >>> letters_on("#eeeeee") == INK, letters_on("#4d4d4d") == PAPER
    (True, True)
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return INK if 0.3 * red + 0.6 * green + 0.1 * blue > 140.0 else PAPER


def tokens(place: str = ":root") -> str:
    """Return the colours by meaning as variables of a page or a part of it, in light and in the dark: `--NAME`."""
    stated = (" ".join(f"--{name}: {one[dark]};" for name, one in TOKENS.items()) for dark in (False, True))
    return "{0} {{ {1} }}\n{0}[data-dark=true] {{ {2} }}\n".format(place, *stated)
