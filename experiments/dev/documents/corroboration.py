"""Write the pages that set the model beside evidence: a year's numbers, held-out patterns, and how it was tested."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

from experiments.dev import reference
from experiments.dev.documents.answer import EVERYTHING, POSTERIOR_TABLE, TRUST, answer_rows
from experiments.dev.documents.odd import group_parameters, is_free
from experiments.dev.documents.render import NO_BREAK, RECORD, SITES, Row, recorded_table, rendered, typographic
from experiments.validation.orders import part_names
from experiments.words.toml_files import toml_beside
from scenarios.accounts import built_in_accounts

FACTS_TABLE, PATTERNS_TABLE, SCORECARD_TABLE = (RECORD / f"{name}.csv" for name in ("facts", "patterns", "scorecard"))
FACTS: dict[str, Any] = toml_beside(__file__, "facts.toml")
PATTERNS: dict[str, Any] = toml_beside(__file__, "scorecard.toml")
PARENT_MARK = "  "
"""Start of the name of a row that is a part of a row above it."""
HELD_OUT, TRUE = "held out", "True"
MUTANTS = re.compile(r"^\S+: seed \d+, (\d+) of \d+ mutants: (\d+) killed", re.MULTILINE)
FEWEST_PAIRS, WIDE_ENOUGH = "8", 0.90
"""Pairs of the intervals whose coverage is told, and the share of samples in which one should hold the effect."""


def is_inside(row: Row) -> bool:
    """Return whether the number of a row lies inside its range."""
    return row["inside"] == TRUE


def has_failed(row: Row) -> bool:
    """Return whether a row of the scorecard fails."""
    return row["failed"] == TRUE


def count_true(rows: Sequence[Row], column: str) -> int:
    """Return in how many rows a column is true."""
    return sum(row[column] == TRUE for row in rows)


# A year's numbers


def facts_page(language: str) -> str:
    """Return the page: how many numbers lie inside, which lie outside and why, and all of them by town and part."""
    rows, say = recorded_table(FACTS_TABLE), FACTS[language]
    by_site = {site: [row for row in rows if row["site"] == site] for site in SITES}
    kinds = [
        (name, meaning, [count_inside([row for row in own if row["role"] == role], say) for own in by_site.values()])
        for role, (name, meaning) in say["roles"].items()
    ]
    towns = [
        {
            "name": SITES[site],
            "outside": [outside_data(row, own, language) for row in own if not is_inside(row)],
            "parts": list(parts_of(own, language)),
        }
        for site, own in by_site.items()
    ]
    counts = {site: count_inside(own, say) for site, own in by_site.items()}
    return rendered(f"facts.{language}", counts=counts, runs=rows[0]["runs"], kinds=kinds, towns=towns)


def count_inside(rows: Sequence[Row], say: Mapping[str, str]) -> str:
    """Return how many numbers of some rows lie inside their range, and how many there are, as text."""
    return f"{sum(map(is_inside, rows))} {say['of']} {len(rows)}"


def outside_data(row: Row, rows: Sequence[Row], language: str) -> dict[str, str]:
    """Return what a line says of a number outside its range: name, model, range, and the reason."""
    return {
        "name": full_name(row, rows, language),
        "model": with_error(row["mean"], row["error"]),
        "reason": reason(row["site"], row["name"].strip(), language),
        **{end: plain_number(row[end]) for end in ("low", "high")},
    }


def reason(site: str, name: str, language: str) -> str:
    """Return why a number of a town lies outside its range, or that no reason is known."""
    found = (one[language] for one in FACTS["reason"] if one["name"] == name and site in one["sites"])
    return " ".join(next(found, FACTS[language]["unexplained"]).split())


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


def parts_of(rows: Sequence[Row], language: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield the title and the numbers of each part of a town's year."""
    parts = part_names()
    for part, own in groupby(rows, key=lambda row: row["part"]):
        yield part if language == "en" else parts[part], [number_data(row, language) for row in own]


