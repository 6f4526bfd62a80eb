"""Eight paired runs that compare a student's settings with today, by the workers and rules of the page of a town."""

import json
import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.classroom.assignment import POLICY_FILE, Assignment, town_names
from experiments.classroom.lesson import lesson_text
from experiments.classroom.lesson_run import scenario, settings_label
from experiments.comparison.comparison import Request
from experiments.comparison.decision_outcomes import PairedOutcome, all_outcome_effects
from experiments.comparison.policy_choice import FIXED_TOWN, MAX_PAIRS, policy_file_in, program_of
from experiments.comparison.twin_results import PairedWorlds, paired_results
from experiments.execution.run_requests import plan_runs
from experiments.narrative.number_format import format_number
from experiments.statistics.verdicts import VERDICTS, direction
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.run_spec import RunSpec, values_of
from model.engine.errors import InputError
from scenarios import accounts

YEARS = 2.0
TOWN_SIZES = {"small": ("population.scale=0.05",), "whole": ()}
"""Settings of each size of town in which pairs can be simulated."""
PROGRAM_OF_STARTS = """from confianza import TrustModel, load

for seed in range(1, {pairs} + 1):
    ends = []
    for changes in ({{}}, {{"off": {off}, "policies": {policies}}}):
        world = TrustModel(load({town}, set={sets}, **changes), rng=seed)
        while len(world.datacollector.model_vars["month"]) < {months}:
            world.step()
        months = world.datacollector.get_model_vars_dataframe()
        ends.append(100 * months["trust_mean"].tail(12).mean())
    print(seed, *ends, ends[-1] - ends[0])
"""
"""Program that repeats the effect on trust where the worlds of a pair differ from their start on."""


def settings_of_both(task: Assignment, size: str) -> tuple[str, ...]:
    """Return the settings of both worlds of a pair: one town for all pairs, its size, and the account.

    Raises
    ------
    InputError
        If nothing differs from today, or the size of the town is unknown.
    """
    if size not in TOWN_SIZES:
        raise InputError(f"size must be one of {', '.join(TOWN_SIZES)}; got '{size[:40]}'")
    if not task.differs:
        raise InputError(lesson_text(task.lang, "pairs_none"))
    account = accounts.read(task.account) if task.account else {}
    return (FIXED_TOWN, *TOWN_SIZES[size], *(f"{name}={value!r}" for name, value in account.items()))


def settings_of_start(task: Assignment) -> tuple[str, ...]:
    """Return the settings of the second world of a pair alone: the mechanisms that are off from its start."""
    return tuple(f"mechanisms.{name}=false" for name in sorted(task.off_from_start))


def sides_of(task: Assignment, size: str, folder: Path) -> tuple[tuple[RunSpec, ...], ...]:
    """Return the runs of today and of an assignment, seed by seed; its policy file is written into a folder."""
    both = settings_of_both(task, size)
    policies = task.policy_arguments(str(policy_file_in(folder, task.policy_file, POLICY_FILE)))
    arms = ((STATUS_QUO, both), ("+".join(policies) or STATUS_QUO, (*both, *settings_of_start(task))))
    source = town_names()[task.town]
    return tuple(
        plan_runs(source, policies=[policy], sets=sets, years=YEARS, replicates=MAX_PAIRS) for policy, sets in arms
    )


def reproduction_text(task: Assignment, size: str) -> str:
    """Return the command and the Python program that reproduce the pairs; empty if nothing is set."""
    if not task.differs:
        return ""
    both, arms, file = settings_of_both(task, size), task.policy_arguments(), task.policy_file
    source = town_names()[task.town]
    if task.off_from_start:
        commands, program = runs_of_starts(task, both), program_of_starts(task, both)
    else:
        settings: dict[str, Any] = {"sets": both, "years": YEARS, "replicates": MAX_PAIRS}
        request = Request(arms=(STATUS_QUO, "+".join(arms)), scenarios=(source,), **settings)
        commands, program = request.command, program_of(request, arms, scenario(task.town).start)
    return "\n\n".join([commands, *([f"# {POLICY_FILE}\n{file}"] if file else []), f"# Python\n{program}"])


def runs_of_starts(task: Assignment, both: Sequence[str]) -> str:
    """Return the commands that run both sides where they differ from the start of the world on, and compare them."""
    sides = {
        "today": (STATUS_QUO, both),
        "changed": ("+".join(task.policy_arguments()), (*both, *settings_of_start(task))),
    }
    runs = [
        ["confianza", "run", town_names()[task.town], *(["--policy", policy] if policy not in ("", STATUS_QUO) else []),
         *(word for one in sets for word in ("--set", one)),
         "--years", f"{YEARS:g}", "--replicates", str(MAX_PAIRS), "--out", name]
        for name, (policy, sets) in sides.items()
    ]  # fmt: skip
    return "\n".join([*map(shlex.join, runs), "confianza compare today/ changed/"])


def program_of_starts(task: Assignment, both: Sequence[str]) -> str:
    """Return the program that repeats the pairs where they differ from the start of the world on."""
    return PROGRAM_OF_STARTS.format(
        pairs=MAX_PAIRS,
        months=round(12 * YEARS),
        town=json.dumps(town_names()[task.town]),
        sets=json.dumps(values_of(both)),
        off=json.dumps(sorted(task.off_from_start)),
        policies=json.dumps(task.policy_arguments()),
    )


class RequestedPairs(PairedWorlds):
    """Paired runs of one assignment."""

    def __init__(self, task: Assignment, size: str, folder: Path) -> None:
        self.task, self.size, self.stopped = task, size, False
        super().__init__(*sides_of(task, size, folder))
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
            self.rows[language] = [outcome_row(outcome, language) for outcome in all_outcome_effects(twins, draws={})]
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
