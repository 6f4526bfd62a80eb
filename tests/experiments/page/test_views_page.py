"""Map, a life and criteria in a real Chromium: on every screen, by keyboard, without findings."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import Tab, chromium, free_port, needs_chromium, program, served

from experiments.figures.theme import TOKENS

pytestmark = [pytest.mark.thorough, needs_chromium]

OPEN = "?years=1&measures=training.3,heavy_hand.2"
VIEWS = ("why", "map", "life", "life&show=chief-1-2", "criteria", "criteria&show=accountability", "room")
SIZES = [(1280, 720), (1920, 1080), (390, 844)]
CODE = re.compile(r"\b[a-z]+_[a-z]+\b|\{|undefined|NaN|\bnull\b")
FRAMES = """() => new Promise((done) => {
  let frames = 0;
  const slider = document.querySelector('.time input'), begun = performance.now(), most = Number(slider.max);
  const turn = () => {
    const passed = performance.now() - begun;
    slider.value = 1 + (frames % most);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    frames += 1;
    if (passed < 2000) requestAnimationFrame(turn);
    else done((1000 * frames) / passed);
  };
  requestAnimationFrame(turn);
})"""
"""Draws another month in each frame, and counts the frames of two seconds."""


@pytest.fixture(scope="module")
def kept(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab with two measures moved, whose worlds have been simulated."""
    tab = Tab(browser, url + OPEN)
    tab.lived()
    yield tab
    tab.close()
    assert tab.wrong == []


@pytest.fixture
def tab(kept: Tab, url: str) -> Iterator[Tab]:
    """Return the tab on the first view, in English."""
    kept.page.set_viewport_size({"width": 1280, "height": 720})
    show(kept, url, "")
    yield kept
    assert kept.wrong == []


def show(tab: Tab, url: str, view: str, more: str = "&lang=en") -> None:
    """Open an address in a tab."""
    tab.page.goto(f"{url}{OPEN}{f'&view={view}' if view else ''}{more}")
    tab.lived()
    tab.page.wait_for_selector(f".page[data-view={view.partition('&')[0] or 'why'}]")


def view(tab: Tab, name: str) -> None:
    """Go to a view by the row above."""
    tab.page.get_by_role("tab", name=name, exact=True).click()
    tab.until(lambda: tab.page.get_by_role("tab", name=name, exact=True).get_attribute("aria-selected") == "true")


def test_another_month_is_shown_with_the_keyboard_alone(tab: Tab) -> None:
    view(tab, "Map")
    slider = tab.page.locator(".time input")
    slider.focus()
    assert slider.get_attribute("aria-valuetext", timeout=5000).startswith("Dec 2017, B − A ")
    for _ in range(3):
        tab.page.keyboard.press("ArrowLeft")
    tab.until(lambda: "month=9" in tab.page.url)
    assert slider.get_attribute("aria-valuetext").startswith("Sep 2017, B − A ")
    assert tab.page.locator(".time output").inner_text() == "Sep 2017"
    assert tab.page.evaluate("document.activeElement.type") == "range"


def test_a_play_of_months_goes_on_and_can_be_stopped(tab: Tab) -> None:
    view(tab, "Map")
    tab.press("Month by month")
    tab.until(lambda: tab.page.locator(".time output").inner_text() not in ("Dec 2017", "Jan 2017"))
    tab.press("Pause")
    tab.until(lambda: "month=" in tab.page.url)


def test_reports_and_cliques_are_shown_without_names(tab: Tab) -> None:
    view(tab, "Map")
    assert tab.page.locator(".above text").count() > 0
    for name, note in (
        ("Reported crimes", "by three zones alone"),
        ("Cliques: invented", "The cliques are not there."),
    ):
        tab.page.get_by_role("radio", name=name).check()
        tab.page.locator(".see .note").get_by_text(note).wait_for()
        tab.until(lambda: tab.page.locator(".above text").count() == 0)
        assert tab.page.locator(".spot").is_hidden()


COLOURS_DRAWN = """() => {
  const canvas = [...document.querySelectorAll('.stack canvas')].at(-1), found = new Set();
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  for (let k = 0; k < data.length; k += 4)
    if (data[k + 3] === 255) found.add(`rgb(${data.slice(k, k + 3).join(', ')})`);
  return [...found];
}"""
"""Colours of the largest differences on a map."""


