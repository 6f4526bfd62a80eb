"""M6, crime as a point process by type: hazards from people, places and a latent pool of offenders (ODD 6.4, 6.5).

Candidates are drawn at a fixed ceiling that no policy or varied parameter changes, so that twin worlds share them.
"""

from __future__ import annotations

import math

from model.crime.certainty.schema import FELT, Certainty
from model.crime.crime.schema import (
    ADULT,
    CRIME_COUNT,
    CRIME_MARK,
    CRIME_MINUTE,
    CRIME_WHO,
    HARM,
    KEPT_AWAY,
    KIND_SPACE,
    LETHAL,
    LOSS,
    MOTIVE,
    VIOLENT,
    WRITES,
    Counts,
    Crime,
    Drawn,
)
from model.crime.deterrence.rules import deterred
from model.crime.deterrence.schema import DISPLACED, Deterrence
from model.crime.guards.rules import is_guarded
from model.crime.guards.schema import Guards
from model.crime.near_repeat.rules import breed
from model.crime.near_repeat.schema import MOST, NearRepeat, Repeat
from model.crime.offenders.rules import Pool, named, pool_of
from model.crime.offenders.schema import ANYBODY, NOBODY_COMES
from model.engine.calendar import MARKET_DAY, YEAR, weekday_of
from model.engine.kernels import Tables, fetch, kernel
from model.engine.random_streams import luck, poisson
from model.engine.rows import Ints, Reals, Rows, Smalls, wide
from model.engine.tables import Grown
from model.residents.population_change.rules import suffer_outside
from model.town.crime_kinds import (
    ASSAULT,
    AT_HOME,
    BY_HOME,
    BY_STREET,
    BY_TARGET,
    BY_VEHICLE,
    CEILING,
    COMMON,
    EXPOSURE,
    GROUP_OF,
    HOMICIDE,
    KEY,
    KINDS,
    MOVES,
    REPEATS,
    ROBBERY,
    SEVERITY,
    YOUNGEST,
    by_kind,
)
from model.town.residents import Person
from model.trust.ledger.rules import die, impress
from model.world.columns import Mind
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.sampling import age_of, somebody_here
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS, INCIDENTS, NO_MOTIVE, NOBODY, OUTSIDE, SPARED, Incident


class Odds(Tables):
    """What decides whether an attempt is made and goes ahead.

    ``base`` is the hazard of a resident of exposure 1 by settlement and kind; ``grave``, ``lethal``, ``losses`` and
    ``outside`` stand by settlement and kind too; then come the factors of `model.world.hazard`.  ``felt`` is what a
    group of offenders believes by zone, ``pool`` who they are.
    """

    crime: Rows[Crime]
    base: Reals
    grave: Reals
    lethal: Reals
    losses: Reals
    outside: Reals
    rates: Reals
    highest: Reals
    guards: Reals
    repeats_too: Ints
    person: Reals
    near: Rows[NearRepeat]
    deterrence: Rows[Deterrence]
    guarding: Rows[Guards]
    felt: Reals
    certainty: Rows[Certainty]
    pool: Pool
    repeats: Rows[Repeat]
    count: Ints


@kernel
def exposure(
    kind: int, person: Person, at: int, lure: float, market: bool, night: bool, weekend: bool, tick: int, p: Crime
) -> float:
    """Hazard of this resident in this place and shift, relative to the rate of the pool."""
    by = EXPOSURE[kind]
    if by == BY_TARGET:
        return p.women_hired if person.female == 1 else 2.0 - p.women_hired
    if by == BY_STREET:
        weight = lure if at != person.home else lure * p.at_home
        if kind == ROBBERY:
            return weight * p.night if night else weight
        return weight * p.market if market else weight
    if by == BY_VEHICLE:
        unwatched = 1.0 - p.cctv_effect * p.cctv
        dark = p.night if night and AT_HOME[kind] == 1 else 1.0
        return person.vehicle * lure * dark * unwatched
    if by == BY_HOME:
        return lure * (p.burglary_morning if tick % 3 == 0 else 1.0)
    weight = lure * (p.women_assaulted if person.female == 1 else 2.0 - p.women_assaulted)
    if 15.0 <= age_of(person, tick) < 35.0:
        weight *= p.young_assaulted
    if not night:
        return weight
    weight *= (1.0 - p.hours_effect * p.alcohol_hours) * (1.0 - p.tests_effect * p.breath_tests)
    return weight * p.weekend_night if weekend else weight


