"""Public events of the political calendar that a municipality meets."""

from functools import cache

from model.engine.scenario import Scenario
from scenarios.timeline import ReadyEvent, read_timeline


@cache
def timeline() -> tuple[ReadyEvent, ...]:
    """Return every event of the timeline, which is read once."""
    return tuple(sorted(read_timeline(), key=lambda one: one.event.start))


def met_events(scenario: Scenario) -> list[ReadyEvent]:
    """Return the events with a shock to trust that a municipality meets from its start on, in their order."""
    met = {event.name for event in scenario.timeline if event.shock and event.start >= scenario.start}
    return [known for known in timeline() if known.event.name in met]
