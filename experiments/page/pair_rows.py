"""Rows that compare both worlds: level in A, level in B, difference with its verdict."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from experiments.comparison.cause_effects import PlaceAndMonth, monthly_trust
from experiments.page.page_state import PageState, Span, number, signed
from experiments.statistics.paired_effects import Effect
from experiments.statistics.verdicts import CONCLUSIVE, MIN_RUNS, VERDICTS, corrected_together, direction, judge


def rounded(values: np.ndarray) -> list[float]:
    """Return numbers rounded to three decimals for the browser."""
    return [round(float(value), 3) for value in values]


def mean_trust_by_month(state: PageState, where: PlaceAndMonth) -> list[list[float]]:
    """Return mean trust (0-100) of a place by month over the worlds of each side."""
    return [
        rounded(np.mean([monthly_trust(world, where) for world in worlds], axis=0))
        for worlds in zip(*state.pairs, strict=True)
    ]


def waiting_sentence(state: PageState, text: str = "map.waiting", kind: str = "") -> list[Span]:
    """Return the progress of running worlds, or a notice in style ``kind`` that they are too few."""
    if state.running:
        return [(state.text(text, **state.progress), "")]
    return [(state.text("decision.no_verdict", n=MIN_RUNS), kind)]


def pair_rows(state: PageState, titled_effects: Iterable[tuple[str, Effect, int]]) -> list[dict[str, Any]]:
    """Return a row for each title with its effect and decimals; p-values are corrected for all rows together.

    ``kind`` is the style of a row: b (significant and relevant), little (significant but below the relevant size, or
    practically nothing) or null.
    """
    listed = list(titled_effects)
    rows: list[dict[str, Any]] = [
        {"title": title, "a": number(effect.base, digits)} for title, effect, digits in listed
    ]
    if state.has_measures:
        effects = corrected_together([effect for _, effect, _ in listed])
        for row, effect, (_, _, digits) in zip(rows, effects, listed, strict=True):
            verdict = judge(effect)
            is_little = direction(verdict) or verdict == "nothing"
            row["b"] = number(effect.arm, digits)
            is_known = verdict in CONCLUSIVE
            row["gap"] = signed(effect.effect, digits) if is_known else VERDICTS[verdict].cell[state.language]
            row["kind"] = "b" if verdict in ("rises", "falls") else "little" if is_little else "null"
            row["verdict"] = getattr(VERDICTS[verdict], state.language)
    return rows
