"""Public events of the political calendar that affect a municipality."""

from functools import cache

from model.engine.calendar import month_of, tick_of
from model.engine.scenario import Scenario
from scenarios.timeline import ReadyEvent, read_timeline


@cache
def timeline() -> tuple[ReadyEvent, ...]:
    """Return every event of the timeline in order of time; read once."""
    return tuple(sorted(read_timeline(), key=lambda ready_event: ready_event.event.start))


def events_of_scenario(scenario: Scenario) -> list[tuple[int, ReadyEvent]]:
    """Return the events with a shock to trust in a municipality, in order, each with its month from the start."""
    names = {event.name for event in scenario.timeline if event.shock and event.start >= scenario.start}
    first_month = month_of(tick_of(scenario.start))
    return [
        (month_of(tick_of(ready_event.event.start)) - first_month, ready_event)
        for ready_event in timeline()
        if ready_event.event.name in names
    ]
