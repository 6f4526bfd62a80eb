"""The entry point for phones: join, read the question, vote, and nothing else.

It is the one exception to the rule that the program serves this machine only, and is opened only by an explicit
option (decision 0036). It has no path to the page, to files or to results; every other path, host, method or size is
refused before it is processed. Phones are identified only by random numbers that it assigns.
"""

import ipaddress
import json
import socket
import threading
import time
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import psutil
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from experiments.figures.theme import tokens
from experiments.storage.progress import print_note
from experiments.words.catalogue import LANGUAGES
from experiments.workshop.room import Refused, Room, texts, words
from experiments.workshop.room_view import phone_view
from model.engine.errors import InputError

FOLDER = Path(__file__).parent / "static"
COOKIE = "room"
LONGEST_BODY = 2000
REQUESTS_A_SECOND, BURST = 10.0, 40.0
"""Requests per second and at once that one address may send; a phone sends one every two seconds."""
MOST_ADDRESSES = 1000
LOG_SECONDS = 10.0
FILES = {
    "/u": ("phone.html", "text/html"),
    "/u.js": ("phone.js", "text/javascript"),
    "/u.css": ("phone.css", "text/css"),
    "/colours.css": ("", "text/css"),
}
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
REFUSED = "No. / No.\n"


class PhoneGate:
    """Application that phones can reach; `answer_to` lists all its functions."""

    def __init__(self, room: Room, host: str, port: int, site: str, language: str) -> None:
        self.room, self.site, self.language = room, site, language
        self.host = f"{host}:{port}"
        self.lock = threading.Lock()
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.log: Counter[str] = Counter()
        self.logged = time.monotonic()

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
        if not self.has_room(address):
            return self.refuse("too many requests", 429)
        path, method = request.url.path, request.method
        if method == "GET" and path in FILES:
            return page_file(path, self.language)
        if method == "GET" and path == "/u/state":
            return self.state(request)
        if method == "POST" and path in ACTIONS:
            body = await read_body(request)
            return (
                self.refuse("a body that is too long or broken", 400)
                if body is None
                else self.perform(request, path, body)
            )
        return self.refuse("another path", 404)

    def refuse(self, reason: str, code: int) -> Response:
        """Refuse a request and count the reason."""
        self.note(f"refused: {reason}")
        return PlainTextResponse(REFUSED, code)

    def note(self, what: str) -> None:
        """Count an event and write the counts from time to time; no address is recorded."""
        with self.lock:
            self.log[what] += 1
            if time.monotonic() < self.logged + LOG_SECONDS and self.log.total() > 1:
                return
            counts, self.log, self.logged = self.log, Counter(), time.monotonic()
        print_note("room: " + ", ".join(f"{name} ({n})" for name, n in sorted(counts.items())))

    def has_room(self, address: str) -> bool:
        """Tell whether an address may send a request now: a token bucket for each, the oldest are dropped."""
        with self.lock:
            now = time.monotonic()
            left, since = self.buckets.pop(address, (BURST, now))
            left = min(BURST, left + REQUESTS_A_SECOND * (now - since))
            self.buckets[address] = max(0.0, left - 1.0), now
            if len(self.buckets) > MOST_ADDRESSES:
                self.buckets.popitem(last=False)
            return left >= 1.0

    def state(self, request: Request) -> Response:
        """Return the data of a phone; before it has joined only the form to join."""
        language = language_of(request, self.language)
        data = {"words": words(language), "lang": language, "phase": "join", "groups": texts()["groups"]}
        try:
            own = self.room.phone(request.cookies.get(COOKIE, ""))
        except Refused:
            return JSONResponse(data | ({"phase": "closed"} if self.room.phase == "closed" else {}))
        return JSONResponse(data | phone_view(self.room, own, self.site, language))

    def perform(self, request: Request, path: str, body: dict[str, Any]) -> Response:
        """Carry out an action of a phone."""
        language = language_of(request, self.language)
        try:
            answer = ACTIONS[path](self, request, body)
        except Refused as reason:
            self.note(f"refused: {reason}")
            return JSONResponse({"refused": words(language)[str(reason)]}, 403)
        except (KeyError, TypeError, ValueError):
            return self.refuse("a body that is too long or broken", 400)
        return answer

    def join(self, request: Request, body: dict[str, Any]) -> Response:
        """Let a phone join with word and number."""
        address = request.client.host if request.client else ""
        key = self.room.join(str(body["word"]), str(body["number"]), int(body["group"]), address)
        self.note("joined")
        answer = JSONResponse({})
        answer.set_cookie(COOKIE, key, httponly=True, samesite="strict", path="/u")
        return answer

    def vote(self, request: Request, body: dict[str, Any]) -> Response:
        """Take a vote."""
        if str(body["asked"]) != self.room.open_vote:
            raise Refused("not_now")
        self.room.vote(request.cookies.get(COOKIE, ""), int(body["answer"]))
        return JSONResponse({})

    def package(self, request: Request, body: dict[str, Any]) -> Response:
        """Take a package."""
        steps = {str(name): int(step) for name, step in dict(body["steps"]).items()}
        self.room.send_package(request.cookies.get(COOKIE, ""), steps)
        return JSONResponse({})


ACTIONS = {"/u/join": PhoneGate.join, "/u/vote": PhoneGate.vote, "/u/package": PhoneGate.package}


def page_file(path: str, language: str) -> Response:
    """Return a file of the phone's page."""
    name, kind = FILES[path]
    text = (FOLDER / name).read_text(encoding="utf-8") if name else tokens()
    return Response(text.replace("LANGUAGE", language) if path == "/u" else text, media_type=kind)


def language_of(request: Request, default: str) -> str:
    """Return the language requested by a browser, or the default."""
    stated = request.query_params.get("lang", default)
    return stated if stated in LANGUAGES else default


async def read_body(request: Request) -> dict[str, Any] | None:
    """Return the JSON object of a request; None if it is too long or invalid."""
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > LONGEST_BODY:
            return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def own_addresses() -> list[str]:
    """Return the addresses of this machine in networks that are not public, its loopback last."""
    found = [
        one.address
        for name, some in psutil.net_if_addrs().items()
        for one in some
        if one.family == socket.AF_INET and ipaddress.ip_address(one.address).is_private
    ]
    return sorted(set(found), key=lambda one: (ipaddress.ip_address(one).is_loopback, one))


def address_for(stated: str) -> str:
    """Return the address for phones; ``auto`` is the first of this machine in a local network.

    Raises
    ------
    InputError
        If the address is not one of this machine in a network that is not public.
    """
    known = own_addresses()
    if stated == "auto":
        stated = next((one for one in known if not ipaddress.ip_address(one).is_loopback), "")
        if not stated:
            raise InputError("--phones auto: this machine is in no local network. Connect it to the wifi of the room.")
    if stated not in known:
        raise InputError(
            f"--phones must be auto or an address of this machine in a local network, got '{stated[:80]}'. Known are"
            f" {', '.join(known)}."
        )
    return stated
