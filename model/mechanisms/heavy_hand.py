"""M25, the heavy hand with both faces: army patrols, mass detention under a state of exception (ODD 6.21).

Switched off, no soldier patrols and nobody is detained on suspicion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import DAYS_A_MONTH, MONTH, WEEK
from model.chance import someone, young_man
from model.daybook import IMPRESSIONS, SOLDIERS, VISITS
from model.gangs import TERRITORY, gangland_of
from model.kernels import kernel, making_arrays
from model.ledger import cause, impress
from model.luck import decision, luck, poisson
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.contacts import MOST
from model.mechanisms.crime import most_of
from model.mechanisms.custody import PRISON, let_out, take_in
from model.mechanisms.offenders import hold, pool_of, slot_of_any_group
from model.mechanisms.patrol import place, write_visit
from model.parameters import Group, number, share
from model.rows import Row, wide
from model.tables import Field

if TYPE_CHECKING:
    from model.gangs import Clique, Gangland
    from model.mechanisms.contacts import Contacts
    from model.mechanisms.custody import Prisoner
    from model.mechanisms.offenders import Pool
    from model.model import TrustModel as World
    from model.police import Stop
    from model.register import Mind
    from model.residents import Person
    from model.rows import Ints, Rows
    from model.stage import Stage

ARMY_PLACE, ARMY_MINUTE, ARMY_MEETS, ARMY_WHO, ARMY_TONE = (
    decision("army place"),
    decision("army minute"),
    decision("army meets"),
    decision("army who"),
    decision("army tone"),
)
DETAIN_COUNT, DETAIN_WHO, DETAIN_MARK = (
    decision("detention count"),
    decision("detention who"),
    decision("detention mark"),
)
DETAIN_COMPLAINT, PRISON_RECRUIT = decision("detention complaint"), decision("prison recruit")
DETAIN_SLOT = decision("detention slot")
MOST_DETAINED = 200.0
"""Ceiling of detentions by 1,000 young men and month."""
DETENTION, ARMY = cause("detention", 23), cause("army", 24)


@dataclass(frozen=True, kw_only=True)
class HeavyHand(Group):
    """Soldiers on the street, who is detained on suspicion, and what it leaves behind."""

    name: ClassVar[str] = "heavy_hand"
    evidence: ClassVar[tuple[str, ...]] = ("J05", "K01", "M08", "M14")

    army: float = number(0.0, "patrols a shift", 0.0, 200.0, "M14", "army patrols", role="lever", off=0.0)
    visits: int = number(8, "visits", 1, 48, "assumed", "places that an army patrol visits in a shift")
    stay: float = number(20.0, "minutes", 1.0, 120.0, "assumed", "time that soldiers stay at a place")
    stops: float = number(1.5, "people a visit", 0.0, 10.0, "assumed", "people whom soldiers look at in a crowd")
    harsh: float = share(0.35, "assumed; swept", "stops of young men by soldiers that are harsh")
    weight_harsh: float = number(
        0.244, "evidence", 0.0, 2.0, "assumed: -4 points; swept -1 to -12", "weight of a harsh stop by soldiers"
    )
    detention: float = number(
        0.0,
        "per 1,000 and month",
        0.0,
        30.0,
        "policy",
        "young men in or next to gang cells detained",
        role="lever",
        off=0.0,
    )
    wrongful: float = share(0.25, "concept: 0.05-0.5; swept", "detentions of others than members", low=0.05, high=0.5)
    offenders: float = share(0.03, "assumed; swept", "detentions that hold a slot of offenders", high=0.5)
    months: float = number(12.0, "months", 0.5, 120.0, "assumed", "time that a member is held", role="lever")
    weeks: float = number(6.0, "weeks", 0.5, 100.0, "assumed", "time that others are held", role="lever")
    weight_detained: float = number(
        1.46,
        "evidence",
        0.0,
        6.0,
        "assumed: as abuse, Q01; swept -10 to -30 points",
        "weight of a detention for the detained",
    )
    weight_tie: float = number(
        0.411, "evidence", 0.0, 2.0, "assumed: -6 points; swept -2 to -12", "weight of a detention for each tie"
    )
    prison_recruit: float = share(0.1, "J05; assumed", "others who come back as members")
    complain: float = share(0.2, "assumed", "wrongful detentions with a complaint")


AROUND = Field(
    name="around",
    of=np.int64,
    exempt="listed only while somebody may be detained, which is compared",
    about="Men who live in or next to a territory: this alone.",
)
SUSPECTED = Field(
    name="suspected",
    of=np.float64,
    shape=(2,),
    about="Share of members among the young of them, and the month of the count: this.",
)


class Counts(Row):
    """What is counted in a month."""

    army_visits: float
    stops_army: float
    stops_army_harsh: float
    detentions: float
    wrongful_detentions: float
    detained_offenders: float
    detention_complaints: float
    prison_recruits: float


@kernel
def stop_young_men(stage: Stage, a: int, v: int, cell: int, p: HeavyHand, contacts: Contacts) -> None:
    """Let soldiers at a place stop the young men among those whom they look at."""
    crowd = float(stage.ground.crowd[stage.where, cell])
    mean = p.stops * crowd / (crowd + 40.0) * (contacts.night if stage.tick % 3 == 2 else 1.0)
    for j in range(min(MOST, poisson(luck(stage.seed, ARMY_MEETS, stage.tick, a, v), mean))):
        i = someone(stage.ground, stage.where, cell, luck(stage.seed, ARMY_WHO, stage.tick, a, 16 * v + j))
        if stage.minds[i].gone >= 0 or not young_man(stage.ground.people[i], stage.tick, 15.0):
            continue
        harsh = luck(stage.seed, ARMY_TONE, stage.tick, a, 16 * v + j) < p.harsh
        trust = stage.trust[stage.ground.people[i].settlement]
        if harsh:
            impress(stage.day, stage.minds, i, ARMY, 0.1, p.weight_harsh, 0.1, 0.3 * p.weight_harsh, trust.fast)
        else:
            weight = contacts.weight_stop
            impress(stage.day, stage.minds, i, ARMY, 0.7, weight, 0.7, 0.2 * weight, trust.fast_friendly)
        stage.minds[i].met = stage.tick
        stage.tally[0].stops_army += 1.0
        stage.tally[0].stops_army_harsh += 1.0 if harsh else 0.0


@kernel
def march(
    stage: Stage, everywhere: Rows[Stop], patrols: int, numbers: Rows[HeavyHand], contacts: Rows[Contacts]
) -> None:
    """Send the army patrols out, to places by population."""
    n = numbers[0].visits
    for a in range(patrols):
        for v in range(n):
            minute = (v + luck(stage.seed, ARMY_MINUTE, stage.tick, a, v)) * 480.0 / n
            cell = place(everywhere, 0, len(everywhere), luck(stage.seed, ARMY_PLACE, stage.tick, a, v))
            write_visit(stage.day, -1, cell, SOLDIERS, 0, minute, numbers[0].stay, 0.0)
            stage.tally[0].army_visits += 1.0
            z = max(stage.ground.cells[cell].settlement, 0)
            stop_young_men(stage, a, v, cell, numbers[0], contacts[z])


@kernel
def share_of_members(minds: Rows[Mind], people: Rows[Person], around: Ints, tick: int) -> float:
    """Share of members among the young men who live in or next to a territory."""
    men = members = 0
    for i in around:
        if minds[i].gone < 0 and young_man(people[i], tick, 14.0):
            men += 1
            if minds[i].member >= 0:
                members += 1
    return members / men if men > 0 else 0.0


@making_arrays
def detain(
    stage: Stage,
    cliques: Rows[Clique],
    pool: Pool,
    around: Ints,
    prison: Rows[Prisoner],
    count: Ints,
    members: float,
    numbers: Rows[HeavyHand],
) -> None:
    """Detain young men on suspicion: most are members of cliques, some are not."""
    mean = MOST_DETAINED / 1000.0 / DAYS_A_MONTH * len(around)
    highest = numbers["detention"].max() / max(min(members, 1.0 - members), 1e-9) / MOST_DETAINED
    for j in range(poisson(luck(stage.seed, DETAIN_COUNT, stage.tick, 0, 0), mean)):
        mark = luck(stage.seed, DETAIN_MARK, stage.tick, j, 0)
        if mark >= highest:  # nobody's hazard reaches this mark: no need to look who it is
            continue
        i = around[int(luck(stage.seed, DETAIN_WHO, stage.tick, j, 0) * len(around))]
        mind, person = stage.minds[i], stage.ground.people[i]
        if mind.gone >= 0 or not young_man(person, stage.tick, 14.0):
            continue
        p, q = numbers[person.settlement], mind.member
        known = (1.0 - p.wrongful) / max(members, 1e-9) if q >= 0 else p.wrongful / max(1.0 - members, 1e-9)
        if mark < p.detention * known / MOST_DETAINED:
            until = stage.tick + int(MONTH * p.months if q >= 0 else WEEK * p.weeks)
            take_in(stage, prison, count, i, q, until)
            lock_up(stage, cliques, i, p)
            hold_slot(stage, pool, i, until, p)


@kernel
def hold_slot(stage: Stage, pool: Pool, i: int, until: int, p: HeavyHand) -> None:
    """Hold a slot with some of the detained, if the one drawn is free; no offence was found, so certainty stays."""
    if luck(stage.seed, DETAIN_SLOT, stage.tick, i, 0) >= p.offenders:
        return
    zone = stage.ground.people[i].settlement
    row = slot_of_any_group(pool, zone, luck(stage.seed, DETAIN_SLOT, stage.tick, i, 1))
    if row >= 0 and pool.rows[row].until <= stage.tick:
        hold(pool.rows[row], until)
        stage.tally[0].detained_offenders += 1.0


@kernel
def lock_up(stage: Stage, cliques: Rows[Clique], i: int, p: HeavyHand) -> None:
    """Let a detention have its consequences for clique and books; those who know him think the worse of it."""
    mind, q = stage.minds[i], stage.minds[i].member
    stage.tally[0].detentions += 1.0
    if q >= 0:
        cliques[q].members -= 1
        mind.member = -1
    else:
        stage.tally[0].wrongful_detentions += 1.0
        if luck(stage.seed, DETAIN_COMPLAINT, stage.tick, i, 0) < p.complain:
            stage.tally[0].detention_complaints += 1.0
    for k in range(stage.ground.ties.shape[1]):
        tie = stage.ground.ties[i, k]
        if tie >= 0:
            fast = stage.trust[stage.ground.people[tie].settlement].fast
            impress(stage.day, stage.minds, tie, DETENTION, 0.0, p.weight_tie, 0.5, 0.0, fast)


@kernel
def release(
    stage: Stage, gangs: Gangland, prison: Rows[Prisoner], count: Ints, calm: float, numbers: Rows[HeavyHand]
) -> None:
    """Let those out whose time is over: members to their clique, of the others some to one (J05)."""
    left = 0
    for k in range(count[0]):
        row = prison[k]
        if row.until > stage.tick:
            prison[left] = row
            left += 1
            continue
        i, q = row.who, row.clique
        person = stage.ground.people[i]
        p = numbers[person.settlement]
        if q < 0 and luck(stage.seed, PRISON_RECRUIT, stage.tick, i, 0) < p.prison_recruit:
            q = clique_near(stage.ground.near, gangs.territory, wide(person.home))
            stage.tally[0].prison_recruits += 1.0
        let_out(stage, gangs, i, q, calm)
        fast, weight = stage.trust[person.settlement].fast_panel, p.weight_detained
        impress(stage.day, stage.minds, i, DETENTION, 0.0, weight, 0.0, 0.5 * weight, fast)
    count[0] = left


@kernel
def clique_near(near: Ints, territory: Ints, home: int) -> int:
    """Clique that holds a cell or, if none does, the first neighbour that is held; else -1."""
    holder: int = territory[home]
    if holder >= 0:
        return holder
    for k in range(8):
        if near[home, k] >= 0 and territory[near[home, k]] >= 0:
            holder = territory[near[home, k]]
            return holder
    return wide(-1)


def men_of(world: World) -> tuple[Ints, Ints]:
    """Return the men, and their homes."""
    people = world.town.people
    men = np.flatnonzero(people["female"] == 0)
    return men, people["home"][men].astype(np.int64)


def list_suspects(world: World) -> None:
    """List the men who live in or next to a territory."""
    near, held, (men, homes) = world.town.near, world.state[TERRITORY] >= 0, world.once(men_of)
    next_to = held | ((near >= 0) & held[np.maximum(near, 0)]).any(axis=1)
    world.state[AROUND] = men[next_to[homes]]


def count_members(world: World) -> None:
    """Once a month, list the suspects anew and count what share of the young among them are members."""
    state = world.state
    if state.suspected[1] != world.month:
        list_suspects(world)
        state.suspected[:] = share_of_members(state.minds, world.ground.people, state.around, world.tick), world.month


def patrols_of(world: World) -> int:
    """Return how many patrols the army sends out in a shift."""
    army: float = world.numbers["heavy_hand"][0]["army"] + world.numbers["political_calendar"][0]["army"]
    scale: float = world.settings["population"].scale
    return math.floor(army * scale + 0.5)


def visits_of(world: World) -> int:
    """Return how many visits all patrols of a shift make."""
    return patrols_of(world) * int(world.numbers["heavy_hand"][0]["visits"])


def most_suspects(world: World) -> int:
    """Return how many suspects of a day there never are; 0 where nobody is detained on suspicion."""
    mean = MOST_DETAINED / 1000.0 / DAYS_A_MONTH * len(world.once(men_of)[0])
    return most_of(mean) if world.numbers["heavy_hand"]["detention"].any() else 0


def act(world: World) -> None:
    """Send soldiers out; in the morning release and detain."""
    state, numbers = world.state, world.numbers["heavy_hand"]
    patrols, suspects, held = world.laid(patrols_of), world.laid(most_suspects), len(state.prison)
    if patrols == suspects == held == 0:
        return
    visits = world.laid(visits_of)
    world.book.reserve(VISITS, visits)
    world.book.reserve(IMPRESSIONS, MOST * visits + 6 * suspects + held)
    if world.tick % 3 == 0:
        if suspects > 0:
            count_members(world)
        state.roll.reserve(held)
        state.prison.reserve(suspects)
        stage, prison, count = world.stage(), state.prison.rows, state.prison.count
        release(stage, world.laid(gangland_of), prison, count, world.calm, numbers)
        if suspects > 0:
            pool, members = world.laid(pool_of), float(state.suspected[0])
            detain(stage, state.cliques, pool, state.around, prison, count, members, numbers)
    if patrols > 0:
        world.carry_out(
            march, lambda: (world.stage(), world.town.everywhere, patrols, numbers, world.numbers["contacts"])
        )


IT = Mechanism(
    group=HeavyHand,
    tables=(AROUND, SUSPECTED, PRISON),
    counts=Counts,
    causes=(
        DETENTION,
        ARMY,
    ),
    writes=("minds.met", "minds.gone", "minds.member", "cliques.members", "roll", "offenders", "visits", "impressions"),
    knockout=Knockout(("stops_army", "detentions", "wrongful_detentions", "members_held"), policy="heavy_hand"),
    measures={
        "members_held": Measure(
            "people", lambda month: float(np.count_nonzero(month.world.state[PRISON].filled()["clique"] >= 0))
        ),
        "others_held": Measure(
            "people", lambda month: float(np.count_nonzero(month.world.state[PRISON].filled()["clique"] < 0))
        ),
        "army_visits": Measure("visits"),
        "stops_army": Measure("stops"),
        "stops_army_harsh": Measure("stops"),
        "detentions": Measure("people"),
        "wrongful_detentions": Measure("people"),
        "detained_offenders": Measure("people"),
        "detention_complaints": Measure("complaints"),
        "prison_recruits": Measure("people"),
    },
)
