"""The server of the page: on this machine only, without network and without telemetry."""

import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable

from experiments.page import sites
from experiments.page.access_token import QUERY, AccessToken
from experiments.page.console import OneLine
from experiments.page.request_guard import CDN, RequestGuard
from experiments.storage.progress import say
from model.engine.errors import InputError

HOST = "127.0.0.1"
SETTINGS = {
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Confianza",
    "SOLARA_ASSETS_PROXY": "false",  # it would fetch whatever is asked for, and show it under our name
    "SOLARA_ASSETS_CDN": CDN,
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",
}
GIVE_WAY = 0.0005
"""Seconds after which a world that lives on gives way: at Python's own 5 ms each frame waits for several of them."""
PAGE, MESA = "experiments.page.page", "experiments.page.mesa_page"


def view(scenario: str, port: int, language: str, mesa: bool = False) -> None:
    """Open the page, ours or Mesa's own, and serve it until interrupted."""
    import scenarios

    if not 0 < port < 65536:
        raise InputError(f"--port is out of range: {port}. Choose a port from 1 to 65535.")
    scenarios.load(scenario)
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
        except OSError:
            raise InputError(f"--port is in use by another program: {port}. Choose another port.") from None
    sites.open_with(scenario, language)
    if mesa:
        serve(MESA, port, lambda: None)
    else:
        from experiments.page.background_worker import in_background

        with in_background() as background:
            serve(PAGE, port, lambda: background.warm_up(scenario))


def serve(page: str, port: int, meanwhile: Callable[[], None]) -> None:
    """Serve a page, on this machine alone and to whoever has its token, while something else is got ready."""
    os.environ.update(SETTINGS | {"SOLARA_APP": page})
    # only of interest where the page is in the frame of another, which the request guard forbids
    warnings.filterwarnings("ignore", "Cookies with samesite=none")
    logging.basicConfig(handlers=[OneLine()], level=logging.WARNING)
    import uvicorn
    from solara.server.settings import assets
    from solara.server.starlette import app

    from experiments.page.slow_sockets import ImpatientConnection

    access = AccessToken(port)
    sys.setswitchinterval(GIVE_WAY)
    threading.Thread(target=meanwhile, name="confianza compiles", daemon=True).start()
    say(f"confianza: the page is at http://{HOST}:{port}/?{QUERY}={access.token} (stop it with Ctrl-C)")
    uvicorn.run(
        RequestGuard(app, port, access, assets.proxy_cache_dir),
        host=HOST,
        port=port,
        http=ImpatientConnection,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        ws_per_message_deflate=False,  # on one machine squeezing frames costs more than sending them
    )
