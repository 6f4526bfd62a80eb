"""What the practice was, on the page and in the report: minutes, doses, costs, and problems by number of sector."""

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import solara
from report_reading import strange, traced
from test_decided import inner
from test_viewer import ENGLISH, SMALL, texts_of

from experiments.cli import app as cli
from experiments.comparison.practice_effects import COSTS, DOSES, HABITS, MINUTES, PRACTICE, PROBLEMS
from experiments.page import practice_view, problems_view, sites
from experiments.page.visitor import Visitor
from experiments.page.world_session import WorldSession
from experiments.report import build
from model.police.minutes.schema import MINUTE_USES
from model.problems.problem_causes.schema import SECTOR_RECORD
from model.problems.problems.schema import PROBLEMS as TABLE
from scenarios import policies

QUICK = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25", "--replicates", "2")
HEADING = {"es": "Cómo fue la práctica: dosis y costo", "en": "What the practice was: dose and cost"}
SHIFT = 480.0


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the path of a small Villa Canales, with which the page opens in Spanish."""
    path = tmp_path_factory.mktemp("towns") / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    before = sites.opening
    sites.open_with(str(path), "es")
    yield str(path)
    sites.opening = before


@pytest.fixture(scope="module")
def sessions(small: str) -> list[WorldSession]:
    """Return five months of two worlds."""
    both = [WorldSession(small, 7), WorldSession(small, 7, "mopsic_full")]
    for session in both:
        session.go(3 * 151)
    return both


def visiting(sessions: list[WorldSession]) -> Visitor:
    visitor = Visitor()
    visitor.sessions = sessions
    visitor.twins.set(len(sessions) > 1)
    return visitor


def shown(panel: Any, visitor: Visitor) -> str:
    box, rc = solara.render(panel(visitor), handle_error=False)
    words = " | ".join([*texts_of(box.children), *inner(box.children)])
    rc.close()
    return words


def bars_of(markup: str) -> dict[str, list[tuple[float, float, float]]]:
    """Return, by name, where each bar begins and how long it is (in per cent), and the number beside it."""
    rows = re.findall(r"<tr><th scope='row'>(.*?)</th>(.*?)</tr>", markup)
    bar = re.compile(r"margin-left:([\d.]+)%;width:([\d.]+)%.*?cf-word'>([\d.]+)<")
    return {name: [tuple(map(float, found)) for found in bar.findall(cells)] for name, cells in rows}  # type: ignore[misc]


# The page


def test_the_minutes_of_a_shift_are_those_of_the_months_and_add_up(sessions: list[WorldSession]) -> None:
    years = [practice_view.practice_of_last_year(session) for session in sessions]
    bars = bars_of(practice_view.minutes_bars("es", years))
    *uses, whole = bars.values()
    assert len(uses) == len(MINUTE_USES)
    for world, session in enumerate(sessions):
        history, end = session.history(), 0.0
        for use, row in zip(MINUTE_USES, uses, strict=True):
            start, length, number = row[world]
            mean = sum(history[f"minutes_{use}"]) / sum(history["couple_shifts"])
            assert number == pytest.approx(mean, abs=0.051)
            assert start == pytest.approx(end, abs=0.03)
            end = start + length
        assert end == pytest.approx(100.0, abs=0.03)
        assert whole[world] == (0.0, 100.0, SHIFT)


def test_only_the_last_twelve_months_count(sessions: list[WorldSession], monkeypatch: pytest.MonkeyPatch) -> None:
    history = {column: [0.0] * 3 + [float(k) for k in range(12)] for column in practice_view.READ}
    monkeypatch.setattr(sessions[0], "history", lambda: history)
    assert practice_view.practice_of_last_year(sessions[0])["litres"].tolist() == [float(k) for k in range(12)]


def test_the_panel_of_practice_speaks_spanish_and_tells_doses_of_both_worlds(sessions: list[WorldSession]) -> None:
    assert "Todavía no hay un mes completo" in shown(practice_view.PracticePanel, visiting([]))
    told = shown(practice_view.PracticePanel, visiting(sessions))
    for words in ("480 minutos", "Visitas largas planificadas", "Patrullaje", "En total", "La dosis", "seguimiento"):
        assert words in told, words
    assert not ENGLISH.search(told), ENGLISH.findall(told)
    months = [f"{float(np.mean(session.history()['months_in_sector'])):.1f}" for session in sessions]
    assert re.findall(r"cf-number'>([\d.]+)<", told.partition("Meses de los agentes")[2])[:2] == months


def test_a_dose_of_which_there_was_nothing_to_count_is_a_dash() -> None:
    year = pd.DataFrame({column: [0.0] for column in practice_view.READ}).assign(residents=100.0, contacts=4.0)
    told = re.findall(r"cf-number'>([^<]*)<", practice_view.doses("en", [year]))
    assert told == ["0.00", "0.0", "–", "–", "0.0"]


def test_problems_by_sector_are_counted_one_by_one(sessions: list[WorldSession]) -> None:
    session = sessions[1]
    record = session.world.state[SECTOR_RECORD]
    rows = re.findall(r"<tr><th scope='row'>(.*?)</th>(.*?)</tr>", problems_view.by_sector("es", session))
    counts = {name: [int(n) for n in re.findall(r">(\d+)<", cells)] for name, cells in rows}
    there = [row for row in session.world.state[TABLE].used_rows() if row["cell"] >= 0]
    for s in range(len(record)):
        own = [row for row in there if row["sector"] == s]
        right = sum(row["named"] == row["cause"] for row in own)
        begun = [row for row in own if row["response"] >= 0]
        fits = sum(row["response"] == row["cause"] for row in begun)
        now = [len(own), sum(row["noted"] >= 0 for row in own), right]
        now += [sum(row["named"] >= 0 for row in own) - right, fits, len(begun) - fits]
        assert counts[f"Sector {s + 1}"] == [*now, *(int(record[name][s]) for name in ("found", "tried", "better"))]
    sectors = [counts[f"Sector {s + 1}"] for s in range(len(record))]
    assert counts["Todos"] == np.sum(sectors, axis=0).tolist()
    assert counts["Todos"][1] > 0


def test_a_sector_tells_its_problems_in_words_and_names_no_place(sessions: list[WorldSession]) -> None:
    session = sessions[0]
    rows = problems_view.current_problems(session)[:3].copy()
    rows["noted"], rows["cause"] = (-1, 5, 5), 0
    rows["named"], rows["response"], rows["kept"] = (-1, 1, 0), (-1, 1, 0), (0, 2, 4)
    told = [problems_view.describe_problem("es", row) for row in rows]
    assert "falta de luz. La policía no lo conoce. No se hace nada." in told[0]
    assert "Causa anotada: una cantina (errada). Respuesta no adecuada desde hace 2 meses." in told[1]
    assert "Causa anotada: falta de luz (acertada). Respuesta adecuada desde hace 4 meses." in told[2]
    panel = shown(problems_view.ProblemsPanel, visiting(sessions))
    assert not ENGLISH.search(panel), ENGLISH.findall(panel)
    town = session.site.town
    names = {*town.settlement_names, *(one.name for one in session.world.settings.facilities)}
    assert [name for name in names if name in panel] == []
    assert problems_view.list_problems("en", session, 0).count("<li>") == min(
        problems_view.GREATEST + 1, int((problems_view.current_problems(session)["sector"] == 0).sum())
    )


def test_a_town_without_problems_has_a_panel_that_says_so(small: str) -> None:
    session = WorldSession(small, 7)
    session.world.state[TABLE].rows["cell"] = -1
    counts = re.findall(r">(\d+)<", problems_view.by_sector("en", session).partition("All")[2])
    assert set(counts) == {"0"}
    assert problems_view.list_problems("en", session, 0) == "<ul class='cf-life'></ul>"


# The report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a comparison of the status quo with two ways of practice."""
    out = tmp_path_factory.mktemp("practice") / "compared"
    words = ["compare", "status_quo", "mopsic_full", "practice_follow_up", *QUICK, "--out", str(out)]
    assert cli.code_of(words) == 0
    return out


