"""Tables whose arms, doses and measures are data: ceiling, practice, headline."""

import csv
from pathlib import Path

import pytest

from experiments.comparison.headline_measures import BY_NAME
from experiments.comparison.origins import BELIEFS, origin_key
from experiments.dev.examinations import tables, worlds
from experiments.dev.examinations.tables import TABLES, texts_of, worlds_of
from experiments.narrative.effect_sentences import part_keys
from experiments.validation.effects_table import fill_in, reader_of
from experiments.validation.experiment import BASE
from experiments.validation.experiment_runs import QUICK, ExperimentSize, policies_as_files
from model.engine.errors import InputError
from model.simulation.registry import MEASURES
from scenarios import load

TABLES_OF_WORLDS = ("ceiling", "practice", "headline", "criteria", "decisions")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the headline effects of heavy hand in a tiny town, written twice, then without new runs."""
    folder = tmp_path_factory.mktemp("headline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "SITES", ("villa_canales",))
        for world in [name for name in worlds_of("headline") if name not in (BASE, "heavy_hand")]:
            patch.delitem(TABLES["headline"]["worlds"], world)
        worlds.show_headline(folder / "first", QUICK, 1.0, folder / "runs")
        patch.setattr("experiments.validation.experiment_runs.run_and_store", None)
        worlds.show_headline(folder / "again", QUICK, 1.0, folder / "runs")
    return folder


@pytest.mark.thorough
def test_headline_effects_have_every_measure_of_every_world(out: Path) -> None:
    with (out / "first" / "current.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == TABLES["headline"]["columns"]
    assert {row["world"] for row in rows} == {"heavy_hand"}
    parts = [origin_key(*key) for belief in BELIEFS for key in part_keys(belief)]
    assert [row["measure"] for row in rows] == [*worlds.MEASURES, *worlds.CSV_MEASURES, *parts]
    assert {row["twins"] for row in rows} == {str(QUICK.seeds)}
    found = {row["measure"]: row for row in rows}
    assert float(found["crimes_occurred"]["base"]) > 0.0
    assert float(found["trust_mean"]["effect"]) != 0.0
    for belief, measure in BELIEFS.items():
        parts = [float(row["effect"]) for name, row in found.items() if name.startswith(f"{belief}.")]
        assert sum(parts) == pytest.approx(float(found[measure]["effect"]), abs=1e-5)
        assert float(found[f"{belief}.treatment.number"]["effect"]) != 0.0
    assert abs(float(found["trust.treatment.number"]["effect"])) > abs(float(found["trust.nation"]["effect"]))
    text = (out / "first" / "current.txt").read_text(encoding="utf-8")
    assert all(BY_NAME[measure].en in text for measure in worlds.MEASURES)
    assert "mano dura" in text


def test_the_same_code_gives_the_same_table_without_new_runs(out: Path) -> None:
    first, again = ((out / name / "current.csv").read_bytes() for name in ("first", "again"))
    assert first == again


def test_an_unknown_size_is_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        worlds.show_headline(tmp_path, ExperimentSize(scale=-1.0), 1.0, tmp_path)


@pytest.mark.parametrize("name", TABLES_OF_WORLDS)
def test_every_world_of_a_table_can_be_simulated(name: str, tmp_path: Path) -> None:
    known = worlds_of(name)
    for world in known.values():
        load("totonicapan", policies=policies_as_files(world.policies, texts_of(known), tmp_path))


@pytest.mark.parametrize("name", ["ceiling", "practice"])
def test_every_measure_of_a_table_is_read_by_a_reader_from_measures_of_the_model(name: str) -> None:
    for key, one in TABLES[name]["measures"].items():
        filled = fill_in(one["read"], {"world": "w", "window": (0, 12), "last_year": (0, 12)})
        assert callable(reader_of(filled)), key
        columns = BY_NAME[filled[2]].read.sum if filled[0] == "more_of" else [filled[2]]
        names = [column for some in columns for column in ([some] if isinstance(some, str) else some)]
        assert set(names) <= set(MEASURES), key
    assert {column for column, _ in TABLES[name].get("doses", {}).values()} <= set(MEASURES)


@pytest.mark.parametrize(
    ("world", "parameter", "expected"),
    [
        ("full_no_turnover", "adoption.permanence", 1.0),
        ("full_no_turnover", "practices.reshuffle", 0.0),
        ("full_follow_quarter", "practices.follow_most", 0.25),
        ("full_rotation_3", "practices.reshuffle", 1.0 - (2.0 / 3.0) ** 12),
        ("full_rotation_15", "practices.reshuffle", 1.0 - (14.0 / 15.0) ** 12),
        ("full_rotation_48", "practices.keeping", 0.0),
        ("full_rotation_48", "practices.reshuffle", 1.0 - (47.0 / 48.0) ** 12),
    ],
)
def test_a_world_made_for_the_table_turns_what_its_name_says(
    world: str, parameter: str, expected: float, tmp_path: Path
) -> None:
    known = worlds_of("practice")
    policies = policies_as_files(known[world].policies, texts_of(known), tmp_path)
    scenario = load("totonicapan", policies=policies)
    group, name = parameter.split(".")
    value = getattr(scenario[group], name)
    for how in ("set", "scale", "add"):
        for policy in scenario.policies:
            for entry in policy.entries:
                if entry.parameter == parameter and entry.how == how:
                    value = {"set": entry.value, "scale": value * entry.value, "add": value + entry.value}[how]
    assert value == pytest.approx(expected)
