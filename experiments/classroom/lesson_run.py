"""One run of a student: a world of the whole town, its months, and the script that reproduces it."""

import dataclasses
import json
import threading
from functools import cache
from typing import Any

import numpy as np

from experiments.classroom import lesson
from experiments.classroom.assignment import Assignment
from experiments.comparison.town_ground import inhabited, largest_settlements, rings
from experiments.storage.writing import csv_bytes
from experiments.words import catalogue
from model.engine.calendar import is_last_shift_of_month
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.simulation.agents import Couple
from model.town.town import Town
from scenarios import load
from scenarios.policy_files import parse_policy_words, ready_policies

SITE = "villa_canales"
NAME = "classroom"
FILE = f"{NAME}.toml"
MOST_YEARS = 10
EDGES = (0.30, 0.35, 0.40, 0.45)
"""Trust (0-1) at the limits between the shades of the map."""
NOBODY_LIVES = 9
MOST_SEEDS = 3
NAMES = 6
"""Number of settlements that may be named on the map."""
_lock = threading.Lock()
_first: dict[int, Any] = {}


@cache
def scenario() -> Scenario:
    """Return the scenario of the classroom's municipality, without policies."""
    return load(SITE)


@cache
def town() -> Town:
    """Return its town at full size, shared by all runs."""
    from model.town.town import build_town

    return build_town(scenario())


def policies_of(task: Assignment) -> tuple[Policy, ...]:
    """Return the policies of an assignment: the ready one, then one of the levers and switches moved by hand."""
    entries = tuple(PolicyEntry(parameter=name, how="set", value=value) for name, value in sorted(task.levers.items()))
    own = Policy(name=NAME, entries=entries, off=task.off)
    return (*parse_policy_words(task.policy), *((own,) if entries or task.off else ()))


def world_of(task: Assignment) -> Any:
    """Return a world at its start; the warm-up of a seed is simulated once for all assignments."""
    from model import TrustModel

    with _lock:
        if task.seed not in _first:
            if len(_first) >= MOST_SEEDS:
                _first.pop(next(iter(_first)))
            _first[task.seed] = TrustModel(scenario(), rng=task.seed, town=town()).checkpoint()
        stated = dataclasses.replace(scenario(), policies=policies_of(task))
        return TrustModel.resumed(stated, _first[task.seed], town=town())


def label(task: Assignment, language: str) -> str:
    """Return a short text of the differences of an assignment from today."""
    parts = [] if task.policy == "status_quo" else [ready_policies()[task.policy].title[language]]
    parts += [catalogue.lever(name, language) for name in task.levers]
    titles = {one["name"]: one["title"][language] for one in lesson.table("lesson")["switch"]}
    parts += [lesson.say(language, "switched_off", title=titles[name]) for name in sorted(task.off)]
    return ", ".join(parts) or lesson.say(language, "as_today")


class LessonRun:
    """A world run by a student, with its initial settings."""

    def __init__(self, task: Assignment) -> None:
        self.task = task
        self.world = world_of(task)
        self.start = self.world.tick

    @property
    def ended(self) -> bool:
        """Tell whether the run has reached `MOST_YEARS`."""
        begin = self.world.settings.start
        return bool(self.world.date >= begin.replace(year=begin.year + MOST_YEARS))

    @property
    def months(self) -> int:
        """Number of whole months so far."""
        return len(self.world.datacollector.model_vars["month"])

    def step(self, unit: str) -> None:
        """Simulate a shift, a day, or up to the end of a month."""
        for _ in range({"shift": 1, "day": 3, "month": 93}[unit]):
            self.world.step()
            if unit == "month" and is_last_shift_of_month(self.world.tick - 1):
                return

    def series(self) -> dict[str, list[float | None]]:
        """Return the measures of the charts by month; None for a missing value."""
        past = self.world.datacollector.model_vars
        names = [line["measure"] for chart in lesson.table("lesson")["chart"] for line in chart["lines"]]
        return {name: [None if np.isnan(value) else float(value) for value in past[name]] for name in names}

    def frame(self) -> dict[str, Any]:
        """Return the map after the last shift: shades of trust by cell, couples on duty, invented gang territory."""
        grid, where = self.world.grid, town().cells
        living = populated()
        trust = grid.trust.data[where["x"][living], where["y"][living]]
        shades = np.where(np.isnan(trust), NOBODY_LIVES, np.digitize(trust, EDGES))
        couples = grid.agents.select(agent_type=Couple)
        return {
            "trust": "".join(map(str, shades)),
            "couples": [list(one.cell.coordinate) for one in couples],
            "gangs": spots(np.flatnonzero(self.world.state.territory >= 0)),
            "date": self.world.date.isoformat(),
            "shift": self.world.tick % 3,
        }

    def table(self) -> str:
        """Return all months as CSV: date, seed, and every measure of the charts."""
        series, months = self.series(), self.world.datacollector.model_vars["month"]
        settings = self.task.seed, label(self.task, "en")
        rows = ([f"{month:%Y-%m}", *settings, *values] for month, *values in zip(months, *series.values(), strict=True))
        return csv_bytes(["month", "seed", "settings", *series], rows).decode()

    def work(self, student: Assignment) -> str:
        """Return the work of a student as JSON: the assignment with its answers, and the months of the run."""
        stated = dataclasses.asdict(student) | {"levers": dict(student.levers), "off": sorted(student.off)}
        return json.dumps({"confianza": "classroom", "task": stated, "months": self.table()}, ensure_ascii=False)


