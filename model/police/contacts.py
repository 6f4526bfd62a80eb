"""M4, contacts by kind: which residents couples meet, how they treat them, and what that adds to trust.

At each visit that took place a number of contacts is drawn.  A contact is a greeting, a talk, a long visit or a stop;
the lead treats the resident fairly or not, and both are recorded as one event of trust.  Switched off, contacts happen
and add no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

import numpy as np

from model.engine.calendar import NIGHT, SHIFTS
from model.engine.domains import LARGEST_COUNT, Domain
from model.engine.kernels import allocating_kernel, kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Column, Row, to_int64
from model.police.chief import USE_QUICK_ARRESTS, block_emphasis
from model.police.minutes import stretch_minutes, yearly_rate_per_resident
from model.police.misconduct import asks_for_bribe
from model.police.patrol import stretches_of_shift
from model.town.police import POST_COPIES, has_no_motor
from model.trust.events import ABUSE, declare_event, record_event
from model.trust.ledger import attribute_to_couple, learn, trace_to_origin, trust_now
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years, draw_list_position, draw_present_resident, household_rows, is_young_man
from model.world.shift_events import (
    ARRESTS,
    AT_MEETING,
    BRIBES,
    CHECKPOINT,
    HOMES,
    IMPRESSIONS,
    INSTITUTION,
    SIGNED,
    VISITS,
)
from model.world.steps import in_order, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import Simulation, World
    from model.town.police import Officer
    from model.town.residents import Person
    from model.world.shift_events import (
        Visit,
    )
    from model.world.state import CoupleRow
    from model.world.steps import Room

GREETING = declare_event("greeting", 1, memory="friendly")
TALK = declare_event("talk", 2, memory="friendly")
STOP = declare_event("stop", 3, memory="friendly")
BRIBE = declare_event("bribe", 4, memory="panel")
LONG_VISIT = declare_event("long_visit", 31, memory="friendly")
RUDE = declare_event("rude", 32)
declare_event("abuse", ABUSE, memory="panel")
FRIENDLY_CAUSES = (GREETING, TALK, LONG_VISIT)
MEET_ABUSE, MEET_WITH, MEET_OPEN = stream_id("meet abuse"), stream_id("meet with"), stream_id("meet open")
MEET_COUNT, MEET_WHO, MEET_KIND, MEET_TONE = (
    stream_id("meet count"),
    stream_id("meet who"),
    stream_id("meet kind"),
    stream_id("meet tone"),
)
BRIBE_STREAM, STOP_FINDS = stream_id("bribe"), stream_id("stop finds")
LONG_VISIT_STREAM, TALKS_STREAM = stream_id("long visits"), stream_id("talks at homes")
MEET_KNOWN = stream_id("meet known")
MAX_CONTACTS = 15
"""Most contacts of one visit."""
CONTACT_STEP = MAX_CONTACTS + 1
"""Distance of the numbers of the first contacts of visits that begin a second apart; they key random streams."""
SECONDS_A_MINUTE = 60.0
NEUTRAL_TRUST = 0.5
"""Trust at which a resident neither trusts nor distrusts the police."""
MINIMUM_AGE = 12.0
"""Age in years from which residents are met; assumed."""
MAX_HOLDERS = 4096
"""Holders of a position that residents tell apart."""


@dataclass(frozen=True, init=False)
class Contacts(ParameterGroup):
    """Parameters of contacts: numbers, kinds, treatment and weights."""

    name: ClassVar[str] = "contacts"
    evidence: ClassVar[tuple[str, ...]] = (
        "B03",
        "B18",
        "B24",
        "G03",
        "G04",
        "G05",
        "G08",
        "I06",
        "Z01",
        "Z02",
        "Z04",
    )

    foot: float
    motor: float
    night: float
    crowd: float
    stop: float
    young_men: float
    young_from: float
    drivers: float
    women: float
    checkpoint: float
    stop_most: float
    talk: float
    fair: float
    manner: float
    training: float
    familiar: float
    acquainted: float
    known_stop: float
    known_talk: float
    calm: float
    passing: float
    open: float
    open_trust: float
    long: float
    together: float
    abuse: float
    language: float
    spoken: float
    finds: float
    proof: float
    weight_greeting: float
    weight_talk: float
    weight_long: float
    weight_stop: float
    weight_rude: float
    weight_abuse: float
    weight_bribe: float
    weight_meeting: float


class ContactCounts(Row):
    """Monthly counts of contacts by kind and treatment."""

    contacts: float
    greetings: float
    talks: float
    long_visits: float
    stops: float
    bribes: float
    unfair: float
    contacts_known: float
    visits_planned: float
    talks_planned: float


class Acquaintance(Row):
    """Officer with whom a resident last had a fair talk: position and holder as one number, -1 for nobody."""

    knows: Annotated[int, Column("", first=-1.0, kind="i4"), Domain(-1, LARGEST_COUNT)]


class Encounter(NamedTuple):
    """Outcome of a contact: its kind, the event it is if unfair, treatment, acquaintance, and key of the lead."""

    cause: int
    unfair_cause: int
    fair: bool
    known: bool
    lead: int


@kernel
def officer_key(o: int, officer: Officer) -> int:
    """Return the number by which residents know the person who holds position ``o``."""
    return MAX_HOLDERS * o + officer.person % MAX_HOLDERS


@kernel
def knows_one_of(w: World, i: int, couple: CoupleRow) -> bool:
    """Return whether resident ``i`` knows one of the officers of a couple."""
    known = w.minds[i].knows
    lead, mate = officer_key(couple.lead, w.officers[couple.lead]), officer_key(couple.mate, w.officers[couple.mate])
    return bool(known in (lead, mate))


@kernel
def treats_fairly(officer: Officer, p: Contacts, u: float) -> bool:
    """Return whether this officer treats somebody fairly, by the uniform ``u``."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone)


