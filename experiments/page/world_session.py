"""One world on the page: how it goes on, is changed by hand, goes back and branches."""

import dataclasses
import datetime
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.page import sites
from experiments.page.frame_encoding import MapState
from experiments.page.lever_changes import is_change, move_levers, next_morning, value_on
from model.engine.calendar import tick_of
from model.engine.scenario import Policy
from model.simulation.registry import COUNT_NAMES
from model.town.crime_kinds import NAMES as KINDS
from scenarios.policy_files import parse_policy_words

Stop = Callable[[], bool]
SERIALS = itertools.count()
"""Numbers that tell a session from every other, gone ones too."""
CHUNK = 91
BOOK_COLUMNS = ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded")


class WorldSession:
    """A world of a municipality with a seed, ready policies, and levers moved by hand from dates on."""

    def __init__(self, name: str, seed: int, ready: str = "status_quo", changes: tuple[Policy, ...] = ()) -> None:
        self.name, self.seed, self.ready = name, seed, ready
        self.serial = next(SERIALS)
        self.policies: tuple[Policy, ...] = (*parse_policy_words(ready), *changes)
        self.pending: dict[str, float] = {}
        self.restart()

    def restart(self) -> None:
        """Begin again with the same luck and all changes made so far."""
        self.site = sites.load_municipality(self.name)
        self.world: Any = sites.begin(self.name, self.seed, self.policies)
        self.map_state = MapState(self.world)
        self.first_residents = self.residents()
        self.map_state.look(self.world)

    # Going on

    def step(self) -> None:
        """Simulate one shift; levers moved by hand take effect at 06:00."""
        if self.pending and self.world.tick % 3 == 0:
            self.apply()
        self.world.step()
        self.map_state.note(self.world)

    def go(self, shifts: int, stop: Stop = lambda: False) -> None:
        """Simulate some shifts; a stop is asked for between months."""
        for done in range(shifts):
            if done % CHUNK == 0 and stop():
                break
            self.step()
        self.map_state.look(self.world)

    def go_to(self, date: datetime.date, stop: Stop = lambda: False) -> None:
        """Go on, or go back and simulate again, until 06:00 of a date."""
        self.go_until(max(tick_of(date), tick_of(self.world.settings.start)), stop)

    def go_until(self, tick: int, stop: Stop = lambda: False) -> None:
        """Go on, or go back and simulate again, until a tick."""
        if tick < self.world.tick:
            self.restart()
        self.go(tick - self.world.tick, stop)

    def branch(self, date: datetime.date, stop: Stop = lambda: False) -> None:
        """Go back to a date and drop every change that was made by hand from then on."""
        self.policies = tuple(one for one in self.policies if not is_change(one) or (one.start or date) < date)
        self.pending = {}
        self.restart()
        self.go_to(date, stop)

    # Levers

    def move_lever(self, parameter: str, value: float) -> None:
        """Move a lever by hand; it takes effect at the next 06:00."""
        self.pending[parameter] = value

    def apply(self) -> None:
        """Make a policy of the levers that were moved, and let the world go on under it."""
        from model import TrustModel

        date = next_morning(self.world.tick)
        self.policies = move_levers(self.policies, self.pending, date, self.site.scenario)
        self.pending = {}
        scenario = dataclasses.replace(self.site.scenario, policies=self.policies)
        self.world = TrustModel.resumed(scenario, self.world.checkpoint(), town=self.site.town)

    def lever_value(self, parameter: str) -> float:
        """Return where a lever stands, or will stand at the next 06:00."""
        if parameter in self.pending:
            return self.pending[parameter]
        return value_on(self.world.settings, parameter, next_morning(self.world.tick))

    # Reading

    @property
    def changes(self) -> tuple[Policy, ...]:
        """The policies made by hand, in order."""
        return tuple(sorted((one for one in self.policies if is_change(one)), key=lambda one: one.name))

    def history(self) -> dict[str, list[Any]]:
        """Return all months so far, column by column."""
        return dict(self.world.datacollector.model_vars)

    def last_year(self, column: str) -> list[Any]:
        """Return the last twelve months of a column, none where the model has no such column."""
        return self.history().get(column, [])[-12:]

    def residents(self) -> np.ndarray:
        """Return the residents of every settlement now."""
        here = self.world.state.minds["gone"] < 0
        return np.bincount(self.site.town.people["settlement"][here], minlength=self.site.town.n_settlements)

    def so_far(self, column: str) -> float:
        """Return the sum of a count over all months and the present one, since the start."""
        months = sum(value for value in self.history()[column] if not np.isnan(value))
        return float(months) + self.this_month(column)

    def this_month(self, column: str) -> float:
        """Return a count of the present month as it stands."""
        state = self.world.state
        if column in COUNT_NAMES:
            return float(state.tally[0][column])
        for number, book in enumerate(BOOK_COLUMNS):
            if column == book:
                return float(state.books[number].sum())
            if column.startswith(f"{book}_"):
                return float(state.books[number, KINDS.index(column.removeprefix(f"{book}_"))])
        raise KeyError(column)
