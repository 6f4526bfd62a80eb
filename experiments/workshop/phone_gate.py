"""The entry point for phones: join, read the question, vote, and nothing else.

It is the one exception to the rule that the program serves this machine only, and is opened only by an explicit
option (decision 0036). It has no path to the page, to files or to results; every other path, host, method or size is
refused before it is processed. Phones are identified only by random numbers that it assigns.
"""

import ipaddress
import socket
import threading
import time
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import psutil
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from experiments.figures.theme import css_variables
from experiments.page.message_check import MalformedMessage, parse_json_of
from experiments.storage.progress import print_note
from experiments.words.catalogue import LANGUAGES
from experiments.words.console import console_text
from experiments.words.draw_kit import DRAW_FUNCTIONS
from experiments.words.script_fault import SCRIPT_FAULT
from experiments.workshop.room import RefusedRequest, Room, texts, words
from experiments.workshop.room_messages import PHONE_MESSAGES
from experiments.workshop.room_view import phone_view
from model.engine.errors import InputError

STATIC_FOLDER = Path(__file__).parent / "static"
COOKIE_NAME = "room"
MAX_BODY_BYTES = 2000
REQUESTS_A_SECOND, MAX_BURST = 10.0, 140.0
"""Requests per second and at once that one address may send.

Twenty phones may share one address: each sends seven requests while it opens the page and joins, then one every two
seconds.
"""
MAX_ADDRESSES = 1000
LOG_SECONDS = 10.0
PAGE_FILES = {
    "/u": ("phone.html", "text/html"),
    "/u.js": ("phone.js", "text/javascript"),
    "/u.css": ("phone.css", "text/css"),
    "/colours.css": ("", "text/css"),
    "/fault.js": ("", "text/javascript"),
}
SHARED_TEXTS = {"/colours.css": css_variables, "/fault.js": lambda: SCRIPT_FAULT}
"""Texts of files that all pages share."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
REFUSED_TEXT = "No. / No.\n"


class PhoneGate:
    """Application that phones can reach; `answer_to` lists all its functions."""

    def __init__(self, room: Room, host: str, port: int, site: str, language: str) -> None:
        self.room, self.site, self.language = room, site, language
        self.host = f"{host}:{port}"
        self.lock = threading.Lock()
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.event_counts: Counter[str] = Counter()
        self.last_log = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
        else:
            answer = await self.answer_to(Request(scope, receive))
            answer.headers.update(HEADERS)
            await answer(scope, receive, send)

    async def answer_to(self, request: Request) -> Response:
        """Return the response to a request: a file of the phone's page, the state, or the result of an action."""
        address = request.client.host if request.client else ""
        if request.headers.getlist("host") != [self.host]:
            return self.refuse("another host", 403)
        if request.headers.get("origin", f"http://{self.host}") != f"http://{self.host}":
            return self.refuse("another origin", 403)
        if not self.may_send(address):
            return self.refuse("too many requests", 429)
        path, method = request.url.path, request.method
        if method == "GET" and path in PAGE_FILES:
            return page_file(path, self.language)
        if method == "GET" and path == "/u/state":
            return self.state(request)
        if method == "POST" and path in ACTIONS:
            return await self.perform(request)
        return self.refuse("another path", 404)

    def refuse(self, reason: str, code: int) -> Response:
        """Refuse a request and count the reason."""
        self.count_event(f"refused: {reason}")
        return PlainTextResponse(REFUSED_TEXT, code)

    def count_event(self, event: str) -> None:
        """Count an event and write the counts from time to time; no address is recorded."""
        with self.lock:
            self.event_counts[event] += 1
            if time.monotonic() < self.last_log + LOG_SECONDS and self.event_counts.total() > 1:
                return
            counts, self.event_counts, self.last_log = self.event_counts, Counter(), time.monotonic()
        events = (f"{console_text(f'room.{name}')} ({n})" for name, n in sorted(counts.items()))
        print_note(f"{console_text('room.room')}: {', '.join(events)}")

    def may_send(self, address: str) -> bool:
        """Tell whether an address may send a request now: a token bucket for each, the oldest are dropped."""
        with self.lock:
            now = time.monotonic()
            n_left, last_time = self.buckets.pop(address, (MAX_BURST, now))
            n_left = min(MAX_BURST, n_left + REQUESTS_A_SECOND * (now - last_time))
            self.buckets[address] = max(0.0, n_left - 1.0), now
            if len(self.buckets) > MAX_ADDRESSES:
                self.buckets.popitem(last=False)
            return n_left >= 1.0

    def state(self, request: Request) -> Response:
        """Return the data of a phone; before it has joined only the form to join."""
        language = language_of(request, self.language)
        data = {"words": words(language), "lang": language, "phase": "join", "groups": texts()["groups"]}
        try:
            self.room.phone(request.cookies.get(COOKIE_NAME, ""))
        except RefusedRequest:
            return JSONResponse(data | ({"phase": "closed"} if self.room.phase == "closed" else {}))
        key = request.cookies.get(COOKIE_NAME, "")
        return JSONResponse(data | phone_view(self.room, key, self.site, language))

    async def perform(self, request: Request) -> Response:
        """Carry out an action of a phone."""
        language = language_of(request, self.language)
        try:
            message = await read_message(request, PHONE_MESSAGES[request.url.path])
            return ACTIONS[request.url.path](self, request, message)
        except RefusedRequest as reason:
            self.count_event(f"refused: {reason}")
            return JSONResponse({"refused": words(language)[str(reason)].format(**reason.values)}, 403)
        except MalformedMessage:
            self.count_event("refused: a body that is too long or broken")
            return JSONResponse({"refused": words(language)["malformed"]}, 400)

    def join(self, request: Request, message: dict[str, Any]) -> Response:
        """Let a phone join with word and number."""
        address = request.client.host if request.client else ""
        key = self.room.join(message["word"], message["number"], message["group"], address)
        self.count_event("joined")
        answer = JSONResponse({})
        answer.set_cookie(COOKIE_NAME, key, httponly=True, samesite="strict", path="/u")
        return answer

    def vote(self, request: Request, message: dict[str, Any]) -> Response:
        """Take a vote."""
        if message["asked"] != self.room.open_vote:
            raise RefusedRequest("not_now")
        self.room.vote(request.cookies.get(COOKIE_NAME, ""), message["answer"])
        return JSONResponse({})

    def package(self, request: Request, message: dict[str, Any]) -> Response:
        """Take a package."""
        self.room.send_package(request.cookies.get(COOKIE_NAME, ""), message["steps"])
        return JSONResponse({})

    def agree(self, request: Request, message: dict[str, Any]) -> Response:
        """Take the agreement with the package of the group."""
        self.room.agree(request.cookies.get(COOKIE_NAME, ""), message["steps"])
        return JSONResponse({})


