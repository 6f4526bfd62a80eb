import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.documents.module_map import level

ROOT = Path(__file__).parent.parent
PACKAGES = ("model", "scenarios", "experiments", "confianza")
ROOMS = (
    ("runs",),
    ("sweeps", "bench", "documents"),
    ("compare", "sensitivity", "setup"),
    ("validation", "figures", "decision"),
    ("report", "viewer"),
    ("cli",),
)
"""The rooms of `experiments` by floor: from a room one may go down, and never to another of the same floor."""
ONLY_IN = {
    "mesa": ("model/agents.py", "model/model.py", "experiments/"),
    "matplotlib": ("experiments/",),
    "SALib": ("experiments/",),
    "solara": ("experiments/",),
}


def files() -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert found
    return found


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a file imports to run, also inside functions."""
    for node in running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node of a file, but for what only the type checker reads."""
    yield tree
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from running(node)


def violations(path: str, imported: str) -> str | None:
    package, root = path.split("/")[0], imported.split(".")[0]
    if root in PACKAGES and PACKAGES.index(root) > PACKAGES.index(package):
        return f"{path} imports {imported}, which stands above it"
    if not path.startswith(ONLY_IN.get(root, ("",))):
        return f"{path} imports {imported}, which belongs in {', '.join(ONLY_IN[root])}"
    inside = package == root == "model" and path != "model/__init__.py" and "." in imported
    own = path.removesuffix(".py").split("/")[1] if inside else ""
    if inside and level(imported.split(".")[1]) > level(own):
        return f"{path} imports {imported}, which stands on a higher level"
    return climbs(path, imported)


def climbs(path: str, imported: str) -> str | None:
    """Tell of an import from one room of `experiments` into another that does not lie below it."""
    own, other = room_of(path.removesuffix(".py").split("/")), room_of(imported.split("."))
    if own is None or other is None or own == other or floor(other) < floor(own):
        return None
    return f"{path} imports {imported}, from a room that does not lie below its own"


def room_of(parts: list[str]) -> str | None:
    """Return the room of a module of `experiments`, given by the parts of its name."""
    return parts[1] if parts[0] == "experiments" and len(parts) > 1 and parts[1] != "__init__" else None


def floor(room: str) -> int:
    """Return the floor on which a room lies."""
    return next(height for height, rooms in enumerate(ROOMS) if room in rooms)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_only_what_stands_below_it(path):
    name = path.relative_to(ROOT).as_posix()
    assert [told for one in imports(path) if (told := violations(name, one))] == []


@pytest.mark.parametrize(
    ("path", "imported"),
    [
        ("model/policies.py", "scenarios.load"),
        ("scenarios/places.py", "experiments.cli.app"),
        ("model/mechanisms/patrol.py", "mesa"),
        ("scenarios/places.py", "matplotlib.pyplot"),
        ("model/luck.py", "model.town.Town"),
        ("model/town.py", "model.mechanisms.patrol"),
        ("model/measures.py", "model.model.TrustModel"),
        ("experiments/runs/spec.py", "experiments.sweeps.study.Study"),
        ("experiments/report/days.py", "experiments.viewer.texts.say"),
    ],
)
def test_an_import_that_goes_up_is_noticed(path, imported):
    assert violations(path, imported)


@pytest.mark.parametrize(
    ("path", "imported"),
    [
        ("model/model.py", "mesa.Model"),
        ("model/mechanisms/patrol.py", "model.ledger.flush"),
        ("model/mechanisms/patrol.py", "model.mechanisms.roster"),
        ("scenarios/__init__.py", "model.model.TrustModel"),
        ("experiments/cli/app.py", "scenarios.load"),
    ],
)
def test_an_import_that_goes_down_is_allowed(path, imported):
    assert violations(path, imported) is None


def test_every_room_has_its_place_on_one_of_six_floors() -> None:
    assert len(ROOMS) <= 6
    assert sorted(sum(ROOMS, ())) == sorted(path.parent.name for path in (ROOT / "experiments").glob("*/__init__.py"))


def test_no_module_of_experiments_imports_one_that_imports_it() -> None:
    modules = {module_of(path): path for path in (ROOT / "experiments").rglob("*.py")}
    below = {
        name: {
            found for one in imports(path) if (found := one if one in modules else one.rpartition(".")[0]) in modules
        }
        for name, path in modules.items()
    }
    graphlib.TopologicalSorter({name: others - {name} for name, others in below.items()}).prepare()


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
