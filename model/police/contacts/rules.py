"""M4, contacts by kind: which residents couples meet, how they treat them, and what that adds to trust.

At each visit that took place a number of contacts is drawn.  A contact is a greeting, a talk, a long visit or a stop;
the lead treats the resident fairly or not, and both are recorded as one event of trust.  Switched off, contacts happen
and add no evidence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.engine.calendar import NIGHT, SHIFTS
from model.engine.kernels import TableBundle, allocating_kernel, kernel, prefetch
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile
from model.engine.ratios import ratio_or_nan
from model.engine.rows import IntArray, Rows
from model.gangs.gangs.schema import TERRITORY
from model.gangs.narcos.schema import PROTECTED
from model.police.chief.rules import USE_QUICK_ARRESTS, block_emphasis
from model.police.chief.schema import Chiefs
from model.police.contacts.schema import (
    ABUSE,
    BRIBE,
    BRIBE_STREAM,
    CONTACT_STEP,
    FRIENDLY_CAUSES,
    GREETING,
    LONG_VISIT,
    LONG_VISIT_STREAM,
    MAX_CONTACTS,
    MAX_HOLDERS,
    MEET_ABUSE,
    MEET_COUNT,
    MEET_KIND,
    MEET_TONE,
    MEET_WHO,
    MEET_WITH,
    MINIMUM_AGE,
    RUDE,
    SECONDS_A_MINUTE,
    STOP,
    STOP_FINDS,
    TALK,
    TALKS_STREAM,
    WRITTEN_COLUMNS,
    Acquaintance,
    ContactCounts,
    Contacts,
)
from model.police.minutes.rules import stretch_minutes, yearly_rate_per_resident
from model.police.misconduct.rules import asks_for_bribe
from model.police.misconduct.schema import Misconduct
from model.police.officers.schema import DutyMonth
from model.police.patrol.rules import stretches_of_shift
from model.police.patrol.schema import Patrol
from model.police.practices.schema import Practices
from model.police.pressure.schema import FigureRow
from model.police.resources.schema import Resources
from model.town.police import POST_COPIES, Officer, has_no_motor
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.trust.ledger.rules import attribute_to_couple, learn, trace_to_origin, trust_now
from model.world.binding import of
from model.world.columns import MonthlyCounts
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, draw_list_position, draw_present_resident, household_rows, is_young_man
from model.world.shift_context import ShiftContext
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
    Visit,
)
from model.world.state import CoupleRow, FacilityResources
from model.world.steps import KernelArguments, Room, in_order, kernel_step, rows_of


class ContactTables(TableBundle):
    """Couples, the ground they patrol, and the parameters of contacts."""

    couples: Rows[CoupleRow]
    officers: Rows[Officer]
    duty: Rows[DutyMonth]
    means: Rows[FacilityResources]
    figures: Rows[FigureRow]
    territory: IntArray = of(TERRITORY)
    protected: IntArray = of(PROTECTED)
    contacts: Rows[Contacts]
    misconduct: Rows[Misconduct]
    resources: Rows[Resources]
    chiefs: Rows[Chiefs]
    patrol: Rows[Patrol]
    practices: Rows[Practices]


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
def treats_fairly(officer: Officer, p: Contacts, u: float) -> bool:
    """Return whether this officer treats somebody fairly, by the uniform ``u``."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone)


