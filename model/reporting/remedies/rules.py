"""What women who were hurt at home remember of whom they told: what came of it, good and bad (ODD: seeking_help).

Only who was hurt has rows.  They are brought up to date by the events of her own life alone, and read, at a choice, by
herself and by her ties.
"""

from __future__ import annotations

from model.crime.domestic_violence.schema import HomeHistory
from model.engine.calendar import YEAR
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
from model.world.protocol import World


class RemedyMemory(TableBundle):
    """What women who were hurt remember, and their homes."""

    women: Rows[VictimRecord]
    women_count: IntArray = count_of(WOMEN)
    outcomes: Rows[HelpOutcome]
    outcomes_count: IntArray = count_of(OUTCOMES)
    of_woman: Int32Array = of(OF_WOMAN)
    homes: Rows[HomeHistory]


def reserve_victim_records(world: World, acts: int) -> None:
    """Make room for as many women who are hurt for the first time."""
    world.state[WOMEN].reserve(acts)
    world.state[OUTCOMES].reserve(N_HELP_PLACES * acts)


@kernel
def outcome_retained_share(shifts: int, years: float) -> float:
    """What is left of an event after so many shifts."""
    left: float = 2.0 ** (-shifts / (YEAR * years))
    return left


@kernel
def remembered_outcomes(memory: RemedyMemory, row: int, place: int, tick: int, years: float) -> tuple[float, float]:
    """Good and bad that came of telling one place, as they count now.

    A ruling that was kept since her last act is good for the authority; a year without another act for whom she told.
    """
    her, kept = memory.women[row], memory.outcomes[N_HELP_PLACES * row + place - 1]
    good, bad = 0.0, 0.0
    if kept.good + kept.bad > 0.0:
        left = outcome_retained_share(tick - kept.tick, years)
        good, bad = kept.good * left, kept.bad * left
    if place == her.place and tick - her.last >= YEAR:
        good += outcome_retained_share(tick - her.last - YEAR, years)
    ruled = memory.homes[her.woman].ruled - YEAR
    if place == AUTHORITY_PLACE and ruled >= her.last:
        good += outcome_retained_share(tick - ruled, years)
    return good, bad


@kernel
def record_help_outcome(
    memory: RemedyMemory, i: int, place: int, good: float, bad: float, tick: int, years: float
) -> None:
    """Let a woman remember what came of telling a place."""
    kept = memory.outcomes[N_HELP_PLACES * memory.of_woman[i] + place - 1]
    left = outcome_retained_share(tick - kept.tick, years)
    kept.good, kept.bad, kept.tick = kept.good * left + good, kept.bad * left + bad, tick


@kernel
def create_victim_record(memory: RemedyMemory, i: int, tick: int) -> None:
    """Begin to remember for a woman who is hurt for the first time."""
    row = memory.women_count[0]
    memory.of_woman[i] = row
    her = memory.women[row]
    her.woman, her.last, her.place = i, tick, 0
    for place in range(1, N_HELP_PLACES + 1):
        kept = memory.outcomes[N_HELP_PLACES * row + place - 1]
        kept.good, kept.bad, kept.tick = 0.0, 0.0, tick
    memory.women_count[0] += 1
    memory.outcomes_count[0] += N_HELP_PLACES


@kernel
def update_victim_record(memory: RemedyMemory, i: int, tick: int, years: float) -> None:
    """Bring up to date what a woman remembers before she chooses: whom she told within a year did not prevent this."""
    row = memory.of_woman[i]
    if row == NO_ROW:
        create_victim_record(memory, i, tick)
        return
    her = memory.women[row]
    for place in range(1, N_HELP_PLACES + 1):
        good, bad = remembered_outcomes(memory, row, place, tick, years)
        if place == her.place and tick - her.last < YEAR:
            bad += 1.0
        kept = memory.outcomes[N_HELP_PLACES * row + place - 1]
        kept.good, kept.bad, kept.tick = good, bad, tick
    her.last, her.place = tick, 0
