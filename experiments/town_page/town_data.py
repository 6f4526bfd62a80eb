"""Data of the page of a town: worlds, runs and emulators as compact arrays, and texts in both languages."""

import base64
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.decision_measures import DecisionMeasure, measures
from experiments.comparison.headline_measures import worse_direction
from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.design import ReproduceDesign, municipality
from experiments.reproduce.lever_steps import MOPSIC_LEVERS
from experiments.reproduce.plan import HORIZONS, MEASURES, plan
from experiments.reproduce.sentences import input_name
from experiments.reproduce.surfaces import Surface, SurfaceKey
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.over_assumed import BAND_QUANTILES
from experiments.statistics.thresholds import threshold_rules
from experiments.statistics.verdicts import MIN_RUNS, SHARES, VERDICTS, WORLDS_RULES
from experiments.town_page.practices import practices_of
from experiments.town_page.worlds import (
    PERCENT_UNITS,
    TownWorlds,
    WorldSurface,
    YearsOfWorlds,
    package_steps,
    steps_array,
    town_worlds,
)
from experiments.voi.questions import AccountQuestion, NumberGroup, group_of, number_groups, questions
from experiments.words.bilingual import LANGUAGES
from experiments.words.toml_files import toml_beside
from scenarios import accounts

TEXTS = "texts.toml"
LEAST_PAIRS = 6
"""Fewer pairs of a whole town give no stamp."""
FLOAT32, FLOAT64 = "<f4", "<f8"
"""Little-endian types of arrays in the page."""


def town_data(
    design: ReproduceDesign,
    pairs: pd.DataFrame,
    surfaces: Mapping[SurfaceKey, Surface],
    sites: Sequence[str],
    command: str,
) -> dict[str, Any]:
    """Return the data of the page of some towns."""
    towns = [worlds_data(town_worlds(design, pairs, surfaces, site)) for site in sites]
    return page_data(design.unknowns, towns, command)


def page_data(unknowns: Sequence[str], towns: Sequence[Mapping[str, Any]], command: str) -> dict[str, Any]:
    """Return the data of the page: its own, and those of towns (`worlds_data` or `bare_town`)."""
    sites = [town["name"] for town in towns]
    return page_facts() | {
        "command": command,
        "studies": [study_data(one, unknowns) for one in studies_of(unknowns)],
        "unknowns": list(unknowns),
        "towns": list(towns),
        "practices": {site: practices_of(site) for site in sites},
        "words": {language: page_words(unknowns, sites, language) for language in LANGUAGES},
        "served": False,
    }


def studies_of(unknowns: Sequence[str]) -> list[AccountQuestion | NumberGroup]:
    """Return the declared questions on accounts, and the groups of numbers in which some unknowns are."""
    groups = {group_of(name).name for name in unknowns}
    return [*questions(), *(one for one in number_groups() if one.name in groups)]


def study_data(study: AccountQuestion | NumberGroup, unknowns: Sequence[str]) -> dict[str, Any]:
    """Return a study: the class of each account, or the unknowns that it measures; persons and months."""
    named = {"name": study.name, "people": study.people, "months": study.months}
    if isinstance(study, AccountQuestion):
        return named | {"classes": [study.class_of(name) for name in accounts.names()], "unknowns": []}
    return named | {"classes": [], "unknowns": [name for name in unknowns if group_of(name).name == study.name]}


def page_facts() -> dict[str, Any]:
    """Return the data of the page that are the same for all towns and runs of a version."""
    return {
        "levers": [lever_data(lever) for lever in measures()],
        "packages": [
            {"name": name, "steps": steps_array([steps])[0].tolist()} for name, steps in package_steps().items()
        ],
        "accounts": list(accounts.names()),
        "weights": list(account_weights().values()),
        "horizons": list(HORIZONS),
        "measures": [measure_data(name) for name in plan().emulated],
        "verdicts": verdict_data(),
        "pairs": {"all": MAX_PAIRS, "least": LEAST_PAIRS},
    }


def verdict_data() -> dict[str, Any]:
    """Return the rules of verdicts over worlds with their limits, and the direction of each verdict."""
    low, high = BAND_QUANTILES
    return {
        "rules": [dataclasses.asdict(rule) for rule in WORLDS_RULES],
        "direction": {name: one.direction for name, one in VERDICTS.items()},
        "sure": SHARES["sure"],
        "least": MIN_RUNS,
        "low": low,
        "high": high,
    }


def lever_data(lever: DecisionMeasure) -> dict[str, Any]:
    """Return a lever with the number of its last step and of today's."""
    facts = {"last": len(lever.steps) - 1, "today": lever.today, "harm": lever.harm}
    return {"name": lever.name, "mopsic": lever.name in MOPSIC_LEVERS, **facts}


