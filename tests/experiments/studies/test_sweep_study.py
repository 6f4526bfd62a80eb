"""Studies: what they mean, which runs they plan, and one line for whatever is wrong in them."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_runs import jobs_in, write_study

from experiments.execution.run_job import FinishedRun, try_run
from experiments.execution.run_requests import plan_runs
from experiments.execution.shared_towns import MAX_CACHED_TOWNS, Towns
from experiments.setup.new_municipality import draft, draft_outline
from experiments.storage.run_spec import RunSpec
from experiments.storage.writing import write_all
from experiments.studies.factors import Range
from experiments.studies.study import STUDIES, Design, read_study
from experiments.studies.study_jobs import design_points, jobs_of
from model.engine.errors import InputError
from scenarios import load

READY = sorted(STUDIES.glob("*.toml"))


@pytest.mark.thorough
def test_every_ready_study_loads_and_plans(subtests):
    for path in READY:
        with subtests.test(path.stem):
            study = read_study(path)
            assert study.title != study.name
            if study.factors.ranges:
                points = np.array([[share] * len(study.factors.ranges) for share in (0.0, 0.5, 1.0)])
                assert len(jobs_of(study, points)) == 3 * len(study.scenarios) * len(study.policies) * len(study.seeds)
            else:
                jobs = jobs_of(study)
                assert len(jobs) == len({job.run for job in jobs}) >= 2 * len(study.seeds)
                assert f"# {len(jobs)} runs.\n" in path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_every_ready_study_runs_at_its_corners(path):
    whole = read_study(path)
    ends = {name: tuple(dict.fromkeys((values[0], values[-1]))) for name, values in whole.factors.grids.items()}
    sets = {**whole.sets, "population.scale": 0.05, "calendar.warm_up": 0}
    factors = dataclasses.replace(whole.factors, grids=ends)
    study = dataclasses.replace(whole, seeds=(1,), years=0.1, sets=sets, factors=factors)
    points = np.array([[share] * len(factors.ranges) for share in (0.1, 0.9)])
    for job in jobs_of(study, points if factors.ranges else None):
        result = try_run(job, lambda _: None)
        assert isinstance(result, FinishedRun), (job.labels, result.trace)
        assert len(result.tables["measures"]) == 1


def test_the_studies_that_were_asked_for_are_ready():
    asked = {"mopsic", "rotation_training", "hot_spots_information", "agreement_presence", "break_even"}
    assert asked <= {path.stem for path in READY}
    varied = read_study(STUDIES / "break_even.toml").factors.names
    assert varied == ("trust.memory_years", "trust.asymmetry", "contacts.fair")


def test_a_study_is_scenarios_times_policies_times_values_times_seeds(tmp_path):
    vary = '"trust.fast_days" = [4.0, 8.0]\n"trust.memory_years" = { low = 0.5, high = 5.0 }\n[design]\npoints = 5'
    jobs = jobs_in(write_study(tmp_path / "a.toml", vary=vary))
    assert len(jobs) == 2 * 2 * 5 * 3
    years = {job.labels["trust.memory_years"] for job in jobs}
    assert len(years) == 5
    assert all(0.5 <= one <= 5.0 for one in years)


def town_files(path):
    yield path, draft("municipality", path.stem)
    yield path.with_suffix(".geojson"), draft_outline()


def test_a_folder_of_scenarios_stands_for_its_files(tmp_path):
    (tmp_path / "towns").mkdir()
    for name in ("b", "a"):
        write_all({path: text.encode() for path, text in town_files(tmp_path / "towns" / f"{name}.toml")})
    file = tmp_path / "study.toml"
    file.write_text('scenarios = ["towns/", "baseline"]\nseeds = 2\nyears = 0.1\n', encoding="utf-8")
    study = read_study(file)
    assert study.scenarios == (*(str(tmp_path / "towns" / f"{name}.toml") for name in "ab"), "baseline")
    assert [job.labels["scenario"] for job in jobs_of(study)] == ["a", "a", "b", "b", "baseline", "baseline"]


def test_a_folder_without_scenarios_is_refused_with_its_name(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('scenarios = ["towns/"]\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"scenarios names the folder 'towns/', but .*towns holds no \.toml file"):
        read_study(file)


def test_rows_that_coincide_are_one_run(tmp_path):
    jobs = jobs_in(write_study(tmp_path / "a.toml", vary='"trust.fast_days" = [8, 8.0, 9.0]'))
    assert len(jobs) == 2 * 2 * 3


def test_a_run_of_a_sweep_is_the_same_run_as_one_from_the_shell(tmp_path):
    jobs = jobs_in(write_study(tmp_path / "a.toml", vary='"trust.fast_days" = [4.0]'))
    sets = ["population.scale=0.05", "calendar.warm_up=0", "trust.fast_days=4"]
    specs = plan_runs("baseline", policies=["reporting_support"], sets=sets, years=0.1, replicates=3, town="own")
    assert {spec.run for spec in specs} < {job.run for job in jobs}


def test_another_choice_of_measures_is_another_run(tmp_path):
    every = jobs_in(write_study(tmp_path / "a.toml"))
    some = jobs_in(write_study(tmp_path / "b.toml", more='measures = ["trust_mean"]'))
    assert not {job.run for job in every} & {job.run for job in some}


def test_laying_values_over_a_scenario_is_the_same_as_reading_it_with_them(tmp_path):
    vary = '"trust.fast_days" = [4.0]\n"population.total" = [19000]\n"mechanisms.hearsay" = [false]'
    spec = jobs_in(write_study(tmp_path / "a.toml", vary=vary))[0]
    read = load("baseline", policies=spec.policies, set=dict(spec.overrides))
    laid = spec.scenario
    assert laid.groups == read.groups
    assert laid.off == read.off == {"hearsay"}


def test_a_run_of_a_sweep_survives_being_written_down(tmp_path):
    for job in jobs_in(write_study(tmp_path / "a.toml", more='measures = ["trust_mean"]')):
        again = RunSpec.read(job.command)
        assert (again.run, again.command, again.scenario) == (job.run, job.command, job.scenario)


@given(st.floats(0.0, 1.0), st.floats(0.01, 100.0), st.floats(1.001, 1000.0), st.booleans())
def test_a_value_of_a_range_lies_within_it_and_rises_with_its_share(at, low, ratio, log):
    span = Range(low=low, high=low * ratio, scale="log" if log else "linear")
    assert span.low <= span.value(at) <= span.high
    assert span.value(0.0) <= span.value(at) <= span.value(1.0)
    assert float(f"{span.value(at):.6g}") == span.value(at) or span.value(at) in (span.low, span.high)


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_a_design_is_the_same_for_the_same_seed_and_fills_every_slice(kind):
    one, other = (design_points(Design(kind=kind, points=16, seed=seed), 3) for seed in (1, 2))
    assert (one == design_points(Design(kind=kind, points=16, seed=1), 3)).all()
    assert (one != other).any()
    assert all(sorted((16 * column).astype(int)) == list(range(16)) for column in one.T)


def test_towns_are_shared_by_runs_that_do_not_change_them():
    small = {"population.scale": 0.05, "calendar.warm_up": 0}
    towns, first = Towns(), load("baseline", set=small)
    town = towns.of(first)
    assert towns.of(load("baseline", set=small | {"trust.fast_days": 4.0}, policies=["resources_only"])) is town
    other = towns.of(load("baseline", set=small | {"population.household_size": 4.0}))
    assert other is not town
    assert towns.of(first) is town
    for size in (3.0, 3.5, 5.0):
        towns.of(load("baseline", set=small | {"population.household_size": size}))
    assert len(towns.entries) == MAX_CACHED_TOWNS
    assert towns.n_built == 5


@pytest.mark.parametrize(
    ("vary", "more", "named"),
    [
        ('"trust.fast_dys" = [4.0]', "", ["trust.fast_dys", "trust.fast_days"]),
        ('"trust.fast_days" = []', "", ["trust.fast_days", "no value"]),
        ('"trust.fast_days" = 4', "", ["trust.fast_days", "low, high", "got 4"]),
        ('"trust.fast_days" = [-4.0]', "", ["trust.fast_days", "-4"]),
        ('"population.total" = [inf]', "", ["population.total", "finite number", "inf"]),
        ('"trust.fast_days" = [nan]', "", ["trust.fast_days", "finite number", "nan"]),
        ('"trust.fast_days" = { low = 4 }', "", ["trust.fast_days", "both low and high"]),
        ('"trust.fast_days" = { low = 4, hihg = 5 }', "", ["hihg", "high"]),
        ('"trust.fast_days" = { low = 5, high = 4 }', "", ["low below high", "5 and 4"]),
        ('"hearsay.weight" = { low = 0, high = 1, log = true }', "", ["log", "got 0"]),
        ('trst = "stated"', "", ["trst", "trust"]),
        ('"population.scale" = [0.1]', "", ["population.scale", "both fixed and varied"]),
        ("", 'polices = [["status_quo"]]', ["polices", "policies"]),
        ("", 'start = "2017-13-01"', ["2017-13-01"]),
        ("", 'measures = ["trust_meann"]', ["trust_meann", "trust_mean"]),
        ("", 'keep = ["incident"]', ["incident", "incidents"]),
        ("[design]\npoints = 0", "", ["points", "got 0"]),
        ('[design]\nkind = "sobl"', "", ["kind", "sobl", "sobol"]),
        ('[design]\nkind = "sobol"\npoints = 12', "", ["power of 2", "got 12"]),
        ('[sensitivity]\nby = "group"', "", ["by", "parameter, mechanism"]),
    ],
)
def test_what_is_wrong_in_a_study_is_told_in_one_line(tmp_path, vary, more, named):
    path = write_study(tmp_path / "wrong.toml", vary=vary, more=more)
    with pytest.raises(InputError) as wrong:
        jobs_in(path)
    assert "\n" not in str(wrong.value)
    assert [word for word in named if word not in str(wrong.value)] == []
