"""Files of the page: the measures as a policy, the results as a table, and a program that reproduces them."""

from collections.abc import Iterable, Iterator
from typing import Any

from experiments.comparison.decision_outcomes import OUTCOMES, DecisionOutcome
from experiments.comparison.policy_choice import FILE, program_of
from experiments.page.pair_rows import pairs_of
from experiments.page.standing import Standing
from experiments.page.table_rows import why_unknown
from experiments.storage.writing import csv_bytes

MONTHS = ("municipality", "outcome", "unit", "month", "seed", "today", "measures", "difference")
EFFECTS = (
    *("municipality", "outcome", "unit", "from", "until", "measures_from", "pairs", "today", "measures", "effect"),
    *("low", "high", "rose", "fell", "same", "verdict", "why"),
)


def file_of(one: Standing, what: str) -> dict[str, str]:
    """Return name and text of a file: the measures as a policy, or the results as a table."""
    if what == "policy":
        return {"name": FILE, "text": one.choice.file}
    name = one.choice.site.rpartition("/")[2].removesuffix(".toml")
    return {"name": f"{name}.csv", "text": table_of(one)}


def python_of(one: Standing) -> str:
    """Return the program that reproduces the effect on trust, run in the folder with the file of measures."""
    file = f"./{FILE}"
    return program_of(one.choice.request(file), [file], one.scenario.start)


def source_of(one: Standing) -> str:
    """Return the source of numbers and pictures: municipality, dates, seeds."""
    return one.say(
        "decision.source",
        town=one.scenario.title[one.language],
        start=one.scenario.start,
        until=one.scenario.start.replace(year=one.scenario.start.year + one.choice.years),
        begins=one.begins,
        seeds=f"{one.choice.seed}–{one.choice.seed + one.twins_asked - 1}",
    )


def table_of(one: Standing) -> str:
    """Return the results as CSV: a row for each outcome, month and pair, then one for each effect."""
    months = csv_bytes(MONTHS, (month for outcome in OUTCOMES for month in month_rows(one, outcome)))
    return b"\n".join((months, csv_bytes(EFFECTS, effect_rows(one)))).decode()


def unit_of(outcome: DecisionOutcome, effect: bool = False) -> str:
    """Return the unit of an outcome, or of an effect on it."""
    return "points of 100" if outcome.level else "cases a year" if effect else "cases a month"


def month_rows(one: Standing, outcome: DecisionOutcome) -> Iterator[list[Any]]:
    """Yield an outcome by pair and month; without measures only the world as today."""
    for pair in pairs_of(one):
        worlds = pair if one.moved else pair[:1]
        for date, *values in zip(pair[0].months["month"], *map(outcome.months, worlds), strict=True):
            stated = [*values, values[1] - values[0]] if one.moved else values
            yield [one.choice.site, outcome.name, unit_of(outcome), f"{date:%Y-%m}", pair[0].seed, *six_digits(stated)]


def effect_rows(one: Standing) -> Iterator[list[Any]]:
    """Yield the effect on each outcome, with its verdict."""
    start = one.scenario.start
    until = start.replace(year=start.year + one.choice.years)
    for found in one.founds:
        effect = found.effect
        numbers = six_digits((effect.base, effect.arm, effect.effect, effect.low, effect.high))
        counts = (effect.rose, effect.fell, effect.same)
        stated = (one.choice.site, found.outcome.name, unit_of(found.outcome, effect=True), start, until, one.begins)
        yield [*stated, effect.n, *numbers, *counts, found.verdict, why_unknown(one, found)]


def six_digits(values: Iterable[float]) -> list[str]:
    """Return numbers with six significant digits."""
    return [f"{value:.6g}" for value in values]
