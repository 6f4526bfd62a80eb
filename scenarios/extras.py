"""Extras: what not everybody installs, and the line that says how to get it."""

from importlib.util import find_spec

from model.engine.errors import InputError

EXTRAS = {
    "page": ("solara", "starlette", "uvicorn", "anywidget", "ipyvuetify", "altair"),
    "maps": ("pyogrio",),
    "dask": ("distributed",),
    "notebook": ("ipykernel", "nbclient", "nbformat"),
}
"""The modules that each extra brings."""


def missing_modules(extra: str) -> list[str]:
    """Return the modules of an extra that are not installed."""
    return [name for name in EXTRAS[extra] if find_spec(name) is None]


def require_extra(extra: str, what: str) -> None:
    """Raise with the command that installs it if something that was asked for needs an extra that is not there."""
    if lacking := missing_modules(extra):
        raise InputError(f"{what} needs {lacking[0]}, of the extra '{extra}': {install_command(extra)}")


def install_command(extra: str) -> str:
    """Return the command that installs an extra."""
    return f"pip install 'confianza[{extra}]', or in a clone: uv sync --locked"
