"""Guard of requests: only the page itself comes in, and nothing is fetched from elsewhere on its behalf.

Whoever asks must have the token of the address that opens the page, and gets only what the page needs.
Every web site that is open in the same browser can reach this machine.  What it asks for carries its own origin, or the
name under which it had this machine found (DNS rebinding), and is refused by either.
"""

import re
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from experiments.page.access_token import AccessToken
from experiments.page.message_check import CheckedSocket

CDN = "/_solara/cdn"
"""Path of the browser files that are installed with the page."""
PAGES = (".htm", ".html", ".xhtml", ".xml")
LONGEST_PATH = 1000
VISIT = r"[0-9a-fA-F-]{36}"
NEEDED = {
    "GET": re.compile(rf"/|/static/.+|{CDN}/.+|/jupyter/nbextensions/.+"),
    "POST": re.compile(rf"/_solara/api/close/{VISIT}"),
    "websocket": re.compile(rf"/jupyter/api/kernels/{VISIT}/channels"),
}
"""All that the page asks for: itself and its files, that its tab was closed, and its socket."""
REFUSED = "Only the page itself may ask here. / Aquí solo puede preguntar la propia página.\n"
NOWHERE = "There is no such thing here. / Aquí no hay tal cosa.\n"
NO_TOKEN = """<!doctype html><meta charset="utf-8"><title>Confianza</title>
<p lang="en">Open the address that <code>confianza view</code> shows where it was started: it has a token.</p>
<p lang="es">Abra la dirección que muestra <code>confianza view</code> donde se inició: lleva una clave.</p>
"""
POLICY = "; ".join(
    [
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self' data: blob:",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    ]
)
"""Rights of the page in a browser: all from here, nothing from elsewhere, no place in the frame of another."""


class RequestGuard:
    """Lets through what comes from the page, and sends the rest away before anything else hears of it."""

    def __init__(self, app: ASGIApp, port: int, access: AccessToken, installed: Path) -> None:
        self.app, self.access = app, access
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.files = Starlette(routes=[Mount(CDN, StaticFiles(directory=installed))])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await self.answer_to(HTTPConnection(scope))(scope, receive, guarded(send))

    def answer_to(self, asked: HTTPConnection) -> ASGIApp:
        """Return what answers a request: the page, or a refusal."""
        if not self.is_welcome(asked):
            return refusal(asked, PlainTextResponse(REFUSED, 403))
        if self.access.is_brought(asked):
            return self.access.welcome(asked)
        if not self.access.is_held(asked):
            return refusal(asked, HTMLResponse(NO_TOKEN, 403))
        if not is_needed(asked):
            return refusal(asked, PlainTextResponse(NOWHERE, 404))
        return self.respond

    def is_welcome(self, asked: HTTPConnection) -> bool:
        """Tell whether the page asks, under a name of its own, or somebody who opens it."""
        stated, host = asked.headers, asked.headers.get("host", "").lower()
        own = stated.get("origin", "").lower() == f"http://{host}"
        if host not in self.hosts or len(stated.getlist("host")) != 1:
            return False
        if asked.scope["type"] == "websocket" or "origin" in stated:
            return own
        opens = (stated.get("sec-fetch-mode"), stated.get("sec-fetch-dest")) == ("navigate", "document")  # by a link
        return opens or stated.get("sec-fetch-site", "none") in ("none", "same-origin")

    async def respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to an accepted request."""
        if scope["type"] == "websocket":
            socket = CheckedSocket(receive, send)
            await self.app(scope, socket.receive, socket.send)
            if socket.malformed:
                await self.end_visit(scope)
        elif scope["path"].startswith(f"{CDN}/"):
            await self.files(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def end_visit(self, scope: Scope) -> None:
        """End the visit of a socket as its tab would: otherwise it is kept in memory until nobody comes back to it."""
        visit = scope["path"].split("/")[-2]
        path = f"/_solara/api/close/{visit}"
        closing = {**scope, "type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
        await self.app(closing, no_content, unsent)


async def no_content() -> Message:
    """Return the content of a request that has none."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def unsent(_: Message) -> None:
    """Drop an answer that nobody waits for."""


def is_needed(asked: HTTPConnection) -> bool:
    """Tell whether the page asks such things; pages among the installed files are not shown."""
    path, kind = asked.scope["path"], asked.scope.get("method", "websocket").replace("HEAD", "GET")
    if kind not in NEEDED or not is_path(path) or not NEEDED[kind].fullmatch(path):
        return False
    if kind == "GET":
        return not (path.startswith(f"{CDN}/") and PurePosixPath(path).suffix.lower() in PAGES)
    return "session_id" in asked.query_params


def is_path(path: str) -> bool:
    """Tell whether something can lie under a path at all.

    >>> is_path("/static/main.js"), is_path("/static/\\0"), is_path("/" + 2000 * "a")
    (True, False, False)
    """
    return path.isprintable() and len(path) <= LONGEST_PATH


def refusal(asked: HTTPConnection, answer: Response) -> ASGIApp:
    """Return the answer to whoever is not let in; a socket is refused without words."""
    return WebSocketClose() if asked.scope["type"] == "websocket" else answer


def guarded(send: Send) -> Send:
    """Return a way to send that says with every answer what the browser may do with it."""

    async def also(message: Message) -> None:
        if message["type"] == "http.response.start":
            more: list[Any] = [(b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff")]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return also
