"""Protocol of the simulated world: the members that mechanisms and measures may use."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from model.engine.calendar import Calendar
from model.engine.kernels import Part
from model.engine.rows import Ints, Reals, Rows
from model.engine.scenario import Scenario
from model.town.town import Town
from model.world.columns import Mind, Tally
from model.world.shift_context import Ground, Plant, Stage
from model.world.shift_events import Daybook
from model.world.state import State


class HazardTables(Protocol):
    """Hazard factors of one world, as `model.world.hazard.Factors` keeps them."""

    numbers: dict[str, int]
    repeats: Ints
    rates: Reals
    highest: Reals
    guards: Reals
    person: Reals

    def lay_wish(self, world: World, name: str) -> None:
        """Recompute the factors of one mechanism and of those after it."""

    def lay_guard(self, world: World, name: str) -> None:
        """Recompute the factors of one guard."""


class World(Protocol):
    """A municipality during a run, as mechanisms see it.

    `model.simulation.model.TrustModel` implements it and documents the members.
    """

    state: State
    town: Town
    settings: Scenario
    calendar: Calendar
    numbers: Mapping[str, Rows[Any]]
    minds: Rows[Mind]
    tally: Rows[Tally]
    ground: Ground
    plant: Plant
    book: Daybook
    class_table: Reals
    cell_km: float
    seed: int
    tick: int
    now: Ints
    day_type: int

    @property
    def factors(self) -> HazardTables:
        """Hazard factors of this world."""

    @property
    def date(self) -> datetime.date:
        """Date on which the present shift begins."""

    @property
    def month(self) -> int:
        """Number of the present month: twelve times the year, plus 0 to 11."""

    @property
    def calm(self) -> float:
        """Odds of the nation's mood against the police."""

    @property
    def days_of_month(self) -> int:
        """Days of the present month."""

    def stage(self) -> Stage:
        """Return the context of the present shift."""

    def laid[T](self, lay: Callable[[World], T]) -> T:
        """Return what `lay` makes of the tables and parameters; recomputed when either changes."""

    def once[T](self, work: Callable[[World], T]) -> T:
        """Return what `work` finds out about the town, computed once."""

    def carry_out[T](self, rule: Callable[..., T], given: Callable[[], tuple[Part, ...]], *numbers: float) -> T:
        """Call a kernel whose tables are bound once."""

    def forget_laid(self) -> None:
        """Discard bound tables."""

    def learn(self) -> None:
        """Apply the impressions written since the last call to beliefs."""

    def turns_today(self) -> bool:
        """Return whether a policy or an event of the timeline begins or ends with this shift."""

    def born(self, first: int, end: int) -> None:
        """Give the residents of rows `first` to `end` their first state."""
