"""The pages on the step from 0.3 to 0.4 name everything of 0.3 that is gone, and all that is new.

`tests/support/names_of_0_3.json` has the options of each command of version 0.3.1, its examinations, policies,
accounts, measures, columns of tables, addresses of the site and parameters, separated by spaces.
"""

import json
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import typer

from experiments.cli.app import app
from experiments.dev.documents.declared import result_tables
from experiments.dev.documents.site import pages
from experiments.dev.examinations.command import EXAMINATIONS
from model.engine.parameters import all_parameters
from model.simulation.registry import MEASURES
from scenarios import accounts
from scenarios.groups import declared_groups
from scenarios.policy_files import ready_policies

ROOT = Path(__file__).parents[3]
RECORD = json.loads((ROOT / "tests" / "support" / "names_of_0_3.json").read_text(encoding="utf-8"))
PAGES = {"en": "do/upgrade.md", "es": "es/actualizar.md"}
QUOTED = re.compile(r"`([^`]+)`")
DECISION = re.compile(r"understand/decisions/(\d{4})-")
COLUMN = re.compile(r"^- `(\w+)`", re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def page(language: str) -> str:
    """Return the part of a page on the step from 0.3 to 0.4."""
    return (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8").partition("## From 0.2 to 0.3")[0]


def named(text: str) -> set[str]:
    """Return the words that a page quotes as code; of a quoted command also its words."""
    quoted = QUOTED.findall(text)
    return {*quoted, *(word for one in quoted for word in one.split())}


def earlier(kind: str) -> set[str]:
    """Return the names of 0.3 of a kind, those within groups with the name of the group."""
    names = RECORD[kind]
    if isinstance(names, str):
        return {*names.split()}
    return {f"{group}.{name}" for group, all_names in names.items() for name in all_names.split()}


def options() -> dict[str, set[str]]:
    """Return the options of each command."""
    commands = getattr(typer.main.get_command(app), "commands")  # noqa: B009
    return {
        name: {option for one in command.params for option in one.opts if option.startswith("--")}
        for name, command in commands.items()
        if not command.hidden
    }


def columns() -> set[str]:
    """Return the columns of every table of results."""
    _, *parts = HEADING.split(result_tables())
    return {
        f"{table}.{name}" for table, text in zip(parts[::2], parts[1::2], strict=True) for name in COLUMN.findall(text)
    }


def parameters() -> set[str]:
    """Return the names of all parameters."""
    declared_groups()
    return {name for name, _, _ in all_parameters()}


def addresses() -> set[str]:
    """Return the pages of the site, written by hand or generated."""
    written = (
        path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*") if path.suffix in (".md", ".ipynb")
    )
    generated = (Path(place) for place, _ in pages())
    return {path.with_suffix("").as_posix() for path in (*generated, *written)}


def not_named(names: Iterable[str], words: set[str]) -> list[str]:
    """Return the names that are neither quoted nor meant by a quoted pattern or group, such as `events.harm_*`."""
    return sorted(
        name
        for name in names
        if name.partition(".")[0] not in words and not any(fnmatchcase(name, one) for one in words)
    )


def test_a_name_is_named_by_itself_by_a_pattern_or_by_its_group() -> None:
    assert not_named(["a.b", "a.c", "d.e", "f.g"], {"a.b*", "d"}) == ["a.c", "f.g"]
    assert named("`validate still`, `page`") == {"validate still", "validate", "still", "page"}


@pytest.mark.parametrize("language", PAGES)
def test_what_is_gone_is_named(language: str) -> None:
    words = named(page(language))
    now = options()
    gone = {*RECORD["options"]} - {*now}  # their options go with them
    gone |= {
        option for name in {*RECORD["options"]} - gone for option in {*RECORD["options"][name].split()} - now[name]
    }
    gone |= earlier("examinations") - {*EXAMINATIONS}
    gone |= earlier("policies") - {*ready_policies()}
    gone |= earlier("accounts") - {*accounts.names()}
    gone |= earlier("measures") - {*MEASURES}
    gone |= earlier("parameters") - parameters()
    gone |= earlier("columns") - columns()
    assert gone >= {"bench", "reporting.useful"}
    assert not_named(gone, words) == []


@pytest.mark.parametrize("language", PAGES)
def test_an_address_of_the_site_that_is_gone_is_named(language: str) -> None:
    text, gone = page(language), earlier("addresses") - addresses()
    assert "understand/odd_es" in gone
    decisions = {found[1] for name in gone if (found := DECISION.match(name))}
    others = {f"{name}.html" for name in gone if not DECISION.match(name)}
    assert [name for name in sorted(decisions) if name not in text] == []
    assert not_named(others, named(text)) == []


@pytest.mark.parametrize("language", PAGES)
def test_new_commands_options_examinations_and_measures_are_named(language: str) -> None:
    now, known = options(), RECORD["options"]
    new = {*now} - {*known} | {option for name in {*now} & {*known} for option in now[name] - {*known[name].split()}}
    new |= {*EXAMINATIONS} - earlier("examinations")
    new |= {*MEASURES} - earlier("measures")
    assert new >= {"answer", "trial", "visits_foot"}
    assert not_named(new, named(page(language))) == []


def test_every_new_parameter_is_named() -> None:
    new = parameters() - earlier("parameters")
    assert len(new) > 50
    assert not_named(new, named(page("en"))) == []
