"""M26, crises: protest, eviction, road block; police or army act on orders from above, against people (ODD 6.29).

Switched off, there are none, neither those of the timeline nor others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.calendar import MONTH
from model.chance import age_of
from model.daybook import IMPRESSIONS
from model.kernels import kernel
from model.ledger import PUBLIC_EVENT, cause, impress
from model.luck import decision, luck
from model.mechanism import Knockout, Mechanism, in_the_morning
from model.news import tell_town
from model.parameters import Group, number, share
from model.rows import Row

if TYPE_CHECKING:
    from model.authorities import Authority
    from model.model import TrustModel as World
    from model.police import Stop
    from model.rows import Rows
    from model.stage import Stage
    from model.state import Board

BREAKS_OUT, CRISIS_PLACE, CRISIS_JOINS = decision("crisis"), decision("crisis place"), decision("crisis joins")
CRISIS_WHO, CRISIS_COMES, CRISIS_HEARD = decision("crisis who"), decision("crisis comes"), decision("crisis heard")
YOUNGEST = 14.0
"""Age from which people take part; assumed."""
CRISIS = cause("crisis", 25)


@dataclass(frozen=True, kw_only=True)
class Crises(Group):
    """How often police or army are sent against people, who is there, and what it costs."""

    name: ClassVar[str] = "crises"
    evidence: ClassVar[tuple[str, ...]] = ("G15", "J08", "V19")

    rate: float = number(
        0.1, "a year", 0.0, 12.0, "J08: sporadic; assumed", "crises besides those of the timeline", role="site", off=0.0
    )
    dated: float = share(1.0, "design", "size of the crises of the timeline", off=0.0)
    joins: float = share(0.5, "assumed", "communities that join, if wholly organised")
    crowd: float = share(0.03, "assumed", "residents of such a community who are there", high=0.5)
    weight: float = number(
        0.463, "evidence", 0.0, 3.0, "G15; assumed: -10 points; swept -4 to -20", "weight for who was there", off=0.0
    )
    silence: float = number(
        4.0, "months", 0.0, 24.0, "concept: months; assumed", "time without meetings with the police"
    )
    heard: float = share(0.5, "assumed", "residents who hear of a crisis of size 1")
    news: float = number(0.151, "evidence", 0.0, 1.0, "G15; assumed: as a public case, Q09", "weight of hearing of it")


class Counts(Row):
    """What is counted in a month."""

    crises: float
    crisis_crowd: float
    meetings_silenced: float


@kernel
def rise(
    stage: Stage,
    everywhere: Rows[Stop],
    authorities: Rows[Authority],
    boards: Rows[Board],
    numbers: Rows[Crises],
    size: float,
    who: int,
) -> None:
    """Let communities rise: where it happens and those that join have no meetings for months."""
    u, row = luck(stage.seed, CRISIS_PLACE, stage.tick, who, 0), 0
    while row < len(everywhere) - 1 and everywhere[row].reach <= u:
        row += 1
    place = stage.ground.cells[everywhere[row].cell].settlement
    for a in range(len(authorities)):
        z = authorities[a].settlement
        boards[a].risen = 0
        joins = numbers[z].joins * boards[a].organised
        if z == place or luck(stage.seed, CRISIS_JOINS, stage.tick, a, who) < joins:
            boards[a].risen = 1
            boards[a].silent_until = stage.tick + int(MONTH * numbers[z].silence * size)


@kernel
def meet_force(stage: Stage, boards: Rows[Board], numbers: Rows[Crises], size: float, who: int, n: int) -> None:
    """Let those who are there learn what being driven away by police or army is like."""
    for j in range(n):
        i = int(luck(stage.seed, CRISIS_WHO, stage.tick, j, who) * len(stage.minds))
        person = stage.ground.people[i]
        z = person.settlement
        organised = boards[z].organised
        if stage.minds[i].gone >= 0 or age_of(person, stage.tick) < YOUNGEST or boards[z].risen == 0:
            continue
        if luck(stage.seed, CRISIS_COMES, stage.tick, j, who) < organised:
            weight = numbers[z].weight * (0.5 + organised) * size
            impress(stage.day, stage.minds, i, CRISIS, 0.0, weight, 0.0, 0.5 * weight, stage.trust[z].fast_panel)
            stage.tally[0].crisis_crowd += 1.0


def how_often(world: World) -> tuple[float, float]:
    """Return the chance of a day that a crisis breaks out, and the size of those of the timeline."""
    p = world.numbers["crises"][0]
    return float(p["rate"] / 365.0), float(p["dated"])


def crises_of(world: World) -> list[tuple[int, float]]:
    """Return number and size of the crises that break out today: those of the timeline, and by luck another."""
    rate, size = world.laid(how_often)
    dated = [event for event in world.settings.timeline if event.crisis > 0.0] if world.turns_today() else []
    today = [(number, event.crisis * size) for number, event in enumerate(dated, start=1) if event.start == world.date]
    by_luck = luck(world.seed, BREAKS_OUT, world.tick, 0, 0) < rate
    return [(number, size) for number, size in today if size > 0.0] + ([(0, 1.0)] if by_luck else [])


@in_the_morning
def act(world: World) -> None:
    """In the morning, let the crises of the day break out."""
    state, numbers = world.state, world.numbers["crises"]
    for who, size in crises_of(world):
        n = int(numbers[0]["crowd"] * size * len(state.minds))
        world.book.reserve(IMPRESSIONS, n)
        stage = world.stage()
        rise(stage, world.plant.everywhere, world.town.authorities, state.boards, numbers, size, who)
        meet_force(stage, state.boards, numbers, size, who, n)
        state.tally[0]["crises"] += 1.0
        world.learn()
        fades = world.numbers["misconduct"][0]["fades"]
        tell_town(
            world, CRISIS_HEARD, who, numbers[0]["heard"] * size, PUBLIC_EVENT, 0.0, numbers[0]["news"], 0.6, fades
        )


IT = Mechanism(
    group=Crises,
    counts=Counts,
    causes=(CRISIS,),
    writes=("boards.silent_until", "boards.risen", "impressions"),
    knockout=Knockout(("crises", "meetings_silenced"), site="totonicapan", start="2012-07-01"),
)
