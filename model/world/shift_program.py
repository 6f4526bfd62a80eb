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

from model.engine.calendar import N_CALENDAR_FLAGS, SHIFTS, first_of_month
from model.engine.driver import Program, ProgramCall, RoomNeed, Term, run_calls
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

    def run(self, world: World) -> None:
        """Run the steps of the present shift."""
        if config.DISABLE_JIT:
            for part in self.parts:
                part(world)
            return
        first, n = 0, len(self.parts)
        while True:
            bound = world.cached_view(self.bind)
            stop = bound.run(first, bound.flags(world))
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
        self.program, self.month, self.on_day = program, -1, [0]
        calls = zero_rows(ProgramCall, len(program.parts))
        self.kept: list[object] = []
        self.needs: list[tuple[int, int, int]] = []
        self.terms: list[tuple[int, int]] = []
        for call, part in zip(calls, program.parts, strict=True):
            self.write_call(world, call, part)
        needs, terms = zero_rows(RoomNeed, len(self.needs)), zero_rows(Term, len(self.terms))
        needs[:] = np.array(self.needs, RoomNeed.dtype)
        terms[:] = np.array(self.terms, Term.dtype)
        self.run = bind_kernel(run_calls, (Program(calls=calls, needs=needs, terms=terms),), (0, 0))

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

    def flags(self, world: World) -> int:
        """Return the flags of the present shift: those of the calendar, and those of the parts due on its date."""
        _, _, month, _, since, flags = world.shift_numbers()
        if self.month != month:
            self.month, first = month, first_of_month(month)
            days = [first + datetime.timedelta(days=day) for day in range(world.days_of_month)]
            self.on_day = [
                sum(self.flag_of(part) for part in self.program.dated if part.on and part.on(world, date))
                for date in days
            ]
        return flags | self.on_day[(since - 1) // SHIFTS]
