"""Names that modules had in version 0.2 and that the page on the model from Python showed; they go with version 0.4.

``from model.kinds import NAMES`` then gives the new module with a DeprecationWarning that names it.
"""

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "model.agents": "model.simulation.agents",
    "model.calendar": "model.engine.calendar",
    "model.deciding": "model.engine.choices",
    "model.errors": "model.engine.errors",
    "model.kinds": "model.town.crime_kinds",
    "model.register": "model.simulation.registry",
}
"""New module of each former one."""


class MovedModules(MetaPathFinder, Loader):
    """Finder and loader of former module names."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a former name, None for any other."""
        return ModuleSpec(fullname, self) if fullname in MOVED else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the new module, after a warning that names it."""
        new = MOVED[spec.name]
        warnings.warn(f"{spec.name} is now {new}; the old name goes with version 0.4", DeprecationWarning, stacklevel=2)
        module = importlib.import_module(new)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module, which has been executed already, its own spec back."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state


def install_aliases() -> None:
    """Make former module names importable."""
    if not any(isinstance(one, MovedModules) for one in sys.meta_path):
        sys.meta_path.append(MovedModules())
