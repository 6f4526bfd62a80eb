"""Write the answer to the research question as sentences and tables, from the recorded results."""

import csv
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.dev import reference
from experiments.dev.documents.markdown import table
from experiments.statistics.thresholds import threshold_rules
from experiments.statistics.verdicts import VERDICTS, direction

type Rows = dict[tuple[str, ...], dict[str, str]]
"""Rows of a recorded table by the values of their key columns."""
ANSWER_TABLE = Path(__file__).parents[3] / "results" / "reference" / "reproduce" / "tables" / "answer.csv"
LOCK = ANSWER_TABLE.parents[1] / "reproduce.lock.json"
"""Record of the runs of the answer, with their commit."""
YEAR = "3"
ANSWER_MARKS = re.compile(r"(<!-- answer (en|es) -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH = 120
NO_BREAK = "\u00a0"
"""No-break space, so that cells of a narrow table do not wrap."""
SITES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
WORLDS = ("mopsic_full", "reporting_support", "resources_only", "everything", "heavy_hand")
EVERYTHING = "everything"
ADOPTION = "adoption"
ARMS = (ADOPTION, "reporting", "resources", EVERYTHING)
"""Arms of the recorded answer that the summary lists."""
MEASURES = ("trust_mean", "crimes_occurred", "homicides")
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "to": "to",
        "summary": (
            "Effect of each policy on the third year, against the status quo: the mean of {pairs} pairs of runs"
            " ({single} for one policy alone) and, in brackets, the range of nine in ten pairs. Each pair has its own"
            " value of everything that nobody has measured, its own town, and one of nine rival explanations of trust"
            " and crime. The signs are about the mean: ▲ rises, ▼ falls; △ rises, ▽ falls, surely by less than matters"
            " ({delta} points of trust, {share} of crimes); ○ practically nothing; ≈ not distinguishable from chance."
        ),
        "brief": (
            "Third year, against the status quo, on trust (points of 100) and crimes a year: mean of {pairs} pairs of"
            " runs, and the range of nine in ten. Each pair draws everything assumed, a town and one of nine"
            " rival accounts. △▽: surely less than matters ({delta} points, {share}); ○: practically nothing."
        ),
        "older": "Runs of {commit}; the model has changed since.",
        "largest": "The largest mean effect of one policy alone on trust, in points of 100:",
        "largest_at": "{site}, {arm}, {alone} (all three together {together})",
        "adoption": "MOPSIC in full",
        "reporting": "reporting support",
        "resources": "resources",
        "everything": "all three",
        "all_three": "MOPSIC in full, reporting support and resources at once, and nothing else.",
        "trust_mean_unit": "trust, points of 100",
        "crimes_occurred_unit": "crimes a year",
        "homicides_unit": "homicides a year",
        "today": "Today, in the same runs: {places}.",
        "today_at": "{site}, trust {trust} and {crimes} crimes a year",
    },
    "es": {
        "to": "a",
        "summary": (
            "Efecto de cada política en el tercer año, frente a la situación actual: la media de {pairs} pares de"
            " corridas ({single} con una sola política) y, entre paréntesis, el rango de nueve de cada diez pares. Cada"
            " par tiene su propio valor de todo lo que nadie ha medido, su propia versión del municipio y una de nueve"
            " explicaciones rivales de la confianza y del delito. Los signos se refieren a la media: ▲ sube, ▼ baja;"
            " △ sube, ▽ baja, sin duda menos de lo que importa ({delta} puntos de confianza, {share} de los delitos);"
            " ○ prácticamente nada; ≈ no se distingue del azar."
        ),
        "brief": (
            "Tercer año, frente a la situación actual, en confianza (puntos de 100) y delitos al año: media de {pairs}"
            " pares de corridas y rango de nueve de cada diez. Cada par sortea todo lo supuesto, un municipio y una de"
            " nueve explicaciones. △▽: sin duda menos de lo que importa ({delta} puntos, {share}); ○: casi nada."
        ),
        "older": "Corridas de {commit}; el modelo cambió después.",
        "largest": "El mayor efecto medio de una sola política en la confianza, en puntos de 100:",
        "largest_at": "{site}, {arm}, {alone} (las tres juntas, {together})",
        "adoption": "MOPSIC completo",
        "reporting": "apoyo a la denuncia",
        "resources": "recursos",
        "everything": "las tres",
        "all_three": "MOPSIC completo, apoyo a la denuncia y recursos a la vez, y nada más.",
        "trust_mean_unit": "confianza, puntos de 100",
        "crimes_occurred_unit": "delitos al año",
        "homicides_unit": "homicidios al año",
        "today": "Hoy, en las mismas corridas: {places}.",
        "today_at": "{site}, confianza {trust} y {crimes} delitos al año",
    },
}


def with_answer(readme: str) -> str:
    """Return the README with the text between its marks replaced by the summary of the recorded results."""
    return ANSWER_MARKS.sub(lambda mark: f"{mark[1]}{summary(mark[2])}{mark[3]}", readme)


def summary(language: str) -> str:
    """Return the effects of each factor of the question, and of all together, in a few lines."""
    words, rows = WORDS[language], answer_rows()
    pairs = rows[next(iter(SITES)), EVERYTHING, MEASURES[0]]["n"]
    brief = f"{words['brief'].format(pairs=pairs, **smallest())} {version_note(language)}"
    lines = [textwrap.fill(brief, WIDTH) + "\n"]
    for arm in ARMS:
        at_sites = "; ".join(
            f"{name} {', '.join(mean_with_band(rows[site, arm, one], '…') for one in MEASURES[:2])}"
            for site, name in SITES.items()
        )
        lines.append(textwrap.fill(f"* {words[arm]}: {at_sites}", WIDTH, subsequent_indent="  "))
    return "\n".join(lines) + "\n"


