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
from experiments.page.address import AddressError, AddressRequest, parse_address
from experiments.page.background_worker import running
from experiments.page.console import error_text, in_one_line
from experiments.page.files import file_of
from experiments.page.page_state import PageState
from experiments.page.page_texts import page_text
from experiments.page.qr_codes import qr_svg
from experiments.page.sheet import sheet_of
from experiments.page.table_rows import rounded
from experiments.storage.progress import print_note
from experiments.words.catalogue import LANGUAGES

type Send = Callable[[str, Any], None]
"""Send a message of a kind to the browser."""
BATCH_SECONDS = 0.25
"""Seconds that a world waits to be shown with the next: workers finish together, and drawing takes CPU time."""


class Visitor:
    """A visitor with a choice of measures; simulated worlds are shared by all visitors, choices are not."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.request = AddressRequest(Choice(sites.opening.scenario), sites.opening.language)
        self.requested_choice: Choice | None = None
        self.client: int | None = None
        self.number, self.fault = 0, ""
        self.timer, self.pending = threading.Timer(0.0, lambda: None), False
        self.closed = False
        self.thread = ThreadPoolExecutor(1, "confianza visitor")
        self.worlds = PairedWorlds()

    def enqueue(self, action: Callable[[], None]) -> None:
        """Run an action in the thread of this visitor, in the order of requests."""
        if not self.closed:
            self.thread.submit(self.run_action, action)

    def run_action(self, action: Callable[[], None]) -> None:
        """Run an action; report an error on the page and on the console."""
        try:
            if not self.closed:
                action()
        except Exception as reason:
            print_note(f"page: {in_one_line(error_text(reason))}")
            self.send("fault", page_text(self.request.language, "page.fault", reason=type(reason).__name__))

    def close(self) -> None:
        """Cancel pending actions and runs, and release the worlds."""
        self.closed = True
        self.timer.cancel()
        if self.client is not None and running:
            running[-1].give_up(self.client)
        self.worlds = PairedWorlds()
        self.thread.shutdown(wait=False, cancel_futures=True)

    @property
    def state(self) -> PageState:
        """Present state of the choice."""
        choice, worlds = self.request.choice, self.worlds
        scenario = sites.load_scenario(choice.site)
        return PageState(choice, scenario, self.request.language, *worlds.sides, worlds.faults)

    # Requests

    def receive(self, request: Mapping[str, Any]) -> None:
        """Carry out a request of the browser: show an address, send a file, or send a link as QR code."""
        if request["kind"] == "ask":
            self.enqueue(lambda: self.choose(request["address"], request["number"]))
        elif request["kind"] == "file":
            self.enqueue(lambda: self.send("file", file_of(self.state, request["what"])))
        else:
            self.send("code", qr_svg(request["link"]))

    def choose(self, address: Mapping[str, str], number: int) -> None:
        """Parse an address and show the result."""
        self.number = number
        self.read(address)
        self.ask()

    def read(self, address: Mapping[str, str]) -> None:
        """Parse an address; if it is invalid, keep the present request and store the error."""
        if (language := address.get("lang")) in LANGUAGES:
            self.request = replace(self.request, language=language)  # also for the error
        try:
            self.request, self.fault = parse_address(address, self.request), ""
        except AddressError as reason:
            self.fault = reason.in_language(self.request.language)

    def ask(self) -> None:
        """Request the worlds of the choice, which cancels runs of an earlier choice."""
        choice = self.request.choice
        if choice == self.requested_choice and not self.worlds.failed:
            self.show()
            return
        background = running[-1]
        worlds = PairedWorlds(*runs_of(choice, background.folder))
        kept = [result for result in self.worlds.sides[0] if result.run in worlds.places]
        for result in kept:
            worlds.add(result, result.run)
        specs = [spec for spec in worlds.specs if spec.run not in {result.run for result in kept}]
        self.requested_choice, self.worlds = choice, worlds

        def on_world(result: WorldResult | str, run: str) -> None:
            self.enqueue(lambda: self.add_result(result, run) if self.worlds is worlds else None)

        def on_months(months: pd.DataFrame, run: str) -> None:
            self.enqueue(lambda: self.draw_line(months, worlds.places[run][0]) if self.worlds is worlds else None)

        self.client = background.register_client() if self.client is None else self.client
        background.ask(self.client, specs, on_world, on_months)
        self.show()

    def add_result(self, result: WorldResult | str, run: str) -> None:
        """Add a finished world, or the reason of its failure."""
        self.worlds.add(result, run)
        state = self.state
        if state.done > 1 and state.running:
            self.show_soon()
        else:
            self.show()

    def show_soon(self) -> None:
        """Show the finished worlds after a delay, together with others that finish meanwhile."""
        self.timer.cancel()
        self.pending = True
        self.timer = threading.Timer(BATCH_SECONDS, lambda: self.enqueue(self.show_pending))
        self.timer.daemon = True
        self.timer.start()

    def show_pending(self) -> None:
        """Show the finished worlds, unless they have been shown meanwhile, so that nothing is drawn twice."""
        if self.pending:
            self.show()

    def draw_line(self, months: pd.DataFrame, side: int) -> None:
        """Send the months so far of the first world of a side that has no finished world yet."""
        base, arm = self.worlds.results
        if not arm and bool(base) == bool(side):
            self.send("line", {one.name: rounded(one.in_months(months)) for one in OUTCOMES})

    # Output

    def show(self) -> None:
        """Send the data of the requested view, from the worlds finished so far."""
        self.timer.cancel()
        self.pending = False
        self.send("sheet", sheet_of(self.state, self.request) | {"number": self.number, "fault": self.fault})
