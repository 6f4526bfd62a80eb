"""What CONTRIBUTING.md promises to whoever adds something is tried out on a copy of the project."""

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

import pandas as pd
import pytest
from recipes import lived as program

from model.simulation.registry import MECHANISMS

ROOT = Path(__file__).parent.parent
FILES = ROOT / "tests" / "recipes"
LEFT_OUT = ("__pycache__", ".*", "results", "uv.lock", "*.ipynb")
REGISTER, FRAME = "model/simulation/registry.py", "model/docs/frame.md"


def copy_of_the_project(folder: Path) -> Path:
    """Copy what is needed to run and to test."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
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
    """Three files, and lines in the register and in the frame of the ODD."""
    for path in FILES.glob("street_lighting.*"):
        shutil.copy(path, tree / "model" / "mechanisms")
    add_after(tree, REGISTER, "    seeking_help,", "    street_lighting,")
    add_after(tree, REGISTER, "    narcos.IT,", "    street_lighting.IT,")
    add_after(tree, REGISTER, "    narcos.Counts,", "    street_lighting.Counts,")
    add_after(tree, REGISTER, '    "keep_thieves_away": narcos.act,', '    "thank_for_light": street_lighting.act,')
    add_after(tree, FRAME, "1. `keep_thieves_away` (narcos)", "1. `thank_for_light` (street_lighting)")
    edit(tree, FRAME, "keep_thieves_away -> extort", "keep_thieves_away -> thank_for_light -> extort")


def add_kind(tree: Path) -> None:
    """A record, its rate and loss, its name in both languages."""
    record = """    Kind(
        name="livestock_theft", key=9, problem="homes", pool="thieves", rate="livestock_theft", ceiling=0.02,
        offender="burglary", solved="burglary", exposure="home", at_home=True, youngest=18.0,
        severity=0.3, loss="loss_livestock", told="theft", repeats=True, property=True,
    ),"""
    domestic = (
        '    Kind(name="domestic_violence", key=8, problem="domestic", crowds=False, solved="domestic", hours=4.0),'
    )
    add_after(tree, "model/town/crime_kinds.py", domestic, record)
    rate = '    livestock_theft: float = number(0.3, "acts a year", 0.0, 20.0, "assumed", "thefts of animals by thief")'
    loss = '    loss_livestock: float = number(2500.0, "quetzals", 0.0, 1e6, "assumed", "the same: animals")'
    edit(
        tree, "model/crime/crime/rules.py", "    assault: float = number(\n", f"{rate}\n    assault: float = number(\n"
    )
    edit(tree, "model/crime/crime/rules.py", "    women_hired: float", f"{loss}\n    women_hired: float")
    words = 'livestock_theft = { en = "theft of animals", es = "abigeato" }'
    edit(tree, "model/words.toml", "assault = { en =", f"{words}\nassault = {{ en =")
    own = """[parameters]
