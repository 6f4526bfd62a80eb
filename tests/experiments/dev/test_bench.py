"""Speed: whole commands in turn with another checkout, the floor, growth, and plain Mesa beside the model."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.dev.bench import floor, mesa, paired
from experiments.dev.bench.bench_command import bench
from experiments.dev.bench.floor import WorkCounts
from experiments.dev.bench.growth import PANELS, growth_figure
from experiments.dev.bench.paired import BenchSize, Checkout, CommandCost, compare_tables
from experiments.figures.svg import render_figure
from model.engine.errors import InputError

ROOT = Path(__file__).parents[3]
NOTHING: dict[str, Any] = dict.fromkeys(("json_file", "against", "growth", "reason")) | dict.fromkeys(
    ("quick", "floor", "fresh"), False
)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"reason": "why"}, "--store belongs to --floor"),
        ({"floor": True, "quick": True}, "--floor goes with no other option"),
        ({"floor": True, "reason": " "}, "must give the reason in words"),
        ({"growth": Path("x.svg"), "against": Path()}, "give one"),
        ({"growth": Path("x.txt")}, "--growth x.txt must end in .png, .svg, .pdf, got '.txt'"),
        ({"against": Path("no/such/folder")}, "got 'no/such/folder': no such folder"),
        ({"against": Path("tests")}, "got 'tests': it has no model/"),
    ],
)
def test_a_wrong_option_is_refused(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], told: str) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(InputError, match=told.replace(".", r"\.")):
        bench(**NOTHING | options)


# The floor


@pytest.mark.parametrize(
    ("figure", "good", "warned"),
    [(3.0, True, False), (4.7, True, False), (4.8, True, True), (5.9, True, True), (6.0, False, True)],
)
def test_a_fifth_slower_is_told_and_half_as_slow_again_is_refused(figure: float, good: bool, warned: bool) -> None:
    verdict, warning = floor.compare_with_record(figure, 4.0)
    assert (verdict, bool(warning)) == (good, warned)


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A figure of 4 bare loops on record, in a file of its own."""
    file = tmp_path / "floor.json"
    work = json.loads(floor.RECORD.read_text(encoding="utf-8"))["work"]
    told = {"reason": "first", "figure": 4.0, "fingerprint": "0" * 16, "work": work}
    file.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setattr(floor, "RECORD", file)
    return file


@pytest.mark.parametrize(
    ("figures", "passes"), [((4.1, 9.0, 3.9), True), ((5.0, 5.0, 5.0), True), ((6.1, 6.2, 3.0), False)]
)
def test_the_median_of_three_figures_is_judged(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    record: Path,
    figures: tuple[float, ...],
    passes: bool,
) -> None:
    told, before = iter(figures), record.read_bytes()
    measured = lambda *_: [json.dumps({"figure": next(told), "decade": 4.0, "loop": 1.0})]  # noqa: E731
    monkeypatch.setattr(floor, "python", measured)
    assert bench(**NOTHING | {"floor": True}) == passes
    printed = capsys.readouterr()
    assert f"{sorted(figures)[1]:.2f} bare loops" in printed.out
    assert ("warning" in printed.err) == (figures[0] == 5.0)
    assert record.read_bytes() == before, "only --store writes the record"


def test_a_new_figure_is_stored_with_its_reason_and_the_same_work(
    monkeypatch: pytest.MonkeyPatch, record: Path
) -> None:
    work = json.loads(record.read_text(encoding="utf-8"))["work"]
    monkeypatch.setattr(floor, "python", lambda *_: [json.dumps({"figure": 5.0, "decade": 5.0, "loop": 1.0})])
    assert bench(**NOTHING | {"floor": True, "reason": "a mechanism more"})
    stored = json.loads(record.read_text(encoding="utf-8"))
    assert (stored["figure"], stored["reason"], stored["work"]) == (5.0, "a mechanism more", work)


def test_the_figure_on_record_is_one_that_can_be_judged() -> None:
    told = floor.read_record()
    assert told["figure"] > 1.0
    assert told["reason"]
    assert WorkCounts(**told["work"]).share(0.1).draws > 0


def test_the_bare_loop_reaches_for_rows_all_over_the_table_and_does_every_kind_of_work() -> None:
    assert {floor.random_row(k, 100) for k in range(2000)} == {*range(100)}
    work = WorkCounts(rows=100, row_bytes=144, reads=50, writes=20, draws=30, exponentials=40, passes=12)
    minds = floor.minds_for(work)
    assert floor.run_bare_loop(work, minds) > 0.0
    assert (minds != 1.0).any(), "it writes"
    assert {*floor.LOOPS} == {*vars(work)} - {"rows", "row_bytes"}


