"""Public news: what the whole municipality may hear of, each resident with a chance of their own."""

from __future__ import annotations

from model.engine.kernels import fetch, kernel
from model.engine.random_streams import luck
from model.trust.ledger.rules import impress
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS

BLOCK = 256
"""How many residents' luck is drawn at a time."""
FURTHER = 16
"""How many minds ahead of the one at hand are fetched: little is done with each."""
YOUNGEST = 12.0
"""Age from which people follow the news; assumed."""


@kernel
def tell_each(
    stage: Stage,
    key: int,
    nth: int,
    reach: float,
    cause: int,
    quality: float,
    weight: float,
    share_e: float,
    fast: float,
) -> None:
    """Let every resident old enough hear, with chance ``reach``, of something that speaks for the police or against."""
    rows, first, seed, tick = stage.day.impressions, stage.day.counts[IMPRESSIONS], stage.seed, stage.tick
    n, come = first, stage.ground.come[0]
    for start in range(0, come, BLOCK):
        room, size = n, min(BLOCK, come - start)
        for j in range(size):  # nothing but luck, which is then drawn for many at a time
            rows[room + j].fast = luck(seed, key, tick, start + j, nth)
        for j in range(size):
            if rows[room + j].fast < reach and age_of(stage.ground.people[start + j], tick) >= YOUNGEST:
                rows[n].who = start + j  # written down below, when minds further on are being fetched
                n += 1
    for k in range(first, n):
        if k + FURTHER < n:
            fetch(stage.minds, rows[k + FURTHER].who)
        impress(stage.day, stage.minds, rows[k].who, cause, quality, weight, quality, share_e * weight, fast)


def tell_town(
    world: World,
    key: int,
    nth: int,
    reach: float,
    cause: int,
    quality: float,
    weight: float,
    share_e: float,
    fast: float,
) -> None:
    """Spread a piece of news, and let those who hear it learn.

    ``quality`` is the share of it that speaks for the police, ``weight`` the evidence on fairness and ``share_e``
    times that on effectiveness; ``key`` and ``nth`` name the luck.
    """
    if reach > 0.0:
        world.book.reserve(IMPRESSIONS, world.town.n_people)
        tell_each(world.stage(), key, nth, reach, cause, quality, weight, share_e, fast)
        world.learn()
