"""What a world is made from: plain values, already read and checked."""

import calendar
import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

from model.engine.parameters import ParameterGroup


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """A named town, aldea or canton; ``x`` and ``y`` in metres, or None where it is placed schematically."""

    name: str
    kind: Literal["town", "aldea", "canton"]
    x: float | None
    y: float | None
    weight: float
    road: int
    organised: float


@dataclass(frozen=True, kw_only=True)
class Facility:
    """A police station or substation with its plant; ``desks`` are seats per group on duty."""

    name: str
    settlement: str
    station: bool
    officers: int
    desks: int
    vehicles: int
    motorcycles: int


@dataclass(frozen=True, kw_only=True)
class PolicyEntry:
    """One line of a policy: what happens to one parameter, in all settlements or in those named."""

    parameter: str
    how: Literal["set", "scale", "add"]
    value: float
    settlements: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TimeSpan:
    """A length of time, counted from the date on which something begins.

    >>> Span(14, "days").after(datetime.date(2017, 1, 1)), Span(1, "months").after(datetime.date(2017, 1, 31))
    (datetime.date(2017, 1, 15), datetime.date(2017, 2, 28))
    """

    count: int
    unit: Literal["days", "months"]

    def after(self, start: datetime.date) -> datetime.date:
        """Return the date so long after another; where a month is too short for its day, the last of that month."""
        if self.unit == "days":
            return start + datetime.timedelta(days=self.count)
        year, month = divmod(12 * start.year + start.month - 1 + self.count, 12)
        return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A named set of changes that begins at 06:00 of a date (None: with the reported run).

    It is over at 06:00 of the date ``until``, or so long after it began (None: never).
    """

    name: str
    entries: tuple[PolicyEntry, ...]
    start: datetime.date | None = None
    off: frozenset[str] = frozenset()
    until: datetime.date | TimeSpan | None = None


@dataclass(frozen=True, kw_only=True)
class DatedEvent:
    """Something that happened: what it changes until a date (None: for good), and how far it was felt.

    ``shock`` is its size as a public event (1: the greatest good news), ``crisis`` its size as a crisis here.
    """

    name: str
    start: datetime.date
    until: datetime.date | None = None
    entries: tuple[PolicyEntry, ...] = ()
    shock: float = 0.0
    crisis: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CriterionAnchor:
    """Two fixed points of one part of a criterion: what counts as absent (0) and as full (1)."""

    part: str
    absent: float
    full: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A municipality with all its numbers.  ``scenario["patrol"]`` is the group in force.

    ``before`` holds the groups whose levers are turned for this run as they stand in the warm-up: a lever turns with
    the reported run, so that the start is that of the town as it is.
    """

    name: str
    title: Mapping[str, str]
    start: datetime.date
    groups: Mapping[str, ParameterGroup]
    outline: BaseGeometry
    lake: BaseGeometry | None
    settlements: tuple[Settlement, ...]
    facilities: tuple[Facility, ...]
    policies: tuple[Policy, ...] = ()
    timeline: tuple[DatedEvent, ...] = ()
    anchors: tuple[CriterionAnchor, ...] = ()
    sources: Mapping[str, str] = dataclasses.field(default_factory=dict)
    off: frozenset[str] = frozenset()
    before: Mapping[str, ParameterGroup] = dataclasses.field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        group = self.groups[name]
        return group.disabled() if name in self.off else group
