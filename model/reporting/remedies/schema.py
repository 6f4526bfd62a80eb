"""Declarations of the memory of help: records of victims and of outcomes."""

from __future__ import annotations

import numpy as np

from model.crime.domestic_violence.schema import HELP_PLACES
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec

N_HELP_PLACES = len(HELP_PLACES) - 1
"""Places that a woman can tell: `HELP_PLACES` without nobody."""
AUTHORITY_PLACE, POLICE_PLACE = HELP_PLACES.index("communal"), HELP_PLACES.index("police")
NO_ROW = -1


class VictimRecord(Row):
    """Victim of domestic violence: tick of the last act, and the place then told (in `HELP_PLACES`; 0 is nobody)."""

    woman: int
    last: int
    place: int


class HelpOutcome(Row):
    """Good and bad outcomes of telling one place, in events decayed to ``tick``."""

    good: float
    bad: float
    tick: int


WOMEN = GrowingTableSpec(
    name="women", row=VictimRecord, about="Women hurt at home, in the order of their first act: seeking_help."
)
OUTCOMES = GrowingTableSpec(
    name="outcomes", row=HelpOutcome, about="Outcomes of telling: for each of `women` a row per place but nobody."
)
OF_WOMAN = ArraySpec(
    name="of_woman",
    of=np.int32,
    shape=("resident",),
    first=NO_ROW,
    exempt="rows of `women` by resident, which are compared there",
    about="Row in `women` of each resident; -1 for none: seeking_help.",
)
