"""The simulation: no files, no screen, no processes.

Importing this package chooses the folder in which compiled kernels are kept: one for each version of the code, since
numba does not notice a change in a function of another file and would go on with the old rule.
"""

import hashlib
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any


@cache
def fingerprint() -> str:
    """Return 16 hexadecimal digits that stand for the model's code and the versions that compile it."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(f"{package} {version(package)}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder for compiled kernels of this version of the code."""
    home = os.environ.get("CONFIANZA_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "confianza" / fingerprint()


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())


def __getattr__(name: str) -> Any:
    """Give `TrustModel` when it is asked for, since Mesa takes half a second to import."""
    if name == "TrustModel":
        from model.model import TrustModel

        return TrustModel
    raise AttributeError(f"module 'model' has no attribute {name!r}")
