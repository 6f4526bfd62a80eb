"""Write the table of the site with the effects under each rival account."""

import textwrap
from collections.abc import Mapping

from experiments.dev.documents.answer import (
    ADOPTION,
    ANSWER_TABLE,
    EVERYTHING,
    MEASURES,
    SITES,
    WIDTH,
    answer_rows,
    effect_text,
)
from experiments.dev.documents.markdown import table
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
    },
    "es": {
        "accounts": (
            "Cada par de corridas sigue una de nueve explicaciones rivales de cómo surgen la confianza o el delito."
            " Efectos medios del tercer año con cada una, de {pairs} pares con las tres políticas y {single} solo con"
            " el MOPSIC; la confianza, en puntos de 100:"
        ),
        "account": "explicación",
        "cells": "{site}: MOPSIC en la confianza | {site}: las tres en los delitos al año",
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
