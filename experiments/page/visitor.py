"""One visitor: everything that can be asked for on the page."""

import dataclasses
import datetime
import threading
from typing import Any

import solara.lab

from experiments.comparison.decision_measures import policy_of
from experiments.page import biography, hover, sites
from experiments.page.frame_encoding import LAYERS
from experiments.page.lever_changes import name_of
from experiments.page.player import SPEEDS, Action
from experiments.page.qr_codes import qr_of
from experiments.page.session import VisitorSession
from experiments.page.world_session import WorldSession
from model.engine.calendar import first_of_month

REST_SECONDS = 0.4
TABS = {"why": "why", "life": "life", "map": "time", "criteria": "criteria"}
"""Views that the decision view leads to, with the panel that each opens beside the map."""
KEYS = {"play": "toggle", "shift": "one_shift", "month": "one_month", "restart": "restart"}
FASTER = {"faster": 1, "slower": -1}


class Visitor(VisitorSession):
    """A visitor, who plays, moves levers, asks why, and listens to a life."""

    def __init__(self) -> None:
        super().__init__()
        self.map.answer = self.chart.answer = self.habits.answer = self.receive_event
        self.controller.drawing.answer = self.receive_request
        self._moving: dict[str, threading.Timer] = {}

    # The decision view

    def receive_request(self, message: dict[str, Any]) -> None:
        """Do what the decision view asks for: show a choice, open another view, hand out a file."""
        kind = message.get("kind")
        if kind == "ask":
            self.do(lambda: self.choose(message["address"], message["number"]))
        elif kind == "file":
            self.do(lambda: self.controller.drawing.send(self.controller.file(message["what"])))
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

    def go_back(self) -> None:
        """Go back to the decision view; the worlds of the other views are let go."""

        def leave() -> None:
            self.sessions = []
            self.controller.language, self.controller.dark = self.language.value, self.dark.value
            self.view.set("decision")
            self.controller.ask()

        self.pause_and_do(leave)

    def toggle(self) -> None:
        """Play or pause."""
        self.player.play(not self.playing.value)

    def pause_and_do(self, action: Action, busy: str = "") -> None:
        """Pause, then let something be done."""
        self.player.play(False)
        self.do(action, busy)

    def one_shift(self) -> None:
        """Simulate one shift and show it."""

        def live() -> None:
            self.advance(1)
            self.player.frame()

        self.pause_and_do(live)

    def one_month(self) -> None:
        """Simulate one month."""
        self.pause_and_do(
            lambda: self.go_to(min(first_of_month(self.sessions[0].world.month + 1), self.horizon)), "living"
        )

    def restart(self) -> None:
        """Go back to the start, with the same luck and the levers as they were moved."""
        self.pause_and_do(lambda: self.go_to(self.sessions[0].world.settings.start), "living")

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

    def branch(self, date: datetime.date) -> None:
        """Take both worlds back to a date with the past of A; levers now move B."""

        def part() -> None:
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

        self.pause_and_do(part, "living")

    def choose_twins(self, on: bool) -> None:
        """Add a second world with the same luck, or drop it."""

        def change() -> None:
            self.twins.set(on)
            self.hand.set("a")
            if on:
                self.sessions = [self.sessions[0], self.new_session("b")]
                self.sessions[1].go_until(self.sessions[0].world.tick, self.player.stopped)
            else:
                self.sessions = self.sessions[:1]
            self.hand.set("b" if on else "a")
            self.redraw()

        self.do(change, "living")

    def choose_ready(self, letter: str, policy: str) -> None:
        """Simulate a world again under a ready policy, until now."""

        def change() -> None:
            self.ready.set(self.ready.value | {letter: policy})
            self.measures = () if letter == "b" else self.measures
            number = "ab".index(letter)
            if number >= len(self.sessions):
                return
            now = self.sessions[number].world.tick
            self.sessions[number] = self.new_session(letter)
            self.sessions[number].go_until(now, self.player.stopped)
            self.redraw()

        self.do(change, "living")

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

    def drop_changes(self) -> None:
        """Simulate the selected world again without the levers moved by hand."""

        def change() -> None:
            session = self.selected_session()
            now = session.world.tick
            session.branch(session.world.settings.start, self.player.stopped)
            session.go_until(now, self.player.stopped)
            self.redraw()

        self.do(change, "living")

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