@kernel
def kin_of(minds: Rows[Mind], ties: Smalls, victim: int) -> int:
    """First living tie of somebody, or -1."""
    for k in range(ties.shape[1]):
        if ties[victim, k] >= 0 and minds[ties[victim, k]].gone < 0:
            return int(ties[victim, k])
    return NOBODY


@kernel
def note_incident(
    stage: Stage,
    number: int,
    kind: int,
    motive: int,
    cell: int,
    victim: int,
    clique: int,
    minute: float,
    severity: float,
    loss: float,
) -> int:
    """Write an incident into the daybook, with death, teller and harm; return its row."""
    k = write_incident(stage, number, kind, motive, cell, victim, clique, minute, severity, loss)
    teller = stage.day.incidents[k].teller
    if teller >= 0:
        stage.minds[teller].harmed = stage.tick
        p = stage.trust[stage.ground.people[teller].settlement]
        impress(stage.day, stage.minds, teller, HARM, 0.5, 0.0, 0.0, p.harm * severity, p.fast)
    return k


@kernel
def write_incident(
    stage: Stage,
    number: int,
    kind: int,
    motive: int,
    cell: int,
    victim: int,
    clique: int,
    minute: float,
    severity: float,
    loss: float,
) -> int:
    """Write an incident into the daybook, with death and teller; return its row."""
    teller = victim
    if kind == HOMICIDE:
        home = stage.ground.people[victim].settlement
        die(stage.minds[victim], stage.tick, stage.trust[home], stage.ledger, home)
        teller = kin_of(stage.minds, stage.ground.ties, victim)
    k: int = stage.day.counts[INCIDENTS]
    row = stage.day.incidents[k]
    row.tick, row.number, row.kind, row.motive = stage.tick, number, kind, motive
    row.cell, row.victim, row.teller, row.clique = cell, victim, teller, clique
    row.minute, row.severity, row.loss = minute, severity, loss
    row.offender, row.told = ANYBODY, NOBODY
    row.handed = row.found = row.complaint = row.in_time = row.recorded = row.arrested = 0
    row.displaced = row.refused = row.written = row.downgraded = 0
    stage.day.counts[INCIDENTS] = k + 1
    return k


@kernel
def commit(stage: Stage, odds: Odds, kind: int, cell: int, victim: int, minute: float, number: int) -> int:
    """Let a crime happen: how grave, what is lost, whether somebody dies; return its row."""
    z = max(stage.ground.cells[cell].settlement, 0)
    share, deadly = odds.grave[z, kind], odds.lethal[z, kind]
    grave = share > 0.0 and luck(stage.seed, VIOLENT, stage.tick, number, 0) < share
    severity = SEVERITY[1 if grave else 0, kind]
    loss = odds.losses[z, kind] * -math.log(1.0 - luck(stage.seed, LOSS, stage.tick, number, 0))
    toll = odds.crime[z].women_killed if stage.ground.people[victim].female == 1 else 1.0
    if deadly < 0.0 or luck(stage.seed, LETHAL, stage.tick, number, 0) < deadly * toll:
        return note_incident(stage, number, HOMICIDE, MOTIVE[kind], cell, victim, -1, minute, 1.0, loss)
    if kind == ASSAULT and grave:
        stage.tally[0].grave_assaults += 1.0
    return note_incident(stage, number, kind, NO_MOTIVE, cell, victim, -1, minute, severity, loss)


