"""M4, contacts by kind: who is met, how, and what it teaches (ODD 6.10).

Switched off, contacts happen and teach nothing.
"""

from __future__ import annotations

import numpy as np

from model.engine.kernels import Tables, fetch, kernel, making_arrays
from model.engine.random_streams import logistic, luck, poisson
from model.engine.ratios import over
from model.engine.rows import Ints, Rows, wide
from model.police.chief.rules import QUICK_ARRESTS, leaning
from model.police.chief.schema import Chiefs
from model.police.contacts.schema import (
    ABUSE,
    BRIBE,
    BRIBED,
    FRIENDLY,
    GREETING,
    HOLDERS,
    LONG_ONES,
    LONG_VISIT,
    MEET_ABUSE,
    MEET_COUNT,
    MEET_KIND,
    MEET_TONE,
    MEET_WHO,
    MEET_WITH,
    MOST,
    RUDE,
    STOP,
    STOP_FINDS,
    TALK,
    TALKS_TOO,
    WRITES,
    YOUNGEST,
    Acquaintance,
    Contacts,
    Counts,
)
from model.police.minutes.rules import a_resident, stretch
from model.police.misconduct.rules import asks
from model.police.misconduct.schema import Misconduct
from model.police.officers.schema import Duty
from model.police.patrol.rules import on_foot_or_not
from model.police.patrol.schema import Patrol
from model.police.practices.schema import Practices
from model.police.pressure.schema import Figure
from model.police.resources.schema import Resources
from model.town.police import COPIES, Officer, without_motor
from model.town.residents import Person
from model.trust.ledger.rules import impress, sign, trust_now
from model.trust.ledger.schema import Trust
from model.world.columns import Mind, Tally
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_of, housemates, somebody_here, spot_of, young_man
from model.world.shift_context import Stage
from model.world.shift_events import (
    ARRESTS,
    BRIBES,
    CHECKPOINT,
    HOMES,
    IMPRESSIONS,
    INSTITUTION,
    SIGNED,
    VISITS,
    Day,
    Visit,
)
from model.world.state import Couple, Means


class Beat(Tables):
    """The couples on their beat, where they walk, and the numbers by which they treat people."""

    couples: Rows[Couple]
    officers: Rows[Officer]
    duty: Rows[Duty]
    means: Rows[Means]
    figures: Rows[Figure]
    territory: Ints
    protected: Ints
    contacts: Rows[Contacts]
    misconduct: Rows[Misconduct]
    resources: Rows[Resources]
    chiefs: Rows[Chiefs]
    patrol: Rows[Patrol]
    practices: Rows[Practices]


@kernel
def key_of(o: int, officer: Officer) -> int:
    """Number by which residents know the person in a position."""
    return HOLDERS * o + officer.person % HOLDERS


@kernel
def treats_fairly(officer: Officer, p: Contacts, u: float) -> bool:
    """Whether this officer treats somebody fairly, by luck u."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone)


@kernel
def treats_well(officer: Officer, p: Contacts, more: float, u: float) -> bool:
    """The same where this much is added to the log-odds by what kind of contact it is, and with whom."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone + more)


@kernel
def homes_in(beat: Beat, visit: Visit, z: int) -> tuple[float, float]:
    """Long visits and talks for which a stretch for homes has time, on average."""
    p = beat.practices[z]
    long = stretch(p, on_foot_or_not(beat.couples[visit.post], beat.patrol[z]))
    return p.split * long / p.visit, (1.0 - p.split) * long / p.talk


@kernel
def chance_of_stop(person: Person, kind: int, zeal: float, p: Contacts, tick: int) -> float:
    """Chance that a contact with this resident at a visit of this kind is a stop, with this zeal for arrests."""
    chance = zeal * p.stop * (p.checkpoint if kind == CHECKPOINT else 1.0)
    if young_man(person, tick, 15.0):
        chance *= p.young_men
    if person.vehicle == 1:
        chance *= p.drivers
    if person.female == 1:
        chance *= p.women
    return min(0.9, chance)


