"""Write the explorer: coefficients of emulators, texts and script in one HTML file that makes no requests."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from experiments.comparison.decision_measures import DecisionMeasure, measures
from experiments.emulation.coefficients import coefficients_of
from experiments.figures.theme import TOKENS
from experiments.narrative.messages import messages
from experiments.reproduce.design import KINDS, ReproduceDesign
from experiments.reproduce.lever_steps import shares_of
from experiments.reproduce.plan import HORIZONS, MEASURES, SITES, STATUS_QUO
from experiments.reproduce.sentences import input_name, measure_name, site_name, unit_of
from experiments.reproduce.surfaces import Surface, SurfaceKey, averaged_surface, input_names, lever_pairs
from experiments.words.bilingual import LANGUAGES, BilingualText
from experiments.words.script_fault import SCRIPT_FAULT
from scenarios import accounts

MESSAGE_PREFIX = "explorer."
"""Prefix of the keys of the page's messages."""
SCRIPT = Path(__file__).with_name("explorer.js")


def explorer_page(
    design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface], command: str
) -> str:
    """Return the page as one HTML file in both languages."""
    page = Environment(
        loader=PackageLoader("experiments.explorer", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    data = explorer_data(design, pairs, surfaces, command)
    return page.get_template("explorer.html.j2").render(
        data=json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        script_fault=SCRIPT_FAULT,
        script=SCRIPT.read_text(encoding="utf-8"),
        tokens=TOKENS,
        title=data["words"]["es"]["title"],
    )


def explorer_data(
    design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface], command: str
) -> dict[str, Any]:
    """Return the data of the script: inputs, runs, surfaces and texts."""
    plan = design.plan
    runs = runs_table(pairs)
    return {
        "command": command,
        "inputs": input_names(design),
        "levers": [lever_data(lever) for lever in measures()],
        "assumptions": [assumption_data(design, name) for name in design.unknowns],
        "accounts": [{"name": name, "title": title} for name, title in accounts.names().items()],
        "sites": [{"name": site, "title": text_by_language(site_name(site))} for site in SITES],
        "horizons": list(HORIZONS),
        "measures": [measure_data(name) for name in plan.emulated],
        **points_data(design, runs),
        "surfaces": {
            f"{site}|{years}|{measure}": surface_data(design, surface, runs[runs["site"] == site])
            for (site, years, measure), surface in surfaces.items()
        },
        "words": {language: page_words(language) for language in LANGUAGES},
    }


def text_by_language(text: BilingualText) -> dict[str, str]:
    """Return a text by language."""
    return {language: getattr(text, language).unescape() for language in LANGUAGES}


def lever_data(lever: DecisionMeasure) -> dict[str, Any]:
    """Return a lever with its title, the number of today's step, and the numbers of its steps in place of values."""
    return {"name": lever.name, "title": lever.title, "today": lever.today, "steps": len(lever.steps)}


def assumption_data(design: ReproduceDesign, name: str) -> dict[str, Any]:
    """Return an assumption with its title and its values at 11 equidistant shares of its range."""
    input_range = next(ranges[name] for ranges in design.ranges.values() if name in ranges)
    values = [float(input_range.value(share)) for share in np.linspace(0.0, 1.0, 11)]
    return {"name": name, "title": text_by_language(input_name(name)), "values": values}


def measure_data(name: str) -> dict[str, Any]:
    """Return a measure with its title, unit and digits."""
    return {
        "name": name,
        "title": text_by_language(measure_name(name)),
        "unit": text_by_language(unit_of(name)),
        "digits": MEASURES[name].digits,
    }


def page_words(language: str) -> dict[str, str]:
    """Return the texts of the page in a language."""
    return {
        key.removeprefix(MESSAGE_PREFIX): str(texts[language])
        for key, texts in messages().items()
        if key.startswith(MESSAGE_PREFIX)
    }


def runs_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return every run with steps of the levers and of the status quo once, each with its longest horizon (years)."""
    keys = ["site", "kind", "draw", "account", "arm"]
    settings = lever_pairs(pairs).groupby(keys, sort=False)["years"].max().reset_index()
    status_quo = settings.drop_duplicates(["site", "kind", "draw", "account"]).assign(arm=STATUS_QUO)
    return pd.concat([settings, status_quo], ignore_index=True)


def points_data(design: ReproduceDesign, runs: pd.DataFrame) -> dict[str, Any]:
    """Return the runs of each site by column, and the steps and draws that give their inputs.

    The steps of a run are those of its arm, as shares of the last step, its assumptions those of its draw. ``kind``,
    ``account`` and ``arm`` are indices into the lists of these names, and ``place`` is the index of the draw.
    """
    account_names = list(accounts.names())
    settings = {arm: steps for block in design.blocks for arm, steps in block.settings.items()}
    arms = list(dict.fromkeys(runs["arm"]))
    draws, places = np.unique(runs["draw"], return_inverse=True)
    numbered = runs.assign(
        kind=runs["kind"].map(KINDS.index), account=runs["account"].map(account_names.index),
        arm=runs["arm"].map(arms.index), place=places,
    )  # fmt: skip
    columns = ["kind", "draw", "place", "account", "arm", "years"]
    return {
        "kinds": KINDS,
        "arms": arms,
        "shares": [list(shares_of(settings.get(arm, {})).values()) for arm in arms],
        "draws": floats_as_base64(np.array([list(design.unknown_shares(draw).values()) for draw in draws])),
        "runs": {site: site_runs[columns].to_dict("list") for site, site_runs in numbered.groupby("site", sort=False)},
    }


def surface_data(design: ReproduceDesign, surface: Surface, runs: pd.DataFrame) -> dict[str, Any]:
    """Return the coefficients of a surface, also averaged over assumptions and accounts.

    ``rows`` are the indices of its points among the runs of its site.
    """
    coefficients, average = coefficients_of(surface.emulator), averaged_surface(design, surface)
    row_by_run = {key: row for row, key in enumerate(zip(runs["draw"], runs["account"], runs["arm"], strict=True))}
    rows = [row_by_run[key] for key in surface.points[["draw", "account", "arm"]].itertuples(index=False, name=None)]
    return {
        "level": coefficients.level,
        "slopes": coefficients.slopes.tolist(),
        "lengths": coefficients.lengths.tolist(),
        "weights": floats_as_base64(coefficients.weights),
        "average": {"level": average.level, "weights": floats_as_base64(average.weights)},
        "rows": rows,
        "error": surface.error,
        "r2": surface.errors.r2,
    }


def floats_as_base64(numbers: np.ndarray) -> str:
    """Return numbers as base64 of 64-bit floats, in row-major order and little-endian."""
    return base64.b64encode(np.ascontiguousarray(numbers, "<f8").tobytes()).decode()
