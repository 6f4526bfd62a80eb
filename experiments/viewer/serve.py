"""The server of the page: on this machine only, without network and without telemetry."""

import os
import socket
import threading

from experiments.runs.progress import say
from experiments.runs.words import LANGUAGES
from experiments.viewer import sites
from model.errors import InputError, nearest

HOST = "127.0.0.1"
SETTINGS = {
    "SOLARA_APP": "experiments.viewer.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Confianza",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",
}


def view(scenario: str, port: int, language: str) -> None:
    """Open the page and serve it until interrupted."""
    import scenarios

    if language not in LANGUAGES:
        raise InputError(f"--lang must be en or es, got '{language}'{nearest(language, LANGUAGES)}")
    if not 0 < port < 65536:
        raise InputError(f"--port must lie in [1, 65535], got {port}")
    scenarios.load(scenario)
    check_free(port)
    sites.open_with(scenario, language)
    os.environ.update(SETTINGS)
    import uvicorn
    from solara.server.starlette import app

    say(f"confianza: the page is at http://{HOST}:{port}/ (stop it with Ctrl-C)")
    threading.Thread(target=warm, args=(scenario,), name="confianza compiles", daemon=True).start()
    # on one machine squeezing frames costs more than sending them
    uvicorn.run(
        app, host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=2, ws_per_message_deflate=False
    )


def warm(scenario: str) -> None:
    """Compile the rules and warm up the first town, in this process, where its visitors will live in it."""
    from experiments.viewer.stage import SEED

    sites.begin(scenario, SEED)


def check_free(port: int) -> None:
    """Raise if another program listens on a port."""
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
        except OSError:
            raise InputError(f"--port {port} is in use by another program; give another one") from None
