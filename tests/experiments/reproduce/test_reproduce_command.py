"""The command from runs to pages, on a few runs of small towns; begun again it tells the same."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli import answer as command
from experiments.cli.answer_pages import write_town_pages
from experiments.reproduce.earlier_pairs import read_pairs
from experiments.reproduce.plan import ReproduceSize, plan
from experiments.storage.run_identity import sha256_of
from experiments.storage.run_store import stored_table
from model.engine.errors import InputError

pytestmark = pytest.mark.thorough

pytest.importorskip("sklearn")
FEW = ReproduceSize(
    draws=1, points=1, loop=1, cuts=1, years=1, checks=1, levels=False,
    set={"population.scale": 0.05, "calendar.warm_up": 0},
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def few() -> Iterator[None]:
    """Make the design of `--trial` a few runs without figures, which take longest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(plan().sizes, "trial", FEW)
        patch.setattr(command, "write_figures", lambda *_: None)
        yield


@pytest.fixture(scope="module")
def whole(few: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all pairs."""
    folder = tmp_path_factory.mktemp("whole")
    assert command.answer("trial", 2, folder, fresh=False) == 0
    return folder


def test_a_few_runs_become_tables_figures_sentences_and_a_lock(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = json.loads((whole / "reproduce.lock.json").read_text(encoding="utf-8"))
    assert lock["failed"] == []
    assert lock["pairs"] == lock["planned"] == 24
    assert {"sentences.es.md", "tables/answer.csv", "page/villa_canales.html", "pairs.parquet"} <= set(lock["files"])
    before = (whole / "pairs.parquet").read_bytes()
    assert command.answer("trial", 1, whole, fresh=False, so_far=True) == 0
    assert capsys.readouterr().out.startswith("## What MOPSIC, reporting support and resources do")
    assert (whole / "pairs.parquet").read_bytes() == before
    with pytest.raises(InputError, match="size is another than now"):
        command.answer("quick", 1, whole, fresh=False)


def test_the_pages_of_a_folder_are_written_again_elsewhere(whole: Path, tmp_path: Path) -> None:
    write_town_pages(whole, 1, tmp_path, fresh=False)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"villa_canales.html", "totonicapan.html"}
    for name in names:
        assert (tmp_path / name).read_bytes() == (whole / "page" / name).read_bytes()
    with pytest.raises(InputError, match="is there already"):
        write_town_pages(whole, 1, tmp_path, fresh=False)


def test_a_folder_begins_with_the_pairs_of_another_that_come_out_alike(whole: Path, tmp_path: Path) -> None:
    half, rest = tmp_path / "half", tmp_path / "rest"
    pairs = read_pairs(whole / "pairs.parquet")
    write_half(whole, half, pairs[pairs["kind"] != "loop"])
    assert command.answer("trial", 2, rest, fresh=False, source=half) == 0
    assert (rest / "pairs.parquet").read_bytes() == (whole / "pairs.parquet").read_bytes()
    lock = json.loads((rest / "reproduce.lock.json").read_text(encoding="utf-8"))
    assert lock["earlier"]["fingerprint"] == "another version"
    assert len(lock["earlier"]["repeated"]) == 4  # two sites, draws and checks
    runs = stored_table(rest / "runs")
    assert runs is not None
    assert len(set(runs["run"].to_pylist())) == 2 * 2 * 3  # loop: sites, accounts and arms
    with pytest.raises(InputError, match="has begun already"):
        command.answer("trial", 2, rest, fresh=False, source=half)


def test_pairs_that_come_out_otherwise_are_refused(whole: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    pairs = read_pairs(whole / "pairs.parquet")
    write_half(whole, other, pairs.assign(arm_value=np.nextafter(pairs["arm_value"], np.inf)))
    with pytest.raises(InputError, match="comes out otherwise with this version"):
        command.answer("trial", 2, tmp_path / "rest", fresh=False, source=other)
    (other / "pairs.parquet").write_bytes((whole / "pairs.parquet").read_bytes())
    with pytest.raises(InputError, match="is not the file whose digest"):
        command.answer("trial", 2, tmp_path / "rest", fresh=False, source=other)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda pairs: pairs.head(0), "holds no pair of runs"),
        (lambda pairs: pairs.assign(draw=99), "pairs.parquet: no block"),
        (lambda pairs: pairs.drop(columns="years"), "has no column 'years'"),
        (lambda pairs: pairs.assign(site=1), "column 'site' must hold text"),
    ],
)
def test_pairs_that_are_none_of_the_design_are_refused_in_one_line(
    whole: Path, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], told: str
) -> None:
    write_half(whole, tmp_path / "other", change(read_pairs(whole / "pairs.parquet")))
    with pytest.raises(InputError, match=told):
        command.answer("trial", 1, tmp_path / "rest", fresh=False, source=tmp_path / "other")


def test_a_source_without_a_readable_lock_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not readable as the lock"):
        command.answer("trial", 1, tmp_path / "rest", fresh=False, source=tmp_path / "none")


def write_half(whole: Path, half: Path, pairs: pd.DataFrame) -> None:
    """Write a folder with some pairs of another, as if another version had made them."""
    half.mkdir()
    pairs.to_parquet(half / "pairs.parquet", index=False)
    lock = json.loads((whole / "reproduce.lock.json").read_text(encoding="utf-8"))
    lock["fingerprint"] = "another version"
    lock["files"]["pairs.parquet"] = sha256_of((half / "pairs.parquet").read_bytes())
    (half / "reproduce.lock.json").write_text(json.dumps(lock), encoding="utf-8")
