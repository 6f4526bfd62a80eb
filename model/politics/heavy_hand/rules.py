"""M25, the heavy hand with both faces: army patrols, mass detention under a state of exception (ODD 6.21).

Switched off, no soldier patrols and nobody is detained on suspicion.
"""

from __future__ import annotations

import math

import numpy as np

from model.crime.crime.rules import poisson_upper_bound
from model.crime.offenders.rules import OffenderTables, draw_slot_of_any_group, hold_slot_until
from model.crime.political_calendar.schema import PoliticalCalendar
from model.engine.calendar import DAYS_A_MONTH, MONTH, WEEK
from model.engine.kernels import allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import IntArray, Rows, to_int64
from model.gangs.custody.rules import hold_in_custody, release_from_custody
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.gangs.rules import GangTables
from model.gangs.gangs.schema import CLIQUES, ROLL, TERRITORY, CliqueRow
from model.police.contacts.schema import MAX_CONTACTS, Contacts
from model.police.patrol.rules import Stop, append_visit, weighted_place
from model.politics.heavy_hand.schema import (
    ARMY,
    ARMY_CIVIL,
    ARMY_HARSH,
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
    DETAINED,
    DETAINED_TIE,
    DETENTION,
    MAX_DETAINED,
    PRISON_RECRUIT,
    SUSPECTED,
    HeavyHand,
    HeavyHandCounts,
)
from model.town.police import RouteStop
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.world.columns import MINDS, ResidentState
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import draw_present, is_young_man
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, SOLDIERS, VISITS


@kernel
def conduct_army_stops(stage: ShiftContext, a: int, v: int, cell: int, p: HeavyHand, contacts: Contacts) -> None:
    """Let soldiers at a place stop the young men among those whom they look at."""
    crowd = float(stage.ground.crowd[stage.where, cell])
    mean = p.stops * crowd / (crowd + contacts.crowd) * (contacts.night if stage.tick % 3 == 2 else 1.0)
    for j in range(min(MAX_CONTACTS, poisson_quantile(keyed_uniform(stage.seed, ARMY_MEETS, stage.tick, a, v), mean))):
        i = draw_present(
            stage.ground, stage.where, cell, keyed_uniform(stage.seed, ARMY_WHO, stage.tick, a, 16 * v + j)
        )
        if stage.minds[i].gone >= 0 or not is_young_man(stage.ground.people[i], stage.tick, 15.0):
            continue
        harsh = keyed_uniform(stage.seed, ARMY_TONE, stage.tick, a, 16 * v + j) < p.harsh
        if harsh:
            record_event(stage, i, ARMY_HARSH, p.weight_harsh)
        else:
            record_event(stage, i, ARMY_CIVIL, contacts.weight_stop)
        stage.minds[i].met = stage.tick
        stage.tally[0].stops_army += 1.0
        stage.tally[0].stops_army_harsh += 1.0 if harsh else 0.0


@kernel
def send_army_patrols(
    stage: ShiftContext, everywhere: Rows[RouteStop], patrols: int, numbers: Rows[HeavyHand], contacts: Rows[Contacts]
) -> None:
    """Send the army patrols out, to places by population."""
    n = numbers[0].visits
    for a in range(patrols):
        for v in range(n):
            minute = (v + keyed_uniform(stage.seed, ARMY_MINUTE, stage.tick, a, v)) * 480.0 / n
            cell = weighted_place(
                everywhere, 0, len(everywhere), keyed_uniform(stage.seed, ARMY_PLACE, stage.tick, a, v)
            )
            append_visit(stage.day, -1, Stop(kind=SOLDIERS, routed=0, cell=cell), minute, numbers[0].stay, 0.0)
            stage.tally[0].army_visits += 1.0
            z = max(stage.ground.cells[cell].settlement, 0)
            conduct_army_stops(stage, a, v, cell, numbers[0], contacts[z])


@kernel
def member_share_of_suspects(minds: Rows[ResidentState], people: Rows[Person], around: IntArray, tick: int) -> float:
    """Share of members among the young men who live in or next to a territory."""
    men = members = 0
    for i in around:
        if minds[i].gone < 0 and is_young_man(people[i], tick, 14.0):
            men += 1
            if minds[i].member >= 0:
                members += 1
    return members / men if men > 0 else 0.0


