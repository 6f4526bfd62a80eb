"""The decision view as its drawing takes it: every word and number of it, in the language of the visitor."""

import base64
import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from experiments.comparison.decision_outcomes import FLOOR, OUTCOMES, alone, by_cell, moved_people
from experiments.comparison.effect_verdicts import laws_say
from experiments.comparison.policy_choice import HORIZONS
from experiments.page import frames, sites
from experiments.page.address import VIEWS
from experiments.page.charts import timeline
from experiments.page.criteria_standing import Standing, number
from experiments.page.decision_answer import Span, answer, bar
from experiments.page.page_texts import capital
from experiments.page.table_rows import (
    describe_agreements,
    describe_costs,
    measure_rows,
    outcome_rows,
    why_unknown,
    years_of_reach,
)
from experiments.statistics.verdicts import FEWEST
from model.town.town import Town

NAMES = 9
"""Settlements whose names may stand on the map: those where most people live."""
WORDS = (
    *("measures", "back_all", "as_today", "yours", "reach_none", "cost", "horizon", "of_hundred"),
    *("harms", "line_a", "line_b", "against_possible", "where", "where_unit", "map_label", "deeper", "municipality"),
    *("light", "other_language", "other_code", "share", "copy_link", "copy_command", "copied", "save_policy"),
    *("save_picture", "save_data", "command_note", "foot", "foot_twins", "foot_same", "see_all"),
    *("from_label", "a_step", "km", "simulating", "trust", "play", "pause", "qr"),
)
"""Texts that hold no number."""


def sheet_of(one: Standing, dark: bool) -> dict[str, Any]:
    """Return everything that the drawing shows."""
    where = "in_twins" if one.moved else "in_worlds"
    chosen = len(one.choice.chosen)
    return {
        "words": {name: one.say(f"decision.{name}") for name in WORDS},
        "reach_head": one.say("decision.reach_head", years=years_of_reach(one)),
        "lang": one.language,
        "dark": dark,
        "state": "running" if one.running else "done",
        "question": one.say("decision.question", town=one.scenario.title[one.language]),
        "answer": spans(answer(one)),
        "bar": spans(bar(one)),
        "towns": [
            {"name": name, "title": sites.load_scenario(name).title[one.language], "on": name == one.choice.site}
            for name in sites.choices()
        ],
        "measures": measure_rows(one),
        "changes": one.say(f"decision.changes_{('none', 'one', 'many')[min(chosen, 2)]}", n=chosen),
        "chosen": chosen,
        "bill": f"{describe_costs(one)} {describe_agreements(one)}".strip(),
        "begins": one.begins.isoformat(),
        "first": one.scenario.start.isoformat(),
        "seed": one.choice.seed,
        "years": one.choice.years,
        "horizons": list(HORIZONS),
        "results": one.say("decision.results", years=one.years),
        "worlds": one.say(f"decision.{where}", n=one.done),
        "twins": one.done,
        "asked": one.twins_asked,
        "done_of": one.say("decision.done_of", n=one.done, all=one.twins_asked),
        "band": one.say("decision.band", n=one.done),
        "outcomes": outcome_rows(one),
        "hundred": hundred(one),
        "month": one.scenario.start.isoformat()[:7],
        "events": events(one),
        "examined": examined_in(one),
        "views": {name: one.say(f"decision.view_{name}") for name in VIEWS},
        "command": one.choice.command,
        "map": {"floor": one.say("decision.map_floor", floor=FLOOR), "wait": one.say("decision.map_wait")},
    }


def spans(parts: list[Span]) -> list[list[str]]:
    """Return words with their kinds; the first begins with a capital."""
    found = [[words, kind] for words, kind in parts if words]
    if found:
        found[0][0] = capital(found[0][0])
    return found


def hundred(one: Standing) -> dict[str, Any]:
    """Return of a hundred residents how many trust more and less."""
    if one.running or not one.twins:
        return {"more": 0, "less": 0, "text": one.say("decision.hundred_wait") if one.moved else ""}
    if why := why_unknown(one, one.founds[0]):
        return {"more": 0, "less": 0, "unknown": True, "text": why}
    more, less = (round(part) for part in moved_people(one.twins))
    words = {"more": more, "less": less, "same": 100 - more - less}
    return {"more": more, "less": less, "text": one.say("decision.hundred", **words)}


def examined_in(one: Standing) -> str:
    """Return under which laws of trust this was run, or that it was not."""
    laws = one.founds[0].laws if one.founds else None
    if laws is None or laws_say(laws) is None:
        return one.say("decision.not_examined") if one.moved else ""
    return one.say("decision.examined", cells=int(laws["cells"]), n=int(laws["n"]))


