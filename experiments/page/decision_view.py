"""The decision view: measures on the left, their effects in the middle, a map of effects on the right."""

import base64
from typing import Any

import numpy as np

from experiments.comparison.cause_effects import NATION, PlaceAndMonth, monthly_contribution
from experiments.comparison.decision_outcomes import (
    SMALLEST_MAP_DIFFERENCE,
    TRUST,
    shares_with_changed_trust,
    trust_difference_by_cell,
)
from experiments.comparison.effect_verdicts import sign_over_laws
from experiments.comparison.headline_measures import RULE_WORDS as AGGREGATED
from experiments.comparison.life_recorder import inhabited
from experiments.comparison.policy_choice import HORIZONS
from experiments.figures.theme import difference_colours
from experiments.page.address import AddressRequest
from experiments.page.decision_answer import decision_sentence, telephone_summary
from experiments.page.draws_table import basis_sentence, draws_table
from experiments.page.events import events_of_scenario
from experiments.page.page_state import PageState, signed, spans
from experiments.page.table_rows import (
    describe_agreements,
    describe_costs,
    measure_rows,
    outcome_rows,
    reason_withheld,
    years_of_reach,
)
from experiments.statistics.thresholds import threshold_rules
from experiments.statistics.verdicts import VERDICTS
from model.town.town import Town

