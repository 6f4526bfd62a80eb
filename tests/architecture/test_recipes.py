"""The recipes of docs/do/extend_model.md are followed in a copy of the project; their promises are checked."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from recipes import lived as program

from model.simulation.registry import MECHANISMS

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).with_name("recipes")
LEFT_OUT = ("__pycache__", ".*", "results", "uv.lock", "*.ipynb")
IN_README, RECORD = "results/reference/reproduce", "results/reference/made.csv"
LIST_OF_RESULTS = "results/reference/README.md"
"""Results that the README tells, what says whether they are of the present model, and the list of all results."""
REGISTRY, COLUMNS, FRAME = "model/simulation/registry.py", "model/simulation/columns.py", "model/docs/frame.md"
WORLD = "model/simulation/world.py"
LIGHTING, SCHOOLS, CRIME = "model/crime/street_lighting", "model/crime/safe_schools", "model/crime/crime"
CRIME_NUMBERS, CRIME_WORDS = "model/crime/numbers.toml", "model/crime/words.toml"
IN_REGISTRY = (
    "street_lighting,",
    "street_lighting.MECHANISM,",
    '"thank_for_light": street_lighting.thank_for_light,',
)
IN_COLUMNS = ("street_lighting,", "street_lighting.LightCounts,")
IN_WORLD = (
    "from model.crime.street_lighting import StreetLighting",
    "street_lighting: Rows[StreetLighting]",
    "street_lighting: int",
    "lit_from: FloatArray",
)
IN_DRAWING = "keep_thieves_away -> thank_for_light -> extort"
MEASURE = (
    '''def count_youth(month: MonthSnapshot) -> float:
    """Return the number of young people of 7 to 17 years at the start."""
    return float(month.world.cached(youth_by_settlement).sum())
''',
    '"youth": Measure("people", count_youth),',
    'youth = { en = "young people at the start", es = "jóvenes al inicio" }',
)
"""A new measure: its function, its entry in the record and its words."""
GUIDE = (ROOT / "docs" / "do" / "extend_model.md").read_text(encoding="utf-8")
NUMBERS = {1: "one file", 2: "two files", 3: "three files", 4: "four files", 5: "five files"}


def copy_of_the_project(folder: Path) -> Path:
    """Copy what is needed to run and to test."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copytree(ROOT / IN_README, folder / IN_README)
    for name in (RECORD, LIST_OF_RESULTS):
        shutil.copy(ROOT / name, folder / name)
    return folder


def edit(tree: Path, path: str, before: str, after: str) -> None:
    """Put some lines in the place of others, which stand there once."""
    text = (tree / path).read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{path} has {text.count(before)} times: {before}"
    (tree / path).write_text(text.replace(before, after), encoding="utf-8")


def add_after(tree: Path, path: str, line: str, new: str) -> None:
    """Add lines below a line that stands there once."""
    edit(tree, path, f"{line}\n", f"{line}\n{new}\n")


def add_mechanism(tree: Path) -> None:
    """Copy two files; add tables of numbers and words, and lines in `model/simulation` and in the frame of the ODD."""
    for ending in (".py", ".md"):
        shutil.copy(FILES / f"street_lighting{ending}", tree / f"{LIGHTING}{ending}")
    for path, kind in ((CRIME_NUMBERS, "numbers"), (CRIME_WORDS, "words")):
        with (tree / path).open("a", encoding="utf-8", newline="\n") as table:
            table.write((FILES / f"street_lighting_{kind}.toml").read_text(encoding="utf-8"))
    imported, placed, scheduled = IN_REGISTRY
    edit(tree, REGISTRY, "    season,\n)", f"    season,\n    {imported}\n)")
    add_after(tree, REGISTRY, "    narcos.MECHANISM,", f"    {placed}")
    add_after(tree, REGISTRY, '    "keep_thieves_away": narcos.keep_thieves_away,', f"    {scheduled}")
    imported, counted = IN_COLUMNS
    edit(tree, COLUMNS, "near_repeat, offenders\n", f"near_repeat, offenders, {imported.removesuffix(',')}\n")
    add_after(tree, COLUMNS, "    narcos.NarcoCounts,", f"    {counted}")
    imported, group, guard, table = IN_WORLD
    add_after(tree, WORLD, "from model.crime.season import Season", imported)
    add_after(tree, WORLD, "    season: Rows[Season]", f"    {group}")
    add_after(tree, WORLD, "    narcos: int", f"    {guard}")
    add_after(tree, WORLD, "    filmed: IntArray", f"    {table}")
    add_after(tree, FRAME, "1. `keep_thieves_away` (narcos)", "1. `thank_for_light` (street_lighting)")
    edit(tree, FRAME, "keep_thieves_away -> extort", IN_DRAWING)