@kernel
def attempt(stage: Stage, odds: Odds, kind: int, cell: int, victim: int, number: int, origin: int) -> None:
    """Try a crime, by the slot of its origin if there is one: it happens, is given up, or moves to another cell."""
    z = max(stage.ground.cells[cell].settlement, 0)
    if is_guarded(stage, odds.guarding[z], kind, cell, victim, number):
        return
    offender = named(stage, odds.pool, GROUP_OF[kind], z, number, origin)
    if offender == NOBODY_COMES:
        return
    minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    if not deterred(stage, odds.deterrence[z], kind, cell, minute, number):
        row = stage.day.incidents[commit(stage, odds, kind, cell, victim, minute, number)]
        generation = own_up(odds.pool, row, offender)
        if REPEATS[kind] == 1:
            most = odds.certainty[0].highest
            breed(stage, odds.repeats, odds.count, odds.near[z], kind, row, generation, most)
        return
    stage.tally[0].deterred += 1.0
    if MOVES[kind] == 0 or luck(stage.seed, DISPLACED, stage.tick, number, 0) >= odds.deterrence[z].displacement:
        return
    other = stage.ground.near[cell, int(8.0 * luck(stage.seed, DISPLACED, stage.tick, number, 1))]
    i = -1 if other < 0 else somebody_here(stage, stage.where, other, DISPLACED, number, 2)
    if not can_be_victim(stage, i, kind):
        stage.tally[0].off_map += 1.0
        return
    stage.tally[0].displaced += 1.0
    row = stage.day.incidents[commit(stage, odds, kind, other, i, minute, number)]
    row.displaced = 1
    own_up(odds.pool, row, offender)


@kernel
def own_up(pool: Pool, row: Incident, offender: int) -> int:
    """Note whose act an incident is; return which person fills that slot."""
    row.offender = offender
    if offender < 0:
        return NOBODY
    pool.rows[offender].crimes += 1
    return int(pool.rows[offender].generation)


@kernel
def can_be_victim(stage: Stage, i: int, kind: int) -> bool:
    """Whether this is somebody (not -1) who is here and old enough."""
    return i >= 0 and stage.minds[i].gone < 0 and age_of(stage.ground.people[i], stage.tick) >= YOUNGEST[kind]


@kernel
def draw(stage: Stage, kind: int, drawn: Rows[Drawn]) -> int:
    """List who are candidates of a kind in this shift and old enough; return how many."""
    ground, minds, n_drawn, left = stage.ground, stage.minds, 0, 0
    seed, tick, n, first = stage.seed, stage.tick, len(minds), KEY[kind] * KIND_SPACE
    n_all = poisson(luck(seed, CRIME_COUNT, tick, KEY[kind], 0), CEILING[kind] * n / YEAR)
    for j in range(n_all):  # nothing but luck, which is then drawn for many at a time
        drawn[j].mark = luck(seed, CRIME_WHO, tick, first + j, 0)
    for j in range(n_all):
        i = int(drawn[j].mark * n)
        if i < ground.come[0]:
            drawn[n_drawn].number, drawn[n_drawn].who = first + j, i
            n_drawn += 1
            fetch(minds, i)
            fetch(ground.people, i)
            fetch(ground.places, (stage.where, i))
    for k in range(n_drawn):
        i = drawn[k].who
        drawn[left] = drawn[k]
        left += int(minds[i].gone < 0) & int(age_of(ground.people[i], tick) >= YOUNGEST[kind])
    for k in range(left):
        drawn[k].mark = luck(seed, CRIME_MARK, tick, drawn[k].number, 0)
    return left


@kernel
def kept_away(
    stage: Stage, odds: Odds, kind: int, cell: int, when: int, number: int, mark: float, threshold: float
) -> float:
    """What guards leave of a threshold; a crime that one of them keeps away is written down."""
    for guard in range(len(odds.guards)):
        left = threshold * odds.guards[guard, when, kind, cell]
        if left <= mark < threshold:
            spare(stage, kind, cell, number, guard)
        threshold = left
    return threshold


