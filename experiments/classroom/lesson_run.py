"""One run of a student: a world of the whole town, its months, and the script that reproduces it."""

import dataclasses
import datetime
import json
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from experiments.classroom import lesson
from experiments.classroom.assignment import POLICY_FILE, POLICY_NAME, Assignment, town_names
from experiments.comparison.life_recorder import inhabited, largest_settlements, rings
from experiments.page import sites
from experiments.storage.writing import csv_bytes
from experiments.words import catalogue
from model.engine.calendar import MORNING, SHIFTS, is_last_shift_of_month
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.simulation.agents import Couple
from model.town.town import Town
from scenarios import accounts, load
from scenarios.policy_files import parse_policy_words, ready_policies

MAX_YEARS = 10
SHADE_LIMITS = (0.30, 0.35, 0.40, 0.45)
"""Trust (0-1) at the limits between the shades of the map."""
EMPTY_CELL = 9
MAX_STARTS = 3
"""Starts of worlds that are kept, by municipality, account, seed and mechanisms that are off from the start."""
N_NAMES = 6
"""Number of settlements that may be named on the map; none where a communal jurisdiction has not agreed to it."""
_lock = threading.Lock()
_checkpoints: dict[tuple[Any, ...], Any] = {}


@cache
def scenario(name: str, account: str = "", off: frozenset[str] = frozenset()) -> Scenario:
    """Return the scenario of a municipality under an account, with mechanisms off from the start, without policies."""
    return load(town_names()[name], set=accounts.read(account) if account else {}, off=sorted(off))


def town(name: str) -> Town:
    """Return a municipality at its full size, shared by all runs."""
    return sites.load_municipality(town_names()[name]).town


@dataclass(frozen=True)
class Part:
    """A part of a run with the same settings: its assignment, and its first date, None for the start of the run."""

    task: Assignment
    begins: datetime.date | None = None


def policies_of(task: Assignment) -> tuple[Policy, ...]:
    """Return the policies of an assignment: the ready one, then one of the levers and switches moved by hand."""
    entries = tuple(PolicyEntry(parameter=name, how="set", value=value) for name, value in sorted(task.levers.items()))
    by_hand = Policy(name=POLICY_NAME, entries=entries, off=task.off_from_today)
    return (*parse_policy_words(task.policy), *((by_hand,) if entries or task.off_from_today else ()))


def policies_of_parts(parts: list[Part]) -> tuple[Policy, ...]:
    """Return the policies of all parts of a run, each from its first date to that of the next part."""
    ends = [*(part.begins for part in parts[1:]), None]
    return tuple(
        dataclasses.replace(policy, start=part.begins, until=end)
        for part, end in zip(parts, ends, strict=True)
        for policy in policies_of(part.task)
    )


def new_world(task: Assignment) -> Any:
    """Return a world at its start; the warm-up of a start is simulated once for all assignments."""
    from model import TrustModel

    settings, place = scenario(task.town, task.account, task.off_from_start), town(task.town)
    with _lock:
        if task.start_settings not in _checkpoints:
            if len(_checkpoints) >= MAX_STARTS:
                _checkpoints.pop(next(iter(_checkpoints)))
            _checkpoints[task.start_settings] = TrustModel(settings, rng=task.seed, town=place).checkpoint()
        with_policies = dataclasses.replace(settings, policies=policies_of(task))
        return TrustModel.resumed(with_policies, _checkpoints[task.start_settings], town=place)


def settings_label(task: Assignment, language: str) -> str:
    """Return a short text of the differences of an assignment from today."""
    parts = [] if task.policy == "status_quo" else [ready_policies()[task.policy].title[language]]
    parts += [catalogue.lever(name, language) for name in task.levers]
    titles = {switch["name"]: switch["title"][language] for switch in lesson.lesson_file("lesson")["switch"]}
    key = f"switched_off_{task.since}"
    parts += [lesson.lesson_text(language, key, title=titles[name]) for name in sorted(task.off)]
    label = ", ".join(parts) or lesson.lesson_text(language, "as_today")
    account = accounts.names()[task.account][language] if task.account else ""
    return lesson.lesson_text(language, "under_account", label=label, account=account) if account else label


