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


def share_bars(rows: list[tuple[str, list[tuple[str, float, str]]]]) -> str:
    """Return rows of one bar per world; each bar has a letter, a share from 0 to 1 and a word."""
    return table(
        f"<tr><th scope='row'>{html.escape(name)}</th><td class='cf-share'>"
        + "".join(
            f"<div><span class='cf-letter'>{html.escape(letter)}</span><span class='cf-track'>"
            f"<i class='cf-{letter.lower() or 'a'}' style='width:{100.0 * min(1.0, max(0.0, part)):.1f}%'></i></span>"
            f"<span class='cf-word'>{html.escape(word)}</span></div>"
            for letter, part, word in bars
        )
        + "</td></tr>"
        for name, bars in rows
    )


def cascade(rows: list[tuple[str, list[tuple[float, float, str]]]]) -> str:
    """Return rows of one bar per world, each with where it starts, its length (both 0 to 1) and a word."""
    return table(
        (
            f"<tr><th scope='row'>{html.escape(name)}</th><td class='cf-share'>"
            + "".join(step(letter if len(bars) > 1 else "", *bar) for letter, bar in zip("AB", bars, strict=False))
            + "</td></tr>"
            for name, bars in rows
        ),
        "cf-cascade cf-sum",
    )


def step(letter: str, start: float, part: float, word: str) -> str:
    """Return one bar of a cascade."""
    place = f"margin-left:{100.0 * start:.2f}%;width:{100.0 * part:.2f}%"
    return (
        f"<div>{f"<span class='cf-letter'>{letter}</span>" if letter else ''}<span class='cf-track'>"
        f"<i class='cf-{letter.lower() or 'a'}' style='{place}'></i></span>"
        f"<span class='cf-word'>{html.escape(word)}</span></div>"
    )


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
