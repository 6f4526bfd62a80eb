"""Texts, levers, switches and exercises of the classroom, in one language.

The files beside this module hold what only the classroom says; names, units and ranges come from the catalogue of words
and from the parameters of the model.
"""

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

from experiments.storage.reading import reference_file
from experiments.storage.run_spec import parameter_value
from experiments.words import catalogue
from experiments.words.toml_files import toml_beside
from model.engine.parameters import ParameterSpec
from model.engine.scenario import Scenario
from scenarios.groups import find_parameter
from scenarios.policy_files import ready_policies

FOLDER = Path(__file__).parent
KNOCKOUTS = reference_file("classroom", "knockouts.txt")
"""What switching each mechanism off did, as `confianza validate knockouts` wrote it."""
SHOWN_EFFECTS = ("trust_mean", "crimes_occurred", "crimes_told", "homicides")
HEAD = re.compile(r"^(\w+) \(villa_canales[^)]*\): ")
ROW = re.compile(r"^  (\w+) .*?(\S+) \[\S+, \S+\](\*?) *$")
POLICIES = ("status_quo", "mopsic_realistic", "mopsic_full", "reporting_support", "resources_only", "multicultural")
HEAVY = "heavy_hand"
STEPS = 100
"""Positions of a slider."""


@cache
def table(name: str) -> dict[str, Any]:
    """Return a file of texts beside this module."""
    return toml_beside(__file__, f"{name}.toml")


def say(language: str, name: str, **values: Any) -> str:
    """Return a text of the page with values put in.

    >>> say("es", "pause"), say("en", "exercise", n=2, all=8)
    ('Pausar', 'Exercise 2 of 8')
    """
    return str(table("texts")[name][language]).format(**values)


def words(language: str) -> dict[str, str]:
    """Return all texts of the page in a language, unfilled."""
    return {name: text[language] for name, text in table("texts").items() if language in text}


@cache
def lever_names() -> tuple[str, ...]:
    """Return the parameters that the classroom offers as levers."""
    return tuple(name for group in table("lesson")["group"] for name in group["levers"])


def switch_names() -> tuple[str, ...]:
    """Return the mechanisms that the classroom can switch off."""
    return tuple(one["name"] for one in table("lesson")["switch"])


def exercises() -> list[dict[str, Any]]:
    """Return the exercises as the file states them."""
    return list(table("exercises")["exercise"])


def spec_of(name: str) -> ParameterSpec:
    """Return unit and range of a lever."""
    group, key = find_parameter(name)
    return group.parameter_specs()[key]


def is_whole(name: str) -> bool:
    """Tell whether a lever counts something."""
    group, key = find_parameter(name)
    return group.kind(key) is int


def today(scenario: Scenario, name: str) -> float:
    """Return where a lever stands in a municipality as it is."""
    return float(parameter_value(scenario, name))


def value_text(value: float, unit: str, language: str) -> str:
    """Return a value with its unit; shares in per cent, log-odds as odds.

    >>> value_text(0.25, "share", "en"), value_text(0.7, "log-odds", "en")
    ('25 %', 'odds × 2')
    """
    if unit == "share":
        return f"{100.0 * value:.3g} %"
    if unit.startswith("log-odds"):
        return say(language, "odds", n=f"{math.exp(value):.2g}")
    return f"{value:.3g} {catalogue.unit(unit, language)}"


def lever(name: str, scenario: Scenario, language: str) -> dict[str, Any]:
    """Return a lever as the page draws it: title, range, today's value, and the words of every position."""
    about, now, whole = spec_of(name), today(scenario, name), is_whole(name)
    steps = max(1, round(about.high - about.low)) if whole else STEPS
    values = [about.low + (about.high - about.low) * k / steps for k in range(steps + 1)]
    return {
        "name": name,
        "title": catalogue.lever(name, language),
        "values": values,
        "says": [value_text(value, about.unit, language) for value in values],
        "today": now,
        "todays": say(language, "today_mark", value=value_text(now, about.unit, language)),
        "at": min(range(len(values)), key=lambda k: abs(values[k] - now)),
    }


def groups(scenario: Scenario, language: str) -> list[dict[str, Any]]:
    """Return the levers by idea."""
    return [
        {
            "name": one["name"],
            "title": one["title"][language],
            "harm": one["harm"][language] if "harm" in one else "",
            "levers": [lever(name, scenario, language) for name in one["levers"]],
        }
        for one in table("lesson")["group"]
    ]


@cache
def knockout_effects() -> dict[str, dict[str, str]]:
    """Return by mechanism the effects of its knock-out that are told from chance: measure and mean difference."""
    found: dict[str, dict[str, str]] = {}
    own: dict[str, str] = {}
    for line in KNOCKOUTS.read_text(encoding="utf-8").splitlines():
        if head := HEAD.match(line):
            own = found.setdefault(head[1], {})
        elif (row := ROW.match(line)) and row[3] and row[1] in SHOWN_EFFECTS:
            own[row[1]] = row[2].replace(",", "")
    return found


def knockout_text(name: str, language: str) -> str:
    """Return in a sentence what switching a mechanism off did; the file states with it minus without it."""
    effects = knockout_effects().get(name)
    if effects is None:
        return say(language, "no_knockout")
    measures = table("texts")["measure"]
    parts = [
        measures[measure][language].format(n=signed(-float(mean) * (100.0 if measure == "trust_mean" else 1.0)))
        for measure, mean in effects.items()
    ]
    return say(language, "knockout", effects=", ".join(parts) or measures["none"][language])


def signed(value: float) -> str:
    """Return a difference with its sign.

    >>> signed(-0.612), signed(22.2)
    ('−0.61', '+22')
    """
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0
    return f"{'−' if value < 0 else '+'}{abs(value):.{digits}f}"


def switches(language: str) -> list[dict[str, str]]:
    """Return the mechanisms that can be switched off, with rule and effect in words."""
    return [
        {
            "name": one["name"],
            "title": one["title"][language],
            "rule": one["rule"][language],
            "knockout": knockout_text(one["name"], language),
        }
        for one in table("lesson")["switch"]
    ]


def policies(language: str) -> list[dict[str, Any]]:
    """Return the ready policies that can be chosen."""
    ready = ready_policies()
    return [
        {"name": name, "title": ready[name].title[language], "about": ready[name].about[language]}
        for name in (*POLICIES, HEAVY)
    ]


def in_language(stated: dict[str, Any], language: str) -> dict[str, Any]:
    """Return an entry of a file with its texts in one language."""
    return {key: one[language] if isinstance(one, dict) and language in one else one for key, one in stated.items()}


def lesson(scenario: Scenario, language: str) -> dict[str, Any]:
    """Return everything of the page that no run changes."""
    stated = table("lesson")
    return {
        "words": words(language),
        "groups": groups(scenario, language),
        "switches": switches(language),
        "policies": policies(language),
        "charts": [
            in_language(one, language) | {"lines": [in_language(line, language) for line in one["lines"]]}
            for one in stated["chart"]
        ],
        "info": [in_language(one, language) for one in stated["info"]],
        "exercises": [
            {key: one for key, one in in_language(each, language).items() if key != "teacher"} for each in exercises()
        ],
    }
