"""What a mechanism brings: one record says all of it, and everything else is collected from these records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper

from model.engine.calendar import MORNING, SHIFTS
from model.engine.kernels import BundleField, bind_kernel
from model.engine.parameters import ParameterGroup
from model.engine.rows import FloatArray, Row
from model.engine.tables import TableSpec
from model.world.month import MonthSnapshot
from model.world.protocol import World

type StepFunction = Callable[["World"], None]
type KernelArguments = tuple[BundleField, ...]
type InitialiseResidents = Callable[["World", int, int], None]
type FactorWriter = Callable[["World", FloatArray], None]


class KernelStep:
    """A verb that is one kernel over tables that stay where they are: the world gives it them once, not every shift.

    Most of a shift are such verbs, and between two kernels Python is cold: a verb in it takes longer than many kernels.
    """

    def __init__(self, rule: Callable[..., None], given: Callable[[World], KernelArguments]) -> None:
        self.kernel, self.arguments = rule, given
        update_wrapper(self, given)

    def bind(self, world: World) -> Callable[[], None]:
        """Return the kernel with the tables of a world."""
        return bind_kernel(self.kernel, self.arguments(world))

    def __call__(self, world: World) -> None:
        """Carry it out in a world by itself."""
        self.bind(world)()


def kernel_step(rule: Callable[..., None]) -> Callable[[Callable[[World], KernelArguments]], KernelStep]:
    """Make a verb of a kernel, and of what tells its tables."""
    return lambda given: KernelStep(rule, given)


class MorningStep:
    """A verb of the mornings only."""

    def __init__(self, verb: StepFunction) -> None:
        self.step = verb
        update_wrapper(self, verb)

    def __call__(self, world: World) -> None:
        """Carry it out if it is morning."""
        if world.tick % SHIFTS == MORNING:
            self.step(world)


def morning_step(verb: StepFunction) -> MorningStep:
    """Leave a verb out of all other shifts."""
    return MorningStep(verb)


@dataclass(frozen=True)
class Measure:
    """A monthly column: its unit, and how it is read off a month; without a reader it is the count of its name.

    What it means stands in both languages in the `.toml` beside the code.
    """

    unit: str
    read: Callable[[MonthSnapshot], float] | None = None


def measures_from(
    portrait: Callable[[MonthSnapshot], dict[str, float]], units: Mapping[str, str]
) -> dict[str, Measure]:
    """Return the measures that one function takes together, with their units; a month asks it once."""

    def reader(name: str) -> Callable[[MonthSnapshot], float]:
        return lambda month: month.cached(portrait)[name]

    return {name: Measure(unit, reader(name)) for name, unit in units.items()}


def leave_factors(world: World, factors: FloatArray) -> None:
    """Leave the factors as they are."""


@dataclass(frozen=True, kw_only=True)
class HazardModifier:
    """How a mechanism raises or lowers the hazard of crime.

    ``place`` multiplies factors into those of ``[when, kind, cell]``, where ``when`` is 0 by day and 1 by night, 2 and
    3 the same on market days; ``person`` into those of ``[kind, settlement, ward]``, where ``ward`` tells the careful
    (1) and the young near schools (2) apart.  A mechanism whose crimes are ``spared`` is a guard: what it keeps away is
    written into the daybook; ``repeats``: it keeps near repeats away too.  What it writes by place ``moves`` if it is
    to be written anew while the numbers in force stay.
    """

    place: FactorWriter = leave_factors
    person: FactorWriter = leave_factors
    spared: bool = False
    repeats: bool = False
    moves: bool = False


@dataclass(frozen=True)
class Knockout:
    """How a knock-out shows that a mechanism matters.

    ``measures`` are those of its own process, which change when it is switched off; where the status quo does not use
    it, ``policy`` does; ``site`` and ``start`` say where and from when something is to be seen.
    """

    measures: tuple[str, ...]
    policy: str = ""
    site: str = ""
    start: str = ""


def no_step(world: World) -> None:
    """Do nothing: what a mechanism without such a verb does."""


def no_residents(world: World, first: int, end: int) -> None:
    """Do nothing for those who are born or move here."""


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """What one mechanism, or one part of the setting, brings into the model.

    ``mind`` and ``counts`` are rows whose columns join those of residents and of the month's tally
    (`model.world.columns`).
    ``writes`` says what it writes of tables that are not its own: columns, such as ``"officers.trained"``; rows that it
    adds to the daybook or to a growing table, such as ``"visits"``.  What the ledger alone writes is left out.
    ``initialise`` gives the world its first state, ``initialise_residents`` that of the residents of some rows.  What a
    mechanism does in a shift and at a month's end stands in the schedule of the registry.
    """

    group: type[ParameterGroup] | None = None
    named: str = ""
    tables: tuple[TableSpec, ...] = ()
    mind: type[Row] | None = None
    counts: type[Row] | None = None
    causes: tuple[int, ...] = ()
    writes: tuple[str, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    hazard: HazardModifier | None = None
    initialise: StepFunction = no_step
    initialise_residents: InitialiseResidents = no_residents
    knockout: Knockout | None = None

    @property
    def name(self) -> str:
        """Its name: that of its group of parameters, or its own if it has none."""
        return self.group.name if self.group is not None else self.named
