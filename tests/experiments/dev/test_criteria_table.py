"""Criteria over the ranges of what is assumed: which numbers, and what is told of them."""

import csv
import re
import tomllib
from pathlib import Path

import numpy as np

from experiments.dev.examinations.criteria import ENDS, range_lines, world_at_end
from experiments.validation.experiment import SITES
from model.measures.criteria import CRITERIA
from scenarios import load

ROOT = Path(__file__).parents[3]
COUNTS = r"[+-]\d\.\d{3} ±\d\.\d{3}(\*?)"


def test_every_range_lies_around_what_is_assumed_and_can_be_set() -> None:
    for site in SITES:
        scenario = load(site)
        for name, (low, high) in ENDS.items():
            group, key = name.split(".")
            assert low <= getattr(scenario[group], key) <= high, name
            about = scenario[group].parameter_specs()[key]
            assert about.role == "behaviour" or "policy" not in about.source, name
            for value in (low, high):
                assert tomllib.loads(world_at_end("end", name, value).text) == {"set": {name: value}}
                assert about.low <= value <= about.high


def test_the_ends_are_told_with_what_leads_there_and_what_has_no_number_as_null() -> None:
    base = {name: np.array([0.5, 0.5]) for name in CRITERIA} | {"c4": np.array([np.nan, np.nan])}
    ends = {
        ("practices.planned", 0.3): base | {"c1": np.array([0.1, 0.3])},
        ("practices.planned", 0.9): base | {"c1": np.array([0.8, 0.8])},
    }
    lines = list(range_lines("villa_canales", base, ends, 3.0, 2))
    c1 = next(line for line in lines if line.strip().startswith("c1"))
    assert "0.50" in c1
    assert "0.20" in c1
    assert "(practices.planned 0.3) to 0.80" in c1
    assert "c4" in "".join(line for line in lines if "null" in line)
    assert any("-0.300" in line and line.strip().startswith("practices.planned 0.3") for line in lines)


def test_the_page_on_what_is_not_known_names_every_criterion_that_fails_and_no_other() -> None:
    told = " ".join((ROOT / "docs/understand/unknown.md").read_text(encoding="utf-8").split())
    with (ROOT / "results/reference/patterns.csv").open(encoding="utf-8", newline="") as table:
        failed = {row["id"]: row["failed"] == "True" for row in csv.DictReader(table) if re.match(r"L\d\d", row["id"])}
    said = re.search(r"the model fails (.*?) and passes (.*?)(?:\.| \() ?", told)
    assert said is not None
    for words, verdict in zip(said.groups(), (True, False), strict=True):
        assert re.findall(r"L\d\d", words) == [code for code, one in failed.items() if one == verdict]


def test_the_documentation_names_every_answer_of_a_criterion_that_is_not_as_it_should_be() -> None:
    page = (ROOT / "docs" / "understand" / "criteria.md").read_text(encoding="utf-8")
    said = {
        cells[0].lower(): tuple([one for one in cell.split("; ") if one] for cell in cells[1:])
        for cells in (
            [cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")
        )
        if cells[0].lower() in CRITERIA
    }
    assert said == failing_answers((ROOT / "results/reference/criteria.txt").read_text(encoding="utf-8"))


def failing_answers(table: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return, by criterion, the answers marked as wrong where it should move, and where it should not."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for line in table.partition("Answers after")[2].partition("Gaming on every criterion")[0].splitlines():
        if head := re.match(r"(\w+) should (move|not)", line):
            criterion, wanted = head.groups()
            found.setdefault(criterion, ([], []))
        elif "*" in re.findall(COUNTS, line):
            found[criterion][wanted == "not"].append(re.split(r" {2,}", line.strip())[0])
    return found
