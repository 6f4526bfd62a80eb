"""Sockets at the phones' port that are slow or send nonsense are closed, and keep no phone out."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from actions import Person
from chromium import PRINTED, Tab, chromium, complaints, free_pair, needs_chromium, program, served, small_town_file
from page_client import (
    BROKEN_REQUESTS,
    WITHIN,
    ask,
    cookies,
    lines_after,
    seconds_until_closed,
    slow_sockets,
    until_closed,
)
from rooms import HERE, STARTS, asked, port_of, tell_page

pytestmark = pytest.mark.thorough

VISIT = 20.0
"""Seconds within which a phone is answered meanwhile, on a busy machine."""


@dataclass(frozen=True)
class Place:
    """A room that is served: port of the phones, address of the presenter's screen, folder and process."""

    port: int
    screen: str
    folder: Path
    server: psutil.Process


@pytest.fixture(scope="module", params=STARTS)
def place(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Serve a room of a small town to phones on this machine, started in either way."""
    folder, port = tmp_path_factory.mktemp("phones"), free_pair()
    town = str(small_town_file(folder))
    options = ["--room", "--phones", HERE] if request.param == "terminal" else []
    with served(program("view", town, *options, "--lang", "en", "--port", str(port)), port, folder) as server:
        phones, screen = (port + 1, PRINTED[port]) if options else opened_by_page(port, town)
        yield Place(phones, screen, folder, psutil.Process(server.pid))


def opened_by_page(port: int, town: str) -> tuple[int, str]:
    """Open a room to phones by the page; return the port of the phones, and the address of the screen."""
    cookie = {"Cookie": cookies(PRINTED[port])}
    assert tell_page(port, cookie, kind="open", what="room", town=town) == 200
    assert tell_page(port, cookie, kind="network", address=HERE) == 200
    state = json.loads(asked(port, "GET", "/group/state", **cookie)[1])
    return port_of(state["phones"]), state["room"]


@pytest.mark.parametrize("kind", BROKEN_REQUESTS)
def test_a_broken_request_of_a_phone_closes_its_socket_with_one_line(place: Place, kind: str) -> None:
    before = len(complaints(place.folder))
    assert until_closed(place.port, BROKEN_REQUESTS[kind]).startswith(b"HTTP/1.1 400 ")
    assert lines_after(place.folder, before, 1) == ["page: Invalid HTTP request received."]


def test_slow_sockets_are_closed_and_keep_nobody_out(place: Place) -> None:
    kept_out(place.port, 20)


def kept_out(port: int, number: int) -> tuple[float, float]:
    """Open slow sockets; return the seconds a phone waits, and those until all are closed."""
    with slow_sockets(port, number) as lines:
        begun = time.monotonic()
        assert ask(port, "/u").status == 200
        visit = time.monotonic() - begun
        closed = seconds_until_closed(lines, WITHIN)
    assert visit < VISIT
    assert closed < WITHIN
    return visit, closed


@pytest.mark.slow
def test_600_slow_sockets(place: Place, record_property: Callable[[str, object], None]) -> None:
    ask(place.port, "/u")
    begun = time.monotonic()
    ask(place.port, "/u")
    alone, before = time.monotonic() - begun, place.server.memory_info().rss / 2**20
    visit, closed = kept_out(place.port, 600)
    after = place.server.memory_info().rss / 2**20
    record_property("cases", 600)
    record_property(
        "measured",
        f"600 slow sockets: all closed after {closed:.1f} s; "
        f"a phone waits {visit:.2f} s, {alone:.2f} s without them; "
        f"{before:.0f} MB before, {after:.0f} MB after",
    )
    assert len(place.server.net_connections()) < 20
    assert after < 1.10 * before


@needs_chromium
@pytest.mark.slow
def test_a_phone_votes_beside_slow_and_broken_sockets(place: Place) -> None:
    with chromium() as browser, slow_sockets(place.port, 600):
        screen = Tab(browser, place.screen)
        word, number = screen.page.inner_text(".code").split()
        tab = Tab(browser, f"http://127.0.0.1:{place.port}/u?lang=en", 390, 780, stranger=True)
        for content in BROKEN_REQUESTS.values():
            until_closed(place.port, content)
        phone = Person(tab.page)
        phone.fill("#word", word)
        phone.fill("#number", number)
        phone.click(".options button")
        phone.click("footer .main")
        phone.wait_for_selector("#word", state="detached")
        screen.page.click("#next")
        phone.wait_for_selector(".options button:nth-child(2)")
        phone.click(".options button:nth-child(2)")
        phone.click("footer .main")
        screen.page.locator("#clock", has_text="1 of 1").wait_for()
        assert (tab.wrong, screen.wrong) == ([], [])
