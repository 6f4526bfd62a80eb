"""One visitor of the page: the request in the address, its paired runs, and the data sent to the browser."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pandas as pd

from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import PairedWorlds, WorldResult
from experiments.page import sites
from experiments.page.address import AddressError, Asked, asked_by
from experiments.page.background_worker import running
from experiments.page.console import described, in_one_line
from experiments.page.files import file_of
from experiments.page.page_texts import say
from experiments.page.qr_codes import qr_of
from experiments.page.sheet import sheet_of
from experiments.page.standing import Standing
from experiments.page.table_rows import rounded
from experiments.storage.progress import say as console
from experiments.words.catalogue import LANGUAGES

type Send = Callable[[str, Any], None]
"""Send a message of a kind to the browser."""
TOGETHER_S = 0.25
"""Seconds that a world waits to be shown with the next: workers finish together, and drawing takes CPU time."""


class Visitor:
    """A visitor with a choice of measures; simulated worlds are shared by all visitors, choices are not."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.asked = Asked(Choice(sites.opening.scenario), sites.opening.language)
        self.requested: Choice | None = None
        self.seat: int | None = None
        self.number, self.fault = 0, ""
        self.soon, self.unseen = threading.Timer(0.0, lambda: None), False
        self.closed = False
        self.thread = ThreadPoolExecutor(1, "confianza visitor")
        self.worlds = PairedWorlds()

    def do(self, action: Callable[[], None]) -> None:
        """Run an action in the thread of this visitor, in the order of requests."""
        if not self.closed:
            self.thread.submit(self.run_action, action)

    def run_action(self, action: Callable[[], None]) -> None:
        """Run an action; report an error on the page and on the console."""
        try:
            if not self.closed:
                action()
        except Exception as reason:
            console(f"page: {in_one_line(described(reason))}")
            self.send("fault", say(self.asked.language, "page.fault", reason=type(reason).__name__))

    def close(self) -> None:
        """Cancel pending actions and runs, and release the worlds."""
        self.closed = True
        self.soon.cancel()
        if self.seat is not None and running:
            running[-1].give_up(self.seat)
        self.worlds = PairedWorlds()
        self.thread.shutdown(wait=False, cancel_futures=True)

    @property
    def standing(self) -> Standing:
        """Present state of the choice."""
        choice, worlds = self.asked.choice, self.worlds
        scenario = sites.load_scenario(choice.site)
        return Standing(choice, scenario, self.asked.language, *worlds.sides, worlds.faults)

    # Requests

    def receive(self, request: Mapping[str, Any]) -> None:
        """Carry out a request of the browser: show an address, send a file, or send a link as QR code."""
        if request["kind"] == "ask":
            self.do(lambda: self.choose(request["address"], request["number"]))
        elif request["kind"] == "file":
            self.do(lambda: self.send("file", file_of(self.standing, request["what"])))
        else:
            self.send("code", qr_of(request["link"]))

    def choose(self, address: Mapping[str, str], number: int) -> None:
        """Parse an address and show the result."""
        self.number = number
        self.read(address)
        self.ask()

    def read(self, address: Mapping[str, str]) -> None:
        """Parse an address; if it is invalid, keep the present request and store the error."""
        if (language := address.get("lang")) in LANGUAGES:
            self.asked = replace(self.asked, language=language)  # also for the error
        try:
            self.asked, self.fault = asked_by(address, self.asked), ""
        except AddressError as reason:
            self.fault = reason.in_language(self.asked.language)

    def ask(self) -> None:
        """Request the worlds of the choice, which cancels runs of an earlier choice."""
        choice = self.asked.choice
        if choice == self.requested and not self.worlds.failed:
            self.show()
            return
        background = running[-1]
        worlds = PairedWorlds(*runs_of(choice, background.folder))
        kept = [result for result in self.worlds.sides[0] if result.run in worlds.places]
        for result in kept:
            worlds.add(result, result.run)
        specs = [spec for spec in worlds.specs if spec.run not in {result.run for result in kept}]
        self.requested, self.worlds = choice, worlds

        def on_world(result: WorldResult | str, run: str) -> None:
            self.do(lambda: self.add_result(result, run) if self.worlds is worlds else None)

        def on_months(months: pd.DataFrame, run: str) -> None:
            self.do(lambda: self.draw_line(months, worlds.places[run][0]) if self.worlds is worlds else None)

        self.seat = background.take_seat() if self.seat is None else self.seat
        background.ask(self.seat, specs, on_world, on_months)
        self.show()

    def add_result(self, result: WorldResult | str, run: str) -> None:
        """Add a finished world, or the reason of its failure."""
        self.worlds.add(result, run)
        one = self.standing
        if one.done > 1 and one.running:
            self.show_soon()
        else:
            self.show()

    def show_soon(self) -> None:
        """Show the finished worlds after a delay, together with others that finish meanwhile."""
        self.soon.cancel()
        self.unseen = True
        self.soon = threading.Timer(TOGETHER_S, lambda: self.do(self.show_unseen))
        self.soon.daemon = True
        self.soon.start()

    def show_unseen(self) -> None:
        """Show the finished worlds, unless they have been shown meanwhile, so that nothing is drawn twice."""
        if self.unseen:
            self.show()

    def draw_line(self, months: pd.DataFrame, side: int) -> None:
        """Send the months so far of the first world of a side that has no finished world yet."""
        base, arm = self.worlds.results
        if not arm and bool(base) == bool(side):
            self.send("line", {one.name: rounded(one.in_months(months)) for one in OUTCOMES})

    # Output

    def show(self) -> None:
        """Send the data of the requested view, from the worlds finished so far."""
        self.soon.cancel()
        self.unseen = False
        self.send("sheet", sheet_of(self.standing, self.asked) | {"number": self.number, "fault": self.fault})
