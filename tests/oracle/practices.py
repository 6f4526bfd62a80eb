"""What officers do by habit, and who leads whom (ODD: practices)."""

import math
from typing import TYPE_CHECKING, Any

from oracle.random_draws import logistic, logit

if TYPE_CHECKING:
    from oracle.police import Couple, Facility, Officer, Sector
    from oracle.town import PlainTown

PRACTICES = ("team", "area", "analysis", "follow")
TEAM, AREA, ANALYSIS, FOLLOW = range(4)
REVIEWS = ("reviews team", "reviews area", "reviews analysis", "reviews follow-up")
LEADER, CHIEF = 1, 2
MONTH = 91.0
FULL_MONTHS, USUAL_TENURE = 24.0, 0.45
NEWCOMER = 0.8
FOUNDED = 1997


def monthly(yearly: float) -> float:
    """Chance in a month that belongs to a chance in a year."""
    return 1.0 - math.exp(math.log1p(-yearly) / 12.0)


def usual(town: "PlainTown", k: int) -> float:
    """Return the usual habit of a practice."""
    return float(getattr(town.numbers("practices"), f"usual_{PRACTICES[k]}"))


def staff_of(town: "PlainTown", facility: "Facility") -> "list[Officer]":
    """Return the officers of a facility, its chief first."""
    return [one for one in town.officers if one.facility is facility]


def habit_of_chief(town: "PlainTown", facility: "Facility", k: int) -> float:
    """Return a habit of the chief of a facility, 0 without."""
    staff = staff_of(town, facility)
    return staff[0].habits[k] if staff else 0.0


# At the start, and who follows


def begin_practices(town: "PlainTown") -> None:
    """Let officers begin by the usual habits, with a schooling and a course of some time ago."""
    for one in town.officers:
        one.habits = [usual(town, k) for k in range(len(PRACTICES))]
        one.schooling = schooling(town.uniform("schooled", one.number, 0, tick=0))
        one.taught_at = town.tick - int(MONTH * 36.0 * town.uniform("taught since", one.number, 0, tick=0))
    rank(town)
    keep_skills(town)


def schooling(u: float) -> float:
    """Return the schooling for a uniform number, in standard deviations."""
    return math.sqrt(12.0) * (u - 0.5)


def begin_as_newcomer(one: "Officer", taught: float, schooled: float, *, from_academy: bool) -> None:
    """Let a successor begin in the sector of the position."""
    town: Any = one.model
    months = 0.0 if from_academy else 36.0 * taught
    one.sector_since = town.tick
    one.schooling = schooling(schooled)
    one.taught_at = town.tick - int(MONTH * months)
    one.skill = one.trained * 2.0 ** (-months / 12.0)
    one.habits = [NEWCOMER * usual(town, k) for k in range(len(PRACTICES))]


# Who is who


def rank(town: "PlainTown") -> None:
    """Find bosses, whether they are trained, and who leads."""
    leaders = {sector: leader_of(town, sector) for sector in town.sectors}
    for facility in town.facilities:
        staff = staff_of(town, facility)
        for one in staff:
            chief, leader = staff[0], None if one.sector is None else leaders[one.sector]
            one.boss = None if one is chief else leader if leader is not None and leader is not one else chief
            one.led = int(one.boss is not None and one.boss.trained)
            one.leads = CHIEF if one is chief else LEADER if one is leader else 0


def leader_of(town: "PlainTown", sector: "Sector") -> "Officer | None":
    """Return the leader of a sector."""
    return next((one for one in town.officers if one.seat == 0 and one.sector is sector), None)


# At a month's end


def take_up(town: "PlainTown") -> None:
    """Let sectors change hands, orders begin and end, and officers review their habits."""
    p = town.numbers("practices")
    posts = [couple for couple in town.couples if not couple.reinforces]
    for post in posts:
        habit = habit_of_chief(town, post.facility, TEAM)
        others = [one for one in posts if one is not post and fits(one, post)]
        chance = 0.5 * monthly(p.reshuffle * (1.0 - p.keeping * habit))
        if town.uniform("reshuffled", post.number, 0) < chance and others:
            exchange(town, post, others[int(town.uniform("reshuffled", post.number, 1) * len(others))])
    for facility in town.facilities:
        support(town, facility)
    rank(town)
    keep_skills(town)
    review(town)


def fits(one: "Couple", other: "Couple") -> bool:
    """Tell whether two posts are of the same facility and group."""
    return one.facility is other.facility and one.group == other.group


