"""Measures that a decision maker can take, step by step, and the policy that the chosen measures form."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from experiments.storage.run_spec import parameter_value
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.police.minutes import LITRES_A_GALLON

TODAY = {"en": "today", "es": "hoy"}
POLICY = "measures"
"""Name of the policy, and of its file, that the chosen measures form."""
UNIT_SIZES = {"number": 1.0, "in_ten": 10.0, "litres": LITRES_A_GALLON}
OPERATIONS = get_args(PolicyEntry.__annotations__["how"])

Text = Mapping[str, str]
ChosenSteps = tuple[tuple[str, int], ...]
"""Measures that differ from today, each with the number of its step."""


@dataclass(frozen=True)
class Step:
    """One step of a measure: its short label, its text within a sentence, and the policy entries that it sets."""

    short: Text
    say: Text
    entries: tuple[PolicyEntry, ...]


@dataclass(frozen=True)
class DecisionMeasure:
    """A measure that a decision maker can take, with its steps in ascending order.

    ``counts`` is the parameter whose value appears in its texts, converted as ``unit`` states.
    """

    name: str
    title: Text
    cost: Text
    steps: tuple[Step, ...]
    counts: str = ""
    unit: str = "number"
    harm: bool = False

    @property
    def today(self) -> int:
        """Number of the step without changes."""
        return next(number for number, step in enumerate(self.steps) if not step.entries)

    def text_with_value(self, text: Text, step: Step, scenario: Scenario, language: str) -> str:
        """Return a text about a step with the value of the parameter `counts` in a municipality."""
        if not self.counts:
            return text[language]
        own = [entry for entry in step.entries if entry.parameter == self.counts]
        value = value_after(float(parameter_value(scenario, self.counts)), own)
        return text[language].format(n=f"{UNIT_SIZES[self.unit] * value:,.0f}")


def value_after(value: float, entries: list[PolicyEntry]) -> float:
    """Return a value after policy entries are applied to it.

    >>> value_after(2.0, [PolicyEntry(parameter="a.b", how="scale", value=1.5)]), value_after(2.0, [])
    (3.0, 2.0)
    """
    for entry in entries:
        value = {"set": entry.value, "scale": value * entry.value, "add": value + entry.value}[entry.how]
    return value


@cache
def measures() -> tuple[DecisionMeasure, ...]:
    """Return all measures in display order."""
    return tuple(measure_of(entry) for entry in toml_beside(__file__, "measures.toml")["measure"])


def measure_of(entry: dict[str, Any]) -> DecisionMeasure:
    """Return a measure from its TOML entry."""
    steps = tuple(step_of(one, entry) for one in entry["step"])
    options = entry.get("counts", ""), entry.get("as", "number"), entry.get("harm", False)
    return DecisionMeasure(entry["name"], entry["title"], entry["cost"], steps, *options)


def step_of(entry: dict[str, Any], measure: dict[str, Any]) -> Step:
    """Return a step from its TOML entry; missing texts are those of the measure."""
    entries = tuple(
        PolicyEntry(parameter=key, how=how, value=float(value))
        for how in OPERATIONS
        for key, value in entry.get(how, {}).items()
    )
    short = entry.get("short") or (measure["short"] if entries else TODAY)
    return Step(short, entry.get("say") or measure["say"], entries)


def decision_measure(name: str) -> DecisionMeasure:
    """Return a measure by name."""
    known = {one.name: one for one in measures()}
    if name not in known:
        raise InputError(f"no measure '{name}'{suggest_nearest(name, known)}")
    return known[name]


def changed_measures(steps: Mapping[str, int]) -> ChosenSteps:
    """Return the measures whose step differs from today, in display order."""
    for name, number in steps.items():
        if not 0 <= number < len(decision_measure(name).steps):
            raise InputError(
                f"the measure '{name}' has steps 0 to {len(decision_measure(name).steps) - 1}, got {number}"
            )
    return tuple((one.name, steps[one.name]) for one in measures() if steps.get(one.name, one.today) != one.today)


def policy_of(chosen: ChosenSteps, start: datetime.date | None = None) -> Policy:
    """Return the policy that the chosen measures form."""
    entries = [entry for name, number in chosen for entry in decision_measure(name).steps[number].entries]
    return Policy(name=POLICY, entries=tuple(entries), start=start)


def file_of(policy: Policy) -> str:
    """Return the text of a policy file (TOML) for a policy."""
    lines = ['title = { en = "Changes made on the page", es = "Cambios hechos en la página" }']
    lines += [f"start = {policy.start}"] * bool(policy.start)
    for how in OPERATIONS:
        entries = [entry for entry in policy.entries if entry.how == how]
        lines += [f"\n[{how}]"] * bool(entries)
        lines += [f'"{entry.parameter}" = {entry.value!r}' for entry in entries]
    return "\n".join(lines) + "\n"
