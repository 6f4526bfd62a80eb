"""An error in a script of any page shows a sentence in both languages; no page stays blank."""

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from chromium import PRINTED, SECONDS, free_pair, free_port, needs_chromium, program, served, small_town_file, told

from experiments.classroom.page import ClassroomWidget
from experiments.page.address import VIEWS
from experiments.page.application import STATIC_FOLDER
from experiments.town_page.town_data import bare_town, page_data
from experiments.town_page.town_page import FOLDER, page_script, town_page
from experiments.words.script_fault import SCRIPT_FAULT
from experiments.workshop import phone_gate

PAGES = [
    STATIC_FOLDER / "page.html",
    *phone_gate.STATIC_FOLDER.glob("*.html"),
    *FOLDER.glob("*.html.j2"),
]
PLANTED = '\nthrow new Error("planted");\n'
DETAILS = re.compile(r"planted|did not load|Cannot (read|set) properties")


def test_every_page_includes_the_script_that_shows_faults_before_its_own() -> None:
    assert len(PAGES) == 5
    for file in PAGES:
        first, *others = re.findall(r"<script.*?</script>", file.read_text(encoding="utf-8"), re.DOTALL)
        assert "fault" in first, file
        assert 'type="module"' not in first, file  # deferred: the other would come first
        assert others, file
    assert ClassroomWidget._esm.startswith(SCRIPT_FAULT)


@contextlib.contextmanager
def shown_fault(tab: Any) -> Iterator[None]:
    """Check that a tab shows the sentence in both languages and the error once."""
    yield
    place = tab.locator("#script-fault")
    place.wait_for(timeout=1000 * SECONDS)
    assert place.count() == 1
    assert place.locator("[lang=es]").inner_text().startswith("Algo falló en esta página. Vuelva a cargarla;")
    assert place.locator("[lang=en]").inner_text().startswith("Something on this page failed. Reload it;")
    assert DETAILS.search(place.locator("code").inner_text())
    box = place.bounding_box()
    assert 0.0 <= box["y"] < 20.0
    assert box["height"] > 40.0


FAULTS = {
    "error": "setTimeout(() => { throw new Error('planted'); })",
    "rejection": "Promise.reject(new Error('planted'))",
    "missing script": "document.body.append(Object.assign(document.createElement('script'), { src: 'x.js' }))",
}


@needs_chromium
def test_errors_rejections_and_scripts_that_do_not_load_are_shown_and_harmless_notes_are_not(browser: Any) -> None:
    tab = browser.new_page()
    for fault in FAULTS.values():
        tab.set_content(f"<p>page</p><script>{SCRIPT_FAULT}</script>")
        tab.evaluate("dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver loop limit exceeded' }))")
        tab.evaluate("document.body.append(Object.assign(new Image(), { src: 'file:///no.png' }))")
        tab.wait_for_timeout(50)
        assert tab.locator("#script-fault").count() == 0
        with shown_fault(tab):
            tab.evaluate(f"() => {{ {fault} }}")
            tab.evaluate(f"() => {{ {fault} }}")
    tab.close()


def tab_with(browser: Any, script: str, change: Callable[[str], str]) -> Any:
    """Open a tab of somebody new, in which a script is changed as it is loaded."""
    tab = browser.new_context().new_page()

    def changed(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=change(answer.text()))

    tab.route(f"**/{script}", changed)
    return tab


def with_error(text: str) -> str:
    """Append an error to a script."""
    return text + PLANTED


@needs_chromium
@pytest.mark.thorough
@pytest.mark.parametrize(
    ("view", "script"), [("why", "page.js"), ("why", "draw.js"), *((view, f"{view}.js") for view in VIEWS)]
)
def test_an_error_in_a_script_of_the_page_is_shown(browser: Any, url: str, view: str, script: str) -> None:
    tab = tab_with(browser, f"static/{script}", with_error)
    with shown_fault(tab):
        tab.goto(f"{PRINTED[urlsplit(url).port or 0]}&view={view}")
    tab.close()


@needs_chromium
@pytest.mark.thorough
def test_an_error_while_the_page_is_drawn_is_shown(browser: Any, url: str) -> None:
    tab = tab_with(browser, "static/page.js", lambda text: text.replace("s.towns.map", "s.planted.map"))
    with shown_fault(tab):
        tab.goto(f"{PRINTED[urlsplit(url).port or 0]}&view=why")
    assert "map" in tab.inner_text("#script-fault code")
    tab.close()


@needs_chromium
@pytest.mark.thorough
def test_an_error_in_a_script_of_the_room_or_of_a_phone_is_shown(browser: Any, tmp_path: Path) -> None:
    port = free_pair()
    options = ["--room", "--phones", "127.0.0.1", "--lang", "es", "--port", str(port)]
    with served(program("view", str(small_town_file(tmp_path)), *options), port, tmp_path):
        screen = re.search(r"http://\S+token=\S+", told(tmp_path))
        assert screen
        for address, script, element in (
            (screen[0], "static/room.js", "agenda"),
            (f"http://127.0.0.1:{port + 1}/u", "u.js", "language"),
        ):
            tab = tab_with(browser, script, with_error)
            with shown_fault(tab):
                tab.goto(address)
            tab.close()
            tab = tab_with(browser, script, lambda text: text)
            tab.goto(address)
            tab.wait_for_selector("h1:not(:empty)")
            assert tab.locator("#script-fault").count() == 0
            with shown_fault(tab):  # an element that every drawing needs is gone
                tab.evaluate("id => document.getElementById(id).remove()", element)
            tab.close()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the classroom; return its address with the token."""
    port, folder = free_port(), tmp_path_factory.mktemp("classroom")
    with served(program("view", "--mesa", "--lang", "es", "--port", str(port)), port, folder):
        yield PRINTED[port]


@needs_chromium
@pytest.mark.thorough
@pytest.mark.parametrize("place", ["const root =", "function drawFrame() {", "const LINE_DASHES ="])
def test_an_error_in_the_script_of_the_classroom_is_shown(browser: Any, classroom: str, place: str) -> None:
    """Plant it in the message that carries the script: where it renders, draws, or is loaded."""
    error = "throw new Error('planted');"
    changed = f"{place} {error}" if place.endswith("{") else f"{error} {place}"

    def change_messages(socket: Any) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda one: socket.send(one.replace(place, changed) if isinstance(one, str) else one))

    tab = browser.new_context().new_page()
    tab.route_web_socket(re.compile("channels"), change_messages)
    with shown_fault(tab):
        tab.goto(classroom)
    tab.close()


@needs_chromium
@pytest.mark.thorough
def test_an_error_in_the_script_of_the_page_of_a_town_is_shown(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "town.html"
    page = town_page(page_data(["trust.fast"], [bare_town("villa_canales")], "confianza view"))
    file.write_text(page.replace(page_script(), PLANTED + page_script()), encoding="utf-8")
    tab = browser.new_page()
    with shown_fault(tab):
        tab.goto(file.as_uri())
    tab.close()
