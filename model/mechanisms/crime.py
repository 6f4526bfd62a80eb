"""M6, crime as a point process by type: hazards from people, places and a latent pool of offenders (ODD 6.4, 6.5).

Candidates are drawn at a fixed ceiling that no policy or varied parameter changes, so that twin worlds share them.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import njit

from model.calendar import MARKET_DAY, weekday_of
from model.chance import age_of, someone
from model.daybook import (
    ASSAULT,
    BURGLARY,
    FOR_HIRE,
    HOMICIDE,
    IMPRESSIONS,
    IN_QUARREL,
    IN_ROBBERY,
    INCIDENTS,
    NO_MOTIVE,
    NOBODY,
    ROBBERY,
    THEFT,
    THEFT_FROM_VEHICLE,
    VEHICLE_THEFT,
)
from model.ledger import HARM, die, impress
from model.luck import decision, luck, poisson
from model.mechanisms.deterrence import DISPLACED, deterred
from model.mechanisms.near_repeat import MOST, breed
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
MEAN_LOSS = np.array([900.0, 400.0, 30000.0, 1200.0, 3000.0, 0.0, 0.0])
YOUNGEST = np.array([12.0, 12.0, 18.0, 18.0, 18.0, 12.0, 18.0])
KIND_SPACE = 1048576


@dataclass(frozen=True, kw_only=True)
class Crime(Group):
    """Offenders (site facts), what they do (shared by all sites), and where it is likely."""

    name: ClassVar[str] = "crime"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("A03", "A04", "A05", "B19", "F20", "J02", "S12", "V02", "V18")

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
    at_home: float = share(0.08, "assumed", "exposure at home relative to elsewhere")
    night: float = number(1.5, "ratio", 0.2, 5.0, "assumed", "night over day, at equal exposure")
    market: float = number(
        4.0, "ratio", 1.0, 20.0, "B07; assumed", "theft in the market on market days, at equal exposure"
    )
    weekend_night: float = number(3.0, "ratio", 1.0, 10.0, "B19, J07; assumed", "assault on weekend nights")
    violent_share: float = share(0.8, "J02: usually violent", "robberies that are violent")
    grave_share: float = share(0.1, "assumed", "assaults that are grave")
    lethal_robbery: float = share(0.0025, "calibrated: homicides", "robberies that kill where firearms is 1", high=0.05)
    lethal_assault: float = share(0.009, "calibrated: homicides", "assaults that kill where firearms is 1", high=0.05)
    women_killed: float = number(
        0.4, "ratio", 0.0, 2.0, "S11: 85 % of victims are men", "lethality of robbery and assault for women"
    )


@njit(cache=True)
def pool_of(kind: Any, p: Any) -> Any:
    """Offenders per resident for this kind; for assaults the alcohol index."""
    if kind == ASSAULT:
        return p["alcohol"]
    armed = kind in (ROBBERY, VEHICLE_THEFT, HOMICIDE)
    return (p["armed"] if armed else p["thieves"]) / 1000.0


@njit(cache=True)
def rate_of(kind: Any, p: Any) -> Any:
    """Acts of this kind a year by offender (by resident for assaults)."""
    if kind == ROBBERY:
        return p["robbery"]
    if kind == THEFT:
        return p["theft"]
    if kind == VEHICLE_THEFT:
        return p["vehicle_theft"]
    if kind == THEFT_FROM_VEHICLE:
        return p["theft_from_vehicle"]
    if kind == BURGLARY:
        return p["burglary"]
    return p["assault"] if kind == ASSAULT else p["hire"]


@njit(cache=True)
def exposure(
    kind: Any, person: Any, at: Any, lure: Any, market: Any, night: Any, weekend: Any, tick: Any, p: Any
) -> Any:
    """Hazard of this resident in this place and shift, relative to the rate of the pool."""
    if kind == HOMICIDE:
        return 0.3 if person["female"] == 1 else 1.7
    if kind in (ROBBERY, THEFT):
        weight = lure if at != person["home"] else lure * p["at_home"]
        if kind == ROBBERY:
            return weight * p["night"] if night else weight
        return weight * p["market"] if market else weight
    if kind == VEHICLE_THEFT:
        return person["vehicle"] * lure * (p["night"] if night else 1.0)
    if kind == THEFT_FROM_VEHICLE:
        return person["vehicle"] * lure
    if kind == BURGLARY:
        return lure * (2.0 if tick % 3 == 0 else 1.0)
    weight = lure * (0.7 if person["female"] == 1 else 1.3)
    if 15.0 <= age_of(person, tick) < 35.0:
        weight *= 1.5
    return weight * p["weekend_night"] if weekend and night else weight


@njit(cache=True)
def kin_of(minds: Any, ties: Any, victim: Any) -> Any:
    """First living tie of somebody, or -1."""
    for k in range(ties.shape[1]):
        if minds[ties[victim, k]]["died"] < 0:
            return int(ties[victim, k])
    return NOBODY


@njit(cache=True)
def note_incident(
    day: Any,
    ground: Any,
    minds: Any,
    trust: Any,
    ledger: Any,
    tick: Any,
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
    teller = victim
    if kind == HOMICIDE:
        home = ground.people[victim]["settlement"]
        die(minds[victim], tick, trust[home]["memory_years"], ledger, home)
        teller = kin_of(minds, ground.ties, victim)
    k = day.counts[INCIDENTS]
    row = day.incidents[k]
    row["tick"], row["number"], row["kind"], row["motive"] = tick, number, kind, motive
    row["cell"], row["victim"], row["teller"], row["clique"] = cell, victim, teller, clique
    row["minute"], row["severity"], row["loss"] = minute, severity, loss
    row["told"] = NOBODY
    row["handed"] = row["found"] = row["complaint"] = row["in_time"] = row["recorded"] = row["arrested"] = 0
    row["displaced"] = 0
    day.counts[INCIDENTS] = k + 1
    if teller >= 0:
        minds[teller]["harmed"] = tick
        weight = trust[ground.people[teller]["settlement"]]["harm"]
        impress(day, minds, teller, HARM, 0.0, 0.0, -severity, weight, 1)
    return k


@njit(cache=True)
def severity_of(kind: Any, grave: Any) -> Any:
    """How grave a crime is, 0 to 1."""
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


@njit(cache=True)
def commit(
    day: Any,
    ground: Any,
    minds: Any,
    trust: Any,
    ledger: Any,
    tally: Any,
    p: Any,
    kind: Any,
    cell: Any,
    victim: Any,
    minute: Any,
    tick: Any,
    number: Any,
    seed: Any,
) -> Any:
    """Let a crime happen: how grave, what is lost, whether somebody dies; return its row."""
    grave = False
    if kind == ROBBERY:
        grave = luck(seed, VIOLENT, tick, number, 0) < p["violent_share"]
    elif kind == ASSAULT:
        grave = luck(seed, VIOLENT, tick, number, 0) < p["grave_share"]
    severity = severity_of(kind, grave)
    loss = MEAN_LOSS[kind] * -math.log(1.0 - luck(seed, LOSS, tick, number, 0))
    motive, book_kind = NO_MOTIVE, kind
    deadly = luck(seed, LETHAL, tick, number, 0)
    toll = p["women_killed"] if ground.people[victim]["female"] == 1 else 1.0
    if kind == HOMICIDE:
        motive = FOR_HIRE
    elif kind == ROBBERY and deadly < p["lethal_robbery"] * p["firearms"] * toll:
        motive = IN_ROBBERY
    elif kind == ASSAULT and deadly < p["lethal_assault"] * p["firearms"] * toll:
        motive = IN_QUARREL
    if motive != NO_MOTIVE:
        book_kind, severity = HOMICIDE, 1.0
    elif kind == ASSAULT and grave:
        tally[0]["grave_assaults"] += 1.0
    return note_incident(
        day,
        ground,
        minds,
        trust,
        ledger,
        tick,
        number,
        book_kind,
        motive,
        cell,
        victim,
        -1,
        minute,
        severity,
        loss,
    )


@njit(cache=True)
def attempt(
    day: Any,
    ground: Any,
    minds: Any,
    risk: Any,
    repeats: Any,
    count: Any,
    crime: Any,
    near: Any,
    deterrence: Any,
    trust: Any,
    ledger: Any,
    tally: Any,
    kind: Any,
    cell: Any,
    victim: Any,
    mark: Any,
    threshold: Any,
    where: Any,
    tick: Any,
    number: Any,
    seed: Any,
) -> None:
    """Try a crime: it happens, is given up, or moves to a neighbouring cell."""
    z = max(ground.cells[cell]["settlement"], 0)
    minute = 480.0 * luck(seed, CRIME_MINUTE, tick, number, 0)
    if not deterred(day, risk, deterrence[z], kind, cell, minute, mark, threshold, tick, number, seed):
        commit(day, ground, minds, trust, ledger, tally, crime[z], kind, cell, victim, minute, tick, number, seed)
        if kind != HOMICIDE:
            breed(repeats, count, ground, minds, near[z], kind, cell, victim, tick, number, seed)
        return
    tally[0]["deterred"] += 1.0
    if kind > THEFT or luck(seed, DISPLACED, tick, number, 0) >= deterrence[z]["displacement"]:
        return
    other = ground.near[cell, int(8.0 * luck(seed, DISPLACED, tick, number, 1))]
    i = -1 if other < 0 else someone(ground, where, other, luck(seed, DISPLACED, tick, number, 2))
    if i < 0 or minds[i]["died"] >= 0 or age_of(ground.people[i], tick) < YOUNGEST[kind]:
        tally[0]["off_map"] += 1.0
        return
    tally[0]["displaced"] += 1.0
    z = max(ground.cells[other]["settlement"], 0)
    row = commit(day, ground, minds, trust, ledger, tally, crime[z], kind, other, i, minute, tick, number, seed)
    day.incidents[row]["displaced"] = 1


@njit(cache=True)
def offend(
    day: Any,
    ground: Any,
    minds: Any,
    risk: Any,
    repeats: Any,
    count: Any,
    crime: Any,
    near: Any,
    deterrence: Any,
    trust: Any,
    ledger: Any,
    tally: Any,
    where: Any,
    market_day: Any,
    weekday: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Judge the candidates of this shift by type, then the near repeats that are due."""
    n_people, old_repeats = len(ground.people), count[0]
    night, weekend = tick % 3 == 2, weekday >= 4
    for kind in range(N_KINDS):
        mean = CEILING[kind] * n_people / 1095.0
        for j in range(poisson(luck(seed, CRIME_COUNT, tick, kind, 0), mean)):
            number = kind * KIND_SPACE + j
            i = int(luck(seed, CRIME_WHO, tick, number, 0) * n_people)
            person = ground.people[i]
            cell = np.int64(person["home"])
            if kind != VEHICLE_THEFT and kind != BURGLARY:
                cell = np.int64(ground.places[where, i])
            if cell < 0 or minds[i]["died"] >= 0 or age_of(person, tick) < YOUNGEST[kind]:
                continue
            here = ground.cells[cell]
            z = max(here["settlement"], 0)
            p = crime[z]
            market = market_day and here["market"] == 1
            weight = exposure(kind, person, cell, here["lure"], market, night, weekend, tick, p)
            calm = 1.0 - near[z]["kappa"] if kind != HOMICIDE else 1.0
            threshold = rate_of(kind, p) * pool_of(kind, p) * weight * calm / CEILING[kind]
            if threshold > 1.0:
                tally[0]["ceiling_hits"] += 1.0
                threshold = 1.0
            mark = luck(seed, CRIME_MARK, tick, number, 0)
            tally[0]["candidates"] += 1.0
            if mark < threshold:
                attempt(
                    day,
                    ground,
                    minds,
                    risk,
                    repeats,
                    count,
                    crime,
                    near,
                    deterrence,
                    trust,
                    ledger,
                    tally,
                    kind,
                    cell,
                    i,
                    mark,
                    threshold,
                    where,
                    tick,
                    number,
                    seed,
                )
    for k in range(old_repeats):
        if repeats[k]["tick"] != tick:
            continue
        kind, cell, i, number = (
            repeats[k]["kind"],
            repeats[k]["cell"],
            repeats[k]["victim"],
            repeats[k]["number"],
        )
        if i < 0:
            i = someone(ground, where, cell, luck(seed, CRIME_WHO, tick, number, 0))
        if i < 0 or minds[i]["died"] >= 0 or age_of(ground.people[i], tick) < YOUNGEST[kind]:
            continue
        if (kind in (VEHICLE_THEFT, THEFT_FROM_VEHICLE)) and ground.people[i]["vehicle"] == 0:
            continue
        mark = luck(seed, CRIME_MARK, tick, number, 0)
        tally[0]["repeats"] += 1.0
        attempt(
            day,
            ground,
            minds,
            risk,
            repeats,
            count,
            crime,
            near,
            deterrence,
            trust,
            ledger,
            tally,
            kind,
            cell,
            i,
            mark,
            1.0,
            where,
            tick,
            number,
            seed,
        )
    forget(repeats, count, tick)


