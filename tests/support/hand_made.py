"""Worlds made by hand: kernels are checked against known answers without a town."""

from typing import Any

import numpy as np
from small_world import small_parameters, small_world

from model.engine.causes import MOST_CAUSES
from model.engine.parameters import ParametersInForce
from model.engine.rows import zero_rows
from model.simulation.columns import MonthlyCounts, ResidentState
from model.simulation.world import World
from model.town.residents import Person
from model.town.territory import Cell
from model.trust.events import event_effects
from model.world.shift_events import ShiftEvents
from scenarios.groups import declared_groups


def hand_made_places(n_cells: int, n_residents: int) -> dict[str, Any]:
    """Return places of which cell n lies in settlement n, n cells to the east; all residents live in settlement 0."""
    cells = zero_rows(Cell, n_cells)
    cells["x"] = cells["settlement"] = np.arange(n_cells)
    flat, square = np.zeros(n_cells, np.int64), np.zeros((1, n_cells), np.int64)
    return {
        "cells": cells,
        "near": square,
        "people": zero_rows(Person, n_residents),
        "ties": np.zeros((n_residents, 1), np.int32),
        "places": np.zeros((1, n_residents), np.int32),
        "who_start": square,
        "who": np.zeros((1, n_residents), np.int32),
        "who_end": square,
        "crowd": square,
        "arrived": flat[:1],
    }


def hand_made_world(n_cells: int = 2, n_residents: int = 3, tick: int = 300, seed: int = 5, **fields: Any) -> World:
    """Return a world without events, of as many settlements as cells, whose residents are here and trust by half.

    ``fields`` are more tables and numbers, by the names of `World`.
    """
    groups = declared_groups()
    rows = {name: groups[name]().rows(n_cells) for name in ("trust", "misconduct", "events")}
    minds = zero_rows(ResidentState, n_residents)
    minds["gone"] = minds["met"] = minds["met_free"] = minds["harmed"] = -1
    minds["disposed_fairness"] = minds["disposed_effectiveness"] = minds["trust"] = 0.5
    minds["calm"], minds["touched"] = 1.0, tick
    own: dict[str, Any] = {
        **ShiftEvents().tables,
        **hand_made_places(n_cells, n_residents),
        "p": small_parameters(n_cells),
        "minds": minds,
        "events": event_effects(ParametersInForce(rows)),
        "ledger": np.zeros((2, MOST_CAUSES, n_cells)),
        "tally": zero_rows(MonthlyCounts, 1),
        "tick": tick,
        "since": 1,
        "seed": seed,
    }
    return small_world(**(own | fields))
