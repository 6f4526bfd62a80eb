"""A colour is said in one file: the page, the report and every figure take it from there."""

import re
from pathlib import Path

import pytest
from matplotlib.colors import to_hex

from experiments.figures import theme
from experiments.figures.small_multiples import MAP_COLOURS
from experiments.page.application import STATIC_FOLDER
from experiments.report import environment

ROOT = Path(__file__).parents[3] / "experiments"
COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\b|\brgba?\(\s*\d|\bhsla?\(\s*\d", re.IGNORECASE)
DRAWN = {".py", ".js", ".css", ".j2"}
REPORT = ROOT / "report"


def colours_in(text: str) -> list[str]:
    return COLOUR.findall(text)


def named(pattern: str, *files: Path) -> set[str]:
    return {name for file in files for name in re.findall(pattern, file.read_text(encoding="utf-8"))}


def test_no_file_but_that_of_the_looks_writes_a_colour_out() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): colours
        for path in ROOT.rglob("*")
        if path.suffix in DRAWN and (colours := colours_in(path.read_text(encoding="utf-8")))
    }
    assert set(found) == {"figures/theme.py"}


@pytest.mark.parametrize(
    "text", ["color: #fff;", 'BLUE = "#0072B2"', "rgba(0, 0, 0, .3)", "rgb(12 13 14)", "hsl(0 0 0)"]
)
def test_a_colour_that_is_written_out_is_noticed(text: str) -> None:
    assert colours_in(text)


@pytest.mark.parametrize(
    "text", ['id="#run"', "#to-es:checked", "rgb(${flat})", "to_rgba(np.nan)", "# add a row", "{#"]
)
def test_what_only_looks_like_a_colour_is_none(text: str) -> None:
    assert not colours_in(text)


def test_the_page_uses_every_colour_by_meaning_and_no_other() -> None:
    files = [*STATIC_FOLDER.glob("*.css"), *STATIC_FOLDER.glob("*.js")]
    sizes = named(r"--([\w-]+):", STATIC_FOLDER / "page.css") | named(r'setProperty\("--([\w-]+)"', *files)
    used = named(r"var\(--([\w-]+)\)", *files) | named(r'colour\("(\w+)"', *files)
    assert used - sizes >= set(theme.TOKENS) - {"reach", "land", "lake"}
    assert used - sizes <= set(theme.TOKENS)


def test_the_style_sheet_of_the_page_says_its_colours_for_light_and_dark() -> None:
    light, dark = theme.css_variables().splitlines()
    assert light.startswith(":root {")
    assert dark.startswith(":root[data-dark=true] {")
    for name, (by_day, by_night) in theme.TOKENS.items():
        assert f"--{name}: {by_day};" in light
        assert f"--{name}: {by_night};" in dark


def test_the_report_uses_every_colour_of_its_look_and_no_other() -> None:
    assert named(r"var\(--([\w-]+)\)", *REPORT.glob("*.j2")) == set(theme.REPORT)
    assert environment(("es",)).globals["colours"] == theme.REPORT


def test_words_can_be_read_on_their_ground(subtests: pytest.Subtests) -> None:
    for name in ("ink", "soft", "a", "b", "harm", "null"):
        for dark in (False, True):
            with subtests.test(name=name, dark=dark):
                assert contrast(theme.TOKENS[name][dark], theme.TOKENS["paper"][dark]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_differences_on_a_map_have_colours_of_their_own_that_stand_out_from_the_land(dark: bool) -> None:
    colours = {name: theme.TOKENS[name][dark] for name in ("worse", "better", "less", "more")}
    assert len(set(colours.values()) | {theme.TOKENS[name][dark] for name in ("a", "b", "harm")}) == 7
    for colour in colours.values():
        assert contrast(colour, theme.TOKENS["land"][dark]) >= 3.0
    red, _, blue = (int(colours["worse"][k : k + 2], 16) for k in (1, 3, 5))
    assert red > 1.5 * blue  # brown
    red, _, blue = (int(colours["better"][k : k + 2], 16) for k in (1, 3, 5))
    assert blue > 1.5 * red


@pytest.mark.parametrize(
    ("worse", "ends"), [(1, ("better", "worse")), (-1, ("worse", "better")), (0, ("less", "more"))]
)
def test_a_figure_of_differences_has_the_colours_of_worse_and_better(worse: int, ends: tuple[str, str]) -> None:
    assert [to_hex(MAP_COLOURS[worse](end)) for end in (0.0, 1.0)] == [to_hex(theme.TOKENS[name][0]) for name in ends]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as accessibility guidelines (WCAG) reckon it."""
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def brightness(colour: str) -> float:
    parts = [part / 255.0 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
