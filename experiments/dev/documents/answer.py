"""Write what the site and the README say of the answer on record, and of what to measure first."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.dev import reference
from experiments.dev.documents.render import NO_BREAK, RECORD, SITES, Row, recorded_table, rendered, signed
from experiments.narrative.labels import verdict_label
from experiments.narrative.messages import message
from experiments.reproduce.plan import ADOPTION, EVERYTHING, PARTS
from experiments.reproduce.sentences import RESULTS, package_name, site_name
from experiments.statistics.thresholds import threshold_rules
from experiments.statistics.verdicts import VERDICTS, direction
from experiments.voi.questions import FieldStudy, questions
from experiments.voi.sentences import is_told, number_text, percent_text, ranked, studies
from experiments.words import catalogue
from experiments.words.bilingual import day
from scenarios import accounts
from scenarios.policy_files import ready_policies

type Rows = Mapping[tuple[str, str, str], Row]
"""Rows of the answer by site, arm and measure."""
REPRODUCED = RECORD / "reproduce"
ANSWER_TABLE, ACCOUNTS_TABLE = (REPRODUCED / "tables" / f"{name}.csv" for name in ("answer", "accounts"))
LOCK = REPRODUCED / "reproduce.lock.json"
"""Record of the runs of the answer, with their version and date."""
POSTERIOR_TABLE, VOI = RECORD / "posterior.csv", RECORD / "voi"
YEAR = "3"
ANSWER_MARKS = re.compile(r"(<!-- answer (en|es) -->\n).*?(<!-- end -->)", re.DOTALL)
ARMS = (*PARTS, EVERYTHING)
"""Arms of the answer that the table lists."""
TRUST, CRIMES = "trust_mean", "crimes_occurred"
DIGITS = {TRUST: 2, CRIMES: 0}
TO = {"en": "to", "es": "a"}
POLICIES = ("mopsic_full", "reporting_support", "resources_only", "everything", "heavy_hand")
"""Policies that the page describes, from their files; all three together come before those with more."""
ALL_THREE = {
    "en": ("All three", "MOPSIC in full, reporting support and resources at once, and nothing else."),
    "es": ("Las tres", "MOPSIC completo, apoyo a la denuncia y recursos a la vez, y nada más."),
}
SENTENCE_END = re.compile(r"(?<=\.) (?=[A-ZÁÉÍÓÚ])")
LETTERS = {"value": "V", "error": "E", "share": "S"}
"""What stands for the numbers in the form of a line on what to measure first."""


def with_answer(readme: str) -> str:
    """Return the README with the text between its marks replaced by the summary of the recorded results."""
    return ANSWER_MARKS.sub(
        lambda mark: f"{mark[1]}{rendered(f'readme_answer.{mark[2]}', **answer_data(mark[2]))}{mark[3]}", readme
    )


def answer_page(language: str) -> str:
    """Return the answer in Markdown: the table, the levels under the status quo, and the largest effects."""
    return rendered(f"answer.{language}", **answer_data(language))


def answer_data(language: str) -> dict[str, Any]:
    """Return what the answer shows, in a language."""
    found, rules, lock = answer_rows(), threshold_rules(), json.loads(LOCK.read_text(encoding="utf-8"))
    first = next(iter(SITES))
    return {
        "pairs": found[first, EVERYTHING, TRUST]["n"],
        "single": found[first, ADOPTION, TRUST]["n"],
        "points": f"{rules['points'].delta:g}",
        "share": f"{rules['counts'].share:.0%}".replace("%", f"{NO_BREAK}%"),
        "made": getattr(day(lock["written"][:10]), language).striptags(),
        "version": lock["versions"]["confianza"],
        "older": not reference.is_current(reference.results_by_name()["reproduce"], reference.FOLDER),
        "rows": [
            [arm_name(arm, language), town, *(effect_cell(found[site, arm, one], language) for one in (TRUST, CRIMES))]
            for arm in ARMS
            for site, town in SITES.items()
        ],
        "brief": [
            [
                arm_name(arm, language),
                *(brief_cell(found[site, arm, one], language) for one in (TRUST, CRIMES) for site in SITES),
            ]
            for arm in ARMS
        ],
        "today": [
            (
                town,
                f"{float(found[site, EVERYTHING, TRUST]['base']):.1f}",
                f"{float(found[site, EVERYTHING, CRIMES]['base']):,.0f}",
            )
            for site, town in SITES.items()
        ],
        "largest": list(largest_effects(found, language)),
    }


def answer_rows(path: Path = ANSWER_TABLE, account: str = "all") -> Rows:
    """Return the rows of `YEAR` of the answer, over all accounts or under one, by site, arm and measure."""
    rows = (row for row in recorded_table(path, years=YEAR) if row.get("account", account) == account)
    return {(row["site"], row["arm"], row["measure"]): row for row in rows}


def arm_name(arm: str, language: str) -> str:
    """Return the name of a policy of the answer, or of all three."""
    return str(package_name(arm).text(language))


def effect_cell(row: Row, language: str) -> str:
    """Return the verdict on an effect, its mean, and the range of nine in ten pairs."""
    mean, low, high = (effect_text(row, key) for key in ("effect", "band_low", "band_high"))
    word = verdict_label(verdict_of(row)).text(language)
    return f"**{word}**, {mean} ({low} {TO[language]} {high})"


def verdict_of(row: Row) -> str:
    """Return the verdict on an effect: by the shares of worlds if the record has them, else on its mean."""
    return row.get("word") or row["verdict"]


def brief_cell(row: Row, language: str) -> str:
    """Return an effect as in `effect_cell`, in few words."""
    mean, low, high = (effect_text(row, key) for key in ("effect", "band_low", "band_high"))
    return f"{VERDICTS[verdict_of(row)].label[language]} {mean} ({low}…{high})"


def effect_text(row: Row, key: str) -> str:
    """Return an effect with its sign, in the decimal places of its measure."""
    return signed(float(row[key]), DIGITS[row["measure"]])


def largest_effects(found: Rows, language: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield town, policy and effects (alone, all three) of the largest single effect on trust, if its sign is known."""
    for site, town in SITES.items():
        rows = {arm: found[site, arm, TRUST] for arm in ARMS}
        known = [arm for arm in PARTS if direction(verdict_of(rows[arm]))]
        if known:
            arm = max(known, key=lambda one: abs(float(rows[one]["effect"])))
            alone, together = (effect_text(rows[one], "effect") for one in (arm, EVERYTHING))
            yield town, arm_name(arm, language), alone, together


