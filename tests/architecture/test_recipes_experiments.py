"""The recipes for commands, panels, figures and studies are followed in a copy of the project."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_recipes import ROOT, add_after, copy_of_the_project, edit, run, touched

pytestmark = pytest.mark.thorough

GUIDE = (ROOT / "docs" / "do" / "extend_experiments.md").read_text(encoding="utf-8")
APP, OPTIONS = "experiments/cli/app.py", "experiments/cli/options.py"
SHEET, ADDRESS, TEXTS = (f"experiments/page/{name}" for name in ("sheet.py", "address.py", "texts.toml"))
FIGURES, TEMPLATE = "experiments/figures/by_policy.py", "experiments/report/annex.html.j2"
METHODS = "experiments/studies/sensitivity_methods.py"


def add_command(tree: Path) -> None:
    """A module in a room and the command that hands its options over."""
    module = '''"""How many people a scenario has."""

from scenarios import load


def count(source: str) -> int:
    """Return the residents of a scenario."""
    return int(load(source)["population"].total)
'''
    command = '''@app.command()
def people(scenario: options.Scenario) -> None:
    """Say how many people live in a municipality."""
    from experiments.execution.people import count

    print(count(scenario))


'''
    (tree / "experiments/execution/people.py").write_text(module, encoding="utf-8")
    edit(tree, APP, "def main() -> None:", f"{command}def main() -> None:")


def add_view(tree: Path) -> None:
    """What is shown, its place in the row of views, its drawing, its words, the names that it sends."""
    module = '''"""The view that says what a seed is."""

from typing import Any

from experiments.page.address import AddressRequest
from experiments.page.page_state import PageState


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return what the view shows."""
    return {"title": state.text("seed.title"), "answer": [(state.text("seed.help"), "")]}
'''
    (tree / "experiments/page/seed_view.py").write_text(module, encoding="utf-8")
    drawing = "export const make = () => {};\nexport const draw = () => {};\n"
    (tree / "experiments/page/static/seed.js").write_text(drawing, encoding="utf-8")
    edit(tree, SHEET, "life_view, map_view,", "life_view, seed_view, map_view,")
    edit(
        tree,
        SHEET,
        '    "why": why_view.view_data,',
        '    "why": why_view.view_data,\n    "seed": seed_view.view_data,',
    )
    edit(tree, ADDRESS, '"criteria", "room")', '"criteria", "room", "seed")')
    words = 'view_criteria = { en = "Criteria", es = "Criterios" }'
    add_after(tree, TEXTS, words, 'view_seed = { en = "Seed", es = "Semilla" }')
    said = '\n[seed]\ntitle = { en = "Seed", es = "Semilla" }\n'
    said += 'help = { en = "A seed fixes all random numbers.", es = "Una semilla fija todos los números al azar." }\n'
    (tree / TEXTS).write_text((tree / TEXTS).read_text(encoding="utf-8") + said, encoding="utf-8")


def add_figure(tree: Path) -> None:
    """A drawing with what it shows, its place in the report."""
    drawing = '''

@register_figure("fears", "Efecto en el miedo.", "Effect on fear.")
def draw_fears(site: Site, wording: FigureTexts) -> Figure:
    """Draw the effect of every policy on fear."""
    finding = movers_finding(site, "fear_mean", ("El temor", "sube", "baja"), ("Fear", "rises", "falls"))
    return draw_headlines(site, wording, finding, ["fear_mean"])
'''
    (tree / FIGURES).write_text((tree / FIGURES).read_text(encoding="utf-8") + drawing, encoding="utf-8")
    edit(tree, TEMPLATE, '["effects", "outcomes", "funnel"]', '["effects", "fears", "outcomes", "funnel"]')


def add_study(tree: Path) -> None:
    """A file."""
    study = 'title = "Fear"\nscenarios = ["totonicapan"]\nseeds = 2\n[vary]\n"trust.fast_days" = [4, 8]\n'
    (tree / "experiments/studies/inertia.toml").write_text(study, encoding="utf-8")


def add_kind_of_study(tree: Path) -> None:
    """How to sample, how to analyse, and the record of both; the word for the option."""
    method = '''def correlate(problem: Problem, points: np.ndarray, outcomes: np.ndarray) -> list[Index]:
    """Return how strongly each factor goes along with the outcome."""
    found = [abs(float(np.corrcoef(column, outcomes)[0, 1])) for column in points.T]
    return [Index(name, "correlation", value, 0.0) for name, value in zip(problem.names, found, strict=True)]


