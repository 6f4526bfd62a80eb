"""Quote control characters in what is printed, as git quotes names of files."""

import re
from collections.abc import Callable
from typing import Any, TextIO, cast

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that move the cursor, command a terminal or turn the direction of writing; no line feed, no tabulator."""
LETTERS = dict(zip("\a\b\v\f\r", "abvfr", strict=True))


def quoted(text: str) -> str:
    r"""Return a text with its control characters as backslash and letter, or as bytes in octal digits.

    >>> quoted("a\x1b]0;b\a\r c\x9b")
    'a\\033]0;b\\a\\r c\\302\\233'
    """
    return CONTROL.sub(lambda found: quoted_letter(found[0]), text)


def quoted_letter(letter: str) -> str:
    """Return one control character quoted."""
    if letter in LETTERS:
        return f"\\{LETTERS[letter]}"
    return "".join(f"\\{byte:03o}" for byte in letter.encode())


class Canvas:
    """A stream on which rich draws; it lets commands to the terminal through, which are quoted otherwise."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.write: Callable[[str], int] = getattr(stream, "draw", stream.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def canvas_on(stream: TextIO) -> TextIO:
    """Return what rich may draw on in place of a stream."""
    return cast(TextIO, Canvas(stream))
