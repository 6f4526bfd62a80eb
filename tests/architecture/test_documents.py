"""What the documents say is what the code does."""

import ast
import importlib
import itertools
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from experiments.dev.documents import answer, odd
from experiments.dev.documents.declared import GLOSSARY_ROW, SPANISH_MEANINGS, spanish_glossary
from experiments.dev.documents.write import committed_documents, released_documents
from model.engine.parameters import ParameterGroup
from model.police.roster import Roster
from model.simulation.registry import MECHANISMS, MONTH_SCHEDULE, SHIFT_SCHEDULE
from scenarios.groups import switchable_mechanisms

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
API = (ROOT / "model" / "docs" / "API.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "model" / "docs" / "GLOSSARY.md").read_text(encoding="utf-8")
LONGEST_LINE = 160
COMMITTED, RELEASED = committed_documents(), released_documents()
TEXT = RELEASED[odd.ODD]


def documents() -> list[Path]:
    """Every Markdown file of the project, without what a run or a tool has left, and the sentences of a result."""
    told = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in told.stdout.splitlines() if not line.startswith("results/reference/reproduce/sen")]


def references(text: str) -> set[str]:
    """Return the names of submodels to which a text refers, as in 'see [fear]', and not in `code` or known[places]."""
    return set(re.findall(r"(?<![\w*`])\[([a-z_]+)\](?![\w(\[])", re.sub(r"`[^`]*`", "", text)))


def own_mechanisms() -> dict[str, type[ParameterGroup]]:
    """Mechanisms of the model, without those that other tests make up."""
    return {name: group for name, group in switchable_mechanisms().items() if group.__module__.startswith("model.")}


