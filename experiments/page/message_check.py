"""Validate the messages of a browser by their declared shapes; the first malformed one closes its socket."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field, TypeAdapter, ValidationError


class AskMessage(TypedDict):
    """Request to show an address."""

    kind: Literal["ask"]
    address: dict[str, str]
    number: int


class FileMessage(TypedDict):
    """Request for a file with the data or the policy of the page."""

    kind: Literal["file"]
    what: str


class CodeMessage(TypedDict):
    """Request for a link as QR code."""

    kind: Literal["code"]
    link: str


class CheckMessage(TypedDict):
    """Request to check a setting with pairs of the whole town."""

    kind: Literal["check"]
    number: int
    town: str
    years: int
    measures: str


class StopMessage(TypedDict):
    """Request to stop the check."""

    kind: Literal["stop"]


class MeasureEstimate(TypedDict):
    """Estimate of the effect on a measure, and its error."""

    measure: str
    mean: float
    error: float


class KeepMessage(TypedDict):
    """Estimates that differ from the pairs of a check."""

    kind: Literal["keep"]
    number: int
    estimates: list[MeasureEstimate]


TOWN_MESSAGES: TypeAdapter[Any] = TypeAdapter(
    Annotated[CheckMessage | StopMessage | KeepMessage, Field(discriminator="kind")]
)
PAGE_MESSAGES: TypeAdapter[Any] = TypeAdapter(
    Annotated[AskMessage | FileMessage | CodeMessage, Field(discriminator="kind")]
)
PROTOCOL_ERROR_CODES = (1002, 1009)
"""Close codes of a malformed and of a too long frame; invalid text is reported by the protocol itself."""


class MalformedMessage(ValueError):
    """A message that the page does not send."""


def protocol_error(message: Mapping[str, Any]) -> str:
    """Return the error if the protocol itself closed the socket, else an empty text."""
    return "a frame was malformed" if message.get("code") in PROTOCOL_ERROR_CODES else ""


def parse_message(message: Mapping[str, Any], shape: TypeAdapter[Any] = PAGE_MESSAGES) -> dict[str, Any]:
    """Return the request in a message of a shape; raise `MalformedMessage` if it is invalid.

    >>> parse_message({"text": '{"kind": "file", "what": "data"}'})["what"]
    'data'
    >>> parse_message({"text": '{"kind": "file", "what": 1}'})
    Traceback (most recent call last):
    experiments.page.message_check.MalformedMessage: a message was malformed
    """
    return dict(parse_json_of(shape, message.get("text") or ""))


def parse_json_of(shape: TypeAdapter[Any], text: str | bytes) -> Any:
    """Return the value of a text in JSON that has a shape, without conversions; raise `MalformedMessage` otherwise."""
    try:
        return shape.validate_json(text, strict=True)
    except ValidationError as reason:
        kinds = {error["type"] for error in reason.errors(include_url=False, include_input=False)}
        raise MalformedMessage(f"a message was {'not JSON' if 'json_invalid' in kinds else 'malformed'}") from None
