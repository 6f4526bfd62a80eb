"""The view "Map": a layer in both worlds and their difference by month, and the figures of one settlement."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from experiments.comparison.cause_effects import PlaceAndMonth, total_effect
from experiments.comparison.decision_outcomes import SMALLEST_MAP_DIFFERENCE, trust_difference_by_cell
from experiments.comparison.headline_measures import worse_direction
from experiments.comparison.life_recorder import BY_SETTLEMENT, BY_ZONE, inhabited
from experiments.figures.theme import difference_colours
from experiments.page.address import AddressRequest
from experiments.page.events import mood_months
from experiments.page.ground import columns_and_rows
from experiments.page.page_state import PageState, Span, number, signed
from experiments.page.pair_rows import mean_trust_by_month, pair_rows, rounded, waiting_sentence
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import Effect, paired
from experiments.statistics.thresholds import Kind, Scale
from experiments.statistics.verdicts import corrected_together, direction, judge
from model.town.territory import FAR_MINUTES
from model.town.town import Town

N_SHADES = 5
"""Number of shades of a level."""
NO_VALUE = 255
"""Byte of an area without a value."""
NO_MARKS: dict[str, Any] = {"names": [], "stations": [], "seats": []}
"""Marks omitted from a map without names, since they also identify places."""
MAX_NAMED = 2
"""Most settlements named in the answer for each direction."""
TEXT_KEYS = (
    *("see", "over", "couples", "incidents", "stations", "jurisdiction", "last_day", "month_label"),
    *("choose", "why_here", "life_here", "play", "pause", "difference", "shades"),
)

type Pairs = list[tuple[Any, Any]]
type Ratio = tuple[np.ndarray, np.ndarray]
"""Numerator and denominator of a layer, both of shape (months, areas)."""


@dataclass(frozen=True)
class MapLayer:
    """A layer: kind of areas, values, scale of effects on it, and whether place names may appear with it.

    ``worse`` is 1 if more is worse, -1 if less is, and 0 if neither.
    """

    areas: str
    read: Callable[[Any], Ratio]
    worse: int = 0
    kind: Kind = "points"
    named: bool = True
    digits: int = 1

    def ratios(self, pairs: Pairs) -> list[list[Ratio]]:
        """Return numerator and denominator in each world of both sides."""
        return [[self.read(pair[side]) for pair in pairs] for side in (0, 1)]


def trust_by_cell(world: Any) -> Ratio:
    """Return trust (0-100) by inhabited cell."""
    return 100.0 * world.cells.astype(float), np.ones(world.cells.shape)


def fear_by_settlement(world: Any) -> Ratio:
    """Return mean fear (0-100) by settlement."""
    fear = 100.0 * world.recorded.settlements[:, BY_SETTLEMENT.index("fear")].astype(float)
    return fear, np.ones(fear.shape)


def rolling_year(months: np.ndarray) -> np.ndarray:
    """Return twelve times the mean of the last twelve months, or of those available, at each month.

    >>> rolling_year(np.array([[1.0], [3.0]])).tolist()
    [[12.0], [24.0]]
    """
    sums = np.cumsum(months.astype(float), axis=0)
    sums[MONTHS:] -= sums[:-MONTHS].copy()
    n = np.minimum(np.arange(1, len(months) + 1), MONTHS)
    return np.asarray(MONTHS * sums / n[:, None])


def per_thousand(name: str, world: Any) -> Ratio:
    """Return events per year and thousand residents by settlement."""
    return rolling_year(world.recorded.settlements[:, BY_SETTLEMENT.index(name)]), world.places[0, 1:] / 1000.0


def percent_of_crimes(name: str, world: Any) -> Ratio:
    """Return the percentage of the crimes of a year by zone of the town."""
    zones = world.recorded.zones
    return 100.0 * rolling_year(zones[:, BY_ZONE.index(name)]), rolling_year(zones[:, BY_ZONE.index("occurred")])


LAYERS = {
    "trust": MapLayer("cell", trust_by_cell, worse_direction("trust_mean")),
    "occurred": MapLayer(
        "settlement", partial(per_thousand, "occurred"), worse_direction("crimes_occurred"), "amounts"
    ),
    "visits": MapLayer("settlement", partial(per_thousand, "visits"), kind="amounts", digits=0),
    "fear": MapLayer("settlement", fear_by_settlement, worse_direction("fear_mean")),
    "told": MapLayer("zone", partial(percent_of_crimes, "told"), kind="shares", named=False),
    "complaints": MapLayer("zone", partial(percent_of_crimes, "complaints"), kind="shares", named=False),
    "gangs": MapLayer("cell", trust_by_cell, named=False),
}
"""Reports, complaints and gangs are never shown with places, stations or seats; gangs only on request."""


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view."""
    name = request.show if request.show in LAYERS else "trust"
    words = {key: state.text(f"map.{key}") for key in TEXT_KEYS} | {"km": state.text("decision.km")}
    words["seats"] = state.text("map.seats_communal" if state.communal else "map.seats")
    title = state.text(f"map.title_{name}" if state.has_measures else "map.title_today")
    frame = {"title": title, "words": words, "layer": name, "layers": layer_rows(state, name)}
    if not state.has_verdicts:
        return frame | {"answer": waiting_sentence(state)}
    layer, town = LAYERS[name], state.municipality.town
    n = len(state.pairs[0][0].months)
    month = min(request.month or n, n)
    return frame | {
        "answer": trust_sentence(state, request.month) if name == "trust" else layer_sentence(state, name),
        "ground": state.municipality.base_map | ({} if layer.named else NO_MARKS),
        "named": layer.named,
        "area": area_by_cell(town, layer.areas),
        "borders": settlement_by_cell(town) if state.communal and layer.named else [],
        "count": n,
        "until": month,
        "moods": mood_months(state) if name == "trust" else [],
        "panes": maps_of_worlds(state, name) if name != "gangs" else claimed_cells(state),
        "course": layer_by_month(state, layer) if name != "gangs" else {},
        "place": place_panel(state, request) if layer.named else None,
        "last_day": last_day(state, month) if layer.named else None,
        "note": state.text("map.gangs_note" if name == "gangs" else "map.unnamed") if not layer.named else "",
    }


