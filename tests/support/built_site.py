"""The documentation site as it was built, served to the tests that look at it."""

import contextlib
import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SITE = Path(__file__).parents[2] / "docs" / "_build"
BUILD = "uv run --locked --group docs sphinx-build -W -q docs docs/_build"
REQUIRED = "SITE_REQUIRED"
"""Variable of the environment that, if set, lets tests without the built site fail instead of skipping them."""
needs_site = pytest.mark.skipif(
    not (SITE / "index.html").is_file() and not os.environ.get(REQUIRED), reason=f"needs the built site: {BUILD}"
)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line on the console for each."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served_site() -> Iterator[str]:
    """Serve the built site; yield its address."""
    assert (SITE / "index.html").is_file(), f"the site is not built: {BUILD}"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
