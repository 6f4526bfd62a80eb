"""File format of saved states: arrays and a JSON text with a digest; loading runs no code.

A file is numpy's uncompressed ``.npz`` with every table by name and `about`, a JSON text.  An end mark holds the format
version and the SHA-256 of everything before it, so that damage and changes are detected.
"""

import hashlib
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

STATE_FILE, OLD_STATE_FILE = "state.npz", "state.pickle"
FORMAT_VERSION = 1
END_MARK = re.compile(rb"\nconfianza state (\d{4}) ([0-9a-f]{64})\n")
END_MARK_LENGTH = 87
LONGEST_HEADER = 2**16
MOST_BYTES = 2**33
"""Largest file that is read; the state of a town of 155,000 residents has a hundredth of it."""
SAVE_AGAIN_HINT = "save it anew with the command of its run and --save"
type ArrayMapping = Mapping[str, NDArray[Any]]


def write_state(folder: Path, tables: ArrayMapping, about: dict[str, Any]) -> None:
    """Write tables and description into a folder; a temporary file prevents partial ones."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{STATE_FILE}.{os.getpid()}"
    try:
        with aside.open("w+b") as file:
            np.savez(file, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **tables)  # type: ignore[arg-type]
            file.seek(0)
            file.write(end_mark(hashlib.file_digest(file, "sha256").hexdigest()))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(folder / STATE_FILE)
    except OSError as reason:  # names the file, which the system does not where a disk is full
        raise OSError(reason.errno, reason.strerror, str(folder / STATE_FILE)) from None
    finally:
        aside.unlink(missing_ok=True)


def read_state(folder: Path, whole: bool = False) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return tables and description of a saved state.

    ``whole`` skips the check of the digest, for files where nobody else can write.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another format or code.
    """
    path = folder / STATE_FILE
    if not path.is_file():
        raise InputError(missing_state_message(folder))
    tables = read_tables(path, whole)
    return tables, parse_description(path, tables.pop("about"))


def missing_state_message(folder: Path) -> str:
    """Return the error for a folder without a saved state; old pickles can run code."""
    if (folder / OLD_STATE_FILE).is_file():
        old = folder / OLD_STATE_FILE
        return f"{old} was saved by an older program in a form that is no longer opened: {SAVE_AGAIN_HINT}"
    return f"no saved state in {folder}: {STATE_FILE} is missing"


def end_mark(digest: str) -> bytes:
    """Return the end mark of a file: format version and digest of its content."""
    return b"\nconfianza state %04d %s\n" % (FORMAT_VERSION, digest.encode())


def read_tables(path: Path, known: bool) -> dict[str, NDArray[Any]]:
    """Return the tables of a file, read-only; its content is parsed only after the digest is checked.

    ``known`` skips the digest, for files known to be intact.
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise InputError(f"{path} must have at most {MOST_BYTES:,} bytes, got {size:,}")
    with path.open("rb") as file:
        # Mapping avoids allocating memory, which takes longer than reading; safe only where nobody else can write.
        whole = np.memmap(file, np.uint8, "r") if known else np.fromfile(file, np.uint8)
        whole.flags.writeable = False
        content, mark = memoryview(whole)[:-END_MARK_LENGTH], whole[-END_MARK_LENGTH:].tobytes()
        stated = END_MARK.fullmatch(mark)
        if stated is None:
            raise InputError(f"{path} is no saved state, or was cut short: {SAVE_AGAIN_HINT}")
        if int(stated[1]) != FORMAT_VERSION:
            raise InputError(
                f"{path}: its format is {int(stated[1])}, this program reads {FORMAT_VERSION}: {SAVE_AGAIN_HINT}"
            )
        if not known and mark != end_mark(hashlib.sha256(content).hexdigest()):
            raise InputError(f"{path} was changed since it was saved: {SAVE_AGAIN_HINT}")
        try:
            with zipfile.ZipFile(file) as packed:
                return {one.filename.removesuffix(".npy"): read_array_view(content, one) for one in packed.infolist()}
        except (ValueError, KeyError, EOFError, OSError, MemoryError, RecursionError, SyntaxError, zipfile.BadZipFile):
            raise InputError(f"{path} holds something else than tables of numbers: {SAVE_AGAIN_HINT}") from None


def read_array_view(content: memoryview, one: zipfile.ZipInfo) -> NDArray[Any]:
    """Return a stored table as a view of the file's content, without a copy."""
    if one.compress_type != zipfile.ZIP_STORED:
        raise ValueError("tables are never compressed")
    names = content[one.header_offset :][26:30]  # lengths of file name and extra field in the zip header
    first = one.header_offset + 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
    inside = content[first : first + one.file_size]
    first_row = 10 + int.from_bytes(inside[8:10], "little")
    shape, kind = parse_array_header(inside[:first_row].tobytes())
    return np.frombuffer(inside, kind, math.prod(shape), first_row).reshape(shape)


@lru_cache(maxsize=512)
def parse_array_header(header: bytes) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type from a table's header; cached, since headers repeat."""
    head = io.BytesIO(header)
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError("tables have short headers")
    shape, by_column, kind = np.lib.format.read_array_header_1_0(head, max_header_size=LONGEST_HEADER)
    if by_column:
        raise ValueError("tables lie row by row")
    return shape, kind


def parse_description(path: Path, text: NDArray[Any]) -> dict[str, Any]:
    """Return the description in a file; raise `InputError` if it was saved by other code."""
    try:
        about = json.loads(text.astype(np.uint8).tobytes())
        code = str(about["fingerprint"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(f"{path} does not say what it is: {SAVE_AGAIN_HINT}") from None
    if code != fingerprint():
        raise InputError(f"{path} was saved by code {code}, this is {fingerprint()}: {SAVE_AGAIN_HINT}")
    return dict(about)
