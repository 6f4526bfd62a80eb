"""Write each log record of the page's server and its libraries as one line."""

import logging
import traceback

from experiments.storage.progress import print_note


class OneLineHandler(logging.Handler):
    """Write log records as one line each; of a traceback only the location of the error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one log record."""
        message = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        print_note(f"page: {in_one_line(f'{message}: {error_text(error)}' if error else message)}")


def error_text(error: BaseException) -> str:
    """Return an error with its type and the file and line that raised it."""
    steps = traceback.extract_tb(error.__traceback__)
    location = f" ({steps[-1].filename}:{steps[-1].lineno})" if steps else ""
    return f"{type(error).__name__}: {error}{location}"


def in_one_line(text: str) -> str:
    """Return a text without line breaks.

    >>> in_one_line("first\\n  second")
    'first second'
    """
    return " ".join(text.split())