TEXT_KEYS = (
    *("measures", "back_all", "as_today", "yours", "reach_none", "cost", "horizon", "of_hundred"),
    *("against_possible", "where", "where_unit", "map_label", "see_all", "from_label", "a_step"),
    *("km", "play", "pause", "level", "keys"),
)
"""Texts of this view without values to insert."""


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view."""
    worlds_key = "in_twins" if state.has_measures else "in_worlds"
    n_chosen, measures = len(state.choice.chosen), measure_rows(state)
    return {
        "title": state.text("decision.question", town=state.scenario.title[state.language]),
        "answer": decision_sentence(state),
        "words": {name: state.text(f"decision.{name}") for name in TEXT_KEYS}
        | {"gap": state.text("decision.gap", n=state.n_finished), "recent": AGGREGATED["recent"][state.language]},
        "reach_head": state.text("decision.reach_head", years=years_of_reach(state)),
        "bar": spans(telephone_summary(state)),
        "measures": measures,
        "changes": state.text(f"decision.changes_{('none', 'one', 'many')[min(n_chosen, 2)]}", n=n_chosen),
        "unmoved": state.text("decision.unmoved", n=len(measures) - n_chosen),
        "bill": f"{describe_costs(state)} {describe_agreements(state)}".strip(),
        "begins": state.begins.isoformat(),
        "first": state.scenario.start.isoformat(),
        "horizons": list(HORIZONS),
        "results": state.text("decision.results", span=calendar_years(state)),
        "worlds": state.text(f"decision.{worlds_key}", n=state.n_finished),
        "band": state.text("decision.band", n=state.n_finished),
        "outcomes": outcome_rows(state),
        "hundred": moved_residents(state),
        "events": event_marks(state),
        "inputs": mood_months(state),
        "examined": f"{laws_examined(state)} {basis_sentence(state)}".strip(),
        "draws": draws_table(state),
        "map": map_data(state),
    }


def calendar_years(state: PageState) -> str:
    """Return the calendar years of the horizon."""
    first = state.scenario.start.year
    return f"{first}–{first + state.choice.years - 1}" if state.choice.years > 1 else str(first)


def map_data(state: PageState) -> dict[str, Any]:
    """Return the map of differences of trust; only its texts while worlds are running."""
    texts = {
        "floor": state.text("decision.map_floor", floor=SMALLEST_MAP_DIFFERENCE),
        "wait": state.text("decision.map_wait"),
    }
    if state.running:
        return texts
    differences = cell_differences(state, state.municipality.town)
    return texts | {"ground": state.municipality.base_map} | differences


def moved_residents(state: PageState) -> dict[str, Any]:
    """Return the percentages of residents whose trust is higher and lower."""
    if state.running or not state.twins:
        return {"more": 0, "less": 0, "text": state.text("decision.hundred_wait") if state.has_measures else ""}
    if reason := reason_withheld(state, state.paired_outcomes[0]):
        return {"more": 0, "less": 0, "unknown": True, "text": reason}
    more, less = (round(part) for part in shares_with_changed_trust(state.twins))
    words = {"more": more, "less": less, "same": 100 - more - less}
    return {"more": more, "less": less, "text": state.text("decision.hundred", **words)}


def laws_examined(state: PageState) -> str:
    """Return in words the laws of trust under which this choice was run, or that it was not."""
    laws = state.paired_outcomes[0].laws if state.paired_outcomes else None
    if laws is None or sign_over_laws(laws) is None:
        return state.text("decision.not_examined") if state.has_measures else ""
    return state.text("decision.examined", cells=int(laws["cells"]), n=int(laws["n"]))


def event_marks(state: PageState) -> list[dict[str, Any]]:
    """Return the public events of both worlds within the horizon, by month from the start."""
    marks = []
    for month, ready_event in events_of_scenario(state.scenario):
        sign = VERDICTS["falls" if ready_event.event.shock < 0.0 else "rises"].sign
        if month < 12 * state.choice.years:
            marks.append({"month": month, "text": f"{sign} {ready_event.title[state.language]}"})
    return marks


def mood_months(state: PageState) -> list[dict[str, Any]]:
    """Return the months in which the national mood, a model input, moves trust by at least the threshold."""
    if not state.base:
        return []
    contribution = np.mean([monthly_contribution(world, NATION, PlaceAndMonth()) for world in state.base], axis=0)
    months = np.flatnonzero(np.abs(contribution) >= threshold_rules()["points"].delta)
    return [{"month": int(month), "text": state.text("decision.nation")} for month in months if month]


def cell_differences(state: PageState, town: Town) -> dict[str, Any]:
    """Return the difference of trust by month and inhabited cell, and a sentence on the last month."""
    if not (state.has_measures and state.has_verdicts):
        return {}
    if reason := reason_withheld(state, state.paired_outcomes[0]):
        return {"unknown": reason}
    cells = inhabited(town)
    differences = trust_difference_by_cell(state.twins)
    encoded, largest = encoded_gaps(differences, SMALLEST_MAP_DIFFERENCE)
    text = state.text(f"decision.map_{side_with_more_trust(differences[-1], town, cells)}")
    scale = difference_scale(state, largest, "trust", TRUST.worse)
    return {"course": encoded, "months": len(differences), "text": text} | scale


def encoded_gaps(differences: np.ndarray, floor: float) -> tuple[str, float]:
    """Encode differences for the browser; return them with the largest absolute one, at least the floor.

    Each is one signed byte, 127 times its share of the largest; 0 below the floor or if unknown (nan).

    >>> encoded_gaps(np.array([[2.0, -1.0, 0.1, np.nan]]), 0.2)
    ('f8AAAA==', 2.0)
    """
    visible = np.abs(differences) >= floor  # False for nan
    largest = float(np.abs(differences[visible]).max(initial=floor)) or 1.0
    shares = np.where(visible, differences / largest, 0.0)
    return base64.b64encode(np.round(127.0 * shares).astype(np.int8).tobytes()).decode(), largest


def difference_scale(state: PageState, largest: float, layer: str, worse: int) -> dict[str, Any]:
    """Return the colours of both ends of a scale of differences, and their labels.

    ``worse`` is 1 if more of the layer is worse, -1 if less is, and 0 if neither.
    """
    colours = difference_colours(worse)
    labels = []
    for value, amount, colour in zip((-largest, largest), ("less", "more"), colours, strict=True):
        label = f"{signed(value, 1)} {state.text(f'map.{amount}_{layer}')}"
        labels.append(f"{label} ·\u00a0{state.text(f'map.{colour}')}" if worse else label)
    return {"tones": list(colours), "ends": labels}


def side_with_more_trust(differences: np.ndarray, town: Town, cells: np.ndarray) -> str:
    """Return the half of the residents, by latitude, with the higher difference of trust.

    It is ``nowhere`` if the halves differ by less than `SMALLEST_MAP_DIFFERENCE`.
    """
    residents, y = town.cells["population"][cells], town.cells["y"][cells]
    order = np.argsort(y)
    is_south = np.zeros(len(cells), bool)
    is_south[order] = np.cumsum(residents[order]) <= residents.sum() / 2
    known = ~np.isnan(differences)
    south, north = (
        np.average(differences[known & half], weights=residents[known & half]) for half in (is_south, ~is_south)
    )
    if abs(north - south) < SMALLEST_MAP_DIFFERENCE:
        return "nowhere"
    return "north" if north > south else "south"
