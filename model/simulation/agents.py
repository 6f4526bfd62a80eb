"""Mesa agents as named views of table rows; all data lie in the tables of the state."""

from __future__ import annotations

from typing import Any, Protocol

from model.gangs.gangs import CLIQUES, GANGS
from model.simulation.mesa_import import mesa
from model.simulation.world import Simulation
from model.town.police import MODES
from model.world.state import BOARDS, COUPLES


class MesaWorld(Simulation, Protocol):
    """A world with the members that Mesa gives it."""

    agents: Any
    random: Any

    @property
    def grid(self) -> Any:
        """Mesa grid of the present shift."""


class AgentView(mesa.Agent):
    """Base class of agents: a view of one row of a table."""

    model: MesaWorld
    _cell: Any = None

    def __init__(self, model: Simulation, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def place(self) -> int:
        """Row of `Town.cells` where the agent is, or -1 if it is nowhere."""
        raise NotImplementedError

    @property
    def cell(self) -> Any:
        """Cell of the world's grid (`mesa.discrete_space.Cell`) where the agent is, or None; creates the grid."""
        return self._cell if self.model.grid is not None else None

    def put_into(self, cell: Any) -> None:
        """Enter a cell of the grid and leave the one before; None for no cell."""
        if cell is self._cell:
            return
        if self._cell is not None:
            self._cell.remove_agent(self)
        if cell is not None:
            cell.add_agent(self)
        self._cell = cell


class Couple(AgentView):
    """A couple (*pareja*): a post of two officers, staffed by the roster."""

    @property
    def on_duty(self) -> bool:
        """True if two officers serve at this post in the present shift."""
        return bool(self.model.state[COUPLES][self.row].on)

    @property
    def place(self) -> int:
        """Row of the last cell of the couple, or -1 off duty."""
        return int(self.model.state[COUPLES][self.row].cell) if self.on_duty else -1

    @property
    def mode(self) -> str:
        """Means of transport: foot, motorcycle, vehicle or bicycle."""
        return MODES[self.model.state[COUPLES][self.row].mode]

    @property
    def facility(self) -> str:
        """Name of its station or substation."""
        return str(self.model.town.facility_names[self.model.town.posts[self.row].facility])


class Station(AgentView):
    """A police station or substation."""

    @property
    def name(self) -> str:
        """Name of the facility."""
        return str(self.model.town.facility_names[self.row])

    @property
    def couples_on_duty(self) -> int:
        """Number of couples of this facility on duty in the present shift."""
        own = self.model.town.posts["facility"] == self.row
        return int(self.model.state[COUPLES]["on"][own].sum())

    @property
    def place(self) -> int:
        """Row of its cell."""
        return int(self.model.town.facilities[self.row].cell)


class Authority(AgentView):
    """A communal authority or auxiliary mayor, identified by number only."""

    @property
    def settlement(self) -> str:
        """Name of the settlement that it serves."""
        return str(self.model.town.settlement_names[self.model.town.authorities[self.row].settlement])

    @property
    def legitimacy(self) -> float:
        """Legitimacy among the residents it serves, in log-odds."""
        return float(self.model.state[BOARDS][self.row].legitimacy)

    @property
    def place(self) -> int:
        """Row of the cell of its seat."""
        return int(self.model.town.authorities[self.row].cell)


class Clique(AgentView):
    """A clique (*clica*) on synthetic cells, identified by number only."""

    @property
    def gang(self) -> str:
        """Gang of the clique: MS-13 or Barrio 18."""
        return GANGS[self.model.state[CLIQUES][self.row].gang]

    @property
    def members(self) -> int:
        """Number of members."""
        return int(self.model.state[CLIQUES][self.row].members)

    @property
    def place(self) -> int:
        """Row of the cell of its centre, or -1 while it is dissolved; invented anew by every seed."""
        clique = self.model.state[CLIQUES][self.row]
        return int(clique.centre) if clique.alive else -1


def create_agents(model: Simulation) -> None:
    """Create the agents of a world, in order of their rows."""
    for kind, table in (
        (Station, model.town.facilities),
        (Couple, model.town.posts[model.town.posts["copy"] == 0]),
        (Authority, model.state[BOARDS]),
        (Clique, model.state[CLIQUES]),
    ):
        for row in range(len(table)):
            kind(model, row)
