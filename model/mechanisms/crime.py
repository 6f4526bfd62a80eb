"""M6, crime as a point process by type: hazards from people, places and a latent pool of offenders (ODD 6.4, 6.5).

Candidates are drawn at a fixed ceiling that no policy or varied parameter changes, so that twin worlds share them.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from model.calendar import MARKET_DAY, weekday_of
from model.chance import age_of, somebody_here
from model.daybook import (
    ASSAULT,
    BURGLARY,
    BY_NARCOS,
    FOR_HIRE,
    HOMICIDE,
    IMPRESSIONS,
    IN_QUARREL,
    IN_ROBBERY,
    INCIDENTS,
    NO_MOTIVE,
    NOBODY,
    OUTSIDE,
    ROBBERY,
    THEFT,
    THEFT_FROM_VEHICLE,
    VEHICLE_THEFT,
)
from model.kernels import Tables, fetch, kernel
from model.ledger import HARM, die, impress
from model.luck import decision, luck, poisson
from model.mechanisms.deterrence import DISPLACED, deterred
from model.mechanisms.fear import sheltered
from model.mechanisms.narcos import KEPT_AWAY, THIEF_NUMBER, killed_thief, open_share
from model.mechanisms.near_repeat import MOST, breed
from model.mechanisms.political_calendar import violence
from model.mechanisms.population_change import coming, outsiders_factor, suffer_outside
from model.mechanisms.safe_schools import guarded
from model.rows import row_type
from model.parameters import Group, number, share

CRIME_COUNT, CRIME_WHO, CRIME_MARK = decision("crime count"), decision("crime who"), decision("crime mark")
CRIME_MINUTE, VIOLENT, LOSS, LETHAL = (
    decision("crime minute"),
    decision("violent"),
    decision("loss"),
    decision("lethal"),
)
N_KINDS = 7
CEILING = np.array([0.5, 0.25, 0.02, 0.06, 0.05, 0.15, 0.002])
"""Most that the hazard of a resident may be, a year, by kind; above it crimes are lost and counted."""
YOUNGEST = np.array([12.0, 12.0, 18.0, 18.0, 18.0, 12.0, 18.0])
"""Age in years from which somebody can be the victim, by kind; assumed."""
KIND_SPACE = 1048576


@dataclass(frozen=True, kw_only=True)
class Crime(Group):
    """Offenders (site facts), what they do (shared by all sites), and where it is likely."""

    name: ClassVar[str] = "crime"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("A03", "A04", "A05", "B08", "B11", "B19", "F20", "J02", "S12", "V02", "V18")

    armed: float = number(
        3.0, "per 1,000", 0.0, 50.0, "assumed", "armed street offenders, with those from outside", role="site"
    )
    thieves: float = number(
        5.0, "per 1,000", 0.0, 50.0, "assumed", "opportunist thieves, with those from outside", role="site"
    )
    alcohol: float = number(1.0, "ratio", 0.0, 5.0, "assumed", "drinking in public, relative", role="site")
    firearms: float = number(1.0, "ratio", 0.0, 5.0, "S11; assumed", "firearms carried, relative", role="site")
    robbery: float = number(
        15.0, "acts a year", 0.0, 40.0, "calibrated: orders of magnitude", "robberies by armed offender"
    )
    theft: float = number(
        4.1, "acts a year", 0.0, 40.0, "calibrated: orders of magnitude", "thefts from the person by thief"
    )
    vehicle_theft: float = number(
        0.85,
        "acts a year",
        0.0,
        10.0,
        "calibrated: orders of magnitude",
        "vehicle thefts by armed offender, if every household had one",
    )
    theft_from_vehicle: float = number(
        2.9,
        "acts a year",
        0.0,
        20.0,
        "calibrated: orders of magnitude",
        "thefts from vehicles by thief, if every household had one",
    )
    burglary: float = number(1.1, "acts a year", 0.0, 20.0, "calibrated: orders of magnitude", "burglaries by thief")
    assault: float = number(
        0.0136,
        "a year",
        0.0,
        0.1,
        "calibrated: orders of magnitude",
        "assaults by resident where alcohol is 1",
    )
    hire: float = number(0.03, "acts a year", 0.0, 1.0, "calibrated: homicides", "killings for hire by armed offender")
    cctv: float = share(0.0, "B08, B11", "cells that cameras watch beyond those of 2017", role="lever")
    cctv_effect: float = share(0.3, "Z15: 13-37 %", "thefts of and from vehicles that cameras prevent", high=0.6)
    alcohol_hours: float = share(0.0, "B19", "enforcement of the hours of selling alcohol", role="lever")
    hours_effect: float = share(0.25, "B19; assumed, swept", "drinking at night that enforced hours prevent")
    breath_tests: float = share(0.0, "B19", "weekend nights with breath tests", role="lever")
    tests_effect: float = share(0.1, "B19; assumed, swept", "drinking at night that breath tests prevent")
    at_home: float = share(0.08, "assumed", "exposure at home relative to elsewhere")
    night: float = number(1.5, "ratio", 0.2, 5.0, "assumed", "night over day, at equal exposure")
    market: float = number(
        4.0, "ratio", 1.0, 20.0, "B07; assumed", "theft in the market on market days, at equal exposure"
    )
    weekend_night: float = number(3.0, "ratio", 1.0, 10.0, "B19, J07; assumed", "assault on weekend nights")
    violent_share: float = share(0.8, "J02: usually violent", "robberies that are violent")
    grave_share: float = share(0.1, "assumed", "assaults that leave wounds where firearms is 1")
    loss_robbery: float = number(900.0, "quetzals", 0.0, 100000.0, "assumed", "mean loss in a robbery")
    loss_theft: float = number(400.0, "quetzals", 0.0, 100000.0, "assumed", "the same in a theft from the person")
    loss_vehicle: float = number(30000.0, "quetzals", 0.0, 1e6, "assumed", "the same if a vehicle is stolen")
    loss_from_vehicle: float = number(1200.0, "quetzals", 0.0, 100000.0, "assumed", "the same in a theft from it")
    loss_burglary: float = number(3000.0, "quetzals", 0.0, 100000.0, "assumed", "the same in a burglary")
    women_hired: float = number(
        0.3, "ratio", 0.0, 1.0, "S11: 85 % of victims are men", "women killed for hire, over all"
    )
    women_assaulted: float = number(0.7, "ratio", 0.0, 1.0, "assumed", "women assaulted on the street, over all")
    young_assaulted: float = number(
        1.5, "ratio", 1.0, 5.0, "S11; assumed", "assaults on those of 15 to 34 years, over others"
    )
    burglary_morning: float = number(
        2.0, "ratio", 0.2, 5.0, "assumed", "burglary while people are out, over other shifts"
    )
    lethal_robbery: float = share(0.0025, "calibrated: homicides", "robberies that kill where firearms is 1", high=0.05)
    lethal_assault: float = share(0.009, "calibrated: homicides", "assaults that kill where firearms is 1", high=0.05)
    women_killed: float = number(
        0.4, "ratio", 0.0, 2.0, "S11: 85 % of victims are men", "lethality of robbery and assault for women"
    )


DRAWN = row_type([("number", "i8"), ("who", "i8")])
"""Candidates of one kind, as they are drawn and before they are judged."""


class Odds(Tables):
    """What decides whether an attempt is made and goes ahead."""

    crime: Any
    near: Any
    deterrence: Any
    fear: Any
    boards: Any
    population: Any
    political: Any
    schools: Any
    narcos: Any
    protected: Any
    risk: Any
    repeats: Any
    count: Any
    come: Any


@kernel
def pool_of(kind: Any, p: Any) -> Any:
    """Offenders per resident for this kind; for assaults the alcohol index."""
    if kind == ASSAULT:
        return p.alcohol
    armed = kind in (ROBBERY, VEHICLE_THEFT, HOMICIDE)
    return (p.armed if armed else p.thieves) / 1000.0


@kernel
def rate_of(kind: Any, p: Any) -> Any:
    """Acts of this kind a year by offender (by resident for assaults)."""
    if kind == ROBBERY:
        return p.robbery
    if kind == THEFT:
        return p.theft
    if kind == VEHICLE_THEFT:
        return p.vehicle_theft
    if kind == THEFT_FROM_VEHICLE:
        return p.theft_from_vehicle
    if kind == BURGLARY:
        return p.burglary
    return p.assault if kind == ASSAULT else p.hire


@kernel
def mean_loss(kind: Any, p: Any) -> Any:
    """Mean loss in a crime of this kind, in quetzals."""
    if kind == ROBBERY:
        return p.loss_robbery
    if kind == THEFT:
        return p.loss_theft
    if kind == VEHICLE_THEFT:
        return p.loss_vehicle
    if kind == THEFT_FROM_VEHICLE:
        return p.loss_from_vehicle
    return p.loss_burglary if kind == BURGLARY else 0.0


@kernel
def exposure(
    kind: Any, person: Any, at: Any, lure: Any, market: Any, night: Any, weekend: Any, tick: Any, p: Any
) -> Any:
    """Hazard of this resident in this place and shift, relative to the rate of the pool."""
    if kind == HOMICIDE:
        return p.women_hired if person.female == 1 else 2.0 - p.women_hired
    if kind in (ROBBERY, THEFT):
        weight = lure if at != person.home else lure * p.at_home
        if kind == ROBBERY:
            return weight * p.night if night else weight
        return weight * p.market if market else weight
    if kind in (VEHICLE_THEFT, THEFT_FROM_VEHICLE):
        unwatched = 1.0 - p.cctv_effect * p.cctv
        dark = p.night if night and kind == VEHICLE_THEFT else 1.0
        return person.vehicle * lure * dark * unwatched
    if kind == BURGLARY:
        return lure * (p.burglary_morning if tick % 3 == 0 else 1.0)
    weight = lure * (p.women_assaulted if person.female == 1 else 2.0 - p.women_assaulted)
    if 15.0 <= age_of(person, tick) < 35.0:
        weight *= p.young_assaulted
    if not night:
        return weight
    weight *= (1.0 - p.hours_effect * p.alcohol_hours) * (1.0 - p.tests_effect * p.breath_tests)
    return weight * p.weekend_night if weekend else weight


@kernel
def kin_of(minds: Any, ties: Any, victim: Any) -> Any:
    """First living tie of somebody, or -1."""
    for k in range(ties.shape[1]):
        if ties[victim, k] >= 0 and minds[ties[victim, k]].gone < 0:
            return int(ties[victim, k])
    return NOBODY


@kernel
def note_incident(
    stage: Any,
    number: Any,
    kind: Any,
    motive: Any,
    cell: Any,
    victim: Any,
    clique: Any,
    minute: Any,
    severity: Any,
    loss: Any,
) -> Any:
    """Write an incident into the daybook, with death, teller and harm; return its row."""
    k = write_incident(stage, number, kind, motive, cell, victim, clique, minute, severity, loss)
    teller = stage.day.incidents[k].teller
    if teller >= 0:
        stage.minds[teller].harmed = stage.tick
        weight = stage.trust[stage.ground.people[teller].settlement].harm
        impress(stage.day, stage.minds, teller, HARM, 0.0, 0.0, -severity, weight, 1)
    return k


@kernel
def write_incident(
    stage: Any,
    number: Any,
    kind: Any,
    motive: Any,
    cell: Any,
    victim: Any,
    clique: Any,
    minute: Any,
    severity: Any,
    loss: Any,
) -> Any:
    """Write an incident into the daybook, with death and teller; return its row."""
    teller = victim
    if kind == HOMICIDE:
        home = stage.ground.people[victim].settlement
        die(stage.minds[victim], stage.tick, stage.trust[home].memory_years, stage.ledger, home)
        teller = kin_of(stage.minds, stage.ground.ties, victim)
    k = stage.day.counts[INCIDENTS]
    row = stage.day.incidents[k]
    row.tick, row.number, row.kind, row.motive = stage.tick, number, kind, motive
    row.cell, row.victim, row.teller, row.clique = cell, victim, teller, clique
    row.minute, row.severity, row.loss = minute, severity, loss
    row.told = NOBODY
    row.handed = row.found = row.complaint = row.in_time = row.recorded = row.arrested = 0
    row.displaced = row.refused = row.written = row.downgraded = 0
    stage.day.counts[INCIDENTS] = k + 1
    return k


@kernel
def severity_of(kind: Any, grave: Any) -> Any:
    """How grave a crime is, 0 to 1; a ranking, assumed."""
    if kind == ROBBERY:
        return 0.6 if grave else 0.4
    if kind == THEFT:
        return 0.2
    if kind == VEHICLE_THEFT:
        return 0.6
    if kind == THEFT_FROM_VEHICLE:
        return 0.25
    if kind == BURGLARY:
        return 0.4
    if kind == ASSAULT:
        return 0.8 if grave else 0.3
    return 1.0


@kernel
def commit(stage: Any, p: Any, kind: Any, cell: Any, victim: Any, minute: Any, number: Any) -> Any:
    """Let a crime happen: how grave, what is lost, whether somebody dies; return its row."""
    grave = False
    if kind == ROBBERY:
        grave = luck(stage.seed, VIOLENT, stage.tick, number, 0) < p.violent_share
    elif kind == ASSAULT:
        grave = luck(stage.seed, VIOLENT, stage.tick, number, 0) < p.grave_share * p.firearms
    severity = severity_of(kind, grave)
    loss = mean_loss(kind, p) * -math.log(1.0 - luck(stage.seed, LOSS, stage.tick, number, 0))
    motive, book_kind = NO_MOTIVE, kind
    deadly = luck(stage.seed, LETHAL, stage.tick, number, 0)
    toll = p.women_killed if stage.ground.people[victim].female == 1 else 1.0
    if kind == HOMICIDE:
        motive = FOR_HIRE
    elif kind == ROBBERY and deadly < p.lethal_robbery * p.firearms * toll:
        motive = IN_ROBBERY
    elif kind == ASSAULT and deadly < p.lethal_assault * p.firearms * toll:
        motive = IN_QUARREL
    if motive != NO_MOTIVE:
        book_kind, severity = HOMICIDE, 1.0
    elif kind == ASSAULT and grave:
        stage.tally[0].grave_assaults += 1.0
    return note_incident(stage, number, book_kind, motive, cell, victim, -1, minute, severity, loss)


@kernel
def attempt(stage: Any, odds: Any, kind: Any, cell: Any, victim: Any, mark: Any, threshold: Any, number: Any) -> None:
    """Try a crime: it happens, is given up, or moves to a neighbouring cell."""
    z = max(stage.ground.cells[cell].settlement, 0)
    minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    if not deterred(stage, odds.risk, odds.deterrence[z], kind, cell, minute, mark, threshold, number):
        commit(stage, odds.crime[z], kind, cell, victim, minute, number)
        if kind != HOMICIDE:
            breed(stage, odds.repeats, odds.count, odds.near[z], kind, cell, victim, number)
        return
    stage.tally[0].deterred += 1.0
    if kind > THEFT or luck(stage.seed, DISPLACED, stage.tick, number, 0) >= odds.deterrence[z].displacement:
        return
    other = stage.ground.near[cell, int(8.0 * luck(stage.seed, DISPLACED, stage.tick, number, 1))]
    i = -1 if other < 0 else somebody_here(stage, stage.where, other, DISPLACED, number, 2)
    if i < 0 or stage.minds[i].gone >= 0 or age_of(stage.ground.people[i], stage.tick) < YOUNGEST[kind]:
        stage.tally[0].off_map += 1.0
        return
    stage.tally[0].displaced += 1.0
    z = max(stage.ground.cells[other].settlement, 0)
    row = commit(stage, odds.crime[z], kind, other, i, minute, number)
    stage.day.incidents[row].displaced = 1


@kernel
def watch_at(kind: Any, settlement: Any, night: Any, boards: Any) -> Any:
    """Share of crimes of this kind that the community's own watch prevents here and now."""
    return boards[settlement].watch if night and settlement >= 0 and kind <= BURGLARY else 0.0


