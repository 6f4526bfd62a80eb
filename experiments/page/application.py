"""The page as a web application: one document, its files, and a socket for each visitor.

There is no build step and nothing is loaded from elsewhere: the browser loads the modules of `static` as they are.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from experiments.figures.theme import css_variables
from experiments.page import sites, visitor_limit
from experiments.page.message_check import MalformedMessage, parse_message, protocol_error
from experiments.page.request_guard import PageRequests
from experiments.page.visitor import Visitor
from experiments.storage.progress import print_note
from experiments.words.script_fault import SCRIPT_FAULT

STATIC_FOLDER = Path(__file__).parent / "static"
SOCKET_PATH = "/socket"
MALFORMED_CLOSE_CODE = 1003
"""Close code of a socket after a malformed message."""
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
    {"GET": re.compile(r"/|/static/[a-z_]+\.(js|css)"), "websocket": re.compile(SOCKET_PATH)}, CONTENT_SECURITY_POLICY
)


def application() -> Starlette:
    """Return the application."""
    return Starlette(
        routes=[
            Route("/", page_document),
            Route("/static/tokens.css", colour_style_sheet),
            Route("/static/fault.js", fault_script),
            Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
            WebSocketRoute(SOCKET_PATH, serve_visitor),
        ]
    )


def page_document(_: Request) -> Response:
    """Return the HTML document of the page."""
    return html_document(STATIC_FOLDER / "page.html")


def html_document(file: Path) -> Response:
    """Return a document in the initial language of the page."""
    text = file.read_text(encoding="utf-8")
    return HTMLResponse(text.replace("LANGUAGE", sites.start_options.language), headers={"cache-control": "no-cache"})


def colour_style_sheet(_: Request) -> Response:
    """Return the colours of the project as variables of a style sheet."""
    return Response(css_variables(), media_type="text/css")


def fault_script(_: Request) -> Response:
    """Return the script that shows the faults of the others."""
    return Response(SCRIPT_FAULT, media_type="text/javascript")


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
    """Serve one visitor over a socket until the browser leaves, or send the reason for refusing the visitor."""
    await websocket.accept()
    outbox = Outbox()
    visitor = visitor_limit.admit(lambda: Visitor(outbox.put))
    if isinstance(visitor, str):
        await websocket.send_json({"full": visitor})
        await websocket.close()
        return
    sender = asyncio.create_task(send_all(websocket, outbox))
    try:
        async for request in visitor_requests(websocket):
            visitor.receive(request)
    except MalformedMessage as reason:
        print_note(f"page: a socket was closed: {reason}")
        sender.cancel()
        await websocket.close(MALFORMED_CLOSE_CODE)
    finally:
        outbox.open = False
        sender.cancel()
        visitor.close()
        visitor_limit.leave(visitor)


async def visitor_requests(websocket: WebSocket) -> AsyncIterator[dict[str, Any]]:
    """Yield the requests of a browser; raise `MalformedMessage` at the first invalid message."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            if reason := protocol_error(message):
                print_note(f"page: a socket was closed: {reason}")
            return
        yield parse_message(message)


async def send_all(websocket: WebSocket, outbox: Outbox) -> None:
    """Send the messages of an outbox as they arrive."""
    while True:
        for kind, content in (await outbox.take()).items():
            await websocket.send_text(json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")))
