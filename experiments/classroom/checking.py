"""Notes beside switches, and the check of a student's prediction and explanation against pairs of whole towns."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from experiments.classroom import lesson
from experiments.classroom.assignment import SINCE, Assignment
from experiments.classroom.lesson import lesson_text
from experiments.classroom.pair_table import PairedRow, assignment_of, case_name, rows_of, rows_of_pairs
from experiments.classroom.pairs import RequestedPairs
from experiments.comparison.headline_measures import BY_NAME
from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.comparison.twin_results import paired_results
from experiments.narrative.number_format import format_number
from experiments.statistics.verdicts import VERDICTS, direction

SHOWN_EFFECTS = ("trust_mean", "crimes_occurred", "crimes_told", "homicides")
SMALLEST_CAUSE = 0.02
"""Points of trust below which a cause explains nothing, however often it has one sign."""
GUESS_OF = {1: "rises", 0: "nothing", -1: "falls"}
type Rows = Mapping[str, PairedRow]


def switch_notes(town: str, language: str) -> dict[str, dict[str, str]]:
    """Return a sentence on each mechanism that is off, by its name and by the begin (`SINCE`)."""
    return {
        name: {since: switch_note(name, since, town, language) for since in SINCE} for name in lesson.switch_names()
    }


def switch_note(name: str, since: str, town: str, language: str) -> str:
    """Return what happened in the pairs of the table when a mechanism was off."""
    rows = rows_of(town, f"{name}, {since}")
    if not rows:
        return lesson_text(language, "no_note")
    measures = lesson.in_language(lesson.lesson_file("texts")["measure"], language)
    told = [rows[measure] for measure in SHOWN_EFFECTS if rows[measure].direction and rows[measure].verdict != "rare"]
    parts = [measures[row.name].format(n=signed_size(row), k=max(row.rose, row.fell)) for row in told]
    return lesson_text(language, f"note_{since}", effects=", ".join(parts) or measures["none"])


def signed_size(row: PairedRow, value: float | None = None) -> str:
    """Return the effect of a row, or another value in its unit, with its sign."""
    value = row.effect if value is None else value
    is_level = row.kind == "cause" or BY_NAME[row.name].how == "recent"
    digits = 2 if is_level or abs(value) < 1 else 1 if abs(value) < 10 else 0
    return format_number(value, digits, "+")


def exercise_of(task: Assignment) -> dict[str, Any] | None:
    """Return the exercise of an assignment, in its language; None for no exercise."""
    return lesson.in_language(lesson.exercises()[task.exercise - 1], task.lang) if task.exercise else None


def rows_for(task: Assignment, exercise: Mapping[str, Any], pairs: RequestedPairs | None, account: str = "") -> Rows:
    """Return the pairs that answer an exercise: the student's own ones of the whole town, else those of the table."""
    if pairs is not None and answers(pairs, task, exercise, account):
        return {row.name: row for row in rows_of_pairs(paired_results(*pairs.sides))}
    return rows_of(task.town, exercise.get("case") or case_name(exercise["name"], account))


def answers(pairs: RequestedPairs, task: Assignment, exercise: Mapping[str, Any], account: str) -> bool:
    """Tell whether finished pairs of the whole town compare what an exercise asks about."""
    if pairs.size != "whole" or len(paired_results(*pairs.sides)) < MAX_PAIRS:
        return False
    asked = assignment_of(exercise, task.town, account) if "settings" in exercise else task
    return (pairs.task.town, *pairs.task.world_settings[3:]) == (asked.town, *asked.world_settings[3:]) and (
        pairs.task.account == asked.account
    )


def missing_steps(task: Assignment, exercise: Mapping[str, Any], months: int, has_pair: bool) -> list[str]:
    """Return the steps of an exercise that are not done: predict, run, compare (a second run), why."""
    asks = exercise.get("asks", "direction")
    predicted = {"direction": task.guess and task.size, "size": task.size, "text": task.predict.strip()}[asks]
    needs_pair = "settings" in exercise or asks == "text" or exercise["name"] == "chance"
    done = {
        "predict": bool(predicted),
        "run": months > 0,
        "compare": has_pair or not needs_pair,
        "why": bool(task.claims if exercise.get("claim") else task.why.strip()),
    }
    return [step for step, is_done in done.items() if not is_done]


def check(
    task: Assignment, months: int, pair: float | None, has_pair: bool, pairs: RequestedPairs | None
) -> dict[str, Any] | None:
    """Return the state of an exercise: missing steps, and once a prediction was run, what the pairs say of it.

    Parameters
    ----------
    task
        Present settings and answers.
    months
        Months that were simulated.
    pair
        Difference of trust (points of 100) between the student's own two runs at their last common month, if any.
    has_pair
        True if there are two runs.
    pairs
        The student's own eight pairs, if they were asked for.
    """
    exercise = exercise_of(task)
    if exercise is None:
        return None
    missing = missing_steps(task, exercise, months, has_pair)
    if {"predict", "run", "compare"} & set(missing):
        return {"missing": missing, "said": [], "claims": []}
    account = exercise.get("accounts", [""])[0]
    rows = rows_for(task, exercise, pairs, account)
    text = partial(lesson_text, task.lang)
    said = prediction_sentences(task, exercise, rows) if rows else [text("check_none")]
    if pair is not None and "settings" in exercise and exercise.get("measure") == "trust_mean":
        said.append(text("check_own", n=format_number(pair, 1, "+")))
    claims = [claim_result(task, exercise, number, pairs) for number in sorted(task.claims)]
    return {"missing": missing, "said": said, "claims": claims}


