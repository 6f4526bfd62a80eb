"""Render the templates of pages, and read and write the tables and numbers that pages show.

A page is a template in `templates`: ``NAME.LANGUAGE.j2``, or ``NAME.j2`` if one language or both stand on it.  A
function beside its data returns what the template shows.
"""

import csv
import textwrap
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).parents[3]
RECORD = ROOT / "results" / "reference"
SITES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
NO_BREAK = "\u00a0"
"""No-break space, so that cells of a narrow table do not wrap."""
WIDTH = 118
"""Width of wrapped text, in characters."""
TEMPLATES = Path(__file__).with_name("templates")
type Row = dict[str, str]


@cache
def environment() -> Environment:
    """Return the environment of all templates; a name that a template uses and nobody gives is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(table=markdown_table, sites=SITES)
    made.filters.update(wrapped=wrapped, filled=lambda text: textwrap.fill(" ".join(text.split()), 120))
    return made


def rendered(name: str, **shown: Any) -> str:
    """Return a page: a template with what it shows, and one line break at its end."""
    return environment().get_template(f"{name}.j2").render(**shown).rstrip("\n") + "\n"


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table.

    >>> print(markdown_table(("a", "b"), [("1", "2|3")]))
    | a | b |
    | --- | --- |
    | 1 | 2\\|3 |
    """
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a text wrapped to `WIDTH` characters, with an indent of the first and of further lines."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def recorded_table(path: Path, **where: str) -> list[Row]:
    """Return the rows of a recorded table in which columns have the values of ``where``."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if where.items() <= row.items()]


def typographic(number: str) -> str:
    """Return a number with a typographic minus sign, and without a sign if it is zero.

    >>> typographic("-0.12"), typographic("-0.00")
    ('−0.12', '0.00')
    """
    return number.replace("-", "−") if number.strip("+-0.,") else number.lstrip("+-")


def signed(number: float, digits: int) -> str:
    """Return a number with its sign.

    >>> signed(-1521.3, 0), signed(0.4563, 2)
    ('−1,521', '+0.46')
    """
    return typographic(f"{number:+,.{digits}f}")


def contents(names: Iterable[str], hidden: bool = False) -> str:
    """Return a list of the pages that stand below a page of the site; if hidden, the menu alone shows it."""
    option = ":hidden:" if hidden else ":maxdepth: 1"
    return "\n".join(["```{toctree}", option, "", *names, "```", ""])


def contents_page(title: str, about: str, names: Iterable[str]) -> str:
    """Return a page with a table of contents."""
    return f"# {title}\n\n{about}\n\n{contents(names)}"