def measure_data(name: str) -> dict[str, Any]:
    """Return a measure: whether more is worse (1, -1, 0), its largest value, and the rule of its delta.

    ``months`` are those that a value stands for. The rule has the least effect that matters and its share of the larger
    side, the value below which events are rare (0 for none), and both numbers for rare events.
    """
    headline, rules = MEASURES[name], threshold_rules()
    scale = headline.scale(1.0)
    usual, rare = rules[scale.kind], rules["rare"]
    least = rare.least / scale.per_year if scale.kind == "counts" else 0.0
    parts = (usual.delta / scale.per_year, usual.share, least, rare.delta / scale.per_year, rare.share)
    return {
        "name": name, "worse": worse_direction(name), "delta": parts,
        "months": MONTHS if headline.how == "year" else 1, "most": 100.0 if headline.unit in PERCENT_UNITS else 0.0,
    }  # fmt: skip


def worlds_data(town: TownWorlds) -> dict[str, Any]:
    """Return the worlds of a town, its runs, and its results by horizon."""
    return {
        "name": town.site,
        "account": town.account_numbers.tolist(),
        "tested": town.tested.astype(int).tolist(),
        "unknown": as_base64(town.unknowns, FLOAT64),
        "usual": list(town.usual),
        "run": town.run_worlds.tolist(),
        "steps": town.run_steps.ravel().tolist(),
        "years": {str(years): years_data(town, found) for years, found in town.years.items()},
    }


def bare_town(site: str) -> dict[str, Any]:
    """Return the data of a town of which no worlds were run."""
    return {"name": site, "account": [], "tested": [], "unknown": "", "usual": [], "run": [], "steps": [], "years": {}}


def years_data(town: TownWorlds, found: YearsOfWorlds) -> dict[str, Any]:
    """Return the results of one horizon."""
    return {
        "base": as_base64(found.base, FLOAT32),
        "surfaces": {measure: surface_data(surface) for measure, surface in found.surfaces.items()},
        "packages": {name: as_base64(effects, FLOAT32) for name, effects in found.packages.items()},
    }


def surface_data(surface: WorldSurface) -> dict[str, Any]:
    """Return the coefficients of a surface and its errors."""
    used = surface.coefficients
    return {
        "level": used.level,
        "slopes": used.slopes.tolist(),
        "lengths": used.lengths.tolist(),
        "weights": as_base64(surface.weights, FLOAT64),
        "errors": as_base64(surface.errors, FLOAT32),
        "spread": surface.spread,
    }


def as_base64(numbers: np.ndarray, kind: str) -> str:
    """Return numbers as base64 of floats, in row-major order."""
    return base64.b64encode(np.ascontiguousarray(numbers, kind).tobytes()).decode()


# Texts


def page_words(unknowns: Sequence[str], sites: Sequence[str], language: str) -> dict[str, Any]:
    """Return the texts of the page in a language; those of a town hold its numbers."""
    texts = in_language(toml_beside(__file__, TEXTS), language)
    claims = texts.pop("unknown")
    names = {name: getattr(input_name(name), language).unescape() for name in unknowns}
    return texts | {
        "verdict": {name: getattr(one, language) for name, one in VERDICTS.items()} | {"few": texts["few"]},
        "unknown": {name: claims.get(name) or either_end(texts, title) for name, title in names.items()},
        "account": {name: texts["account"][name] for name in accounts.names()},
        "study": {
            one.name: [getattr(text, language).unescape() for text in (one.text, one.measured_by)]
            for one in studies_of(unknowns)
        },
        "town": {
            site: {"title": municipality(site).title[language], "lever": lever_words(texts, site, language)}
            for site in sites
        },
    }


def either_end(texts: Mapping[str, Any], title: str) -> list[str]:
    """Return the claims that a number without claims of its own is low, and that it is high."""
    return [text.format(name=title) for text in texts["either_end"]]


def in_language(texts: Any, language: str) -> Any:
    """Return texts with each pair of both languages replaced by the one in a language."""
    if isinstance(texts, dict):
        return texts[language] if texts.keys() == set(LANGUAGES) else {
            key: in_language(text, language) for key, text in texts.items()
        }  # fmt: skip
    return texts


def lever_words(texts: Mapping[str, Any], site: str, language: str) -> dict[str, Any]:
    """Return the title of each lever, its steps as they are shown, and as they are said in a sentence."""
    scenario, shown = municipality(site), texts["steps"]
    return {
        lever.name: {
            "title": texts["lever"][lever.name],
            "steps": [
                lever.text_with_value({language: text}, step, scenario, language)
                for text, step in zip(shown[lever.name], lever.steps, strict=True)
            ],
            "said": [lever.text_with_value(step.say, step, scenario, language) for step in lever.steps],
        }
        for lever in measures()
    }
