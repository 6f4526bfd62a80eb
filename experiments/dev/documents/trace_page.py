"""Write the TRACE document of the site: how the model was tested, element by element, from tables on record."""

import re
from collections.abc import Mapping, Sequence

from experiments.dev import reference
from experiments.dev.documents.answer import EVERYTHING, MEASURES, SITES, answer_rows
from experiments.dev.documents.facts_page import FACTS_TABLE, Row, is_inside, recorded_table
from experiments.dev.documents.posterior import POSTERIOR_TABLE
from experiments.dev.documents.scorecard_page import HELD_OUT, has_failed
from experiments.dev.documents.short_odd import group_parameters, is_free
from experiments.words.toml_files import toml_beside
from scenarios.accounts import built_in_accounts

TEXTS = toml_beside(__file__)
ELEMENTS = (
    *("problem formulation", "model description", "data evaluation", "conceptual model evaluation"),
    *("implementation verification", "model output verification", "model analysis", "model output corroboration"),
)
"""Elements of a TRACE document (Grimm et al. 2014), in order."""
RECORD = FACTS_TABLE.parent
MUTANTS = re.compile(r"^\S+: seed \d+, (\d+) of \d+ mutants: (\d+) killed", re.MULTILINE)
TRUE = "True"
FEWEST_PAIRS, WIDE_ENOUGH = "8", 0.90
"""Pairs of the intervals whose coverage is told, and the share of samples in which one should hold the effect."""


def trace_page(evidence: Mapping[str, tuple[str, str]]) -> str:
    """Return the page; ``evidence`` is statement and source of each row of the evidence, by code."""
    told = numbers(evidence)
    sections = [f"# {TEXTS['title']}", TEXTS["first"].format(**told), TEXTS["about"].format(**told)]
    for place, name in enumerate(ELEMENTS, start=1):
        sections += [f"## {place} {name.capitalize()}", TEXTS["element"][name].format(**told)]
    if told["older"]:
        sections += [f"## {TEXTS['of_record']}", TEXTS["older"].format(**told)]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def numbers(evidence: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return all numbers of the page by the name that its text gives them."""
    counts = input_counts(evidence) | verification_counts() | analysis_counts() | corroboration_counts()
    results = list(reference.results_by_name().values())
    older = [one.name for one in results if not reference.is_current(one, RECORD)]
    counts |= {"results": len(results), "current": len(results) - len(older)}
    return {name: f"{number:,}" for name, number in counts.items()} | {"older": ", ".join(older)}


def rows_of(name: str, **where: str) -> list[dict[str, str]]:
    """Return the rows of a table on record in which columns have the values of ``where``."""
    return [row for row in recorded_table(RECORD / f"{name}.csv") if where.items() <= row.items()]


def count_true(rows: Sequence[Row], column: str) -> int:
    """Return in how many rows a column is true."""
    return sum(row[column] == TRUE for row in rows)


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
        "pairs": int(answer_rows()[next(iter(SITES)), EVERYTHING, MEASURES[0]]["n"]),
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
