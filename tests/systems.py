"""What tests ask of the system that they run on."""

import sys

import pytest

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
