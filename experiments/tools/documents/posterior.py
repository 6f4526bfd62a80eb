"""Table for the site of what data say about parameters, from the calibration on record."""

import csv
import textwrap
from collections.abc import Mapping
from pathlib import Path

from experiments.tools.documents.answer import WIDTH
from experiments.words import catalogue

RECORD = Path(__file__).parents[3] / "results" / "reference" / "posterior.csv"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "parameter | what it is | plausible | width left | truths inside, %",
        "to": "to",
        "sum": (
            "Of the {all} parameters that were fitted, {wide} are about as uncertain as before (95 % of the width or"
            " more). The narrowest keeps {least} % of its width."
        ),
    },
    "es": {
        "head": "parámetro | qué es | plausible | ancho que queda | verdades dentro, %",
        "to": "a",
        "sum": (
            "De los {all} parámetros que se ajustaron, {wide} quedan casi tan inciertos como antes (95 % del ancho o"
            " más). El que más se reduce conserva el {least} % de su ancho."
        ),
    },
}


def posterior_table(language: str) -> str:
    """Return how much of the plausible range of each fitted parameter the data leave, narrowest first, in Markdown."""
    say = WORDS[language]
    with RECORD.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: float(row["width"]))
    wide = sum(row["as_wide_as_its_prior"] == "True" for row in rows)
    told = say["sum"].format(all=len(rows), wide=wide, least=percent(rows[0]["width"]))
    head = [f"| {say['head']} |", "| --- " * (say["head"].count("|") + 1) + "|"]
    return "\n".join([textwrap.fill(told, WIDTH), "", *head, *(line(row, language) for row in rows)]) + "\n"


def line(row: Mapping[str, str], language: str) -> str:
    """Return the row of a parameter."""
    name = row["parameter"]
    low, high = (f"{float(row[end]):.2g}".replace("-", "−") for end in ("prior_low", "prior_high"))
    cells = [f"`{name}`", catalogue.parameter(name, language), f"{low} {WORDS[language]['to']} {high}"]
    return f"| {' | '.join(cells)} | {percent(row['width'])} % | {percent(row['coverage'])} |"


def percent(share: str) -> str:
    """Return a share as a whole number of percent.

    >>> percent("0.8932")
    '89'
    """
    return f"{100.0 * float(share):.0f}"
