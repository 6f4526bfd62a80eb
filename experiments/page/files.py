"""Files of the page: the measures as a policy, the results as a table, and a program that reproduces them."""

from collections.abc import Iterable, Iterator
from typing import Any

from experiments.comparison.decision_outcomes import OUTCOMES, DecisionOutcome, PairedOutcome
from experiments.comparison.policy_choice import POLICY_FILE, program_of
from experiments.page.page_state import PageState, number
from experiments.storage.writing import csv_bytes

MONTH_COLUMNS = ("municipality", "outcome", "unit", "month", "seed", "today", "measures", "difference")
EFFECT_COLUMNS = (
    *("municipality", "outcome", "unit", "from", "until", "measures_from", "pairs", "today", "measures", "effect"),
    *("low", "high", "rose", "fell", "same", "verdict", "why"),
)


def downloaded_file(state: PageState, kind: str) -> dict[str, str]:
    """Return name and text of a file: the measures as a policy, or the results as a table."""
    if kind == "policy":
        return {"name": POLICY_FILE, "text": state.choice.policy_text}
    name = state.choice.site.rpartition("/")[2].removesuffix(".toml")
    return {"name": f"{name}.csv", "text": results_csv(state)}


def python_program(state: PageState) -> str:
    """Return the program that reproduces the effect on trust, run in the folder with the file of measures."""
    file = f"./{POLICY_FILE}"
    return program_of(state.choice.request(file), [file], state.scenario.start)


def results_csv(state: PageState) -> str:
    """Return the results as CSV: a row for each outcome, month and pair, then one for each effect."""
    months = csv_bytes(MONTH_COLUMNS, (month for outcome in OUTCOMES for month in month_rows(state, outcome)))
    return b"\n".join((months, csv_bytes(EFFECT_COLUMNS, effect_rows(state)))).decode()


def unit_of(outcome: DecisionOutcome, of_effect: bool = False) -> str:
    """Return the unit of an outcome, or of an effect on it."""
    return "points of 100" if outcome.level else "cases a year" if of_effect else "cases a month"


def month_rows(state: PageState, outcome: DecisionOutcome) -> Iterator[list[Any]]:
    """Yield an outcome by pair and month; without measures only the world as today."""
    for pair in state.pairs:
        worlds = pair if state.has_measures else pair[:1]
        for date, *values in zip(pair[0].months["month"], *map(outcome.months, worlds), strict=True):
            numbers = [*values, values[1] - values[0]] if state.has_measures else values
            yield [
                state.choice.site,
                outcome.name,
                unit_of(outcome),
                f"{date:%Y-%m}",
                pair[0].seed,
                *six_digits(numbers),
            ]


def effect_rows(state: PageState) -> Iterator[list[Any]]:
    """Yield the effect on each outcome, with its verdict."""
    start = state.scenario.start
    until = start.replace(year=start.year + state.choice.years)
    for result in state.paired_outcomes:
        effect = result.effect
        numbers = six_digits((effect.base, effect.arm, effect.effect, effect.low, effect.high))
        counts = (effect.rose, effect.fell, effect.same)
        identity = (
            state.choice.site,
            result.outcome.name,
            unit_of(result.outcome, of_effect=True),
            start,
            until,
            state.begins,
        )
        yield [*identity, effect.n, *numbers, *counts, result.verdict, reason_withheld(state, result)]


def reason_withheld(state: PageState, result: PairedOutcome) -> str:
    """Return why an outcome is withheld although its pairs agree; empty if it is not withheld."""
    if not result.withheld:
        return ""
    shares = {name: number(100.0 * result.draws[f"share_{name}"]) for name in ("up", "down")}
    return state.text("decision.unknown_assumed", n=result.draws["draws"], **shares)


def six_digits(values: Iterable[float]) -> list[str]:
    """Return numbers with six significant digits."""
    return [f"{value:.6g}" for value in values]
