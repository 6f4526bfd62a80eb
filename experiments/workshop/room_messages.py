"""Shapes of the messages that the presenter's screen and the phones of a room send."""

from typing import Annotated, Any, Literal, TypedDict

from pydantic import AfterValidator, Field, TypeAdapter

from experiments.comparison.decision_measures import changed_measures
from experiments.workshop.room import N_BINS, Phase, texts
from model.engine.errors import InputError


def known_measure(name: str) -> str:
    """Return the name of a measure, or the empty name; raise `ValueError` for others."""
    if name:
        known_steps({name: 0})
    return name


def known_steps(steps: dict[str, int]) -> dict[str, int]:
    """Return steps of measures; raise `ValueError` if a measure or a step is unknown."""
    try:
        changed_measures(steps)
    except InputError as reason:
        raise ValueError(str(reason)) from None
    return steps


Group = Annotated[int, Field(ge=0, lt=len(texts()["groups"]))]
Answer = Annotated[int, Field(ge=0, lt=max(N_BINS, len(texts()["groups"])))]
"""Answer to a question, or a group in the vote on packages."""


class GoMessage(TypedDict):
    """Change of the phase and question."""

    kind: Literal["go"]
    phase: Phase
    question: Annotated[int, Field(ge=0, lt=len(texts()["question"]))]


class HandMessage(TypedDict):
    """Vote of somebody without a phone."""

    kind: Literal["hand"]
    answer: Answer


class PriceMessage(TypedDict):
    """Price of a step of a measure as typed, or the cap for an empty name; an empty value removes it."""

    kind: Literal["price"]
    measure: Annotated[str, AfterValidator(known_measure)]
    value: str


class PlainMessage(TypedDict):
    """Request for more time, or for a new code."""

    kind: Literal["time", "code"]


class JoinMessage(TypedDict):
    """Word, number and group with which a phone joins."""

    word: str
    number: str
    group: Group


class VoteMessage(TypedDict):
    """Answer of a phone, and the vote that it answers."""

    asked: str
    answer: Answer


class PackageMessage(TypedDict):
    """Package that a phone proposes or agrees with: the step of each measure that differs."""

    steps: Annotated[dict[str, int], AfterValidator(known_steps)]


class OpenMessage(TypedDict):
    """Request of the page to open the room or the class with a municipality."""

    kind: Literal["open"]
    what: Literal["room", "class"]
    town: str


class NetworkMessage(TypedDict):
    """Confirmation that phones may reach the room at the address that was shown with the warning."""

    kind: Literal["network"]
    address: str


class CloseMessage(TypedDict):
    """Request of the page to close the room or the class."""

    kind: Literal["close"]
    what: Literal["room", "class"]


OPENING_MESSAGES: TypeAdapter[Any] = TypeAdapter(
    Annotated[OpenMessage | NetworkMessage | CloseMessage, Field(discriminator="kind")]
)
PRESENTER_MESSAGES: TypeAdapter[Any] = TypeAdapter(
    Annotated[GoMessage | HandMessage | PriceMessage | PlainMessage, Field(discriminator="kind")]
)
PHONE_MESSAGES: dict[str, TypeAdapter[Any]] = {
    "/u/join": TypeAdapter(JoinMessage),
    "/u/vote": TypeAdapter(VoteMessage),
    "/u/package": TypeAdapter(PackageMessage),
    "/u/agree": TypeAdapter(PackageMessage),
}
"""Shape of the body of each path to which phones post."""