@kernel
def teach_fair(day: Day, minds: Rows[Mind], i: int, cause: int, p: Contacts, known: bool, fast: float) -> None:
    """Write down what a fair contact teaches; a friendly one more if the officer is known here."""
    more = p.familiar if known else 1.0
    if cause == GREETING:
        weight = more * p.weight_greeting
        impress(day, minds, i, cause, 0.85, weight, 0.85, 0.3 * weight, fast)
    elif cause == TALK:
        weight = more * p.weight_talk
        impress(day, minds, i, cause, 0.9, weight, 0.9, 0.5 * weight, fast)
    elif cause == LONG_VISIT:
        weight = more * p.weight_long
        impress(day, minds, i, cause, 1.0, weight, 1.0, 0.6 * weight, fast)
    else:
        impress(day, minds, i, cause, 0.7, p.weight_stop, 0.7, 0.2 * p.weight_stop, fast)


@kernel
def teach_unfair(day: Day, minds: Rows[Mind], i: int, cause: int, p: Contacts, trust: Trust) -> None:
    """Write down what rude treatment, abuse or a request for money teaches."""
    if cause == RUDE:
        impress(day, minds, i, cause, 0.1, p.weight_rude, 0.1, 0.3 * p.weight_rude, trust.fast)
    else:
        weight = p.weight_abuse if cause == ABUSE else p.weight_bribe
        impress(day, minds, i, cause, 0.0, weight, 0.0, 0.5 * weight, trust.fast_panel)


@kernel
def kind_of(visit: Visit, person: Person, zeal: float, p: Contacts, tick: int, u: float) -> int:
    """Kind of a contact by luck u: stop, long visit, talk or greeting."""
    stop = 0.0 if visit.kind == INSTITUTION else chance_of_stop(person, visit.kind, zeal, p, tick)
    if u < stop:
        return STOP
    talk = 1.0 - stop if visit.kind == INSTITUTION or person.business == 1 else (1.0 - stop) * p.talk
    if u < stop + p.long * talk:
        return LONG_VISIT
    return TALK if u < stop + talk else GREETING


