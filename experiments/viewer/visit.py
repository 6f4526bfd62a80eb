"""One visitor: what is chosen, the worlds, the player, and what the page shows of them."""

import datetime
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import solara

from experiments.viewer import biography, charts, differ, frames, hover, sites, why
from experiments.viewer.lane import Lane
from experiments.viewer.looks import LAYERS
from experiments.viewer.player import SPEEDS, Deed, Player
from experiments.viewer.texts import say
from experiments.viewer.widgets import ChartWidget, MapWidget
from model.calendar import SHIFTS, first_of_month
from model.errors import InputError

SEED = 7
NEWS_SECONDS = 0.25
REST_SECONDS = 0.4
LAST_DATE = datetime.date(2060, 1, 1)
KEYS = {"play": "toggle", "shift": "one_shift", "month": "one_month", "restart": "restart"}


class Visit:
    """Everything of one visitor; only towns are shared with others."""

    def __init__(self) -> None:
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
        self.tab = solara.reactive(0)
        self.busy = solara.reactive("compiling")
        self.fault = solara.reactive("")
        self.playing = solara.reactive(False)
        self.speed = solara.reactive(1)
        self.clock: solara.Reactive[dict[str, Any]] = solara.reactive({})
        self.lived = solara.reactive(-1)
        self.moved: solara.Reactive[tuple[Any, ...]] = solara.reactive(())
        self.month: solara.Reactive[int | None] = solara.reactive(None)
        self.settlement: solara.Reactive[int | None] = solara.reactive(None)
        self.cell: solara.Reactive[int | None] = solara.reactive(None)
        self.life: solara.Reactive[biography.Life | None | str] = solara.reactive(None)
        self.step = solara.reactive(-1)
        self.guess: solara.Reactive[dict[str, Any]] = solara.reactive({})
        self.lanes: list[Lane] = []
        self.map, self.chart = MapWidget(), ChartWidget()
        self.map.answer, self.chart.answer = self.heard, self.heard
        self.player = Player(self.advance, self.show, self.turned, self.failed)
        self._told_at, self._months = 0.0, -1
        self._moving: dict[str, threading.Timer] = {}

    def open(self) -> Callable[[], None]:
        """Begin, when the page is there; return how to end."""
        self.player.start()
        self.do(self.settle, "compiling")
        return self.player.close

    # Deeds of the player's thread

    def do(self, deed: Deed, busy: str = "") -> None:
        """Let something be done between two shifts, with a word on the page while it takes."""

        def at_once() -> None:
            self.fault.set("")
            if busy:
                self.busy.set(busy)
            try:
                deed()
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
            self.fault.set(say(self.language.value, "page.fault", reason=type(reason).__name__))

    def settle(self) -> None:
        """Move into the municipality that is chosen, with the luck that is chosen."""
        self.lanes = []
        self.lanes = [self.lane(letter) for letter in ("ab" if self.twins.value else "a")]
        town = self.lanes[0].site.town
        with self.map.hold_sync():
            self.map.place, self.map.cells = frames.place_of(town), frames.cells_of(town)
            self.map.where = frames.where_of(town)
        self.settlement.set(None)
        self.month.set(None)
        self.cell.set(None)
        self.life.set(None)
        self.renew()

    def lane(self, letter: str) -> Lane:
        """Return a new world of A or B at its start."""
        return Lane(self.scenario.value, self.seed.value, self.ready.value[letter])

    def advance(self, shifts: int) -> None:
        """Live some shifts in every world."""
        for lane in self.lanes:
            for _ in range(shifts):
                lane.step()

    def show(self, number: int) -> None:
        """Send the worlds as they stand to the browser, and four times a second the numbers."""
        traits: dict[str, Any] = {"people_b": b"", "ground_b": b"", "rounds_b": b"", "incidents_b": b""}
        for letter, lane in zip("ab", self.lanes, strict=False):
            lane.fresh()
            traits |= frames.frame_of(lane, letter, self.layer.value)
        rate = SPEEDS[self.player.speed]
        slow = self.player.playing and 0.0 < rate <= SHIFTS
        world = self.lanes[0].world
        where = world.calendar.place_list(world.tick - 1) if slow or not self.player.playing else frames.AT_HOME
        with self.map.hold_sync():
            for name, value in traits.items():
                setattr(self.map, name, value)
            self.map.head = {"number": number, "seconds": 1.0 / rate if slow else 0.0, "where": int(where)}
        if not self.player.playing or time.monotonic() > self._told_at + NEWS_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Bring the numbers on the page up to date."""
        self._told_at = time.monotonic()
        if not self.lanes:
            return
        world = self.lanes[0].world
        self.clock.set(
            {
                "date": world.date.isoformat(),
                "shift": world.tick % SHIFTS,
                "trust": [lane.watch.trust for lane in self.lanes],
                "differs": differ.differences(*self.lanes) if len(self.lanes) > 1 else None,
            }
        )
        if world.month != self._months:
            self.draw_charts()
        self.lived.set(world.month if self.player.playing else world.tick)
        self.moved.set(tuple((lane.policies, tuple(lane.pending.items())) for lane in self.lanes))

    def draw_charts(self) -> None:
        """Draw all charts anew."""
        if self.lanes:
            self._months = self.lanes[0].world.month
            self.chart.data = charts.data_of(self.language.value, self.dark.value, self.lanes, self.month.value)

    def renew(self) -> None:
        """Show everything anew after something else than a shift has changed it."""
        self._months = -1
        self.look()
        self.player.frame()

    def turned(self) -> None:
        """Follow the player: whether it plays and how fast."""
        self.playing.set(self.player.playing)
        self.speed.set(self.player.speed)
        if self.lanes and not self.player.playing:
            self.tell()

    # What the visitor asks for

    def toggle(self) -> None:
        """Play or pause."""
        self.player.play(not self.playing.value)

    def one_shift(self) -> None:
        """Live one shift."""
        self.player.play(False)
        self.do(lambda: (self.advance(1), self.player.frame())[0])

    def one_month(self) -> None:
        """Live one month."""
        self.player.play(False)
        self.do(lambda: self.go_to(first_of_month(self.lanes[0].world.month + 1)), "living")

    def restart(self) -> None:
        """Go back to the start, with the same luck and the levers as they were moved."""
        self.player.play(False)
        self.do(lambda: self.go_to(self.lanes[0].world.settings.start), "living")

    def jump(self, word: str) -> None:
        """Go to a date, forward or back."""
        start = self.lanes[0].world.settings.start
        try:
            date = datetime.date.fromisoformat(word)
        except ValueError:
            date = datetime.date.min
        if not start <= date <= LAST_DATE:
            self.fault.set(say(self.language.value, "page.jump_wrong", low=start, high=LAST_DATE))
            return
        self.player.play(False)
        self.do(lambda: self.go_to(date), "living")

    def go_to(self, date: datetime.date) -> None:
        """Take all worlds to 06:00 of a date."""
        for lane in self.lanes:
            lane.go_to(date, self.player.stopped)
        self.renew()

    def branch(self, date: datetime.date) -> None:
        """Take both worlds back to a date as A had lived until then; levers now move B."""

        def part() -> None:
            a = self.lanes[0]
            a.go_to(date, self.player.stopped)
            b = Lane(a.name, a.seed, a.ready, a.changes)
            b.branch(date, self.player.stopped)
            self.lanes = [a, b]
            self.ready.set(self.ready.value | {"b": a.ready})
            self.twins.set(True)
            self.hand.set("b")
            self.tab.set(1)
            self.renew()

        self.player.play(False)
        self.do(part, "living")

    def choose_twins(self, on: bool) -> None:
        """Add a second world with the same luck, or drop it."""

        def change() -> None:
            self.twins.set(on)
            if on:
                self.lanes = [self.lanes[0], self.lane("b")]
                self.lanes[1].go_until(self.lanes[0].world.tick, self.player.stopped)
            else:
                self.lanes = self.lanes[:1]
            self.hand.set("b" if on else "a")
            self.renew()

        self.do(change, "living")

    def choose_ready(self, letter: str, policy: str) -> None:
        """Let a world live its past again under a ready policy, until now."""

        def change() -> None:
            self.ready.set(self.ready.value | {letter: policy})
            number = "ab".index(letter)
            if number >= len(self.lanes):
                return
            now = self.lanes[number].world.tick
            self.lanes[number] = self.lane(letter)
            self.lanes[number].go_until(now, self.player.stopped)
            self.renew()

        self.do(change, "living")

    def choose_scenario(self, name: str) -> None:
        """Move to another municipality."""
        self.player.play(False)
        self.scenario.set(name)
        self.do(self.settle, "compiling")

    def choose_seed(self, seed: int) -> None:
        """Begin again with other luck."""
        self.player.play(False)
        self.seed.set(seed)
        self.do(self.settle, "living")

    def move_lever(self, parameter: str, value: float) -> None:
        """Move a lever of the world in hand from the next 06:00 on; while playing, once the hand rests."""

        def change() -> None:
            self.in_hand().move(parameter, value)
            self.tell()

        if parameter in self._moving:
            self._moving.pop(parameter).cancel()
        if self.playing.value:
            self._moving[parameter] = threading.Timer(REST_SECONDS, lambda: self.do(change))
            self._moving[parameter].start()
        else:
            self.do(change)

    def drop_changes(self) -> None:
        """Let the world in hand live again without the levers moved by hand."""

        def change() -> None:
            lane = self.in_hand()
            now = lane.world.tick
            lane.branch(lane.world.settings.start, self.player.stopped)
            lane.go_until(now, self.player.stopped)
            self.renew()

        self.do(change, "living")

    def in_hand(self) -> Lane:
        """Return the world whose levers are shown."""
        return self.lanes[-1] if self.hand.value == "b" and len(self.lanes) > 1 else self.lanes[0]

    # Why, and whose life

    def account(self) -> why.Account:
        """Return the account of trust of the place and period chosen, of the world in hand."""
        month = self.chosen_month()
        return why.account(self.in_hand(), self.settlement.value, month)

    def chosen_month(self) -> int | None:
        """Return the month chosen in the charts (12 x year + 0 to 11), if any."""
        months = self.lanes[0].history().get("month", []) if self.lanes else []
        if self.month.value is None or self.month.value >= len(months):
            return None
        month = months[self.month.value]
        return 12 * int(month.year) + int(month.month) - 1

    def tell_life(self, cell: int | None, skip: int = 0) -> None:
        """Tell the life of a resident of a cell, or of anybody."""

        def listen() -> None:
            lane = self.in_hand()
            found = biography.listen(lane, biography.dwellers(lane, cell, skip), self.player.stopped)
            self.life.set(found[0] if found else "nobody")

        self.player.play(False)
        self.cell.set(cell)
        self.do(listen, "listening")

    # The map

    def look(self) -> None:
        """Tell the map what to show and in which words."""
        language, layer = self.language.value, LAYERS[self.layer.value]
        mode = self.mode.value if self.twins.value else "a"
        self.map.view = {
            "mode": mode,
            "layer": self.layer.value,
            "colours": layer.colours,
            "gain": 1 if layer.logarithmic else 2,
            "dark": self.dark.value,
            "named": layer.named,
            "couples": layer.named,
            "words": {"map": say(language, "page.map")},
            "captions": self.captions(),
            "legend": self.legend(mode),
        }

    def captions(self) -> dict[str, str]:
        """Return what stands above each map."""
        if not self.twins.value:
            return {}
        ready = self.ready.value
        titles = {letter: f"{letter.upper()}: {title_of(ready[letter], self.language.value)}" for letter in "ab"}
        return titles | {"difference": say(self.language.value, "page.difference")}

    def legend(self, mode: str) -> dict[str, Any]:
        """Return what stands below the maps."""
        language, layer = self.language.value, LAYERS[self.layer.value]
        marks = [(name, say(language, f"page.{name}")) for name in ("foot", "motorcycle", "vehicle", "station")]
        communal = bool(self.lanes) and bool(self.lanes[0].site.town.authorities["communal"].any())
        marks += [("seat", say(language, "page.seat_communal" if communal else "page.seat"))]
        marks += [("incident", say(language, "page.incident"))]
        if not layer.named:
            marks = marks[3:5]
        low, high = f"{layer.low:g}", f"{layer.high:g}"
        if self.layer.value == "gangs":
            low, high = "MS-13", "Barrio 18"
        if mode == "difference":
            low, high = say(language, "page.more_in_a"), say(language, "page.more_in_b")
        return {"title": say(language, f"layer.{self.layer.value}"), "low": low, "high": high, "marks": marks}

    def choose_layer(self, layer: str) -> None:
        """Show another layer."""
        self.layer.set(layer)
        self.refresh()

    def refresh(self) -> None:
        """Show the worlds again, in other words or colours."""
        self.do(lambda: (self.look(), self.draw_charts(), self.player.frame())[0] if self.lanes else None)

    def heard(self, message: dict[str, Any]) -> None:
        """Take what the drawings report: frames drawn, keys, cells, months."""
        kind = message.get("kind")
        if kind == "seen":
            self.player.seen(int(message["number"]))
        elif kind == "key":
            self.press(str(message.get("deed")))
        elif kind == "month":
            self.month.set(int(message["month"]))
            self.do(self.draw_charts)
        elif kind in ("hover", "pick"):
            self.do(lambda: self.point(kind, int(message["cell"]), str(message.get("lane"))))

    def press(self, deed: str) -> None:
        """Do what a key stands for."""
        if deed in KEYS:
            getattr(self, KEYS[deed])()
        elif deed in ("faster", "slower"):
            self.player.pace(max(0, min(len(SPEEDS) - 1, self.player.speed + (1 if deed == "faster" else -1))))

    def point(self, kind: str, cell: int, letter: str) -> None:
        """Answer a pointer on a cell: in words, or by choosing its place."""
        if not self.lanes or not 0 <= cell < self.lanes[0].site.town.n_cells:
            return
        lane = self.lanes[-1] if letter == "b" else self.lanes[0]
        if kind == "hover":
            self.map.hint = {"cell": cell, "text": hover.words(self.language.value, lane, cell, self.layer.value)}
            return
        settlement = int(lane.site.town.cells["settlement"][cell])
        self.settlement.set(settlement if settlement >= 0 and LAYERS[self.layer.value].named else None)
        self.cell.set(cell)
        if self.tab.value == TAB_LIFE:
            self.tell_life(cell)
        else:
            self.tab.set(TAB_WHY)


TAB_TIME, TAB_LEVERS, TAB_WHY, TAB_LIFE, TAB_CRITERIA = range(5)


def title_of(policy: str, language: str) -> str:
    """Return the title of a ready policy."""
    import scenarios

    return scenarios.policies()[policy].title[language]
