"""Tasks of whoever opens the page of a town, by their numbers in the review of version 0.3: four actions at most each.

Tasks 31 to 44 belong to the classroom and to the room of a workshop, which have tests of their own.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from actions import Person
from chromium import COMPILE_SECONDS, Tab, needs_chromium
from known_pairs import known_design, known_pairs
from served_town import VISITS, PlannedWorkers, serving, write_page

pytest.importorskip("sklearn")
pytestmark = [pytest.mark.thorough, needs_chromium]
PACKAGE = "#town=villa_canales&years=1&measures=training.3,visits.3,heavy_hand.2&lang=en"


@pytest.fixture(scope="module")
def served(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Return a tab on the page of a town whose worlds are made by hand; nothing may go wrong in it."""
    folder, design = tmp_path_factory.mktemp("answers"), known_design()
    write_page(folder, design, known_pairs(design))
    with serving(PlannedWorkers(folder, VISITS), folder) as url:
        tab = Tab(browser, url, 1440, 900, stranger=True)
        tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield tab
        assert tab.wrong == []
        tab.page.context.close()


@pytest.fixture
def person(served: Tab) -> Person:
    """Return a person before the page as opened."""
    return at(served, "#lang=en")


@pytest.fixture
def decided(served: Tab) -> Person:
    """Return a person before the page with three measures."""
    return at(served, PACKAGE)


def at(served: Tab, address: str) -> Person:
    """Return a person before an address of the page."""
    root = re.match(r"http://[^/]+/", served.page.url)
    assert root
    served.page.goto("about:blank")
    served.page.set_viewport_size({"width": 1440, "height": 900})
    served.page.goto(root[0] + address)
    served.page.wait_for_selector("body.ready")
    return Person(served.page)


def test_1_and_2_the_page_opens_on_today(person: Person) -> None:
    assert re.match(r"Today trust is at \d+ of 100", person.inner_text("#answer"))
    assert float(person.get_attribute("body", "data-ms")) < 2000.0


def test_3_one_lever_by_mouse(person: Person) -> None:
    box = person.locator("#m-visits").bounding_box()
    with person.task():
        person.actions += 1
        person.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert person.inner_text("#answer").startswith("With long visits, trust rises")


def test_4_three_levers_by_keyboard(person: Person) -> None:
    with person.task():
        for name in ("training", "visits", "rotation"):
            person.key(f"#m-{name}", "End")
    assert person.inner_text("#answer").startswith("With training, long visits and fewer transfers, ")


def test_5_why_names_causes_that_go_one_way(decided: Person) -> None:
    with decided.task():
        decided.click("[data-door=why]")
    causes = decided.locator(".cause").all_inner_texts()
    assert causes[0].replace("\n", " ").startswith("1 Heavy hand: lowers trust.")
    assert all(int(found) >= 88 for found in re.findall(r"in (\d+) of 100 worlds", " ".join(causes)))


def test_10_criteria(decided: Person) -> None:
    with decided.task():
        decided.click("[data-door=better]")
    assert decided.locator(".criterion").count() == 4


def test_12_five_years_are_answered_by_whole_towns(decided: Person) -> None:
    with decided.task():
        decided.click("#years [data-years='5']")
        decided.click("#check")
        decided.wait_for_selector("#source[data-stamp=alone]")
    assert "Trust: " in decided.inner_text("#source-note")


def test_13_the_other_municipality(decided: Person) -> None:
    with decided.task():
        decided.click("#towns [data-town=totonicapan]")
    assert "town=totonicapan" in decided.page.url


def test_14_language_and_dark(decided: Person) -> None:
    with decided.task():
        decided.click("#lang")
        decided.click("#dark")
    assert decided.inner_text("#answer").startswith("Con mano dura")
    assert decided.evaluate("() => document.documentElement.dataset.dark") == "true"


def test_15_the_last_move_is_undone(decided: Person) -> None:
    before = decided.inner_text("#answer")
    decided.key("#m-means", "End")
    assert decided.inner_text("#answer") != before
    with decided.task():
        decided.key("body", "Control+z")
        decided.wait_for_function(
            "(text) => document.getElementById('answer').innerText.trim() === text", arg=before.strip()
        )


def test_16_a_colleague_gets_the_page_as_a_file(decided: Person, tmp_path: Path, browser: Any) -> None:
    answer = decided.inner_text("#answer")
    with decided.task(), decided.expect_download() as waiting:
        decided.click("#share")
        decided.click("[data-share=file]")
    waiting.value.save_as(tmp_path / "page.html")
    decided.key("#sharing", "Escape")
    colleague = browser.new_context(offline=True, locale="en").new_page()
    colleague.goto((tmp_path / "page.html").as_uri())
    assert colleague.inner_text("#answer") == answer
    colleague.context.close()


def test_18_a_picture(decided: Person) -> None:
    with decided.task(), decided.expect_download() as waiting:
        decided.click("#share")
        decided.click("[data-share=png]")
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
    decided.key("#sharing", "Escape")


def test_22_the_decision_is_printed_on_one_sheet(decided: Person) -> None:
    decided.evaluate("() => { window.print = () => { document.body.dataset.printed = 1; }; }")
    with decided.task():
        decided.click("#share")
        decided.click("[data-share=print]")
    assert decided.get_attribute("body", "data-printed") == "1"
    assert decided.page.pdf(prefer_css_page_size=True).count(b"/MediaBox") == 1


def test_23_present_and_leave_with_escape(decided: Person) -> None:
    with decided.task():
        decided.click("#share")
        decided.click("[data-share=present]")
        assert decided.locator(".levers").is_hidden()
        assert decided.locator("#plot").is_visible()
        assert decided.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
        decided.key("body", "Escape")
    assert decided.locator(".levers").is_visible()