@pytest.mark.parametrize("dark", [0, 1])
@pytest.mark.parametrize(
    ("measures", "layer", "said"),
    [
        ("means.0", "occurred", "more crime · worse"),
        ("training.3,visits.3", "trust", "more trust · better"),
    ],
)
def test_the_map_is_brown_where_it_is_worse_and_blue_where_it_is_better(
    tab: Tab, url: str, measures: str, layer: str, said: str, dark: int
) -> None:
    tab.page.goto(f"{url}?years=1&measures={measures}&view=map&show={layer}&lang=en&dark={dark}")
    tab.page.wait_for_selector(".page[data-view=map]")
    tab.lived()
    tone = TOKENS[said.rpartition(" ")[2]][dark]
    colour = f"rgb({', '.join(str(int(tone[k : k + 2], 16)) for k in (1, 3, 5))})"
    found: set[str] = set()
    for _ in range(12):  # the months, of which one has the largest difference
        found |= set(tab.page.evaluate(COLOURS_DRAWN))
        tab.page.locator(".time input").press("ArrowLeft")
    assert found == {colour}
    label = tab.page.locator(".ends span").filter(has_text=said.partition(" ·")[0])
    assert label.inner_text().replace("\u00a0", " ").endswith(said)
    left = tab.page.locator(".ends span").first.inner_text() == label.inner_text()
    gradient = tab.page.locator(".ends i").evaluate("(one) => getComputedStyle(one).backgroundImage")
    assert gradient.split("deg, ")[1].startswith(colour) if left else gradient.endswith(f"{colour})")


def test_the_map_draws_twenty_frames_a_second_at_least(tab: Tab) -> None:
    view(tab, "Map")
    tab.page.locator(".stack canvas").first.wait_for()
    assert tab.page.evaluate(FRAMES) >= 20.0


@pytest.mark.slow
def test_the_map_of_all_residents_draws_twenty_frames_a_second_at_least(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    port = free_port()
    words = program("view", "villa_canales", "--port", str(port), "--lang", "en")
    with served(words, port, tmp_path), chromium() as started:
        tab = Tab(started, f"http://127.0.0.1:{port}/towns{OPEN}&view=map")
        tab.lived()
        tab.page.locator(".stack canvas").first.wait_for()
        rate = tab.page.evaluate(FRAMES)
        tab.close()
    record_property("measured", f"{rate:.0f} frames a second on the map of all of Villa Canales")
    assert tab.wrong == []
    assert rate >= 20.0


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("dark", ["0", "1"])
def test_axe_finds_nothing(tab: Tab, url: str, name: str, dark: str) -> None:
    show(tab, url, name, f"&lang=es&dark={dark}")
    found = Axe().run(tab.page, "#view > :not([hidden])").response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_cut_off_and_on_a_projector_nothing_is_scrolled(
    tab: Tab, url: str, name: str, width: int, height: int
) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    show(tab, url, name, "&lang=es")
    tab.page.wait_for_timeout(200)
    wide, tall = tab.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert wide <= width
    assert width < 1000 or tall <= height
    words = tab.page.locator("#view").inner_text()
    assert CODE.findall(words) == []
    if width < 640:
        small = tab.page.evaluate(
            "[...document.querySelectorAll('#view :is(button, select, label)')].filter((one) => one.offsetParent && "
            "one.getBoundingClientRect().height < 43.5 && !one.classList.contains('pick')).map((one) => one.innerText)"
        )
        assert small == []


@pytest.mark.thorough
def test_an_address_restores_view_layer_place_and_month(browser: Any, url: str) -> None:
    again = Tab(browser, f"{url}{OPEN}&lang=en&view=map&show=fear&place=2&month=5")
    again.lived()
    assert again.page.locator(".time output").inner_text() == "May 2017"
    assert again.page.get_by_role("radio", name="Fear").is_checked()
    assert again.page.locator(".spot select").input_value() == "2"
    assert json.loads(again.page.evaluate("JSON.stringify(location.search)")).count("show=fear") == 1
    again.close()
    assert again.wrong == []
