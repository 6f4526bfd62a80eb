"""Crises (M26): protests, evictions and road blocks that police or army break up on orders.

Places are drawn by population for every seed and never stand for a named place.  Switched off, there are none, neither
those of the timeline nor others.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from model.engine.calendar import DAYS_OF_YEAR, MONTH, MORNINGS, tick_of
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import key_of_name, keyed_uniform
from model.engine.rows import Rows
from model.politics.crises.schema import (
    CRISIS_CAUSE,
    CRISIS_COMES,
    CRISIS_HEARD,
    CRISIS_JOINS,
    CRISIS_PLACE,
    CRISIS_WHO,
    MINIMUM_AGE,
    NEWS_OF_CRISIS,
    OUTBREAK_STREAM,
    Crises,
    CrisisCounts,
)
from model.town.authorities import AuthorityRow
from model.town.police import RouteStop
from model.trust.events.rules import record_event
from model.trust.public_events import spread_public_event
from model.world.binding import town_array
from model.world.columns import MINDS, TALLY
from model.world.mechanism import Knockout, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS
from model.world.state import Board
from model.world.steps import python_step


class CrisisTables(TableBundle):
    """Cells by population, authorities and their boards, and the parameters of crises by settlement."""

    everywhere: Rows[RouteStop] = town_array("everywhere")
    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    parameters: Rows[Crises]


class Crisis(NamedTuple):
    """A crisis of a day: its number, by its name or 0 if it was drawn, and its size relative to a usual one."""

    number: int
    size: float


@kernel
def start_crisis(shift: ShiftContext, tables: CrisisTables, crisis: Crisis) -> None:
    """Draw the settlement of a crisis and the communities that join; they hold no meetings for months.

    Updates `boards.risen` and `boards.silent_until`.
    """
    everywhere, boards = tables.everywhere, tables.boards
    u, row = keyed_uniform(shift.seed, CRISIS_PLACE, shift.tick, crisis.number, 0), 0
    # `reach` is the cumulative population: cells are drawn in proportion to it.
    while row < len(everywhere) - 1 and everywhere[row].reach <= u:
        row += 1
    place = shift.ground.cells[everywhere[row].cell].settlement
    for a in range(len(tables.authorities)):
        z = tables.authorities[a].settlement
        p = tables.parameters[z]
        boards[a].risen = 0
        joins = p.joins * boards[a].organised
        if z == place or keyed_uniform(shift.seed, CRISIS_JOINS, shift.tick, a, crisis.number) < joins:
            boards[a].risen = 1
            boards[a].silent_until = shift.tick + int(MONTH * p.silence * crisis.size)


@kernel
def apply_eviction_experience(shift: ShiftContext, tables: CrisisTables, crisis: Crisis, n: int) -> None:
    """Record the experience of force of those present, among ``n`` candidates; updates the tally."""
    for j in range(n):
        i = int(keyed_uniform(shift.seed, CRISIS_WHO, shift.tick, j, crisis.number) * len(shift.minds))
        person = shift.ground.people[i]
        z = person.settlement
        organised = tables.boards[z].organised
        if shift.minds[i].gone >= 0 or age_years(person, shift.tick) < MINIMUM_AGE or tables.boards[z].risen == 0:
            continue
        if keyed_uniform(shift.seed, CRISIS_COMES, shift.tick, j, crisis.number) < organised:
            # The more organised a community, the more force is used against it.
            weight = tables.parameters[z].weight * (0.5 + organised) * crisis.size
            record_event(shift, i, CRISIS_CAUSE, weight)
            shift.tally[0].crisis_crowd += 1.0


def crisis_rate_and_sizes(world: World) -> tuple[float, float]:
    """Return the daily probability of a crisis, and the factor on the sizes of those of the timeline."""
    p = world.parameters[Crises][0]
    return float(p.rate / DAYS_OF_YEAR), float(p.dated)


def crises_of(world: World, date: datetime.date) -> list[Crisis]:
    """Return the crises of a date: those of the timeline, and one more if it is drawn."""
    rate, size = world.cached_view(crisis_rate_and_sizes)
    begun = [event for event in world.settings.timeline if event.crisis > 0.0 and event.start == date]
    dated = [Crisis(number=key_of_name(event.name), size=event.crisis * size) for event in begun]
    drawn = keyed_uniform(world.seed, OUTBREAK_STREAM, tick_of(date), 0, 0) < rate
    return [one for one in dated if one.size > 0.0] + ([Crisis(number=0, size=1.0)] if drawn else [])


def has_crisis(world: World, date: datetime.date) -> bool:
    """Return whether a crisis begins on a date."""
    return bool(crises_of(world, date))


@python_step(flags=MORNINGS, on=has_crisis)
def step(world: World) -> None:
    """In the morning, start the crises of the day and spread the news."""
    state, p = world.state, world.parameters[Crises][0]
    for crisis in crises_of(world, world.date):
        n = int(p.crowd * crisis.size * len(state[MINDS]))
        world.shift_events.reserve(IMPRESSIONS, n)
        shift, tables = world.shift_context(), world.view(CrisisTables)
        start_crisis(shift, tables, crisis)
        apply_eviction_experience(shift, tables, crisis, n)
        state[TALLY][0]["crises"] += 1.0
        world.apply_impressions()
        spread_public_event(world, CRISIS_HEARD, crisis.number, p.heard * crisis.size, NEWS_OF_CRISIS, p.news)


MECHANISM = Mechanism(
    group=Crises,
    counts=CrisisCounts,
    causes=(CRISIS_CAUSE,),
    writes=("boards.silent_until", "boards.risen", "impressions"),
    knockout=Knockout(("crises", "meetings_silenced"), site="totonicapan", start="2012-07-01"),
)
