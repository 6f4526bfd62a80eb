"""M4, contacts by kind: who is met, how, and what it teaches (ODD 6.10).

Switched off, contacts happen and teach nothing.
"""

from __future__ import annotations

import numpy as np

from model.engine.kernels import TableBundle, allocating_kernel, kernel, prefetch
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile
from model.engine.ratios import ratio_or_nan
from model.engine.rows import IntArray, Rows, to_int64
from model.gangs.gangs.schema import TERRITORY
from model.gangs.narcos.schema import PROTECTED
from model.police.chief.rules import USE_QUICK_ARRESTS, block_emphasis
from model.police.chief.schema import Chiefs
from model.police.contacts.schema import (
    ABUSE,
    BRIBE,
    BRIBE_STREAM,
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
from model.trust.ledger.rules import attribute_to_couple, trust_now
from model.world.binding import of
from model.world.columns import MonthlyCounts
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, draw_list_position, draw_present_resident, household_rows, is_young_man
from model.world.shift_context import ShiftContext
from model.world.shift_events import ARRESTS, BRIBES, CHECKPOINT, HOMES, IMPRESSIONS, INSTITUTION, SIGNED, VISITS, Visit
from model.world.state import CoupleRow, FacilityResources


class ContactTables(TableBundle):
    """The couples on their beat, where they walk, and the numbers by which they treat people."""

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


@kernel
def officer_key(o: int, officer: Officer) -> int:
    """Number by which residents know the person in a position."""
    return MAX_HOLDERS * o + officer.person % MAX_HOLDERS


@kernel
def treats_fairly(officer: Officer, p: Contacts, u: float) -> bool:
    """Whether this officer treats somebody fairly, by luck u."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone)


@kernel
def is_treated_fairly(officer: Officer, p: Contacts, more: float, u: float) -> bool:
    """The same where this much is added to the log-odds by what kind of contact it is, and with whom."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone + more)


@kernel
def expected_home_contacts(beat: ContactTables, visit: Visit, z: int) -> tuple[float, float]:
    """Long visits and talks for which a stretch for homes has time, on average."""
    p = beat.practices[z]
    long = stretch_minutes(p, stretches_of_shift(beat.couples[visit.post], beat.patrol[z]))
    return p.split * long / p.visit, (1.0 - p.split) * long / p.talk


@kernel
def stop_probability(person: Person, kind: int, zeal: float, p: Contacts, tick: int) -> float:
    """Chance that a contact with this resident at a visit of this kind is a stop, with this zeal for arrests."""
    chance = zeal * p.stop * (p.checkpoint if kind == CHECKPOINT else 1.0)
    if is_young_man(person, tick, 15.0):
        chance *= p.young_men
    if person.vehicle == 1:
        chance *= p.drivers
    if person.female == 1:
        chance *= p.women
    return min(0.9, chance)


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
    """Kind of a contact by luck u: stop, long visit, talk or greeting."""
    stop = 0.0 if visit.kind == INSTITUTION else stop_probability(person, visit.kind, zeal, p, tick)
    if u < stop:
        return STOP
    talk = 1.0 - stop if visit.kind == INSTITUTION or person.business == 1 else (1.0 - stop) * p.talk
    if u < stop + p.long * talk:
        return LONG_VISIT
    return TALK if u < stop + talk else GREETING


@kernel
def home_contact_kind(stage: ShiftContext, beat: ContactTables, visit: Visit, nth: int, z: int) -> int:
    """Kind of a contact of a stretch for homes: long visits come first."""
    visits, _ = expected_home_contacts(beat, visit, z)
    long = int(visits + keyed_uniform(stage.seed, LONG_VISIT_STREAM, stage.tick, visit.cell, nth // 16))
    return LONG_VISIT if nth % 16 < long else TALK


@kernel
def draw_unfair_cause(cause: int, u: float, p: Contacts) -> int:
    """What an unfair contact is to whom it happens, by luck u: a request for money, abuse or rude treatment."""
    if cause == BRIBE:
        return BRIBE
    return ABUSE if cause == STOP and u < p.abuse else RUDE


@kernel
def is_asked_for_bribe(stage: ShiftContext, beat: ContactTables, visit: Visit, i: int, nth: int, z: int) -> bool:
    """Whether the lead asks this resident for a bribe; it is noted."""
    cell = visit.cell
    o = beat.couples[visit.post].lead
    bought = beat.territory[cell] >= 0 or beat.protected[cell] >= 0
    offers = stage.ground.people[i].vehicle + (1.0 if bought else 0.0)
    penury = 1.0 - beat.resources[z].condition
    custom = beat.means[beat.officers[o].facility].custom
    u = keyed_uniform(stage.seed, BRIBE_STREAM, stage.tick, cell, nth)
    if not asks_for_bribe(beat.officers[o], offers, penury, custom, beat.misconduct[z], u):
        return False
    row = stage.day.bribes[stage.day.counts[BRIBES]]
    row.cell, row.nth, row.post, row.who = cell, nth, visit.post, i
    stage.day.counts[BRIBES] += 1
    beat.officers[o].asked = stage.tick
    return True


@kernel
def next_household_member(stage: ShiftContext, i: int) -> int:
    """Who stands next to resident i in the household, old enough and at home now; -1 if that is nobody."""
    first, end = household_rows(stage.ground.people, i)
    other = i + 1 if i + 1 < end else first
    if other == i or other >= stage.ground.come[0] or stage.minds[other].gone >= 0:
        return -1
    at_home = stage.ground.places[stage.where, other] == stage.ground.people[other].home
    return other if at_home and age_years(stage.ground.people[other], stage.tick) >= MINIMUM_AGE else -1


@kernel
def apply_encounter(
    stage: ShiftContext, visit: Visit, i: int, cause: int, wrong: int, fair: bool, known: bool, p: Contacts, lead: int
) -> None:
    """Let a resident live through a contact at a visit, which is ``wrong`` to whom it is not fair."""
    day, minds = stage.day, stage.minds
    first = day.counts[IMPRESSIONS]
    kind = cause if fair and cause != BRIBE else wrong
    record_event(stage, i, kind, contact_weight(kind, p, known))
    attribute_to_couple(day, first, visit.post, visit.cell)
    minds[i].met = stage.tick
    if cause in FRIENDLY_CAUSES:
        minds[i].met_free = stage.tick
    if fair and cause in (TALK, LONG_VISIT):
        minds[i].knows = lead
    stage.tally[0].contacts_known += 1.0 if known else 0.0
    count_contact(stage.tally, cause, fair)


@kernel
def meet_resident(stage: ShiftContext, beat: ContactTables, visit: Visit, i: int, nth: int, z: int) -> None:
    """Let a couple meet one resident: greeting, talk or stop, a bribe request, an arrest."""
    day, minds, tick, seed, cell = stage.day, stage.minds, stage.tick, stage.seed, visit.cell
    p, couple = beat.contacts[z], beat.couples[visit.post]
    officer = beat.officers[couple.lead]
    chief = beat.chiefs[z]
    zeal = block_emphasis(couple.block, USE_QUICK_ARRESTS, chief.usual_arrests, chief.focus_stops)
    lead, mate = officer_key(couple.lead, officer), officer_key(couple.mate, beat.officers[couple.mate])
    known = minds[i].knows in (lead, mate)
    if visit.kind == HOMES:
        cause = home_contact_kind(stage, beat, visit, nth, z)
        stage.tally[0].visits_planned += 1.0 if cause == LONG_VISIT else 0.0
        stage.tally[0].talks_planned += 1.0 if cause == TALK else 0.0
    else:
        cause = draw_contact_kind(
            visit, stage.ground.people[i], zeal, p, tick, keyed_uniform(seed, MEET_KIND, tick, cell, nth)
        )
    more = (p.acquainted if known else 0.0) + (p.calm if visit.kind == HOMES else 0.0)
    fair = is_treated_fairly(officer, p, more, keyed_uniform(seed, MEET_TONE, tick, cell, nth))
    if cause == STOP and is_asked_for_bribe(stage, beat, visit, i, nth, z):
        cause = BRIBE
    find = keyed_uniform(seed, STOP_FINDS, tick, cell, nth)
    if cause == STOP and find < p.finds + zeal * beat.figures[officer.facility].easy:
        stage.tally[0].arrests_easy += 1.0 if find >= p.finds else 0.0
        arrest = day.arrests[day.counts[ARRESTS]]
        arrest.incident, arrest.number, arrest.post = -1, -1, visit.post
        arrest.goods = 1 if find < p.finds * p.proof else 0
        arrest.held = 0
        day.counts[ARRESTS] += 1
    wrong = draw_unfair_cause(cause, keyed_uniform(seed, MEET_ABUSE, tick, cell, nth), p)
    apply_encounter(stage, visit, i, cause, wrong, fair, known, p, lead)
    at_home = cause in FRIENDLY_CAUSES and cell == stage.ground.people[i].home
    if at_home and keyed_uniform(seed, MEET_WITH, tick, cell, nth) < p.together:
        other = next_household_member(stage, i)
        if other >= 0:
            apply_encounter(stage, visit, other, cause, wrong, fair, minds[other].knows in (lead, mate), p, lead)
    warmth = trust_now(minds[i], tick, stage.trust[stage.ground.people[i].settlement]) - 0.5
    if visit.post < len(beat.couples) // POST_COPIES:  # what reinforcements live through moves nobody
        for o in (couple.lead, couple.mate):
            beat.duty[o].warmth += warmth
            if fair and cause in FRIENDLY_CAUSES:
                beat.duty[o].friendly += 1


@allocating_kernel
def meet_residents(stage: ShiftContext, beat: ContactTables) -> None:
    """Let couples meet residents at the visits that took place."""
    day, ground = stage.day, stage.ground
    coming = np.empty((MAX_CONTACTS * day.counts[VISITS], 3), np.int64)
    n = list_contacts(stage, beat, coming)
    for c in range(n):
        if coming[c, 2] >= 0:
            i = ground.who[stage.where, coming[c, 2]]
            prefetch(stage.minds, i)
            prefetch(ground.people, i)
    for c in range(n):
        visit, nth = day.visits[coming[c, 0]], coming[c, 1]
        cell = visit.cell
        i = draw_present_resident(stage, stage.where, cell, MEET_WHO, cell, nth)
        if i >= 0 and stage.minds[i].gone < 0 and age_years(ground.people[i], stage.tick) >= MINIMUM_AGE:
            meet_resident(stage, beat, visit, i, nth, max(ground.cells[cell].settlement, 0))


@allocating_kernel
def list_contacts(stage: ShiftContext, beat: ContactTables, coming: IntArray) -> int:
    """List the contacts that may come about: visit, number in the cell, whom it would be first; return how many."""
    day, ground, tick, seed = stage.day, stage.ground, stage.tick, stage.seed
    seen, n = np.zeros(len(ground.cells), np.int16), 0
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0:
            continue
        cell = visit.cell
        earlier = to_int64(seen[cell])
        seen[cell] += 1
        p = beat.contacts[max(ground.cells[cell].settlement, 0)]
        crowd = float(ground.crowd[stage.where, cell])
        on_foot = has_no_motor(beat.couples[visit.post].mode)
        mean = (p.foot if on_foot else p.motor) + (visit.kind == INSTITUTION)
        mean *= crowd / (crowd + 40.0) * (p.night if tick % 3 == 2 else 1.0)
        if visit.kind == HOMES:
            visits, talks = expected_home_contacts(beat, visit, max(ground.cells[cell].settlement, 0))
            several = int(visits + keyed_uniform(seed, LONG_VISIT_STREAM, tick, cell, earlier))
            several += int(talks + keyed_uniform(seed, TALKS_STREAM, tick, cell, earlier))
        else:
            several = poisson_quantile(keyed_uniform(seed, MEET_COUNT, tick, cell, earlier), mean)
        for j in range(min(MAX_CONTACTS, several)):
            nth = 16 * earlier + j
            spot = draw_list_position(ground, stage.where, cell, keyed_uniform(seed, MEET_WHO, tick, cell, nth))
            coming[n, 0], coming[n, 1], coming[n, 2] = k, nth, spot
            if spot >= 0:
                prefetch(ground.who, (stage.where, spot))
            n += 1
    return n


@kernel
def count_contact(tally: Rows[MonthlyCounts], cause: int, fair: bool) -> None:
    """Count a contact by kind and treatment."""
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


def step(world: World) -> None:
    """Let couples meet residents; these learn from it."""
    book = world.shift_events
    most = MAX_CONTACTS * book.counts.item(VISITS)
    for table in (ARRESTS, BRIBES):
        book.reserve(table, most)
    for table in (IMPRESSIONS, SIGNED):
        book.reserve(table, 2 * most)
    world.run_kernel(meet_residents, lambda: (world.shift_context(), world.view(ContactTables)))
    world.apply_impressions()


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
