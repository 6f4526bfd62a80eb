"""One visitor: choices, worlds, player, data sent to the browser, and all that can be asked for on the page."""

import dataclasses
import datetime
import functools
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import solara
import solara.lab

from experiments.comparison.decision_measures import policy_of
from experiments.comparison.policy_choice import HORIZONS
from experiments.figures.theme import look_of
from experiments.page import biography, charts, frames, hover, pair_differences, sites, visitor_limit
from experiments.page.decision_controller import DecisionController
from experiments.page.frame_encoding import LAYERS
from experiments.page.lever_changes import name_of
from experiments.page.page_texts import say
from experiments.page.player import SPEEDS, Action, Player
from experiments.page.qr_codes import qr_of
from experiments.page.views import captions, ends, view_of
from experiments.page.widgets import ChartWidget, MapWidget
from experiments.page.world_session import WorldSession
from model.engine.calendar import SHIFTS, first_of_month, tick_of
from model.engine.errors import InputError
from model.engine.scenario import Policy

SEED = 1
UPDATE_SECONDS, REST_SECONDS = 0.25, 0.4
TABS = {"why": "why", "life": "life", "map": "time", "criteria": "criteria"}
"""Views that the decision view leads to, with the panel that each opens beside the map."""
KEYS = {"play": "toggle", "shift": "one_shift", "month": "one_month", "restart": "restart"}
FASTER = {"faster": 1, "slower": -1}


type Method = Callable[..., None]


def queued(busy: str = "living", pause: bool = True) -> Callable[[Method], Method]:
    """Have the player carry out a method between two shifts, with a word on the page while it takes."""

    def wrap(method: Method) -> Method:
        @functools.wraps(method)
        def later(visitor: "Visitor", *args: Any) -> None:
            if pause:
                visitor.player.play(False)
            visitor.do(lambda: method(visitor, *args), busy)

        return later

    return wrap


