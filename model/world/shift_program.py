"""Program of a shift: the schedule as calls that compiled code runs one after the other.

`ShiftProgram` takes the steps of the one schedule.  Kernels run in compiled code (`model.engine.driver`); Python is
called only for a step in Python that is due, or to reserve rows.  Where Numba is switched off, each step runs by
itself, with equal results.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import config

from model.engine.calendar import LONGEST_MONTH, N_CALENDAR_FLAGS, SHIFTS, first_of_month, shifts_of_month
from model.engine.driver import Clock, Program, ProgramCall, RoomNeed, Shift, Term, run_shifts
from model.engine.kernels import PackedCall, bind_kernel
from model.engine.rows import zero_rows
from model.world.steps import KernelStep, count_array, parts_of, row_capacity, rows_of

if TYPE_CHECKING:
    from model.simulation.world import Simulation
    from model.world.steps import ScheduleStep, StepFunction


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

    def run(self, sim: Simulation) -> None:
        """Run the steps of the present shift."""
        if not self.is_compiled:
            for part in self.parts:
                part(sim)
            return
        self.run_compiled(sim, sim.tick + 1)

    def run_until(self, sim: Simulation, end: int) -> None:
        """Run the present shift, which is open, and those after it before the tick ``end``, which is then present.

        All must lie in one month, and parameters may change with the first one only.
        """
        self.run_compiled(sim, end)
        sim.tick = end

    def run_compiled(self, sim: Simulation, end: int) -> None:
        """Run the shifts before the tick ``end``, with Python where a step needs it; the last one is then present."""
        first, n = 0, len(self.parts)
        while True:
            bound = sim.cached_view(self.bind)
            stop = bound.run(sim, first, end)
            if stop == n:
                return
            if stop < 0:
                raise RuntimeError(f"the kernel of step '{self.parts[-1 - stop].__name__}' failed")
            part, first = self.parts[stop], stop
            if isinstance(part, KernelStep):
                self.reserve_from(stop, sim)
            else:
                part.run(sim)
                first += 1

    def reserve_from(self, first: int, sim: Simulation) -> None:
        """Reserve the rows of a kernel that lacks them and of all later ones, so that they are bound anew only once."""
        for part in self.parts[first:]:
            if isinstance(part, KernelStep):
                part.reserve(sim)

    @cached_property
    def bind(self) -> Any:
        """Function that binds the program to a world; one object, so that `cached_view` finds its result again."""
        return lambda sim: BoundProgram(self, sim)


class BoundProgram:
    """A program with the addresses of a world's tables, valid until a table moves or parameters change."""

    def __init__(self, program: ShiftProgram, sim: Simulation) -> None:
        self.program, self.month = program, -1
        calls = zero_rows(ProgramCall, len(program.parts))
        self.kept: list[object] = []
        self.needs: list[tuple[int, int, int]] = []
        self.terms: list[tuple[int, int]] = []
        for call, part in zip(calls, program.parts, strict=True):
            self.write_call(sim, call, part)
        needs, terms = zero_rows(RoomNeed, len(self.needs)), zero_rows(Term, len(self.terms))
        needs[:] = np.array(self.needs, RoomNeed.dtype)
        terms[:] = np.array(self.terms, Term.dtype)
        self.clock = Clock(
            shifts=zero_rows(Shift, LONGEST_MONTH),
            now=sim.w.words_of("tick", "since"),
            tick=sim.tick_array,
            learned=sim.learned,
            counts=sim.shift_events.counts,
            place=np.zeros(1, np.int64),
        )
        tables = Program(calls=calls, needs=needs, terms=terms), self.clock
        self.run_shifts = bind_kernel(run_shifts, tables, (0, 0, 0))

    def run(self, sim: Simulation, first: int, end: int) -> int:
        """Run shifts before the tick ``end``, the present one from part ``first`` on; return as `run_shifts` does.

        The shift in which it stops is then the present one of the world.
        """
        self.read_month(sim)
        place = sim.shifts_since_close - 1
        stop: int = self.run_shifts(first, place, place + end - sim.tick)
        if moved := self.clock.place.item() - place:
            sim.tick += moved
            _ = sim.w  # takes the numbers of this shift
        return stop

    def write_call(self, sim: Simulation, call: ProgramCall, part: ScheduleStep) -> None:
        """Write addresses, conditions and needs of a part."""
        call.flags, call.first_need = part.flags, len(self.needs)
        if part.on is not None:
            call.flags |= self.flag_of(part)
        if part.given is not None:
            given = part.given(sim)
            self.kept.append(given)
            call.given = given.ctypes.data
        if isinstance(part, KernelStep):
            packed = PackedCall(part.kernel, (sim.w,))
            self.kept.append(packed)
            call.function, call.arguments = packed.function, packed.arguments
            for table, need in part.needs(sim).items():
                first = len(self.terms)
                for one, factor in (rows_of(table) + need).terms:
                    self.terms.append((count_array(sim, one).ctypes.data, factor))
                self.needs.append((row_capacity(sim, table) - need.fixed, first, len(self.terms)))
        call.end_need = len(self.needs)

    def flag_of(self, part: ScheduleStep) -> int:
        """Return the flag of the days on which a dated part is due."""
        return 1 << N_CALENDAR_FLAGS + self.program.dated.index(part)

    def read_month(self, sim: Simulation) -> None:
        """Write the shifts of the present month, with the flags of the parts that are due on their dates."""
        if self.month == sim.month:
            return
        self.month, first = sim.month, first_of_month(sim.month)
        on_day = [
            sum(self.flag_of(part) for part in self.program.dated if part.on and part.on(sim, date))
            for date in (first + datetime.timedelta(days=day) for day in range(sim.days_of_month))
        ]
        numbers = shifts_of_month(sim.month, sim.calendar.market_days)
        rows = [(*one[:-1], one.flags | on_day[(one.since - 1) // SHIFTS]) for one in numbers]
        self.clock.shifts[: len(rows)] = np.array(rows, Shift.dtype)
