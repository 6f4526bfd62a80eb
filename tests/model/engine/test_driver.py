"""Kernels that compiled code runs one after the other, until one needs Python."""

import numpy as np
import pytest

from model.engine.driver import Clock, Program, ProgramCall, RoomNeed, Shift, Term, run_calls, run_shifts
from model.engine.kernels import PackedCall, TableBundle, allocating_kernel, kernel
from model.engine.rows import FloatArray, IntArray, zero_rows

MORNING, HOLIDAY = 1, 2


class Counter(TableBundle):
    """What the tests count."""

    count: IntArray
    step: int


@kernel
def count_on(counter: Counter, sums: FloatArray, weight: float) -> None:
    """Add a step to the count and its weight to all sums."""
    counter.count[0] += counter.step
    for k in range(len(sums)):
        sums[k] += weight * counter.step


@allocating_kernel
def divide(numbers: IntArray) -> None:
    """Divide, which raises an error for 0."""
    numbers[0] = 6 // numbers[0]


def program(calls: list[tuple[int, int, int, int, int, int]], limit: int, count: IntArray) -> Program:
    """Return a program of calls whose only need of room is that twice the count is at most a limit."""
    needs, terms = zero_rows(RoomNeed, 1), zero_rows(Term, 1)
    needs[0] = (limit, 0, 1)
    terms[0] = (count.ctypes.data, 2)
    rows = zero_rows(ProgramCall, len(calls))
    rows[:] = np.array(calls, ProgramCall.dtype)
    return Program(calls=rows, needs=needs, terms=terms)


def test_calls_run_in_order_until_one_needs_python_or_room() -> None:
    count, sums = np.zeros(1, np.int64), np.zeros(2)
    packed = PackedCall(count_on, (Counter(count=count, step=3), sums, 0.5))
    always = packed.function, packed.arguments, 0, 0
    python = 0, 0, MORNING, 0, 0, 0
    given = packed.function, packed.arguments, 0, count.ctypes.data, 0, 0
    told = program([(*always, 0, 0), python, given, (*always, 0, 1)], 8, count)
    assert run_calls(told, 0, MORNING | HOLIDAY) == 1  # the first one ran
    assert (count.item(), sums.tolist()) == (3, [1.5, 1.5])
    assert run_calls(told, 2, MORNING) == 3  # what it was given is above 0; then twice 6 is too much
    assert count.item() == 6
    count[0] = 0
    assert run_calls(told, 2, MORNING) == 4  # nothing is given, and there is room
    assert count.item() == 3
    count[0] = 0
    assert run_calls(told, 0, HOLIDAY) == 3  # no morning, so that Python is not needed; then room lacks
    assert count.item() == 6


def test_shifts_follow_each_other_until_a_call_needs_python() -> None:
    count, sums = np.zeros(1, np.int64), np.zeros(2)
    packed = PackedCall(count_on, (Counter(count=count, step=1), sums, 0.5))
    kernel_call, python = (packed.function, packed.arguments, 0, 0, 0, 0), (0, 0, HOLIDAY, 0, 0, 0)
    told = program([kernel_call, python], 0, count)
    shifts = zero_rows(Shift, 5)
    shifts[:] = np.array([(100 + k, 2, 24000, 3, k + 1, HOLIDAY * (k == 3)) for k in range(5)], Shift.dtype)
    now, tick, learned, counts, place = (np.full(n, 7, np.int64) for n in (5, 1, 1, 3, 1))
    clock = Clock(shifts=shifts, now=now, tick=tick, learned=learned, counts=counts, place=place)
    assert run_shifts(told, clock, 0, 0, 1) == 2  # the first shift alone, which the caller has opened
    assert (count.item(), place.item(), tick.item(), counts.tolist()) == (1, 0, 7, [7, 7, 7])
    assert run_shifts(told, clock, 0, 0, 5) == 1  # the fourth one needs Python at its second call
    assert (count.item(), place.item(), tick.item(), learned.item()) == (5, 3, 103, 0)
    assert (now.tolist(), counts.tolist()) == ([103, 2, 24000, 3, 4], [0, 0, 0])
    assert run_shifts(told, clock, 2, 3, 5) == 2  # what was left of it, and the last one
    assert (count.item(), place.item()) == (6, 4)


def test_a_call_that_fails_is_named() -> None:
    numbers, none = np.zeros(1, np.int64), np.zeros(1, np.int64)
    packed = PackedCall(divide, (numbers,))
    told = program([(packed.function, packed.arguments, 0, 0, 0, 0)] * 2, 0, none)
    assert run_calls(told, 1, 0) == -2
    numbers[0] = 2
    assert run_calls(told, 1, 0) == 2
    assert numbers.tolist() == [3]


def test_what_cannot_be_packed_is_refused() -> None:
    @kernel
    def total(sums: FloatArray) -> float:
        return float(sums[0])

    with pytest.raises(TypeError, match="total returns a result"):
        PackedCall(total, (np.zeros(1),))
