"""Bars and lists as plain HTML, which reads well also without sight or colour."""

import html
from collections.abc import Iterable


def signed_bars(rows: list[tuple[str, float]], digits: int = 2) -> str:
    """Return a list of names with bars to the left (less) or right (more) of a middle line."""
    most = max((abs(value) for _, value in rows), default=1.0) or 1.0
    return table(
        f"<tr><th scope='row'>{html.escape(name)}</th><td class='cf-number'>{value:+.{digits}f}</td>"
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


def table(rows: Iterable[str]) -> str:
    """Return rows as a table."""
    return f"<table class='cf-bars'>{''.join(rows)}</table>"
