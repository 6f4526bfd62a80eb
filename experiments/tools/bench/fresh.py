"""A measurement in a process of its own, so that none finds what another has left."""

import json
import os
import subprocess
import sys
from typing import Any

from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint


def clock(*words: str, cache: str | None = None) -> dict[str, Any]:
    """Return what one measurement in a fresh process says."""
    chosen = {"CONFIANZA_CACHE": cache} if cache else {}
    stated = subprocess.run(
        [sys.executable, "-m", "experiments.tools.bench.stopwatch", *words],
        env={**os.environ, **chosen},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if stated.returncode:
        raise RuntimeError(f"measuring {' '.join(words)} failed:\n{stated.stderr}")
    found: dict[str, Any] = json.loads(stated.stdout)
    if found["fingerprint"] != fingerprint():
        raise InputError("the code of the model changed while it was measured; start the bench again")
    return found
