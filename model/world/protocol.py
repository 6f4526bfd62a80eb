"""Protocol of the simulated world: the members that mechanisms and measures may use."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Protocol

from model.engine.calendar import Calendar, ShiftNumbers
from model.engine.kernels import TableBundle
from model.engine.parameters import ParametersInForce
from model.engine.rows import FloatArray, IntArray, Rows
from model.engine.scenario import Scenario
from model.town.town import Town
from model.trust.events.schema import EventEffect
from model.world.columns import MonthlyCounts, ResidentState
from model.world.shift_context import PlaceTables, PoliceTables, ShiftContext
from model.world.shift_events import ShiftEvents
from model.world.state import State


class HazardTables(Protocol):
    """Hazard factors of one world; `model.world.hazard.HazardFactors` implements and documents them."""

    guard_numbers: dict[str, int]
    repeats: IntArray
    rates: FloatArray
    highest: FloatArray
    guards: FloatArray
    person: FloatArray

    def rewrite_mechanism(self, world: World, name: str) -> None:
        """Recompute the factors of one mechanism and of those after it."""

    def write_by_person(self, world: World) -> None:
        """Recompute the factors of motivation by person."""

    def write_guard(self, world: World, name: str) -> None:
        """Recompute the factors of one guard."""


class World(Protocol):
    """A municipality during a run, as mechanisms see it.

    `model.simulation.model.TrustModel` implements it and documents the members.
    """

    state: State
    town: Town
    settings: Scenario
    calendar: Calendar
    parameters: ParametersInForce
    event_effects: Rows[EventEffect]
    minds: Rows[ResidentState]
    tally: Rows[MonthlyCounts]
    ground: PlaceTables
    plant: PoliceTables
    shift_events: ShiftEvents
    class_table: FloatArray
    cell_km: float
    seed: int
    tick: int
    tick_array: IntArray
    learned: IntArray
    arrivals: IntArray

    @property
    def hazard_factors(self) -> HazardTables:
        """Hazard factors of this world."""

    @property
    def date(self) -> datetime.date:
        """Date on which the present shift begins."""

    @property
    def month(self) -> int:
        """Number of the present month: twelve times the year, plus 0 to 11."""

    @property
    def shifts_since_close(self) -> int:
        """Shifts since the month began, the present one included."""

    @property
    def mood_odds(self) -> float:
        """Odds against trust in the nation's mood."""

    @property
    def days_of_month(self) -> int:
        """Days of the present month."""

    def shift_numbers(self) -> ShiftNumbers:
        """Return the numbers of the present shift by the calendar."""

    def shift_context(self) -> ShiftContext:
        """Return the context of the present shift."""

    def view[B: TableBundle](self, bundle: type[B]) -> B:
        """Return a bundle bound to this world; bound anew when a table moves or the parameters change."""

    def cached_view[T](self, compute: Callable[[World], T]) -> T:
        """Return the result of `compute` on tables and parameters; recomputed when either changes."""

    def cached[T](self, work: Callable[[World], T]) -> T:
        """Return the result of `work` on the town, computed once."""

    def invalidate_views(self) -> None:
        """Discard all bound tables and cached views."""

    def apply_impressions(self) -> None:
        """Apply the impressions written since the last call to beliefs."""

    def policies_change_today(self) -> bool:
        """Return whether a policy or an event of the timeline begins or ends with this shift."""

    def policies_change_on(self, date: datetime.date) -> bool:
        """Return whether a policy or an event of the timeline begins or ends on a date."""
