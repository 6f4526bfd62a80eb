"""Record of a mechanism: its parameters, tables, columns, measures, hazards and steps.

`model.simulation.registry` collects all records; schedule, tables, counts and measures of the model follow from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model.engine.rows import FloatArray

if TYPE_CHECKING:
    from model.engine.parameters import ParameterGroup
    from model.engine.rows import Row
    from model.engine.tables import TableSpec
    from model.simulation.world import Simulation
    from model.world.month import MonthSnapshot
    from model.world.steps import KernelStep, StepFunction

type FactorWriter = Callable[["Simulation", FloatArray], None]


@dataclass(frozen=True)
class Measure:
    """A monthly measure: its unit and its reader; None reads the count of its name.

    Its description stands in both languages in `words.toml` beside the code.
    """

    unit: str
    read: Callable[[MonthSnapshot], float] | None = None


def measures_from(compute: Callable[[MonthSnapshot], dict[str, float]], units: Mapping[str, str]) -> dict[str, Measure]:
    """Return the measures that one function computes together, given their units by name."""

    def reader(name: str) -> Callable[[MonthSnapshot], float]:
        return lambda month: month.cached(compute)[name]

    return {name: Measure(unit, reader(name)) for name, unit in units.items()}


def leave_factors(sim: Simulation, factors: FloatArray) -> None:
    """Default hook: leave the hazard factors unchanged."""


@dataclass(frozen=True, kw_only=True)
class HazardModifier:
    """Effect of a mechanism on the hazard of crime.

    Attributes
    ----------
    place
        Function that multiplies factors into an array by time (day, night, market day, market night), kind and cell.
    person
        Function that multiplies factors into an array by kind, settlement and class of resident (`N_WARD_CLASSES`).
    spared
        Whether the mechanism is a guard, whose prevented crimes are recorded.
    repeats
        Whether the guard prevents near repeats too.
    moves
        Whether the factors by place change while parameters stay, so that `rewrite_mechanism` recomputes them.
    """

    place: FactorWriter = leave_factors
    person: FactorWriter = leave_factors
    spared: bool = False
    repeats: bool = False
    moves: bool = False


@dataclass(frozen=True)
class Knockout:
    """Test that switching a mechanism off matters.

    Attributes
    ----------
    measures
        Measures of its own process, which must change.
    policy
        Policy that uses the mechanism, if the status quo does not.
    site, start
        Scenario and first date in which the change shows, if not the default.
    """

    measures: tuple[str, ...]
    policy: str = ""
    site: str = ""
    start: str = ""


def no_step(sim: Simulation) -> None:
    """Default hook: do nothing."""


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """Record of one mechanism, or of one part of the setting.

    ``mind`` and ``counts`` are rows whose columns join those of residents and of the month's tally
    (`model.simulation.columns`).
    ``initialise`` gives the world its first state; ``initialise_arrivals`` are kernels that give it to those who are
    born or move here, in the morning on which they come.  What else a mechanism does in a shift, and at a month's end,
    stands in the schedule of the registry.
    """

    group: type[ParameterGroup] | None = None
    named: str = ""
    tables: tuple[TableSpec, ...] = ()
    mind: type[Row] | None = None
    counts: type[Row] | None = None
    causes: tuple[int, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    hazard: HazardModifier | None = None
    initialise: StepFunction = no_step
    initialise_arrivals: tuple[KernelStep, ...] = ()
    knockout: Knockout | None = None

    @property
    def name(self) -> str:
        """Its name: that of its group of parameters, or its own if it has none."""
        return self.group.name if self.group is not None else self.named
