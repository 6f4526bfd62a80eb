"""Write tables of the site on parameters and effects given the data, from the recorded calibration."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from experiments.dev.documents.answer import (
    MEASURES,
    SITES,
    WIDTH,
    mean_and_range,
    policy_names,
    recorded_rows,
    uncertainty_rows,
)
from experiments.dev.documents.answer import WORDS as ANSWER_WORDS
from experiments.dev.documents.markdown import table
from experiments.words import catalogue

CALIBRATED = "_calibrated"
"""Suffix of the folders of effects over draws from the posterior of the fitted parameters."""
POSTERIOR_TABLE = Path(__file__).parents[3] / "results" / "reference" / "posterior.csv"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "parameter | what it is | plausible | width left | truths inside, %",
        "sum": (
            "Of the {all} parameters that were fitted, {wide} are about as uncertain as before (95 % of the width or"
            " more). The narrowest keeps {least} % of its width."
        ),
        "effects": "municipality | policy | {measure}: all plausible values | what the data leave",
    },
    "es": {
        "head": "parámetro | qué es | plausible | ancho que queda | verdades dentro, %",
        "sum": (
            "De los {all} parámetros que se ajustaron, {wide} quedan casi tan inciertos como antes (95 % del ancho o"
            " más). El que más se reduce conserva el {least} % de su ancho."
        ),
        "effects": "municipio | política | {measure}: todo valor plausible | lo que dejan los datos",
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


def effects_of_posterior(language: str) -> str:
    """Return the effects over draws from the prior and from the posterior side by side, in Markdown."""
    words, names = ANSWER_WORDS[language], policy_names()
    prior, posterior = uncertainty_rows(), uncertainty_rows(CALIBRATED)
    tables = []
    for measure in MEASURES[:2]:
        rows = [
            (
                SITES[site],
                names[policy][language],
                mean_and_range(prior[site, policy, measure], words["to"]),
                mean_and_range(posterior[site, policy, measure], words["to"]),
            )
            for site, policy, name in posterior
            if policy in names and name == measure
        ]
        head = WORDS[language]["effects"].format(measure=words[f"{measure}_unit"])
        tables.append(table(head.split(" | "), rows))
    return "\n\n".join(tables) + "\n"


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
