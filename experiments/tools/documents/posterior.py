"""Tables for the site of what data say about parameters and effects, from the calibration on record."""

import csv
import textwrap
from collections.abc import Mapping
from pathlib import Path

from experiments.tools.documents.answer import MEASURES, SITES, WIDTH, mean_and_range, over_draws, policy_names
from experiments.words import catalogue

CALIBRATED = "_calibrated"
"""How the folders of effects end in whose draws the fitted parameters come from what the data leave."""
RECORD = Path(__file__).parents[3] / "results" / "reference" / "posterior.csv"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "parameter | what it is | plausible | width left | truths inside, %",
        "to": "to",
        "sum": (
            "Of the {all} parameters that were fitted, {wide} are about as uncertain as before (95 % of the width or"
            " more). The narrowest keeps {least} % of its width."
        ),
        "effects": "municipality | policy | {measure}: all plausible values | what the data leave",
        "trust_mean": "trust, points of 100",
        "crimes_occurred": "crimes a year",
    },
    "es": {
        "head": "parámetro | qué es | plausible | ancho que queda | verdades dentro, %",
        "to": "a",
        "sum": (
            "De los {all} parámetros que se ajustaron, {wide} quedan casi tan inciertos como antes (95 % del ancho o"
            " más). El que más se reduce conserva el {least} % de su ancho."
        ),
        "effects": "municipio | política | {measure}: todo valor plausible | lo que dejan los datos",
        "trust_mean": "confianza, puntos de 100",
        "crimes_occurred": "delitos al año",
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


def effects_of_posterior(language: str) -> str:
    """Return the effects over draws of all plausible values beside those over what the data leave, in Markdown."""
    say, names = WORDS[language], policy_names()
    before, after = over_draws(), over_draws(CALIBRATED)
    tables = []
    for measure in MEASURES[:2]:
        head = say["effects"].format(measure=say[measure])
        lines = [f"| {head} |", "| --- " * (head.count("|") + 1) + "|"]
        for key in (key for key in after if key[1] in names and key[2] == measure):
            cells = [mean_and_range(found[key], say["to"]) for found in (before, after)]
            lines.append(f"| {' | '.join([SITES[key[0]], names[key[1]][language], *cells])} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n"


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
