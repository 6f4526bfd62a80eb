"""Levers moved on the page, as policies with dates that a file and a command line can repeat."""

import dataclasses
import datetime
import math
from collections.abc import Sequence

from experiments.storage.run_spec import RunSpec
from model.engine.calendar import date_of_tick
from model.engine.errors import InputError
from model.engine.parameters import group_named
from model.engine.policies import parameter_rows
from model.engine.scenario import Policy, PolicyEntry, Scenario


def next_morning(tick: int) -> datetime.date:
    """Return the date of the first 06:00 that is not over before this tick; policies begin then."""
    return date_of_tick(tick + (-tick) % 3)


def value_on(scenario: Scenario, parameter: str, date: datetime.date) -> float:
    """Return what a lever is on a date, policies included (in the first settlement)."""
    group, _, key = parameter.partition(".")
    return float(parameter_rows(scenario, group, date)[key][0])


def name_of(date: datetime.date) -> str:
    """Return the name of the policy that holds the changes of a date."""
    return f"changes_{date:%Y_%m_%d}"


def move_levers(
    policies: Sequence[Policy], moves: dict[str, float], date: datetime.date, scenario: Scenario
) -> tuple[Policy, ...]:
    """Return the policies together with levers moved to these values from a date on.

    Where other policies or dated events scale a lever, a set value would be changed once more: the difference is added.
    """
    name = name_of(date)
    others = [policy for policy in policies if policy.name != name]
    kept = [entry for policy in policies if policy.name == name for entry in policy.entries]
    entries = [entry for entry in kept if entry.parameter not in moves]
    entries += [entry_for(parameter, value, others, date, scenario) for parameter, value in moves.items()]
    return (*others, Policy(name=name, entries=tuple(sorted(entries, key=lambda e: (e.how, e.parameter))), start=date))


def entry_for(
    parameter: str, value: float, others: Sequence[Policy], date: datetime.date, scenario: Scenario
) -> PolicyEntry:
    """Return the entry after which a lever stands at a value, whatever else policies and dated events do to it."""
    entry = PolicyEntry(parameter=parameter, how="set", value=value)
    alone = dataclasses.replace(scenario, policies=tuple(others))
    tried = dataclasses.replace(alone, policies=(*others, Policy(name=name_of(date), entries=(entry,), start=date)))
    try:
        reached = value_on(tried, parameter, date)
    except InputError:  # scaled once more, it leaves its range
        reached = math.nan
    if reached == value:
        return entry
    return dataclasses.replace(
        entry, how="add", value=step_within_range(parameter, value_on(alone, parameter, date), value)
    )


def step_within_range(parameter: str, now: float, goal: float) -> float:
    """Return what must be added to reach a value, so that rounding does not lead out of the range."""
    name, _, key = parameter.partition(".")
    about = group_named(name).parameter_specs()[key]
    step = goal - now
    while now + step > about.high:
        step = math.nextafter(step, -math.inf)
    while now + step < about.low:
        step = math.nextafter(step, math.inf)
    return step


def command_of(scenario: str, policies: Sequence[Policy], seed: int, until: datetime.date) -> str:
    """Return the command line that repeats a run; the files of its changes lie where it is given."""
    words = [f"{policy.name}@{policy.start}" for policy in policies if not is_change(policy) and policy.start]
    words += [policy.name for policy in policies if not is_change(policy) and not policy.start]
    words += [f"./{policy.name}.toml" for policy in policies if is_change(policy)]
    return RunSpec(source=scenario, policies=tuple(words), until=until, seed=seed).command


def is_change(policy: Policy) -> bool:
    """Tell whether a policy was made by moving levers on the page."""
    return policy.name.startswith("changes_")