@kernel
def punish_thief(stage: Any, odds: Any, cell: Any, number: Any) -> None:
    """Let protectors keep a crime away; somebody may be killed for it."""
    z = max(stage.ground.cells[cell].settlement, 0)
    i = killed_thief(stage, stage.where, cell, number, odds.narcos[z])
    if i >= 0:
        own = THIEF_NUMBER + number
        minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
        note_incident(stage, own, HOMICIDE, BY_NARCOS, cell, i, -1, minute, 1.0, 0.0)


@kernel
def draw(stage: Any, kind: Any, drawn: Any) -> Any:
    """List who are candidates of a kind in this shift and old enough; return how many."""
    ground, minds, n_drawn, left = stage.ground, stage.minds, 0, 0
    n = len(minds)
    for j in range(poisson(luck(stage.seed, CRIME_COUNT, stage.tick, kind, 0), CEILING[kind] * n / 1095.0)):
        number = kind * KIND_SPACE + j
        i = int(luck(stage.seed, CRIME_WHO, stage.tick, number, 0) * n)
        if i < ground.come[0]:
            drawn[n_drawn].number, drawn[n_drawn].who = number, i
            n_drawn += 1
            fetch(minds, i)
            fetch(ground.people, i)
            fetch(ground.places, (stage.where, i))
    for k in range(n_drawn):
        i = drawn[k].who
        drawn[left] = drawn[k]
        left += int(minds[i].gone < 0) & int(age_of(ground.people[i], stage.tick) >= YOUNGEST[kind])
    return left


