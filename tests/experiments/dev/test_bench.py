import dataclasses
import json
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from experiments.cli import app as cli
from experiments.dev import __main__ as maintainers
from experiments.dev.bench import bare_loop, floor, paired, phases, same_numbers
from experiments.dev.bench.bare_loop import ROWS_PER_EVENT, WorkCounts, work_of
from experiments.dev.bench.breakdown import Breakdown, breakdown_lines
from model.engine.errors import InputError
from model.simulation.registry import MEASURES
from model.world.shift_events import EVENT_TABLES

ROOT = Path(__file__).parents[3]
WORK = WorkCounts(rows=100, row_bytes=144, reads=50, writes=20, draws=30, exponentials=40, passes=120)


def call(capsys, *words):
    code = cli.run_program(["bench", *words], maintainers.app)
    told = capsys.readouterr()
    return code, told.out, told.err


# The floor


@pytest.mark.parametrize(
    ("figure", "good", "warned"),
    [(3.0, True, False), (4.7, True, False), (4.8, True, True), (5.9, True, True), (6.0, False, True)],
)
def test_a_fifth_slower_is_told_and_half_as_slow_again_is_refused(figure, good, warned):
    verdict, warning = floor.compare_with_record(figure, 4.0)
    assert (verdict, bool(warning)) == (good, warned)


@pytest.fixture
def record(monkeypatch, tmp_path):
    """A figure of 4 bare loops on record, in a file of its own."""
    file = tmp_path / "floor.json"
    told = {"reason": "first", "figure": 4.0, "fingerprint": "0" * 16, "work": dataclasses.asdict(WORK)}
    file.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setattr(floor, "RECORD", file)
    return file


@pytest.mark.parametrize(("figures", "code"), [((4.1, 9.0, 3.9), 0), ((5.0, 5.0, 5.0), 0), ((6.1, 6.2, 3.0), 1)])
def test_the_median_of_three_figures_is_judged(capsys, monkeypatch, record, figures, code):
    told = iter(figures)
    monkeypatch.setattr(
        floor, "measure_in_fresh_process", lambda *_: {"figure": next(told), "decade": 4.0, "loop": 1.0}
    )
    before = record.read_bytes()
    found, out, err = call(capsys, "--floor")
    assert found == code
    assert f"{sorted(figures)[1]:.2f} bare loops" in out
    assert ("warning" in err) == (figures[0] == 5.0)
    assert record.read_bytes() == before, "only --store writes the record"


