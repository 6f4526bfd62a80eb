"""Eight paired runs that compare a student's settings with today, by the workers and rules of the decision view."""

import math
from pathlib import Path
from typing import Any

from experiments.classroom.assignment import Assignment
from experiments.classroom.lesson import say
from experiments.classroom.lesson_run import FILE, SITE, arms_of, file_of, label, scenario
from experiments.comparison.comparison_request import Request
from experiments.comparison.decision_outcomes import PairedOutcome, all_outcome_effects
from experiments.comparison.policy_choice import FIXED_TOWN, MAX_PAIRS, program_of, runs_with_file
from experiments.comparison.twin_results import PairedWorlds, paired_results
from experiments.narrative.number_format import format_number
from experiments.statistics.verdicts import VERDICTS, direction
from experiments.storage.result_tables import STATUS_QUO
from model.engine.errors import InputError

YEARS = 2.0
SIZES = {"small": ("population.scale=0.05",), "whole": ()}
"""Settings of each size of town in which pairs can be simulated."""


def request_of(task: Assignment, size: str, file: str = f"./{FILE}") -> Request:
    """Return the comparison of an assignment with today; a file holds its levers and switches.

    Raises
    ------
    InputError
        If nothing is set, or the size of the town is unknown.
    """
    if size not in SIZES:
        raise InputError(f"size must be one of {', '.join(SIZES)}; got '{size[:40]}'")
    arms = arms_of(task, file)
    if not arms:
        raise InputError(say(task.lang, "pairs_none"))
    sets = (FIXED_TOWN, *SIZES[size])
    return Request(arms=(STATUS_QUO, "+".join(arms)), scenarios=(SITE,), sets=sets, years=YEARS, replicates=MAX_PAIRS)


def reproduction_text(task: Assignment, size: str) -> str:
    """Return the command and the Python program that reproduce the pairs; empty if nothing is set."""
    arms, file = arms_of(task), file_of(task)
    if not arms:
        return ""
    request = request_of(task, size)
    program = program_of(request, arms, scenario().start)
    return "\n\n".join([request.command, *([f"# {FILE}\n{file}"] if file else []), f"# Python\n{program}"])


class RequestedPairs(PairedWorlds):
    """Paired runs of one assignment."""

    def __init__(self, task: Assignment, size: str, folder: Path) -> None:
        self.task, self.size, self.stopped = task, size, False
        super().__init__(*runs_with_file(file_of(task), folder, FILE, lambda file: request_of(task, size, file)))
        self.rows: dict[str, list[dict[str, Any]]] = {}

    @property
    def done(self) -> int:
        """Number of worlds that have ended."""
        return sum(map(len, self.results)) + len(self.failed)

    @property
    def running(self) -> bool:
        """Tell whether worlds are still being simulated."""
        return not self.stopped and self.done < len(self.specs)

    def page_data(self, language: str) -> dict[str, Any]:
        """Return the data of the page: progress of the worlds and, once all are finished, every outcome."""
        rows, base, reasons = self.rows_in(language), self.sides[0], [*self.failed.values()]
        residents = round(float(base[0].months["residents"].iloc[-1])) if base else 0
        return {
            "label": label(self.task, language),
            "size": self.size,
            "done": self.done,
            "all": len(self.specs),
            "running": self.running,
            "stopped": self.stopped,
            "fault": say(language, "pairs_failed", n=len(reasons), reason=reasons[0]) if reasons else "",
            "town": say(language, "pairs_small", n=f"{residents:,}") if self.size == "small" and rows else "",
            "rows": rows,
        }

    def rows_in(self, language: str) -> list[dict[str, Any]]:
        """Return every outcome in a language once all pairs are finished; cached, since it is requested often."""
        twins = paired_results(*self.sides)
        if len(twins) == MAX_PAIRS and language not in self.rows:
            self.rows[language] = [
                row_of(one, language) for one in all_outcome_effects(twins, lambda _: None, draws={})
            ]
        return self.rows.get(language, [])


def row_of(result: PairedOutcome, language: str) -> dict[str, Any]:
    """Return an outcome estimated from eight pairs: verdict, effect with its 95 % interval, and a sentence."""
    effect, headline = result.effect, result.outcome.headline
    verdict, way = VERDICTS[result.verdict], direction(result.verdict)
    title, words = getattr(headline, language), getattr(verdict, language)
    size, low, high = (format_number(value, headline.digits, "+") for value in (effect.effect, effect.low, effect.high))
    count = {1: effect.rose, -1: effect.fell}.get(way)
    told = {"n": count, "all": effect.n, "rose": effect.rose, "fell": effect.fell}
    pairs = say(language, "pairs_split" if count is None else "pairs_count", **told)
    return {
        "name": headline.name,
        "title": title,
        "unit": say(language, "unit_points" if result.outcome.level else "unit_year"),
        "kind": result.colour,
        "sign": verdict.sign,
        "verdict": words,
        "effect": size,
        "span": say(language, "pairs_span", low=low, high=high),
        "pairs": pairs,
        "at": [None if math.isnan(one) else one for one in (effect.effect, effect.low, effect.high, effect.delta)],
        "said": say(language, "pairs_said", title=title, verdict=words, effect=size, low=low, high=high, pairs=pairs),
    }
