"""The map of the modules: one line each, by folder, those of `model` from the ground up."""

import ast
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MAP = ROOT / "model" / "MAP.md"
LEVELS = (
    ("errors", "rows", "kernels", "kinds", "ranks", "parameters", "luck", "scenario", "calendar"),
    (
        *("tables", "mechanism", "daybook", "territory", "residents", "police", "authorities", "arrivals", "town"),
        *("ledger", "state", "stage", "chance", "books", "gangs", "hazard", "state_file", "impressions"),
    ),
    ("mechanisms",),
    ("register", "agents"),
    ("policies", "criteria", "standing", "measures", "checkpoint"),
    ("model",),
)
"""The modules of `model` from the ground up; a module that is not named here belongs to the tables."""
TABLES = 1
TITLES = (
    "numbers, luck, time",
    "tables: who and what there is",
    "mechanisms",
    "what is collected from the mechanisms; agents: named views of rows",
    "policies, criteria, measures, checkpoints",
    "the world",
)
FOLDERS = {
    "confianza": "the door: one name that nobody else has",
    "scenarios": "municipalities and policies as files",
    "experiments": "what is done with the model; rooms from the ground up",
    "experiments/documents": "documents that are generated",
    "experiments/runs": "what a run is asked to be, who carries it out, what it leaves",
    "experiments/sweeps": "studies of many runs",
    "experiments/bench": "speed and memory",
    "experiments/setup": "whether this machine is fit, and workshops without internet",
    "experiments/compare": "twin worlds that differ in their policies",
    "experiments/sensitivity": "which parameters decide",
    "experiments/validation": "the model beside what is known, and without its mechanisms",
    "experiments/figures": "figures: one style, one place",
    "experiments/report": "the report of a comparison",
    "experiments/viewer": "the page in the browser",
    "experiments/cli": "the program `confianza`",
}
HEAD = """# Where to find what

Written by `python -m experiments.documents` from the first sentence of each module. A module imports only from its own
level and from those above it on this page; `model` never imports `scenarios` or `experiments`.
"""


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a text in lines that a person can read, with these indents."""
    return textwrap.fill(
        text, 118, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def level(name: str) -> int:
    """Return the level of a module or package of `model`."""
    return next((height for height, names in enumerate(LEVELS) if name in names), TABLES)


def stated() -> str:
    """Return the map."""
    parts = [HEAD]
    for height, title in enumerate(TITLES):
        parts.append(f"## model, level {height}: {title}\n\n" + lines(modules_at(height)))
    for folder, title in FOLDERS.items():
        parts.append(f"## {folder}: {title}\n\n" + lines(modules_in(folder)))
    return "\n".join(parts)


def modules_at(height: int) -> list[Path]:
    """Return the modules of `model` on one level, in the order in which the level names them."""
    named = [name for names in LEVELS for name in names]
    own = [*modules_in("model"), *modules_in("model/mechanisms")]
    found = [path for path in own if level(path.relative_to(ROOT / "model").parts[0].removesuffix(".py")) == height]
    return sorted(found, key=lambda path: named.index(path.stem) if path.stem in named else len(named))


def modules_in(folder: str) -> list[Path]:
    """Return the modules of a folder."""
    return [path for path in sorted((ROOT / folder).glob("*.py")) if path.stem != "__init__"]


def lines(paths: Iterable[Path]) -> str:
    """Return one line a module."""
    return "\n".join(line(path) for path in paths) + "\n"


def line(path: Path) -> str:
    """Return the entry of one module, wrapped where it is long."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    name = path.relative_to(ROOT / path.relative_to(ROOT).parts[0]).as_posix()
    return wrapped(f"`{name}` {first_sentence(doc)}", "- ", "  ")


def first_sentence(doc: str) -> str:
    """Return the first sentence of a docstring.

    >>> first_sentence("Shifts, minutes.  A tick is a shift.")
    'Shifts, minutes.'
    """
    return re.split(r"(?<=[.])\s", " ".join(doc.split("\n\n")[0].split()), maxsplit=1)[0]
