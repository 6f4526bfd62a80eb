"""Events that change trust: record an event of a declared kind as evidence, by the parameters in force (ODD 5.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from model.engine.causes import MOST_CAUSES, declare_cause
from model.engine.errors import InputError
from model.engine.fingerprint import PACKAGE
from model.engine.kernels import kernel
from model.engine.numbers import LANGUAGES, NUMBERS_FILE, all_event_lines, numbers_file, read_numbers
from model.engine.parameters import ParameterGroup
from model.engine.rows import Row, int64_constant
from model.trust.ledger import BeliefEvidence, record_impression

if TYPE_CHECKING:
    from model.engine.parameters import ParametersInForce
    from model.engine.rows import Rows
    from model.simulation.world import World

type Memory = Literal["usual", "friendly", "panel", "public", "harm"]

MAX_EVENT_KINDS = 96
"""A kind with a cause of its own has the number of that cause; kinds that share one are numbered from 64."""
WITHOUT_EFFECT = {"fair": 0.5, "fair_weight": 0.0, "effective": 0.5, "effective_weight": 0.0}
"""Numbers of a kind that leaves both beliefs alone: for each a quality and a factor on the weight."""
BELIEF_PARTS = tuple(WITHOUT_EFFECT)
"""Names of the four numbers of a kind; the table `events` of `numbers.toml` describes them."""
MEMORY_PARAMETERS: Mapping[Memory, tuple[str, str]] = {
    "usual": ("trust", "fast"),
    "friendly": ("trust", "fast_friendly"),
    "panel": ("trust", "fast_panel"),
    "public": ("misconduct", "fades"),
    "harm": ("trust", "fast_harm"),
}
"""Group and key of the parameter that gives the share of the evidence in the fast memory."""


@dataclass(frozen=True)
class EventKind:
    """Declared kind of event: its cause in the ledger, words by language, memory, and values by `BELIEF_PARTS`."""

    name: str
    cause: int
    words: Mapping[str, str]
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


HARM_CAUSE, ABUSE, SCANDAL, PAYMENT, INFORMED, ABSENCE, TOLD_OF_REQUEST, PROBLEM_SOLVED, PROBLEM_IN_VAIN = (
    int64_constant(number) for number in (7, 33, 34, 35, 37, 38, 40, 41, 42)
)
"""Numbers of events and causes that hearsay treats apart; the mechanisms that record them declare them."""
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


def declare_event(name: str, number: int, *, cause: int | None = None, memory: Memory = "usual") -> int:
    """Declare a kind of event and return its number; a line of `numbers.toml` has its values and words.

    That line, in a table ``[NAME.event_kinds]``, gives for each belief (``fair``, ``effective``) the part of the
    evidence that favours it and in ``_weight`` a factor on the weight of an event.  A belief left out does not change.

    Parameters
    ----------
    name : str
        First part of the keys of its parameters; also the name of its cause, unless ``cause`` is given.
    number : int
        Lasting number: below 64 that of its own cause, from 64 to 95 where it shares a cause.
        It is written down, since compiled kernels hold it.
    cause : int, optional
        Cause of the ledger that the kind shares with others.
    memory : Memory
        Parameter that gives the share in the fast memory, see `MEMORY_PARAMETERS`.
    """
    if not (number < MOST_CAUSES if cause is None else MOST_CAUSES <= number < MAX_EVENT_KINDS):
        raise ValueError(
            f"event '{name}': number {number} is out of range. A kind with a cause of its own has a number below "
            f"{MOST_CAUSES}, one that shares a cause from {MOST_CAUSES} to {MAX_EVENT_KINDS - 1}."
        )
    if number in EVENT_KINDS and EVENT_KINDS[number].name != name:
        taken = EVENT_KINDS[number].name
        raise ValueError(f"event '{name}': number {number} is taken by '{taken}'. Give it a number of its own.")
    words, values = event_line(name)
    booked = declare_cause(name, number) if cause is None else cause
    EVENT_KINDS[number] = EventKind(name, int(booked), words, memory, values)
    return int64_constant(number)


def event_line(name: str) -> tuple[dict[str, str], dict[str, float]]:
    """Return words and values of a kind of event, as its line states them; raise `InputError` if the line is wrong."""
    lines = all_event_lines(PACKAGE)
    if name not in lines:
        raise InputError(f"no {NUMBERS_FILE} has a line for the kind of event '{name}': add it to [NAME.event_kinds]")
    where, line = lines[name]
    words = {language: line[language] for language in LANGUAGES if language in line}
    values = {key: value for key, value in line.items() if key not in words}
    of_beliefs = {*values} in ({*BELIEF_PARTS[:2]}, {*BELIEF_PARTS[2:]}, {*BELIEF_PARTS})
    if len(words) < len(LANGUAGES) or not of_beliefs or any(type(value) is not float for value in values.values()):
        raise InputError(
            f"{where} {name} must have en, es, and for one belief or both a quality and a weight with a decimal point, "
            f"such as fair = 0.9, fair_weight = 1.0; got {dict(line)}"
        )
    return words, WITHOUT_EFFECT | values


def create_event_parameters(module: str) -> type[ParameterGroup]:
    """Return the group `events` of the parameters of all kinds declared so far, as class ``Events`` of a module."""
    names = [kind.name for kind in EVENT_KINDS.values()]
    for name, (where, _) in all_event_lines(PACKAGE).items():
        if name not in names:
            raise InputError(f"{where} has a line '{name}' that nothing declares: declare it, or remove the line")
    parts = read_numbers(numbers_file(__name__))["events"]
    lines = {
        key: parts[part]
        | {"value": value}
        | {language: f"{words}: {parts[part][language]}" for language, words in kind.words.items()}
        for _, kind in sorted(EVENT_KINDS.items())
        for key, part, value in kind.parameters()
    }
    members = {
        "__doc__": "Evidence that each kind of event adds: its qualities, and factors on its weight.",
        "__module__": module,
        "__annotations__": dict.fromkeys(lines, float),
        "name": "events",
        "mechanism": False,
    }
    created: type[ParameterGroup] = type("Events", (ParameterGroup,), members, lines=lines)
    return dataclass(frozen=True, init=False)(created)


def event_effects(parameters: ParametersInForce) -> Rows[EventEffect]:
    """Return the effect of each kind of event by settlement and number of the kind.

    Public news decay everywhere as in the first settlement, from which their reach and weight are taken, too.
    """
    rows = parameters.by_name()
    events = rows["events"]
    declared = events.dtype.names or ()
    effects = np.zeros((len(events), MAX_EVENT_KINDS), EventEffect.dtype)
    for number, kind in EVENT_KINDS.items():
        group, key = MEMORY_PARAMETERS[kind.memory]
        fast = rows[group][key]
        effects["cause"][:, number] = kind.cause
        effects["fast"][:, number] = fast[0] if kind.memory == "public" else fast
        for part, value in kind.values.items():
            parameter = f"{kind.name}_{part}"
            effects[part][:, number] = events[parameter] if parameter in declared else value
    return effects  # type: ignore[return-value]


@kernel
def record_event(w: World, who: int, kind: int, weight: float) -> None:
    """Record an event of some weight that a resident lives through; appends to `impressions`."""
    record_event_with_treatment(w, who, kind, weight, kind, weight)


@kernel
def record_event_with_treatment(
    w: World, who: int, kind: int, weight: float, treatment: int, treatment_weight: float
) -> None:
    """Record an event whose evidence on fairness is that of another kind, the treatment by the officers.

    Appends to `impressions`.  The parameters are those of the settlement where the resident lives.
    """
    home = w.people[who].settlement
    effect, treated = w.events[home, kind], w.events[home, treatment]
    evidence = BeliefEvidence(
        cause=effect.cause,
        fair=treated.fair,
        fair_weight=treated.fair_weight * treatment_weight,
        effective=effect.effective,
        effective_weight=effect.effective_weight * weight,
        fast=effect.fast,
    )
    record_impression(w, who, evidence)
