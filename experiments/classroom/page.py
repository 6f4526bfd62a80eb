"""The classroom as a Solara page: a Mesa model of the whole town, run by a student."""

import dataclasses
import json
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import anywidget
import solara
import traitlets

from experiments.classroom import lesson
from experiments.classroom.assignment import Assignment, parse_assignment, town_names
from experiments.classroom.checking import check, switch_notes
from experiments.classroom.lesson_run import (
    LessonRun,
    Part,
    base_map,
    inhabited_cells,
    python_program,
    scenario,
    settings_label,
)
from experiments.classroom.one_resident import describe_resident, find_resident
from experiments.classroom.pairs import RequestedPairs, reproduction_text
from experiments.comparison.twin_results import WorldResult
from experiments.figures.theme import css_variables
from experiments.page import sites
from experiments.page.background_worker import background_workers
from experiments.storage.progress import print_note
from experiments.words.draw_kit import DRAW_FUNCTIONS
from experiments.words.script_fault import SCRIPT_FAULT
from model.engine.errors import InputError

FOLDER = Path(__file__).parent
FRAME_SECONDS = {"shift": 1 / 15, "day": 1 / 15, "month": 1 / 8}
"""Shortest time (s) between two frames, by the unit of a step."""
FRAME_TIMEOUT = 3.0
"""Seconds after which an unacknowledged frame counts as missed."""
MAX_MISSED = 5
LOADER = """
const script = URL.createObjectURL(new Blob([SCRIPT], { type: "text/javascript" }));
const render = (page) => import(script).then((classroom) => classroom.default.render(page)).catch(reportError);
export default { render };
"""
"""Load a script so that its errors are reported to the window, also those that keep it from being loaded."""
Action = Callable[[], None]
type Series = dict[str, list[float | None]]
"""Values of each measure by month."""


class ClassroomWidget(anywidget.AnyWidget):
    """Widget of the page: lesson and base map once per language, state of the run and map with each frame."""

    _esm = SCRIPT_FAULT + LOADER.replace(
        "SCRIPT", json.dumps(DRAW_FUNCTIONS + (FOLDER / "classroom.js").read_text(encoding="utf-8"))
    )
    lesson = traitlets.Dict().tag(sync=True)
    base_map = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)


