"""Run one kernel after the other in compiled code, shift after shift, until one needs Python.

A `Program` is a table of calls.  Each has the addresses of a kernel and of its arguments (`PackedCall`), a condition,
and the room that tables must have before it runs.  `run_shifts` goes through them for each shift; where a call has no
kernel or lacks room it returns the number of the call, so that Python may do the work or reserve rows.
`model.world.shift_program` makes the program of a shift from its schedule.
"""

from __future__ import annotations

from model.engine.kernels import TableBundle, call_packed, kernel, number_at
from model.engine.rows import IntArray, Row, Rows


class ProgramCall(Row):
    """A call: machine code (0 for Python), arguments, condition and room.

    It is due if today's flags include all of ``flags``, and if the integer at the address ``given`` is above 0 (no
    condition if the address is 0).  Its needs of room are the rows ``first_need`` to ``end_need``.
    """

    function: int
    arguments: int
    flags: int
    given: int
    first_need: int
    end_need: int


class RoomNeed(Row):
    """Rows that a table must have: at most ``limit`` may be the sum of the terms ``first_term`` to ``end_term``."""

    limit: int
    first_term: int
    end_term: int


class Term(Row):
    """A term of a sum: a factor times the integer at an address."""

    address: int
    factor: int


class Shift(Row):
    """Numbers of a shift (`model.engine.calendar.ShiftNumbers`); ``flags`` also say what is due on its date."""

    tick: int
    where: int
    month: int
    weekday: int
    since: int
    flags: int


class Program(TableBundle):
    """Calls in their order, with what they need."""

    calls: Rows[ProgramCall]
    needs: Rows[RoomNeed]
    terms: Rows[Term]


class Clock(TableBundle):
    """Shifts of the present month, and what a new shift writes.

    ``now`` are tick, presence list, month, weekday and shifts since the month began, as kernels read them; ``tick``
    holds the tick once more.  ``learned`` and ``counts`` are the impressions learned and the events of the shift, which
    begin at 0.  ``place`` is the row of the present shift.
    """

    shifts: Rows[Shift]
    now: IntArray
    tick: IntArray
    learned: IntArray
    counts: IntArray
    place: IntArray


@kernel
def lacks_room(program: Program, call: ProgramCall) -> bool:
    """Return whether a table has too few rows for a call."""
    for k in range(call.first_need, call.end_need):
        need, rows = program.needs[k], 0
        for t in range(need.first_term, need.end_term):
            rows += program.terms[t].factor * number_at(program.terms[t].address)
        if rows > need.limit:
            return True
    return False


@kernel
def open_shift(clock: Clock, place: int) -> None:
    """Begin a shift: write its numbers and clear its events."""
    shift = clock.shifts[place]
    clock.place[0], clock.tick[0], clock.learned[0] = place, shift.tick, 0
    clock.now[0], clock.now[1], clock.now[2] = shift.tick, shift.where, shift.month
    clock.now[3], clock.now[4] = shift.weekday, shift.since
    clock.counts[:] = 0


@kernel
def run_calls(program: Program, first: int, today: int) -> int:
    """Run the calls from number ``first`` on that are due by the flags ``today``.

    Return the number of the first one that needs Python or room, the number of calls if there is none, or -1 less the
    number of a call that failed.
    """
    for k in range(first, len(program.calls)):
        call = program.calls[k]
        if call.flags & today != call.flags or (call.given != 0 and number_at(call.given) <= 0):
            continue
        if call.function == 0 or lacks_room(program, call):
            return k
        if call_packed(call.function, call.arguments) != 0:
            return -1 - k
    return len(program.calls)


@kernel
def run_shifts(program: Program, clock: Clock, first: int, place: int, end: int) -> int:
    """Run the shift in row ``place``, which is open, from call ``first`` on, and those after it before row ``end``.

    Return as `run_calls` does; ``clock.place`` is the row of the last shift that was begun.
    """
    clock.place[0] = place
    stop = run_calls(program, first, clock.shifts[place].flags)
    while stop == len(program.calls) and place + 1 < end:
        place += 1
        open_shift(clock, place)
        stop = run_calls(program, 0, clock.shifts[place].flags)
    return stop
