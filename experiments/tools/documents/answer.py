"""The answer to the research question in a few sentences, from the results on record."""

import csv
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from experiments.statistics.verdicts import direction

RECORD = Path(__file__).parents[3] / "results" / "reference" / "headline" / "current.csv"
DRAWS = RECORD.parents[1] / "over_draws"
ANSWER = RECORD.parents[1] / "reproduce" / "tables" / "answer.csv"
YEAR = "3"
MARKED = re.compile(r"(<!-- answer (en|es) -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH = 120
SITES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
WORLDS = ("mopsic_full", "reporting_support", "resources_only", "everything", "heavy_hand")
EVERYTHING = "everything"
ARMS = ("adoption", "reporting", "resources", EVERYTHING)
"""Arms of the answer on record that the summary tells."""
MEASURES = ("trust_mean", "crimes_occurred", "homicides")
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "policy",
        "to": "to",
        "summary": (
            "Effects after three years, against the status quo: mean of {pairs} pairs of runs ({single} for one"
            " factor alone) and, in brackets, nine of ten pairs. Each pair has its own draw of everything assumed,"
            " its own town and one of nine accounts of trust and crime. In italics: practically nothing, or not known."
        ),
        "brief": (
            "Third year, against the status quo, on trust (points of 100) and crimes a year: mean of {pairs} pairs of"
            " runs, and the range of nine in ten. Each pair draws everything assumed, a town and one of nine"
            " rival accounts. Italics: not known."
        ),
        "adoption": "MOPSIC in full",
        "reporting": "reporting support",
        "resources": "resources",
        "everything": "all three",
        "trust_mean_unit": "trust, of 100",
        "crimes_occurred_unit": "crimes a year",
        "homicides_unit": "homicides a year",
        "draws_head": (
            "municipality | policy | effect on | mean | from | to | assumed | accounts | random | towns"
            " | above 0, % of draws"
        ),
        "trust_mean": "trust, points of 100",
        "crimes_occurred": "crimes",
        "homicides": "homicides",
        "intro": "**{site}**, third year, each policy minus the status quo, with the 95 % interval of {twins} pairs:",
        "defaults": "With the default value of everything assumed, and random variation alone:",
        "open": "In italics: the interval holds zero, so the sign is not known.",
    },
    "es": {
        "head": "política",
        "to": "a",
        "summary": (
            "Efectos a los tres años, frente a la situación actual: media de {pairs} pares de corridas ({single} con un"
            " solo factor) y, entre paréntesis, nueve de cada diez pares. Cada par tiene su propio sorteo de todo lo"
            " supuesto, su propio municipio y una de nueve explicaciones. En cursiva: prácticamente nada, o no se sabe."
        ),
        "brief": (
            "Tercer año, frente a la situación actual, en confianza (puntos de 100) y delitos al año: media de {pairs}"
            " pares de corridas y rango de nueve de cada diez. Cada par sortea todo lo supuesto, un municipio y una de"
            " nueve explicaciones. Cursiva: no se sabe."
        ),
        "adoption": "MOPSIC completo",
        "reporting": "apoyo a la denuncia",
        "resources": "recursos",
        "everything": "los tres",
        "trust_mean_unit": "confianza, de 100",
        "crimes_occurred_unit": "delitos al año",
        "homicides_unit": "homicidios al año",
        "draws_head": (
            "municipio | política | efecto en | media | de | a | supuestos | explicaciones | azar | municipios"
            " | sobre 0, % de sorteos"
        ),
        "trust_mean": "confianza, puntos de 100",
        "crimes_occurred": "delitos",
        "homicides": "homicidios",
        "intro": "**{site}**, tercer año, cada política menos la actual; intervalo del 95 % de {twins} pares:",
        "defaults": "Con el valor por defecto de todo lo supuesto, y solo con la variación aleatoria:",
        "open": "En cursiva: el intervalo contiene el cero, así que no se conoce el signo.",
    },
}


def with_answer(readme: str) -> str:
    """Return the README with the sentences that follow from the results on record between its marks."""
    return MARKED.sub(lambda mark: f"{mark[1]}{summary(mark[2])}{mark[3]}", readme)


def summary(language: str) -> str:
    """Return in a few lines what each factor of the question does, and all of them."""
    say, found = WORDS[language], answer_rows()
    pairs = found[next(iter(SITES)), EVERYTHING, MEASURES[0]]["n"]
    lines = [textwrap.fill(say["brief"].format(pairs=pairs), WIDTH) + "\n"]
    for arm in ARMS:
        at_sites = "; ".join(
            f"{name} {', '.join(ranged(found[site, arm, one], '…') for one in MEASURES[:2])}"
            for site, name in SITES.items()
        )
        lines.append(textwrap.fill(f"* {say[arm]}: {at_sites}", WIDTH, subsequent_indent="  "))
    return "\n".join(lines) + "\n"