class Classroom:
    """One student's page: assignment, run, previous run, paired runs, and the thread that simulates."""

    def __init__(self, language: str) -> None:
        self.task = Assignment(lang=language)
        self.done: set[int] = set()
        self.run: LessonRun | None = None
        self.previous_run: tuple[Assignment, Series] | None = None
        self.first_month_today: dict[str, float | None] = {}
        self.today_of = ""
        """Municipality of these levels."""
        self.resident: dict[str, Any] | None = None
        self.pairs: RequestedPairs | None = None
        self.client_number: int | None = None
        self.playing, self.closed, self.fault = False, False, ""
        self.busy_text = lesson.lesson_text(language, "starting")
        self.frame_number, self.frame_shown, self.n_missed, self.n_picks = 0, threading.Event(), 0, 0
        self.actions: queue.SimpleQueue[Action] = queue.SimpleQueue()
        self.widget = ClassroomWidget()
        self.widget.on_msg(lambda _, message, __: self.receive(message))
        self.thread = threading.Thread(target=self.run_actions, name="confianza classroom", daemon=True)

    # Thread

    def start(self) -> Action:
        """Show the page and start to build the town; return the function that closes the page."""
        self.send_texts()
        self.send_state()
        self.actions.put(self.start_run)
        self.thread.start()
        return self.close

    def close(self) -> None:
        """End the thread after its present action, and cancel paired runs."""
        self.closed = True
        self.cancel_pairs()
        self.actions.put(lambda: None)

    def run_actions(self) -> None:
        """Carry out the student's actions one after the other; simulate further steps while playing."""
        while not self.closed:
            try:
                action = self.actions.get(block=not self.playing)
            except queue.Empty:
                action = self.play_step
            try:
                action()
            except InputError as reason:
                self.playing, self.fault, self.busy_text = False, str(reason), ""
                self.send_state()
            except Exception as reason:
                self.playing, self.fault, self.busy_text = False, f"{type(reason).__name__}: {reason}", ""
                print_note(f"page: {self.fault}")
                self.send_state()

    def play_step(self) -> None:
        """Simulate one step and send a frame, no faster than the browser draws."""
        start = time.monotonic()
        self.step()
        if self.frame_shown.wait(FRAME_TIMEOUT):
            self.n_missed = 0
        else:
            self.n_missed += 1
            self.playing = self.n_missed < MAX_MISSED
        time.sleep(max(0.0, start + FRAME_SECONDS[self.task.step] - time.monotonic()))

    # Messages

    def receive(self, message: dict[str, Any]) -> None:
        """Queue the action of a message; an unknown kind is ignored."""
        kind = message.get("kind")
        if kind == "seen":
            self.frame_shown.set()
        elif kind in ACTIONS:
            self.actions.put(lambda: ACTIONS[kind](self, message))

    def open_address(self, message: dict[str, Any]) -> None:
        """Take over the assignment in the address."""
        query = dict(parse_qsl(str(message["query"]).lstrip("?")))
        if query:
            task = parse_assignment({"lang": self.task.lang} | query)
            changed = task.world_settings != self.task.world_settings
            self.task = task
            self.send_texts()
            if changed:
                self.start_run()
        self.send_state()

    def change_settings(self, message: dict[str, Any]) -> None:
        """Change settings as far as the assignment allows it, and answers."""
        task, levers, off = self.task, dict(self.task.levers), set(self.task.off)
        if (name := message.get("lever")) and task.may_change(str(name)):
            levers.pop(str(name), None)
            levers |= {} if message.get("today") else {str(name): float(message["value"])}
        if (name := message.get("switch")) and task.may_change(str(name)):
            (off.discard if message.get("on") else off.add)(str(name))
        changes: dict[str, Any] = {"levers": levers, "off": frozenset(off)}
        for key in ("seed", "policy", "town", "account"):
            if key in message and task.may_change(key):
                changes[key] = int(message[key] or 0) if key == "seed" else str(message[key])
        for key in ("since", "step", "guess", "size", "predict", "why", "student", "lang"):
            if key in message:
                changes[key] = str(message[key])
        if "claim" in message:
            changes["claims"] = task.claims ^ {int(message["claim"])}
        self.apply(dataclasses.replace(task, **changes))

    def apply(self, task: Assignment) -> None:
        """Take over an assignment; levers and switches act on the running world, another start needs a new one."""
        previous, run = self.task, self.run
        self.task = task = parse_assignment(dict(parse_qsl(task.address)))  # validates the address
        self.fault = ""
        if (task.lang, task.town) != (previous.lang, previous.town):
            self.resident = None  # its description is in the other language
            self.send_texts()
        if task.town != previous.town:
            self.start_run()
        elif run and run.task.start_settings == task.start_settings and run.task.world_settings != task.world_settings:
            run.change(task)
        self.send_state()

    def choose_exercise(self, message: dict[str, Any]) -> None:
        """Choose another exercise; the answers to the last one are deleted."""
        if not self.task.lock:
            task = dataclasses.replace(self.task.without_answers, exercise=int(message["number"]))
            self.task = parse_assignment(dict(parse_qsl(task.address)))
        self.send_state()

    def play(self, message: dict[str, Any]) -> None:
        """Play or pause."""
        self.playing, self.n_missed, self.fault = bool(message["on"]), 0, ""
        self.send_state()

    def step(self, _: Any = None) -> None:
        """Simulate one step."""
        if self.run is None:
            return
        if self.run.ended:
            self.playing, self.fault = False, lesson.lesson_text(self.task.lang, "end")
        else:
            self.fault, months = "", self.run.months
            self.run.step(self.task.step)
            if self.playing and self.run.months == months:  # within a month only the map moves
                self.send_frame()
                return
        self.send_state()

    def start_run(self, _: Any = None) -> None:
        """Start a new world with the present settings; the previous run remains as A."""
        self.playing, self.fault, self.resident = False, "", None
        if self.run and self.run.months:
            self.previous_run = self.run.task_of_last_month, self.run.series()
        if self.previous_run and self.previous_run[0].town != self.task.town:
            self.previous_run, self.pairs = None, None
        if self.today_of != self.task.town:
            first_run = LessonRun(Assignment(town=self.task.town, seed=self.task.seed))
            first_run.step("month")
            self.first_month_today = {name: values[0] for name, values in first_run.series().items()}
            self.today_of = self.task.town
        self.run, self.busy_text = LessonRun(self.task), ""
        self.widget.base_map = base_map(self.task.town)
        self.send_state()

    def pick(self, message: dict[str, Any]) -> None:
        """Show a resident of a cell, or of the whole town."""
        if self.run is None:
            return
        number, self.n_picks = int(message["cell"]), self.n_picks + 1
        cells = inhabited_cells(self.run.town)
        cell = int(cells[number]) if 0 <= number < len(cells) else None
        who = find_resident(self.run.world, cell, self.n_picks)
        self.resident = {} if who is None else describe_resident(self.run.world, who, self.task.lang)
        self.send_state()

    def ask_pairs(self, message: dict[str, Any]) -> None:
        """Request eight pairs of today and of the present settings, in a small town or in the whole one."""
        workers = background_workers[-1]
        self.client_number = workers.register_client() if self.client_number is None else self.client_number
        pairs = self.pairs = RequestedPairs(self.task, str(message["size"]), workers.folder)
        self.fault = ""

        def on_world(result: WorldResult | str, run: str) -> None:
            self.actions.put(lambda: self.add_world(pairs, result, run))

        workers.start()
        workers.request_worlds(self.client_number, pairs.specs, on_world)
        self.send_state()

    def add_world(self, pairs: RequestedPairs, result: WorldResult | str, run: str) -> None:
        """Add a world of paired runs, unless they were stopped or replaced."""
        if pairs is self.pairs and not pairs.stopped:
            pairs.add(result, run)
            self.send_state()

    def stop_pairs(self, _: Any = None) -> None:
        """Stop running pairs."""
        self.cancel_pairs()
        if self.pairs:
            self.pairs.stopped = self.pairs.running
        self.send_state()

    def cancel_pairs(self) -> None:
        """Cancel the request of paired runs at the workers."""
        if self.client_number is not None and background_workers:
            background_workers[-1].cancel_request(self.client_number)

    def send_file(self, message: dict[str, Any]) -> None:
        """Send the months as CSV, or the work of the student as JSON."""
        if self.run is None:
            return
        if message["what"] == "work" and (missing := self.missing_steps):
            reasons = " ".join(lesson.lesson_text(self.task.lang, f"missing_{step}") for step in missing)
            raise InputError(lesson.lesson_text(self.task.lang, "nothing_run", missing=reasons))
        name = "".join(letter for letter in self.task.student if letter.isalnum() or letter in "-_")[:40] or "student"
        if message["what"] == "work":
            file = f"confianza-{self.task.exercise}-{name}.json", self.run.student_work(self.task)
            self.done.add(self.task.exercise)
        else:
            file = f"confianza-{self.task.seed}.csv", self.run.table()
        self.widget.send({"kind": "file", "name": file[0], "text": file[1]})
        self.send_state()

    # Exercises

    @property
    def missing_steps(self) -> list[str]:
        """Steps of the exercise that are not done; without an exercise, a run."""
        checked = self.checked
        return list(checked["missing"]) if checked else [] if self.run and self.run.months else ["run"]

    @property
    def checked(self) -> dict[str, Any] | None:
        """State of the exercise, and what the pairs say once there is a prediction and a run."""
        months, pair = 0, None
        if self.run:
            months = self.run.months
            pair = difference_of_trust(self.previous_run[1], self.run.series()) if self.previous_run else None
        return check(self.task, months, pair, self.previous_run is not None, self.pairs)

    # Output

    def send_texts(self) -> None:
        """Send the texts of the page in the chosen language."""
        task, town_scenario = self.task, scenario(self.task.town)
        self.widget.lesson = lesson.lesson_data(town_scenario, task.lang) | {
            "town": town_scenario.title[task.lang],
            "towns": [{"name": name, "title": scenario(name).title[task.lang]} for name in town_names()],
            "notes": switch_notes(task.town, task.lang),
            "first": [town_scenario.start.year, town_scenario.start.month],
        }

    def send_frame(self) -> None:
        """Send the present map of the run."""
        self.frame_number += 1
        self.frame_shown.clear()
        if self.run:
            self.widget.frame = self.run.frame() | {"number": self.frame_number}

    def send_state(self) -> None:
        """Send the state of the page, and the map."""
        task, run = self.task, self.run
        changeable = *lesson.lever_names(), *lesson.switch_names(), "policy", "seed", "town", "account"
        previous = None
        if self.previous_run:
            earlier, series = self.previous_run
            previous = {"series": series, "seed": earlier.seed, "label": settings_label(earlier, task.lang)}
        self.send_frame()
        self.widget.state = {
            "task": task.as_json(),
            "free": [name for name in changeable if task.may_change(name)],
            "run": run and run_data(run, task.lang),
            "a": previous,
            "todays": self.first_month_today,
            "person": self.resident,
            "playing": self.playing,
            "busy": self.busy_text,
            "fault": self.fault,
            "waits": bool(run and run.task.start_settings != task.start_settings),
            "check": self.checked,
            "done": sorted(self.done),
            "address": task.link_address,
            "label": settings_label(task, task.lang),
            "differs": task.differs,
            "pairs": self.pairs and self.pairs.page_data(task.lang),
            "repeated": reproduction_text(task, self.pairs.size if self.pairs else "whole"),
            "python": python_program(run.parts if run else [Part(task)], run.months if run else 12),
        }


