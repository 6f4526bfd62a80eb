"""Table of the decision view: effects over draws of the assumptions beside those of the pairs."""

import math
from typing import Any

from experiments.comparison.decision_outcomes import PairedOutcome
from experiments.narrative.draw_lines import account_title
from experiments.page.page_state import PageState, digits_of, number, signed
from experiments.page.table_rows import both_signs
from experiments.statistics.effect_uncertainty import MIN_DRAWS
from experiments.words.bilingual import FigureTexts

VARIANCE_SOURCES = ("assumed", "account", "random", "town")
"""Sources of variance, in display order."""


def draws_table(state: PageState) -> dict[str, Any] | None:
    """Return title, headings and rows; None without draws of this choice or while worlds are running."""
    results = [result for result in state.paired_outcomes if result.draws is not None]
    if state.running or not state.has_measures or not results:
        return None
    return {
        "title": state.text("decision.draws_title", n=max(result.draws["draws"] for result in results)),
        "about": state.text("decision.draws_about"),
        "heads": [
            state.text(f"decision.draws_{name}") for name in ("band", "effect", "signs", "variance", "direction")
        ],
        "sources": [state.text(f"decision.draws_{name}") for name in VARIANCE_SOURCES],
        "rows": [draws_row(state, result) for result in results],
    }


def draws_row(state: PageState, result: PairedOutcome) -> dict[str, Any]:
    """Return one outcome: range of 95 % of all runs, shares of both signs, shares of the variance in per cent."""
    row, effect, level = result.draws, result.effect, result.outcome.level
    variance = row["sd"] ** 2
    shares = [100.0 * row[f"sd_{name}"] ** 2 / variance if variance else 0.0 for name in VARIANCE_SOURCES]
    sizes = {name: signed(row[name], digits_of(row[name], level)) for name in ("mean", "low", "high")}
    parts = ", ".join(
        f"{state.text(f'decision.draws_{name}')} {number(share)} %"
        for name, share in zip(VARIANCE_SOURCES, shares, strict=True)
    )
    return {
        "name": result.outcome.name,
        "title": state.text(f"outcome.{result.outcome.name}"),
        "mean": row["mean"],
        "low": row["low"],
        "high": row["high"],
        "pairs": [None if math.isnan(value) else value for value in (effect.effect, effect.low, effect.high)],
        "label": state.text("decision.draws_label", **sizes),
        "size": state.text("decision.draws_size", **sizes),
        "signs": state.text("decision.draws_shares", **both_signs(row)),
        "shares": shares,
        "parts": parts,
        "direction": direction_text(state, row),
    }


def direction_text(state: PageState, row: Any) -> str:
    """Return in words whether the direction is known over the draws, with the accounts that contradict it."""
    wording = FigureTexts(state.language)
    contradicting = [account_title(name, wording) for name in str(row["against_accounts"]).split(", ") if name]
    return state.text(f"decision.draws_{row['sign']}", least=MIN_DRAWS, accounts=", ".join(contradicting))


def basis_sentence(state: PageState) -> str:
    """Return the basis of the word "known": draws of the assumptions, or the default values only."""
    if not state.has_measures:
        return ""
    rows = state.over_draws.values()
    if not rows:
        return state.text("decision.defaults_only")
    return state.text("decision.known_over_draws", n=max(row["draws"] for row in rows))
