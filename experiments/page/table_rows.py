"""Rows of outcomes in pairs of whole towns, each with its verdict and scale."""

from typing import Any

import numpy as np

from experiments.comparison.decision_outcomes import (
    OUTCOMES,
    TRUST,
    DecisionOutcome,
    PairedOutcome,
    mean_months,
    shares_of_hundred,
)
from experiments.comparison.outcome_bounds import OutcomeBound, outcome_bounds
from experiments.page.page_state import PageState, digits_of, number, signed
from experiments.statistics.thresholds import are_too_few
from experiments.statistics.verdicts import SIGN_UNKNOWN, VERDICTS, direction

Row = dict[str, Any]


def outcome_rows(state: PageState) -> list[Row]:
    """Return a row for each outcome, harmful effects first; from the worlds as today if no pair is available."""
    if state.has_measures and state.paired_outcomes:
        return [
            outcome_row(state, result)
            for result in sorted(state.paired_outcomes, key=lambda result: not result.harmful)
        ]
    return [today_row(state, outcome) for outcome in OUTCOMES]


def today_row(state: PageState, outcome: DecisionOutcome) -> Row:
    """Return the row of an outcome without pairs: from the finished worlds as today, if any."""
    row = outcome_names(state, outcome) | {"kind": "null", "marks": [], "verdict": state.text("decision.simulating")}
    if not state.base:
        return row
    value = float(np.mean([outcome.headline.of(world.months) for world in state.base]))
    frequency = state.text("decision.freq_today", a=number(value, digits_of(value)))
    if outcome.share:
        share, _ = shares_of_hundred(outcome, [(world, world) for world in state.base])
        frequency = state.text("decision.freq_share_today", a=number(share))
    return row | {
        "verdict": "" if not state.has_measures and not state.running else state.text("decision.simulating"),
        "a": rounded(mean_months(outcome, state.base)),
        "big": number(value, 1),
        "said": "" if outcome.level else frequency,
        "ruler": range_ruler(state, outcome, value),
    }


def outcome_names(state: PageState, outcome: DecisionOutcome) -> Row:
    """Return the fields of an outcome that depend on no run: name, title, unit, harm, main outcome."""
    return {
        "name": outcome.name,
        "title": state.text(f"outcome.{outcome.name}"),
        "harm": outcome.harm,
        "hero": outcome is TRUST,
        "unit": "" if outcome.level else state.text("decision.a_month"),
    }


def outcome_row(state: PageState, result: PairedOutcome) -> Row:
    """Return the row of an outcome estimated from the pairs."""
    effect, verdict, level = result.effect, result.verdict, result.outcome.level
    is_directed = direction(verdict) != 0
    verdict_words = VERDICTS["turns" if result.withheld and verdict not in SIGN_UNKNOWN else verdict]
    size = f"{number(abs(effect.effect), digits_of(effect.effect))} {state.text('decision.a_year')}"
    words = state.points(effect.effect) if level else size
    counts = {1: effect.rose, -1: effect.fell, 0: effect.same}
    shown: Row = {
        "verdict": getattr(verdict_words, state.language),
        "sign": verdict_words.sign,
        "size": words if is_directed else "",
        "kind": result.colour,
        "marks": sorted(result.signs, reverse=True),
        "count": state.text("decision.in_of", n=counts[direction(verdict)], all=effect.n)
        if is_directed
        else state.text("decision.mixed"),
    }
    if state.running:
        shown = {"verdict": state.text("decision.simulating"), "kind": "null", "marks": []}
    elif result.withheld:
        shown |= {"marks": [], "unknown": True}
    elif verdict in ("nothing", "rare"):
        shown["count"] = ""
    return outcome_names(state, result.outcome) | shown | {
        "a": rounded(result.a),
        "b": rounded(result.b),
        "low": rounded(result.low),
        "high": rounded(result.high),
        "big": number(effect.arm, 1),
        "said": describe_outcome(state, result),
        "note": percent_of_bound(state, result),
        "ruler": range_ruler(state, result.outcome, effect.base, result),
    }  # fmt: skip


