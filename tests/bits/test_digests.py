"""Results are the recorded ones, bit for bit."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bits import digests

ROOT = Path(__file__).parents[2]
SLOW = {digests.LONG: [pytest.mark.slow]}


@pytest.mark.skipif(digests.here() != digests.recorded()["here"], reason="recorded on another system, other versions")
@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=SLOW.get(case[0], []), id="-".join(case)) for case in digests.CASES]
)
def test_results_have_the_recorded_digests(case: tuple[str, str, str]) -> None:
    assert digests.differing(*case) == [], "meant to change? python -m tests.bits.digests --record"


def test_every_case_is_recorded() -> None:
    known = digests.recorded()
    assert known["cases"] == [digests.name_of(*case) for case in digests.CASES]
    assert {len(marks) for marks in known["marks"].values()} == {digests.MARK * len(digests.CASES)}


def test_the_measure_and_the_column_that_differ_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    case, rows = digests.CASES[1], digests.np.zeros(4, [("calm", "f8"), ("trust", "f8")])

    class World:
        datacollector, kept = SimpleNamespace(model_vars={"trust_mean": [0.5, 0.25]}), {"incidents": [rows["calm"]]}
        state, town = SimpleNamespace(minds=rows), SimpleNamespace(cells=rows[:2])

    def months(self: World) -> digests.np.ndarray:
        return rows["calm"]

    for name in digests.MONTHS:
        setattr(World, name, months)
    monkeypatch.setattr(digests, "run", lambda *_: World())
    known = {name: "?" * digests.MARK + mark for name, mark in digests.marks(World()).items()}
    names = [digests.name_of(*one) for one in digests.CASES[:2]]
    monkeypatch.setattr(digests, "recorded", lambda: {"cases": names, "marks": known})
    assert digests.differing(*case) == []
    World.datacollector.model_vars["trust_mean"][1], World.state.minds["trust"][3] = 0.5, 1e-300
    assert digests.differing(*case) == ["measures/trust_mean", "state/minds.trust"]


def test_settings_of_every_library_are_compared() -> None:
    assert {
        "OPENBLAS_CORETYPE",
        "NPY_DISABLE_CPU_FEATURES",
        "GLIBC_TUNABLES",
        "NUMBA_CPU_NAME",
    } <= digests.OF_PROCESSORS
    (line,) = [one for one in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if "--settings" in one]
    asked = line.split("--settings")[1].split()
    assert len(asked) >= 3
    assert "numba" in asked
    assert set(asked) <= set(digests.SETTINGS)


@pytest.mark.slow
def test_digests_hold_on_other_processors() -> None:
    assert digests.compare_under(digests.SETTINGS)


def test_a_changed_bit_and_a_row_in_use_change_the_digest_and_unused_room_does_not() -> None:
    class Grown:
        rows, count = digests.np.zeros(4, [("small", "i1"), ("wide", "f8")]), digests.np.array([2])

    def now() -> str:
        return digests.digest(table for _, table in digests.tables({"state": {"calls": Grown()}}))

    first = now()
    Grown.rows["wide"][3] = 1.0
    assert now() == first
    Grown.rows["wide"][1] = -0.0
    assert now() != first
