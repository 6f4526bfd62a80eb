"""The parts of a whole run, and the figure of growth."""

import math
from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.dev import __main__ as maintainers
from experiments.dev.bench import commands, kept_workers, whole_run
from experiments.dev.bench.bare_loop import WorkCounts
from experiments.dev.bench.growth import PANELS, growth_figure
from experiments.figures.svg import render_figure

WORK = WorkCounts(rows=100, row_bytes=144, reads=50, writes=20, draws=30, exponentials=40, passes=120)


def test_months_ends_are_clocked_apart_and_left_as_they_were() -> None:
    class World:
        def __init__(self) -> None:
            self.month_steps = (lambda world: spin(),)

        def run_for(self, shifts: int) -> None:
            for step in self.month_steps:
                step(self)
            self.close_month()
            spin()

        def close_month(self) -> None:
            spin()
            self._report()

        def _report(self) -> None:
            spin()

    def spin() -> None:
        sum(math.sqrt(k) for k in range(50_000))

    world = World()
    before = world.month_steps
    found = whole_run.mean_year(world, 1)
    assert set(found) == set(whole_run.PLACES_IN_CODE)
    assert all(spent > 0.0 for spent in found.values())
    assert world.month_steps is before
    assert "close_month" not in vars(world)


def test_the_parts_of_a_run_fit_80_columns_and_sum_to_the_decade() -> None:
    seconds = dict.fromkeys([*whole_run.START_PARTS, *whole_run.PLACES_IN_CODE, "small"], 0.5)
    lines = list(whole_run.run_lines(seconds, WORK, dict.fromkeys(whole_run.KINDS_OF_WORK, 5.0), 3.0))
    assert max(map(len, lines)) <= 80
    start = next(k for k, line in enumerate(lines) if line.startswith("a decade by kind"))
    kinds = [float(line[44:52]) for line in lines[start + 1 : -1]]
    assert sum(kinds) == pytest.approx(float(lines[start][44:52]), abs=0.01) == 20.0


def test_growth_is_drawn_with_a_panel_for_each_cause() -> None:
    points = {name: [(1000.0, 1.0), (2000.0, 1.4)] for name in PANELS}
    machine = {"system": "Linux", "processor": "x86_64", "cores": 2}
    figure = growth_figure({"machine": machine, "fingerprint": "0" * 16, "points": points})
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [f"twice the {panel.quantity}: 1.40 times" for panel in PANELS.values()]
    assert render_figure(figure, ".svg", "growth").startswith(b"<?xml")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--growth", "x.svg", "--against", "."), "give one"),
        (("--growth", "x.txt"), "--growth x.txt must end in .png, .svg, .pdf, got '.txt'"),
    ],
)
def test_wrong_options_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    code = cli.run_program(["bench", *words], maintainers.app)
    assert code == 2
    assert told in capsys.readouterr().err


def test_the_study_is_measured_with_as_many_seeds_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, ...]] = []
    monkeypatch.setattr(commands, "command_seconds", lambda *words: called.append(words) or 60.0)
    assert commands.question_seconds(8) == (60.0, 128, 384.0)
    assert commands.question_seconds(1) == (60.0, 16, 48.0)
    assert [words[0] for words in called] == ["sweep", "sweep"]


@pytest.mark.thorough
def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="measuring run no_such_place failed:\nconfianza: "):
        commands.command_seconds("run", "no_such_place")


def test_a_first_run_compiles_into_an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    called: dict[str, str] = {}

    def command_seconds(*words: str, **env: str) -> float:
        called.update(env)
        assert list(Path(env["CONFIANZA_CACHE"]).parent.iterdir()) == []
        return 1.0

    monkeypatch.setattr(commands, "command_seconds", command_seconds)
    assert commands.first_run_seconds() == 1.0
    assert set(called) == {"CONFIANZA_CACHE"}


@pytest.mark.slow
def test_pairs_of_the_page_are_measured_in_kept_workers() -> None:
    assert 0.0 < kept_workers.seconds_of_pairs(0.25) < 600.0
