"""Mesa agents as named views of table rows; all data lie in the tables of the state."""

from __future__ import annotations

from model.gangs.gangs.schema import CLIQUES, GANGS
from model.simulation.mesa_import import mesa
from model.town.police import MODES
from model.world.protocol import World
from model.world.state import BOARDS, COUPLES


class AgentView(mesa.Agent):
    """Base class of agents: a view of one row of a table."""

    model: World

    def __init__(self, model: World, row: int) -> None:
        super().__init__(model)
        self.row = row


class Couple(AgentView):
    """A couple (*pareja*): a post of two officers, staffed by the roster."""

    @property
    def on_duty(self) -> bool:
        """True if two officers serve at this post in the present shift."""
        return bool(self.model.state[COUPLES][self.row].on)

    @property
    def cell(self) -> int:
        """Last cell of the couple."""
        return int(self.model.state[COUPLES][self.row].cell)

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


def create_agents(model: World) -> None:
    """Create the agents of a world, in order of their rows."""
    for kind, table in (
        (Station, model.town.facilities),
        (Couple, model.town.posts[model.town.posts["copy"] == 0]),
        (Authority, model.state[BOARDS]),
        (Clique, model.state[CLIQUES]),
    ):
        for row in range(len(table)):
            kind(model, row)
