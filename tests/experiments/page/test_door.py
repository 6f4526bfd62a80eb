"""Who gets through to the page: who has its token, and no other site that is open in the same browser."""

import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from chromium import PRINTED, ROOT, chromium, complaints, free_port, needs_chromium, program, served, small_town_file
from page_client import UPGRADE, ask, cookies, socket_path, status

from experiments.page.application import PAGE_REQUESTS
from experiments.page.request_guard import AccessToken
from experiments.page.serve import serve

FOREIGN = "attacker.example"
ATTACK = """async ([host, path]) => {
    const knock = new Promise((told) => {
        const line = new WebSocket(`ws://${host}${path}`);
        line.onopen = () => told('open');
        line.onerror = () => told('refused');
    });
    const answer = async (method, path) => {
        const told = await fetch(`http://${host}${path}`, {method, mode: 'no-cors'}).catch(() => null);
        return told && told.status;
    };
    return [await knock, await answer('GET', '/static/page.js')];
}"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a small town."""
    folder, port = tmp_path_factory.mktemp("door"), free_port()
    town = small_town_file(folder)
    with served(program("view", str(town), "--port", str(port)), port, folder):
        yield port
    assert complaints(folder) == []


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """Serve an empty page from another origin."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>elsewhere</title>")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.thorough
def test_the_page_is_answered_under_both_of_its_names(port: int) -> None:
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        assert status(port, "/", Host=host) == 200
        assert status(port, socket_path(), Host=host, Origin=f"http://{host.lower()}", **UPGRADE) == 101


@pytest.mark.parametrize("host", [FOREIGN, "{foreign}:{port}", "127.0.0.1", "127.0.0.1:1", "", "127.0.0.1:{port}.x"])
def test_a_foreign_host_is_refused(port: int, host: str) -> None:
    host = host.format(port=port, foreign=FOREIGN)
    for path in ("/", "/resourcez", "/static/page.js"):
        assert status(port, path, Host=host) == 403
        assert status(port, path, Host=host, Origin=f"http://{host}") == 403
    assert status(port, socket_path(), Host=host, Origin=f"http://{host}", **UPGRADE) == 403


@pytest.mark.parametrize(
    "origin", [f"http://{FOREIGN}", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}"]
)
def test_a_foreign_origin_is_refused(port: int, origin: str) -> None:
    origin = origin.format(port=port)
    assert status(port, socket_path(), Origin=origin, **UPGRADE) == 403
    assert status(port, "/static/page.js", Origin=origin) == 403


def test_a_socket_without_an_origin_is_refused(port: int) -> None:
    assert status(port, socket_path(), **UPGRADE) == 403


@pytest.mark.parametrize(
    ("site", "mode", "place", "code"),
    [
        ("none", "navigate", "document", 200),
        ("same-origin", "cors", "empty", 200),
        ("cross-site", "navigate", "document", 200),  # where the browser has the cookie nevertheless
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "script", 403),
        ("same-site", "no-cors", "empty", 403),
    ],
)
def test_another_site_may_link_to_the_page_and_no_more(port: int, site: str, mode: str, place: str, code: int) -> None:
    assert status(port, "/", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode, Sec_Fetch_Dest=place) == code


@pytest.mark.parametrize(
    "path",
    [
        "/static/%00",
        "/static/%00.js",
        "/static/..%2f..%2fserve.py",
        "/static/../serve.py",
        "/static/%2fetc%2fpasswd",
        "/static/page.html",
        "/static/nothing.js",
        "/static/" + 5000 * "a" + ".js",
        "/static/" + 300 * "a" + ".js",
        "/%0a",
        "/static/%ff%fe.js",
        "/static",
        "/static/",
        "/nowhere/at/all",
        "/nowhere",
        "/socket",
        "/serve.py",
        "/_solara/cdn/vuetify.js",
    ],
)
def test_what_is_not_there_or_not_needed_is_said_not_to_be(port: int, path: str) -> None:
    assert status(port, path) == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("PUT", "/"),
        ("DELETE", "/static/page.js"),
        ("OPTIONS", "/"),
    ],
)
def test_what_the_page_never_sends_is_refused(port: int, method: str, path: str) -> None:
    assert status(port, path, method) == 404


@pytest.mark.parametrize("held", ["", "confianza-{port}=wrong", "confianza-{port}=", "confianza={token}", "é=é"])
def test_without_the_token_nothing_is_answered_but_how_to_get_in(port: int, held: str) -> None:
    token = PRINTED[port].partition("token=")[2]
    cookie = {"Cookie": held.format(port=port, token=token)} if held else {}
    for path in ("/", "/?years=1", "/?token=", "/?token=wrong", f"/static/page.js?token={token}", "/resourcez"):
        answer = ask(port, path, **cookie)
        assert answer.status == 403, path
        assert "confianza view" in answer.body
        assert "Open the address" in answer.body
        assert "Abra la dirección" in answer.body
        assert answer.cookies() == []
    assert ask(port, "/", "POST", **cookie).status == 403
    for path in (socket_path(), f"{socket_path()}?token={token}"):
        assert ask(port, path, Origin=f"http://127.0.0.1:{port}", **UPGRADE, **cookie).status == 403


def test_the_printed_address_leaves_a_cookie_and_no_token_behind(port: int) -> None:
    answer = ask(port, f"/?years=1&{PRINTED[port].partition('?')[2]}&measures=training.2,means.0")
    assert (answer.status, answer.header("location")) == (303, "/?years=1&measures=training.2,means.0")
    stated = answer.header("set-cookie").lower()
    assert stated.startswith(f"confianza-{port}=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in stated.split(";")}
    again = ask(port, "/?token=old&years=1", Cookie=cookies(PRINTED[port]))
    assert (again.status, again.header("location")) == (303, "/?years=1")


def test_an_interruption_during_the_start_is_no_failed_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: uvicorn.Server) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", interrupted)
    monkeypatch.setattr(sys, "setswitchinterval", lambda _: None)
    serve(lambda *_: None, PAGE_REQUESTS, free_port(), lambda: None)  # uvicorn.run would end the program with code 3


def test_each_server_has_a_token_of_its_own() -> None:
    assert len({AccessToken(8765).token for _ in range(100)}) == 100
    assert all(len(AccessToken(8765).token) >= 32 for _ in range(100))


@pytest.mark.thorough
@needs_chromium
def test_in_a_browser_the_page_opens_with_the_token_and_not_without(port: int) -> None:
    with chromium() as browser:
        page = browser.new_context().new_page()
        assert page.goto(f"http://127.0.0.1:{port}/").status == 403
        page.get_by_text("Abra la dirección").wait_for()
        assert page.goto(f"{PRINTED[port]}&years=1").status == 200
        assert page.url == f"http://127.0.0.1:{port}/?years=1"
        assert page.evaluate("document.cookie").find("confianza") == -1
        assert page.reload().status == 200
        page.context.close()


def test_a_browser_may_fetch_and_run_nothing_but_what_is_served_here(port: int) -> None:
    rights = ask(port, "/", Cookie=cookies(PRINTED[port])).header("content-security-policy")
    stated = dict(part.strip().split(" ", 1) for part in rights.split(";"))
    assert (stated["default-src"], stated["script-src"], stated["connect-src"]) == ("'none'", "'self'", "'self'")
    assert "unsafe-eval" not in rights
    assert "http" not in rights


def test_nobody_on_the_network_can_reach_the_server(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which address this machine would use
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((own, port), timeout=10.0).close()


@pytest.mark.thorough
@needs_chromium
def test_in_a_browser_no_other_site_gets_through(port: int, elsewhere: int) -> None:
    """A second origin on this machine, one on another site, and one that had its name point here."""
    rebound = f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1"
    with chromium(rebound) as browser:
        page = browser.new_context().new_page()
        own = f"127.0.0.1:{port}"
        for site in (f"127.0.0.1:{elsewhere}", f"localhost:{elsewhere}", f"{FOREIGN}:{elsewhere}"):
            page.goto(f"http://{site}/")
            assert page.title() == "elsewhere"
            answered = page.evaluate(ATTACK, [own, socket_path()])
            assert answered[0] == "refused", site
        assert page.goto(f"http://{FOREIGN}:{port}/").status == 403
        assert page.evaluate(ATTACK, [f"{FOREIGN}:{port}", socket_path()]) == ["refused", 403]
        page.goto(PRINTED[port])
        assert page.evaluate(ATTACK, [own, socket_path()]) == ["open", 200]
        page.context.close()


@pytest.mark.thorough
@needs_chromium
def test_in_a_browser_the_page_stands_in_no_frame(port: int, elsewhere: int) -> None:
    with chromium() as browser:
        page = browser.new_context().new_page()
        page.goto(f"http://127.0.0.1:{elsewhere}/")
        page.evaluate(
            """(url) => new Promise((loaded) => {
                const frame = document.createElement('iframe');
                frame.onload = loaded;
                frame.src = url;
                document.body.append(frame);
            })""",
            f"http://127.0.0.1:{port}/",
        )
        assert page.frames[1].locator("#view").count() == 0
        page.context.close()


@pytest.mark.thorough
@needs_chromium
@pytest.mark.slow  # every tab that a test opens notes what it asks for outside this machine
def test_the_page_works_with_no_network_at_all(tmp_path: Path) -> None:
    """Server and Chromium in a network namespace that has nothing but loopback."""
    inside = ["unshare", "--net", sys.executable, "tests/support/offline.py", str(tmp_path)]
    if subprocess.run([*inside[:2], "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a network namespace")
    told = subprocess.run(inside, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "nothing went wrong" in told.stdout
