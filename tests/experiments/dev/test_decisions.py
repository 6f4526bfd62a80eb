"""Decisions: what each kind of agent decided, by world; decisions are made up."""

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from invented import ASKED, INVENTED, RENT, WORDS, decide_monthly, declare

from experiments.dev.examinations import decisions
from experiments.dev.examinations.decisions import BASE, WORLDS, format_decisions, rows_of, share_of, show_decisions
from experiments.validation.experiment_runs import QUICK
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED

AGENTS_OF_ROWS = {one.agent for one in INVENTED.values()}


@pytest.fixture(autouse=True)
def matters(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch)


def told(more: int, less: int, world: str = "no_police") -> decisions.ChoiceCounts:
    """Return one twin in which, without police, so many chose more and less; as it is, one each."""
    base = Counter({("more", "income"): 1, ("less", "luck"): 1})
    other = Counter({("more", "income"): more, ("less", "arrests"): less})
    return {(BASE, 1, RENT.name): base, (world, 1, RENT.name): other}


def test_shares_are_of_a_hundred_choices_and_none_are_no_number() -> None:
    assert share_of(told(3, 1), "no_police", 1, RENT.name, "more") == 75.0
    assert share_of(told(3, 1), "no_police", 1, RENT.name, "same") == 0.0
    assert np.isnan(share_of(told(3, 1), "abusive", 1, RENT.name, "more"))


def test_a_change_is_that_of_twins_against_the_status_quo() -> None:
    rows = list(rows_of({"here": [told(3, 1), told(4, 0), told(3, 1)]}, [1]))
    found = {(row["matter"], row["world"], row["option"]): row for row in rows}
    row = found[RENT.name, "no_police", "more"]
    assert row["share"] == pytest.approx(250.0 / 3.0)
    assert row["change"] == pytest.approx(100.0 / 3.0)
    assert row["change_low"] < row["change"] < row["change_high"]
    assert (row["reason"], row["chosen"]) == ("income", pytest.approx(10.0 / 3.0))
    assert found[RENT.name, BASE, "less"]["reason"] == ""
    assert np.isnan(found[ASKED.name, BASE, "call"]["share"])
    assert list(dict.fromkeys(row["agent"] for row in rows)) == [one for one in AGENT_TYPES if one in AGENTS_OF_ROWS]


def test_where_nobody_decides_anything_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in list(CHOICES_DECLARED):
        monkeypatch.delitem(CHOICES_DECLARED, number)
    assert list(format_decisions(list(rows_of({"here": [{}]}, [1])), 1.0)) == [
        "Nobody decided anything. / Nadie decidió nada."
    ]


@pytest.mark.thorough
def test_a_quick_run_writes_the_table_of_all_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decide_monthly(monkeypatch)
    monkeypatch.setattr(decisions, "SITES", ("villa_canales",))
    for world in list(WORLDS)[3:]:
        monkeypatch.delitem(WORLDS, world)
    rows = show_decisions(tmp_path, QUICK, 1)
    assert len(rows) == sum(len(one.options) for one in INVENTED.values()) * len(WORLDS)
    with (tmp_path / "decisions.csv").open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert [row["option"] for row in written] == [row["option"] for row in rows]
    assert {row["world"] for row in written} == {BASE, "no_police", "couples_double"}
    assert all(float(row["change"]) == 0.0 for row in written)
    assert {row["share"] for row in written if row["option"] == "more"} == {"50"}
    text = (tmp_path / "decisions.txt").read_text(encoding="utf-8")
    assert WORDS["matters"][RENT.name][1] in text
    assert "what its targets" not in text
    assert re.search(r"asks for more \(\d+\) +50\.0 +50\.0 \(\+0\.0\) .*arrests of its members 100 %", text)
