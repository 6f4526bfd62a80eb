"""Secret token of the address that opens the page: only its holder can control the page, as in Jupyter.

Every account of this machine can reach the page.  The address that the program prints contains the token; the browser
then keeps it as a cookie, which no script can read and no other site can cause to be sent.
"""

import secrets
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

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