def version_note(language: str) -> str:
    """Return of which commit the answer is if results have changed since; "" if they have not."""
    if reference.is_current(reference.results_by_name()["reproduce"], reference.FOLDER):
        return ""
    commit = json.loads(LOCK.read_text(encoding="utf-8"))["commit"]
    return WORDS[language]["older"].format(commit=commit[:8])


def smallest() -> dict[str, str]:
    """Return the smallest effects that matter: on trust in points, on crimes as a share."""
    rules = threshold_rules()
    return {"delta": f"{rules['points'].delta:g}", "share": f"{rules['counts'].share:.0%}".replace("%", f"{NO_BREAK}%")}


def answer_table(language: str) -> str:
    """Return the effects of each factor, and of all, over draws, towns, random numbers and accounts, as a table."""
    words, found = WORDS[language], answer_rows()
    single, pairs = (found[next(iter(SITES)), arm, MEASURES[0]]["n"] for arm in (ARMS[0], EVERYTHING))
    head = [f"{name}: {words[f'{measure}_unit']}" for name in SITES.values() for measure in MEASURES[:2]]
    to = f"{NO_BREAK}{words['to']}{NO_BREAK}"
    rows = [
        [words[arm], *(mean_with_band(found[site, arm, one], to) for site in SITES for one in MEASURES[:2])]
        for arm in ARMS
    ]
    text = f"{words['summary'].format(pairs=pairs, single=single, **smallest())} {version_note(language)}"
    return f"{textwrap.fill(text, WIDTH)}\n\n{table(['', *head], rows)}\n"


def levels_today(language: str) -> str:
    """Return trust and crimes under the status quo, in the runs of the answer."""
    words, rows = WORDS[language], answer_rows()
    base = {
        (site, measure): float(rows[site, EVERYTHING, measure]["base"]) for site in SITES for measure in MEASURES[:2]
    }
    places = "; ".join(
        words["today_at"].format(
            site=name, trust=f"{base[site, MEASURES[0]]:.1f}", crimes=f"{base[site, MEASURES[1]]:,.0f}"
        )
        for site, name in SITES.items()
    )
    return textwrap.fill(words["today"].format(places=places), WIDTH) + "\n"


def largest_effects(language: str) -> str:
    """Return the single policy with the largest mean effect on trust at each site, if its direction is known."""
    words, answers = WORDS[language], answer_rows()
    places = []
    for site, name in SITES.items():
        rows = {arm: answers[site, arm, MEASURES[0]] for arm in ARMS}
        known = [arm for arm in ARMS if arm != EVERYTHING and direction(rows[arm]["verdict"])]
        if known:
            arm = max(known, key=lambda one: abs(float(rows[one]["effect"])))
            alone, together = (typographic(f"{float(rows[one]['effect']):+.2f}") for one in (arm, EVERYTHING))
            places.append(words["largest_at"].format(arm=words[arm], site=name, alone=alone, together=together))
    return textwrap.fill(f"{words['largest']} {'; '.join(places)}.", WIDTH) + "\n"


def recorded_rows(path: Path, keys: Sequence[str], **where: str) -> Rows:
    """Return the rows of a recorded table in which columns have the values of ``where``, by their key columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if where.items() <= row.items()]
    return {tuple(row[key] for key in keys): row for row in rows}


def answer_rows(path: Path = ANSWER_TABLE, account: str = "all") -> Rows:
    """Return the rows of `YEAR` of the recorded answer, over all accounts or under one, by site, arm and measure."""
    return recorded_rows(path, ("site", "arm", "measure"), years=YEAR, account=account)


def mean_with_band(row: Mapping[str, str], to: str) -> str:
    """Return a mean effect with the sign of its verdict and the range of nine in ten pairs."""
    mean, low, high = (effect_text(row, key) for key in ("effect", "band_low", "band_high"))
    return f"**{mean}**{VERDICTS[row['verdict']].sign} ({low}{to}{high})"


def typographic(number: str) -> str:
    """Return a number with a typographic minus sign, and without a sign if it is zero.

    >>> typographic("-0.12"), typographic("-0.00")
    ('−0.12', '0.00')
    """
    return number.replace("-", "−") if number.strip("+-0.,") else number.lstrip("+-")


def digits_of(measure: str) -> int:
    """Return the decimal places of effects on a measure."""
    return 2 if measure == MEASURES[0] else 1 if measure == MEASURES[2] else 0


def effect_text(row: Mapping[str, str], key: str) -> str:
    """Return an effect with its sign, in the decimal places of its measure.

    >>> effect_text({"measure": "trust_mean", "effect": "0.4563"}, "effect")
    '+0.46'
    >>> effect_text({"measure": "crimes_occurred", "effect": "-1521.3"}, "effect")
    '−1,521'
    """
    return typographic(f"{float(row[key]):+,.{digits_of(row['measure'])}f}")


def answer_page(language: str) -> str:
    """Return the answer in Markdown: the table over draws, the levels under the status quo, and the largest effects."""
    return f"{answer_table(language)}\n{levels_today(language)}\n{largest_effects(language)}"
