"""Capture (M42): traffickers and cliques buy a mayor or a station chief, which stays hidden.

A captor's territory is spared: no light and no places of a plan there, it is warned of warrants, and it learns of
reports made in confidence.  Switched off, nobody is captured.
"""

from __future__ import annotations

import numpy as np

from model.engine.calendar import MONTHS_A_YEAR
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import IntArray, Rows
from model.gangs.capture.schema import (
    BOUGHT_STREAM,
    CAPTURE_FOUND_STREAM,
    HEARD_OF,
    MAYOR_ID,
    WHO_BUYS_STREAM,
    WRITTEN_COLUMNS,
    Capture,
    CaptureCounts,
)
from model.gangs.gangs.schema import CLIQUES, UNCLAIMED, CliqueRow
from model.gangs.narcos.schema import PROTECTED
from model.police.adoption.schema import LEAVING
from model.police.chief.rules import chief_positions
from model.police.chief.schema import CHIEFS, ChiefRow
from model.police.misconduct.rules import detection_probability
from model.police.misconduct.schema import SCANDAL, Misconduct
from model.police.resources.schema import Resources
from model.politics.mayor.schema import DISMISSED, HALL
from model.town.territory import Cell
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.places import group_holding_cells
from model.world.protocol import World
from model.world.sampling import monthly_probability
from model.world.state import OFFICERS


@kernel
def capture_probability(groups: int, penury: float, integrity: float, p: Capture) -> float:
    """Return the monthly probability of capture.

    ``groups`` is the number of groups in the area; ``penury`` (bad conditions) and ``integrity`` lie between 0 and 1.
    """
    a_year = groups * exp(p.base + p.penury * penury - p.integrity * integrity)
    return 1.0 - exp(-a_year / MONTHS_A_YEAR)


@kernel
def is_warned_of_operation(
    chiefs: Rows[ChiefRow], cliques: Rows[CliqueRow], cells: Rows[Cell], q: int, p: Capture, u: float
) -> bool:
    """Return whether clique ``q`` is warned of an operation by the chief of its area, given uniform ``u``."""
    f = cells[cliques[q].centre].facility if q >= 0 else -1
    return f >= 0 and chiefs[f].captor == q and u < p.warned


@kernel
def learns_of_report(chiefs: Rows[ChiefRow], station: int, q: int, p: Capture, u: float) -> bool:
    """Return whether clique ``q`` learns of a report in confidence to a station, given uniform ``u``."""
    return q >= 0 and station >= 0 and chiefs[station].captor == q and u < p.leak


def groups_in_area(world: World, f: int) -> IntArray:
    """Return the groups that hold cells in the area of facility ``f``, or anywhere if it is the mayor."""
    held, cells = group_holding_cells(world.state), world.town.cells
    area = held if f == MAYOR_ID else held[cells["facility"] == f]
    found: IntArray = np.unique(area[area != UNCLAIMED])
    cliques = world.state[CLIQUES]["members"]
    return found[[g >= len(cliques) or cliques[g] > 0 for g in found]]


def max_groups(world: World) -> int:
    """Return an upper bound of the number of groups that hold cells."""
    return len(world.state[CLIQUES]) + 1 + int(world.state[PROTECTED].max())


def draw_captor(world: World, f: int, penury: float, integrity: float) -> int:
    """Return the group that captures an official this month, or `UNCLAIMED`.

    ``f`` is the facility of a chief, or `MAYOR_ID`.
    """
    p, tick, seed = world.parameters[Capture][0], world.tick, world.seed
    drawn = keyed_uniform(seed, BOUGHT_STREAM, tick, f, 0)
    # With all groups the probability is an upper bound: most draws need no search of the area.
    if drawn >= capture_probability(world.cached_view(max_groups), penury, integrity, p):
        return UNCLAIMED
    groups = groups_in_area(world, f)
    if drawn >= capture_probability(len(groups), penury, integrity, p):
        return UNCLAIMED
    return int(groups[int(keyed_uniform(seed, WHO_BUYS_STREAM, tick, f, 0) * len(groups))])


def update_exposure(world: World, f: int) -> bool:
    """Draw whether a capture is exposed this month, and spread the news; return whether it is."""
    p, conduct = world.parameters[Capture][0], world.parameters[Misconduct][0]
    a_year = min(1.0, p.found * (1.0 + p.reveal * detection_probability(conduct)))
    if keyed_uniform(world.seed, CAPTURE_FOUND_STREAM, world.tick, f, 0) >= monthly_probability(a_year):
        return False
    row = world.tally[0]
    row.captures_found += 1.0
    row.public_cases += 1.0
    spread_public_event(world, HEARD_OF, f, conduct.heard, SCANDAL, conduct.weight)
    return True


def update_chief_capture(world: World, f: int, o: int) -> None:
    """Draw the capture of the chief of facility ``f``, or its exposure; officer ``o`` then leaves."""
    chief, z = world.state[CHIEFS][f], world.town.facilities[f].settlement
    officer, penury = world.state[OFFICERS][o], 1.0 - world.parameters[Resources][z].condition
    if chief.captor == UNCLAIMED:
        chief.captor = draw_captor(world, f, penury, officer.integrity)
        world.tally[0].captures += float(chief.captor != UNCLAIMED)
    elif update_exposure(world, f):
        world.state[LEAVING][o] = 1


def update_mayor_capture(world: World) -> None:
    """Draw the capture of the mayor, or its exposure, after which another takes office."""
    hall = world.state[HALL][0]
    if hall.captor == UNCLAIMED:
        hall.captor = draw_captor(world, MAYOR_ID, 1.0 - world.parameters[Resources][0].condition, hall.integrity)
        world.tally[0].captures += float(hall.captor != UNCLAIMED)
    elif update_exposure(world, MAYOR_ID):
        hall.captor = DISMISSED


def close_month(world: World) -> None:
    """Draw captures and exposures of chiefs and mayor."""
    state, chiefs = world.state, world.state[CHIEFS]
    state[LEAVING][:] = 0
    for f, o in enumerate(world.cached(chief_positions)):
        if o >= 0 and chiefs[f].person == state[OFFICERS][o].person:
            update_chief_capture(world, f, int(o))
    update_mayor_capture(world)


def share_captured(world: World) -> float:
    """Return the share of chiefs and mayor that are captured, 0 to 1."""
    captors = [*world.state[CHIEFS]["captor"], world.state[HALL][0].captor]
    return float(np.mean(np.array(captors) >= 0))


MECHANISM = Mechanism(
    group=Capture,
    counts=CaptureCounts,
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("captures", "captured_share")),
    measures={
        "captures": Measure("people"),
        "captures_found": Measure("people"),
        "captured_share": Measure("share", lambda month: share_captured(month.world)),
    },
)