def add_kind(tree: Path) -> None:
    """Add a record, its rate and loss, and the words of all three."""
    record = """    CrimeKind(
        name="livestock_theft", key=9, problem="homes", pool="thieves", rate="livestock_theft", ceiling=0.02,
        offender="burglary", solved="burglary", exposure="home", at_home=True, youngest=18.0,
        severity=0.3, loss="loss_livestock", reported="theft", repeats=True, property=True,
    ),"""
    domestic = 'name="domestic_violence", key=8, problem="domestic", crowds=False, solved="domestic", hours=4.0'
    add_after(tree, "model/town/crime_kinds.py", f"    CrimeKind({domestic}),", record)
    edit(tree, f"{CRIME}.py", "    assault: float\n", "    livestock_theft: float\n    assault: float\n")
    edit(tree, f"{CRIME}.py", "    women_hired: float\n", "    loss_livestock: float\n    women_hired: float\n")
    assumed, named = (
        'source = "assumed", en = "{}", es = "{}" }}',
        ("thefts of animals by thief", "robos de animales por ladrón"),
    )
    rate = 'livestock_theft = { value = 0.3, unit = "acts a year", range = [0, 20], ' + assumed.format(*named)
    named = ("the same: animals", "pérdida media en animales")
    loss = 'loss_livestock = { value = 2500.0, unit = "quetzals", range = [0, 1000000], ' + assumed.format(*named)
    add_after(tree, CRIME_NUMBERS, "[crime]", f"{rate}\n{loss}")
    words = 'livestock_theft = { en = "theft of animals", es = "abigeato" }'
    edit(tree, "model/words.toml", "assault = { en =", f"{words}\nassault = {{ en =")


def add_measure(tree: Path) -> None:
    """Add a line to the record, the function that it names, and words."""
    reader, entry, words = MEASURE
    edit(tree, f"{SCHOOLS}.py", "MECHANISM = Mechanism(", f"{reader}\n\nMECHANISM = Mechanism(")
    line = '        "supervised_youth_hours": Measure("hours", count_supervised_hours),'
    add_after(tree, f"{SCHOOLS}.py", line, f"        {entry}")
    add_after(tree, CRIME_WORDS, "[safe_schools.measures]", words)


def add_lever(tree: Path) -> None:
    """Add a role and a neutral value; put a title in the place of the Spanish text."""
    hours = 'source = "E15; assumed", en = "supervised hours of a student who takes part"'
    edit(tree, CRIME_NUMBERS, hours, f'off = 0.0, role = "lever", {hours}')
    title = 'title = { en = "Safe Schools: hours", es = "Escuelas Seguras: horas" }'
    edit(tree, CRIME_NUMBERS, 'es = "horas acompañadas de quien participa"', title)


def add_policy(tree: Path) -> None:
    """Add a file."""
    shutil.copy(FILES / "lit.toml", tree / "scenarios" / "policies")


