"""Public events of the political calendar that affect a municipality, and months in which the national mood does."""

from functools import cache
from typing import Any

import numpy as np

from experiments.comparison.cause_effects import NATION, PlaceAndMonth, monthly_contribution
from experiments.page.page_state import PageState
from experiments.statistics.thresholds import threshold_rules
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


def mood_months(state: PageState) -> list[dict[str, Any]]:
    """Return the months in which the national mood, a model input, moves trust by at least the threshold."""
    if not state.base:
        return []
    contribution = np.mean([monthly_contribution(world, NATION, PlaceAndMonth()) for world in state.base], axis=0)
    months = np.flatnonzero(np.abs(contribution) >= threshold_rules()["points"].delta)
    return [{"month": int(month), "text": state.text("decision.nation")} for month in months if month]
