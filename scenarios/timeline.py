"""Read the dated events of the country and the sites from `timeline.toml` into plain checked values."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from model.engine.calendar import MONTHS_A_YEAR, first_of_month
from model.engine.elementary import log
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import checked_value, parse_date
from model.engine.scenario import DatedEvent, PolicyEntry
from scenarios.files import read_toml
from scenarios.groups import find_parameter
from scenarios.policy_files import LANGUAGES, checked_finite
from scenarios.reading import FOLDER, SourcedSetting, display_path, flatten_table

TIMELINE = FOLDER / "timeline.toml"
EVENT_ENTRY_KINDS = get_args(PolicyEntry.__annotations__["how"])
EVENT_KEYS = ("name", "date", "until", "sites", "title", "about", "evidence", "shock", "crisis", *EVENT_ENTRY_KINDS)
REFERENCE_YEAR = "2017"
TREND_PARAMETER, MOOD_PARAMETER = "political_calendar.trend", "trust.mood"
BUILT_IN_SITES = ("villa_canales", "totonicapan")


@dataclass(frozen=True)
class ReadyEvent:
    """An event of the timeline with its texts by language, the sites that it concerns and its evidence."""

    event: DatedEvent
    title: Mapping[str, str]
    about: Mapping[str, str]
    sites: tuple[str, ...]
    evidence: tuple[str, ...]


def timeline_for(lineage: Sequence[str], path: Path = TIMELINE) -> tuple[DatedEvent, ...]:
    """Return the events of a scenario by date, national series included.

    ``lineage`` holds the names of the scenario and of those that it extends.
    """
    own = [one.event for one in read_timeline(path) if not one.sites or set(one.sites) & set(lineage)]
    return tuple(
        sorted([*own, *national_trend(path), *national_mood(path)], key=lambda event: (event.start, event.name))
    )


def read_timeline(path: Path = TIMELINE) -> list[ReadyEvent]:
    """Return every event of the timeline, in the order of the file."""
    file = display_path(path)
    rows = read_toml(path, file).get("events", [])
    return [
        parse_event(row, SourcedSetting(None, f"{file}: event '{row.get('name', number)}'"))
        for number, row in enumerate(rows, 1)
    ]


def parse_event(row: Mapping[str, Any], where: SourcedSetting) -> ReadyEvent:
    """Return one event; raise `InputError` if a key or value is wrong."""
    for key in row:
        if key not in EVENT_KEYS:
            raise where.wrong(f"no key '{key}'{suggest_nearest(key, EVENT_KEYS)}")
    for key in ("name", "date", "title", "evidence"):
        if key not in row:
            raise where.wrong(f"{key} is missing")
    for site in row.get("sites", ()):
        if site not in BUILT_IN_SITES:
            raise where.wrong(f"no site '{site}'{suggest_nearest(site, BUILT_IN_SITES)}")
    start = parse_date(f"{where.file}: date", row["date"])
    until = parse_date(f"{where.file}: until", row["until"]) if "until" in row else None
    if until is not None and until <= start:
        raise where.wrong(f"until must be after {start}, got {until}")
    event = DatedEvent(
        name=row["name"],
        start=start,
        until=until,
        entries=tuple(event_entries(row, where)),
        shock=event_size("shock", row, where, -1.0),
        crisis=event_size("crisis", row, where, 0.0),
    )
    words = [localised_words(row.get(key, row["title"]), key, where) for key in ("title", "about")]
    return ReadyEvent(event, words[0], words[1], tuple(row.get("sites", ())), tuple(row["evidence"]))


def event_size(key: str, row: Mapping[str, Any], where: SourcedSetting, low: float) -> float:
    """Return the size of an event as news or as a crisis, from ``low`` to 1."""
    value = checked_finite(f"{where.file}: {key}", row.get(key, 0.0))
    if not low <= value <= 1.0:
        raise where.wrong(f"{key} must lie in [{low:g}, 1], got {value:g}")
    return float(value)


def localised_words(words: Any, key: str, where: SourcedSetting) -> dict[str, str]:
    """Return a text by language; raise `InputError` unless it is given in every language."""
    if not isinstance(words, dict) or set(words) != set(LANGUAGES):
        raise where.wrong(f'{key} must be given as {{ en = "…", es = "…" }}, got {words!r}')
    return dict(words)


def event_entries(row: Mapping[str, Any], where: SourcedSetting) -> Iterable[PolicyEntry]:
    """Yield the changes of parameters by an event."""
    for how in EVENT_ENTRY_KINDS:
        for dotted, stated in flatten_table(row.get(how, {}), where).items():
            try:
                yield parse_event_entry(how, dotted, stated.value)
            except InputError as reason:
                raise where.wrong(f"[{how}]: {reason}") from None


def parse_event_entry(how: Any, dotted: str, value: Any) -> PolicyEntry:
    """Return one change; raise `InputError` for behaviour, since events change site facts and levers only."""
    group, key = find_parameter(dotted)
    spec = group.parameter_specs().get(key)
    if spec is None or spec.role == "behaviour":
        raise InputError(f"an event may change site facts and levers only; '{dotted}' is behaviour")
    number = checked_finite(dotted, value)
    if how == "set":
        checked_value(dotted, number, group.kind(key), spec)
    return PolicyEntry(parameter=dotted, how=how, value=float(number))


def national_trend(path: Path = TIMELINE) -> list[DatedEvent]:
    """Return yearly events that set the national homicide rate relative to 2017."""
    return yearly_steps(
        "national_homicides", "national trend", TREND_PARAMETER, lambda rate, reference: rate / reference, path
    )


def national_mood(path: Path = TIMELINE) -> list[DatedEvent]:
    """Return monthly events that set the nation's trust in the police relative to 2017, in log-odds.

    The value of a year is that of its middle; months lie on straight lines between the middles of years, so that trust
    does not jump at New Year. The last value holds for all later months.
    """
    known = known_years("national_trust", path)
    reference = percent_log_odds(known[int(REFERENCE_YEAR)])
    months = range(MONTHS_A_YEAR * min(known), MONTHS_A_YEAR * max(known) + MONTHS_A_YEAR // 2 + 1)
    middles = {MONTHS_A_YEAR * year + MONTHS_A_YEAR // 2: interpolate(known, year) for year in known}
    return [
        DatedEvent(
            name=f"national mood {first_of_month(month):%Y-%m}",
            start=first_of_month(month),
            until=first_of_month(month + 1) if month < max(months) else None,
            entries=(
                PolicyEntry(
                    parameter=MOOD_PARAMETER,
                    how="set",
                    value=percent_log_odds(interpolate(middles, max(month, min(middles)))) - reference,
                ),
            ),
        )
        for month in months
    ]


def percent_log_odds(mean: float) -> float:
    """Return the log-odds of a mean on the scale 0-100."""
    return log(mean / (100.0 - mean))


def yearly_steps(
    series: str, name: str, parameter: str, relative: Callable[[float, float], float], path: Path
) -> list[DatedEvent]:
    """Return an event per year that sets a parameter from a national series, relative to 2017.

    Missing years are interpolated linearly; the last year holds for all later ones.
    """
    known = known_years(series, path)
    reference = known[int(REFERENCE_YEAR)]
    return [
        DatedEvent(
            name=f"{name} {year}",
            start=datetime.date(year, 1, 1),
            until=datetime.date(year + 1, 1, 1) if year < max(known) else None,
            entries=(PolicyEntry(parameter=parameter, how="set", value=relative(interpolate(known, year), reference)),),
        )
        for year in range(min(known), max(known) + 1)
    ]


def known_years(series: str, path: Path) -> dict[int, float]:
    """Return the stated values of a national series by year; raise `InputError` without the year of reference."""
    stated = read_toml(path, display_path(path)).get(series, {}).get("rates", {})
    if REFERENCE_YEAR not in stated:
        raise InputError(f"{display_path(path)}: {series}.rates must have the year {REFERENCE_YEAR}")
    return {int(year): float(checked_finite(f"{series}.rates.{year}", rate)) for year, rate in stated.items()}


def interpolate(known: Mapping[int, float], at: int) -> float:
    """Return the value at a year or month, interpolated linearly between known ones.

    >>> interpolate({2014: 30.0, 2017: 27.0}, 2015)
    29.0
    """
    before, after = max(y for y in known if y <= at), min(y for y in known if y >= at)
    share = (at - before) / (after - before) if after > before else 0.0
    return known[before] + (known[after] - known[before]) * share
