"""Bars and lists as plain HTML, which reads well also without sight or colour."""

import html
from collections.abc import Iterable, Sequence

from experiments.page.criteria_standing import signed


def signed_bars(rows: list[tuple[str, float]], digits: int = 2) -> str:
    """Return a list of names with bars to the left (less) or right (more) of a middle line."""
    most = max((abs(value) for _, value in rows), default=1.0) or 1.0
    return table(
        f"<tr><th scope='row'>{html.escape(name)}</th><td class='cf-number'>{signed(value, digits)}</td>"
        f"<td class='cf-signed' aria-hidden='true'><i class='{'cf-more' if value >= 0 else 'cf-less'}'"
        f" style='width:{49.0 * abs(value) / most:.1f}%'></i></td></tr>"
        for name, value in rows
    )


def share_bars(rows: Iterable[tuple[str, Sequence[tuple[float, str]]]]) -> str:
    """Return rows of one bar per world, each with its share (0 to 1) and a word."""
    return bar_table(
        (name, [(f"width:{100.0 * min(1.0, max(0.0, part)):.1f}%", word) for part, word in bars]) for name, bars in rows
    )


def cascade(rows: Iterable[tuple[str, Sequence[tuple[float, float, str]]]]) -> str:
    """Return rows of one bar per world, each with its start and length (both 0 to 1) and a word."""
    placed = (
        (name, [(f"margin-left:{100.0 * start:.2f}%;width:{100.0 * part:.2f}%", word) for start, part, word in bars])
        for name, bars in rows
    )
    return bar_table(placed, "cf-cascade cf-sum", letter_of_one=False)


def bar_table(rows: Iterable[tuple[str, Sequence[tuple[str, str]]]], kind: str = "", letter_of_one: bool = True) -> str:
    """Return rows of one bar per world, each with its style and a word; room for its letter is kept on request."""

    def bar(letter: str, style: str, word: str) -> str:
        mark = f"<span class='cf-letter'>{letter}</span>" if letter or letter_of_one else ""
        return (
            f"<div>{mark}<span class='cf-track'><i class='cf-{letter.lower() or 'a'}' style='{style}'></i></span>"
            f"<span class='cf-word'>{html.escape(word)}</span></div>"
        )

    return table(
        (
            f"<tr><th scope='row'>{html.escape(name)}</th><td class='cf-share'>"
            + "".join(bar(letter, *one) for letter, one in zip(letters_of(bars), bars, strict=False))
            + "</td></tr>"
            for name, bars in rows
        ),
        kind,
    )


def letters_of(worlds: Sequence[object]) -> Sequence[str]:
    """Return the letters of two worlds; one alone has none."""
    return "AB" if len(worlds) > 1 else [""]


def numbers(
    heads: Sequence[str],
    rows: list[tuple[str, list[str]]],
    kind: str = "",
    over: Sequence[tuple[str, int]] = (),
) -> str:
    """Return named rows of numbers under heads, if there are any, and over these what some of them share."""
    shared = "".join(f"<th scope='colgroup' colspan='{n}'>{html.escape(one)}</th>" for one, n in over)
    head = "".join(f"<th scope='col'>{html.escape(one)}</th>" for one in heads)
    body = (
        f"<tr><th scope='row'>{html.escape(name)}</th>"
        + "".join(f"<td class='cf-number'>{html.escape(value)}</td>" for value in values)
        + "</tr>"
        for name, values in rows
    )
    top = (f"<tr><th></th>{one}</tr>" for one in (shared, head) if one)
    return table([*top, *body], f"cf-counts {kind}".strip())


def table(rows: Iterable[str], kind: str = "") -> str:
    """Return rows as a table."""
    return f"<table class='{f'cf-bars {kind}'.strip()}'>{''.join(rows)}</table>"
