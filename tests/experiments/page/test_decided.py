"""What each decided and why, on the page and in the report; decisions are made up, so that no mechanism matters."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from invented import ASKED, DECIDERS, RENT, WORDS, decide_monthly, declare
from report_reading import strange, traced

from experiments.cli import app as cli
from experiments.comparison.decision_effects import shares_of
from experiments.execution.run_tables import decisions_table
from experiments.report import build
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED

pytestmark = pytest.mark.thorough

QUICK = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25", "--replicates", "2")
HEADING = {"es": "Quién decidió qué, y por qué", "en": "Who decided what, and why"}


@pytest.fixture(autouse=True)
def matters(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch)


# The table of a run


def test_the_table_says_what_was_decided_and_not_who_in_words_or_places(
    live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_monthly(monkeypatch)
    world = live(95)
    table = decisions_table(world).to_pandas()
    assert len(table) == 3 * DECIDERS
    asked = table[table["matter"] == ASKED.name]
    assert set(asked["agent"]) == {"authority"}
    assert asked["option"].tolist() == ["wait", "call", "call", "wait"]
    assert asked["reason"].tolist() == ["luck", "answered", "answered", "luck"]
    assert asked["who"].nunique() == DECIDERS
    assert not set(asked["who"]) & set(range(DECIDERS))
    assert table.loc[table["agent"] == "resident", "who"].isna().all()
    assert not set(world.town.settlement_names) & set(table.to_string().split())


# A comparison and its report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a comparison of worlds in which made-up matters are decided every month."""
    out = tmp_path_factory.mktemp("decided") / "compared"
    with pytest.MonkeyPatch.context() as patch:
        declare(patch)
        decide_monthly(patch)
        words = ["compare", "status_quo", "reporting_support", *QUICK, "--workers", "1", "--out", str(out)]
        assert cli.run_program(words) == 0
        yield out


def read(folder: Path, name: str) -> Any:
    return pq.read_table(folder / f"{name}.parquet").to_pandas()


def test_a_comparison_keeps_how_often_each_option_was_chosen_and_why(folder: Path) -> None:
    rows = read(folder, "decided")
    base = rows[rows["arm"] == "status_quo"].set_index(["matter", "option"])
    assert [agent for agent in AGENT_TYPES if agent in set(rows["agent"])] == list(dict.fromkeys(rows["agent"]))
    months = len(read(folder, "arms/villa_canales-status_quo/measures")) / 2
    assert months == 3
    more = base.loc[(RENT.name, "more")]
    assert more["chosen"] == pytest.approx(DECIDERS / 2 * months / (90 / 365.25), rel=0.03)
    assert (more["share"], more["reason"], more["reason_share"]) == (50.0, "arrests", 100.0)
    assert base.loc[(RENT.name, "same"), "share"] == 0.0
    assert base.loc[(RENT.name, "less"), "reason"] == ""
    effects = read(folder, "effects")
    effects = effects[effects["section"] == "decision"]
    assert set(effects["measure"]) == {
        f"{one.name}.{option}" for one in CHOICES_DECLARED.values() for option in one.options
    }
    assert (effects["base"] == effects["arm"]).all()
    assert effects["paired"].all()


def test_a_seed_in_which_nobody_decided_a_matter_says_nothing_of_it() -> None:
    import pandas as pd

    rows = [(RENT.name, 1, "more"), (RENT.name, 1, "less"), (ASKED.name, 2, "wait")]
    shares = shares_of(pd.DataFrame(rows, columns=["matter", "seed", "option"]))
    assert shares[f"{RENT.name}.more"] == {1: (100.0, 2.0)}
    assert shares[f"{RENT.name}.same"] == {1: (0.0, 2.0)}
    assert shares[f"{ASKED.name}.wait"] == {2: (100.0, 1.0)}


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_report_has_a_page_of_decisions_whose_numbers_stand_in_the_results(folder: Path, lang: str) -> None:
    page = build(folder, lang).decode()
    found = traced(folder, page)
    assert found["decided"] > 15
    assert strange(page) == []
    part = page[page.index(HEADING[lang]) :].partition("<h3>")[0]
    told = re.sub(r"<[^>]+>", "", part)
    for words in [*WORDS["matters"].values(), *WORDS["options"].values()]:
        assert words[lang == "es"].replace("<", "&lt;").replace(">", "&gt;") in told
    assert WORDS["reasons"]["made up rent.arrests"][lang == "es"] in told


def test_without_decisions_the_report_has_no_page_of_them(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "none")
    (tmp_path / "none" / "decided.parquet").unlink()
    page = build(tmp_path / "none", "both").decode()
    assert not any(words in page for words in HEADING.values())