def exchange(town: "PlainTown", one: "Couple", other: "Couple") -> None:
    """Let the officers of two posts exchange their sectors."""
    crews = [[officer for officer in town.officers if officer.post == post.number] for post in (one, other)]
    sectors = [crew[0].sector for crew in crews]
    for crew, sector in zip(crews, reversed(sectors), strict=True):
        for officer in crew:
            officer.sector, officer.sector_since = sector, town.tick


def support(town: "PlainTown", facility: "Facility") -> None:
    """Begin orders, and support them for a while."""
    p = town.numbers("practices")
    ordered = any(getattr(p, f"order_{name}") != 0.0 for name in PRACTICES)
    if not ordered and town.numbers("adoption").programme_places == 0.0:
        facility.ordered_at = facility.supported_until = -1
    elif facility.ordered_at < 0:
        more = max(0.0, p.support_most - p.support_least) * town.uniform("support lasts", facility.number, 0)
        facility.ordered_at = town.tick
        facility.supported_until = town.tick + int(MONTH * (p.support_least + more))
    facility.supported = town.tick < facility.supported_until


def keep_skills(town: "PlainTown") -> None:
    """Let skill wear off where the boss is not trained."""
    for one in town.officers:
        left = 1.0 if one.led else 2.0 ** (-(town.tick - one.taught_at) / MONTH / 12.0)
        one.skill = one.trained * left


def review(town: "PlainTown") -> None:
    """Let officers review their habits, by the habits as they were before."""
    before = {one: list(one.habits) for one in town.officers}
    for one in town.officers:
        for k in range(len(PRACTICES)):
            if town.uniform(REVIEWS[k], one.number, 0) < town.numbers("practices").renew:
                one.habits[k] = logistic(wish(one, k, before))


def wish(one: "Officer", k: int, before: "dict[Officer, list[float]]") -> float:
    """Return the log-odds of a habit that is reviewed."""
    town, name = one.model, PRACTICES[k]
    p, staff = town.numbers("practices"), staff_of(town, one.facility)
    of_boss = 0.0 if one.boss is None else before[one.boss][k]
    peers = sum(before[other][k] for other in staff) / len(staff)
    ordered = getattr(p, f"order_{name}") * one.facility.supported * (0.5 + 0.5 * before[staff[0]][k])
    return (
        logit(usual(town, k))
        + getattr(p, name)
        + own_reasons(one)
        + p.taught * getattr(p, f"taught_{name}") * one.skill
        + p.boss * one.led * of_boss
        + p.peers * (peers - usual(town, k))
        + p.order * ordered
    )


def own_reasons(one: "Officer") -> float:
    """Return what speaks for every practice, by who the officer is and what the service is like."""
    town = one.model
    p, adoption, faith = town.numbers("practices"), town.numbers("adoption"), town.numbers("officers").faith
    months = 0.0 if one.sector is None else (town.tick - one.sector_since) / MONTH
    pressure = town.numbers("pressure").level * adoption.busts * (1.0 - adoption.returned) - p.usual_pressing
    believes = faith * math.exp(one.faith)
    return (
        p.tenure * (min(months, FULL_MONTHS) / FULL_MONTHS - USUAL_TENURE)
        + p.schooling * one.schooling
        + p.faith * (believes / (1.0 - faith + believes) - faith)
        + p.champion * one.champion
        - p.old_guard * (one.cohort < FOUNDED)
        - p.pressing * pressure * (not one.prevention)
        - p.penury * (1.0 - town.numbers("resources").condition - p.usual_penury)
    )


# What follows


def tone_of_practice(one: "Officer") -> float:
    """Return what boss, pressure and conditions add to the tone."""
    town = one.model
    p = town.numbers("practices")
    return float(
        p.boss_tone * one.led
        + p.both_tone * one.led * one.skill
        - p.pressing_tone * (town.numbers("pressure").level - p.usual_level)
        - p.penury_tone * (1.0 - town.numbers("resources").condition - p.usual_penury)
    )


def send_to_sector(town: "PlainTown", couple: "Couple") -> None:
    """Send a couple to its lead's own sector, or to another."""
    assert couple.lead is not None
    p, own = town.numbers("practices"), couple.lead.sector
    assert own is not None
    others = [one for one in town.sectors if one.facility is couple.facility and one is not own]
    chance = p.sent + p.sent_team * habit_of_chief(town, couple.facility, TEAM)
    couple.sector = own
    if others and town.uniform("sent to sector", couple.number, 0) >= chance:
        couple.sector = others[int(town.uniform("sent to sector", couple.number, 1) * len(others))]
