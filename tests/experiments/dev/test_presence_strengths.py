"""Strengths of presence are solved from their rows, and the model has the values that the reference result states."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.dev.examinations.presence_strengths import NAME, STRENGTHS, Search, main
from experiments.storage.run_spec import parameter_value
from experiments.validation.effects_table import EXPERIMENTS
from scenarios import load

REFERENCE = Path(__file__).parents[3] / "results" / "reference" / f"{NAME}.txt"
GROUPS = ("deterrence", "certainty")
CHANGED = re.compile(r"[\d.]+ -> ([\d.]+)")
NOISE = (-1.0, -0.4, 0.3, 1.1)


def noisy(line: Callable[[float], float], noise: float) -> Callable[[float], list[float]]:
    """Return a reader of four pairs of runs whose random numbers are the same at every value."""
    return lambda value: [line(value) + noise * one for one in NOISE]


@pytest.mark.parametrize(
    ("line", "noise", "value"),
    [
        (lambda strength: -4.0 - 20.0 * strength, 0.0, 0.5),
        (lambda strength: -4.0 - 20.0 * strength, 0.1, 0.5),
        (lambda strength: -4.0 - 24.0 * strength + 8.0 * strength**2, 0.0, 0.5),
        (lambda strength: -4.0 - 10.0 * strength, 0.5, 1.0),
        (lambda strength: -15.0 - strength, 0.1, 0.0),
    ],
    ids=["straight", "noise", "bent", "short of the row", "more than the row"],
)
def test_a_line_is_followed_to_the_aim(line: Callable[[float], float], noise: float, value: float) -> None:
    search = Search(aim=-14.0, limit=1.0, present=0.3)
    assert search.solve(noisy(line, noise)) == pytest.approx(value, abs=0.011)
    assert search.estimate_at(max(search.tried)).n == len(NOISE)


def test_a_value_has_no_more_digits_than_its_interval_supports() -> None:
    searches = [Search(aim=-14.0, limit=1.0, present=0.3) for _ in range(2)]
    sharp, coarse = (
        one.solve(noisy(lambda strength: -4.0 - 18.0 * strength, noise))
        for one, noise in zip(searches, (0.02, 2.5), strict=True)
    )
    assert (sharp, coarse) == (0.56, 0.6)
    low, high = searches[1].supported()
    assert low < 0.556 < high
    assert high - low > 0.2
    assert f"{low:.2f} - {high:.2f}" in searches[1].reason(coarse)


def test_a_line_without_a_number_leaves_the_strength() -> None:
    search = Search(aim=-14.0, limit=1.0, present=0.3)
    assert search.solve(lambda _: [float("nan")] * 2) == 0.3
    assert "no number" in search.reason(0.3)


def test_what_sets_a_strength_is_marked_as_set_and_nothing_else_of_presence_is() -> None:
    sources = {
        f"{group}.{name}": spec.source
        for group in GROUPS
        for name, spec in load("villa_canales")[group].parameter_specs().items()
    }
    named = {name for one in STRENGTHS for name in one.parameters}
    assert {name for name, source in sources.items() if NAME in source} == named
    lines = {(one.name, line.name): line for one in EXPERIMENTS for line in one.lines}
    for one in STRENGTHS:
        line = lines[one.experiment, one.line]
        assert line.status == "set"
        assert line.published is not None
        assert line.published.contains(one.aim)
        assert all(one.row.partition(",")[0] in sources[name] for name in one.parameters)


def test_the_model_has_the_values_of_the_reference_result() -> None:
    written = [float(value) for value in CHANGED.findall(REFERENCE.read_text(encoding="utf-8"))]
    scenario = load("villa_canales")
    assert written == [parameter_value(scenario, name) for one in STRENGTHS for name in one.parameters]


@pytest.mark.thorough
def test_the_command_writes_what_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["--quick", "--out", "there"])
    told = capsys.readouterr().out
    assert told == (tmp_path / "there" / f"{NAME}.txt").read_text(encoding="utf-8")
    assert all(one.label in told for one in STRENGTHS)
    assert told.count("residual / residuo: ") == len(STRENGTHS)
