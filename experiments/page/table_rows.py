"""Rows of the decision view: measures with steps, range of effects and cost; outcomes with verdict and scale."""

import math
from typing import Any

import numpy as np

from experiments.comparison.decision_measures import DecisionMeasure, measures
from experiments.comparison.decision_outcomes import (
    BILL,
    OUTCOMES,
    TRUST,
    DecisionOutcome,
    PairedOutcome,
    effect_on,
    mean_months,
    shares_of_hundred,
)
from experiments.comparison.outcome_bounds import End, ends_of
from experiments.comparison.single_measure_effects import YEARS, effects_alone
from experiments.page.standing import Standing, digits_of, number, signed
from experiments.statistics.thresholds import are_too_few
from experiments.statistics.verdicts import UNKNOWN, VERDICTS, direction, judge

Row = dict[str, Any]


# Measures


def measure_rows(one: Standing) -> list[Row]:
    """Return a row for each measure at its current step."""
    chosen = dict(one.choice.chosen)
    return [measure_row(one, measure, chosen.get(measure.name, measure.today)) for measure in measures()]


def measure_row(one: Standing, measure: DecisionMeasure, at: int) -> Row:
    """Return the row of one measure at step ``at``."""
    texts = [
        {kind: measure.worded(getattr(step, kind), step, one.scenario, one.language) for kind in ("short", "say")}
        for step in measure.steps
    ]
    return {
        "name": measure.name,
        "title": measure.title[one.language],
        "steps": texts,
        "today": measure.today,
        "at": at,
        "back": one.say("decision.back_one", measure=measure.title[one.language]),
        "reach": reach_of(one, measure, at),
        "cost": cost_of(one, measure, at),
        "note": measure.cost[one.language],
        "harm": measure.harm,
    }


def reach_of(one: Standing, measure: DecisionMeasure, at: int) -> Row | None:
    """Return the range of effects of a measure alone on trust; None if a step has not been run."""
    alone = [effects_alone().get((one.choice.site, measure.name, step), {}) for step in range(len(measure.steps))]
    values = [0.0 if step == measure.today else own.get(TRUST.name, (math.nan,))[0] for step, own in enumerate(alone)]
    if any(math.isnan(value) for value in values):
        return None
    low, high = min(values), max(values)
    words = {"low": signed(low, 2), "high": signed(high, 2)}
    return {
        "low": low,
        "high": high,
        "at": values[at],
        "text": one.say("decision.reach_span", **words),
        "label": one.say("decision.reach_label", years=years_of_reach(one), **words),
    }


def years_of_reach(one: Standing) -> str:
    """Return the horizon (years) of the runs of single measures, in words."""
    return one.say("decision.years_many", n=f"{YEARS:g}")


def cost_of(one: Standing, measure: DecisionMeasure, at: int) -> str:
    """Return the first significant monthly cost of a measure at its step, or one step above today if unmoved."""
    step = at if at != measure.today else min(measure.today + 1, len(measure.steps) - 1)
    own = effects_alone().get((one.choice.site, measure.name, step), {})
    sure = {name: own[name][0] for name in WORTH if name in own and (own[name][1] > 0.0 or own[name][2] < 0.0)}
    return next(iter(cost_items(one, sure)), "")


WORTH = {"training_days": 1.0, "litres": 20.0, "hours_patrol": 20.0, "meetings": 0.5}
"""Amounts per month below which a cost is not reported."""


def cost_items(one: Standing, sizes: dict[str, float]) -> list[str]:
    """Return the costs of at least the size in `WORTH`, in words."""
    return [
        one.say(f"bill.{name}", n=signed(size, digits_of(size)))
        for name, size in sizes.items()
        if abs(size) >= WORTH[name]
    ]


