"""What women who were hurt at home remember of whom they told: what came of it, good and bad (ODD: seeking_help).

Only who was hurt has rows.  They are brought up to date by the events of her own life alone, and read, at a choice, by
herself and by her ties.
"""

from __future__ import annotations

from model.crime.domestic_violence.schema import Home
from model.engine.calendar import YEAR
from model.engine.kernels import Tables, kernel
from model.engine.rows import Ints, Rows, Smalls
from model.reporting.remedies.schema import AUTHORITY, N_ASKED, NO_ROW, OF_WOMAN, OUTCOMES, WOMEN, Hurt, Outcome
from model.world.protocol import World


class Memory(Tables):
    """What women who were hurt remember, and their homes."""

    women: Rows[Hurt]
    count: Ints
    outcomes: Rows[Outcome]
    outcome_count: Ints
    of_woman: Smalls
    homes: Rows[Home]


def memory_of(world: World) -> Memory:
    """Lay out what women who were hurt remember."""
    state = world.state
    women, outcomes = state[WOMEN], state[OUTCOMES]
    return Memory(women.rows, women.count, outcomes.rows, outcomes.count, state[OF_WOMAN], state.homes)


def make_room(world: World, acts: int) -> None:
    """Make room for as many women who are hurt for the first time."""
    world.state[WOMEN].reserve(acts)
    world.state[OUTCOMES].reserve(N_ASKED * acts)


@kernel
def faded(shifts: int, years: float) -> float:
    """What is left of an event after so many shifts."""
    left: float = 2.0 ** (-shifts / (YEAR * years))
    return left


@kernel
def recall(memory: Memory, row: int, place: int, tick: int, years: float) -> tuple[float, float]:
    """Good and bad that came of telling one place, as they count now.

    A ruling that was kept since her last act is good for the authority; a year without another act for whom she told.
    """
    her, kept = memory.women[row], memory.outcomes[N_ASKED * row + place - 1]
    good, bad = 0.0, 0.0
    if kept.good + kept.bad > 0.0:
        left = faded(tick - kept.tick, years)
        good, bad = kept.good * left, kept.bad * left
    if place == her.place and tick - her.last >= YEAR:
        good += faded(tick - her.last - YEAR, years)
    ruled = memory.homes[her.woman].ruled - YEAR
    if place == AUTHORITY and ruled >= her.last:
        good += faded(tick - ruled, years)
    return good, bad


@kernel
def note_outcome(memory: Memory, i: int, place: int, good: float, bad: float, tick: int, years: float) -> None:
    """Let a woman remember what came of telling a place."""
    kept = memory.outcomes[N_ASKED * memory.of_woman[i] + place - 1]
    left = faded(tick - kept.tick, years)
    kept.good, kept.bad, kept.tick = kept.good * left + good, kept.bad * left + bad, tick


@kernel
def open_memory(memory: Memory, i: int, tick: int) -> None:
    """Begin to remember for a woman who is hurt for the first time."""
    row = memory.count[0]
    memory.of_woman[i] = row
    her = memory.women[row]
    her.woman, her.last, her.place = i, tick, 0
    for place in range(1, N_ASKED + 1):
        kept = memory.outcomes[N_ASKED * row + place - 1]
        kept.good, kept.bad, kept.tick = 0.0, 0.0, tick
    memory.count[0] += 1
    memory.outcome_count[0] += N_ASKED


@kernel
def hurt_again(memory: Memory, i: int, tick: int, years: float) -> None:
    """Bring up to date what a woman remembers before she chooses: whom she told within a year did not prevent this."""
    row = memory.of_woman[i]
    if row == NO_ROW:
        open_memory(memory, i, tick)
        return
    her = memory.women[row]
    for place in range(1, N_ASKED + 1):
        good, bad = recall(memory, row, place, tick, years)
        if place == her.place and tick - her.last < YEAR:
            bad += 1.0
        kept = memory.outcomes[N_ASKED * row + place - 1]
        kept.good, kept.bad, kept.tick = good, bad, tick
    her.last, her.place = tick, 0