def events(one: Standing) -> list[dict[str, Any]]:
    """Return the public events that both worlds meet within the horizon, by month from the start."""
    start = one.scenario.start
    met = {event.name for event in one.scenario.timeline if event.shock and event.start >= start}
    found = []
    for known in timeline():
        month = 12 * (known.event.start.year - start.year) + known.event.start.month - start.month
        if known.event.name in met and month < 12 * one.choice.years:
            found.append({"month": month, "text": known.title[one.language]})
    return found


def ground(town: Town) -> dict[str, Any]:
    """Return the ground of the map: outline, lake, largest settlements, and inhabited cells."""
    place = frames.place_of(town)
    cells = np.flatnonzero(town.cells["population"] > 0)
    x, y = frames.columns_and_rows(town, cells)
    kept = {name: place[name] for name in ("width", "height", "outline", "lake")}
    return kept | {
        "names": place["settlements"][:NAMES],
        "x": x.tolist(),
        "y": y.tolist(),
        "km": 1000.0 / town.cell_m,
    }


def difference(one: Standing, town: Town) -> dict[str, Any]:
    """Return the difference of trust in each inhabited cell by month, and the last one in a sentence."""
    if not one.twins or one.running or one.done < FEWEST:
        return {}
    if why := why_unknown(one, one.founds[0]):
        return {"unknown": why}
    cells = np.flatnonzero(town.cells["population"] > 0)
    gaps = by_cell(one.twins)
    seen = np.abs(gaps) >= FLOOR  # nan is not
    most = max(FLOOR, float(np.abs(gaps[seen]).max(initial=0.0)))
    words = {"text": one.say(f"decision.map_{side_with_more_trust(gaps[-1], town, cells)}")}
    return {"course": encode_course(np.where(seen, gaps / most, 0.0)), "months": len(gaps), "most": most} | words


def encode_course(parts: np.ndarray) -> str:
    """Return parts of the greatest difference as the browser takes them: one signed byte each, 0 for none.

    >>> encode_course(np.array([[1.0, -0.5, 0.0]]))
    'f8AA'
    """
    return base64.b64encode(np.round(127.0 * parts).astype(np.int8).tobytes()).decode()


def side_with_more_trust(gaps: np.ndarray, town: Town, cells: np.ndarray) -> str:
    """Return in which half of the residents, by latitude, trust rises more; nowhere if they hardly differ."""
    people, y = town.cells["population"][cells], town.cells["y"][cells]
    order = np.argsort(y)
    below = np.zeros(len(cells), bool)
    below[order] = np.cumsum(people[order]) <= people.sum() / 2
    known = ~np.isnan(gaps)
    south, north = (np.average(gaps[known & half], weights=people[known & half]) for half in (below, ~below))
    if abs(north - south) < FLOOR:
        return "nowhere"
    return "north" if north > south else "south"


def table_of(one: Standing) -> str:
    """Return the numbers of the view as CSV: a row for each outcome and month, then one for each effect."""
    rows: list[list[Any]] = [["outcome", "month", "today", "measures", "band_low", "band_high"]]
    for found in one.founds:
        months = enumerate(zip(found.a, found.b, found.low, found.high, strict=True), start=1)
        rows += [[found.outcome.name, month, *short(values)] for month, values in months]
    for outcome in OUTCOMES if one.base and not one.founds else ():
        lines = enumerate(short(alone(outcome, one.base)), start=1)
        rows += [[outcome.name, month, value, "", "", ""] for month, value in lines]
    names = ("twins", "today", "measures", "effect", "low", "high", "rose", "fell", "same", "verdict", "why")
    rows += [[], ["outcome", *names]]
    for found in one.founds:
        effect = found.effect
        numbers = short((effect.base, effect.arm, effect.effect, effect.low, effect.high))
        counts = (effect.rose, effect.fell, effect.same)
        rows.append([found.outcome.name, effect.n, *numbers, *counts, found.verdict, why_unknown(one, found)])
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerows(rows)
    return sink.getvalue()


def short(values: Iterable[float]) -> list[str]:
    """Return numbers with six digits."""
    return [f"{value:.6g}" for value in values]


def scale_of(most: float) -> tuple[str, str]:
    """Return the ends of the colours of the map.

    >>> scale_of(1.26)
    ('−1.3', '+1.3')
    """
    return f"−{number(most, 1)}", f"+{number(most, 1)}"
