"""What the model could have shown: the worlds at the ends of what can happen, as they were last computed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from experiments.report.both import Both, both

if TYPE_CHECKING:
    from experiments.report.numbers import Numbers

CEILING = Path(__file__).parents[2] / "results" / "reference" / "ceiling.csv"
"""What `confianza validate --ceiling` wrote."""


@dataclass(frozen=True)
class Shown:
    """A column of the ceiling: what it is called, and with how many decimals it is told."""

    text: Both
    digits: int


MEASURES = {
    "trust": Shown(both("confianza", "trust"), 2),
    "crimes": Shown(both("delitos", "crimes"), 1),
    "homicides": Shown(both("homicidios", "homicides"), 1),
}


@dataclass(frozen=True)
class World:
    """A world of the ceiling: its row, what it is called, and whether its homicides are too few to say anything."""

    row: int
    text: Both
    few: bool


def ceiling() -> pd.DataFrame:
    """Return the worlds that could be computed, none where nobody has."""
    if not CEILING.is_file():
        return pd.DataFrame()
    table = pd.read_csv(CEILING)
    return table[table["trust"].notna()].reset_index(drop=True)


def worlds_at(numbers: "Numbers", site: str) -> list[World]:
    """Return the worlds of one site."""
    table = numbers.tables["ceiling"]
    own = table[table["site"] == site]
    texts = [both(es, en) for es, en in zip(own["es"], own["en"], strict=True)]
    return [World(*one) for one in zip(own.index.tolist(), texts, own["few"].astype(bool), strict=True)]
