"""A real Chromium and the server of the page, for the tests that need them."""

import contextlib
import http.client
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS, COMPILE_SECONDS = 240.0, 400.0
"""What is waited for is an event; only what never comes is given up, however busy the machine is."""
MISSING = "Chromium is missing; install it, for example with: apt-get install -y chromium"
REQUIRED = "CHROMIUM_REQUIRED"
"""Variable of the environment that, if set, lets tests without Chromium fail instead of skipping them."""
needs_chromium = pytest.mark.skipif(CHROMIUM is None and not os.environ.get(REQUIRED), reason=MISSING)
STRICT_DATA = Path(__file__).with_name("strict_data.js").read_text(encoding="utf-8")
"""Script that makes the data of a page throw when a name is read that is not there."""
PALETTE = 160
"""Colours of a picture that is kept."""
PRINTED: dict[int, str] = {}
"""Address of the page that each server printed, with its token, by port."""
SMALL = """extends = "villa_canales"
title = { en = "Small town", es = "Pueblo pequeño" }
[calendar]
warm_up = 0
[population]
scale = 0.05
"""


def small_town_file(folder: Path, site: str = "villa_canales") -> Path:
    """Write a municipality of a twentieth of its residents into a folder; return the file."""
    town = folder / "small.toml"
    town.write_text(SMALL.replace("villa_canales", site), encoding="utf-8")
    return town


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_pair() -> int:
    """Return a port on which nobody listens, nor on the next one."""
    while True:
        port = free_port()
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port + 1))
            return port


@contextlib.contextmanager
def served(words: list[str], port: int, folder: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; tabs then have the token of the address that it prints."""
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=os.environ | more)
    try:
        answers(server, port, folder)
        PRINTED[port] = printed(folder)
        yield server
    finally:
        PRINTED.pop(port, None)
        server.terminate()
        try:
            server.wait(20.0)
        except subprocess.TimeoutExpired:  # in the middle of a shift or of compiling
            server.kill()
            server.wait()
        log.close()


def answers(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    """Wait until the server answers, be it that a visitor needs a token."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, told(folder)
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        with contextlib.suppress(ConnectionError), contextlib.closing(asked):
            asked.request("GET", "/")
            asked.getresponse().read()
            return
        time.sleep(0.2)
    raise AssertionError("the server does not answer")


def told(folder: Path) -> str:
    """Return what the server has written on its console."""
    return (folder / "server.log").read_text(encoding="utf-8")


def printed(folder: Path) -> str:
    """Return the address that the server printed."""
    found = re.search(r"http://\S+token=\S+", told(folder))
    assert found, told(folder)
    return found[0]


def complaints(folder: Path) -> list[str]:
    """Return the lines in which the server says that something went wrong."""
    return [line for line in told(folder).splitlines() if line.startswith(("page:", "Traceback"))]


def program(*words: str) -> list[str]:
    """Return the command line of confianza."""
    return [str(Path(sys.executable).with_name("confianza")), *words]


@contextlib.contextmanager
def chromium(*more: str) -> Iterator[Any]:
    """Start Chromium, with more arguments if need be."""
    assert CHROMIUM, MISSING
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more], headless=True)
        yield browser
        browser.close()


def keep(screenshot: bytes, path: Path) -> None:
    """Save a screenshot in few colours, which takes a third of the room."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(screenshot)) as taken:
        taken.convert("RGB").quantize(PALETTE, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def with_strict_data(page: Any, renamed: str = "") -> Any:
    """Let the data of a page throw when its scripts read a name that is not there; rename a field, if one is given."""
    page.add_init_script(STRICT_DATA.replace('RENAMED = ""', f'RENAMED = "{renamed}"'))
    return page


class Tab:
    """A page in Chromium, with everything that went wrong in it."""

    def __init__(
        self,
        browser: Any,
        url: str,
        width: int = 1280,
        height: int = 720,
        *,
        stranger: bool = False,
        renamed: str = "",
    ) -> None:
        """Open one more tab of the same person, who has the page's files already, or one of somebody else.

        Its data have every name that a script reads; of these one can be renamed, as if Python had another.
        """
        self.wrong: list[str] = []
        of_one_person = browser.contexts and not stranger
        context = browser.contexts[0] if of_one_person else browser.new_context(accept_downloads=True)
        if address := PRINTED.get(urlsplit(url).port or 0):
            context.request.get(address, max_redirects=0)
        self.page = with_strict_data(context.new_page(), renamed)
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.set_default_timeout(1000.0 * SECONDS)
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda reason: self.wrong.append(str(reason)))
        self.page.on("requestfailed", lambda asked: self.wrong.append(f"failed: {asked.url}"))
        self.page.on("response", self.answered)
        self.page.on("request", self.asked)
        self.page.on("websocket", self.asked)
        self.page.goto(url)

    def answered(self, response: Any) -> None:
        """Note an answer that is an error."""
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def asked(self, request: Any) -> None:
        """Note a request that leaves this machine."""
        if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|file:", request.url):
            self.wrong.append(f"outside: {request.url}")

    def lived(self) -> None:
        """Wait until all worlds have been simulated and what is asked for is drawn."""
        self.page.wait_for_selector(".page[data-state=done]", timeout=1000.0 * COMPILE_SECONDS)

    def answer(self) -> str:
        """Return the sentence under the question."""
        return str(self.page.locator(".answer").inner_text())

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def until(self, true: Any, seconds: float = SECONDS) -> None:
        """Wait until something is true."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end
            self.page.wait_for_timeout(100)

    def close(self) -> None:
        """Close the tab as a visitor does; the browser stays open, so that the server is told."""
        with self.page.expect_event("close"):
            self.page.close(run_before_unload=True)


@contextlib.contextmanager
def small_town(folder: Path, site: str = "villa_canales") -> Iterator[str]:
    """Serve the page of a small town in English; yield its address, and look at the end whether anything went wrong."""
    port, town = free_port(), small_town_file(folder, site)
    with served(program("view", str(town), "--port", str(port), "--lang", "en"), port, folder):
        yield f"http://127.0.0.1:{port}/"
    assert complaints(folder) == []
