"""Lets a program say on a signal how many worlds it holds; Python reads it first where it is in the path."""

import gc
import os
import signal
from pathlib import Path


def tell(*_: object) -> None:
    """Write down how many worlds there are."""
    gc.collect()
    worlds = sum(type(one).__name__ == "TrustModel" for one in gc.get_objects())
    Path(os.environ["WORLDS"]).write_text(str(worlds), encoding="utf-8")


if "WORLDS" in os.environ:
    signal.signal(signal.SIGUSR1, tell)