ACTIONS = {
    "/u/join": PhoneGate.join,
    "/u/vote": PhoneGate.vote,
    "/u/package": PhoneGate.package,
    "/u/agree": PhoneGate.agree,
}


def page_file(path: str, language: str) -> Response:
    """Return a file of the phone's page."""
    name, kind = PAGE_FILES[path]
    text = (STATIC_FOLDER / name).read_text(encoding="utf-8") if name else SHARED_TEXTS[path]()
    if path == "/u.js":
        text = DRAW_FUNCTIONS + text  # in one file, since twenty phones may share an address and its limit
    return Response(text.replace("LANGUAGE", language) if path == "/u" else text, media_type=kind)


def language_of(request: Request, default: str) -> str:
    """Return the language requested by a browser, or the default."""
    language = request.query_params.get("lang", default)
    return language if language in LANGUAGES else default


async def read_message(request: Request, shape: TypeAdapter[Any]) -> Any:
    """Return the message in a request; raise `MalformedMessage` if it is too long or has another shape."""
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > MAX_BODY_BYTES:
            raise MalformedMessage("too long")
    return parse_json_of(shape, content)


def private_addresses() -> list[str]:
    """Return the addresses of this machine in networks that are not public, its loopback last."""
    addresses = [
        address.address
        for name, interface_addresses in psutil.net_if_addrs().items()
        for address in interface_addresses
        if address.family == socket.AF_INET and ipaddress.ip_address(address.address).is_private
    ]
    return sorted(set(addresses), key=lambda address: (ipaddress.ip_address(address).is_loopback, address))


def network_address() -> str:
    """Return the first address of this machine in a local network; empty if it is in none."""
    return next((one for one in private_addresses() if not ipaddress.ip_address(one).is_loopback), "")


def phone_address(address: str) -> str:
    """Return the address for phones; ``auto`` is the first of this machine in a local network.

    Raises
    ------
    InputError
        If the address is not one of this machine in a network that is not public.
    """
    addresses = private_addresses()
    if address == "auto":
        address = network_address()
        if not address:
            raise InputError("--phones auto: this machine is in no local network. Connect it to the wifi of the room.")
    if address not in addresses:
        raise InputError(
            f"--phones must be auto or an address of this machine in a local network, got '{address[:80]}'. Known are"
            f" {', '.join(addresses)}."
        )
    return address
