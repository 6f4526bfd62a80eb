"""Optional dependencies (extras), and the message that says how to install them."""

from importlib.util import find_spec

from model.engine.errors import InputError

EXTRAS = {
    "page": ("starlette", "uvicorn", "websockets"),
    "mesa": ("solara", "anywidget", "starlette", "uvicorn", "ipyvuetify", "altair"),
    "maps": ("pyogrio",),
    "dask": ("distributed",),
    "emulation": ("sklearn", "threadpoolctl"),
    "notebook": ("ipykernel", "nbclient", "nbformat"),
}
"""Modules that each extra installs."""


def missing_modules(extra: str) -> list[str]:
    """Return the modules of an extra that are not installed."""
    return [name for name in EXTRAS[extra] if find_spec(name) is None]


def require_extra(extra: str, what: str) -> None:
    """Raise `InputError` with the command to install an extra if a module is missing."""
    if lacking := missing_modules(extra):
        raise InputError(f"{what} needs {lacking[0]}, of the extra '{extra}': {install_command(extra)}")


def install_command(extra: str) -> str:
    """Return the command that installs an extra."""
    return f"pip install 'confianza[{extra}]', or in a clone: uv sync --locked"
