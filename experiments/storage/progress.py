"""Progress on standard error: a bar (rich) on a terminal, otherwise a line every 10 % or 30 s."""

import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from experiments.storage.quoting import rich_stream
from experiments.words.console import console_text
from model.engine.errors import InputError
from model.engine.fingerprint import PACKAGE, cache_folder

if TYPE_CHECKING:
    from rich.live import Live

WIDTH = 79
REPORT_SHARE, REPORT_PAUSE_S, LIVE_PAUSE_S = 0.1, 30.0, 0.2
FIRST_REPORT_S, NEXT_REPORT_S = 1.9, 10.0
"""Seconds until `report_slow` prints its first message, and between later ones."""


def print_note(message: str) -> None:
    """Write a message to standard error, apart from the results."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def print_input_errors() -> Iterator[None]:
    """Turn an `InputError` into one line on standard error and exit code 2."""
    try:
        yield
    except InputError as problem:
        print_note(str(problem))
        raise SystemExit(2) from None


def compiled_before() -> bool:
    """Return whether all kernels of a shift are cached on disk for this checkout and version of the code.

    `run_shifts` is compiled last; small functions are compiled when imported.  Numba caches kernels by the path and
    content of their module, so a new checkout at the same path reuses them.
    """
    kernels = cache_folder() / numba_folder(PACKAGE / "engine" / "driver.py")
    return any(kernels.glob("driver.run_shifts-*.nbc"))


def numba_folder(source: Path) -> str:
    """Return the name of Numba's cache folder for a module, without importing Numba."""
    return f"{source.parent.name}_{hashlib.sha1(str(source.parent).encode(), usedforsecurity=False).hexdigest()}"


def announce_compiling() -> None:
    """Announce that the first run of a version of the code takes longer."""
    if not compiled_before():
        print_note(console_text("progress.compiling"))


