"""Open the page: the program of its own, or Mesa's own page around one world."""

import logging
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.page import sites
from experiments.page.console import OneLine
from experiments.page.request_guard import Needs, RequestGuard
from experiments.storage.progress import say
from model.engine.errors import InputError

HOST = "127.0.0.1"
GIVE_WAY = 0.0005
"""Seconds after which a thread that computes gives way: at Python's own 5 ms each message waits for several of them."""


def view(scenario: str, port: int, language: str, mesa: bool = False, draws: tuple[Path, ...] = ()) -> None:
    """Open the page, ours or Mesa's own, and serve it until interrupted.

    ``draws`` are folders of comparisons over draws, on which the decision view bases what it calls known.
    """
    check_port(port)
    sites.load_scenario(scenario)
    sites.open_with(scenario, language, draws)
    from experiments.page.background_worker import in_background

    if mesa:
        from experiments.page.mesa_server import NEEDS, application

        with in_background(at_once=False):  # only some students ask for paired runs
            serve(application(), NEEDS, port, lambda: None)
    else:
        from experiments.page.application import NEEDS, application

        with in_background() as background:
            serve(application(), NEEDS, port, lambda: background.warm_up(scenario))


def check_port(port: int, address: str = HOST, last: int = 65535) -> None:
    """Raise `InputError` unless a port of an address of this machine is free; the ``last`` one has this number."""
    if not 0 < port <= last:
        raise InputError(f"--port is out of range: {port}. Choose a port from 1 to {last}.")
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
        except OSError:
            where = "" if address == HOST else f" of {address}"
            raise InputError(f"--port is in use by another program: {port}{where}. Choose another port.") from None


def server_settings(**own: Any) -> dict[str, Any]:
    """Return the settings of every server of the program as uvicorn takes them, with those of one server."""
    from experiments.page.slow_sockets import ImpatientConnection

    return {
        "http": ImpatientConnection,
        "log_config": None,
        "log_level": "warning",
        "proxy_headers": False,
        "timeout_graceful_shutdown": 2,
        "ws_per_message_deflate": False,  # on one machine squeezing messages costs more than sending them
        **own,
    }


def serve(app: object, needs: Needs, port: int, meanwhile: Callable[[], None]) -> None:
    """Serve a page, on this machine alone and to whoever has its token, while something else is got ready."""
    logging.basicConfig(handlers=[OneLine()], level=logging.WARNING)
    import uvicorn

    guard = RequestGuard(app, port, needs)
    sys.setswitchinterval(GIVE_WAY)
    threading.Thread(target=meanwhile, name="confianza warm-up", daemon=True).start()
    say(f"confianza: the page is at {guard.link} (stop it with Ctrl-C)")
    uvicorn.run(guard, **server_settings(host=HOST, port=port, ws_max_size=needs.longest))
