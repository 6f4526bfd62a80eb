"""The heavy hand (M25): army patrols, mass detention on suspicion, and their costs.

Detention takes members of cliques and others; soldiers' stops, detentions of people one knows, and recruitment in
prison are the costs.  Switched off, no soldier patrols and nobody is detained on suspicion.
"""

from __future__ import annotations

import datetime
import math

import numpy as np

from model.crime.crime.rules import poisson_upper_bound
from model.crime.offenders.rules import OffenderTables, draw_slot_of_any_group, hold_slot_until
from model.crime.political_calendar.schema import PoliticalCalendar
from model.engine.calendar import DAYS_A_MONTH, MINUTES_A_SHIFT, MONTH, MORNINGS, NIGHT, SHIFTS, WEEK
from model.engine.elementary import exp
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.gangs.custody.rules import hold_in_custody, release_from_custody
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.gangs.rules import GangTables
from model.gangs.gangs.schema import ROLL, TERRITORY, CliqueRow
from model.police.contacts.schema import CONTACT_STEP, MAX_CONTACTS, Contacts
from model.police.patrol.rules import Stop, append_visit, weighted_place
from model.politics.heavy_hand.schema import (
    ARMY,
    ARMY_CIVIL,
    ARMY_HARSH,
    ARMY_MEETS,
    ARMY_MINUTE,
    ARMY_PATROLS,
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
    PER_1000,
    PRISON_RECRUIT,
    SMALLEST_SHARE,
    SUSPECTED,
    HeavyHand,
    HeavyHandCounts,
)
from model.town.police import RouteStop
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.world.binding import count_of, of
from model.world.columns import MINDS, ResidentState
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import draw_present, is_young_man
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, SOLDIERS, VISITS
from model.world.state import MOOD
from model.world.steps import KernelArguments, PythonStep, Room, in_order, kernel_step, rows_of


class DetentionTables(TableBundle):
    """Tables of detention on suspicion: suspects, prison, cliques and offenders, and the parameters by settlement.

    ``suspected[0]`` is the share of members among the suspects.
    """

    gangs: GangTables
    pool: OffenderTables
    around: IntArray = of(AROUND)
    suspected: FloatArray = of(SUSPECTED)
    prison: Rows[Prisoner]
    prison_count: IntArray = count_of(PRISON)
    mood: FloatArray = of(MOOD)
    parameters: Rows[HeavyHand]


@kernel
def conduct_army_stops(shift: ShiftContext, a: int, v: int, cell: int, p: HeavyHand, contacts: Contacts) -> None:
    """Draw the young men whom patrol ``a`` stops at its visit ``v``, and how it treats them.

    Records events of trust; updates `minds.met` and the tally.
    """
    crowd = float(shift.ground.crowd[shift.where, cell])
    mean = p.stops * crowd / (crowd + contacts.crowd) * (contacts.night if shift.tick % SHIFTS == NIGHT else 1.0)
    for j in range(min(MAX_CONTACTS, poisson_quantile(keyed_uniform(shift.seed, ARMY_MEETS, shift.tick, a, v), mean))):
        draw = CONTACT_STEP * v + j
        i = draw_present(shift.ground, shift.where, cell, keyed_uniform(shift.seed, ARMY_WHO, shift.tick, a, draw))
        if shift.minds[i].gone >= 0 or not is_young_man(shift.ground.people[i], shift.tick, p.stopped_from):
            continue
        harsh = keyed_uniform(shift.seed, ARMY_TONE, shift.tick, a, draw) < p.harsh
        if harsh:
            record_event(shift, i, ARMY_HARSH, p.weight_harsh)
        else:
            record_event(shift, i, ARMY_CIVIL, contacts.weight_stop)
        shift.minds[i].met = shift.tick
        shift.tally[0].stops_army += 1.0
        shift.tally[0].stops_army_harsh += 1.0 if harsh else 0.0


@kernel
def send_army_patrols(
    shift: ShiftContext,
    everywhere: Rows[RouteStop],
    mean: float,
    parameters: Rows[HeavyHand],
    contacts: Rows[Contacts],
) -> None:
    """Draw the visits of army patrols, at places in proportion to population; append them and make stops.

    A fraction of a patrol in the ``mean`` goes out in that share of shifts.
    """
    p, n = parameters[0], parameters[0].visits
    patrols = int(mean + keyed_uniform(shift.seed, ARMY_PATROLS, shift.tick, 0, 0))
    for a in range(patrols):
        for v in range(n):
            # One visit in each part of the shift, at a random minute of it.
            minute = (v + keyed_uniform(shift.seed, ARMY_MINUTE, shift.tick, a, v)) * MINUTES_A_SHIFT / n
            u = keyed_uniform(shift.seed, ARMY_PLACE, shift.tick, a, v)
            cell = weighted_place(everywhere, 0, len(everywhere), u)
            append_visit(shift.day, -1, Stop(kind=SOLDIERS, routed=0, cell=cell), minute, p.stay, 0.0)
            shift.tally[0].army_visits += 1.0
            z = max(shift.ground.cells[cell].settlement, 0)
            conduct_army_stops(shift, a, v, cell, p, contacts[z])


