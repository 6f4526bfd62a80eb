"""Parameters under policies and events: their values by settlement on any date.

A policy and an event of the timeline change parameters from 06:00 of a date, in all settlements or in some, until
another date or for good.  `parameter_rows` computes the values in force; `changed_rows` those that change on a date.
"""

import datetime
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import ParameterGroup, group_named
from model.engine.rows import FloatArray, IntArray, Rows
from model.engine.scenario import DatedEvent, Policy, PolicyEntry, Scenario, TimeSpan

POLITICAL_CALENDAR = "political_calendar"
"""Mechanism that switches all events of the timeline."""


def turning_dates(scenario: Scenario) -> tuple[datetime.date, ...]:
    """Return the dates on which a lever, a policy or an event of the timeline begins or ends, in order."""
    turns = {date for policy in scenario.policies for date in policy_dates(policy, scenario)}
    events = {date for event in scenario.timeline for date in (event.start, event.until) if date is not None}
    return tuple(sorted(turns | events | ({scenario.start} if scenario.before else set())))


def policy_start(policy: Policy, scenario: Scenario) -> datetime.date:
    """Return the first date of a policy, not before the reported run: all share the warm-up."""
    return max(policy.start or scenario.start, scenario.start)


def policy_end(policy: Policy, scenario: Scenario) -> datetime.date | None:
    """Return the date at whose 06:00 a policy ends, or None."""
    return policy.until.after(policy_start(policy, scenario)) if isinstance(policy.until, TimeSpan) else policy.until


def policy_dates(policy: Policy, scenario: Scenario) -> tuple[datetime.date, ...]:
    """Return the dates on which a policy begins and, unless it is permanent, ends."""
    end = policy_end(policy, scenario)
    return (policy_start(policy, scenario), *(() if end is None else (end,)))


def is_in_force(policy: Policy, scenario: Scenario, date: datetime.date) -> bool:
    """Return whether a policy is in force on a date."""
    end = policy_end(policy, scenario)
    return policy_start(policy, scenario) <= date and (end is None or date < end)


def changed_rows(
    scenario: Scenario, date: datetime.date, settlements: Sequence[str] | None = None
) -> dict[str, Rows[ParameterGroup]]:
    """Return the tables of all groups that change on a date.

    Parameters
    ----------
    scenario
        The scenario with its policies and timeline.
    date
        A date on which something begins or ends (`turning_dates`).
    settlements
        Names of the settlements for the rows; all of the scenario by default.
    """
    turning = [policy for policy in scenario.policies if date in policy_dates(policy, scenario)]
    events = [event for event in scenario.timeline if date in (event.start, event.until)]
    names = touched_groups(turning) | {entry_group(entry) for event in events for entry in event.entries}
    if any(POLITICAL_CALENDAR in policy.off for policy in turning):
        names |= {entry_group(entry) for event in scenario.timeline for entry in event.entries}
    if date == scenario.start:
        names |= set(scenario.before)
    return {name: parameter_rows(scenario, name, date, settlements) for name in sorted(names)}


def touched_groups(policies: Sequence[Policy]) -> set[str]:
    """Return the names of all groups that policies change or switch off."""
    return {entry_group(entry) for policy in policies for entry in policy.entries}.union(*(p.off for p in policies))


def events_in_force(scenario: Scenario, date: datetime.date, in_force: Sequence[Policy]) -> list[DatedEvent]:
    """Return the events in force on a date: none if the political calendar is switched off."""
    if POLITICAL_CALENDAR in scenario.off or any(POLITICAL_CALENDAR in policy.off for policy in in_force):
        return []
    return [event for event in scenario.timeline if event.start <= date and (event.until is None or date < event.until)]


def parameter_rows(
    scenario: Scenario, group: str, date: datetime.date, settlements: Sequence[str] | None = None
) -> Rows[ParameterGroup]:
    """Return the parameters of a group in force on a date, one row per settlement.

    Parameters
    ----------
    scenario
        The scenario with its policies and timeline.
    group
        Name of the group.
    date
        Any date.
    settlements
        Names of the settlements for the rows; all of the scenario by default.

    Notes
    -----
    Values set for the run hold from its start; before it, levers have the value of the scenario file.  Events of the
    timeline apply first, then policies.  Within each, ``set`` entries apply in order of their start, then all factors,
    then all sums.  Neutral values come last, so that a mechanism that is switched off stays off under any policy.
    """
    names = [one.name for one in scenario.settlements] if settlements is None else list(settlements)
    in_force = [policy for policy in policies_by_date(scenario) if is_in_force(policy, scenario, date)]
    groups = scenario.groups if date >= scenario.start else {**scenario.groups, **scenario.before}
    rows = groups[group].rows(len(names))
    for changing in (events_in_force(scenario, date, in_force), in_force):
        entries = [entry for one in changing for entry in one.entries if entry_group(entry) == group]
        for key in dict.fromkeys(entry.parameter.partition(".")[2] for entry in entries):
            rows[key] = apply_entries(rows[key], [e for e in entries if e.parameter == f"{group}.{key}"], names)
    if group in scenario.off or any(group in policy.off for policy in in_force):
        write_neutral(rows, group, scenario)
    return rows


