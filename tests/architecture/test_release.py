"""What is said in more than one place is the same in each: version, commands, supported Pythons."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SECTIONS = ("What changes for you", "Changes of results", "Added", "Changed", "Removed", "Fixed")
PAPER_SECTIONS = [
    *("Summary", "Statement of need", "State of the field", "Software design", "Research impact statement", "Limits"),
    *("AI usage disclosure", "Acknowledgements", "References"),
]
"""Sections that the Journal of Open Source Software asks for, and one on limits."""


def stated(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def releases() -> list[tuple[str, str]]:
    """Return version and date of every release, the newest first."""
    return re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", CHANGES, re.MULTILINE)


def pythons() -> list[str]:
    """Return the versions of Python that the project says it runs on."""
    found = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming Language")]
    return [version for version in found if "." in version]


def test_the_newest_release_is_the_version_everywhere() -> None:
    cited = stated("CITATION.cff")
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert releases()[0] == (cited["version"], cited["date-released"].isoformat())
    assert PROJECT["version"] == cited["version"]
    assert [one["version"] for one in locked if one["name"] == PROJECT["name"]] == [PROJECT["version"]]


def test_whoever_cites_finds_the_same_everywhere() -> None:
    cited, meta, deposit = stated("CITATION.cff"), stated("codemeta.json"), stated(".zenodo.json")
    article = cited["references"][0]["doi"]
    assert {cited["title"], meta["name"], deposit["title"]} == {cited["title"]}
    assert {cited["abstract"], meta["description"], deposit["description"]} == {PROJECT["description"]}
    assert {cited["version"], meta["version"], deposit["version"]} == {PROJECT["version"]}
    assert {meta["dateModified"], deposit["publication_date"]} == {cited["date-released"].isoformat()}
    assert {cited["license"], deposit["license"], meta["license"].rpartition("/")[2]} == {PROJECT["license"]}
    assert cited["keywords"] == meta["keywords"] == deposit["keywords"]
    authors = [cited["authors"], PROJECT["authors"], meta["author"], deposit["creators"]]
    assert {tuple(one["name"] for one in named) for named in authors} == {("The Confianza team",)}
    assert meta["referencePublication"] == f"https://doi.org/{article}"
    assert [one["identifier"] for one in deposit["related_identifiers"]] == [article]
    assert meta["runtimePlatform"] == f"Python {PROJECT['requires-python']}"


def test_the_parts_for_a_model_library_lie_where_it_is_said() -> None:
    page = ROOT / "docs" / "comses.md"
    links = [link for link in re.findall(r"\]\((.+?)\)", page.read_text(encoding="utf-8")) if "://" not in link]
    assert len(links) > 20
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_draft_of_the_paper_cites_what_its_list_holds_and_names_nobody_unknown() -> None:
    text, references = (
        (ROOT / "docs" / "paper" / name).read_text(encoding="utf-8") for name in ("paper.md", "paper.bib")
    )
    head = yaml.safe_load(text.split("---")[1])
    assert set(re.findall(r"@(\w+)", text)) == set(re.findall(r"^@\w+\{(\w+),", references, re.MULTILINE))
    assert stated("CITATION.cff")["references"][0]["doi"] in references
    assert [one["name"] for one in head["authors"]] == [one["name"] for one in PROJECT["authors"]]
    assert head["tags"][1:] == stated("CITATION.cff")["keywords"]
    assert 750 <= len(text.split()) <= 1750
    assert re.findall(r"^# (.+)$", text, re.MULTILINE) == PAPER_SECTIONS
    assert references.count("\n  doi ") == references.count("\n@") + 1


def test_what_is_not_released_stands_on_top_of_the_changelog() -> None:
    headings = re.findall(r"^## (.+)$", CHANGES, re.MULTILINE)
    assert headings == ["Unreleased", *(f"{version} ({date})" for version, date in releases())]
    assert [date for _, date in releases()] == sorted((date for _, date in releases()), reverse=True)


def test_every_change_stands_in_a_section_and_no_line_is_long() -> None:
    assert set(re.findall(r"^### (.+)$", CHANGES, re.MULTILINE)) <= set(SECTIONS)
    assert not re.search(r"^## .+\n\n- ", CHANGES, re.MULTILINE)
    assert max(len(line) for line in CHANGES.splitlines()) <= 120
    assert CHANGES.count("**Results change**") > 10


def test_changes_of_results_stand_in_a_section_of_their_own() -> None:
    unreleased, newest = re.split(r"^## ", CHANGES, flags=re.MULTILINE)[1:3]
    for text in (unreleased, newest):
        sections = dict(re.findall(r"^### (.+?)\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL))
        tagged = {name for name, lines in sections.items() if re.search(r"\*\*Results\s+change", lines)}
        assert tagged == {"Changes of results"} & set(sections)


def test_public_checks_run_the_command_of_the_guide() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    command = re.search(r"Public checks run\s+`(.+?)`", guide)
    steps = stated(".github/workflows/ci.yml")["jobs"]["test"]["steps"]
    assert command
    assert [step["run"] for step in steps if "run" in step] == [command[1]]


def test_public_checks_run_on_every_python_that_is_allowed_and_on_three_systems() -> None:
    job = stated(".github/workflows/ci.yml")["jobs"]["test"]
    matrix, allowed = job["strategy"]["matrix"], SpecifierSet(PROJECT["requires-python"])
    assert matrix["python"] == pythons()
    assert job["env"]["UV_PYTHON"] == "${{ matrix.python }}"
    newest = int(pythons()[-1].partition(".")[2])
    assert pythons() == [f"3.{minor}" for minor in range(newest + 1) if f"3.{minor}" in allowed]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_what_runs_before_a_commit_comes_from_the_lock_file_and_fetches_nothing() -> None:
    (own,) = stated(".pre-commit-config.yaml")["repos"]
    assert own["repo"] == "local"
    entries = [hook["entry"] for hook in own["hooks"]]
    assert [entry.removeprefix("uv run --locked ").removesuffix(" --force-exclude") for entry in entries] == [
        "ruff format",
        "ruff check",
        "mypy",
    ]
    assert all(hook["language"] == "system" for hook in own["hooks"])
