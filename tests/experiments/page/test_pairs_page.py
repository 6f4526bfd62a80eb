"""The views of the pairs in a real Chromium: files, tabs, addresses, and what is shown while worlds are simulated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import COMPILE_SECONDS, Tab, needs_chromium

from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.page.page_texts import texts
from experiments.page.sheet import VIEW_DATA

pytestmark = [pytest.mark.thorough, needs_chromium]

MOVED = "?years=1&measures=training.3,heavy_hand.2"


def closed(tab: Tab) -> None:
    """Close a tab in which nothing may have gone wrong."""
    tab.close()
    assert tab.wrong == []


def opened(browser: Any, address: str) -> Tab:
    """Return a tab in which the worlds of an address have been simulated."""
    tab = Tab(browser, address, 1440, 900)
    tab.lived()
    tab.page.wait_for_selector("#view > *")
    return tab


@pytest.fixture(scope="module")
def kept(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab with two measures moved that stays open."""
    tab = opened(browser, f"{url}{MOVED}&lang=en")
    yield tab
    closed(tab)


def test_measures_table_and_command_are_handed_out(kept: Tab, tmp_path: Path) -> None:
    for name, file in {"Measures (policy file)": "measures.toml", "Data (CSV)": "small.csv"}.items():
        kept.page.locator(".share summary").click()
        with kept.page.expect_download() as waiting:
            kept.press(name)
        assert waiting.value.suggested_filename == file
        waiting.value.save_as(tmp_path / file)
    assert '"heavy_hand.army" = 20.0' in (tmp_path / "measures.toml").read_text(encoding="utf-8")
    lines = (tmp_path / "small.csv").read_text(encoding="utf-8").splitlines()
    assert sum(",trust_mean,points of 100,2017-12," in line for line in lines) == MAX_PAIRS
    command = kept.page.locator(".share code").text_content()
    assert command.startswith("confianza compare status_quo ./measures.toml --scenario ")


def test_the_link_is_shown_as_a_code(kept: Tab) -> None:
    kept.page.locator(".share summary").click()
    kept.page.locator(".qr svg").wait_for()
    assert kept.page.locator(".qr figcaption").inner_text() == texts()["decision"]["qr"]["en"]
    kept.page.keyboard.press("Escape")


def test_other_views_are_one_click_away_and_lead_back_to_the_answer(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}{MOVED}&lang=en")
    question = tab.page.locator("h1").inner_text()
    for name in list(VIEW_DATA)[1:]:
        tab.page.locator(f"#tab-{name}").click()
        tab.until(lambda name=name: f"view={name}" in tab.page.url and tab.page.locator(f"#view.{name}").count())
        assert tab.page.locator(f"#tab-{name}").get_attribute("aria-selected") == "true"
        assert "measures=training.3,heavy_hand.2" in tab.page.url
        assert tab.page.locator("h1").inner_text() != question
    tab.page.go_back()
    tab.until(lambda: f"view={list(VIEW_DATA)[-2]}" in tab.page.url)
    tab.page.locator(".to-answer").click()
    tab.page.wait_for_selector("body.ready")
    assert tab.page.inner_text("#answer").startswith("With heavy hand and training, ")
    closed(tab)


def test_the_row_of_views_goes_by_arrow_keys(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}{MOVED}&lang=en")
    tab.page.locator("#tab-why").focus()
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.evaluate("document.activeElement.id") == "tab-map"
    tab.page.keyboard.press("Enter")
    tab.page.locator("#view.map .panes").wait_for()
    closed(tab)


def test_why_lands_on_its_number_for_every_place_and_month(browser: Any, url: str) -> None:
    tab = Tab(browser, f"{url}{MOVED}&lang=en&view=why")
    tab.page.locator(".wf").wait_for(timeout=1000.0 * COMPILE_SECONDS)
    number = tab.page.locator("h1").inner_text()
    for where, move in (
        ("place=2", lambda: tab.page.locator("[data-name=place-2]").click()),
        ("month=4", lambda: tab.page.locator(".month").fill("4")),
        ("show=lived", lambda: tab.page.locator("[data-name=lived]").click()),
    ):
        before = tab.page.locator(".wf").inner_html()
        move()
        tab.until(lambda where=where, old=before: where in tab.page.url and tab.page.locator(".wf").inner_html() != old)
        shown, total = tab.page.evaluate(SUM)
        assert abs(shown - total) < 0.06, "each row is rounded to a hundredth"
    tab.press("Whole municipality, whole time")
    tab.until(lambda: tab.page.locator("h1").inner_text() == number)
    closed(tab)


SUM = """() => {
  const number = (place) => Number(place.textContent.replace("−", "-"));
  const bars = [...document.querySelectorAll(".wf .bar-cell svg[aria-label]")];
  const label = (one) => Number(one.getAttribute("aria-label").split(": ").at(-1).replace("−", "-"));
  const total = document.querySelector(".wf .total td");
  return total ? [bars.reduce((sum, one) => sum + label(one), 0), number(total)] : [null, null];
}"""
"""Adds up the bars of the waterfall; returns the sum and the number that it should land on."""


def test_an_address_that_is_wrong_is_told_and_nothing_is_lost(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}?years=4&lang=en")
    tab.page.get_by_text("years must be one of 1, 2, 3, 5, 10, got '4'").wait_for()
    assert tab.page.get_by_role("tab").count() == len(VIEW_DATA)
    closed(tab)
    tab = opened(browser, f"{url}?lang=es&mesures=training.2")
    assert tab.page.locator(".answer").inner_text().endswith("; ¿quiso decir 'measures'?")
    closed(tab)


def test_measures_may_begin_later(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}{MOVED}&lang=en&view=map")
    begins = "() => import('/static/page.js').then(({ page }) => page.sheet.begins)"
    assert tab.page.evaluate(begins) == "2017-01-01"
    tab.page.locator(".begins input").fill("2017-07-01")
    tab.until(lambda: "from=2017-07-01" in tab.page.url)
    tab.until(lambda: tab.page.evaluate(begins) == "2017-07-01")
    tab.lived()
    closed(tab)


def test_a_click_during_which_a_sheet_arrives_is_not_lost(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}{MOVED}&lang=en")
    tab.page.locator("#tab-map").hover()
    tab.page.mouse.down()
    tab.page.evaluate("import('/static/page.js').then(({ page }) => page.ask({ measures: 'training.2' }))")
    tab.page.wait_for_timeout(3000)
    tab.page.mouse.up()
    tab.until(lambda: "view=map" in tab.page.url)
    tab.page.locator("#view.map").wait_for()
    closed(tab)
