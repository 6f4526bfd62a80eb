"""M41, station chiefs: hours of the month, the mode of a plan, the request that it takes up (ODD 6).

A chief knows the orders from above, the own figures, what communities ask, and what came of hours like these since
coming here; whoever takes the position knows nothing of it.  Switched off, all couples spend their hours alike, and
modes and requests are by chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.daybook import ARRESTS, INCIDENTS, MEETINGS, OWN_PHONE
from model.deciding import CHOICES, Desk, belief, clear, decide, desk_of, matter
from model.gangs import NOBODYS
from model.kernels import kernel
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, carries_out
from model.parameters import Group, number, share
from model.rows import Column, Row, code
from model.state import BOARDS, OFFICERS, PLANS
from model.tables import Field, Table

if TYPE_CHECKING:
    from model.mechanism import Given
    from model.mechanisms.plans import Plans
    from model.model import TrustModel as World
    from model.police import Post
    from model.rows import Ints, Reals, Rows
    from model.stage import Stage

ORDER, BLOCK = decision("order from above"), decision("block of hours")
N_BLOCKS = 8
USES = ("habit", "visits", "arrests", "places")
NO_BLOCK, (HABIT, VISITS, QUICK_ARRESTS, PLACES) = code(-1), (code(use) for use in range(len(USES)))
TERMS = ("experience", "figures", "order", "asked", "training", "champion")
BY_EXPERIENCE, BY_FIGURES, BY_ORDER, BY_ASKED, BY_TRAINING, BY_CHAMPION = range(1, 1 + len(TERMS))
HOURS = matter("hours of the month", "chief", USES, TERMS)
MODES = ("preventive", "reactive", "investigative")
MODE_TERMS = ("training", "diagnosis", "experience")
MODE = matter("mode of the plan", "chief", MODES, MODE_TERMS)
MOST_CANDIDATES = 4
REQUEST_TERMS = ("climbed", "asked", "experience")
TAKEN = matter("request taken up", "chief", ("none", "first", "second", "third", "fourth"), REQUEST_TERMS)
NO_ORDER, TO_ARREST, TO_PREVENT = range(3)


@dataclass(frozen=True, kw_only=True)
class Chiefs(Group):
    """What moves station chiefs, and how far couples do what their hours are set for."""

    name: ClassVar[str] = "chief"
    evidence: ClassVar[tuple[str, ...]] = ("B13", "B20", "B22", "C18", "C21", "D02", "E04", "E13", "H03", "Q21")

    sets_hours: int = number(1, "0 or 1", 0, 1, "design", "chiefs set hours; 0: all are spent alike", off=0)
    picks_modes: int = number(1, "0 or 1", 0, 1, "design", "chiefs choose modes of plans; 0: by chance", off=0)
    picks_requests: int = number(1, "0 or 1", 0, 1, "design", "chiefs choose requests; 0: by chance", off=0)
    visits: float = number(-2.3, "log-odds", -8.0, 4.0, "assumed; swept", "hours of visits over habit")
    arrests: float = number(-1.5, "log-odds", -8.0, 4.0, "assumed; swept", "hours of quick arrests over habit")
    places: float = number(-1.9, "log-odds", -8.0, 4.0, "assumed; swept", "hours at places of the plan over habit")
    experience: float = number(1.2, "log-odds", 0.0, 4.0, "assumed", "effect of what came of it, -1 to 1")
    figures: float = number(6.0, "log-odds", 0.0, 20.0, "B22; assumed", "effect of full pressure and gap on arrests")
    order: float = number(1.1, "log-odds", 0.0, 4.0, "B20; assumed", "effect of an order")
    order_arrests: float = share(0.3, "B20; assumed", "quarters with an order to arrest", role="lever")
    order_prevent: float = share(0.2, "C18; assumed", "quarters with an order to prevent", role="lever")
    asked: float = number(0.5, "log-odds", 0.0, 2.0, "E04; assumed", "effect of open requests on visits, by log(1 + n)")
    asked_places: float = number(0.35, "log-odds", 0.0, 2.0, "E04; assumed", "the same on places of the plan")
    training: float = number(1.2, "log-odds", 0.0, 4.0, "B21; assumed", "effect of a trained chief on visits")
    training_places: float = number(0.5, "log-odds", 0.0, 4.0, "B23; assumed", "the same on places of the plan")
    champion: float = number(0.8, "log-odds", 0.0, 4.0, "C18, C21; assumed", "effect of a champion on visits")
    champion_places: float = number(0.4, "log-odds", 0.0, 4.0, "C18; assumed", "the same on places of the plan")
    climbed: float = number(
        0.8, "log-odds", 0.0, 4.0, "E04; assumed", "a request that went to the mayor, on its uptake"
    )
    urged: float = number(
        0.3, "log-odds", 0.0, 4.0, "assumed", "a further request of the same community, on its uptake"
    )
    urged_most: int = number(4, "requests", 1, 50, "assumed", "open requests from which more weigh no more")
    attended: int = number(6, "people", 1, 200, "assumed", "people who make a meeting well attended")
    told: float = number(0.3, "meetings", 0.0, 5.0, "assumed", "weight of a leader who rings an officer")
    prior: float = number(2.0, "events", 0.1, 30.0, "assumed", "own experience that one half is worth")
    memory: float = number(6.0, "months", 0.5, 60.0, "assumed; swept", "half-life of what came of hours and plans")
    usual_visits: float = share(
        0.17, "calibrated: status quo mean", "hours of visits that the weekly plan stands for", high=0.95
    )
    usual_arrests: float = share(
        0.21, "calibrated: status quo mean", "hours of arrests that usual stops stand for", high=0.95
    )
    usual_places: float = share(
        0.16, "calibrated: status quo mean", "hours at places that plans.follow stands for", high=0.95
    )
    focus: float = number(
        3.0, "ratio", 1.0, 5.0, "assumed; swept", "visits by weekly plan or plan in hours set for them"
    )
    focus_stops: float = number(1.8, "ratio", 1.0, 4.5, "assumed; swept", "stops in hours set for arrests")


class Chief(Row):
    """Who commands a facility, the order in force, and what is remembered since coming.

    ``open`` are requests that wait; ``load`` is what was known at the places of the plan made at ``made``; ``captor``
    the group that has captured the chief.
    """

    person: Annotated[int, Column("", first=-1)]
    order: int
    captor: Annotated[int, Column("", first=-1)]
    made: Annotated[int, Column("", first=-2)]
    open: float
    welcomed: float
    ignored: float
    held: float
    released: float
    fell: float
    rose: float
    load: float


CHIEFS = Table(name="chiefs", row=Chief, per="facility", about="Who commands: this; capture too.")
BLOCKS = Field(
    name="blocks", of=np.int64, shape=("facility", N_BLOCKS), first=-1.0, about="Uses of hours of the month: this."
)
LIVED = Field(
    name="lived", of=np.float64, shape=("facility", len(MODES), 2), about="What came of each mode, good and bad: this."
)


class Counts(Row):
    """What is counted in a month."""

    blocks_habit: float
    blocks_visits: float
    blocks_arrests: float
    blocks_places: float


@kernel
def leaning(block: int, use: int, usual: float, focus: float) -> float:
    """How much more or less a couple does of one thing in this block of hours; 1 on average at the usual hours."""
    if block < 0:
        return 1.0
    return focus if block == use else max(0.0, (1.0 - usual * focus) / (1.0 - usual))


@kernel
def block_of(blocks: Ints, p: Chiefs, f: int, post: int, tick: int, seed: int) -> int:
    """Use of the hours of a couple in this shift: that of one of the month's blocks."""
    if p.sets_hours == 0:
        return NO_BLOCK
    use: int = blocks[f, int(N_BLOCKS * luck(seed, BLOCK, tick, post, 0))]
    return use


