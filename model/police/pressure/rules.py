"""M27, pressure for figures: chiefs who answer for a number send victims away and downgrade (ODD 6.20).

Switched off, nobody is turned away, nothing is downgraded and no arrest is sought.
"""

from __future__ import annotations

from model.engine.calendar import is_last_shift_of_month
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import Rows
from model.police.pressure.schema import (
    DOWNGRADED_STREAM,
    FIGURES,
    SENT_AWAY,
    TURNED_AWAY,
    FigureRow,
    Pressure,
    PressureCounts,
)
from model.town.crime_kinds import IN_POLICE_FIGURES, LESSER_KIND
from model.town.police import FacilityRow
from model.trust.events.rules import record_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import AT_STATION, BY_PHONE, INCIDENTS, NOBODY, PROSECUTOR, TO_PATROL


@kernel
def turn_victim_away(stage: ShiftContext, k: int, figures: Rows[FigureRow], f: int, p: Pressure) -> None:
    """Send away, perhaps, a victim who came to a couple, the telephone or the desk; some try the prosecutor."""
    row, tick, seed = stage.day.incidents[k], stage.tick, stage.seed
    if row.told not in (TO_PATROL, BY_PHONE, AT_STATION):
        return
    if keyed_uniform(seed, SENT_AWAY, tick, row.number, 0) >= figures[f].refuse * (1.0 - row.severity):
        return
    row.refused = 1
    row.told = PROSECUTOR if keyed_uniform(seed, SENT_AWAY, tick, row.number, 1) < p.then_prosecutor else NOBODY
    record_event(stage, row.teller, TURNED_AWAY, p.weight)


@kernel
def update_figures(stage: ShiftContext, figures: Rows[FigureRow], numbers: Rows[Pressure]) -> None:
    """Downgrade some of what was written down; count the rest of what is serious, by station."""
    day, cells, tally, tick, seed = stage.day, stage.ground.cells, stage.tally, stage.tick, stage.seed
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        f, p = cells[row.cell].facility, numbers[max(cells[row.cell].settlement, 0)]
        if row.refused == 1 and keyed_uniform(seed, SENT_AWAY, tick, row.number, 2) < p.channel:
            tally[0].complaints_outside += 1.0
        if row.written == 0:
            continue
        lesser = LESSER_KIND[row.kind] >= 0
        if lesser and keyed_uniform(seed, DOWNGRADED_STREAM, tick, row.number, 0) < figures[f].downgrade:
            row.downgraded = 1
        else:
            figures[f].month += IN_POLICE_FIGURES[row.kind]


@kernel
def update_pressure(figures: Rows[FigureRow], facilities: Rows[FacilityRow], numbers: Rows[Pressure]) -> None:
    """Compare the month's figure with what is asked; the gap presses the next month."""
    for f in range(len(figures)):
        row, p = figures[f], numbers[facilities[f].settlement]
        row.base = row.month if row.base == 0.0 else row.base + (row.month - row.base) / 12.0
        target = row.base * (1.0 - p.goal)
        row.gap = min(1.0, max(0.0, row.month / target - 1.0)) if target > 0.0 else 0.0
        strain = p.level * row.gap * (1.0 - p.control) * (1.0 - p.channel)
        row.refuse, row.downgrade = p.refuse * strain, p.downgrade * strain
        row.easy, row.month = p.arrests * strain, 0.0


def step(world: World) -> None:
    """Count the figures of the shift; at a month's end chiefs answer for them."""
    state, numbers = world.state, world.parameters[Pressure]
    world.run_kernel(update_figures, lambda: (world.shift_context(), state[FIGURES], numbers))
    if is_last_shift_of_month(world.tick):
        update_pressure(state[FIGURES], world.plant.facilities, numbers)


MECHANISM = Mechanism(
    group=Pressure,
    tables=(FIGURES,),
    counts=PressureCounts,
    causes=(TURNED_AWAY,),
    writes=("incidents.downgraded",),
    knockout=Knockout(("refused", "downgraded", "arrests_easy")),
    measures={
        "refused": Measure("crimes"),
        "downgraded": Measure("crimes"),
        "arrests_easy": Measure("arrests"),
        "complaints_outside": Measure("complaints"),
    },
)
