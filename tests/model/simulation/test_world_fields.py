"""The fields of `World`: each has one source, a table without a field is refused, and kernels see what is in force."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pytest
from hand_made import hand_made_world
from small_world import small_world

from model.engine import tables
from model.engine.domains import COUNT, row_of
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.rows import FloatArray, Row
from model.engine.tables import ArraySpec, GrowingTable, GrowingTableSpec
from model.simulation import world as world_module
from model.simulation.model import TrustModel
from model.simulation.registry import MECHANISMS, TABLES, WORLD
from model.simulation.world import GuardNumbers, Parameters, World, WorldBinder
from model.world import derived
from model.world.shift_events import EVENT_TABLES

Live = Callable[..., TrustModel]
GUARDS = [one.name for one in MECHANISMS if one.hazard is not None and one.hazard.spared]


class Menace(Row):
    """A row that no field of `World` has."""

    clique: Annotated[int, row_of("clique")]


class Convict(Row):
    """Another such row."""

    who: Annotated[int, row_of("person")]


class Wider(World):
    """A world with an array of which nobody tells the source."""

    problem_it: FloatArray


class MoreGuards(GuardNumbers):
    """Numbers of guards, of which one keeps nothing away."""

    curfew: int


@kernel
def soldiers_of(w: World, rows: int) -> tuple[int, int, float, float]:
    """Return what a kernel reads: numbers of rows, and parameters of the heavy hand."""
    return len(w.men_near_territory), w.threats[rows].clique, w.p.heavy_hand[0].army, w.army_patrols


def test_every_field_has_one_source() -> None:
    sources = [*WORLD.lasting, *WORLD.moving, *WORLD.derived, "p", "guard"]
    assert sorted(sources) == sorted(World._fields)
    assert sorted(WORLD.groups) == sorted(Parameters._fields)
    assert sorted(GUARDS) == sorted(GuardNumbers._fields)


def test_a_table_has_the_field_of_its_own_name_and_so_has_its_length(live: Live) -> None:
    sim = live(1)
    w = sim.w
    for table in TABLES:
        held = getattr(sim.state, table.name)
        if isinstance(held, GrowingTable):
            assert getattr(w, table.name) is held.rows
            assert getattr(w, f"{table.name}_count") is held.count
        else:
            assert getattr(w, table.name) is held
    for name in EVENT_TABLES:
        assert getattr(w, name) is sim.shift_events.tables[name]
    for name, group in WORLD.groups.items():
        assert getattr(w.p, name) is sim.parameters[group]


def test_a_table_without_a_field_is_refused() -> None:
    more = ArraySpec(name="curfews", of=np.int64, about="Nothing.", domain=COUNT)
    with pytest.raises(ValueError, match=r"^World lacks the fields curfews: IntArray\. Add them to model"):
        WorldBinder((*TABLES, more), GUARDS)


def test_a_growing_table_needs_a_field_for_its_length_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLE_OF", {})
    more = GrowingTableSpec(name="menaces", row=Menace, about="Nothing.")
    with pytest.raises(ValueError, match=r"^World lacks the fields menaces: Rows\[Menace\], menaces_count\."):
        WorldBinder((*TABLES, more), GUARDS)


def test_a_table_in_a_field_of_another_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLE_OF", {})
    others = [table for table in TABLES if table.name != "prison"]
    swapped = GrowingTableSpec(name="prison", row=Convict, about="Nothing.")
    with pytest.raises(ValueError, match=r"^World lacks the fields prison: Rows\[Convict\]\."):
        WorldBinder((*others, swapped), GUARDS)


def test_a_field_without_a_source_is_refused_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"^World\.calls_by_wait has no source"):
        WorldBinder([table for table in TABLES if table.name != "calls_by_wait"], GUARDS)
    monkeypatch.setattr(world_module, "World", Wider)
    with pytest.raises(ValueError, match=r"^Wider\.problem_it has no source; did you mean 'problem_at'"):
        WorldBinder(TABLES, GUARDS)


def test_a_group_and_a_guard_need_a_field_and_a_field_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"^GuardNumbers lacks the fields curfew\."):
        WorldBinder(TABLES, (*GUARDS, "curfew"))
    with pytest.raises(ValueError, match=r"^GuardNumbers\.narcos has no source"):
        WorldBinder(TABLES, [name for name in GUARDS if name != "narcos"])
    with monkeypatch.context() as patch:
        patch.setattr(world_module, "GuardNumbers", MoreGuards)
        with pytest.raises(ValueError, match=r"^MoreGuards\.curfew has no source"):
            WorldBinder(TABLES, GUARDS)
    with monkeypatch.context() as patch:
        patch.setitem(ParameterGroup.known, "curfew", ParameterGroup.known["fear"])
        with pytest.raises(ValueError, match=r"^Parameters lacks the fields curfew\."):
            WorldBinder(TABLES, GUARDS)
    with monkeypatch.context() as patch:
        patch.delitem(ParameterGroup.known, "fear")
        with pytest.raises(ValueError, match=r"^Parameters\.fear has no source"):
            WorldBinder(TABLES, GUARDS)


def test_what_is_derived_needs_a_field_and_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def curfew(sim: Any) -> float:
        return 0.0

    for fields in (derived.DERIVED, derived.CONSTANT):
        with monkeypatch.context() as patch:
            patch.setitem(fields, "curfew", curfew)
            with pytest.raises(ValueError, match=r"^World lacks the fields curfew\."):
                WorldBinder(TABLES, GUARDS)
            with pytest.raises(ValueError, match=r"^two functions declare the field 'curfew' of World"):
                derived.derived(curfew)


def test_kernels_see_an_array_that_is_replaced_and_a_table_that_has_moved(live: Live) -> None:
    sim = live(0)
    w, before = sim.w, sim.state.threats.rows
    before["clique"][0] = 3
    assert soldiers_of(w, 0)[:2] == (len(sim.state.men_near_territory), 3)
    sim.state.put("men_near_territory", np.arange(7))
    sim.state.threats.reserve(len(before) + 1)
    assert sim.state.threats.rows is not before
    sim.state.threats.rows["clique"][[0, len(before)]] = 4, 5
    assert sim.w is w
    assert soldiers_of(w, 0)[:2] == (7, 4)
    assert soldiers_of(w, len(before))[1] == 5
    assert len(w.men_near_territory) == 7
    assert w.threats is sim.state.threats.rows


def test_kernels_see_parameters_that_a_policy_changes_and_what_is_derived_from_them(live: Live) -> None:
    sim = live(0, policies="heavy_hand@2017-01-03", **{"political_calendar.army": 0.0})
    w, found = sim.w, []
    for _ in range(9):
        sim.step()
        assert sim.w is w
        _, _, army, patrols = soldiers_of(w, 0)
        assert army == w.p.heavy_hand[0].army == sim.parameters[ParameterGroup.known["heavy_hand"]][0].army
        assert patrols == w.army_patrols == army * w.population_scale
        found.append(army)
    assert found[:6] == [0.0] * 6
    assert found[6] == found[8] > 0.0


def test_worlds_made_by_hand_are_of_the_type_of_a_real_one_so_that_kernels_are_compiled_once(live: Live) -> None:
    real = live(1).w
    for made in (small_world(), hand_made_world()):
        kinds = [{name: kind for name, kind, _ in one._numba_type_.fields} for one in (real, made)]
        assert [name for name, kind in kinds[0].items() if kind != kinds[1][name]] == []
        assert made._numba_type_ == real._numba_type_


def test_a_world_made_by_hand_has_no_field_of_another_name() -> None:
    with pytest.raises(TypeError, match="World has no field 'problem_it'"):
        small_world(problem_it=np.zeros(1))
