"""Program of a shift: the schedule as calls that compiled code runs one after the other.

`ShiftProgram` takes the steps of the one schedule.  Kernels run in compiled code (`model.engine.driver`); Python is
called only for a step in Python that is due, or to reserve rows.  Where Numba is switched off, each step runs by
itself, with equal results.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numba import config

from model.engine.calendar import LONGEST_MONTH, N_CALENDAR_FLAGS, SHIFTS, first_of_month, shifts_of_month
from model.engine.driver import Clock, Program, ProgramCall, RoomNeed, Shift, Term, run_shifts
from model.engine.kernels import PackedCall, bind_kernel
from model.engine.rows import zero_rows
from model.world.protocol import World
from model.world.steps import KernelStep, ScheduleStep, StepFunction, count_array, parts_of, row_capacity, rows_of


class ShiftProgram:
    """Steps of a shift in order, and how to run them in a world.

    Attributes
    ----------
    parts
        The kernels and functions in Python of all steps.
    """

    def __init__(self, steps: Iterable[StepFunction]) -> None:
        self.parts = tuple(part for step in steps for part in parts_of(step))
        self.dated = tuple(part for part in self.parts if part.on is not None)

    def with_part(self, old: ScheduleStep, new: ScheduleStep) -> ShiftProgram:
        """Return a program in which one part is replaced by another."""
        return ShiftProgram(new if part is old else part for part in self.parts)

    @property
    def is_compiled(self) -> bool:
        """Return whether steps run in compiled code, so that several shifts may follow each other there."""
        return not config.DISABLE_JIT

    def run(self, world: World) -> None:
        """Run the steps of the present shift."""
        if not self.is_compiled:
            for part in self.parts:
                part(world)
            return
        self.run_compiled(world, world.tick + 1)

    def run_until(self, world: World, end: int) -> None:
        """Run the present shift, which is open, and those after it before the tick ``end``, which is then present.

        All must lie in one month, and parameters may change with the first one only.
        """
        self.run_compiled(world, end)
        world.tick = end

    def run_compiled(self, world: World, end: int) -> None:
        """Run the shifts before the tick ``end``, with Python where a step needs it; the last one is then present."""
        first, n = 0, len(self.parts)
        while True:
            bound = world.cached_view(self.bind)
            stop = bound.run(world, first, end)
            if stop == n:
                return
            if stop < 0:
                raise RuntimeError(f"the kernel of step '{self.parts[-1 - stop].__name__}' failed")
            part, first = self.parts[stop], stop
            if isinstance(part, KernelStep):
                self.reserve_from(stop, world)
            else:
                part.run(world)
                first += 1

    def reserve_from(self, first: int, world: World) -> None:
        """Reserve the rows of a kernel that lacks them and of all later ones, so that they are bound anew only once."""
        for part in self.parts[first:]:
            if isinstance(part, KernelStep):
                part.reserve(world)

    @cached_property
    def bind(self) -> Any:
        """Function that binds the program to a world; one object, so that `cached_view` finds its result again."""
        return lambda world: BoundProgram(self, world)


class BoundProgram:
    """A program with the addresses of a world's tables, valid until a table moves or parameters change."""

    def __init__(self, program: ShiftProgram, world: World) -> None:
        self.program, self.month = program, -1
        calls = zero_rows(ProgramCall, len(program.parts))
        self.kept: list[object] = []
        self.needs: list[tuple[int, int, int]] = []
        self.terms: list[tuple[int, int]] = []
        for call, part in zip(calls, program.parts, strict=True):
            self.write_call(world, call, part)
        needs, terms = zero_rows(RoomNeed, len(self.needs)), zero_rows(Term, len(self.terms))
        needs[:] = np.array(self.needs, RoomNeed.dtype)
        terms[:] = np.array(self.terms, Term.dtype)
        self.clock = Clock(
            shifts=zero_rows(Shift, LONGEST_MONTH),
            now=world.shift_context().words_of("tick", "since"),
            tick=world.tick_array,
            learned=world.learned,
            counts=world.shift_events.counts,
            place=np.zeros(1, np.int64),
        )
        tables = Program(calls=calls, needs=needs, terms=terms), self.clock
        self.run_shifts = bind_kernel(run_shifts, tables, (0, 0, 0))

    def run(self, world: World, first: int, end: int) -> int:
        """Run shifts before the tick ``end``, the present one from part ``first`` on; return as `run_shifts` does.

        The shift in which it stops is then the present one of the world.
        """
        self.read_month(world)
        place = world.shifts_since_close - 1
        stop: int = self.run_shifts(first, place, place + end - world.tick)
        if moved := self.clock.place.item() - place:
            world.tick += moved
            world.shift_context()
        return stop

    def write_call(self, world: World, call: ProgramCall, part: ScheduleStep) -> None:
        """Write addresses, conditions and needs of a part."""
        call.flags, call.first_need = part.flags, len(self.needs)
        if part.on is not None:
            call.flags |= self.flag_of(part)
        if part.given is not None:
            given = part.given(world)
            self.kept.append(given)
            call.given = given.ctypes.data
        if isinstance(part, KernelStep):
            packed = PackedCall(part.kernel, part.arguments(world))
            self.kept.append(packed)
            call.function, call.arguments = packed.function, packed.arguments
            for table, need in part.needs(world).items():
                first = len(self.terms)
                for one, factor in (rows_of(table) + need).terms:
                    self.terms.append((count_array(world, one).ctypes.data, factor))
                self.needs.append((row_capacity(world, table) - need.fixed, first, len(self.terms)))
        call.end_need = len(self.needs)

    def flag_of(self, part: ScheduleStep) -> int:
        """Return the flag of the days on which a dated part is due."""
        return 1 << N_CALENDAR_FLAGS + self.program.dated.index(part)

    def read_month(self, world: World) -> None:
        """Write the shifts of the present month, with the flags of the parts that are due on their dates."""
        if self.month == world.month:
            return
        self.month, first = world.month, first_of_month(world.month)
        on_day = [
            sum(self.flag_of(part) for part in self.program.dated if part.on and part.on(world, date))
            for date in (first + datetime.timedelta(days=day) for day in range(world.days_of_month))
        ]
        numbers = shifts_of_month(world.month, world.calendar.market_days)
        rows = [(*one[:-1], one.flags | on_day[(one.since - 1) // SHIFTS]) for one in numbers]
        self.clock.shifts[: len(rows)] = np.array(rows, Shift.dtype)