@kernel
def spare(stage: Stage, kind: int, cell: int, number: int, guard: int) -> None:
    """Write down a crime that was kept away."""
    row = stage.day.spared[stage.day.counts[SPARED]]
    row.number, row.kind, row.cell, row.guard = number, kind, cell, guard
    stage.day.counts[SPARED] += 1


@kernel
def wished(
    stage: Stage, odds: Odds, kind: int, i: int, cell: int, when: int, market_day: bool, weekend: bool, mark: float
) -> float:
    """Hazard of this resident here and now over its ceiling, before guards; a bound if the mark is above that."""
    person, here = stage.ground.people[i], stage.ground.cells[cell]
    z, p = max(here.settlement, 0), odds.crime[max(here.settlement, 0)]
    market = market_day and here.market == 1
    weight = exposure(kind, person, cell, here.lure, market, stage.tick % 3 == 2, weekend, stage.tick, p)
    ward = stage.minds[i].careful
    if here.schools > 0 and age_of(person, stage.tick) < ADULT:
        ward += 2
    stage.tally[0].candidates += 1.0
    by_person = odds.person[kind, person.settlement, ward]
    base = odds.base[z, kind] * (odds.certainty[0].level * odds.felt[GROUP_OF[kind], z])
    bound: float = base * (weight * (by_person * odds.highest[when, kind])) / CEILING[kind]
    if bound <= mark:  # nowhere does the rate reach this mark: no need to look up the place
        return bound
    threshold: float = base * (weight * (by_person * odds.rates[when, kind, cell])) / CEILING[kind]
    if threshold > 1.0:
        stage.tally[0].ceiling_hits += 1.0
        threshold = 1.0
    return threshold


@kernel
def offend(stage: Stage, odds: Odds, drawn: Rows[Drawn], market_day: bool, weekday: int) -> None:
    """Judge the candidates of this shift by kind, then the near repeats that are due."""
    old_repeats = odds.count[0]
    when = (1 if stage.tick % 3 == 2 else 0) + (2 if market_day else 0)
    for kind in COMMON:
        for k in range(draw(stage, kind, drawn)):
            number, i = drawn[k].number, drawn[k].who
            person = stage.ground.people[i]
            cell = wide(person.home) if AT_HOME[kind] == 1 else wide(stage.ground.places[stage.where, i])
            if stage.minds[i].gone >= 0:  # killed earlier in this shift
                continue
            mark = drawn[k].mark
            if cell < 0:
                hazard, grave = odds.outside[person.settlement, kind], odds.grave[person.settlement, kind]
                if mark * CEILING[kind] < hazard:
                    severity = suffer_outside(stage, kind, i, number, grave)
                    p = stage.trust[person.settlement]
                    impress(stage.day, stage.minds, i, HARM, 0.5, 0.0, 0.0, p.harm * severity, p.fast)
                continue
            threshold = wished(stage, odds, kind, i, cell, when, market_day, weekday >= 4, mark)
            if mark < threshold:
                threshold = kept_away(stage, odds, kind, cell, when, number, mark, threshold)
            if mark < threshold:
                attempt(stage, odds, kind, cell, i, number, ANYBODY)
    for k in range(old_repeats):
        if odds.repeats[k].tick == stage.tick:
            repeat(stage, odds, odds.repeats[k], when)
    forget(odds.repeats, odds.count, stage.tick)


