"""The heavy hand (M25): army patrols, mass detention on suspicion, and their costs.

Detention takes members of cliques and others; soldiers' stops, detentions of people one knows, and recruitment in
prison are the costs.  Switched off, no soldier patrols and nobody is detained on suspicion.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.crime.crime import poisson_upper_bound
from model.crime.offenders import draw_slot_of_any_group, hold_slot_until
from model.engine.calendar import DAYS_A_MONTH, MINUTES_A_SHIFT, MONTH, MORNINGS, NIGHT, SHIFTS, WEEK
from model.engine.causes import declare_cause
from model.engine.domains import POSITIVE, row_of
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.engine.rows import Row, to_int64
from model.engine.tables import ArraySpec
from model.gangs.custody import PRISON, hold_in_custody, release_from_custody
from model.police.contacts import CONTACT_STEP, MAX_CONTACTS
from model.police.patrol import Stop, append_visit, weighted_place
from model.trust.events import declare_event, record_event
from model.world.derived import derived
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import draw_present, is_young_man
from model.world.shift_events import IMPRESSIONS, SOLDIERS, VISITS
from model.world.steps import PythonStep, in_order, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.police.contacts import Contacts
    from model.simulation.world import Simulation, World
    from model.world.steps import Room

ARMY_PATROLS, ARMY_PLACE, ARMY_MINUTE, ARMY_MEETS, ARMY_WHO, ARMY_TONE = (
    stream_id("army patrols"),
    stream_id("army place"),
    stream_id("army minute"),
    stream_id("army meets"),
    stream_id("army who"),
    stream_id("army tone"),
)
DETAIN_COUNT, DETAIN_WHO, DETAIN_MARK = (
    stream_id("detention count"),
    stream_id("detention who"),
    stream_id("detention mark"),
)
DETAIN_COMPLAINT, PRISON_RECRUIT = stream_id("detention complaint"), stream_id("prison recruit")
DETAIN_SLOT = stream_id("detention slot")
MAX_DETAINED = 200.0
"""Ceiling of detentions by 1,000 young men and month, for thinning."""
PER_1000 = 1000.0
"""Residents to whom rates of detention refer."""
SMALLEST_SHARE = 1e-9
"""Keeps divisions by shares of members finite."""
DETENTION, ARMY = declare_cause("detention", 23), declare_cause("army", 24)
DETAINED = declare_event("detained", 69, cause=DETENTION, memory="panel")
DETAINED_TIE = declare_event("detained_tie", 70, cause=DETENTION)
ARMY_HARSH = declare_event("army_harsh", 71, cause=ARMY)
ARMY_CIVIL = declare_event("army_civil", 72, cause=ARMY, memory="friendly")


@dataclass(frozen=True, init=False)
class HeavyHand(ParameterGroup):
    """Army patrols, detention on suspicion, and their effects on trust and recruitment."""

    name: ClassVar[str] = "heavy_hand"
    evidence: ClassVar[tuple[str, ...]] = ("J05", "K01", "M08", "M14")

    army: float
    visits: int
    stay: float
    stops: float
    stopped_from: float
    presence: float
    harsh: float
    weight_harsh: float
    detention: float
    detained_from: float
    wrongful: float
    offenders: float
    months: float
    weeks: float
    weight_detained: float
    weight_tie: float
    prison_recruit: float
    complain: float


MEN_NEAR_TERRITORY = ArraySpec(
    name="men_near_territory",
    of=np.int64,
    exempt="listed only while somebody may be detained, which is compared",
    about="Men who live in or next to a territory.",
    domain=row_of("resident"),
)
SUSPECTED = ArraySpec(
    name="suspected",
    of=np.float64,
    shape=(2,),
    about="Share of members among the young of them, and the month of the count.",
    domain=POSITIVE,
)


class HeavyHandCounts(Row):
    """Monthly counts of army visits and stops, detentions and recruitment in prison."""

    army_visits: float
    stops_army: float
    stops_army_harsh: float
    detentions: float
    wrongful_detentions: float
    detained_offenders: float
    detention_complaints: float
    prison_recruits: float


@kernel
def conduct_army_stops(w: World, a: int, v: int, cell: int, p: HeavyHand, contacts: Contacts) -> None:
    """Draw the young men whom patrol ``a`` stops at its visit ``v``, and how it treats them.

    Records events of trust; updates `minds.met` and the tally.
    """
    crowd = float(w.crowd[w.where, cell])
    mean = p.stops * crowd / (crowd + contacts.crowd) * (contacts.night if w.tick % SHIFTS == NIGHT else 1.0)
    for j in range(min(MAX_CONTACTS, poisson_quantile(keyed_uniform(w.seed, ARMY_MEETS, w.tick, a, v), mean))):
        draw = CONTACT_STEP * v + j
        i = draw_present(w, cell, keyed_uniform(w.seed, ARMY_WHO, w.tick, a, draw))
        if w.minds[i].gone >= 0 or not is_young_man(w.people[i], w.tick, p.stopped_from):
            continue
        harsh = keyed_uniform(w.seed, ARMY_TONE, w.tick, a, draw) < p.harsh
        if harsh:
            record_event(w, i, ARMY_HARSH, p.weight_harsh)
        else:
            record_event(w, i, ARMY_CIVIL, contacts.weight_stop)
        w.minds[i].met = w.tick
        w.tally[0].stops_army += 1.0
        w.tally[0].stops_army_harsh += 1.0 if harsh else 0.0


@kernel
def member_share_of_suspects(w: World) -> float:
    """Return the share of members of cliques among the young suspects, 0 to 1."""
    men = members = 0
    for i in w.men_near_territory:
        if w.minds[i].gone < 0 and is_young_man(
            w.people[i], w.tick, w.p.heavy_hand[w.people[i].settlement].detained_from
        ):
            men += 1
            if w.minds[i].member >= 0:
                members += 1
    return members / men if men > 0 else 0.0


@kernel
def max_detention_rate(w: World) -> float:
    """Return the highest rate of detention of any settlement, per 1,000 young men and month."""
    highest = 0.0
    for z in range(len(w.p.heavy_hand)):
        highest = max(highest, w.p.heavy_hand[z].detention)
    return highest


@kernel
def detain_offender(w: World, i: int, until: int, p: HeavyHand) -> None:
    """Hold a slot of offenders with some of the detained, if the slot drawn is free.

    No offence was solved by this, so that offenders' certainty of arrest does not change.
    """
    if keyed_uniform(w.seed, DETAIN_SLOT, w.tick, i, 0) >= p.offenders:
        return
    zone = w.people[i].settlement
    row = draw_slot_of_any_group(w, zone, keyed_uniform(w.seed, DETAIN_SLOT, w.tick, i, 1))
    if row >= 0 and w.offenders[row].until <= w.tick:
        hold_slot_until(w.offenders[row], until)
        w.tally[0].detained_offenders += 1.0


@kernel
def apply_detention(w: World, i: int, p: HeavyHand) -> None:
    """Take a member from his clique, or count a wrongful detention; those tied to him lose trust.

    Updates `minds.member`, `cliques.members` and the tally.
    """
    mind, q = w.minds[i], w.minds[i].member
    w.tally[0].detentions += 1.0
    if q >= 0:
        w.cliques[q].members -= 1
        mind.member = -1
    else:
        w.tally[0].wrongful_detentions += 1.0
        if keyed_uniform(w.seed, DETAIN_COMPLAINT, w.tick, i, 0) < p.complain:
            w.tally[0].detention_complaints += 1.0
    for k in range(w.ties.shape[1]):
        tie = w.ties[i, k]
        if tie >= 0:
            record_event(w, tie, DETAINED_TIE, p.weight_tie)


@kernel
def nearby_clique(w: World, home: int) -> int:
    """Return the clique that holds a cell, else that of its first neighbour that is held, or -1."""
    near, territory = w.near, w.held_by
    holder: int = territory[home]
    if holder >= 0:
        return holder
    for k in range(near.shape[1]):
        if near[home, k] >= 0 and territory[near[home, k]] >= 0:
            holder = territory[near[home, k]]
            return holder
    return to_int64(-1)


def men_and_homes(sim: Simulation) -> tuple[IntArray, IntArray]:
    """Return the rows of all men, and their home cells."""
    people = sim.town.people
    men = np.flatnonzero(people["female"] == 0)
    return men, people["home"][men].astype(np.int64)


def update_suspects(sim: Simulation) -> None:
    """Update the suspects: the men who live in a territory or next to one."""
    near, held, (men, homes) = sim.town.near, sim.w.held_by >= 0, sim.cached(men_and_homes)
    next_to = held | ((near >= 0) & held[np.maximum(near, 0)]).any(axis=1)
    sim.state.put("men_near_territory", men[next_to[homes]])


def update_member_share(sim: Simulation) -> None:
    """Update the suspects and the share of members among them, once a month."""
    if sim.w.suspected[1] != sim.month:
        update_suspects(sim)
        share = member_share_of_suspects(sim.w)
        sim.w.suspected[:] = share, sim.month


@derived
def army_patrols(sim: Simulation) -> float:
    """Return the mean number of army patrols in a shift."""
    army: float = sim.p.heavy_hand[0].army + sim.p.political_calendar[0].army
    return army * float(sim.settings["population"].scale)


def max_army_visits(sim: Simulation) -> int:
    """Return the most visits of all army patrols in a shift."""
    return math.ceil(army_patrols(sim)) * int(sim.p.heavy_hand[0].visits)


def max_suspects(sim: Simulation) -> int:
    """Return an upper bound of candidates for detention in a day; 0 where nobody is detained."""
    mean = MAX_DETAINED / PER_1000 / DAYS_A_MONTH * len(sim.cached(men_and_homes)[0])
    return poisson_upper_bound(mean) if sim.p.heavy_hand["detention"].any() else 0


def is_detaining(sim: Simulation, date: datetime.date) -> bool:
    """Return whether anybody may be detained under the parameters in force."""
    return sim.cached_view(max_suspects) > 0


def is_patrolled(sim: Simulation, date: datetime.date) -> bool:
    """Return whether the army patrols under the parameters in force."""
    return sim.w.army_patrols > 0.0


def room_for_release(sim: Simulation) -> Room:
    """Return the rows that the release of all prisoners needs."""
    return {IMPRESSIONS: rows_of("prison"), "roll": rows_of("prison")}


def room_for_detention(sim: Simulation) -> Room:
    """Return the rows that the detentions of a day may need."""
    suspects = sim.cached_view(max_suspects)
    return {IMPRESSIONS: sim.town.ties.shape[1] * suspects, "prison": suspects}


def room_for_patrols(sim: Simulation) -> Room:
    """Return the rows that the army patrols of a shift may need."""
    visits = sim.cached_view(max_army_visits)
    return {VISITS: visits, IMPRESSIONS: MAX_CONTACTS * visits}


@step(room=room_for_release, flags=MORNINGS)
def release_detained(w: World) -> None:
    """Release prisoners whose time is over: members to their clique, some others into one (J05).

    Updates `prison` and `minds`.
    """
    prison, left, mood_odds = w.prison, 0, exp(-w.mood[0])
    # Compacts the table in place, in order of detention.
    for k in range(w.prison_count[0]):
        row = prison[k]
        if row.until > w.tick:
            prison[left] = row
            left += 1
            continue
        i, q = row.who, row.clique
        person = w.people[i]
        p = w.p.heavy_hand[person.settlement]
        if q < 0 and keyed_uniform(w.seed, PRISON_RECRUIT, w.tick, i, 0) < p.prison_recruit:
            q = nearby_clique(w, to_int64(person.home))
            w.tally[0].prison_recruits += 1.0
        release_from_custody(w, i, q, mood_odds)
        record_event(w, i, DETAINED, p.weight_detained)
    w.prison_count[0] = left


@step(room=room_for_detention, flags=MORNINGS, on=is_detaining)
def detain_suspects(w: World) -> None:
    """Detain young men on suspicion: most are members of cliques, some are not.

    Appends to `prison`; updates `minds`, `cliques.members`, offenders and the tally.
    """
    around, members = w.men_near_territory, w.suspected[0]
    mean = MAX_DETAINED / PER_1000 / DAYS_A_MONTH * len(around)
    highest = max_detention_rate(w) / max(min(members, 1.0 - members), SMALLEST_SHARE) / MAX_DETAINED
    # Thinning of a Poisson process: candidates at the ceiling, kept with the share of their own hazard.
    for j in range(poisson_quantile(keyed_uniform(w.seed, DETAIN_COUNT, w.tick, 0, 0), mean)):
        mark = keyed_uniform(w.seed, DETAIN_MARK, w.tick, j, 0)
        if mark >= highest:  # no hazard reaches this mark: the candidate need not be looked up
            continue
        i = around[int(keyed_uniform(w.seed, DETAIN_WHO, w.tick, j, 0) * len(around))]
        mind, person = w.minds[i], w.people[i]
        p, q = w.p.heavy_hand[person.settlement], mind.member
        if mind.gone >= 0 or not is_young_man(person, w.tick, p.detained_from):
            continue
        # Relative hazard of members and of others, so that the share `wrongful` of all detentions are of others.
        if q >= 0:
            relative = (1.0 - p.wrongful) / max(members, SMALLEST_SHARE)
        else:
            relative = p.wrongful / max(1.0 - members, SMALLEST_SHARE)
        if mark < p.detention * relative / MAX_DETAINED:
            until = w.tick + int(MONTH * p.months if q >= 0 else WEEK * p.weeks)
            hold_in_custody(w, i, q, until)
            apply_detention(w, i, p)
            detain_offender(w, i, until, p)


@step(room=room_for_patrols, on=is_patrolled)
def send_army_patrols(w: World) -> None:
    """Draw the visits of army patrols, at places in proportion to population; append them and make stops.

    A fraction of a patrol in the mean (`army_patrols`) goes out in that share of shifts.
    """
    p, n = w.p.heavy_hand[0], w.p.heavy_hand[0].visits
    patrols = int(w.army_patrols + keyed_uniform(w.seed, ARMY_PATROLS, w.tick, 0, 0))
    for a in range(patrols):
        for v in range(n):
            # One visit in each part of the shift, at a random minute of it.
            minute = (v + keyed_uniform(w.seed, ARMY_MINUTE, w.tick, a, v)) * MINUTES_A_SHIFT / n
            u = keyed_uniform(w.seed, ARMY_PLACE, w.tick, a, v)
            cell = weighted_place(w.everywhere, 0, len(w.everywhere), u)
            append_visit(w, -1, Stop(kind=SOLDIERS, routed=0, cell=cell), minute, p.stay, 0.0)
            w.tally[0].army_visits += 1.0
            z = max(w.cells[cell].settlement, 0)
            conduct_army_stops(w, a, v, cell, p, w.p.contacts[z])


clamp_down = in_order(
    PythonStep(update_member_share, flags=MORNINGS, on=is_detaining),
    release_detained,
    detain_suspects,
    send_army_patrols,
)
"""Send army patrols; in the morning release and detain."""


MECHANISM = Mechanism(
    group=HeavyHand,
    tables=(MEN_NEAR_TERRITORY, SUSPECTED, PRISON),
    counts=HeavyHandCounts,
    causes=(
        DETENTION,
        ARMY,
    ),
    knockout=Knockout(("stops_army", "detentions", "wrongful_detentions", "members_held"), policy="heavy_hand"),
    measures={
        "members_held": Measure(
            "people", lambda month: float(np.count_nonzero(month.world.state.prison.used_rows()["clique"] >= 0))
        ),
        "others_held": Measure(
            "people", lambda month: float(np.count_nonzero(month.world.state.prison.used_rows()["clique"] < 0))
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