RECIPES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "mechanism": (
        add_mechanism,
        {
            *(f"{LIGHTING}.py", f"{LIGHTING}.md", CRIME_NUMBERS, CRIME_WORDS),
            *(REGISTRY, COLUMNS, WORLD, FRAME),
        },
    ),
    "kind of crime": (
        add_kind,
        {"model/town/crime_kinds.py", f"{CRIME}.py", CRIME_NUMBERS, "model/words.toml"},
    ),
    "measure": (add_measure, {f"{SCHOOLS}.py", CRIME_WORDS}),
    "lever": (add_lever, {CRIME_NUMBERS}),
    "policy": (add_policy, {"scenarios/policies/lit.toml"}),
}
"""What can be added, and every file that is then new or another."""


def touched(tree: Path) -> set[str]:
    """Return the files of a copy that are new or another."""
    found = (path.relative_to(tree) for path in tree.rglob("*") if path.is_file())
    return {
        path.as_posix()
        for path in found
        if not (ROOT / path).is_file() or (ROOT / path).read_bytes() != (tree / path).read_bytes()
    }


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, which compiles into a folder of its own."""
    env = os.environ | {"PYTHONPATH": str(tree), "CONFIANZA_CACHE": str(tree.parent / "cache")}
    return subprocess.run([sys.executable, *words], env=env, cwd=tree, capture_output=True, text=True, check=False)


def asked(tree: Path, *words: str) -> Any:
    """Run a program in a copy and return what it prints as JSON."""
    answer = run(tree, *words)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to which everything was added, its documents made anew."""
    tree = copy_of_the_project(tmp_path_factory.mktemp("recipes") / "code")
    for add, _ in RECIPES.values():
        add(tree)
    written = run(tree, "-m", "experiments.dev.documents")
    assert written.returncode == 0, written.stderr
    return tree


@pytest.fixture(scope="module")
def stated(copy: Path) -> dict[str, Any]:
    """What the copy says of itself."""
    answer: dict[str, Any] = asked(copy, "tests/architecture/recipes/stated.py")
    return answer


@pytest.fixture(scope="module")
def lived(copy: Path) -> dict[str, Any]:
    """What happens in the copy."""
    answer: dict[str, Any] = asked(copy, "tests/architecture/recipes/lived.py", str(copy.parent))
    return answer


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_takes_more_files_than_was_promised(name: str, tmp_path: Path) -> None:
    add, files = RECIPES[name]
    tree = copy_of_the_project(tmp_path / "code")
    add(tree)
    assert touched(tree) == files


@pytest.mark.parametrize(("file", "lines"), [(REGISTRY, IN_REGISTRY), (WORLD, IN_WORLD)])
def test_a_new_mechanism_takes_the_lines_that_the_guide_names(copy: Path, file: str, lines: tuple[str, ...]) -> None:
    before, after = ((tree / file).read_text(encoding="utf-8").splitlines() for tree in (ROOT, copy))
    assert len(after) - len(before) == len(lines)
    assert sorted(line.strip() for line in after if line not in before) == sorted(lines)
    assert f"`{Path(file).name}`" in GUIDE


def test_the_tutorial_shows_the_files_and_the_lines_of_the_recipe() -> None:
    page = (ROOT / "docs" / "learn" / "first_mechanism.md").read_text(encoding="utf-8")
    shown = re.findall(r"recipes/street_lighting([\w./]+)\n:", page)
    assert set(shown) == {".py", ".md", "_words.toml", "_numbers.toml"}
    added = (*IN_REGISTRY, *IN_COLUMNS, *IN_WORLD, "1. `thank_for_light` (street_lighting)", IN_DRAWING)
    assert [line for line in added if line not in page] == []
    rules = (FILES / "street_lighting.py").read_text(encoding="utf-8")
    assert [name for name in re.findall(r":pyobject: (\w+)", page) if f"def {name}(" not in rules] == []


def test_the_page_on_measures_shows_the_lines_of_the_recipe() -> None:
    page = (ROOT / "docs" / "do" / "measure.md").read_text(encoding="utf-8")
    assert [lines for lines in MEASURE if lines not in page] == []


