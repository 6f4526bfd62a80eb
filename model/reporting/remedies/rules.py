"""Outcomes of seeking help that victims of domestic violence remember, good and bad.

Only victims have rows.  A row is updated by events of the woman's own life alone; at a choice she and her ties read it.
"""

from __future__ import annotations

from model.crime.domestic_violence.schema import HomeHistory
from model.engine.calendar import YEAR
from model.engine.elementary import LN_2, exp
from model.engine.kernels import TableBundle, kernel
from model.engine.rows import Int32Array, IntArray, Rows
from model.reporting.remedies.schema import (
    AUTHORITY_PLACE,
    N_HELP_PLACES,
    NO_ROW,
    OF_WOMAN,
    OUTCOMES,
    WOMEN,
    HelpOutcome,
    VictimRecord,
)
from model.world.binding import count_of, of
from model.world.steps import GrowingKey, RowBound


class RemedyMemory(TableBundle):
    """Records of victims and of the outcomes of the help that they sought, and their homes."""

    women: Rows[VictimRecord]
    women_count: IntArray = count_of(WOMEN)
    outcomes: Rows[HelpOutcome]
    outcomes_count: IntArray = count_of(OUTCOMES)
    of_woman: Int32Array = of(OF_WOMAN)
    homes: Rows[HomeHistory]


def room_for_victim_records(acts: RowBound) -> dict[GrowingKey, RowBound]:
    """Return the rows that as many first-time victims as there are acts may need."""
    return {WOMEN: acts, OUTCOMES: N_HELP_PLACES * acts}


@kernel
def outcome_retained_share(shifts: int, years: float) -> float:
    """Return the share of an event that is left after some shifts, for a half-life in years."""
    share: float = exp(-LN_2 * shifts / (YEAR * years))
    return share


@kernel
def remembered_outcomes(memory: RemedyMemory, row: int, place: int, tick: int, years: float) -> tuple[float, float]:
    """Return the good and the bad outcomes (events, decayed) of telling a place, as of this tick.

    A year without another act is a good outcome for the place that she told; a ruling that was obeyed since her last
    act is one for the authority.
    """
    her, outcome = memory.women[row], memory.outcomes[N_HELP_PLACES * row + place - 1]
    good, bad = 0.0, 0.0
    if outcome.good + outcome.bad > 0.0:
        left = outcome_retained_share(tick - outcome.tick, years)
        good, bad = outcome.good * left, outcome.bad * left
    if place == her.place and tick - her.last >= YEAR:
        good += outcome_retained_share(tick - her.last - YEAR, years)
    ruled = memory.homes[her.woman].ruled - YEAR
    if place == AUTHORITY_PLACE and ruled >= her.last:
        good += outcome_retained_share(tick - ruled, years)
    return good, bad


@kernel
def record_help_outcome(memory: RemedyMemory, i: int, place: int, helped: bool, tick: int, years: float) -> None:
    """Add a good or a bad outcome of telling a place to the record of woman i; ``years`` is the half-life."""
    good, bad = (1.0, 0.0) if helped else (0.0, 1.0)
    outcome = memory.outcomes[N_HELP_PLACES * memory.of_woman[i] + place - 1]
    left = outcome_retained_share(tick - outcome.tick, years)
    outcome.good, outcome.bad, outcome.tick = outcome.good * left + good, outcome.bad * left + bad, tick


@kernel
def create_victim_record(memory: RemedyMemory, i: int, tick: int) -> None:
    """Create the record of a first-time victim, with no outcomes; appends to `women` and `outcomes`."""
    row = memory.women_count[0]
    memory.of_woman[i] = row
    her = memory.women[row]
    her.woman, her.last, her.place = i, tick, 0
    for place in range(1, N_HELP_PLACES + 1):
        outcome = memory.outcomes[N_HELP_PLACES * row + place - 1]
        outcome.good, outcome.bad, outcome.tick = 0.0, 0.0, tick
    memory.women_count[0] += 1
    memory.outcomes_count[0] += N_HELP_PLACES


@kernel
def update_victim_record(memory: RemedyMemory, i: int, tick: int, years: float) -> None:
    """Update the record of a woman who was hurt again, before she chooses.

    That it happened again within a year is a bad outcome for the place that she told.
    """
    row = memory.of_woman[i]
    if row == NO_ROW:
        create_victim_record(memory, i, tick)
        return
    her = memory.women[row]
    for place in range(1, N_HELP_PLACES + 1):
        good, bad = remembered_outcomes(memory, row, place, tick, years)
        if place == her.place and tick - her.last < YEAR:
            bad += 1.0
        outcome = memory.outcomes[N_HELP_PLACES * row + place - 1]
        outcome.good, outcome.bad, outcome.tick = good, bad, tick
    her.last, her.place = tick, 0
