"""M23, the political calendar: dated events of the country and the site change resources and trust in the police.

Events stand in the scenario's timeline; their changes are relative to 2017.  Public events spread as evidence among
residents; the national homicide rate scales violence by gangs and for hire.
Switched off, no dated event happens, and violence by gangs and for hire keeps the level of 2017.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import MORNINGS
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import key_of_name, stream_id
from model.town.crime_kinds import HOMICIDE
from model.trust.events import declare_event
from model.trust.ledger import PUBLIC_EVENT
from model.trust.public_events import spread_public_event
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.steps import python_step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation

EVENT_HEARD = stream_id("event heard")
GOOD_NEWS = declare_event("good_news", 66, cause=PUBLIC_EVENT, memory="public")
BAD_NEWS = declare_event("bad_news", 67, cause=PUBLIC_EVENT, memory="public")


@dataclass(frozen=True, init=False)
class PoliticalCalendar(ParameterGroup):
    """Reach and weight of public events, and the local share of the national trend of homicide."""

    name: ClassVar[str] = "political_calendar"
    evidence: ClassVar[tuple[str, ...]] = (
        "C01", "C02", "C06", "K02", "K04", "K10", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "S03", "S14",
        "U11", "U12", "V19",
    )  # fmt: skip

    heard: float
    shock: float
    trend: float
    army: float
    national_trend: float


@kernel
def violence_trend(p: PoliticalCalendar) -> float:
    """Return violence by gangs and for hire relative to 2017, as the national trend explains it."""
    return 1.0 + p.national_trend * (p.trend - 1.0)


def apply_national_trend(sim: Simulation, place: FloatArray) -> None:
    """Scale the hazard of killings for hire by the national trend; writes `place`."""
    ratio = np.array([violence_trend(row) for row in sim.p.political_calendar])
    place[:, HOMICIDE] *= values_by_cell(ratio, sim.town.cells["settlement"])


def may_have_event(sim: Simulation, date: datetime.date) -> bool:
    """Return whether a public event may begin on a date."""
    return sim.policies_change_on(date)


@python_step(flags=MORNINGS, on=may_have_event)
def take_notice(sim: Simulation) -> None:
    """In the morning, spread the public events of this date among residents."""
    p = sim.p.political_calendar[0]
    for event in sim.settings.timeline:
        if event.start == sim.date and event.shock != 0.0 and p.shock > 0.0:
            kind = GOOD_NEWS if event.shock > 0.0 else BAD_NEWS
            spread_public_event(sim, EVENT_HEARD, key_of_name(event.name), abs(event.shock) * p.heard, kind, p.shock)


MECHANISM = Mechanism(
    group=PoliticalCalendar,
    hazard=HazardModifier(place=apply_national_trend),
    knockout=Knockout(("investigators", "national_trend", "army_visits"), start="2012-01-01"),
    measures={
        "national_trend": Measure("ratio", lambda month: float(violence_trend(month.world.p.political_calendar[0]))),
    },
)
