"""Read a report: its numbers with their origins, and the words that a reader sees."""

import re
from collections import Counter
from html.parser import HTMLParser

import pyarrow.parquet as pq

from experiments.comparison.outcome_bounds import ceiling_table, scenarios_after
from experiments.execution.trust_accounts import KNOWN_LAW_VARIATIONS
from experiments.narrative.number_format import reported_years
from experiments.storage.manifest import read_manifest

TABLES = (
    "effects",
    "criteria",
    "verdicts",
    "memory",
    "draws",
    "drawn",
    "decided",
    "horizons",
    "uncertainty",
    "accounts",
)
STANDING = {
    *("95 %", "80 %", "0-100", "12", "48", "0", "100", "30", "8"),
    *(f"C{number}" for number in range(1, 5)),
    *("110", "2017", "2018"),
    *(name for law in KNOWN_LAW_VARIATIONS.values() for name in (law.en, law.es)),
}
"""Digits that a report may hold outside the results: names (of laws of trust too), units and scales."""
VOID = {"meta", "input", "br"}


class Reader(HTMLParser):
    """Takes the numbers with their origins out of a page, and all other words that a reader sees."""

    def __init__(self, page):
        super().__init__()
        self.open, self.numbers, self.words, self.tags, self.days = [], [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag == "data":
            self.numbers.append([dict(attrs), ""])
        if tag == "time":
            self.days.append([dict(attrs)["datetime"], ""])

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        inside = {tag for tag, _ in self.open}
        if "data" in inside:
            self.numbers[-1][1] += text
        elif "time" in inside:
            self.days[-1][1] += text
        elif not inside & {"svg", "style", "script", "code", "pre", "title"}:
            self.words.append(text)


def as_shown(value, form):
    """Return a value in the form that a number says it is shown in, computed apart from the report's own code."""
    shape, _, scale = form.partition("*")
    digits, sign = int(re.match(r"\d+", shape)[0]), "+" in shape
    value = round(value * float(scale or 1.0), digits)
    text = f"{abs(value):,.{digits}f}"
    return ("−" if value < 0 else "+" if sign and value > 0 else "") + text


def traced(folder, page):
    """Check every number of a report against the cell that it names; return how many there are by table."""
    tables = {
        name: pq.read_table(path).to_pandas() for name in TABLES if (path := folder / f"{name}.parquet").is_file()
    }
    manifest, found = read_manifest(folder), Counter()
    tables["ceiling"] = scenarios_after(ceiling_table(), reported_years(manifest))
    for about, text in Reader(page).numbers:
        table, _, rest = about["value"].partition(":")
        found[table] += 1
        if table == "manifest":
            told = manifest[rest]
            assert text == str(len(told) if isinstance(told, list) else told)
            continue
        row, column, form = rest.split(":")
        assert text == as_shown(float(tables[table].loc[int(row), column]), form), about
    return found


def strange(page):
    """Return what has digits in a report and is neither a number of the results nor a name, unit or scale."""
    words = " ".join(Reader(page).words)
    for standing in sorted(STANDING, key=len, reverse=True):
        words = re.sub(rf"(?<![\w.]){re.escape(standing)}(?![\w.]\d)", "", words)
    return re.findall(r"\S*\d\S*", words)
