"""Colours and strokes of everything that is drawn, of the page and of the report; no other file names a colour."""

BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
"""Okabe and Ito's colours, which differ also for those who do not see red or green apart."""
USES = (
    *("#4d4d4d", "#7a7a7a", "#a3a3a3", "#c9c9c9"),
    *("#E69F00", "#CC79A7", "#D55E00", "#0072B2", "#56B4E9"),
    "#eeeeee",
)
"""Of what a couple's minutes go to: what it must, what practices take, patrol."""
PAPER, INK, SOFT, LINE, REACH = "#FAF8F3", "#1D2327", "#555C61", "#DED8CC", "#CFC8BA"
OCHRE, FIRM, NULL = "#855F00", "#0F5CA6", "#6A6F73"
"""World A, world B, what is not told from luck."""
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
}
"""One meaning a colour, in light and in the dark: world A (ochre, dashed, ◆), B (blue, solid, ●), a harm that grows."""
WHITE = "#FFFFFF"
REPORT = {name: light for name, (light, _) in TOKENS.items() if name not in ("raise", "land", "lake")}
REPORT |= {"paper": WHITE, "wash": "#F5F2EA", "blush": "#FAF1F5", "dot": "#B4AEA2"}
"""Of the report, which is printed on white: its style sheet calls them `--NAME`."""
PAGE = {
    "ink": ("#1f2a33", "#e3eaef"),
    "paper": ("#ffffff", "#12181e"),
    "soft": ("#f2f5f7", "#1c242c"),
    "line": ("#d5dde2", "#33404b"),
    "a": (BLUE, "#56B4E9"),
    "b": (VERMILION, "#F0803C"),
    "strong": ("#0b5d8f", "#7cc4ee"),
    "shade": ("rgba(0, 0, 0, .25)", "rgba(0, 0, 0, .25)"),
    "deep-shade": ("rgba(0, 0, 0, .3)", "rgba(0, 0, 0, .3)"),
    "incident": (VERMILION, VERMILION),
    "land": ("#eceff1", "#1d2630"),
    "land-between": ("#cfd6db", "#1d2630"),
    "lake": ("#c5dced", "#27445c"),
    "names": ("#263238", "#dfe6ec"),
    "halo": ("rgba(255, 255, 255, .85)", "rgba(10, 14, 18, .85)"),
    "seat": ("#ffffff", "#1d2630"),
    "station": ("#ffffff", "#000000"),
    "couple": ("#ffffff", "#0b0f13"),
    "letters": ("#37474f", "#dfe6ec"),
    "grid": ("#dde3e7", "#3a4753"),
    "mark": ("#78909c", "#90a4ae"),
    "chosen": ("rgba(0, 0, 0, .08)", "rgba(255, 255, 255, .12)"),
}
"""Of the page, in light and in the dark: in its style sheet `--cf-NAME`, in its drawings `look.NAME`."""
LINES = (
    (BLUE, VERMILION, GREEN, "#8a6500", "#a0467c"),
    (PAGE["a"][1], PAGE["b"][1], "#2fc79a", ORANGE, PURPLE),
)
"""The same colours for thin lines of the page, in light and in the dark."""
LESS, EVEN, MORE = "#9e89dc", "#3e4a56", "#faa03c"
"""Of differences between twins on a dark map."""


def letters_on(colour: str) -> str:
    """Return the colour of letters that are read on another.

    >>> letters_on("#eeeeee") == INK, letters_on("#4d4d4d") == PAPER
    (True, True)
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return INK if 0.3 * red + 0.6 * green + 0.1 * blue > 140.0 else PAPER


def look_of(dark: bool) -> dict[str, str]:
    """Return the colours of the page by name."""
    return {name: colours[dark] for name, colours in PAGE.items()}


def variables() -> str:
    """Return the colours of the page as variables of its style sheet."""
    stated = (" ".join(f"--cf-{name}: {one};" for name, one in look_of(dark).items()) for dark in (False, True))
    return ":root {{ {} }}\n.cf-dark {{ {} }}\n".format(*stated)


def tokens() -> str:
    """Return the colours by meaning as variables of the decision view: `--NAME`."""
    stated = (" ".join(f"--{name}: {one[dark]};" for name, one in TOKENS.items()) for dark in (False, True))
    return ":root {{ {} }}\n:root[data-dark=true] {{ {} }}\n".format(*stated)
