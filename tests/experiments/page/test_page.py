"""The page in a real Chromium: what a student, a facilitator and two visitors at once do."""

import datetime
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from chromium import LIFE, ROOT, Tab, chromium, free_port, needs_chromium, program, served, small_town

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small town."""
    with small_town(tmp_path_factory.mktemp("page")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def kept(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab that stays open: to open the page takes longer than most of what is done on it."""
    opened = Tab(browser, url + LIFE)
    opened.ready()
    yield opened
    opened.close()
    assert opened.wrong == []


@pytest.fixture
def tab(kept: Tab) -> Iterator[Tab]:
    """Return the tab that stays open, its world at the start; for what leaves neither levers nor a second world."""
    kept.page.set_viewport_size({"width": 1280, "height": 720})
    kept.press("Over time")
    kept.press("Restart")
    kept.until(lambda: kept.date() == "2017-01-01" and "14–22" not in kept.page.locator(".cf-clock").inner_text())
    kept.still()
    yield kept
    assert kept.wrong == []


@pytest.fixture
def fresh(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab of its own that shows the page; nothing may have gone wrong in it when the test ends."""
    opened = Tab(browser, url + LIFE)
    opened.ready()
    yield opened
    opened.close()
    assert opened.wrong == []


def players(url: str) -> int:
    """Return how many threads the server has: each visitor has some of its own."""
    port = urllib.parse.urlsplit(url).port
    lines = (one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port)
    return int(psutil.Process(next(one.pid for one in lines if one.status == psutil.CONN_LISTEN)).num_threads())


def test_a_student_plays_pauses_steps_and_restarts(tab: Tab) -> None:
    assert tab.date() == "2017-01-01"
    tab.press("Play")
    tab.until(lambda: tab.date() > "2017-01-02")
    tab.press("Pause")
    tab.page.get_by_role("button", name="Play", exact=True).wait_for()
    frame, date = tab.frame(), tab.date()
    tab.page.wait_for_timeout(400)
    assert (tab.frame(), tab.date()) == (frame, date)
    tab.press("One month")
    tab.until(lambda: tab.date() == "2017-02-01")
    tab.press("One shift")
    tab.until(lambda: "14–22" in tab.page.locator(".cf-clock").inner_text())
    tab.press("Restart")
    tab.until(lambda: tab.date() == "2017-01-01")


def test_the_keyboard_plays_and_steps(tab: Tab) -> None:
    tab.page.locator(".cf-canvas").first.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press(".")
    tab.until(lambda: "14–22" in tab.page.locator(".cf-clock").inner_text())
    tab.page.keyboard.press("Space")
    tab.until(lambda: tab.date() > "2017-01-01")
    tab.page.keyboard.press("Space")
    tab.page.get_by_role("button", name="Play", exact=True).wait_for()


def test_the_language_changes_while_the_world_stands(tab: Tab) -> None:
    tab.press("Español")
    tab.page.get_by_role("button", name="Iniciar", exact=True).wait_for()
    tab.page.locator(".cf-page[lang=es]").wait_for()
    tab.page.locator(".cf-legend", has_text="Cada habitante").wait_for()
    assert tab.page.locator(".v-select", has_text="Pueblo pequeño").count() == 1
    assert tab.date() == "2017-01-01"
    tab.press("English")
    tab.page.get_by_role("button", name="Play", exact=True).wait_for()


def test_twins_stand_side_by_side_and_say_in_what_they_differ(fresh: Tab) -> None:
    fresh.press("Twins")
    fresh.until(lambda: fresh.page.locator(".cf-canvas").count() == 2)
    fresh.page.get_by_text("A and B are alike so far.").wait_for()
    fresh.choose("Policy of B", "Reporting support")
    fresh.still()
    fresh.press("One month")
    fresh.until(lambda: fresh.date() == "2017-02-01")
    fresh.page.get_by_text("So far B has").wait_for()
    fresh.choose("Maps", "Difference")
    fresh.until(lambda: fresh.page.locator(".cf-canvas").count() == 1)
    fresh.page.locator(".cf-legend").get_by_text(re.compile(r"^more in B \([0-9.]+\)$")).wait_for()
    fresh.press("Why?")
    fresh.press("B − A")
    fresh.page.get_by_text("points from A").wait_for()


def test_a_ready_policy_moves_the_sliders(fresh: Tab) -> None:
    fresh.press("Levers")
    repair = fresh.page.locator(".cf-lever", has_text="Broken vehicles repaired in a week")
    repair.get_by_text("9 %", exact=True).wait_for()
    fresh.choose("Policy", "Resources only")
    repair.get_by_text("24 %", exact=True).wait_for()


def test_a_world_that_goes_leaves_no_lever_moved_in_the_one_that_stays(fresh: Tab) -> None:
    fresh.press("Levers")
    fresh.press("Twins")
    fresh.page.get_by_text("Levers of world B").wait_for()
    fresh.choose("Policy of B", "Reporting support")
    fresh.still()
    helped = fresh.page.locator(".cf-lever", has_text="Accompaniment to ratify")
    helped.get_by_text("odds × 1", exact=True).wait_for(state="detached")
    fresh.press("Twins")
    fresh.page.get_by_text("Levers of world B").wait_for(state="detached")
    helped.get_by_text("odds × 1", exact=True).wait_for()
    fresh.page.get_by_text("No lever moved yet").wait_for()
    assert fresh.page.locator(".cf-waits").count() == 0


def test_the_map_is_enlarged_and_moved(tab: Tab) -> None:
    picture = tab.page.locator(".cf-canvas").first
    drawn = [picture.evaluate("(canvas) => canvas.toDataURL()")]

    def look() -> None:
        tab.page.wait_for_timeout(300)
        drawn.append(picture.evaluate("(canvas) => canvas.toDataURL()"))

    tab.press("Closer (key +, double click)")
    look()
    box = picture.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    tab.page.mouse.move(x + 60, y + 80, steps=4)
    tab.page.mouse.up()
    look()
    tab.press("The whole municipality (key 0)")
    look()
    assert len(set(drawn[:3])) == 3
    assert drawn[3] == drawn[0]
    assert (
        tab.page.get_by_role("button", name="Over time").get_attribute("aria-pressed") == "true"
    )  # a drag is no click


def test_a_month_is_chosen_with_the_keyboard_and_told_on_hover(tab: Tab) -> None:
    field = tab.page.get_by_label("Go to date")
    field.fill("2017-04-01")
    field.press("Enter")
    tab.until(lambda: tab.date() == "2017-04-01")
    chart = tab.page.locator(".cf-chart canvas").first
    tab.until(lambda: re.search(r": all \d\d", chart.get_attribute("aria-label")))
    chart.focus()
    tab.page.keyboard.press("ArrowLeft")
    tab.page.get_by_role("button", name="Go back to 2017-03").wait_for()
    chart.hover(position={"x": 60, "y": 40})
    tab.page.locator(".cf-tip-lines", has_text="2017-0").wait_for()
    assert tab.date() == "2017-04-01"


def test_a_lever_moved_becomes_a_policy_that_can_be_saved(fresh: Tab) -> None:
    fresh.press("Levers")
    thumb = fresh.page.get_by_role("slider", name="Broken vehicles repaired in a week")
    moved = fresh.page.locator(".cf-waits")
    fresh.until(lambda: moved.count() or thumb.press("ArrowRight") or fresh.page.wait_for_timeout(500))
    share = float(moved.inner_text().removesuffix(" %")) / 100.0
    assert share > 0.09
    fresh.press("One month")
    fresh.until(lambda: fresh.date() == "2017-02-01")
    fresh.page.get_by_text("--policy ./changes_2017_01_01.toml").wait_for()
    with fresh.page.expect_download() as waiting:
        fresh.page.get_by_text("Save changes_2017_01_01.toml").click()
    saved = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == "changes_2017_01_01.toml"
    assert "start = 2017-01-01" in saved
    assert saved.endswith(f'\n[set]\n"resources.repair" = {share:g}\n')


def test_a_lever_moved_while_the_world_runs_takes_effect_from_a_morning_on(fresh: Tab) -> None:
    fresh.press("Levers")
    fresh.press("Play")
    fresh.until(lambda: fresh.date() > "2017-01-01")
    before = fresh.date()
    thumb = fresh.page.get_by_role("slider", name="Broken vehicles repaired in a week")
    made = fresh.page.get_by_text("--policy ./changes_2017_")
    fresh.until(lambda: made.count() or thumb.press("ArrowRight") or fresh.page.wait_for_timeout(700))
    fresh.press("Pause")
    name = re.search(r"changes_(\d{4})_(\d\d)_(\d\d)", made.first.inner_text())
    assert name
    assert before <= "-".join(name.groups()) <= fresh.date()


def test_a_month_is_gone_back_to_and_branched_from(fresh: Tab) -> None:
    field = fresh.page.get_by_label("Go to date")
    field.fill("2017-05-01")
    field.press("Enter")
    fresh.until(lambda: fresh.date() == "2017-05-01")
    fresh.still()
    chart, branch = fresh.page.locator(".cf-chart canvas").first, fresh.page.locator("button", has_text="Branch from")
    pick = {"x": 70, "y": 50}  # again where the chart has no months yet, or is being drawn anew
    fresh.until(lambda: branch.count() or chart.click(position=pick) or fresh.page.wait_for_timeout(700))
    branch.click()
    fresh.until(lambda: fresh.page.locator(".cf-canvas").count() == 2)
    fresh.still()
    assert datetime.date(2017, 1, 1) <= datetime.date.fromisoformat(fresh.date()) < datetime.date(2017, 5, 1)
    fresh.page.get_by_text("Levers of world B").wait_for()


def test_why_and_a_life(tab: Tab) -> None:
    tab.press("One month")
    tab.until(lambda: tab.date() == "2017-02-01")
    box = tab.page.locator(".cf-canvas").first.bounding_box()
    tab.page.mouse.move(box["x"] + 0.52 * box["width"], box["y"] + 0.6 * box["height"])
    tab.page.locator(".cf-tip", has_text="police visits").wait_for()
    tab.page.mouse.click(box["x"] + 0.52 * box["width"], box["y"] + 0.6 * box["height"])
    tab.page.get_by_text("What moved trust").wait_for()
    assert tab.page.locator(".cf-bars tr").count() >= 1
    tab.press("A life")
    tab.page.mouse.click(box["x"] + 0.52 * box["width"], box["y"] + 0.6 * box["height"])
    tab.page.get_by_role("button", name="Somebody from the place chosen").wait_for()
    tab.still()
    tab.press("Anybody")
    tab.page.get_by_text("Trust in the police went from").wait_for()
    tab.press("Criteria")
    tab.page.get_by_text("none yet: it tells of twelve months").first.wait_for()


def test_practice_adds_up_and_problems_stand_under_numbers_in_both_languages(tab: Tab) -> None:
    tab.press("Practice")
    tab.page.get_by_text("No full month yet").wait_for()
    tab.press("One month")
    tab.until(lambda: tab.date() == "2017-02-01")
    tab.page.get_by_role("heading", name="What the 480 minutes of a couple's shift go to").wait_for()
    told = [float(word) for word in tab.page.locator(".cf-cascade .cf-word").all_inner_texts()]
    assert len(told) == 11
    assert told[-1] == 480.0
    assert abs(sum(told[:-1]) - 480.0) <= 0.5
    assert tab.page.locator(".cf-panel .cf-chart canvas").count() == 6
    tab.press("Problems")
    tab.page.get_by_role("rowheader", name="Sector 1", exact=True).wait_for()
    assert "Villa Canales" not in tab.page.locator(".cf-panel").inner_text()
    tab.press("Español")
    tab.page.get_by_role("heading", name="Problemas por sector").wait_for()
    tab.press("Práctica")
    tab.page.get_by_text("En qué se van los 480 minutos del turno de una pareja").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 1280
    tab.press("English")


def test_gang_territory_is_shown_on_request_only_and_without_names(tab: Tab) -> None:
    tab.page.locator(".v-select", has_text="Layer").first.click()
    assert "Gang territory" not in tab.page.locator(".menuable__content__active").inner_text()
    tab.page.keyboard.press("Escape")
    tab.page.get_by_text("Gangs and narco", exact=True).click()
    tab.page.get_by_text("Synthetic: drawn anew").wait_for()
    box = tab.page.locator(".cf-canvas").first.bounding_box()
    tab.page.mouse.move(box["x"] + 0.52 * box["width"], box["y"] + 0.6 * box["height"])
    tip = tab.page.locator(".cf-map .cf-tip")
    tip.wait_for()
    assert "Villa Canales" not in tip.inner_text()
    tab.page.get_by_text("Gangs and narco", exact=True).click()
    tab.page.get_by_text("Synthetic: drawn anew").wait_for(state="hidden")


def test_the_tour_has_six_steps_and_a_workshop_reveals(fresh: Tab) -> None:
    fresh.press("Tour")
    for step in range(1, 6):
        fresh.page.get_by_text(f"{step}/6").wait_for()
        fresh.press("Next")
        fresh.still()
    fresh.page.get_by_text("6/6").wait_for()
    fresh.press("Close")
    fresh.page.get_by_text("6/6").wait_for(state="hidden")
    fresh.press("Workshop")
    fresh.page.get_by_text("Guess first").wait_for()
    fresh.press("Reporting support")
    fresh.press("It hardly moves")
    fresh.page.get_by_text("Crimes reported to the State: A").wait_for()
    fresh.page.get_by_text("In this world").wait_for()


def test_a_closed_tab_stops_its_run_and_visitors_do_not_meet(browser: Any, url: str) -> None:
    one, two = Tab(browser, url + LIFE), Tab(browser, url + LIFE, stranger=True)
    for tab in (one, two):
        tab.ready()
    one.press("Play")
    one.until(lambda: one.date() > "2017-01-03")
    assert two.date() == "2017-01-01"
    before = players(url)
    one.close()
    two.until(lambda: players(url) < before)
    two.press("One shift")
    two.until(lambda: "14–22" in two.page.locator(".cf-clock").inner_text())
    two.close()
    assert one.wrong + two.wrong == []


@pytest.mark.parametrize("path", ["..%2f..%2fpyproject.toml", "static/public/..%2f..%2fpyproject.toml"])
def test_nothing_else_can_be_read(url: str, path: str) -> None:
    try:
        answer = urllib.request.urlopen(url + path)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        assert b"hatchling" not in answer.read()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 720)])
def test_the_main_controls_need_no_scrolling(tab: Tab, width: int, height: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.until(lambda: tab.page.evaluate("innerWidth") == width)
    for name in ("Play", "One shift", "One month", "Restart", "Twins", "Español"):
        box = tab.page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    canvas = tab.page.locator(".cf-canvas").bounding_box()
    assert canvas["y"] + canvas["height"] <= height
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_has_a_label(tab: Tab) -> None:
    unnamed = tab.page.evaluate(
        """[...document.querySelectorAll('.cf-page button, .cf-page canvas, .cf-page input')]
        .filter((one) => one.offsetParent && one.type !== 'hidden')
        .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
        .map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []


@pytest.mark.slow  # every tab that a test opens notes what it asks for outside this machine
def test_the_page_works_with_no_network_at_all(tmp_path: Path) -> None:
    """Server and Chromium in a network namespace that has nothing but loopback."""
    inside = ["unshare", "--net", sys.executable, "tests/support/offline.py", str(tmp_path)]
    if subprocess.run([*inside[:2], "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a network namespace")
    told = subprocess.run(inside, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "nothing went wrong" in told.stdout


def test_mesas_own_page_plays_steps_and_resets(browser: Any, tmp_path: Path) -> None:
    port = free_port()
    with served(program("view", "--mesa", "--port", str(port)), port, tmp_path):
        tab = Tab(browser, f"http://127.0.0.1:{port}/")
        tab.ready()
        tab.page.get_by_role("button", name="Step").click()
        tab.page.get_by_text("2017-01-01, shift 2 of 3").wait_for()
        tab.page.get_by_role("button", name="▶").click()
        tab.page.get_by_text(re.compile(r"2017-0(?!1-01)\d-\d\d, shift")).wait_for()
        tab.page.get_by_role("button", name="❚❚").click()
        tab.page.get_by_role("button", name="Reset").click()
        tab.page.get_by_text("2017-01-01, shift 1 of 3").wait_for()
        tab.page.get_by_role("button", name="Closer").click()
        tab.close()
        assert tab.wrong == []
