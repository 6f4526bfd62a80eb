"""Write the map of the modules: one line each, by folder, packages of `model` from the lowest layer up."""

import ast
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from experiments.words.toml_files import toml_beside

ROOT = Path(__file__).parents[3]
MAP = ROOT / "model" / "docs" / "MAP.md"
PACKAGES = (
    *("engine", "town", "world", "trust", "residents", "police", "crime", "gangs", "community", "reporting"),
    *("justice", "politics", "problems", "measures", "simulation"),
)
"""The packages of `model` from the lowest layer up; the contracts in `pyproject.toml` enforce this order."""
TEXTS: dict[str, Any] = toml_beside(__file__, "texts.toml")


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a text wrapped to 118 characters, with an indent of the first and of further lines."""
    return textwrap.fill(
        text, 118, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def map_page() -> str:
    """Return the map."""
    parts = [TEXTS["map_head"]]
    for package in PACKAGES:
        title = package_title(ROOT / "model" / package)
        parts.append(f"## model/{package}: {title}\n\n" + module_entries(modules_in(f"model/{package}")))
    for folder_name, title in TEXTS["folders"].items():
        parts.append(f"## {folder_name}: {title}\n\n" + module_entries(modules_in(folder_name)))
    return "\n".join(parts)


def package_title(folder: Path) -> str:
    """Return the first sentence of a package's docstring, without its full stop."""
    doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return first_sentence(doc).removesuffix(".")


def modules_in(folder: str) -> list[Path]:
    """Return the modules of a folder."""
    return [path for path in sorted((ROOT / folder).glob("*.py")) if path.stem != "__init__"]


def module_entries(paths: Iterable[Path]) -> str:
    """Return one entry per module."""
    return "".join(f"{module_entry(path)}\n" for path in paths)


def module_entry(path: Path) -> str:
    """Return the entry of one module, wrapped."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    name = path.relative_to(ROOT / path.relative_to(ROOT).parts[0]).as_posix().removesuffix("__init__.py")
    return wrapped(f"`{name}` {first_sentence(doc)}", "- ", "  ")


def first_sentence(doc: str) -> str:
    """Return the first sentence of a docstring.

    >>> first_sentence("Shifts, minutes.  A tick is a shift.")
    'Shifts, minutes.'
    """
    return re.split(r"(?<=[.])\s", " ".join(doc.split("\n\n")[0].split()), maxsplit=1)[0]