def read(folder: Path, name: str) -> Any:
    return pq.read_table(folder / f"{name}.parquet").to_pandas()


def test_the_table_of_effects_holds_what_the_months_say_of_the_practice(folder: Path) -> None:
    rows = read(folder, "effects").set_index(["section", "against", "measure"]).sort_index()
    months = read(folder, "arms/villa_canales-mopsic_full/measures").groupby("seed")
    sums = months.sum(numeric_only=True)
    shift = sums[[f"minutes_{use}" for use in MINUTE_USES]].sum() / sums["couple_shifts"].sum()
    for use in MINUTE_USES:
        own = rows.loc[("minutes", "mopsic_full", f"minutes_{use}")]
        assert own["arm"] == pytest.approx(shift[f"minutes_{use}"], rel=1e-12)
        hours = 2.0 / 60.0 * months[f"minutes_{use}"].mean().mean()
        assert rows.loc[("cost", "mopsic_full", f"hours_{use}"), "arm"] == pytest.approx(hours, rel=1e-12)
    assert rows.loc[("minutes", "mopsic_full", "minutes_all"), "arm"] == pytest.approx(SHIFT, abs=1e-9)
    assert rows.loc[("cost", "mopsic_full", "litres"), "arm"] == pytest.approx(months["litres"].mean().mean())
    visits = 4.0 * sums["long_visits"] / months["residents"].mean()
    assert rows.loc[("dose", "mopsic_full", "long_visits_year"), "arm"] == pytest.approx(visits.mean())
    used = rows.loc[("minutes", "mopsic_full")]
    assert used.loc["minutes_all", "effect"] == pytest.approx(0.0, abs=1e-9)
    assert (used["effect"].abs() > 0.1).any()


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_report_tells_the_practice_with_numbers_of_the_results(folder: Path, lang: str) -> None:
    page = build(folder, lang).decode()
    traced(folder, page)
    assert strange(page) == []
    part = page[page.index(HEADING[lang]) :].partition("<h3>")[0]
    told = html.unescape(re.sub(r"<[^>]+>", "", part))
    for some in (DOSES, HABITS, MINUTES, COSTS, PROBLEMS):
        for one in some:
            assert getattr(one, lang) in told, one.name
    assert part.count("<td>") == (1 + 3) * sum(map(len, PRACTICE.values()))
    rows = read(folder, "effects")
    rows = rows[rows["section"].isin(PRACTICE)]
    assert part.count("<td>–</td>") == int(rows["arm"].isna().sum() + rows["base"].isna().sum() / 2)
    rows = rows[rows["arm"].notna()]
    assert [row for row in rows.index if f'value="effects:{row}:arm:' not in part] == []
    assert {"es": "Lo que una estación debe medir", "en": "What a station must measure"}[lang] in told
    assert 'id="villa_canales-minutes"' in page


def test_results_without_minutes_have_no_section_on_the_practice(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "old")
    rows = read(folder, "effects")
    rows[~rows["section"].isin(PRACTICE)].to_parquet(tmp_path / "old" / "effects.parquet")
    page = build(tmp_path / "old", "both").decode()
    assert not any(words in page for words in HEADING.values())


def test_policies_of_practice_are_named_in_words_that_people_know() -> None:
    for name in ("practice_team", "practice_area", "practice_analysis", "practice_follow_up", "mopsic_realistic"):
        title = policies()[name].title
        assert not {"Practice: ", "Práctica: "} & {words[:10] for words in title.values()}
        assert title["es"] != title["en"]
