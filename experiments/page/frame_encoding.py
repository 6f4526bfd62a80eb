"""Encode a world for the map as bytes: one for each resident, one for each cell and layer."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from model.crime.crime_counts.rules import is_reported_to_state
from model.trust.ledger.rules import trust_now
from model.trust.ledger.schema import Trust
from model.world.shift_events import INCIDENTS, VISITS

NOTHING = 255
"""The byte of a resident who is gone and of a cell where there is nothing to show."""
TOP = 254.0
GANG_STEP = 127
"""Byte of the second gang, whose colour begins there; that of the first is 0."""
HALF_LIFE = 63.0
"""Shifts after which an event counts half on the map: three weeks."""
OCCURRED, TOLD, FILED, RECORDED, SEEN = range(5)


@dataclass(frozen=True)
class MapLayer:
    """Colour scale of one layer; ``named`` layers may stand beside names of places.

    ``told`` is the factor of numbers in words.
    """

    colours: str
    low: float
    high: float
    named: bool = True
    logarithmic: bool = False
    told: float = 1.0


LAYERS: dict[str, MapLayer] = {
    "residents": MapLayer("viridis", 0.1, 0.8, told=100.0),
    "trust": MapLayer("viridis", 0.3, 0.55, told=100.0),
    "fear": MapLayer("magma", 0.2, 0.8, told=100.0),
    "occurred": MapLayer("inferno", 0.0, 20.0, logarithmic=True),
    "told": MapLayer("inferno", 0.0, 20.0, named=False, logarithmic=True),
    "complaints": MapLayer("inferno", 0.0, 20.0, named=False, logarithmic=True),
    "recorded": MapLayer("inferno", 0.0, 20.0, named=False, logarithmic=True),
    "police": MapLayer("cividis", 0.0, 50.0, logarithmic=True),
    "authority": MapLayer("cividis", 0.0, 1.0),
    "gangs": MapLayer("gangs", 0.0, 1.0, named=False),
    "narcos": MapLayer("gangs", 0.0, 1.0, named=False),
}
"""Reports and cliques are never shown beside the names of places."""
STAGES = ("occurred", "told", "complaints", "recorded")
"""Layers of crimes by stage."""
ON_REQUEST = ("gangs", "narcos")


@njit(cache=True)
def scan_minds(minds: Any, people: Any, numbers: Any, tick: Any, seen: Any, sums: Any) -> None:
    """Write the trust of each resident (none of those gone), and sums of residents, trust and fear by home cell."""
    sums[:] = 0.0
    for i in range(len(minds)):
        mind = minds[i]
        if mind["gone"] >= 0:
            seen[i] = math.nan
            continue
        trust = trust_now(mind, max(tick, mind["touched"]), numbers[people[i]["settlement"]])
        seen[i] = trust
        here = sums[people[i]["home"]]
        here[0] += 1.0
        here[1] += trust
        here[2] += mind["fear"]


@njit(cache=True)
def note(day: Any, recent: Any, left: Any) -> None:
    """Let what was noted fade, then note the incidents and visits of a shift by cell."""
    recent *= left
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        here = recent[row["cell"]]
        here[OCCURRED] += 1.0
        here[TOLD] += 1.0 if is_reported_to_state(row) else 0.0
        here[FILED] += row["complaint"]
        here[RECORDED] += row["recorded"]
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit["alive"] == 1:
            recent[visit["cell"], SEEN] += 1.0


@njit(cache=True)
def encode_shares(values: Any, low: Any, high: Any) -> Any:
    """Return one byte for each value between low and high, and `NOTHING` where there is none."""
    shown = np.zeros(len(values), np.uint8)
    for i in range(len(values)):
        part = (values[i] - low) / (high - low)
        shown[i] = NOTHING if math.isnan(part) else int(min(1.0, max(0.0, part)) * TOP + 0.5)
    return shown


@njit(cache=True)
def root_mean_square(values: Any) -> Any:
    """Return the root of the mean square of all values that are not zero."""
    squares, n = 0.0, 0
    for value in values:
        if not math.isnan(value) and value != 0.0:
            squares += value * value
            n += 1
    return math.sqrt(squares / max(1, n))


def rounded_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10 … times a power of ten, 0.001 at least.

    >>> rounded_up(0.013), rounded_up(3.0), rounded_up(0.0)
    (0.02, 5.0, 0.001)
    """
    unit = 10.0 ** math.floor(math.log10(max(value, 0.001)))
    return next(round(step * unit, 6) for step in (1.0, 2.0, 5.0, 10.0) if step * unit >= value)


