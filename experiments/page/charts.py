"""Data of the charts: months, lines of one world or two, marks of the political calendar."""

import datetime
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from experiments.figures.theme import LINES, look_of
from experiments.page.page_texts import say
from experiments.page.world_session import WorldSession
from scenarios.timeline import ReadyEvent, read_timeline


@dataclass(frozen=True)
class Chart:
    """One chart: unit, lines (name to measure), the smallest span shown, and whether it begins at zero."""

    name: str
    unit: str
    lines: dict[str, str]
    span: float
    zero: bool = False

    def shown(self, values: list[float]) -> list[float | None]:
        """Return numbers as they are drawn: those from 0 to 1 of a hundred, and null where there is none."""
        factor = 100.0 if self.unit in ("scale", "share") else 1.0
        return [None if value is None or math.isnan(value) else round(factor * float(value), 4) for value in values]


CHARTS = (
    Chart("trust", "scale", {"all": "trust_mean", "contact": "trust_contact", "no_contact": "trust_no_contact"}, 5.0),
    Chart("fear", "scale", {"all": "fear_mean"}, 5.0),
    Chart(
        "books",
        "month",
        {
            "occurred": "crimes_occurred",
            "told": "crimes_told",
            "complaints": "complaints_filed",
            "recorded": "crimes_recorded",
        },
        10.0,
        True,
    ),
    Chart("homicides", "month", {"occurred": "homicides"}, 5.0, True),
    Chart("telling", "share", {"all": "told_share"}, 10.0, True),
    Chart("response", "minutes", {"all": "response_minutes_median"}, 10.0, True),
)


HABITS = (
    Chart(
        "habits",
        "scale",
        {"team": "habit_team", "area": "habit_area", "analysis": "habit_analysis", "follow": "habit_follow"},
        50.0,
        True,
    ),
    Chart("long_visits", "resident_year", {"all": "long_visits_year"}, 0.5, True),
    Chart("in_sector", "months", {"all": "months_in_sector"}, 6.0, True),
    Chart("followed", "share", {"all": "followed_up"}, 20.0, True),
    Chart("fitting", "share", {"all": "problems_fitting"}, 20.0, True),
    Chart("known", "share", {"all": "known_share"}, 20.0, True),
)
"""Charts of the panel of practice."""


def data_of(
    language: str, dark: bool, sessions: list[WorldSession], chosen: int | None, shown: tuple[Chart, ...] = CHARTS
) -> dict[str, Any]:
    """Return everything that the charts draw."""
    columns = [session.history() for session in sessions]
    months = [f"{month:%Y-%m}" for month in columns[0].get("month", [])]
    return {
        "months": months,
        "look": look_of(dark),
        "colours": LINES[dark],
        "chosen": chosen if chosen is not None and chosen < len(months) else None,
        "marks": [{"month": f"{date:%Y-%m}", "text": title} for date, title in marks_of(language, sessions[0])],
        "charts": [
            {
                "title": say(language, f"chart.{chart.name}"),
                "unit": say(language, f"chart.{chart.unit}"),
                "span": chart.span,
                "zero": chart.zero,
                "lines": [
                    {"name": say(language, f"chart.{name}")}
                    | {letter: chart.shown(column[measure]) for letter, column in zip("ab", columns, strict=False)}
                    for name, measure in chart.lines.items()
                ],
            }
            for chart in shown
        ],
    }


def marks_of(language: str, session: WorldSession) -> list[tuple[datetime.date, str]]:
    """Return the dated events that this municipality meets from the start of the run on."""
    scenario = session.world.settings
    met = {event.name for event in scenario.timeline if event.start >= scenario.start}
    found = [(one.event.start, one.title[language]) for one in timeline() if one.event.name in met]
    return sorted(found)


@cache
def timeline() -> tuple[ReadyEvent, ...]:
    """Return every event of the timeline, which is read once: charts are drawn several times a second."""
    return tuple(read_timeline())
