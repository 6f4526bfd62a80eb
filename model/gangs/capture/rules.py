"""M42, capture: traffickers and cliques buy a mayor or a station chief, which stays hidden for long (ODD 6).

Who is captured lets the ground of that group alone: no light and no places of a plan there, warrants are warned of,
what is told in confidence reaches it.  Switched off, nobody is captured.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.engine.rows import Ints, Rows
from model.gangs.capture.schema import CAPTOR, CAPTURED, FOUND, HEARD_OF, MAYOR, WRITES, Capture, Counts
from model.gangs.gangs.schema import CLIQUES, NOBODYS, Clique
from model.police.adoption.schema import LEAVING
from model.police.chief.rules import commanders
from model.police.chief.schema import CHIEFS, Chief
from model.police.misconduct.rules import found_out
from model.police.misconduct.schema import SCANDAL
from model.politics.mayor.schema import DISMISSED, HALL
from model.town.territory import Cell
from model.trust.public_events import tell_town
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.places import holders
from model.world.protocol import World
from model.world.state import OFFICERS


@kernel
def rate(groups: int, penury: float, integrity: float, p: Capture) -> float:
    """Chance in a month to be bought by one of so many groups."""
    a_year = groups * math.exp(p.base + p.penury * penury - p.integrity * integrity)
    return 1.0 - math.exp(-a_year / 12.0)


@kernel
def is_warned(chiefs: Rows[Chief], cliques: Rows[Clique], cells: Rows[Cell], q: int, p: Capture, u: float) -> bool:
    """Whether a clique is warned of an operation, by the chief on whose ground it sits."""
    f = cells[cliques[q].centre].facility if q >= 0 else -1
    return f >= 0 and chiefs[f].captor == q and u < p.warned


@kernel
def is_told(chiefs: Rows[Chief], station: int, q: int, p: Capture, u: float) -> bool:
    """Whether a clique hears from the chief of a station who has reported it in confidence."""
    return q >= 0 and station >= 0 and chiefs[station].captor == q and u < p.leak


def groups_on(world: World, f: int) -> Ints:
    """Return the groups that hold ground in the area of a facility; of the whole municipality for the mayor."""
    held, cells = holders(world.state), world.town.cells
    area = held if f == MAYOR else held[cells["facility"] == f]
    found: Ints = np.unique(area[area != NOBODYS])
    cliques = world.state[CLIQUES]["members"]
    return found[[g >= len(cliques) or cliques[g] > 0 for g in found]]


def most_groups(world: World) -> int:
    """Return how many groups hold ground anywhere at most."""
    return len(world.state[CLIQUES]) + 1 + int(world.state.protected.max())


def captor_for(world: World, f: int, penury: float, integrity: float) -> int:
    """Return the group that buys somebody this month, or nobody.

    Who is there need be looked up only where somebody would be bought if all groups were.
    """
    p, tick, seed = world.numbers["capture"][0], world.tick, world.seed
    drawn = luck(seed, CAPTURED, tick, f, 0)
    if drawn >= rate(world.laid(most_groups), penury, integrity, p):
        return NOBODYS
    groups = groups_on(world, f)
    if drawn >= rate(len(groups), penury, integrity, p):
        return NOBODYS
    return int(groups[int(luck(seed, CAPTOR, tick, f, 0) * len(groups))])


def comes_out(world: World, f: int) -> bool:
    """Whether the capture of somebody is found out this month; if so all may hear of it."""
    p, conduct = world.numbers["capture"][0], world.numbers["misconduct"][0]
    a_year = min(1.0, p["found"] * (1.0 + p["reveal"] * found_out(conduct)))
    if luck(world.seed, FOUND, world.tick, f, 0) >= 1.0 - (1.0 - a_year) ** (1.0 / 12.0):
        return False
    row = world.tally[0]
    row.captures_found += 1.0
    row.public_cases += 1.0
    tell_town(world, HEARD_OF, f, conduct["heard"], SCANDAL, 0.0, conduct["weight"], 0.6, conduct["fades"])
    return True


def try_chief(world: World, f: int, o: int) -> None:
    """Let a chief be bought, or found out, who then leaves with those who are moved."""
    chief, z = world.state[CHIEFS][f], world.town.facilities[f].settlement
    officer, penury = world.state[OFFICERS][o], 1.0 - world.numbers["resources"][z]["condition"]
    if chief.captor == NOBODYS:
        chief.captor = captor_for(world, f, penury, officer.integrity)
        world.tally[0].captures += float(chief.captor != NOBODYS)
    elif comes_out(world, f):
        world.state[LEAVING][o] = 1


def try_mayor(world: World) -> None:
    """Let the mayor be bought, or found out, whom another follows for the rest of the term."""
    hall = world.state[HALL][0]
    if hall.captor == NOBODYS:
        hall.captor = captor_for(world, MAYOR, 1.0 - world.numbers["resources"][0]["condition"], hall.integrity)
        world.tally[0].captures += float(hall.captor != NOBODYS)
    elif comes_out(world, MAYOR):
        hall.captor = DISMISSED


def month_end(world: World) -> None:
    """Let groups buy those who govern and command, and let some of it come out."""
    state, chiefs = world.state, world.state[CHIEFS]
    state[LEAVING][:] = 0
    for f, o in enumerate(world.once(commanders)):
        if o >= 0 and chiefs[f].person == state[OFFICERS][o].person:
            try_chief(world, f, int(o))
    try_mayor(world)


def captured_share(world: World) -> float:
    """Share of chiefs and mayor whom a group has captured."""
    captors = [*world.state[CHIEFS]["captor"], world.state[HALL][0].captor]
    return float(np.mean(np.array(captors) >= 0))


IT = Mechanism(
    group=Capture,
    counts=Counts,
    writes=WRITES,
    knockout=Knockout(("captures", "captured_share")),
    measures={
        "captures": Measure("people"),
        "captures_found": Measure("people"),
        "captured_share": Measure("share", lambda month: captured_share(month.world)),
    },
)
