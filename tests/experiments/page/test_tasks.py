"""Ten tasks on the views of the pairs, in a real Chromium: each takes four actions at most from the first view."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from actions import Person
from chromium import Tab, needs_chromium

pytestmark = [pytest.mark.thorough, needs_chromium]

OPEN = "?years=1&measures=training.3,heavy_hand.2&lang=en"


@pytest.fixture(scope="module")
def kept(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab with two measures moved, whose worlds have been simulated."""
    tab = Tab(browser, url + OPEN)
    tab.lived()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield tab
    tab.close()
    assert tab.wrong == []


@pytest.fixture
def person(kept: Tab, url: str) -> Iterator[Person]:
    """Return a person before the first view."""
    kept.page.goto(url + OPEN)
    kept.lived()
    kept.page.wait_for_selector(".page[data-view=why]")
    yield Person(kept.page)
    assert kept.wrong == []


def address_with(person: Person, part: str) -> None:
    """Wait until the address says something."""
    person.wait_for_function("(part) => location.search.includes(part)", arg=part)


def test_why_trust_moved_and_in_which_settlement(person: Person) -> None:
    with person.task():
        person.click("#tab-why")
        person.wait_for_selector(".wf .total")
        place = person.locator(".pl button").first.inner_text()
        person.click(".pl button")
        address_with(person, "place=")
    assert place in person.locator(".crumb b").inner_text()
    assert person.locator(".wf tbody tr").count() > 5


def test_where_trust_moved_on_the_map(person: Person) -> None:
    with person.task():
        person.click("#tab-map")
        person.wait_for_selector(".spot select")
        assert re.search(r"Trust (rises|falls) most in|In no settlement", person.locator(".answer").inner_text())
        names = person.locator(".spot option").all_inner_texts()
        person.choose(".spot select", names[-1])
        address_with(person, f"place={len(names)}")
    assert person.locator(".spot .pt tbody tr").count() == 5


def test_a_life(person: Person) -> None:
    with person.task():
        person.click("#tab-life")
        person.wait_for_selector(".ev tbody tr")
    assert "Trust in the police went from" in person.locator(".answer").inner_text()


def test_one_choice_of_a_resident_term_by_term(person: Person) -> None:
    with person.task():
        person.click("#tab-life")
        person.wait_for_selector(".tm tr.total")
    assert "tell nobody" in person.locator(".answer").inner_text()
    rows = person.locator(".ifs tr td:last-child").all_inner_texts()
    assert int(rows[-1]) > int(rows[0])


def test_hearings_of_an_auxiliary_mayor(person: Person) -> None:
    with person.task():
        person.click("#tab-life")
        person.click("[data-name=kind-authority]")
        address_with(person, "authority-1-1")
        person.wait_for_selector(".ev button")
        person.click(".ev tr:last-child button")
        person.wait_for_selector(".ev tr:last-child button[aria-pressed=true]")
    assert re.search(r"Decisive:|No single reason", person.locator(".terms").inner_text())


def test_another_month(person: Person) -> None:
    with person.task():
        person.click("#tab-map")
        person.wait_for_selector(".time input")
        person.key(".time input", "ArrowLeft")
        address_with(person, "month=11")
    assert person.locator(".time output").inner_text() == "Nov 2017"


def test_couples_and_incidents_on_the_map(person: Person) -> None:
    with person.task():
        person.click("#tab-map")
        person.click(".over label:has([value=couples])")
        person.click(".over label:has([value=incidents])")
    assert person.locator(".pane.p0 .last-day path").count() > 0
    assert "one pair of worlds" in person.locator(".see .note").inner_text()
    assert person.locator(".pane.p2 .last-day > *").count() == 0


def test_the_data_are_exported(person: Person) -> None:
    with person.task():
        person.click(".share summary")
        with person.expect_download() as waiting:
            person.click("[data-name=save_data]")
    assert waiting.value.suggested_filename == "small.csv"


@pytest.mark.parametrize(("button", "copied"), [("copy_link", "measures=training.3"), ("copy_python", "confianza")])
def test_a_link_and_the_program_in_python_are_copied(person: Person, button: str, copied: str) -> None:
    person.evaluate("navigator.clipboard.writeText('')")
    with person.task():
        person.click(".share summary")
        person.click(f"[data-name={button}]")
        person.wait_for_function("async (part) => (await navigator.clipboard.readText()).includes(part)", arg=copied)


def test_the_parts_of_a_criterion(person: Person) -> None:
    with person.task():
        person.click("#tab-criteria")
        person.click(".crit button:nth-child(2)")
        address_with(person, "show=c2")
        person.wait_for_selector(".crit button:nth-child(2)[aria-pressed=true]")
    assert person.locator(".opened h2").inner_text() == "2 Consultation"
    assert person.locator(".tables .pt").first.locator("tbody tr").count() == 5


@pytest.mark.thorough
def test_the_other_municipality(person: Person) -> None:
    with person.task():
        person.click(".towns [data-name=totonicapan]")
        person.wait_for_selector(".towns [data-name=totonicapan][aria-pressed=true]")
    assert "town=totonicapan" in person.evaluate("location.search")
