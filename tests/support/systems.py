"""Answer what tests ask of the system that they run on."""

import signal
import subprocess
import sys
from typing import Any

import pytest

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def listening(words: list[str], **more: Any) -> subprocess.Popen[str]:
    """Start a program in a session of its own that hears Ctrl-C, also where these tests do not, as under nohup."""
    if sys.platform != "win32":
        more["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(words, text=True, start_new_session=True, **more)