def describe_outcome(state: PageState, result: PairedOutcome) -> str:
    """Return an outcome as natural frequencies, or the reason why it is unknown."""
    outcome, effect = result.outcome, result.effect
    if result.withheld and not state.running:
        return reason_withheld(state, result)
    if outcome.level or state.running:
        return ""
    if are_too_few(outcome.name, effect.base):
        return state.text("decision.few_homicides", a=number(effect.base, 1))
    if outcome.share:
        share_today, share_after = shares_of_hundred(outcome, state.twins)
        digits = digits_of(share_after - share_today)
        return state.text("decision.freq_share", a=number(share_today, digits), b=number(share_after, digits))
    digits = digits_of(effect.arm - effect.base) if effect.arm < 1000.0 else 0
    a, b = number(effect.base, digits), number(effect.arm, digits)
    if effect.base == effect.arm == 0.0:
        return state.text("decision.freq_none")
    is_directed = direction(result.verdict) != 0
    return state.text("decision.freq_change" if is_directed else "decision.freq_both", a=a, b=b)


def reason_withheld(state: PageState, result: PairedOutcome) -> str:
    """Return why an outcome is withheld although its pairs agree; empty if it is not withheld."""
    if not result.withheld:
        return ""
    if result.verdict == "assumed":
        return state.text("decision.unknown_assumed", n=result.draws["draws"], **both_signs(result.draws))
    names = ("up", "down", "open", "cells")
    contradicting = result.laws["down" if result.effect.effect > 0.0 else "up"]
    key = "turns" if contradicting else "wide"
    return state.text(f"decision.unknown_{key}", **{name: int(result.laws[name]) for name in names})


def both_signs(row: Any) -> dict[str, str]:
    """Return the percentages of draws with an effect above and below 0."""
    return {name: number(100.0 * row[f"share_{name}"]) for name in ("up", "down")}


def percent_of_bound(state: PageState, result: PairedOutcome) -> str:
    """Return the effect on trust in per cent of its upper bound; empty unless trust rises."""
    bounds = outcome_limits(state, result.outcome, result.effect.base)
    if (
        result.outcome is not TRUST
        or result.verdict != "rises"
        or state.running
        or bounds is None
        or bounds[1].value <= 0.0
    ):
        return ""
    percentage = number(100.0 * result.effect.effect / bounds[1].value)
    return state.text("decision.part_of", n=percentage, world=bounds[1].title[state.language])


def range_ruler(state: PageState, outcome: DecisionOutcome, base: float, result: PairedOutcome | None = None) -> Row:
    """Return an effect on a scale between its bounds; a note if the worlds of the bounds have not been run."""
    bounds = outcome_limits(state, outcome, base)
    if bounds is None:
        return {"none": state.text("decision.no_ends")}
    row: Row = {
        name: {
            "value": bound.value,
            "title": bound.title[state.language],
            "shown": signed(bound.value, digits_of(bound.value, outcome.level)),
        }
        for name, bound in zip(("least", "most"), bounds, strict=True)
    }
    if result is None or state.running or not result.effect.n > 1:
        return row
    effect = result.effect
    interval = (effect.low, effect.high)
    low, high = (number(value, digits_of(value, outcome.level)) for value in interval)
    words = {name: f"{row[name]['title']} {row[name]['shown']}" for name in ("least", "most")}
    label = state.text("decision.ruler_label", low=low, high=high, **words)
    size = {} if result.withheld else {"effect": effect.effect}
    return row | size | {"low": effect.low, "high": effect.high, "label": label}


def outcome_limits(state: PageState, outcome: DecisionOutcome, base: float) -> tuple[OutcomeBound, OutcomeBound] | None:
    """Return the lower and upper bound of an outcome in this municipality."""
    residents = float(np.mean([world.months["residents"].mean() for world in state.base]))
    return outcome_bounds(outcome, state.choice.site, base, residents, state.choice.years)


def rounded(values: np.ndarray) -> list[float]:
    """Return numbers rounded to three decimals for the browser."""
    return [round(float(value), 3) for value in values]
