"""Declarations of remedies: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.crime.domestic_violence.schema import PLACES
from model.engine.rows import Row
from model.engine.tables import Field, Growing

N_ASKED = len(PLACES) - 1
"""Whom a woman can tell: `PLACES` but for nobody."""
AUTHORITY, POLICE = PLACES.index("communal"), PLACES.index("police")
NO_ROW = -1


class Hurt(Row):
    """A woman who was hurt at home: her last act, and whom she then told (a place in `PLACES`; 0 is nobody)."""

    woman: int
    last: int
    place: int


class Outcome(Row):
    """What came of telling one place, good and bad, in events as they counted at ``tick``."""

    good: float
    bad: float
    tick: int


WOMEN = Growing(name="women", row=Hurt, about="Women hurt at home, in the order of their first act: seeking_help.")
OUTCOMES = Growing(
    name="outcomes", row=Outcome, about="What came of telling: for each of `women` a row per place but nobody."
)
OF_WOMAN = Field(
    name="of_woman",
    of=np.int32,
    shape=("resident",),
    first=NO_ROW,
    exempt="rows of `women` by resident, which are compared there",
    about="Row in `women` of each resident; -1 for none: seeking_help.",
)
