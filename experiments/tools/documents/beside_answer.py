"""Tables for the site that explain the answer: the effect under each rival account, and why its numbers differ."""

import csv
import textwrap
from collections.abc import Mapping

from experiments.tools.documents.answer import (
    ADOPTION,
    ANSWER,
    EVERYTHING,
    MEASURES,
    SITES,
    WIDTH,
    WORLDS,
    answer_rows,
    by_name,
    minus,
    over_draws,
)
from experiments.tools.documents.posterior import CALIBRATED
from scenarios import accounts

ACCOUNTS = ANSWER.with_name("accounts.csv")
LAST_YEAR = "10"
RANGES = {
    "en": ("nine in ten pairs", "95 % of runs, all accounts", "95 % interval of the mean", "error in new draws"),
    "es": (
        "nueve de cada diez pares",
        "95 % de las corridas",
        "intervalo del 95 % de la media",
        "error en sorteos nuevos",
    ),
}
"""What the range that stands beside a number holds: pairs, runs, the mean, or the error of an emulator."""
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
            "One effect has several numbers, because each is over something else. That of MOPSIC in full on trust, in"
            " points of 100:"
        ),
        "head": "what is drawn | accounts | year | pairs of runs | {sites} | range beside it",
        "answer": "everything assumed | all nine | 3 | {n} | {numbers} | {pairs}",
        "own": "the same draws | the model's own | 3 | {n} | {numbers} | {pairs}",
        "draws": "everything assumed, other draws | the model's own | 3 | {n} | {numbers} | {runs}",
        "calibrated": "what the calibration leaves | the model's own | 3 | {n} | {numbers} | {runs}",
        "defaults": "nothing: default values | the model's own | 3 | {n} | {numbers} | {mean}",
        "doses": "everything assumed | all nine | 10 | an emulator of all | {numbers} | {error}",
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
            "Un mismo efecto tiene varios números, porque cada uno abarca otra cosa. El del MOPSIC completo en la"
            " confianza, en puntos de 100:"
        ),
        "head": "qué se sortea | explicaciones | año | pares de corridas | {sites} | rango que lo acompaña",
        "answer": "todo lo supuesto | las nueve | 3 | {n} | {numbers} | {pairs}",
        "own": "los mismos sorteos | la propia del modelo | 3 | {n} | {numbers} | {pairs}",
        "draws": "todo lo supuesto, otros sorteos | la propia | 3 | {n} | {numbers} | {runs}",
        "calibrated": "lo que deja la calibración | la propia | 3 | {n} | {numbers} | {runs}",
        "defaults": "nada: valores por defecto | la propia | 3 | {n} | {numbers} | {mean}",
        "doses": "todo lo supuesto | las nueve | 10 | un emulador de todos | {numbers} | {error}",
        "each_draw": "{n} sorteos",
    },
}


def accounts_table(language: str) -> str:
    """Return the rival accounts, each with its claim and with the effects on record under it, in Markdown."""
    say, found = WORDS[language], {one: answer_rows(ACCOUNTS, one) for one in accounts.names()}
    first = found[accounts.PRESENT]
    arms = ((ADOPTION, MEASURES[0]), (EVERYTHING, MEASURES[1]))
    single, pairs = (first[next(iter(SITES)), *key]["n"] for key in arms)
    head = " | ".join([say["account"], *(say["cells"].format(site=one) for one in SITES.values())])
    claims, rows = [], []
    for name, effects in found.items():
        about = accounts.account(name)
        cells = [points(effects[site, *key], "effect") for site in SITES for key in arms]
        title = about.title[language]
        claims.append(f"* **{title[0].upper()}{title[1:]}.** {about.claim[language]}")
        rows.append(f"{title} | {' | '.join(cells)}")
    listed = "\n".join(claims)
    return (
        f"{textwrap.fill(say['accounts'].format(pairs=pairs, single=single), WIDTH)}\n\n{listed}\n\n{table(head, rows)}"
    )


def numbers_table(language: str) -> str:
    """Return the numbers on record for the effect of MOPSIC on trust, each with what it is over, in Markdown."""
    say, ranges = WORDS[language], dict(zip(("pairs", "runs", "mean", "error"), RANGES[language], strict=True))
    rows = [say[name].format(n=n, numbers=" | ".join(own), **ranges) for name, n, own in numbers_on_record(say)]
    head = say["head"].format(sites=" | ".join(SITES.values()))
    return f"{textwrap.fill(say['numbers'], WIDTH)}\n\n{table(head, rows)}"


def numbers_on_record(say: Mapping[str, str]) -> list[tuple[str, str, list[str]]]:
    """Return, for each row of the table, its name, the number of pairs or draws, and the effect at each site."""
    trust, mopsic = MEASURES[0], WORLDS[0]
    found = []
    for name, rows in (("answer", answer_rows()), ("own", answer_rows(ACCOUNTS, accounts.PRESENT))):
        own = [rows[site, ADOPTION, trust] for site in SITES]
        found.append((name, own[0]["n"], [points(row, "effect") for row in own]))
    for name, kind in (("draws", ""), ("calibrated", CALIBRATED)):
        own = [over_draws(kind)[site, mopsic, trust] for site in SITES]
        found.append((name, say["each_draw"].format(n=own[0]["draws"]), [points(row, "mean") for row in own]))
    own = [by_name()[site, mopsic, trust] for site in SITES]
    found.append(("defaults", own[0]["twins"], [points(row, "effect") for row in own]))
    return [*found, ("doses", "", [points(after_ten_years(site), "effect") for site in SITES])]


def after_ten_years(site: str) -> dict[str, str]:
    """Return the effect of MOPSIC in full on trust after ten years, as its emulator has it."""
    sought = {"site": site, "years": LAST_YEAR, "measure": MEASURES[0], "line": ADOPTION, "dose": "1"}
    with (ANSWER.parent / "doses.csv").open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if sought.items() <= row.items())


def points(row: Mapping[str, str], key: str) -> str:
    """Return an effect with its sign: two digits on trust, a whole number of crimes.

    >>> points({"measure": "trust_mean", "effect": "0.4563"}, "effect")
    '+0.46'
    >>> points({"measure": "crimes_occurred", "effect": "-1521.3"}, "effect")
    '−1,521'
    """
    return minus(f"{float(row[key]):+,.{2 if row['measure'] == MEASURES[0] else 0}f}")


def table(head: str, rows: list[str]) -> str:
    """Return a Markdown table of a head and rows whose cells are divided already."""
    return "\n".join(f"| {one} |" for one in (head, " | ".join(["---"] * (head.count("|") + 1)), *rows)) + "\n"