@pytest.mark.parametrize("path", list(COMMITTED), ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == COMMITTED[path], "run: python -m experiments.dev.documents"


def test_the_odd_and_the_map_are_written_for_releases_and_never_committed() -> None:
    assert [path.name for path in RELEASED] == ["ODD.md", "MAP.md"]
    assert set(RELEASED) & {*documents(), *COMMITTED} == set()
    names = [path.relative_to(ROOT).as_posix() for path in RELEASED]
    ignored = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.splitlines() == names


def test_no_line_of_a_document_is_too_long_to_read() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in documents()} | RELEASED
    long = [
        f"{path.relative_to(ROOT)}:{number} has {len(line)} characters"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert not long


def test_the_submodels_of_the_odd_are_numbered_in_order() -> None:
    numbers = re.findall(r"^### 6\.(\d+) ", TEXT, re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_the_headings_of_the_odd_are_in_order_and_skip_no_level() -> None:
    text = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1
    assert all(level <= before + 1 for before, level in itertools.pairwise(levels))
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [section.split()[0] for section in sections] == [str(number) for number in range(1, len(sections) + 1)]


def test_every_mechanism_has_its_section_beside_its_code() -> None:
    assert {path.stem for path in odd.sections()} >= set(own_mechanisms())
    assert all(path.with_suffix(".py").is_file() for path in odd.sections())


def test_a_reference_is_no_code_and_no_place_in_a_list() -> None:
    assert references("as in [fear], if `[invites]`; known[problem]") == {"fear"}


def test_submodels_are_referred_to_by_name_and_every_name_leads_somewhere() -> None:
    own = odd.odd_page()
    places = dict(re.findall(r"^\[(\w+)\]: #(.+)$", own, re.MULTILINE))
    headings = {odd.anchor(title) for title in re.findall(r"^### (.+)$", own, re.MULTILINE)}
    assert references(own) <= set(places)
    assert set(places.values()) <= headings
    for path in (*odd.sections(), odd.FRAME):
        assert not re.search(r"(?<![\d.^·])6\.\d+(?! %)", path.read_text(encoding="utf-8")), path.name


def test_the_schedule_in_the_odd_is_the_order_of_step() -> None:
    told = re.findall(r"^\d+\. `(\w+)`", TEXT.partition("## 4")[0], re.MULTILINE)
    assert told == [*SHIFT_SCHEDULE, *MONTH_SCHEDULE, "settle"]


def test_the_drawing_of_the_schedule_has_every_verb_in_order() -> None:
    schedule = TEXT.partition("## 3")[2].partition("## 4")[0]
    drawn = re.search(r"```\n(.*?)```", schedule, re.DOTALL)
    assert drawn
    verbs = re.findall(r"^\d+\. `(\w+)`", schedule, re.MULTILINE)
    assert [word for word in re.findall(r"\w+", drawn[1]) if word in verbs] == verbs


def test_every_mechanism_has_its_section_and_says_what_off_means() -> None:
    sections = TEXT.partition("## 6 Submodels")[2].partition("## 7")[0]
    for name, group in own_mechanisms().items():
        assert re.search(rf"^### 6\.\d+ {name} \(M\d+", sections, re.MULTILINE), name
        assert any(about.off is not None for about in group.parameter_specs().values()) or name == "deterrence", name
        assert "Switched off" in (importlib.import_module(group.__module__).__doc__ or ""), name


def test_every_switch_has_a_neutral_value_that_differs_from_the_default() -> None:
    for name, group in own_mechanisms().items():
        # nothing to switch off but out of a policy
        zero = any(one.group is group and one.knockout and one.knockout.policy for one in MECHANISMS)
        # an institution that a site has or has not
        site = any(
            about.role == "site" and about.off == getattr(group(), key)
            for key, about in group.parameter_specs().items()
        )
        assert zero or site or group() != group().disabled(), name
    assert Roster().disabled().days_off == 0


def test_the_python_of_the_first_hour_runs(capsys) -> None:  # type: ignore[no-untyped-def]
    page = (ROOT / "docs" / "learn" / "first_hour.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    quick = code[1].replace("0.25", "0.05").replace("3 * 365", "3 * 59")
    exec(quick, {})
    assert "trust_mean" in capsys.readouterr().out


def test_the_walk_through_a_month_leads_to_functions_that_exist() -> None:
    page = ROOT / "docs" / "learn" / "one_month.md"
    steps = re.findall(
        r"^\d+\. \*\*.+?\*\*\s\[[\w/.]+\]\((.+?)\),\s+`(\w+)`", page.read_text(encoding="utf-8"), re.M | re.S
    )
    assert len(steps) == 10
    for place, name in steps:
        text = (page.parent / place).read_text(encoding="utf-8")
        assert re.search(rf"^(    )?(def {name}\(|{name}: )", text, re.MULTILINE), (place, name)


@pytest.mark.thorough
def test_the_python_of_the_walk_through_a_month_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "learn" / "one_month.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    exec(code[1], {})
    assert re.search(r"^\w+ +[+-]\d+\.\d\d$", capsys.readouterr().out, re.MULTILINE)


def test_the_readme_is_short_and_holds_the_answer_on_record() -> None:
    words = re.findall(r"\S*\w\S*", README)  # not the lines of tables
    assert len(words) <= 700
    assert answer.with_answer(README) == README
    assert "<!-- answer en -->" in README


def test_the_commands_of_the_documents_exist() -> None:
    from typer.testing import CliRunner

    from experiments.cli.app import app

    pages_of_site = [path for path in documents() if path.parent.parent == ROOT / "docs"]  # without generated ones
    paths = (ROOT / "README.md", *pages_of_site)
    pages = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    pages = re.sub(r"^```text\n.*?^```$", "", pages, flags=re.MULTILINE | re.DOTALL)  # what commands print
    for command in set(re.findall(r"(?:^|`|--locked |run.py )confianza ([a-z]+)", pages, re.MULTILINE)):
        result = CliRunner().invoke(app, [command, "--help"])
        assert result.exit_code == 0, command


@pytest.mark.thorough
def test_the_python_of_the_api_page_runs_from_top_to_bottom(capsys) -> None:  # type: ignore[no-untyped-def]
    world: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", API, re.DOTALL):
        exec(block, world)
    told = capsys.readouterr().out
    assert "did you mean 'contacts.talk'?" in told
    assert re.search(r"^[1-9]\d* residents differ", told, re.MULTILINE)


# Words


def names_in_the_code() -> set[str]:
    """Modules, functions, variables, parameters, and words that stand as text, such as columns."""
    found: set[str] = set()
    for path in (path for package in ("model", "scenarios", "experiments") for path in (ROOT / package).rglob("*.py")):
        found.add(path.stem)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= {str(getattr(node, field, "")) for field in ("id", "attr", "arg", "name")}
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w ]+", node.value):
                found |= set(node.value.split())
    return found


def terms(column: int) -> list[str]:
    """The words of one column of the glossary, one by one."""
    rows = [line.split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ") and "| English" not in line]
    return [word for row in rows for word in re.split("[,;] ", row[column].strip("| ")) if word]


def test_every_name_in_the_glossary_exists_in_the_code() -> None:
    told = {part for name in re.findall(r"`([^`]+)`", GLOSSARY) for part in name.split(".")}
    assert len(told) > 50
    assert told - names_in_the_code() == set()


def test_every_term_of_the_glossary_has_its_meaning_in_spanish() -> None:
    words = tomllib.loads(SPANISH_MEANINGS.read_text(encoding="utf-8"))
    rows = [row for row in GLOSSARY_ROW.findall(GLOSSARY) if row[0] not in ("English", "---")]
    assert [*words["meanings"]] == [spanish for _, spanish, _, _ in rows]
    assert [*words["sections"]] == re.findall(r"^## (.+)$", GLOSSARY, re.MULTILINE)
    page = spanish_glossary()
    assert [one for one in words["meanings"].values() if one not in page] == []


TERMS = """
    account; accountability; anchor; arm; belief; calibrated; ceiling; classroom; clique; coverage; criterion; draw;
    digest; effectiveness; emulator; extortion; factor; fairness; fingerprint; held-out pattern; hindcast; impression;
    interaction; interval; kernel; knock-out; lever; manifest; mechanism; MOPSIC; ODD; package; pair; pattern;
    plausible range; point of trust; policy; random variation; reporting support; resident; resources; rival account;
    room; saved state; scenario; scorecard; seed; settlement; shift; site fact; standard deviation; station; status quo;
    study; sweep; uncertainty; verdict; workshop; world; 48 Cantones
"""
"""Words with a meaning of their own in this project or in its field, as pages for readers use them."""
FOR_READERS = ("docs/*.md", "docs/do/*.md", "docs/learn/*.md", "docs/lookup/*.md", "docs/understand/*.md")


def test_every_term_that_stands_on_three_pages_is_in_the_glossary() -> None:
    own = {word.lower() for word in terms(0)}
    texts = [path.read_text(encoding="utf-8") for pattern in FOR_READERS for path in ROOT.glob(pattern)]
    missing = []
    for term in (" ".join(word.split()) for word in TERMS.split(";")):
        used = re.compile(rf"(?<![\w-]){re.escape(term)}s?(?![\w-])", re.IGNORECASE)
        on_pages = sum(bool(used.search(text)) for text in (README, *texts))
        missing += [term] if on_pages >= 3 and not {term.lower(), f"{term.lower()}s"} & own else []
    assert missing == []


@pytest.mark.parametrize("language", [0, 1], ids=["English", "Spanish"])
def test_no_word_stands_twice_in_the_glossary(language: int) -> None:
    words = terms(language)
    assert sorted(words) == sorted(set(words))