def difference_of_trust(first: Series, second: Series) -> float | None:
    """Return the difference of trust (points of 100) between two runs at their last common month, None without one."""
    months = list(zip(first["trust_mean"], second["trust_mean"], strict=False))
    if not months or None in months[-1]:
        return None
    return 100.0 * (float(months[-1][1] or 0.0) - float(months[-1][0] or 0.0))


def run_data(run: LessonRun, language: str) -> dict[str, Any]:
    """Return the months of a run, and when which settings changed."""
    changes = [{"month": at, "label": settings_label(task, language)} for at, task in run.changes]
    return {"series": run.series(), "months": run.months, "changes": changes}


ACTIONS: dict[Any, Callable[[Classroom, dict[str, Any]], None]] = {
    "open": Classroom.open_address,
    "set": Classroom.change_settings,
    "exercise": Classroom.choose_exercise,
    "play": Classroom.play,
    "step": Classroom.step,
    "reset": Classroom.start_run,
    "pick": Classroom.pick,
    "file": Classroom.send_file,
    "pairs": Classroom.ask_pairs,
    "stop": Classroom.stop_pairs,
}


def style_sheet() -> str:
    """Return the style sheet of the page, with the colours of the project as variables."""
    return css_variables(".cl") + (FOLDER / "classroom.css").read_text(encoding="utf-8")


@solara.component
def Page() -> None:
    """Show the classroom in its initial language; solara requires a component of this name."""
    classroom = solara.use_memo(lambda: Classroom(sites.start_options.language), [])
    solara.use_effect(classroom.start, [])
    solara.Style(style_sheet())
    solara.Div(children=[classroom.widget])
