"""The project under the one name that nobody else has: the model from Python, and the program.

`model`, `scenarios` and `experiments` are common words (decision 0020): a file of the user may bear them and be found
first. Whoever comes in by this door is told so in one line.
"""

import sys

if sys.version_info < (3, 12):  # noqa: UP036 - an old Python would name the first new syntax as the cause
    sys.exit(f"confianza: Python 3.12 or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}")

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.storage.reading import read
    from model.engine.errors import InputError
    from model.simulation.model import TrustModel
    from scenarios import bounds, build, load

__all__ = ["InputError", "TrustModel", "bounds", "build", "load", "main", "read"]

HOME = Path(__file__).resolve().parent.parent
OURS = ("model", "scenarios", "experiments")
WRONG_INPUT = 2


class NameClash(ImportError):
    """A module of the user bears the name of one of ours, and is found first."""


def check_names() -> None:
    """Raise with one line if something else is found under a name of ours."""
    for name in OURS:
        found = place_of(name)
        if found != HOME / name / "__init__.py":
            raise NameClash(
                f"'{name}' must be Confianza's own, got {found or 'nothing'}: rename that file or folder, or start from"
                " another folder"
            )


def place_of(name: str) -> Path | None:
    """Return the file that Python finds, or has found already, under a name."""
    there = sys.modules.get(name)
    spec = getattr(there, "__spec__", None) if there is not None else find_spec(name)
    if spec is None or spec.origin is None:
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        file = getattr(there, "__file__", None) or next(iter(folders), None)
        return Path(file).resolve() if file else None
    return Path(spec.origin).resolve()


def __getattr__(name: str) -> Any:
    """Give what is asked for when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'confianza' has no attribute {name!r}")
    check_names()
    import model.engine.errors
    import scenarios

    if name == "read":
        from experiments.storage.reading import read  # brings tables, which a world does without

        return read
    homes = {"InputError": model.engine.errors, "TrustModel": model}
    return getattr(homes.get(name, scenarios), name)


def main() -> None:
    """Run the program, or say in one line what stands in its way."""
    try:
        check_names()
    except NameClash as clash:
        print(f"confianza: {clash}", file=sys.stderr)
        sys.exit(WRONG_INPUT)
    from experiments.cli import main as program

    program()