def describe_costs(one: Standing) -> str:
    """Return the countable costs estimated from the pairs, in words."""
    if not one.moved:
        return ""
    if one.running or not one.twins:
        return one.say("decision.costs_later")
    effects = {cost.name: effect_on(cost, one.twins) for cost in BILL}
    items = cost_items(one, {name: effect.effect for name, effect in effects.items() if direction(judge(effect))})
    return f"{one.say('decision.costs_are')} {', '.join(items)}." if items else one.say("decision.costs_none")


def describe_agreements(one: Standing) -> str:
    """Return how many agreements communal authorities accepted, if the measure that offers them is chosen."""
    if "agreements" not in dict(one.choice.chosen) or not one.twins:
        return ""
    offered, agreed = (
        np.mean([life.months[f"protocols_{what}"].sum() for _, life in one.twins]) for what in ("offered", "agreed")
    )
    return one.say("decision.answered", agreed=number(agreed), offered=number(offered)) if offered else ""


# Outcomes


def outcome_rows(one: Standing) -> list[Row]:
    """Return a row for each outcome, harmful effects first; from the worlds as today if no pair is available."""
    if one.moved and one.founds:
        return [outcome_row(one, found) for found in sorted(one.founds, key=lambda found: not found.harmful)]
    return [today_row(one, outcome) for outcome in OUTCOMES]


def today_row(one: Standing, outcome: DecisionOutcome) -> Row:
    """Return the row of an outcome without pairs: from the finished worlds as today, if any."""
    row = outcome_names(one, outcome) | {"kind": "null", "marks": [], "verdict": one.say("decision.simulating")}
    if not one.base:
        return row
    value = float(np.mean([outcome.headline.of(life.months) for life in one.base]))
    said = one.say("decision.freq_today", a=number(value, digits_of(value)))
    if outcome.share:
        share, _ = shares_of_hundred(outcome, [(life, life) for life in one.base])
        said = one.say("decision.freq_share_today", a=number(share))
    return row | {
        "verdict": "" if not one.moved and not one.running else one.say("decision.simulating"),
        "a": rounded(mean_months(outcome, one.base)),
        "big": number(value, 1),
        "said": "" if outcome.level else said,
        "ruler": range_ruler(one, outcome, value),
    }


def outcome_names(one: Standing, outcome: DecisionOutcome) -> Row:
    """Return the fields of an outcome that depend on no run: name, title, unit, harm, main outcome."""
    return {
        "name": outcome.name,
        "title": one.say(f"outcome.{outcome.name}"),
        "harm": outcome.harm,
        "hero": outcome is TRUST,
        "unit": "" if outcome.level else one.say("decision.a_month"),
    }


def outcome_row(one: Standing, found: PairedOutcome) -> Row:
    """Return the row of an outcome estimated from the pairs."""
    effect, verdict, level = found.effect, found.verdict, found.outcome.level
    settled = direction(verdict) != 0
    stated = VERDICTS["turns" if found.withheld and verdict not in UNKNOWN else verdict]
    size = f"{number(abs(effect.effect), digits_of(effect.effect))} {one.say('decision.a_year')}"
    words = one.points(effect.effect) if level else size
    counts = {1: effect.rose, -1: effect.fell, 0: effect.same}
    shown: Row = {
        "verdict": getattr(stated, one.language),
        "sign": stated.sign,
        "size": words if settled else "",
        "kind": found.colour,
        "marks": sorted(found.signs, reverse=True),
        "count": one.say("decision.in_of", n=counts[direction(verdict)], all=effect.n)
        if settled
        else one.say("decision.mixed"),
    }
    if one.running:
        shown = {"verdict": one.say("decision.simulating"), "kind": "null", "marks": []}
    elif found.withheld:
        shown |= {"marks": [], "unknown": True}
    elif verdict in ("nothing", "rare"):
        shown["count"] = ""
    return outcome_names(one, found.outcome) | shown | {
        "a": rounded(found.a),
        "b": rounded(found.b),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "big": number(effect.arm, 1),
        "said": describe_outcome(one, found),
        "note": part_of(one, found),
        "ruler": range_ruler(one, found.outcome, effect.base, found),
    }  # fmt: skip


