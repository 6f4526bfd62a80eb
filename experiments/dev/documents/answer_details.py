"""Write tables of the site that explain the answer: effects under each rival account, and why its numbers differ."""

import textwrap
from collections.abc import Mapping

from experiments.dev.documents.answer import (
    ADOPTION,
    ANSWER_TABLE,
    EVERYTHING,
    MEASURES,
    SITES,
    WIDTH,
    WORLDS,
    answer_rows,
    default_rows,
    effect_text,
    uncertainty_rows,
)
from experiments.dev.documents.markdown import table
from experiments.dev.documents.posterior import CALIBRATED
from scenarios import accounts

ACCOUNTS_TABLE = ANSWER_TABLE.with_name("accounts.csv")
DIVIDER = " | "
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "accounts": (
            "Each pair of runs follows one of nine rival accounts of how trust or crime comes about. Mean effects of"
            " the third year under each, of {pairs} pairs with all three policies and {single} with MOPSIC alone;"
            " trust in points of 100:"
        ),
        "account": "account",
        "cells": "{site}: MOPSIC on trust | {site}: all three on crimes a year",
        "numbers": (
            "One effect has several numbers, because each is over something else. Those of MOPSIC in full on trust, in"
            " points of 100, and on crimes a year:"
        ),
        "head": "what is drawn | account | year | pairs of runs | {sites}",
        "heads": "{site}: trust | {site}: crimes",
        "answer": "everything assumed | all nine | 3",
        "own": "the same draws | the model's own | 3",
        "draws": "everything assumed, other draws | the model's own | 3",
        "calibrated": "what the calibration leaves | the model's own | 3",
        "defaults": "nothing: default values | the model's own | 3",
        "each_draw": "{n} draws",
    },
    "es": {
        "accounts": (
            "Cada par de corridas sigue una de nueve explicaciones rivales de cómo surgen la confianza o el delito."
            " Efectos medios del tercer año con cada una, de {pairs} pares con las tres políticas y {single} solo con"
            " el MOPSIC; la confianza, en puntos de 100:"
        ),
        "account": "explicación",
        "cells": "{site}: MOPSIC en la confianza | {site}: las tres en los delitos al año",
        "numbers": (
            "Un mismo efecto tiene varios números, porque cada uno abarca otra cosa. Los del MOPSIC completo en la"
            " confianza, en puntos de 100, y en los delitos al año:"
        ),
        "head": "qué se sortea | explicación | año | pares de corridas | {sites}",
        "heads": "{site}: confianza | {site}: delitos",
        "answer": "todo lo supuesto | las nueve | 3",
        "own": "los mismos sorteos | la propia del modelo | 3",
        "draws": "todo lo supuesto, otros sorteos | la propia | 3",
        "calibrated": "lo que deja la calibración | la propia | 3",
        "defaults": "nada: valores por defecto | la propia | 3",
        "each_draw": "{n} sorteos",
    },
}


def accounts_table(language: str) -> str:
    """Return the rival accounts in Markdown, each with its claim and the recorded effects under it."""
    words, effects_by_account = WORDS[language], {one: answer_rows(ACCOUNTS_TABLE, one) for one in accounts.names()}
    first = effects_by_account[accounts.PRESENT]
    arms = ((ADOPTION, MEASURES[0]), (EVERYTHING, MEASURES[1]))
    single, pairs = (first[next(iter(SITES)), *key]["n"] for key in arms)
    head = [
        words["account"],
        *(cell for one in SITES.values() for cell in words["cells"].format(site=one).split(DIVIDER)),
    ]
    claims, rows = [], []
    for name, effects in effects_by_account.items():
        about = accounts.account(name)
        cells = [effect_text(effects[site, *key], "effect") for site in SITES for key in arms]
        title = about.title[language]
        claims.append(f"* **{title[0].upper()}{title[1:]}.** {about.claim[language]}")
        rows.append([title, *cells])
    listed = "\n".join(claims)
    text = textwrap.fill(words["accounts"].format(pairs=pairs, single=single), WIDTH)
    return f"{text}\n\n{listed}\n\n{table(head, rows)}\n"


def numbers_table(language: str) -> str:
    """Return all recorded effects of MOPSIC on trust and crimes, each with the draws and accounts it averages over."""
    words = WORDS[language]
    rows = [[*words[name].split(DIVIDER), n, *numbers] for name, n, numbers in recorded_numbers(words)]
    head = words["head"].format(sites=DIVIDER.join(words["heads"].format(site=one) for one in SITES.values()))
    return f"{textwrap.fill(words['numbers'], WIDTH)}\n\n{table(head.split(DIVIDER), rows)}\n"


def recorded_numbers(words: Mapping[str, str]) -> list[tuple[str, str, list[str]]]:
    """Return, for each row of the table, its name, the number of pairs or draws, and the effects at each site."""
    places, mopsic = [(site, measure) for site in SITES for measure in MEASURES[:2]], WORLDS[0]
    numbers = []
    for name, rows in (("answer", answer_rows()), ("own", answer_rows(ACCOUNTS_TABLE, accounts.PRESENT))):
        effects = [rows[site, ADOPTION, measure] for site, measure in places]
        numbers.append((name, effects[0]["n"], [effect_text(row, "effect") for row in effects]))
    for name, rows in (("draws", uncertainty_rows()), ("calibrated", uncertainty_rows(CALIBRATED))):
        effects = [rows[site, mopsic, measure] for site, measure in places]
        numbers.append(
            (name, words["each_draw"].format(n=effects[0]["draws"]), [effect_text(row, "mean") for row in effects])
        )
    rows = default_rows()
    effects = [rows[site, mopsic, measure] for site, measure in places]
    numbers.append(
        ("defaults", effects[0]["twins"], [effect_text(row | {"effect": difference(row)}, "effect") for row in effects])
    )
    return numbers


def difference(row: Mapping[str, str]) -> str:
    """Return the effect of a row in the unit of the measure; effects in percent are converted with the base.

    >>> difference({"unit": "0-100", "effect": "0.77"}), difference({"unit": "%", "effect": "-2.0", "base": "17800"})
    ('0.77', '-356.0')
    """
    return str(float(row["effect"]) / 100.0 * float(row["base"])) if row["unit"] == "%" else row["effect"]
