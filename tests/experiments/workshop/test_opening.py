"""Room and class opened by the page of a town: who can, what the network needs, and what closing ends."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from actions import Person
from axe_playwright_python.sync_playwright import Axe
from chromium import COMPILE_SECONDS, Tab, chromium, free_port, needs_chromium, program, served, small_town_file
from page_client import ask
from rooms import HERE, asked, page_with_groups, port_of, tell_page

from experiments.workshop.opening import GroupScreens
from experiments.workshop.phone_gate import network_address
from experiments.workshop.room_server import ServedRoom

TOWN = "villa_canales"
type Opener = tuple[GroupScreens, int, dict[str, str]]


@pytest.fixture
def opener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    monkeypatch.setattr(ServedRoom, "prepare", lambda _: None)
    with page_with_groups() as found:
        yield found


def open_room(opener: Opener) -> ServedRoom:
    screens, port, cookie = opener
    assert tell_page(port, cookie, kind="open", what="room", town=TOWN) == 200
    assert screens.room is not None
    return screens.room


def is_closed(port: int) -> bool:
    """Tell whether nobody listens at a port any more, within the time in which a server ends."""
    for _ in range(100):
        try:
            socket.create_connection((HERE, port), timeout=1.0).close()
        except OSError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": "confianza=wrong"},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "attacker.example"},
    ],
    ids=str,
)
def test_only_a_page_with_the_token_of_this_machine_opens_anything(opener: Opener, headers: dict[str, str]) -> None:
    screens, port, cookie = opener
    more = {**({} if not headers or "Cookie" in headers else cookie), **headers}
    for kind in ({"kind": "open", "what": "room", "town": TOWN}, {"kind": "network", "address": HERE}):
        assert asked(port, "POST", "/group/do", kind, **more)[0] == 403
    for path in ("/group", "/group/state", "/group/opening.js"):
        assert asked(port, "GET", path, **more)[0] == 403
    assert (screens.room, screens.screens) == (None, {})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 1999, {"kind": "open"}, b"9" * 9999])
def test_a_message_that_the_page_never_sends_is_refused(opener: Opener, body: Any) -> None:
    screens, port, cookie = opener
    assert asked(port, "POST", "/group/do", body, **cookie)[0] == 400
    for town in ("../secret.toml", "", "nowhere"):
        assert tell_page(port, cookie, kind="open", what="room", town=town) == 400
    assert asked(port, "POST", "/group/state", {}, **cookie)[0] == 404
    assert asked(port, "GET", "/group/room.html", **cookie)[0] == 404
    assert screens.screens == {}


def test_without_the_second_confirmation_only_this_machine_reaches_the_room(opener: Opener) -> None:
    _, port, cookie = opener
    assert tell_page(port, cookie, kind="network", address=HERE) == 400  # there is no room
    room = open_room(opener)
    for address in ("", "auto", "0.0.0.0", "8.8.8.8", "127.0.0.2", "::"):
        assert tell_page(port, cookie, kind="network", address=address) == 400
    assert asked(port, "POST", "/group/do", {"kind": "network"}, **cookie)[0] == 400
    assert room.phones is None
    assert room.presenter.joining == {"open": False, "command": ""}
    listening = {one.laddr.ip for one in psutil.Process().net_connections() if one.status == psutil.CONN_LISTEN}
    assert listening == {HERE}


def test_closing_erases_the_votes_and_ends_screen_and_entry_point_and_another_room_has_other_secrets(
    opener: Opener,
) -> None:
    screens, port, cookie = opener
    room = open_room(opener)
    link = screens.screens["room"][0]
    assert tell_page(port, cookie, kind="open", what="room", town=TOWN) == 200  # once more: the same room
    assert screens.room is room
    assert tell_page(port, cookie, kind="network", address=HERE) == 200
    assert tell_page(port, cookie, kind="network", address=HERE) == 400  # is open
    phones = port_of(room.presenter.joining["link"])
    room.room.join(room.room.word, room.room.number, 0, "a")
    assert asked(phones, "GET", "/u")[0] == 200
    assert tell_page(port, cookie, kind="close", what="room") == 200
    assert not room.room.phones
    assert is_closed(phones)
    assert is_closed(port_of(link))
    assert open_room(opener) is not room
    assert screens.screens["room"][0].partition("token=")[2] != link.partition("token=")[2]


def test_the_room_of_a_page_leads_back_to_it_and_opens_in_its_language(opener: Opener) -> None:
    _, port, _ = opener
    room = open_room(opener)
    assert room.presenter.decision == f"http://{HERE}:{port}/?"
    assert room.presenter.language == "es"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, int]]:
    """Serve the page of a small town, and start a browser."""
    folder, port = tmp_path_factory.mktemp("opening"), free_port()
    words = program("view", str(small_town_file(folder)), "--port", str(port), "--lang", "es")
    with served(words, port, folder), chromium() as browser:
        yield browser, port


def shown(person: Any, text: str) -> None:
    person.locator("main", has_text=text).wait_for()


def no_findings(tab: Any) -> bool:
    """Tell that axe finds nothing and nothing is cut off, in light and dark, on a phone and on a screen."""
    for width, height in ((390, 844), (1440, 900)):
        tab.set_viewport_size({"width": width, "height": height})
        for _ in ("light", "dark"):
            tab.click("#theme")
            found = Axe().run(tab).response["violations"]
            assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
    return True


@needs_chromium
@pytest.mark.thorough
def test_a_facilitator_opens_and_closes_a_room_without_a_terminal(page: tuple[Any, int]) -> None:
    browser, port = page
    tab = Tab(browser, f"http://127.0.0.1:{port}/towns?lang=es&view=room", 1440, 900)
    person = Person(tab.page)
    with person.task():
        person.locator(".go[href^='/group']").click()
        person.click("[data-do=room]")
        shown(person, "Los teléfonos no pueden entrar")
    assert no_findings(tab.page)
    with person.task():
        person.click("[data-do=ask]")
        shown(person, "red de confianza" if network_address() else "ninguna red local")
    assert no_findings(tab.page)
    if network_address():
        person.click("[data-do=confirm]")
        shown(person, "ya pueden entrar")
        assert f"http://{network_address()}:" in person.inner_text(".join")
        assert no_findings(tab.page)
    screen = browser.contexts[0].new_page()
    screen.goto(person.get_attribute("a.main", "href"))
    screen.locator("aside", has_text="Misma red wifi" if network_address() else "en la página").wait_for()
    person.click("[data-do=close_room]")
    person.wait_for_selector("[data-do=room]")
    assert tab.wrong == []


@needs_chromium
@pytest.mark.thorough
def test_a_teacher_opens_the_class_without_a_terminal_twice(page: tuple[Any, int]) -> None:
    browser, port = page
    tab = Tab(browser, f"http://127.0.0.1:{port}/group?lang=es", 1440, 900)
    for _ in range(2):
        tab.page.click("[data-do=class]")
        tab.page.wait_for_selector("[data-do=close_class]")
        assert no_findings(tab.page)
        link = tab.page.get_attribute("a.main", "href")
        assert ask(port_of(link), "/").status == 403
        lesson = browser.contexts[0].new_page()
        lesson.goto(link)
        lesson.wait_for_selector("[data-do=link]", timeout=1000.0 * COMPILE_SECONDS)
        lesson.close()
        tab.page.click("[data-do=close_class]")
        tab.page.wait_for_selector("[data-do=class]")
        assert is_closed(port_of(link))
    assert tab.wrong == []
