"""Validate the messages of a browser; the first malformed one closes its socket."""

import json
from collections.abc import Mapping
from typing import Any

MESSAGE_FIELDS: Mapping[str, Mapping[str, type]] = {
    "ask": {"address": dict, "number": int},
    "file": {"what": str},
    "code": {"link": str},
}
"""Fields of each kind of message, with their types."""
PROTOCOL_ERROR_CODES = (1002, 1009)
"""Close codes of a malformed and of a too long frame; invalid text is reported by the protocol itself."""


class MalformedMessage(ValueError):
    """A message that the page does not send."""


def protocol_error(message: Mapping[str, Any]) -> str:
    """Return the error if the protocol itself closed the socket, else an empty text."""
    return "a frame was malformed" if message.get("code") in PROTOCOL_ERROR_CODES else ""


def parse_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request in a message; raise `MalformedMessage` if it is invalid.

    >>> parse_message({"text": '{"kind": "file", "what": "data"}'})["what"]
    'data'
    >>> parse_message({"text": '{"kind": "file", "what": 1}'})
    Traceback (most recent call last):
    experiments.page.message_check.MalformedMessage: a message was malformed
    """
    try:
        request = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        raise MalformedMessage("a message was not JSON") from None
    fields = MESSAGE_FIELDS.get(str(request.get("kind"))) if isinstance(request, dict) else None
    if fields is None or not all(type(request.get(name)) is kind for name, kind in fields.items()):
        raise MalformedMessage("a message was malformed")
    if not all(isinstance(value, str) for value in request.get("address", {}).values()):
        raise MalformedMessage("a message was malformed")
    return dict(request)