def prediction_sentences(task: Assignment, exercise: Mapping[str, Any], rows: Rows) -> list[str]:
    """Return what the pairs say, and how direction and size of a prediction compare with it."""
    asks, text = exercise.get("asks", "direction"), partial(lesson_text, task.lang)
    if asks == "text":
        return [result_sentence(rows["trust_mean"], task.lang)]
    if asks == "size":
        return size_sentences(task, exercise, rows)
    row = rows[exercise["measure"]]
    sentences = [result_sentence(row, task.lang), text(f"guess_{judged_guess(task.guess, row)}")]
    if task.size:
        low, high = sorted((abs(row.low), abs(row.high))) if row.low * row.high > 0 else (0.0, max(-row.low, row.high))
        sentences.append(text(f"size_{place_of(float(task.size), low, high)}"))
    return sentences


def judged_guess(guess: str, row: PairedRow) -> str:
    """Return how a predicted direction compares with the verdict of the pairs: right, close or other."""
    sign = direction(row.verdict)
    if guess == GUESS_OF[sign]:
        return "right"
    return "close" if row.verdict.endswith("_little") and guess == "nothing" else "other"


def place_of(size: float, low: float, high: float) -> str:
    """Return where a predicted size lies: within an interval, below or above it.

    >>> place_of(0.2, 0.1, 0.3), place_of(2.0, 0.1, 0.3)
    ('within', 'above')
    """
    return "below" if size < low else "above" if size > high else "within"


def result_sentence(row: PairedRow, language: str) -> str:
    """Return the effect on an outcome in pairs as a sentence."""
    verdict, headline = getattr(VERDICTS[row.verdict], language), BY_NAME[row.name]
    values = {"effect": row.effect, "low": row.low, "high": row.high}
    sizes = {name: signed_size(row, value) for name, value in values.items()}
    counts = {"rose": row.rose, "fell": row.fell, "all": row.pairs}
    unit = lesson_text(language, "unit_points" if headline.how == "recent" else "unit_year")
    title = getattr(headline, language)
    return lesson_text(language, "check_result", title=title, verdict=verdict, unit=unit, **sizes, **counts)


def size_sentences(task: Assignment, exercise: Mapping[str, Any], rows: Rows) -> list[str]:
    """Return the answer of an exercise that asks for a number, and how the prediction compares with it."""
    row, text = rows[exercise["measure"]], partial(lesson_text, task.lang)
    if exercise["name"] == "chance":
        values, low, high = (row.effect, row.low, row.high), row.low, row.high
    else:
        low, high = 0.8 * row.base, 1.2 * row.base
        values = row.base, low, high
    names = dict(zip(("n", "low", "high"), (format_number(one, 1) for one in values), strict=True))
    answer = str(exercise["result"]).format(**names)
    return [answer, text(f"size_{place_of(float(task.size), low, high)}")]


def claim_result(
    task: Assignment, exercise: Mapping[str, Any], number: int, pairs: RequestedPairs | None
) -> dict[str, Any]:
    """Return whether the pairs support a chosen claim, with the numbers by which they do."""
    claim, text = exercise["claim"][number - 1], partial(lesson_text, task.lang)
    rows = rows_for(task, exercise, pairs, claim.get("account", exercise.get("accounts", [""])[0]))
    row = rows.get(claim["measure"]) if claim.get("measure") else None
    if row is None:
        return {"number": number, "kind": "open", "said": str(claim.get("because", text("claim_none")))}
    kind = kind_of_claim(claim["sign"], row)
    sizes = {"n": signed_size(row), "rose": row.rose, "fell": row.fell, "all": row.pairs}
    said = text("claim_small" if kind == "open" and is_small(row) else f"claim_{kind}", **sizes)
    return {"number": number, "kind": kind, "said": " ".join([said, str(claim.get("because", ""))]).strip()}


def is_small(row: PairedRow) -> bool:
    """Tell whether an effect is smaller than what matters, and that of a cause than what explains anything."""
    return abs(row.effect) < (SMALLEST_CAUSE if row.kind == "cause" else row.delta)


def kind_of_claim(sign: int, row: PairedRow) -> str:
    """Return whether pairs support a claim of a sign, contradict it or leave it open; 0 claims nothing that matters."""
    if sign == 0:
        return "contradicts" if row.direction and not is_small(row) else "supports"
    if not row.direction or is_small(row):
        return "open"
    return "supports" if row.direction == sign else "contradicts"
