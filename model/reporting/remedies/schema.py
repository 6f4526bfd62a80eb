"""Declarations of the memory of help: records of victims and of outcomes."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from model.crime.domestic_violence.schema import HELP_PLACES
from model.engine.domains import PAST, POSITIVE, code_of, row_of
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec, TableSizes

N_HELP_PLACES = len(HELP_PLACES) - 1
"""Places that a woman can tell: `HELP_PLACES` without nobody."""
AUTHORITY_PLACE, POLICE_PLACE = HELP_PLACES.index("communal"), HELP_PLACES.index("police")
NO_ROW = -1


class VictimRecord(Row):
    """Victim of domestic violence: tick of the last act, and the place then told (in `HELP_PLACES`; 0 is nobody)."""

    woman: Annotated[int, row_of("resident")]
    last: Annotated[int, PAST]
    place: Annotated[int, code_of(len(HELP_PLACES))]


class HelpOutcome(Row):
    """Good and bad outcomes of telling one place, in events decayed to ``tick``."""

    good: Annotated[float, POSITIVE]
    bad: Annotated[float, POSITIVE]
    tick: Annotated[int, PAST]


def women_have_rows(state: Any, town: Any, sizes: TableSizes) -> bool:
    """It names each of `women` once, and each has her rows of `outcomes`."""
    women = state[WOMEN].used_rows()["woman"]
    named = np.count_nonzero(state[OF_WOMAN] != NO_ROW) == len(women)
    own = np.array_equal(state[OF_WOMAN][women], np.arange(len(women)))
    return named and own and len(state[OUTCOMES]) == N_HELP_PLACES * len(women)


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
    domain=row_of("women", none=True),
    rule=women_have_rows,
)
