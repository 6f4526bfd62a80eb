"""Session of one visitor: choices, worlds, player, and data sent to the browser."""

import datetime
import time
import traceback
from collections.abc import Callable
from typing import Any

import solara

from experiments.comparison.policy_choice import HORIZONS
from experiments.figures.theme import look_of
from experiments.page import biography, charts, frames, pair_differences, sites, visitor_limit
from experiments.page.decision_controller import DecisionController
from experiments.page.frame_encoding import LAYERS
from experiments.page.page_texts import say
from experiments.page.player import SPEEDS, Action, Player
from experiments.page.views import captions, ends, view_of
from experiments.page.widgets import ChartWidget, MapWidget
from experiments.page.world_session import WorldSession
from model.engine.calendar import SHIFTS, tick_of
from model.engine.errors import InputError
from model.engine.scenario import Policy

SEED = 1
UPDATE_SECONDS = 0.25


class VisitorSession:
    """Choices and view of one visitor; only towns are shared with others."""

    def __init__(self) -> None:
        self.view = solara.reactive("decision")
        self.language = solara.reactive(sites.opening.language)
        self.dark = solara.reactive(False)
        self.scenario = solara.reactive(sites.opening.scenario)
        self.seed = solara.reactive(SEED)
        self.ready = solara.reactive({"a": "status_quo", "b": "status_quo"})
        self.twins = solara.reactive(False)
        self.mode = solara.reactive("both")
        self.layer = solara.reactive("residents")
        self.gangs = solara.reactive(False)
        self.hand = solara.reactive("a")
        self.tab = solara.reactive("time")
        self.busy = solara.reactive("compiling")
        self.fault = solara.reactive("")
        self.playing = solara.reactive(False)
        self.speed = solara.reactive(1)
        self.clock: solara.Reactive[dict[str, Any]] = solara.reactive({})
        self.updated = solara.reactive(-1)
        self.moved: solara.Reactive[tuple[Any, ...]] = solara.reactive(())
        self.month: solara.Reactive[int | None] = solara.reactive(None)
        self.settlement: solara.Reactive[int | None] = solara.reactive(None)
        self.cell: solara.Reactive[int | None] = solara.reactive(None)
        self.life: solara.Reactive[biography.LifeStory | str | None] = solara.reactive(None)
        self.step = solara.reactive(-1)
        self.guess: solara.Reactive[dict[str, Any]] = solara.reactive({})
        self.sessions: list[WorldSession] = []
        self.map, self.chart, self.habits = MapWidget(), ChartWidget(), ChartWidget()
        self.player = Player(self.advance, self.show, self.follow_player, self.failed)
        self.controller = DecisionController(self.do, sites.opening.language)
        self.measures: tuple[Policy, ...] = ()
        self._updated_at, self._months = 0.0, -1

    def open(self) -> Callable[[], None]:
        """Begin, when the page is there; return how to end."""
        self.player.start()
        return self.close

    def close(self) -> None:
        """End the player, the decision view and the worlds."""
        self.player.close()
        self.controller.close()
        visitor_limit.leave(self)

    def say(self, name: str, **values: Any) -> str:
        """Return a text in the language of the visitor."""
        return say(self.language.value, name, **values)

    # Actions of the player's thread

    def do(self, action: Action, busy: str = "") -> None:
        """Run an action between two shifts, with a word on the page while it takes."""

        def at_once() -> None:
            self.fault.set("")
            if busy:
                self.busy.set(busy)
            try:
                action()
            finally:
                if busy:
                    self.busy.set("")

        self.player.do(at_once)

    def failed(self, reason: Exception) -> None:
        """Say on the page what went wrong; the player goes on listening."""
        self.playing.set(False)
        self.busy.set("")
        if isinstance(reason, InputError):
            self.fault.set(str(reason))
        else:
            traceback.print_exception(reason)
            self.fault.set(self.say("page.fault", reason=type(reason).__name__))

    def enter_municipality(self) -> None:
        """Enter the chosen municipality with the chosen seed."""
        self.sessions = []
        self.sessions = [self.new_session(letter) for letter in ("ab" if self.twins.value else "a")]
        town = self.sessions[0].site.town
        with self.map.hold_sync():
            self.map.place, self.map.cells = frames.place_of(town), frames.cells_of(town)
            self.map.where = frames.where_of(town)
        for chosen in (self.settlement, self.month, self.cell, self.life):
            chosen.set(None)
        self.redraw()

    def new_session(self, letter: str) -> WorldSession:
        """Return a new world of A or B at its start."""
        moved = self.measures if letter == "b" else ()
        return WorldSession(self.scenario.value, self.seed.value, self.ready.value[letter], moved)

    def advance(self, shifts: int) -> None:
        """Simulate some shifts in every world; the run ends at its horizon."""
        left = tick_of(self.horizon) - self.sessions[0].world.tick if self.sessions else 0
        for session in self.sessions:
            for _ in range(min(shifts, left)):
                session.step()
        if self.sessions and left <= shifts:
            self.player.play(False)
            self.fault.set(self.say("page.horizon", date=self.horizon))

    @property
    def horizon(self) -> datetime.date:
        """Last date of the worlds."""
        start: datetime.date = self.sessions[0].world.settings.start
        return start.replace(year=start.year + HORIZONS[-1])

    def show(self, number: int) -> None:
        """Send the worlds as they stand to the browser, and four times a second the numbers."""
        traits, ends = self.frame()
        rate = SPEEDS[self.player.speed]
        slow = self.player.playing and 0.0 < rate <= SHIFTS
        world = self.sessions[0].world
        where = world.calendar.place_list(world.tick - 1) if slow or not self.player.playing else frames.AT_HOME
        with self.map.hold_sync():
            for name, value in traits.items():
                setattr(self.map, name, value)
            self.map.head = {
                "number": number,
                "seconds": 1.0 / rate if slow else 0.0,
                "where": int(where),
                "ends": ends,
            }
        if not self.player.playing or time.monotonic() > self._updated_at + UPDATE_SECONDS:
            self.update_numbers()

    def frame(self) -> tuple[dict[str, bytes], list[str] | None]:
        """Return what the map shows of the worlds that it shows, and the ends of the scale of their difference."""
        for session in self.sessions:
            session.update_map_state()
        mode, layer = self.map_mode(), self.layer.value
        frame = {"people_b": b"", "ground_b": b"", "rounds_b": b"", "incidents_b": b""}
        if mode == "difference":
            a, b = self.sessions
            shown, end = frames.difference_of(a, b, layer)
            return frame | shown, ends(self.language.value, LAYERS[layer].told * end)
        for letter, session in zip("ab", self.sessions, strict=False):
            if mode in ("both", letter):
                frame |= frames.frame_of(session, letter, layer)
        return frame, None

    def map_mode(self) -> str:
        """Return how the map shows the worlds: both, their difference, or one alone."""
        return self.mode.value if len(self.sessions) > 1 else "a"

    def update_numbers(self) -> None:
        """Bring the numbers on the page up to date."""
        self._updated_at = time.monotonic()
        if not self.sessions:
            return
        world = self.sessions[0].world
        self.clock.set(
            {
                "date": world.date.isoformat(),
                "shift": world.tick % SHIFTS,
                "trust": [session.map_state.trust for session in self.sessions],
                "differs": pair_differences.differences(*self.sessions) if len(self.sessions) > 1 else None,
            }
        )
        if world.month != self._months:
            self.draw_charts()
        self.updated.set(world.month if self.player.playing else world.tick)
        self.moved.set(tuple((session.policies, tuple(session.pending.items())) for session in self.sessions))

    def draw_charts(self) -> None:
        """Draw all charts anew."""
        if self.sessions:
            self._months = self.sessions[0].world.month
            look = self.language.value, self.dark.value, self.sessions, self.month.value
            self.chart.data, self.habits.data = charts.data_of(*look), charts.data_of(*look, charts.HABITS)

    def redraw(self) -> None:
        """Draw charts and map anew; bytes are sent together with how they are to be read."""
        if not self.sessions:
            return
        self.draw_charts()
        communal = bool(self.sessions[0].site.town.authorities["communal"].any())
        view = view_of(self.language.value, self.layer.value, self.map_mode(), communal)
        titles = captions(self.language.value, self.ready.value) if self.twins.value else {}
        titles |= {"b": self.say("decision.line_b")} if titles and self.measures else {}
        difference = "difference_dark" if self.dark.value else "difference"
        with self.map.hold_sync():
            self.map.view = view | {"look": look_of(self.dark.value), "captions": titles, "difference": difference}
            self.player.frame()

    def follow_player(self) -> None:
        """Follow the player: whether it plays and how fast."""
        self.playing.set(self.player.playing)
        self.speed.set(self.player.speed)
        if self.sessions and not self.player.playing:
            self.update_numbers()

    # Reading and showing

    def selected_session(self) -> WorldSession:
        """Return the world whose levers are shown."""
        return self.sessions[-1] if self.hand.value == "b" and len(self.sessions) > 1 else self.sessions[0]

    def chosen_month(self) -> int | None:
        """Return the month chosen in the charts (12 x year + 0 to 11), if any."""
        months = self.sessions[0].history().get("month", []) if self.sessions else []
        if self.month.value is None or self.month.value >= len(months):
            return None
        month = months[self.month.value]
        return 12 * int(month.year) + int(month.month) - 1

    def go_to(self, date: datetime.date) -> None:
        """Take all worlds to 06:00 of a date."""
        for session in self.sessions:
            session.go_to(date, self.player.stopped)
        self.redraw()
