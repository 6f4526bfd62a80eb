"""Capture (M42): traffickers and cliques buy a mayor or a station chief, which stays hidden.

A captor's territory is spared: no light and no places of a plan there, it is warned of warrants, and it learns of
reports made in confidence.  Switched off, nobody is captured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import MONTHS_A_YEAR
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.police.chief import chief_positions
from model.police.misconduct import detection_probability
from model.town.authorities import DISMISSED
from model.town.territory import UNCLAIMED
from model.trust.events import SCANDAL
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.places import group_holding_cells
from model.world.sampling import monthly_probability

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import Simulation, World

BOUGHT_STREAM, WHO_BUYS_STREAM, CAPTURE_FOUND_STREAM, HEARD_OF, WARNED_STREAM = (
    stream_id("bought"),
    stream_id("who buys"),
    stream_id("capture found"),
    stream_id("hears of a capture"),
    stream_id("warned"),
)
MAYOR_ID = 4096
"""Entity of the mayor in random streams; chiefs have the numbers of their facilities."""


@dataclass(frozen=True, init=False)
class Capture(ParameterGroup):
    """Rate of capture of mayor and chiefs, what the captor gets, and the risk of exposure."""

    name: ClassVar[str] = "capture"
    evidence: ClassVar[tuple[str, ...]] = ("E11", "I08", "I09", "I10", "J03")

    base: float
    penury: float
    integrity: float
    found: float
    reveal: float
    warned: float
    leak: float


class CaptureCounts(Row):
    """Monthly counts of captures and exposures."""

    captures: float
    captures_found: float


@kernel
def capture_probability(groups: int, penury: float, integrity: float, p: Capture) -> float:
    """Return the monthly probability of capture.

    ``groups`` is the number of groups in the area; ``penury`` (bad conditions) and ``integrity`` lie between 0 and 1.
    """
    a_year = groups * exp(p.base + p.penury * penury - p.integrity * integrity)
    return 1.0 - exp(-a_year / MONTHS_A_YEAR)


@kernel
def is_warned_of_operation(w: World, q: int, p: Capture, u: float) -> bool:
    """Return whether clique ``q`` is warned of an operation by the chief of its area, given uniform ``u``."""
    f = w.cells[w.cliques[q].centre].facility if q >= 0 else -1
    return f >= 0 and w.chiefs[f].captor == q and u < p.warned


@kernel
def learns_of_report(w: World, station: int, q: int, p: Capture, u: float) -> bool:
    """Return whether clique ``q`` learns of a report in confidence to a station, given uniform ``u``."""
    return q >= 0 and station >= 0 and w.chiefs[station].captor == q and u < p.leak


def groups_in_area(sim: Simulation, f: int) -> IntArray:
    """Return the groups that hold cells in the area of facility ``f``, or anywhere if it is the mayor."""
    held, cells = group_holding_cells(sim.w), sim.town.cells
    area = held if f == MAYOR_ID else held[cells["facility"] == f]
    found: IntArray = np.unique(area[area != UNCLAIMED])
    cliques = sim.w.cliques["members"]
    return found[[g >= len(cliques) or cliques[g] > 0 for g in found]]


def max_groups(sim: Simulation) -> int:
    """Return an upper bound of the number of groups that hold cells."""
    return len(sim.w.cliques) + 1 + int(sim.w.protected.max())


def draw_captor(sim: Simulation, f: int, penury: float, integrity: float) -> int:
    """Return the group that captures an official this month, or `UNCLAIMED`.

    ``f`` is the facility of a chief, or `MAYOR_ID`.
    """
    p, tick, seed = sim.p.capture[0], sim.tick, sim.seed
    drawn = keyed_uniform(seed, BOUGHT_STREAM, tick, f, 0)
    # With all groups the probability is an upper bound: most draws need no search of the area.
    if drawn >= capture_probability(sim.cached_view(max_groups), penury, integrity, p):
        return UNCLAIMED
    groups = groups_in_area(sim, f)
    if drawn >= capture_probability(len(groups), penury, integrity, p):
        return UNCLAIMED
    return int(groups[int(keyed_uniform(seed, WHO_BUYS_STREAM, tick, f, 0) * len(groups))])


def update_exposure(sim: Simulation, f: int) -> bool:
    """Draw whether a capture is exposed this month, and spread the news; return whether it is."""
    p, conduct = sim.p.capture[0], sim.p.misconduct[0]
    a_year = min(1.0, p.found * (1.0 + p.reveal * detection_probability(conduct)))
    if keyed_uniform(sim.seed, CAPTURE_FOUND_STREAM, sim.tick, f, 0) >= monthly_probability(a_year):
        return False
    row = sim.tally[0]
    row.captures_found += 1.0
    row.public_cases += 1.0
    spread_public_event(sim, HEARD_OF, f, conduct.heard, SCANDAL, conduct.weight)
    return True


def update_chief_capture(sim: Simulation, f: int, o: int) -> None:
    """Draw the capture of the chief of facility ``f``, or its exposure; officer ``o`` then leaves."""
    chief, z = sim.w.chiefs[f], sim.town.facilities[f].settlement
    officer, penury = sim.w.officers[o], 1.0 - sim.p.resources[z].condition
    if chief.captor == UNCLAIMED:
        chief.captor = draw_captor(sim, f, penury, officer.integrity)
        sim.tally[0].captures += float(chief.captor != UNCLAIMED)
    elif update_exposure(sim, f):
        sim.w.leaving[o] = 1


def update_mayor_capture(sim: Simulation) -> None:
    """Draw the capture of the mayor, or its exposure, after which another takes office."""
    mayor = sim.w.mayor[0]
    if mayor.captor == UNCLAIMED:
        mayor.captor = draw_captor(sim, MAYOR_ID, 1.0 - sim.p.resources[0].condition, mayor.integrity)
        sim.tally[0].captures += float(mayor.captor != UNCLAIMED)
    elif update_exposure(sim, MAYOR_ID):
        mayor.captor = DISMISSED


def be_bought(sim: Simulation) -> None:
    """Draw captures and exposures of chiefs and mayor."""
    chiefs = sim.w.chiefs
    sim.w.leaving[:] = 0
    for f, o in enumerate(sim.cached(chief_positions)):
        if o >= 0 and chiefs[f].person == sim.w.officers[o].person:
            update_chief_capture(sim, f, int(o))
    update_mayor_capture(sim)


def share_captured(sim: Simulation) -> float:
    """Return the share of chiefs and mayor that are captured, 0 to 1."""
    captors = [*sim.w.chiefs["captor"], sim.w.mayor[0].captor]
    return float(np.mean(np.array(captors) >= 0))


MECHANISM = Mechanism(
    group=Capture,
    counts=CaptureCounts,
    knockout=Knockout(("captures", "captured_share")),
    measures={
        "captures": Measure("people"),
        "captures_found": Measure("people"),
        "captured_share": Measure("share", lambda month: share_captured(month.world)),
    },
)
