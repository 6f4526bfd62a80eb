"""Show the page in a network namespace without network.

`test_door` runs it as `python tests/support/offline.py FOLDER`.
"""

import fcntl
import socket
import struct
import sys
from pathlib import Path

from chromium import SMALL, Tab, chromium, free_port, program, served

SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def loopback_up() -> None:
    """Switch loopback on, which a new namespace has off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        fcntl.ioctl(door, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def main(folder: Path) -> None:
    """Serve, open two views, switch the language; raise if anything fails or asks for the world outside."""
    loopback_up()
    port = free_port()
    town = folder / "small.toml"
    town.write_text(SMALL, encoding="utf-8")
    words = program("view", str(town), "--port", str(port))
    with served(words, port, folder), chromium() as browser:
        tab = Tab(browser, f"http://127.0.0.1:{port}/?years=1&lang=en&measures=training.2")
        tab.lived()
        tab.page.locator("#tab-why").click()
        tab.page.locator(".wf").wait_for()
        tab.press("Cambiar a español")
        tab.page.get_by_text("causa por causa").wait_for()
        tab.close()
        assert tab.wrong == [], tab.wrong
    print("nothing went wrong")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
