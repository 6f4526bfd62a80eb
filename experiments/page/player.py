"""Thread that simulates the worlds of one visitor: so many shifts a second, so many frames a second.

Both worlds, also the twin that catches up with the first, live here and not in the pool of workers that carries all
other runs: levers, map and lives read them between two shifts.  A worker would need seven seconds for its imports and
its town and send 45 MB, where three years of Villa Canales take a second and a half.
"""

import queue
import threading
import time
from collections.abc import Callable

FRAMES_A_SECOND = 30.0
SPEEDS = (0.25, 3.0, 21.0, 91.0, 0.0)
"""Shifts a second; 0 means as many as there is time for."""
AHEAD = 1
"""Frames under way to the browser while the next one is being prepared, so that neither waits for the other."""
PATIENCE = 1.0
"""Seconds after which a frame that the browser has not acknowledged counts as missed."""
MOST_MISSED = 5
MOST_LATE = 1.0
"""Seconds of shifts that are made up for at once."""
LAST_SHIFTS = 2.0
"""Seconds that a player may take to end when its visitor goes."""

Action = Callable[[], None]


class Player:
    """Does what the visitor asks, one thing after the other, and goes on by itself while it plays.

    ``advance(shifts)`` lives that many shifts and ``show(number)`` sends a frame; the browser answers with
    `seen(number)`.  A browser that misses five frames in a row has gone: the player stops by itself.
    """

    def __init__(
        self,
        advance: Callable[[int], None],
        show: Callable[[int], None],
        changed: Action,
        failed: Callable[[Exception], None],
    ) -> None:
        self.advance, self.show, self.changed, self.failed = advance, show, changed, failed
        self.playing, self.closed = False, False
        self.speed = 1
        self.sent = self.acknowledged = self.missed = 0
        self._due = self._shown_at = self._showing = 0.0
        self._actions: queue.SimpleQueue[Action] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="confianza player", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self.thread.start()

    def do(self, action: Action) -> None:
        """Let something be done between two shifts, in the order asked for."""
        self._actions.put(action)

    def seen(self, number: int) -> None:
        """Take note that the browser has drawn a frame."""

        def note() -> None:
            self.acknowledged = max(self.acknowledged, number)
            self.missed = 0

        self.do(note)

    def play(self, playing: bool) -> None:
        """Play or pause."""

        def turn() -> None:
            self.playing, self.missed, self._due = playing, 0, time.monotonic()
            self.changed()

        self.do(turn)

    def set_speed(self, speed: int) -> None:
        """Choose a speed by number."""

        def turn() -> None:
            self.speed, self._due = speed, time.monotonic()
            self.changed()

        self.do(turn)

    def frame(self) -> None:
        """Send a frame of how things stand."""
        self.sent += 1
        begun = time.monotonic()
        self.show(self.sent)
        self._shown_at = time.monotonic()
        self._showing = self._shown_at - begun

    def close(self) -> None:
        """Stop for good; the server tidies up after its threads, and does so badly while one of them is ending."""
        self.closed = True
        self.do(lambda: None)
        if self.thread.is_alive() and threading.current_thread() is not self.thread:
            self.thread.join(LAST_SHIFTS)

    def stopped(self) -> bool:
        """Tell whether the visitor has gone."""
        return self.closed

    def _run(self) -> None:
        while not self.closed:
            try:
                self._act()
            except Exception as reason:
                self.playing = False
                self.failed(reason)

    def _act(self) -> None:
        """Do what the visitor asks for next, else simulate the next shifts once they are due; wait while paused."""
        until = self._shown_at + PATIENCE if self._behind() else self._due
        try:
            action = self._actions.get(timeout=max(0.0, until - time.monotonic()) if self.playing else None)
        except queue.Empty:
            action = self._turn
        action()

    def _behind(self) -> bool:
        """Tell whether the browser has more frames to draw than may be under way."""
        return self.sent - self.acknowledged > AHEAD

    def _turn(self) -> None:
        """Simulate the shifts of one frame and show it; give up a browser that has gone."""
        if self._behind():
            self.missed += 1
            if self.missed >= MOST_MISSED:
                self.playing = False
                self.changed()
                return
        begun, rate = time.monotonic(), SPEEDS[self.speed]
        if rate:
            self.advance(self._owed(begun, rate))
        else:
            self._due = max(self._due, begun) + 1.0 / FRAMES_A_SECOND
            self.advance(1)
            while time.monotonic() < self._due - self._showing:
                self.advance(1)
        self.frame()

    def _owed(self, now: float, rate: float) -> int:
        """Return how many shifts are due: where frames come late these are skipped, and time goes on as fast."""
        at_once = max(1, round(rate / FRAMES_A_SECOND))
        late = min(now - self._due, MOST_LATE)
        shifts = at_once * (1 + int(late * rate / at_once))
        self._due = max(self._due, now - MOST_LATE) + shifts / rate
        return shifts
