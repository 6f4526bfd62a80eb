"""Rooms that are started from a terminal, or by the page of a town, and requests to them."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any

from chromium import PRINTED, SECONDS
from page_client import ask
from starlette.requests import Request

from experiments.page import application as page
from experiments.workshop.opening import GroupScreens
from experiments.workshop.room_server import ServedRoom, serve_screen

HERE = "127.0.0.1"
STARTS = ("terminal", "page")
"""Ways of starting a room: by `confianza view --room`, and by the page of a town."""


def asked(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, Any]:
    """Send a request with a body; return status, content and headers of the answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with contextlib.closing(line):
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        line.request(method, path, content, headers)
        answer = line.getresponse()
        return answer.status, answer.read(), answer.headers


@contextlib.contextmanager
def page_with_groups() -> Iterator[tuple[GroupScreens, int, dict[str, str]]]:
    """Serve the page of a town behind its guard, without workers; yield its screens, port and cookie."""
    screens = GroupScreens()
    link, server = serve_screen(page.application(*screens.routes), page.PAGE_REQUESTS, "test")
    port = port_of(link)
    PRINTED[port] = link
    try:
        yield screens, port, {"Cookie": "; ".join(ask(port, link[link.index("/?") :]).cookies())}
    finally:
        for what in ("room", "class"):
            screens.close(Request({"type": "http"}), {"what": what})
        PRINTED.pop(port)
        server.should_exit = True


def port_of(link: str) -> int:
    """Return the port of an address."""
    return int(link.split(":")[2].split("/")[0])


def tell_page(port: int, cookie: dict[str, str], **message: str) -> int:
    """Send a message of the page that opens rooms; return the status of the answer."""
    return asked(port, "POST", "/group/do?lang=es", message, **cookie)[0]


@contextlib.contextmanager
def started(start: str) -> Iterator[ServedRoom]:
    """Open a room and its entry point for phones, in one of two ways."""
    if start == "terminal":
        served_room = ServedRoom("villa_canales", "es")
        served_room.open_to_phones(HERE)
        yield served_room
        served_room.close()
        return
    with page_with_groups() as (screens, port, cookie):
        assert tell_page(port, cookie, kind="open", what="room", town="villa_canales") == 200
        assert tell_page(port, cookie, kind="network", address=HERE) == 200
        assert screens.room is not None
        yield screens.room
