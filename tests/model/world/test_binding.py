"""Bundles bind themselves: each field says where it comes from, and a wrong one is refused before any run."""

from collections.abc import Iterator

import numpy as np
import pytest

from model import TrustModel
from model.engine.driver import Clock, Program
from model.engine.kernels import TableBundle
from model.engine.rows import FloatArray, IntArray, Row, Rows
from model.gangs.extortion.schema import THREATS, Threat
from model.politics.heavy_hand.rules import DetentionTables
from model.politics.heavy_hand.schema import AROUND
from model.problems.problems.schema import ROOM_HERE, USUAL_HERE
from model.world.binding import bind, count_of, of, readers
from model.world.shift_events import ShiftEventTables
from scenarios import load
from scenarios.groups import import_declaring_modules


class Alien(Row):
    """A row that no table has."""

    x: float


def bundles(parent: type[TableBundle] = TableBundle) -> Iterator[type[TableBundle]]:
    """Yield every bundle of the model that binds itself; `ShiftEvents` and `ShiftProgram` make the others."""
    import_declaring_modules()
    for bundle in parent.__subclasses__():
        if bundle.__module__.startswith("model.") and bundle not in (ShiftEventTables, Program, Clock):
            yield bundle
            yield from bundles(bundle)


def test_every_field_of_a_bundle_says_where_it_comes_from(subtests: pytest.Subtests) -> None:
    for bundle in bundles():
        with subtests.test(bundle.__name__):
            assert [*readers(bundle)] == [*bundle._fields]


def test_two_arrays_cannot_be_swapped() -> None:
    class Swapped(TableBundle):
        """Two arrays of one type, each with the name of the other."""

        usual_here: FloatArray = of(ROOM_HERE)
        room_here: FloatArray = of(USUAL_HERE)

    with pytest.raises(TypeError, match=r"Swapped\.usual_here is bound to 'room_here'.* Rename it to room_here"):
        readers(Swapped)


def test_the_length_of_a_table_bears_its_name() -> None:
    class Counted(TableBundle):
        """A growing table and the length of it."""

        threats: Rows[Threat]
        count: IntArray = count_of(THREATS)

    with pytest.raises(TypeError, match=r"Counted\.count is bound to 'threats_count'.* Rename it to threats_count"):
        readers(Counted)


def test_a_field_that_nothing_provides_is_refused() -> None:
    class Lost(TableBundle):
        """A field without a table."""

        rows: Rows[Alien]

    class Bare(TableBundle):
        """An array without a declaration."""

        numbers: FloatArray

    with pytest.raises(TypeError, match=r"nothing provides Bare\.numbers.* Give it a default such as of\(TABLE\)"):
        bind(Bare, None)
    with pytest.raises(TypeError, match=r"nothing provides Lost\.rows"):
        bind(Lost, None)


def test_an_array_that_is_replaced_is_bound_anew() -> None:
    world = TrustModel(load("baseline", set={"population.scale": 0.05, "calendar.warm_up": 0}), rng=1)
    world.view(DetentionTables)
    world.state[AROUND] = np.arange(7)
    assert len(world.view(DetentionTables).around) == 7
