"""M27, pressure for figures: chiefs who answer for a number send victims away and downgrade (ODD 6.20).

Switched off, nobody is turned away, nothing is downgraded and no arrest is sought.
"""

from __future__ import annotations

from model.engine.calendar import is_last_shift_of_month
from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.engine.rows import Rows
from model.police.pressure.schema import DOWNGRADED, FIGURES, SENT_AWAY, TURNED_AWAY, Counts, Figure, Pressure
from model.town.crime_kinds import FIGURE, LESSER
from model.town.police import FacilityRow
from model.trust.ledger.rules import impress
from model.world.columns import Mind
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import Stage
from model.world.shift_events import AT_STATION, BY_PHONE, INCIDENTS, NOBODY, PROSECUTOR, TO_PATROL, Day


@kernel
def send_away(
    day: Day, minds: Rows[Mind], k: int, figures: Rows[Figure], f: int, p: Pressure, fast: float, tick: int, seed: int
) -> None:
    """Send away, perhaps, a victim who came to a couple, the telephone or the desk; some try the prosecutor."""
    row = day.incidents[k]
    if row.told not in (TO_PATROL, BY_PHONE, AT_STATION):
        return
    if luck(seed, SENT_AWAY, tick, row.number, 0) >= figures[f].refuse * (1.0 - row.severity):
        return
    row.refused = 1
    row.told = PROSECUTOR if luck(seed, SENT_AWAY, tick, row.number, 1) < p.then_prosecutor else NOBODY
    impress(day, minds, row.teller, TURNED_AWAY, 0.1, 0.3 * p.weight, 0.0, p.weight, fast)


@kernel
def count_figures(stage: Stage, figures: Rows[Figure], numbers: Rows[Pressure]) -> None:
    """Downgrade some of what was written down; count the rest of what is serious, by station."""
    day, cells, tally, tick, seed = stage.day, stage.ground.cells, stage.tally, stage.tick, stage.seed
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        f, p = cells[row.cell].facility, numbers[max(cells[row.cell].settlement, 0)]
        if row.refused == 1 and luck(seed, SENT_AWAY, tick, row.number, 2) < p.channel:
            tally[0].complaints_outside += 1.0
        if row.written == 0:
            continue
        lesser = LESSER[row.kind] >= 0
        if lesser and luck(seed, DOWNGRADED, tick, row.number, 0) < figures[f].downgrade:
            row.downgraded = 1
        else:
            figures[f].month += FIGURE[row.kind]


@kernel
def press(figures: Rows[Figure], facilities: Rows[FacilityRow], numbers: Rows[Pressure]) -> None:
    """Compare the month's figure with what is asked; the gap presses the next month."""
    for f in range(len(figures)):
        row, p = figures[f], numbers[facilities[f].settlement]
        row.base = row.month if row.base == 0.0 else row.base + (row.month - row.base) / 12.0
        target = row.base * (1.0 - p.goal)
        row.gap = min(1.0, max(0.0, row.month / target - 1.0)) if target > 0.0 else 0.0
        strain = p.level * row.gap * (1.0 - p.control) * (1.0 - p.channel)
        row.refuse, row.downgrade = p.refuse * strain, p.downgrade * strain
        row.easy, row.month = p.arrests * strain, 0.0


def act(world: World) -> None:
    """Count the figures of the shift; at a month's end chiefs answer for them."""
    state, numbers = world.state, world.numbers["pressure"]
    world.carry_out(count_figures, lambda: (world.stage(), state.figures, numbers))
    if is_last_shift_of_month(world.tick):
        press(state.figures, world.plant.facilities, numbers)


IT = Mechanism(
    group=Pressure,
    tables=(FIGURES,),
    counts=Counts,
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
