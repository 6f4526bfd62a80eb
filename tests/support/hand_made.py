"""Tables of a shift made by hand: kernels are checked against known answers without a town."""

import numpy as np

from model.engine.causes import MOST_CAUSES
from model.engine.parameters import ParametersInForce
from model.engine.rows import zero_rows
from model.town.residents import Person
from model.town.territory import Cell
from model.trust.events.rules import event_effects
from model.trust.ledger.schema import Trust
from model.world.columns import MonthlyCounts, ResidentState
from model.world.shift_context import PlaceTables, ShiftContext
from model.world.shift_events import ShiftEvents
from scenarios.groups import declared_groups


def hand_made_places(n_cells: int, n_residents: int) -> PlaceTables:
    """Return places of which cell n lies in settlement n, n cells to the east; all residents live in settlement 0."""
    cells = zero_rows(Cell, n_cells)
    cells["x"] = cells["settlement"] = np.arange(n_cells)
    flat, square = np.zeros(n_cells, np.int64), np.zeros((1, n_cells), np.int64)
    return PlaceTables(
        cells=cells,
        near=square,
        people=zero_rows(Person, n_residents),
        ties=np.zeros((n_residents, 1), np.int32),
        places=np.zeros((1, n_residents), np.int32),
        who_start=square,
        who=np.zeros((1, n_residents), np.int32),
        who_end=square,
        crowd=square,
        come=flat[:1],
    )


def hand_made_shift(n_cells: int = 2, n_residents: int = 3, tick: int = 300, seed: int = 5) -> ShiftContext:
    """Return a shift without events, of as many settlements as cells, whose residents are here and trust by half."""
    groups = declared_groups()
    rows = {name: groups[name]().rows(n_cells) for name in ("trust", "misconduct", "events")}
    minds = zero_rows(ResidentState, n_residents)
    minds["gone"] = minds["met"] = minds["met_free"] = minds["harmed"] = -1
    minds["disposed_fairness"] = minds["disposed_effectiveness"] = minds["trust"] = 0.5
    minds["calm"], minds["touched"] = 1.0, tick
    return ShiftContext(
        day=ShiftEvents().day,
        ground=hand_made_places(n_cells, n_residents),
        minds=minds,
        trust=rows[Trust.name],
        events=event_effects(ParametersInForce(rows)),
        ledger=np.zeros((2, MOST_CAUSES, n_cells)),
        tally=zero_rows(MonthlyCounts, 1),
        tick=tick,
        where=0,
        month=0,
        weekday=0,
        since=1,
        learned=np.zeros(1, np.int64),
        seed=seed,
    )
