"""Bars, numbers and lists of sentences as HTML, by the macros of `tables.html.j2`."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader

from experiments.page.criteria_standing import signed


class Sentence(NamedTuple):
    """A sentence of a list, with its date, the letter of its world, and the points by which it moved trust."""

    words: str
    date: object = ""
    letter: str = ""
    change: float = 0.0


@cache
def macros() -> Any:
    """Return the macros, in whose output every word is escaped."""
    found = Environment(loader=PackageLoader("experiments.page", "."), autoescape=True)
    found.globals["signed"] = signed
    return found.get_template("tables.html.j2").module


def signed_bars(rows: Sequence[tuple[str, float]]) -> str:
    """Return a list of names with bars to the left (less) or right (more) of a middle line."""
    return str(macros().signed_bars(rows, max((abs(value) for _, value in rows), default=1.0) or 1.0))


def bars(rows: Iterable[tuple[str, Sequence[tuple[Any, ...]]]], cascade: bool = False) -> str:
    """Return rows of one bar a world: its share (0 to 1), a word, and in a cascade its start (0 to 1)."""
    return str(macros().bars(rows, cascade))


def numbers(heads: Sequence[str], rows: Any, kind: str = "", over: Sequence[tuple[str, int]] = ()) -> str:
    """Return named rows of numbers under heads, if there are any, and over these what some of them share."""
    return str(macros().numbers(heads, rows, kind, over))


def sentences(rows: Iterable[Sentence], tag: str = "ul") -> str:
    """Return a list of sentences."""
    return str(macros().sentences(rows, tag))


def letters_of(worlds: Sequence[object]) -> Sequence[str]:
    """Return the letters of two worlds; one alone has none."""
    return "AB" if len(worlds) > 1 else [""]
