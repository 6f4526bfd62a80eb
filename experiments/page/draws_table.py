"""Table of the decision view: effects over draws of the assumptions beside those of the pairs."""

import math
from typing import Any

from experiments.comparison.decision_outcomes import PairedOutcome
from experiments.narrative.draw_lines import account_title
from experiments.page.standing import Standing, digits_of, number, signed
from experiments.page.table_rows import both_signs
from experiments.statistics.effect_uncertainty import FEWEST_DRAWS
from experiments.words.bilingual import Tongue

SOURCES = ("assumed", "account", "random", "town")
"""Sources of variance, in display order."""


def draws_table(one: Standing) -> dict[str, Any] | None:
    """Return title, headings and rows; None without draws of this choice or while worlds are running."""
    shown = [found for found in one.founds if found.draws is not None]
    if one.running or not one.moved or not shown:
        return None
    return {
        "title": one.say("decision.draws_title", n=max(found.draws["draws"] for found in shown)),
        "about": one.say("decision.draws_about"),
        "heads": [one.say(f"decision.draws_{name}") for name in ("band", "effect", "signs", "variance", "direction")],
        "sources": [one.say(f"decision.draws_{name}") for name in SOURCES],
        "rows": [draws_row(one, found) for found in shown],
    }


def draws_row(one: Standing, found: PairedOutcome) -> dict[str, Any]:
    """Return one outcome: range of 95 % of all runs, shares of both signs, shares of the variance in per cent."""
    row, effect, level = found.draws, found.effect, found.outcome.level
    variance = row["sd"] ** 2
    shares = [100.0 * row[f"sd_{name}"] ** 2 / variance if variance else 0.0 for name in SOURCES]
    sizes = {name: signed(row[name], digits_of(row[name], level)) for name in ("mean", "low", "high")}
    parts = ", ".join(
        f"{one.say(f'decision.draws_{name}')} {number(share)} %" for name, share in zip(SOURCES, shares, strict=True)
    )
    return {
        "name": found.outcome.name,
        "title": one.say(f"outcome.{found.outcome.name}"),
        "mean": row["mean"],
        "low": row["low"],
        "high": row["high"],
        "pairs": [None if math.isnan(value) else value for value in (effect.effect, effect.low, effect.high)],
        "label": one.say("decision.draws_label", **sizes),
        "size": one.say("decision.draws_size", **sizes),
        "signs": one.say("decision.draws_shares", **both_signs(row)),
        "shares": shares,
        "parts": parts,
        "direction": direction_of(one, row),
    }


def direction_of(one: Standing, row: Any) -> str:
    """Return in words whether the direction is known over the draws, with the accounts that contradict it."""
    tongue = Tongue(one.language)
    against = [account_title(name, tongue) for name in str(row["against_accounts"]).split(", ") if name]
    return one.say(f"decision.draws_{row['sign']}", least=FEWEST_DRAWS, accounts=", ".join(against))


def basis_of(one: Standing) -> str:
    """Return the basis of the word "known": draws of the assumptions, or the default values only."""
    if not one.moved:
        return ""
    rows = one.over_draws.values()
    if not rows:
        return one.say("decision.defaults_only")
    return one.say("decision.known_over_draws", n=max(row["draws"] for row in rows))