METHODS = {'''
    record = """    for method in (
        Method(
            name="linear",
            main="correlation",
            meaning="correlation with the outcome",
            unit="points",
            block=lambda _: 1,
            sample=sample_pawn,
            analyse=correlate,
            min_blocks=10,
        ),"""
    edit(tree, METHODS, "\nMETHODS = {", f"\n{method}")
    edit(tree, METHODS, "    for method in (", record)
    edit(tree, OPTIONS, "morris|sobol|pawn", "morris|sobol|pawn|linear")


RECIPES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "command": (add_command, {APP, "experiments/execution/people.py"}),
    "view": (
        add_view,
        {"experiments/page/seed_view.py", "experiments/page/static/seed.js", SHEET, ADDRESS, TEXTS},
    ),
    "figure": (add_figure, {FIGURES, TEMPLATE}),
    "study": (add_study, {"experiments/studies/inertia.toml"}),
    "kind of study": (add_kind_of_study, {METHODS, OPTIONS}),
}
"""What can be added, and every file that is then new or another."""
NUMBERS = {1: "One file", 2: "Two files", 5: "Five files"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to which everything was added."""
    tree = copy_of_the_project(tmp_path_factory.mktemp("recipes_experiments") / "code")
    for add, _ in RECIPES.values():
        add(tree)
    return tree


def answer(tree: Path, program: str) -> str:
    """Return what a few lines of Python print in a copy."""
    told = run(tree, "-c", program)
    assert told.returncode == 0, told.stderr
    return told.stdout


def confianza(tree: Path, *words: str) -> str:
    """Return what the program prints in a copy."""
    return answer(
        tree, f"import sys; from experiments.cli.app import run_program; sys.exit(run_program({list(words)!r}))"
    )


def test_all_recipes_together_touch_no_other_file(copy: Path) -> None:
    sources = {file for file in touched(copy) if "__pycache__" not in file}
    assert sources == set().union(*(files for _, files in RECIPES.values()))


@pytest.mark.parametrize("name", RECIPES)
def test_the_guide_says_how_many_files_a_recipe_touches(name: str) -> None:
    section = re.search(rf"^## Add a {name}\n\n(.+?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert section
    files = RECIPES[name][1]
    assert section[1].startswith(NUMBERS[len(files)])
    assert {file for file in files if (ROOT / file).is_file()} <= set(re.findall(r"`([^`]+)`", section[1]))


def test_a_new_command_is_listed_and_does_its_work(copy: Path) -> None:
    assert "people" in confianza(copy, "--help")
    assert confianza(copy, "people", "totonicapan") == "103952\n"


def test_a_new_view_stands_in_the_row_and_speaks_both_languages(copy: Path) -> None:
    program = """
from experiments.comparison.policy_choice import Choice
from experiments.page import sites
from experiments.page.address import AddressRequest
from experiments.page.sheet import sheet_of
from experiments.page.page_state import PageState
for language in ("en", "es"):
    choice = Choice("villa_canales")
    one = PageState(choice, sites.load_scenario("villa_canales"), language)
    sheet = sheet_of(one, AddressRequest(choice, language, view="seed"))
    print(sheet["views"][-1]["title"], sheet["answer"][0][0])
"""
    assert answer(copy, program).splitlines() == [
        "Seed A seed fixes all random numbers.",
        "Semilla Una semilla fija todos los números al azar.",
    ]


def test_a_new_figure_is_written_by_its_name(copy: Path, tmp_path: Path) -> None:
    compared, file = ROOT / "tests" / "support" / "compared_towns", tmp_path / "villa_canales-fears.svg"
    program = "from experiments.figures.report_figures import write_figures; from pathlib import Path;"
    answer(copy, f"{program} write_figures(Path({str(compared)!r}), Path({str(file)!r}), 'es')")
    assert "Efecto en el miedo." in file.read_text(encoding="utf-8")


def test_a_new_study_is_found_by_its_name(copy: Path) -> None:
    program = (
        "from experiments.studies.study import find_study, read_study; print(read_study(find_study('inertia')).title)"
    )
    assert answer(copy, program) == "Fear\n"


def test_a_new_kind_of_study_is_offered_and_finds_what_decides(copy: Path) -> None:
    assert "linear" in confianza(copy, "sensitivity", "--help")
    program = """
from experiments.studies.sensitivity_methods import Problem, method_named, ranks
problem, method = Problem(("a", "b"), ("a", "b")), method_named("linear")
points = method.sample(problem, 50)
print(ranks(method.analyse(problem, points, points[:, 1] + 0.1 * points[:, 0]))["b"])
"""
    assert answer(copy, program) == "(1, 1)\n"
