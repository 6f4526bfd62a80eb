"""The answer to the research question in a few sentences, from the headline effects on record."""

import csv
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

RECORD = Path(__file__).parents[3] / "results" / "reference" / "headline" / "current.csv"
YEAR = "3"
MARKED = re.compile(r"(<!-- answer (en|es) -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH = 120
SITES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
WORLDS = ("mopsic_full", "reporting_support", "resources_only", "everything", "heavy_hand")
IN_SUMMARY = ("mopsic_full", "everything")
MEASURES = ("trust_mean", "crimes_occurred", "homicides")
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "policy",
        "to": "to",
        "summary": "Third year, each policy minus the status quo, with the 95 % interval of paired runs:\n",
        "trust_mean": "trust, points of 100",
        "crimes_occurred": "crimes",
        "homicides": "homicides",
        "intro": "**{site}**, third year, each policy minus the status quo, with the 95 % interval of {twins} pairs:",
        "open": "In italics: the interval holds zero, so the sign is not known.",
    },
    "es": {
        "head": "política",
        "to": "a",
        "summary": "Tercer año, cada política menos la situación actual, con intervalo del 95 % de pares:\n",
        "trust_mean": "confianza, puntos de 100",
        "crimes_occurred": "delitos",
        "homicides": "homicidios",
        "intro": "**{site}**, tercer año, cada política menos la actual; intervalo del 95 % de {twins} pares:",
        "open": "En cursiva: el intervalo contiene el cero, así que no se conoce el signo.",
    },
}


def with_answer(readme: str) -> str:
    """Return the README with the sentences that follow from the results on record between its marks."""
    return MARKED.sub(lambda mark: f"{mark[1]}{summary(mark[2])}{mark[3]}", readme)


def summary(language: str) -> str:
    """Return two policies at both municipalities in a few lines."""
    say, found = WORDS[language], by_name()
    lines = [say["summary"]]
    for world in IN_SUMMARY:
        at_sites = "; ".join(
            f"{name} {', '.join(f'{say[one]} {cell(found[site, world, one], say["to"])}' for one in MEASURES[:2])}"
            for site, name in SITES.items()
        )
        name = found[next(iter(SITES)), world, MEASURES[0]][language]
        lines.append(textwrap.fill(f"* **{name}**: {at_sites}.", WIDTH, subsequent_indent="  "))
    return "\n".join(lines) + "\n"


def by_name() -> dict[tuple[str, str, str], dict[str, str]]:
    """Return the rows of `YEAR` by site, world and measure."""
    return {(row["site"], row["world"], row["measure"]): row for row in record() if row["year"] == YEAR}


def answer(language: str) -> str:
    """Return the answer in Markdown: a table for each municipality."""
    return "\n".join(lines(language))


def lines(language: str) -> Iterator[str]:
    """Yield the lines of the answer."""
    say, found = WORDS[language], by_name()
    for site, name in SITES.items():
        twins = found[site, WORLDS[0], MEASURES[0]]["twins"]
        yield say["intro"].format(site=name, twins=twins) + "\n"
        yield "| " + " | ".join((say["head"], *(say[measure] for measure in MEASURES))) + " |"
        yield "| --- " * (len(MEASURES) + 1) + "|"
        for world in WORLDS:
            cells = [cell(found[site, world, measure], say["to"]) for measure in MEASURES]
            yield "| " + " | ".join((found[site, world, MEASURES[0]][language], *cells)) + " |"
        yield ""
    yield say["open"] + "\n"


def cell(row: Mapping[str, str], to: str) -> str:
    """Return an effect with its interval; in italics where the interval holds zero.

    >>> cell({"effect": "0.764", "low": "0.61", "high": "0.92", "unit": "0-100"}, "to")
    '**+0.76** (+0.61 to +0.92)'
    >>> cell({"effect": "-1.3", "low": "-2.91", "high": "0.4", "unit": "%"}, "a")
    '_−1.3 % (−2.9 a +0.4)_'
    """
    effect, low, high = (number(float(row[key]), row["unit"]) for key in ("effect", "low", "high"))
    unit = " %" if row["unit"] == "%" else ""
    if float(row["low"]) <= 0.0 <= float(row["high"]):
        return f"_{effect}{unit} ({low} {to} {high})_"
    return f"**{effect}{unit}** ({low} {to} {high})"


def number(value: float, unit: str) -> str:
    """Return a signed number; per cent with one digit, points with two."""
    return f"{value:+.{1 if unit == '%' else 2}f}".replace("-", "−")


def record() -> list[dict[str, str]]:
    """Return the rows on record."""
    with RECORD.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
