"""Write the page of a town: data, texts, style and script in one HTML file that makes no requests."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from experiments.figures.theme import TOKENS
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.plan import SITES
from experiments.reproduce.surfaces import Surface, SurfaceKey
from experiments.storage.writing import make_folder, write_atomically
from experiments.town_page.town_data import TEXTS, town_data
from experiments.words.draw_kit import DRAW_FUNCTIONS
from experiments.words.script_fault import SCRIPT_FAULT
from experiments.words.toml_files import toml_beside

FOLDER = Path(__file__).parent
TEMPLATE, STYLE, STYLE_TEMPLATE = "town.html.j2", "town.css", "style.css.j2"
DATA_BEGIN = '<script type="application/json" id="data">'
"""Text before the data of a page."""
SCRIPTS = (
    *("emulator.js", "verdict.js", "sentences.js", "state.js", "board.js", "check.js", "doors.js"),
    *("studies.js", "qr.js", "sharing.js", "town.js"),
)
"""Parts of the script of the page, in their order."""


def town_pages(
    design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface], command: str
) -> dict[str, str]:
    """Return the page of each town that has pairs, by site."""
    sites = [site for site in SITES if (pairs["site"] == site).any()]
    return {site: town_page(town_data(design, pairs, surfaces, [site], command)) for site in sites}


def page_paths(folder: Path, sites: Iterable[str]) -> dict[str, Path]:
    """Return the path of the page of each town in a folder, by site."""
    return {site: folder / f"{site}.html" for site in sites}


def write_pages(pages: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the page of each town into a folder; return the paths."""
    make_folder(folder)
    paths = page_paths(folder, pages)
    for site, path in paths.items():
        write_atomically(path, pages[site].encode())
    return list(paths.values())


def page_script() -> str:
    """Return the script of the page."""
    parts = [(FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(['"use strict";', DRAW_FUNCTIONS, *parts])


def page_style() -> str:
    """Return the style of the page, with its colours."""
    return (
        style_environment()
        .get_template(STYLE_TEMPLATE)
        .render(tokens=TOKENS, style=(FOLDER / STYLE).read_text(encoding="utf-8"))
    )


def style_environment() -> Environment:
    """Return the environment of the templates."""
    return Environment(
        loader=PackageLoader("experiments.town_page", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def town_page(data: Mapping[str, Any], language: str = "") -> str:
    """Return the page of the towns of some data (`town_data`) in both languages.

    It is one file, or where the data are served a document with its style and scripts beside it. Without a
    ``language`` it opens in that of the browser.
    """
    names = ", ".join(town["title"] for town in data["words"]["es"]["town"].values())
    return (
        style_environment()
        .get_template(TEMPLATE)
        .render(
            data=json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
            served=data["served"],
            language=language,
            script_fault=SCRIPT_FAULT,
            script=page_script(),
            style=page_style(),
            title=names,
            broken=toml_beside(__file__, TEXTS)["broken"],
        )
    )


def data_in(page: str) -> Any:
    """Return the data in the file of a page; empty if it has none.

    >>> data_in('<script type="application/json" id="data">{"towns":[]}</script>'), data_in("<p>no page")
    ({'towns': []}, {})
    """
    _, _, rest = page.partition(DATA_BEGIN)
    try:
        return json.loads(rest.partition("</script>")[0])
    except ValueError:
        return {}
