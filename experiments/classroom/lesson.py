"""Texts, levers, switches and exercises of the classroom, in one language.

The files beside this module hold texts of the classroom only; names, units and ranges come from the catalogue of words
and from the parameters of the model.
"""

import math
from functools import cache
from typing import Any

from experiments.storage.run_spec import parameter_value
from experiments.words import catalogue
from experiments.words.toml_files import toml_beside
from model.engine.scenario import Scenario
from scenarios import accounts
from scenarios.groups import find_parameter
from scenarios.policy_files import ready_policies

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


def value_text(name: str, value: float, unit: str, language: str) -> str:
    """Return a value of a lever with its unit; shares in per cent, log-odds as cases of a hundred.

    >>> value_text("resources.repair", 0.25, "share", "en"), value_text("contacts.fair", 2.4, "log-odds", "en")
    ('25 %', 'fair in 92 of 100 contacts')
    """
    if unit == "share":
        return f"{100.0 * value:.3g} %"
    if odds := lesson_file("lesson")["of_hundred"].get(name):
        n_cases = 100.0 / (1.0 + math.exp(-odds["sign"] * value))
        return str(odds["text"][language]).format(n=f"{n_cases:.0f}")
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
        "says": [value_text(name, value, spec.unit, language) for value in values],
        "today": today,
        "todays": lesson_text(language, "today_mark", value=value_text(name, today, spec.unit, language)),
        "at": min(range(len(values)), key=lambda k: abs(values[k] - today)),
    }


def lesson_data(scenario: Scenario, language: str) -> dict[str, Any]:
    """Return the data of the page that do not depend on a run."""
    texts, policies = in_language(lesson_file("lesson"), language), ready_policies()
    groups = [
        entry | {"levers": [lever(name, scenario, language) for name in entry["levers"]]} for entry in texts["group"]
    ]
    return {
        "words": {name: text[language] for name, text in lesson_file("texts").items() if language in text},
        "groups": [{"harm": ""} | entry for entry in groups],
        "switches": texts["switch"],
        "policies": [
            {"name": name, "title": policies[name].title[language], "about": policies[name].about[language]}
            for name in POLICIES
        ],
        "accounts": [
            {"name": "" if name == accounts.PRESENT else name, "title": title[language]}
            for name, title in accounts.names().items()
        ],
        "charts": texts["chart"],
        "info": texts["info"],
        "exercises": [exercise_data(entry) for entry in in_language(exercises(), language)],
    }


def exercise_data(exercise: dict[str, Any]) -> dict[str, Any]:
    """Return an exercise without what only the teacher and the check may know."""
    shown = ("name", "title", "predict", "run", "compare", "why", "free", "months")
    claims = [claim["text"] for claim in exercise.get("claim", ())]
    return {name: exercise[name] for name in shown} | {
        "asks": exercise.get("asks", "direction"),
        "unit": exercise.get("unit", ""),
        "claims": claims,
    }