def commanders(world: World) -> Ints:
    """Return the position of the chief of each facility: its first officer, or -1."""
    of = world.town.officers["facility"]
    found = [np.flatnonzero(of == f) for f in range(len(world.town.facilities))]
    return np.array([own[0] if len(own) else -1 for own in found], np.int64)


def homes_of(world: World) -> Ints:
    """Return the facility that serves each authority, or -1."""
    home: Ints = world.town.cells["facility"][world.town.authorities["cell"]]
    return home


@kernel
def note_word(stage: Stage, chiefs: Rows[Chief], posts: Rows[Post], homes: Ints, numbers: Rows[Chiefs]) -> None:
    """Take in what came of visits and arrests in this shift: who was held, who came to meetings, which leader rang."""
    day, p = stage.day, numbers[0]
    for k in range(day.counts[ARRESTS]):
        arrest = day.arrests[k]
        if arrest.post >= 0:
            chief = chiefs[posts[arrest.post].facility]
            chief.held += 1.0 if arrest.held == 1 else 0.0
            chief.released += 1.0 if arrest.held == 0 else 0.0
    for k in range(day.counts[MEETINGS]):
        chief = chiefs[homes[day.meetings[k].authority]]
        chief.welcomed += 1.0 if day.meetings[k].came >= p.attended else 0.0
        chief.ignored += 1.0 if day.meetings[k].came < p.attended else 0.0
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        f = stage.ground.cells[row.cell].facility
        if row.told == OWN_PHONE and f >= 0:
            chiefs[f].welcomed += p.told


