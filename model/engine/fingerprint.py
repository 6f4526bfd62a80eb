"""Fingerprints of the model's code and of its numbers, and the cache folder of its compiled kernels.

Numba's cache notices changes in a kernel's own file only; after a change in a function of another file it would run the
old code.  Each version of the code therefore has a cache folder of its own.  Kernels take every declared number as an
argument, so that a changed number compiles nothing anew; but it changes results, which carry the fingerprint of both.
"""

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

from model.engine.numbers import all_tables, without_words

PACKAGE = Path(__file__).parent.parent
"""Folder of `model`; the fingerprints cover all code and numbers in it."""


@cache
def fingerprint() -> str:
    """Return a hash of the model's code and numbers, which results and saved states carry; 16 hexadecimal digits."""
    numbers = {name: without_words(lines) for name, (_, lines) in all_tables(PACKAGE).items()}
    return hashlib.sha256(f"{code_fingerprint()} {json.dumps(numbers, sort_keys=True)}".encode()).hexdigest()[:16]


@cache
def code_fingerprint() -> str:
    """Return a hash of the model's code and its compilers' versions, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return this version's cache folder, below CONFIANZA_CACHE or the user's cache folder."""
    home = os.environ.get("CONFIANZA_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home, "confianza", code_fingerprint())


def select_cache_folder() -> None:
    """Set Numba's cache folder for this process and its workers.

    If the folder is not writable, a private temporary one replaces it, which is deleted at exit.  It is private because
    Numba executes what it finds in its cache.
    """
    if not is_writable(cache_folder()):
        os.environ["CONFIANZA_NO_CACHE"] = str(cache_folder())
        os.environ["CONFIANZA_CACHE"] = tempfile.mkdtemp(prefix="confianza-")
        atexit.register(shutil.rmtree, os.environ["CONFIANZA_CACHE"], ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())


def is_writable(folder: Path) -> bool:
    """Return whether a folder could be created or written to, without trying."""
    nearest = next((one for one in (folder, *folder.absolute().parents) if os.path.exists(one)), None)
    return nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK)
