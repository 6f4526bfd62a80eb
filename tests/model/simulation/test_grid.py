"""The Mesa grid of a world reads its tables, and a world that is not asked has none."""

import copy
import subprocess
import sys

import mesa
import numpy as np
import pytest
from bits import digests

from model import TrustModel
from model.simulation.agents import Authority, Clique, Couple, Station
from scenarios import load

SMALL = {"population.scale": 0.25, "calendar.warm_up": 0}


@pytest.fixture
def world() -> TrustModel:
    world = TrustModel(load("villa_canales", set=SMALL), rng=4)
    world.advance(20 * 3)
    return world


def test_agents_are_in_the_cells_where_the_tables_say(world: TrustModel) -> None:
    cells, state = world.town.cells, world.state
    grid = world.grid
    on_duty = int(sum(state.couples["on"][couple.row] for couple in world.agents_by_type[Couple]))
    present = grid.agents
    assert len(present.select(agent_type=Couple)) == on_duty > 0
    assert len(present.select(agent_type=Clique)) == state.cliques["alive"].sum() > 0
    assert len(present.select(agent_type=Authority)) == len(state.boards)
    assert len(present.select(agent_type=Station)) == len(world.town.facilities)
    for agent in present:
        row = agent.place
        assert agent.cell.coordinate == (cells["x"][row], cells["y"][row])
        assert agent in agent.cell.agents


def test_agents_move_with_the_shifts_and_leave_their_cells(world: TrustModel) -> None:
    couples = list(world.agents_by_type[Couple])
    before = {couple: couple.cell for couple in couples}
    moved = 0
    for _ in range(6):
        world.step()
        for couple in couples:
            if couple.cell is not before[couple]:
                moved += 1
                assert before[couple] is None or couple not in before[couple].agents
            before[couple] = couple.cell
    assert moved > 0


def test_trust_and_crimes_are_property_layers(world: TrustModel) -> None:
    grid, town = world.grid, world.town
    living = world.minds["gone"] < 0
    assert grid.residents.data.sum() == living.sum()
    total = np.nansum(grid.residents.data * grid.trust.data)
    assert total == pytest.approx(world.trust()[living].sum())
    assert np.isnan(grid.trust.data[grid.residents.data == 0]).all()
    assert grid.crimes.data.sum() == world.state.harmed_here.sum() > 0
    row = int(town.people["home"][np.flatnonzero(living)[0]])
    assert grid[int(town.cells["x"][row]), int(town.cells["y"][row])].trust == pytest.approx(
        world.trust()[living & (town.people["home"] == row)].mean()
    )


def test_crimes_of_a_month_stay_to_be_read_when_it_has_ended(world: TrustModel) -> None:
    world.advance(31 * 3 - 20 * 3 - 1)
    before, elsewhere = world.grid.crimes.data.sum(), world.crimes_of_month()[world.town.cells["population"] == 0].sum()
    world.step()
    months = world.datacollector.get_model_vars_dataframe()
    assert world.grid.crimes.data.sum() == months["crimes_occurred"].iloc[-1] - elsewhere >= before - elsewhere > 0
    world.step()
    assert world.grid.crimes.data.sum() < before


def test_mesas_collector_and_selection_read_the_grid(world: TrustModel) -> None:
    collector = mesa.DataCollector(
        {"seen": lambda one: len(one.grid.agents.select(agent_type=Couple))},
        agenttype_reporters={Couple: {"at": lambda one: None if one.cell is None else one.cell.coordinate}},
    )
    collector.collect(world)
    seen = int(collector.get_model_vars_dataframe()["seen"].iloc[0])
    assert seen == len(world.agents_by_type[Couple].select(lambda one: one.on_duty))
    assert collector.get_agenttype_vars_dataframe(Couple)["at"].notna().sum() == seen


def test_a_world_lives_on_alike_whether_or_not_its_grid_is_read(world: TrustModel) -> None:
    other = copy.deepcopy(world)
    for _ in range(40):
        world.step()
        world.grid  # noqa: B018
        other.step()
    one, two = (digests.digest(table for _, table in digests.tables(each.checkpoint())) for each in (world, other))
    assert one == two
    assert other._grid is None


@pytest.mark.thorough
def test_without_a_question_nothing_of_mesas_spaces_is_imported() -> None:
    script = (
        "import sys; from confianza import TrustModel, load;"
        "TrustModel(load('baseline', set={'population.scale': 0.05, 'calendar.warm_up': 0}), rng=1).step();"
        "print(any(name.startswith('mesa.discrete_space.') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"
