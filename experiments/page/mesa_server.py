"""Mesa's own page served by solara: `confianza view --mesa`, which needs the packages of the extra ``mesa``."""

import os
import re
import warnings
from pathlib import PurePosixPath
from typing import Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from experiments.page.request_guard import NOT_FOUND_TEXT, PageRequests

CDN_PATH = "/_solara/cdn"
"""Path of the browser files that are installed with solara."""
SOLARA_SETTINGS = {
    "SOLARA_APP": "experiments.classroom.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Confianza",
    "SOLARA_ASSETS_PROXY": "false",  # would fetch any requested file and serve it under our name
    "SOLARA_ASSETS_CDN": CDN_PATH,
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",
}
MARKUP_SUFFIXES = (".htm", ".html", ".xhtml", ".xml")
KERNEL_ID = r"[0-9a-fA-F-]{36}"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self' data: blob:",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    ]
)
PAGE_REQUESTS = PageRequests(
    {
        "GET": re.compile(rf"/|/static/.+|{CDN_PATH}/.+|/jupyter/nbextensions/.+"),
        "POST": re.compile(rf"/_solara/api/close/{KERNEL_ID}"),
        "websocket": re.compile(rf"/jupyter/api/kernels/{KERNEL_ID}/channels"),
    },
    CONTENT_SECURITY_POLICY,
    longest=2**24,
)


def application() -> ASGIApp:
    """Return solara's application with its browser files from this machine; HTML and XML among them are refused."""
    os.environ.update(SOLARA_SETTINGS)
    # concerns only pages embedded in a frame, which the request guard forbids
    warnings.filterwarnings("ignore", "Cookies with samesite=none")
    from solara.server.settings import assets
    from solara.server.starlette import app

    files: Any = Starlette(routes=[Mount(CDN_PATH, StaticFiles(directory=assets.proxy_cache_dir))])

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(f"{CDN_PATH}/"):
            is_allowed = PurePosixPath(path).suffix.lower() not in MARKUP_SUFFIXES
            await (files if is_allowed else PlainTextResponse(NOT_FOUND_TEXT, 404))(scope, receive, send)
        else:
            await app(scope, receive, send)

    return route