def take_stock(world: World, f: int) -> None:
    """Compare what is known at the places of the plan with a month ago, if the plan is the same and was carried out."""
    chief, plan = world.state[CHIEFS][f], world.state[PLANS][f]
    numbers = world.numbers["plans"][world.town.facilities[f].settlement]
    places = world.state.plan_cells[f][: plan.n]
    load = float(world.state.known[places, plan.kind].sum())
    ran = plan.visits >= numbers["alive"] or plan.mode == MODES.index("investigative")
    if chief.made == plan.made and ran:
        better, worse = float(load < chief.load), float(load > chief.load)
        chief.fell += better
        chief.rose += worse
        world.state[LIVED][f, plan.mode] += (better, worse)
    chief.made, chief.load = plan.made, load


def forget(chief: Chief, lived: Reals, kept: float) -> None:
    """Let what is remembered of hours and plans fade."""
    for column in ("welcomed", "ignored", "held", "released", "fell", "rose"):
        chief[column] *= kept
    lived *= kept


def requests_open(world: World) -> Ints:
    """Return how many requests of each community wait for the police or the mayor, followed up ones twice."""
    requests, waiting = world.state.requests.filled(), world.state.petitions["asked"] >= 0
    n = len(world.state[BOARDS])
    asked = np.bincount(requests["authority"], weights=1.0 + requests["followed"], minlength=n)
    total: Ints = (asked + waiting).astype(np.int64)
    return total


