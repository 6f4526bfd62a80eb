"""The table of headline effects: worlds of one code are run once, versions stand side by side."""

import csv
from pathlib import Path

import pytest

from experiments.comparison.headline_measures import BY_NAME
from experiments.comparison.origins import BELIEFS, origin_key
from experiments.dev.examinations import headline
from experiments.narrative.effect_sentences import part_keys, part_name
from experiments.validation import study_tables
from experiments.validation.experiment_runs import QUICK
from model.engine.errors import InputError


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tables of two versions of a tiny town, the second without new runs."""
    folder = tmp_path_factory.mktemp("headline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study_tables, "SITES", ("villa_canales",))
        for world in [name for name in headline.WORLDS if name not in (headline.BASE, "heavy_hand")]:
            patch.delitem(headline.WORLDS, world)
        headline.show_headline("before", folder, QUICK, 1.0, folder / "runs")
        patch.setattr("experiments.validation.experiment_runs.run_and_store", None)
        headline.show_headline("after", folder, QUICK, 1.0, folder / "runs")
    return folder


@pytest.mark.thorough
def test_a_version_has_every_measure_of_every_world(out: Path) -> None:
    with (out / "before.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["world"] for row in rows} == {"heavy_hand"}
    parts = [origin_key(*key) for belief in BELIEFS for key in part_keys(belief)]
    assert [row["measure"] for row in rows] == [*headline.MEASURES, *headline.CSV_MEASURES, *parts]
    assert {row["twins"] for row in rows} == {str(QUICK.seeds)}
    found = {row["measure"]: row for row in rows}
    assert float(found["crimes_occurred"]["base"]) > 0.0
    assert float(found["trust_mean"]["effect"]) != 0.0
    for belief, measure in BELIEFS.items():
        parts = [float(row["effect"]) for name, row in found.items() if name.startswith(f"{belief}.")]
        assert sum(parts) == pytest.approx(float(found[measure]["effect"]), abs=1e-5)
        assert float(found[f"{belief}.treatment.number"]["effect"]) != 0.0
    assert abs(float(found["trust.treatment.number"]["effect"])) > abs(float(found["trust.nation"]["effect"]))


def test_the_same_code_gives_the_same_table_without_new_runs(out: Path) -> None:
    before, after = ((out / f"{name}.csv").read_text(encoding="utf-8") for name in ("before", "after"))
    assert before.replace("before,", "after,") == after


def test_versions_stand_side_by_side(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    headline.main(["before", "after", "--beside", "--out", str(out)])
    text = capsys.readouterr().out
    assert (out / "beside.txt").read_text(encoding="utf-8") == text
    _, *blocks = text.split("\n\n")
    measures, names, parts = blocks[: len(headline.MEASURES)], blocks[-2], blocks[-1]
    assert len(blocks) == len(headline.MEASURES) + 2
    assert all("before" in block and "after" in block and "mano dura" in block for block in (*measures, parts))
    rows = {row["measure"]: row for row in headline.read_version(out, "before")}
    for name, block in zip(headline.MEASURES, measures, strict=True):
        assert block.startswith(BY_NAME[name].en)
        base, effect = block.splitlines()[-2:]
        assert base.split()[-2:] == [f"{rows[name]['base']:,.4g}"] * 2
        assert effect.count(headline.format_effect(rows[name])) == 2
    for key in part_keys():
        line = next(line for line in parts.splitlines() if headline.part_label(origin_key(*key)) in line.split())
        assert line.count(headline.format_effect(rows[origin_key(*key)])) == 2
        assert part_name(*key[1:]).es in names


@pytest.mark.parametrize("words", [["Before"], ["beside"], [], ["a", "b"], ["missing", "--beside"]])
def test_a_wrong_request_is_one_line(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        headline.main([*words, "--out", str(tmp_path)])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_size_is_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        headline.show_headline("before", tmp_path, headline.ExperimentSize(scale=-1.0), 1.0, tmp_path)
