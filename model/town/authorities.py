"""Communal authorities and auxiliary mayors: one board per settlement."""

from dataclasses import dataclass

import numpy as np

from model.engine.parameters import ParameterGroup
from model.engine.rows import Row, Rows, zero_rows
from model.engine.scenario import Scenario
from model.town.territory import Land

DISMISSED = -2
"""Captor of a mayor whose capture was exposed and who is replaced at once."""


class AuthorityRow(Row):
    """Board of a settlement; ``communal`` is 1 for a jurisdiction with its own law."""

    settlement: int
    cell: int
    communal: int


@dataclass(frozen=True, init=False)
class BoardParameters(ParameterGroup):
    """Kind of the boards, and their readiness to invite the police."""

    name = "boards"
    mechanism = False
    evidence = ("A12", "F04", "F05", "F09")

    communal: int
    share_not_inviting: float


def build_authorities(scenario: Scenario, land: Land) -> Rows[AuthorityRow]:
    """Return the table of boards, one per settlement."""
    parameters: BoardParameters = scenario["boards"]
    n = len(land.settlements)
    boards = zero_rows(AuthorityRow, n)
    boards["settlement"] = np.arange(n)
    boards["cell"] = land.centres
    boards["communal"] = parameters.communal
    return boards
