"""The decision view in a real Chromium: move a measure, read the verdict, share, reload, on every screen."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import COMPILE_SECONDS, Tab, needs_chromium

from experiments.comparison.decision_measures import measures
from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.page.page_texts import texts
from experiments.page.sheet import VIEW_DATA

pytestmark = [pytest.mark.thorough, needs_chromium]

SIZES = [(1440, 900), (1536, 864), (1920, 1080), (1280, 720), (390, 844)]
CODE = re.compile(r"[a-z]+_[a-z]+|log-odds|\{|undefined|NaN|\bnull\b")
OPEN = "?years=1"
MOVED = "?years=1&measures=training.3,heavy_hand.2"
CUT = """() => [...document.querySelectorAll('.page *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && (box.left < -1 || box.right > innerWidth + 1) && !one.closest('[hidden], .share div');
}).map((one) => one.outerHTML.slice(0, 120))"""

MEETING = """(words) => {
  const boxes = [...document.querySelectorAll(words)].flatMap((one) => {
    const range = document.createRange();
    range.selectNodeContents([...one.childNodes].find((part) => part.nodeType === Node.TEXT_NODE));
    return [...range.getClientRects()].map((box) => [box, one.textContent]);
  });
  const wide = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const tall = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return boxes.flatMap(([a, text], k) =>
    boxes.slice(k + 1).filter(([b]) => wide(a, b) > 1 && tall(a, b) > 4).map(([, other]) => [text, other]));
}"""
"""Texts that cover each other."""


def lived(tab: Tab) -> None:
    """Wait until all worlds have been simulated and the map is drawn."""
    tab.lived()
    tab.page.wait_for_selector(".ground", timeout=1000.0 * COMPILE_SECONDS)


def opened(browser: Any, address: str, width: int = 1440, height: int = 900) -> Tab:
    """Return a tab in which the worlds of an address have been simulated."""
    tab = Tab(browser, address, width, height)
    lived(tab)
    return tab


def closed(tab: Tab) -> None:
    """Close a tab in which nothing may have gone wrong."""
    tab.close()
    assert tab.wrong == []


@pytest.fixture(scope="module")
def kept(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab with two measures moved that stays open: to open one takes longer than most tests."""
    tab = opened(browser, url + MOVED + "&lang=es")
    yield tab
    closed(tab)


@pytest.fixture
def moved(kept: Tab) -> Iterator[Tab]:
    """Return the tab that stays open, in Spanish and as wide as a desk, with nothing unfolded."""
    kept.page.set_viewport_size({"width": 1440, "height": 900})
    kept.page.locator(".share").evaluate("(one) => one.removeAttribute('open')")
    speak(kept, "es")
    yield kept
    assert kept.wrong == []


def speak(tab: Tab, language: str) -> None:
    """Show a tab with two measures moved in a language."""
    begins, button = {
        "es": ("Con 2 medidas ", "Cambiar a español"),
        "en": ("With 2 measures ", "Switch to English"),
    }[language]
    answer = tab.page.locator(".answer")
    if not answer.inner_text().startswith(begins):
        tab.press(button)
    tab.until(lambda: answer.inner_text().startswith(begins))


def test_a_measure_is_moved_the_verdict_read_and_the_address_restores_it(browser: Any, url: str) -> None:
    tab = opened(browser, url + OPEN)
    assert tab.page.get_by_role("slider").count() == len(measures())
    tab.page.get_by_text("As today").first.wait_for()
    tab.page.locator("#m-means").press("ArrowLeft")
    tab.until(lambda: tab.page.locator(".answer").inner_text().startswith("With 1 measure "))
    answer = tab.page.locator(".answer").inner_text()
    assert answer.startswith("With 1 measure ")
    assert tab.page.locator(".outcomes .v").count() == len(OUTCOMES)
    assert "measures=means.0" in tab.page.url
    told = tab.page.locator(".results").inner_text()
    tab.page.reload()
    lived(tab)
    assert tab.page.locator(".answer").inner_text() == answer
    assert tab.page.locator(".results").inner_text() == told
    tab.press("Cambiar a español")
    tab.until(lambda: tab.page.locator(".answer").inner_text().startswith("Con 1 medida "))
    tab.press("↺ Volver todo a hoy")
    tab.until(lambda: tab.page.locator(".answer").inner_text().startswith("Como hoy"))
    closed(tab)


def test_the_first_view_is_there_at_once_when_all_is_warm(browser: Any, url: str) -> None:
    opened(browser, url + OPEN).close()
    begun = time.monotonic()
    tab = Tab(browser, url + OPEN)
    tab.page.locator(".answer b").wait_for()
    lived(tab)
    assert time.monotonic() - begun < 30.0
    closed(tab)


