"""Serve a room: the presenter's screen on this machine, and on request a separate entry point for phones."""

import math
import re
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from experiments.page import application as page
from experiments.page import sites
from experiments.page.application import CONTENT_SECURITY_POLICY
from experiments.page.background_worker import in_background
from experiments.page.message_check import MalformedMessage
from experiments.page.qr_codes import qr_svg
from experiments.page.request_guard import PageRequests, RequestGuard
from experiments.page.serve import HOST, check_port, serve, server_settings
from experiments.storage.progress import print_note
from experiments.words.console import console_text
from experiments.workshop.phone_gate import PhoneGate, language_of, phone_address, read_message
from experiments.workshop.room import RefusedRequest, Room, texts, words
from experiments.workshop.room_messages import PRESENTER_MESSAGES
from experiments.workshop.room_results import PairedRuns
from experiments.workshop.room_view import question_choice, screen_data, with_links
from experiments.workshop.timed_connections import TimedConnection

STATIC_FOLDER = Path(__file__).parent / "static"
PAGE_REQUESTS = PageRequests(
    {"GET": re.compile(r"/|/state|/static/(room\.(js|css)|tokens\.css|fault\.js|draw\.js)"), "POST": re.compile("/do")},
    CONTENT_SECURITY_POLICY,
)
MAX_CONNECTIONS = 400
MAX_QUETZALES = 1e12
POLL_SECONDS = 0.5


class Presenter:
    """The presenter's screen: shows the room and carries out the presenter's actions."""

    def __init__(
        self, room: Room, runs: PairedRuns, joining: dict[str, Any], language: str = "en", decision: str = ""
    ) -> None:
        self.room, self.runs, self.joining, self.language = room, runs, joining, language
        self.decision = decision
        """Begin of addresses of the page of the town; empty until it is served."""

    def application(self) -> Starlette:
        """Return the application of the screen, served to this machine only."""
        return Starlette(
            routes=[
                Route("/", self.document),
                Route("/state", self.state),
                Route("/do", self.perform, methods=["POST"]),
                Route("/static/tokens.css", page.colour_style_sheet),
                Route("/static/fault.js", page.fault_script),
                Route("/static/draw.js", page.draw_script),
                Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
            ]
        )

    def document(self, _: Request) -> Response:
        """Return the HTML document of the screen."""
        return page.html_document(STATIC_FOLDER / "room.html", self.language)

    def state(self, request: Request) -> Response:
        """Return the present data of the screen."""
        data = screen_data(self.room, self.runs, language_of(request, self.language), self.joining)
        return JSONResponse(with_links(data, self.decision, self.runs.site))

    async def perform(self, request: Request) -> Response:
        """Carry out an action: change the phase, count raised hands, set a price, add time, or renew the code."""
        try:
            message = await read_message(request, PRESENTER_MESSAGES)
            ACTIONS[message["kind"]](self.room, message)
        except (MalformedMessage, RefusedRequest) as reason:
            name = str(reason) if isinstance(reason, RefusedRequest) else "malformed"
            return JSONResponse({"refused": words(language_of(request, self.language))[name]}, 400)
        return JSONResponse({})


def add_time(room: Room, _: dict[str, Any]) -> None:
    """Add a minute to the phase."""
    room.extra_seconds += 60.0


def set_price(room: Room, message: dict[str, Any]) -> None:
    """Set a price or the cap; an empty value removes it."""
    room.set_price(message["measure"], parse_price(message["value"]))


def parse_price(text: str) -> tuple[float, float] | None:
    """Return the range of a price as it was typed, a number or two with a dash; None for an empty text.

    >>> parse_price("300,000 – 450,000"), parse_price("1500"), parse_price(" ")
    ((300000.0, 450000.0), (1500.0, 1500.0), None)
    """
    words = [word for word in re.split(r"\s*[-–]\s*", text.replace(",", "").strip()) if word]
    if text.strip().startswith(("-", "–")):
        raise RefusedRequest("wrong_price")
    try:
        ends = [float(word) for word in words]
    except ValueError:
        ends = [math.nan]
    if len(ends) > 2 or not all(0.0 <= end <= MAX_QUETZALES for end in ends) or ends != sorted(ends):
        raise RefusedRequest("wrong_price")
    return (ends[0], ends[-1]) if ends else None