def layer_rows(state: PageState, name: str) -> list[dict[str, Any]]:
    """Return the layers to choose from."""
    by = {"zone": state.text("map.by_zone"), "settlement": state.text("map.by_settlement"), "cell": ""}
    return [
        {"name": key, "title": state.text(f"map.layer_{key}"), "by": by[layer.areas], "on": key == name}
        for key, layer in LAYERS.items()
    ]


# Areas


def settlement_by_cell(town: Town) -> list[int]:
    """Return the settlement of each inhabited cell."""
    return np.maximum(town.cells["settlement"][inhabited(town)], 0).tolist()


def area_by_cell(town: Town, areas: str) -> list[int]:
    """Return the area of each inhabited cell; empty if each cell is an area of its own."""
    if areas == "cell":
        return []
    if areas == "settlement":
        return settlement_by_cell(town)
    cells = town.cells[inhabited(town)]
    return np.where(cells["core"] == 1, 0, np.where(cells["minutes"] > FAR_MINUTES, 2, 1)).tolist()


# Layers


def mean_level(ratios: list[Ratio]) -> np.ndarray:
    """Return the mean level of the worlds of one side by month and area; nan without data."""
    num, den = (np.sum([ratio[k] for ratio in ratios], axis=0) for k in (0, 1))
    return np.divide(num, den, out=np.full(num.shape, np.nan), where=den > 0.0)


