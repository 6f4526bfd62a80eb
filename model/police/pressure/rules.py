"""M27, pressure for figures: chiefs judged by crime figures turn victims away and downgrade crimes.

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
def turn_victim_away(shift: ShiftContext, k: int, figures: Rows[FigureRow], f: int, p: Pressure) -> None:
    """Turn a victim who reports to the police away, by chance; some go to the prosecutor instead.

    Updates `incidents.refused` and `incidents.told`; records the event of trust.
    """
    row, tick, seed = shift.day.incidents[k], shift.tick, shift.seed
    if row.told not in (TO_PATROL, BY_PHONE, AT_STATION):
        return
    if keyed_uniform(seed, SENT_AWAY, tick, row.number, 0) >= figures[f].refuse * (1.0 - row.severity):
        return
    row.refused = 1
    row.told = PROSECUTOR if keyed_uniform(seed, SENT_AWAY, tick, row.number, 1) < p.then_prosecutor else NOBODY
    record_event(shift, row.teller, TURNED_AWAY, p.weight)


@kernel
def update_figures(shift: ShiftContext, figures: Rows[FigureRow], pressure: Rows[Pressure]) -> None:
    """Downgrade some recorded crimes and count the serious others by station.

    Updates `incidents.downgraded`, `figures.month` and `tally.complaints_outside`.
    """
    day, cells, tally, tick, seed = shift.day, shift.ground.cells, shift.tally, shift.tick, shift.seed
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        f, p = cells[row.cell].facility, pressure[max(cells[row.cell].settlement, 0)]
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
def update_pressure(figures: Rows[FigureRow], facilities: Rows[FacilityRow], pressure: Rows[Pressure]) -> None:
    """Update the gap of each station to its target and the shares refused and downgraded next month."""
    for f in range(len(figures)):
        row, p = figures[f], pressure[facilities[f].settlement]
        # The usual figure is an exponential moving average, which begins with the first month.
        row.base = row.month if row.base == 0.0 else row.base + (row.month - row.base) / p.base_months
        target = row.base * (1.0 - p.goal)
        row.gap = min(1.0, max(0.0, row.month / target - 1.0)) if target > 0.0 else 0.0
        strain = p.level * row.gap * (1.0 - p.control) * (1.0 - p.channel)
        row.refuse, row.downgrade = p.refuse * strain, p.downgrade * strain
        row.easy, row.month = p.arrests * strain, 0.0


def step(world: World) -> None:
    """Count the figures of the shift; in the last shift of a month update the pressure on stations."""
    state, pressure = world.state, world.parameters[Pressure]
    world.run_kernel(update_figures, lambda: (world.shift_context(), state[FIGURES], pressure))
    if is_last_shift_of_month(world.tick):
        update_pressure(state[FIGURES], world.plant.facilities, pressure)


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