@kernel
def offend(stage: Any, odds: Any, drawn: Any, market_day: Any, weekday: Any) -> None:
    """Judge the candidates of this shift by type, then the near repeats that are due."""
    old_repeats = odds.count[0]
    night, weekend = stage.tick % 3 == 2, weekday >= 4
    for kind in range(N_KINDS):
        for k in range(draw(stage, kind, drawn)):
            number, i = drawn[k].number, drawn[k].who
            person = stage.ground.people[i]
            cell = np.int64(person.home)
            if kind != VEHICLE_THEFT and kind != BURGLARY:
                cell = np.int64(stage.ground.places[stage.where, i])
            if stage.minds[i].gone >= 0:  # killed earlier in this shift
                continue
            mark = luck(stage.seed, CRIME_MARK, stage.tick, number, 0)
            if cell < 0:
                if kind <= THEFT:
                    z = person.settlement
                    suffer_outside(stage, kind, i, number, mark * CEILING[kind], odds.population[z], odds.crime[z])
                continue
            here = stage.ground.cells[cell]
            z = max(here.settlement, 0)
            p = odds.crime[z]
            market = market_day and here.market == 1
            weight = exposure(kind, person, cell, here.lure, market, night, weekend, stage.tick, p)
            weight *= sheltered(kind, stage.minds[i], odds.fear[person.settlement])
            weight *= outsiders_factor(kind, odds.come, odds.population[z])
            if kind == HOMICIDE:
                weight *= violence(odds.political[z])
            weight *= guarded(kind, person, here.schools, stage.tick, odds.schools[person.settlement])
            calm = 1.0 - odds.near[z].kappa if kind != HOMICIDE else 1.0
            threshold = rate_of(kind, p) * pool_of(kind, p) * weight * calm / CEILING[kind]
            if threshold > 1.0:
                stage.tally[0].ceiling_hits += 1.0
                threshold = 1.0
            stage.tally[0].candidates += 1.0
            unseen = 1.0 - watch_at(kind, here.settlement, night, odds.boards)
            stage.tally[0].watched += 1.0 if threshold * unseen <= mark < threshold else 0.0
            threshold *= unseen
            left = threshold * open_share(kind, cell, odds.protected, odds.narcos[z])
            if left <= mark < threshold:
                punish_thief(stage, odds, cell, number)
            threshold = left
            if mark < threshold:
                attempt(stage, odds, kind, cell, i, mark, threshold, number)
    for k in range(old_repeats):
        if odds.repeats[k].tick != stage.tick:
            continue
        kind, cell, i, number = (
            odds.repeats[k].kind,
            odds.repeats[k].cell,
            odds.repeats[k].victim,
            odds.repeats[k].number,
        )
        if i < 0:
            i = somebody_here(stage, stage.where, cell, CRIME_WHO, number, 0)
        if i < 0 or stage.minds[i].gone >= 0 or age_of(stage.ground.people[i], stage.tick) < YOUNGEST[kind]:
            continue
        if (kind in (VEHICLE_THEFT, THEFT_FROM_VEHICLE)) and stage.ground.people[i].vehicle == 0:
            continue
        stage.tally[0].repeats += 1.0
        p = odds.narcos[max(stage.ground.cells[cell].settlement, 0)]
        if luck(stage.seed, KEPT_AWAY, stage.tick, number, 0) >= open_share(kind, cell, odds.protected, p):
            punish_thief(stage, odds, cell, number)
            continue
        mark = luck(stage.seed, CRIME_MARK, stage.tick, number, 0)
        attempt(stage, odds, kind, cell, i, mark, 1.0, number)
    forget(odds.repeats, odds.count, stage.tick)


