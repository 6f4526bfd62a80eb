"""Mesa agents as named views of rows: the columns of the State are the only truth."""

from __future__ import annotations

import mesa

from model.gangs.gangs.schema import CLIQUES, GANGS
from model.town.police import MODES
from model.world.protocol import World
from model.world.state import BOARDS, COUPLES


class AgentView(mesa.Agent):
    """One row of a table."""

    model: World

    def __init__(self, model: World, row: int) -> None:
        super().__init__(model)
        self.row = row


class Couple(AgentView):
    """A standing post of two seats, filled by roster (*pareja*)."""

    @property
    def on_duty(self) -> bool:
        """Whether two officers serve at this post in the present shift."""
        return bool(self.model.state[COUPLES][self.row].on)

    @property
    def cell(self) -> int:
        """Cell in which the couple was last."""
        return int(self.model.state[COUPLES][self.row].cell)

    @property
    def mode(self) -> str:
        """How it moves: on foot, by motorcycle, by vehicle or by bicycle."""
        return MODES[self.model.state[COUPLES][self.row].mode]

    @property
    def facility(self) -> str:
        """Name of its station or substation."""
        return str(self.model.town.facility_names[self.model.town.posts[self.row].facility])


class Station(AgentView):
    """A police station or substation."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.model.town.facility_names[self.row])

    @property
    def couples_on_duty(self) -> int:
        """Couples of this facility on the street in the present shift."""
        own = self.model.town.posts["facility"] == self.row
        return int(self.model.state[COUPLES]["on"][own].sum())


class Authority(AgentView):
    """A communal authority or auxiliary mayor, numbered, never named."""

    @property
    def settlement(self) -> str:
        """The settlement that it serves."""
        return str(self.model.town.settlement_names[self.model.town.authorities[self.row].settlement])

    @property
    def legitimacy(self) -> float:
        """Legitimacy among those it serves, in log-odds."""
        return float(self.model.state[BOARDS][self.row].legitimacy)


class Clique(AgentView):
    """A clique (*clica*) on synthetic cells, numbered, never named."""

    @property
    def gang(self) -> str:
        """MS-13 or Barrio 18."""
        return GANGS[self.model.state[CLIQUES][self.row].gang]

    @property
    def members(self) -> int:
        """How many belong to it."""
        return int(self.model.state[CLIQUES][self.row].members)


def create_agents(model: World) -> None:
    """Make the agents of a world, once, in the order of their rows."""
    for kind, table in (
        (Station, model.town.facilities),
        (Couple, model.town.posts[model.town.posts["copy"] == 0]),
        (Authority, model.state[BOARDS]),
        (Clique, model.state[CLIQUES]),
    ):
        for row in range(len(table)):
            kind(model, row)