def number_data(row: Row, language: str) -> dict[str, str]:
    """Return what a row shows of a number; ``side`` says where it lies if it is outside its range."""
    say = FACTS[language]
    side = "" if is_inside(row) else say["below" if float(row["mean"]) < float(row["low"]) else "above"]
    return {
        "name": row[name_column(language)].replace(PARENT_MARK, "&emsp;"),
        "model": with_error(row["mean"], row["error"]),
        "side": side,
        "kind": say["roles"][row["role"]][0],
        "evidence": row["evidence"] if language == "en" else FACTS["evidence_es"].get(row["evidence"], row["evidence"]),
        **{end: plain_number(row[end]) for end in ("low", "high", "central")},
    }


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


# Held-out patterns and numbers


def scorecard_page(language: str) -> str:
    """Return the page: how many held-out patterns hold, why others fail, all of them, and the held-out numbers."""
    patterns, numbers = (recorded_table(path, role=HELD_OUT) for path in (PATTERNS_TABLE, SCORECARD_TABLE))
    return rendered(
        f"scorecard.{language}",
        failing=list(failing_reasons(patterns, language)),
        patterns=[pattern_data(row, language) for row in patterns],
        patterns_hold=sum(not has_failed(row) for row in patterns),
        numbers=[held_out_data(row, language) for row in numbers],
        numbers_hold=sum(not has_failed(row) for row in numbers),
    )


def failing_reasons(rows: Sequence[Row], language: str) -> Iterator[dict[str, Any]]:
    """Yield each reason why patterns fail, with their statements and towns."""
    failing = list(filter(has_failed, rows))
    for name in dict.fromkeys(reason_name(row) for row in failing):
        why, towns = PATTERNS["reason"][name], dict[str, list[str]]()
        for row in (one for one in failing if reason_name(one) == name):
            towns.setdefault(f"{row['id']}: {statement(row, language)}", []).append(town_of(row))
        statements = [(said, ", ".join(filter(None, where))) for said, where in towns.items()]
        yield {"title": why["title"][language], "text": why[language].strip(), "statements": statements}


def reason_name(row: Row) -> str:
    """Return the name of the reason why a pattern fails, "unknown" if none is stated."""
    return str(entry(row).get("reason", "unknown"))


def entry(row: Row) -> dict[str, Any]:
    """Return the Spanish statement of a pattern and the name of the reason why it fails, as far as they are known."""
    found = (one for one in PATTERNS["pattern"] if (one["id"], one["says"]) == (row["id"], row["says"]))
    return next(found, {})


def statement(row: Row, language: str) -> str:
    """Return the statement of a pattern in a language."""
    return row["says"] if language == "en" else str(entry(row).get(language, row["says"]))


def town_of(row: Row) -> str:
    """Return the name of the town of a row, or "" for a statement on both."""
    return SITES.get(row["site"], "")


def pattern_data(row: Row, language: str) -> dict[str, Any]:
    """Return what the table shows of a pattern."""
    shares = {name: f"{100.0 * float(row[key]):.0f}" for name, key in (("holding", "holding"), ("needed", "share"))}
    about = {"id": row["id"], "statement": statement(row, language), "town": town_of(row), "failed": has_failed(row)}
    return about | shares


def held_out_data(row: Row, language: str) -> dict[str, Any]:
    """Return what the table shows of a held-out number: model, measurement, their distance, and why it fails."""
    return {
        "name": number_names(language)[row["name"]],
        "town": town_of(row),
        "failed": has_failed(row),
        "measured": plain_number(row["measured"]),
        "model": f"{float(row['model']):,.1f}",
        "distance": typographic(f"{float(row['z']):+.1f}"),
        "reason": reason(row["site"], row["name"], language),
    }


