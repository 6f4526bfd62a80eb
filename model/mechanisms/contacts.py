"""M4, contacts by kind: who is met, how, and what it teaches (ODD 6.10).

Switched off, contacts happen and teach nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import HALF_YEAR
from model.chance import age_of, somebody_here, spot_of, young_man
from model.daybook import ARRESTS, BRIBES, CHECKPOINT, IMPRESSIONS, INSTITUTION, VISITS
from model.kernels import Tables, fetch, kernel, making_arrays
from model.ledger import cause, impress, trust_now
from model.luck import decision, logistic, luck, poisson
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.misconduct import asks
from model.mechanisms.patrol import without_motor
from model.parameters import Group, number, share
from model.police import COPIES
from model.rows import Row, wide

if TYPE_CHECKING:
    from model.daybook import Day, Visit
    from model.mechanisms.misconduct import Misconduct
    from model.mechanisms.officers import Duty
    from model.mechanisms.pressure import Figure
    from model.mechanisms.resources import Resources
    from model.model import TrustModel as World
    from model.police import Officer
    from model.register import Mind, Tally
    from model.residents import Person
    from model.rows import Ints, Rows
    from model.stage import Stage
    from model.state import Couple, Means

MEET_COUNT, MEET_WHO, MEET_KIND, MEET_TONE = (
    decision("meet count"),
    decision("meet who"),
    decision("meet kind"),
    decision("meet tone"),
)
BRIBED, STOP_FINDS = decision("bribe"), decision("stop finds")
MOST = 15
KNOWN_AFTER = HALF_YEAR
"""Shifts at the post after which residents know an officer: six months; assumed."""
GREETING, TALK, STOP, BRIBE = cause("greeting", 1), cause("talk", 2), cause("stop", 3), cause("bribe", 4)


@dataclass(frozen=True, kw_only=True)
class Contacts(Group):
    """How patrols meet residents and how they treat them."""

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

    foot: float = number(
        2.4,
        "contacts a visit",
        0.0,
        10.0,
        "B03; orders of magnitude: 4-5 a couple-shift",
        "contacts of a couple on foot or by bicycle",
    )
    motor: float = number(
        1.45, "contacts a visit", 0.0, 10.0, "B03; orders of magnitude", "contacts of a motorised couple"
    )
    night: float = share(0.35, "assumed", "contacts at night relative to day")
    stop: float = share(
        0.18,
        "orders of magnitude: 30-55 % of contacts; assumed",
        "chance that a contact is a stop, for a man without vehicle",
        role="site",
    )
    young_men: float = number(2.0, "ratio", 1.0, 6.0, "assumed", "stops of young men, relative")
    drivers: float = number(1.6, "ratio", 1.0, 6.0, "assumed", "stops where the household has a vehicle, relative")
    women: float = number(0.3, "ratio", 0.0, 1.0, "assumed", "stops of women, relative")
    checkpoint: float = number(1.6, "ratio", 1.0, 5.0, "D02, B20; assumed", "stops at a checkpoint, relative")
    talk: float = share(0.35, "B03; assumed", "contacts other than stops that become a talk")
    fair: float = number(
        2.4,
        "log-odds",
        -2.0,
        6.0,
        "given memory and negativity; orders of magnitude: 6-20 % unfair",
        "fair treatment by an untrained officer of mean manner",
        role="lever",
    )
    manner: float = number(0.5, "log-odds", 0.0, 2.0, "assumed", "effect of an officer's manner")
    training: float = number(
        0.3,
        "log-odds",
        -0.6,
        1.2,
        "concept: 0.3 +- 0.3, zero and below allowed",
        "effect of MOPSIC training on treatment",
    )
    familiar: float = number(
        1.25,
        "ratio",
        1.0,
        2.0,
        "B24; assumed",
        "weight of a friendly contact with an officer six months at the post",
        off=1.0,
    )
    fair_stop: float = number(0.2, "tone", -1.0, 1.0, "Z01, Z02", "how a fair stop is taken")
    language: float = number(
        0.3, "log-odds", 0.0, 2.0, "C12; assumed", "fair treatment by an officer who speaks the language spoken"
    )
    spoken: float = share(0.0, "assumed", "contacts held in the language of the place", role="site")
    finds: float = share(0.018, "orders of magnitude: arrests; assumed", "stops that find a weapon or a warrant")
    proof: float = share(0.55, "H03; assumed", "such arrests in which weapon or warrant hold before the judge")
    weight_greeting: float = number(0.03, "log-odds", 0.0, 2.0, "assumed; swept", "weight of a greeting", off=0.0)
    weight_talk: float = number(0.10, "log-odds", 0.0, 2.0, "Z03 scaled; swept", "weight of a talk", off=0.0)
    weight_stop: float = number(0.20, "log-odds", 0.0, 2.0, "Z02; assumed", "weight of a stop or checkpoint", off=0.0)
    weight_bribe: float = number(0.60, "log-odds", 0.0, 3.0, "G05; assumed", "weight of a bribe request", off=0.0)
    weight_meeting: float = number(0.15, "log-odds", 0.0, 2.0, "E07, G04; assumed", "weight of a meeting", off=0.0)


class Counts(Row):
    """What is counted in a month."""

    contacts: float
    greetings: float
    talks: float
    stops: float
    bribes: float
    unfair: float


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


@kernel
def treats_fairly(officer: Officer, p: Contacts, u: float) -> bool:
    """Whether this officer treats somebody fairly, by luck u."""
    return u < logistic(p.fair + p.manner * officer.manner + officer.tone)


@kernel
def chance_of_stop(person: Person, kind: int, p: Contacts, tick: int) -> float:
    """Chance that a contact with this resident at a visit of this kind is a stop."""
    chance = p.stop * (p.checkpoint if kind == CHECKPOINT else 1.0)
    if young_man(person, tick, 15.0):
        chance *= p.young_men
    if person.vehicle == 1:
        chance *= p.drivers
    if person.female == 1:
        chance *= p.women
    return min(0.9, chance)


@kernel
def learn_of(day: Day, minds: Rows[Mind], i: int, cause: int, fair: bool, known: bool, p: Contacts) -> None:
    """Write down what a contact of this kind teaches; a friendly one more if the officer is known here."""
    tone = 1.0 if fair else -1.0
    more = p.familiar if fair and known else 1.0
    if cause == GREETING:
        impress(day, minds, i, GREETING, tone, more * p.weight_greeting, 0.0, 0.0, 1)
    elif cause == TALK:
        weight = more * p.weight_talk
        impress(day, minds, i, TALK, tone, weight, 0.3 * tone, weight, 1)
    elif cause == STOP:
        impress(day, minds, i, STOP, p.fair_stop if fair else -1.0, p.weight_stop, 0.0, 0.0, 1)
    else:
        impress(day, minds, i, BRIBE, -1.0, p.weight_bribe, 0.0, 0.0, 1)


@kernel
def kind_of(visit: Visit, person: Person, p: Contacts, tick: int, u: float) -> int:
    """Kind of a contact by luck u: stop, talk or greeting."""
    stop = 0.0 if visit.kind == INSTITUTION else chance_of_stop(person, visit.kind, p, tick)
    if u < stop:
        return STOP
    if visit.kind == INSTITUTION or person.business == 1 or u < stop + (1.0 - stop) * p.talk:
        return TALK
    return GREETING


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
def encounter(stage: Stage, beat: Beat, visit: Visit, i: int, nth: int, z: int) -> None:
    """Let a couple meet one resident: greeting, talk or stop, a bribe request, an arrest."""
    day, minds, tick, seed, cell = stage.day, stage.minds, stage.tick, stage.seed, visit.cell
    p, couple = beat.contacts[z], beat.couples[visit.post]
    officer = beat.officers[couple.lead]
    cause = kind_of(visit, stage.ground.people[i], p, tick, luck(seed, MEET_KIND, tick, cell, nth))
    fair = treats_fairly(officer, p, luck(seed, MEET_TONE, tick, cell, nth))
    if cause == STOP and is_asked(stage, beat, visit, i, nth, z):
        cause = BRIBE
    find = luck(seed, STOP_FINDS, tick, cell, nth)
    if cause == STOP and find < p.finds + beat.figures[officer.facility].easy:
        stage.tally[0].arrests_easy += 1.0 if find >= p.finds else 0.0
        arrest = day.arrests[day.counts[ARRESTS]]
        arrest.incident, arrest.number, arrest.post = -1, -1, visit.post
        arrest.goods = 1 if find < p.finds * p.proof else 0
        arrest.held = 0
        day.counts[ARRESTS] += 1
    learn_of(day, minds, i, cause, fair, tick - officer.tick_since >= KNOWN_AFTER, p)
    minds[i].met = tick
    if cause in (GREETING, TALK):
        minds[i].met_free = tick
    warmth = trust_now(minds[i], tick, stage.trust[stage.ground.people[i].settlement].memory_years) - 0.5
    if visit.post < len(beat.couples) // COPIES:  # what reinforcements live through moves nobody
        for o in (couple.lead, couple.mate):
            beat.duty[o].warmth += warmth
            if fair and cause in (GREETING, TALK):
                beat.duty[o].friendly += 1
    count(stage.tally, cause, fair)


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
        if i >= 0 and stage.minds[i].gone < 0 and age_of(ground.people[i], stage.tick) >= 12.0:
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
        for j in range(min(MOST, poisson(luck(seed, MEET_COUNT, tick, cell, earlier), mean))):
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
    )


def act(world: World) -> None:
    """Let couples meet residents; these learn from it."""
    book = world.book
    most = MOST * int(book.counts[VISITS])
    for table in (ARRESTS, BRIBES, IMPRESSIONS):
        book.reserve(table, most)
    meet(world.stage(), world.laid(beat_of))
    world.learn()


WRITES = (
    "minds.met", "minds.met_free", "tally.arrests_easy", "officers.asked", "duty.friendly", "duty.warmth", "arrests",
    "bribes", "impressions",
)  # fmt: skip
IT = Mechanism(
    group=Contacts,
    counts=Counts,
    causes=(
        GREETING,
        TALK,
        STOP,
        BRIBE,
    ),
    writes=WRITES,
    knockout=Knockout(("trust_by_contacts",)),
    measures={
        "trust_by_contacts": Measure("points per 100", lambda month: month.change_by(GREETING, TALK, STOP, BRIBE)),
    },
)
