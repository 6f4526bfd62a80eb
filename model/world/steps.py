"""Steps of a shift: kernels with their arguments and the room that they need, and functions in Python.

Most steps are kernels (`kernel_step`); `model.world.shift_program` runs them one after the other in compiled code.
What happens on some days only, or cannot be compiled, is a function in Python (`python_step`).  Both may have
conditions: flags of the calendar, dates, a number that must be above 0.  `in_order` makes one step of several.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from model.engine.calendar import MORNINGS, calendar_flags
from model.engine.kernels import BundleField, bind_kernel
from model.engine.rows import IntArray
from model.engine.tables import GrowingTable, GrowingTableSpec
from model.world.protocol import World

type StepFunction = Callable[["World"], None]
type KernelArguments = tuple[BundleField, ...]
"""Steps of a world; arguments of a kernel."""
type GrowingKey = int | GrowingTableSpec[Any] | GrowingTable[Any]
"""A table whose rows are appended: an event table by its number, or one of the state, or one of a mechanism."""
type Room = Mapping[GrowingKey, RowBound | int]
"""Upper bounds of the rows that a step appends, by table."""
type DateTest = Callable[["World", datetime.date], bool]
"""Whether something is due on a date; it may depend on date, parameters and seed."""


@dataclass(frozen=True)
class RowBound:
    """Upper bound of a number of rows: a fixed number, and for some tables a multiple of their rows in use."""

    fixed: int = 0
    terms: tuple[tuple[GrowingKey, int], ...] = ()

    def __add__(self, other: RowBound | int) -> RowBound:
        more = RowBound(other) if isinstance(other, int) else other
        return RowBound(self.fixed + more.fixed, self.terms + more.terms)

    def __mul__(self, factor: int) -> RowBound:
        return RowBound(self.fixed * factor, tuple((table, factor * one) for table, one in self.terms))

    __radd__, __rmul__ = __add__, __mul__

    def rows(self, world: World) -> int:
        """Return the number for the present contents of the tables."""
        return self.fixed + sum(factor * count_array(world, table).item() for table, factor in self.terms)


def rows_of(table: GrowingKey) -> RowBound:
    """Return the bound that is the number of rows in use of a table."""
    return RowBound(0, ((table, 1),))


def count_array(world: World, table: GrowingKey) -> IntArray:
    """Return the array of one element that holds the number of rows in use of a table."""
    if isinstance(table, int):
        return world.shift_events.counts[table : table + 1]
    return table.count if isinstance(table, GrowingTable) else world.state[table].count


def row_capacity(world: World, table: GrowingKey) -> int:
    """Return the number of rows for which a table has memory."""
    if isinstance(table, int):
        return world.shift_events.capacity[table]
    return len(table.rows) if isinstance(table, GrowingTable) else len(world.state[table].rows)


def reserve_rows(world: World, table: GrowingKey, extra: int) -> None:
    """Ensure capacity for ``extra`` more rows in a table."""
    if isinstance(table, int):
        world.shift_events.reserve(table, extra)
    else:
        (table if isinstance(table, GrowingTable) else world.state[table]).reserve(extra)


class ScheduleStep:
    """A part of the schedule that is one kernel or one function in Python, with its conditions.

    Attributes
    ----------
    flags
        Flags that the shift must have, such as ``MORNINGS`` (`model.engine.calendar`).
    on
        Test of the date, if any.  It is asked for all days of a month at once, and again when parameters change.
    given
        Function that returns an array of one integer which must be above 0, if any.
    """

    def __init__(
        self,
        described: Callable[..., object],
        flags: int = 0,
        on: DateTest | None = None,
        given: Callable[[World], IntArray] | None = None,
    ) -> None:
        self.flags, self.on, self.given = flags, on, given
        update_wrapper(self, described)

    def is_due(self, world: World) -> bool:
        """Return whether the step runs in the present shift, by what the tables say now."""
        if self.flags & ~calendar_flags(world.tick) or (self.on is not None and not self.on(world, world.date)):
            return False
        return self.given is None or self.given(world).item() > 0

    def run(self, world: World) -> None:
        """Run the step, due or not."""
        raise NotImplementedError

    def __call__(self, world: World) -> None:
        """Run the step if it is due, outside the program of the shift."""
        if self.is_due(world):
            self.run(world)


class KernelStep(ScheduleStep):
    """A step that runs one kernel.

    Its arguments are bound once and reused until a table moves or a parameter changes.  Most steps of a shift are of
    this kind; collecting the arguments in Python would take longer than many kernels.
    """

    def __init__(
        self,
        rule: Callable[..., None],
        arguments: Callable[[World], KernelArguments],
        room: Callable[[World], Room] | None = None,
        **conditions: Any,
    ) -> None:
        super().__init__(arguments, **conditions)
        self.kernel, self.arguments, self.room = rule, arguments, room

    def needs(self, world: World) -> dict[GrowingKey, RowBound]:
        """Return the rows that the kernel may append, by table."""
        room = {} if self.room is None else self.room(world)
        return {table: RowBound(need) if isinstance(need, int) else need for table, need in room.items()}

    def reserve(self, world: World) -> None:
        """Reserve the rows that the kernel may append."""
        needs = [(table, need.rows(world)) for table, need in self.needs(world).items()]
        for table, extra in needs:
            reserve_rows(world, table, extra)

    def bind(self, world: World) -> Callable[[], None]:
        """Return the kernel with its arguments from a world."""
        return bind_kernel(self.kernel, self.arguments(world))

    def run(self, world: World) -> None:
        """Reserve rows, then run the kernel."""
        self.reserve(world)
        world.cached_view(self.bind)()


class PythonStep(ScheduleStep):
    """A step that runs a function in Python."""

    def __init__(self, function: StepFunction, **conditions: Any) -> None:
        super().__init__(function, **conditions)
        self.function = function

    def run(self, world: World) -> None:
        """Call the function."""
        self.function(world)


class StepSequence:
    """Several steps that are one in the schedule."""

    def __init__(self, parts: tuple[ScheduleStep, ...]) -> None:
        self.parts = parts
        update_wrapper(self, parts[0])

    def __call__(self, world: World) -> None:
        """Run the parts that are due, outside the program of the shift."""
        for part in self.parts:
            part(world)


def kernel_step(
    rule: Callable[..., None], room: Callable[[World], Room] | None = None, **conditions: Any
) -> Callable[[Callable[[World], KernelArguments]], KernelStep]:
    """Return a decorator that makes a step of a kernel and the function that returns its arguments.

    Parameters
    ----------
    rule
        The kernel.
    room
        Function that returns how many rows the kernel may append to which tables.
    conditions
        ``flags``, ``on`` and ``given`` of a `ScheduleStep`.
    """
    return lambda arguments: KernelStep(rule, arguments, room, **conditions)


def python_step(**conditions: Any) -> Callable[[StepFunction], PythonStep]:
    """Return a decorator that makes a function a step which runs under some conditions (`ScheduleStep`)."""
    return lambda function: PythonStep(function, **conditions)


def n_arrivals(world: World) -> IntArray:
    """Return the number of residents who arrive today, as an array of one element."""
    return world.arrivals[:1]


ON_ARRIVALS: Mapping[str, Any] = {"flags": MORNINGS, "given": n_arrivals}
"""Conditions of a step for the residents who arrive in the morning of this day, whose rows `World.arrivals` tells."""


def in_order(*parts: ScheduleStep) -> StepSequence:
    """Return one step that runs several in order."""
    return StepSequence(parts)


def parts_of(step: StepFunction) -> tuple[ScheduleStep, ...]:
    """Return the kernels and functions of a step, in order; a plain function runs in every shift."""
    if isinstance(step, StepSequence):
        return step.parts
    return (step,) if isinstance(step, ScheduleStep) else (PythonStep(step),)
