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
from experiments.page.background_worker import background_workers
from experiments.page.console import error_text, in_one_line
from experiments.page.files import downloaded_file
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
        self.request = AddressRequest(Choice(sites.start_options.scenario), sites.start_options.language)
        self.requested_choice: Choice | None = None
        self.client_number: int | None = None
        self.request_number, self.address_error = 0, ""
        self.timer, self.show_is_pending = threading.Timer(0.0, lambda: None), False
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
        except Exception as error:
            print_note(f"page: {in_one_line(error_text(error))}")
            self.send("fault", page_text(self.request.language, "page.fault", reason=type(error).__name__))

    def close(self) -> None:
        """Cancel pending actions and runs, and release the worlds."""
        self.closed = True
        self.timer.cancel()
        if self.client_number is not None and background_workers:
            background_workers[-1].cancel_request(self.client_number)
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
            self.enqueue(lambda: self.show_address(request["address"], request["number"]))
        elif request["kind"] == "file":
            self.enqueue(lambda: self.send("file", downloaded_file(self.state, request["what"])))
        else:
            self.send("code", qr_svg(request["link"]))

    def show_address(self, address: Mapping[str, str], number: int) -> None:
        """Parse an address and show the result."""
        self.request_number = number
        self.parse_request(address)
        self.request_worlds()

    def parse_request(self, address: Mapping[str, str]) -> None:
        """Parse an address; if it is invalid, keep the present request and store the error."""
        if (language := address.get("lang")) in LANGUAGES:
            self.request = replace(self.request, language=language)  # also for the error
        try:
            self.request, self.address_error = parse_address(address, self.request), ""
        except AddressError as error:
            self.address_error = error.in_language(self.request.language)

    def request_worlds(self) -> None:
        """Request the worlds of the choice, which cancels runs of an earlier choice."""
        choice = self.request.choice
        if choice == self.requested_choice and not self.worlds.failed:
            self.show()
            return
        background = background_workers[-1]
        worlds = PairedWorlds(*runs_of(choice, background.folder))
        kept = [result for result in self.worlds.sides[0] if result.run in worlds.places]
        for result in kept:
            worlds.add(result, result.run)
        specs = [spec for spec in worlds.specs if spec.run not in {result.run for result in kept}]
        self.requested_choice, self.worlds = choice, worlds

        def on_world(result: WorldResult | str, run: str) -> None:
            self.enqueue(lambda: self.add_result(result, run) if self.worlds is worlds else None)

        def on_months(months: pd.DataFrame, run: str) -> None:
            self.enqueue(lambda: self.send_line(months, worlds.places[run][0]) if self.worlds is worlds else None)

        self.client_number = background.register_client() if self.client_number is None else self.client_number
        background.request_worlds(self.client_number, specs, on_world, on_months)
        self.show()

    def add_result(self, result: WorldResult | str, run: str) -> None:
        """Add a finished world, or the reason of its failure."""
        self.worlds.add(result, run)
        state = self.state
        if state.n_finished > 1 and state.running:
            self.show_later()
        else:
            self.show()

    def show_later(self) -> None:
        """Show the finished worlds after a delay, together with others that finish meanwhile."""
        self.timer.cancel()
        self.show_is_pending = True
        self.timer = threading.Timer(BATCH_SECONDS, lambda: self.enqueue(self.show_pending))
        self.timer.daemon = True
        self.timer.start()

    def show_pending(self) -> None:
        """Show the finished worlds, unless they have been shown meanwhile, so that nothing is drawn twice."""
        if self.show_is_pending:
            self.show()

    def send_line(self, months: pd.DataFrame, side: int) -> None:
        """Send the months so far of the first world of a side that has no finished world yet."""
        base, arm = self.worlds.results
        if not arm and bool(base) == bool(side):
            self.send("line", {outcome.name: rounded(outcome.in_months(months)) for outcome in OUTCOMES})

    # Output

    def show(self) -> None:
        """Send the data of the requested view, from the worlds finished so far."""
        self.timer.cancel()
        self.show_is_pending = False
        self.send(
            "sheet", sheet_of(self.state, self.request) | {"number": self.request_number, "fault": self.address_error}
        )
