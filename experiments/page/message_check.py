"""Check messages of a browser before the server of the page reads them: the first malformed one ends its socket."""

import json
import struct
from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive, Send

from experiments.storage.progress import say

KINDS = ("kernel_info_request", "comm_info_request", "comm_open", "comm_msg", "comm_close")
"""Messages that the page's own code in a browser sends."""
MALFORMED = 1003
"""Code with which a socket is closed: data that are not understood."""
BROKEN = (1002, 1009)
"""Codes with which the protocol itself closed a socket: a frame that is none, or a message that is too long."""
NOT_TEXT = 1007
"""Code with which the protocol closed a socket whose text was none; the server has said so already."""
MOST_PARTS = 1000
"""Parts of a binary message, at most."""


class CheckedSocket:
    """Socket of a visitor that is closed at the first malformed message, with one line on the console."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive_any, self.send_any = receive, send
        self.closed = self.malformed = False

    async def receive(self) -> Message:
        """Return the next message if it is well formed, else that the socket is closed."""
        message = await self.receive_any()
        wrong = reason_against(message)
        self.malformed |= bool(wrong) or message.get("code") == NOT_TEXT
        if wrong:
            say(f"page: a socket was closed: {wrong}")
        if wrong and message["type"] == "websocket.receive":
            self.closed = True
            await self.send_any({"type": "websocket.close", "code": MALFORMED})
            message = {"type": "websocket.disconnect", "code": MALFORMED}
        return message

    async def send(self, message: Message) -> None:
        """Send a message; who closes a closed socket again does nothing."""
        if not (self.closed and message["type"] == "websocket.close"):
            await self.send_any(message)


def reason_against(message: Message) -> str:
    """Return why a message is refused, or nothing."""
    if message["type"] == "websocket.disconnect":
        return "a frame was malformed" if message.get("code") in BROKEN else ""
    if message["type"] != "websocket.receive":
        return ""
    text, content = message.get("text"), message.get("bytes")
    try:
        stated = json.loads(text if text is not None else first_part(content or b""))
    except (ValueError, RecursionError, struct.error):
        return "a message was not JSON"
    return "" if is_well_formed(stated) else "a message was malformed"


def first_part(content: bytes) -> str:
    """Return the text of a binary message: a count, the beginnings of as many parts, and the parts.

    >>> first_part(struct.pack("!iII", 2, 12, 14) + b"{}" + b"rest")
    '{}'
    """
    (count,) = struct.unpack_from("!i", content)
    if not 0 < count <= MOST_PARTS:
        raise ValueError(count)
    starts = [*struct.unpack_from(f"!{count}I", content, 4), len(content)]
    if starts != sorted(starts) or starts[0] < 4 * (count + 1):
        raise ValueError(starts[0])
    return content[starts[0] : starts[1]].decode()


def is_well_formed(stated: Any) -> bool:
    """Tell whether a message has the fields that are read of every message of its kind.

    >>> is_well_formed({"header": {"msg_type": "kernel_info_request"}, "channel": "shell", "content": {}})
    True
    >>> is_well_formed([]), is_well_formed({"header": {"msg_type": "execute_request"}, "channel": "", "content": {}})
    (False, False)
    """
    if not is_table(stated, header=Mapping, content=Mapping, channel=str):
        return False
    kind, content = stated["header"].get("msg_type"), stated["content"]
    if kind == "comm_open":
        return is_table(content, comm_id=str, target_name=str, data=Mapping)
    if kind == "comm_msg":
        return is_table(content, comm_id=str, data=Mapping) and is_table(content["data"], method=str)
    if kind == "comm_close":
        return is_table(content, comm_id=str)
    return kind in KINDS


def is_table(stated: Any, **fields: type) -> bool:
    """Tell whether something is a table with these fields."""
    return isinstance(stated, Mapping) and all(isinstance(stated.get(name), kind) for name, kind in fields.items())
