"""M23, the political calendar: dated events of the country and the site move what the police have and how it is seen.

The events stand in the scenario's timeline; what they change is said relative to 2017 (ODD 6.28).
Switched off, no dated event happens, and violence by gangs and for hire keeps the level of 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.hazard import by_cell
from model.kernels import kernel
from model.kinds import HOMICIDE
from model.ledger import PUBLIC_EVENT
from model.luck import decision
from model.mechanism import Hazard, Knockout, Measure, Mechanism, in_the_morning
from model.news import tell_town
from model.parameters import Group, number, share

if TYPE_CHECKING:
    from model.model import TrustModel as World
    from model.rows import Reals


EVENT_HEARD = decision("event heard")


@dataclass(frozen=True, kw_only=True)
class PoliticalCalendar(Group):
    """How far public events are felt, and how far the national trend of homicide holds here."""

    name: ClassVar[str] = "political_calendar"
    evidence: ClassVar[tuple[str, ...]] = (
        "C01", "C02", "C06", "K02", "K04", "K10", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "S03", "S14",
        "U11", "U12", "V19",
    )  # fmt: skip

    heard: float = share(0.5, "assumed", "residents who hear of a public event of size 1")
    shock: float = number(
        0.349, "evidence", 0.0, 2.0, "assumed: twice a public case, Q09; swept", "weight of a public event", off=0.0
    )
    trend: float = number(
        1.0, "ratio", 0.1, 5.0, "S03", "national homicide rate over that of 2017, an input", role="site", off=1.0
    )
    army: float = number(
        0.0, "patrols a shift", 0.0, 50.0, "S14", "army patrols of the state, whatever the policy", role="site", off=0.0
    )
    national_trend: float = share(
        1.0, "K04; assumed", "part of the trend that violence by gangs and for hire follows", off=0.0
    )


@kernel
def violence(p: PoliticalCalendar) -> float:
    """Violence by gangs and for hire relative to 2017, as far as the country as a whole explains it."""
    return 1.0 + p.national_trend * (p.trend - 1.0)


def follow_trend(world: World, place: Reals) -> None:
    """Let killings for hire follow the national trend."""
    ratio = np.array([violence(row) for row in world.numbers["political_calendar"]])
    place[:, HOMICIDE] *= by_cell(ratio, world.town.cells["settlement"])


@in_the_morning
def act(world: World) -> None:
    """In the morning, let residents hear of the public events of this date."""
    if not world.turns_today():
        return
    p, fades = world.numbers["political_calendar"][0], world.numbers["misconduct"][0]["fades"]
    for nth, event in enumerate(event for event in world.settings.timeline if event.shock != 0.0):
        if event.start == world.date and p["shock"] > 0.0:
            quality = 1.0 if event.shock > 0.0 else 0.0
            reach = abs(event.shock) * p["heard"]
            tell_town(world, EVENT_HEARD, nth, reach, PUBLIC_EVENT, quality, p["shock"], 0.6, fades)


IT = Mechanism(
    group=PoliticalCalendar,
    writes=("impressions",),
    hazard=Hazard(place=follow_trend),
    knockout=Knockout(("investigators", "national_trend", "army_visits"), start="2012-01-01"),
    measures={
        "national_trend": Measure("ratio", lambda month: float(violence(month.world.numbers["political_calendar"][0]))),
    },
)