@cache
def populated() -> Any:
    """Return the rows of the inhabited cells."""
    return inhabited(town())


def spots(rows: Any) -> list[list[int]]:
    """Return column and row of cells, from the south-west corner."""
    cells = town().cells
    return [[int(x), int(y)] for x, y in zip(cells["x"][rows], cells["y"][rows], strict=True)]


@cache
def ground() -> dict[str, Any]:
    """Return the base map of the town, which does not depend on a run."""
    land = town()
    return {
        "width": int(land.cells["x"].max()) + 1,
        "height": int(land.cells["y"].max()) + 1,
        "outline": rings(land, land.outline),
        "lake": rings(land, land.lake) if land.lake is not None else [],
        "cells": spots(populated()),
        "stations": spots(land.facilities["cell"]),
        "boards": spots(land.authorities["cell"]),
        "communal": bool(land.authorities["communal"].any()),
        "names": [[*spots(land.centres[[z]])[0], land.settlement_names[z]] for z in largest_settlements(land, NAMES)],
        "five_km": 5000.0 / land.cell_m,
        "residents": land.n_residents,
    }


def arms_of(task: Assignment, file: str = f"./{FILE}") -> list[str]:
    """Return the policies of an assignment as arguments of the shell and of `load`.

    ``file`` is the policy file of its levers and switches.
    """
    ready = [] if task.policy == "status_quo" else [task.policy]
    return ready + ([file] if file_of(task) else [])


def python_of(task: Assignment, months: int) -> str:
    """Return a script that reproduces a run.

    >>> python_of(Assignment(off=frozenset({"hearsay"})), 2).splitlines()[-5]
    'scenario = load("villa_canales", policies=["./classroom.toml"])'
    """
    text = file_of(task)
    file = [f"Path('{FILE}').write_text({json.dumps(text)})"] if text else []
    return "\n".join(
        [
            *(["from pathlib import Path", ""] if text else []),
            "from confianza import TrustModel, load",
            "",
            *file,
            f"scenario = load({json.dumps(SITE)}, policies={json.dumps(arms_of(task))})",
            f"world = TrustModel(scenario, rng={task.seed})",
            f"while len(world.datacollector.model_vars['month']) < {max(1, months)}:",
            "    world.step()  # one shift of eight hours",
            "print(world.datacollector.get_model_vars_dataframe()[['month', 'trust_mean', 'crimes_occurred']])",
        ]
    )


def file_of(task: Assignment) -> str:
    """Return the levers and switches of an assignment as a policy file, empty if nothing was moved."""
    parts = []
    if task.off:
        parts += ["[mechanisms]", *(f"{name} = false" for name in sorted(task.off)), ""]
    if task.levers:
        parts += ["[set]", *(f'"{name}" = {value}' for name, value in sorted(task.levers.items())), ""]
    head = ['title = { en = "Classroom", es = "Clase" }', 'about = { en = "By hand.", es = "A mano." }', ""]
    return "\n".join(head + parts) if parts else ""
