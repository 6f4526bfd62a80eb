"""Write what begins the page on what to measure first: what is worth most to know, from the list on record."""

import pandas as pd

from experiments.dev.documents.facts_page import FACTS_TABLE
from experiments.narrative.messages import message
from experiments.reproduce.plan import SITES
from experiments.reproduce.sentences import site_name
from experiments.voi.questions import FieldStudy, questions
from experiments.voi.sentences import is_told, number_text, percent_text, ranked, studies
from experiments.words.toml_files import toml_beside

TEXTS = toml_beside(__file__)
RECORD = FACTS_TABLE.with_name("voi")
LETTERS = {"value": "V", "error": "E", "share": "S"}
"""What stands for the numbers in the form of a line."""


def voi_sentence(language: str) -> str:
    """Return the sentence of the page: what is worth most to know in each municipality, if a list is on record."""
    path, say = RECORD / "expected_value.csv", TEXTS[language]
    if not path.is_file():
        return f"{say['none']}\n"
    worth = pd.read_csv(path, keep_default_na=False)
    parts = [most_worth(worth[worth["site"] == site], site, language) for site in SITES]
    return f"{say['first'].format(parts='; '.join(parts))}\n"


def most_worth(worth: pd.DataFrame, site: str, language: str) -> str:
    """Return what is worth most to know in a municipality, if anything is that is told from chance."""
    say, name = TEXTS[language], site_name(site).text(language)
    first = next((row for row in ranked(worth) if is_told(row)), None)
    if first is None:
        return str(say["nothing"]).format(site=name)
    text, share = studies()[first.name].text.text(language), percent_text(first.share)
    return str(say["part"]).format(site=name, text=text, value=number_text(first.value), share=share)


def voi_list(language: str) -> str:
    """Return the list on record, without its title, or the form of its lines with letters for the numbers."""
    path = RECORD / f"measure_first.{language}.md"
    if path.is_file():
        return path.read_text(encoding="utf-8").partition("\n")[2].lstrip()
    return f"{TEXTS[language]['form']}\n\n> {line_form(questions()[0], language)}\n"


def line_form(study: FieldStudy, language: str) -> str:
    """Return a line of the list on a question, with letters for what runs say."""
    about = {"text": study.text, "measured_by": study.measured_by, "people": study.people, "months": study.months}
    return message("voi.sentence.item", place=1, **LETTERS, **about).text(language)
