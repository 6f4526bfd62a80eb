"""What the model could have shown: the worlds at the ends of what can happen, as they were last computed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from experiments.report.numbers import Numbers

PACKED = Path(__file__).parent / "data" / "ceiling.csv"
"""Where the wheel carries it: there are no reference results beside it."""
CEILING = PACKED if PACKED.is_file() else Path(__file__).parents[2] / "results" / "reference" / "ceiling.csv"
"""What `confianza validate --ceiling` wrote."""


@dataclass(frozen=True)
class Shown:
    """A column of the ceiling: what it is called, and with how many decimals it is told."""

    es: str
    en: str
    digits: int


MEASURES = {
    "trust": Shown("confianza", "trust", 2),
    "crimes": Shown("delitos", "crimes", 1),
    "homicides": Shown("homicidios", "homicides", 1),
}


def ceiling() -> pd.DataFrame:
    """Return the worlds that could be computed, none where nobody has."""
    if not CEILING.is_file():
        return pd.DataFrame()
    table = pd.read_csv(CEILING)
    return table[table["trust"].notna()].reset_index(drop=True)


def worlds_at(numbers: "Numbers", site: str) -> list[Any]:
    """Return the rows of the worlds of one site."""
    return list(numbers.rows("ceiling", site=site).itertuples())
