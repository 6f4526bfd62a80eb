"""Names that cross the border between Python and scripts are declared once, and both sides keep to them.

The scripts are read here, and the data of the classroom; those of the other programs in the tests of their data.
"""

import json
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from script_names import CLASSROOM, PROGRAMS, ROOT, changed_module, declared, differences

from experiments.classroom import lesson_run, page
from experiments.classroom.assignment import Assignment
from experiments.classroom.pairs import outcome_row
from experiments.comparison.decision_outcomes import TRUST, PairedOutcome
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from model.engine.scenario import Scenario
from model.town.town import Town

PLANTED = tomllib.loads(Path(__file__).with_name("planted_name_errors.toml").read_text(encoding="utf-8"))["error"]
type Samples = list[tuple[str, Any]]


@pytest.mark.parametrize("program", PROGRAMS)
def test_scripts_read_and_send_what_is_declared(program: str) -> None:
    assert PROGRAMS[program]({}) == []


class NoWorkers:
    """Workers that simulate nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> None:
        """Start nothing."""

    def register_client(self) -> int:
        """Return a number."""
        return 1

    def request_worlds(self, client: int, specs: Any, on_world: Any) -> None:
        """Simulate nothing."""


@pytest.fixture
def classroom_data(
    villa: Scenario, villa_town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[ModuleType], Samples]:
    """Return a function that returns what a lesson in a small town sends."""
    monkeypatch.setattr(lesson_run, "scenario", lambda *_: villa)
    monkeypatch.setattr(lesson_run, "town", lambda _: villa_town)
    monkeypatch.setattr(lesson_run, "_checkpoints", {})
    for cached in (lesson_run.base_map, lesson_run.inhabited_cells):
        monkeypatch.setattr(lesson_run, cached.__name__, cached.__wrapped__)
    effect = paired(np.full(8, 40.0), np.full(8, 41.0), scale=Scale("points"))
    row = outcome_row(PairedOutcome(TRUST, effect), "es")

    def samples(module: ModuleType) -> Samples:
        monkeypatch.setattr(module, "background_workers", [NoWorkers(tmp_path)])
        lesson, found = module.Classroom("es"), []
        monkeypatch.setattr(lesson.widget, "send", lambda message: found.append(("message", message)))
        lesson.send_texts()
        for action in (lesson.send_state, lesson.start_run, lesson.step, lesson.start_run):
            action()
            found += [(name, getattr(lesson.widget, name)) for name in ("lesson", "base_map", "state", "frame")]
        lesson.pick({"cell": -1})
        lesson.send_file({"what": "csv"})
        lesson.task = Assignment(exercise=3, guess="rises", size="1", claims=frozenset({1}))
        lesson.step()
        lesson.run.change(Assignment(policy="mopsic_full"))
        lesson.send_state()
        found.append(("state", json.loads(json.dumps(lesson.widget.state))))
        lesson.task = Assignment(policy="mopsic_full")
        lesson.ask_pairs({"size": "small"})
        lesson.pairs.rows["en"] = [row]
        lesson.send_state()
        found.append(("state", lesson.widget.state))
        return json.loads(json.dumps(found))

    return samples


def test_the_classroom_sends_what_is_declared(classroom_data: Callable[[ModuleType], Samples]) -> None:
    assert differences(classroom_data(page), declared(CLASSROOM, {})) == []


@cache
def reports(program: str) -> list[str]:
    """Return what the check says of the sources of a program with all errors planted in them."""
    changed: dict[str, str] = {}
    for one in PLANTED:
        if one["file"].startswith(program) and "data" not in one:
            text = changed.get(one["file"]) or (ROOT / one["file"]).read_text(encoding="utf-8")
            assert one["before"] in text, one
            changed[one["file"]] = text.replace(one["before"], one["after"])
    return PROGRAMS[program](changed)


@pytest.mark.parametrize("planted", PLANTED, ids=[one["name"] for one in PLANTED])
def test_a_rename_that_misses_a_side_is_reported(
    planted: dict[str, str], classroom_data: Callable[[ModuleType], Samples]
) -> None:
    if "data" in planted:
        text = (ROOT / planted["file"]).read_text(encoding="utf-8")
        assert planted["before"] in text
        changed = changed_module(page, text.replace(planted["before"], planted["after"]))
        reported = differences(classroom_data(changed), declared(CLASSROOM, {}))
    else:
        reported = reports(next(one for one in PROGRAMS if planted["file"].startswith(one)))
    assert any(planted["report"] in one for one in reported), reported