def maps_of_worlds(state: PageState, name: str) -> dict[str, Any]:
    """Return the shades of both worlds and their difference, encoded for the browser."""
    layer = LAYERS[name]
    levels = [mean_level(ratios) for ratios in layer.ratios(state.pairs)[: len(state.sides)]]
    limits = shade_limits(np.concatenate([level.ravel() for level in levels]))
    classes = [np.where(np.isnan(level), NO_VALUE, np.digitize(level, limits)).astype(np.uint8) for level in levels]
    digits = 0 if all(limit == round(limit) for limit in limits) else 1
    maps: dict[str, Any] = {
        "shades": [base64.b64encode(shades.tobytes()).decode() for shades in classes],
        "cuts": [number(limit, digits) for limit in limits],
    }
    if not state.has_measures:
        return maps
    if layer.areas == "cell":
        differences, floor = trust_difference_by_cell(state.pairs), SMALLEST_MAP_DIFFERENCE
        note = state.text("decision.map_floor", floor=floor)
    else:
        differences, floor, note = area_gaps(state.pairs, layer), 0.0, state.text("map.judged")
    encoded, largest = encoded_gaps(differences, floor)
    told = note if layer.worse else f"{note} {state.text('map.neither')}"
    return maps | {"gap": encoded, "told": told} | difference_scale(state, largest, name, layer.worse)


def claimed_cells(state: PageState) -> dict[str, Any]:
    """Return the cells claimed by cliques in the first pair of worlds; they are drawn anew for every seed."""
    claims = [np.where(world.recorded.territory, 0, NO_VALUE).astype(np.uint8) for world in state.pairs[0]]
    return {"hatch": [base64.b64encode(claim.tobytes()).decode() for claim in claims], "shades": [], "cuts": []}


def last_day(state: PageState, month: int) -> dict[str, Any]:
    """Return the places of couples and incidents in the first pair on the last day of a month (from 1)."""
    worlds = [state.pairs[0][side].recorded.last_days[month - 1] for side in state.sides]
    town = state.municipality.town
    return {"month": month, "worlds": [[places_on_map(town, cells) for cells in world] for world in worlds]}


def places_on_map(town: Town, cells: np.ndarray) -> list[list[int]]:
    """Return column and row on the map of each cell."""
    return np.stack(columns_and_rows(town, cells), axis=1).tolist()


def shade_limits(values: np.ndarray) -> list[float]:
    """Return the limits between five shades: round numbers that cover nearly all values.

    >>> shade_limits(np.linspace(27.0, 50.0, 100))
    [30.0, 35.0, 40.0, 45.0]
    """
    low, high = np.nanquantile(values, (0.02, 0.98)) if not np.isnan(values).all() else (0.0, 1.0)
    width = max((high - low) / N_SHADES, 1e-6)
    unit = 10.0 ** np.floor(np.log10(width))
    step = next(unit * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if unit * factor >= width * 0.999)
    first = np.ceil((low + high) / 2.0 / step - 2.0 + 1e-9) * step
    return [round(float(first + factor * step), 6) for factor in range(N_SHADES - 1)]


def area_gaps(pairs: Pairs, layer: MapLayer) -> np.ndarray:
    """Return the effect by month and area; 0 if it is not significant."""
    sides = layer.ratios(pairs)
    months, areas = sides[0][0][0].shape
    differences = np.zeros((months, areas))
    for month in range(months):
        effects = [area_effect(sides, layer, month, area) for area in range(areas)]
        for area, effect in enumerate(corrected_together(effects)):
            differences[month, area] = effect.effect if direction(judge(effect)) else 0.0
    return differences


def area_effect(sides: list[list[Ratio]], layer: MapLayer, month: int, area: int) -> Effect:
    """Return the effect on a layer in one area at one month."""
    values = ([(float(num[month, area]), float(den[month, area])) for num, den in side] for side in sides)
    return paired(*map(list, values), scale=Scale(layer.kind))


def layer_by_month(state: PageState, layer: MapLayer) -> dict[str, Any]:
    """Return the level of all areas together by month in both worlds, for the line above the slider."""
    if layer.areas == "cell":
        return {"lines": mean_trust_by_month(state, PlaceAndMonth()), "digits": 2}
    sides = layer.ratios(state.pairs)
    return {"lines": [rounded(np.mean([*map(sum_of_areas, side)], axis=0)) for side in sides], "digits": layer.digits}


