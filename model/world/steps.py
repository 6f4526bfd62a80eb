"""Steps of a shift: kernels of the world with the room that they need, and functions in Python.

Most steps are kernels (`step`); `model.world.shift_program` runs them one after the other in compiled code.
What happens on some days only, or cannot be compiled, is a function in Python (`python_step`).  Both may have
conditions: flags of the calendar, dates, a number that must be above 0.  `in_order` makes one step of several.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, overload

from model.engine.calendar import MORNINGS, calendar_flags
from model.engine.errors import InputError
from model.engine.kernels import allocating_kernel, bind_kernel, kernel
from model.engine.tables import GrowingTable

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import Simulation, World

MAX_ROWS_PER_RESIDENT, LEAST_RESIDENTS = 8, 10_000
"""Rows for each resident that a shift may add to what waits; with more, events feed themselves without end."""

type StepFunction = Callable[["Simulation"], None]
"""A part of the schedule."""
type GrowingKey = int | str | GrowingTable[Any]
"""A table whose rows are appended: an event table by its number, one of the state by its name, or one kept apart."""
type Room = Mapping[GrowingKey, RowBound | int]
"""Upper bounds of the rows that a step appends, by table."""
type DateTest = Callable[["Simulation", datetime.date], bool]
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

    def rows(self, sim: Simulation) -> int:
        """Return the number for the present contents of the tables."""
        return self.fixed + sum(factor * count_array(sim, table).item() for table, factor in self.terms)


def rows_of(table: GrowingKey) -> RowBound:
    """Return the bound that is the number of rows in use of a table."""
    return RowBound(0, ((table, 1),))


def count_array(sim: Simulation, table: GrowingKey) -> IntArray:
    """Return the array of one element that holds the number of rows in use of a table."""
    if isinstance(table, int):
        return sim.shift_events.counts[table : table + 1]
    return growing_table(sim, table).count


def growing_table(sim: Simulation, table: str | GrowingTable[Any]) -> GrowingTable[Any]:
    """Return the table of a key that is no event table; raise KeyError if the state has none of the name."""
    if isinstance(table, GrowingTable):
        return table
    found = getattr(sim.state, table, None)
    if not isinstance(found, GrowingTable):
        raise KeyError(f"the state has no growing table '{table}'")
    return found


def row_capacity(sim: Simulation, table: GrowingKey) -> int:
    """Return the number of rows for which a table has memory."""
    if isinstance(table, int):
        return sim.shift_events.capacity[table]
    return len(growing_table(sim, table).rows)


def reserve_rows(sim: Simulation, table: GrowingKey, extra: int) -> None:
    """Ensure capacity for ``extra`` more rows in a table; raise InputError if residents cannot cause so many."""
    if isinstance(table, int):
        sim.shift_events.reserve(table, extra)
        return
    if extra > MAX_ROWS_PER_RESIDENT * max(sim.town.n_people, LEAST_RESIDENTS):
        raise InputError(
            f"a shift may add {extra:,} rows to a table, for {sim.town.n_people:,} residents: events beget more events"
            " than they follow; lower near_repeat.kappa or what multiplies it"
        )
    growing_table(sim, table).reserve(extra)


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
        given: Callable[[Simulation], IntArray] | None = None,
    ) -> None:
        self.flags, self.on, self.given = flags, on, given
        update_wrapper(self, described)

    def is_due(self, sim: Simulation) -> bool:
        """Return whether the step runs in the present shift, by what the tables say now."""
        if self.flags & ~calendar_flags(sim.tick) or (self.on is not None and not self.on(sim, sim.date)):
            return False
        return self.given is None or self.given(sim).item() > 0

    def run(self, sim: Simulation) -> None:
        """Run the step, due or not."""
        raise NotImplementedError

    def __call__(self, sim: Simulation) -> None:
        """Run the step if it is due, outside the program of the shift."""
        if self.is_due(sim):
            self.run(sim)


class KernelStep(ScheduleStep):
    """A step that is one kernel of the world.

    It is bound once for each simulation.

    Attributes
    ----------
    kernel
        The compiled rule, called with a `World`.
    room
        Function that returns how many rows it may append to which tables, if any.
    """

    def __init__(
        self, rule: Callable[[World], None], room: Callable[[Simulation], Room] | None = None, **conditions: Any
    ) -> None:
        super().__init__(rule, **conditions)
        self.kernel, self.room = rule, room

    def needs(self, sim: Simulation) -> dict[GrowingKey, RowBound]:
        """Return the rows that the kernel may append, by table."""
        room = {} if self.room is None else self.room(sim)
        return {table: RowBound(need) if isinstance(need, int) else need for table, need in room.items()}

    def reserve(self, sim: Simulation) -> None:
        """Reserve the rows that the kernel may append."""
        needs = [(table, need.rows(sim)) for table, need in self.needs(sim).items()]
        for table, extra in needs:
            reserve_rows(sim, table, extra)

    def bind(self, sim: Simulation) -> Callable[[], None]:
        """Return the kernel with the world of a simulation."""
        return bind_kernel(self.kernel, (sim.w,))

    def run(self, sim: Simulation) -> None:
        """Reserve rows, then run the kernel."""
        self.reserve(sim)
        sim.cached_view(self.bind)()


class PythonStep(ScheduleStep):
    """A step that runs a function in Python."""

    def __init__(self, function: StepFunction, **conditions: Any) -> None:
        super().__init__(function, **conditions)
        self.function = function

    def run(self, sim: Simulation) -> None:
        """Call the function."""
        self.function(sim)


class StepSequence:
    """Several steps that are one in the schedule."""

    def __init__(self, parts: tuple[ScheduleStep, ...]) -> None:
        self.parts = parts
        update_wrapper(self, parts[0])

    def __call__(self, sim: Simulation) -> None:
        """Run the parts that are due, outside the program of the shift."""
        for part in self.parts:
            part(sim)


@overload
def step(rule: Callable[[World], None], /) -> KernelStep: ...
@overload
def step(
    *, room: Callable[[Simulation], Room] | None = None, allocates: bool = False, **conditions: Any
) -> Callable[[Callable[[World], None]], KernelStep]: ...
def step(
    rule: Callable[[World], None] | None = None,
    /,
    room: Callable[[Simulation], Room] | None = None,
    allocates: bool = False,
    **conditions: Any,
) -> Any:
    """Compile a rule of the whole world and make it a step.

    Parameters
    ----------
    rule
        The rule; not given where the decorator has arguments.
    room
        Function that returns how many rows the rule may append to which tables.
    allocates
        Whether the rule allocates arrays.
    conditions
        ``flags``, ``on`` and ``given`` of a `ScheduleStep`.
    """
    if rule is None:
        return partial(step_of_rule, room=room, allocates=allocates, **conditions)
    return step_of_rule(rule)


def step_of_rule(rule: Callable[[World], None], *, allocates: bool = False, **options: Any) -> KernelStep:
    """Return the step of a rule."""
    return KernelStep(allocating_kernel(rule) if allocates else kernel(rule), **options)


def python_step(**conditions: Any) -> Callable[[StepFunction], PythonStep]:
    """Return a decorator that makes a function a step which runs under some conditions (`ScheduleStep`)."""
    return lambda function: PythonStep(function, **conditions)


def n_arrivals(sim: Simulation) -> IntArray:
    """Return the number of residents who arrive today, as an array of one element."""
    return sim.arrivals[:1]


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
