"""Imports go down only, and no module imports one that imports it."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("model", "scenarios", "experiments", "confianza")


def modules() -> dict[str, Path]:
    found = {module_of(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert len(found) > 400
    return found


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, running: bool = False) -> Iterator[str]:
    """Yield the full name of everything that a file imports, for the type checker alone too unless `running`."""
    for node in nodes(ast.parse(path.read_text(encoding="utf-8")), running):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def nodes(tree: ast.AST, running: bool) -> Iterator[ast.AST]:
    yield tree
    for node in ast.iter_child_nodes(tree):
        if not (running and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from nodes(node, running)


def test_every_import_keeps_the_contracts_of_pyproject() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    answer = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def cycles(graph: dict[str, set[str]]) -> list[str]:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def test_no_module_imports_one_that_imports_it() -> None:
    known = modules()
    graph = {
        name: {
            found
            for one in imports(path, running=name.startswith(("experiments", "model")))
            if (found := one if one in known else one.rpartition(".")[0]) in known
        }
        - {name}
        for name, path in known.items()
    }
    assert cycles(graph) == []


def test_a_cycle_is_noticed() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}})


def test_packages_of_mechanisms_import_nothing() -> None:
    """Importing one module of a package must not run another, so that `__init__.py` files hold a docstring alone."""
    inits = list((ROOT / "model").glob("*/**/__init__.py"))
    assert len(inits) >= 14
    assert [path for path in inits if [*imports(path)]] == []
