"""Outcomes of seeking help that victims of domestic violence remember, good and bad.

Only victims have rows.  A row is updated by events of the woman's own life alone; at a choice she and her ties read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from model.crime.domestic_violence import HELP_PLACES
from model.engine.calendar import YEAR
from model.engine.domains import PAST, POSITIVE, code_of, row_of
from model.engine.elementary import LN_2, exp
from model.engine.kernels import kernel
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec

if TYPE_CHECKING:
    from model.engine.tables import TableSizes
    from model.simulation.world import World
    from model.world.steps import GrowingKey, RowBound

N_HELP_PLACES = len(HELP_PLACES) - 1
"""Places to which a woman can report: `HELP_PLACES` without nobody."""
AUTHORITY_PLACE, POLICE_PLACE = HELP_PLACES.index("communal"), HELP_PLACES.index("police")
NO_ROW = -1


class VictimRecord(Row):
    """Victim of domestic violence: tick of the last act, and place of the report (in `HELP_PLACES`; 0 is nobody)."""

    woman: Annotated[int, row_of("resident")]
    last: Annotated[int, PAST]
    place: Annotated[int, code_of(len(HELP_PLACES))]


class HelpOutcome(Row):
    """Good and bad outcomes of reports to one place, in events decayed to ``tick``."""

    good: Annotated[float, POSITIVE]
    bad: Annotated[float, POSITIVE]
    tick: Annotated[int, PAST]


def women_have_rows(state: Any, town: Any, sizes: TableSizes) -> bool:
    """It names each of `women` once, and each has her rows of `outcomes`."""
    women = state[WOMEN].used_rows()["woman"]
    named = np.count_nonzero(state[OF_WOMAN] != NO_ROW) == len(women)
    own = np.array_equal(state[OF_WOMAN][women], np.arange(len(women)))
    return named and own and len(state[OUTCOMES]) == N_HELP_PLACES * len(women)


WOMEN = GrowingTableSpec(name="women", row=VictimRecord, about="Women hurt at home, in the order of their first act.")
OUTCOMES = GrowingTableSpec(
    name="outcomes", row=HelpOutcome, about="Outcomes of reports: for each of `women` a row per place but nobody."
)
OF_WOMAN = ArraySpec(
    name="of_woman",
    of=np.int32,
    shape=("resident",),
    first=NO_ROW,
    exempt="rows of `women` by resident, which are compared there",
    about="Row in `women` of each resident; -1 for none.",
    domain=row_of("women", none=True),
    rule=women_have_rows,
)


def room_for_victim_records(acts: RowBound) -> dict[GrowingKey, RowBound]:
    """Return the rows that as many first-time victims as there are acts may need."""
    return {"women": acts, "outcomes": N_HELP_PLACES * acts}


@kernel
def outcome_retained_share(shifts: int, years: float) -> float:
    """Return the share of an event that is left after some shifts, for a half-life in years."""
    share: float = exp(-LN_2 * shifts / (YEAR * years))
    return share


@kernel
def remembered_outcomes(w: World, row: int, place: int, years: float) -> tuple[float, float]:
    """Return the good and the bad outcomes (events, decayed) of reporting to a place, as of this tick.

    A year without another act is a good outcome for the place to which she reported; a ruling that was obeyed since
    her last act is one for the authority.
    """
    tick = w.tick
    her, outcome = w.women[row], w.outcomes[N_HELP_PLACES * row + place - 1]
    good, bad = 0.0, 0.0
    if outcome.good + outcome.bad > 0.0:
        left = outcome_retained_share(tick - outcome.tick, years)
        good, bad = outcome.good * left, outcome.bad * left
    if place == her.place and tick - her.last >= YEAR:
        good += outcome_retained_share(tick - her.last - YEAR, years)
    ruled = w.homes[her.woman].ruled - YEAR
    if place == AUTHORITY_PLACE and ruled >= her.last:
        good += outcome_retained_share(tick - ruled, years)
    return good, bad


@kernel
def record_help_outcome(w: World, i: int, place: int, helped: bool, years: float) -> None:
    """Add a good or a bad outcome of reporting to a place to the record of woman i; ``years`` is the half-life."""
    tick = w.tick
    good, bad = (1.0, 0.0) if helped else (0.0, 1.0)
    outcome = w.outcomes[N_HELP_PLACES * w.of_woman[i] + place - 1]
    left = outcome_retained_share(tick - outcome.tick, years)
    outcome.good, outcome.bad, outcome.tick = outcome.good * left + good, outcome.bad * left + bad, tick


@kernel
def create_victim_record(w: World, i: int) -> None:
    """Create the record of a first-time victim, with no outcomes; appends to `women` and `outcomes`."""
    tick = w.tick
    row = w.women_count[0]
    w.of_woman[i] = row
    her = w.women[row]
    her.woman, her.last, her.place = i, tick, 0
    for place in range(1, N_HELP_PLACES + 1):
        outcome = w.outcomes[N_HELP_PLACES * row + place - 1]
        outcome.good, outcome.bad, outcome.tick = 0.0, 0.0, tick
    w.women_count[0] += 1
    w.outcomes_count[0] += N_HELP_PLACES


@kernel
def update_victim_record(w: World, i: int, years: float) -> None:
    """Update the record of a woman who was hurt again, before she chooses.

    That it happened again within a year is a bad outcome for the place to which she reported.
    """
    tick = w.tick
    row = w.of_woman[i]
    if row == NO_ROW:
        create_victim_record(w, i)
        return
    her = w.women[row]
    for place in range(1, N_HELP_PLACES + 1):
        good, bad = remembered_outcomes(w, row, place, years)
        if place == her.place and tick - her.last < YEAR:
            bad += 1.0
        outcome = w.outcomes[N_HELP_PLACES * row + place - 1]
        outcome.good, outcome.bad, outcome.tick = good, bad, tick
    her.last, her.place = tick, 0
