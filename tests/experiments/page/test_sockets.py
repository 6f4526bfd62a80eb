"""Sockets that are slow or send nonsense are closed, say at most one line each, and keep no visitor out."""

import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from chromium import Tab, chromium, complaints, free_port, needs_chromium, program, served, small_town_file
from page_client import (
    BINARY,
    RESERVED,
    Conversation,
    frame,
    message,
    seconds_until_closed,
    slow_sockets,
    status,
)

pytestmark = pytest.mark.thorough

WITHIN = 30.0
"""Seconds within which slow sockets are closed, on a busy machine."""
VISIT = 20.0
"""Seconds within which a visitor is answered meanwhile, on a busy machine."""
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


def lines_after(folder: Path, before: int, expected: int) -> list[str]:
    """Return what has been said since, once as much has been said as is expected, or nothing more comes."""
    end = time.monotonic() + WITHIN
    while len(complaints(folder)) < before + expected and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.3)
    return complaints(folder)[before:]


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


def test_slow_sockets_are_closed_and_keep_nobody_out(place: tuple[int, Path, psutil.Process]) -> None:
    kept_out(place[0], 20)


def kept_out(port: int, number: int) -> tuple[float, float]:
    """Open slow sockets; return the seconds a visitor waits, and those until all are closed."""
    with slow_sockets(port, number) as lines:
        begun = time.monotonic()
        assert status(port, "/") == 200
        visit = time.monotonic() - begun
        closed = seconds_until_closed(lines, WITHIN)
    assert visit < VISIT
    assert closed < WITHIN
    return visit, closed


@pytest.mark.slow
def test_600_slow_sockets(
    place: tuple[int, Path, psutil.Process], record_property: Callable[[str, object], None]
) -> None:
    port, _, server = place
    status(port, "/")
    begun = time.monotonic()
    status(port, "/")
    alone, before = time.monotonic() - begun, server.memory_info().rss / 2**20
    visit, closed = kept_out(port, 600)
    after = server.memory_info().rss / 2**20
    record_property("cases", 600)
    record_property(
        "measured",
        f"600 slow sockets: all closed after {closed:.1f} s; "
        f"a visitor waits {visit:.2f} s, {alone:.2f} s without them; "
        f"{before:.0f} MB before, {after:.0f} MB after",
    )
    assert len(server.net_connections()) < 20
    assert after < 1.10 * before


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
def test_a_visitor_goes_on_beside_slow_and_broken_sockets(place: tuple[int, Path, psutil.Process]) -> None:
    port, _, _ = place
    with chromium() as browser, slow_sockets(port, 600):
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
