"""Control the decision view of one visitor: read a choice, request its worlds, show them."""

import itertools
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import pandas as pd

from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.policy_choice import FILE, Choice, runs_of
from experiments.comparison.twin_results import Life
from experiments.page import sites
from experiments.page.address import AddressError, choice_of, one_of
from experiments.page.background_worker import running
from experiments.page.criteria_standing import Standing
from experiments.page.style_sheet import difference, ground, scale_of, sheet_of, table_of
from experiments.page.table_rows import rounded
from experiments.page.widgets import DecisionWidget
from experiments.words.catalogue import LANGUAGES

type Do = Callable[[Callable[[], None]], None]
"""Lets something be done in the thread of the visitor."""

TOGETHER_S = 0.25
"""Seconds that a twin waits to be shown with the next: workers end in pairs, and drawing takes time they need."""


class DecisionController:
    """A choice, its finished worlds, and the drawing that shows them."""

    def __init__(self, do: Do, language: str) -> None:
        self.do = do
        self.seat: int | None = None
        self.drawing = DecisionWidget()
        self.choice = Choice(sites.opening.scenario)
        self.language, self.dark = language, False
        self.requested: Choice | None = None
        self.number, self.fault = 0, ""
        self.soon, self.unseen = threading.Timer(0.0, lambda: None), False
        self.turns = itertools.count(1)
        self.begin()

    def begin(self) -> None:
        """Forget the worlds of an earlier choice."""
        self.turn = next(self.turns)
        self.base: dict[int, Life] = {}
        self.arm: dict[int, Life] = {}
        self.faults: dict[int, str] = {}
        self.drawing.line = {}

    @property
    def standing(self) -> Standing:
        """State of the decision view."""
        lives = [tuple(one[seed] for seed in sorted(one)) for one in (self.base, self.arm)]
        scenario = sites.load_scenario(self.choice.site)
        return Standing(self.choice, scenario, self.language, lives[0], lives[1], tuple(self.faults.values()))

    # What is asked

    def read(self, address: Mapping[str, str]) -> None:
        """Take what an address says, or say what is wrong in it; what it does not say stays as it is."""
        self.dark = address.get("dark", "1" if self.dark else "") == "1"
        try:
            self.language = one_of("lang", address, self.language, LANGUAGES)
            self.choice = choice_of(address, self.choice)
            self.fault = ""
        except AddressError as reason:
            self.fault = reason.in_language(self.language)

    def ask(self) -> None:
        """Request the worlds of the choice; runs of an earlier choice are given up."""
        if self.choice == self.requested and not self.faults:
            self.show()
            return
        background = running[-1]
        arms = runs_of(self.choice, background.folder)
        kept = {seed: life for seed, life in self.base.items() if life.run in {spec.run for spec in arms[0]}}
        self.begin()
        self.requested, self.base = self.choice, kept
        sides = {spec.run: side for side, specs in enumerate(arms) for spec in specs}
        known = {life.run for life in kept.values()}
        specs = [spec for world in zip(*arms, strict=True) for spec in world if spec.run not in known]
        seeds, turn = {spec.run: spec.seed for spec in specs}, self.turn

        def on_world(life: Life | str, run: str) -> None:
            self.do(lambda: self.add_result(life, seeds[run], sides[run]) if self.turn == turn else None)

        def on_months(months: pd.DataFrame, run: str) -> None:
            self.do(lambda: self.draw_line(months, sides[run]) if self.turn == turn else None)

        self.seat = background.take_seat() if self.seat is None else self.seat
        background.ask(self.seat, specs, on_world, on_months)
        self.show()

    def add_result(self, life: Life | str, seed: int, side: int) -> None:
        """Add a finished world, or the reason of its failure."""
        if isinstance(life, str):
            self.faults[seed] = life
        else:
            (self.arm if side else self.base)[seed] = life
        self.drawing.line = {}
        one = self.standing
        if one.done > 1 and one.running:
            self.show_soon()
        else:
            self.show()

    def show_soon(self) -> None:
        """Show twins together if another ends soon: all but the first and the last can wait a moment."""
        self.soon.cancel()
        self.unseen = True
        self.soon = threading.Timer(TOGETHER_S, lambda: self.do(self.show_unseen))
        self.soon.daemon = True
        self.soon.start()

    def show_unseen(self) -> None:
        """Show waiting worlds, unless they have been shown meanwhile: nothing is drawn twice under the reader."""
        if self.unseen:
            self.show()

    def draw_line(self, months: pd.DataFrame, side: int) -> None:
        """Send the first months of the first world, where none like it is there yet."""
        if not self.arm and bool(self.base) == bool(side):
            self.drawing.line = {one.name: rounded(one.in_months(months)) for one in OUTCOMES}

    def close(self) -> None:
        """Leave: what is under way is given up, and the worlds go."""
        self.soon.cancel()
        self.unseen = False
        if self.seat is not None and running:
            running[-1].give_up(self.seat)
        self.requested = None
        self.begin()

    # What is shown

    def show(self) -> None:
        """Send everything to the drawing."""
        self.soon.cancel()
        self.unseen = False
        one = self.standing
        self.drawing.sheet = sheet_of(one, self.dark) | {
            "address": self.address,
            "number": self.number,
            "fault": self.fault,
        }
        if not one.running:
            self.do(self.show_map)

    def show_map(self) -> None:
        """Send where trust differs; the first time for a municipality its town is built."""
        one = self.standing
        town = sites.load_municipality(self.choice.site).town
        shown = difference(one, town)
        ends = scale_of(shown["most"]) if "most" in shown else ("", "")
        self.drawing.map = {"site": one.choice.site, "ground": ground(town), "ends": ends, **shown}

    @property
    def address(self) -> str:
        """Query of the address that restores the view."""
        stated = {
            "town": self.choice.site,
            "measures": ",".join(f"{name}.{step}" for name, step in self.choice.chosen),
            "from": self.choice.begins.isoformat() if self.choice.begins else "",
            "years": str(self.choice.years),
            "seed": str(self.choice.seed),
            "lang": self.language,
            "dark": "1" if self.dark else "",
        }
        return urlencode({key: value for key, value in stated.items() if value}, safe=",./")

    def file(self, kind: str) -> dict[str, str]:
        """Return a file: the measures as a policy, or the numbers as a table."""
        if kind == "policy":
            return {"name": FILE, "text": self.choice.file}
        name = self.choice.site.rpartition("/")[2].removesuffix(".toml")
        return {"name": f"{name}.csv", "text": table_of(self.standing)}