@kernel
def repeat(stage: Stage, odds: Odds, due: Repeat, when: int) -> None:
    """Let a near repeat that is due happen, if somebody is there, no guard keeps it away and its offender dares."""
    kind, cell, i, number = due.kind, due.cell, due.victim, due.number
    if i < 0:
        i = somebody_here(stage, stage.where, cell, CRIME_WHO, number, 0)
    if not can_be_victim(stage, i, kind):
        return
    if EXPOSURE[kind] == BY_VEHICLE and stage.ground.people[i].vehicle == 0:
        return
    left, u = 1.0, luck(stage.seed, KEPT_AWAY, stage.tick, number, 0)
    for guard in range(len(odds.guards)):
        if odds.repeats_too[guard] == 1:
            left *= odds.guards[guard, when, kind, cell]
            if u >= left:
                spare(stage, kind, cell, number, guard)
                return
    origin = due.offender
    dares = odds.felt[GROUP_OF[kind], max(stage.ground.cells[cell].settlement, 0)] / odds.certainty[0].highest
    if luck(stage.seed, CRIME_MARK, stage.tick, number, 0) >= dares:
        return
    stage.tally[0].repeats += 1.0
    if origin >= 0 and odds.pool.rows[origin].generation != due.generation:
        origin = ANYBODY
    attempt(stage, odds, kind, cell, i, number, origin)


@kernel
def forget(repeats: Rows[Repeat], count: Ints, tick: int) -> None:
    """Drop the repeats whose time has come; the others keep their order."""
    left = 0
    for k in range(count[0]):
        if repeats[k].tick > tick:
            repeats[left] = repeats[k]
            left += 1
    count[0] = left


def most_of(mean: float) -> int:
    """Return a number that a Poisson number of this mean never reaches (twelve standard deviations)."""
    return int(mean + 12.0 * math.sqrt(mean) + 64.0)


def base_of(crime: Rows[Crime]) -> Reals:
    """Return the hazard of a resident of exposure 1, a year, by settlement and kind: rate of an offender × pool."""
    pools = {"armed": crime["armed"] / 1000.0, "thieves": crime["thieves"] / 1000.0, "alcohol": crime["alcohol"]}
    rates = by_kind(crime, "rate")
    for nth, kind in enumerate(KINDS):
        if kind.rate:
            rates[:, nth] *= pools[kind.pool]
    return rates


def odds_of(world: World) -> Odds:
    """Lay out what decides whether attempts go ahead."""
    state, numbers, factors = world.state, world.numbers, world.factors
    crime: Rows[Crime] = numbers["crime"]
    grave, lethal = by_kind(crime, "grave_share"), by_kind(crime, "lethal")
    for nth, kind in enumerate(KINDS):
        grave[:, nth] *= crime["firearms"] if kind.grave_armed else 1.0
        lethal[:, nth] = lethal[:, nth] * crime["firearms"] if kind.lethal else (-1.0 if kind.motive else 0.0)
    return Odds(
        crime, base_of(crime), grave, lethal, by_kind(crime, "loss"), by_kind(numbers["population_change"], "outside"),
        factors.rates, factors.highest, factors.guards, factors.repeats, factors.person, numbers["near_repeat"],
        numbers["deterrence"], numbers["guards"], state[FELT], numbers["certainty"], world.laid(pool_of),
        state.repeats.rows, state.repeats.count,
    )  # fmt: skip


def drawn_of(world: World) -> Grown[Drawn]:
    """Return room for the candidates of a kind."""
    return Grown(Drawn)


def most_attempts(world: World) -> int:
    """Return how many attempts of a shift there never are."""
    return most_of(float(CEILING.sum()) * world.town.n_people / YEAR)


def act(world: World) -> None:
    """Let offenders offend."""
    repeats, drawn, market_day = world.state.repeats, world.once(drawn_of), world.day_type == MARKET_DAY
    most = world.laid(most_attempts) + len(repeats)
    for table in (INCIDENTS, OUTSIDE, IMPRESSIONS, SPARED):
        world.book.reserve(table, most)
    repeats.reserve(most * MOST)
    drawn.reserve(most)
    world.carry_out(
        offend, lambda: (world.stage(), world.laid(odds_of), drawn.rows), market_day, weekday_of(world.tick)
    )


IT = Mechanism(group=Crime, counts=Counts, causes=(HARM,), writes=WRITES)
