"""Print to every kind of reader: a terminal that knows ASCII alone, or a pipe that somebody closes early."""

import codecs
import contextlib
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from experiments.storage.quoting import quoted
from experiments.storage.writing import Unwritable, cause_of

PLAIN = {
    **dict(zip("–—−‐‑", "-----", strict=True)),
    **dict(zip("‘’“”«»", '\'\'""""', strict=True)),
    **{"…": "...", "×": "x", "±": "+-", "·": "-", "•": "*", "→": "->", "≤": "<=", "≥": ">=", "≠": "!="},
    **{"¿": "?", "¡": "!", "²": "2", "€": "EUR", "°": " deg", "─": "-", "│": "|", "█": "#", "\u202f": " "},
}
"""Signs in ASCII, for terminals that know no other; letters lose their accents."""


class Outlet(io.TextIOWrapper):
    """Standard output that goes quiet when nobody reads it any more, so that what is under way is still finished."""

    def write(self, text: str) -> int:
        """Write a text, if somebody reads it; what files of others hold commands no terminal."""
        return self.draw(quoted(text))

    def draw(self, text: str) -> int:
        """Write a text with its commands to the terminal, if somebody reads it."""
        with reached(self):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, if somebody reads it."""
        with reached(self):
            super().flush()


def write_bytes(content: bytes) -> None:
    """Write bytes on standard output, if somebody reads them."""
    with reached(sys.stdout):
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def reached(stream: TextIO) -> Iterator[None]:
    """Write on a stream; let it lead nowhere from now on where that fails.

    Raises
    ------
    Unwritable
        If the results cannot be written, for example on a full disk; a reader who has left and messages are no results.
    """
    try:
        yield
    except OSError as reason:
        hush(stream)
        if not isinstance(reason, BrokenPipeError) and stream is sys.stdout:
            raise Unwritable(f"standard output: cannot be written: {cause_of(reason)}") from None


def hush(stream: TextIO) -> None:
    """Let a stream lead nowhere from now on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def plain(reason: UnicodeError) -> tuple[str, int]:
    """Return what stands for signs that a terminal does not know.

    >>> "Totonicapán: 4.0±0.5 …".encode("ascii", "confianza")
    b'Totonicapan: 4.0+-0.5 ...'
    """
    assert isinstance(reason, UnicodeEncodeError)
    return "".join(map(plain_letter, reason.object[reason.start : reason.end])), reason.end


def plain_letter(letter: str) -> str:
    """Return one sign in ASCII."""
    if letter in PLAIN:
        return PLAIN[letter]
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


codecs.register_error("confianza", plain)


def prepare_streams() -> None:
    """Let both standard streams say everything wherever they lead."""
    sys.stdout = outlet(sys.stdout)
    sys.stderr = outlet(sys.stderr)


def outlet(stream: Any) -> Any:
    """Return an outlet in the place of a stream; one that is no file of the system stays as it is."""
    if stream is None:  # closed by whoever started the program
        return Path(os.devnull).open("w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper) or stream.closed:
        return stream
    ascii_only = stream.isatty() and speaks_ascii(os.environ)
    encoding, live = "ascii" if ascii_only else stream.encoding, stream.line_buffering
    return Outlet(stream.detach(), encoding=encoding, errors="confianza", line_buffering=live)


def speaks_ascii(settings: Any) -> bool:
    """Tell whether a terminal is said to know ASCII alone; Python itself takes UTF-8 there.

    >>> speaks_ascii({"LANG": "C"}), speaks_ascii({"LC_ALL": "es_GT.UTF-8", "LANG": "C"}), speaks_ascii({})
    (True, False, False)
    """
    stated = settings.get("LC_ALL") or settings.get("LANG") or ""
    return stated in ("C", "POSIX") and not settings.get("PYTHONUTF8") and not settings.get("PYTHONIOENCODING")
