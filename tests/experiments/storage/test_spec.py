"""What a run is asked to be: one description, one text, one identity."""

import datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from experiments.execution.run_requests import plan_runs
from experiments.execution.warm_starts import warm_up_key
from experiments.storage.run_spec import RunSpec, command_of, overrides_of, read_specs
from experiments.storage.saved_states import FilesChanged
from model.engine.errors import InputError
from scenarios import load
from scenarios.reading import parse_typed_value, text_of

DAYS = st.dates(datetime.date(2017, 2, 1), datetime.date(2027, 12, 31))
POLICIES = st.lists(
    st.tuples(st.sampled_from(["status_quo", "resources_only", "reporting_support"]), st.none() | DAYS),
    max_size=3,
    unique_by=lambda word: word[0],
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "population.scale": st.floats(0.05, 1.0),
        "trust.memory_years": st.floats(0.1, 20.0) | st.integers(1, 20),
        "population.total": st.integers(1_000, 200_000),
        "mechanisms.hearsay": st.booleans(),
    },
)


@st.composite
def specs(draw: st.DrawFn) -> RunSpec:
    values = draw(VALUES)
    return RunSpec(
        source=draw(st.sampled_from(["baseline", "villa_canales"])),
        policies=tuple(name if day is None else f"{name}@{day}" for name, day in draw(POLICIES)),
        overrides=overrides_of(values),
        varied=tuple(values),
        start=draw(st.none() | st.just(datetime.date(2017, 1, 15))),
        until=draw(DAYS),
        seed=draw(st.integers(0, 2**32 - 1)),
        keep=draw(st.sampled_from([(), ("cells",), ("cells", "impressions", "incidents")])),
        measures=draw(st.sampled_from([(), ("trust_mean", "homicides")])),
    )


@given(specs())
@settings(max_examples=60, deadline=None)
def test_a_run_survives_its_text_and_keeps_its_identity(spec):
    again = RunSpec.read(spec.command)
    assert again == spec
    assert (again.command, again.run) == (spec.command, spec.run)


@example("\r\x7f")
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**62), 2**62) | st.booleans() | st.text())
def test_a_value_survives_being_typed(value):
    typed = text_of(value)
    assert parse_typed_value(typed) == value
    assert text_of(parse_typed_value(typed)) == typed


@given(st.text(), st.text(min_size=1))
def test_a_scenario_or_policy_of_any_name_survives_its_text(source, policy):
    spec = RunSpec(source=f"x{source}", policies=(policy,), until=datetime.date(2018, 1, 1))
    assert RunSpec.read(spec.command) == spec


@given(specs())
@settings(max_examples=20, deadline=None)
def test_laying_values_over_a_scenario_is_the_same_as_reading_it_with_them(spec):
    read = load(spec.source, policies=spec.policies, set=dict(spec.overrides), start=spec.start)
    assert (spec.scenario.groups, spec.scenario.off, spec.scenario.start) == (read.groups, read.off, read.start)


def test_the_text_of_a_run_is_the_command_that_makes_it():
    words = {"policies": ["mopsic_full@2018-01-01"], "sets": ["trust.memory_years=5.0"], "keep": "incidents"}
    (spec,) = plan_runs("villa_canales", **words, years=3, seed=3)
    assert spec.command == (
        "confianza run villa_canales --policy mopsic_full@2018-01-01 --set trust.memory_years=5 --until 2020-01-01"
        " --seed 3 --keep incidents"
    )


def test_runs_that_differ_in_their_seeds_have_one_text():
    runs = plan_runs("baseline", policies=["status_quo"], years=1, seed=4, replicates=3)
    text = "confianza run baseline --policy status_quo --until 2018-01-01 --seed 4 --replicates 3"
    assert command_of(runs) == text
    assert read_specs(text) == runs


def test_another_seed_or_value_is_another_run():
    (spec,) = plan_runs("baseline", sets=["trust.memory_years=5"], years=1)
    others = [spec.with_seed(2), spec.with_values({"trust.memory_years": 4.0})]
    assert len({spec.run, *(other.run for other in others)}) == 3
    assert others[1].columns == {"trust.memory_years": 4.0}
    assert spec.with_values({"trust.memory_years": 5.0}).run == spec.run


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "begins with 'confianza run SCENARIO'"),
        ("confianza sweep mopsic", "begins with 'confianza run SCENARIO'"),
        ("confianza run 'baseline", "no closing quotation"),
        ("confianza run baseline", "add --until DATE"),
        ("confianza run baseline --until", "--until has no value"),
        ("confianza run baseline --until soon", "--until must be a date like 2017-01-01, got 'soon'"),
        ("confianza run baseline --untill 2018-01-01", "got '--untill'; did you mean '--until'"),
        ("confianza run baseline --until 2018-01-01 --seed x", "--seed must be a whole number, got 'x'"),
        ("confianza run baseline --until 2018-01-01 --seed -1", "--seed must be a whole number from 0"),
        (
            "confianza run baseline --until 2018-01-01 --keep all",
            "--keep knows cells, impressions, incidents, ledger, origins, got 'all'",
        ),
        ("confianza run baseline --until 2018-01-01 --set a", "--set wants KEY=VALUE, got 'a'"),
        ("confianza run baseline --until 2018-01-01 --replicates 2", "means 2 runs"),
    ],
)
def test_what_is_wrong_in_a_text_is_told_in_one_line(text, named):
    with pytest.raises(InputError) as wrong:
        RunSpec.read(text)
    assert named in str(wrong.value)
    assert "\n" not in str(wrong.value)


def write_memory(path: Path, years: float, extends: str = "baseline") -> None:
    path.write_text(f'extends = "{extends}"\n[trust]\nmemory_years = {years}\n', encoding="utf-8")


def test_a_file_that_is_edited_is_read_anew_by_the_next_request(tmp_path: Path) -> None:
    own, above = tmp_path / "own.toml", tmp_path / "above.toml"
    write_memory(above, 1.0)
    own.write_text(f'extends = "{above}"\n', encoding="utf-8")
    seen = []
    for years in (1.0, 2.5, 4.0):
        write_memory(above, years)  # the file itself stays as it is, that which it extends does not
        (spec,) = plan_runs(str(own), years=1.0)
        assert spec.scenario["trust"].memory_years == years
        spec.check_files()
        seen.append((spec.run, warm_up_key(spec)))
    assert len({run for run, _ in seen}) == len({key for _, key in seen}) == 3


def test_another_reader_of_an_edited_file_hides_the_change_from_no_request(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    for years in (1.0, 2.5):
        write_memory(own, years)
        load(str(own))  # as `parameters --scenario` and `check` do
        (spec,) = plan_runs(str(own), years=1.0)
        assert spec.scenario["trust"].memory_years == years


def test_a_run_whose_file_was_edited_after_its_request_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    write_memory(own, 1.0)
    (spec,) = plan_runs(str(own), years=1.0)
    assert spec.run
    write_memory(own, 2.5)
    with pytest.raises(FilesChanged, match=r"own\.toml or of its policies has changed"):
        spec.check_files()


def test_a_policy_file_that_is_edited_is_read_anew(tmp_path: Path) -> None:
    policy = tmp_path / "more.toml"
    runs = set()
    for share in (0.1, 0.3):
        policy.write_text(f'title.en = "More"\n[set]\n"fear.campaign" = {share}\n', encoding="utf-8")
        (spec,) = plan_runs("baseline", policies=[str(policy)], years=1.0)
        runs.add(spec.run)
    assert len(runs) == 2
