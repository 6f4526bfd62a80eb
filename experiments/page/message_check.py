"""Validate the messages of a browser; the first malformed one closes its socket."""

import json
from collections.abc import Mapping
from typing import Any

FIELDS: Mapping[str, Mapping[str, type]] = {
    "ask": {"address": dict, "number": int},
    "file": {"what": str},
    "code": {"link": str},
}
"""Fields of each kind of message, with their types."""
PROTOCOL_ERRORS = (1002, 1009)
"""Close codes of a malformed and of a too long frame; invalid text is reported by the protocol itself."""


class Malformed(ValueError):
    """A message that the page does not send."""


def protocol_error(message: Mapping[str, Any]) -> str:
    """Return the error if the protocol itself closed the socket, else an empty text."""
    return "a frame was malformed" if message.get("code") in PROTOCOL_ERRORS else ""


def request_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request in a message; raise `Malformed` if it is invalid.

    >>> request_of({"text": '{"kind": "file", "what": "data"}'})["what"]
    'data'
    >>> request_of({"text": '{"kind": "file", "what": 1}'})
    Traceback (most recent call last):
    experiments.page.message_check.Malformed: a message was malformed
    """
    try:
        stated = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        raise Malformed("a message was not JSON") from None
    fields = FIELDS.get(str(stated.get("kind"))) if isinstance(stated, dict) else None
    if fields is None or not all(type(stated.get(name)) is kind for name, kind in fields.items()):
        raise Malformed("a message was malformed")
    if not all(isinstance(value, str) for value in stated.get("address", {}).values()):
        raise Malformed("a message was malformed")
    return dict(stated)
