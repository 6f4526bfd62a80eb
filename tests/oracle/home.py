"""Violence at home, and where women look for help (ODD: domestic_violence, seeking_help)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.crime import (
    AUTHORITY,
    BY_KIN,
    BY_PARTNER,
    DEMI,
    DOMESTIC,
    KILLING,
    KIN,
    NIGHT,
    NOBODY,
    PROSECUTOR,
    REFUGE,
    STATION,
    TELEPHONE,
    Incident,
    note,
    write_incident,
)
from oracle.people import Resident
from oracle.random_draws import logistic, pick, poisson
from oracle.remedies import Lessons, lessons, remember_act
from oracle.reporting import bring_to_board, call, choose
from oracle.service import CASES, worth

if TYPE_CHECKING:
    from oracle.town import PlainTown

YEAR = 1095
FIRST, FURTHER = 0.15, 12.0
PLACES = {NOBODY: 0, KIN: 1, AUTHORITY: 2, TELEPHONE: 3, STATION: 3, PROSECUTOR: 4, DEMI: 5, REFUGE: 6}
STATE = (3, 4, 5)
REASONS = ("own", "ties", "trust", "attention", "fear", "way", "authority")


def men_at_home(town: "PlainTown", woman: Resident) -> list[Resident]:
    """Return the men who might hurt a woman; none if she is not one who can be hurt."""
    if not woman.alive or not woman.female or not 13 <= woman.age <= 60:
        return []
    members = [one for one in town.residents if one.household == woman.household]
    return [one for one in members if one.alive and not one.female and one.age >= 18]


def ties_near(woman: Resident) -> int:
    """Living ties in her settlement and another household, at most six."""
    near = (one for one in woman.ties if one.settlement == woman.settlement and one.household != woman.household)
    return min(6, sum(one.alive for one in near))


def strain(town: "PlainTown", woman: Resident) -> float:
    """Hazard of a woman relative to others."""
    p = town.numbers("domestic_violence")
    weight = 1.0 + p.isolation * (1.0 - ties_near(woman) / 6.0)
    weight *= 1.0 + p.distance * min(1.0, woman.home.minutes / 60.0)
    if town.uniform("drinks", woman.household, 0, tick=0) < p.drinking * town.numbers("crime").alcohol:
        weight *= p.drink
        if town.shift == NIGHT and town.weekday >= 4:
            weight *= p.weekend_night
    if town.tick < woman.safe_until:
        weight *= 1.0 - p.protection
    if town.tick < woman.ruled_until:
        weight *= 1.0 - p.ruling
    return weight


def wait(town: "PlainTown", woman: Resident, tick: int, nth: int) -> int:
    """Shifts until the next act may come."""
    return 1 + int(-math.log(1.0 - town.uniform("again wait", woman.number, nth, tick=tick)) * YEAR / FURTHER)


def begin_at_home(town: "PlainTown") -> None:
    """Draw the women who were hurt before the world begins."""
    before = town.numbers("domestic_violence").before
    for woman in town.residents:
        if men_at_home(town, woman) and town.uniform("hurt before start", woman.number, 0, tick=0) < before:
            ago = int(1094 * town.uniform("hurt before start", woman.number, 1, tick=0))
            woman.last_hurt = town.first_tick - 1 - ago
            town.waiting_women.append((town.first_tick - 1 + wait(town, woman, 0, 1), woman))


def was_hurt_this_year(town: "PlainTown", woman: Resident) -> bool:
    """Tell whether a woman was hurt in the last twelve months (before the start counts)."""
    return woman.last_hurt >= 0 and town.tick - woman.last_hurt < YEAR


def hurt_at_home(town: "PlainTown") -> None:
    """Let further acts come, then first ones."""
    p = town.numbers("domestic_violence")
    waiting, town.waiting_women = town.waiting_women, []
    for due, woman in waiting:
        if due != town.tick:
            town.waiting_women.append((due, woman))
        elif woman.alive and was_hurt_this_year(town, woman):
            mark = town.uniform("again mark", woman.number, 0)
            if men_at_home(town, woman) and mark < p.further * strain(town, woman) / FURTHER:
                hurt(town, woman)
                if town.uniform("violence ends", woman.number, 0) < p.ends:
                    continue
            town.waiting_women.append((town.tick + wait(town, woman, town.tick, 0), woman))
    n = len(town.residents)
    for j in range(poisson(town.uniform("hurt count", 0, 0), FIRST * n / YEAR)):
        woman = pick(town.residents, town.uniform("hurt who", j, 0))
        if not men_at_home(town, woman) or was_hurt_this_year(town, woman):
            continue
        if town.uniform("hurt mark", j, 0) < p.first * strain(town, woman) / FIRST:
            hurt(town, woman)
            if town.uniform("violence ends", woman.number, 0) < p.ends:
                continue
            town.waiting_women.append((town.tick + wait(town, woman, town.tick, 0), woman))


def hurt(town: "PlainTown", woman: Resident) -> None:
    """Let a woman be hurt."""
    p, m = town.numbers("domestic_violence"), 2**30 + 2**28 + woman.number
    severity = p.severity_grave if town.uniform("violent", m, 0) < p.grave else p.severity
    near_in_age = any(abs(man.age - woman.age) <= 15 for man in men_at_home(town, woman))
    motive = BY_PARTNER if near_in_age else BY_KIN
    if was_hurt_this_year(town, woman) and woman.looked_for_help in STATE:
        town.live(woman, "hurt_again", p.disappointed)
    woman.last_hurt, woman.looked_for_help = town.tick, 0
    if town.uniform("lethal", m, 0) < p.lethal * town.numbers("crime").firearms:
        write_incident(town, Incident(m, KILLING, motive, woman.home, woman, 1.0))
    else:
        note(town, Incident(m, DOMESTIC, motive, woman.home, woman, severity))


def seek_help(town: "PlainTown") -> None:
    """Let women who were hurt look for help."""
    for incident in town.incidents:
        if incident.kind == DOMESTIC:
            look_for_help(town, incident, incident.victim)


def look_for_help(town: "PlainTown", incident: Incident, woman: Resident) -> None:
    """Let one woman turn to somebody or nobody, with what follows."""
    remembers = remember_act(town, woman)
    found, u = pulls(town, incident, woman), town.uniform("tell", incident.number, 0)
    incident.reported_to = choose({channel: pull.utility for channel, pull in found.items()}, u)
    town.counted[f"help_by_{reason_of(found, incident.reported_to, u)}"] += 1
    woman.looked_for_help = remembers.place = PLACES[incident.reported_to]
    if incident.reported_to == AUTHORITY:
        bring_to_board(town, incident, woman)
    if incident.reported_to == TELEPHONE or incident.called_by_board:
        call(town, incident, woman)
    complain(town, incident, woman)
    protect(town, incident, woman)


def lack(town: "PlainTown", woman: Resident) -> float:
    """Return what the police lack to attend a woman."""
    p, facility = town.numbers("seeking_help"), woman.home.facility
    on_duty = [officer for couple in town.couples_on_duty() for officer in (couple.lead, couple.mate) if officer]
    here = [officer for officer in on_duty if officer.facility.number == facility]
    has_woman = any(officer.female for officer in here)
    has_speaker = any(officer.kiche for officer in here)
    if facility >= 0:
        has_woman = has_woman or town.uniform("woman on relay", facility, 0) < p.women_on_relay
        has_speaker = has_speaker or town.uniform("language on relay", facility, 0) < p.language_on_relay
    other = town.uniform("speaks another language", woman.number, 0, tick=0) < p.other_language
    return (0.0 if has_woman else p.no_woman) + (p.language if other and not has_speaker else 0.0)


@dataclass(frozen=True)
class Pull:
    """What speaks for a channel: what is no reason, what may be one, and what she has learned of its place."""

    rest: float
    terms: dict[str, float]
    learned: Lessons

    @property
    def utility(self) -> float:
        """Utility of the channel."""
        return self.rest + sum(self.terms.values()) + self.learned.both

    def term(self, name: str) -> float:
        """Return how far a reason speaks for the channel."""
        if name == "own":
            return self.learned.both - self.learned.by_ties
        if name == "ties":
            return self.learned.both - self.learned.alone
        return self.terms.get(name, 0.0)


def reason_of(found: dict[int, Pull], chosen: int, u: float) -> str:
    """Return the reason without which she had gone to another place; `luck`, the key of none, if there is none."""

    def without(name: str) -> int:
        return choose({channel: pull.utility - pull.term(name) for channel, pull in found.items()}, u)

    def force(name: str) -> float:
        terms = {NOBODY: 0.0} | {channel: pull.term(name) for channel, pull in found.items()}
        own = terms.pop(chosen)
        return own - math.fsum(terms.values()) / len(terms)

    decisive = [name for name in REASONS if PLACES[without(name)] != PLACES[chosen]]
    return max(decisive, key=force, default="luck")


def pulls(town: "PlainTown", incident: Incident, woman: Resident) -> dict[int, Pull]:
    """Return what pulls her to what is open to her, in order of channels."""
    p, communal = town.numbers("seeking_help"), town.numbers("communal_authority")
    authority = town.authority_of(woman.settlement)
    assert authority is not None
    common = p.intercept + p.severity * incident.severity
    fear = {"fear": -p.fear * woman.fear}
    over = p.over * communal.reach * logistic(authority.legitimacy)
    police = fear | {"trust": p.trust * (woman.trust - 0.5), "attention": -lack(town, woman), "authority": -over}
    to_station = {"way": -p.minutes * woman.home.minutes / 60.0}
    to_seat = {"way": -p.minutes * woman.home.seat_minutes / 60.0}
    found = {TELEPHONE: (common - p.shame, police), STATION: (common - p.shame, police | to_station)}
    if communal.reach > 0.0:
        respect = {"authority": communal.deference * authority.legitimacy}
        found[AUTHORITY] = (common - p.shame + p.near + math.log(communal.reach), fear | respect)
    found[PROSECUTOR] = (common + p.prosecutor, fear | {"authority": -p.over_prosecutor * over} | to_seat)
    if ties_near(woman) > 0:
        found[KIN] = (common + p.kin * ties_near(woman) / 3.0, {})
    if p.demi > 0.0:
        found[DEMI] = (common + p.demi_pull + math.log(p.demi), fear | to_seat)
    if p.refuge > 0.0:
        found[REFUGE] = (common + p.refuge_pull + math.log(p.refuge), to_seat)
    return {channel: Pull(*parts, lessons(town, woman, PLACES[channel])) for channel, parts in found.items()}


def complain(town: "PlainTown", incident: Incident, woman: Resident) -> None:
    """Let a complaint follow, or not."""
    p, q = town.numbers("seeking_help"), town.numbers("reporting")
    if incident.reported_to not in (TELEPHONE, STATION, PROSECUTOR, DEMI) and not incident.handed:
        return
    wish = p.follow + q.follow_severity * incident.severity + worth(woman, CASES) + q.accompaniment
    wish -= q.trip * woman.home.seat_minutes / 60.0
    wish += p.company if incident.reported_to == DEMI else -p.fear * woman.fear
    certain = incident.reported_to == PROSECUTOR or incident.prosecuted
    if certain or town.uniform("ratify", incident.number, 0) < logistic(wish):
        incident.complaint = True
        within = town.numbers("reporting").ratify_within
        incident.in_time = 2.0 + (within - 2.0) * town.uniform("ratify", incident.number, 1) < 24.0


def protect(town: "PlainTown", incident: Incident, woman: Resident) -> None:
    """Protect her, or leave her alone."""
    p = town.numbers("seeking_help")
    chance = p.shelter if incident.reported_to == REFUGE else p.measures if incident.complaint else 0.0
    protected = town.uniform("measures", incident.number, 0) < chance
    asked = incident.complaint or incident.reported_to == REFUGE
    if asked and woman.remembers is not None:
        woman.remembers.write(woman.remembers.place, good=protected, bad=not protected)
    if protected:
        woman.safe_until = town.tick + int(p.months * 91)
        if incident.complaint:
            town.live(woman, "protected", p.relief)
