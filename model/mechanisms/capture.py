"""M42, capture: traffickers and cliques buy a mayor or a station chief, which stays hidden for long (ODD 6).

Who is captured lets the ground of that group alone: no light and no places of a plan there, warrants are warned of,
what is told in confidence reaches it.  Switched off, nobody is captured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.gangs import CLIQUES, NOBODYS, holders
from model.kernels import kernel
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.adoption import LEAVING
from model.mechanisms.chief import CHIEFS, commanders
from model.mechanisms.mayor import DISMISSED, HALL
from model.mechanisms.misconduct import SCANDAL, found_out
from model.news import tell_town
from model.parameters import Group, number, share
from model.rows import Row
from model.state import OFFICERS

if TYPE_CHECKING:
    from model.gangs import Clique
    from model.mechanisms.chief import Chief
    from model.model import TrustModel as World
    from model.rows import Ints, Rows
    from model.territory import Cell

CAPTURED, CAPTOR, FOUND, HEARD_OF, WARNED = (
    decision("bought"),
    decision("who buys"),
    decision("capture found"),
    decision("hears of a capture"),
    decision("warned"),
)
MAYOR = 4096
"""Who the mayor is to luck, beside the facilities."""


@dataclass(frozen=True, kw_only=True)
class Capture(Group):
    """How often a group buys somebody who governs or commands, what it gets, and how often it comes out."""

    name: ClassVar[str] = "capture"
    evidence: ClassVar[tuple[str, ...]] = ("E11", "I08", "I09", "I10", "J03")

    base: float = number(-4.0, "log of the rate", -30.0, 2.0, "I08; assumed; swept", "a year and group", off=-30.0)
    penury: float = number(0.8, "log of the rate", -1.0, 3.0, "I06; assumed", "effect of bad conditions, 0 to 1")
    integrity: float = number(1.5, "log of the rate", 0.0, 10.0, "assumed", "effect of integrity, 0 to 1")
    found: float = share(0.05, "I10; assumed", "of the captured, who are found out in a year")
    reveal: float = number(5.0, "ratio", 0.0, 50.0, "assumed", "how much more, if all misconduct were found out")
    warned: float = share(0.9, "I08; assumed", "warrants against the group of which it is warned")
    leak: float = share(0.6, "I08; assumed", "anonymous reports on the group that it hears of")


class Counts(Row):
    """What is counted in a month."""

    captures: float
    captures_found: float


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


WRITES = ("chiefs.captor", "hall.captor", "leaving", "tally.public_cases", "impressions")
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