@pytest.mark.parametrize("name", RECIPES)
def test_the_guide_says_how_many_files_a_recipe_takes(name: str) -> None:
    told, files = section_of(name), RECIPES[name][1]
    new = {file for file in files if not (ROOT / file).exists()}
    count = len(new) if name == "mechanism" else len(files)
    assert NUMBERS[count] in told.lower()
    told = told.replace("PACKAGE", "crime")
    told = told.replace("`NAME.py`", f"`{SCHOOLS}.py`").replace("`words.toml`", f"`{CRIME_WORDS}`")
    own = {f"model/simulation/{file}" if "/" not in file else file for file in re.findall(r"`([\w./]+)`", told)}
    named = own
    assert files - new <= named


def section_of(name: str) -> str:
    """Return a section of the guide."""
    found = re.search(rf"^## Add a {name}\n\n(.+?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def test_the_guide_fits_two_pages() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert len(guide.splitlines()) <= 110
    assert len(guide.split()) <= 1000


@pytest.mark.parametrize("file", ["CONTRIBUTING.md", "docs/do/extend_model.md", "docs/do/extend_experiments.md"])
def test_a_guide_has_short_lines_and_short_sentences(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 120] == []
    no_prose = re.compile(r"^```$[^`]*^```$|^\|.*\|$|^#.*$", re.MULTILINE)
    prose = re.split(r"\n\s*\n|\n\s*- |\n\s*\d+\. ", no_prose.sub("\n\n", text))
    sentences = [one for part in prose for one in re.split(r"(?<=[.?!])\s+", " ".join(part.split()))]
    assert len(sentences) > 30
    assert [one for one in sentences if len(one.split()) > 25] == []


def test_a_new_mechanism_is_collected_in_its_place(stated: dict[str, Any]) -> None:
    assert stated["order"][stated["order"].index("narcos") + 1] == "street_lighting"
    assert stated["schedule"][stated["schedule"].index("keep_thieves_away") + 1] == "thank_for_light"
    assert "lit_from" in stated["tables"]
    assert "spared_by_light" in stated["tally"]
    assert stated["knock-out"] == [["spared_by_light"]]


def test_the_numbers_of_a_new_mechanism_are_listed_and_can_be_set(stated: dict[str, Any]) -> None:
    assert "[street_lighting] mechanism" in stated["of the group"]
    assert all(f"street_lighting.{name} = " in stated["of the group"] for name in ("lit", "effect", "thanks"))
    assert "populated cells whose streets are lit; 0 to 1, lever, off = 0" in " ".join(stated["of the lever"].split())
    assert stated["off"] == ["street_lighting"]
    assert "street_lighting.lit = 0.8" in stated["policies"]


def test_new_measures_and_counts_are_listed_in_both_languages(stated: dict[str, Any]) -> None:
    for language, light, youth in (
        ("en", "robberies that light kept away", "young people at the start"),
        ("es", "robos que evitó la luz", "jóvenes al inicio"),
    ):
        assert "spared_by_light  [" in stated["measures"][language]
        assert light in stated["measures"][language]
        assert youth in stated["measures"][language]
    assert {name: stated["units"][name] for name in ("spared_by_light", "lit_cells", "youth")} == {
        "spared_by_light": "crimes",
        "lit_cells": "share",
        "youth": "people",
    }


def test_new_causes_and_levers_have_their_words_on_the_page(stated: dict[str, Any]) -> None:
    assert stated["causes"]["light"] == ["luz en las calles", "light on the streets"]
    assert stated["causes of the page"]["light"] == "luz en las calles"
    assert stated["levers"]["street_lighting.lit"] == ["Streets that are lit", "Calles alumbradas"]
    assert stated["levers"]["safe_schools.hours"][0] == "Safe Schools: hours"


def test_a_new_mechanism_has_its_section_numbers_and_writers_in_the_documents(stated: dict[str, Any]) -> None:
    assert re.search(r"^### 6\.\d+ street_lighting \(M30\)$", stated["ODD"], re.MULTILINE)
    assert re.search(r"\n\d+\. `thank_for_light` \(street_lighting\)\n\d+\. `extort` \(extortion\)\n", stated["ODD"])
    assert "### Parameters of street_lighting (mechanism)" in stated["ODD"]
    assert "- `lit` = 0 [share] within 0 to 1, off 0, lever: populated cells" in stated["ODD"]
    assert "`crime/street_lighting.py` M30, street lighting" in stated["MAP"]
    assert "guards: communal_authority, narcos, street_lighting" in " ".join(stated["MAP"].split())


def test_a_new_kind_has_its_columns_and_words_everywhere(stated: dict[str, Any]) -> None:
    assert stated["keys of kinds"]["livestock_theft"] == 9
    assert stated["kinds"]["livestock_theft"] == ["abigeato", "theft of animals"]
    for book in ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded"):
        assert stated["units"][f"{book}_livestock_theft"] == "crimes"
    assert "delitos ocurridos: abigeato" in stated["measures"]["es"]
    assert "crime.livestock_theft = 0.3 acts a year" in stated["of the rate"]
    assert "  theft of animals" in stated["summary"]


@pytest.mark.slow
def test_the_checks_of_words_documents_and_layers_pass_with_all_that_was_added(copy: Path) -> None:
    chosen = "not python_of and not commands_of and not table_of_decisions"  # they live: all had to be compiled
    checks = [f"tests/architecture/test_{name}.py" for name in ("documents", "layers", "safeguards")]
    checks.append("tests/experiments/words/test_words.py")
    answer = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *checks)
    assert answer.returncode == 0, answer.stdout


