"""Write tables of the site on parameters given the data, from the recorded calibration."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from experiments.dev.documents.answer import (
    WIDTH,
    recorded_rows,
)
from experiments.dev.documents.answer import WORDS as ANSWER_WORDS
from experiments.dev.documents.markdown import table
from experiments.words import catalogue

POSTERIOR_TABLE = Path(__file__).parents[3] / "results" / "reference" / "posterior.csv"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "parameter | what it is | plausible | width left | truths inside, %",
        "sum": (
            "Of the {all} parameters that were fitted, {wide} are about as uncertain as before (95 % of the width or"
            " more). The narrowest keeps {least} % of its width."
        ),
    },
    "es": {
        "head": "parámetro | qué es | plausible | ancho que queda | verdades dentro, %",
        "sum": (
            "De los {all} parámetros que se ajustaron, {wide} quedan casi tan inciertos como antes (95 % del ancho o"
            " más). El que más se reduce conserva el {least} % de su ancho."
        ),
    },
}


def posterior_table(language: str) -> str:
    """Return the posterior width of each fitted parameter as a share of its plausible range, narrowest first."""
    words = WORDS[language]
    rows = sorted(recorded_rows(POSTERIOR_TABLE, ("parameter",)).values(), key=lambda row: float(row["width"]))
    wide = sum(row["as_wide_as_its_prior"] == "True" for row in rows)
    text = words["sum"].format(all=len(rows), wide=wide, least=percent(rows[0]["width"]))
    markdown = table(words["head"].split(" | "), (cells(row, language) for row in rows))
    return f"{textwrap.fill(text, WIDTH)}\n\n{markdown}\n"


def cells(row: Mapping[str, str], language: str) -> list[str]:
    """Return the cells of a parameter's row."""
    name = row["parameter"]
    low, high = (f"{float(row[end]):.2g}".replace("-", "−") for end in ("prior_low", "prior_high"))
    plausible = f"{low} {ANSWER_WORDS[language]['to']} {high}"
    left = f"{percent(row['width'])} %", percent(row["coverage"])
    return [f"`{name}`", catalogue.parameter(name, language), plausible, *left]


def percent(share: str) -> str:
    """Return a share as a whole number of percent.

    >>> percent("0.8932")
    '89'
    """
    return f"{100.0 * float(share):.0f}"