@kernel
def is_treated_fairly(officer: Officer, p: Contacts, more: float, u: float) -> bool:
    """Return whether treatment is fair, with ``more`` log-odds added for this kind of contact and resident."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone + more)


@kernel
def expected_home_contacts(tables: ContactTables, visit: Visit, z: int) -> tuple[float, float]:
    """Return the mean numbers of long visits and of talks for which a stretch at homes has time."""
    p = tables.practices[z]
    long = stretch_minutes(p, stretches_of_shift(tables.couples[visit.post], tables.patrol[z]))
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
def second_of(visit: Visit) -> int:
    """Return the second of the shift at which a visit begins, which tells the visits of a couple apart."""
    return int(SECONDS_A_MINUTE * visit.minute)


@kernel
def home_contact_kind(shift: ShiftContext, tables: ContactTables, visit: Visit, nth: int, z: int) -> int:
    """Return the kind of a contact of a stretch at homes: the first ones are long visits, the others talks."""
    visits, _ = expected_home_contacts(tables, visit, z)
    # Stochastic rounding, by the same uniform as in `list_contacts`.
    long = int(visits + keyed_uniform(shift.seed, LONG_VISIT_STREAM, shift.tick, visit.post, nth // CONTACT_STEP))
    return LONG_VISIT if nth % CONTACT_STEP < long else TALK


@kernel
def draw_unfair_cause(cause: int, u: float, p: Contacts) -> int:
    """Return the event that an unfair contact is, by the uniform ``u``: bribe, abuse or rude treatment."""
    if cause == BRIBE:
        return BRIBE
    return ABUSE if cause == STOP and u < p.abuse else RUDE


@kernel
def is_asked_for_bribe(shift: ShiftContext, tables: ContactTables, visit: Visit, i: int, nth: int, z: int) -> bool:
    """Return whether the lead asks this resident for a bribe.

    Appends to `day.bribes` and updates `officers.asked` if so.
    """
    cell = visit.cell
    o = tables.couples[visit.post].lead
    bought = tables.territory[cell] >= 0 or tables.protected[cell] >= 0
    offers = shift.ground.people[i].vehicle + (1.0 if bought else 0.0)
    penury = 1.0 - tables.resources[z].condition
    custom = tables.means[tables.officers[o].facility].custom
    u = keyed_uniform(shift.seed, BRIBE_STREAM, shift.tick, visit.post, nth)
    if not asks_for_bribe(tables.officers[o], offers, penury, custom, tables.misconduct[z], u):
        return False
    row = shift.day.bribes[shift.day.counts[BRIBES]]
    row.cell, row.nth, row.post, row.who = cell, nth, visit.post, i
    shift.day.counts[BRIBES] += 1
    tables.officers[o].asked = shift.tick
    return True


@kernel
def next_household_member(shift: ShiftContext, i: int) -> int:
    """Return the next household member of resident ``i`` who is at home and old enough, or -1."""
    first, end = household_rows(shift.ground.people, i)
    other = i + 1 if i + 1 < end else first
    if other == i or other >= shift.ground.come[0] or shift.minds[other].gone >= 0:
        return -1
    at_home = shift.ground.places[shift.where, other] == shift.ground.people[other].home
    return other if at_home and age_years(shift.ground.people[other], shift.tick) >= MINIMUM_AGE else -1


@kernel
def apply_encounter(shift: ShiftContext, visit: Visit, i: int, met: Encounter, p: Contacts) -> None:
    """Record a contact of resident ``i`` at a visit as an event of trust, attributed to the couple.

    Updates `minds.met`, `minds.met_free`, `minds.knows` and the monthly counts.
    """
    day, minds = shift.day, shift.minds
    first = day.counts[IMPRESSIONS]
    kind = met.cause if met.fair and met.cause != BRIBE else met.unfair_cause
    record_event(shift, i, kind, contact_weight(kind, p, met.known))
    trace_to_origin(day, first, STOP if met.cause == BRIBE else met.cause)
    attribute_to_couple(day, first, visit.post, visit.cell)
    minds[i].met = shift.tick
    if met.cause in FRIENDLY_CAUSES:
        minds[i].met_free = shift.tick
    if met.fair and met.cause in (TALK, LONG_VISIT):
        minds[i].knows = met.lead
    shift.tally[0].contacts_known += 1.0 if met.known else 0.0
    count_contact(shift.tally, met.cause, met.fair)


@kernel
def make_stop_arrest(shift: ShiftContext, visit: Visit, find: float, easy: float, p: Contacts) -> None:
    """Arrest a resident after a stop that found something by the uniform ``find``, or as an easy arrest.

    ``easy`` is the probability of an easy arrest.  Appends to `day.arrests`; updates `tally.arrests_easy`.
    """
    if find >= p.finds + easy:
        return
    day = shift.day
    shift.tally[0].arrests_easy += 1.0 if find >= p.finds else 0.0
    arrest = day.arrests[day.counts[ARRESTS]]
    arrest.incident, arrest.number, arrest.post = -1, -1, visit.post
    arrest.goods = 1 if find < p.finds * p.proof else 0
    arrest.held = 0
    day.counts[ARRESTS] += 1


@kernel
def record_officers_contact(tables: ContactTables, post: int, warmth: float, friendly: bool) -> None:
    """Record a contact in the month of both officers; updates `duty.warmth` and `duty.friendly`.

    ``warmth`` is the resident's trust less one half.  Reinforcements have the officers of their post and count nothing.
    """
    if post >= len(tables.couples) // POST_COPIES:
        return
    couple = tables.couples[post]
    for o in (couple.lead, couple.mate):
        tables.duty[o].warmth += warmth
        if friendly:
            tables.duty[o].friendly += 1


@kernel
def meet_resident(shift: ShiftContext, tables: ContactTables, visit: Visit, i: int, nth: int, z: int) -> None:
    """Draw and record contact ``nth`` of a couple, with resident ``i`` at a visit: kind, treatment, bribe, arrest."""
    minds, tick, seed, post = shift.minds, shift.tick, shift.seed, visit.post
    p, couple = tables.contacts[z], tables.couples[visit.post]
    officer = tables.officers[couple.lead]
    chief = tables.chiefs[z]
    zeal = block_emphasis(couple.block, USE_QUICK_ARRESTS, chief.usual_arrests, chief.focus_stops)
    lead, mate = officer_key(couple.lead, officer), officer_key(couple.mate, tables.officers[couple.mate])
    known = minds[i].knows in (lead, mate)
    if visit.kind == HOMES:
        cause = home_contact_kind(shift, tables, visit, nth, z)
        shift.tally[0].visits_planned += 1.0 if cause == LONG_VISIT else 0.0
        shift.tally[0].talks_planned += 1.0 if cause == TALK else 0.0
    else:
        cause = draw_contact_kind(
            visit, shift.ground.people[i], zeal, p, tick, keyed_uniform(seed, MEET_KIND, tick, post, nth)
        )
    more = (p.acquainted if known else 0.0) + (p.calm if visit.kind == HOMES else 0.0)
    fair = is_treated_fairly(officer, p, more, keyed_uniform(seed, MEET_TONE, tick, post, nth))
    if cause == STOP and is_asked_for_bribe(shift, tables, visit, i, nth, z):
        cause = BRIBE
    find = keyed_uniform(seed, STOP_FINDS, tick, post, nth)
    if cause == STOP:
        make_stop_arrest(shift, visit, find, zeal * tables.figures[officer.facility].easy, p)
    unfair = draw_unfair_cause(cause, keyed_uniform(seed, MEET_ABUSE, tick, post, nth), p)
    met = Encounter(cause=cause, unfair_cause=unfair, fair=fair, known=known, lead=lead)
    apply_encounter(shift, visit, i, met, p)
    at_home = cause in FRIENDLY_CAUSES and visit.cell == shift.ground.people[i].home
    if at_home and keyed_uniform(seed, MEET_WITH, tick, post, nth) < p.together:
        other = next_household_member(shift, i)
        if other >= 0:
            both_known = minds[other].knows in (lead, mate)
            met = Encounter(cause=cause, unfair_cause=unfair, fair=fair, known=both_known, lead=lead)
            apply_encounter(shift, visit, other, met, p)
    warmth = trust_now(minds[i], tick, shift.trust[shift.ground.people[i].settlement]) - 0.5
    record_officers_contact(tables, visit.post, warmth, fair and cause in FRIENDLY_CAUSES)


@allocating_kernel
def meet_residents(shift: ShiftContext, tables: ContactTables) -> None:
    """Draw and record all contacts of a shift, at the visits that took place."""
    day, ground = shift.day, shift.ground
    coming = np.empty((MAX_CONTACTS * day.counts[VISITS], 3), np.int64)
    n = list_contacts(shift, tables, coming)
    # Rows of residents are scattered in memory: prefetching all of them first hides the cache misses.
    for c in range(n):
        if coming[c, 2] >= 0:
            i = ground.who[shift.where, coming[c, 2]]
            prefetch(shift.minds, i)
            prefetch(ground.people, i)
    for c in range(n):
        visit, nth = day.visits[coming[c, 0]], coming[c, 1]
        cell = visit.cell
        i = draw_present_resident(shift, shift.where, cell, MEET_WHO, visit.post, nth)
        if i >= 0 and shift.minds[i].gone < 0 and age_years(ground.people[i], shift.tick) >= MINIMUM_AGE:
            meet_resident(shift, tables, visit, i, nth, max(ground.cells[cell].settlement, 0))


@allocating_kernel
def list_contacts(shift: ShiftContext, tables: ContactTables, coming: IntArray) -> int:
    """Draw the number of contacts of each visit and list them in ``coming``; return how many there are.

    Couples at planned work look for nobody.  A row of ``coming`` holds the visit, the number of the contact of its
    couple, and the position in the presence list of the resident whom it would be first, or -1.
    """
    day, ground, tick, seed = shift.day, shift.ground, shift.tick, shift.seed
    n = 0
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0 or visit.kind >= AT_MEETING:
            continue
        cell, post, second = visit.cell, visit.post, second_of(visit)
        p = tables.contacts[max(ground.cells[cell].settlement, 0)]
        crowd = float(ground.crowd[shift.where, cell])
        on_foot = has_no_motor(tables.couples[post].mode)
        mean = (p.foot if on_foot else p.motor) + (visit.kind == INSTITUTION)
        # Saturating in the number of people present: `contacts.crowd` of them give half of the contacts.
        mean *= crowd / (crowd + p.crowd) * (p.night if tick % SHIFTS == NIGHT else 1.0)
        if visit.kind == HOMES:
            visits, talks = expected_home_contacts(tables, visit, max(ground.cells[cell].settlement, 0))
            several = int(visits + keyed_uniform(seed, LONG_VISIT_STREAM, tick, post, second))
            several += int(talks + keyed_uniform(seed, TALKS_STREAM, tick, post, second))
        else:
            several = poisson_quantile(keyed_uniform(seed, MEET_COUNT, tick, post, second), mean)
        for j in range(min(MAX_CONTACTS, several)):
            nth = CONTACT_STEP * second + j
            spot = draw_list_position(ground, shift.where, cell, keyed_uniform(seed, MEET_WHO, tick, post, nth))
            coming[n, 0], coming[n, 1], coming[n, 2] = k, nth, spot
            if spot >= 0:
                prefetch(ground.who, (shift.where, spot))
            n += 1
    return n


@kernel
def count_contact(tally: Rows[MonthlyCounts], cause: int, fair: bool) -> None:
    """Count a contact by kind and treatment; updates `tally`."""
    row = tally[0]
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


def room_for_contacts(world: World) -> Room:
    """Return the rows that the contacts of a shift may need."""
    most = MAX_CONTACTS * rows_of(VISITS)
    # A contact at home may be shared by a second resident.
    return {ARRESTS: most, BRIBES: most, IMPRESSIONS: 2 * most, SIGNED: 2 * most}


@kernel_step(meet_residents, room_for_contacts)
def meet_step(world: World) -> KernelArguments:
    """Return the arguments of `meet_residents`."""
    return world.shift_context(), world.view(ContactTables)


step = in_order(meet_step, learn)
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
    writes=WRITTEN_COLUMNS,
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