# Another checkout


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A checkout with a model and a program that are none."""
    files = {"model": "def fingerprint(): return 'f' * 16", "confianza": ""}
    for package, text in files.items():
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(text, encoding="utf-8")
    program = "import sys; sys.exit('no such command' if 'run' in sys.argv else 0)"
    (tmp_path / "confianza" / "__main__.py").write_text(program, encoding="utf-8")
    return tmp_path


def test_it_is_the_code_of_the_other_checkout_that_is_measured(other: Path, tmp_path: Path) -> None:
    checkout = paired.checkout_in(other)
    checkout.check()
    assert checkout.fingerprint == "f" * 16
    cost = checkout.measure(("--help",), tmp_path)
    assert 0.0 < cost.cpu < 5.0
    assert 1.0 < cost.megabytes < 500.0


def test_a_command_that_fails_and_a_checkout_that_does_not_run_are_told_in_one_line(other: Path) -> None:
    checkout = paired.checkout_in(other)
    with pytest.raises(InputError, match="confianza run leaves with 1"):
        checkout.measure(("run",), other)
    (other / "model/__init__.py").write_text('raise ImportError("too old for this Python")', encoding="utf-8")
    with pytest.raises(InputError, match="too old for this Python"):
        bench(**NOTHING | {"against": other, "quick": True})


def test_code_that_comes_from_elsewhere_or_changes_is_refused(other: Path) -> None:
    with pytest.raises(InputError, match="changed while it was measured"):
        Checkout(other.resolve(), "0" * 16).check()
    with pytest.raises(InputError, match="is the code of"):
        Checkout(other.resolve() / "model").check()


class Turns(Checkout):
    """A checkout that only notes when it was asked."""

    asked: list[str] = []  # noqa: RUF012

    def measure(self, words: object, out: Path) -> CommandCost:
        Turns.asked.append(self.fingerprint)
        return CommandCost(seconds=9.0, cpu=2.0 if self.fingerprint == "a" else 1.0, megabytes=100.0)


@pytest.mark.parametrize(("names", "ratios"), [("ab", [2.0, 2.0]), ("a", [])])
def test_checkouts_are_measured_in_turn(names: str, ratios: list[float]) -> None:
    Turns.asked = []
    sides = [Turns(ROOT, name) for name in names]
    size = BenchSize(years=10, turns=2)
    timings = list(paired.timings_of(sides, size))
    assert Turns.asked == [*names] * 3 * len(paired.commands_of(size)), "the first time compiles"
    assert [timing.ratios for timing in timings] == [ratios] * len(timings)
    assert all(len(line) <= 80 for timing in timings for line in paired.timing_lines(timing))


MONTHS = pd.DataFrame({"month": ["2017-01-01", "2017-02-01"], "a": [1.0, None], "run": ["x", "y"]})


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"run": ["z", "z"]}, "the same numbers in 1 columns"),
        ({"more": [1.0, 2.0]}, "the same numbers in 1 columns"),
        ({"a": [1.0, 3.0]}, "1 of 1 columns differ, the first in 2017-02: a"),
        ({"month": ["2017-01-01", "2017-03-01"]}, "other months"),
    ],
)
def test_numbers_are_the_same_or_it_is_said_where_they_first_differ(other: dict[str, Any], told: str) -> None:
    assert compare_tables(MONTHS, MONTHS.assign(**other)) == told


# Growth and plain Mesa


def test_growth_is_drawn_with_a_panel_for_each_cause() -> None:
    points = {name: [(1000.0, 1.0), (2000.0, 1.4)] for name in PANELS}
    machine = {"system": "Linux", "processor": "x86_64", "cores": 2}
    figure = growth_figure({"machine": machine, "fingerprint": "0" * 16, "points": points})
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [f"twice the {panel.quantity}: 1.40 times" for panel in PANELS.values()]
    assert render_figure(figure, ".svg", "growth").startswith(b"<?xml")


def test_plain_mesa_lives_by_its_rules() -> None:
    months = []
    for _ in range(2):
        world = mesa.PlainMesa(residents=600, couples=4, cells=49)
        world.run_for(183)
        months.append(world.datacollector.get_model_vars_dataframe())
    people = list(world.agents_by_type[mesa.Resident])
    assert months[0].equals(months[1])
    assert len(months[0]) == 2
    assert 20 < months[0]["crimes"].sum() < 200
    assert len({round(one.trust, 9) for one in people}) > 100
    assert 0.0 < sum(one.fear for one in people) < 0.2 * len(people)
    assert 1 <= len(world.guards) <= 4


def test_the_comparison_with_plain_mesa_fits_80_columns() -> None:
    sizes = {"residents": 155_422, "couples": 57, "cells": 1277}
    lines = [*mesa.comparison_lines([(sizes, 0.5, 100.0), (sizes, 0.6, 120.0)])]
    assert "plain Mesa takes 200 times as long (200 to 200)" in lines
    rules = [*mesa.side_by_side([*mesa.rule_texts()], [f"mechanism_{k}" for k in range(50)])]
    assert rules[0] == f"{f'plain Mesa, {len([*mesa.rule_texts()])} rules':39}this model, 50 mechanisms"
    assert {"mechanism_0", "mechanism_49"} <= {*" ".join(rules).replace(",", "").split()}
    assert max(map(len, rules)) <= 80
