"""The page as a web application: the page of a town with its check, and the views of the eight pairs of towns.

There is no build step and nothing is loaded from elsewhere: the browser loads the modules of `static` as they are.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from experiments.figures.theme import css_variables
from experiments.page import sites, visitor_limit
from experiments.page.address import VIEWS
from experiments.page.message_check import (
    PAGE_MESSAGES,
    TOWN_MESSAGES,
    MalformedMessage,
    parse_message,
    protocol_error,
)
from experiments.page.request_guard import NOT_FOUND_TEXT, PageRequests
from experiments.page.session import Send, Session
from experiments.page.town_check import TownCheck
from experiments.page.town_document import document, document_of
from experiments.page.visitor import Visitor
from experiments.storage.progress import print_note
from experiments.town_page.town_page import page_script, page_style
from experiments.words.draw_kit import DRAW_MODULE
from experiments.words.script_fault import SCRIPT_FAULT

type OpenSession = Callable[[Send], Session]

STATIC_FOLDER = Path(__file__).parent / "static"
SOCKET_PATH, CHECK_PATH, VIEWS_PATH = "/socket", "/check", "/towns"
"""Sockets of the views and of the check, and address of the views."""
MALFORMED_CLOSE_CODE = 1003
"""Close code of a socket after a malformed message."""
NOT_KEPT = {"cache-control": "no-cache"}
"""Header of answers that the browser asks for anew."""
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # positions and lengths of drawings are style attributes
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
PAGE_REQUESTS = PageRequests(
    {
        "GET": re.compile(
            rf"/|{VIEWS_PATH}|/file\.html|/static/[a-z_]+\.(js|css)|/group(/(state|opening\.js|room\.css))?"
        ),
        "POST": re.compile("/group/do"),
        "websocket": re.compile(f"{SOCKET_PATH}|{CHECK_PATH}"),
    },
    CONTENT_SECURITY_POLICY,
)


def application(*more: BaseRoute) -> Starlette:
    """Return the application, with more routes of programs that it opens."""
    return Starlette(
        routes=[
            *more,
            Route("/", town_document),
            Route(VIEWS_PATH, views_document),
            Route("/file.html", town_file),
            Route("/static/tokens.css", colour_style_sheet),
            Route("/static/fault.js", fault_script),
            Route("/static/draw.js", draw_script),
            Route("/static/town.css", town_style_sheet),
            Route("/static/town.js", town_script),
            Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
            WebSocketRoute(SOCKET_PATH, serve_visitor),
            WebSocketRoute(CHECK_PATH, serve_check),
        ]
    )


def town_document(request: Request) -> Response:
    """Return the page of a town; an address of one of the views opens that view."""
    if request.query_params.get("view", "") in VIEWS:
        return RedirectResponse(f"{VIEWS_PATH}?{request.url.query}", 303)
    return HTMLResponse(document(sites.start_options.language), headers=NOT_KEPT)


def town_file(request: Request) -> Response:
    """Return the page of a town as one file."""
    site = request.query_params.get("town", "")
    if site not in sites.site_names():
        return PlainTextResponse(NOT_FOUND_TEXT, 404)
    return HTMLResponse(document_of(site), headers=NOT_KEPT)


def town_style_sheet(_: Request) -> Response:
    """Return the style of the page of a town."""
    return Response(page_style(), media_type="text/css", headers=NOT_KEPT)


def town_script(_: Request) -> Response:
    """Return the script of the page of a town."""
    return Response(page_script(), media_type="text/javascript", headers=NOT_KEPT)


def views_document(_: Request) -> Response:
    """Return the HTML document of the views of the pairs."""
    return html_document(STATIC_FOLDER / "page.html")


def html_document(file: Path, language: str = "") -> Response:
    """Return a document in a language, or in the initial one of the page."""
    text = file.read_text(encoding="utf-8")
    return HTMLResponse(text.replace("LANGUAGE", language or sites.start_options.language), headers=NOT_KEPT)


def colour_style_sheet(_: Request) -> Response:
    """Return the colours of the project as variables of a style sheet."""
    return Response(css_variables(), media_type="text/css")


def fault_script(_: Request) -> Response:
    """Return the script that shows the faults of the others."""
    return Response(SCRIPT_FAULT, media_type="text/javascript")


def draw_script(_: Request) -> Response:
    """Return the module with the drawing functions of all screens."""
    return Response(DRAW_MODULE, media_type="text/javascript")


class Outbox:
    """Messages that wait for a browser, only the latest of each kind, so that a slow browser takes no memory."""

    def __init__(self) -> None:
        self.loop, self.filled = asyncio.get_running_loop(), asyncio.Event()
        self.waiting: dict[str, Any] = {}
        self.open = True

    def put(self, kind: str, content: Any) -> None:
        """Add a message from any thread."""
        if self.open and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.add, kind, content)

    def add(self, kind: str, content: Any) -> None:
        """Add a message, replacing an earlier one of its kind."""
        self.waiting[kind] = content
        self.filled.set()

    async def take(self) -> dict[str, Any]:
        """Wait for messages and return all of them."""
        await self.filled.wait()
        self.filled.clear()
        messages, self.waiting = self.waiting, {}
        return messages


async def serve_visitor(websocket: WebSocket) -> None:
    """Serve the views to one visitor over a socket."""
    await serve_session(websocket, Visitor, PAGE_MESSAGES)


async def serve_check(websocket: WebSocket) -> None:
    """Serve the check of a town's page over a socket."""
    await serve_session(websocket, TownCheck, TOWN_MESSAGES)


async def serve_session(websocket: WebSocket, open_session: OpenSession, messages: TypeAdapter[Any]) -> None:
    """Serve one session until the browser leaves, or send the reason for refusing it."""
    await websocket.accept()
    outbox = Outbox()
    session = visitor_limit.admit(lambda: open_session(outbox.put))
    if isinstance(session, str):
        await websocket.send_json({"full": session})
        await websocket.close()
        return
    sender = asyncio.create_task(send_all(websocket, outbox))
    try:
        async for request in requests_of(websocket, messages):
            session.receive(request)
    except MalformedMessage as reason:
        print_note(f"page: a socket was closed: {reason}")
        sender.cancel()
        await websocket.close(MALFORMED_CLOSE_CODE)
    finally:
        outbox.open = False
        sender.cancel()
        session.close()
        visitor_limit.leave(session)


async def requests_of(websocket: WebSocket, messages: TypeAdapter[Any]) -> AsyncIterator[dict[str, Any]]:
    """Yield the requests of a browser; raise `MalformedMessage` at the first invalid message."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            if reason := protocol_error(message):
                print_note(f"page: a socket was closed: {reason}")
            return
        yield parse_message(message, messages)


async def send_all(websocket: WebSocket, outbox: Outbox) -> None:
    """Send the messages of an outbox as they arrive."""
    while True:
        for kind, content in (await outbox.take()).items():
            await websocket.send_text(json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")))
