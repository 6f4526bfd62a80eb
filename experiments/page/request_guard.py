"""Guard of the server: accept only requests of the page itself, and let the page load nothing from elsewhere.

A request needs the token of the address that opens the page, and a path that the page uses.
Every web site open in the same browser can reach this machine.  Its requests carry its own origin, or the host name
that it has made resolve to this machine (DNS rebinding), and are refused for either.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

TOKEN_KEY = "token"
TOKEN_BYTES = 24
"""Random bytes of a token, as many as Jupyter's."""


class AccessToken:
    """Token of one server, and the cookie that holds it; its name has the port, since all ports share cookies."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self.cookie = f"confianza-{port}"

    def has_cookie(self, request: HTTPConnection) -> bool:
        """Tell whether a request has the cookie."""
        return self.is_token(request.cookies.get(self.cookie, ""))

    def opens_with_token(self, request: HTTPConnection) -> bool:
        """Tell whether a request opens the address with the right token, or with another one and the cookie."""
        opens_page = request.scope["type"] == "http" and request.scope["path"] == "/"
        return (
            opens_page
            and TOKEN_KEY in request.query_params
            and (self.is_token(request.query_params[TOKEN_KEY]) or self.has_cookie(request))
        )

    def is_token(self, value: str) -> bool:
        """Compare with the token in constant time, so that timing reveals nothing of it."""
        return secrets.compare_digest(value.encode(), self.token.encode())

    def redirect_with_cookie(self, request: HTTPConnection) -> Response:
        """Return the response that sets the cookie and redirects to the same address without the token."""
        parts = request.scope["query_string"].decode("latin-1").split("&")
        others = "&".join(part for part in parts if part and parse_qsl(part, True)[0][0] != TOKEN_KEY)
        response = RedirectResponse(f"/?{others}" if others else "/", 303, {"cache-control": "no-store"})
        response.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
        return response


MAX_PATH_LENGTH = 1000
REFUSED_TEXT = "Only the page itself may ask here. / Aquí solo puede preguntar la propia página.\n"
NOT_FOUND_TEXT = "There is no such thing here. / Aquí no hay tal cosa.\n"
NO_TOKEN_PAGE = """<!doctype html><meta charset="utf-8"><title>Confianza</title>
<p lang="en">Open the address that <code>confianza view</code> shows where it was started: it has a token.</p>
<p lang="es">Abra la dirección que muestra <code>confianza view</code> donde se inició: lleva una clave.</p>
"""


@dataclass(frozen=True)
class PageRequests:
    """Paths that a page requests, by method, and its rights in the browser (Content-Security-Policy)."""

    paths: Mapping[str, re.Pattern[str]]
    policy: str
    longest: int = 2**16
    """Largest message of a browser (bytes)."""


class RequestGuard:
    """Pass requests of the page to the application; refuse all others before it receives them."""

    def __init__(self, app: Any, port: int, needs: PageRequests) -> None:
        self.app, self.access, self.needs = app, AccessToken(port), needs
        self.link = f"http://127.0.0.1:{port}/?{TOKEN_KEY}={self.access.token}"
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await self.answer_to(HTTPConnection(scope))(scope, receive, self.with_security_headers(send))

    def answer_to(self, request: HTTPConnection) -> ASGIApp:
        """Return the application that answers a request: the page, or a refusal."""
        if not self.is_from_page(request):
            return refusal(request, PlainTextResponse(REFUSED_TEXT, 403))
        if self.access.opens_with_token(request):
            return self.access.redirect_with_cookie(request)
        if not self.access.has_cookie(request):
            return refusal(request, HTMLResponse(NO_TOKEN_PAGE, 403))
        if not self.is_allowed(request.scope):
            return refusal(request, PlainTextResponse(NOT_FOUND_TEXT, 404))
        return self.app

    def is_from_page(self, request: HTTPConnection) -> bool:
        """Tell whether a request comes from the page under its own host name, or from opening its address."""
        headers, host = request.headers, request.headers.get("host", "").lower()
        is_same_origin = headers.get("origin", "").lower() == f"http://{host}"
        if host not in self.hosts or len(headers.getlist("host")) != 1:
            return False
        if request.scope["type"] == "websocket" or "origin" in headers:
            return is_same_origin
        fetch = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
        is_navigation = fetch == ("navigate", "document")  # by a link
        return is_navigation or headers.get("sec-fetch-site", "none") in ("none", "same-origin")

    def is_allowed(self, scope: Scope) -> bool:
        """Tell whether the page uses this path and method."""
        method = scope.get("method", "websocket").replace("HEAD", "GET")
        pattern = self.needs.paths.get(method)
        return pattern is not None and is_valid_path(scope["path"]) and bool(pattern.fullmatch(scope["path"]))

    def with_security_headers(self, send: Send) -> Send:
        """Return a send function that adds the security headers to every response."""
        security_headers = [
            (b"content-security-policy", self.needs.policy.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *security_headers]}
            await send(message)

        return send_with_headers


def is_valid_path(path: str) -> bool:
    """Tell whether a path is printable and not too long.

    >>> is_valid_path("/static/main.js"), is_valid_path("/static/\\0"), is_valid_path("/" + 2000 * "a")
    (True, False, False)
    """
    return path.isprintable() and len(path) <= MAX_PATH_LENGTH


def refusal(request: HTTPConnection, response: Response) -> ASGIApp:
    """Return the refusal of a request; a socket is closed without a text."""
    return WebSocketClose() if request.scope["type"] == "websocket" else response