@allocating_kernel
def detain_suspects(
    stage: ShiftContext,
    cliques: Rows[CliqueRow],
    pool: OffenderTables,
    around: IntArray,
    prison: Rows[Prisoner],
    count: IntArray,
    members: float,
    numbers: Rows[HeavyHand],
) -> None:
    """Detain young men on suspicion: most are members of cliques, some are not."""
    mean = MAX_DETAINED / 1000.0 / DAYS_A_MONTH * len(around)
    highest = numbers["detention"].max() / max(min(members, 1.0 - members), 1e-9) / MAX_DETAINED
    for j in range(poisson_quantile(keyed_uniform(stage.seed, DETAIN_COUNT, stage.tick, 0, 0), mean)):
        mark = keyed_uniform(stage.seed, DETAIN_MARK, stage.tick, j, 0)
        if mark >= highest:  # nobody's hazard reaches this mark: no need to look who it is
            continue
        i = around[int(keyed_uniform(stage.seed, DETAIN_WHO, stage.tick, j, 0) * len(around))]
        mind, person = stage.minds[i], stage.ground.people[i]
        if mind.gone >= 0 or not is_young_man(person, stage.tick, 14.0):
            continue
        p, q = numbers[person.settlement], mind.member
        known = (1.0 - p.wrongful) / max(members, 1e-9) if q >= 0 else p.wrongful / max(1.0 - members, 1e-9)
        if mark < p.detention * known / MAX_DETAINED:
            until = stage.tick + int(MONTH * p.months if q >= 0 else WEEK * p.weeks)
            hold_in_custody(stage, prison, count, i, q, until)
            apply_detention(stage, cliques, i, p)
            detain_offender(stage, pool, i, until, p)


@kernel
def detain_offender(stage: ShiftContext, pool: OffenderTables, i: int, until: int, p: HeavyHand) -> None:
    """Hold a slot with some of the detained, if the one drawn is free; no offence was found, so certainty stays."""
    if keyed_uniform(stage.seed, DETAIN_SLOT, stage.tick, i, 0) >= p.offenders:
        return
    zone = stage.ground.people[i].settlement
    row = draw_slot_of_any_group(pool, zone, keyed_uniform(stage.seed, DETAIN_SLOT, stage.tick, i, 1))
    if row >= 0 and pool.rows[row].until <= stage.tick:
        hold_slot_until(pool.rows[row], until)
        stage.tally[0].detained_offenders += 1.0


@kernel
def apply_detention(stage: ShiftContext, cliques: Rows[CliqueRow], i: int, p: HeavyHand) -> None:
    """Let a detention have its consequences for clique and books; those who know him think the worse of it."""
    mind, q = stage.minds[i], stage.minds[i].member
    stage.tally[0].detentions += 1.0
    if q >= 0:
        cliques[q].members -= 1
        mind.member = -1
    else:
        stage.tally[0].wrongful_detentions += 1.0
        if keyed_uniform(stage.seed, DETAIN_COMPLAINT, stage.tick, i, 0) < p.complain:
            stage.tally[0].detention_complaints += 1.0
    for k in range(stage.ground.ties.shape[1]):
        tie = stage.ground.ties[i, k]
        if tie >= 0:
            record_event(stage, tie, DETAINED_TIE, p.weight_tie)


