"""The served page of a town in a real Chromium: pairs check the answer, and addresses of earlier versions open it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import Tab, needs_chromium
from known_pairs import known_design, known_pairs
from served_town import VISITS, PlannedWorkers, serving, write_page

from experiments.page.town_check import KEPT_FILE

pytest.importorskip("sklearn")
pytestmark = [pytest.mark.thorough, needs_chromium]
SETTING = "town=villa_canales&years=1&measures=visits.3&lang=en"
STAMPED = "#source:is([data-stamp=checked], [data-stamp=corrected], [data-stamp=alone], [data-stamp=none])"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the page of a municipality."""
    folder = tmp_path_factory.mktemp("answers")
    design = known_design()
    write_page(folder, design, known_pairs(design))
    return folder


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlannedWorkers:
    """Return workers whose pairs agree with the estimate of long visits, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return PlannedWorkers(tmp_path, VISITS)


@pytest.fixture
def tab(browser: Any, answers: Path, planned: PlannedWorkers) -> Iterator[Tab]:
    """Return a tab with long visits; nothing may go wrong in it."""
    with serving(planned, answers) as url:
        opened = Tab(browser, f"{url}#{SETTING}", 1440, 900, stranger=True)
        opened.page.wait_for_selector("body.ready")
        yield opened
        assert opened.wrong == []
        opened.page.context.close()


def check(tab: Tab) -> str:
    """Check the answer; return the stamp."""
    tab.page.click("#check")
    tab.page.wait_for_selector(STAMPED)
    return str(tab.page.get_attribute("#source", "data-stamp"))


def test_pairs_that_agree_stamp_the_answer_and_stand_in_the_picture(tab: Tab) -> None:
    before = tab.page.inner_text("#answer")
    assert check(tab) == "checked"
    assert tab.page.inner_text("#answer") == before
    assert "At usual values: estimate +2.0, eight towns +2.0." in tab.page.inner_text("#source-note")
    assert tab.page.locator("#plot .pair").count() == 8
    assert tab.page.locator(".marks .ended").count() == 8
    assert tab.page.locator("#check").is_hidden()
    assert not KEPT_FILE.exists()
    assert [one["id"] for one in Axe().run(tab.page).response["violations"]] == []
    tab.page.click("#towns-seen [data-view=map]")
    tab.page.wait_for_url("**/towns?*view=map*")


def test_pairs_that_disagree_move_the_answer_and_the_case_is_kept(tab: Tab, planned: PlannedWorkers) -> None:
    planned.effects = VISITS | {"trust_mean": -1.5, "hours_patrol": 0.0}
    assert "trust rises" in tab.page.inner_text("#answer")
    assert check(tab) == "corrected"
    assert "trust falls: −1.6 to −1.4 points" in tab.page.inner_text("#answer")
    assert "differ too much in trust and hours off patrol" in tab.page.inner_text("#source-note")
    assert [int(text) for text in tab.page.locator("#plot text.count").all_text_contents()] == [100, 0, 0]
    assert "hours off patrol" not in tab.page.inner_text("#cost-list")
    tab.until(KEPT_FILE.exists)
    with KEPT_FILE.open(encoding="utf-8", newline="") as table:
        assert [row["measure"] for row in csv.DictReader(table)] == ["trust_mean", "hours_patrol"]
    tab.page.locator("#m-visits").press("ArrowLeft")
    assert "trust rises" in tab.page.inner_text("#answer"), "another setting is as it was"
    tab.page.locator("#m-visits").press("ArrowRight")
    assert "trust falls" in tab.page.inner_text("#answer")


@pytest.mark.parametrize(("failing", "stamp"), [([3], "checked"), ([2, 4, 6], "none")], ids=["one", "three"])
def test_failed_pairs_are_said_and_fewer_than_six_give_no_stamp(
    tab: Tab, planned: PlannedWorkers, failing: list[int], stamp: str
) -> None:
    planned.failing = failing
    assert check(tab) == stamp
    assert tab.page.inner_text("#source-failed") == f"{len(failing)} of 8 failed: RuntimeError: planted"
    assert tab.page.locator(".marks .failed").count() == len(failing)
    assert tab.page.locator("#plot .pair").count() == (7 if stamp == "checked" else 0)
    assert ("Fewer than six" in tab.page.inner_text("#source-note")) == (stamp == "none")


def test_a_run_is_shown_stopped_and_dropped_by_a_move(tab: Tab, planned: PlannedWorkers) -> None:
    planned.held = 7
    before = tab.page.inner_text("#answer")
    tab.page.click("#check")
    tab.page.get_by_text("Running: 3 of 8").wait_for()
    assert tab.page.inner_text("#answer") == before
    tab.page.get_by_role("button", name="Stop", exact=True).click()
    tab.until(lambda: planned.cancelled == 1)
    assert tab.page.get_attribute("#source", "data-stamp") == ""
    tab.page.click("#check")
    tab.page.get_by_text("Running: 3 of 8").wait_for()
    tab.page.locator("#m-training").press("End")
    tab.until(lambda: planned.cancelled == 2)
    assert tab.page.inner_text("#source-title") == "Estimate"
    planned.held = 0
    tab.page.click("#check")
    tab.page.get_by_text("First town: month 7 of 12.").wait_for()


def test_where_no_worlds_were_run_whole_towns_answer_alone(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Totonicapán").click()
    tab.page.locator("#years button").nth(1).click()
    assert "too few worlds were run" in tab.page.inner_text("#answer")
    assert check(tab) == "alone"
    assert "Trust: +1.9 to +2.1." in tab.page.inner_text("#source-note")


def test_the_file_of_the_served_page_has_everything_but_the_check(tab: Tab, tmp_path: Path, browser: Any) -> None:
    tab.page.click("#share")
    with tab.page.expect_download() as download:
        tab.page.click("[data-share=file]")
    file = tmp_path / "town.html"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert "/static/" not in text.replace("experiments/", "")
    alone = browser.new_context(offline=True).new_page()
    alone.goto(file.as_uri())
    assert alone.inner_text("#answer") == tab.page.inner_text("#answer")
    assert alone.locator("#check").is_hidden()
    assert "confianza view" in alone.inner_text("#no-check")
    assert alone.locator("#towns button").count() == 0
    alone.context.close()


@pytest.mark.parametrize(
    ("address", "opens", "begins"),
    [
        ("?measures=visits.3&lang=en&years=1", "/", "With long visits, "),
        ("?measures=visits.3,training.2&lang=es&years=1&seed=4&from=2017-03-01", "/", "Con capacitación y visitas"),
        ("?measures=magic.1&lang=en", "/", "Today trust"),
        ("?view=life&measures=visits.3&years=1", "/towns", ""),
        ("?view=decision&measures=visits.3&years=1&lang=en", "/", "With long visits, "),
    ],
)
def test_addresses_of_earlier_versions_open_the_same_setting(tab: Tab, address: str, opens: str, begins: str) -> None:
    root = tab.page.url.partition("#")[0]
    tab.page.goto(root + address)
    assert tab.page.evaluate("() => location.pathname") == opens
    if begins:
        assert tab.page.inner_text("#answer").startswith(begins)
        assert bool(tab.page.inner_text("#notice")) == ("magic" in address)
    else:
        assert "view=life" in tab.page.url


def test_the_estimate_at_usual_values_is_the_planted_effect(tab: Tab) -> None:
    design = known_design()
    town = tab.page.evaluate("() => ({ usual: town().usual, unknowns: data.unknowns })")
    assert town["unknowns"] == list(design.unknowns)
    assert len(town["usual"]) == len(design.unknowns)
    found = tab.page.evaluate("() => usualEstimate(town(), 1, 'trust_mean', stepsFrom('visits.3'))")
    assert found["mean"] == pytest.approx(2.0, abs=0.05)
    assert 0.0 < found["error"] < 0.2