def order_of(world: World, month: int) -> int:
    """Return the order from above for the quarter of a month: to prevent, to arrest, or none."""
    p, u = world.numbers["chief"][0], luck(world.seed, ORDER, month // 3, 0, 0)
    if u >= 1.0 - p["order_prevent"]:
        return TO_PREVENT
    return TO_ARREST if u < p["order_arrests"] else NO_ORDER


def lesson(good: float, bad: float, p: Chiefs) -> float:
    """What came of something, as log-odds."""
    return p.experience * (2.0 * belief(good, bad, p.prior, 0.5) - 1.0)


def weigh_hours(world: World, desk: Desk, f: int) -> None:
    """Write down what speaks for each use of a block of hours at a facility."""
    p, pressure = (world.numbers[name][world.town.facilities[f].settlement] for name in ("chief", "pressure"))
    chief, officer = world.state[CHIEFS][f], world.state[OFFICERS][world.once(commanders)[f]]
    waiting = math.log1p(chief.open)
    clear(desk)
    visits, arrests, places = desk.terms[VISITS], desk.terms[QUICK_ARRESTS], desk.terms[PLACES]
    visits[0], arrests[0], places[0] = p["visits"], p["arrests"], p["places"]
    visits[BY_EXPERIENCE] = lesson(chief.welcomed, chief.ignored, p)
    arrests[BY_EXPERIENCE] = lesson(chief.held, chief.released, p)
    places[BY_EXPERIENCE] = lesson(chief.fell, chief.rose, p)
    arrests[BY_FIGURES] = p["figures"] * pressure["level"] * world.state.figures[f]["gap"]
    arrests[BY_ORDER] = p["order"] if chief.order == TO_ARREST else 0.0
    places[BY_ORDER] = p["order"] if chief.order == TO_PREVENT else 0.0
    visits[BY_ASKED], places[BY_ASKED] = p["asked"] * waiting, p["asked_places"] * waiting
    visits[BY_TRAINING] = p["training"] * officer.trained
    places[BY_TRAINING] = p["training_places"] * officer.trained
    visits[BY_CHAMPION] = p["champion"] * officer.champion
    places[BY_CHAMPION] = p["champion_places"] * officer.champion


def set_hours(world: World, f: int) -> None:
    """Set the eight blocks of hours of the coming month at a facility."""
    desk, row = world.laid(desk_of), world.tally[0]
    weigh_hours(world, desk, f)
    uses = [decide(desk, len(USES), 1 + len(TERMS), HOURS, False, world.tick + block, f) for block in range(N_BLOCKS)]
    world.state[BLOCKS][f] = uses
    row.blocks_habit += uses.count(HABIT)
    row.blocks_visits += uses.count(VISITS)
    row.blocks_arrests += uses.count(QUICK_ARRESTS)
    row.blocks_places += uses.count(PLACES)


def choose_mode(world: World, f: int, trained: float, p: Plans) -> int:
    """Let a chief choose the mode of a plan: as trained officers and the diagnosis say, and what came of it before."""
    desk, plan, lived = world.laid(desk_of), world.state[PLANS][f], world.state[LIVED][f]
    numbers = world.numbers["chief"][world.town.facilities[f].settlement]
    clear(desk)
    desk.terms[1, 0], desk.terms[2, 0] = p.bust, p.investigative
    desk.terms[0, 1], desk.terms[0, 2] = p.trained * trained, p.founded * plan.founded
    for mode in range(len(MODES)):
        desk.terms[mode, 3] = lesson(lived[mode, 0], lived[mode, 1], numbers)
    return decide(desk, len(MODES), 1 + len(MODE_TERMS), MODE, False, world.tick, f)


def choose_request(world: World, f: int, candidates: Ints, p: Plans) -> int:
    """Let a chief choose which request the plan takes up, those that went to the mayor first; return whose, or -1."""
    state, numbers = world.state, world.numbers["chief"][world.town.facilities[f].settlement]
    climbed = state.petitions["asked"] >= 0
    order = np.lexsort((candidates, state[BOARDS]["asked"][candidates], ~climbed[candidates]))
    rows = candidates[order][:MOST_CANDIDATES]
    if len(rows) == 0:
        return -1
    desk, chief, asked = world.laid(desk_of), state[CHIEFS][f], requests_open(world)
    usual = min(1.0 - 1e-6, max(1e-6, p.takes_request))
    clear(desk)
    for o, a in enumerate(rows, start=1):
        desk.terms[o, 0] = math.log(usual / (1.0 - usual))
        desk.terms[o, 1] = numbers["climbed"] * climbed[a]
        desk.terms[o, 2] = numbers["urged"] * max(0, min(int(asked[a]), int(numbers["urged_most"])) - 1)
        desk.terms[o, 3] = lesson(chief.welcomed, chief.ignored, numbers)
    taken = decide(desk, 1 + len(rows), 1 + len(REQUEST_TERMS), TAKEN, False, world.tick, f)
    return int(rows[taken - 1]) if taken > 0 else -1


def command(world: World, month: int) -> None:
    """Let every chief, or who has come in the place of one, take stock and set the hours of a month."""
    state, chiefs, at = world.state, world.state[CHIEFS], world.once(commanders)
    state[CHOICES].reserve(N_BLOCKS * len(chiefs))
    home, asked = world.once(homes_of), requests_open(world)
    for f, chief in enumerate(chiefs):
        if at[f] < 0:
            continue
        numbers = world.numbers["chief"][world.town.facilities[f].settlement]
        if chief.person != state[OFFICERS][at[f]].person:
            chief.person, chief.captor = state[OFFICERS][at[f]].person, NOBODYS
            forget(chief, state[LIVED][f], 0.0)
        forget(chief, state[LIVED][f], 2.0 ** (-1.0 / numbers["memory"]))
        chief.open, chief.order = float(asked[home == f].sum()), order_of(world, month)
        take_stock(world, f)
        if numbers["sets_hours"] == 1:
            set_hours(world, f)


def begin(world: World) -> None:
    """Let every chief of the start set the hours of the first month."""
    command(world, world.month)


@carries_out(note_word)
def act(world: World) -> Given:
    """Let word of the shift reach the chiefs."""
    return world.stage(), world.state[CHIEFS], world.town.posts, world.once(homes_of), world.numbers["chief"]


def month_end(world: World) -> None:
    """Let chiefs set the hours of the coming month."""
    command(world, world.month + 1)


IT = Mechanism(
    group=Chiefs,
    tables=(CHIEFS, BLOCKS, LIVED),
    counts=Counts,
    writes=("choices",),
    begin=begin,
    knockout=Knockout(("blocks_visits", "blocks_arrests", "blocks_places")),
    measures={
        "blocks_habit": Measure("blocks"),
        "blocks_visits": Measure("blocks"),
        "blocks_arrests": Measure("blocks"),
        "blocks_places": Measure("blocks"),
    },
)