def test_whoever_adds_a_mechanism_is_told_what_it_still_lacks(copy: Path) -> None:
    answer = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/architecture/test_mechanisms_complete.py")
    missing = re.findall(r"^E +AssertionError: (.*street_lighting.*)", answer.stdout, re.MULTILINE)
    assert missing == [
        "write tests/model/crime/test_street_lighting.py",
        f"write tests/oracle/street_lighting.py from {LIGHTING}.md",
        f"{LIGHTING}.py: name rows of evidence in StreetLighting.evidence",
    ]


@pytest.mark.slow
def test_a_misspelt_column_fails_the_check_before_any_run(tmp_path: Path) -> None:
    tree = copy_of_the_project(tmp_path / "code")
    add_mechanism(tree)
    edit(tree, "model/crime/crime_counts.py", "seen_here[visit.cell] += 1", "seen_here[visit.cel] += 1")
    edit(tree, "model/crime/crime_counts.py", "tally[0].visits += 1.0", "tally[0].visit += 1.0")
    edit(tree, f"{LIGHTING}.py", "row.guard != w.guard", "row.gard != w.guard")
    answer = run(tree, "-m", "mypy", "-p", "model", "--cache-dir", str(tmp_path / "mypy"))
    wrong = re.findall(r"^model/(.*?):\d+: error: (.*? attribute \"\w+\")", answer.stdout, re.MULTILINE)
    assert sorted(wrong) == [
        ("crime/crime_counts.py", '"MonthlyCounts" has no attribute "visit"'),
        ("crime/crime_counts.py", '"Visit" has no attribute "cel"'),
        ("crime/street_lighting.py", '"PreventedCrime" has no attribute "gard"'),
    ]
    assert "Found 3 errors" in answer.stdout


