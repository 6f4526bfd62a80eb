"""Programs that speak with the server of the page as a browser or a stranger would: requests, sockets, frames.

Only `socket_path` knows the server; all else holds for any.
"""

import contextlib
import http.client
import json
import os
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chromium import PRINTED, complaints

PATIENCE = 120.0
"""Seconds that are waited for an answer, however busy the machine is."""
WITHIN = 30.0
"""Seconds within which slow sockets are closed and lines are written, on a busy machine."""
TEXT, BINARY, RESERVED = 1, 2, 5
CLOSED = 0x88
"""First byte of the frame that ends a conversation."""


def socket_path() -> str:
    """Return the path on which a visit speaks with the server."""
    return "/socket"


BROKEN_REQUESTS = {
    "no request": b"hello\r\n\r\n",
    "no such version": b"GET / HTTP/x\r\n\r\n",
    "no name of a header": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "bytes": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "fifty at once": 50 * b"hello\r\n\r\n",
}
"""Bytes that are no request of HTTP."""
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@dataclass(frozen=True)
class Answer:
    """Answer to a request."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        """Return a header."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def cookies(self) -> list[str]:
        """Return the cookies that it sets, without their attributes."""
        return [value.split(";")[0] for key, value in self.headers if key.lower() == "set-cookie"]


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send a request without cookies; headers are written with _ for -."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    asked.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items():
        asked.putheader(name.replace("_", "-"), value)
    asked.endheaders()
    answer = asked.getresponse()
    found = Answer(answer.status, answer.getheaders(), answer.read().decode(errors="replace"))
    asked.close()
    return found


def status(port: int, path: str, method: str = "GET", **headers: str) -> int:
    """Return the status of the answer to a visitor who has opened the page."""
    return ask(port, path, method, Cookie=cookies(PRINTED[port]), **headers).status


@cache
def cookies(printed: str) -> str:
    """Return the cookies of a visitor who has opened the page at the address that the server printed."""
    found = re.fullmatch(r"http://[^/:]+:(\d+)(/.*)", printed)
    assert found
    first = ask(int(found[1]), found[2]).cookies()
    second = ask(int(found[1]), "/", Cookie="; ".join(first)).cookies()
    return "; ".join([*first, *second])


class Conversation:
    """Socket of a visitor who has opened the page, on which anything can be sent."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        named = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", "Cookie": cookies(PRINTED[port])}
        headers = [f"{name.replace('_', '-')}: {value}" for name, value in (named | UPGRADE).items()]
        self.line.sendall("\r\n".join([f"GET {socket_path()} HTTP/1.1", *headers, "", ""]).encode())
        told = b""
        while b"\r\n\r\n" not in told:
            more = self.line.recv(1)
            assert more, told
            told += more
        assert told.startswith(b"HTTP/1.1 101"), told

    def send(self, content: bytes) -> None:
        """Send bytes; a server that has closed already does not take them."""
        with contextlib.suppress(OSError):
            self.line.sendall(content)

    def is_closed(self, seconds: float = PATIENCE) -> bool:
        """Wait until the server has closed the conversation; tell whether it has."""
        self.line.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            try:
                while head := self.read(2):
                    length = head[1]
                    if length > 125:
                        length = int.from_bytes(self.read(2 if length == 126 else 8))
                    self.read(length)
                    if head[0] == CLOSED:
                        return True
            except ConnectionError:
                pass
            return True
        return False

    def read(self, length: int) -> bytes:
        """Return so many bytes, none at the end."""
        found = b""
        while len(found) < length and (more := self.line.recv(length - len(found))):
            found += more
        return found

    def close(self) -> None:
        """Leave without a word."""
        self.line.close()


def frame(content: bytes, kind: int = TEXT, masked: bool = True) -> bytes:
    """Return a frame as a browser sends it."""
    length = len(content)
    head = bytes([0x80 | kind, (0x80 if masked else 0) | (length if length < 126 else 126 if length < 2**16 else 127)])
    head += (
        struct.pack("!H", length) if 126 <= length < 2**16 else struct.pack("!Q", length) if length >= 2**16 else b""
    )
    mask = os.urandom(4) if masked else b""
    return head + mask + bytes(one ^ mask[k % 4] if masked else one for k, one in enumerate(content))


def message(kind: str, **content: Any) -> bytes:
    """Return a message in the form that the page uses."""
    return json.dumps({"kind": kind, **content}).encode()


@contextlib.contextmanager
def slow_sockets(port: int, number: int) -> Iterator[list[socket.socket]]:
    """Open sockets on which nothing comes, one byte, or a request that never ends."""
    lines = []
    for k in range(number):
        line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        line.sendall([b"", b"G", f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Slow: ".encode()][k % 3])
        lines.append(line)
    yield lines
    for line in lines:
        line.close()


def seconds_until_closed(lines: list[socket.socket], seconds: float) -> float:
    """Return how long it takes until the server has closed all sockets."""
    begun = time.monotonic()
    for line in lines:
        line.settimeout(max(0.1, begun + seconds - time.monotonic()))
        with contextlib.suppress(ConnectionError):
            while line.recv(4096):
                pass
    return time.monotonic() - begun


def until_closed(port: int, content: bytes) -> bytes:
    """Send bytes on a new connection; return what comes until the server closes it."""
    told = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(content)
        with contextlib.suppress(ConnectionError):
            while more := line.recv(4096):
                told += more
    return told


def lines_after(folder: Path, before: int, expected: int) -> list[str]:
    """Return what has been said since, once as much has been said as is expected, or nothing more comes."""
    end = time.monotonic() + WITHIN
    while len(complaints(folder)) < before + expected and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.3)
    return complaints(folder)[before:]