@contextmanager
def report_slow(label: str) -> Iterator[None]:
    """Report an operation that takes longer than `FIRST_REPORT_S`, and again every `NEXT_REPORT_S` until it ends."""
    stopped, begun = threading.Event(), time.monotonic()

    def report_waiting() -> None:
        pause = FIRST_REPORT_S
        while not stopped.wait(pause):
            elapsed = format_duration(time.monotonic() - begun)
            print(console_text("progress.so_far", label=label, time=elapsed), file=sys.stderr, flush=True)
            pause = NEXT_REPORT_S

    thread = threading.Thread(target=report_waiting, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def format_duration(seconds: float) -> str:
    """Format a duration (s) for people.

    >>> format_duration(0.6), format_duration(90), format_duration(8000), format_duration(302400)
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


class Progress:
    """Progress of a job: share done, rate, and remaining time.

    The rate is that since the first update: what comes before it, such as compiling, happens once.  A job may have
    several parts, whose amounts are counted by `end_part`; the time until the first update of the next is left out.
    """

    def __init__(
        self, label: str, total: float, runs: int = 1, *, word: str = "", stream: TextIO | None = None
    ) -> None:
        self.label, self.runs, self.word = label, runs, word or console_text("progress.done")
        self.total = max(total, 1e-9)
        self.stream = stream or sys.stderr
        self.live = live_on(self.stream) if self.stream.isatty() and os.environ.get("TERM") != "dumb" else None
        self.begun = self.reported_at = time.monotonic()
        self.reported_share = self.done_before = 0.0
        self.first: tuple[float, float] | None = None  # share and time of the first update
        self.part_ended_at: float | None = None
        self.n_stored = self.n_computed = self.n_failed = 0

    def record_computed(self, seconds: float, n_workers: int) -> None:
        """Record a computed run; after the first one, print an estimate of the total time."""
        if self.n_computed == 0 and self.runs > 1:
            duration = format_duration(self.runs * seconds / n_workers)
            workers = console_text("progress.workers" if n_workers > 1 else "progress.one_worker", n=n_workers)
            self.print_note(
                console_text("progress.estimate", each=seconds, n=self.runs, whole=duration, workers=workers)
            )
        self.n_computed += 1

    def record_stored(self, runs: int = 1) -> None:
        """Record runs that have ended and are stored."""
        self.n_stored += runs

    def record_failed(self, message: str) -> None:
        """Record and report a failed run."""
        self.n_failed += 1
        self.print_note(f"confianza: {message}")

    def print_note(self, message: str) -> None:
        """Clear the bar and write a message."""
        self.close()
        print_note(message)

    def end_part(self, done: float) -> None:
        """Count the amount of a part that has ended; the next part begins there."""
        self.done_before += done
        self.part_ended_at = time.monotonic()

    def skip_part(self, done: float, runs: int) -> None:
        """Count an amount, and its runs, that an earlier start has done: it takes no time now."""
        self.done_before += done
        self.record_stored(runs)
        if self.first is not None:
            self.first = (self.first[0] + done / self.total, self.first[1])

    def leave_out(self, amount: float, runs: int) -> None:
        """Take an amount, and its runs, from the total: it turned out to be unnecessary."""
        self.total, self.runs = max(self.total - amount, 1e-9), self.runs - runs

    def update(self, done: float) -> None:
        """Record the amount done in this part; report it if the last report is long enough ago."""
        share, now = min((self.done_before + done) / self.total, 1.0), time.monotonic()
        first_share, first_at = self.first or (share, now)
        self.first = first_share, first_at + now - (self.part_ended_at or now)
        self.part_ended_at = None
        if self.live and now - self.reported_at >= LIVE_PAUSE_S:
            draw_bar(self.live, share, self.text(share, now))
        elif not self.live and (
            share - self.reported_share > REPORT_SHARE - 1e-9 or now - self.reported_at >= REPORT_PAUSE_S
        ):
            print(self.text(share, now), file=self.stream, flush=True)
        else:
            return
        self.reported_share, self.reported_at = share, now

    def text(self, share: float, now: float) -> str:
        """Format share done, rate and remaining time."""
        elapsed, (first_share, first_at) = now - self.begun, self.first or (0.0, self.begun)
        rate = max(share - first_share, 0.0) / max(now - first_at, 1e-6)
        remaining = ""
        if rate > 0.0 and share < 1.0:
            remaining = console_text("progress.left", time=format_duration((1.0 - share) / rate))
        if self.runs == 1:
            return console_text("progress.one", label=self.label, share=share, elapsed=elapsed, left=remaining)
        failed = console_text("progress.lost", n=self.n_failed) if self.n_failed else ""
        counts = {"safe": self.n_stored, "n": self.runs, "word": self.word, "lost": failed}
        pace = pace_text(rate * self.runs)
        return console_text("progress.many", label=self.label, share=share, pace=pace, left=remaining, **counts)

    def conclude(self) -> None:
        """Report that all runs are done, if progress was reported before or there are several runs."""
        self.close()
        if self.n_stored == self.runs and (self.reported_share > 0.0 or self.runs > 1):
            elapsed = format_duration(time.monotonic() - self.begun)
            counts = {"safe": self.n_stored, "n": self.runs, "word": self.word}
            print_note(console_text("progress.ended", label=self.label, time=elapsed, **counts))

    def close(self) -> None:
        """Clear the bar, so that further output begins on a new line."""
        if self.live:
            self.live.stop()


def pace_text(rate: float) -> str:
    """Return the number of runs that end in a second or a minute; ``rate`` is in runs per second."""
    if rate == 0.0:
        return console_text("progress.starting")
    if rate >= 1.0:
        return console_text("progress.a_second", rate=rate)
    return console_text("progress.a_minute", rate=60 * rate)


def live_on(stream: TextIO) -> "Live":
    """Return a live display on a terminal, which is cleared at the end."""
    from rich.console import Console  # imported for terminals only
    from rich.live import Live

    console = Console(file=rich_stream(stream), width=WIDTH, force_terminal=True)
    return Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)


def draw_bar(live: "Live", share: float, text: str) -> None:
    """Draw a progress bar above a line of text."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    shown = Table.grid()
    shown.add_row(ProgressBar(1.0, share, width=WIDTH))
    shown.add_row(Text(text))
    live.start()
    live.console.show_cursor(True)  # a killed program could not restore it
    live.update(shown, refresh=True)
