"""One run of a student: a world of the whole town, its months, and the script that reproduces it."""

import dataclasses
import json
import threading
from functools import cache
from typing import Any

import numpy as np

from experiments.classroom import lesson
from experiments.classroom.assignment import POLICY_FILE, POLICY_NAME, Assignment
from experiments.comparison.life_recorder import inhabited, largest_settlements, rings
from experiments.storage.writing import csv_bytes
from experiments.words import catalogue
from model.engine.calendar import is_last_shift_of_month
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.simulation.agents import Couple
from model.town.town import Town
from scenarios import load
from scenarios.policy_files import parse_policy_words, ready_policies

SITE = "villa_canales"
MAX_YEARS = 10
SHADE_LIMITS = (0.30, 0.35, 0.40, 0.45)
"""Trust (0-1) at the limits between the shades of the map."""
EMPTY_CELL = 9
MAX_SEEDS = 3
N_NAMES = 6
"""Number of settlements that may be named on the map."""
_lock = threading.Lock()
_checkpoints: dict[int, Any] = {}


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
    by_hand = Policy(name=POLICY_NAME, entries=entries, off=task.off)
    return (*parse_policy_words(task.policy), *((by_hand,) if entries or task.off else ()))


def new_world(task: Assignment) -> Any:
    """Return a world at its start; the warm-up of a seed is simulated once for all assignments."""
    from model import TrustModel

    with _lock:
        if task.seed not in _checkpoints:
            if len(_checkpoints) >= MAX_SEEDS:
                _checkpoints.pop(next(iter(_checkpoints)))
            _checkpoints[task.seed] = TrustModel(scenario(), rng=task.seed, town=town()).checkpoint()
        with_policies = dataclasses.replace(scenario(), policies=policies_of(task))
        return TrustModel.resumed(with_policies, _checkpoints[task.seed], town=town())


def settings_label(task: Assignment, language: str) -> str:
    """Return a short text of the differences of an assignment from today."""
    parts = [] if task.policy == "status_quo" else [ready_policies()[task.policy].title[language]]
    parts += [catalogue.lever(name, language) for name in task.levers]
    titles = {switch["name"]: switch["title"][language] for switch in lesson.lesson_file("lesson")["switch"]}
    parts += [lesson.lesson_text(language, "switched_off", title=titles[name]) for name in sorted(task.off)]
    return ", ".join(parts) or lesson.lesson_text(language, "as_today")


class LessonRun:
    """A world run by a student, with its initial settings."""

    def __init__(self, task: Assignment) -> None:
        self.task = task
        self.world = new_world(task)
        self.start = self.world.tick

    @property
    def ended(self) -> bool:
        """Tell whether the run has reached `MAX_YEARS`."""
        begin = self.world.settings.start
        return bool(self.world.date >= begin.replace(year=begin.year + MAX_YEARS))

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
        monthly = self.world.datacollector.model_vars
        names = [line["measure"] for chart in lesson.lesson_file("lesson")["chart"] for line in chart["lines"]]
        return {name: [None if np.isnan(value) else float(value) for value in monthly[name]] for name in names}

    def frame(self) -> dict[str, Any]:
        """Return the map after the last shift: shades of trust by cell, couples on duty, invented gang territory."""
        grid, cells = self.world.grid, town().cells
        rows = inhabited_cells()
        trust = grid.trust.data[cells["x"][rows], cells["y"][rows]]
        shades = np.where(np.isnan(trust), EMPTY_CELL, np.digitize(trust, SHADE_LIMITS))
        couples = grid.agents.select(agent_type=Couple)
        return {
            "trust": "".join(map(str, shades)),
            "couples": [list(couple.cell.coordinate) for couple in couples],
            "gangs": cell_coordinates(np.flatnonzero(self.world.state.held_by >= 0)),
            "date": self.world.date.isoformat(),
            "shift": self.world.tick % 3,
        }

    def table(self) -> str:
        """Return all months as CSV: date, seed, and every measure of the charts."""
        series, months = self.series(), self.world.datacollector.model_vars["month"]
        settings = self.task.seed, settings_label(self.task, "en")
        rows = ([f"{month:%Y-%m}", *settings, *values] for month, *values in zip(months, *series.values(), strict=True))
        return csv_bytes(["month", "seed", "settings", *series], rows).decode()

    def student_work(self, student: Assignment) -> str:
        """Return the work of a student as JSON: the assignment with its answers, and the months of the run."""
        work = {"confianza": "classroom", "task": student.as_json(), "months": self.table()}
        return json.dumps(work, ensure_ascii=False)


@cache
def inhabited_cells() -> Any:
    """Return the rows of the inhabited cells."""
    return inhabited(town())


def cell_coordinates(rows: Any) -> list[list[int]]:
    """Return column and row of cells, from the south-west corner."""
    cells = town().cells
    return [[int(x), int(y)] for x, y in zip(cells["x"][rows], cells["y"][rows], strict=True)]


@cache
def base_map() -> dict[str, Any]:
    """Return the base map of the town, which does not depend on a run."""
    site = town()
    return {
        "width": int(site.cells["x"].max()) + 1,
        "height": int(site.cells["y"].max()) + 1,
        "outline": rings(site, site.outline),
        "lake": rings(site, site.lake) if site.lake is not None else [],
        "cells": cell_coordinates(inhabited_cells()),
        "stations": cell_coordinates(site.facilities["cell"]),
        "boards": cell_coordinates(site.authorities["cell"]),
        "communal": bool(site.authorities["communal"].any()),
        "names": [
            [*cell_coordinates(site.centres[[z]])[0], site.settlement_names[z]]
            for z in largest_settlements(site, N_NAMES)
        ],
        "five_km": 5000.0 / site.cell_m,
        "residents": site.n_residents,
    }


def python_program(task: Assignment, months: int) -> str:
    """Return a script that reproduces a run.

    >>> python_program(Assignment(off=frozenset({"hearsay"})), 2).splitlines()[-5]
    'scenario = load("villa_canales", policies=["./classroom.toml"])'
    """
    text = task.policy_file
    file = [f"Path('{POLICY_FILE}').write_text({json.dumps(text)})"] if text else []
    return "\n".join(
        [
            *(["from pathlib import Path", ""] if text else []),
            "from confianza import TrustModel, load",
            "",
            *file,
            f"scenario = load({json.dumps(SITE)}, policies={json.dumps(task.policy_arguments())})",
            f"world = TrustModel(scenario, rng={task.seed})",
            f"while len(world.datacollector.model_vars['month']) < {max(1, months)}:",
            "    world.step()  # one shift of eight hours",
            "print(world.datacollector.get_model_vars_dataframe()[['month', 'trust_mean', 'crimes_occurred']])",
        ]
    )