@kernel
def release_detained(
    stage: ShiftContext,
    gangs: GangTables,
    prison: Rows[Prisoner],
    count: IntArray,
    calm: float,
    numbers: Rows[HeavyHand],
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
        if q < 0 and keyed_uniform(stage.seed, PRISON_RECRUIT, stage.tick, i, 0) < p.prison_recruit:
            q = nearby_clique(stage.ground.near, gangs.territory, to_int64(person.home))
            stage.tally[0].prison_recruits += 1.0
        release_from_custody(stage, gangs, i, q, calm)
        record_event(stage, i, DETAINED, p.weight_detained)
    count[0] = left


@kernel
def nearby_clique(near: IntArray, territory: IntArray, home: int) -> int:
    """Clique that holds a cell or, if none does, the first neighbour that is held; else -1."""
    holder: int = territory[home]
    if holder >= 0:
        return holder
    for k in range(8):
        if near[home, k] >= 0 and territory[near[home, k]] >= 0:
            holder = territory[near[home, k]]
            return holder
    return to_int64(-1)


def men_and_homes(world: World) -> tuple[IntArray, IntArray]:
    """Return the men, and their homes."""
    people = world.town.people
    men = np.flatnonzero(people["female"] == 0)
    return men, people["home"][men].astype(np.int64)


def update_suspects(world: World) -> None:
    """List the men who live in or next to a territory."""
    near, held, (men, homes) = world.town.near, world.state[TERRITORY] >= 0, world.cached(men_and_homes)
    next_to = held | ((near >= 0) & held[np.maximum(near, 0)]).any(axis=1)
    world.state[AROUND] = men[next_to[homes]]


def update_member_share(world: World) -> None:
    """Once a month, list the suspects anew and count what share of the young among them are members."""
    state = world.state
    if state[SUSPECTED][1] != world.month:
        update_suspects(world)
        state[SUSPECTED][:] = (
            member_share_of_suspects(state[MINDS], world.ground.people, state[AROUND], world.tick),
            world.month,
        )


def army_patrols(world: World) -> int:
    """Return how many patrols the army sends out in a shift."""
    army: float = world.parameters[HeavyHand][0].army + world.parameters[PoliticalCalendar][0].army
    scale: float = world.settings["population"].scale
    return math.floor(army * scale + 0.5)


def army_visits(world: World) -> int:
    """Return how many visits all patrols of a shift make."""
    return army_patrols(world) * int(world.parameters[HeavyHand][0].visits)


def max_suspects(world: World) -> int:
    """Return how many suspects of a day there never are; 0 where nobody is detained on suspicion."""
    mean = MAX_DETAINED / 1000.0 / DAYS_A_MONTH * len(world.cached(men_and_homes)[0])
    return poisson_upper_bound(mean) if world.parameters[HeavyHand]["detention"].any() else 0


def step(world: World) -> None:
    """Send soldiers out; in the morning release and detain."""
    state, numbers = world.state, world.parameters[HeavyHand]
    patrols, suspects, held = world.cached_view(army_patrols), world.cached_view(max_suspects), len(state[PRISON])
    if patrols == suspects == held == 0:
        return
    visits = world.cached_view(army_visits)
    world.shift_events.reserve(VISITS, visits)
    world.shift_events.reserve(IMPRESSIONS, MAX_CONTACTS * visits + 6 * suspects + held)
    if world.tick % 3 == 0:
        if suspects > 0:
            update_member_share(world)
        state[ROLL].reserve(held)
        state[PRISON].reserve(suspects)
        stage, prison, count = world.shift_context(), state[PRISON].rows, state[PRISON].count
        release_detained(stage, world.view(GangTables), prison, count, world.mood_odds, numbers)
        if suspects > 0:
            pool, members = world.view(OffenderTables), float(state[SUSPECTED][0])
            detain_suspects(stage, state[CLIQUES], pool, state[AROUND], prison, count, members, numbers)
    if patrols > 0:
        world.run_kernel(
            send_army_patrols,
            lambda: (world.shift_context(), world.town.everywhere, patrols, numbers, world.parameters[Contacts]),
        )


MECHANISM = Mechanism(
    group=HeavyHand,
    tables=(AROUND, SUSPECTED, PRISON),
    counts=HeavyHandCounts,
    causes=(
        DETENTION,
        ARMY,
    ),
    writes=("minds.met", "minds.gone", "minds.member", "cliques.members", "roll", "offenders", "visits", "impressions"),
    knockout=Knockout(("stops_army", "detentions", "wrongful_detentions", "members_held"), policy="heavy_hand"),
    measures={
        "members_held": Measure(
            "people", lambda month: float(np.count_nonzero(month.world.state[PRISON].used_rows()["clique"] >= 0))
        ),
        "others_held": Measure(
            "people", lambda month: float(np.count_nonzero(month.world.state[PRISON].used_rows()["clique"] < 0))
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