@kernel
def member_share_of_suspects(
    minds: Rows[ResidentState], people: Rows[Person], around: IntArray, parameters: Rows[HeavyHand], tick: int
) -> float:
    """Return the share of members of cliques among the young suspects, 0 to 1."""
    men = members = 0
    for i in around:
        if minds[i].gone < 0 and is_young_man(people[i], tick, parameters[people[i].settlement].detained_from):
            men += 1
            if minds[i].member >= 0:
                members += 1
    return members / men if men > 0 else 0.0


@kernel
def max_detention_rate(parameters: Rows[HeavyHand]) -> float:
    """Return the highest rate of detention of any settlement, per 1,000 young men and month."""
    highest = 0.0
    for z in range(len(parameters)):
        highest = max(highest, parameters[z].detention)
    return highest


@kernel
def detain_suspects(shift: ShiftContext, tables: DetentionTables) -> None:
    """Detain young men on suspicion: most are members of cliques, some are not.

    Appends to `prison`; updates `minds`, `cliques.members`, offenders and the tally.
    """
    around, members = tables.around, tables.suspected[0]
    mean = MAX_DETAINED / PER_1000 / DAYS_A_MONTH * len(around)
    highest = max_detention_rate(tables.parameters) / max(min(members, 1.0 - members), SMALLEST_SHARE) / MAX_DETAINED
    # Thinning of a Poisson process: candidates at the ceiling, kept with the share of their own hazard.
    for j in range(poisson_quantile(keyed_uniform(shift.seed, DETAIN_COUNT, shift.tick, 0, 0), mean)):
        mark = keyed_uniform(shift.seed, DETAIN_MARK, shift.tick, j, 0)
        if mark >= highest:  # no hazard reaches this mark: the candidate need not be looked up
            continue
        i = around[int(keyed_uniform(shift.seed, DETAIN_WHO, shift.tick, j, 0) * len(around))]
        mind, person = shift.minds[i], shift.ground.people[i]
        p, q = tables.parameters[person.settlement], mind.member
        if mind.gone >= 0 or not is_young_man(person, shift.tick, p.detained_from):
            continue
        # Relative hazard of members and of others, so that the share `wrongful` of all detentions are of others.
        if q >= 0:
            relative = (1.0 - p.wrongful) / max(members, SMALLEST_SHARE)
        else:
            relative = p.wrongful / max(1.0 - members, SMALLEST_SHARE)
        if mark < p.detention * relative / MAX_DETAINED:
            until = shift.tick + int(MONTH * p.months if q >= 0 else WEEK * p.weeks)
            hold_in_custody(shift, tables.prison, tables.prison_count, i, q, until)
            apply_detention(shift, tables.gangs.cliques, i, p)
            detain_offender(shift, tables.pool, i, until, p)


@kernel
def detain_offender(shift: ShiftContext, pool: OffenderTables, i: int, until: int, p: HeavyHand) -> None:
    """Hold a slot of offenders with some of the detained, if the slot drawn is free.

    No offence was solved by this, so that offenders' certainty of arrest does not change.
    """
    if keyed_uniform(shift.seed, DETAIN_SLOT, shift.tick, i, 0) >= p.offenders:
        return
    zone = shift.ground.people[i].settlement
    row = draw_slot_of_any_group(pool, zone, keyed_uniform(shift.seed, DETAIN_SLOT, shift.tick, i, 1))
    if row >= 0 and pool.rows[row].until <= shift.tick:
        hold_slot_until(pool.rows[row], until)
        shift.tally[0].detained_offenders += 1.0


@kernel
def apply_detention(shift: ShiftContext, cliques: Rows[CliqueRow], i: int, p: HeavyHand) -> None:
    """Take a member from his clique, or count a wrongful detention; those tied to him lose trust.

    Updates `minds.member`, `cliques.members` and the tally.
    """
    mind, q = shift.minds[i], shift.minds[i].member
    shift.tally[0].detentions += 1.0
    if q >= 0:
        cliques[q].members -= 1
        mind.member = -1
    else:
        shift.tally[0].wrongful_detentions += 1.0
        if keyed_uniform(shift.seed, DETAIN_COMPLAINT, shift.tick, i, 0) < p.complain:
            shift.tally[0].detention_complaints += 1.0
    for k in range(shift.ground.ties.shape[1]):
        tie = shift.ground.ties[i, k]
        if tie >= 0:
            record_event(shift, tie, DETAINED_TIE, p.weight_tie)


