"""Sets of tables that kernels take by address."""

import pickle
from typing import Any

import numpy as np
import pytest
from numba import njit

from model.engine.kernels import TableBundle, kernel, prefetch

ROW = np.dtype([("count", "i8"), ("size", "f8")], align=True)


class Shelf(TableBundle):
    """What the tests lay out."""

    rows: Any
    grid: Any
    tick: Any
    weight: Any


class Room(TableBundle):
    """A set within a set."""

    shelf: Any
    tick: Any


@kernel
def weigh(room: Any) -> Any:
    total = 0.0
    for k in range(len(room.shelf.rows)):
        room.shelf.rows[k]["count"] += room.tick
        total += room.shelf.rows[k]["size"] * room.shelf.weight + room.shelf.grid[k, 1]
    return total


def shelf(weight: float = 2.0, tick: int = 3) -> Shelf:
    return Shelf(rows=ROWS, grid=GRID, tick=tick, weight=weight)


ROWS, GRID = np.zeros(4, ROW), np.arange(12.0).reshape(4, 3)[:, :2]


def test_a_kernel_reads_and_writes_the_arrays_themselves() -> None:
    ROWS["count"], ROWS["size"] = 0, [1.0, 2.0, 3.0, 4.0]
    assert weigh(Room(shelf=shelf(), tick=5)) == 20.0 + GRID[:, 1].sum()
    assert (ROWS["count"] == 5).all()


def test_the_type_of_a_bundle_is_stored_by_its_name_alone() -> None:
    kind = shelf()._numba_type_
    stored = pickle.dumps(kind)
    assert len(stored) < 300
    assert pickle.loads(stored) is kind
    other = pickle.loads(stored.replace(kind.name.encode(), kind.name[:-1].encode() + b"?"))
    assert other not in (kind, Room(shelf=shelf(), tick=5)._numba_type_)


def test_a_number_can_be_put_anew_and_sets_within_sets_see_it() -> None:
    inner = shelf(2.0)
    room = Room(shelf=inner, tick=0)
    before = weigh(room)
    inner.set_field("weight", 4.0)
    assert inner.weight == 4.0
    assert weigh(room) == before + 2.0 * ROWS["size"].sum()
    room.set_field("tick", 9)
    ROWS["count"] = 0
    weigh(room)
    assert (ROWS["count"] == 9).all()


def test_compiled_code_may_write_numbers_of_a_set_in_its_memory() -> None:
    room = Room(shelf=shelf(), tick=0)
    room.words_of("tick", "tick")[0] = 11
    ROWS["count"] = 0
    weigh(room)
    assert (ROWS["count"] == 11).all()
    assert room.tick == 0
    room.set_fields({"tick": 12})
    assert room.words_of("tick", "tick").tolist() == [12]


def test_fields_are_named_and_must_all_be_given() -> None:
    with pytest.raises(TypeError, match=r"fields are rows, grid, tick\. They must be rows, grid, tick, weight"):
        Shelf(rows=ROWS, grid=GRID, tick=3)
    with pytest.raises(TypeError, match="colour"):
        Room(shelf=shelf(), colour=5)


def test_a_field_that_is_not_there_does_not_compile() -> None:
    @kernel
    def lost(room: Any) -> Any:
        return room.nowhere

    with pytest.raises(Exception, match="nowhere"):
        lost(Room(shelf=shelf(), tick=0))


@kernel
def look_ahead(rows: Any, grid: Any, k: Any) -> Any:
    prefetch(rows, k)
    prefetch(grid, (k, 1))
    return rows[k]["size"] + grid[k, 1]


def test_a_fetched_row_is_asked_for_and_left_as_it_is() -> None:
    ROWS["size"] = [1.0, 2.0, 3.0, 4.0]
    before = ROWS.copy(), GRID.copy()
    assert look_ahead(ROWS, GRID, 2) == look_ahead.py_func(ROWS, GRID, 2) == 3.0 + GRID[2, 1]
    assert (ROWS == before[0]).all()
    assert (GRID == before[1]).all()
    compiled = njit(look_ahead.py_func)  # a kernel that comes out of the cache does not tell what it was compiled to
    compiled(ROWS, GRID, 2)
    assert any("@llvm.prefetch" in text for text in compiled.inspect_llvm().values())
