"""Build the documentation site in the folder of a workshop, for use and search without internet."""

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from experiments.storage.writing import convert_write_errors
from model.engine.errors import InputError

SITE = "site"
"""Name of the site's folder, next to the wheels."""
BUILDERS = ("sphinx", "myst_nb", "sphinx_design", "pydata_sphinx_theme")
SITE_FILE = "objects.inv"
"""File that every site built by Sphinx contains."""
BUILD_COMMAND = "uv run --locked --group docs python -m experiments.dev bundle"


def can_build() -> bool:
    """Return whether the packages that build the site are installed."""
    return all(find_spec(name) for name in BUILDERS)


def is_site(path: Path) -> bool:
    """Return whether a path is the folder of a site built earlier."""
    return path.name == SITE and (path / SITE_FILE).is_file()


def build_site(folder: Path, docs: Path) -> None:
    """Build the site into a folder and replace an earlier one there.

    Raises
    ------
    InputError
        If Sphinx fails or warns, with the last line that it prints.
    """
    with tempfile.TemporaryDirectory() as temporary:
        built, doctrees = Path(temporary) / SITE, Path(temporary) / "doctrees"
        command = [sys.executable, "-m", "sphinx", "-W", "-q", "-d", str(doctrees), str(docs), str(built)]
        finished = subprocess.run(
            command, cwd=docs.parent, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if finished.returncode:
            lines = [line for line in finished.stderr.splitlines() if line.strip()]
            raise InputError(f"bundle: the documentation site cannot be built: {lines[-1] if lines else 'no message'}")
        with convert_write_errors(folder), tempfile.TemporaryDirectory(dir=folder.parent) as beside_folder:
            copied = shutil.copytree(built, Path(beside_folder) / SITE)
            if folder.exists():
                shutil.rmtree(folder)
            copied.rename(folder)