@kernel
def kind_at_home(stage: Stage, beat: Beat, visit: Visit, nth: int, z: int) -> int:
    """Kind of a contact of a stretch for homes: long visits come first."""
    visits, _ = homes_in(beat, visit, z)
    long = int(visits + luck(stage.seed, LONG_ONES, stage.tick, visit.cell, nth // 16))
    return LONG_VISIT if nth % 16 < long else TALK


@kernel
def wrong_of(cause: int, u: float, p: Contacts) -> int:
    """What an unfair contact is to whom it happens, by luck u: a request for money, abuse or rude treatment."""
    if cause == BRIBE:
        return BRIBE
    return ABUSE if cause == STOP and u < p.abuse else RUDE


@kernel
def is_asked(stage: Stage, beat: Beat, visit: Visit, i: int, nth: int, z: int) -> bool:
    """Whether the lead asks this resident for a bribe; it is noted."""
    cell = visit.cell
    o = beat.couples[visit.post].lead
    bought = beat.territory[cell] >= 0 or beat.protected[cell] >= 0
    offers = stage.ground.people[i].vehicle + (1.0 if bought else 0.0)
    penury = 1.0 - beat.resources[z].condition
    custom = beat.means[beat.officers[o].facility].custom
    u = luck(stage.seed, BRIBED, stage.tick, cell, nth)
    if not asks(beat.officers[o], offers, penury, custom, beat.misconduct[z], u):
        return False
    row = stage.day.bribes[stage.day.counts[BRIBES]]
    row.cell, row.nth, row.post, row.who = cell, nth, visit.post, i
    stage.day.counts[BRIBES] += 1
    beat.officers[o].asked = stage.tick
    return True


@kernel
def next_at_home(stage: Stage, i: int) -> int:
    """Who stands next to resident i in the household, old enough and at home now; -1 if that is nobody."""
    first, end = housemates(stage.ground.people, i)
    other = i + 1 if i + 1 < end else first
    if other == i or other >= stage.ground.come[0] or stage.minds[other].gone >= 0:
        return -1
    at_home = stage.ground.places[stage.where, other] == stage.ground.people[other].home
    return other if at_home and age_of(stage.ground.people[other], stage.tick) >= YOUNGEST else -1


@kernel
def live_through(
    stage: Stage, visit: Visit, i: int, cause: int, wrong: int, fair: bool, known: bool, p: Contacts, lead: int
) -> None:
    """Let a resident live through a contact at a visit, which is ``wrong`` to whom it is not fair."""
    day, minds, trust = stage.day, stage.minds, stage.trust[stage.ground.people[i].settlement]
    first = day.counts[IMPRESSIONS]
    if fair and cause != BRIBE:
        teach_fair(day, minds, i, cause, p, known, trust.fast_friendly)
    else:
        teach_unfair(day, minds, i, wrong, p, trust)
    sign(day, first, visit.post, visit.cell)
    minds[i].met = stage.tick
    if cause in FRIENDLY:
        minds[i].met_free = stage.tick
    if fair and cause in (TALK, LONG_VISIT):
        minds[i].knows = lead
    stage.tally[0].contacts_known += 1.0 if known else 0.0
    count(stage.tally, cause, fair)


@kernel
def encounter(stage: Stage, beat: Beat, visit: Visit, i: int, nth: int, z: int) -> None:
    """Let a couple meet one resident: greeting, talk or stop, a bribe request, an arrest."""
    day, minds, tick, seed, cell = stage.day, stage.minds, stage.tick, stage.seed, visit.cell
    p, couple = beat.contacts[z], beat.couples[visit.post]
    officer = beat.officers[couple.lead]
    chief = beat.chiefs[z]
    zeal = leaning(couple.block, QUICK_ARRESTS, chief.usual_arrests, chief.focus_stops)
    lead, mate = key_of(couple.lead, officer), key_of(couple.mate, beat.officers[couple.mate])
    known = minds[i].knows in (lead, mate)
    if visit.kind == HOMES:
        cause = kind_at_home(stage, beat, visit, nth, z)
        stage.tally[0].visits_planned += 1.0 if cause == LONG_VISIT else 0.0
        stage.tally[0].talks_planned += 1.0 if cause == TALK else 0.0
    else:
        cause = kind_of(visit, stage.ground.people[i], zeal, p, tick, luck(seed, MEET_KIND, tick, cell, nth))
    more = (p.acquainted if known else 0.0) + (p.calm if visit.kind == HOMES else 0.0)
    fair = treats_well(officer, p, more, luck(seed, MEET_TONE, tick, cell, nth))
    if cause == STOP and is_asked(stage, beat, visit, i, nth, z):
        cause = BRIBE
    find = luck(seed, STOP_FINDS, tick, cell, nth)
    if cause == STOP and find < p.finds + zeal * beat.figures[officer.facility].easy:
        stage.tally[0].arrests_easy += 1.0 if find >= p.finds else 0.0
        arrest = day.arrests[day.counts[ARRESTS]]
        arrest.incident, arrest.number, arrest.post = -1, -1, visit.post
        arrest.goods = 1 if find < p.finds * p.proof else 0
        arrest.held = 0
        day.counts[ARRESTS] += 1
    wrong = wrong_of(cause, luck(seed, MEET_ABUSE, tick, cell, nth), p)
    live_through(stage, visit, i, cause, wrong, fair, known, p, lead)
    at_home = cause in FRIENDLY and cell == stage.ground.people[i].home
    if at_home and luck(seed, MEET_WITH, tick, cell, nth) < p.together:
        other = next_at_home(stage, i)
        if other >= 0:
            live_through(stage, visit, other, cause, wrong, fair, minds[other].knows in (lead, mate), p, lead)
    warmth = trust_now(minds[i], tick, stage.trust[stage.ground.people[i].settlement]) - 0.5
    if visit.post < len(beat.couples) // COPIES:  # what reinforcements live through moves nobody
        for o in (couple.lead, couple.mate):
            beat.duty[o].warmth += warmth
            if fair and cause in FRIENDLY:
                beat.duty[o].friendly += 1


@making_arrays
def meet(stage: Stage, beat: Beat) -> None:
    """Let couples meet residents at the visits that took place."""
    day, ground = stage.day, stage.ground
    coming = np.empty((MOST * day.counts[VISITS], 3), np.int64)
    n = count_contacts(stage, beat, coming)
    for c in range(n):
        if coming[c, 2] >= 0:
            i = ground.who[stage.where, coming[c, 2]]
            fetch(stage.minds, i)
            fetch(ground.people, i)
    for c in range(n):
        visit, nth = day.visits[coming[c, 0]], coming[c, 1]
        cell = visit.cell
        i = somebody_here(stage, stage.where, cell, MEET_WHO, cell, nth)
        if i >= 0 and stage.minds[i].gone < 0 and age_of(ground.people[i], stage.tick) >= YOUNGEST:
            encounter(stage, beat, visit, i, nth, max(ground.cells[cell].settlement, 0))


@making_arrays
def count_contacts(stage: Stage, beat: Beat, coming: Ints) -> int:
    """List the contacts that may come about: visit, number in the cell, whom it would be first; return how many."""
    day, ground, tick, seed = stage.day, stage.ground, stage.tick, stage.seed
    seen, n = np.zeros(len(ground.cells), np.int16), 0
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0:
            continue
        cell = visit.cell
        earlier = wide(seen[cell])
        seen[cell] += 1
        p = beat.contacts[max(ground.cells[cell].settlement, 0)]
        crowd = float(ground.crowd[stage.where, cell])
        on_foot = without_motor(beat.couples[visit.post].mode)
        mean = (p.foot if on_foot else p.motor) + (visit.kind == INSTITUTION)
        mean *= crowd / (crowd + 40.0) * (p.night if tick % 3 == 2 else 1.0)
        if visit.kind == HOMES:
            visits, talks = homes_in(beat, visit, max(ground.cells[cell].settlement, 0))
            several = int(visits + luck(seed, LONG_ONES, tick, cell, earlier))
            several += int(talks + luck(seed, TALKS_TOO, tick, cell, earlier))
        else:
            several = poisson(luck(seed, MEET_COUNT, tick, cell, earlier), mean)
        for j in range(min(MOST, several)):
            nth = 16 * earlier + j
            spot = spot_of(ground, stage.where, cell, luck(seed, MEET_WHO, tick, cell, nth))
            coming[n, 0], coming[n, 1], coming[n, 2] = k, nth, spot
            if spot >= 0:
                fetch(ground.who, (stage.where, spot))
            n += 1
    return n


@kernel
def count(tally: Rows[Tally], cause: int, fair: bool) -> None:
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


def beat_of(world: World) -> Beat:
    """Lay out what couples meet people by."""
    state, numbers = world.state, world.numbers
    return Beat(
        state.couples,
        world.plant.officers,
        state.duty,
        state.means,
        state.figures,
        state.territory,
        state.protected,
        numbers["contacts"],
        numbers["misconduct"],
        numbers["resources"],
        numbers["chief"],
        numbers["patrol"],
        numbers["practices"],
    )


def act(world: World) -> None:
    """Let couples meet residents; these learn from it."""
    book = world.book
    most = MOST * book.counts.item(VISITS)
    for table in (ARRESTS, BRIBES):
        book.reserve(table, most)
    for table in (IMPRESSIONS, SIGNED):
        book.reserve(table, 2 * most)
    world.carry_out(meet, lambda: (world.stage(), world.laid(beat_of)))
    world.learn()


IT = Mechanism(
    group=Contacts,
    mind=Acquaintance,
    counts=Counts,
    causes=(
        GREETING,
        TALK,
        LONG_VISIT,
        STOP,
        RUDE,
        ABUSE,
        BRIBE,
    ),
    writes=WRITES,
    knockout=Knockout(("trust_by_contacts",)),
    measures={
        "long_visits_year": Measure("a resident and year", a_resident("long_visits")),
        "talks_year": Measure("a resident and year", a_resident("talks")),
        "visits_planned": Measure("visits"),
        "talks_planned": Measure("talks"),
        "known_share": Measure("share", lambda month: over(month.tally.contacts_known, month.tally.contacts)),
        "trust_by_contacts": Measure(
            "points per 100", lambda month: month.change_by(GREETING, TALK, LONG_VISIT, STOP, RUDE, ABUSE, BRIBE)
        ),
    },
)