def describe_outcome(one: Standing, found: PairedOutcome) -> str:
    """Return an outcome as natural frequencies, or the reason why it is unknown."""
    outcome, effect = found.outcome, found.effect
    if found.withheld and not one.running:
        return why_unknown(one, found)
    if outcome.level or one.running:
        return ""
    if are_too_few(outcome.name, effect.base):
        return one.say("decision.few_homicides", a=number(effect.base, 1))
    if outcome.share:
        today, moved = shares_of_hundred(outcome, one.twins)
        digits = digits_of(moved - today)
        return one.say("decision.freq_share", a=number(today, digits), b=number(moved, digits))
    digits = digits_of(effect.arm - effect.base) if effect.arm < 1000.0 else 0
    a, b = number(effect.base, digits), number(effect.arm, digits)
    if effect.base == effect.arm == 0.0:
        return one.say("decision.freq_none")
    settled = direction(found.verdict) != 0
    return one.say("decision.freq_change" if settled else "decision.freq_both", a=a, b=b)


def why_unknown(one: Standing, found: PairedOutcome) -> str:
    """Return why an outcome is withheld although its pairs agree; empty if it is not withheld."""
    if not found.withheld:
        return ""
    if found.verdict == "assumed":
        return one.say("decision.unknown_assumed", n=found.draws["draws"], **both_signs(found.draws))
    names = ("up", "down", "open", "cells")
    other = found.laws["down" if found.effect.effect > 0.0 else "up"]
    key = "turns" if other else "wide"
    return one.say(f"decision.unknown_{key}", **{name: int(found.laws[name]) for name in names})


def both_signs(row: Any) -> dict[str, str]:
    """Return the percentages of draws with an effect above and below 0."""
    return {name: number(100.0 * row[f"share_{name}"]) for name in ("up", "down")}


def part_of(one: Standing, found: PairedOutcome) -> str:
    """Return the effect on trust in per cent of its upper bound; empty unless trust rises."""
    ends = bounds_here(one, found.outcome, found.effect.base)
    if found.outcome is not TRUST or found.verdict != "rises" or one.running or ends is None or ends[1].value <= 0.0:
        return ""
    part = number(100.0 * found.effect.effect / ends[1].value)
    return one.say("decision.part_of", n=part, world=ends[1].title[one.language])


def range_ruler(one: Standing, outcome: DecisionOutcome, base: float, found: PairedOutcome | None = None) -> Row:
    """Return an effect on a scale between its bounds; a note if the worlds of the bounds have not been run."""
    ends = bounds_here(one, outcome, base)
    if ends is None:
        return {"none": one.say("decision.no_ends")}
    row: Row = {
        name: {
            "value": end.value,
            "title": end.title[one.language],
            "shown": signed(end.value, digits_of(end.value, outcome.level)),
        }
        for name, end in zip(("least", "most"), ends, strict=True)
    }
    if found is None or one.running or not found.effect.n > 1:
        return row
    effect = found.effect
    interval = (effect.low, effect.high)
    low, high = (number(value, digits_of(value, outcome.level)) for value in interval)
    words = {name: f"{row[name]['title']} {row[name]['shown']}" for name in ("least", "most")}
    label = one.say("decision.ruler_label", low=low, high=high, **words)
    at = {} if found.withheld else {"effect": effect.effect}
    return row | at | {"low": effect.low, "high": effect.high, "label": label}


def bounds_here(one: Standing, outcome: DecisionOutcome, base: float) -> tuple[End, End] | None:
    """Return the lower and upper bound of an outcome in this municipality."""
    residents = float(np.mean([life.months["residents"].mean() for life in one.base]))
    return ends_of(outcome, one.choice.site, base, residents, one.choice.years)


def rounded(values: np.ndarray) -> list[float]:
    """Return numbers rounded to three decimals for the browser."""
    return [round(float(value), 3) for value in values]
