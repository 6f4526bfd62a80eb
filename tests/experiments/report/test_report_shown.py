"""The report in Chromium: no network, no script, on a phone, in print."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, needs_chromium

from experiments.cli import app as cli
from experiments.report import build

pytestmark = [pytest.mark.thorough, needs_chromium]
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25", "--replicates", "2")
A4 = (595, 842)
"""Points."""
MOST_SHEETS = 8
SHEET = rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]"
SHEET_INSIDE = {"width": 710, "height": 1043}
"""Pixels of a sheet within its margins, 96 an inch."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
NUMBER_IN_NARROWEST_COLUMN = """() => {
    const table = document.querySelector(".one table"), cell = table.querySelector(".today + tr").lastElementChild;
    [...table.querySelectorAll("col")].at(-1).className = cell.className = "cost";
    cell.innerHTML = "<data>+175,296</data>";
    const number = cell.firstElementChild;
    return [number.getClientRects().length, number.offsetWidth <= cell.offsetWidth];
}"""
"""Puts a long number into a column as narrow as those of costs: on how many lines it stands, and whether it fits."""
WIDER_THAN_PAGE = """[...document.querySelectorAll("main *")].filter(one =>
    one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".wide") && !one.closest("svg")).length"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return the file of a small report in both languages."""
    place = tmp_path_factory.mktemp("shown")
    words = ["compare", "status_quo", "reporting_support", *SMALL, "--out", str(place / "compared")]
    assert cli.run_program(words) == 0
    file = place / "informe.html"
    file.write_bytes(build(place / "compared", "both"))
    return file


@pytest.fixture
def page(report):
    """Return the report on a phone that has neither network nor scripts; nothing but the file may be asked for."""
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, offline=True, java_script_enabled=False)
        tab, asked = context.new_page(), []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(report.as_uri())
        yield tab
        assert asked == [report.as_uri()]


@pytest.mark.thorough
def test_the_language_is_switched_without_script(page):
    heading = page.get_by_role("heading", name="¿Se mueve la confianza, y cuándo?")
    curve = page.get_by_text("- - A, como hoy", exact=True).first
    assert heading.is_visible()
    assert curve.is_visible()
    page.get_by_text("English", exact=True).click()
    assert not heading.is_visible()
    assert not curve.is_visible()
    assert page.get_by_role("heading", name="Does trust move, and when?").is_visible()


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["Español", "English"])
def test_axe_finds_nothing_with_the_annex_closed_and_opened(report, screen, language):
    with chromium() as browser:
        tab = browser.new_context(viewport=screen, offline=True).new_page()
        tab.goto(report.as_uri())
        tab.get_by_text(language, exact=True).click()
        for _ in ("closed", "opened"):
            found = Axe().run(tab).response["violations"]
            assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []
            tab.locator("details.annex").evaluate("one => one.open = true")


def test_nothing_is_wider_than_a_phone(report):
    with chromium() as browser:
        tab = browser.new_context(viewport=PHONE, offline=True).new_page()
        tab.goto(report.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert tab.evaluate(WIDER_THAN_PAGE) == 0
        figures = tab.locator(".chapter figure svg")
        assert figures.count() > 5
        assert all(figures.nth(k).bounding_box()["height"] > 80 for k in range(figures.count()))


def test_a_number_stands_on_one_line_in_the_narrowest_column(report):
    with chromium() as browser:
        tab = browser.new_context(viewport=DESK, offline=True).new_page()
        tab.goto(report.as_uri())
        assert tab.evaluate(NUMBER_IN_NARROWEST_COLUMN) == [1, True]


def test_no_block_that_stays_together_leaves_half_a_sheet_blank(report):
    with chromium() as browser:
        tab = browser.new_context(viewport=SHEET_INSIDE, offline=True).new_page()
        tab.emulate_media(media="print")
        tab.goto(report.as_uri())
        tall = "(name) => [...document.querySelectorAll(name)].map(one => one.getBoundingClientRect().height)"
        figures, pages = tab.evaluate(tall, ".chapter figure"), tab.evaluate(tall, ".one")
        assert tab.evaluate("getComputedStyle(document.querySelector('.chapter')).breakInside") == "auto"
    assert len(figures) > 5
    assert max(figures) < SHEET_INSIDE["height"] / 2
    assert 0 < max(pages) <= SHEET_INSIDE["height"]


def test_it_prints_on_few_sheets_of_a4_and_on_more_only_if_the_annex_is_opened(report):
    with chromium() as browser:
        tab = browser.new_context(offline=True).new_page()
        tab.goto(report.as_uri())
        paper = tab.pdf(prefer_css_page_size=True)
        tab.locator("details.annex").evaluate("one => one.open = true")
        opened = tab.pdf(prefer_css_page_size=True)
    sheets = re.findall(SHEET, paper)
    assert 1 < len(sheets) <= MOST_SHEETS < len(re.findall(SHEET, opened))
    assert {(round(float(width)), round(float(height))) for width, height in sheets} == {A4}
