"""Declarations of remedies: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.crime.domestic_violence.schema import HELP_PLACES
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec

N_HELP_PLACES = len(HELP_PLACES) - 1
"""Whom a woman can tell: `PLACES` but for nobody."""
AUTHORITY_PLACE, POLICE_PLACE = HELP_PLACES.index("communal"), HELP_PLACES.index("police")
NO_ROW = -1


class VictimRecord(Row):
    """A woman who was hurt at home: her last act, and whom she then told (a place in `PLACES`; 0 is nobody)."""

    woman: int
    last: int
    place: int


class HelpOutcome(Row):
    """What came of telling one place, good and bad, in events as they counted at ``tick``."""

    good: float
    bad: float
    tick: int


WOMEN = GrowingTableSpec(
    name="women", row=VictimRecord, about="Women hurt at home, in the order of their first act: seeking_help."
)
OUTCOMES = GrowingTableSpec(
    name="outcomes", row=HelpOutcome, about="What came of telling: for each of `women` a row per place but nobody."
)
OF_WOMAN = ArraySpec(
    name="of_woman",
    of=np.int32,
    shape=("resident",),
    first=NO_ROW,
    exempt="rows of `women` by resident, which are compared there",
    about="Row in `women` of each resident; -1 for none: seeking_help.",
)
