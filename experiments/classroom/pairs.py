"""Eight paired runs that compare a student's settings with today, by the workers and rules of the decision view."""

import math
from pathlib import Path
from typing import Any

from experiments.classroom.assignment import POLICY_FILE, Assignment
from experiments.classroom.lesson import lesson_text
from experiments.classroom.lesson_run import SITE, scenario, settings_label
from experiments.comparison.comparison import Request
from experiments.comparison.decision_outcomes import PairedOutcome, all_outcome_effects
from experiments.comparison.policy_choice import FIXED_TOWN, MAX_PAIRS, program_of, runs_with_file
from experiments.comparison.twin_results import PairedWorlds, paired_results
from experiments.narrative.number_format import format_number
from experiments.statistics.verdicts import VERDICTS, direction
from experiments.storage.result_tables import STATUS_QUO
from model.engine.errors import InputError

YEARS = 2.0
TOWN_SIZES = {"small": ("population.scale=0.05",), "whole": ()}
"""Settings of each size of town in which pairs can be simulated."""


def comparison_request(task: Assignment, size: str, file: str = f"./{POLICY_FILE}") -> Request:
    """Return the comparison of an assignment with today; a file holds its levers and switches.

    Raises
    ------
    InputError
        If nothing is set, or the size of the town is unknown.
    """
    if size not in TOWN_SIZES:
        raise InputError(f"size must be one of {', '.join(TOWN_SIZES)}; got '{size[:40]}'")
    arms = task.policy_arguments(file)
    if not arms:
        raise InputError(lesson_text(task.lang, "pairs_none"))
    sets = (FIXED_TOWN, *TOWN_SIZES[size])
    return Request(arms=(STATUS_QUO, "+".join(arms)), scenarios=(SITE,), sets=sets, years=YEARS, replicates=MAX_PAIRS)


def reproduction_text(task: Assignment, size: str) -> str:
    """Return the command and the Python program that reproduce the pairs; empty if nothing is set."""
    arms, file = task.policy_arguments(), task.policy_file
    if not arms:
        return ""
    request = comparison_request(task, size)
    program = program_of(request, arms, scenario().start)
    return "\n\n".join([request.command, *([f"# {POLICY_FILE}\n{file}"] if file else []), f"# Python\n{program}"])


class RequestedPairs(PairedWorlds):
    """Paired runs of one assignment."""

    def __init__(self, task: Assignment, size: str, folder: Path) -> None:
        self.task, self.size, self.stopped = task, size, False
        super().__init__(
            *runs_with_file(task.policy_file, folder, POLICY_FILE, lambda file: comparison_request(task, size, file))
        )
        self.rows: dict[str, list[dict[str, Any]]] = {}

    @property
    def n_finished(self) -> int:
        """Number of worlds that have ended."""
        return sum(map(len, self.results)) + len(self.failed)

    @property
    def running(self) -> bool:
        """Tell whether worlds are still being simulated."""
        return not self.stopped and self.n_finished < len(self.specs)

    def page_data(self, language: str) -> dict[str, Any]:
        """Return the data of the page: progress of the worlds and, once all are finished, every outcome."""
        rows, base, errors = self.rows_in(language), self.sides[0], [*self.failed.values()]
        residents = round(float(base[0].months["residents"].iloc[-1])) if base else 0
        return {
            "label": settings_label(self.task, language),
            "size": self.size,
            "done": self.n_finished,
            "all": len(self.specs),
            "running": self.running,
            "stopped": self.stopped,
            "fault": lesson_text(language, "pairs_failed", n=len(errors), reason=errors[0]) if errors else "",
            "town": lesson_text(language, "pairs_small", n=f"{residents:,}") if self.size == "small" and rows else "",
            "rows": rows,
        }

    def rows_in(self, language: str) -> list[dict[str, Any]]:
        """Return every outcome in a language once all pairs are finished; cached, since it is requested often."""
        twins = paired_results(*self.sides)
        if len(twins) == MAX_PAIRS and language not in self.rows:
            self.rows[language] = [
                outcome_row(outcome, language) for outcome in all_outcome_effects(twins, lambda _: None, draws={})
            ]
        return self.rows.get(language, [])


def outcome_row(result: PairedOutcome, language: str) -> dict[str, Any]:
    """Return an outcome estimated from eight pairs: verdict, effect with its 95 % interval, and a sentence."""
    effect, headline = result.effect, result.outcome.headline
    verdict, sign = VERDICTS[result.verdict], direction(result.verdict)
    title, words = getattr(headline, language), getattr(verdict, language)
    size, low, high = (format_number(value, headline.digits, "+") for value in (effect.effect, effect.low, effect.high))
    count = {1: effect.rose, -1: effect.fell}.get(sign)
    counts = {"n": count, "all": effect.n, "rose": effect.rose, "fell": effect.fell}
    pairs = lesson_text(language, "pairs_split" if count is None else "pairs_count", **counts)
    return {
        "name": headline.name,
        "title": title,
        "unit": lesson_text(language, "unit_points" if result.outcome.level else "unit_year"),
        "kind": result.colour,
        "sign": verdict.sign,
        "verdict": words,
        "effect": size,
        "span": lesson_text(language, "pairs_span", low=low, high=high),
        "pairs": pairs,
        "at": [
            None if math.isnan(number) else number for number in (effect.effect, effect.low, effect.high, effect.delta)
        ],
        "said": lesson_text(
            language, "pairs_said", title=title, verdict=words, effect=size, low=low, high=high, pairs=pairs
        ),
    }