ACTIONS = {
    "go": lambda room, message: room.set_phase(message["phase"], message["question"]),
    "hand": lambda room, message: room.add_by_hand(message["answer"]),
    "price": set_price,
    "time": add_time,
    "code": lambda room, _: room.new_code(),
}


def serve_in_thread(app: Any, name: str, sockets: list[socket.socket] | None = None, **settings: Any) -> uvicorn.Server:
    """Serve an application in a new thread; return the server, which is stopped by ``should_exit``."""
    server = uvicorn.Server(uvicorn.Config(app, **server_settings(**settings)))
    threading.Thread(target=server.run, args=(sockets,), name=name, daemon=True).start()
    return server


def listener_at(address: str, port: int) -> socket.socket:
    """Return a socket that listens at a port, or at any that is free for 0.

    Without `TCP_NODELAY`, which connections inherit, each answer of more than one packet waits 40 milliseconds.
    """
    listener = socket.create_server((address, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve_screen(app: Any, needs: PageRequests, name: str) -> tuple[str, uvicorn.Server]:
    """Serve a page to holders of its own token, at a free port of this machine; return its address and the server."""
    listener = listener_at(HOST, 0)
    guard = RequestGuard(app, listener.getsockname()[1], needs)
    return guard.link, serve_in_thread(guard, f"confianza {name}", [listener], ws_max_size=needs.longest)


def serve_phones(gate: PhoneGate, listener: socket.socket) -> uvicorn.Server:
    """Serve the phones with a warning on the console; return the server, which is stopped by ``should_exit``.

    Anyone in the network can connect, so connections without a request are closed.
    """
    server = serve_in_thread(
        gate, "confianza phones", [listener], http=TimedConnection, ws="none", access_log=False,
        server_header=False, limit_concurrency=MAX_CONNECTIONS,
    )  # fmt: skip
    address, port = listener.getsockname()
    print_note(console_text("page.phones", address=address, port=port))
    return server


class ServedRoom:
    """A room with its screen; phones reach it only once their entry point is opened.

    It shares worlds and workers with the page of the town at ``decision``, so that results of a package compared in the
    room are available there at once.
    """

    def __init__(self, scenario: str, language: str, command: str = "", decision: str = "") -> None:
        self.scenario, self.language = scenario, language
        self.room, self.runs = Room(), PairedRuns(scenario)
        joining = {"open": False, "command": command}
        self.presenter = Presenter(self.room, self.runs, joining, language, decision)
        self.phones: uvicorn.Server | None = None
        self.closed = False

    def open_to_phones(self, address: str, port: int = 0) -> None:
        """Open the entry point for phones at an address of this machine; a port of 0 is any that is free."""
        listener = listener_at(address, port)
        port = listener.getsockname()[1]
        self.phones = serve_phones(PhoneGate(self.room, address, port, self.scenario, self.language), listener)
        url = f"http://{address}:{port}/u"
        self.presenter.joining = {"open": True, "link": url, "qr": qr_svg(url)}

    def prepare(self) -> None:
        """Run the pairs of each question, in order, so that those of the first are finished first."""
        for question in range(len(texts()["question"])):
            chosen = question_choice(question)
            if not self.closed:
                self.runs.request_pairs(chosen)
            while not self.closed and self.runs.state_of(chosen, self.language).running:
                time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Erase all votes, close the entry point for phones and cancel the pairs."""
        self.closed = True
        self.room.set_phase("closed", 0)
        self.runs.cancel()
        if self.phones is not None:
            self.phones.should_exit = True


def serve_room(scenario: str, port: int, language: str, phones: str | None, more: Sequence[BaseRoute] = ()) -> None:
    """Serve the presenter's screen at a port of this machine, and phones at the next port if ``phones`` is given.

    The page of the town, with ``more`` routes, is served at a port of its own.
    """
    address = phone_address(phones) if phones else ""
    check_port(port, last=65534 if address else 65535)
    if address:
        check_port(port + 1, address)
    sites.load_scenario(scenario)
    sites.set_start_options(scenario, language)
    room = ServedRoom(scenario, language, f"confianza view {scenario} --room --phones auto --lang {language}")
    with in_background():
        link, _ = serve_screen(page.application(*more), page.PAGE_REQUESTS, "page")
        room.presenter.decision = f"{link}&"
        if address:
            room.open_to_phones(address, port + 1)
        try:
            serve(room.presenter.application(), PAGE_REQUESTS, port, room.prepare)
        finally:
            room.close()
