"""Quote control characters in printed text, as git does in file names."""

import re
from collections.abc import Callable
from typing import Any, TextIO, cast

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that move the cursor, control a terminal or change the direction of writing, except line feed and tab."""
ESCAPE_LETTERS = dict(zip("\a\b\v\f\r", "abvfr", strict=True))


def quoted(text: str) -> str:
    r"""Escape the control characters of a text: backslash and letter, or bytes in octal digits.

    >>> quoted("a\x1b]0;b\a\r c\x9b")
    'a\\033]0;b\\a\\r c\\302\\233'
    """
    return CONTROL.sub(lambda found: quoted_letter(found[0]), text)


def quoted_letter(letter: str) -> str:
    """Escape one control character."""
    if letter in ESCAPE_LETTERS:
        return f"\\{ESCAPE_LETTERS[letter]}"
    return "".join(f"\\{byte:03o}" for byte in letter.encode())


class UnquotedStream:
    """Stream for rich that passes terminal control sequences through, which are quoted otherwise."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.write: Callable[[str], int] = getattr(stream, "draw", stream.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def rich_stream(stream: TextIO) -> TextIO:
    """Return a stream to which rich can write unquoted control sequences."""
    return cast(TextIO, UnquotedStream(stream))
