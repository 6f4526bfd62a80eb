"""Handle Ctrl-C, SIGTERM and SIGHUP: print one line, and exit with code 128 plus the number of the signal."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType
from typing import Any, ClassVar, NoReturn, Self

from experiments.words.console import console_text

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

Handler = Callable[[int, FrameType | None], None]


class SignalState:
    """Received signals, in order, and whether the interruption has been reported."""

    signals: ClassVar[list[int]] = []
    reported = False


def interrupt(number: int, _: FrameType | None) -> None:
    """Record a signal and raise `KeyboardInterrupt`."""
    SignalState.signals.append(number)
    raise KeyboardInterrupt


def install_handlers(handler: Handler = interrupt) -> dict[int, Any]:
    """Set the handler of the signals that are not ignored (main thread only); return the previous handlers."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    handled = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    return {number: signal.signal(number, handler) for number in handled}


def report_unraisable(unraisable: Any) -> None:
    """Report an exception that Python could not raise, unless it is the interruption of a recorded signal.

    If a signal arrives during a callback from LLVM, the interruption is lost there, and the compiler fails instead.
    """
    if not (SignalState.signals and unraisable.exc_type is KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)


@contextmanager
def handle_signals(handler: Handler = interrupt) -> Iterator[None]:
    """Handle signals within the context; restore the previous handlers after it."""
    previous_handlers = install_handlers(handler)
    previous_hook, sys.unraisablehook = sys.unraisablehook, report_unraisable
    try:
        yield
    finally:
        sys.unraisablehook = previous_hook
        for number, former in previous_handlers.items():
            signal.signal(number, former)


class Interruption:
    """Record signals instead of raising an error, so that no result is lost."""

    received = False

    def __enter__(self) -> Self:
        announce_stop_command()
        self.context = handle_signals(self.record)
        self.context.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.context.__exit__(*error)

    def record(self, number: int, _: FrameType | None) -> None:
        """Record the signal."""
        SignalState.signals.append(number)
        self.received = True


def report_interruption(kept: str = "") -> None:
    """Report in one line that the program was interrupted, and which results were kept."""
    SignalState.reported = True
    print(console_text("interrupted.kept" if kept else "interrupted.plain", kept=kept), file=sys.stderr, flush=True)


def exit_code() -> int:
    """Report an interruption, if not yet done; return the exit code: 130 after Ctrl-C, 143 after SIGTERM."""
    for number in (number for number in SIGNALS if signal.getsignal(number) is interrupt):
        signal.signal(number, signal.SIG_DFL)  # the next signal ends the program at once
    if not SignalState.reported:
        report_interruption()
    first = next(iter(SignalState.signals), signal.SIGINT)
    SignalState.signals.clear()
    SignalState.reported = False
    return 128 + first


def exit_program(code: int) -> NoReturn:
    """End the program; after an interruption without freeing memory, which can take a second."""
    if code in {128 + number for number in SIGNALS}:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


@cache
def announce_stop_command() -> None:
    """Print once how to stop this program where Ctrl-C is ignored, as under nohup or in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        print(console_text("interrupted.unheard", process=os.getpid()), file=sys.stderr, flush=True)
