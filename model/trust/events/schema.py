"""Declarations of events: kinds of events that change trust, with their qualities, weights and memory (ODD 5.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, make_dataclass
from typing import Literal

from model.engine.causes import MOST_CAUSES, declare_cause
from model.engine.parameters import ParameterGroup, share_parameter
from model.engine.rows import Row, int64_constant

type Memory = Literal["usual", "friendly", "panel", "public"]

MAX_EVENT_KINDS = 96
"""A kind with a cause of its own has the number of that cause; kinds that share one are numbered from 64."""
SOURCE = "assumed; not swept so far"
BELIEF_PARTS = {
    "fair": "share of the evidence that favours fairness",
    "fair_weight": "factor on its weight for fairness",
    "effective": "share of the evidence that favours effectiveness",
    "effective_weight": "factor on its weight for effectiveness",
}
"""Descriptions of the four numbers of a kind: a quality and a factor on the weight for each belief."""
MEMORY_PARAMETERS: Mapping[Memory, tuple[str, str]] = {
    "usual": ("trust", "fast"),
    "friendly": ("trust", "fast_friendly"),
    "panel": ("trust", "fast_panel"),
    "public": ("misconduct", "fades"),
}
"""Group and key of the parameter that gives the share of the evidence in the fast memory."""


@dataclass(frozen=True)
class EventKind:
    """Declared kind of event: its cause in the ledger, its memory, and its values by the keys of `BELIEF_PARTS`."""

    name: str
    cause: int
    about: str
    memory: Memory
    values: Mapping[str, float]

    def parameters(self) -> Iterator[tuple[str, str, float]]:
        """Yield key, part and value of each parameter of this kind."""
        for part, value in self.values.items():
            belief = part.removesuffix("_weight")
            # Factors of 1 and 0 only say in units of which belief the weight of the event is given, and which belief
            # the event leaves alone: to vary them is to vary that weight, so that they are no parameters.
            if self.values[f"{belief}_weight"] != 0.0 and (part == belief or value != 1.0):
                yield f"{self.name}_{part}", part, value


EVENT_KINDS: dict[int, EventKind] = {}
"""Every kind of event by its number."""


class EventEffect(Row):
    """Evidence that a kind of event adds per unit of weight; ``fast`` is the share of it in the fast memory."""

    cause: int
    fair: float
    fair_weight: float
    effective: float
    effective_weight: float
    fast: float


def declare_event(  # noqa: PLR0913 - a declaration whose values are given by name
    name: str,
    number: int,
    about: str,
    *,
    cause: int | None = None,
    fair: float = 0.5,
    fair_weight: float = 0.0,
    effective: float = 0.5,
    effective_weight: float = 0.0,
    memory: Memory = "usual",
) -> int:
    """Declare a kind of event and return its number.

    Parameters
    ----------
    name : str
        First part of the keys of its parameters; also the name of its cause, unless ``cause`` is given.
    number : int
        Lasting number: below 64 that of its own cause, from 64 to 95 where it shares a cause.
        It is written down, since compiled kernels hold it.
    about : str
        Short description for the lists of parameters.
    cause : int, optional
        Cause of the ledger that the kind shares with others.
    fair, effective : float, share
        Part of the evidence that favours fairness, and effectiveness.
    fair_weight, effective_weight : float, ratio
        Factors on the weight of an event, for either belief.  A belief with factor 0 does not change.
    memory : Memory
        Parameter that gives the share in the fast memory, see `MEMORY_PARAMETERS`.
    """
    if not (number < MOST_CAUSES if cause is None else MOST_CAUSES <= number < MAX_EVENT_KINDS):
        raise ValueError(
            f"event '{name}': number {number} is out of range. A kind with a cause of its own has a number below "
            f"{MOST_CAUSES}, one that shares a cause from {MOST_CAUSES} to {MAX_EVENT_KINDS - 1}."
        )
    values = {"fair": fair, "fair_weight": fair_weight, "effective": effective, "effective_weight": effective_weight}
    booked = declare_cause(name, number) if cause is None else cause
    kind = EventKind(name, int(booked), about, memory, values)
    if EVENT_KINDS.setdefault(number, kind) != kind:
        taken = EVENT_KINDS[number].name
        raise ValueError(f"event '{name}': number {number} is taken by '{taken}'. Give it a number of its own.")
    return int64_constant(number)


def create_event_parameters(module: str) -> type[ParameterGroup]:
    """Return the group `events` of the parameters of all kinds declared so far, as class ``Events`` of a module."""
    fields = [
        (key, float, share_parameter(value, SOURCE, f"{kind.about}: {BELIEF_PARTS[part]}"))
        for _, kind in sorted(EVENT_KINDS.items())
        for key, part, value in kind.parameters()
    ]
    members = {
        "__doc__": "Evidence that each kind of event adds: its qualities, and factors on its weight.",
        "name": "events",
        "mechanism": False,
    }
    created: type[ParameterGroup] = make_dataclass(
        "Events", fields, bases=(ParameterGroup,), namespace=members, frozen=True, kw_only=True, module=module
    )
    return created
