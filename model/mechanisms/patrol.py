"""M3, patrol: written sectors and routes, visits to institutions by weekly plan (ODD 6.3).

Switched off, couples spread over the municipality by population.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from numba import njit

from model.daybook import VISITS
from model.luck import decision, luck
from model.mechanisms.adoption import planned_share
from model.mechanisms.officers import goes
from model.parameters import Group, number, share
from model.state import FOOT

VISIT_KEPT, VISIT_MINUTE, VISIT_KIND, VISIT_PLACE = (
    decision("visit kept"),
    decision("visit minute"),
    decision("visit kind"),
    decision("visit place"),
)


@dataclass(frozen=True, kw_only=True)
class Patrol(Group):
    """Where couples go when nobody calls."""

    name: ClassVar[str] = "patrol"
    evidence: ClassVar[tuple[str, ...]] = (
        "A10",
        "A11",
        "A17",
        "B02",
        "B03",
        "B05",
        "B06",
        "E14",
        "I01",
        "Z14",
        "Z20",
    )

    visits_foot: int = number(10, "visits", 0, 48, "Z14, Z20; assumed", "places a couple on foot plans in a shift")
    visits_motor: int = number(9, "visits", 0, 48, "Z14, Z20; assumed", "places a motorised couple plans in a shift")
    stay: float = number(15.0, "minutes", 1.0, 120.0, "Z14: 10-16", "minutes spent at each place")
    plan_share: float = share(
        0.01,
        "E14: 15 a week is the ceiling",
        "visits that the weekly plan gives to institutions",
        off=0.0,
        role="lever",
    )
    route_share: float = share(
        0.8, "B01, L01; assumed", "other visits that keep to the written route", off=0.0, role="lever"
    )
    foot_km: float = number(1.5, "km", 0.0, 10.0, "Z20; assumed", "reach of couples on foot from their facility")
    detour: float = number(1.4, "ratio", 1.0, 3.0, "assumed", "road distance over straight distance")


KNOCKOUT = ("visits_routed", "coverage")
"""Measures of its own process, which change when it is switched off."""


@njit(cache=True)
def straight_km(cells: Any, a: Any, b: Any, cell_km: Any) -> Any:
    """Straight distance between the centres of two cells in km."""
    dx, dy = float(cells[a]["x"] - cells[b]["x"]), float(cells[a]["y"] - cells[b]["y"])
    return cell_km * math.sqrt(dx * dx + dy * dy)


@njit(cache=True)
def place(routes: Any, start: Any, end: Any, u: Any) -> Any:
    """Cell of the first row whose cumulative weight is above u; the last if there is none."""
    low, high = start, end - 1
    while low < high:
        middle = (low + high) // 2
        if routes[middle]["reach"] > u:
            high = middle
        else:
            low = middle + 1
    return routes[low]["cell"]


@njit(cache=True)
def visit_all(
    couples: Any,
    plant: Any,
    cells: Any,
    cell_km: Any,
    patrol: Any,
    adoption: Any,
    states: Any,
    day: Any,
    tally: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Plan the visits of every couple on duty, in the order of posts and slots."""
    for post in range(len(couples)):
        couple = couples[post]
        if couple["on"] == 0:
            continue
        home = plant.facilities[plant.posts[post]["facility"]]
        sector = plant.sectors[plant.posts[post]["sector"]]
        p = patrol[home["settlement"]]
        here = home["cell"]
        routes = 0
        kept = goes(plant.officers[couple["lead"]], states[home["settlement"]])
        planned = planned_share(plant.officers[couple["lead"]], p, adoption[home["settlement"]])
        n = p["visits_foot"] if couple["mode"] == FOOT else p["visits_motor"]
        for slot in range(n):
            minute = (slot + luck(seed, VISIT_MINUTE, tick, post, slot)) * 480.0 / n
            if couple["duty_start"] <= minute < couple["duty_end"]:
                continue
            tally[0]["planned"] += 1.0
            if luck(seed, VISIT_KEPT, tick, post, slot) >= kept:
                continue
            b, u = luck(seed, VISIT_KIND, tick, post, slot), luck(seed, VISIT_PLACE, tick, post, slot)
            kind, routed = 0, 1
            if b < planned:
                kind = 1
                cell = place(plant.routes, sector["plan_start"], sector["plan_end"], u)
            elif b < planned + (1.0 - planned) * p["route_share"]:
                cell = place(plant.routes, sector["route_start"], sector["route_end"], u)
            else:
                routed = 0
                cell = place(plant.everywhere, 0, len(plant.everywhere), u)
            if couple["mode"] == FOOT:
                if straight_km(cells, home["cell"], cell, cell_km) > p["foot_km"]:
                    cell = here
            else:
                km = p["detour"] * straight_km(cells, here, cell, cell_km)
                if km > couple["km"]:
                    cell = here
                else:
                    couple["km"] -= km
                    tally[0]["km"] += km
            here = cell
            k = day.counts[VISITS]
            visit = day.visits[k]
            visit["post"], visit["cell"], visit["kind"], visit["routed"], visit["alive"] = (
                post,
                cell,
                kind,
                routed,
                1,
            )
            visit["minute"], visit["stay"] = minute, p["stay"]
            day.counts[VISITS] = k + 1
            routes += routed
        if routes > 0:
            tally[0]["couples_routed"] += 1.0


@njit(cache=True)
def cover(day: Any, cell: Any, minute: Any, residual: Any) -> Any:
    """First visit of the plan that covers this cell at this minute, residual deterrence included, or -1."""
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit["cell"] == cell and visit["minute"] <= minute < visit["minute"] + visit["stay"] + residual:
            return k
    return -1


@njit(cache=True)
def witness(day: Any, cell: Any, minute: Any, residual: Any) -> Any:
    """First visit not cancelled that covers this cell at this minute, or -1."""
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        covers = visit["cell"] == cell and visit["minute"] <= minute < visit["minute"] + visit["stay"] + residual
        if covers and visit["alive"] == 1:
            return k
    return -1


@njit(cache=True)
def whereabouts(day: Any, couples: Any, post: Any, minute: Any) -> Any:
    """Cell of a couple at a minute: of its last visit since it was last busy, else where it was then."""
    cell = couples[post]["cell"]
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit["post"] == post and visit["alive"] == 1 and couples[post]["free"] <= visit["minute"] <= minute:
            cell = visit["cell"]
    return cell


@njit(cache=True)
def occupy(couples: Any, day: Any, post: Any, start: Any, free: Any) -> None:
    """Keep a couple busy until a minute: its visits in that time are cancelled."""
    couples[post]["free"] = free
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit["post"] == post and start <= visit["minute"] < free:
            visit["alive"] = 0


def act(world: Any) -> None:
    """Plan the visits of the shift."""
    state, patrol = world.state, world.numbers["patrol"]
    most = int(max(patrol["visits_foot"].max(), patrol["visits_motor"].max()))
    day = world.book.reserve(VISITS, len(state.couples) * most)
    visit_all(
        state.couples,
        world.plant,
        world.ground.cells,
        world.cell_km,
        patrol,
        world.numbers["adoption"],
        world.numbers["officers"],
        day,
        state.tally,
        world.tick,
        world.seed,
    )