def test_a_first_line_grows_while_worlds_are_lived(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}?lang=en&years=5")
    tab.page.locator("#m-means").press("ArrowLeft")
    line = tab.page.locator(".hero .first")
    line.wait_for(state="attached")
    begun = line.get_attribute("d") or ""
    tab.until(lambda: line.count() == 0 or len(line.get_attribute("d") or "") > len(begun))
    assert "With 1 measure" not in tab.page.locator(".answer").inner_text()
    closed(tab)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_cut_off(moved: Tab, width: int, height: int) -> None:
    moved.page.set_viewport_size({"width": width, "height": height})
    moved.until(lambda: moved.page.evaluate("innerWidth") == width)
    for language in ("es", "en"):
        speak(moved, language)
        assert moved.page.evaluate("document.documentElement.scrollWidth") <= width
        assert moved.page.evaluate(CUT) == []
        if width > 1420:  # measures, outcomes and map side by side
            assert moved.page.evaluate("document.documentElement.scrollHeight") <= height


@pytest.mark.parametrize(("width", "height"), [(390, 844), (800, 600), (1024, 768), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_projector_and_a_telephone_show_the_whole_presentation(
    browser: Any, url: str, language: str, width: int, height: int
) -> None:
    tab = Tab(browser, f"{url}{MOVED}&lang={language}&present=1", width, height)
    tab.lived()
    tab.page.locator(".pr svg").first.wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.page.evaluate(CUT) == []
    assert tab.page.evaluate(MEETING, ".pr-head :is(h2, small, span)") == []
    assert tab.page.evaluate(MEETING, ".pr:nth-child(2) text[text-anchor=middle]") == []
    assert tab.page.locator(".bar").is_hidden()
    closed(tab)


@pytest.mark.parametrize("view", [*VIEW_DATA, "decision&present=1", "why&measures="])
@pytest.mark.parametrize("dark", ["", "&dark=1"], ids=["light", "dark"])
def test_who_does_not_see_or_point_can_use_it(browser: Any, url: str, view: str, dark: str) -> None:
    tab = Tab(browser, f"{url}{MOVED}{dark}&view={view}", 1440, 900)
    tab.lived()
    tab.page.locator("#view > :not([hidden])").first.wait_for()
    found = Axe().run(tab.page).response["violations"]
    assert [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found] == []
    closed(tab)


@pytest.mark.parametrize(("language", "other"), [("es", "en"), ("en", "es")])
def test_no_code_name_and_no_word_of_another_language_is_shown(moved: Tab, language: str, other: str) -> None:
    speak(moved, language)
    shown = moved.page.locator(".body").inner_text() + moved.page.locator(".answer").inner_text()
    assert CODE.findall(shown) == []
    foreign = [
        text[other] for part in ("decision", "outcome") for text in texts()[part].values()
        if text[other] != text[language] and "{" not in text[other] and len(text[other]) > 5
    ]  # fmt: skip
    assert len(foreign) > 30
    lines = set(shown.splitlines())
    assert [text for text in foreign if text in lines] == []


def test_measures_table_picture_and_command_are_handed_out(moved: Tab, tmp_path: Path) -> None:
    speak(moved, "en")
    files = {"Measures (policy file)": "measures.toml", "Data (CSV)": "small.csv", "Picture (PNG)": "confianza.png"}
    for name, file in files.items():
        moved.page.locator(".share summary").click()
        with moved.page.expect_download() as waiting:
            moved.press(name)
        assert waiting.value.suggested_filename == file
        waiting.value.save_as(tmp_path / file)
    assert '"heavy_hand.army" = 20.0' in (tmp_path / "measures.toml").read_text(encoding="utf-8")
    lines = (tmp_path / "small.csv").read_text(encoding="utf-8").splitlines()
    assert sum(",trust_mean,points of 100,2017-12," in line for line in lines) == MAX_PAIRS
    assert (tmp_path / "confianza.png").read_bytes().startswith(b"\x89PNG")
    command = moved.page.locator(".share code").text_content()
    assert command.startswith("confianza compare status_quo ./measures.toml --scenario ")


def test_other_views_are_one_click_away_and_lead_back(browser: Any, url: str) -> None:
    tab = opened(browser, url + MOVED + "&lang=en")
    question = tab.page.locator("h1").inner_text()
    for name in list(VIEW_DATA)[1:]:
        tab.page.locator(f"#tab-{name}").click()
        tab.until(lambda name=name: f"view={name}" in tab.page.url and tab.page.locator(f"#view.{name}").count())
        assert tab.page.locator(f"#tab-{name}").get_attribute("aria-selected") == "true"
        assert "measures=training.3,heavy_hand.2" in tab.page.url
        assert tab.page.locator("h1").inner_text() != question
    tab.page.locator("#tab-decision").click()
    lived(tab)
    assert tab.answer().startswith("With 2 measures")
    tab.page.go_back()
    tab.until(lambda: f"view={list(VIEW_DATA)[-1]}" in tab.page.url)
    closed(tab)


def test_the_row_of_views_goes_by_arrow_keys(browser: Any, url: str) -> None:
    tab = opened(browser, url + MOVED + "&lang=en")
    tab.page.locator("#tab-decision").focus()
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.evaluate("document.activeElement.id") == "tab-why"
    tab.page.keyboard.press("Enter")
    tab.page.locator("#view.why .wf").wait_for()
    closed(tab)


def test_why_lands_on_the_number_of_the_decision_for_every_place_and_month(browser: Any, url: str) -> None:
    tab = Tab(browser, url + MOVED + "&lang=en&view=why")
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


def test_the_decision_is_projected_without_scrolling_row_by_row(browser: Any, url: str) -> None:
    tab = opened(browser, url + MOVED + "&lang=en", 1280, 720)
    tab.press("Present")
    tab.page.locator(".prs").wait_for()
    tab.page.wait_for_timeout(300)
    assert tab.page.evaluate("document.documentElement.scrollHeight") <= 720
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert tab.page.locator(".me li").count() == 2
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.locator(".pr[data-later]").count() == len(OUTCOMES) - 1
    tab.page.keyboard.press("m")
    assert tab.page.locator(".me li").count() == len(measures())
    tab.page.keyboard.press("Escape")
    tab.page.get_by_role("slider").first.wait_for()
    closed(tab)


def test_an_address_that_is_wrong_is_told_and_nothing_is_lost(browser: Any, url: str) -> None:
    tab = opened(browser, url + "?years=3")
    tab.page.get_by_text("years must be one of 1, 2, 5, 10, got '3'").wait_for()
    assert tab.page.get_by_role("slider").count() == len(measures())
    closed(tab)
    tab = opened(browser, url + "?lang=es&mesures=training.2")
    assert tab.page.locator(".answer").inner_text().endswith("; ¿quiso decir 'measures'?")
    closed(tab)


def test_the_map_plays_month_by_month_pauses_and_no_arrow_moves_time(moved: Tab) -> None:
    month, button = moved.page.locator(".play output"), moved.page.locator(".play button")
    moved.until(lambda: month.inner_text() == "dic 2017")
    coloured = "[...document.querySelectorAll('.ground rect')].map((one) => one.getAttribute('fill')).join()"
    last = moved.page.evaluate(coloured)
    button.press("ArrowRight")
    button.press("ArrowLeft")
    assert month.inner_text() == "dic 2017"
    button.click()
    moved.until(lambda: month.inner_text() not in ("dic 2017", "ene 2017"))
    button.click()
    held = month.inner_text()
    moved.page.wait_for_timeout(600)
    assert month.inner_text() == held
    button.click()
    moved.until(lambda: month.inner_text() == "dic 2017")
    assert moved.page.evaluate(coloured) == last
    assert "var(--worse)" in last or "var(--better)" in last


MOVE = """(moves) => moves.forEach(([name, step]) => {
  const slider = document.getElementById(`m-${name}`);
  slider.value = step;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
})"""
"""Moves measures one right after the other, before the first can have come to anything."""


def test_two_moves_at_once_are_both_made(browser: Any, url: str) -> None:
    tab = opened(browser, url + OPEN)
    tab.page.evaluate(MOVE, [["training", 2], ["means", 0]])
    tab.until(lambda: "training.2" in tab.page.url)
    lived(tab)
    assert "training.2" in tab.page.url
    assert "means.0" in tab.page.url
    closed(tab)


def test_a_click_during_which_a_sheet_arrives_is_not_lost(browser: Any, url: str) -> None:
    tab = opened(browser, f"{url}{MOVED}&lang=en")
    tab.page.locator("#tab-why").hover()
    tab.page.mouse.down()
    tab.page.evaluate(MOVE, [["training", 2]])
    tab.page.wait_for_timeout(3000)
    tab.page.mouse.up()
    tab.until(lambda: "view=why" in tab.page.url)
    tab.page.locator("#view.why .wf").wait_for()
    closed(tab)


@pytest.mark.thorough
def test_the_link_is_shown_as_a_code(moved: Tab) -> None:
    moved.page.locator(".share summary").click()
    moved.page.locator(".qr svg").wait_for()
    caption = moved.page.locator(".qr figcaption")
    moved.until(lambda: caption.inner_text() == texts()["decision"]["qr"]["es"])
