"""Public news: what the whole municipality may hear of, each resident with a chance of their own."""

from __future__ import annotations

from model.engine.kernels import kernel, prefetch
from model.engine.random_streams import keyed_uniform
from model.trust.events.rules import record_event
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS

BLOCK_SIZE = 256
"""How many residents' luck is drawn at a time."""
PREFETCH_ROWS = 16
"""How many minds ahead of the one at hand are fetched: little is done with each."""
MINIMUM_AGE = 12.0
"""Age from which people follow the news; assumed."""


@kernel
def spread_to_residents(
    stage: ShiftContext,
    key: int,
    nth: int,
    reach: float,
    kind: int,
    weight: float,
) -> None:
    """Let every resident old enough hear of an event with chance ``reach``; appends to `day.impressions`."""
    rows, first, seed, tick = stage.day.impressions, stage.day.counts[IMPRESSIONS], stage.seed, stage.tick
    n, come = first, stage.ground.come[0]
    for start in range(0, come, BLOCK_SIZE):
        room, size = n, min(BLOCK_SIZE, come - start)
        for j in range(size):  # nothing but luck, which is then drawn for many at a time
            rows[room + j].fast = keyed_uniform(seed, key, tick, start + j, nth)
        for j in range(size):
            if rows[room + j].fast < reach and age_years(stage.ground.people[start + j], tick) >= MINIMUM_AGE:
                rows[n].who = start + j  # written down below, when minds further on are being fetched
                n += 1
    for k in range(first, n):
        if k + PREFETCH_ROWS < n:
            prefetch(stage.minds, rows[k + PREFETCH_ROWS].who)
        record_event(stage, rows[k].who, kind, weight)


def spread_public_event(
    world: World,
    key: int,
    nth: int,
    reach: float,
    kind: int,
    weight: float,
) -> None:
    """Spread a piece of news, and let those who hear it learn.

    ``kind`` is the kind of event, ``weight`` its weight (evidence); ``key`` and ``nth`` name the random stream.
    """
    if reach > 0.0:
        world.shift_events.reserve(IMPRESSIONS, world.town.n_people)
        spread_to_residents(world.shift_context(), key, nth, reach, kind, weight)
        world.apply_impressions()
