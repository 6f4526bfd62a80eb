"""What a policy puts in by hand is listed in one place, and said wherever such a policy is listed or compared."""

from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.cli.listings import lines_of, listed
from experiments.narrative.built_in_effects import (
    built_in_levers,
    built_in_sentence,
    levers_of_manifest,
    levers_of_policies,
)
from experiments.words.catalogue import LANGUAGES
from model.engine.parameters import all_parameters, group_named
from model.simulation.registry import MECHANISMS
from scenarios import load, policies
from scenarios.groups import declared_groups

SMALL = ("--set", "population.scale=0.05", "--years", "0.1", "--replicates", "2")
RATES = ("crime", "extortion", "domestic_violence")
"""Mechanisms that draw crimes themselves, besides those that lay a factor on their hazard."""
BY_SOMEBODY = {
    "extortion.tension",  # asks cliques for a pact, which they keep or break
    "communal_authority.presence",  # of police at hearings
    "communal_authority.protocol",  # boards are asked
    "problems.analysts",  # people who look into problems
}
"""Levers of such mechanisms that set no hazard: somebody has to act or to agree."""
HEADS = ("Built in, not found", "Puesto de antemano, no hallado")


def test_every_lever_that_sets_a_hazard_is_listed_and_no_other() -> None:
    declared_groups()
    laying = {one.name for one in MECHANISMS if one.hazard is not None} | set(RATES)
    levers = {name for name, _, about in all_parameters() if about.role == "lever" and name.partition(".")[0] in laying}
    assert set(built_in_levers()) == levers - BY_SOMEBODY


@pytest.mark.parametrize("lever", built_in_levers())
def test_what_is_built_in_has_a_strength_with_a_source_and_words(lever: str) -> None:
    group, _, key = str(built_in_levers()[lever]["by"]).partition(".")
    about = group_named(group).parameter_specs()[key]
    assert about.source
    assert about.role != "lever"
    said = [built_in_sentence(lever).text(language) for language in LANGUAGES]
    assert [one.partition(":")[0] for one in said] == list(HEADS)
    assert "_" not in "".join(said)


@pytest.mark.thorough
@pytest.mark.parametrize("lever", ["crime.cctv", "crime.alcohol_hours", "crime.breath_tests"])
def test_without_its_strength_a_lever_of_crime_does_nothing(live, lever: str) -> None:  # type: ignore[no-untyped-def]
    by = built_in_levers()[lever]["by"]
    group, _, key = by.partition(".")
    drunk = {"crime.alcohol": 5.0}  # so that a month in a small town sees enough assaults
    off, full = drunk | {by: 0.0}, drunk | {by: group_named(group).parameter_specs()[key].high}
    assert repr(live(120, **off, **{lever: 1.0}).month_row) == repr(live(120, **off).month_row)
    assert repr(live(120, **full, **{lever: 1.0}).month_row) != repr(live(120, **full).month_row)


def test_the_list_of_policies_says_what_is_built_in_in_both_languages() -> None:
    text = " ".join(" ".join(lines_of(listed("policies", None, None, "en"))).split())
    for name, ready in policies().items():
        own = text.partition(f"{ready.title['en']} ({ready.title['es']})")[2]
        for lever in levers_of_policies(ready.policy.entries):
            for language in LANGUAGES:
                assert built_in_sentence(lever).text(language) in own, name
    assert levers_of_policies(policies()["clique_pact"].policy.entries) == []
    assert levers_of_policies(policies()["alcohol_control"].policy.entries) == [
        "crime.alcohol_hours",
        "crime.breath_tests",
    ]


def test_a_parameter_that_differs_between_arms_counts_as_well() -> None:
    assert levers_of_manifest({"policies": [{"name": "gone"}], "differs": {"crime.cctv": 1.0, "calls.rate": 2.0}}) == [
        "crime.cctv"
    ]


@pytest.mark.thorough
def test_a_comparison_and_its_report_say_what_is_built_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, out = tmp_path / "report.html", tmp_path / "compared"
    words = ["compare", "status_quo", "alcohol_control", *SMALL, "--out", str(out)]
    assert cli.run_program([*words, "--report", str(report), "--lang", "both"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    levers = levers_of_policies(load("villa_canales", policies="alcohol_control").policies[0].entries)
    page = report.read_text(encoding="utf-8")
    for lever in levers:
        assert built_in_sentence(lever).text("en") in text
        assert all(built_in_sentence(lever).text(language) in page for language in LANGUAGES)


@pytest.mark.thorough
def test_a_comparison_without_such_a_policy_says_nothing_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "status_quo", "reporting_support", *SMALL, "--out", str(tmp_path / "compared")]
    assert cli.run_program(words) == 0
    assert HEADS[0] not in capsys.readouterr().out
