"""Sockets that send nonsense are closed, say at most one line each, and disturb no visitor."""

import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from chromium import Tab, chromium, complaints, free_port, needs_chromium, program, served, small_town_file
from page_client import (
    BINARY,
    BROKEN_REQUESTS,
    RESERVED,
    Conversation,
    frame,
    lines_after,
    message,
    status,
    until_closed,
)

pytestmark = pytest.mark.thorough

MALFORMED: dict[str, Callable[[], bytes]] = {
    "no JSON": lambda: frame(b"hello"),
    "no table": lambda: frame(b"[1, 2]"),
    "no kind": lambda: frame(b'{"address": {}, "number": 1}'),
    "unknown kind": lambda: frame(message("execute", code="1")),
    "no fields": lambda: frame(message("ask")),
    "no address": lambda: frame(message("ask", number=1)),
    "no text in the address": lambda: frame(message("ask", address={"years": 2}, number=1)),
    "a list for an address": lambda: frame(message("ask", address=["years"], number=1)),
    "no whole number": lambda: frame(message("ask", address={}, number=True)),
    "wrong field": lambda: frame(message("file", what=1)),
    "nested": lambda: frame(b"[" * 60_000),
    "not UTF-8": lambda: frame(b"\xff\xfe\xff"),
    "bytes": lambda: frame(message("file", what="data"), BINARY),
    "too long": lambda: frame(message("code", link=70_000 * "x")),
    "not masked": lambda: frame(b"{}", masked=False),
    "no such frame": lambda: frame(b"x", RESERVED),
    "reserved bits": lambda: b"\xf1\x80\0\0\0\0",
    "a terabyte": lambda: b"\x81\xff" + struct.pack("!Q", 2**40) + b"\0\0\0\0",
    "fifty at once": lambda: 50 * frame(b"hello"),
}
UNKNOWN: dict[str, bytes] = {
    "address": message("ask", address={"yeers": "2"}, number=1),
    "view": message("ask", address={"view": "nowhere"}, number=1),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path, psutil.Process]]:
    """Serve a small town; return port, folder and process."""
    folder, port = tmp_path_factory.mktemp("sockets"), free_port()
    town = small_town_file(folder)
    with served(program("view", str(town), "--port", str(port)), port, folder) as server:
        yield port, folder, psutil.Process(server.pid)


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_message_closes_its_socket_with_one_line(
    place: tuple[int, Path, psutil.Process], kind: str
) -> None:
    port, folder, _ = place
    before = len(complaints(folder))
    line = Conversation(port)
    line.send(MALFORMED[kind]())
    assert line.is_closed()
    line.close()
    said = lines_after(folder, before, 1)
    assert len(said) == 1, said
    assert len(said[0]) < 400


@pytest.mark.parametrize("what", UNKNOWN)
def test_a_wrong_address_is_answered_on_the_page_and_not_on_the_console(
    place: tuple[int, Path, psutil.Process], what: str
) -> None:
    port, folder, _ = place
    before = len(complaints(folder))
    line = Conversation(port)
    line.send(frame(UNKNOWN[what]))
    assert not line.is_closed(1.0)
    line.close()
    assert lines_after(folder, before, 0) == []


@pytest.mark.parametrize("kind", BROKEN_REQUESTS)
def test_a_broken_request_closes_its_socket_with_one_line(place: tuple[int, Path, psutil.Process], kind: str) -> None:
    port, folder, _ = place
    before = len(complaints(folder))
    assert until_closed(port, BROKEN_REQUESTS[kind]).startswith(b"HTTP/1.1 400 ")
    assert lines_after(folder, before, 1) == ["page: Invalid HTTP request received."]


@pytest.mark.slow
def test_1000_malformed_messages(
    place: tuple[int, Path, psutil.Process], record_property: Callable[[str, object], None]
) -> None:
    port, folder, server = place
    told, memory, begun = len(complaints(folder)), server.memory_info().rss / 2**20, time.monotonic()
    kinds = list(MALFORMED.values())
    for k in range(1000):
        line = Conversation(port)
        line.send(kinds[k % len(kinds)]())
        assert line.is_closed(), list(MALFORMED)[k % len(kinds)]
        line.close()
    seconds, said = time.monotonic() - begun, len(lines_after(folder, told, 1000))
    after = server.memory_info().rss / 2**20
    record_property("cases", 1000)
    record_property(
        "measured",
        f"1,000 malformed messages: {said} lines, {seconds:.0f} s; {memory:.0f} MB before, {after:.0f} MB after",
    )
    assert said == 1000
    assert after < 1.10 * memory
    assert status(port, "/") == 200


@needs_chromium
@pytest.mark.slow
def test_a_visitor_goes_on_beside_broken_sockets(place: tuple[int, Path, psutil.Process]) -> None:
    port, _, _ = place
    with chromium() as browser:
        tab = Tab(browser, f"http://127.0.0.1:{port}/?years=1&lang=en")
        tab.lived()
        for kind in MALFORMED.values():
            line = Conversation(port)
            line.send(kind())
            line.close()
        tab.page.locator("#m-means").press("ArrowLeft")
        tab.lived()
        tab.until(lambda: tab.answer().startswith("With 1 measure"))
        tab.close()
        assert tab.wrong == []