class LessonRun:
    """A world run by a student, with the parts of the run in which settings were the same."""

    def __init__(self, task: Assignment) -> None:
        self.parts = [Part(task)]
        self.world = new_world(task)
        self.start = self.world.tick

    @property
    def task(self) -> Assignment:
        """Present settings."""
        return self.parts[-1].task

    @property
    def town(self) -> str:
        """Name of the municipality."""
        return self.task.town

    def change(self, task: Assignment) -> None:
        """Let new settings hold from the next morning, or from the start if nothing was simulated yet.

        The start of the new settings has to be that of the run.
        """
        from model import TrustModel

        world = self.world
        if world.tick == self.start:
            self.parts = [Part(task)]
        else:
            days = 0 if world.tick % SHIFTS == MORNING else 1
            begins = world.date + datetime.timedelta(days=days)
            self.parts = [*(part for part in self.parts if part.begins != begins), Part(task, begins)]
        changed = dataclasses.replace(world.settings, policies=policies_of_parts(self.parts))
        self.world = TrustModel.resumed(changed, world.checkpoint(), town=world.town, own=True)
        world.release()

    @property
    def changes(self) -> list[tuple[float, Assignment]]:
        """Later parts of the run: months from its start to their begin, and their settings."""
        first = self.world.settings.start
        return [
            ((day.year - first.year) * 12 + day.month - first.month + (day.day - 1) / 31, part.task)
            for part in self.parts
            if (day := part.begins)
        ]

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
        grid, cells = self.world.grid, self.world.town.cells
        rows = inhabited_cells(self.town)
        trust = grid.trust.data[cells["x"][rows], cells["y"][rows]]
        shades = np.where(np.isnan(trust), EMPTY_CELL, np.digitize(trust, SHADE_LIMITS))
        couples = grid.agents.select(agent_type=Couple)
        return {
            "trust": "".join(map(str, shades)),
            "couples": [list(couple.cell.coordinate) for couple in couples],
            "gangs": cell_coordinates(self.world.town, np.flatnonzero(self.world.state.held_by >= 0)),
            "date": self.world.date.isoformat(),
            "shift": self.world.tick % 3,
        }

    @property
    def task_of_last_month(self) -> Assignment:
        """Settings in force in the last whole month: a later change has not been simulated."""
        months = self.world.datacollector.model_vars["month"]
        return self.settings_in(months[-1]) if months else self.task

    def settings_in(self, month: datetime.date) -> Assignment:
        """Return the settings in force at the end of a month."""
        return next(part.task for part in reversed(self.parts) if not part.begins or part.begins <= last_day(month))

    def table(self) -> str:
        """Return all months as CSV: date, seed, settings, and every measure of the charts."""
        series, months = self.series(), self.world.datacollector.model_vars["month"]
        rows = (
            [f"{month:%Y-%m}", self.task.seed, settings_label(self.settings_in(month), "en"), *values]
            for month, *values in zip(months, *series.values(), strict=True)
        )
        return csv_bytes(["month", "seed", "settings", *series], rows).decode()

    def student_work(self, student: Assignment) -> str:
        """Return the work of a student as JSON: the assignment with its answers, and the months of the run."""
        changes = [{"month": round(at, 2), "settings": settings_label(task, "en")} for at, task in self.changes]
        work = {"confianza": "classroom", "task": student.as_json(), "months": self.table(), "changes": changes}
        return json.dumps(work, ensure_ascii=False)


def last_day(month: datetime.date) -> datetime.date:
    """Return the last day of the month of a date."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


@cache
def inhabited_cells(name: str) -> Any:
    """Return the rows of the inhabited cells of a municipality."""
    return inhabited(town(name))


def cell_coordinates(place: Town, rows: Any) -> list[list[int]]:
    """Return column and row of cells, from the south-west corner."""
    return [[int(x), int(y)] for x, y in zip(place.cells["x"][rows], place.cells["y"][rows], strict=True)]


@cache
def base_map(name: str) -> dict[str, Any]:
    """Return the base map of a municipality, which does not depend on a run."""
    site = town(name)
    communal = bool(site.authorities["communal"].any())
    return {
        "width": int(site.cells["x"].max()) + 1,
        "height": int(site.cells["y"].max()) + 1,
        "outline": rings(site, site.outline),
        "lake": rings(site, site.lake) if site.lake is not None else [],
        "cells": cell_coordinates(site, inhabited_cells(name)),
        "stations": cell_coordinates(site, site.facilities["cell"]),
        "boards": cell_coordinates(site, site.authorities["cell"]),
        "communal": communal,
        "names": [
            [*cell_coordinates(site, site.centres[[z]])[0], site.settlement_names[z]]
            for z in largest_settlements(site, 0 if communal else N_NAMES)
        ],
        "five_km": 5000.0 / site.cell_m,
        "residents": site.n_residents,
    }


def python_program(parts: list[Part], months: int) -> str:
    """Return a script that reproduces a run.

    >>> python_program([Part(Assignment(off=frozenset({"hearsay"})))], 2).splitlines()[-5]
    'scenario = load("villa_canales", policies=["./student.toml"])'
    """
    files = policy_files(parts)
    task, more = parts[0].task, f", set={accounts.read(parts[0].task.account)}" if parts[0].task.account else ""
    if task.off_from_start:
        more += f", off={json.dumps(sorted(task.off_from_start))}"
    folder = ["Path('worlds').mkdir(exist_ok=True)"] if any("/worlds/" in path for path in files) else []
    policies = [*([] if len(parts) > 1 else task.policy_arguments()), *(files if len(parts) > 1 else ())]
    return "\n".join(
        [
            *(["from pathlib import Path", ""] if files else []),
            "from confianza import TrustModel, load",
            "",
            *folder,
            *(f"Path({json.dumps(path)}).write_text({json.dumps(text)})" for path, text in files.items()),
            f"scenario = load({json.dumps(town_names()[task.town])}, policies={json.dumps(policies)}{more})",
            f"world = TrustModel(scenario, rng={task.seed})",
            f"while len(world.datacollector.model_vars['month']) < {max(1, months)}:",
            "    world.step()  # one shift of eight hours",
            "print(world.datacollector.get_model_vars_dataframe()[['month', 'trust_mean', 'crimes_occurred']])",
        ]
    )


def policy_files(parts: list[Part]) -> dict[str, str]:
    """Return the files that a run needs, by path: that of the settings, or one for each part that changes something."""
    if len(parts) == 1:
        return {f"./{POLICY_FILE}": parts[0].task.policy_file} if parts[0].task.policy_file else {}
    files = {}
    later = [*parts[1:], None]
    for number, (part, following) in enumerate(zip(parts, later, strict=True), start=1):
        task = part.task
        if not task.policy_arguments():
            continue
        dates = {"start": part.begins, "until": following.begins if following else None}
        head = [f"{name} = {date}" for name, date in dates.items() if date]
        head += [f'include = "{task.policy}"'] if task.policy != "status_quo" else []
        files[f"./worlds/part_{number}.toml"] = "\n".join([*head, task.policy_file])
    return files
