"""Spread of public events: each resident hears of one with the same chance, independently of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.engine.kernels import kernel, prefetch
from model.engine.random_streams import keyed_uniform
from model.trust.events import record_event
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World

BLOCK_SIZE = 256
"""Residents for whom random numbers are drawn at a time."""
PREFETCH_ROWS = 16
"""Rows of `minds` that are prefetched ahead; more than elsewhere, since little work is done per row."""
MINIMUM_AGE = 12.0
"""Age (years) from which residents follow the news; assumed."""


@kernel
def spread_to_residents(
    w: World,
    key: int,
    nth: int,
    reach: float,
    kind: int,
    weight: float,
) -> None:
    """Record an event for every resident of `MINIMUM_AGE` who hears of it; appends to `impressions`.

    ``reach`` is the chance (0-1) of hearing of it, ``weight`` the weight of the event (evidence).
    """
    rows, first, seed, tick = w.impressions, w.counts[IMPRESSIONS], w.seed, w.tick
    n, arrived = first, w.arrived[0]
    for start in range(0, arrived, BLOCK_SIZE):
        room, size = n, min(BLOCK_SIZE, arrived - start)
        # A loop of nothing but draws vectorises; the free rows hold them for the moment.
        for j in range(size):
            rows[room + j].fast = keyed_uniform(seed, key, tick, start + j, nth)
        for j in range(size):
            if rows[room + j].fast < reach and age_years(w.people[start + j], tick) >= MINIMUM_AGE:
                rows[n].who = start + j  # recorded below, where `minds` can be prefetched
                n += 1
    for k in range(first, n):
        if k + PREFETCH_ROWS < n:
            prefetch(w.minds, rows[k + PREFETCH_ROWS].who)
        record_event(w, rows[k].who, kind, weight)


def spread_public_event(
    sim: Simulation,
    key: int,
    nth: int,
    reach: float,
    kind: int,
    weight: float,
) -> None:
    """Record a public event for those who hear of it, and apply their impressions to their beliefs.

    Parameters
    ----------
    world : World
        The world.
    key, nth : int
        Random stream and index of the draw.
    reach : float, 0-1
        Chance that a resident hears of it.
    kind : int
        Kind of event, see `declare_event`.
    weight : float, evidence
        Weight of the event.
    """
    if reach > 0.0:
        sim.shift_events.reserve(IMPRESSIONS, sim.town.n_people)
        spread_to_residents(sim.w, key, nth, reach, kind, weight)
        sim.apply_impressions()
