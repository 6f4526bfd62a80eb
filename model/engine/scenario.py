"""Scenario of a run: municipality, parameters, policies and dated events, as checked values.

`scenarios.load` reads them from files; `model.simulation.model.TrustModel` simulates them.
"""

import calendar
import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

from model.engine.parameters import ParameterGroup

TOWN_GROUPS = ("boards", "calendar", "daily_rhythm", "plant", "population", "territory")
"""Parameter groups from which a town is built; it reads no others."""


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """A town, aldea or canton.

    Attributes
    ----------
    x, y
        Position in metres on the plane of the outline; None places it at random.
    weight
        Share of the population, relative to the other settlements.
    road
        Class of the road to it: 0 paved, 1 dirt, 2 path.
    organised
        Degree of community organisation, 0 to 1.
    """

    name: str
    kind: Literal["town", "aldea", "canton"]
    x: float | None
    y: float | None
    weight: float
    road: int
    organised: float


@dataclass(frozen=True, kw_only=True)
class Facility:
    """A police station or substation; ``desks`` are officers at desks per group on duty."""

    name: str
    settlement: str
    station: bool
    officers: int
    desks: int
    vehicles: int
    motorcycles: int


@dataclass(frozen=True, kw_only=True)
class PolicyEntry:
    """Change of one parameter by a policy or event, in all settlements or in those named."""

    parameter: str
    how: Literal["set", "scale", "add"]
    value: float
    settlements: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TimeSpan:
    """Length of time in days or months.

    >>> TimeSpan(14, "days").after(datetime.date(2017, 1, 1))
    datetime.date(2017, 1, 15)
    >>> TimeSpan(1, "months").after(datetime.date(2017, 1, 31))
    datetime.date(2017, 2, 28)
    """

    count: int
    unit: Literal["days", "months"]

    def after(self, start: datetime.date) -> datetime.date:
        """Return the date this long after another, at most the last day of its month."""
        if self.unit == "days":
            return start + datetime.timedelta(days=self.count)
        year, month = divmod(12 * start.year + start.month - 1 + self.count, 12)
        return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Named set of changes of parameters.

    Attributes
    ----------
    entries
        The changes.
    start
        First date, from 06:00; None stands for the first reported date.
    off
        Names of the mechanisms that it switches off.
    until
        Date at whose 06:00 it ends, or its length; None is permanent.
    """

    name: str
    entries: tuple[PolicyEntry, ...]
    start: datetime.date | None = None
    off: frozenset[str] = frozenset()
    until: datetime.date | TimeSpan | None = None


@dataclass(frozen=True, kw_only=True)
class DatedEvent:
    """Event of the timeline, which changes parameters and may be public news or a crisis.

    Attributes
    ----------
    start, until
        First date and the date at whose 06:00 its changes end; None is permanent.
    entries
        The changes of parameters.
    shock
        Size as public news about the police, -1 (worst) to 1 (best).
    crisis
        Size as a local crisis, 0 to 1.
    """

    name: str
    start: datetime.date
    until: datetime.date | None = None
    entries: tuple[PolicyEntry, ...] = ()
    shock: float = 0.0
    crisis: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CriterionAnchor:
    """Scale of one part of a criterion: the values that score 0 (``absent``) and 1 (``full``)."""

    part: str
    absent: float
    full: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A municipality with all its parameters; ``scenario["patrol"]`` is the group in force.

    Attributes
    ----------
    title
        Title by language.
    start
        First reported date.
    groups
        Parameters by name of the group.
    outline, lake
        Areas in metres.
    anchors
        Scales of the criteria.
    sources
        Source of stated values by dotted name.
    off
        Names of the mechanisms that are switched off.
    before
        Groups with levers set for this run, as they are in the warm-up: such a lever takes effect at the start.
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