@kernel
def release_detained(shift: ShiftContext, tables: DetentionTables) -> None:
    """Release prisoners whose time is over: members to their clique, some others into one (J05).

    Updates `prison` and `minds`.
    """
    prison, left, mood_odds = tables.prison, 0, exp(-tables.mood[0])
    # Compacts the table in place, in order of detention.
    for k in range(tables.prison_count[0]):
        row = prison[k]
        if row.until > shift.tick:
            prison[left] = row
            left += 1
            continue
        i, q = row.who, row.clique
        person = shift.ground.people[i]
        p = tables.parameters[person.settlement]
        if q < 0 and keyed_uniform(shift.seed, PRISON_RECRUIT, shift.tick, i, 0) < p.prison_recruit:
            q = nearby_clique(shift.ground.near, tables.gangs.territory, to_int64(person.home))
            shift.tally[0].prison_recruits += 1.0
        release_from_custody(shift, tables.gangs, i, q, mood_odds)
        record_event(shift, i, DETAINED, p.weight_detained)
    tables.prison_count[0] = left


@kernel
def nearby_clique(near: IntArray, territory: IntArray, home: int) -> int:
    """Return the clique that holds a cell, else that of its first neighbour that is held, or -1."""
    holder: int = territory[home]
    if holder >= 0:
        return holder
    for k in range(near.shape[1]):
        if near[home, k] >= 0 and territory[near[home, k]] >= 0:
            holder = territory[near[home, k]]
            return holder
    return to_int64(-1)


def men_and_homes(world: World) -> tuple[IntArray, IntArray]:
    """Return the rows of all men, and their home cells."""
    people = world.town.people
    men = np.flatnonzero(people["female"] == 0)
    return men, people["home"][men].astype(np.int64)


def update_suspects(world: World) -> None:
    """Update the suspects: the men who live in a territory or next to one."""
    near, held, (men, homes) = world.town.near, world.state[TERRITORY] >= 0, world.cached(men_and_homes)
    next_to = held | ((near >= 0) & held[np.maximum(near, 0)]).any(axis=1)
    world.state[AROUND] = men[next_to[homes]]


def update_member_share(world: World) -> None:
    """Update the suspects and the share of members among them, once a month."""
    state = world.state
    if state[SUSPECTED][1] != world.month:
        update_suspects(world)
        parameters = world.parameters[HeavyHand]
        share = member_share_of_suspects(state[MINDS], world.ground.people, state[AROUND], parameters, world.tick)
        state[SUSPECTED][:] = share, world.month


def army_patrols(world: World) -> float:
    """Return the mean number of army patrols in a shift."""
    army: float = world.parameters[HeavyHand][0].army + world.parameters[PoliticalCalendar][0].army
    return army * float(world.settings["population"].scale)


def max_army_visits(world: World) -> int:
    """Return the most visits of all army patrols in a shift."""
    return math.ceil(army_patrols(world)) * int(world.parameters[HeavyHand][0].visits)


def max_suspects(world: World) -> int:
    """Return an upper bound of candidates for detention in a day; 0 where nobody is detained."""
    mean = MAX_DETAINED / PER_1000 / DAYS_A_MONTH * len(world.cached(men_and_homes)[0])
    return poisson_upper_bound(mean) if world.parameters[HeavyHand]["detention"].any() else 0


def is_detaining(world: World, date: datetime.date) -> bool:
    """Return whether anybody may be detained under the parameters in force."""
    return world.cached_view(max_suspects) > 0


def is_patrolled(world: World, date: datetime.date) -> bool:
    """Return whether the army patrols under the parameters in force."""
    return world.cached_view(army_patrols) > 0.0


def room_for_release(world: World) -> Room:
    """Return the rows that the release of all prisoners needs."""
    return {IMPRESSIONS: rows_of(PRISON), ROLL: rows_of(PRISON)}


def room_for_detention(world: World) -> Room:
    """Return the rows that the detentions of a day may need."""
    suspects = world.cached_view(max_suspects)
    return {IMPRESSIONS: world.town.ties.shape[1] * suspects, PRISON: suspects}


def room_for_patrols(world: World) -> Room:
    """Return the rows that the army patrols of a shift may need."""
    visits = world.cached_view(max_army_visits)
    return {VISITS: visits, IMPRESSIONS: MAX_CONTACTS * visits}


@kernel_step(release_detained, room_for_release, flags=MORNINGS)
def free_detained(world: World) -> KernelArguments:
    """Return the arguments of `release_detained`."""
    return world.shift_context(), world.view(DetentionTables)


@kernel_step(detain_suspects, room_for_detention, flags=MORNINGS, on=is_detaining)
def detain_suspects_step(world: World) -> KernelArguments:
    """Return the arguments of `detain_suspects`."""
    return world.shift_context(), world.view(DetentionTables)


@kernel_step(send_army_patrols, room_for_patrols, on=is_patrolled)
def patrol_with_soldiers(world: World) -> KernelArguments:
    """Return the arguments of `send_army_patrols`."""
    patrols, numbers = float(world.cached_view(army_patrols)), world.parameters
    return world.shift_context(), world.town.everywhere, patrols, numbers[HeavyHand], numbers[Contacts]


step = in_order(
    PythonStep(update_member_share, flags=MORNINGS, on=is_detaining),
    free_detained,
    detain_suspects_step,
    patrol_with_soldiers,
)
"""Send army patrols; in the morning release and detain."""


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