def encode_difference(a: np.ndarray, b: np.ndarray) -> tuple[bytes, float]:
    """Return b - a as bytes about the middle of the scale, and the end of that scale, which grows with what differs."""
    n = min(len(a), len(b))
    values = b[:n] - a[:n]
    end = rounded_up(2.0 * root_mean_square(values))
    return encode_shares(values, -end, end).tobytes(), end


def encode_cells(values: np.ndarray, empty: np.ndarray, layer: MapLayer) -> np.ndarray:
    """Return the bytes of cells with these values; those that are empty show nothing.

    >>> encode_cells(np.array([0.2, 0.4, 0.9]), np.array([True, False, False]), LAYERS["trust"]).tolist()
    [255, 102, 254]
    """
    low, high = layer.low, layer.high
    if layer.logarithmic:
        values, low, high = np.log1p(values), 0.0, math.log1p(high)
    return np.asarray(encode_shares(np.where(empty, np.nan, values), low, high))


class MapState:
    """State of the map of one world: recent events by cell, and its residents at the last look."""

    def __init__(self, world: Any) -> None:
        self.recent = np.zeros((world.town.n_cells, 5))
        self.sums = np.zeros((world.town.n_cells, 3))
        self.people = np.zeros(0, np.float32)

    def note(self, world: Any) -> None:
        """Add the events of the last shift."""
        note(world.shift_events.day, self.recent, 0.5 ** (1.0 / HALF_LIFE))

    def look(self, world: Any) -> None:
        """Look at every resident as they are at the end of the last shift."""
        come = int(world.state.come[0])  # those after them are not born yet, or have not moved here
        if len(self.people) != come:
            self.people = np.zeros(come, np.float32)
        scan_minds(
            world.state.minds[:come],
            world.town.people,
            world.parameters[Trust],
            world.tick - 1,
            self.people,
            self.sums,
        )

    def dots(self) -> bytes:
        """Return one byte of trust for each resident."""
        layer = LAYERS["residents"]
        return bytes(encode_shares(self.people, layer.low, layer.high))

    @property
    def trust(self) -> float:
        """Mean trust of the living at the last look."""
        return float(self.sums[:, 1].sum() / max(1.0, self.sums[:, 0].sum()))

    def values(self, world: Any, layer: str) -> np.ndarray:
        """Return the numbers behind a layer, cell by cell."""
        if layer in ("residents", "trust", "fear"):
            return self.sums[:, 2 if layer == "fear" else 1] / np.maximum(self.sums[:, 0], 1.0)
        if layer == "authority":
            by_settlement = np.zeros(world.town.n_settlements)
            legitimacy = 1.0 / (1.0 + np.exp(-world.state.boards["legitimacy"]))
            by_settlement[world.town.authorities["settlement"]] = legitimacy
            return by_settlement[np.maximum(world.town.cells["settlement"], 0)]
        if layer in ON_REQUEST:
            return (world.state.territory if layer == "gangs" else world.state.protected).astype(float)
        return self.recent[:, (*STAGES, "police").index(layer)]

    def empty(self, values: np.ndarray, layer: str) -> np.ndarray:
        """Tell in which cells there is nothing to show."""
        # where nobody lives there is nothing to show, except that police pass and crimes happen
        return (values < 0.05) if LAYERS[layer].logarithmic else self.sums[:, 0] == 0.0

    def bytes(self, world: Any, layer: str) -> np.ndarray:
        """Return the bytes of a layer, cell by cell."""
        values = self.values(world, layer)
        if layer in ON_REQUEST:
            gangs = np.append(world.state.cliques["gang"], 0)  # the last stands for no clique
            gang = gangs[values.astype(np.int64)] if layer == "gangs" else 0
            return np.where(values < 0, NOTHING, gang * GANG_STEP).astype(np.uint8)
        return encode_cells(values, self.empty(values, layer), LAYERS[layer])
