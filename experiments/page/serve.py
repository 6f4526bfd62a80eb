"""Serve the page of the project, or Mesa's own page around one world."""

import contextlib
import logging
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from experiments.page import sites
from experiments.page.console import OneLineHandler
from experiments.page.request_guard import PageRequests, RequestGuard
from experiments.storage.progress import print_note
from experiments.words.console import console_text
from model.engine.errors import InputError

HOST = "127.0.0.1"
SWITCH_INTERVAL = 0.0005
"""Switch interval (s) of threads; at Python's default of 5 ms each message waits for several intervals."""


def serve_page(
    scenario: str,
    port: int,
    language: str,
    mesa: bool = False,
    draws: tuple[Path, ...] = (),
    more: Sequence[Any] = (),
) -> None:
    """Serve the page of the project, or with ``mesa`` that of Mesa, until interrupted.

    ``draws`` are folders of finished answers, whose pages are shown, or of comparisons over draws; ``more`` are routes
    of programs that the page opens.
    """
    check_port(port)
    sites.load_scenario(scenario)
    sites.set_start_options(scenario, language, draws)
    from experiments.page.background_worker import in_background

    if mesa:
        from experiments.page.mesa_server import PAGE_REQUESTS, application

        with in_background(at_once=False):  # only some students ask for paired runs
            serve(application(), PAGE_REQUESTS, port, lambda: None)
    else:
        from experiments.page.application import PAGE_REQUESTS, application

        with in_background() as background:
            serve(application(*more), PAGE_REQUESTS, port, lambda: background.warm_up(scenario))


def check_port(port: int, address: str = HOST, last: int = 65535) -> None:
    """Raise `InputError` unless a port of an address of this machine is free and at most ``last``."""
    if not 0 < port <= last:
        raise InputError(f"--port is out of range: {port}. Choose a port from 1 to {last}.")
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
        except OSError:
            where = "" if address == HOST else f" of {address}"
            raise InputError(f"--port is in use by another program: {port}{where}. Choose another port.") from None


def server_settings(**settings: Any) -> dict[str, Any]:
    """Return the uvicorn settings of all servers of the program, with those of one server added."""
    return {
        "log_config": None,
        "log_level": "warning",
        "proxy_headers": False,
        "timeout_graceful_shutdown": 2,
        "ws_per_message_deflate": False,  # locally, compressing messages costs more than sending them
        **settings,
    }


def serve(app: object, needs: PageRequests, port: int, background_task: Callable[[], None]) -> None:
    """Serve a page to holders of its token on this machine only; run ``background_task`` in a thread."""
    logging.basicConfig(handlers=[OneLineHandler()], level=logging.WARNING)
    import uvicorn

    guard = RequestGuard(app, port, needs)
    sys.setswitchinterval(SWITCH_INTERVAL)
    threading.Thread(target=background_task, name="confianza warm-up", daemon=True).start()
    print_note(console_text("page.address", link=guard.link))
    config = uvicorn.Config(guard, **server_settings(host=HOST, port=port, ws_max_size=needs.longest))
    # `uvicorn.run` takes an interruption during the start for a failed start, and ends with code 3.
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()
