"""A saved state is numbers and a text: read without running anything, refused where a byte is not what was written."""

import hashlib
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_world import same_state

from experiments.cli import app as cli
from model.engine.errors import InputError
from model.simulation import state_file
from model.simulation.model import TrustModel
from model.simulation.state_file import STATE_FILE, end_mark
from model.town.town import build_town
from scenarios import load

Live = Callable[..., TrustModel]
SHORT = ("run", "baseline", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0")


@pytest.fixture(scope="module")
def world(live: Live) -> TrustModel:
    return live(100)


@pytest.fixture(scope="module")
def saved(world: TrustModel, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("saved")
    world.save(folder)
    assert [path.name for path in folder.iterdir()] == [STATE_FILE]
    return (folder / STATE_FILE).read_bytes()


class Payload:
    """What a planted pickle would do when it is opened: leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


def restored(folder: Path, content: bytes, world: TrustModel, name: str = STATE_FILE) -> TrustModel:
    (folder / name).write_bytes(content)
    return TrustModel.restore(folder, world.settings, town=world.town)


def plain(collected: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: [one if name == "month" else float(one) for one in values] for name, values in collected.items()}


def sealed(content: bytes) -> bytes:
    return content + end_mark(hashlib.sha256(content).hexdigest())


def packed(**tables: Any) -> bytes:
    sink = io.BytesIO()
    np.savez(sink, **tables)
    return sink.getvalue()


def payloads(planted: Path) -> dict[str, tuple[str, bytes]]:
    """Return files that would leave another behind if anything in them were run."""
    pickled, objects = pickle.dumps(Payload(planted)), np.array([Payload(planted)], object)
    return {
        "a pickle": (STATE_FILE, pickled),
        "a pickle with a digest": (STATE_FILE, sealed(pickled)),
        "a table of objects": (STATE_FILE, sealed(packed(about=objects))),
        "a table of objects beside a text": (STATE_FILE, sealed(packed(about=np.zeros(1, np.uint8), minds=objects))),
        "an older state": ("state.pickle", pickled),
    }


@pytest.mark.parametrize("kind", payloads(Path()))
def test_nothing_that_is_planted_in_a_state_is_run(kind: str, world: TrustModel, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    name, content = payloads(planted)[kind]
    with pytest.raises(InputError, match="save it anew"):
        restored(tmp_path, content, world, name)
    assert not planted.exists()
    pickle.loads(pickle.dumps(Payload(planted))).close()
    assert planted.exists()


def test_a_planted_state_is_refused_by_the_program_before_anything_runs(tmp_path, capsys):
    state, planted = tmp_path / "state", tmp_path / "planted"
    first = [*SHORT, "--until", "2017-02-05", "--save", str(state), "--out", str(tmp_path / "first")]
    assert cli.run_program(first) == 0
    for name, content in payloads(planted).values():
        (state / "seed_1" / STATE_FILE).unlink(missing_ok=True)
        (state / "seed_1" / name).write_bytes(content)
        stated = (state / "saved.json").read_text()
        (state / "saved.json").write_text(stated.replace('"states"', '"unsaid"'))
        capsys.readouterr()
        assert (
            cli.run_program([*SHORT, "--until", "2017-03-05", "--from", str(state), "--out", str(tmp_path / "x")]) == 2
        )
        assert capsys.readouterr().err.splitlines()[-1].startswith(f"confianza: {state / 'seed_1'}")
        assert not planted.exists()


@given(data=st.data())
def test_a_state_of_which_a_byte_was_changed_is_refused(data: st.DataObject, saved: bytes, tmp_path_factory) -> None:
    at, by = data.draw(st.integers(0, len(saved) - 1)), data.draw(st.integers(1, 255))
    other = bytearray(saved)
    other[at] ^= by
    folder = tmp_path_factory.mktemp("changed")
    (folder / STATE_FILE).write_bytes(bytes(other))
    with pytest.raises(InputError):
        state_file.read_state(folder)


@given(data=st.data())
def test_a_state_that_was_cut_short_is_refused(data: st.DataObject, saved: bytes, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("cut")
    (folder / STATE_FILE).write_bytes(saved[: data.draw(st.integers(0, len(saved) - 1))])
    with pytest.raises(InputError, match="was cut short"):
        state_file.read_state(folder)


def test_a_state_of_another_format_or_code_is_refused(saved: bytes, world: TrustModel, tmp_path: Path) -> None:
    content = saved[: -state_file.END_MARK_LENGTH]
    with pytest.raises(InputError, match="its format is 2, this program reads 1"):
        restored(
            tmp_path,
            content + end_mark(hashlib.sha256(content).hexdigest()).replace(b"state 0001", b"state 0002"),
            world,
        )
    assert content.count(b'"fingerprint": "') == 1
    tables, about = np.load(io.BytesIO(content)), b'{"fingerprint": "0123456789abcdef"}'
    other = dict(tables) | {"about": np.frombuffer(about, np.uint8)}
    with pytest.raises(InputError, match="saved by code 0123456789abcdef, this is"):
        restored(tmp_path, sealed(packed(**other)), world)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"state/minds": None}, "'state/minds' is missing"),
        ({"state/minds": np.zeros(3)}, "'state/minds' has other columns"),
        ({"count/cases": np.array([10**6])}, "'cases' has more rows in use than rows"),
        ({"months": np.array([-5])}, "does not fit"),
        ({"past/cell": None}, "'past/cell' is missing"),
        ({"collected": np.zeros((2, 1))}, "its months have other measures"),
    ],
)
def test_a_state_of_other_tables_is_refused(wrong, told, saved: bytes, world: TrustModel, tmp_path: Path) -> None:
    tables = dict(np.load(io.BytesIO(saved[: -state_file.END_MARK_LENGTH]))) | wrong
    content = packed(**{name: table for name, table in tables.items() if table is not None})
    with pytest.raises(InputError, match=told):
        restored(tmp_path, sealed(content), world)


def test_a_state_of_another_town_is_refused(world: TrustModel, tmp_path: Path) -> None:
    other = build_town(load("baseline", set={"population.scale": 0.05}))
    world.save(tmp_path)
    with pytest.raises(InputError, match="does not fit this scenario"):
        TrustModel.restore(tmp_path, world.settings, town=other)


@pytest.mark.parametrize("whole", [False, True])
def test_a_restored_world_has_the_same_bits_in_every_table(world: TrustModel, whole: bool, tmp_path: Path) -> None:
    world.save(tmp_path)
    again = TrustModel.restore(tmp_path, world.settings, town=world.town, whole=whole)
    assert same_state(world, again)
    for name, rows in world._history.items():
        assert [one.tobytes() for one in rows] == [one.tobytes() for one in again._history[name]]
    assert repr(dict(again.datacollector.model_vars)) == repr(plain(world.datacollector.model_vars))


def test_the_same_state_is_the_same_file(world: TrustModel, saved: bytes, tmp_path: Path) -> None:
    world.save(tmp_path)
    assert (tmp_path / STATE_FILE).read_bytes() == saved
