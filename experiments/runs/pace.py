"""How fast a sweep goes: finished runs, rate, time left; and the estimate before it from its first run."""

import time
from typing import TextIO

from experiments.runs.progress import LIVE_PAUSE, PAUSE, STEP, say


def spoken(seconds: float) -> str:
    """Return a time as people say it.

    >>> spoken(0.6), spoken(90), spoken(8000), spoken(302400)
    ('1 s', '2 min', '2 h 13 min', '3 d 12 h')
    """
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


class Pace:
    """The progress of a sweep on stderr: a live line on a terminal, else one per 10 % or 30 s."""

    def __init__(self, runs: int, shifts: int, lanes: int, stream: TextIO | None = None) -> None:
        import sys

        self.runs, self.each, self.lanes = runs, max(shifts, 1), lanes
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.begun = self.stated_at = time.monotonic()
        self.safe = self.computed = self.lost = 0
        self.stated = 0.0
        self.line = ""

    def ran(self, seconds: float) -> None:
        """Take note of a run that was computed; the first is the pilot for an estimate of all."""
        if self.computed == 0 and self.runs > 1:
            whole = self.runs * seconds / self.lanes
            self.say(f"one run takes {seconds:.2g} s: {self.runs} runs take about {spoken(whole)}{self.shared()}")
        self.computed += 1

    def shared(self) -> str:
        """Return in words who shares the work."""
        return f" with {self.lanes} workers" if self.lanes > 1 else " with 1 worker"

    def finished(self, runs: int) -> None:
        """Take note of runs that are safe on the disk."""
        self.safe += runs

    def failed(self, message: str) -> None:
        """Take note of a run that went into quarantine."""
        self.lost += 1
        self.say(f"confianza: {message}")

    def say(self, message: str) -> None:
        """Write a line of its own."""
        self.close()
        say(message)

    def show(self, shifts: int) -> None:
        """Say how far it is, if it is time to."""
        part = min(shifts / self.each, float(self.lanes))
        share = min((self.computed + self.lost + part) / max(self.runs, 1), 1.0)
        now = time.monotonic()
        if self.live and now - self.stated_at >= LIVE_PAUSE:
            self.line = self.text(share, now)
            self.stream.write(f"\r{self.line.ljust(79)}")
        elif not self.live and (share - self.stated > STEP - 1e-9 or now - self.stated_at >= PAUSE):
            self.stream.write(f"{self.text(share, now)}\n")
        else:
            return
        self.stream.flush()
        self.stated, self.stated_at = share, now

    def text(self, share: float, now: float) -> str:
        """Return how far it is, at what rate, and how long it still takes."""
        gone = max(now - self.begun, 1e-6)
        done = share * self.runs
        rate = done / gone
        pace = f"{rate:.1f} runs a second" if rate >= 1.0 else f"{60 * rate:.1f} runs a minute"
        pace = pace if done > 0.0 else "starting"
        left = f", {spoken((self.runs - done) / rate)} to go" if 0.0 < share < 1.0 else ""
        lost = f", {self.lost} failed" if self.lost else ""
        return f"{share:4.0%}: {self.safe} of {self.runs} runs safe on disk{lost}, {pace}{left}"

    def close(self) -> None:
        """Clear the live line, so that what follows begins on a line of its own."""
        if self.line:
            self.stream.write("\r" + " " * 79 + "\r")
            self.stream.flush()
            self.line = ""
