"""The political calendar and crises (ODD: political_calendar, crises)."""

import math
from typing import TYPE_CHECKING, Any

from oracle.random_draws import number_of, pick, pick_by_reach

if TYPE_CHECKING:
    from oracle.town import PlainTown

CALENDAR = "political_calendar"


def numbers_today(town: "PlainTown", group: str) -> Any:
    """Return a group with what the events in force change: sets, then factors, then sums."""
    settings = town.settings
    values = settings.groups[group]
    events = [] if CALENDAR in settings.off else settings.timeline
    in_force = [e for e in events if e.start <= town.date and (e.until is None or town.date < e.until)]
    entries = [entry for event in in_force for entry in event.entries]
    for entry in sorted(entries, key=lambda one: ("set", "scale", "add").index(one.how)):
        name, _, key = entry.parameter.partition(".")
        if name == group:
            old = getattr(values, key)
            new = {"set": entry.value, "scale": old * entry.value, "add": old + entry.value}[entry.how]
            values = values.replace({key: new})
    if group in settings.off:
        return values.disabled()
    return values


def violence(town: "PlainTown") -> float:
    """Violence by gangs and for hire relative to 2017."""
    p = town.numbers(CALENDAR)
    return float(1.0 + p.national_trend * (p.trend - 1.0))


def break_out(town: "PlainTown") -> None:
    """Let the public events and the crises of the day happen."""
    if town.shift != 0:
        return
    p = town.numbers("crises")
    today = [(number_of(event.name), event) for event in town.settings.timeline if event.start == town.date]
    calendar = town.numbers(CALENDAR)
    for number, event in today:
        if event.shock != 0.0:
            heard = abs(event.shock) * calendar.heard
            kind = "good_news" if event.shock > 0.0 else "bad_news"
            hear(town, ("event heard", number), heard, kind, calendar.shock)
    for number, event in today:
        if event.crisis * p.dated > 0.0:
            crisis(town, number, event.crisis * p.dated)
    if town.uniform("crisis", 0, 0) < p.rate / 365.0:
        crisis(town, 0, 1.0)


def crisis(town: "PlainTown", who: int, size: float) -> None:
    """Let communities rise and meet force."""
    p = town.numbers("crises")
    place = pick_by_reach(town.everywhere, town.uniform("crisis place", who, 0)).settlement
    risen = {}
    for authority in town.authorities:
        joins = town.uniform("crisis joins", authority.number, who) < p.joins * authority.organised
        if authority.settlement == place or joins:
            risen[authority.settlement] = authority.organised
            authority.silent_until = town.tick + math.floor(91 * p.silence * size)
    for j in range(math.floor(p.crowd * size * len(town.residents))):
        one = pick(town.residents, town.uniform("crisis who", j, who))
        if not one.alive or one.age < 14 or one.settlement not in risen:
            continue
        organised = risen[one.settlement]
        if town.uniform("crisis comes", j, who) < organised:
            weight = p.weight * (0.5 + organised) * size
            town.live(one, "crisis", weight)
    town.apply_impressions()
    hear(town, ("crisis heard", who), p.heard * size, "crisis_heard", p.news)


def hear(town: "PlainTown", drawn: tuple[str, int], chance: float, kind: str, weight: float) -> None:
    """Let everybody of 12 or older hear of public news or not, and learn of it at once."""
    name, nth = drawn
    for one in town.residents:
        if one.alive and one.age >= 12 and town.uniform(name, one.number, nth) < chance:
            town.live(one, kind, weight)
    town.apply_impressions()
