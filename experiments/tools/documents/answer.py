"""The answer to the research question in a few sentences, from the results on record."""

import csv
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

RECORD = Path(__file__).parents[3] / "results" / "reference" / "headline" / "current.csv"
DRAWS = RECORD.parents[1] / "over_draws"
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
        "and": "and",
        "summary": (
            "Effects on trust (points of 100) and crimes (a year) over three years: mean over {draws} draws of"
            " everything assumed, and the range of 95 % of runs, rival accounts included."
            " In italics: direction not known."
        ),
        "trust_mean_unit": "trust, points of 100",
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
        "and": "y",
        "summary": (
            "Efectos en la confianza (puntos de 100) y los delitos (al año) en tres años: media entre {draws} sorteos"
            " de todo lo supuesto y rango del 95 % de las corridas. En cursiva: no se conoce la dirección."
        ),
        "trust_mean_unit": "confianza, puntos de 100",
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
    """Return two policies at both municipalities in a few lines, over draws of everything assumed."""
    say, rows = WORDS[language], over_draws()
    draws = {row["draws"] for row in rows.values()}
    lines = [textwrap.fill(say["summary"].format(draws=" / ".join(sorted(draws))), WIDTH) + "\n"]
    for world in IN_SUMMARY:
        at_sites = "; ".join(
            f"{name} {f' {say["and"]} '.join(ranged(rows[site, world, one], say['to']) for one in MEASURES[:2])}"
            for site, name in SITES.items()
        )
        lines.append(textwrap.fill(f"* **{names()[world][language]}**: {at_sites}.", WIDTH, subsequent_indent="  "))
    return "\n".join(lines) + "\n"


def names() -> dict[str, dict[str, str]]:
    """Return the names of policies in both languages."""
    return {world: row for (_, world, _), row in by_name().items()}


def ranged(row: Mapping[str, str], to: str) -> str:
    """Return a mean over draws with the range of runs; bold if its direction is known, else in italics."""
    digits = 2 if row["measure"] == MEASURES[0] else 0
    mean, low, high = (f"{float(row[key]):+,.{digits}f}".replace("-", "−") for key in ("mean", "low", "high"))
    mark = "**" if row["sign"] == "known" else "_"
    return f"{mark}{mean}{mark} ({low} {to} {high})"


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
    yield f"{summary(language)}\n{say['defaults']}\n"
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
