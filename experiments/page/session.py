"""Actions of one open page, carried out one after another in a thread of its own."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from experiments.page.background_worker import background_workers
from experiments.page.console import error_text, in_one_line
from experiments.page.page_texts import page_text
from experiments.storage.progress import print_note

type Send = Callable[[str, Any], None]
"""Send a message of a kind to the browser."""


class Session:
    """An open page: its thread, and its place among those that ask for worlds."""

    language = "en"

    def __init__(self, send: Send) -> None:
        self.send = send
        self.client_number: int | None = None
        self.closed = False
        self.thread = ThreadPoolExecutor(1, "confianza visitor")

    @property
    def client(self) -> int:
        """Number under which worlds are requested."""
        if self.client_number is None:
            self.client_number = background_workers[-1].register_client()
        return self.client_number

    def enqueue(self, action: Callable[[], None]) -> None:
        """Run an action in the thread of this page, in the order of requests."""
        if not self.closed:
            self.thread.submit(self.run_action, action)

    def run_action(self, action: Callable[[], None]) -> None:
        """Run an action; report an error on the page and on the console."""
        try:
            if not self.closed:
                action()
        except Exception as error:
            print_note(f"page: {in_one_line(error_text(error))}")
            self.send("fault", page_text(self.language, "page.fault", reason=type(error).__name__))

    def receive(self, request: Mapping[str, Any]) -> None:
        """Carry out a request of the browser."""
        raise NotImplementedError

    def cancel_worlds(self) -> None:
        """Cancel the worlds that are requested."""
        if self.client_number is not None and background_workers:
            background_workers[-1].cancel_request(self.client_number)

    def close(self) -> None:
        """Cancel pending actions and runs."""
        self.closed = True
        self.cancel_worlds()
        self.thread.shutdown(wait=False, cancel_futures=True)
