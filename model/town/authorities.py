"""Communal authorities and auxiliary mayors: one board per settlement."""

from dataclasses import dataclass

import numpy as np

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.rows import Row, Rows, zero_rows
from model.engine.scenario import Scenario
from model.town.territory import Land


class AuthorityRow(Row):
    """Board of a settlement; ``communal`` is 1 for a jurisdiction with its own law."""

    settlement: int
    cell: int
    communal: int


@dataclass(frozen=True, kw_only=True)
class BoardParameters(ParameterGroup):
    """Kind of the boards, and their readiness to invite the police."""

    name = "boards"
    mechanism = False
    evidence = ("A12", "F04", "F05", "F09")

    communal: int = parameter(0, "0 or 1", 0, 1, "F05, Y05", "boards are a jurisdiction with its own law", role="site")
    share_not_inviting: float = share_parameter(
        0.0,
        "F09: some; size assumed, drawn anew for every seed",
        "boards outside the town that never want the police, where boards do not decide",
        role="site",
    )


def build_authorities(scenario: Scenario, land: Land) -> Rows[AuthorityRow]:
    """Return the table of boards, one per settlement."""
    parameters: BoardParameters = scenario["boards"]
    n = len(land.settlements)
    boards = zero_rows(AuthorityRow, n)
    boards["settlement"] = np.arange(n)
    boards["cell"] = land.centres
    boards["communal"] = parameters.communal
    return boards