def test_a_new_figure_is_stored_with_its_reason(capsys, monkeypatch, record):
    monkeypatch.setattr(floor, "measure_in_fresh_process", lambda *_: {"figure": 5.0, "decade": 5.0, "loop": 1.0})
    monkeypatch.setattr(floor, "break_down", lambda *_: types.SimpleNamespace(work=lambda: WORK))
    assert call(capsys, "--floor", "--store", "a mechanism more")[0] == 0
    stored = json.loads(record.read_text(encoding="utf-8"))
    assert (stored["figure"], stored["reason"]) == (5.0, "a mechanism more")
    assert WorkCounts(**stored["work"]) == WORK


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--store", "why"), "--store belongs to --floor"),
        (("--floor", "--quick"), "--floor goes with no other option"),
        (("--floor", "--store", " "), "reason"),
        (("--against", "no/such/folder"), "got 'no/such/folder': no such folder"),
        (("--against", "tests"), "got 'tests': it has no model/"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(capsys, monkeypatch, words, told):
    monkeypatch.chdir(ROOT)
    code, out, err = call(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_the_figure_on_record_is_one_that_can_be_judged():
    told = json.loads(floor.RECORD.read_text(encoding="utf-8"))
    assert told["figure"] > 1.0
    assert told["reason"]
    assert WorkCounts(**told["work"]).draws > 0


def test_the_work_of_a_decade_follows_from_its_events():
    work = work_of({"impressions": 10.0, "visits": 99.0, "candidates": 100.0}, 7.0, 8.0, 100, 144)
    assert work == WorkCounts(100, 144, reads=130, writes=10, draws=7, exponentials=8, passes=120)
    assert work.share(0.1) == WorkCounts(100, 144, reads=13, writes=1, draws=1, exponentials=1, passes=12)


def test_what_the_work_is_reckoned_from_is_counted():
    assert set(ROWS_PER_EVENT) <= set(EVENT_TABLES) | set(phases.MONTHLY_COUNTS)
    assert set(phases.MONTHLY_COUNTS) <= set(MEASURES)


def test_the_bare_loop_reaches_for_rows_all_over_the_table():
    places = [bare_loop.random_row(k, 100) for k in range(2000)]
    assert set(places) == set(range(100))
    assert set(bare_loop.run_bare_loop(WORK, bare_loop.minds_for(WORK))) == {
        "reads",
        "writes",
        "draws",
        "exponentials",
        "passes",
    }


# Phases


def begin(world):
    world.shift_events.counts[:] = 0


def happen(world):
    world.shift_events.counts += (2, 1)


class Written:
    """A world with a schedule of two verbs, a verb a line."""

    def __init__(self):
        self.shift_events = types.SimpleNamespace(counts=np.zeros(2, np.int64), tables={"visits": None, "calls": None})
        self.datacollector = types.SimpleNamespace(get_model_vars_dataframe=lambda: MONTHS)

    def run_for(self, shifts):
        for _ in range(shifts):
            self.step()

    def begin(self):
        begin(self)

    def happen(self):
        happen(self)

    def step(self):
        self.begin()
        len("no verb")
        self.happen()


class Listed(Written):
    """The same with its verbs in a list."""

    def step(self):
        for verb in (begin, happen):
            verb(self)


class NoMonths:
    """A table of monthly measures with nothing in it."""

    def __len__(self):
        return 0

    def __getitem__(self, rows):
        return self

    def __contains__(self, name):
        return False


MONTHS = NoMonths()


@pytest.mark.parametrize(("kind", "prefix"), [(Written, ""), (Listed, "test_bench.")])
def test_phases_are_found_however_the_schedule_is_written(kind, prefix):
    assert set(phases.seconds_by_phase(kind(), 3)) == {phases.SCHEDULE_ITSELF, f"{prefix}begin", f"{prefix}happen"}
    world = kind()
    world.step()
    assert phases.events_by_phase(world, 3).events == {f"{prefix}happen": {"visits": 6, "calls": 3}}


def test_the_world_has_its_phases(live):
    world = live(0)
    found = phases.events_by_phase(world, 93)
    assert {"visits", "impressions", "incidents"} <= set(found.written)
    assert found.months == 1
    assert found.tallied["candidates"] > 0


def test_the_table_of_phases_fits_80_columns():
    found = phases.Phases({"meet": 0.5, "rest": 0.1}, {"meet": {"impressions": 10}}, {"candidates": 20.0}, 12)
    lines = list(breakdown_lines(Breakdown(1095, found, 93, {"meet": {"who": 5}}, {"meet": 3}, 100, 144)))
    assert max(map(len, lines)) <= 80
    assert any("meet" in line and "50,000,000" in line for line in lines)


def test_draws_are_counted_by_decision_without_the_compiler():
    code = """
from collections import Counter
from experiments.dev.bench.phases import count_draw_calls
counted = Counter()
count_draw_calls(counted)
from model.engine.elementary import exp
from model.engine.random_streams import keyed_uniform, stream_id
keyed_uniform(1, stream_id("some stream"), 0, 0, 0)
keyed_uniform(1, stream_id("some stream"), 1, 0, 0)
exp(0.0)
assert counted == {"some stream": 2, "exp": 1}, counted
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


# Another checkout

MODEL = """
import datetime, pandas as pd, numpy as np
def fingerprint(): return "f" * 16
class TrustModel:
    def __init__(self, scenario, *, rng): self.datacollector = self
    def run_for(self, shifts): pass
    def get_model_vars_dataframe(self):
        return pd.DataFrame({"month": [datetime.date(2017, 1, 1)], "trust_mean": [0.5], "c1": [None]})
    def settlement_months(self): return np.array([(24204, 1)], [("month", "i8"), ("residents", "i8")])
    group_months = ledger_months = cell_months = settlement_months
"""


@pytest.fixture
def other(tmp_path):
    """A checkout with a model that is none."""
    for package, text in (("model", MODEL), ("scenarios", "def load(name, **options): return name")):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(text, encoding="utf-8")
    return tmp_path


def test_it_is_the_code_of_the_other_checkout_that_is_measured(other):
    checkout = paired.checkout_in(other)
    assert checkout.measure("span", "1", "villa_canales")["seconds"] >= 0.0
    assert checkout.fingerprint == "f" * 16
    columns = paired.columns_of(checkout, 1.0, "villa_canales", "status_quo")
    assert columns["measures/month"].tolist() == [2017 * 12.0]
    assert same_numbers.compare(columns, columns).same


def test_a_checkout_that_does_not_run_is_told_in_one_line(capsys, other):
    (other / "model/__init__.py").write_text('raise ImportError("too old for this Python")', encoding="utf-8")
    code, out, err = call(capsys, "--against", str(other), "--quick")
    assert (code, out) == (2, "")
    assert "too old for this Python" in err.splitlines()[-1]


def test_code_that_comes_from_elsewhere_or_changes_is_refused(other):
    checkout = paired.Checkout(other, "f" * 16)
    with pytest.raises(InputError, match="was the code of"):
        checkout.check(ROOT, "f" * 16)
    with pytest.raises(InputError, match="changed while it was measured"):
        checkout.check(other, "0" * 16)


class Turns(paired.Checkout):
    """A checkout that only notes when it was asked."""

    asked: list[str] = []  # noqa: RUF012

    def measure(self, *words):
        Turns.asked.append(self.fingerprint)
        return {"seconds": 2.0 if self.fingerprint == "a" else 1.0, "at_work": 1.0, "megabytes": 100.0}


def test_both_checkouts_are_measured_in_turn():
    Turns.asked = []
    length = paired.PairedLength(years=10.0, pairs=3, years_of_numbers=1.0)
    pairs = list(paired.timings(Turns(ROOT, "a"), Turns(ROOT, "b"), length))
    assert Turns.asked == [*"abababab"] * 2
    assert [pair.ratio for pair in pairs] == [2.0, 1.0, 1.0] * 2
    assert all(len(paired.timing_line(pair)) <= 80 for pair in pairs)


# The same numbers


def columns(**measures):
    return {"measures/month": np.array([24204.0, 24205.0])} | {
        f"measures/{name}": np.array(column) for name, column in measures.items()
    }


def test_equal_columns_are_the_same_numbers_and_null_equals_null():
    found = same_numbers.compare(columns(a=[1.0, np.nan]), columns(a=[1.0, np.nan]))
    assert found.same
    assert list(same_numbers.comparison_lines(found)) == [f"same numbers ({found.digest})"]


def test_what_differs_first_is_told_with_its_share():
    found = same_numbers.compare(columns(a=[1.0, 3.0], b=[4.0, 4.0]), columns(a=[1.0, 2.0], b=[5.0, 4.0]))
    assert [(one.column, one.month) for one in found.differences] == [("measures/b", 24204), ("measures/a", 24205)]
    assert found.differences[0].share == pytest.approx(0.2)
    told = list(same_numbers.comparison_lines(found))
    assert told[1:] == ["first in 2017-01: 1 columns", "  measures/b by 0.2 of it"]


def test_null_on_one_side_is_a_difference():
    found = same_numbers.compare(columns(a=[1.0, np.nan]), columns(a=[1.0, 2.0]))
    assert found.differences == (same_numbers.Difference("measures/a", 24205, 1.0),)


def test_what_one_side_has_alone_is_listed_and_no_difference():
    more = columns(a=[1.0, 2.0], b=[1.0, 2.0])
    found = same_numbers.compare(more, columns(a=[1.0, 2.0]))
    assert found.same
    assert found.only_here == ("measures/b",)
    assert list(same_numbers.comparison_lines(found))[1] == "only here: measures/b"


def test_rows_are_matched_by_what_they_are_about():
    mine = {f"ledger/{key}": np.array(column) for key, column in LEDGER.items()}
    theirs = {name: column[::2] for name, column in mine.items()}
    found = same_numbers.compare(mine, theirs)
    assert found.same
    assert found.only_here == ("1 rows of ledger",)


LEDGER = {"month": [1.0, 1.0, 1.0], "settlement": [0.0, 0.0, 0.0], "cause": [0.0, 1.0, 2.0], "change": [0.1, 0.2, 0.3]}
