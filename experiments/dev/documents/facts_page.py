"""Write the page of the site that sets a year's numbers of each town beside their ranges, from the recorded table."""

import csv
import math
from collections.abc import Mapping, Sequence
from itertools import groupby, takewhile
from pathlib import Path

from experiments.dev.documents.answer import NO_BREAK, SITES, typographic
from experiments.dev.documents.markdown import table
from experiments.validation.orders import part_names
from experiments.words.toml_files import toml_beside

ENTRIES = toml_beside(__file__)
FACTS_TABLE = Path(__file__).parents[3] / "results" / "reference" / "facts.csv"
PARENT_MARK = "  "
"""Start of the name of a row that is a part of a row above it."""
type Row = Mapping[str, str]


def facts_page(language: str) -> str:
    """Return the page: how many numbers lie inside, which lie outside and why, and all of them by town and part."""
    say, rows = ENTRIES[language], recorded_table(FACTS_TABLE)
    by_site = {site: [row for row in rows if row["site"] == site] for site in SITES}
    counts = {site: count_inside(own, say["of"]) for site, own in by_site.items()}
    sections = [f"# {say['title']}", say["first"].format(**counts), say["about"].format(runs=rows[0]["runs"])]
    sections += [kinds_table(by_site, language), f"## {say['outside']}"]
    for site, own in by_site.items():
        reasons = [line_outside(row, own, language) for row in own if not is_inside(row)]
        sections += [f"### {SITES[site]}", "\n".join(reasons) or say["none"]]
    for site, own in by_site.items():
        sections += [f"## {say['all_of'].format(site=SITES[site])}", *part_tables(own, language)]
    return "\n\n".join(sections) + "\n"


def recorded_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a recorded table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_inside(row: Row) -> bool:
    """Return whether the number of a row lies inside its range."""
    return row["inside"] == "True"


def count_inside(rows: Sequence[Row], of: str) -> str:
    """Return how many numbers of some rows lie inside their range, and how many there are, as text."""
    return of.format(inside=sum(map(is_inside, rows)), all=len(rows))


def kinds_table(by_site: Mapping[str, Sequence[Row]], language: str) -> str:
    """Return the kinds of evidence, their meaning, and how many numbers of each lie inside their range."""
    say = ENTRIES[language]
    rows = []
    for role, (name, meaning) in say["roles"].items():
        of_role = ([row for row in own if row["role"] == role] for own in by_site.values())
        rows.append([name, meaning, *(count_inside(own, say["of"]) for own in of_role)])
    return table([say["kind"], say["meaning"], *SITES.values()], rows)


def line_outside(row: Row, rows: Sequence[Row], language: str) -> str:
    """Return the line of a list for a number outside its range: model, range, and the reason."""
    say = ENTRIES[language]
    span = say["span"].format(low=plain_number(row["low"]), high=plain_number(row["high"]))
    why = reason(row["site"], row["name"].strip(), language)
    return f"* **{full_name(row, rows, language)}**: {with_error(row['mean'], row['error'])}; {span}. {why}"


def reason(site: str, name: str, language: str) -> str:
    """Return why a number of a town lies outside its range, or that no reason is known."""
    found = (one[language] for one in ENTRIES["reason"] if one["name"] == name and site in one["sites"])
    return " ".join(next(found, ENTRIES[language]["unexplained"]).split())


def full_name(row: Row, rows: Sequence[Row], language: str) -> str:
    """Return the name of a row in a language, after that of the row of which it is a part."""
    column = name_column(language)
    if not row["name"].startswith(PARENT_MARK):
        return row[column]
    above = takewhile(lambda one: one is not row, rows)
    parent = [one[column] for one in above if not one["name"].startswith(PARENT_MARK)][-1]
    return f"{parent}: {row[column].strip()}"


def name_column(language: str) -> str:
    """Return the column with the names of rows in a language."""
    return "name" if language == "en" else f"name_{language}"


def part_tables(rows: Sequence[Row], language: str) -> list[str]:
    """Return a heading and a table for each part of a town's numbers."""
    say, parts = ENTRIES[language], part_names()
    sections = []
    for part, own in groupby(rows, key=lambda row: row["part"]):
        sections.append(f"### {part if language == 'en' else parts[part]}")
        sections.append(table(say["head"].split(" | "), (cells(row, language) for row in own)))
    return sections


def cells(row: Row, language: str) -> list[str]:
    """Return the cells of a number: name, model, range, kind and evidence; one outside its range is bold."""
    say, name = ENTRIES[language], row[name_column(language)]
    model = with_error(row["mean"], row["error"])
    if not is_inside(row):
        side = "below" if float(row["mean"]) < float(row["low"]) else "above"
        model = f"**{model}** ({say[side]})"
    low, high, central = (plain_number(row[end]) for end in ("low", "high", "central"))
    return [
        name.replace(PARENT_MARK, "&emsp;"),
        model,
        f"{NO_BREAK.join((low, say['to'], high))} ({central})",
        say["roles"][row["role"]][0],
        evidence_text(row["evidence"], language),
    ]


def evidence_text(evidence: str, language: str) -> str:
    """Return on what a range rests, in a language; codes alone stand as they are."""
    return evidence if language == "en" else ENTRIES["evidence_es"].get(evidence, evidence)


def plain_number(number: str) -> str:
    """Return an end of a range as it was stated.

    >>> plain_number("170000"), plain_number("-0.3"), plain_number("2")
    ('170,000', '−0.3', '2')
    """
    return typographic(f"{float(number):,g}")


def with_error(mean: str, error: str) -> str:
    """Return a mean and its standard error, both to the first digit of the error.

    >>> with_error("13145.1", "5.05043").replace(NO_BREAK, " "), with_error("20.0016", "0.7168").replace(NO_BREAK, " ")
    ('13,145 ± 5', '20.0 ± 0.7')
    >>> with_error("0", "0").replace(NO_BREAK, " ")
    '0 ± 0'
    """
    value, its_error = float(mean), float(error)
    decimals = max(0, -math.floor(math.log10(its_error))) if its_error > 0.0 else 0
    return f"{typographic(f'{value:,.{decimals}f}')}{NO_BREAK}±{NO_BREAK}{its_error:,.{decimals}f}"
