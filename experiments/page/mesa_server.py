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

from experiments.page.request_guard import NOWHERE, PageRequests

CDN = "/_solara/cdn"
"""Path of the browser files that are installed with solara."""
SETTINGS = {
    "SOLARA_APP": "experiments.classroom.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Confianza",
    "SOLARA_ASSETS_PROXY": "false",  # would fetch any requested file and serve it under our name
    "SOLARA_ASSETS_CDN": CDN,
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",
}
PAGES = (".htm", ".html", ".xhtml", ".xml")
VISIT = r"[0-9a-fA-F-]{36}"
POLICY = "; ".join(
    [
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self' data: blob:",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    ]
)
NEEDS = PageRequests(
    {
        "GET": re.compile(rf"/|/static/.+|{CDN}/.+|/jupyter/nbextensions/.+"),
        "POST": re.compile(rf"/_solara/api/close/{VISIT}"),
        "websocket": re.compile(rf"/jupyter/api/kernels/{VISIT}/channels"),
    },
    POLICY,
    longest=2**24,
)


def application() -> ASGIApp:
    """Return solara's application with its browser files from this machine; HTML and XML among them are refused."""
    os.environ.update(SETTINGS)
    # concerns only pages embedded in a frame, which the request guard forbids
    warnings.filterwarnings("ignore", "Cookies with samesite=none")
    from solara.server.settings import assets
    from solara.server.starlette import app

    files: Any = Starlette(routes=[Mount(CDN, StaticFiles(directory=assets.proxy_cache_dir))])

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(f"{CDN}/"):
            shown = PurePosixPath(path).suffix.lower() not in PAGES
            await (files if shown else PlainTextResponse(NOWHERE, 404))(scope, receive, send)
        else:
            await app(scope, receive, send)

    return either
