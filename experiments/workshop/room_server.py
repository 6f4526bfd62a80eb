"""Serve a room: the presenter's screen on this machine, and on request a separate entry point for phones."""

import math
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
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
    {"GET": re.compile(r"/|/state|/static/(room\.(js|css)|tokens\.css|fault\.js)"), "POST": re.compile("/do")},
    CONTENT_SECURITY_POLICY,
)
MAX_CONNECTIONS = 400
MAX_QUETZALES = 1e12
POLL_SECONDS = 0.5


class Presenter:
    """The presenter's screen: shows the room and carries out the presenter's actions."""

    def __init__(self, room: Room, runs: PairedRuns, joining: dict[str, Any]) -> None:
        self.room, self.runs, self.joining = room, runs, joining
        self.decision = ""
        """Address of the page of the town with its token; empty until it is served."""

    def application(self) -> Starlette:
        """Return the application of the screen, served to this machine only."""
        return Starlette(
            routes=[
                Route("/", self.document),
                Route("/state", self.state),
                Route("/do", self.perform, methods=["POST"]),
                Route("/static/tokens.css", page.colour_style_sheet),
                Route("/static/fault.js", page.fault_script),
                Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
            ]
        )

    def document(self, _: Request) -> Response:
        """Return the HTML document of the screen."""
        return page.html_document(STATIC_FOLDER / "room.html")

    def state(self, request: Request) -> Response:
        """Return the present data of the screen."""
        data = screen_data(self.room, self.runs, language_of(request, sites.start_options.language), self.joining)
        return JSONResponse(with_links(data, self.decision, self.runs.site))

    async def perform(self, request: Request) -> Response:
        """Carry out an action: change the phase, count raised hands, set a price, add time, or renew the code."""
        try:
            message = await read_message(request, PRESENTER_MESSAGES)
            ACTIONS[message["kind"]](self.room, message)
        except (MalformedMessage, RefusedRequest) as reason:
            name = str(reason) if isinstance(reason, RefusedRequest) else "malformed"
            return JSONResponse({"refused": words(language_of(request, sites.start_options.language))[name]}, 400)
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


def serve_decision_page() -> str:
    """Serve the page to this machine in a new thread; return its address with a token.

    It shares worlds and workers with the room: results of a package compared in the room are available at once.
    """
    listener = socket.socket()
    listener.bind((HOST, 0))
    port = listener.getsockname()[1]
    guard = RequestGuard(page.application(), port, page.PAGE_REQUESTS)
    serve_in_thread(guard, "confianza page", [listener], ws_max_size=page.PAGE_REQUESTS.longest)
    return guard.link


def joining_data(scenario: str, address: str, port: int, language: str) -> dict[str, Any]:
    """Return the data on joining for the screen: link and QR code, or the command that admits phones."""
    if not address:
        return {"open": False, "command": f"confianza view {scenario} --room --phones auto --lang {language}"}
    url = f"http://{address}:{port}/u"
    return {"open": True, "link": url, "qr": qr_svg(url)}


def serve_phones(gate: PhoneGate, address: str, port: int) -> uvicorn.Server:
    """Serve the phones with a warning on the console; return the server, which is stopped by ``should_exit``.

    Anyone in the network can connect, so connections without a request are closed.
    """
    server = serve_in_thread(
        gate, "confianza phones", host=address, port=port, http=TimedConnection, ws="none", access_log=False,
        server_header=False, limit_concurrency=MAX_CONNECTIONS,
    )  # fmt: skip
    print_note(console_text("page.phones", address=address, port=port))
    return server


def serve_room(scenario: str, port: int, language: str, phones: str | None) -> None:
    """Serve the presenter's screen at a port of this machine, and phones at the next port if ``phones`` is given."""
    address = phone_address(phones) if phones else ""
    check_port(port, last=65534 if address else 65535)
    if address:
        check_port(port + 1, address)
    sites.load_scenario(scenario)
    sites.set_start_options(scenario, language)
    room, runs = Room(), PairedRuns(scenario)
    presenter = Presenter(room, runs, joining_data(scenario, address, port + 1, language))
    gate = PhoneGate(room, address, port + 1, scenario, language)

    def prepare() -> None:
        for question in range(len(texts()["question"])):  # in order, so that the first question is finished first
            runs.request_pairs(question_choice(question))
            while runs.state_of(question_choice(question), language).running:
                time.sleep(POLL_SECONDS)

    with in_background():
        presenter.decision = serve_decision_page()
        server = serve_phones(gate, address, port + 1) if address else None
        try:
            serve(presenter.application(), PAGE_REQUESTS, port, prepare)
        finally:
            if server is not None:
                server.should_exit = True
