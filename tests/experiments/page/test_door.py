"""Who gets through to the page: itself, and no other site that is open in the same browser."""

import http.client
import http.server
import socket
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from chromium import SMALL, chromium, free_port, needs_chromium, program, served

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
    return [await knock, await answer('POST', '/_solara/api/close/0?session_id=0'), await answer('GET', '/readyz')];
}"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a small town."""
    folder, port = tmp_path_factory.mktemp("door"), free_port()
    town = folder / "small.toml"
    town.write_text(SMALL, encoding="utf-8")
    with served(program("view", str(town), "--port", str(port)), port, folder):
        yield port
    told = (folder / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in told, told


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


def status(port: int, path: str, method: str = "GET", **headers: str) -> int:
    """Return the status of an answer; headers are written with _ for -."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0)
    asked.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items():
        asked.putheader(name.replace("_", "-"), value)
    asked.endheaders()
    answer = asked.getresponse()
    answer.read()
    asked.close()
    return answer.status


def line() -> str:
    """Return the path on which a new visit speaks with the server."""
    return f"/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}"


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def test_the_page_is_answered_under_both_of_its_names(port: int) -> None:
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        assert status(port, "/", Host=host) == 200
        assert status(port, line(), Host=host, Origin=f"http://{host.lower()}", **UPGRADE) == 101


@pytest.mark.parametrize("host", [FOREIGN, "{foreign}:{port}", "127.0.0.1", "127.0.0.1:1", "", "127.0.0.1:{port}.x"])
def test_a_foreign_host_is_refused(port: int, host: str) -> None:
    host = host.format(port=port, foreign=FOREIGN)
    for path in ("/", "/readyz", "/static/main.js"):
        assert status(port, path, Host=host) == 403
        assert status(port, path, Host=host, Origin=f"http://{host}") == 403
    assert status(port, line(), Host=host, Origin=f"http://{host}", **UPGRADE) == 403


@pytest.mark.parametrize(
    "origin", [f"http://{FOREIGN}", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}"]
)
def test_a_foreign_origin_is_refused(port: int, origin: str) -> None:
    origin = origin.format(port=port)
    assert status(port, line(), Origin=origin, **UPGRADE) == 403
    assert status(port, "/_solara/api/close/0?session_id=0", "POST", Origin=origin) == 403


def test_a_socket_without_an_origin_is_refused(port: int) -> None:
    assert status(port, line(), **UPGRADE) == 403


@pytest.mark.parametrize(
    ("site", "mode", "place", "code"),
    [
        ("none", "navigate", "document", 200),
        ("same-origin", "cors", "empty", 200),
        ("cross-site", "navigate", "document", 200),
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
        "/static/public/%00.js",
        "/jupyter/nbextensions/a%00b",
        "/_solara/cdn/%00",
        "/_solara/cdn/..%2f..%2f..%2fpyvenv.cfg",
        "/_solara/cdn/../../../pyvenv.cfg",
        "/_solara/cdn/%2fetc%2fpasswd",
        "/static/" + 5000 * "a",
        "/static/" + 300 * "a",
        "/%0a",
        "/static/%ff%fe",
        "/nowhere/at/all",
    ],
)
def test_what_is_not_there_is_said_not_to_be(port: int, path: str) -> None:
    assert status(port, path) == 404


def test_nothing_is_fetched_from_elsewhere_and_no_other_page_is_shown(port: int) -> None:
    from solara.server.settings import assets

    pages = [path for path in assets.proxy_cache_dir.rglob("*.html") if path.is_file()]
    assert pages
    for path in pages:
        assert status(port, f"/_solara/cdn/{path.relative_to(assets.proxy_cache_dir).as_posix()}") == 404
    before = {path.name for path in assets.proxy_cache_dir.iterdir()}
    assert status(port, "/_solara/cdn/left-pad@1.3.0/index.js") == 404
    assert {path.name for path in assets.proxy_cache_dir.iterdir()} == before


def test_nobody_on_the_network_can_reach_the_server(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which address this machine would use
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((own, port), timeout=10.0).close()


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
            answered = page.evaluate(ATTACK, [own, line()])
            assert answered[0] == "refused", site
        assert page.goto(f"http://{FOREIGN}:{port}/").status == 403
        assert page.evaluate(ATTACK, [f"{FOREIGN}:{port}", line()]) == ["refused", 403, 403]
        page.goto(f"http://{own}/readyz")
        assert page.evaluate(ATTACK, [own, line()]) == ["open", 200, 200]
        page.context.close()


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
        assert page.frames[1].locator("#app").count() == 0
        page.context.close()