def number_names(language: str) -> dict[str, str]:
    """Return the full name of every number of a year in a language, by its name in the scorecard."""
    rows = recorded_table(FACTS_TABLE)
    return {row["name"].strip(): full_name(row, rows, language) for row in rows}


# How the model was tested


def trace_page(evidence: Mapping[str, tuple[str, str]]) -> str:
    """Return the TRACE document; ``evidence`` is statement and source of each row of the evidence, by code."""
    return rendered("trace.en", **trace_numbers(evidence))


def trace_numbers(evidence: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return all numbers of the page by the name that its text gives them."""
    counts = input_counts(evidence) | verification_counts() | analysis_counts() | corroboration_counts()
    results = list(reference.results_by_name().values())
    older = [one.name for one in results if not reference.is_current(one, RECORD)]
    counts |= {"results": len(results), "current": len(results) - len(older)}
    return {name: f"{number:,}" for name, number in counts.items()} | {"older": ", ".join(older)}


def rows_of(name: str, **where: str) -> list[Row]:
    """Return the rows of a table on record in which columns have the values of ``where``."""
    return recorded_table(RECORD / f"{name}.csv", **where)


def input_counts(evidence: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """Return the numbers of parameters, rows of evidence, rival accounts and fitted parameters."""
    parameters, fitted, audited = list(group_parameters()), recorded_table(POSTERIOR_TABLE), rows_of("audit")
    return {
        "parameters": len(parameters),
        "free": sum(is_free(value, about) for _, value, about in parameters),
        "evidence": len(evidence),
        "accounts": len(built_in_accounts()),
        "fitted": len(fitted),
        "wide": count_true(fitted, "as_wide_as_its_prior"),
        "audited": len(audited),
        "carried": count_true(audited, "carried"),
        "mechanisms": len({row["mechanism"] for row in rows_of("knockouts")}),
    }


def verification_counts() -> dict[str, int]:
    """Return the numbers of mutants, of calibrated figures and patterns, and of measures that stand still."""
    found = MUTANTS.findall((RECORD / "mutants.txt").read_text(encoding="utf-8"))
    figures, patterns = rows_of("facts", role="calibrated"), rows_of("patterns", role="calibrated")
    still = rows_of("still")
    return {
        "modules": len(found),
        "mutants": sum(int(sampled) for sampled, _ in found),
        "killed": sum(int(killed) for _, killed in found),
        "figures": len(figures),
        "figures_inside": sum(map(is_inside, figures)),
        "fitted_patterns": len(patterns),
        "fitted_holding": sum(not has_failed(row) for row in patterns),
        "still": len(still),
        "standing": count_true(still, "stands"),
    }


def analysis_counts() -> dict[str, int]:
    """Return the numbers of pairs of the answer, and of intervals whose coverage was counted."""
    cells = rows_of("coverage", n=FEWEST_PAIRS)
    return {
        "cells": len(cells),
        "covering": sum(float(row["covered"]) >= WIDE_ENOUGH for row in cells),
        "fewest": int(FEWEST_PAIRS),
        "nominal": round(100.0 * WIDE_ENOUGH),
        "pairs": int(answer_rows()[next(iter(SITES)), EVERYTHING, TRUST]["n"]),
    }


def corroboration_counts() -> dict[str, int]:
    """Return how many held-out patterns, numbers, series and effects agree with the model."""
    patterns, held = rows_of("patterns", role=HELD_OUT), rows_of("scorecard", role=HELD_OUT)
    series = rows_of("hindcast", label=HELD_OUT)
    effects = [row["verdict"] for row in rows_of("effects", status="found", variant="central")]
    return {
        "patterns": len(patterns),
        "patterns_hold": sum(not has_failed(row) for row in patterns),
        "numbers": len(held),
        "numbers_hold": sum(not has_failed(row) for row in held),
        "series": len(series),
        "series_hold": sum(not has_failed(row) for row in series),
        **{f"effects_{verdict}": effects.count(verdict) for verdict in ("inside", "open", "outside")},
    }