"crime.livestock_theft" = { en = "thefts of animals by thief", es = "robos de animales por ladrón" }
"crime.loss_livestock" = { en = "the same: animals", es = "pérdida media en animales" }"""
    edit(tree, "model/words.toml", "[parameters]", own)


def add_measure(tree: Path) -> None:
    """A line of the record, the function that it names, and words."""
    reader = '''def youth(month: Month) -> float:
    """Young people of 7 to 17 years at the start."""
    return float(month.world.cached(youth_of).sum())


IT = Mechanism('''
    edit(tree, "model/crime/safe_schools/rules.py", "IT = Mechanism(", reader)
    line = '        "supervised_youth_hours": Measure("hours", supervised_hours),'
    add_after(tree, "model/crime/safe_schools/rules.py", line, '        "youth": Measure("people", youth),')
    words = '[measures]\nyouth = { en = "young people at the start", es = "jóvenes al inicio" }'
    edit(tree, "model/mechanisms/safe_schools.toml", "[measures]", words)


def add_lever(tree: Path) -> None:
    """A role, a neutral value, and words that go from parameters to levers."""
    hours = '"E15; assumed", "supervised hours of one who takes part"'
    edit(tree, "model/crime/safe_schools/rules.py", hours, f'{hours}, role="lever", off=0.0')
    words = '[levers]\nhours = { en = "Safe Schools: hours", es = "Escuelas Seguras: horas" }'
    edit(tree, "model/mechanisms/safe_schools.toml", "[levers]", words)
    said = 'hours = { en = "supervised hours of one who takes part", es = "horas acompañadas de quien participa" }\n'
    edit(tree, "model/mechanisms/safe_schools.toml", said, "")


def add_policy(tree: Path) -> None:
    """A file."""
    shutil.copy(FILES / "lit.toml", tree / "scenarios" / "policies")


RECIPES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "mechanism": (
        add_mechanism,
        {*(f"model/mechanisms/street_lighting.{end}" for end in ("py", "toml", "md")), REGISTER, FRAME},
    ),
    "kind": (add_kind, {"model/town/crime_kinds.py", "model/crime/crime/rules.py", "model/words.toml"}),
    "measure": (add_measure, {"model/crime/safe_schools/rules.py", "model/mechanisms/safe_schools.toml"}),
    "lever": (add_lever, {"model/crime/safe_schools/rules.py", "model/mechanisms/safe_schools.toml"}),
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
    written = run(tree, "-m", "experiments.documents")
    assert written.returncode == 0, written.stderr
    return tree


@pytest.fixture(scope="module")
def stated(copy: Path) -> dict[str, Any]:
    """What the copy says of itself."""
    answer: dict[str, Any] = asked(copy, "tests/recipes/stated.py")
    return answer


@pytest.fixture(scope="module")
def lived(copy: Path) -> dict[str, Any]:
    """What happens in the copy."""
    answer: dict[str, Any] = asked(copy, "tests/recipes/lived.py", str(copy.parent))
    return answer


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_takes_more_files_than_was_promised(name: str, tmp_path: Path) -> None:
    add, files = RECIPES[name]
    tree = copy_of_the_project(tmp_path / "code")
    add(tree)
    assert touched(tree) == files


def test_the_promises_are_kept_in_lines_too(copy: Path) -> None:
    before, after = ((tree / REGISTER).read_text(encoding="utf-8").splitlines() for tree in (ROOT, copy))
    assert len(after) - len(before) == 4
    new = [line.strip() for line in after if "street_lighting" in line]
    assert new == [
        "street_lighting,",
        "street_lighting.IT,",
        "street_lighting.Counts,",
        '"thank_for_light": street_lighting.act,',
    ]


def test_a_new_mechanism_is_collected_in_its_place(stated: dict[str, Any]) -> None:
    assert stated["order"][stated["order"].index("narcos") + 1] == "street_lighting"
    assert stated["schedule"][stated["schedule"].index("keep_thieves_away") + 1] == "thank_for_light"
    assert "turn" in stated["tables"]
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
    assert stated["causes of the page"]["light"] == "Luz en las calles"
    assert stated["levers of the page"]["street_lighting.lit"] == ["Streets that are lit", "Calles alumbradas"]
    assert stated["levers of the page"]["safe_schools.hours"][0] == "Safe Schools: hours"


def test_a_new_mechanism_has_its_section_numbers_and_writers_in_the_documents(stated: dict[str, Any]) -> None:
    assert re.search(r"^### 6\.\d+ street_lighting \(M30\)$", stated["ODD"], re.MULTILINE)
    assert re.search(r"\n\d+\. `thank_for_light` \(street_lighting\)\n\d+\. `extort` \(extortion\)\n", stated["ODD"])
    assert "### Parameters of street_lighting (mechanism)" in stated["ODD"]
    assert "- `lit` = 0 [share] within 0 to 1, off 0, lever: populated cells" in stated["ODD"]
    assert "`mechanisms/street_lighting.py` M30, street lighting" in stated["MAP"]
    assert "guards: communal_authority, narcos, street_lighting" in " ".join(stated["MAP"].split())


def test_a_new_kind_has_its_columns_and_words_everywhere(stated: dict[str, Any]) -> None:
    assert stated["keys of kinds"]["livestock_theft"] == 9
    assert stated["kinds"]["livestock_theft"] == ["abigeato", "theft of animals"]
    for book in ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded"):
        assert stated["units"][f"{book}_livestock_theft"] == "crimes"
    assert "delitos ocurridos: abigeato" in stated["measures"]["es"]
    assert "crime.livestock_theft = 0.3 acts a year" in stated["of the rate"]
    assert "  theft of animals" in stated["summary"]


def test_the_checks_of_words_documents_and_layers_pass_with_all_that_was_added(copy: Path) -> None:
    chosen = "not python_of and not commands_of and not table_of_decisions"  # they live: all had to be compiled
    checks = [f"tests/test_{name}.py" for name in ("words", "documents", "layers", "safeguards")]
    answer = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *checks)
    assert answer.returncode == 0, answer.stdout


def test_a_misspelt_column_fails_the_check_before_any_run(tmp_path: Path) -> None:
    tree = copy_of_the_project(tmp_path / "code")
    add_mechanism(tree)
    edit(tree, "model/crime/crime_counts/rules.py", "seen_here[visit.cell] += 1", "seen_here[visit.cel] += 1")
    edit(tree, "model/crime/crime_counts/rules.py", "tally[0].visits += 1.0", "tally[0].visit += 1.0")
    edit(tree, "model/mechanisms/street_lighting.py", "row.guard != guard", "row.gard != guard")
    answer = run(tree, "-m", "mypy", "-p", "model", "--cache-dir", str(tmp_path / "mypy"))
    wrong = re.findall(r"^model/(.*?):\d+: error: (.*? attribute \"\w+\")", answer.stdout, re.MULTILINE)
    assert sorted(wrong) == [
        ("books.py", '"Tally" has no attribute "visit"'),
        ("books.py", '"Visit" has no attribute "cel"'),
        ("mechanisms/street_lighting.py", '"Spared" has no attribute "gard"'),
    ]
    assert "Found 3 errors" in answer.stdout


@pytest.mark.parametrize(
    ("forgotten", "reply"),
    [
        ("street_lighting.Counts", "street_lighting brings columns that Tally lacks: add street_lighting.Counts to it"),
        ("fear.Caution", "fear brings columns that Mind lacks: add fear.Caution to it"),
    ],
)
def test_who_forgets_a_line_of_the_register_reads_which(tmp_path: Path, forgotten: str, reply: str) -> None:
    tree = copy_of_the_project(tmp_path / "code")
    add_mechanism(tree)
    edit(tree, REGISTER, f"    {forgotten},\n", "")
    answer = run(tree, "-c", "import model.register")
    assert answer.stderr.splitlines()[-1] == f"ValueError: {reply}"


def test_every_file_of_a_mechanism_stands_in_the_register() -> None:
    records = [
        module
        for path in sorted((ROOT / "model" / "mechanisms").glob("[!_]*.py"))
        if hasattr(module := importlib.import_module(f"model.mechanisms.{path.stem}"), "IT")
    ]
    assert [module.__name__ for module in records if not any(module.IT is one for one in MECHANISMS)] == []


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
    assert changed == {"candidates"}  # the new kind has its own, all in vain
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
