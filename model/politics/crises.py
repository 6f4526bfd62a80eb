"""Crises (M26): protests, evictions and road blocks that police or army break up on orders.

Places are drawn by population for every seed and never stand for a named place.  Switched off, there are none, neither
those of the timeline nor others.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from model.engine.calendar import DAYS_OF_YEAR, MONTH, MORNINGS, tick_of
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import key_of_name, keyed_uniform, stream_id
from model.engine.rows import Row
from model.trust.events import declare_event, record_event
from model.trust.ledger import PUBLIC_EVENT
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS
from model.world.steps import python_step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World

OUTBREAK_STREAM, CRISIS_PLACE, CRISIS_JOINS = stream_id("crisis"), stream_id("crisis place"), stream_id("crisis joins")
CRISIS_WHO, CRISIS_COMES, CRISIS_HEARD = stream_id("crisis who"), stream_id("crisis comes"), stream_id("crisis heard")
MINIMUM_AGE = 14.0
"""Age in years from which residents take part; assumed."""
CRISIS_CAUSE = declare_event("crisis", 25, memory="panel")
NEWS_OF_CRISIS = declare_event("crisis_heard", 68, cause=PUBLIC_EVENT, memory="public")


@dataclass(frozen=True, init=False)
class Crises(ParameterGroup):
    """Rate of crises, participation, and their effects on trust and on meetings."""

    name: ClassVar[str] = "crises"
    evidence: ClassVar[tuple[str, ...]] = ("G15", "J08", "V19")

    rate: float
    dated: float
    joins: float
    crowd: float
    weight: float
    silence: float
    heard: float
    news: float


class CrisisCounts(Row):
    """Monthly counts of crises, of participants and of meetings that were silenced."""

    crises: float
    crisis_crowd: float
    meetings_silenced: float


class Crisis(NamedTuple):
    """A crisis of a day: its number, by its name or 0 if it was drawn, and its size relative to a usual one."""

    number: int
    size: float


@kernel
def start_crisis(w: World, crisis: Crisis) -> None:
    """Draw the settlement of a crisis and the communities that join; they hold no meetings for months.

    Updates `boards.risen` and `boards.silent_until`.
    """
    everywhere, boards = w.everywhere, w.boards
    u, row = keyed_uniform(w.seed, CRISIS_PLACE, w.tick, crisis.number, 0), 0
    # `reach` is the cumulative population: cells are drawn in proportion to it.
    while row < len(everywhere) - 1 and everywhere[row].reach <= u:
        row += 1
    place = w.cells[everywhere[row].cell].settlement
    for a in range(len(w.authorities)):
        z = w.authorities[a].settlement
        p = w.p.crises[z]
        boards[a].risen = 0
        joins = p.joins * boards[a].organised
        if z == place or keyed_uniform(w.seed, CRISIS_JOINS, w.tick, a, crisis.number) < joins:
            boards[a].risen = 1
            boards[a].silent_until = w.tick + int(MONTH * p.silence * crisis.size)


@kernel
def apply_eviction_experience(w: World, crisis: Crisis, n: int) -> None:
    """Record the experience of force of those present, among ``n`` candidates; updates the tally."""
    for j in range(n):
        i = int(keyed_uniform(w.seed, CRISIS_WHO, w.tick, j, crisis.number) * len(w.minds))
        person = w.people[i]
        z = person.settlement
        organised = w.boards[z].organised
        if w.minds[i].gone >= 0 or age_years(person, w.tick) < MINIMUM_AGE or w.boards[z].risen == 0:
            continue
        if keyed_uniform(w.seed, CRISIS_COMES, w.tick, j, crisis.number) < organised:
            # The more organised a community, the more force is used against it.
            weight = w.p.crises[z].weight * (0.5 + organised) * crisis.size
            record_event(w, i, CRISIS_CAUSE, weight)
            w.tally[0].crisis_crowd += 1.0


def crisis_rate_and_sizes(sim: Simulation) -> tuple[float, float]:
    """Return the daily probability of a crisis, and the factor on the sizes of those of the timeline."""
    p = sim.p.crises[0]
    return float(p.rate / DAYS_OF_YEAR), float(p.dated)


def crises_of(sim: Simulation, date: datetime.date) -> list[Crisis]:
    """Return the crises of a date: those of the timeline, and one more if it is drawn."""
    rate, size = sim.cached_view(crisis_rate_and_sizes)
    begun = [event for event in sim.settings.timeline if event.crisis > 0.0 and event.start == date]
    dated = [Crisis(number=key_of_name(event.name), size=event.crisis * size) for event in begun]
    drawn = keyed_uniform(sim.seed, OUTBREAK_STREAM, tick_of(date), 0, 0) < rate
    return [one for one in dated if one.size > 0.0] + ([Crisis(number=0, size=1.0)] if drawn else [])


def has_crisis(sim: Simulation, date: datetime.date) -> bool:
    """Return whether a crisis begins on a date."""
    return bool(crises_of(sim, date))


@python_step(flags=MORNINGS, on=has_crisis)
def break_out(sim: Simulation) -> None:
    """In the morning, start the crises of the day and spread the news."""
    p = sim.p.crises[0]
    for crisis in crises_of(sim, sim.date):
        n = int(p.crowd * crisis.size * len(sim.w.minds))
        sim.shift_events.reserve(IMPRESSIONS, n)
        start_crisis(sim.w, crisis)
        apply_eviction_experience(sim.w, crisis, n)
        sim.w.tally[0]["crises"] += 1.0
        sim.apply_impressions()
        spread_public_event(sim, CRISIS_HEARD, crisis.number, p.heard * crisis.size, NEWS_OF_CRISIS, p.news)


MECHANISM = Mechanism(
    group=Crises,
    counts=CrisisCounts,
    causes=(CRISIS_CAUSE,),
    knockout=Knockout(("crises", "meetings_silenced"), site="totonicapan", start="2012-07-01"),
)
