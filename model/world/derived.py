"""Arrays and numbers of `model.simulation.world.World` that follow from the town, the settings and the parameters.

A mechanism decorates the function that computes one; the field of `World` has the name of the function.

- `constant`: follows from the town and the settings, computed once for each world;
- `derived`: follows from parameters as well, computed again when they change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.simulation.world import Simulation

CONSTANT: dict[str, Callable[[Any], Any]] = {}
"""Functions of constant fields by name."""
DERIVED: dict[str, Callable[[Any], Any]] = {}
"""Functions of fields that follow from parameters, by name."""


def constant[T](compute: Callable[[Simulation], T]) -> Callable[[Simulation], T]:
    """Declare a field of `World` that is computed once for each world."""
    return declare_field(CONSTANT, compute)


def derived[T](compute: Callable[[Simulation], T]) -> Callable[[Simulation], T]:
    """Declare a field of `World` that is computed when parameters change."""
    return declare_field(DERIVED, compute)


def declare_field[T](
    fields: dict[str, Callable[[Any], Any]], compute: Callable[[Simulation], T]
) -> Callable[[Simulation], T]:
    """Enter a function under its name; raise ValueError if another has the name."""
    name = compute.__name__
    if name in CONSTANT or name in DERIVED:
        raise ValueError(f"two functions declare the field '{name}' of World. Rename the one in {compute.__module__}.")
    fields[name] = compute
    return compute
