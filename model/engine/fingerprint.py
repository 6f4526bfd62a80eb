"""Fingerprint of the model's code, and the folder in which its compiled kernels are kept.

Numba does not notice a change in a function of another file and would go on with the old rule.  Each version of the
code therefore has a folder of its own.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
"""The folder of `model`, all of whose code the fingerprint covers."""


@cache
def fingerprint() -> str:
    """Return 16 hexadecimal digits that stand for the model's code and the versions that compile it."""
    digest = hashlib.sha256()
    package = PACKAGE
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder for compiled kernels of this version of the code."""
    home = os.environ.get("CONFIANZA_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home, "confianza", fingerprint())


def select_cache_folder() -> None:
    """Choose where compiled kernels are kept, for this process and its workers; a private place if none can be used.

    The compiler runs what it finds there, so the place that is made instead is nobody else's, and goes at the end.
    """
    if not is_writable(cache_folder()):
        os.environ["CONFIANZA_NO_CACHE"] = str(cache_folder())
        os.environ["CONFIANZA_CACHE"] = tempfile.mkdtemp(prefix="confianza-")
        atexit.register(shutil.rmtree, os.environ["CONFIANZA_CACHE"], ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())


def is_writable(folder: Path) -> bool:
    """Tell whether a folder can be made or written into, without doing so."""
    there = next((one for one in (folder, *folder.absolute().parents) if os.path.exists(one)), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK)
