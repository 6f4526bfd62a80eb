"""M26, crises: protest, eviction, road block; police or army act on orders from above, against people (ODD 6.29).

Switched off, there are none, neither those of the timeline nor others.
"""

from __future__ import annotations

from model.engine.calendar import MONTH
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
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
from model.world.columns import MINDS, TALLY
from model.world.mechanism import Knockout, Mechanism, morning_step
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS
from model.world.state import BOARDS, Board


@kernel
def start_crisis(
    stage: ShiftContext,
    everywhere: Rows[RouteStop],
    authorities: Rows[AuthorityRow],
    boards: Rows[Board],
    numbers: Rows[Crises],
    size: float,
    who: int,
) -> None:
    """Let communities rise: where it happens and those that join have no meetings for months."""
    u, row = keyed_uniform(stage.seed, CRISIS_PLACE, stage.tick, who, 0), 0
    while row < len(everywhere) - 1 and everywhere[row].reach <= u:
        row += 1
    place = stage.ground.cells[everywhere[row].cell].settlement
    for a in range(len(authorities)):
        z = authorities[a].settlement
        boards[a].risen = 0
        joins = numbers[z].joins * boards[a].organised
        if z == place or keyed_uniform(stage.seed, CRISIS_JOINS, stage.tick, a, who) < joins:
            boards[a].risen = 1
            boards[a].silent_until = stage.tick + int(MONTH * numbers[z].silence * size)


@kernel
def apply_eviction_experience(
    stage: ShiftContext, boards: Rows[Board], numbers: Rows[Crises], size: float, who: int, n: int
) -> None:
    """Let those who are there learn what being driven away by police or army is like."""
    for j in range(n):
        i = int(keyed_uniform(stage.seed, CRISIS_WHO, stage.tick, j, who) * len(stage.minds))
        person = stage.ground.people[i]
        z = person.settlement
        organised = boards[z].organised
        if stage.minds[i].gone >= 0 or age_years(person, stage.tick) < MINIMUM_AGE or boards[z].risen == 0:
            continue
        if keyed_uniform(stage.seed, CRISIS_COMES, stage.tick, j, who) < organised:
            weight = numbers[z].weight * (0.5 + organised) * size
            record_event(stage, i, CRISIS_CAUSE, weight)
            stage.tally[0].crisis_crowd += 1.0


def crisis_rate_and_sizes(world: World) -> tuple[float, float]:
    """Return the chance of a day that a crisis breaks out, and the size of those of the timeline."""
    p = world.parameters[Crises][0]
    return float(p.rate / 365.0), float(p.dated)


def crises_today(world: World) -> list[tuple[int, float]]:
    """Return number and size of the crises that break out today: those of the timeline, and by luck another."""
    rate, size = world.cached_view(crisis_rate_and_sizes)
    dated = [event for event in world.settings.timeline if event.crisis > 0.0] if world.policies_change_today() else []
    today = [(number, event.crisis * size) for number, event in enumerate(dated, start=1) if event.start == world.date]
    by_luck = keyed_uniform(world.seed, OUTBREAK_STREAM, world.tick, 0, 0) < rate
    return [(number, size) for number, size in today if size > 0.0] + ([(0, 1.0)] if by_luck else [])


@morning_step
def step(world: World) -> None:
    """In the morning, let the crises of the day break out."""
    state, numbers = world.state, world.parameters[Crises]
    for who, size in crises_today(world):
        n = int(numbers[0].crowd * size * len(state[MINDS]))
        world.shift_events.reserve(IMPRESSIONS, n)
        stage = world.shift_context()
        start_crisis(stage, world.plant.everywhere, world.town.authorities, state[BOARDS], numbers, size, who)
        apply_eviction_experience(stage, state[BOARDS], numbers, size, who, n)
        state[TALLY][0]["crises"] += 1.0
        world.apply_impressions()
        spread_public_event(world, CRISIS_HEARD, who, numbers[0].heard * size, NEWS_OF_CRISIS, numbers[0].news)


MECHANISM = Mechanism(
    group=Crises,
    counts=CrisisCounts,
    causes=(CRISIS_CAUSE,),
    writes=("boards.silent_until", "boards.risen", "impressions"),
    knockout=Knockout(("crises", "meetings_silenced"), site="totonicapan", start="2012-07-01"),
)
