"""Progress on stderr: a live line on a terminal, otherwise a line for every 10 % or 30 s."""

import sys
import time
from typing import TextIO

from model import cache_folder

STEP, PAUSE, LIVE_PAUSE = 0.1, 30.0, 0.2


def say(message: str) -> None:
    """Write one line for the person at the keyboard, apart from the results."""
    print(message, file=sys.stderr, flush=True)


def announce_compiling() -> None:
    """Say that the first run of a version of the code takes longer."""
    if not any(cache_folder().rglob("*.nbc")):
        say("compiling the model: once for each version of the code, about half a minute")


class Progress:
    """How much of some work is done."""

    def __init__(self, label: str, total: float, stream: TextIO | None = None) -> None:
        self.label = label
        self.total = max(total, 1e-9)
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.begun = self.stated_at = time.monotonic()
        self.stated = 0.0

    def reach(self, done: float) -> None:
        """Take note that so much is done, and say so if it is time to."""
        share, now = min(done / self.total, 1.0), time.monotonic()
        if self.live and now - self.stated_at >= LIVE_PAUSE:
            self._write(f"\r{self._line(share, now)}", share, now)
        elif not self.live and (share - self.stated >= STEP or now - self.stated_at >= PAUSE):
            self._write(f"{self._line(share, now)}\n", share, now)

    def close(self) -> None:
        """Clear the live line, so that what follows begins on a line of its own."""
        if self.live and self.stated > 0.0:
            self.stream.write("\r" + " " * 79 + "\r")
            self.stream.flush()

    def _line(self, share: float, now: float) -> str:
        gone = now - self.begun
        left = f", {(1.0 - share) * gone / share:.0f} s to go" if 0.0 < share < 1.0 else ""
        return f"{self.label}: {share:4.0%} in {gone:.0f} s{left}".ljust(79 if self.live else 0)

    def _write(self, text: str, share: float, now: float) -> None:
        self.stream.write(text)
        self.stream.flush()
        self.stated, self.stated_at = share, now
