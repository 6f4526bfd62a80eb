"""Optional dependencies (extras), and the command that installs them from the clone or wheel that is there."""

import json
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from model.engine.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
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


def install_command(extra: str = "") -> str:
    """Return the command that installs the program, with an extra if one is named, as it was installed before.

    It names no package of an index: nobody has registered this name there.
    """
    if (ROOT / "pyproject.toml").is_file():
        named, option = (f"[{extra}]", f" --extra {extra}") if extra else ("", "")
        return f'in {ROOT}, uv sync --locked{option}, or without uv: pip install -e ".{named}"'
    url, note = installed_from()
    return f'pip install "confianza{f"[{extra}]" if extra else ""} @ {url}"{note}'


def clone_advice() -> str:
    """Return how to get a clone of the project whose wheel is installed, and how to call the program in it."""
    url, _ = installed_from()
    archive = f"unpack confianza-{distribution('confianza').version}.tar.gz, which was published beside the wheel"
    get = f"git clone {url.removeprefix('git+').rpartition('@')[0]}" if url.startswith("git+") else archive
    return f"{get}, and call it there with uv run --locked confianza"


def installed_from() -> tuple[str, str]:
    """Return the URL from which the program was installed, and a note if its wheel must be found first."""
    program = distribution("confianza")
    origin = json.loads(program.read_text("direct_url.json") or "{}")
    url = str(origin.get("url", ""))
    if "vcs_info" in origin:
        return f"{origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}", ""
    if url and (urlsplit(url).scheme != "file" or Path(url2pathname(urlsplit(url).path)).exists()):
        return url, ""
    return f"file:///FOLDER/confianza-{program.version}-py3-none-any.whl", ", where FOLDER holds that wheel"
