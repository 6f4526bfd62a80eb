"""Write each log record of the page's server and its libraries as one line."""

import logging
import traceback

from experiments.storage.progress import print_note


class OneLineHandler(logging.Handler):
    """Write log records as one line each; of a traceback only the location of the error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one log record."""
        said = record.getMessage()
        reason = record.exc_info[1] if record.exc_info else None
        print_note(f"page: {in_one_line(f'{said}: {error_text(reason)}' if reason else said)}")


def error_text(reason: BaseException) -> str:
    """Return an error with its type and the file and line that raised it."""
    steps = traceback.extract_tb(reason.__traceback__)
    place = f" ({steps[-1].filename}:{steps[-1].lineno})" if steps else ""
    return f"{type(reason).__name__}: {reason}{place}"


def in_one_line(text: str) -> str:
    """Return a text without line breaks.

    >>> in_one_line("first\\n  second")
    'first second'
    """
    return " ".join(text.split())
