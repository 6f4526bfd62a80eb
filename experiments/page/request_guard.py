"""Guard of requests: only the page itself comes in, and nothing is fetched from elsewhere on its behalf.

Every web site that is open in the same browser can reach this machine.  What it asks for carries its own origin, or the
name under which it had this machine found (DNS rebinding), and is refused by either.
"""

from pathlib import Path, PurePosixPath
from typing import Any

from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

CDN = "/_solara/cdn"
"""Path of the browser files that are installed with the page."""
PAGES = (".htm", ".html", ".xhtml", ".xml")
LONGEST_PATH = 1000
REFUSED = "Only the page itself may ask here. / Aquí solo puede preguntar la propia página.\n"
NOWHERE = "There is no such thing here. / Aquí no hay tal cosa.\n"
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

    def __init__(self, app: ASGIApp, port: int, installed: Path) -> None:
        self.app = app
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.files = Starlette(routes=[Mount(CDN, StaticFiles(directory=installed))])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif not self.is_welcome(HTTPConnection(scope)):
            await refusal(scope, REFUSED, 403)(scope, receive, send)
        elif not is_path(scope["path"]):
            await refusal(scope, NOWHERE, 404)(scope, receive, send)
        else:
            await self.respond(scope, receive, guarded(send))

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
        """Respond to an accepted request; pages among the installed files are not shown."""
        if scope["type"] != "http" or not scope["path"].startswith(f"{CDN}/"):
            await self.app(scope, receive, send)
        elif PurePosixPath(scope["path"]).suffix.lower() in PAGES:
            await refusal(scope, NOWHERE, 404)(scope, receive, send)
        else:
            await self.files(scope, receive, send)


def is_path(path: str) -> bool:
    """Tell whether something can lie under a path at all.

    >>> is_path("/static/main.js"), is_path("/static/\\0"), is_path("/" + 2000 * "a")
    (True, False, False)
    """
    return path.isprintable() and len(path) <= LONGEST_PATH


def refusal(scope: Scope, words: str, code: int) -> ASGIApp:
    """Return the answer to whoever is not let in."""
    return WebSocketClose() if scope["type"] == "websocket" else PlainTextResponse(words, code)


def guarded(send: Send) -> Send:
    """Return a way to send that says with every answer what the browser may do with it."""

    async def also(message: Message) -> None:
        if message["type"] == "http.response.start":
            more: list[Any] = [(b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff")]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return also