def sum_of_areas(ratio: Ratio) -> np.ndarray:
    """Return the level of all areas together by month; for a layer of means their mean."""
    num, den = ratio
    return np.asarray(np.nansum(num, axis=1) / np.maximum(np.nansum(den, axis=1), 1e-9))


# Sentences


def trust_sentence(state: PageState, month: int) -> list[Span]:
    """Return the settlements with the largest significant changes of trust, and the number of the others."""
    if not state.has_measures:
        return [(state.text("map.unmoved"), "")]
    names = state.settlement_names
    effects = corrected_together([total_effect(state.pairs, PlaceAndMonth(z, month)) for z in range(len(names))])
    verdicts = [judge(effect) for effect in effects]
    changed = sorted(
        (z for z, verdict in enumerate(verdicts) if direction(verdict)), key=lambda z: -abs(effects[z].effect)
    )
    if not changed:
        return [(state.text("map.nowhere"), "bold")]
    falls = [z for z in changed if direction(verdicts[z]) < 0]
    sides = [("falls", falls, "h"), ("rises", [z for z in changed if z not in falls], "b")]
    spans: list[Span] = []
    for direction_key, places, kind in sides:
        if places:
            phrases = ", ".join(f"{names[z]} ({signed(effects[z].effect, 1)})" for z in places[:MAX_NAMED])
            more = state.text("map.and_more", n=len(places) - MAX_NAMED) if len(places) > MAX_NAMED else ""
            spans += [(state.text(f"map.{direction_key}_in") + " ", ""), (phrases, kind), (f"{more}. ", "")]
    if rest := len(names) - len(changed):
        spans.append((state.text("map.rest_one" if rest == 1 else "map.rest", n=rest), ""))
    return spans


def layer_sentence(state: PageState, name: str) -> list[Span]:
    """Return the final level of a layer in all areas together; for gangs only that the territory is invented."""
    if name == "gangs":
        return [(state.text("map.gangs_answer"), "")]
    layer = LAYERS[name]
    sides = [[sum_of_areas(ratio)[-1] for ratio in side] for side in layer.ratios(state.pairs)]
    row = pair_rows(state, [("", paired(*sides, scale=Scale(layer.kind)), layer.digits)])[0]
    row["what"] = state.text(f"map.what_{name}")
    return [(state.text("map.layer_moved" if state.has_measures else "map.layer_today", **row), "")]


# One settlement


def place_panel(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the figures of one settlement: that of the address, else the most populous."""
    town, first = state.municipality.town, state.pairs[0][0]
    z = request.place - 1 if request.place else int(np.argmax(first.places[0, 0]))
    month = (request.month or len(first.months)) - 1
    trust = state.text("map.row_trust" if request.month else "map.row_trust_of_year")
    effects = [(trust, total_effect(state.pairs, PlaceAndMonth(z, request.month)), 1)]
    for name in ("occurred", "fear", "visits"):
        layer = LAYERS[name]
        effect = area_effect(layer.ratios(state.pairs), layer, month, z)
        effects.append((state.text(f"map.row_{name}"), effect, layer.digits))
    in_settlement = town.cells["settlement"] == z
    minutes = np.average(
        town.cells["minutes"][in_settlement], weights=np.maximum(town.cells["population"][in_settlement], 1e-9)
    )
    text = number(float(minutes))
    minutes_row = {"title": state.text("map.row_minutes"), "a": text, "b": text, "gap": "=", "kind": "null"}
    return {
        "number": z + 1,
        "names": list(state.settlement_names),
        "spots": places_on_map(town, town.centres),
        "rows": [*pair_rows(state, effects), minutes_row],
        "lines": mean_trust_by_month(state, PlaceAndMonth(z)),
    }


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