@kernel
def is_treated_fairly(officer: Officer, p: Contacts, more: float, u: float) -> bool:
    """Return whether treatment is fair, with ``more`` log-odds added for this kind of contact and resident."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone + more)


@kernel
def expected_home_contacts(w: World, visit: Visit, z: int) -> tuple[float, float]:
    """Return the mean numbers of long visits and of talks for which a stretch at homes has time."""
    p = w.p.practices[z]
    long = stretch_minutes(p, stretches_of_shift(w.couples[visit.post], w.p.patrol[z]))
    return p.split * long / p.visit, (1.0 - p.split) * long / p.talk


@kernel
def stop_probability(person: Person, kind: int, zeal: float, p: Contacts, tick: int) -> float:
    """Return the probability that a contact is a stop, by resident, kind of visit and ``zeal`` (1: as usual)."""
    chance = zeal * p.stop * (p.checkpoint if kind == CHECKPOINT else 1.0)
    if is_young_man(person, tick, p.young_from):
        chance *= p.young_men
    if person.vehicle == 1:
        chance *= p.drivers
    if person.female == 1:
        chance *= p.women
    return min(p.stop_most, chance)


@kernel
def contact_weight(kind: int, p: Contacts, known: bool) -> float:
    """Return the weight of a contact; friendly ones weigh more if the resident knows the officer."""
    more = p.familiar if known else 1.0
    if kind == GREETING:
        return more * p.weight_greeting
    if kind == TALK:
        return more * p.weight_talk
    if kind == LONG_VISIT:
        return more * p.weight_long
    if kind == STOP:
        return p.weight_stop
    if kind == RUDE:
        return p.weight_rude
    return p.weight_abuse if kind == ABUSE else p.weight_bribe


@kernel
def draw_contact_kind(visit: Visit, person: Person, zeal: float, p: Contacts, tick: int, u: float) -> int:
    """Return the kind of a contact by the uniform ``u``: stop, long visit, talk or greeting."""
    # One uniform for all kinds: a change of one probability moves as few contacts as possible.
    stop = 0.0 if visit.kind == INSTITUTION else stop_probability(person, visit.kind, zeal, p, tick)
    if u < stop:
        return STOP
    talk = 1.0 - stop if visit.kind == INSTITUTION or person.business == 1 else (1.0 - stop) * p.talk
    if u < stop + p.long * talk:
        return LONG_VISIT
    return TALK if u < stop + talk else GREETING


@kernel
def kind_among_acquaintances(cause: int, u: float, p: Contacts) -> int:
    """Return the kind of a contact of people who know each other: some stops and greetings become talks, by ``u``."""
    turns = p.known_stop if cause == STOP else (p.known_talk if cause == GREETING else 0.0)
    return TALK if u < turns else cause


@kernel
def knows_officer_of(w: World, i: int, f: int) -> bool:
    """Return whether resident ``i`` knows an officer who still serves at facility ``f``, -1 for none."""
    known = w.minds[i].knows
    o = to_int64(known // MAX_HOLDERS)
    # A saved state may name a position that there is not.
    if known < 0 or f < 0 or o >= len(w.officers):
        return False
    return bool(officer_key(o, w.officers[o]) == known and w.officers[o].facility == f)


@kernel
def second_of(visit: Visit) -> int:
    """Return the second of the shift at which a visit begins, which tells the visits of a couple apart."""
    return int(SECONDS_A_MINUTE * visit.minute)


@kernel
def home_contact_kind(w: World, visit: Visit, nth: int, z: int) -> int:
    """Return the kind of a contact of a stretch at homes: the first ones are long visits, the others talks."""
    visits, _ = expected_home_contacts(w, visit, z)
    # Stochastic rounding, by the same uniform as in `list_contacts`.
    long = int(visits + keyed_uniform(w.seed, LONG_VISIT_STREAM, w.tick, visit.post, nth // CONTACT_STEP))
    return LONG_VISIT if nth % CONTACT_STEP < long else TALK


@kernel
def draw_unfair_cause(cause: int, u: float, p: Contacts) -> int:
    """Return the event that an unfair contact is, by the uniform ``u``: bribe, abuse or rude treatment."""
    if cause == BRIBE:
        return BRIBE
    return ABUSE if cause == STOP and u < p.abuse else RUDE


@kernel
def is_asked_for_bribe(w: World, visit: Visit, i: int, nth: int, z: int) -> bool:
    """Return whether the lead asks this resident for a bribe.

    Appends to `bribes` and updates `officers.asked` if so.
    """
    cell = visit.cell
    o = w.couples[visit.post].lead
    bought = w.held_by[cell] >= 0 or w.protected[cell] >= 0
    offers = w.people[i].vehicle + (1.0 if bought else 0.0)
    penury = 1.0 - w.p.resources[z].condition
    custom = w.facility_resources[w.officers[o].facility].custom
    u = keyed_uniform(w.seed, BRIBE_STREAM, w.tick, visit.post, nth)
    if not asks_for_bribe(w.officers[o], offers, penury, custom, w.p.misconduct[z], u):
        return False
    row = w.bribes[w.counts[BRIBES]]
    row.cell, row.nth, row.post, row.who = cell, nth, visit.post, i
    w.counts[BRIBES] += 1
    w.officers[o].asked = w.tick
    return True


@kernel
def next_household_member(w: World, i: int) -> int:
    """Return the next household member of resident ``i`` who is at home and old enough, or -1."""
    first, end = household_rows(w, i)
    other = i + 1 if i + 1 < end else first
    if other == i or other >= w.arrived[0] or w.minds[other].gone >= 0:
        return -1
    at_home = w.places[w.where, other] == w.people[other].home
    return other if at_home and age_years(w.people[other], w.tick) >= MINIMUM_AGE else -1


@kernel
def turns_away(trust: float, p: Contacts, u: float) -> bool:
    """Return whether a resident with this trust (0-1) turns away from a greeting or a talk, by the uniform ``u``."""
    return u >= logistic(p.open + p.open_trust * (trust - NEUTRAL_TRUST))


@kernel
def apply_encounter(w: World, visit: Visit, i: int, met: Encounter, p: Contacts) -> None:
    """Record a contact of resident ``i`` at a visit as an event of trust, attributed to the couple.

    Updates `minds.met`, `minds.met_free`, `minds.knows` and the monthly counts.
    """
    minds = w.minds
    first = w.counts[IMPRESSIONS]
    kind = met.cause if met.fair and met.cause != BRIBE else met.unfair_cause
    record_event(w, i, kind, contact_weight(kind, p, met.known))
    trace_to_origin(w, first, STOP if met.cause == BRIBE else met.cause)
    attribute_to_couple(w, first, visit.post, visit.cell)
    minds[i].met = w.tick
    if met.cause in FRIENDLY_CAUSES:
        minds[i].met_free = w.tick
    if met.fair and met.cause in (TALK, LONG_VISIT):
        minds[i].knows = met.lead
    w.tally[0].contacts_known += 1.0 if met.known else 0.0
    count_contact(w, met.cause, met.fair)


@kernel
def share_at_home(w: World, visit: Visit, i: int, nth: int, met: Encounter, p: Contacts) -> None:
    """Let a second household member of resident ``i`` share contact ``nth``, perhaps."""
    other = next_household_member(w, i)
    if other < 0 or keyed_uniform(w.seed, MEET_WITH, w.tick, visit.post, nth) >= p.together:
        return
    known = knows_one_of(w, other, w.couples[visit.post])
    shared = Encounter(cause=met.cause, unfair_cause=met.unfair_cause, fair=met.fair, known=known, lead=met.lead)
    apply_encounter(w, visit, other, shared, p)


@kernel
def make_stop_arrest(w: World, visit: Visit, find: float, easy: float, p: Contacts) -> None:
    """Arrest a resident after a stop that found something by the uniform ``find``, or as an easy arrest.

    ``easy`` is the probability of an easy arrest.  Appends to `arrests`; updates `tally.arrests_easy`.
    """
    if find >= p.finds + easy:
        return
    w.tally[0].arrests_easy += 1.0 if find >= p.finds else 0.0
    arrest = w.arrests[w.counts[ARRESTS]]
    arrest.incident, arrest.carried, arrest.number, arrest.post = -1, 0, -1, visit.post
    arrest.goods = 1 if find < p.finds * p.proof else 0
    arrest.held = 0
    w.counts[ARRESTS] += 1


@kernel
def record_officers_contact(w: World, post: int, warmth: float, friendly: bool) -> None:
    """Record a contact in the month of both officers; updates `duty.warmth` and `duty.friendly`.

    ``warmth`` is the resident's trust less one half.  Reinforcements have the officers of their post and count nothing.
    """
    if post >= len(w.couples) // POST_COPIES:
        return
    couple = w.couples[post]
    for o in (couple.lead, couple.mate):
        w.duty[o].warmth += warmth
        if friendly:
            w.duty[o].friendly += 1


@kernel
def meet_resident(w: World, visit: Visit, i: int, nth: int, z: int) -> None:
    """Draw and record contact ``nth`` of a couple, with resident ``i`` at a visit: kind, treatment, bribe, arrest.

    Whoever distrusts the police may turn away from a greeting, a talk or a long visit; then there is no contact.
    """
    tick, seed, post = w.tick, w.seed, visit.post
    p, couple = w.p.contacts[z], w.couples[visit.post]
    officer = w.officers[couple.lead]
    chief = w.p.chief[z]
    zeal = block_emphasis(couple.block, USE_QUICK_ARRESTS, chief.usual_arrests, chief.focus_stops)
    known = knows_one_of(w, i, couple)
    if visit.kind == HOMES:
        cause = home_contact_kind(w, visit, nth, z)
    else:
        cause = draw_contact_kind(visit, w.people[i], zeal, p, tick, keyed_uniform(seed, MEET_KIND, tick, post, nth))
        if known:
            cause = kind_among_acquaintances(cause, keyed_uniform(seed, MEET_KNOWN, tick, post, nth), p)
    trust = trust_now(w.minds[i], tick, w.p.trust[w.people[i].settlement])
    # Nobody can turn away from a stop, and staff of an institution expect the visit.
    avoidable = cause in FRIENDLY_CAUSES and visit.kind != INSTITUTION
    if avoidable and turns_away(trust, p, keyed_uniform(seed, MEET_OPEN, tick, post, nth)):
        return
    if visit.kind == HOMES:
        w.tally[0].visits_planned += 1.0 if cause == LONG_VISIT else 0.0
        w.tally[0].talks_planned += 1.0 if cause == TALK else 0.0
    more = (p.acquainted if known else 0.0) + (p.calm if visit.kind == HOMES else 0.0)
    more += p.passing if cause == GREETING else 0.0
    fair = is_treated_fairly(officer, p, more, keyed_uniform(seed, MEET_TONE, tick, post, nth))
    if cause == STOP and is_asked_for_bribe(w, visit, i, nth, z):
        cause = BRIBE
    find = keyed_uniform(seed, STOP_FINDS, tick, post, nth)
    if cause == STOP:
        make_stop_arrest(w, visit, find, zeal * w.figures[officer.facility].easy, p)
    unfair = draw_unfair_cause(cause, keyed_uniform(seed, MEET_ABUSE, tick, post, nth), p)
    lead = officer_key(couple.lead, officer)
    met = Encounter(cause=cause, unfair_cause=unfair, fair=fair, known=known, lead=lead)
    apply_encounter(w, visit, i, met, p)
    if cause in FRIENDLY_CAUSES and visit.cell == w.people[i].home:
        share_at_home(w, visit, i, nth, met, p)
    record_officers_contact(w, visit.post, trust - NEUTRAL_TRUST, fair and cause in FRIENDLY_CAUSES)


@allocating_kernel
def list_contacts(w: World, coming: IntArray) -> int:
    """Draw the number of contacts of each visit and list them in ``coming``; return how many there are.

    Couples at planned work look for nobody.  A row of ``coming`` holds the visit, the number of the contact of its
    couple, and the position in the presence list of the resident whom it would be first, or -1.
    """
    tick, seed = w.tick, w.seed
    n = 0
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.alive == 0 or visit.post < 0 or visit.kind >= AT_MEETING:
            continue
        cell, post, second = visit.cell, visit.post, second_of(visit)
        p = w.p.contacts[max(w.cells[cell].settlement, 0)]
        crowd = float(w.crowd[w.where, cell])
        on_foot = has_no_motor(w.couples[post].mode)
        mean = (p.foot if on_foot else p.motor) + (visit.kind == INSTITUTION)
        # Saturating in the number of people present: `contacts.crowd` of them give half of the contacts.
        mean *= crowd / (crowd + p.crowd) * (p.night if tick % SHIFTS == NIGHT else 1.0)
        if visit.kind == HOMES:
            visits, talks = expected_home_contacts(w, visit, max(w.cells[cell].settlement, 0))
            several = int(visits + keyed_uniform(seed, LONG_VISIT_STREAM, tick, post, second))
            several += int(talks + keyed_uniform(seed, TALKS_STREAM, tick, post, second))
        else:
            several = poisson_quantile(keyed_uniform(seed, MEET_COUNT, tick, post, second), mean)
        for j in range(min(MAX_CONTACTS, several)):
            nth = CONTACT_STEP * second + j
            spot = draw_list_position(w, cell, keyed_uniform(seed, MEET_WHO, tick, post, nth))
            coming[n, 0], coming[n, 1], coming[n, 2] = k, nth, spot
            if spot >= 0:
                prefetch(w.who, (w.where, spot))
            n += 1
    return n


@kernel
def count_contact(w: World, cause: int, fair: bool) -> None:
    """Count a contact by kind and treatment; updates `tally`."""
    row = w.tally[0]
    row.contacts += 1.0
    if cause == GREETING:
        row.greetings += 1.0
    elif cause == TALK:
        row.talks += 1.0
    elif cause == LONG_VISIT:
        row.talks += 1.0
        row.long_visits += 1.0
    elif cause == STOP:
        row.stops += 1.0
    else:
        row.stops += 1.0
        row.bribes += 1.0
    if cause == BRIBE or not fair:
        row.unfair += 1.0


def room_for_contacts(sim: Simulation) -> Room:
    """Return the rows that the contacts of a shift may need."""
    most = MAX_CONTACTS * rows_of(VISITS)
    # A contact at home may be shared by a second resident.
    return {ARRESTS: most, BRIBES: most, IMPRESSIONS: 2 * most, SIGNED: 2 * most}


@step(room=room_for_contacts, allocates=True)
def meet_residents(w: World) -> None:
    """Draw and record all contacts of a shift, at the visits that took place."""
    coming = np.empty((MAX_CONTACTS * w.counts[VISITS], 3), np.int64)
    n = list_contacts(w, coming)
    # Rows of residents are scattered in memory: prefetching all of them first hides the cache misses.
    for c in range(n):
        if coming[c, 2] >= 0:
            i = w.who[w.where, coming[c, 2]]
            prefetch(w.minds, i)
            prefetch(w.people, i)
    for c in range(n):
        visit, nth = w.visits[coming[c, 0]], coming[c, 1]
        cell = visit.cell
        i = draw_present_resident(w, cell, MEET_WHO, visit.post, nth)
        if i >= 0 and w.minds[i].gone < 0 and age_years(w.people[i], w.tick) >= MINIMUM_AGE:
            meet_resident(w, visit, i, nth, max(w.cells[cell].settlement, 0))


meet = in_order(meet_residents, learn)
"""Let couples meet residents, and update the beliefs of these."""


MECHANISM = Mechanism(
    group=Contacts,
    mind=Acquaintance,
    counts=ContactCounts,
    causes=(
        GREETING,
        TALK,
        LONG_VISIT,
        STOP,
        RUDE,
        ABUSE,
        BRIBE,
    ),
    knockout=Knockout(("trust_by_contacts",)),
    measures={
        "long_visits_year": Measure("a resident and year", yearly_rate_per_resident("long_visits")),
        "talks_year": Measure("a resident and year", yearly_rate_per_resident("talks")),
        "visits_planned": Measure("visits"),
        "talks_planned": Measure("talks"),
        "known_share": Measure("share", lambda month: ratio_or_nan(month.tally.contacts_known, month.tally.contacts)),
        "trust_by_contacts": Measure(
            "points per 100", lambda month: month.change_by(GREETING, TALK, LONG_VISIT, STOP, RUDE, ABUSE, BRIBE)
        ),
    },
)
