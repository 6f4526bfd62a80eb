"""What the model could have shown: the worlds at the ends of what can happen, as they were last computed."""

from pathlib import Path

import pandas as pd

PACKED = Path(__file__).parent / "data" / "ceiling.csv"
"""Where the wheel carries it: there are no reference results beside it."""
CEILING = PACKED if PACKED.is_file() else Path(__file__).parents[2] / "results" / "reference" / "ceiling.csv"
"""What `confianza validate --ceiling` wrote."""


def ceiling() -> pd.DataFrame:
    """Return the worlds that could be computed, none where nobody has."""
    if not CEILING.is_file():
        return pd.DataFrame()
    table = pd.read_csv(CEILING)
    return table[table["trust"].notna()].reset_index(drop=True)
