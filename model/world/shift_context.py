"""Bundles that most kernels take: places, police resources, and the context of the present shift."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.engine.calendar import weekday_of
from model.engine.kernels import TableBundle
from model.engine.rows import FloatArray, Int32Array, IntArray, Rows
from model.town.police import POST_COPIES, FacilityRow, Officer, Post, RouteStop, Sector
from model.town.residents import Person
from model.town.territory import Cell
from model.trust.events.schema import EventEffect
from model.trust.ledger.schema import LEDGER, Trust
from model.world.binding import computed, of, town_array
from model.world.columns import MonthlyCounts, ResidentState
from model.world.shift_events import ShiftEventTables
from model.world.state import ARRIVED, CROWD, OFFICERS, WHO_END


class PlaceTables(TableBundle):
    """Tables of places and residents; `Town` explains those of the town.

    ``who_end`` is the end of each presence list, ``crowd`` the residents in each cell by list, ``come`` the number of
    residents who have arrived.
    """

    cells: Rows[Cell]
    near: IntArray = town_array("near")
    people: Rows[Person]
    ties: Int32Array = town_array("ties")
    places: Int32Array = town_array("places")
    who_start: IntArray = town_array("who_start")
    who: Int32Array = town_array("who")
    who_end: IntArray = of(WHO_END)
    crowd: IntArray = of(CROWD)
    come: IntArray = of(ARRIVED)


def seats_by_post(world: Any) -> IntArray:
    """Return the two officers of every post, -1 for none; reinforcements share them."""
    seats = np.full((len(world.town.posts) // POST_COPIES, 2), -1, np.int64)
    for number, officer in enumerate(world.state[OFFICERS]):
        if officer.post >= 0:
            seats[officer.post, officer.seat] = number
    return np.tile(seats, (POST_COPIES, 1))


class PoliceTables(TableBundle):
    """Tables of the police; ``seats[post]`` are the two officers of a post and of its reinforcements."""

    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    posts: Rows[Post]
    seats: IntArray = computed(seats_by_post)
    sectors: Rows[Sector]
    routes: Rows[RouteStop] = town_array("routes")
    everywhere: Rows[RouteStop] = town_array("everywhere")


class ShiftContext(TableBundle):
    """Context of the current shift: event tables, places, residents, ledger, counts, time and random seed.

    ``events`` holds the effects of events by settlement and kind.  ``where`` is the number of the list that says who is
    where in this shift, ``month`` twelve times the year plus 0 to 11, ``weekday`` 0 for Monday, ``since`` the shifts
    since the month began, the present one included.  ``learned`` counts the impressions that beliefs have taken up.
    """

    day: ShiftEventTables = computed(lambda world: world.shift_events.day)
    ground: PlaceTables
    minds: Rows[ResidentState]
    trust: Rows[Trust]
    events: Rows[EventEffect] = computed(lambda world: world.event_effects)
    ledger: FloatArray = of(LEDGER)
    tally: Rows[MonthlyCounts]
    tick: int = computed(lambda world: world.tick)
    where: int = computed(lambda world: world.calendar.place_list(world.tick))
    month: int = computed(lambda world: world.month)
    weekday: int = computed(lambda world: weekday_of(world.tick))
    since: int = computed(lambda world: world.shifts_since_close)
    learned: IntArray = computed(lambda world: world.learned)
    seed: int = computed(lambda world: world.seed)