@njit(cache=True)
def forget(repeats: Any, count: Any, tick: Any) -> None:
    """Drop the repeats whose time has come; the others keep their order."""
    left = 0
    for k in range(count[0]):
        if repeats[k]["tick"] > tick:
            repeats[left] = repeats[k]
            left += 1
    count[0] = left


def most_candidates(n_people: int) -> int:
    """Return a number of candidates in a shift that is never reached (twelve standard deviations)."""
    mean = float(CEILING.sum()) * n_people / 1095.0
    return int(mean + 12.0 * math.sqrt(mean) + 64.0)


def act(world: Any) -> None:
    """Let offenders offend."""
    state, numbers = world.state, world.numbers
    most = most_candidates(len(state.minds)) + int(state.repeats.count[0])
    world.book.reserve(INCIDENTS, most)
    day = world.book.reserve(IMPRESSIONS, most)
    state.repeats.reserve(most * MOST)
    offend(
        day,
        world.ground,
        state.minds,
        state.risk,
        state.repeats.rows,
        state.repeats.count,
        numbers["crime"],
        numbers["near_repeat"],
        numbers["deterrence"],
        numbers["trust"],
        state.ledger,
        state.tally,
        world.where,
        world.day_type == MARKET_DAY,
        weekday_of(world.tick),
        world.tick,
        world.seed,
    )
