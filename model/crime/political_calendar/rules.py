"""M23, the political calendar: dated events of the country and the site change resources and trust in the police.

Events stand in the scenario's timeline; their changes are relative to 2017.  Public events spread as evidence among
residents; the national homicide rate scales violence by gangs and for hire.
Switched off, no dated event happens, and violence by gangs and for hire keeps the level of 2017.
"""

from __future__ import annotations

import datetime

import numpy as np

from model.crime.political_calendar.schema import BAD_NEWS, EVENT_HEARD, GOOD_NEWS, PoliticalCalendar
from model.engine.calendar import MORNINGS
from model.engine.kernels import kernel
from model.engine.random_streams import key_of_name
from model.engine.rows import FloatArray
from model.town.crime_kinds import HOMICIDE
from model.trust.public_events import spread_public_event
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.steps import python_step


@kernel
def violence_trend(p: PoliticalCalendar) -> float:
    """Return violence by gangs and for hire relative to 2017, as the national trend explains it."""
    return 1.0 + p.national_trend * (p.trend - 1.0)


def apply_national_trend(world: World, place: FloatArray) -> None:
    """Scale the hazard of killings for hire by the national trend; writes `place`."""
    ratio = np.array([violence_trend(row) for row in world.parameters[PoliticalCalendar]])
    place[:, HOMICIDE] *= values_by_cell(ratio, world.town.cells["settlement"])


def may_have_event(world: World, date: datetime.date) -> bool:
    """Return whether a public event may begin on a date."""
    return world.policies_change_on(date)


@python_step(flags=MORNINGS, on=may_have_event)
def step(world: World) -> None:
    """In the morning, spread the public events of this date among residents."""
    p = world.parameters[PoliticalCalendar][0]
    for event in world.settings.timeline:
        if event.start == world.date and event.shock != 0.0 and p.shock > 0.0:
            kind = GOOD_NEWS if event.shock > 0.0 else BAD_NEWS
            spread_public_event(world, EVENT_HEARD, key_of_name(event.name), abs(event.shock) * p.heard, kind, p.shock)


MECHANISM = Mechanism(
    group=PoliticalCalendar,
    writes=("impressions",),
    hazard=HazardModifier(place=apply_national_trend),
    knockout=Knockout(("investigators", "national_trend", "army_visits"), start="2012-01-01"),
    measures={
        "national_trend": Measure(
            "ratio", lambda month: float(violence_trend(month.world.parameters[PoliticalCalendar][0]))
        ),
    },
)