@kernel
def forget(repeats: Any, count: Any, tick: Any) -> None:
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


def odds_of(world: Any) -> Odds:
    """Lay out what decides whether attempts go ahead."""
    state, numbers = world.state, world.numbers
    return Odds(
        numbers["crime"],
        numbers["near_repeat"],
        numbers["deterrence"],
        numbers["fear"],
        state.boards,
        numbers["population_change"],
        numbers["political_calendar"],
        numbers["safe_schools"],
        numbers["narcos"],
        state.protected,
        state.risk,
        state.repeats.rows,
        state.repeats.count,
        1.0,
    )


def come_by_day(world: Any) -> tuple[float, float]:
    """Return how many offenders come on other days and on market days, relative to the mean day."""
    n_market_days, visit = len(world.calendar.market_days), float(world.numbers["population_change"][0]["visit"])
    return coming(False, n_market_days, visit), coming(True, n_market_days, visit)


def most_attempts(world: Any) -> int:
    """Return how many attempts of a shift there never are."""
    return most_of(float(CEILING.sum()) * world.town.n_people / 1095.0)


def act(world: Any) -> None:
    """Let offenders offend."""
    repeats, market_day = world.state.repeats, world.day_type == MARKET_DAY
    most = world.laid(most_attempts) + int(repeats.count[0])
    for table in (INCIDENTS, OUTSIDE, IMPRESSIONS):
        world.book.reserve(table, most)
    repeats.reserve(most * MOST)
    world.drawn.reserve(most)
    odds = world.laid(odds_of)
    odds.put("come", world.laid(come_by_day)[market_day])
    offend(world.stage(), odds, world.drawn.rows, market_day, weekday_of(world.tick))
