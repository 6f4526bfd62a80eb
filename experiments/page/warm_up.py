"""Warm up the server: start workers, simulate the worlds as today, compile the rules."""

import contextlib
import queue
from collections.abc import Iterator

from experiments.comparison.policy_choice import Choice, runs_of
from experiments.page import sites
from experiments.page.background_worker import BackgroundWorker, in_background
from experiments.page.decision_controller import work_with


@contextlib.contextmanager
def workers() -> Iterator[BackgroundWorker]:
    """Keep workers for all decision views until the block ends."""
    with in_background() as background:
        work_with(background)
        yield background


def warm(scenario: str, background: BackgroundWorker) -> None:
    """Simulate the worlds as today for the first visitor; then compile here, for the views of one world."""
    specs = runs_of(Choice(scenario), background.folder)[0]
    lived: queue.SimpleQueue[object] = queue.SimpleQueue()
    background.ask(background.take_seat(), specs, lambda life, _: lived.put(life))
    for _ in specs:
        lived.get()
    sites.begin(scenario, specs[0].seed)