@pytest.mark.parametrize(
    ("forgotten", "reply"),
    [
        (
            "street_lighting.LightCounts",
            "street_lighting brings columns that MonthlyCounts lacks: add street_lighting.LightCounts to it",
        ),
        ("fear.FearState", "fear brings columns that ResidentState lacks: add fear.FearState to it"),
    ],
)
def test_who_forgets_a_line_of_the_columns_reads_which(tmp_path: Path, forgotten: str, reply: str) -> None:
    tree = copy_of_the_project(tmp_path / "code")
    add_mechanism(tree)
    edit(tree, COLUMNS, f"    {forgotten},\n", "")
    answer = run(tree, "-c", "import model.simulation.registry")
    assert answer.stderr.splitlines()[-1] == f"ValueError: {reply}"


def test_every_record_of_a_mechanism_stands_in_the_registry() -> None:
    modules = [
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for path in sorted((ROOT / "model").glob("*/*.py"))
    ]
    records = {module.__name__: module.MECHANISM for module in modules if hasattr(module, "MECHANISM")}
    assert len(records) == len(MECHANISMS)
    assert [name for name, record in records.items() if not any(record is one for one in MECHANISMS)] == []


# What happens in the copy: it has to be compiled


@pytest.mark.slow
def test_runs_of_the_program_have_the_new_columns_and_causes(copy: Path, lived: dict[str, Any]) -> None:
    assert lived["programs"] == {"lit": 0, "off": 0, "compared": 0}
    lit, off = (pd.read_parquet(copy.parent / name / "measures.parquet") for name in ("lit", "off"))
    assert (lit["spared_by_light"] > 0).all()
    assert lit["lit_cells"].between(0.7, 0.9).all()
    assert (off[["spared_by_light", "lit_cells"]] == 0).all(axis=None)
    assert {f"{book}_livestock_theft" for book in ("crimes_occurred", "crimes_told", "crimes_recorded")} <= {*lit}
    accounts = {name: pd.read_parquet(copy.parent / name / "ledger.parquet") for name in ("lit", "off")}
    moved = {name: rows.loc[rows["cause"] == "light", "change"].sum() for name, rows in accounts.items()}
    assert moved["lit"] > 0.0
    assert moved["off"] == 0.0


@pytest.mark.slow
def test_a_new_cause_has_its_words_in_the_report(copy: Path, lived: dict[str, Any]) -> None:
    report = (copy.parent / "report.html").read_text(encoding="utf-8")
    assert "luz en las calles" in report
    assert "light on the streets" in report


@pytest.mark.slow
def test_light_keeps_robbers_away_by_night_and_by_night_alone(lived: dict[str, Any]) -> None:
    assert lived["lit"]["night"] < 0.3 * lived["dark"]["night"]
    assert abs(lived["lit"]["day"] / lived["dark"]["day"] - 1.0) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("how", ["at rest", "switched off"])
def test_what_is_added_and_not_used_changes_nothing_at_all(lived: dict[str, Any], how: str) -> None:
    before = json.loads(json.dumps(program.digest(program.world_of(program.QUARTER))))
    changed = {name for name, value in before.items() if lived[how][name] != value}
    # candidates: those of the new kind, all in vain; problem_share: a sum over one kind more rounds otherwise
    assert changed == {"candidates", "problem_share"}
    shares = [np.array(one["problem_share"], float) for one in (before, lived[how])]
    assert shares[0] == pytest.approx(shares[1], rel=1e-12, abs=0.0)
    assert {*lived[how]} - {*before} >= {"spared_by_light", "lit_cells", "youth"}


@pytest.mark.slow
def test_a_saved_copy_goes_on_bit_for_bit(lived: dict[str, Any]) -> None:
    straight, restored = lived["resumed"]
    assert straight == restored
    assert float(straight["spared_by_light"][-1]) > 0


@pytest.mark.slow
def test_crimes_of_a_new_kind_happen_are_told_and_cost_something(lived: dict[str, Any]) -> None:
    assert lived["livestock"]["crimes_occurred_livestock_theft"] > 10
    assert 0 < lived["livestock"]["crimes_told_livestock_theft"] < lived["livestock"]["crimes_occurred_livestock_theft"]