def accounts_table(language: str) -> str:
    """Return the rival accounts, each with its claim and the recorded effects under it."""
    keys = ((ADOPTION, TRUST), (EVERYTHING, CRIMES))
    shown = []
    for name in accounts.names():
        about, effects = accounts.account(name), answer_rows(ACCOUNTS_TABLE, name)
        cells = [effect_text(effects[site, *key], "effect") for site in SITES for key in keys]
        title = about.title[language]
        shown.append((title[0].upper() + title[1:], about.claim[language], cells))
    single, pairs = (answer_rows(ACCOUNTS_TABLE, accounts.PRESENT)[next(iter(SITES)), *key]["n"] for key in keys)
    return rendered(f"accounts.{language}", accounts=shown, single=single, pairs=pairs)


def policy_list(language: str) -> str:
    """Return a list of the policies of the answer, each with its title and description."""
    files = {name: one for name, one in ready_policies().items() if name in POLICIES}
    shown = [(files[name].title[language], files[name].about[language]) for name in POLICIES]
    shown.insert(POLICIES.index(EVERYTHING), ALL_THREE[language])
    return rendered("policies", policies=shown)


def results_with_figures(language: str) -> str:
    """Return each result of the answer on record: title, sentences and figure."""
    text = (REPRODUCED / f"sentences.{language}.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    names = {getattr(message(f"reproduce.title.{name}"), language).unescape(): name for name in RESULTS}
    shown = [
        {
            "title": title,
            "sentences": SENTENCE_END.split(body.strip()),
            "figure": f"../../results/reference/reproduce/figures/{names[title]}.{language}.png",
        }
        for title, body in zip(parts[::2], parts[1::2], strict=True)
        if title in names  # others are results of an earlier version, which are recorded until the next run
    ]
    return rendered("results", results=shown)


def posterior_table(language: str) -> str:
    """Return the posterior width of each fitted parameter as a share of its plausible range, narrowest first."""
    rows = sorted(recorded_table(POSTERIOR_TABLE), key=lambda row: float(row["width"]))
    shown = [
        {
            "name": row["parameter"],
            "meaning": catalogue.parameter(row["parameter"], language),
            **{end: f"{float(row[f'prior_{end}']):.2g}".replace("-", "−") for end in ("low", "high")},
            **{name: f"{100.0 * float(row[name]):.0f}" for name in ("width", "coverage")},
        }
        for row in rows
    ]
    wide = sum(row["as_wide_as_its_prior"] == "True" for row in rows)
    return rendered(f"posterior.{language}", rows=shown, wide=wide, least=shown[0]["width"])


# What to measure first


def measure_first(language: str) -> str:
    """Return the sentence of the page: what is worth most to know in each municipality, if a list is on record."""
    return rendered(f"measure_first.{language}", towns=list(worth_most(language)))


def worth_most(language: str) -> Iterator[dict[str, str]]:
    """Yield for each town what is worth most to know, if anything is that is told from chance."""
    path = VOI / "expected_value.csv"
    if not path.is_file():
        return
    worth = pd.read_csv(path, keep_default_na=False)
    for site in SITES:
        told = (row for row in ranked(worth[worth["site"] == site]) if is_told(row))
        first, name = next(told, None), {"name": str(site_name(site).text(language))}
        if first is None:
            yield name | {"text": ""}
        else:
            text = str(studies()[first.name].text.text(language))
            yield name | {"text": text, "value": number_text(first.value), "share": percent_text(first.share)}


def measure_list(language: str) -> str:
    """Return the list on record, without its title, or the form of its lines with letters for the numbers."""
    path = VOI / f"measure_first.{language}.md"
    if path.is_file():
        return path.read_text(encoding="utf-8").partition("\n")[2].lstrip()
    return rendered(f"measure_list.{language}", line=line_form(questions()[0], language))


def line_form(study: FieldStudy, language: str) -> str:
    """Return a line of the list on a question, with letters for what runs say."""
    about = {"text": study.text, "measured_by": study.measured_by, "people": study.people, "months": study.months}
    return str(message("voi.sentence.item", place=1, **LETTERS, **about).text(language))
