"""Close connections that are open and ask nothing, so that they do not keep visitors out."""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""Seconds within which the first line and the headers of a request must have come."""
ANSWER_SECONDS = 120.0
"""Seconds within which an answer must have been fetched, also where the machine is busy."""
MOST_WAITING = 100
"""Connections that may wait for their request at once; the one that has waited longest gives way to the next."""


class ImpatientConnection(H11Protocol):
    """Connection that is closed if no whole request comes, or its answer is not fetched, within a limit."""

    waiting: ClassVar[dict["ImpatientConnection", None]] = {}
    """All connections without a request, the longest waiting first."""

    def __init__(self, *stated: Any, **named: Any) -> None:
        super().__init__(*stated, **named)
        self.limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self.wait()

    def on_response_complete(self) -> None:
        """Wait for another request."""
        super().on_response_complete()
        self.wait()

    def wait(self) -> None:
        """Wait for a request; the connection that has waited longest makes room."""
        self.close_after(REQUEST_SECONDS)
        self.waiting[self] = None
        if len(self.waiting) > MOST_WAITING:
            next(iter(self.waiting)).give_up()

    def data_received(self, data: bytes) -> None:
        """Take what has come; once it makes a request, the time for the answer begins."""
        super().data_received(data)
        if self in self.waiting and self.cycle is not None and not self.cycle.response_complete:
            del self.waiting[self]
            self.close_after(ANSWER_SECONDS)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand over to the protocol of sockets, which asks by itself whether the browser is still there."""
        self.stop_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.stop_waiting()
        super().connection_lost(exc)

    def close_after(self, seconds: float) -> None:
        """Start a limit in place of an earlier one."""
        self.stop_waiting()
        self.limit = self.loop.call_later(seconds, self.give_up)

    def stop_waiting(self) -> None:
        """End the limit."""
        self.waiting.pop(self, None)
        if self.limit is not None:
            self.limit.cancel()

    def give_up(self) -> None:
        """Close the connection, also where the other side takes nothing any more."""
        self.stop_waiting()
        self.transport.abort()
