"""Write the map of the modules, and draw the packages by layer, from the import contracts in `pyproject.toml`."""

import ast
import re
import tomllib
from html import escape
from pathlib import Path
from typing import Any

from experiments.dev.documents.render import ROOT, markdown_table, rendered, wrapped
from experiments.words.toml_files import toml_beside

MAP = ROOT / "model" / "docs" / "MAP.md"
PACKAGES = (
    *("engine", "town", "world", "trust", "residents", "police", "crime", "gangs", "community", "reporting"),
    *("justice", "politics", "problems", "measures", "simulation"),
)
"""The packages of `model` from the lowest layer up; the contracts in `pyproject.toml` enforce this order."""
TEXTS: dict[str, Any] = toml_beside(__file__, "texts.toml")


def map_page() -> str:
    """Return the map."""
    places = {f"model/{name}": package_title(ROOT / "model" / name) for name in PACKAGES} | TEXTS["folders"]
    packages = [
        (f"{place}: {title}", [module_entry(path) for path in modules_in(place)]) for place, title in places.items()
    ]
    return rendered("map", packages=packages)


def package_title(folder: Path) -> str:
    """Return the first sentence of a package's docstring, without its full stop."""
    doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return first_sentence(doc).removesuffix(".")


def modules_in(folder: str) -> list[Path]:
    """Return the modules of a folder."""
    return [path for path in sorted((ROOT / folder).glob("*.py")) if path.stem != "__init__"]


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


CONTRACTS = ROOT / "pyproject.toml"
TITLES = {
    "Programs use the model, never the reverse": "the project",
    "Rules import only from packages below": "model",
    "Experiments import only from packages below": "experiments",
}
"""Column title of each import contract that is drawn."""
BOX, GAP, COLUMN, HEAD = 26, 8, 230, 30
"""Height of a box, distance between boxes, width of a column and height of its title, in pixels."""
STYLE = 'fill="none" stroke="currentColor" rx="4"'


def layers_by_title() -> dict[str, list[str]]:
    """Return the layers of each contract that is drawn, the highest first; "|" separates packages of one layer."""
    contracts = tomllib.loads(CONTRACTS.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {one["name"]: one["layers"] for one in contracts if one["type"] == "layers"}
    return {title: layers[name] for name, title in TITLES.items()}


def layers_svg() -> str:
    """Return the layers as SVG, in the colour of the surrounding text."""
    columns = layers_by_title()
    height = HEAD + max(map(len, columns.values())) * (BOX + GAP)
    width = len(columns) * (COLUMN + 2 * GAP)
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" style="max-width: {width}px; width: 100%" font-size="13">',
        "<title>Packages by layer: each imports only from boxes below it</title>",
    ]
    for n, (title, layers) in enumerate(columns.items()):
        left = n * (COLUMN + 2 * GAP) + GAP
        parts.append(svg_text(left + COLUMN / 2, HEAD - 12, title, weight="bold"))
        for row, layer in enumerate(layers):
            parts += svg_boxes(left, HEAD + row * (BOX + GAP), layer.split(" | "))
    return "\n".join([*parts, "</svg>", ""])


def svg_boxes(left: float, top: float, names: list[str]) -> list[str]:
    """Return a box for each package of a layer, side by side."""
    width = (COLUMN - GAP * (len(names) - 1)) / len(names)
    parts = []
    for n, name in enumerate(names):
        x = left + n * (width + GAP)
        parts.append(f'<rect x="{x:g}" y="{top:g}" width="{width:g}" height="{BOX}" {STYLE}/>')
        parts.append(svg_text(x + width / 2, top + BOX - 8, name.rpartition(".")[2]))
    return parts


def svg_text(x: float, y: float, words: str, weight: str = "normal") -> str:
    """Return an SVG element with centred text."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-weight="{weight}" fill="currentColor">'
        f"{escape(words)}</text>"
    )


def package_table() -> str:
    """Return a Markdown table of the packages, those of the model from the lowest layer up."""
    rows = [(f"model/{name}", package_title(Path(ROOT, "model", name))) for name in PACKAGES]
    rows += list(TEXTS["folders"].items())
    return markdown_table(("package", "holds"), ((f"`{name}`", title) for name, title in rows)) + "\n"
