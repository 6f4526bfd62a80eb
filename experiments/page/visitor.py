"""One visitor of the page: the request in the address, its paired runs, and the data sent to the browser."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import PairedWorlds, WorldResult
from experiments.page import sites
from experiments.page.address import AddressError, first_request, parse_address
from experiments.page.background_worker import background_workers
from experiments.page.files import downloaded_file
from experiments.page.page_state import PageState
from experiments.page.qr_codes import qr_svg
from experiments.page.session import Send, Session
from experiments.page.sheet import sheet_of
from experiments.words.catalogue import LANGUAGES

BATCH_SECONDS = 0.25
"""Seconds that a world waits to be shown with the next: workers finish together, and drawing takes CPU time."""


class Visitor(Session):
    """A visitor with a choice of measures; simulated worlds are shared by all visitors, choices are not."""

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self.request = first_request()
        self.requested_choice: Choice | None = None
        self.request_number, self.address_error = 0, ""
        self.timer, self.show_is_pending = threading.Timer(0.0, lambda: None), False
        self.worlds = PairedWorlds()

    def close(self) -> None:
        """Cancel pending actions and runs, and release the worlds."""
        super().close()
        self.timer.cancel()
        self.worlds = PairedWorlds()

    @property
    def language(self) -> str:  # type: ignore[override]
        """Language of the visitor."""
        return self.request.language

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

        background.request_worlds(self.client, specs, on_world)
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

    # Output

    def show(self) -> None:
        """Send the data of the requested view, from the worlds finished so far."""
        self.timer.cancel()
        self.show_is_pending = False
        self.send(
            "sheet", sheet_of(self.state, self.request) | {"number": self.request_number, "fault": self.address_error}
        )
