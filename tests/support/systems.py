"""Answer what tests ask of the system that they run on."""

import signal
import subprocess
import sys
from typing import Any

import pytest

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def listening(words: list[str], **more: Any) -> subprocess.Popen[str]:
    """Start a program in a session of its own, so that a signal to its group reaches none of these tests."""
    return subprocess.Popen(words, text=True, start_new_session=True, **more)


def replace_ignored_signals() -> None:
    """Handle Ctrl-C and a lost connection by doing nothing where they are ignored, as under ``nohup … &``.

    A program that is started inherits ignored signals, but not handlers: it hears these signals then.
    """
    for name in ("SIGINT", "SIGHUP"):
        if (number := getattr(signal, name, None)) and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