class Visitor:
    """A visitor, who plays, moves levers, asks why, and listens to a life; only towns are shared with others."""

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
        self._moving: dict[str, threading.Timer] = {}
        self.map.answer = self.chart.answer = self.habits.answer = self.receive_event
        self.controller.drawing.answer = self.receive_request

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
            session.map_state.look(session.world)
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

    # The decision view

    def receive_request(self, message: dict[str, Any]) -> None:
        """Do what the decision view asks for: show a choice, open another view, hand out a file.

        Values are read here and not in the player, so that a malformed message is an error of its sender alone.
        """
        kind = message.get("kind")
        if kind == "ask":
            address = {str(key): str(value) for key, value in dict(message["address"]).items()}
            number = int(message["number"])
            self.do(lambda: self.choose(address, number))
        elif kind == "file":
            what = str(message["what"])
            self.do(lambda: self.controller.drawing.send(self.controller.file(what)))
        elif kind == "qr":
            self.controller.drawing.send({"qr": qr_of(str(message["link"]))})

    def choose(self, address: dict[str, str], number: int) -> None:
        """Take a choice from an address, and open the view that it names."""
        self.controller.number = number
        self.controller.read(address)
        self.language.set(self.controller.language)
        self.dark.set(self.controller.dark)
        solara.lab.theme.dark = self.controller.dark
        if (view := address.get("view", "")) in TABS:
            self.go_deeper(view)
        else:
            self.controller.ask()

    def go_deeper(self, view: str) -> None:
        """Open one of the other views, with the world as today beside that of the measures."""
        choice = self.controller.choice
        self.scenario.set(choice.site)
        self.seed.set(choice.seed)
        self.tab.set(TABS[view])
        start = sites.load_scenario(choice.site).start
        policy = policy_of(choice.chosen, choice.begins or start)
        self.measures = (dataclasses.replace(policy, name=name_of(policy.start or start)),) if choice.chosen else ()
        self.twins.set(bool(choice.chosen))
        self.hand.set("b" if choice.chosen else "a")
        self.view.set(view)
        self.do(self.enter_municipality, "compiling")

    @queued("")
    def go_back(self) -> None:
        """Go back to the decision view; the worlds of the other views are let go."""
        self.sessions = []
        self.controller.language, self.controller.dark = self.language.value, self.dark.value
        self.view.set("decision")
        self.controller.ask()

    def toggle(self) -> None:
        """Play or pause."""
        self.player.play(not self.playing.value)

    def pause_and_do(self, action: Action, busy: str = "") -> None:
        """Pause, then let something be done."""
        self.player.play(False)
        self.do(action, busy)

    @queued("")
    def one_shift(self) -> None:
        """Simulate one shift and show it."""
        self.advance(1)
        self.player.frame()

    @queued()
    def one_month(self) -> None:
        """Simulate one month."""
        self.go_to(min(first_of_month(self.sessions[0].world.month + 1), self.horizon))

    @queued()
    def restart(self) -> None:
        """Go back to the start, with the same luck and the levers as they were moved."""
        self.go_to(self.sessions[0].world.settings.start)

    def jump(self, word: str) -> None:
        """Go to a date, forward or back."""
        start = self.sessions[0].world.settings.start
        try:
            date = datetime.date.fromisoformat(word)
        except ValueError:
            date = datetime.date.min
        if not start <= date <= self.horizon:
            self.fault.set(self.say("page.jump_wrong", low=start, high=self.horizon))
            return
        self.pause_and_do(lambda: self.go_to(date), "living")

    @queued()
    def branch(self, date: datetime.date) -> None:
        """Take both worlds back to a date with the past of A; levers now move B."""
        a = self.sessions[0]
        a.go_to(date, self.player.stopped)
        b = WorldSession(a.name, a.seed, a.ready, a.changes)
        b.branch(date, self.player.stopped)
        self.sessions = [a, b]
        self.ready.set(self.ready.value | {"b": a.ready})
        self.twins.set(True)
        self.hand.set("b")
        self.tab.set("levers")
        self.redraw()

    @queued(pause=False)
    def choose_twins(self, on: bool) -> None:
        """Add a second world with the same luck, or drop it."""
        self.twins.set(on)
        self.hand.set("a")
        if on:
            self.sessions = [self.sessions[0], self.new_session("b")]
            self.sessions[1].go_until(self.sessions[0].world.tick, self.player.stopped)
        else:
            self.sessions = self.sessions[:1]
        self.hand.set("b" if on else "a")
        self.redraw()

    @queued(pause=False)
    def choose_ready(self, letter: str, policy: str) -> None:
        """Simulate a world again under a ready policy, until now."""
        self.ready.set(self.ready.value | {letter: policy})
        self.measures = () if letter == "b" else self.measures
        number = "ab".index(letter)
        if number >= len(self.sessions):
            return
        now = self.sessions[number].world.tick
        self.sessions[number] = self.new_session(letter)
        self.sessions[number].go_until(now, self.player.stopped)
        self.redraw()

    def choose_scenario(self, name: str) -> None:
        """Move to another municipality."""
        self.scenario.set(name)
        self.pause_and_do(self.enter_municipality, "compiling")

    def choose_seed(self, seed: int) -> None:
        """Begin again with other luck."""
        self.seed.set(seed)
        self.pause_and_do(self.enter_municipality, "living")

    def move_lever(self, parameter: str, value: float) -> None:
        """Move a lever of the selected world from the next 06:00 on; while playing, once the hand rests."""
        session = self.selected_session()

        def change() -> None:
            session.move_lever(parameter, value)
            self.update_numbers()

        if parameter in self._moving:
            self._moving.pop(parameter).cancel()
        if self.playing.value:
            self._moving[parameter] = threading.Timer(REST_SECONDS, lambda: self.do(change))
            self._moving[parameter].start()
        else:
            self.do(change)

    @queued(pause=False)
    def drop_changes(self) -> None:
        """Simulate the selected world again without the levers moved by hand."""
        session = self.selected_session()
        now = session.world.tick
        session.branch(session.world.settings.start, self.player.stopped)
        session.go_until(now, self.player.stopped)
        self.redraw()

    # A life

    def show_life(self, cell: int | None, skip: int = 0, first: int = -1) -> None:
        """Show the life of a resident of a cell, or of anybody; of the one asked for, if it may be told."""

        def listen() -> None:
            session = self.selected_session()
            found = biography.replay_lives(
                session, biography.select_residents(session, cell, skip, first), self.player.stopped
            )
            self.life.set(found[0] if found else "nobody")

        self.cell.set(cell)
        self.pause_and_do(listen, "listening")

    # The map

    def choose_layer(self, layer: str) -> None:
        """Show another layer."""
        self.layer.set(layer)
        self.do(self.redraw)

    def receive_event(self, message: dict[str, Any]) -> None:
        """Take what the drawings report: frames drawn, keys, cells, months."""
        kind = message.get("kind")
        if kind == "seen":
            self.player.seen(int(message["number"]))
        elif kind == "key" and (deed := str(message.get("deed"))) in KEYS:
            getattr(self, KEYS[deed])()
        elif kind == "key" and deed in FASTER:
            self.player.set_speed(max(0, min(len(SPEEDS) - 1, self.player.speed + FASTER[deed])))
        elif kind == "month":
            self.month.set(int(message["month"]))
            self.do(self.draw_charts)
        elif kind in ("hover", "pick"):
            cell, who = int(message["cell"]), int(message.get("who", -1))
            self.do(lambda: self.handle_pointer(kind, cell, str(message.get("lane")), who))

    def handle_pointer(self, kind: str, cell: int, letter: str, who: int = -1) -> None:
        """Answer a pointer on a cell: in words, or by choosing its place and the resident of its dot."""
        if not self.sessions or not 0 <= cell < self.sessions[0].site.town.n_cells:
            return
        session = self.sessions[-1] if letter == "b" else self.sessions[0]
        if kind == "hover":
            self.map.hint = {"cell": cell, "text": hover.words(self.language.value, session, cell, self.layer.value)}
            return
        settlement = int(session.site.town.cells["settlement"][cell])
        self.settlement.set(settlement if settlement >= 0 and LAYERS[self.layer.value].named else None)
        self.cell.set(cell)
        if self.tab.value == "life":
            people = session.site.town.people
            self.show_life(int(people["home"][who]) if 0 <= who < len(people) else cell, first=who)
        else:
            self.tab.set("why")
