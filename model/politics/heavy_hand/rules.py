"""M25, the heavy hand with both faces: army patrols, mass detention under a state of exception (ODD 6.21).

Switched off, no soldier patrols and nobody is detained on suspicion.
"""

from __future__ import annotations

import math

import numpy as np

from model.crime.crime.rules import most_of
from model.crime.offenders.rules import Pool, hold, pool_of, slot_of_any_group
from model.engine.calendar import DAYS_A_MONTH, MONTH, WEEK
from model.engine.kernels import kernel, making_arrays
from model.engine.random_streams import luck, poisson
from model.engine.rows import Ints, Rows, wide
from model.gangs.custody.rules import let_out, take_in
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.gangs.rules import Gangland, gangland_of
from model.gangs.gangs.schema import TERRITORY, Clique
from model.police.contacts.schema import MOST, Contacts
from model.police.patrol.rules import place, write_visit
from model.politics.heavy_hand.schema import (
    ARMY,
    ARMY_MEETS,
    ARMY_MINUTE,
    ARMY_PLACE,
    ARMY_TONE,
    ARMY_WHO,
    AROUND,
    DETAIN_COMPLAINT,
    DETAIN_COUNT,
    DETAIN_MARK,
    DETAIN_SLOT,
    DETAIN_WHO,
    DETENTION,
    MOST_DETAINED,
    PRISON_RECRUIT,
    SUSPECTED,
    Counts,
    HeavyHand,
)
from model.town.police import Stop
from model.town.residents import Person
from model.trust.ledger.rules import impress
from model.world.columns import Mind
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import someone, young_man
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS, SOLDIERS, VISITS


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
