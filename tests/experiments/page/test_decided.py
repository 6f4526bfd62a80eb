"""What each decided and why, on the page and in the report; decisions are made up, so that no mechanism matters."""

import datetime
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import solara
from invented import ASKED, DECIDERS, RENT, WORDS, decide_monthly, declare, made_up, write
from report_reading import strange, traced
from test_viewer import ENGLISH, SMALL, texts_of

from experiments.cli import app as cli
from experiments.comparison.decision_effects import shares_of
from experiments.execution.run_tables import decisions_table
from experiments.page import decisions_view, sites
from experiments.page.visitor import Visitor
from experiments.page.world_session import WorldSession
from experiments.report import build
from model.engine.calendar import YEAR
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED
from model.simulation.model import TrustModel

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
        assert cli.code_of(words) == 0
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


# The page


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the path of a small Villa Canales, with which the page opens."""
    path = tmp_path_factory.mktemp("towns") / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    before = sites.opening
    sites.open_with(str(path), "es")
    yield str(path)
    sites.opening = before


def run_session(small: str, seed: int = 7) -> WorldSession:
    session = WorldSession(small, seed)
    for month in (0, 30, 60):
        write(session.world, made_up(session.world.tick - month))
    return session


def shown(visitor: Visitor) -> str:
    box, rc = solara.render(decisions_view.DecidedPanel(visitor), handle_error=False)
    words = " | ".join([*texts_of(box.children), *inner(box.children)])
    rc.close()
    return words


def inner(widgets: Any) -> Iterator[str]:
    """Yield the markup within a tree of widgets."""
    for widget in widgets:
        yield str(getattr(widget, "unsafe_innerHTML", ""))
        yield from inner(
            child for child in getattr(widget, "children", None) or [] if not isinstance(child, str | dict)
        )


def test_the_page_says_who_decided_what_and_why(small: str) -> None:
    visitor = Visitor()
    assert "Todavía nadie ha decidido nada" in shown(visitor)
    visitor.sessions = [run_session(small)]
    told = shown(visitor)
    assert "Clica" in told
    assert "Autoridad comunitaria" in told
    assert "La renta que pide" in told
    assert "50 %, 6 veces: capturas de sus integrantes (100)" in told
    assert re.search(r"Clica( \d)? — pide más — capturas de sus integrantes \(62 de 100\)", told)
    assert not ENGLISH.search(told), ENGLISH.findall(told)


def test_words_are_escaped_and_residents_are_told_as_sums_alone(small: str) -> None:
    session = run_session(small)
    rows = decisions_view.choices_of_last_year(session)
    for number, matter in CHOICES_DECLARED.items():
        own = rows[rows["matter"] == number]
        bars = decisions_view.option_bars("es", matter, [own])
        assert "50 %" in bars
        assert "<de" not in bars
    visitor = Visitor()
    visitor.sessions = [session]
    assert "Habitante —" not in shown(visitor)


def test_only_the_last_twelve_months_count(small: str) -> None:
    session = run_session(small)
    write(session.world, made_up(session.world.tick - YEAR - 1))
    assert decisions_view.choices_of_last_year(session)["tick"].min() >= session.world.tick - YEAR
    assert len(decisions_view.choices_of_last_year(session)) == 3 * 3 * DECIDERS


def test_twins_number_those_who_decide_alike_and_by_luck(small: str) -> None:
    one, two, other = WorldSession(small, 7), WorldSession(small, 7, "reporting_support"), WorldSession(small, 8)
    crowd = range(len(one.world.state.boards))
    names = [
        [decisions_view.name_agent("es", session, "authority", who) for who in crowd] for session in (one, two, other)
    ]
    assert names[0] == names[1] != names[2]
    assert len(set(names[0])) == len(crowd)
    assert decisions_view.name_agent("es", one, "mayor", 3) == "Alcalde"
    assert decisions_view.name_agent("es", one, "authority", 10**12) == "Autoridad comunitaria"


def test_the_latest_come_first(small: str) -> None:
    session = run_session(small)
    rows = decisions_view.choices_of_last_year(session)
    told = decisions_view.latest_choices("es", session, RENT, rows[rows["matter"] == 9_000_001], "A")
    dates = [str(one.date) for one in told]
    assert len(dates) == decisions_view.LATEST
    assert dates == sorted(dates, reverse=True)
    assert dates[0] == session.world.date.isoformat()
    assert datetime.date.fromisoformat(dates[-1]) <= session.world.date


def test_no_choice_is_made_by_looking(small: str) -> None:
    session = run_session(small)
    before = [session.world.state.minds.tobytes(), len(decisions_view.choices_of_last_year(session))]
    decisions_view.option_bars("es", RENT, [decisions_view.choices_of_last_year(session)])
    assert before == [session.world.state.minds.tobytes(), len(decisions_view.choices_of_last_year(session))]
    assert isinstance(session.world, TrustModel)
    assert np.isfinite(session.world.trust()).all()
