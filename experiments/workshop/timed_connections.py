"""Close connections without a request at the entry point for phones, so that they keep nobody out.

Only users of this machine can reach servers of 127.0.0.1, which need no such limits.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""Seconds within which the first line and the headers of a request must arrive."""
ANSWER_SECONDS = 120.0
"""Seconds within which a response must be fetched, even if the machine is busy."""
MAX_WAITING = 100
"""Most connections without a request; one more closes the one that has waited longest."""


class TimedConnection(H11Protocol):
    """Connection that is closed unless a whole request arrives and its response is fetched within time limits.

    It is for servers without WebSockets.
    """

    waiting: ClassVar[dict["TimedConnection", None]] = {}
    """Connections without a request, the longest waiting first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self.await_request()

    def on_response_complete(self) -> None:
        """Wait for another request."""
        super().on_response_complete()
        self.await_request()

    def await_request(self) -> None:
        """Wait for a request; if too many connections wait, close the one that has waited longest."""
        self.close_after(REQUEST_SECONDS)
        self.waiting[self] = None
        if len(self.waiting) > MAX_WAITING:
            next(iter(self.waiting)).abort()

    def data_received(self, data: bytes) -> None:
        """Process received data; once they form a request, start the time limit of the response."""
        super().data_received(data)
        if self in self.waiting and self.cycle is not None and not self.cycle.response_complete:
            del self.waiting[self]
            self.close_after(ANSWER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the time limit of a lost connection."""
        self.stop_waiting()
        super().connection_lost(exc)

    def close_after(self, seconds: float) -> None:
        """Start a time limit that replaces an earlier one."""
        self.stop_waiting()
        self.timer = self.loop.call_later(seconds, self.abort)

    def stop_waiting(self) -> None:
        """Cancel the time limit."""
        self.waiting.pop(self, None)
        if self.timer is not None:
            self.timer.cancel()

    def abort(self) -> None:
        """Close the connection at once, even if the other side no longer reads."""
        self.stop_waiting()
        self.transport.abort()
