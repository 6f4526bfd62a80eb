"""Texts, levers, switches and exercises of the classroom, in one language.

The files beside this module hold texts of the classroom only; names, units and ranges come from the catalogue of words
and from the parameters of the model.
"""

import math
import re
from functools import cache
from typing import Any

from experiments.narrative.number_format import format_number
from experiments.storage.reading import reference_file
from experiments.storage.run_spec import parameter_value
from experiments.words import catalogue
from experiments.words.toml_files import toml_beside
from model.engine.scenario import Scenario
from scenarios.groups import find_parameter
from scenarios.policy_files import ready_policies

KNOCKOUTS = reference_file("classroom", "knockouts.txt")
"""Effects of switching off each mechanism, as written by `confianza validate knockouts`."""
SHOWN_EFFECTS = ("trust_mean", "crimes_occurred", "crimes_told", "homicides")
KNOCKOUT_HEAD = re.compile(r"^(\w+) \(villa_canales[^)]*\): ")
KNOCKOUT_ROW = re.compile(r"^  (\w+) .*?(\S+) \[\S+, \S+\](\*?) *$")
POLICIES = (
    *("status_quo", "mopsic_realistic", "mopsic_full", "reporting_support", "resources_only", "multicultural"),
    "heavy_hand",
)
SLIDER_STEPS = 100
"""Positions of a slider."""


@cache
def lesson_file(name: str) -> dict[str, Any]:
    """Return the content of a TOML file beside this module."""
    return toml_beside(__file__, f"{name}.toml")


def lesson_text(language: str, name: str, **values: Any) -> str:
    """Return a text of the page with values inserted.

    >>> lesson_text("es", "pause"), lesson_text("en", "exercise", n=2, all=8)
    ('Pausar', 'Exercise 2 of 8')
    """
    return str(lesson_file("texts")[name][language]).format(**values)


def in_language(data: Any, language: str) -> Any:
    """Return nested data with every text in one language.

    >>> in_language({"title": {"en": "Close", "es": "Cierre"}, "minutes": 15}, "es")
    {'title': 'Cierre', 'minutes': 15}
    """
    if isinstance(data, list):
        return [in_language(item, language) for item in data]
    if not isinstance(data, dict):
        return data
    return data[language] if set(data) == {"en", "es"} else {k: in_language(v, language) for k, v in data.items()}


@cache
def lever_names() -> tuple[str, ...]:
    """Return the parameters that the classroom offers as levers."""
    return tuple(name for group in lesson_file("lesson")["group"] for name in group["levers"])


def switch_names() -> tuple[str, ...]:
    """Return the mechanisms that the classroom can switch off."""
    return tuple(switch["name"] for switch in lesson_file("lesson")["switch"])


def exercises() -> list[dict[str, Any]]:
    """Return the exercises of the file, in both languages."""
    return list(lesson_file("exercises")["exercise"])


def value_text(value: float, unit: str, language: str) -> str:
    """Return a value with its unit; shares in per cent, log-odds as odds.

    >>> value_text(0.25, "share", "en"), value_text(0.7, "log-odds", "en")
    ('25 %', 'odds × 2')
    """
    if unit == "share":
        return f"{100.0 * value:.3g} %"
    if unit.startswith("log-odds"):
        return lesson_text(language, "odds", n=f"{math.exp(value):.2g}")
    return f"{value:.3g} {catalogue.unit(unit, language)}"


def lever(name: str, scenario: Scenario, language: str) -> dict[str, Any]:
    """Return the data of a lever: title, values and texts of every position, and today's value."""
    group, key = find_parameter(name)
    spec, today = group.parameter_specs()[key], float(parameter_value(scenario, name))
    steps = max(1, round(spec.high - spec.low)) if group.kind(key) is int else SLIDER_STEPS
    values = [spec.low + (spec.high - spec.low) * k / steps for k in range(steps + 1)]
    return {
        "name": name,
        "title": catalogue.lever(name, language),
        "values": values,
        "says": [value_text(value, spec.unit, language) for value in values],
        "today": today,
        "todays": lesson_text(language, "today_mark", value=value_text(today, spec.unit, language)),
        "at": min(range(len(values)), key=lambda k: abs(values[k] - today)),
    }


@cache
def knockout_effects() -> dict[str, dict[str, str]]:
    """Return the significant effects of each mechanism's knock-out: mean difference by measure."""
    effects: dict[str, dict[str, str]] = {}
    mechanism_effects: dict[str, str] = {}
    for line in KNOCKOUTS.read_text(encoding="utf-8").splitlines():
        if head := KNOCKOUT_HEAD.match(line):
            mechanism_effects = effects.setdefault(head[1], {})
        elif (row := KNOCKOUT_ROW.match(line)) and row[3] and row[1] in SHOWN_EFFECTS:
            mechanism_effects[row[1]] = row[2].replace(",", "")
    return effects


def knockout_text(name: str, language: str) -> str:
    """Return a sentence on the effects of switching off a mechanism; the file states with minus without it."""
    effects = knockout_effects().get(name)
    if effects is None:
        return lesson_text(language, "no_knockout")
    measures, parts = in_language(lesson_file("texts")["measure"], language), []
    for measure, mean in effects.items():
        size = -float(mean) * (100.0 if measure == "trust_mean" else 1.0)
        digits = 2 if abs(size) < 1 else 1 if abs(size) < 10 else 0
        parts.append(measures[measure].format(n=format_number(size, digits, "+")))
    return lesson_text(language, "knockout", effects=", ".join(parts) or measures["none"])


def lesson_data(scenario: Scenario, language: str) -> dict[str, Any]:
    """Return the data of the page that do not depend on a run."""
    texts, policies = in_language(lesson_file("lesson"), language), ready_policies()
    groups = [
        entry | {"levers": [lever(name, scenario, language) for name in entry["levers"]]} for entry in texts["group"]
    ]
    tasks = in_language(exercises(), language)
    return {
        "words": {name: text[language] for name, text in lesson_file("texts").items() if language in text},
        "groups": [{"harm": ""} | entry for entry in groups],
        "switches": [entry | {"knockout": knockout_text(entry["name"], language)} for entry in texts["switch"]],
        "policies": [
            {"name": name, "title": policies[name].title[language], "about": policies[name].about[language]}
            for name in POLICIES
        ],
        "charts": texts["chart"],
        "info": texts["info"],
        "exercises": [{key: text for key, text in entry.items() if key != "teacher"} for entry in tasks],
    }