def answer_table(language: str) -> str:
    """Return what each factor of the question does, and all of them, over draws, towns, random numbers and accounts."""
    say, found = WORDS[language], answer_rows()
    single, pairs = (found[next(iter(SITES)), arm, MEASURES[0]]["n"] for arm in (ARMS[0], EVERYTHING))
    heads = [f"{name}: {say[f'{measure}_unit']}" for name in SITES.values() for measure in MEASURES[:2]]
    rows = [heads, ["---"] * len(heads)]
    rows += [
        [ranged(found[site, arm, one], f" {say['to']} ") for site in SITES for one in MEASURES[:2]] for arm in ARMS
    ]
    names = ["", "---", *(say[arm] for arm in ARMS)]
    table = "\n".join(f"| {name} | {' | '.join(row)} |" for name, row in zip(names, rows, strict=True))
    return f"{textwrap.fill(say['summary'].format(pairs=pairs, single=single), WIDTH)}\n\n{table}\n"


def answer_rows() -> dict[tuple[str, str, str], dict[str, str]]:
    """Return the rows of `YEAR` of the answer on record, over all accounts, by site, arm and measure."""
    with ANSWER.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["years"] == YEAR and row["account"] == "all"]
    return {(row["site"], row["arm"], row["measure"]): row for row in rows}


def names() -> dict[str, dict[str, str]]:
    """Return the names of policies in both languages."""
    return {world: row for (_, world, _), row in by_name().items()}


def ranged(row: Mapping[str, str], to: str) -> str:
    """Return a mean effect with the range of nine of ten pairs; bold if its direction is known, else in italics."""
    digits = 2 if row["measure"] == MEASURES[0] else 0
    mean, low, high = (minus(f"{float(row[key]):+,.{digits}f}") for key in ("effect", "band_low", "band_high"))
    mark = "**" if direction(row["verdict"]) else "_"
    return f"{mark}{mean}{mark} ({low}{to}{high})"


def minus(number: str) -> str:
    """Return a number with the sign of minus, and without a sign if it is zero.

    >>> minus("-0.12"), minus("-0.00")
    ('−0.12', '0.00')
    """
    return number.replace("-", "−") if number.strip("+-0.,") else number.lstrip("+-")


def draws_table(language: str) -> str:
    """Return what the uncertainty of effects comes from, as a Markdown table."""
    say, found = WORDS[language], over_draws()
    rows = [say["draws_head"], " | ".join(["---"] * (say["draws_head"].count("|") + 1))]
    for (site, world, measure), row in found.items():
        if measure in MEASURES and world in names():
            digits = 2 if measure == MEASURES[0] else 1 if measure == MEASURES[2] else 0
            cells = [f"{float(row[key]):+,.{digits}f}" for key in ("mean", "low", "high")]
            cells += [f"{float(row[f'sd_{key}']):,.{digits}f}" for key in ("assumed", "account", "random", "town")]
            up = f"{100.0 * float(row['share_up']):.0f}"
            cells = [SITES[site], names()[world][language], say[f"{measure}_unit"], *cells, up]
            rows.append(" | ".join(cells).replace("-", "−"))
    return "\n".join(f"| {row} |" for row in rows) + "\n"


def over_draws() -> dict[tuple[str, str, str], dict[str, str]]:
    """Return the uncertainty on record by site, policy and measure."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for site in SITES:
        with (DRAWS / site / "uncertainty.csv").open(encoding="utf-8", newline="") as file:
            found |= {(row["site"], row["against"], row["measure"]): row for row in csv.DictReader(file)}
    return found


def by_name() -> dict[tuple[str, str, str], dict[str, str]]:
    """Return the rows of `YEAR` by site, world and measure."""
    return {(row["site"], row["world"], row["measure"]): row for row in record() if row["year"] == YEAR}


def answer(language: str) -> str:
    """Return the answer in Markdown: the summary over draws, then a table for each municipality at default values."""
    return "\n".join(lines(language))


def lines(language: str) -> Iterator[str]:
    """Yield the lines of the answer."""
    say, found = WORDS[language], by_name()
    yield f"{answer_table(language)}\n{say['defaults']}\n"
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
    effect, low, high = (signed_number(float(row[key]), row["unit"]) for key in ("effect", "low", "high"))
    unit = " %" if row["unit"] == "%" else ""
    if float(row["low"]) <= 0.0 <= float(row["high"]):
        return f"_{effect}{unit} ({low} {to} {high})_"
    return f"**{effect}{unit}** ({low} {to} {high})"


def signed_number(value: float, unit: str) -> str:
    """Return a signed number; per cent with one digit, points with two."""
    return f"{value:+.{1 if unit == '%' else 2}f}".replace("-", "−")


def record() -> list[dict[str, str]]:
    """Return the rows on record."""
    with RECORD.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