def policies_by_date(scenario: Scenario) -> list[Policy]:
    """Return the policies in order of their start, then of their name."""
    return sorted(scenario.policies, key=lambda policy: (policy.start or scenario.start, policy.name))


def entry_group(entry: PolicyEntry) -> str:
    """Return the name of the group of an entry's parameter."""
    return entry.parameter.partition(".")[0]


def apply_entries(now: IntArray | FloatArray, entries: Sequence[PolicyEntry], names: Sequence[str]) -> FloatArray:
    """Return one parameter by settlement after all entries: sets, then factors, then sums.

    Integer parameters are rounded half up.  Raises `InputError` if a value leaves its range.
    """
    after = now.astype(np.float64)
    for entry in sorted(entries, key=lambda entry: ("set", "scale", "add").index(entry.how)):
        here = np.array([entry.settlements is None or name in entry.settlements for name in names], dtype=bool)
        after[here] = apply_entry(entry, after[here])
    return checked_range(entries[0].parameter, np.floor(after + 0.5) if now.dtype.kind == "i" else after)


def apply_entry(entry: PolicyEntry, before: FloatArray) -> FloatArray:
    """Return the values after one entry has set, scaled or raised them."""
    if entry.how == "set":
        return np.full_like(before, entry.value)
    return before * entry.value if entry.how == "scale" else before + entry.value


def checked_range(parameter: str, values: FloatArray) -> FloatArray:
    """Return the values; raise `InputError` if one lies outside the range of the parameter."""
    name, _, key = parameter.partition(".")
    spec = group_named(name).parameter_specs()[key]
    outside = values[~((spec.low <= values) & (values <= spec.high))]
    if outside.size:
        raise InputError(
            f"{parameter} must lie in [{spec.low:g}, {spec.high:g}] ({spec.unit})"
            f" after all policies, got {outside[0]:g}: change or drop one of the policies that set it"
        )
    return values


def write_neutral(rows: Rows[ParameterGroup], group: str, scenario: Scenario) -> None:
    """Overwrite the rows of a group with its neutral values."""
    neutral = scenario.groups[group].disabled()
    for key, spec in neutral.parameter_specs().items():
        if spec.off is not None:
            rows[key] = getattr(neutral, key)


def check_policies(scenario: Scenario) -> None:
    """Check the policies of a scenario together.

    Raises
    ------
    InputError
        If two policies have one name or set one parameter to two values, if one names an unknown settlement or ends
        before it begins, or if values leave their range.
    """
    names = [policy.name for policy in scenario.policies]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"policy '{name}' is named twice: name it once")
    for policy in scenario.policies:
        check_policy_end(policy, scenario)
    known = [one.name for one in scenario.settlements]
    for policy, entry in entries_with_policy(scenario):
        for name in entry.settlements or ():
            if name not in known:
                raise InputError(f"policy '{policy.name}': no settlement '{name}'{suggest_nearest(name, known)}")
    for (policy, one), (other, two) in itertools.combinations(entries_with_policy(scenario), 2):
        if entries_contradict(one, two) and (policy.start or scenario.start) == (other.start or scenario.start):
            raise InputError(
                f"policies '{policy.name}' and '{other.name}' both set {one.parameter} in the same place from"
                f" the same date, to {one.value:g} and {two.value:g}; choose one, or another date for one"
            )
    for date in turning_dates(scenario):
        changed_rows(scenario, date)


def check_policy_end(policy: Policy, scenario: Scenario) -> None:
    """Raise `InputError` if a policy ends before it begins."""
    begin, end = policy_start(policy, scenario), policy_end(policy, scenario)
    if end is not None and end <= begin:
        raise InputError(
            f"policy '{policy.name}' must end after {begin}, when it begins, got until = {end}; choose another date"
        )


def entries_with_policy(scenario: Scenario) -> Iterator[tuple[Policy, PolicyEntry]]:
    """Yield every entry with its policy."""
    return ((policy, entry) for policy in scenario.policies for entry in policy.entries)


def entries_contradict(one: PolicyEntry, two: PolicyEntry) -> bool:
    """Return whether two entries set one parameter to different values in the same settlement."""
    places = [set(entry.settlements) for entry in (one, two) if entry.settlements is not None]
    apart = len(places) == 2 and not places[0] & places[1]
    sets = one.how == two.how == "set" and one.parameter == two.parameter
    return sets and one.value != two.value and not apart
