"""Print safely to terminals limited to ASCII and to pipes whose reader closes early."""

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

ASCII_REPLACEMENTS = {
    **dict(zip("–—−‐‑", "-----", strict=True)),
    **dict(zip("‘’“”«»", '\'\'""""', strict=True)),
    **{"…": "...", "×": "x", "±": "+-", "·": "-", "•": "*", "→": "->", "≤": "<=", "≥": ">=", "≠": "!="},
    **{"¿": "?", "¡": "!", "²": "2", "€": "EUR", "°": " deg", "─": "-", "│": "|", "█": "#", "\u202f": " "},
}
"""ASCII replacements of symbols, for terminals limited to ASCII; letters lose their accents."""


class SafeStream(io.TextIOWrapper):
    """Output stream that discards text once its pipe is closed, so that the work in progress still finishes."""

    def write(self, text: str) -> int:
        """Write a text, if the pipe is open; escape control sequences, which text from files may contain."""
        return self.draw(quoted(text))

    def draw(self, text: str) -> int:
        """Write a text with its terminal control sequences, if the pipe is open."""
        with ignore_closed_pipe(self):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, if the pipe is open."""
        with ignore_closed_pipe(self):
            super().flush()


def write_bytes(content: bytes) -> None:
    """Write bytes on standard output, if the pipe is open."""
    with ignore_closed_pipe(sys.stdout):
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def ignore_closed_pipe(stream: TextIO) -> Iterator[None]:
    """Guard writing on a stream; redirect it to the null device if that fails.

    Raises
    ------
    Unwritable
        If results cannot be written, for example on a full disk. A closed pipe, and messages on standard error that
        cannot be written, are ignored.
    """
    try:
        yield
    except OSError as reason:
        redirect_to_null(stream)
        if not isinstance(reason, BrokenPipeError) and stream is sys.stdout:
            raise Unwritable(f"standard output: cannot be written: {cause_of(reason)}") from None


def redirect_to_null(stream: TextIO) -> None:
    """Redirect a stream to the null device."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def ascii_replacement(reason: UnicodeError) -> tuple[str, int]:
    """Return ASCII text for the characters that cannot be encoded, and the position after them.

    >>> "Totonicapán: 4.0±0.5 …".encode("ascii", "confianza")
    b'Totonicapan: 4.0+-0.5 ...'
    """
    assert isinstance(reason, UnicodeEncodeError)
    return "".join(map(ascii_character, reason.object[reason.start : reason.end])), reason.end


def ascii_character(letter: str) -> str:
    """Return one character in ASCII."""
    if letter in ASCII_REPLACEMENTS:
        return ASCII_REPLACEMENTS[letter]
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


codecs.register_error("confianza", ascii_replacement)


def prepare_streams() -> None:
    """Replace both standard streams by safe ones."""
    sys.stdout = safe_stream(sys.stdout)
    sys.stderr = safe_stream(sys.stderr)


def safe_stream(stream: Any) -> Any:
    """Return a safe stream that replaces a stream; streams without a system file are returned unchanged."""
    if stream is None:  # closed by whoever started the program
        return Path(os.devnull).open("w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper) or stream.closed:
        return stream
    ascii_only = stream.isatty() and is_ascii_only(os.environ)
    encoding, live = "ascii" if ascii_only else stream.encoding, stream.line_buffering
    return SafeStream(stream.detach(), encoding=encoding, errors="confianza", line_buffering=live)


def is_ascii_only(settings: Any) -> bool:
    """Return whether the locale limits a terminal to ASCII; Python itself would use UTF-8 there.

    >>> is_ascii_only({"LANG": "C"}), is_ascii_only({"LC_ALL": "es_GT.UTF-8", "LANG": "C"}), is_ascii_only({})
    (True, False, False)
    """
    stated = settings.get("LC_ALL") or settings.get("LANG") or ""
    return stated in ("C", "POSIX") and not settings.get("PYTHONUTF8") and not settings.get("PYTHONIOENCODING")