def test_24_the_exact_value_by_hover(decided: Person) -> None:
    with decided.task():
        decided.actions += 1
        decided.page.hover("[data-measure=crimes_occurred] .value")
    assert re.search(r"Nine of ten worlds: [−+\d.,]+ to [−+\d.,]+\.", decided.inner_text("#tip"))


def test_25_the_meaning_of_mp_and_of_no_remedy(decided: Person) -> None:
    with decided.task():
        decided.click(".lever[data-lever=reporting] .term")
        assert "prosecutor (MP)" in decided.inner_text("#tip")
        decided.click("[data-measure=domestic_without_remedy] .term")
    assert "no protection, hearing or help" in decided.inner_text("#tip")


def test_26_a_lever_is_moved_and_read_on_a_phone(person: Person) -> None:
    person.page.set_viewport_size({"width": 390, "height": 844})
    with person.task():
        person.key("#m-training", "End")
    box = person.locator("#answer").bounding_box()
    lever = person.locator(".lever").first.bounding_box()
    assert box["y"] >= 0.0
    assert lever["y"] + lever["height"] <= 844.0
    assert person.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_27_without_colour_vision_words_and_places_tell_the_same(decided: Person) -> None:
    session = decided.page.context.new_cdp_session(decided.page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    zones = decided.evaluate("() => [...document.querySelectorAll('#plot text')].map((one) => one.textContent)")
    assert {"falls", "hardly changes", "rises"} <= set(zones)
    assert decided.locator(".row.grows .value b").first.inner_text() == "rises"
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})


def test_28_at_twice_the_size_nothing_is_cut_off(decided: Person) -> None:
    decided.page.set_viewport_size({"width": 720, "height": 450})
    assert decided.evaluate("() => document.documentElement.scrollWidth") <= 720


def test_29_a_wrong_address_says_so_and_shows_today(served: Tab) -> None:
    person = at(served, "?mesures=training.2&lang=en")
    assert "so it shows today" in person.inner_text("#notice")
    assert person.inner_text("#answer").startswith("Today trust")


def test_30_how_sure_it_is_of_what_nobody_has_measured(decided: Person) -> None:
    assert re.search(r"trust [a-z ]+: [−+\d.]+ to [−+\d.]+ points", decided.inner_text("#answer"))
    with decided.task():
        decided.click("[data-door=wrong]")
        decided.click("[data-claim='trust.asymmetry:high']")
    assert "Only the worlds in which this is true: Bad weighs far more than good." in decided.inner_text("#only")


def test_46_the_explorer_is_the_page_itself(person: Person) -> None:
    with person.task():
        person.key("#m-visits", "End")
    assert float(person.get_attribute("body", "data-ms")) < 1000.0
    assert person.locator("#plot .dot").count() == 100


# On the views of the pairs, from the page of a small town that is simulated


@pytest.fixture(scope="module")
def small(browser: Any, url: str) -> Iterator[Tab]:
    """Return a tab whose worlds have been simulated."""
    tab = Tab(browser, f"{url}?years=1&measures=training.3,heavy_hand.2&lang=en")
    tab.lived()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield tab
    tab.close()
    assert tab.wrong == []


@pytest.fixture
def resident(small: Tab, url: str) -> Person:
    """Return a person before the page of the small town with two measures."""
    small.page.goto("about:blank")
    small.page.goto(f"{url.removesuffix('towns')}?years=1&measures=training.3,heavy_hand.2&lang=en")
    small.page.wait_for_selector("body.ready")
    return Person(small.page)


def views_of(person: Person, door: str, view: str) -> None:
    """Open a view of the pairs through a question of the page."""
    person.click(f"[data-door={door}]")
    person.click(f"#room [data-view={view}]")
    person.wait_for_selector(f".page[data-view={view}][data-state=done]", timeout=1000.0 * COMPILE_SECONDS)


def test_6_7_and_8_where_crime_on_the_map_and_month_by_month(resident: Person) -> None:
    with resident.task():
        views_of(resident, "pays", "map")
        resident.click(".see label:has-text('Crimes that happened')")
        resident.wait_for_function("() => location.search.includes('show=occurred')")
        resident.click(".play button, .time button")
        resident.wait_for_function("() => document.querySelector('.time output').textContent !== 'Dec 2017'")
    assert re.search(r"(worse|better)", resident.inner_text(".shade .ends"))


def test_9_one_life_that_differs(resident: Person) -> None:
    with resident.task():
        views_of(resident, "why", "life")
    assert "Trust in the police went from" in resident.locator(".answer").inner_text()


def test_11_measures_that_begin_later(resident: Person) -> None:
    with resident.task():
        views_of(resident, "pays", "map")
        resident.fill(".begins input", "2017-07-01")
        resident.wait_for_function("() => location.search.includes('from=2017-07-01')")


def test_19_to_21_data_policy_and_commands(resident: Person) -> None:
    with resident.task():
        views_of(resident, "better", "criteria")
        resident.click(".share summary")
        with resident.expect_download() as waiting:
            resident.click("[data-name=save_data]")
    assert waiting.value.suggested_filename == "small.csv"
    for name, file in (("save_policy", "measures.toml"),):
        resident.click(".share summary")
        with resident.expect_download() as waiting:
            resident.click(f"[data-name={name}]")
        assert waiting.value.suggested_filename == file
    for name, part in (("copy_command", "confianza compare"), ("copy_python", "import TrustModel")):
        resident.click(".share summary")
        resident.click(f"[data-name={name}]")
        resident.wait_for_function("async (part) => (await navigator.clipboard.readText()).includes(part)", arg=part)
