"""Open the room and the class from the page of a town, without a terminal, and close them.

The request guard of the page admits only a browser of this machine that has its token. Both screens are served at
127.0.0.1, each behind a token of its own. Phones reach the room only after a second message, which repeats the address
that was shown with the warning. The class is never opened to the network (decision 0036).
"""

import threading
from pathlib import Path
from typing import Any

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from experiments.page import sites
from experiments.page.application import html_document
from experiments.page.message_check import MalformedMessage
from experiments.workshop.phone_gate import language_of, network_address, private_addresses, read_message
from experiments.workshop.room import RefusedRequest, words
from experiments.workshop.room_messages import OPENING_MESSAGES
from experiments.workshop.room_server import PAGE_REQUESTS, ServedRoom, serve_screen
from scenarios.extras import missing_modules

STATIC_FOLDER = Path(__file__).parent / "static"


class GroupScreens:
    """The room and the class that a page has opened, at most one of each."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.room: ServedRoom | None = None
        self.screens: dict[str, tuple[str, uvicorn.Server]] = {}
        """Address and server of each open screen, ``room`` or ``class``."""
        self.routes = (
            Route("/group", self.document),
            Route("/group/state", self.state),
            Route("/group/do", self.perform, methods=["POST"]),
            Route("/group/opening.js", static_file("opening.js")),
            Route("/group/room.css", static_file("room.css")),
        )

    def document(self, request: Request) -> Response:
        """Return the HTML document."""
        return html_document(STATIC_FOLDER / "opening.html", language_of(request, sites.start_options.language))

    def state(self, request: Request) -> Response:
        """Return the open screens with their links, and the address in the local network that could be opened."""
        language = language_of(request, sites.start_options.language)
        with self.lock:
            joining = self.room.presenter.joining if self.room else {}
            links = {what: link for what, (link, _) in self.screens.items()}
        return JSONResponse(
            {
                "words": words(language),
                "lang": language,
                "town": known_town(request.query_params.get("town", "")),
                "room": links.get("room", ""),
                "class": f"{links['class']}&lang={language}" if "class" in links else "",
                "missing": bool(missing_modules("mesa")),
                "network": network_address(),
                "phones": joining.get("link", ""),
                "qr": joining.get("qr", ""),
            }
        )

    async def perform(self, request: Request) -> Response:
        """Open or close a screen, or open the room to the phones of the local network."""
        language = language_of(request, sites.start_options.language)
        try:
            message = await read_message(request, OPENING_MESSAGES)
            await run_in_threadpool(self.carry_out, request, message)
        except (MalformedMessage, RefusedRequest) as reason:
            name = str(reason) if isinstance(reason, RefusedRequest) else "malformed"
            return JSONResponse({"refused": words(language)[name]}, 400)
        return JSONResponse({})

    def carry_out(self, request: Request, message: dict[str, Any]) -> None:
        """Carry out one action at a time; the first class takes seconds to import."""
        with self.lock:
            ACTIONS[message["kind"]](self, request, message)

    def open(self, request: Request, message: dict[str, Any]) -> None:
        """Open a screen, unless it is open."""
        what, town = message["what"], message["town"]
        if what in self.screens:
            return
        if town != known_town(town):
            raise RefusedRequest("malformed")
        if what == "class":
            self.screens[what] = serve_class()
            return
        language = language_of(request, sites.start_options.language)
        self.room = ServedRoom(town, language, decision=f"http://{request.headers['host']}/?")
        self.screens[what] = serve_screen(self.room.presenter.application(), PAGE_REQUESTS, "room")
        threading.Thread(target=self.room.prepare, name="confianza room", daemon=True).start()

    def open_network(self, _: Request, message: dict[str, Any]) -> None:
        """Open the room to phones at the confirmed address."""
        if self.room is None or self.room.phones is not None:
            raise RefusedRequest("not_open")
        if message["address"] not in private_addresses():
            raise RefusedRequest("no_network")
        try:
            self.room.open_to_phones(message["address"])
        except OSError:  # the network was left meanwhile
            raise RefusedRequest("no_network") from None

    def close(self, _: Request, message: dict[str, Any]) -> None:
        """Close a screen, and with the room its entry point for phones."""
        if message["what"] == "room" and self.room is not None:
            self.room.close()
            self.room = None
        if (screen := self.screens.pop(message["what"], None)) is not None:
            screen[1].should_exit = True


ACTIONS = {"open": GroupScreens.open, "network": GroupScreens.open_network, "close": GroupScreens.close}


def static_file(name: str) -> Any:
    """Return the function that answers with a file."""

    def answer(_: Request) -> Response:
        return FileResponse(STATIC_FOLDER / name)

    return answer


def known_town(name: str) -> str:
    """Return a municipality of the page by its name, or the one that it opened with."""
    return name if name in sites.site_names() else sites.start_options.scenario


def serve_class() -> tuple[str, uvicorn.Server]:
    """Serve the classroom to this machine; refused where Mesa's page is not installed."""
    if missing_modules("mesa"):
        raise RefusedRequest("class_missing")
    from experiments.page import mesa_server

    return serve_screen(mesa_server.application(), mesa_server.PAGE_REQUESTS, "class")
